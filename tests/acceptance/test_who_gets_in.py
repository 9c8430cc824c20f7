"""Every address the application has, tried by everybody whom it is not for: nobody gets in, and no row changes.

The addresses are those that are declared, and what stands in them is what the first community's rows hold: a new page, route
or form is tried by itself.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import web
from sqlmodel import Session, SQLModel, select

from bot import app
from bot.cli.serving import demo_settings
from bot.keys import Keys
from bot.model import SHANGHAI
from bot.rosters.rows import Entry
from bot.simulator.cast import CAST
from bot.store import apikeys, audiences, consents, duplicates, grants, imports, merging, notices, people, scope, sessions, texts
from bot.store.audience import Audience
from bot.store.conversations import Conversation
from bot.store.duty import Shift
from bot.store.notices import NoticePicture, NoticeState
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household, Resident
from bot.store.photos import Photo
from bot.store.sentpictures import SentPicture
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.store.undos import UndoStep
from bot.store.views import SavedView
from bot.wechat import crypto
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Consultation
from integrations.health.models import Campaign, CareAbsence, CareDay, CareProof, CareWish
from integrations.patrols.models import PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit
from integrations.privacy.models import Export
from integrations.repairs.models import Ticket, TicketCost
from integrations.visitor_passes.models import Door, Gate, Pass, Passage, Permit, WalkUp

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: What residents of the first community do, so that there is something to get at.
SAID = ("厨房水管漏水了，请师傅来修", "转人工", "楼道着火了", "今天37.9度，咳嗽")

#: Addresses that are for everybody, for they ask who one is themselves or tell nothing.
OPEN = {
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static",
    "/console/",
    "/console/in",
    "/console/in/code",
    "/console/language",
    "/console/in/{token}",
    "/console/out",
    "/api/openapi.json",
}

#: Addresses that belong to the installation and to no community.
SHARED = {f"/console/intents/{what}/{{path}}" for what in ("file", "check", "delete", "history")}

#: Addresses that are for whoever is signed in: to look at their own community, a stream of what each may know, which may be nothing, and
#: their own account.
OWN = {"/console/look/{community}", "/console/live"}
OWN_ACCOUNT = "/console/account"

#: A page that compares what its question names, and a file that opens only after its page was opened.
ASKED, AFTERWARDS = "/console/duplicates/compare", "/p/privacy/{id}/{key}"

#: Names in addresses whose values stand in a table of another name.
CALLED = {"newcomer": "resident", "member": "resident", "flat": "household"}

#: Columns whose values stand in addresses.
NAMES = {"id", "public_id", "number", "login", "key", "kind", "code"}

#: Those of them that stand for a row where an address says `id` or `key`, and where those of rows that go together are.
KEYS = {"id", "public_id", "key", "code", "met"}

#: Rows of each table whose values are tried.
ROWS = 2

#: What the console says to an account that an address is not for, before it looks at what stands in the address.
NOT_FOR_THEM = tuple(words.encode() for words in ("这个页面需要", "城市账号只看不改"))

Rows = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Route:
    """An address as it is declared."""

    method: str
    path: str

    @property
    def names(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def at(self, values: Sequence[str]) -> str:
        path = self.path
        for name, value in zip(self.names, values, strict=True):
            path = path.replace(f"{{{name}}}", quote(value, safe="/"))
        return path


@dataclass
class House:
    """The running application, two communities in it, and what is in the first one's rows."""

    linli: app.Linli
    routes: list[Route]
    line: http.client.HTTPConnection
    pool: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (table, column) -> values
    met: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # the same, of rows that go together

    def ask(
        self,
        route: Route,
        path: str,
        headers: Mapping[str, str] = {},
        form: Mapping[str, str] | None = None,
        raw: bytes = b"",
    ) -> tuple[int, str, bytes]:
        """Call an address; returns status, where it leads and the body."""
        form = form or {name: "x" for name in ("text", "name", "note", "outcome", "login")}
        body: str | bytes | None
        body, kind = (
            (urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}) if route.method == "POST" else (None, {})
        )
        if raw:
            body, kind = raw, {}
        try:
            self.line.request(route.method, path, body, {**kind, **headers})
            answer = self.line.getresponse()
        except (http.client.HTTPException, ConnectionError):  # the last answer ended the connection
            self.line.close()
            self.line.request(route.method, path, body, {**kind, **headers})
            answer = self.line.getresponse()
        is_endless = "event-stream" in answer.headers.get("Content-Type", "")
        told = answer.status, answer.headers.get("Location", ""), b"" if is_endless else answer.read()
        if is_endless:
            self.line.close()
        return told

    def below(self, *roots: str) -> list[Route]:
        return [route for route in self.routes if route.path.startswith(roots) and route.path not in OPEN]

    def values(self, name: str) -> list[str]:
        """Return what may stand in an address: of the table or column of that name, what stands for any row, or any at all."""
        name = CALLED.get(name, name)
        if name in ("id", "key"):
            return sorted({value for (_, column), held in self.pool.items() if column in KEYS for value in held})
        named = {value for (table, column), held in self.pool.items() if name in (table, column) for value in held}
        return sorted(named or {value for held in self.pool.values() for value in held})

    def addresses(self, route: Route) -> list[str]:
        """Return addresses of a route with what the first community's rows hold."""
        return [route.at(values) for values in product(*map(self.values, route.names))]

    def cookie(self, member_of: int, role: Role, now: datetime = NOW) -> dict[str, str]:
        """Return the cookie of somebody of a role in a community, who signed in at a moment."""

        def begin(session: Session) -> str:
            with scope.within(session, member_of):
                login = f"{role.value}-of-{member_of}"  # a person of their own, who works nowhere else
                member = session.exec(select(Staff).where(Staff.login == login)).first()
                if member is None:
                    member = Staff(login=login, name="同事", role=role, created_at=NOW)
                    session.add(member)
                    session.flush()
                return sessions.begin(session, member, "test", now)

        return {"Cookie": f"__Host-sid={self.linli.database.submit(begin).result()}"}

    def rows(self, community: int | None = None) -> Rows:
        """Return all rows there are, or those of one community."""
        with sqlite3.connect(self.linli.settings.var / "linli.db") as database:
            tables = {}
            for name, table in SQLModel.metadata.tables.items():
                own = f" WHERE community_id = {community}" if community and "community_id" in table.c else ""
                if not (community and not own):
                    tables[name] = database.execute(f'SELECT * FROM "{name}"{own} ORDER BY rowid').fetchall()
        database.close()
        return tables


@pytest.fixture(scope="module")
def house(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened_house(shutil.copytree(seeded, tmp_path_factory.mktemp("house") / "var")) as house:
        yield house


@contextmanager
def opened_house(var: Path, *, demo: bool = False, **more: Any) -> Iterator[House]:
    """Serve what was seeded, from this process and at one moment, after residents and staff have done something of everything."""
    settings = demo_settings(host="127.0.0.1", port=1, var=var, **more)
    linli = app.Linli.assemble(settings, clock=lambda: NOW)
    application = app.build(linli, demo=demo)
    application.cleanup_ctx.clear()  # nothing moves by itself: whatever changes, a caller changed
    loop, started = asyncio.new_event_loop(), threading.Event()
    runner = app.runner_of(application)

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(runner.setup())
        loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    server = threading.Thread(target=serve)
    server.start()
    assert started.wait(300)
    routes = [
        Route(route.method, route.resource.canonical)
        for route in application.router.routes() if route.resource is not None and route.method != "HEAD"
    ]  # fmt: skip
    house = House(linli, routes, http.client.HTTPConnection("127.0.0.1", runner.addresses[0][1], timeout=300))
    try:
        live(house)
        house.pool = pool(house) | house.met
        yield house
    finally:
        house.line.close()
        loop.call_soon_threadsafe(loop.stop)
        server.join()
        loop.close()
        linli.database.close()


def live(house: House) -> None:
    """Let the first community have something of everything."""
    [actor, *_] = [one for one in CAST if one.flat is not None and one.community == house.linli.community.name]
    for number, text in enumerate(SAID):
        xml = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{actor.openid}</FromUserName><CreateTime>{int(NOW.timestamp())}</CreateTime>"
            f"<MsgType>text</MsgType><Content>{text}</Content><MsgId>{number + 1}</MsgId></xml>"
        )
        query, body = crypto.wrap_push(house.linli.account, xml, NOW)
        house.line.request("POST", f"/wechat?{urlencode(query)}", body.encode())
        answer = house.line.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
    admin = house.cookie(1, Role.ADMIN)
    for path, form in {
        "/console/notices/draft": {"to": "全体", "title": "停水", "body": "明天停水"},
        "/console/keys": {"name": "道闸", "scope gate.read": "on", "per_minute": "60"},
        "/console/duty/robots": {"name": "值班群", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc"},
    }.items():
        assert house.ask(Route("POST", path), path, admin, form)[0] in (200, 303), path

    def add(session: Session) -> None:
        with scope.within(session, 1):
            resident = session.exec(select(Resident).where(Resident.openid == actor.openid)).one()
            session.add(Pass(
                resident_id=resident.id or 0, household_id=resident.household_id, visitor_name="张晓明", created_at=NOW,
                starts_at=NOW, ends_at=NOW + timedelta(hours=2),
            ))  # fmt: skip
            home = session.get_one(Household, resident.household_id)
            given = consents.give(session, resident, "care", 2, "", NOW)
            wish = CareWish(resident_id=resident.key, consent_id=given.key, at=NOW, wants="每天问我", expects_from=NOW.date())
            session.add(wish)
            session.flush()
            days = [
                CareDay(
                    wish_id=wish.id or 0,
                    resident_id=resident.key,
                    consent_id=given.key,
                    day=NOW.date() - timedelta(days=ago),
                    due_at=NOW,
                )
                for ago in (0, 1)
            ]
            session.add_all(days)
            today = NOW.date()
            for begins, ends in ((today, today), (today + timedelta(days=30), today + timedelta(days=40))):
                session.add(
                    Campaign(
                        name="流感登记",
                        whom={"everyone": True},
                        begins=begins,
                        ends=ends,
                        windows=[[0, 1439]],
                        keep_days=14,
                        erases_on=ends + timedelta(days=14),
                        made_at=NOW,
                    )
                )
            session.add(
                CareAbsence(
                    resident_id=resident.key,
                    consent_id=given.key,
                    begins=NOW.date(),
                    ends=NOW.date(),
                    told_by=resident.key,
                    at=NOW,
                )
            )
            session.flush()
            session.add(
                CareProof(
                    day_id=days[1].id or 0,
                    consent_id=given.key,
                    staff_id=1,
                    at=NOW,
                    was_well=True,
                    words="在家",
                    picture=base64.b64encode(Path("tests/acceptance/leak.jpg").read_bytes()).decode(),
                )
            )
            house.met |= {("day", "met"): {one.public_id for one in days}}
            session.add(WalkUp(household_id=home.key, staff_id=1, who="送水的", asked_at=NOW))
            place = Gate(name="西门")
            session.add(place)
            session.flush()
            door = Door(gate_id=place.id, name="进口闸机", key="0DOOR0KEY0", made_at=NOW, seen_at=NOW)
            session.add(door)
            session.flush()
            session.add(
                Passage(
                    at=NOW,
                    admitted=False,
                    reason="near_plate",
                    method="plate",
                    door_id=door.id,
                    request=f"{door.public_id}:request-1",
                )
            )
            session.add(
                Permit(
                    number="装-1",
                    household_id=home.key,
                    starts_on=NOW.date(),
                    ends_on=NOW.date() + timedelta(days=9),
                    staff_id=1,
                    created_at=NOW,
                )
            )
            seen = Consultation(
                doctor="王医生", offers="全科", room="卫生站", starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=3), places=5, taken=1
            )  # fmt: skip
            session.add(seen)
            session.flush()
            session.add(
                Booking(session_id=seen.id or 0, resident_id=resident.key, household_id=home.key, patient="张晓明", made_at=NOW)
            )
            point = PatrolPoint(name="水泵房", questions=[{"title": "压力", "low": 0.3, "high": 0.6, "unit": "MPa"}], made_at=NOW)
            session.add(point)
            session.flush()
            route = PatrolRoute(name="早班", points=[point.id or 0], opens=480, closes=660, begun_to=NOW)
            session.add(route)
            session.flush()
            walked = PatrolRound(
                route_id=route.id or 0, points=route.points, planned=1, starts_at=NOW - timedelta(hours=2), ends_at=NOW + timedelta(hours=1)
            )  # fmt: skip
            session.add(walked)
            session.flush()
            session.add(PatrolVisit(point_id=point.id or 0, round_id=walked.id, staff_id=1, at=NOW))
            joined = people.settle(session, home, name="张晓红")
            people.bind(session, joined, "oJoined", NOW)
            double = people.settle(session, home, name="张小红")
            merging.merge(session, resident, double, NOW)
            duplicates.dismiss(session, resident, joined, NOW)
            row = Entry(line=2, flat=("98", "1", "101"), name="新住户")
            asker = session.exec(select(Staff).where(Staff.login == "admin-of-1")).one()
            imports.keep(session, asker.person, "名册.csv", [row], [], NOW, whole=False)
            imports.take_over(session, [row], NOW, actor="system", file_name="名册.csv")
            asked = Task(
                kind="identity.confirm", need="people.confirm", title="核对住址", opened_at=NOW, openid="oAsks",
                data={"building": home.building, "unit": home.unit, "room": home.room, "name": "老张", "knows_number": True},
            )  # fmt: skip
            session.add(asked)
            told = notices.draft(session, "停水", "明天停水", Audience.parse("全体"), NOW, asker.id)
            audiences.save(session, "网格一", Audience.parse("3栋"), NOW, asker.id)
            texts.keep(session, "水箱", "清洗水箱", "请储水", NOW)
            picture = NoticePicture(id=900_001, notice_id=told.key, content=Path("tests/acceptance/leak.jpg").read_bytes())
            shift = Shift(id=900_002, staff_id=asker.id or 0, weekday=2)
            told.state, told.published_at, told.asks = NoticeState.PUBLISHED, NOW, True
            sent = Delivery(
                id=900_003, notice_id=told.id, occurrence=NOW, resident_id=resident.id, openid=actor.openid, state=DeliveryState.SENT, due_at=NOW, updated_at=NOW,
                payload={"text": "明天停水"},
            )  # fmt: skip
            shown = SentPicture(
                openid=actor.openid, delivery_id=sent.id or 0, content=Path("tests/acceptance/leak.jpg").read_bytes(), at=NOW
            )
            view = SavedView(
                list="tickets", staff_id=asker.id or 0, name="超时", query="state=late", created_at=NOW, is_shared=True
            )
            step = UndoStep(list="tickets", act="level", staff_id=asker.id or 0, at=NOW, personal_changes={"rows": []})
            ticket = session.exec(select(Ticket)).first()
            cost = TicketCost(id=900_004, ticket_id=ticket.id if ticket and ticket.id else 0, at=NOW, what="水龙头", fen=3500)
            session.add_all([picture, shift, sent, view, step, cost])
            session.flush()
            session.add(shown)
            session.flush()
            house.met |= {
                ("notice", "met"): {told.public_id}, ("delivery", "met"): {str(sent.id)}, ("number", "met"): {str(picture.id)},
                ("duty_shift", "met"): {str(shift.id)}, ("household", "met"): {str(home.id)}, ("resident", "met"): {resident.public_id, joined.public_id}, ("task", "met"): {asked.public_id},
                ("saved_view", "met"): {view.public_id}, ("undo_step", "met"): {step.public_id}, ("repair_cost", "met"): {str(cost.id)},
            }  # fmt: skip
            talk = session.exec(select(Conversation).where(Conversation.openid == actor.openid)).one()
            house.met |= {("sent_picture", "met"): {shown.public_id}, ("conversation", "met"): {talk.public_id}}
            session.add(Export(talk=talk.public_id, asked_at=NOW))
            session.add(Photo(openid=actor.openid, media_id="m", taken_at=NOW, state="stored", sha256="0" * 64))
            for number in session.exec(select(Ticket.number)).all():  # one of each ticket, behind its own address
                session.add(
                    Photo(
                        openid=actor.openid, media_id="m", taken_at=NOW, state="stored", sha256="0" * 64, subject=f"ticket:{number}"
                    )
                )  # fmt: skip

    house.linli.database.submit(add).result()
    folder = house.linli.settings.var / "photos"
    folder.mkdir(exist_ok=True)
    (folder / f"{'0' * 64}.jpg").write_bytes(Path("tests/acceptance/leak.jpg").read_bytes())


def pool(house: House) -> dict[tuple[str, str], set[str]]:
    """Return what the first community's rows hold that can stand in an address, and the second's cannot."""
    found: dict[tuple[str, str], set[str]] = {}
    others: set[str] = set()
    with sqlite3.connect(house.linli.settings.var / "linli.db") as database:
        for name, table in SQLModel.metadata.tables.items():
            for column in (NAMES & set(table.c.keys())) if "community_id" in table.c else ():

                def read(community: int, limit: int, name: str = name, column: str = column) -> set[str]:
                    query = f'SELECT "{column}" FROM "{name}" WHERE community_id = ? ORDER BY rowid DESC LIMIT ?'
                    return {str(value) for (value,) in database.execute(query, (community, limit)) if value}

                found[name, column] = read(1, ROWS)
                others |= read(2, 10_000)
    database.close()
    found["intents", "path"] = {"faq/hours.yaml"}
    found["community", "community"] = {"1"}
    return {where: values - others for where, values in found.items()}


def test_every_address_is_one_of_a_house_that_is_tried_here(house: House) -> None:
    elsewhere = [route for route in house.routes if not route.path.startswith(("/console", "/p/", "/api/v1/", "/wechat"))]

    assert {route.path for route in elsewhere} <= OPEN
    assert len(house.below("/console")) > 60


def test_what_is_tried_is_there_for_those_whom_it_is_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nobody would get in anywhere, and the others would prove nothing."""
    monkeypatch.setattr(house.linli, "is_demo", True)  # where the turnstile stands
    admin = house.cookie(1, Role.ADMIN)
    shut = [
        route.path for route in house.below("/console")
        if route.method == "GET" and route.path != ASKED and all(house.ask(route, path, admin)[0] not in (200, 303) for path in house.addresses(route))
    ]  # fmt: skip

    assert shut == []


def wrong(
    house: House, routes: Sequence[Route], headers: Mapping[str, str], *allowed: int, every: bool = True
) -> dict[str, tuple[int, str]]:
    """Return what let somebody in who must stay out: all answers but being shown the door. The rows are as they were.

    An address that is not for them with one row and with another is not tried with all the others.
    """
    before, let_in = house.rows(), {}
    for route in routes:
        for number, path in enumerate(house.addresses(route)[: None if every else 2], 1):
            status, to, body = house.ask(route, path, headers)
            is_door = status in (302, 303) and to.startswith("/console/in")
            if not is_door and status not in (401, 403, 404, 405, 410, *allowed):
                let_in[f"{route.method} {path}"] = status, to
            if number == 2 and status == 403 and any(words in body for words in NOT_FOR_THEM):
                break
    assert [name for name, rows in house.rows().items() if rows != before[name]] == []
    return let_in


def test_nobody_gets_into_the_console_without_signing_in(house: House) -> None:
    assert wrong(house, house.below("/console"), {}, every=False) == {}


@pytest.mark.parametrize("cookie", ["__Host-sid=made-up", "sid=", "__Host-sid=' OR 1=1 --"])
def test_nobody_gets_into_the_console_with_a_session_that_never_was(house: House, cookie: str) -> None:
    assert wrong(house, house.below("/console"), {"Cookie": cookie}, every=False) == {}


@pytest.mark.parametrize("ago", [sessions.IDLE, sessions.LIVES])
def test_nobody_gets_into_the_console_with_a_session_that_is_over(house: House, ago: timedelta) -> None:
    admin = house.cookie(1, Role.ADMIN, NOW - ago - timedelta(seconds=1))

    assert wrong(house, house.below("/console"), admin, every=False) == {}


def test_nobody_gets_into_the_console_whose_account_is_switched_off(house: House) -> None:
    cookie = house.cookie(1, Role.MANAGER)

    def switch(session: Session, off: datetime | None) -> None:
        with scope.within(session, 1):
            member = session.exec(select(Staff).where(Staff.login == "manager-of-1")).one()
            member.disabled_at = off

    house.linli.database.submit(switch, NOW).result()
    let_in = wrong(house, house.below("/console"), cookie, every=False)
    house.linli.database.submit(switch, None).result()

    assert let_in == {}


def test_who_may_nothing_gets_nothing_of_the_console(house: House) -> None:
    """Each address asks for a permission: a role from which all are taken is let in nowhere, whatever the address."""
    cookie = house.cookie(1, Role.GUARD)

    def take_all(session: Session) -> None:
        with scope.within(session, 1):
            for permission, declared in house.linli.services.permissions.items():
                grants.change(session, Role.GUARD, permission, False, Role.GUARD in declared.roles)

    house.linli.database.submit(take_all).result()

    routes = [route for route in house.below("/console") if route.path not in OWN and not route.path.startswith(OWN_ACCOUNT)]

    assert wrong(house, routes, cookie, every=False) == {}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.GUARD])
def test_nobody_gets_at_rows_of_a_community_where_they_do_not_work(house: House, role: Role) -> None:
    routes = [route for route in house.below("/console") if route.names and route.path not in SHARED]
    before = house.rows(1)

    let_in = wrong(house, routes, house.cookie(2, role), 422)  # 422: something else about the form is wrong

    assert let_in == {}
    assert house.rows(1) == before


def test_lists_of_a_community_tell_nothing_of_another(house: House) -> None:
    admin = house.cookie(2, Role.ADMIN)
    secrets = {value.encode() for (_, column), held in house.pool.items() if column in ("public_id", "number") for value in held}
    pages = {
        route.path: house.ask(route, route.path, admin)[2]
        for route in house.below("/console")
        if route.method == "GET" and not route.names
    }
    told = {path: found for path, page in pages.items() if (found := [secret for secret in secrets if secret in page])}

    assert len(secrets) > 5
    assert told == {}


def test_the_city_changes_nothing(house: House) -> None:
    posts = [
        route for route in house.below("/console")
        if route.method == "POST" and route.path not in OWN and not route.path.startswith(OWN_ACCOUNT)
    ]  # fmt: skip

    assert wrong(house, posts, house.cookie(1, Role.CITY), 200, 409, 422) == {}


# ------------------------------------------------------------------ links that residents open


@pytest.fixture(scope="module")
def opened(house: House) -> dict[Route, str]:
    """For each page of residents an address that opens under its own seal."""
    until = NOW + timedelta(hours=1)
    found: dict[Route, str] = {}
    for route in house.below("/p/"):
        shown = Route("GET", route.path)
        for path in house.addresses(route):
            if house.ask(shown, f"{path}?k={house.linli.keys.seal_link(path, until, 1)}")[0] == 200:
                found[route] = path
                break
    return found


def test_each_page_of_residents_opens_by_its_link(house: House, opened: dict[Route, str]) -> None:
    assert set(opened) == {route for route in house.below("/p/") if route.path != AFTERWARDS}


def test_no_page_of_residents_opens_by_another_link(house: House, opened: dict[Route, str]) -> None:
    keys, later, before = house.linli.keys, NOW + timedelta(hours=1), house.rows()
    let_in = {}
    for route, path in opened.items():
        seal = keys.seal_link(path, later, 1)
        others = {
            "none": "", "made up": f"?k={'A' * 40}", "of another": f"?k={keys.seal_link(f'{path}X', later, 1)}",
            "of all below": f"?k={keys.seal_link(path.rpartition('/')[0], later, 1)}",
            "of another page": f"?k={keys.seal_link(next((one for one in opened.values() if one != path), '/p'), later, 1)}",
            "expired": f"?k={keys.seal_link(path, NOW - timedelta(seconds=1), 1)}", "of another community": f"?k={keys.seal_link(path, later, 2)}",
            "moved on": f"?k={int((later + timedelta(days=1)).timestamp()):x}.1.{seal.rpartition('.')[2]}",
            "moved over": f"?k={seal.replace('.1.', '.2.', 1)}", "cut": f"?k={seal[:-1]}", "of a stranger": f"?k={Keys(b'x' * 32).seal_link(path, later, 1)}",
        }  # fmt: skip
        for what, query in others.items():
            status, _, body = house.ask(route, f"{path}{query}")
            if status not in (403, 404, 410):
                let_in[f"{route.method} {path} {what}"] = status, body[:80]

    assert let_in == {}
    assert house.rows() == before


# ------------------------------------------------------------------ machines


def key_of(house: House, community: int, *scopes: str, revoked: bool = False) -> dict[str, str]:
    def make(session: Session) -> str:
        with scope.within(session, community):
            key, secret = apikeys.make(session, "道闸", scopes, NOW, per_minute=1000)
            key.used_at, key.revoked_at = NOW, NOW if revoked else None
            return secret

    return {"Authorization": f"Bearer {house.linli.database.submit(make).result()}"}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer linli_made-up"}, {"Authorization": "Basic YTpi"}, {"Cookie": "admin"}]
)
def test_no_machine_gets_in_without_a_key(house: House, headers: dict[str, str]) -> None:
    if "Cookie" in headers:
        headers = house.cookie(1, Role.ADMIN)

    assert wrong(house, house.below("/api/v1/"), headers) == {}


def test_no_machine_gets_in_with_a_key_that_was_revoked_or_is_for_something_else(house: House) -> None:
    endpoints = house.linli.services.endpoints.values()
    everything = {endpoint.scope for endpoint in endpoints}

    assert wrong(house, house.below("/api/v1/"), key_of(house, 1, *everything, revoked=True)) == {}
    assert wrong(house, house.below("/api/v1/"), key_of(house, 1)) == {}
    for endpoint in endpoints:
        others = key_of(house, 1, *(everything - {endpoint.scope}))
        assert wrong(house, [Route(endpoint.method, f"/api/v1{endpoint.path}")], others) == {}


def test_no_machine_gets_at_rows_of_another_community(house: House) -> None:
    own, other = (key_of(house, community, *house.linli.services.scopes) for community in (1, 2))
    secrets = {
        value.encode() for (_, column), held in house.pool.items() if column in ("public_id", "number", "code") for value in held
    }
    # what a gate's own key reads is tried with a machine of either side in tests/console/test_other_communities.py
    reads = [
        route for route in house.below("/api/v1/") if route.method == "GET" and not route.path.startswith("/api/v1/gate/door/")
    ]
    before = house.rows(1)

    def told(headers: dict[str, str]) -> set[str]:
        pages = {path: house.ask(route, path, headers)[2] for route in reads for path in house.addresses(route)}
        return {path for path, page in pages.items() if any(secret in page for secret in secrets)}

    assert told(own) == {path for route in reads for path in house.addresses(route)}
    assert told(other) == set()
    for route in house.below("/api/v1/"):
        for path in house.addresses(route) if route.method != "GET" else ():
            house.ask(route, path, other)
    assert house.rows(1) == before
