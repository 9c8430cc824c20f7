"""How old somebody is whose temperature was kept already: 他才9岁. A child under 14 is kept with a guardian's consent alone (PIPL 31).

Until that is given nothing of theirs is kept: what was, is taken out while it is asked for, waits in the open question, and is lost with it.
Who was kept with it once is known as a child from then on, without being asked again.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.contract import Ask, Reply, Turn, Wish, action, consents
from integrations.health import people, reports, tasks
from integrations.health.models import CheckIn
from integrations.health.people import Person
from integrations.health.purposes import MINORS

INTENT = "health.young"

#: The whole message says that somebody is under 14: 他才9岁, 乐乐今年十岁了.
_SAID = re.compile(
    r"(?:哦|对了|忘了说|我们?家?的?|[\s,，])*(?P<who>[\u4e00-\u9fff]{1,4}?)?(?:今年|才|刚|还|只有|已经|都|满|是|就|也)*"
    r"(?:1[0-3]|[0-9]|十[一二三]?|[一二两三四五六七八九])(?:个?半)?周?岁(?:多|半)?(?:了|啊|呢|呀|的|还小|[\s,，。!！])*"
)

_WHOEVER = {"他", "她", "佢", "伊", "孩子", "娃", "小孩", None}


@dataclass(frozen=True, kw_only=True)
class Told:
    """Who it is, what was kept of them, and the answer to the question whether it may be."""

    who: str | None = None
    rows: str | None = None
    agreed: str | None = None


def is_young(turn: Turn, person: Person) -> bool:
    """Tell whether something of somebody was kept with a guardian's consent before: they are a child however they are called."""
    if turn.resident is None or not person.word:
        return False
    given = [one.key for one in consents.ever(turn, turn.me, MINORS)]
    found = people.check_ins(turn, person).where(col(CheckIn.consent_id).in_(given)) if given else None
    return found is not None and turn.session.exec(found.limit(1)).first() is not None


def hear(turn: Turn, text: str) -> Wish | str:
    """Return what follows from the age of somebody whose temperature is kept as a grown-up's; nothing for all other words."""
    said = _SAID.fullmatch(text.strip()) if len(text) <= 20 else None
    if said is None or turn.resident is None or turn.flat is None or (turn.is_asked and turn.open != "health.checkin"):
        return ""
    person = _meant(turn, said["who"])
    given = {one.key for one in consents.ever(turn, turn.me, MINORS)}
    of_them = turn.session.exec(people.check_ins(turn, person)).all() if person is not None else ()
    kept = [one for one in of_them if one.consent_id not in given and one.reporter_id == turn.me.key]
    if person is None or not person.word or not kept:
        return ""
    turn.closes.add("health.checkin")  # what it still asks would be kept as a grown-up's
    return Wish(intent=INTENT, values={"who": person.word, "rows": packed(kept)})


def _meant(turn: Turn, who: str | None) -> Person | None:
    """Return who is spoken of: by their name, else of whom something was told last."""
    if who not in _WHOEVER:
        return people.find(turn, reports.one_word(who or ""))
    mine = select(CheckIn).where(CheckIn.reporter_id == turn.me.key, CheckIn.day == turn.now.date(), CheckIn.person != "")
    last = turn.session.exec(mine.order_by(col(CheckIn.id).desc())).first()
    return people.find(turn, last.person) if last is not None else None


@action(
    INTENT, Told,
    replies={"known": "", "moved": "who", "consent": "who asks", "unasked": "who asks", "declined": "who", "kept": "who rows"},
)  # fmt: skip
def young(turn: Turn, slots: Told) -> Reply | Ask:
    """Keep what was told of a child with the guardian's consent; without it nothing of theirs is kept."""
    if not slots.who:
        return Reply("known")
    person, rows = people.find(turn, slots.who), json.loads(slots.rows or "[]")
    given = {one.key for one in consents.ever(turn, turn.me, MINORS)}
    theirs = [
        one
        for one in turn.session.exec(people.check_ins(turn, person)).all()
        if one.reporter_id == turn.me.key and one.consent_id not in given
    ]
    if not consents.missing(turn, turn.me, [MINORS]):
        for one in theirs:
            one.consent_id = consents.needed(turn, turn.me, MINORS).key
            turn.session.add(one)
        return Reply("moved", who=person.word)
    for one in theirs:  # none is kept while it is asked
        turn.session.delete(one)
    refused = bool(consents.refused(turn, turn.me, [MINORS]))
    if slots.agreed is None and not refused:
        asks = MINORS.words(turn)
        return Ask(
            slot="agreed", name="consent", options=consents.OPTIONS, values={"who": person.word, "asks": asks}, called_off="unasked",
            agreed=consents.YES,
        )  # fmt: skip
    if slots.agreed != consents.YES:
        if not refused:
            consents.refuse(turn, MINORS)
        tasks.forget(turn, turn.openid, of=lambda word: word == person.word, why="没有监护人同意，不用联系")
        return Reply("declined", who=person.word, ok=False)
    consents.give(turn, MINORS)
    for one in rows:
        turn.session.add(_unpacked(turn, person, one))
    return Reply("kept", who=person.word, rows=len(rows))


def packed(rows: Sequence[CheckIn]) -> str:
    """Return rows as the open question keeps them until a guardian has answered."""
    kept = [[one.day.isoformat(), one.at.isoformat(), one.tenths, list(one.symptoms)] for one in rows]
    return json.dumps(kept, ensure_ascii=False)


def _unpacked(turn: Turn, person: Person, row: list[object]) -> CheckIn:
    day, at, tenths, symptoms = row
    return CheckIn(
        reporter_id=turn.me.key, resident_id=person.resident.key if person.resident else None, person=person.word,
        consent_id=consents.needed(turn, turn.me, MINORS).key, day=date.fromisoformat(str(day)), at=datetime.fromisoformat(str(at)),
        tenths=int(str(tenths)), symptoms=[str(one) for one in symptoms] if isinstance(symptoms, list) else [],
    )  # fmt: skip
