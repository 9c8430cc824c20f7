"""Signing in: links that work once, sessions that end, cookies nobody else can read, brakes on guessing."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestServer
from sqlmodel import Session, select

from bot import app
from bot.errors import Refusal
from bot.store import roster, scope, sessions
from bot.store.communities import Community
from bot.store.staff import Role, Staff
from tests.console.conftest import Browser

if TYPE_CHECKING:
    from tests.console.conftest import Office


PASSWORD = "a good long password"


def _give_password(session: Session, login: str) -> None:
    member = session.exec(select(Staff).where(Staff.login == login)).one()
    sessions.set_password(session, member, sessions.hash_password(PASSWORD))


def cookies_of(response: ClientResponse) -> dict[str, str]:
    """Return the header with which a browser sends back what it was given."""
    given = [line.split(";")[0] for line in response.headers.getall("Set-Cookie")]
    return {"Cookie": "; ".join(given)}


@asynccontextmanager
async def behind_a_proxy(office: Office, **more: object) -> AsyncIterator[Browser]:
    """Serve the office again, with this machine as a proxy that is believed, and give a browser."""
    settings = office.linli.settings.model_copy(update={"trusted_proxies": ["127.0.0.1"], **more})
    async with TestServer(app.build(replace(office.linli, settings=settings))) as server:
        async with Browser(server, headers={"Host": "127.0.0.1"}) as browser:
            yield browser


async def test_link_signs_in_once_and_looking_at_it_does_not_use_it_up(office: Office) -> None:
    link = await office.link(Role.MANAGER)
    async with await office.browser() as browser:
        looked = [(await browser.get(link)).status for _ in range(2)]
        first = await browser.post(link, allow_redirects=False)
        second = await browser.post(link, allow_redirects=False)

    assert looked == [200, 200]
    assert (first.status, second.status) == (303, 410)


async def test_link_is_over_after_a_quarter_of_an_hour(office: Office) -> None:
    link = await office.link(Role.STAFF)
    office.clock.move(timedelta(minutes=15))

    async with await office.browser() as browser:
        assert (await browser.post(link, allow_redirects=False)).status == 410


async def _new_role(office: Office, login: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        await admin.post(f"/console/staff/{login}/role", data={"role": "staff"})


async def _new_role_on_the_roster(office: Office, login: str) -> None:
    files = {
        "community.csv": f"name,phone,address\n{office.linli.community.name},1,\n", "households.csv": "building,unit,room\n3,2,501\n",
        "residents.csv": "building,unit,room,name,phone,role,tags\n", "staff.csv": f"login,name,role,phone\n{login},门岗,staff,\n",
    }  # fmt: skip
    appid = office.linli.community.appid
    await office.linli.database.write(roster.import_roster, files, appid, office.clock())


async def _off_and_on_again(office: Office, login: str) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        for _ in range(2):
            await admin.post(f"/console/staff/{login}/disable")


@pytest.mark.parametrize("change", [_new_role, _new_role_on_the_roster, _off_and_on_again])
async def test_whatever_signs_somebody_out_closes_their_open_links_too(
    office: Office, change: Callable[[Office, str], Awaitable[None]]
) -> None:
    link = await office.link(Role.GUARD)
    async with await office.browser(Role.GUARD) as guard, await office.browser() as finder:
        await change(office, "guard1")

        assert (await finder.post(link, allow_redirects=False)).status == 410
        assert (await guard.get("/console/gate", allow_redirects=False)).status == 302


async def test_link_made_where_somebody_works_too_is_closed_with_the_others(office: Office) -> None:
    def join(session: Session) -> str:
        guard = session.exec(select(Staff).where(Staff.login == "guard1")).one()
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        twin = Staff(community_id=there.key, login="guard1", person=guard.person, name="门岗", created_at=office.clock())
        session.add(twin)
        session.flush()
        return sessions.make_link(session, twin, office.clock(), timedelta(hours=1))

    link = await office.linli.database.write(join)
    await office.linli.look_around()
    async with await office.browser(Role.ADMIN) as admin, await office.browser() as finder:
        await admin.post("/console/staff/guard1/role", data={"role": "staff"})

        assert (await finder.post(f"/console/in/{link}", allow_redirects=False)).status == 410


async def test_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(office: Office) -> None:
    async with await office.browser() as browser:
        response = await browser.post(await office.link(Role.STAFF), allow_redirects=False)

    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sid=")
    for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert word in cookie


#: Ways to an installation: its public address, the Host that the browser sends, what the proxy says of the scheme.
HTTPS = ("https://linli.example.com", "linli.example.com", "https")
PLAIN_TO_HTTPS = ("https://linli.example.com", "linli.example.com", "http")
LOOPBACK = ("http://127.0.0.1:1", "127.0.0.1", "http")
LAN = ("http://192.168.1.5:8080", "192.168.1.5:8080", "http")


async def _token(office: Office) -> str:
    """Return a session that is good, as an attacker has one of their own."""
    return await office.write(
        lambda session: sessions.begin(
            session, session.exec(select(Staff).where(Staff.role == Role.MANAGER)).first(), "", office.clock()
        )
    )


@pytest.mark.parametrize(("way", "name"), [
    (HTTPS, "__Host-sid"), (PLAIN_TO_HTTPS, "__Host-sid"), (LOOPBACK, "__Host-sid"), (LAN, "sid"),
])  # fmt: skip
async def test_session_is_taken_from_one_cookie_the_strictest_there_can_be(
    office: Office, way: tuple[str, str, str], name: str
) -> None:
    """A sibling domain or a page over plain http can plant any other: the victim would work in the attacker's session."""
    url, host, scheme = way
    token, headers = await _token(office), {"Host": host, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": scheme}
    async with behind_a_proxy(office, public_url=url) as browser:
        statuses = {
            one: (await browser.get("/console/start", headers={**headers, "Cookie": f"{one}={token}"}, allow_redirects=False)).headers["Location"]
            for one in ("__Host-sid", "sid", "__Secure-sid", "__host-sid")
        }  # fmt: skip

    assert {one for one, leads in statuses.items() if leads == "/console"} == {name}


@pytest.mark.parametrize("way", [HTTPS, PLAIN_TO_HTTPS, LOOPBACK])
async def test_every_cookie_that_is_set_binds_to_this_host(office: Office, way: tuple[str, str, str]) -> None:
    url, host, scheme = way
    headers = {"Host": host, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": scheme}
    link = await office.link(Role.ADMIN)
    async with behind_a_proxy(office, public_url=url) as browser:
        entered = await browser.post(link, headers=headers, allow_redirects=False)
        form = {"role": "staff"}
        noted = await browser.post(
            "/console/staff/chen/role", data=form, headers={**headers, **cookies_of(entered)}, allow_redirects=False
        )
        left = await browser.post("/console/out", headers={**headers, **cookies_of(entered)}, allow_redirects=False)

    given = [line for response in (entered, noted, left) for line in response.headers.getall("Set-Cookie")]
    assert len(given) == 4
    for line in given:
        assert line.startswith("__Host-"), line
        assert "Secure" in line, line
        assert "Domain" not in line, line


async def test_note_that_another_site_planted_is_not_shown(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        cookie = browser.session.headers["Cookie"]
        pages = [
            await (await browser.get("/console", headers={"Cookie": f"{cookie}; {name}=planted-words"})).text()
            for name in ("note", "__Host-note")
        ]

    assert ["planted-words" in page for page in pages] == [False, True]


async def test_device_cookie_that_another_site_planted_is_not_believed(office: Office) -> None:
    await office.write(_give_password, "admin")
    form = {"login": "admin", "password": "x"}
    async with await office.browser() as browser:
        right = await browser.post("/console/in", data={"login": "admin", "password": PASSWORD}, allow_redirects=False)
        device = next(line for line in cookies_of(right)["Cookie"].split("; ") if line.startswith("__Host-device="))
        browser.session.cookie_jar.clear()
        for _ in range(6):
            await browser.post("/console/in", data=form)
        answers = [
            (await browser.post("/console/in", data=form, headers={"Cookie": cookie})).status
            for cookie in (device.removeprefix("__Host-"), device)
        ]

    assert answers == [429, 422]


@pytest.mark.parametrize(("later", "stays"), [(timedelta(hours=11), True), (timedelta(hours=13), False)])
async def test_session_ends_when_it_is_left_alone(office: Office, later: timedelta, stays: bool) -> None:
    async with await office.browser(Role.STAFF) as browser:
        office.clock.move(later)
        response = await browser.get("/console", allow_redirects=False)

    assert response.status == (200 if stays else 302)


async def test_session_in_use_ends_after_a_week_all_the_same(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        statuses = []
        for _ in range(17):
            office.clock.move(timedelta(hours=10))
            statuses.append((await browser.get("/console", allow_redirects=False)).status)

    assert statuses == [200] * 16 + [302]


async def test_disabled_account_is_out_at_once(office: Office) -> None:
    async with await office.browser(Role.GUARD) as guard, await office.browser(Role.ADMIN) as admin:
        assert (await guard.get("/console/gate")).status == 200
        await admin.post("/console/staff/guard1/disable")

        assert (await guard.get("/console/gate", allow_redirects=False)).status == 302


async def test_signing_out_ends_the_session_itself(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        await browser.post("/console/out", allow_redirects=False)

        assert (await browser.get("/console", allow_redirects=False)).status == 302


async def test_wrong_and_unknown_logins_look_the_same(office: Office) -> None:
    async with await office.browser() as browser:
        pages = [
            await (await browser.post("/console/in", data={"login": login, "password": "x"})).text()
            for login in ("admin", "nobody")
        ]

    admin, nobody = (re.sub(r'name="once" value="[^"]+"', "", page) for page in pages)  # each form has a key of its own
    assert admin.replace("admin", "") == nobody.replace("nobody", "")


async def test_sixth_try_within_a_minute_has_to_wait(office: Office) -> None:
    async with await office.browser() as browser:
        statuses = [(await browser.post("/console/in", data={"login": "admin", "password": "x"})).status for _ in range(6)]
        office.clock.move(timedelta(minutes=1, seconds=1))
        later = await browser.post("/console/in", data={"login": "admin", "password": "x"})

    assert statuses == [422] * 5 + [429]
    assert later.status == 422


async def test_signing_in_again_and_again_is_no_guessing(office: Office) -> None:
    await office.write(_give_password, "admin")
    form = {"login": "admin", "password": PASSWORD}
    async with await office.browser() as browser:
        statuses = {(await browser.post("/console/in", data=form, allow_redirects=False)).status for _ in range(8)}

    assert statuses == {303}


async def test_guessing_behind_a_proxy_makes_nobody_wait_who_sits_elsewhere_behind_it(office: Office) -> None:
    async with behind_a_proxy(office) as browser:

        async def fail(login: str, address: str) -> int:
            form, headers = {"login": login, "password": "x"}, {"X-Forwarded-For": f"6.6.6.6, {address}"}
            return (await browser.post("/console/in", data=form, headers=headers)).status

        guessed = [await fail(f"name{number}", "203.0.113.9") for number in range(21)]

        assert guessed == [422] * 20 + [429]
        assert await fail("admin", "198.51.100.7") == 422


async def test_guesser_locks_nobody_out_of_a_device_they_have_used_before(office: Office) -> None:
    await office.write(_give_password, "admin")
    right, wrong = {"login": "admin", "password": PASSWORD}, {"login": "admin", "password": "x"}
    async with await office.browser() as own, await office.browser() as other:
        first = await own.post("/console/in", data=right, allow_redirects=False)
        guessed = [(await other.post("/console/in", data=wrong)).status for _ in range(6)]
        stranger = await other.post("/console/in", data=right, allow_redirects=False)
        await own.post("/console/out", headers=cookies_of(first), allow_redirects=False)
        again = await own.post("/console/in", data=right, headers=cookies_of(first), allow_redirects=False)

    assert guessed == [422] * 5 + [429]
    assert (stranger.status, again.status) == (429, 303)
    assert "请管理员发一个登录链接" in await stranger.text()


async def test_device_of_a_namesake_is_a_strangers_for_the_other(office: Office) -> None:
    """Else somebody of another community would get five guesses with each device they let themselves be known for."""

    def settle(session: Session) -> None:
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        with scope.within(session, there.key):
            namesake = Staff(login="admin", name="同名", role=Role.ADMIN, created_at=office.clock())
            session.add(namesake)
            sessions.set_password(session, namesake, sessions.hash_password("the namesake's own"))

    await office.write(_give_password, "admin")
    await office.linli.database.write(settle)
    await office.linli.look_around()
    async with await office.browser() as browser:
        for _ in range(6):
            await browser.post("/console/in", data={"login": "admin", "password": "x"})
        office.clock.move(timedelta(seconds=61))
        own = {"login": "admin", "password": "the namesake's own"}
        known = cookies_of(await browser.post("/console/in", data=own, allow_redirects=False))
        await browser.post("/console/in", data={"login": "admin", "password": "x"}, headers=known)
        guess = {"login": "admin", "password": PASSWORD}
        guessed = await browser.post("/console/in", data=guess, headers=known, allow_redirects=False)
        entered = await browser.post("/console/in", data=own, headers=known, allow_redirects=False)

    assert (guessed.status, entered.status) == (422, 303)


async def test_password_fits_itself_only() -> None:
    kept = sessions.hash_password("a good long password")

    assert kept.startswith("$argon2id$")
    assert await sessions.check_password(kept, "a good long password")
    assert not await sessions.check_password(kept, "a good long passwort")
    assert not await sessions.check_password("", "")


def test_short_password_is_refused() -> None:
    with pytest.raises(Refusal, match="至少 10 个字符"):
        sessions.hash_password("123456789")


@pytest.mark.parametrize("common", [
    "1234567890", "0987654321", "aaaaaaaaaaaa", "abcabcabcabc", "1212121212", "Password123", "1qaz2wsx3edc", "qwertyuiop", "Admin-2026!", "admin12345", "wang.admin",
])  # fmt: skip
def test_a_password_that_is_tried_first_is_refused_with_a_better_way(common: str) -> None:
    with pytest.raises(Refusal, match="三四个不相干的词"):
        sessions.hash_password(common, "wang.admin" if common.startswith("wang") else "admin")


def test_what_only_holds_a_common_password_or_a_login_is_taken() -> None:
    for fair in ("a good long password", "admin likes green tea", "13800138000x2", "邻里邻里和苑小区物业"):
        assert sessions.hash_password(fair, "admin").startswith("$argon2id$")


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/console//evil", "/\\evil.example", "javascript:alert(1)"]
)
async def test_after_signing_in_nobody_is_sent_elsewhere(office: Office, to: str) -> None:
    async with await office.browser() as browser:
        page = await (await browser.get("/console/in", params={"to": to})).text()

    assert "evil" not in page
    assert "javascript" not in page


async def test_demo_lets_anybody_in_as_any_role_and_a_real_office_does_not(office: Office) -> None:
    async with TestServer(app.build(office.linli, demo=True)) as server, Browser(server, headers={"Host": "127.0.0.1"}) as demo:
        for role, status in (("guard", 303), ("admin", 303), ("emperor", 404)):
            async with demo.post(f"/console/in/as/{role}", allow_redirects=False) as response:
                assert response.status == status
        page = await (await demo.get("/console/in")).text()
        doors = re.findall(r'action="(/console/in/as/\w+)"', page)
        assert "以管理员身份进入" in page
        assert [(await demo.post(door, allow_redirects=False)).status for door in doors] == [303] * len(doors)
    async with await office.browser() as browser:
        assert (await browser.post("/console/in/as/admin", allow_redirects=False)).status == 404
        assert "身份进入" not in await (await browser.get("/console/in")).text()


async def test_header_of_any_bytes_is_answered(office: Office) -> None:
    def ask(what: str, header: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", office.server.port or 0), timeout=5) as line:
            line.sendall(f"{what} HTTP/1.0\r\nHost: 127.0.0.1\r\n".encode() + header + b"\r\n\r\n")
            return line.recv(100)

    for header in (b"Cookie: sid=\xff", b"Cookie: note=\xff", b"User-Agent: \xff"):
        assert b" 303 " in await asyncio.to_thread(ask, f"POST {await office.link(Role.STAFF)}", header), header
        assert b" 200 " in await asyncio.to_thread(ask, "GET /console/in", header), header


@pytest.mark.parametrize("origin", ["http://[", "http://evil.example", "http://127.0.0.1.evil.example", "null", "127.0.0.1"])
async def test_request_from_no_page_of_ours_is_refused(office: Office, origin: str) -> None:
    async with await office.browser(Role.STAFF) as browser:
        assert (await browser.post("/console/out", headers={"Origin": origin})).status == 403
        assert (await browser.get("/console")).status == 200


async def test_signing_in_is_answered_whatever_page_is_asked_for(office: Office) -> None:
    await office.write(_give_password, "admin")
    async with await office.browser() as browser:
        for to in ("/console\r\nX-Evil: 1", "/console\n", "/console/a b"):
            form = {"login": "admin", "password": PASSWORD, "to": to}
            response = await browser.post("/console/in", data=form, allow_redirects=False)
            assert (response.status, response.headers["Location"]) == (303, "/console/start"), to


@pytest.mark.parametrize(
    "to",
    [
        "/console\r\nX-Evil: 1",
        "//evil.example",
        "/console/../../x\\y",
        "https://evil.example",
        "/console//evil",
        "/console/../simulator",
        "/console/%2e%2E/simulator",
    ],
)
async def test_after_signing_in_one_is_sent_to_no_strange_place(office: Office, to: str) -> None:
    async with await office.browser() as browser:
        shown = await (await browser.get("/console/in", params={"to": to})).text()

    assert 'name="to" value=""' in shown


async def test_page_asked_for_comes_after_signing_in_whatever_its_address_holds(office: Office) -> None:
    async with await office.browser() as browser:
        response = await browser.get("/console/tickets/a%26b%23c", allow_redirects=False)

    assert response.headers["Location"] == "/console/in?to=/console/tickets/a%26b%2523c"


async def test_root_of_the_demo_welcomes_newcomers_and_elsewhere_leads_to_the_console(office: Office) -> None:
    async with TestServer(app.build(office.linli, demo=True)) as server, Browser(server, headers={"Host": "127.0.0.1"}) as demo:
        response = await demo.get("/")
        page = await response.text()
        for door in re.findall(r'action="(/console/in/as/\w+)"', page):
            async with demo.post(door, allow_redirects=False) as entered:
                assert (entered.status, entered.headers["Location"]) == (303, "/console/start")
    async with await office.browser() as browser:
        elsewhere = await browser.get("/", allow_redirects=False)

    assert response.status == 200
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert page.count("/console/in/as/") == len(Role) - 1, "nobody of the demo works for the city"
    assert all(said in page for said in ("/simulator/", 'href="/console"', "README.zh-CN.md", 'lang="en"'))
    assert elsewhere.headers["Location"] == "/console/start"


async def test_who_comes_by_a_link_and_has_no_password_is_led_to_where_one_is_set(office: Office) -> None:
    async with await office.browser() as browser:
        first = await browser.post(await office.link(Role.STAFF), allow_redirects=False)
        page = await (await browser.get(first.headers["Location"])).text()

    assert first.headers["Location"] == "/console/account"
    assert "您还没有密码，现在靠管理员发的链接登录" in page
