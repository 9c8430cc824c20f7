"""Two rows that are one person become one, in every table there is, and can be parted again; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from bot.contract import Refusal
from bot.store import consents, merging, people, register, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.notices import Notice
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Binding, Household, Resident, ResidentRole
from bot.store.register import Filter
from integrations.health.models import CheckIn
from integrations.visitor_passes.models import Pass


@pytest.fixture
def town(database: Database, now: datetime) -> Database:
    """陈建国 of the roster, and whoever was bound in the chat without a name, who has a pass and a check-in."""

    def found(session: Session) -> None:
        session.add(Community(appid="wx1", name="和苑小区"))
        session.flush()
        scope.enter(session, 1)
        first, second = Household(building="3", unit="2", room="501"), Household(building="5", room="302")
        session.add_all([first, second])
        session.flush()
        chen = people.settle(session, first, name="陈建国", role=ResidentRole.OWNER, phone="13800008000", tags=["独居老人"])
        other = people.settle(session, first, tags=["党员"], evidence=people.Evidence.STAFF, on=date(2026, 1, 2))
        people.move_in(session, other, second, ResidentRole.TENANT)
        people.bind(session, other, "oChen", now)
        session.add(
            Pass(resident_id=other.key, household_id=first.key, visitor_name="张伟", starts_at=now, ends_at=now, created_at=now)
        )
        consent = consents.give(session, other, "health", 1, "可以", now)
        session.add(
            CheckIn(reporter_id=other.key, resident_id=other.key, consent_id=consent.key, day=now.date(), at=now, tenths=365)
        )
        notice = Notice(title="停水", body="明天停水", created_at=now)
        session.add(notice)
        session.flush()
        for one, state in ((chen, DeliveryState.UNREACHABLE), (other, DeliveryState.DELIVERED)):
            session.add(
                Delivery(notice_id=notice.id, occurrence=now, resident_id=one.id, state=state, due_at=now, updated_at=now)
            )
        session.add(Delivery(resident_id=other.id, openid="oChen", due_at=now, updated_at=now))

    database.submit(found).result()
    return database


def both(session: Session) -> tuple[Resident, Resident]:
    scope.enter(session, 1)
    return session.get_one(Resident, 1), session.get_one(Resident, 2)


def test_all_that_belongs_to_the_one_who_goes_belongs_to_the_one_who_stays(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        merging.merge(session, stays, goes, now)

        stays, goes = both(session)
        assert (stays.name, stays.phone, stays.openid, stays.tags) == ("陈建国", "13800008000", "oChen", ["独居老人", "党员"])
        assert (goes.openid, goes.merged_into_id) == (None, stays.id)
        assert [flat.label for flat in people.homes(session, stays)] == ["3栋2单元501", "5栋302"]
        assert stays.asks_flat
        assert [one.resident_id for kind in (Pass, CheckIn, Binding) for one in session.exec(select(kind)).all()] == [1, 1, 1]
        assert people.by_public_id(session, goes.public_id) is stays
        assert people.of_household(session, session.get_one(Household, 1)) == [stays]
        assert [one.name for one in register.people(session, Filter(said="党员")).rows] == ["陈建国"]

    town.submit(act).result()


def test_a_row_for_which_there_is_no_room_stays_as_it_was(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        merging.merge(session, stays, goes, now)

        told = [(one.resident_id, one.state.value) for one in session.exec(select(Delivery).order_by(Delivery.id)).all()]  # type: ignore[arg-type]
        assert told == [(1, "unreachable"), (2, "delivered"), (1, "queued")]

    town.submit(act).result()


def test_every_column_that_points_to_a_person_is_found_in_the_tables_there_are() -> None:
    found = {f"{table.name}.{column.name}" for table, column in merging.columns()}

    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in SQLModel.metadata.tables.values() for key in table.foreign_keys if key.column.table.name == "resident"
    }  # fmt: skip
    assert pointing - found == {
        "resident.merged_into_id", "residence.resident_id", "directory_word.resident_id", "merger.stays_id", "merger.goes_id",
    }  # fmt: skip
    assert {
        "visitor_pass.resident_id",
        "health_checkin.resident_id",
        "repair_ticket.resident_id",
        "delivery.resident_id",
    } <= found


def test_who_was_merged_by_mistake_is_parted_with_all_that_was_theirs(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def state() -> list[object]:
            rows = [row.model_dump() for row in (*both(session), *session.exec(select(people.Residence)).all())]
            passes = [one.resident_id for kind in (Pass, CheckIn, Binding) for one in session.exec(select(kind)).all()]
            for row in rows:
                if "household_id" in row and "role" in row:
                    row.pop("id")
            return [*sorted(str(sorted(row.items())) for row in rows), passes]

        before = state()
        stays, goes = both(session)
        merger = merging.merge(session, stays, goes, now)
        assert [(one.public_id, who.id) for one, who in merging.of(session, both(session)[0], now)] == [(merger.public_id, 2)]
        merging.part(session, merger, now + timedelta(days=29))

        assert state() == before
        assert [one.id for one in register.people(session, Filter(said="党员")).rows] == [2]
        with pytest.raises(Refusal):
            merging.part(session, merger, now)

    town.submit(act).result()


def test_after_thirty_days_nobody_is_parted(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        merger = merging.merge(session, *both(session), now)
        with pytest.raises(Refusal, match="30 天"):
            merging.part(session, merger, now + timedelta(days=31))

    town.submit(act).result()


def test_two_who_are_both_bound_are_refused_with_what_to_do(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        people.bind(session, stays, "oOther", now)
        with pytest.raises(Refusal, match="解除另一个的绑定"):
            merging.merge(session, stays, goes, now)
        with pytest.raises(Refusal, match="同一个人"):
            merging.merge(session, stays, stays, now)

    town.submit(act).result()


@pytest.mark.parametrize(
    ("name", "phone", "why"),
    [
        ("", "", "没有姓名"), ("陈建国", "", "姓名相同"), ("陈健国", "", "姓名相近"), ("建国", "", "姓名相近"), ("王强", "138 0000 8000", "电话相同"),
    ],
)  # fmt: skip
def test_who_may_be_one_person_is_suggested_with_the_reason(town: Database, name: str, phone: str, why: str) -> None:
    def act(session: Session) -> list[str]:
        _, other = both(session)
        other.name, other.phone = name, phone
        session.add(other)
        session.flush()
        return [said for _, _, said in merging.suggested(session)]

    [said] = town.submit(act).result()
    assert why in said


def test_neighbours_with_other_names_are_not_suggested(town: Database) -> None:
    def act(session: Session) -> list[str]:
        _, other = both(session)
        other.name = "王强"
        session.add(other)
        session.flush()
        return [said for _, _, said in merging.suggested(session)]

    assert town.submit(act).result() == []
