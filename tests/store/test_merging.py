"""Two rows that are one person become one, in every table there is, and can be parted again; on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from bot.contract import Refusal
from bot.store import consents, merging, people, register, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.merging import Before, Merger
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
        assert [one.name for one in register.people(session, Filter(said="党员"))] == ["陈建国"]

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
        assert [one.id for one in register.people(session, Filter(said="党员"))] == [2]
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


# ------------------------------------------------------------------ what happened between the two


def lives(session: Session, resident: Resident) -> dict[str, tuple[str, str, date | None]]:
    """As what somebody lives in which flat, proven by what, and since when no more."""
    return {
        flat.label: (one.role.value, one.evidence.value, one.moved_out) for one, flat in people.residences_of(session, resident)
    }


def merged_and_parted(session: Session, now: datetime, between: Callable[[Resident], Any]) -> tuple[Resident, Resident]:
    """Merge the two, let something happen to the one there is, and part them."""
    merger = merging.merge(session, *both(session), now)
    between(both(session)[0])
    session.flush()
    merging.part(session, merger, now + timedelta(days=2))
    return both(session)


THEN = date(2026, 3, 12)
HOME, OTHER = "3栋2单元501", "5栋302"


def test_who_moved_out_since_the_merger_is_out_when_they_are_parted(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def move(one: Resident) -> None:
            for flat in people.homes(session, one):
                people.move_out(session, one, flat, THEN)

        stays, goes = merged_and_parted(session, now, move)

        assert lives(session, stays) == {HOME: ("owner", "roster", THEN)}
        assert lives(session, goes) == {HOME: ("family", "staff", THEN), OTHER: ("tenant", "roster", THEN)}
        assert (people.homes(session, stays), people.homes(session, goes)) == ([], [])
        assert (stays.asks_flat, goes.asks_flat) == (False, False)

    town.submit(act).result()


def test_of_two_flats_the_one_that_was_left_since_is_left_and_the_other_is_spoken_for(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def move(one: Resident) -> None:
            people.move_out(session, one, session.get_one(Household, 1), THEN)

        stays, goes = merged_and_parted(session, now, move)

        assert [flat.label for flat in people.homes(session, goes)] == [OTHER]
        assert (goes.household_id, goes.asks_flat) == (2, False)
        assert people.homes(session, stays) == []

    town.submit(act).result()


def test_a_flat_that_was_corrected_or_added_since_stays_as_it_is_with_the_one_who_stayed(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def change(one: Resident) -> None:
            third = Household(building="6", room="601")
            session.add(third)
            session.flush()
            people.move_in(session, one, third, ResidentRole.TENANT, on=THEN)
            people.move_in(session, one, session.get_one(Household, 1), ResidentRole.GUEST)
            one.name = "陈健国"

        stays, goes = merged_and_parted(session, now, change)

        assert lives(session, stays) == {HOME: ("guest", "roster", None), "6栋601": ("tenant", "roster", None)}
        assert lives(session, goes) == {HOME: ("family", "staff", None), OTHER: ("tenant", "roster", None)}
        assert (stays.name, goes.name) == ("陈健国", "")

    town.submit(act).result()


def test_the_account_goes_back_with_its_binding_and_one_bound_since_stays(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def bind_another(one: Resident) -> None:
            people.unbind(session, one, now + timedelta(days=1))
            session.flush()
            people.bind(session, one, "oAnother", now + timedelta(days=1))

        stays, goes = merged_and_parted(session, now, bind_another)

        assert (stays.openid, goes.openid) == ("oAnother", None)
        bindings = {one.openid: (one.resident_id, one.ended_at is None) for one in session.exec(select(Binding)).all()}
        assert bindings == {"oChen": (2, False), "oAnother": (1, True)}

    town.submit(act).result()


def test_an_account_that_was_bound_anew_since_is_whose_it_was_bound_to(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        def bind_anew(one: Resident) -> None:
            people.unbind(session, one, now + timedelta(days=1))
            session.flush()
            people.bind(session, one, "oChen", now + timedelta(days=1))

        stays, goes = merged_and_parted(session, now, bind_anew)

        held = people.binding_of(session, stays)
        assert (stays.openid, goes.openid, held and held.openid) == ("oChen", None, "oChen")

    town.submit(act).result()


def test_a_consent_that_holds_comes_along_where_the_one_who_stays_took_theirs_back(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        consents.end(session, consents.give(session, stays, "health", 1, "可以", now), now)
        merger = merging.merge(session, stays, goes, now)

        stays, _ = both(session)
        held = consents.in_force(session, stays, "health")
        assert held is not None
        assert held.resident_id == stays.id
        merging.part(session, merger, now)
        assert [one.resident_id for one in session.exec(select(consents.Consent).order_by(consents.Consent.id)).all()] == [2, 1]  # type: ignore[arg-type]

    town.submit(act).result()


def test_a_consent_for_which_there_was_no_room_holds_for_who_stayed_and_ends_with_it(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        own = consents.give(session, stays, "health", 1, "可以", now)
        merging.merge(session, stays, goes, now)

        stays, _ = both(session)
        assert [one.resident_id for one in consents.holding(session, stays, "health")] == [2, 1]
        assert consents.give(session, stays, "health", 1, "可以", now).id in {1, own.id}
        newer = consents.give(session, stays, "health", 2, "还可以", now)
        assert [one.id for one in consents.holding(session, stays, "health")] == [newer.id]
        consents.end(session, newer, now)
        assert consents.was_asked(session, stays, "health", 1)

    town.submit(act).result()


def test_a_refusal_that_stayed_with_the_one_who_went_is_remembered(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        for one in (stays, goes):
            consents.refuse(session, one, "other", 1, now)
        merging.merge(session, stays, goes, now)

        stays, _ = both(session)
        consents.drop_refusal(session, stays, "other")
        session.expire_all()
        assert not consents.was_asked(session, stays, "other", 1)

    town.submit(act).result()


@pytest.mark.parametrize("ended", [1, 2])
def test_where_one_residence_has_ended_the_role_and_the_proof_are_those_of_the_other(
    town: Database, now: datetime, ended: int
) -> None:
    def act(session: Session) -> None:
        stays, goes = both(session)
        people.move_out(session, session.get_one(Resident, ended), session.get_one(Household, 1), THEN)
        was = [lives(session, one)[HOME] for one in (stays, goes)]
        merger = merging.merge(session, stays, goes, now)

        stays, goes = both(session)
        expected = ("family", "staff", None) if ended == 1 else ("owner", "roster", None)
        assert lives(session, stays)[HOME] == expected
        merging.part(session, merger, now)
        assert [lives(session, one)[HOME] for one in both(session)] == was

    town.submit(act).result()


def test_what_somebody_said_since_of_the_flat_they_mean_still_holds(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        _, goes = both(session)
        people.speak_for(session, goes, session.get_one(Household, 2))
        session.flush()
        stays, goes = merged_and_parted(session, now, lambda one: people.speak_for(session, one, session.get_one(Household, 2)))

        assert (stays.household_id, stays.asks_flat) == (1, False)
        assert (goes.household_id, goes.asks_flat) == (2, False)

    town.submit(act).result()


def test_a_person_of_three_rows_is_parted_in_the_order_they_became_one(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        third = people.settle(session, session.get_one(Household, 2), name="陈建国")
        chen, other = both(session)
        first = merging.merge(session, chen, other, now)
        second = merging.merge(session, session.get_one(Resident, third.id), chen, now)
        assert {one.id for one in people.also_known(session, [session.get_one(Resident, third.id)])} == {1, 2}
        with pytest.raises(Refusal, match="先把那一次分开"):
            merging.part(session, first, now)
        merging.part(session, second, now)
        merging.part(session, first, now)

        assert lives(session, session.get_one(Resident, third.id)) == {OTHER: ("family", "roster", None)}
        stays, goes = both(session)
        assert (stays.openid, goes.openid) == (None, "oChen")
        assert lives(session, goes) == {HOME: ("family", "staff", None), OTHER: ("tenant", "roster", None)}

    town.submit(act).result()


# ------------------------------------------------------------------ what is kept of it


def test_what_two_were_before_is_sealed_and_goes_once_they_are_parted(town: Database, now: datetime) -> None:
    def act(session: Session) -> Merger:
        return merging.merge(session, *both(session), now)

    key = town.submit(lambda session: act(session).id).result()
    with town.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT personal_before FROM merger").scalar_one()
    assert "独居老人" not in kept
    assert "owner" not in kept

    def undo(session: Session) -> dict[str, Any] | None:
        merger = session.get_one(Merger, key)
        assert merger.personal_before is not None
        assert Before.unpack(merger.personal_before).pack() == merger.personal_before
        merging.part(session, merger, now)
        return merger.personal_before

    assert town.submit(undo).result() is None


# ------------------------------------------------------------------ two at once


def test_of_two_mergers_at_once_the_second_waits_and_is_refused(town: Database, now: datetime) -> None:
    if town.is_sqlite:
        pytest.skip("SQLite has one writer: two at once come one after the other")
    ready = threading.Barrier(2)

    def merge(stays: int, goes: int) -> str:
        with Session(town.engine) as session:
            scope.enter(session, 1)
            pair = session.get_one(Resident, stays), session.get_one(Resident, goes)
            ready.wait(timeout=30)  # both have read, neither has written
            try:
                merging.merge(session, *pair, now)
            except Refusal as refusal:
                return str(refusal)
            session.commit()
            return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(merge, (1, 2), (2, 1)))

    assert said == ["", "其中一位已经并到别人那里了，请刷新页面。"]
    left = town.submit(lambda session: [one.merged_into_id for one in both(session)]).result()
    assert sorted(left, key=str) in ([1, None], [2, None])


def test_people_merged_into_each_other_are_found_and_end_no_search(town: Database, now: datetime) -> None:
    def act(session: Session) -> None:
        one, other = both(session)
        one.merged_into_id, other.merged_into_id = other.id, one.id
        session.add_all([one, other])
        session.flush()
        assert people.by_public_id(session, one.public_id) is not None
        assert [known.id for known in people.also_known(session, [one])] == [other.id]

    town.submit(act).result()
