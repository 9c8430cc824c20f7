"""Who may stand twice in the register: pairs with the reason, the surest first, and pairs of which staff said that they are two."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import combinations, groupby

from rapidfuzz.distance import Levenshtein
from sqlalchemy import func, select
from sqlmodel import Field, Session, UniqueConstraint, col
from sqlmodel import select as choose

from bot.language import cells
from bot.model import moment, public_id
from bot.store.people import Residence, Resident, lives_there
from bot.store.register import Found
from bot.store.scope import Scoped
from bot.translation import tr

#: Pairs on one page.
PAGE = 10

#: People who share a number or a flat and are still held against each other by less than the same name: an office's number, or a
#: hostel that is kept as one flat, would make everybody a pair with everybody.
CLOSE = 6

#: Pairs that are listed as told apart, the newest first.
LISTED = 50


class Dismissal(Scoped, table=True):
    """That staff said of two who were suggested: not one person. They are suggested no more, until that is taken back."""

    __tablename__ = "merger_dismissal"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=public_id, unique=True)
    one_id: int = Field(foreign_key="resident.id")
    other_id: int = Field(foreign_key="resident.id", index=True)
    at: datetime = moment()


class Likeness(IntEnum):
    """Why two may be one person, the surest first."""

    NAME_AND_PHONE = 0
    NAME_AT_HOME = 1
    NAMELESS = 2
    SLIP = 3
    PHONE = 4
    PART = 5


#: What staff read of it.
LIKENESS_WORDS = {
    Likeness.NAME_AND_PHONE: tr("姓名和电话都相同"), Likeness.NAME_AT_HOME: tr("同一户，姓名相同"),
    Likeness.NAMELESS: tr("同一户，一位在微信里绑定时没有姓名"), Likeness.SLIP: tr("同一户，姓名只差一个字"), Likeness.PHONE: tr("电话相同"),
    Likeness.PART: tr("同一户，一个姓名是另一个的一部分"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _One:
    id: int
    name: str
    is_bound: bool
    phone: str  # its keyed hash


#: Two people, by their ids, the older row first.
_Pair = tuple[int, int]


def suggested(session: Session, page: int = 1) -> Found[tuple[Resident, Resident, str]]:
    """Return a page of the pairs who may be one person, the surest first, each with the reason; and how many pairs there are."""
    likely: dict[_Pair, Likeness] = {}
    apart = _told_apart(session)
    for one, other, why in (*_sharing_phones(session), *_sharing_flats(session)):
        pair = (min(one.id, other.id), max(one.id, other.id))
        if pair not in apart and not (one.is_bound and other.is_bound):  # two accounts: surely not asked about
            likely[pair] = min(why, likely.get(pair, why))
    order = sorted(likely, key=lambda pair: (likely[pair], -pair[1], pair[0]))
    at = min(max(page, 1), max(-(-len(order) // PAGE), 1))
    shown = order[(at - 1) * PAGE : at * PAGE]
    rows = session.exec(choose(Resident).where(col(Resident.id).in_({id_ for pair in shown for id_ in pair}))).all()
    known = {row.key: row for row in rows}
    found = [(known[one], known[other], LIKENESS_WORDS[likely[one, other]]) for one, other in shown]
    return Found(rows=found, total=len(order), page=at, size=PAGE)


def _sharing_phones(session: Session) -> Iterator[tuple[_One, _One, Likeness]]:
    mine = (col(Resident.merged_into_id).is_(None), col(Resident.phone_digest) != "")
    several = select(col(Resident.phone_digest)).where(*mine).group_by(col(Resident.phone_digest)).having(func.count() > 1)
    rows = session.execute(select(*_OF_ONE).where(*mine, col(Resident.phone_digest).in_(several)).order_by(col(Resident.id)))
    by_phone: dict[str, list[_One]] = defaultdict(list)
    for row in rows:
        by_phone[row[3]].append(_One(*row))
    for sharing in by_phone.values():
        yield from ((one, other, Likeness.NAME_AND_PHONE) for one, other in _namesakes(sharing))
        if len(sharing) <= CLOSE:
            yield from ((one, other, Likeness.PHONE) for one, other in combinations(sharing, 2))


def _sharing_flats(session: Session) -> Iterator[tuple[_One, _One, Likeness]]:
    several = (
        select(col(Residence.household_id)).where(lives_there()).group_by(col(Residence.household_id)).having(func.count() > 1)
    )
    rows = session.execute(
        select(col(Residence.household_id), *_OF_ONE)
        .join(Resident, col(Resident.id) == col(Residence.resident_id))
        .where(lives_there(), col(Residence.household_id).in_(several))
        .order_by(col(Residence.household_id), col(Residence.id))
    )
    for _, living in groupby(rows, key=lambda row: row[0]):
        people = [_One(*row[1:]) for row in living]
        yield from ((one, other, Likeness.NAME_AT_HOME) for one, other in _namesakes(people))
        if len(people) <= CLOSE:
            for one, other in combinations(people, 2):
                if (why := _alike(one, other)) is not None:
                    yield one, other, why


_OF_ONE = (col(Resident.id), col(Resident.name), col(Resident.openid).is_not(None), col(Resident.phone_digest))


def _namesakes(people: Sequence[_One]) -> Iterator[tuple[_One, _One]]:
    by_name: dict[str, list[_One]] = defaultdict(list)
    for one in people:
        if one.name:
            by_name[one.name].append(one)
    for same in by_name.values():
        yield from combinations(same, 2)


def _alike(one: _One, other: _One) -> Likeness | None:
    """Return why two of one flat whose names differ may be one person."""
    if one.name and other.name:
        if _is_slip(one.name, other.name):
            return Likeness.SLIP
        return Likeness.PART if one.name != other.name and (one.name in other.name or other.name in one.name) else None
    return Likeness.NAMELESS if (other if one.name else one).is_bound else None


def _is_slip(one: str, other: str) -> bool:
    """Tell whether names of three signs and more differ in one: 陈建国, 陈健国."""
    return len(one) == len(other) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def unlike(one: Resident, other: Resident) -> list[str]:
    """Return what speaks against two being one person, in words: two numbers, or names with more than a slip between them."""
    phones = {cells.phone_key(number) for number in (one.phone, other.phone) if number}
    names = [cells.name_key(said) for said in (one.name, other.name) if said]
    return [
        *([tr("两个人的电话不一样")] if len(phones) > 1 else []),
        *([tr("两个人的姓名不一样")] if len(names) > 1 and Levenshtein.distance(*names) > 1 else []),
    ]


# ------------------------------------------------------------------ told apart


def dismiss(session: Session, one: Resident, other: Resident, now: datetime) -> Dismissal:
    """Note that two are two people; once is enough."""
    first, second = sorted((one.key, other.key))
    found = session.exec(choose(Dismissal).where(Dismissal.one_id == first, Dismissal.other_id == second)).first()
    if found is None:
        found = Dismissal(one_id=first, other_id=second, at=now)
        session.add(found)
        session.flush()
    return found


def dismissed(session: Session) -> Sequence[tuple[Dismissal, Resident, Resident]]:
    """Return pairs that were told apart, the newest first, LISTED at most."""
    newest = choose(Dismissal).where(col(Dismissal.one_id) != col(Dismissal.other_id)).order_by(col(Dismissal.id).desc())
    rows = session.exec(newest.limit(LISTED)).all()
    return [(row, session.get_one(Resident, row.one_id), session.get_one(Resident, row.other_id)) for row in rows]


def dismissal_by_public_id(session: Session, key: str) -> Dismissal | None:
    """Return what was said of a pair, by its public id."""
    return session.exec(choose(Dismissal).where(Dismissal.public_id == key)).first()


def take_back(session: Session, dismissal: Dismissal) -> None:
    """Let a pair be suggested again."""
    session.delete(dismissal)
    session.flush()


def _told_apart(session: Session) -> set[_Pair]:
    """Return pairs of which staff said it; of somebody merged since it holds of the one who stayed, for the row has moved."""
    rows = session.execute(select(col(Dismissal.one_id), col(Dismissal.other_id)))
    return {(min(one, other), max(one, other)) for one, other in rows}
