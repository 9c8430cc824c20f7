"""Locks, barriers and turnstiles: what they ask and tell, that a call that is made again counts once, and who hears that one is silent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from bot.contract import Endpoint, Machine, Refusal, Work
from bot.store.apikeys import ApiKey
from bot.store.staff import Role
from integrations.visitor_passes import actions, console, door_api, door_pages, doors, gate, gates, tokens
from integrations.visitor_passes.models import Door, Gate, Pass, Passage, PassState

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tests.integrations.conftest import Town

CHEN = "oChen"


def put_up(town: Town, name: str = "进口闸机", at: str = "南门") -> Door:
    """A gate and a machine at it, with its key."""
    if not any(one.name == at for one in town.all(Gate)):
        town.opens(Role.MANAGER, gates.add, name=at)
    place = next(one for one in town.all(Gate) if one.name == at)
    assert town.opens(Role.MANAGER, door_pages.make, gate=place.public_id, name=name).values["secret"].startswith("linli_")
    return town.all(Door)[-1]


def calls(town: Town, door: Door, route: Endpoint, body: BaseModel | None = None, **params: str) -> Any:
    def run(session: Session) -> Any:
        machine = Machine(session=session, now=town.now, context=town.context, key=door.key, body=body, params=params)
        return route.run(machine)

    return town.database.submit(run).result()


def asked(town: Town, door: Door, request: str = "request-1", **question: Any) -> door_api.Decision:
    said: door_api.Decision = calls(town, door, door_api.decide, door_api.Question(request=request, **question))
    return said


def told(town: Town, door: Door, what: Any, check: str = "", request: str = "opening-1") -> door_api.Noted:
    said: door_api.Noted = calls(town, door, door_api.note_opening, door_api.Opening(request=request, check=check, what=what))
    return said


def beats(town: Town, door: Door, since: int = 0, off: int = 0) -> door_api.Alive:
    said: door_api.Alive = calls(
        town, door, door_api.beat, door_api.Heartbeat(firmware="1.4.2", clock=town.now + timedelta(seconds=off), since=since)
    )
    return said


def invited(town: Town, **slots: Any) -> Pass:
    town.asks(CHEN, actions.invite, **{"visitor_name": "张敏", "starts_at": town.now, **slots})
    return town.all(Pass)[-1]


# ------------------------------------------------------------------ what it asks


def test_good_code_opens_once_however_often_the_call_is_made_again(town: Town) -> None:
    door, made = put_up(town), invited(town, people=2)

    first = asked(town, door, code=made.code.lower())
    again = asked(town, door, code=made.code.lower())

    assert (first.decision, first.visitor, first.entries_left, first.again) == ("open", "张*", 1, False)
    assert first.open_until == town.now + door_api.OPENS_WITHIN
    assert (again.decision, again.entries_left, again.again) == ("open", 1, True)
    assert len(town.all(Passage)) == 1


def test_picture_of_the_code_opens_and_a_forged_one_does_not(town: Town) -> None:
    door, made = put_up(town), invited(town)
    token = tokens.write(tokens.Token(public_id=made.public_id, starts_at=made.starts_at, ends_at=made.ends_at), town.keys)
    broken = token[:-1] + ("A" if token[-1] != "A" else "B")

    assert (asked(town, door, "request-0", code=broken).decision, asked(town, door, code=token).decision) == ("refuse", "open")


def test_other_question_under_the_same_request_is_a_mistake(town: Town) -> None:
    door, made = put_up(town), invited(town)
    asked(town, door, code=made.code)

    with pytest.raises(Refusal, match="已经用来问过别的"):
        asked(town, door, plate="粤B12345")


def test_same_request_of_another_machine_is_its_own(town: Town) -> None:
    one, other, made = put_up(town), put_up(town, "出口闸机"), invited(town, people=2)

    assert [asked(town, door, code=made.code).entries_left for door in (one, other)] == [1, 0]


def test_expected_car_is_let_in_by_its_plate_and_counts(town: Town) -> None:
    door, made = put_up(town), invited(town, plate="粤B12345")

    said = asked(town, door, plate="粤B·12345")

    assert (said.decision, said.visitor, town.all(Passage)[0].method) == ("open", "张*", "plate")
    assert town.all(Pass)[0].state is PassState.USED
    assert asked(town, door, "request-2", plate="粤B12345").reason == "used"
    assert made.plate == "粤B12345"


@pytest.mark.parametrize("read", ["粤B12346", "粤B1234", "粤B123456", "粤B1Z345"])
def test_plate_that_differs_by_one_sign_is_asked_about_and_never_opens_by_itself(town: Town, read: str) -> None:
    door = put_up(town)
    invited(town, plate="粤B12345")

    said = asked(town, door, plate=read)

    assert said.decision == ("refuse" if len(read) < 7 else "ask_guard")
    assert town.all(Pass)[0].entries_left == 1


def test_guard_answers_the_machine_and_it_opens_when_it_asks_again(town: Town) -> None:
    door = put_up(town)
    invited(town, plate="粤B12345")
    asked(town, door, plate="粤B12346")
    [row] = town.opens(Role.GUARD, console.waiting).values["machines"]
    assert (row.door, row.made.plate, row.visitor) == ("南门 进口闸机", "粤B12345", "张*")

    to = town.opens(Role.GUARD, console.answer, params={"id": str(row.passage.id)}, do="in").to
    said = calls(town, door, door_api.ask_again, request="request-1")

    assert to == f"/console/gate?check={row.passage.id}"
    assert (said.decision, said.again, town.all(Pass)[0].state) == ("open", True, PassState.USED)
    assert not town.opens(Role.GUARD, console.waiting).values["machines"]
    with pytest.raises(Refusal, match="已经处理过"):
        town.opens(Role.GUARD, console.answer, params={"id": str(row.passage.id)}, do="away")


@pytest.mark.parametrize(("do", "minutes"), [("away", 0), ("", 3)])
def test_car_that_the_guard_sends_away_or_does_not_answer_for_stays_out(town: Town, do: str, minutes: int) -> None:
    door = put_up(town)
    invited(town, plate="粤B12345")
    asked(town, door, plate="粤B12346")
    if do:
        town.opens(Role.GUARD, console.answer, params={"id": str(town.all(Passage)[0].id)}, do=do)
    town.now += timedelta(minutes=minutes)

    assert calls(town, door, door_api.ask_again, request="request-1").decision == "refuse"
    assert town.all(Pass)[0].entries_left == 1


def test_who_goes_out_is_let_out_and_written_down_as_having_left(town: Town) -> None:
    door, made = put_up(town), invited(town, people=2)
    asked(town, door, "request-1", code=made.code)
    asked(town, door, "request-2", code=made.code)

    out = asked(town, door, "request-3", code=made.code, direction="out")
    nobody = asked(town, door, "request-4", code="XXXXXX", direction="out")

    assert (out.decision, nobody.decision) == ("open", "open")
    assert [one.left_at is not None for one in town.all(Passage) if one.direction == "in"] == [True, False]
    assert town.all(Pass)[0].entries_left == 0


def test_machines_and_guards_that_race_let_in_exactly_as_many_as_were_announced(town: Town) -> None:
    one, other, made = put_up(town), put_up(town, "出口闸机"), invited(town, people=20)

    def checks(number: int) -> bool:
        if number % 3 == 2:
            return bool(gate_checks(town, made))
        return asked(town, one if number % 3 else other, f"request-{number // 6}", code=made.code).decision == "open"

    with ThreadPoolExecutor(8) as gates_:
        list(gates_.map(checks, range(1_000)))

    came = [row for row in town.all(Passage) if row.admitted]
    assert sum(row.people for row in came) == 20
    assert town.all(Pass)[0].entries_left == 0
    asked_of_machines = [row.request for row in town.all(Passage) if row.request]
    assert len(asked_of_machines) == len(set(asked_of_machines))


def gate_checks(town: Town, made: Pass) -> bool:
    def run(session: Session) -> bool:
        return gate.check(Machine(session=session, now=town.now, context=town.context, key=""), made.code).admitted

    return town.database.submit(run).result()


# ------------------------------------------------------------------ what it tells


def test_door_that_did_not_open_gives_the_entry_back_once(town: Town) -> None:
    door, made = put_up(town), invited(town)
    asked(town, door, code=made.code)

    assert (told(town, door, "failed", "request-1").given_back, told(town, door, "failed", "request-1").given_back) == (
        True,
        True,
    )
    assert (town.all(Pass)[0].entries_left, town.all(Pass)[0].state) == (1, PassState.ACTIVE)
    assert asked(town, door, code=made.code).decision == "refuse"  # the same call: the visitor scans anew
    assert asked(town, door, "request-2", code=made.code).decision == "open"
    with pytest.raises(Refusal, match="已经报告过"):
        told(town, door, "opened", "request-1")


def test_opening_of_what_was_refused_or_never_asked_is_a_mistake(town: Town) -> None:
    door = put_up(town)
    asked(town, door, code="XXXXXX")

    with pytest.raises(Refusal, match="没有放行"):
        told(town, door, "opened", "request-1")
    with pytest.raises(Refusal, match="没有 request-9"):
        told(town, door, "opened", "request-9")
    with pytest.raises(Refusal, match="哪一次核对"):
        told(town, door, "opened")


def test_door_that_is_forced_is_one_task_for_the_guards(town: Town) -> None:
    door = put_up(town)

    told(town, door, "forced")
    told(town, door, "forced")
    told(town, door, "forced", request="opening-2")

    [task] = [one for one in town.tasks() if one.kind == doors.FORCED]
    assert (task.title, task.need, task.urgent) == ("南门 进口闸机被强行打开，请去看一眼", "gate.check", True)
    assert [row.reason for row in town.all(Passage)] == ["forced", "forced"]


# ------------------------------------------------------------------ whether it is heard of


def test_heartbeat_tells_the_time_and_what_was_called_off_since(town: Town) -> None:
    door, first, second = put_up(town), invited(town), invited(town, visitor_name="李强")
    town.asks(CHEN, actions.cancel, pass_id=first.public_id, sure="yes")
    begun = beats(town, door, off=300)
    assert (begun.closed, begun.clock_off, begun.now) == ([first.public_id], 300, town.now)

    town.now += timedelta(minutes=2)
    town.asks(CHEN, actions.cancel, pass_id=second.public_id, sure="yes")
    later = beats(town, door, since=begun.cursor)
    town.now += timedelta(minutes=2)
    again = beats(town, door, since=later.cursor)
    last = beats(town, door, since=again.cursor)

    assert second.public_id in later.closed
    assert last.closed == []
    [row] = town.opens(Role.MANAGER, door_pages.show).values["rows"]
    assert (row[0].state, row[0].clock, row[0].door.firmware) == ("heard", "", "1.4.2")


def test_who_was_let_in_at_another_gate_is_told_as_closed(town: Town) -> None:
    one, other, made = put_up(town), put_up(town, "出口闸机"), invited(town)
    cursor = beats(town, one).cursor
    asked(town, other, code=made.code)

    assert beats(town, one, since=cursor).closed == [made.public_id]


def test_silent_door_is_a_task_until_it_is_heard_of_again(town: Town) -> None:
    door = put_up(town)
    town.runs(doors.watch.run)  # one that never spoke is not yet put up
    beats(town, door)
    at = town.now
    town.now += timedelta(minutes=6)
    town.runs(doors.watch.run)
    town.runs(doors.watch.run)

    [task] = [one for one in town.tasks() if one.kind == doors.SILENT]
    assert (task.title, task.need, task.closed_at) == (f"南门 进口闸机从 {at:%H:%M} 起没有消息", doors.MEND, None)
    assert town.opens(Role.GUARD, console.waiting).values["silent"][0][1] == f"{at:%H:%M}"
    assert town.opens(Role.STAFF, door_pages.show).values["rows"][0][0].state == "silent"

    beats(town, door)

    [task] = [one for one in town.tasks() if one.kind == doors.SILENT]
    assert task.closed_at is not None
    assert not town.opens(Role.GUARD, console.waiting).values["silent"]


# ------------------------------------------------------------------ without a network


def test_machine_takes_the_passes_along_without_names_and_brings_a_journal_back_once(town: Town) -> None:
    door, made = put_up(town), invited(town, plate="粤B12345")
    taken: door_api.Snapshot = calls(town, door, door_api.take_along)
    assert [one.id for one in taken.passes] == [made.public_id]
    assert "张" not in taken.model_dump_json()

    town.now += timedelta(minutes=20)
    line = door_api.Line(key="journal-1", pass_id=made.public_id, at=town.now - timedelta(minutes=5))
    body = door_api.Journal(lines=[line, line])
    first = calls(town, door, door_api.bring_back, body)
    second = calls(town, door, door_api.bring_back, body)
    gate_checks(town, made)
    late = calls(town, door, door_api.bring_back, door_api.Journal(lines=[line.model_copy(update={"key": "journal-2"})]))

    assert (first.wrong, second.wrong) == ([], [])
    assert "超过约的人数" in late.wrong[0]
    assert len([one for one in town.all(Passage) if one.method == "offline"]) == 2


# ------------------------------------------------------------------ its key


def test_key_opens_the_routes_of_one_gate_and_ends_on_either_page(town: Town) -> None:
    door = put_up(town)
    [key] = town.all(ApiKey)
    assert (key.scopes, key.public_id, key.name) == ([doors.SCOPE], door.key, "南门 进口闸机")

    town.opens(Role.MANAGER, door_pages.end, params={"id": door.public_id})

    assert town.all(ApiKey)[0].revoked_at is not None
    with pytest.raises(Refusal, match="不属于任何大门"):
        beats(town, door)
    assert town.opens(Role.MANAGER, door_pages.show).values["rows"] == []


def test_gate_that_is_taken_away_takes_its_machines_along(town: Town) -> None:
    door = put_up(town)
    beats(town, door)
    town.opens(Role.MANAGER, gates.delete, params={"id": town.all(Gate)[0].public_id})

    assert (town.all(Door)[0].gate_id, town.all(ApiKey)[0].revoked_at) == (None, town.now)
    town.now += timedelta(hours=1)
    town.runs(doors.watch.run)
    assert town.tasks() == []


def test_key_of_a_machine_is_given_by_nobody_but_its_page(town: Town) -> None:
    assert doors.SCOPE not in town.services.given_scopes
    assert doors.SCOPE in town.services.scopes


@pytest.mark.parametrize(("name", "said"), [("", "叫什么"), ("很长" * 11, "最多 20 个字"), ("进口闸机", "已经有")])
def test_machine_without_a_name_of_its_own_gets_no_key(town: Town, name: str, said: str) -> None:
    put_up(town)
    view = town.opens(Role.MANAGER, door_pages.make, gate=town.all(Gate)[0].public_id, name=name)

    assert (view.status, said in view.values["fault"]) == (422, True)
    assert len(town.all(Door)) == 1


# ------------------------------------------------------------------ what machines should not send


def test_cursor_that_is_ahead_of_us_hears_all_that_is_called_off(town: Town) -> None:
    door, made = put_up(town), invited(town)
    town.asks(CHEN, actions.cancel, pass_id=made.public_id, sure="yes")
    town.now += timedelta(minutes=2)

    said = beats(town, door, since=10**15)

    assert said.closed == [made.public_id]
    assert said.cursor < 10**15


def test_cursor_that_no_table_holds_is_refused() -> None:
    with pytest.raises(ValidationError, match="since"):
        door_api.Heartbeat.model_validate({"clock": "2026-03-11T10:00:00+08:00", "since": 10**20})


def test_door_that_says_it_failed_long_after_gives_no_entry_back(town: Town) -> None:
    door, made = put_up(town), invited(town)
    asked(town, door, code=made.code)
    town.now += timedelta(minutes=10)

    said = told(town, door, "failed", "request-1")

    assert (said.what, said.given_back, town.all(Pass)[0].entries_left) == ("failed", False, 0)


def test_display_tells_nobody_that_the_host_has_moved_out(town: Town) -> None:
    door, made = put_up(town), invited(town)

    def moves(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        session.get_one(Pass, made.id).state = PassState.CANCELLED
        work.record("visitor.cancelled", made.subject, why="left")

    town.database.submit(moves).result()
    said = asked(town, door, code=made.code)

    assert (said.decision, said.reason, said.words) == ("refuse", "cancelled", gate.REASONS["cancelled"])


def test_answer_to_a_machine_names_no_flat_and_no_host(town: Town) -> None:
    door, made = put_up(town), invited(town, phone="13812345678", plate="粤B12345")
    asked(town, door, "request-2", plate="粤B12346")
    said = [
        asked(town, door, code=made.code), calls(town, door, door_api.ask_again, request="request-2"),
        calls(town, door, door_api.take_along), beats(town, door),
    ]  # fmt: skip

    text = "".join(one.model_dump_json() for one in said)
    assert not [word for word in ("501", "陈", "建国", "张敏", "138", "2单元") if word in text]
