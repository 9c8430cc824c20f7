"""Workers: their pass is tied to the repair or the renovation they come for, and ends with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from bot.contract import Desk, Hours, Household, Turn, Work
from bot.store.staff import Role, Staff
from integrations.repairs import console as tickets
from integrations.repairs import errands as repairs
from integrations.repairs.models import Ticket, TicketState
from integrations.visitor_passes import actions, errands, gate, listed, permits, phoned
from integrations.visitor_passes.models import Pass, PassKind, PassState, Permit

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

CHEN = "oChen"


def broken(town: Town, location: str = "厨房") -> Ticket:
    """A repair of 3-2-501 that is under way."""

    def run(session: Session) -> Ticket:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        one = Ticket(
            resident_id=turn.me.id, household_id=turn.home.id, openid=CHEN, category="water", location=location, opened_at=town.now,
            due_at=town.now + timedelta(days=1), state=TicketState.ACCEPTED,
        )  # fmt: skip
        session.add(one)
        session.flush()
        return one

    return town.database.submit(run).result()


def records(town: Town, kind: str, subject: str, **data: str) -> None:
    town.database.submit(
        lambda session: Work(session=session, now=town.now, context=town.context).record(kind, subject, **data)
    ).result()


def registered(town: Town, **form: str) -> Permit:
    day = town.now.date()
    town.opens(
        Role.STAFF, permits.make, **{"number": "装-18", "flat": "3-2-501", "starts": f"{day}", "ends": f"{day + timedelta(days=40)}", "opens": "08:00", "closes": "18:00", **form}
    )  # fmt: skip
    return town.all(Permit)[-1]


def comes(town: Town, who: str = "维修师傅", said: str = "", **slots: object) -> Pass:
    def run(session: Session) -> None:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=said or f"让{who}进来")
        actions.invite(turn, {"visitor_name": who, "starts_at": town.now, **slots})

    town.database.submit(run).result()
    return town.all(Pass)[-1]


def checked(town: Town, made: Pass) -> gate.Verdict:
    return town.database.submit(
        lambda session: gate.check(Work(session=session, now=town.now, context=town.context), made.code)
    ).result()


def test_worker_comes_and_goes_until_the_ticket_is_cancelled(town: Town) -> None:
    ticket = broken(town)
    made = comes(town)
    assert (made.kind, made.tied) == (PassKind.CONTRACTOR, ticket.subject)

    inside = [checked(town, made).admitted for _ in range(3)]
    town.now += timedelta(days=3)
    later = checked(town, made).admitted
    town.opens(Role.STAFF, tickets.cancel, params={"number": ticket.number}, reason="settled")
    after = checked(town, made)

    assert (inside, later) == ([True, True, True], True)
    assert (after.admitted, after.words) == (False, "工单或装修已经办完，请问物业")


def test_worker_comes_for_as_long_as_the_ticket_is_open_and_the_flat_reads_so(town: Town) -> None:
    ticket, began = broken(town), town.now
    made = comes(town)
    for day in range(60):
        town.now = began + timedelta(days=day)
        assert checked(town, made).admitted, day
        town.runs(errands.go_on.run)
        town.runs(errands.go_on.run)

    told = [said for said in town.told(CHEN) if "还没办完" in said]
    assert len(told) == 4
    assert f"报修 {ticket.number}" in told[0]
    assert made.code in told[0]

    town.opens(Role.STAFF, tickets.cancel, params={"number": ticket.number}, reason="settled")
    town.runs(errands.go_on.run)
    assert checked(town, made).reason == "errand"


def test_end_that_somebody_said_and_what_is_over_are_not_renewed(town: Town) -> None:
    broken(town)
    said = comes(town, ends_at=town.now + timedelta(days=3))
    ends = said.ends_at
    town.now = ends - timedelta(hours=3)
    town.runs(errands.go_on.run)
    assert town.all(Pass)[-1].ends_at == ends
    town.now = ends + timedelta(hours=2)
    town.runs(errands.go_on.run)
    assert checked(town, said).reason == "over"


def test_worker_is_not_renewed_at_night(town: Town) -> None:
    broken(town)
    made = comes(town)
    town.now = (made.ends_at - timedelta(days=1)).replace(hour=3)
    town.runs(errands.go_on.run)
    assert town.all(Pass)[-1].ends_at == made.ends_at


@pytest.mark.parametrize(
    ("who", "said"), [("张敏", ""), ("修空调的师傅", "修空调的师傅十点来，我自己请的"), ("快递", "快递到了，让他进来")]
)
def test_guest_and_whoever_the_flat_called_itself_are_tied_to_nothing(town: Town, who: str, said: str) -> None:
    broken(town)

    assert comes(town, who, said).tied == ""


def test_worker_for_whom_nothing_is_under_way_is_a_visitor_like_others(town: Town) -> None:
    assert comes(town).kind is PassKind.VISIT


def test_pass_for_two_tickets_ends_with_the_last_of_them(town: Town) -> None:
    one, other = broken(town), broken(town, "客厅")
    made = comes(town)

    records(town, "repair.closed", one.subject)
    assert checked(town, made).admitted
    records(town, "repair.closed", other.subject)
    assert not checked(town, made).admitted


def test_ticket_that_was_told_twice_hands_its_workers_on(town: Town) -> None:
    one, other = broken(town), broken(town, "客厅")
    made = comes(town)
    assert made.tied.split() == [other.subject, one.subject]

    records(town, "repair.merged", one.subject, into=other.number)

    assert town.all(Pass)[-1].tied == other.subject


def test_renovation_lets_its_workers_in_at_its_hours_until_it_is_over(town: Town) -> None:
    permit = registered(town)
    made = comes(town, "装修工人")
    assert (made.tied, made.said_hours) == (permit.subject, "每天 08:00到18:00")
    assert made.ends_at.date() == permit.ends_on

    town.now = town.now.replace(hour=12)
    by_day = checked(town, made).admitted
    town.now = town.now.replace(hour=21)
    by_night = checked(town, made).reason
    town.opens(Role.STAFF, permits.finish, params={"id": permit.public_id})
    town.now += timedelta(hours=15)

    assert (by_day, by_night, checked(town, made).reason) == (True, "hours", "errand")
    assert town.opens(Role.STAFF, permits.show).values["rows"][0]["passes"][0][2] is False


@pytest.mark.parametrize(
    ("form", "field"),
    [({"number": ""}, "number"), ({"flat": "9-9-999"}, "flat"), ({"ends": "2020-01-01"}, "ends"), ({"ends": "x"}, "ends"), ({"closes": "07:00"}, "closes"), ({"number": "长" * 41}, "number")],
)  # fmt: skip
def test_what_is_wrong_with_a_registration_is_said_at_its_field(town: Town, form: dict[str, str], field: str) -> None:
    day = town.now.date()
    whole = {
        "number": "装-18",
        "flat": "3-2-501",
        "starts": f"{day}",
        "ends": f"{day}",
        "opens": "08:00",
        "closes": "18:00",
        **form,
    }
    view = town.opens(Role.STAFF, permits.make, **whole)

    assert (view.status, view.values["refusal"].field, town.all(Permit)) == (422, field, [])


def test_staff_make_the_workers_pass_from_the_ticket_and_both_pages_lead_to_each_other(town: Town) -> None:
    ticket = broken(town)
    offered = town.opens(Role.STAFF, tickets.show, params={"number": ticket.number}).values["beside"]
    assert [(one.path, one.is_offer) for one in offered] == [(f"/passes/new?for={ticket.subject}", True)]

    form = town.opens(Role.STAFF, phoned.compose, query={"for": ticket.subject}).values
    assert (form["errand"].subject, form["errand_page"], form["form"]["flat"]) == (
        ticket.subject,
        f"/tickets/{ticket.number}",
        "3栋2单元501",
    )
    sent = {name: value for name, value in form["form"].items() if value}
    town.opens(Role.STAFF, phoned.make, **sent)

    [made] = town.all(Pass)
    assert (made.kind, made.tied, made.staff_id is not None) == (PassKind.CONTRACTOR, ticket.subject, True)
    shown = town.opens(Role.STAFF, tickets.show, params={"number": ticket.number}).values["beside"]
    assert made.code in shown[0].words

    def rows(session: Session) -> object:
        member = session.get_one(Staff, made.staff_id)
        desk = Desk(session=session, now=town.now, context=town.context, staff=member)
        [row] = listed.LIST.load(desk, [session.get_one(Pass, made.id)])
        return listed.LIST.columns[2].says(desk, row)

    cells = town.database.submit(rows).result()
    assert [cell.to for cell in cells] == ["", f"/tickets/{ticket.number}"]  # type: ignore[attr-defined]


def test_pass_for_what_is_over_or_elsewhere_is_not_made(town: Town) -> None:
    ticket = broken(town)
    starts = f"{town.now:%Y-%m-%dT%H:%M}"
    elsewhere = town.opens(Role.STAFF, phoned.make, flat="3-2-502", visitor="维修师傅", starts=starts, tied=ticket.subject)
    gone = town.opens(Role.STAFF, phoned.make, flat="3-2-501", visitor="维修师傅", starts=starts, tied="ticket:NOSUCH")

    assert (elsewhere.status, gone.status, town.all(Pass)) == (422, 422, [])


def test_tickets_of_a_flat_are_known_by_what_is_open(town: Town) -> None:
    ticket = broken(town)

    def found(session: Session) -> list[str]:
        work = Work(session=session, now=town.now, context=town.context)
        return [one.subject for one in repairs.under_way(work, session.get_one(Household, ticket.household_id), "")]

    assert town.database.submit(found).result() == [ticket.subject]


def test_chat_ties_the_worker_by_what_is_said(chat: Chat) -> None:
    chat.say("厨房水管漏水了", "厨房", "1")
    said = chat.say("让维修师傅进来")

    [ticket], [made] = chat.all(Ticket), chat.all(Pass)
    assert made.tied == ticket.subject
    assert f"跟着“报修 {ticket.number}" in said
    assert made.state is PassState.ACTIVE


def test_unregistered_renovation_is_told_the_way(chat: Chat) -> None:
    assert "装修要先到物业登记" in chat.say("装修工人明天上午九点来")


def amended(town: Town, made: Pass, **slots: object) -> str:
    def run(session: Session) -> str:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        return actions.change(turn, made.subject, slots).name

    return town.database.submit(run).result()


def test_hours_that_the_office_registered_are_not_the_residents_to_change(town: Town) -> None:
    registered(town)
    made = comes(town, "装修工人")
    night = Hours(opens=20 * 60, closes=23 * 60).kept

    said = [amended(town, made, regular=night), amended(town, made, ends_at=made.ends_at + timedelta(days=30))]
    kept = town.all(Pass)[-1]

    assert said == ["registered", "registered"]
    assert (kept.kind, kept.hours, kept.ends_at) == (made.kind, made.hours, made.ends_at)
    assert amended(town, made, ends_at=made.ends_at - timedelta(days=3)) == "changed"


def test_pass_for_a_repair_ends_with_it_whatever_its_hours(town: Town) -> None:
    ticket = broken(town)
    made = comes(town)
    assert amended(town, made, regular=Hours(opens=9 * 60, closes=11 * 60).kept) == "changed"
    assert town.all(Pass)[-1].kind is PassKind.CONTRACTOR

    town.opens(Role.STAFF, tickets.cancel, params={"number": ticket.number}, reason="settled")
    assert checked(town, made).reason == "errand"


def test_who_brings_an_order_never_becomes_somebody_who_comes_every_day(town: Town) -> None:
    made = comes(town, "外卖")
    assert amended(town, made, regular=Hours().kept) == "once"
    assert town.all(Pass)[-1].kind is PassKind.DELIVERY
