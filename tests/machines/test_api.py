"""The API over HTTP on the demo's community, with a clock moved by hand."""

import gzip
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from openapi_spec_validator import validate
from pydantic import BaseModel
from sqlmodel import Session, select
from structlog.testing import capture_logs

from bot import app
from bot.cli.serving import demo_settings
from bot.machines.site import kept
from bot.model import SHANGHAI
from bot.store import apikeys, scope
from bot.store.apikeys import ApiKey
from bot.store.people import Household, Resident
from integrations.repairs.models import Ticket, TicketState
from integrations.visitor_passes import doors
from integrations.visitor_passes.models import Door, Gate, Pass, Passage

JSON = {"Content-Type": "application/json"}

ALL = ("gate.read", "gate.check", "repairs.read")


@dataclass
class Yard:
    """A running application, a machine in front of it, and its clock."""

    linli: app.Linli
    client: "TestClient[Any, Any]"
    now: datetime

    def key(self, *scopes: str, per_minute: int = 60) -> str:
        def make(session: Session) -> str:
            return apikeys.make(session, "东门道闸", scopes or ALL, self.now, per_minute=per_minute)[1]

        return self.linli.ask(make)

    async def call(self, method: str, path: str, key: str, **kwargs: Any) -> ClientResponse:
        headers = {"Authorization": f"Bearer {key}", **kwargs.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **kwargs)

    def all(self, kind: type[Any]) -> Sequence[Any]:
        return self.linli.ask(lambda session: session.exec(select(kind)).all())

    def invite(self, **changed: Any) -> Pass:
        def add(session: Session) -> Pass:
            resident = session.exec(select(Resident)).first()
            assert resident is not None
            pass_ = Pass(
                resident_id=resident.id or 0, household_id=resident.household_id, visitor_name="张晓明", created_at=self.now,
                **{"starts_at": self.now, "ends_at": self.now + timedelta(hours=2), **changed},
            )  # fmt: skip
            session.add(pass_)
            session.flush()
            return pass_

        return self.linli.ask(add)


@pytest.fixture
async def yard(demo_var: Path, now: datetime) -> AsyncIterator[Yard]:
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var), clock=lambda: yard.now)
    async with TestServer(app.build(linli)) as server, TestClient(server) as client:
        yard = Yard(linli, client, now)
        yield yard


async def problem(response: ClientResponse) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    said: dict[str, Any] = await response.json(content_type=None)
    assert said["status"] == response.status
    return said


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer linli_wrong", "Basic eDp5", "Bearer \u00e9"])
async def test_who_has_no_valid_key_gets_401(yard: Yard, header: str) -> None:
    response = await yard.client.get("/api/v1/gate/passes", headers={"Authorization": header} if header else {})

    assert (response.status, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="linli"')
    assert "Authorization: Bearer" in (await problem(response))["detail"]


async def test_revoked_key_opens_nothing_from_then_on(yard: Yard) -> None:
    key = yard.key()

    def revoke(session: Session) -> None:
        for row in session.exec(select(ApiKey)).all():
            row.revoked_at = yard.now

    assert (await yard.call("GET", "/gate/passes", key)).status == 200
    yard.linli.ask(revoke)
    assert (await yard.call("GET", "/gate/passes", key)).status == 401


async def test_key_without_the_scope_is_told_which(yard: Yard) -> None:
    response = await yard.call("POST", "/gate/checks", yard.key("gate.read"), json={"code": "ABCDEF"})

    said = await problem(response)
    assert (response.status, said["scope"]) == (403, "gate.check")
    assert 'scope="gate.check"' in response.headers["WWW-Authenticate"]


async def test_key_that_calls_too_often_waits_as_long_as_it_is_told(yard: Yard) -> None:
    key, other = yard.key(per_minute=2), yard.key(per_minute=2)
    statuses = [(await yard.call("GET", "/gate/passes", key)).status for _ in range(2)]

    response = await yard.call("GET", "/gate/passes", key)
    assert (statuses, response.status, response.headers["Retry-After"]) == ([200, 200], 429, "30")
    assert (await yard.call("GET", "/gate/passes", other)).status == 200

    yard.now += timedelta(seconds=30)
    assert (await yard.call("GET", "/gate/passes", key)).status == 200


@pytest.mark.parametrize(("body", "field", "value"), [
    ({}, "code", ""), ({"code": 7}, "code", "7"), ({"code": ""}, "code", "''"), ([], "", "[]"),
])  # fmt: skip
async def test_body_that_does_not_fit_is_told_field_value_and_way_out(yard: Yard, body: Any, field: str, value: str) -> None:
    response = await yard.call("POST", "/gate/checks", yard.key(), json=body)

    [fault] = (await problem(response))["errors"]
    assert (response.status, fault["field"], fault["value"]) == (422, field, value)
    assert fault["detail"]
    assert "QR code" in fault["expected"] or not field


@pytest.mark.parametrize(("kwargs", "status"), [
    ({"data": b"{"}, 400), ({"data": b'{"code": "\xff"}'}, 400), ({"data": b'{"code": "\\ud800"}'}, 400), ({"data": b""}, 400),
    ({"data": b'{"code": "\\u0000"}'}, 422), ({"data": b"x" * 65_537}, 413), ({"data": {"code": "ABCDEF"}}, 415),
    ({"data": gzip.compress(b'{"code": "ABCDEF"}'), "headers": {**JSON, "Content-Encoding": "gzip"}}, 415),
])  # fmt: skip
async def test_body_that_cannot_be_read_is_refused(yard: Yard, kwargs: dict[str, Any], status: int) -> None:
    headers = JSON if isinstance(kwargs["data"], bytes) else {}

    response = await yard.call("POST", "/gate/checks", yard.key(), **{"headers": headers, **kwargs})

    assert response.status == status
    assert yard.all(Passage) == []


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nowhere", 404), ("DELETE", "/gate/passes", 405), ("HEAD", "/gate/passes", 405), ("OPTIONS", "/gate/checks", 405),
])  # fmt: skip
async def test_unknown_route_is_a_problem_too(yard: Yard, method: str, path: str, status: int) -> None:
    response = await yard.call(method, path, yard.key(), headers={"Accept": "text/html"})

    assert (response.status, response.content_type) == (status, "application/problem+json")


async def test_unknown_parameter_and_unknown_state_name_what_is_known(yard: Yard) -> None:
    key = yard.key()

    slip = await problem(await yard.call("GET", "/repairs/tickets?stat=open", key))
    state = await problem(await yard.call("GET", "/repairs/tickets?state=open", key))

    assert slip["detail"] == "the parameter 'stat' is unknown; known: state"
    assert state["detail"].startswith("state 'open' is unknown; one of submitted, accepted")


async def test_gate_learns_whom_to_expect_today_without_names_and_flats(yard: Yard) -> None:
    today = yard.invite(plate="浙A12345")
    yard.invite(starts_at=yard.now + timedelta(days=1), ends_at=yard.now + timedelta(days=1, hours=1))
    yard.invite(starts_at=yard.now - timedelta(days=2), ends_at=yard.now - timedelta(days=1))

    text = await (await yard.call("GET", "/gate/passes", yard.key("gate.read"))).text()

    [visit] = json.loads(text)["passes"]
    assert (visit["code"], visit["visitor"], visit["plate"], visit["entries_left"]) == (today.code, "张**", "浙A12345", 1)
    assert "晓明" not in text


async def test_gate_admits_a_code_once_and_both_checks_are_written_down(yard: Yard) -> None:
    pass_, key = yard.invite(), yard.key("gate.check")

    first = await (await yard.call("POST", "/gate/checks", key, json={"code": pass_.code})).json()
    second = await (await yard.call("POST", "/gate/checks", key, json={"code": pass_.code.lower()})).json()

    assert (first["admitted"], first["words"], first["entries_left"]) == (True, "放行", 0)
    assert (second["admitted"], second["reason"]) == (False, "used")
    assert [(passage.admitted, passage.staff_id) for passage in yard.all(Passage)] == [(True, None), (False, None)]


async def test_what_cannot_be_a_code_is_refused_in_words_for_a_display(yard: Yard) -> None:
    response = await yard.call("POST", "/gate/checks", yard.key(), json={"code": "AB"})

    assert (response.status, (await problem(response))["detail"]) == (422, "通行码是 6 位，现在是 2 位，请核对。")


async def test_tickets_are_listed_by_state(yard: Yard) -> None:
    def add(session: Session) -> None:
        resident = session.exec(select(Resident)).first()
        assert resident is not None
        for number, state in (("R1", TicketState.SUBMITTED), ("R2", TicketState.CLOSED)):
            session.add(Ticket(number=number, resident_id=resident.id or 0, household_id=resident.household_id, category="water",
                               location="厨房", words="厨房水管漏水", state=state, opened_at=yard.now, due_at=yard.now))  # fmt: skip

    yard.linli.ask(add)
    key = yard.key("repairs.read")

    open_ones = await (await yard.call("GET", "/repairs/tickets", key)).json()
    closed = await (await yard.call("GET", "/repairs/tickets?state=closed", key)).json()

    assert "R1" in {ticket["number"] for ticket in open_ones["tickets"]}
    assert [(ticket["number"], ticket["words"]) for ticket in closed["tickets"]] == [("R2", "厨房水管漏水")]


async def test_last_use_is_written_at_most_once_a_minute(yard: Yard) -> None:
    key, begun = yard.key(), yard.now
    used = []
    for seconds in (0, 30, 31):
        yard.now += timedelta(seconds=seconds)
        await yard.call("GET", "/gate/passes", key)
        used.append(yard.all(ApiKey)[0].used_at)

    assert used == [begun, begun, begun + timedelta(seconds=61)]


async def test_cookie_opens_nothing_and_none_is_set(yard: Yard) -> None:
    response = await yard.client.get("/api/v1/gate/passes", headers={"Cookie": f"key={yard.key()}"})

    assert response.status == 401
    assert "Set-Cookie" not in response.headers
    assert not [name for name in response.headers if name.startswith("Access-Control")]


async def test_no_key_stands_in_the_log_or_in_the_database(yard: Yard) -> None:
    key = yard.key()
    with capture_logs() as lines:
        await yard.call("GET", "/gate/passes", key)
        await yard.call("GET", "/gate/passes", key + "x")

    assert key not in str(lines)
    assert key not in str([row.model_dump() for row in yard.all(ApiKey)])


async def test_key_reads_its_own_community_only(yard: Yard) -> None:
    def elsewhere(session: Session) -> str:
        from bot.store.communities import Community

        other = Community(appid=yard.linli.community.appid, name="清河小区")
        session.add(other)
        session.flush()
        scope.enter(session, other.key)
        session.add(Household(building="9", unit="1", room="101"))
        return apikeys.make(session, "西门", ALL, yard.now)[1]

    key = yard.linli.database.submit(elsewhere).result()
    await yard.linli.look_around()
    pass_ = yard.invite()

    listed = await (await yard.call("GET", "/gate/passes", key)).json()
    checked = await (await yard.call("POST", "/gate/checks", key, json={"code": pass_.code})).json()

    assert listed == {"passes": []}
    assert checked["reason"] == "unknown"


async def test_description_is_valid_openapi_and_names_every_route(yard: Yard) -> None:
    response = await yard.client.get("/api/openapi.json")
    described = await response.json()

    validate(described)
    routes = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    mounted = {
        f"{route.method} {route.resource.canonical.removeprefix('/api/v1')}"
        for route in yard.client.server.app.router.routes()  # type: ignore[attr-defined]
        if route.resource is not None and route.resource.canonical.startswith("/api/v1")
    }
    assert routes == mounted == set(yard.linli.services.endpoints)
    assert set(described["x-scopes"]) == {*ALL, doors.SCOPE}


async def test_description_says_of_each_route_scope_body_answer_and_problems(yard: Yard) -> None:
    described = await (await yard.client.get("/api/openapi.json")).json()

    check = described["paths"]["/gate/checks"]["post"]
    assert check["security"] == [{"key": ["gate.check"]}]
    assert check["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Check")
    assert {"200", "400", "401", "403", "404", "413", "415", "422", "429", "500"} == set(check["responses"])
    assert described["paths"]["/repairs/tickets"]["get"]["parameters"][0]["name"] == "state"


class Report(BaseModel):
    """What a machine may tell, in parts."""

    words: str
    parts: list[dict[str, str]]
    at: datetime
    number: int


def test_what_a_machine_tells_holds_no_number_of_a_paper() -> None:
    told = Report(
        words="门口的人给了330106198001011234", parts=[{"表": "AB1234567", "证": "330106198001011234"}],
        at=datetime(2026, 3, 11, tzinfo=SHANGHAI), number=3,
    )  # fmt: skip

    assert kept(told) == told.model_copy(update={"words": "门口的人给了[证件]", "parts": [{"表": "AB1234567", "证": "[证件]"}]})


async def test_examples_of_a_gates_machine_are_taken_as_they_are_described(yard: Yard) -> None:
    def put_up(session: Session) -> str:
        place = Gate(name="南门")
        session.add(place)
        session.flush()
        key, secret = apikeys.make(session, "南门 进口闸机", [doors.SCOPE], yard.now)
        session.add(Door(gate_id=place.id, name="进口闸机", key=key.public_id, made_at=yard.now))
        return secret

    secret = yard.linli.ask(put_up)
    described = await (await yard.client.get("/api/openapi.json")).json()
    yard.invite(code="K3M9PQ")
    answers: dict[str, Any] = {}
    for path, operations in described["paths"].items():
        example = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        if path.startswith("/gate/door/") and "post" in operations:
            assert example, path
            response = await yard.call("POST", path, secret, json=example)
            assert response.status == 200, await response.text()
            answers[path] = await response.json()
    again = await (await yard.call("GET", "/gate/door/checks/c0a8-000001", secret)).json()
    elsewhere = [(await yard.call("GET", path, secret)).status for path in ("/gate/passes", "/repairs/tickets")]
    by_others = await problem(
        await yard.call("POST", "/gate/door/checks", yard.key(doors.SCOPE), json={"request": "c0a8-000009", "code": "K3M9PQ"})
    )

    assert answers["/gate/door/checks"]["decision"] == again["decision"] == "open"
    assert answers["/gate/door/openings"] == {"what": "opened", "given_back": False}
    assert set(elsewhere) <= {403, 404}
    assert elsewhere[0] == 403
    assert "不属于任何大门" in by_others["detail"]
    neither = await problem(await yard.call("POST", "/gate/door/checks", secret, json={"request": "c0a8-000010"}))
    assert neither["status"] == 422
