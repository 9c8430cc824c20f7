"""My account: one's own password, devices and second step, which hold for the person and are changed only by themselves."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from sqlmodel import Session, select

from bot import totp
from bot.console.account import browser_words
from bot.store import scope, sessions
from bot.store.communities import Community
from bot.store.events import Event
from bot.store.staff import Role, Staff
from tests.console.conftest import Browser
from tests.console.test_signing_in import behind_a_proxy, cookies_of

if TYPE_CHECKING:
    from tests.console.conftest import Office

PASSWORD = "a good long password"
NEW = {"password": "another long password", "again": "another long password"}
STEP = timedelta(seconds=totp.STEP)


async def give_password(office: Office, role: Role) -> None:
    def give(session: Session) -> None:
        member = session.exec(select(Staff).where(Staff.role == role)).first()
        assert member is not None
        sessions.set_password(session, member, sessions.hash_password(PASSWORD))

    await office.write(give)


async def login_of(office: Office, role: Role) -> str:
    return await office.read(lambda session: session.exec(select(Staff.login).where(Staff.role == role)).first() or "")


async def set_up(office: Office, browser: Browser) -> tuple[bytes, list[str]]:
    """Switch the second step on as a person does; returns the app's key and the recovery codes. The code of now is used."""
    shown = await (await browser.post("/console/account/totp")).text()
    [written] = re.findall(r'<p class="code mt-2 mb-0">([A-Z2-7 ]+)</p>', shown)
    assert "data:image/svg+xml" in shown
    key = b32decode(written.replace(" ", ""))
    done = await browser.post("/console/account/totp/confirm", data={"code": code_of(key, office)})
    codes = re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", await done.text())
    assert len(codes) == 10
    return key, codes


def code_of(key: bytes, office: Office) -> str:
    return totp.code_at(key, totp.counter_at(office.clock()))


async def kinds(office: Office) -> list[str]:
    return await office.read(
        lambda session: list(session.exec(select(Event.kind).where(Event.kind.startswith("staff.")).order_by(Event.id)).all())
    )  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_of_the_staff_has_the_page_and_the_way_there(office: Office, role: Role) -> None:
    async with await office.browser(role) as browser:
        page = await browser.get("/console/account")
        text = await page.text()
        saved = await browser.post("/console/account/password", data=NEW, allow_redirects=False)

    assert page.status == 200
    assert all(words in text for words in ("密码", "两步验证", "登录着的设备", "就是这台", 'href="/console/account"'))
    assert saved.status == 303, "the city may change nothing else"


async def test_page_asks_who_is_not_signed_in_to_sign_in_and_leads_back(office: Office) -> None:
    async with await office.browser() as browser:
        response = await browser.get("/console/account", allow_redirects=False)

    assert response.headers["Location"] == "/console/in?to=/console/account"


# ------------------------------------------------------------------ password


async def test_new_password_signs_in_and_ends_other_devices_and_open_links(office: Office) -> None:
    await give_password(office, Role.STAFF)
    link = await office.link(Role.STAFF)
    login = await login_of(office, Role.STAFF)
    async with await office.browser(Role.STAFF) as browser, await office.browser(Role.STAFF) as other:
        saved = await browser.post("/console/account/password", data=NEW)
        mine, theirs = [(await one.get("/console", allow_redirects=False)).status for one in (browser, other)]
        found = await other.post(link, allow_redirects=False)
        entered = [
            (await other.post("/console/in", data={"login": login, "password": password}, allow_redirects=False)).status
            for password in (PASSWORD, NEW["password"])
        ]

    assert "密码改好了" in await saved.text()
    assert (mine, theirs, found.status) == (200, 302, 410)
    assert entered == [422, 303]
    assert "staff.password_set" in await kinds(office)


@pytest.mark.parametrize(("form", "words"), [
    ({"password": "short", "again": "short"}, "密码至少 10 个字符"), ({"password": "x" * 12, "again": "y" * 12}, "两次输入的新密码不一样"),
    ({}, "密码至少 10 个字符"),
])  # fmt: skip
async def test_password_that_is_short_or_mistyped_is_refused_in_words(office: Office, form: dict[str, str], words: str) -> None:
    async with await office.browser(Role.STAFF) as browser:
        response = await browser.post("/console/account/password", data=form)

    assert (response.status, words in await response.text()) == (422, True)


async def test_who_signed_in_long_ago_gives_the_present_password_to_change_it(office: Office) -> None:
    await give_password(office, Role.STAFF)
    async with await office.browser(Role.STAFF) as browser:
        office.clock.move(timedelta(minutes=11))
        statuses = [
            (await browser.post("/console/account/password", data={**NEW, **more}, allow_redirects=False)).status
            for more in ({}, {"present": "x"}, {"present": PASSWORD})
        ]

    assert statuses == [422, 422, 303]


async def test_who_took_a_session_over_cannot_guess_the_password_nor_lock_its_owner_out(office: Office) -> None:
    await give_password(office, Role.STAFF)
    async with await office.browser(Role.STAFF) as thief, await office.browser(Role.STAFF) as owner:
        office.clock.move(timedelta(minutes=11))
        pages = [await (await thief.post("/console/account/password", data={**NEW, "present": str(n)})).text() for n in range(6)]
        right = {**NEW, "present": PASSWORD}
        guessed = await thief.post("/console/account/password", data=right, allow_redirects=False)
        own = await owner.post("/console/account/password", data=right, allow_redirects=False)

    assert ["试得太频繁了" in page for page in pages] == [False] * 5 + [True]
    assert (guessed.status, own.status) == (422, 303)


async def test_who_has_no_password_and_signed_in_long_ago_is_told_how_to_come_by_one(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        office.clock.move(timedelta(minutes=11))
        shown = await (await browser.get("/console/account")).text()
        response = await browser.post("/console/account/password", data=NEW)

    assert "请管理员发一个登录链接" in shown
    assert response.status == 422


# ------------------------------------------------------------------ devices


async def test_devices_are_listed_and_one_is_signed_out(office: Office) -> None:
    link = await office.link(Role.STAFF)
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
    async with await office.browser(Role.STAFF) as browser, await office.browser() as phone:
        await phone.post(link, headers={"User-Agent": agent}, allow_redirects=False)
        shown = await (await browser.get("/console/account")).text()
        [key] = re.findall(r'action="/console/account/devices/(\w+)/out"', shown)
        await browser.post(f"/console/account/devices/{key}/out")
        gone = await phone.get("/console", allow_redirects=False)
        again = await browser.post(f"/console/account/devices/{key}/out")

    assert "微信 · 安卓" in shown
    assert "127.0.0.1" in shown
    assert (gone.status, again.status) == (302, 404)
    assert "staff.signed_out" in await kinds(office)


async def test_all_others_are_signed_out_and_open_links_close(office: Office) -> None:
    link = await office.link(Role.STAFF)
    async with await office.browser(Role.STAFF) as browser, await office.browser(Role.STAFF) as other:
        await browser.post("/console/account/out")
        statuses = [(await one.get("/console", allow_redirects=False)).status for one in (browser, other)]

        assert (await other.post(link, allow_redirects=False)).status == 410
    assert statuses == [200, 302]


async def test_device_of_a_colleague_is_nobodys_to_sign_out(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser, await office.browser(Role.MANAGER) as colleague:
        token = colleague.session.headers["Cookie"].partition("=")[2]
        response = await browser.post(f"/console/account/devices/{sessions.key_of(token)}/out")

        assert response.status == 404
        assert (await colleague.get("/console", allow_redirects=False)).status == 200


async def test_signing_in_again_leaves_no_session_of_before_behind(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        await browser.post(await office.link(Role.STAFF), allow_redirects=False)
        held = await office.read(lambda session: len(session.exec(select(sessions.StaffSession)).all()))

    assert held == 1


@pytest.mark.parametrize(("name", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
    ("curl/8.0", "不认识的浏览器"), ("", "不认识的浏览器"),
])  # fmt: skip
def test_browsers_are_called_what_people_call_them(name: str, words: str) -> None:
    assert browser_words(name) == words


# ------------------------------------------------------------------ the second step


async def test_second_step_is_asked_after_a_password_and_after_a_link(office: Office) -> None:
    await give_password(office, Role.MANAGER)
    login = await login_of(office, Role.MANAGER)
    async with await office.browser(Role.MANAGER) as browser:
        key, _ = await set_up(office, browser)
    ways: list[tuple[str, dict[str, str]]] = [
        ("/console/in", {"login": login, "password": PASSWORD, "to": "/console/tickets"}), (await office.link(Role.MANAGER), {}),
    ]  # fmt: skip
    for address, form in ways:
        office.clock.move(STEP)
        async with await office.browser() as browser:
            first = await browser.post(address, data=form, allow_redirects=False)
            shut = await browser.get("/console", allow_redirects=False)
            asked = await browser.get(first.headers["Location"])
            wrong = await browser.post("/console/in/code", data={"code": "000000"}, allow_redirects=False)
            right = {"code": code_of(key, office), "to": form.get("to", "")}
            entered = await browser.post("/console/in/code", data=right, allow_redirects=False)
            inside = await browser.get("/console", allow_redirects=False)

        assert unquote(first.headers["Location"]) == "/console/in/code" + (f"?to={form['to']}" if form else "")
        assert "6 位数字" in await asked.text()
        assert (shut.status, wrong.status, entered.status, inside.status) == (302, 422, 303, 200)
        assert entered.headers["Location"] == (form.get("to") or "/console/start")


async def test_code_that_was_used_signs_nobody_in_again(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        key, _ = await set_up(office, browser)
    office.clock.move(STEP)
    statuses = []
    for _ in range(2):
        async with await office.browser() as browser:
            await browser.post(await office.link(Role.STAFF), allow_redirects=False)
            code = {"code": code_of(key, office)}
            statuses.append((await browser.post("/console/in/code", data=code, allow_redirects=False)).status)

    assert statuses == [303, 422]


async def test_recovery_code_signs_in_once_and_the_page_counts_what_is_left(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        _, codes = await set_up(office, browser)
    statuses = []
    for _ in range(2):
        async with await office.browser() as browser:
            await browser.post(await office.link(Role.STAFF), allow_redirects=False)
            entered = await browser.post("/console/in/code", data={"code": codes[0].lower()}, allow_redirects=False)
            statuses.append(entered.status)
            shown = await (await browser.get("/console/account")).text()
            if entered.status == 303:
                assert "还剩 9 个备用码" in shown

    assert statuses == [303, 422]


async def test_codes_cannot_be_guessed_and_who_guesses_locks_no_known_device_out(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        key, _ = await set_up(office, browser)
        known = cookies_of(await browser.post(await office.link(Role.STAFF), allow_redirects=False))
    office.clock.move(STEP)
    async with await office.browser() as browser:  # a device that becomes known
        await browser.post(await office.link(Role.STAFF), allow_redirects=False)
        entered = await browser.post("/console/in/code", data={"code": code_of(key, office)}, allow_redirects=False)
        known = {"Cookie": cookies_of(entered)["Cookie"].split("; ")[1]}
    office.clock.move(STEP)
    async with await office.browser() as guesser, await office.browser() as owner:
        await guesser.post(await office.link(Role.STAFF), allow_redirects=False)
        guessed = [(await guesser.post("/console/in/code", data={"code": f"00000{n}"})).status for n in range(6)]
        half = await owner.post(await office.link(Role.STAFF), headers=known, allow_redirects=False)
        headers = {"Cookie": f"{known['Cookie']}; {cookies_of(half)['Cookie']}"}
        code = {"code": code_of(key, office)}
        own = await owner.post("/console/in/code", data=code, headers=headers, allow_redirects=False)

    assert guessed == [422] * 5 + [429]
    assert own.status == 303


async def test_code_is_asked_of_nobody_who_has_not_given_the_first_proof(office: Office) -> None:
    async with await office.browser() as browser:
        shown = await browser.get("/console/in/code", allow_redirects=False)
        sent = await browser.post("/console/in/code", data={"code": "000000"}, allow_redirects=False)
    async with await office.browser(Role.STAFF) as browser:
        inside = await browser.get("/console/in/code", allow_redirects=False)

    assert (shown.status, sent.status, inside.status) == (302, 403, 302)


async def test_second_step_is_switched_off_with_a_code_only(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        _, codes = await set_up(office, browser)
        wrong = await browser.post("/console/account/totp/off", data={"code": "000000"})
        right = await browser.post("/console/account/totp/off", data={"code": codes[0]})
        entered = await browser.post(await office.link(Role.STAFF), allow_redirects=False)

    assert (wrong.status, "两步验证已关闭" in await right.text()) == (422, True)
    assert entered.headers["Location"] == "/console/account"
    assert [kind for kind in await kinds(office) if "totp" in kind] == ["staff.totp_on", "staff.totp_off"]


async def test_new_recovery_codes_are_shown_once_against_a_code(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        _, codes = await set_up(office, browser)
        refused = await browser.post("/console/account/totp/codes", data={"code": ""})
        shown = await (await browser.post("/console/account/totp/codes", data={"code": codes[0]})).text()
        later = await (await browser.get("/console/account")).text()

    renewed = re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", shown)
    assert refused.status == 422
    assert (len(renewed), set(renewed) & set(codes)) == (10, set())
    assert not any(code in later for code in renewed)


async def test_key_is_shown_only_while_it_is_set_up(office: Office) -> None:
    async with await office.browser(Role.STAFF) as browser:
        await browser.post("/console/account/totp")
        waiting = await (await browser.get("/console/account")).text()
        await set_up(office, browser)
        again = await browser.post("/console/account/totp")

    assert "data:image/svg" not in waiting
    assert again.status == 422


async def test_second_step_is_begun_by_nobody_who_took_an_old_session_over(office: Office) -> None:
    """Else they would lock its owner out for good."""
    await give_password(office, Role.STAFF)
    async with await office.browser(Role.STAFF) as browser:
        office.clock.move(timedelta(minutes=11))
        statuses = [(await browser.post("/console/account/totp", data=form)).status for form in ({}, {"present": PASSWORD})]

    assert statuses == [422, 200]


# ------------------------------------------------------------------ who must have it


async def test_admin_who_owes_the_second_step_is_led_to_it_from_everywhere_and_can_do_nothing_else(office: Office) -> None:
    async with behind_a_proxy(office, trusted_proxies=[], admin_totp=True) as browser:
        await browser.post(await office.link(Role.ADMIN), allow_redirects=False)
        canonical = {
            route.resource.canonical for route in browser.server.app.router.routes() if route.resource and route.method == "GET"
        }  # type: ignore[union-attr]
        led = {
            path: (await browser.get(re.sub(r"\{[^}]*\}", "1", path), allow_redirects=False))
            for path in canonical
            if path.startswith("/console") and not path.startswith(("/console/in", "/console/account"))
        }
        done = await browser.post("/console/staff/chen/role", data={"role": "admin"}, allow_redirects=False)
        page = await (await browser.get("/console/account")).text()

    elsewhere = {path: response.headers.get("Location") for path, response in led.items()}
    assert len(elsewhere) > 20
    assert {path for path, leads in elsewhere.items() if leads != "/console/account"} <= {
        "/console/",
        "/console/intents/file/{path}",
    }
    assert done.headers["Location"] == "/console/account"
    assert "请先在下面设好" in page
    assert 'href="/console/staff"' not in page


async def test_admin_who_set_it_up_works_on_and_cannot_switch_it_off(office: Office) -> None:
    async with behind_a_proxy(office, trusted_proxies=[], admin_totp=True) as browser:
        await browser.post(await office.link(Role.ADMIN), allow_redirects=False)
        _, codes = await set_up(office, browser)
        inside = await browser.get("/console/staff", allow_redirects=False)
        refused = await browser.post("/console/account/totp/off", data={"code": codes[0]})

    assert inside.status == 200
    assert (refused.status, "不能关闭" in await refused.text()) == (422, True)


@pytest.mark.parametrize("role", [Role.GUARD, Role.STAFF, Role.MANAGER])
async def test_second_step_is_asked_of_no_other_role(office: Office, role: Role) -> None:
    async with behind_a_proxy(office, trusted_proxies=[], admin_totp=True) as browser:
        await browser.post(await office.link(role), allow_redirects=False)

        assert (await browser.get("/console/account")).status == 200
        assert (await browser.get("/console/start", allow_redirects=False)).headers["Location"] != "/console/account"


async def test_admin_resets_a_colleagues_second_step_and_not_their_own(office: Office) -> None:
    login = await login_of(office, Role.STAFF)
    async with await office.browser(Role.STAFF) as colleague, await office.browser(Role.ADMIN) as admin:
        await set_up(office, colleague)
        own = await admin.post(f"/console/staff/{await login_of(office, Role.ADMIN)}/totp")
        done = await admin.post(f"/console/staff/{login}/totp")
        out = await colleague.get("/console", allow_redirects=False)
        entered = await colleague.post(await office.link(Role.STAFF), allow_redirects=False)
        audit = await (await admin.get("/console/audit")).text()

    assert (own.status, done.status, out.status) == (422, 200, 302)
    assert entered.headers["Location"] == "/console/account"
    assert "重置了两步验证" in audit


async def test_second_step_of_who_works_elsewhere_too_is_reset_only_by_an_admin_of_both(office: Office) -> None:
    """Else an admin would take from the other community's account what guards it."""

    def join(session: Session) -> None:
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        member = session.exec(select(Staff).where(Staff.login == "chen", Staff.community_id == office.linli.community.key)).one()
        with scope.within(session, there.key):
            session.add(Staff(login="chen", person=member.person, name="陈", role=Role.ADMIN, created_at=office.clock()))

    await office.linli.database.write(join)
    await office.linli.look_around()
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/staff/chen/totp")

    assert (response.status, "linli user totp-reset chen" in await response.text()) == (422, True)


async def test_admin_who_looks_at_a_community_where_they_are_staff_cannot_switch_the_second_step_off(office: Office) -> None:
    """The app is the person's: off here it would be off where they are an admin."""

    def join(session: Session) -> int:
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        with scope.within(session, office.linli.community.key):
            member = session.exec(select(Staff).where(Staff.role == Role.ADMIN)).one()
        with scope.within(session, there.key):
            session.add(Staff(login="xu", person=member.person, name="许", role=Role.STAFF, created_at=office.clock()))
        return there.key

    there = await office.linli.database.write(join)
    await office.linli.look_around()
    async with behind_a_proxy(office, trusted_proxies=[], admin_totp=True) as browser:
        await browser.post(await office.link(Role.ADMIN), allow_redirects=False)
        _, codes = await set_up(office, browser)
        await browser.post(f"/console/look/{there}", allow_redirects=False)
        page = await (await browser.get("/console/account")).text()
        refused = await browser.post("/console/account/totp/off", data={"code": codes[0]})

    assert "清河小区" in page
    assert (refused.status, "不能关闭" in await refused.text()) == (422, True)
