"""Who stood twice is shown, forgotten and asked for consent as one person, whichever of the two rows something belongs to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract import Turn, Work, consents, leaving, personal
from bot.contract.keeping import RETAIN
from bot.store import consents as stored
from bot.store import merging, people
from bot.store.consents import Consent, ConsentRefusal
from bot.store.merging import Merger
from bot.store.notices import Notice
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household, Resident
from integrations.health.models import CheckIn
from tests.integrations.conftest import CHEN

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


@pytest.fixture
def merged(town: Town) -> Resident:
    """Chen of the roster, whom Chen who is bound was merged into, with a consent, a refusal and a notice of each; returns who stays."""

    def run(session: Session) -> int:
        work = Work(session=session, now=town.now, context=town.context)
        bound = people.bound(session, CHEN)
        assert bound is not None
        stays = people.settle(session, session.get_one(Household, 1), name="陈建国")
        health = town.services.purposes["health"]
        given = stored.in_force(session, bound, "health")
        assert given is not None
        session.add(
            CheckIn(
                reporter_id=bound.key, resident_id=bound.key, consent_id=given.key, day=town.now.date(), at=town.now, tenths=365
            )
        )
        notice = Notice(title="停水通知", body="明天停水", created_at=town.now)
        session.add(notice)
        session.flush()
        for one in (stays, bound):
            stored.give(session, one, "health", health.version, "", town.now)
            stored.refuse(session, one, "other", 1, town.now)
            session.add(Delivery(
                notice_id=notice.id, occurrence=town.now, resident_id=one.id, state=DeliveryState.DELIVERED, due_at=town.now,
                updated_at=town.now + timedelta(minutes=one.key),
            ))  # fmt: skip
        session.flush()
        merging.merge(session, stays, bound, town.now)
        assert work.household(session.get_one(Resident, stays.key)).id == 1
        return stays.key

    key = town.database.submit(run).result()
    return next(one for one in town.all(Resident) if one.id == key)


def test_the_export_has_what_stayed_with_the_row_that_went(town: Town, merged: Resident) -> None:
    def run(session: Session) -> str:
        work = Work(session=session, now=town.now, context=town.context)
        assert len(personal.persons(work, CHEN)) == 2
        return json.dumps(personal.everything(work, CHEN), ensure_ascii=False)

    assert town.database.submit(run).result().count("停水通知") == 2


def test_withdrawing_ends_the_consents_of_both_rows_and_what_was_kept(town: Town, merged: Resident) -> None:
    def withdraw(session: Session) -> int:
        work = Work(session=session, now=town.now, context=town.context)
        person, purpose = session.get_one(Resident, merged.id), town.services.purposes["health"]
        assert consents.held(work, person, purpose) is not None
        return consents.end(work, person, purpose)

    assert town.database.submit(withdraw).result() == 1
    assert town.all(CheckIn) == []
    mine = [one for one in town.all(Consent) if one.purpose == "health" and one.resident_id in (1, merged.id)]
    assert [one.withdrawn_at for one in mine] == [town.now, town.now]


@pytest.mark.parametrize("other_account", [False, True])
def test_leaving_ends_and_forgets_what_either_row_had_unless_another_account_speaks_for_them(
    town: Town, merged: Resident, other_account: bool
) -> None:
    def leave(session: Session) -> None:
        if other_account:
            one = session.get_one(Resident, merged.id)
            people.unbind(session, one, town.now)
            session.flush()
            people.bind(session, one, "oAnother", town.now)
            session.flush()
        leaving.leave(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "deleted")

    town.database.submit(leave).result()

    theirs = [one for one in town.all(Consent) if one.resident_id in (1, merged.id)]
    assert {one.is_over for one in theirs} == {not other_account}
    assert len(town.all(ConsentRefusal)) == (2 if other_account else 0)
    assert bool(town.all(CheckIn)) is other_account


def test_what_they_were_before_is_forgotten_when_they_can_be_parted_no_more(town: Town, merged: Resident) -> None:
    [forget] = [one for one in RETAIN if one.rows[0].table is Merger]

    def run(session: Session, after: timedelta) -> bool:
        forget.forget(Work(session=session, now=town.now + after, context=town.context))
        return session.exec(select(Merger)).one().personal_before is not None

    assert town.database.submit(run, merging.PARTED).result()
    assert not town.database.submit(run, merging.PARTED + timedelta(seconds=1)).result()
