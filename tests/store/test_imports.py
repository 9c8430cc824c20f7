"""A roster is taken over as one step and taken back as one; what was changed since stays and is named; on both databases."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel, col, select

from bot.errors import Refusal
from bot.keyring import Keyring
from bot.model import SHANGHAI
from bot.rosters import rosterfile
from bot.rosters.rows import Entry
from bot.store import claims, imports, people, register, rosterdiff, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event
from bot.store.imports import RosterDraft, RosterImport
from bot.store.people import Evidence, Household, Residence, Resident, ResidentRole
from bot.store.register import Filter
from bot.store.staff import Role, Staff

HOME, OTHER = ("3", "2", "501"), ("5", "", "101")

FILE = [
    Entry(line=2, flat=HOME, name="陈建国", phone="13900000001", role=ResidentRole.OWNER, tags=("独居老人",)),
    Entry(line=3, flat=HOME, name="李梅", role=ResidentRole.FAMILY, moved_in=date(2020, 1, 1)),
    Entry(line=4, flat=OTHER, name="陈建国", phone="13900000001", role=ResidentRole.OWNER),
    Entry(line=5, flat=("9", "", "901")),
]

pytestmark = pytest.mark.usefixtures("community")


async def take_over(database: Database, entries: Sequence[Entry], now: datetime, **how: Any) -> RosterImport:
    return await database.write(imports.take_over, entries, now, actor="staff:wang", file_name="名册.xlsx", **how)


async def undo(database: Database, now: datetime, **how: Any) -> None:
    def run(session: Session) -> None:
        newest = session.exec(select(RosterImport).order_by(col(RosterImport.id).desc())).first()
        assert newest is not None
        imports.undo(session, newest, now, actor="staff:wang", **how)

    await database.write(run)


def everything(session: Session) -> list[Any]:
    """Who lives where as what, and for which flat they speak."""
    flats = {flat.id: flat.label for flat in session.exec(select(Household)).all()}
    lives = session.exec(select(Residence, Resident).where(Residence.resident_id == Resident.id)).all()
    return [
        sorted(flats.values()),
        sorted(
            (one.name, one.phone, tuple(one.tags), one.openid or "", flats[one.household_id], one.asks_flat, flats[place.household_id],
             place.role.value, place.evidence.value, str(place.moved_in), str(place.moved_out))
            for place, one in lives
        ),
        len(session.exec(select(Resident)).all()),
    ]  # fmt: skip


def chen(session: Session) -> Resident:
    return session.exec(select(Resident).where(Resident.name == "陈建国")).one()


# ------------------------------------------------------------------ doing


async def test_a_file_becomes_flats_people_and_their_homes(database: Database, now: datetime) -> None:
    done = await take_over(database, FILE, now)

    assert done.counts == {"flats": 3, "new": 2, "changed": 1, "left": 0, "questions": 0, "unchanged": 0}
    assert await database.read(everything) == [
        ["3栋2单元501", "5栋101", "9栋901"],
        [
            ("李梅", "", (), "", "3栋2单元501", False, "3栋2单元501", "family", "roster", "2020-01-01", "None"),
            ("陈建国", "13900000001", ("独居老人",), "", "3栋2单元501", True, "3栋2单元501", "owner", "roster", "None", "None"),
            ("陈建国", "13900000001", ("独居老人",), "", "3栋2单元501", True, "5栋101", "owner", "roster", "None", "None"),
        ],
        2,
    ]
    [event] = await database.read(lambda session: session.exec(select(Event)).all())
    assert (event.kind, event.actor, event.subject) == ("roster.imported", "staff:wang", done.about)
    assert event.data == {"flats": 3, "new": 2, "changed": 1, "left": 0}


async def test_people_of_a_large_roster_are_found_once_their_words_are_written_behind_it(
    database: Database, now: datetime
) -> None:
    count = imports.INDEXED_AT_ONCE + 1

    async def found() -> int:
        return await database.read(lambda session: len(register.people(session, Filter(said="钱多"), count + 1)))

    await take_over(database, [Entry(line=room, flat=("8", "", str(room)), name="钱多") for room in range(1, count + 1)], now)
    assert await database.read(imports.awaiting_index)
    assert await found() == 0

    while await database.write(imports.index_more):
        pass
    assert not await database.read(imports.awaiting_index)
    assert await found() == count
    assert await database.read(lambda session: len(register.flats(session, Filter(said="8-501")))) == 1

    await undo(database, now)
    assert await found() == 0
    assert not await database.write(imports.index_more)


async def test_the_same_file_again_makes_no_doubles(database: Database, now: datetime) -> None:
    await take_over(database, FILE, now)
    before = await database.read(everything)

    with pytest.raises(Refusal, match="没有不同"):
        await take_over(database, FILE, now)

    assert await database.read(everything) == before


async def test_wechat_accounts_and_staff_stay_what_they_are(database: Database, now: datetime) -> None:
    await take_over(database, FILE, now)

    def live(session: Session) -> None:
        people.bind(session, chen(session), "oChen", now, Evidence.PHONE)
        session.add(Staff(login="chen", name="陈建国", phone="13900000001", role=Role.ADMIN, created_at=now))

    await database.write(live)
    await take_over(
        database, [Entry(line=2, flat=HOME, name="陈建国", phone="13900000002", role=ResidentRole.TENANT)], now, whole=True
    )

    bound = await database.read(people.bound, "oChen")
    staff = await database.read(lambda session: session.exec(select(Staff)).one())
    assert bound is not None
    assert (bound.phone, bound.asks_flat) == ("13900000002", False)
    assert (staff.role, staff.phone) == (Role.ADMIN, "13900000001")


async def test_who_is_missing_from_a_whole_roster_has_moved_out_today(database: Database, now: datetime) -> None:
    await take_over(database, FILE, now)
    await take_over(database, FILE[1:2], now, whole=True)

    _, lives, _ = await database.read(everything)
    assert [(one[0], one[6], one[-1]) for one in lives] == [
        ("李梅", "3栋2单元501", "None"), ("陈建国", "3栋2单元501", "2026-03-11"), ("陈建国", "5栋101", "2026-03-11"),
    ]  # fmt: skip


async def test_a_file_with_a_fault_changes_nothing(database: Database, now: datetime) -> None:
    with pytest.raises(Refusal, match="还有要改的地方"):
        await take_over(database, [*FILE, Entry(line=9, flat=HOME, name="陈建国", phone="1")], now)

    assert await database.read(everything) == [[], [], 0]


async def test_what_changed_since_it_was_looked_at_is_shown_again(database: Database, now: datetime) -> None:
    plan = await database.read(rosterdiff.compare, FILE, now.date())
    await take_over(database, FILE[:1], now)

    with pytest.raises(Refusal, match="又有了变化"):
        await take_over(database, FILE, now, seen=plan.mark)

    seen = (await database.read(rosterdiff.compare, FILE, now.date())).mark
    assert (await take_over(database, FILE, now, seen=seen)).counts["new"] == 1


# ------------------------------------------------------------------ taking back


async def test_an_import_is_taken_back_as_one_step(database: Database, now: datetime) -> None:
    await take_over(database, FILE[:2], now)
    before = await database.read(everything)
    changed = [
        Entry(line=2, flat=HOME, name="陈建国", phone="13900000009", role=ResidentRole.TENANT, tags=("党员",)), FILE[2],
        Entry(line=4, flat=HOME, name="王五"), FILE[3],
    ]  # fmt: skip
    await take_over(
        database,
        [changed[0], changed[2], changed[3], Entry(line=5, flat=OTHER, name="陈建国", phone="13900000009")],
        now,
        whole=True,
    )
    after = await database.read(everything)

    await undo(database, now)

    assert after != before
    assert await database.read(everything) == before
    kinds = await database.read(lambda session: [event.kind for event in session.exec(select(Event).order_by(Event.id)).all()])
    assert kinds == ["roster.imported", "roster.imported", "roster.undone"]


async def test_what_was_changed_since_is_named_and_the_rest_can_be_taken_back(database: Database, now: datetime) -> None:
    await take_over(database, FILE[1:2], now)
    await take_over(database, [*FILE, Entry(line=3, flat=HOME, name="李梅", phone="13900000005")], now)

    def live(session: Session) -> None:
        people.bind(session, chen(session), "oChen", now)

    await database.write(live)
    with pytest.raises(Refusal, match=r"陈建国：后来绑定了微信"):
        await undo(database, now)
    await undo(database, now, rest=True)

    flats, lives, _ = await database.read(everything)
    assert [(one[0], one[1], one[3]) for one in lives] == [
        ("李梅", "", ""),
        ("陈建国", "13900000001", "oChen"),
        ("陈建国", "13900000001", "oChen"),
    ]
    assert flats == ["3栋2单元501", "5栋101"]
    done = (await database.read(imports.listed))[0]
    assert (done.undone_by, done.kept) == ("staff:wang", 2)


@pytest.mark.parametrize("field", ["phone", "role"])
async def test_a_value_that_somebody_wrote_after_the_import_is_not_overwritten(
    database: Database, now: datetime, field: str
) -> None:
    await take_over(database, [Entry(line=2, flat=HOME, name="陈建国")], now)
    await take_over(database, [Entry(line=2, flat=HOME, name="陈建国", phone="1", role=ResidentRole.OWNER)], now)

    def rewrite(session: Session) -> None:
        one = chen(session)
        place = session.exec(select(Residence)).one()
        one.phone, place.role = ("2", place.role) if field == "phone" else (one.phone, ResidentRole.GUEST)
        session.add_all([one, place])

    await database.write(rewrite)
    await undo(database, now, rest=True)

    _, [row], _ = await database.read(everything)
    assert (row[1], row[7]) == (("2", "family") if field == "phone" else ("", "guest"))


async def test_a_flat_that_something_was_done_for_since_stays(database: Database, now: datetime) -> None:
    await take_over(database, FILE[3:], now)

    def claim(session: Session) -> None:
        flat = session.exec(select(Household)).one()
        claims.claim(session, "oNew", (flat.building, flat.unit, flat.room), flat, now)

    await database.write(claim)
    with pytest.raises(Refusal, match="9栋901：后来有人住或有了记录"):
        await undo(database, now)


async def test_an_import_is_taken_back_once_and_within_thirty_days(database: Database, now: datetime) -> None:
    await take_over(database, FILE, now)
    with pytest.raises(Refusal, match="超过 30 天"):
        await undo(database, now + imports.UNDOABLE)
    await undo(database, now + timedelta(days=29))

    with pytest.raises(Refusal, match="已经撤销过"):
        await undo(database, now)


async def test_what_an_import_changed_is_forgotten_when_it_can_no_longer_be_undone(database: Database, now: datetime) -> None:
    await take_over(database, FILE, now)
    await database.write(imports.prune, now + timedelta(days=29))
    kept = await database.read(lambda session: session.exec(select(RosterImport.personal_changes)).one())
    await database.write(imports.prune, now + imports.UNDOABLE)

    assert "陈建国" in str(kept)
    assert await database.read(lambda session: session.exec(select(RosterImport.personal_changes)).one()) is None


# ------------------------------------------------------------------ waiting


async def test_a_file_waits_for_its_sender_alone_and_for_an_hour(database: Database, now: datetime) -> None:
    draft = await database.write(imports.keep, "wang", "名册.xlsx", FILE, [], now, whole=False)
    key = draft.public_id

    def look(session: Session) -> tuple[RosterDraft, list[Entry]]:
        found = imports.draft_of(session, key, "wang")
        assert found is not None
        return found, found.entries

    mine, rows = await database.read(look)
    assert rows == FILE
    assert (mine.has_expired(now + timedelta(minutes=59)), mine.has_expired(now + imports.WAITS)) == (False, True)
    assert await database.read(imports.draft_of, key, "li") is None
    assert await database.read(imports.waiting, "wang", now + imports.WAITS) is None


async def test_what_was_sent_before_and_what_nobody_said_yes_to_is_forgotten(database: Database, now: datetime) -> None:
    await database.write(imports.keep, "wang", "alt.xlsx", FILE, [], now, whole=False)
    await database.write(imports.keep, "wang", "neu.xlsx", FILE, [], now, whole=False)
    names = await database.read(lambda session: session.exec(select(RosterDraft.file_name)).all())
    await database.write(imports.prune, now + imports.WAITS)

    assert names == ["neu.xlsx"]
    assert await database.read(lambda session: session.exec(select(RosterDraft.file_name)).all()) == []


# ------------------------------------------------------------------ out and in again

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
_NAMES = st.one_of(st.sampled_from(["陈建国", "李 梅", "Li Mei", "=1+1", "'-1", "阿·买提", "-"]), _TEXT)
_FLATS = st.one_of(
    st.tuples(
        st.sampled_from(["3", "3栋", "03", "A1", "二期3", "商铺"]), st.sampled_from(["", "2", "2单元", "甲"]),
        st.sampled_from(["501", "0501", "501A", "501-1", "负101"]),
    ),
    st.tuples(_TEXT, _TEXT, _TEXT),
)  # fmt: skip
_ROWS = st.lists(
    st.tuples(
        _FLATS, _NAMES, st.one_of(st.sampled_from(["", "13900000001", "+86 139 0000 0002", "0571-8888", "(0571)88880000转8"]), _TEXT),
        st.sampled_from(["", "业主", "租客", "家属", "护工"]), st.one_of(st.sampled_from(["", "独居老人；党员", "VIP client", "@甲"]), _TEXT),
        st.sampled_from(["", "2020-01-05", "43831"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_ROWS)
def test_whatever_was_taken_over_is_given_out_and_taken_in_again_without_a_difference(rows: list[Any]) -> None:
    now = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
    table = [Entry(line=0, flat=flat, name=name, phone=phone) for flat, name, phone, *_ in rows]
    said = _as_csv(
        [[*entry.flat, entry.name, entry.phone or "", *rest] for entry, (_, _, _, *rest) in zip(table, rows, strict=True)]
    )
    read = rosterfile.read(said)
    assume(read.entries)
    engine = create_engine("sqlite://")
    engine.dialect.keyring = Keyring.make()  # type: ignore[attr-defined]
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        community = Community(appid="wx1", name="和苑小区")
        session.add(community)
        session.flush()
        scope.enter(session, community.key)
        plan = rosterdiff.compare(session, read.entries, now.date())
        assume(not plan.faults and not plan.is_empty)
        imports.carry_out(session, plan, now, actor="system", file_name="x")
        out = imports.entries(session)

        for body in (rosterfile.write_csv(out), rosterfile.write_workbook(out)):
            again = rosterfile.read(body)
            assert again.faults == ()
            assert rosterdiff.compare(session, again.entries, now.date(), whole=True).is_empty
    engine.dispose()


def _as_csv(rows: list[list[str]]) -> bytes:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["楼栋", "单元", "房号", "姓名", "电话", "身份", "标签", "入住日期"])
    writer.writerows(rows)
    return out.getvalue().encode()
