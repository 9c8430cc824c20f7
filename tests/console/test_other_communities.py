"""Nobody sees or changes anything of another community: every route of the application is tried, a new one cannot escape.

A is the community of whoever asks, B the other. Each route with a place in its address is called with the id of a row of B, by
A's admin, by a key of A and by a sealed link of A. A route with a place that nobody gave an id of B for fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import Session, SQLModel, select

from bot import app
from bot.cli.serving import demo_settings
from bot.contract import Community, Household, Resident, Role, Staff, Task, Work
from bot.rosters.rows import Entry
from bot.simulator.time_machine import TimeMachine
from bot.store import (
    apikeys,
    audiences,
    consents,
    duplicates,
    events,
    imports,
    knowledge,
    merging,
    people,
    scope,
    sessions,
    texts,
)
from bot.store.audience import EVERYBODY
from bot.store.conversations import Conversation, Line
from bot.store.duty import Shift
from bot.store.effects import Effect, EffectState
from bot.store.notices import Notice, NoticePicture
from bot.store.outbox import Delivery, DeliveryState
from bot.store.photos import Photo
from bot.store.sentpictures import SentPicture
from bot.store.undos import UndoStep
from bot.store.views import SavedView
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Consultation
from integrations.desk.models import ReadyAnswer, TalkLabel, TalkLabelled, TalkNote
from integrations.duty.models import Robot
from integrations.health.models import Campaign, CareDay, CareProof, CareWish, TookPart
from integrations.patrols.models import PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit
from integrations.privacy.models import Export
from integrations.repairs.models import Ticket, TicketCost, TicketNote
from integrations.visitor_passes.models import Door, Gate, Pass, Passage, Permit, WalkUp

#: Stands in every text and id of B that a person writes, and nowhere else.
MARK = "东区才有"
OPENID = "oOnlyInTheOtherCommunity_b"

#: Address up to the place -> the id of a row of B that stands there. New pages with a place add theirs.
IDS: Mapping[str, Callable[[Other], str]] = {
    "/console/photos/{id}": lambda b: b.photo,
    "/console/look/{community}": lambda b: str(b.community),
    "/console/conversations/{key}": lambda b: b.conversation,
    "/console/conversations/{key}/pictures/{sent_picture}": lambda b: b.sent_picture,
    "/console/phrases/{id}": lambda b: b.phrase,
    "/console/labels/{id}": lambda b: b.label,
    "/console/tasks/{id}": lambda b: b.task,
    "/console/flats/people/{key}": lambda b: b.resident,
    "/console/flats/{id}": lambda b: b.task,
    "/console/households/{id}": lambda b: str(b.household),
    "/console/people/{key}": lambda b: b.resident,
    "/console/duplicates/{key}": lambda b: b.merger,
    "/console/duplicates/dismissed/{key}": lambda b: b.told_apart,
    "/console/notices/{id}": lambda b: b.notice,
    "/console/notices/{id}/pictures/{number}": lambda b: str(b.picture),
    "/console/notices/audiences/{id}": lambda b: b.audience,
    "/console/notices/texts/{id}": lambda b: b.text,
    "/p/notices/look/{id}": lambda b: b.notice,
    "/p/notices/look/{id}/pictures/{number}": lambda b: str(b.picture),
    "/console/staff/{login}": lambda b: b.login,
    "/console/account/devices/{id}": lambda b: b.device,
    "/console/keys/{id}": lambda b: b.key,
    "/console/effects/kinds/{kind}": lambda b: "only.there",
    "/console/knowledge/{id}": lambda b: b.knowledge,
    "/console/roster/draft/{id}": lambda b: b.draft,
    "/console/roster/imports/{id}": lambda b: b.imported,
    "/console/gate/{id}": lambda b: str(b.passage),
    "/console/gate/passes/{id}": lambda b: b.pass_id,
    "/console/gate/walk-ups/{id}": lambda b: b.walk_up,
    "/console/gate/machines/{id}": lambda b: str(b.passage),
    "/console/doors/{id}": lambda b: b.door,
    "/console/permits/{id}": lambda b: b.permit,
    "/api/v1/gate/door/checks/{request}": lambda b: "request-of-b",
    "/console/gates/{id}": lambda b: b.gate,
    "/p/walk-ups/{id}": lambda b: b.walk_up,
    "/p/walk-ups/{id}/{member}": lambda b: b.resident,
    "/console/patrols/points/{code}": lambda b: b.point,
    "/console/patrols/at/{code}": lambda b: b.point,
    "/p/patrol/{code}": lambda b: b.point,
    "/console/patrols/routes/{id}": lambda b: b.route,
    "/p/tickets/{number}/photos/{photo}": lambda b: b.photo,
    "/console/clinic/sessions/{id}": lambda b: b.clinic,
    "/console/clinic/bookings/{number}": lambda b: b.booking,
    "/console/tickets/{number}": lambda b: b.ticket,
    "/console/tickets/{number}/costs/{repair_cost}": lambda b: str(b.cost),
    "/console/undo/{undo_step}": lambda b: b.step,
    "/console/views/{saved_view}": lambda b: b.view,
    "/console/care/people/{key}": lambda b: b.resident,
    "/console/care/visits/{day}": lambda b: b.care_day,
    "/p/care/{day}": lambda b: b.care_day,
    "/console/campaigns/{key}": lambda b: b.campaign,
    "/console/campaigns/{key}/missing/{resident}": lambda b: b.resident,
    "/console/campaigns/{key}/noted/{answer}": lambda b: str(b.noted),
    "/console/duty/shifts/{id}": lambda b: str(b.shift),
    "/console/duty/robots/{id}": lambda b: b.robot,
    "/p/notices/{delivery}": lambda b: str(b.delivery),
    "/p/notices/{delivery}/pictures/{number}": lambda b: str(b.picture),
    "/p/duty/{task}": lambda b: b.task,
    "/p/duty/{task}/{login}": lambda b: b.login,
    "/console/passes/{id}": lambda b: b.pass_id,
    "/p/newcomers/{newcomer}": lambda b: b.resident,
    "/p/newcomers/{newcomer}/{flat}": lambda b: str(b.household),
    "/p/newcomers/{newcomer}/{flat}/{member}": lambda b: b.resident,
    "/p/requests/{task}": lambda b: b.request,
    "/p/requests/{task}/{member}": lambda b: b.resident,
    "/p/passes/{id}": lambda b: b.pass_id,
    "/p/tickets/{number}": lambda b: b.ticket,
    "/p/privacy/{id}": lambda b: b.export,
    "/p/privacy/{id}/{key}": lambda b: b.export_key,
}

#: Route of the API that takes a body -> one about a row of B.
BODIES: Mapping[str, Callable[[Other], dict[str, Any]]] = {
    "POST /api/v1/gate/checks": lambda b: {"code": b.code},
    "POST /api/v1/gate/door/checks": lambda b: {"request": "request-of-a", "code": b.code},
    "POST /api/v1/gate/door/openings": lambda b: {"request": "opening-of-a", "check": "request-of-b", "what": "failed"},
    "POST /api/v1/gate/door/heartbeats": lambda b: {"clock": "2026-03-11T10:00:00+08:00"},
    "POST /api/v1/gate/door/journals": lambda b: {
        "lines": [{"key": "line-of-a", "pass_id": b.pass_id, "at": "2026-03-11T10:00:00+08:00"}]
    },
}

#: Addresses that no community has, each with the reason.
SHARED: Mapping[str, str] = {
    "/static": "files of ours", "/": "leads to the console", "/healthz": "health", "/readyz": "health", "/metrics": "counts without names",
    "/wechat": "signed by WeChat, see below", "/wechat/wx_demo_heyuan_8f2c": "the same", "/api/openapi.json": "describes routes",
    "/console/in": "asks who one is", "/console/in/code": "the same", "/console/in/{token}": "whoever has B's link is let in as B's", "/console/out": "ends a session",
    "/console/intents": "one set of files for all communities", "/console/intents/try": "the same",
    "/console/intents/file/{path}": "the same", "/console/intents/check/{path}": "the same", "/console/intents/delete/{path}": "the same",
    "/console/intents/history/{path}": "the same", "/console/intents/new": "the same", "/console/intents/add": "the same", "/console/intents/report": "the same",
    "/console/live": "never ends; tests of its own",
}  # fmt: skip


@dataclass(kw_only=True)
class Other:
    """The ids of B's rows."""

    community: int
    notice: str = ""
    picture: int = 0
    audience: str = ""
    text: str = ""
    delivery: int = 0
    conversation: str = ""
    sent_picture: str = ""
    phrase: str = ""
    label: str = ""
    task: str = ""
    ticket: str = ""
    pass_id: str = ""
    code: str = ""
    passage: int = 0
    walk_up: str = ""
    gate: str = ""
    door: str = ""
    permit: str = ""
    clinic: str = ""
    booking: str = ""
    point: str = ""
    route: str = ""
    photo: str = ""
    household: int = 0
    shift: int = 0
    robot: str = ""
    login: str = "only-east"
    staff_id: int = 0
    key: str = ""
    effect: str = ""
    knowledge: str = ""
    device: str = ""
    request: str = ""
    resident: str = ""
    draft: str = ""
    imported: str = ""
    export: str = ""
    export_key: str = ""
    merger: str = ""
    told_apart: str = ""
    cost: int = 0
    step: str = ""
    view: str = ""
    care_day: str = ""
    campaign: str = ""
    noted: int = 0

    @property
    def signs(self) -> list[str]:
        """What must never be seen from A."""
        return [
            MARK, OPENID, self.notice, self.conversation, self.task, self.ticket, self.pass_id, self.walk_up, self.clinic, self.booking, self.point, self.route, self.code, self.photo, self.login,
            self.key, self.effect, self.resident, self.robot, self.knowledge, self.device, self.draft, self.imported, self.export, self.export_key, self.audience, self.text,
            self.step, self.view, self.care_day, self.campaign,
        ]  # fmt: skip


def found(session: Session, appid: str) -> int:
    """Add B, which the same account serves."""
    there = Community(appid=appid, name=f"{MARK}小区", phone="0571-2", address="2")
    session.add(there)
    session.flush()
    return there.key


def settle(session: Session, b: Other, now: datetime, photos: Path) -> None:
    """Give B a row of everything that stands in addresses."""
    scope.enter(session, b.community)
    home = Household(building="99", unit="9", room="9909")
    session.add(home)
    session.flush()
    resident = people.settle(session, home, name=f"{MARK}住户")
    people.bind(session, resident, OPENID, now)
    staff = Staff(login=b.login, name=f"{MARK}员工", role=Role.ADMIN, created_at=now)
    session.add(staff)
    session.flush()
    key, _ = apikeys.make(session, f"{MARK}道闸", ["gate.read"], now, staff_id=staff.id)
    subject = f"{MARK}内容"
    rows: dict[str, Any] = {
        "notice": Notice(title=subject, body=subject, audience={"everyone": True}, created_at=now),
        "conversation": Conversation(openid=OPENID, updated_at=now, waiting_since=now, topic=subject),
        "task": Task(kind="identity.confirm", need="people.confirm", title=subject, openid=OPENID, household_id=home.id, opened_at=now,
                     data={"resident": resident.id, "resident_id": resident.id}),
        "ticket": Ticket(resident_id=resident.id or 0, household_id=home.id or 0, category="water", location=MARK, opened_at=now, due_at=now + timedelta(hours=4)),
        "leave": Pass(resident_id=resident.id or 0, household_id=home.id or 0, visitor_name=MARK, plate=MARK, starts_at=now,
                      ends_at=now + timedelta(hours=2), created_at=now),
        "effect": Effect(kind="only.there", key="1", state=EffectState.DEAD, reason=subject, due_at=now, created_at=now, updated_at=now),
        "entry": knowledge.Entry(question=subject, answer=subject, updated_at=now),
        "line": Line(openid=OPENID, at=now, speaker="resident", text=subject),
    }  # fmt: skip
    session.add_all(rows.values())
    session.flush()
    phrase, label = ReadyAnswer(short=MARK, text=subject), TalkLabel(name=MARK)
    session.add_all([phrase, label, TalkNote(openid=OPENID, at=now, staff_id=staff.id or 0, text=subject)])
    session.flush()
    session.add(TalkLabelled(openid=OPENID, label_id=label.id or 0))
    b.phrase, b.label = phrase.public_id, label.public_id
    picture = NoticePicture(notice_id=rows["notice"].key, content=MARK.encode())
    told = Delivery(notice_id=rows["notice"].key, resident_id=resident.id, occurrence=now, openid=OPENID, due_at=now, updated_at=now,
                    state=DeliveryState.SENT)  # fmt: skip
    session.add_all([picture, told])
    session.flush()
    b.audience = audiences.save(session, MARK, EVERYBODY, now).public_id
    b.text = texts.keep(session, MARK, subject, subject, now).public_id
    b.picture, b.delivery = picture.id or 0, told.id or 0
    sent_picture = SentPicture(openid=OPENID, delivery_id=b.delivery, content=MARK.encode(), at=now)
    session.add(sent_picture)
    session.flush()
    b.sent_picture = sent_picture.public_id
    ticket, leave = rows["ticket"], rows["leave"]
    photo = Photo(openid=OPENID, media_id="m", taken_at=now, state="stored", sha256="ab" * 32, subject=ticket.subject)
    passage = Passage(pass_id=leave.id, staff_id=staff.id, at=now, admitted=True)
    walk_up = WalkUp(household_id=home.id or 0, staff_id=staff.id or 0, who=MARK, plate=MARK, asked_at=now)
    gate = Gate(name=MARK, way=MARK)
    shift = Shift(staff_id=staff.id or 0, weekday=2)
    robot = Robot(name=f"{MARK}群", url=f"https://example.com/?key={MARK}", added_at=now)
    export = Export(talk=rows["conversation"].public_id, asked_at=now, opened_at=now)
    cost = TicketCost(ticket_id=ticket.id, at=now, what=MARK, fen=100)
    view = SavedView(list="tickets", staff_id=staff.id or 0, name=MARK, query=f"q={MARK}", created_at=now, is_shared=True)
    step = UndoStep(list="tickets", act="level", staff_id=staff.id or 0, at=now, personal_changes={"rows": []})
    session.add_all([cost, view, step])
    session.add_all(
        [
            photo,
            passage,
            walk_up,
            gate,
            shift,
            robot,
            export,
            TicketNote(ticket_id=ticket.id, at=now, staff_id=staff.id, text=subject),
        ]
    )
    events.record(session, now, "repair.opened", subject=ticket.subject, actor=f"staff:{b.login}")
    session.flush()
    b.cost, b.view, b.step = cost.id or 0, view.public_id, step.public_id
    photos.mkdir(parents=True, exist_ok=True)
    (photos / f"{photo.sha256}.jpg").write_bytes(b"\xff\xd8")
    b.notice, b.conversation, b.task = rows["notice"].public_id, rows["conversation"].public_id, rows["task"].public_id
    b.ticket, b.pass_id, b.code, b.passage = ticket.number, leave.public_id, leave.code, passage.id or 0
    b.walk_up = walk_up.public_id
    door = Door(gate_id=gate.id, name=MARK, key=key.public_id, made_at=now, firmware=MARK, seen_at=now)
    permit = Permit(
        number=MARK,
        household_id=home.id or 0,
        company=MARK,
        starts_on=now.date(),
        ends_on=now.date(),
        staff_id=staff.id or 0,
        created_at=now,
    )
    session.add_all([door, permit])
    session.flush()
    session.add(
        Passage(
            pass_id=leave.id,
            at=now,
            admitted=False,
            reason="near_plate",
            door_id=door.id,
            request=f"{door.public_id}:request-of-b",
        )
    )
    b.door, b.permit = door.public_id, permit.public_id
    b.gate = gate.public_id
    clinic = Consultation(
        doctor=MARK, offers=MARK, room=MARK, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2), places=3
    )
    session.add(clinic)
    session.flush()
    booking = Booking(
        session_id=clinic.id or 0, resident_id=resident.id or 0, household_id=home.id or 0, patient=MARK, made_at=now
    )
    session.add(booking)
    session.flush()
    b.clinic, b.booking = clinic.public_id, booking.number
    point = PatrolPoint(name=MARK, place=MARK, made_at=now)
    session.add(point)
    session.flush()
    route = PatrolRoute(name=MARK, points=[point.id or 0], opens=480, closes=600, begun_to=now)
    session.add(route)
    session.flush()
    walked = PatrolRound(route_id=route.id or 0, points=route.points, planned=1, starts_at=now, ends_at=now + timedelta(hours=1))
    session.add(walked)
    session.flush()
    session.add(
        PatrolVisit(point_id=point.id or 0, round_id=walked.id, staff_id=staff.id or 0, at=now, fault=MARK, ticket="ticket:R")
    )
    b.point, b.route = point.code, route.public_id
    b.household, b.staff_id, b.photo, b.key = home.id or 0, staff.id or 0, photo.public_id, key.public_id
    row = Entry(line=2, flat=("99", "9", "9909"), name=f"{MARK}新住户")
    b.imported = imports.take_over(session, [row], now, actor=f"staff:{b.login}", file_name=MARK).public_id
    b.draft = imports.keep(session, staff.person, MARK, [row], [], now, whole=False).public_id
    b.shift, b.robot = shift.id or 0, robot.public_id
    given = consents.give(session, resident, "care", 2, "", now)
    wish = CareWish(resident_id=resident.key, consent_id=given.key, at=now, wants=subject, expects_from=now.date())
    session.add(wish)
    session.flush()
    waits = CareDay(wish_id=wish.id or 0, resident_id=resident.key, consent_id=given.key, day=now.date(), due_at=now)
    session.add(waits)
    session.flush()
    session.add(
        CareProof(
            day_id=waits.id or 0, consent_id=given.key, staff_id=staff.id or 0, at=now, was_well=True, words=subject, picture=""
        )
    )
    b.care_day = waits.public_id
    asked_of_all = Campaign(
        name=MARK,
        whom={"everyone": True},
        begins=now.date(),
        ends=now.date(),
        windows=[[420, 600]],
        keep_days=1,
        erases_on=now.date(),
        made_at=now,
    )
    session.add(asked_of_all)
    session.flush()
    b.campaign = asked_of_all.public_id
    noted = TookPart(
        campaign_id=asked_of_all.key, day=now.date(), part=0, who=f"resident:{resident.key}", resident_id=resident.key, reporter_id=resident.key,
        household_id=home.key, at=now, staff_id=staff.id, how="phone",
    )  # fmt: skip
    session.add(noted)
    session.flush()
    b.noted = noted.id or 0
    b.device = sessions.key_of(sessions.begin(session, staff, "", now))
    b.export, b.export_key = export.code, export.file_key
    where = {"building": "99", "unit": "9", "room": "9909", "name": MARK, "knows_number": True}
    asked = Task(kind="identity.confirm", need="people.confirm", title=MARK, opened_at=now, data=where)
    session.add(asked)
    session.flush()
    b.request = asked.public_id
    double = people.settle(session, home, name=f"{MARK}重名")
    b.merger = merging.merge(session, resident, double, now).public_id
    b.told_apart = duplicates.dismiss(session, resident, people.settle(session, home, name=f"{MARK}同名"), now).public_id
    b.effect, b.knowledge, b.resident = rows["effect"].public_id, rows["entry"].public_id, resident.public_id


@dataclass(kw_only=True)
class Street:
    """A running application, somebody of A, and B across the street."""

    linli: app.Linli
    client: TestClient[Any, Any]
    other: Other
    cookie: str
    key: str
    routes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def own(self) -> int:
        return self.linli.community.key

    def address(self, canonical: str) -> str:
        """Return the address with B's ids in its places."""
        address = canonical
        while place := re.search(r"\{[^}]*\}", address):
            before = canonical[: canonical.index(place[0]) + len(place[0])]
            if before not in IDS:
                pytest.fail(f"{canonical} is new: add to IDS which id of the other community stands at {before}")
            address = address.replace(place[0], IDS[before](self.other), 1)
        return address

    def dump(self) -> dict[str, list[Any]]:
        """Return all rows of B."""

        def read(session: Session) -> dict[str, list[Any]]:
            tables = [table for table in SQLModel.metadata.sorted_tables if "community_id" in table.c]
            return {
                table.name: [tuple(row) for row in session.execute(table.select().where(table.c.community_id == self.other.community).order_by(*table.primary_key))]
                for table in tables
            }  # fmt: skip

        return self.linli.database.submit(read).result()


@pytest.fixture
async def street(demo_var: Path) -> AsyncIterator[Street]:
    begun = datetime(2026, 3, 11, 10, tzinfo=app.clock().tzinfo)
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var), clock=TimeMachine(lambda: begun))
    other = Other(community=linli.database.submit(found, linli.community.appid).result())
    await linli.look_around()
    linli.database.submit(settle, other, begun, demo_var / "photos").result()

    def come_in(session: Session) -> tuple[str, str]:
        scope.enter(session, linli.community.key)
        admin = Staff(login="only-west", name="西区管理员", role=Role.ADMIN, created_at=begun)
        session.add(admin)
        session.flush()
        machine, secret = apikeys.make(session, "西门", list(linli.services.scopes), begun, per_minute=1000)
        session.add(Door(name="进口闸机", key=machine.public_id, made_at=begun))
        return sessions.begin(session, admin, "", begun), secret

    cookie, key = linli.database.submit(come_in).result()
    async with TestServer(app.build(linli)) as server, TestClient(server, headers={"Host": "127.0.0.1"}) as client:
        street = Street(linli=linli, client=client, other=other, cookie=cookie, key=key)
        for route in server.app.router.routes():  # type: ignore[union-attr]
            if route.resource is not None and route.method != "HEAD" and route.resource.canonical not in SHARED:
                street.routes.append((route.method, route.resource.canonical))
        yield street


#: What forms have, filled with what belongs to B.
def form_of(b: Other) -> dict[str, str]:
    return {
        "staff": str(b.staff_id), "stand_in": str(b.staff_id), "weekday": "2", "begins": "08:00", "ends": "18:00", "state": "accepted", "text": "x", "tell": "1", "outcome": "x", "code": b.code, "reply": "x",
        "login": b.login, "name": "x", "role": "guard", "to": "99栋9单元9909", "title": "x", "body": "x", "when": "now", "id": b.notice,
        "notice": b.notice, "permission": "task.view", "allowed": "no", "per_minute": "5", "scope gate.read": "on", "to_staff": b.login,
    }  # fmt: skip


async def ask(street: Street, method: str, canonical: str) -> tuple[int, str]:
    """Call a route of the console or the API as somebody of A."""
    address, form = street.address(canonical), form_of(street.other)
    if canonical.startswith("/api/"):
        kwargs: dict[str, Any] = {"headers": {"Authorization": f"Bearer {street.key}"}}
        endpoint = street.linli.services.endpoints[f"{method} {canonical.removeprefix('/api/v1')}"]
        if endpoint.takes is not None:
            if f"{method} {canonical}" not in BODIES:
                pytest.fail(f"{method} {canonical} is new: add to BODIES a body about a row of the other community")
            kwargs["json"] = BODIES[f"{method} {canonical}"](street.other)
    else:
        kwargs = {
            "headers": {"Cookie": f"__Host-sid={street.cookie}"}, "data": form if method == "POST" else None,
            "params": {"q": "99栋9单元9909", "check": str(street.other.passage), "before": "999999999"} if method == "GET" else None,
        }  # fmt: skip
    response = await street.client.request(method, address, allow_redirects=False, **kwargs)
    return response.status, (await response.read()).decode(errors="replace")


async def test_every_address_with_an_id_of_another_community_leads_nowhere(street: Street) -> None:
    before = street.dump()
    for method, canonical in street.routes:
        if "{" not in canonical or canonical.startswith("/p/"):
            continue
        status, text = await ask(street, method, canonical)
        assert status == 404, (method, canonical, status)
        assert MARK not in text, (method, canonical)

    assert street.dump() == before


async def test_no_list_shows_anything_of_another_community_and_no_form_changes_it(street: Street) -> None:
    before = street.dump()
    for method, canonical in street.routes:
        if "{" in canonical:
            continue
        status, text = await ask(street, method, canonical)
        assert status < 500, (method, canonical, status)
        sent = set(form_of(street.other).values()) if method == "POST" else set()  # a page says back what was written into it
        if canonical == "/console/audit":  # by now the form of new accounts has made one of this login here
            sent.add(street.other.login)
        seen = [sign for sign in street.other.signs if sign in text and sign not in sent]
        assert not seen, (method, canonical, seen)

    assert street.dump() == before


async def test_signed_in_person_of_the_other_community_does_see_what_the_lists_hide(street: Street) -> None:
    """Else the tests above would pass on empty pages."""

    def come_in(session: Session) -> str:
        scope.enter(session, street.other.community)
        return sessions.begin(
            session, session.exec(select(Staff).where(Staff.login == street.other.login)).one(), "", street.linli.clock()
        )

    street.cookie = street.linli.database.submit(come_in).result()
    shown = {
        canonical: (await ask(street, "GET", canonical))[1]
        for method, canonical in street.routes
        if method == "GET" and canonical.startswith("/console")
    }

    for page in ("conversations", "tasks", "notices", "tickets", "passes", "keys", "effects", "staff"):
        assert MARK in shown[f"/console/{page}"] or page == "passes", page
    assert MARK in shown["/console/tickets/{number}"]


async def test_link_of_one_community_opens_no_row_of_another(street: Street) -> None:
    keys, until = street.linli.keys, street.linli.clock() + timedelta(hours=1)
    opened = 0
    for method, canonical in street.routes:
        if not canonical.startswith("/p/"):
            continue
        address, before = street.address(canonical), street.dump()  # a page that B's own link opened is noted
        for community, expected in ((street.own, {404}), (street.other.community, {200, 303, 405, 422})):
            seal, before = keys.seal_link(address, until, community), street.dump()
            response = await street.client.request(method, f"{address}?k={seal}", allow_redirects=False)
            assert response.status in expected, (method, canonical, community)
            if community == street.own:
                assert MARK not in await response.text(), (method, canonical)
                assert street.dump() == before, (method, canonical)
            opened += 1
        moved = re.sub(r"\.[^.]*\.", f".{street.own:x}.", keys.seal_link(address, until, street.other.community))
        assert (await street.client.request(method, f"{address}?k={moved}")).status == 403, "the seal covers the community"
    assert opened


async def test_nobody_of_another_community_can_be_given_a_ticket(street: Street) -> None:
    def report(session: Session) -> str:
        scope.enter(session, street.own)
        resident = session.exec(select(Resident)).first()
        assert resident is not None
        now = street.linli.clock()
        ticket = Ticket(
            resident_id=resident.id or 0,
            household_id=resident.household_id,
            category="water",
            location="厨房",
            opened_at=now,
            due_at=now + timedelta(hours=4),
        )
        session.add(ticket)
        session.flush()
        return ticket.number

    number = street.linli.database.submit(report).result()
    headers = {"Cookie": f"__Host-sid={street.cookie}"}
    response = await street.client.post(
        f"/console/tickets/{number}/assign", data={"staff": str(street.other.staff_id)}, headers=headers
    )

    assert response.status == 422


async def test_live_stream_tells_nothing_of_what_happens_elsewhere(street: Street) -> None:
    def happen(session: Session, community: int, kind: str) -> None:
        work = Work(session=session, now=street.linli.clock(), context=street.linli.context_of(community))
        work.record(kind)

    async with street.client.get("/console/live", headers={"Cookie": f"__Host-sid={street.cookie}"}) as stream:
        await street.linli.database.write(happen, street.other.community, "visitor.cancelled")
        await street.linli.database.write(happen, street.own, "gate.left")
        heard = ""
        while "gate" not in heard:
            heard += (await stream.content.readline()).decode()

    assert "visitor" not in heard


def test_every_id_stands_for_a_route_that_is_there(demo_var: Path) -> None:
    """An address that was moved must not leave its line behind here."""
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var))
    canonical = [route.resource.canonical for route in app.build(linli).router.routes() if route.resource is not None]
    linli.database.close()

    assert [place for place in IDS if not any(path.startswith(place) for path in canonical)] == []
    assert json.dumps(sorted(set(SHARED) - set(canonical))) == "[]"
