"""An installation that served one community keeps every row when it learns to serve several; on both databases."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from bot import config, services
from bot.keyring import Keyring
from bot.language.recurrence import spoken
from bot.model import UTC
from bot.store import merging, people, revisions, schema, scope
from bot.store.audience import Audience
from bot.store.merging import Merger
from bot.store.notices import Notice, NoticeState
from bot.store.people import Resident
from tests.store.conftest import make_blank

FOLDERS = [i.folder for i in services.load_integrations(config.Settings.model_fields["integrations"].get_default())]

#: Where each line of revisions stood when there was one community.
BEFORE = ("bot_5", "health_1", "repairs_1", "visitor_passes_1")

THEN = datetime(2026, 3, 11, 2)  # noqa: DTZ001  as SQLite keeps it: UTC without a zone


class Rows:
    """Writes rows into the tables that a database has, whatever the code's look like."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.found, self.filled = connection, MetaData(), set[str]()
        self.found.reflect(connection)

    def add(self, table: str, **said: Any) -> Any:
        """Add a row and return its key; what must be there and is not said is made up."""
        target = self.found.tables[table]
        made_up = {column.name: _made_up(column) for column in target.c if not column.nullable and column.name != "id"}
        self.filled.add(table)
        return self.connection.execute(insert(target).values({**made_up, **said})).inserted_primary_key[0]  # type: ignore[index]


def _made_up(column: Any) -> Any:
    for kind, value in ((Boolean, False), (Integer, 0), (JSON, {}), (DateTime, THEN), (Date, THEN.date())):
        if isinstance(column.type, kind):
            return value
    return f"{column.table.name} {column.name}"[: getattr(column.type, "length", None)]


def fill(blank: Engine) -> Engine:
    """Make a database one of before, with rows in every table."""
    with blank.begin() as connection:
        for revision in BEFORE:
            command.upgrade(revisions._config(connection, FOLDERS), revision)
        rows = Rows(connection)
        live_there(rows)
        assert rows.filled == set(rows.found.tables) - {"alembic_version"}
    return blank


@pytest.fixture(scope="module")
def _upgraded() -> dict[str, str]:
    """By kind the database of before that was upgraded, for each test to have a copy of: upgrading takes seconds."""
    return {}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def upgraded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    ring: Keyring,
    _upgraded: dict[str, str],
) -> Iterator[Engine]:
    """A database of before that was brought to the newest shape."""
    if request.param not in _upgraded:
        first = fill(make_blank(request.param, request, tmp_path_factory.mktemp("upgraded"), ring))
        schema.upgrade(first, FOLDERS)
        first.dispose()  # nobody may be connected to what is copied
        _upgraded[request.param] = str(first.url.database)
    engine = make_blank(request.param, request, tmp_path, ring, _upgraded[request.param])
    yield engine
    engine.dispose()


def live_there(rows: Rows) -> None:
    home = rows.add("community", appid="wx1", name="和苑小区")
    flat = rows.add("household", community_id=home, building="3", unit="2", room="501")
    staff = rows.add("staff", community_id=home, login="wang", role="manager")
    rows.add("staff", community_id=home, login="chen", role="guard", password="")
    chen = rows.add("resident", public_id="R1", household_id=flat, name="陈建国", openid="oChen", bound_at=THEN)
    rows.add("resident", public_id="R2", household_id=flat, name="李梅")
    for openid in ("oChen", "oNew"):
        rows.add("follower", community_id=home, openid=openid)
        rows.add("conversation", community_id=home, openid=openid, public_id=openid)
    notice = rows.add("notice", community_id=home, state="published")
    photo = rows.add("photo", openid="oChen", state="waiting")
    rows.add("line", openid="oChen", speaker="resident", text="[图片]", photo_id=photo)
    rows.add("delivery", notice_id=notice, resident_id=chen, occurrence=THEN, openid="oChen", state="queued")
    rows.add("delivery", openid="oNew", state="failed")
    rows.add("task", community_id=home, kind="emergency.fire", urgent=True)
    rows.add("task", community_id=home, public_id="T2", closed_at=THEN, closed_by=staff)
    rows.add("erasure", openid="oGone", resident_id=chen)
    rows.add("inbox", key="k1", openid="oChen", answer="好")
    rows.add("staffsession", staff_id=staff)
    rows.add("signinlink", staff_id=staff)
    ticket = rows.add("repair_ticket", number="K3M9", resident_id=chen, household_id=flat, state="submitted")
    rows.add("repair_note", ticket_id=ticket)
    visit = rows.add("visitor_pass", resident_id=chen, household_id=flat, state="active")
    rows.add("passage", staff_id=staff, pass_id=visit)
    rows.add("health_checkin", resident_id=chen)
    for table in ("access_token", "allowance", "channel", "event", "mass_send", "message_report", "scene", "unmatched"):
        rows.add(table)


def counts(engine: Engine) -> dict[str, int]:
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one() for name, table in found.tables.items()
        }


def table(name: str) -> Table:
    """Return a table as the code has it now."""
    return SQLModel.metadata.tables[name]


def test_every_row_is_kept_and_becomes_the_first_communitys(blank: Engine) -> None:
    old = fill(blank)
    before = counts(old)

    schema.upgrade(old, FOLDERS)

    assert revisions.differences(old) == []
    after = counts(old)
    forgotten = {"channel"}  # the figures of one day, which are counted by account now
    assert {name: after[name] for name in before.keys() - forgotten - {"alembic_version"}} == {
        name: before[name] for name in before.keys() - forgotten - {"alembic_version"}
    }
    with old.connect() as connection:
        whose = {
            name: set(connection.execute(select(one.c.community_id)).scalars())
            for name, one in SQLModel.metadata.tables.items() if "community_id" in one.c and name in before and name != "staffsession"
        }  # fmt: skip
    assert set(map(frozenset, whose.values())) == {frozenset({1})}


def test_what_was_bound_stays_bound_and_is_known_to_live_here(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        bindings = connection.execute(select(table("binding").c["openid", "resident_id", "ended_at"])).all()
        placed = {row.openid: row.is_placed for row in connection.execute(select(table("follower")))}
        appid = connection.execute(select(table("inbox").c.appid)).scalar_one()
    assert [tuple(row) for row in bindings] == [("oChen", 1, None)]
    assert placed == {"oChen": True, "oNew": False}
    assert appid == "wx1"


def test_of_the_staff_each_is_a_person_of_their_own(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        people = connection.execute(select(table("staff").c.person)).scalars().all()
    assert len(set(people)) == 2
    assert "" not in people


def test_passwords_become_the_persons_and_nobody_has_one_who_had_none(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        people = dict(connection.execute(select(table("staff").c["login", "person"])).all())  # type: ignore[arg-type]
        kept = connection.execute(select(table("credential").c["person", "password", "totp", "totp_counter"])).all()
    assert [tuple(row) for row in kept] == [(people["wang"], "staff password", "", 0)]


def test_password_of_an_account_in_use_counts_before_that_of_one_disabled(blank: Engine) -> None:
    with blank.begin() as connection:
        command.upgrade(revisions._config(connection, FOLDERS), "bot_15")
        rows = Rows(connection)
        homes = [rows.add("community", appid="wx1", name=name) for name in ("和苑小区", "和苑东区", "和苑西区")]
        for home, said in zip(
            homes, ({"password": "a new one"}, {"password": "z old", "disabled_at": THEN}, {"password": ""}), strict=True
        ):
            rows.add("staff", community_id=home, login="wang", person="P1", role="manager", **said)
        rows.add("staff", community_id=homes[0], login="li", person="P2", role="guard", password="kept", disabled_at=THEN)
    schema.upgrade(blank, FOLDERS)
    with blank.begin() as connection:
        kept = dict(connection.execute(select(table("credential").c["person", "password"])).all())  # type: ignore[arg-type]

    assert kept == {"P1": "a new one", "P2": "kept"}


def test_check_ins_of_before_have_a_consent_of_their_own_kind_and_none_comes_without(upgraded: Engine) -> None:
    made, consent = table("health_checkin"), table("consent")
    with upgraded.connect() as connection:
        rows = connection.execute(
            select(consent.c["purpose", "version", "how", "words"], made.c.person, made.c.reporter_id == made.c.resident_id)
            .join(made, made.c.consent_id == consent.c.id)
        ).all()  # fmt: skip
        for missing in (None, 99):
            with pytest.raises(IntegrityError), connection.begin_nested():
                Rows(connection).add("health_checkin", community_id=1, resident_id=1, reporter_id=1, consent_id=missing)
    assert [tuple(row) for row in rows] == [("health", 0, "before", "", "", True)]


#: Rows that the database itself refuses: states and roles that nobody knows.
NONSENSE = (
    ("delivery", {"state": "lost"}), ("notice", {"state": "lost"}), ("staff", {"login": "x", "role": "king"}),
    ("repair_ticket", {"number": "X", "state": "lost"}), ("visitor_pass", {"state": "lost"}), ("effect", {"state": "lost"}),
    ("permission_grant", {"role": "king"}), ("line", {"community_id": None}), ("repair_note", {"community_id": 99}),
    ("staff", {"login": "wang", "role": "guard"}), ("community", {"appid": "wx1", "name": "和苑小区"}),
)  # fmt: skip


def test_what_the_database_refused_it_still_refuses(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        for name, said in NONSENSE:
            with connection.begin(), pytest.raises(IntegrityError):
                Rows(connection).add(name, **{**_belongings(name), **said})


def test_second_community_may_have_what_the_first_has(upgraded: Engine) -> None:
    with upgraded.begin() as connection:
        rows = Rows(connection)
        there = rows.add("community", appid="wx1", name="和苑东区")
        rows.add("staff", community_id=there, login="wang", role="city")
        rows.add("household", community_id=there, building="3", unit="2", room="501")
        rows.add("unmatched", community_id=there, text="unmatched text")


def _belongings(name: str) -> dict[str, int]:
    """Return what a row of a table refers to."""
    known = {"community_id": 1, "resident_id": 1, "household_id": 1, "staff_id": 1, "ticket_id": 1}
    return {column: key for column, key in known.items() if column in table(name).c}


def test_partial_indexes_hold_only_what_they_are_for(upgraded: Engine) -> None:
    partial = {
        str(index.name) for one in SQLModel.metadata.tables.values() for index in one.indexes
        if index.dialect_options[upgraded.dialect.name].get("where") is not None
    }  # fmt: skip
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'" if upgraded.dialect.name == "sqlite"
        else "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '% WHERE %'"
    )  # fmt: skip
    with upgraded.connect() as connection:
        made = set(connection.execute(text(query)).scalars())
    assert {"delivery_due", "photo_waiting", "inbox_unfinished", "task_open", "task_climbs", "effect_due"} <= partial
    assert partial <= made


def test_sentences_kept_with_a_number_of_somebodys_papers_are_forgotten(blank: Engine) -> None:
    with blank.begin() as connection:
        command.upgrade(revisions._config(connection, FOLDERS), "bot_13")
        rows = Rows(connection)
        home = rows.add("community", appid="wx1", name="和苑小区")
        for said in (
            "身份证330106199001011234要不要带",
            "卡6222 0212 3456 7890 123",
            "护照E12345678",
            "电表12345678度",
            "楼下太吵",
        ):
            rows.add("unmatched", community_id=home, text=said)
    schema.upgrade(blank, FOLDERS)

    with blank.begin() as connection:
        kept = connection.execute(select(table("unmatched").c.text).order_by(table("unmatched").c.id)).scalars().all()
        raw = connection.execute(text("SELECT text FROM unmatched")).scalars().all()
    assert kept == ["电表12345678度", "楼下太吵"]
    assert all(said.startswith("s1.") for said in raw)


def test_who_was_made_one_person_before_can_still_be_parted(blank: Engine) -> None:
    with blank.begin() as connection:
        command.upgrade(revisions._config(connection, FOLDERS), "bot_21")
        rows = Rows(connection)
        home = rows.add("community", appid="wx1", name="和苑小区")
        flat, other = (rows.add("household", community_id=home, building="3", unit="", room=room) for room in ("501", "502"))
        known = {"community_id": home, "asks_flat": True, "phone": "", "phone_digest": "", "phone_end": ""}
        stays = rows.add(
            "resident",
            **known,
            public_id="R1",
            household_id=flat,
            name="陈建国",
            tags=["老人", "党员"],
            openid="oChen",
            bound_at=THEN,
        )
        goes = rows.add(
            "resident", **known, public_id="R2", household_id=other, name="", tags=["党员"], openid=None, merged_into_id=stays
        )
        for place in (flat, other):
            rows.add(
                "residence",
                community_id=home,
                resident_id=stays,
                household_id=place,
                role="owner",
                evidence="roster",
                moved_out=None,
            )
        binding = rows.add("binding", community_id=home, openid="oChen", resident_id=stays, evidence="staff", bound_at=THEN)
        lived = {"role": "owner", "evidence": "roster", "moved_in": None, "moved_out": None}
        rows.add(
            "merger", community_id=home, public_id="M1", stays_id=stays, goes_id=goes, at=THEN,
            moved={"binding.resident_id": [[binding]]},
            before={
                "name": "陈建国", "has_phone": False, "tags": ["老人"], "household": flat, "asks_flat": False, "goes_household": other,
                "goes_asks_flat": False, "bound": True,
                "residences": {"stays": [{**lived, "household_id": flat}], "goes": [{**lived, "household_id": other, "role": "tenant"}]},
            },
        )  # fmt: skip
    schema.upgrade(blank, FOLDERS)

    with blank.connect() as connection:
        assert "陈建国" not in connection.execute(text("SELECT personal_before FROM merger")).scalar_one()
    with Session(blank) as session:
        scope.enter(session, home)
        merging.part(session, session.get_one(Merger, 1), THEN.replace(tzinfo=UTC))
        found = [session.get_one(Resident, key) for key in (stays, goes)]
        assert [(one.openid, one.tags, one.merged_into_id) for one in found] == [
            (None, ["老人"], None),
            ("oChen", ["党员"], None),
        ]
        assert [[home.label for home in people.homes(session, one)] for one in found] == [["3栋501"], ["3栋502"]]


def test_lines_of_cron_become_rules_that_go_on_and_back_again(blank: Engine) -> None:
    with blank.begin() as connection:
        for revision in ("bot_26", *BEFORE[1:]):
            command.upgrade(revisions._config(connection, FOLDERS), revision)
        rows = Rows(connection)
        rows.add("community", id=1, name="和苑小区", appid="wx1")
        for title, line, state in (("例会", "0 9 * * mon", "scheduled"), ("停水", "", "published")):
            rows.add("notice", title=title, cron=line, state=state, community_id=1, public_id=title)
    schema.upgrade(blank, FOLDERS)

    with Session(blank) as session:
        scope.enter(session, 1)
        meeting, water = (session.execute(select(Notice).where(Notice.title == title)).scalar_one() for title in ("例会", "停水"))
        assert meeting.recurrence == spoken.read("每周一 9点", datetime(2026, 3, 11, tzinfo=UTC))
        assert (meeting.grace, water.recurrence, water.state) == (120, None, "published")
        meeting.state = NoticeState.PAUSED
        session.commit()

    with blank.begin() as connection:
        command.downgrade(revisions._config(connection, FOLDERS), "bot_26")
        kept = connection.execute(text("SELECT title, cron, state FROM notice ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [("例会", "0 9 * * mon", "draft"), ("停水", "", "published")]


def test_delivery_of_which_nobody_knows_is_taken_by_an_upgraded_database(upgraded: Engine) -> None:
    delivery = table("delivery")
    with upgraded.begin() as connection:
        before = dict(connection.execute(select(delivery.c.state, delivery.c.sent_at)).all())
        connection.execute(update(delivery).where(delivery.c.state == "queued").values(state="unknown"))
        indexes = {one["name"]: one for one in inspect(connection).get_indexes("delivery")}
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(text("UPDATE delivery SET state = 'lost'"))

    assert before["queued"] is None
    where = next(iter(indexes["delivery_due"]["dialect_options"].values()))
    assert "armed" in str(where)  # what makes a claim quick is still partial


def test_who_wrote_on_an_answer_is_forgotten_and_talks_stay_as_they_were(upgraded: Engine) -> None:
    gone = {"writing_id", "writing_at"}
    with upgraded.begin() as connection:
        kept = connection.execute(text("SELECT openid, waiting_since FROM conversation ORDER BY openid")).all()
        indexes = _indexes_of_talks(connection)
        before = {column["name"] for column in inspect(connection).get_columns("conversation")}
        command.downgrade(revisions._config(connection, FOLDERS), "bot_44")
        columns = {column["name"] for column in inspect(connection).get_columns("conversation")}
        back = [
            key for key in inspect(connection).get_foreign_keys("conversation") if key["constrained_columns"] == ["writing_id"]
        ]
        command.upgrade(revisions._config(connection, FOLDERS), "heads")
        still = connection.execute(text("SELECT openid, waiting_since FROM conversation ORDER BY openid")).all()

        assert (columns - before, columns & gone, [key["referred_table"] for key in back]) == (gone, gone, ["staff"])
        assert (still, _indexes_of_talks(connection)) == (kept, indexes)
        assert kept
        assert all(
            "IS NOT NULL" in indexes[name] for name in ("conversation_waits", "conversation_aside", "conversation_assigned")
        )


def _indexes_of_talks(connection: Connection) -> dict[str | None, str]:
    """Return the indexes of talks, each with its columns and which rows it holds."""
    found = inspect(connection).get_indexes("conversation")
    return {
        one["name"]: f"{one['column_names']} {[str(where) for where in one.get('dialect_options', {}).values()]}" for one in found
    }


def test_whom_a_notice_was_for_stays_whom_it_is_for_and_back_again(blank: Engine) -> None:
    mixed = {"buildings": ["3"], "units": [["5", "2"]], "flats": [["7", "", "501"]], "tags": ["独居老人"]}
    with blank.begin() as connection:
        for revision in ("bot_28", *BEFORE[1:]):
            command.upgrade(revisions._config(connection, FOLDERS), revision)
        rows = Rows(connection)
        rows.add("community", id=1, name="和苑小区", appid="wx1")
        for title, whom in (("全体的", {"everyone": True}), ("几处的", mixed)):
            rows.add("notice", title=title, audience=whom, state="draft", community_id=1, public_id=title)
    schema.upgrade(blank, FOLDERS)

    with Session(blank) as session:
        scope.enter(session, 1)
        notices = session.execute(select(Notice).order_by(Notice.id)).scalars().all()  # type: ignore[arg-type]
        assert [Audience.from_json(one.audience).label for one in notices] == ["全体", "3栋、5栋2单元、7栋501、独居老人"]
        assert {(one.kind, one.version, one.chase_after) for one in notices} == {("everyday", "first", 1440)}

    with blank.begin() as connection:
        command.downgrade(revisions._config(connection, FOLDERS), "bot_28")
        kept = connection.execute(text("SELECT audience FROM notice ORDER BY id")).scalars().all()
    assert [json.loads(one) if isinstance(one, str) else one for one in kept] == [{"everyone": True}, mixed]


def test_open_ticket_of_before_is_looked_at_by_the_ladder_and_keeps_its_term(upgraded: Engine) -> None:
    ticket = table("repair_ticket")
    with upgraded.connect() as connection:
        [kept] = connection.execute(
            select(ticket.c["clock", "rung", "paused_at", "merged_into_id"], ticket.c.rung_at == ticket.c.opened_at)
        ).all()
        connection.execute(update(ticket).values(state="parts"))
        connection.rollback()
    assert tuple(kept) == ({}, 0, None, None, True)
