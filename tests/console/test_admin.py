"""What admins alone do: permissions, keys for machines, dead effects, links and roles of colleagues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.console.own import CORE
from bot.contract import Access, Permission, Services
from bot.store import effects, scope, sessions, tasks
from bot.store.apikeys import ApiKey
from bot.store.communities import Community
from bot.store.effects import Effect, EffectState
from bot.store.events import Event
from bot.store.grants import Grant
from bot.store.staff import Role, Staff

if TYPE_CHECKING:
    from tests.console.conftest import Office

VIEW = Permission(name="x.view", title="看", roles=tuple(Role))
EDIT = Permission(name="x.edit", title="改", roles=tuple(Role))
ACCESS = Access(
    permissions={"x.view": VIEW, "x.edit": EDIT}, changed={(Role.CITY, "x.edit"): True, (Role.ADMIN, "x.view"): False}
)


def rows(office: Office, kind: type[Any]) -> list[Any]:
    return list(office.linli.ask(lambda session: session.exec(select(kind)).all()))


# ------------------------------------------------------------------ permissions


def test_city_never_has_what_changes_anything_whatever_is_declared_or_granted() -> None:
    assert (ACCESS.may(Role.CITY, "x.view"), ACCESS.may(Role.CITY, "x.edit")) == (True, False)
    assert "城市" not in ACCESS.holders("x.edit")


def test_nothing_can_be_taken_from_admins() -> None:
    assert ACCESS.may(Role.ADMIN, "x.view")
    assert ACCESS.may(Role.ADMIN, "unheard.of")


async def test_changed_permission_is_in_force_at_once_marked_and_can_be_reset(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin, await office.browser(Role.STAFF) as staff:
        cell = {"permission": "ticket.view", "role": "staff"}
        assert (await staff.get("/console/tickets")).status == 200

        changed = await (await admin.post("/console/permissions", data={**cell, "allowed": "no"})).text()
        assert (await staff.get("/console/tickets")).status == 403
        reset = await (await admin.post("/console/permissions", data={**cell, "allowed": ""})).text()
        assert (await staff.get("/console/tickets")).status == 200

    assert "已改" in changed.partition("看报修工单")[2]
    assert '<span class="badge bg-yellow-lt">' not in reset
    assert rows(office, Grant) == []
    told = [event.data for event in rows(office, Event) if event.kind == "permission.changed"]
    assert [event["allowed"] for event in told] == ["no", "yes"]


async def test_all_permissions_of_all_services_stand_on_the_page(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/permissions")).text()

    assert all(item.title in page for item in office.linli.services.permissions.values())


@pytest.mark.parametrize("cell", [
    {"permission": "users.edit", "role": "admin", "allowed": "no"}, {"permission": "ticket.edit", "role": "city", "allowed": "yes"},
    {"permission": "unheard.of", "role": "staff", "allowed": "yes"}, {"permission": "ticket.view", "role": "king", "allowed": "yes"},
    {"permission": "ticket.view", "role": "staff", "allowed": "perhaps"},
])  # fmt: skip
async def test_cell_that_cannot_be_changed_is_refused(office: Office, cell: dict[str, str]) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        assert (await admin.post("/console/permissions", data=cell)).status == 422

    assert rows(office, Grant) == []


async def test_city_looks_and_changes_nothing(office: Office) -> None:
    def send_somebody(session: Session) -> None:
        session.add(Staff(login="city", name="市里", role=Role.CITY, created_at=office.clock()))
        session.add(Grant(role=Role.CITY, permission="task.view", allowed=True))

    office.linli.ask(send_somebody)
    async with await office.browser(Role.CITY) as city:
        assert (await city.get("/console/tickets")).status == 200
        assert (await city.get("/console/tasks")).status == 200
        response = await city.post("/console/tasks/x/close")

    assert response.status == 403
    assert "只看不改" in await response.text()


# ------------------------------------------------------------------ staff


async def test_city_accounts_are_made_changed_and_opened_at_the_command_line_only(office: Office) -> None:
    office.linli.ask(lambda session: session.add(Staff(login="city", name="市里", role=Role.CITY, created_at=office.clock())))
    async with await office.browser(Role.ADMIN) as admin:
        answers = [
            await admin.post("/console/staff", data={"login": "city2", "name": "市里", "role": "city"}),
            await admin.post("/console/staff/chen/role", data={"role": "city"}),
            *[await admin.post(f"/console/staff/city/{act}", data={"role": "admin"}) for act in ("link", "role", "disable")],
        ]
        page = await (await admin.get("/console/staff")).text()

    assert [answer.status for answer in answers] == [422] * 5
    assert 'value="city"' not in page.partition('id="role"')[2].partition("</select>")[0]
    assert {member.login: member.role for member in rows(office, Staff)}["chen"] is Role.STAFF


@pytest.mark.parametrize(("role", "status"), [(Role.STAFF, 422), (Role.ADMIN, 200)])
async def test_link_for_who_works_elsewhere_too_is_made_only_by_an_admin_of_both(office: Office, role: Role, status: int) -> None:
    """Else an admin would come into the other community as their colleague."""

    def join(session: Session) -> None:
        colleague = session.exec(
            select(Staff).where(Staff.login == "chen", Staff.community_id == office.linli.community.key)
        ).one()
        admin = session.exec(select(Staff).where(Staff.role == Role.ADMIN)).first()
        assert admin is not None
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        with scope.within(session, there.key):
            session.add(Staff(login="chen", person=colleague.person, name="陈", role=Role.MANAGER, created_at=office.clock()))
            session.add(Staff(login="me", person=admin.person, name="我", role=role, created_at=office.clock()))

    office.linli.database.submit(join).result()
    await office.linli.look_around()
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/staff/chen/link")

    assert response.status == status
    assert ("登录链接也能进那里" in await response.text()) == (status == 422)


async def test_account_shows_what_a_colleague_can_do_where_they_work_and_how_they_sign_in(office: Office) -> None:
    def join(session: Session) -> None:
        chen = session.exec(select(Staff).where(Staff.login == "chen", Staff.community_id == office.linli.community.key)).one()
        there = Community(appid="wx1", name="清河小区")
        session.add(there)
        session.flush()
        with scope.within(session, there.key):
            session.add(Staff(login="chen", person=chen.person, name="陈", role=Role.MANAGER, created_at=office.clock()))
        sessions.set_password(session, chen, "a hash")
        sessions.begin(session, chen, "", office.clock())

    office.linli.database.submit(join).result()
    await office.linli.look_around()
    async with await office.browser(Role.ADMIN) as admin:
        form = {"name": "陈 师傅", "phone": "１３８ 0000-1234", "skills": "水电、木工，电梯 水电"}
        saved = await (await admin.post("/console/staff/chen", data=form)).text()
        listed = await (await admin.get("/console/staff")).text()
        audit = await (await admin.get("/console/audit")).text()

    for page, at in ((saved, "3月11日（周三）10:00"), (listed, "今天 10:00")):
        assert all(words in page for words in ("陈 师傅", "13800001234", "清河小区", at))
    assert 'value="水电、木工、电梯"' in saved
    assert [listed.count(f'<span class="badge bg-blue-lt">{skill}</span>') for skill in ("水电", "木工", "电梯")] == [2, 2, 1]
    assert "有密码" in listed
    assert "改了员工资料：姓名、电话、技能" in audit
    assert "00001234" not in audit


async def test_saving_an_account_as_it_is_changes_and_records_nothing(office: Office) -> None:
    [chen] = [member for member in rows(office, Staff) if member.login == "chen"]
    async with await office.browser(Role.ADMIN) as admin:
        page = await (
            await admin.post(
                "/console/staff/chen", data={"name": chen.name, "phone": chen.phone, "skills": "、".join(chen.skills)}
            )
        ).text()

    assert "没有改动" in page
    assert [event for event in rows(office, Event) if event.kind == "staff.changed"] == []


@pytest.mark.parametrize(("form", "words"), [
    ({"name": " ", "phone": "", "skills": ""}, "姓名要填"), ({"name": "陈", "phone": "12", "skills": ""}, "不是完整的电话号码"),
    ({"name": "陈", "phone": "call me", "skills": ""}, "不是完整的电话号码"), ({"name": "陈", "phone": "1" * 21, "skills": ""}, "不是完整的电话号码"),
    ({"name": "陈", "phone": "", "skills": "、".join(map(str, range(13)))}, "技能最多写 12 个"), ({"name": "陈", "skills": "很" * 13}, "不超过 12 个字"),
])  # fmt: skip
async def test_account_that_cannot_be_kept_is_refused_in_words(office: Office, form: dict[str, str], words: str) -> None:
    before = [member.model_dump() for member in rows(office, Staff)]
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.post("/console/staff/chen", data=form)

    assert (response.status, words in await response.text()) == (422, True)
    assert [member.model_dump() for member in rows(office, Staff)] == before


@pytest.mark.parametrize(("q", "found"), [
    ("翟", {"dizhai"}), ("DIZ", {"dizhai"}), ("zhai", {"dizhai"}), ("1390000 7777", {"dizhai"}), ("7777", {"dizhai"}), ("１３９", {"dizhai"}), ("没有这个人", set()),
    ("%", set()), ("dizhai 7777", {"dizhai"}), ("-", set()),
])  # fmt: skip
async def test_colleague_is_found_by_part_of_name_login_or_phone(office: Office, q: str, found: set[str]) -> None:
    def settle(session: Session) -> None:
        for member in session.exec(select(Staff)).all():
            member.phone = ""
        session.add(Staff(login="dizhai", name="翟师傅", phone="139-0000-7777", created_at=office.clock()))

    office.linli.ask(settle)
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.get("/console/staff", params={"q": q})).text()

    assert set(re.findall(r'href="/console/staff/([\w.-]+)"', page)) == found
    assert ("没有找到" in page) == (not found)


async def test_account_is_added_with_phone_and_skills(office: Office) -> None:
    form = {"login": "zhou", "name": "周师傅", "role": "staff", "phone": "13900007777", "skills": "水电"}
    async with await office.browser(Role.ADMIN) as admin:
        page = await (await admin.post("/console/staff", data=form)).text()

    [zhou] = [member for member in rows(office, Staff) if member.login == "zhou"]
    assert (zhou.phone, zhou.skills) == ("13900007777", ["水电"])
    assert "/console/in/" in page


async def test_accounts_of_the_city_are_looked_at_in_the_list_only(office: Office) -> None:
    office.linli.ask(lambda session: session.add(Staff(login="city", name="市里", role=Role.CITY, created_at=office.clock())))
    async with await office.browser(Role.ADMIN) as admin:
        statuses = [
            (await admin.get("/console/staff/city")).status,
            (await admin.post("/console/staff/city", data={"name": "x"})).status,
        ]

        assert "市里" in await (await admin.get("/console/staff")).text()
    assert statuses == [422, 422]


# ------------------------------------------------------------------ keys


async def test_key_is_shown_once_and_opens_what_was_ticked(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        form = {"name": "东门道闸", "scope gate.read": "on", "per_minute": "30"}
        made = await (await admin.post("/console/keys", data=form)).text()
        later = await (await admin.get("/console/keys")).text()
        [secret] = set(re.findall(r"linli_[\w-]{43}", made))
        bearer = {"Authorization": f"Bearer {secret}"}
        opened = [(await admin.get("/api/v1/gate/passes", headers=bearer)).status,
                  (await admin.get("/api/v1/repairs/tickets", headers=bearer)).status]  # fmt: skip

    [key] = rows(office, ApiKey)
    assert (key.name, key.scopes, key.per_minute, key.hint) == ("东门道闸", ["gate.read"], 30, secret[-4:])
    assert f"curl -H &#34;Authorization: Bearer {secret}" in made or f'curl -H "Authorization: Bearer {secret}"' in made
    assert secret not in later
    assert f"…{secret[-4:]}" in later
    assert opened == [200, 403]


@pytest.mark.parametrize("form", [
    {"name": "", "scope gate.read": "on", "per_minute": "5"}, {"name": "x", "per_minute": "5"}, {"name": "x", "scope any": "on", "per_minute": "5"},
    {"name": "x", "scope gate.read": "on", "per_minute": "0"}, {"name": "x", "scope gate.read": "on", "per_minute": "many"},
])  # fmt: skip
async def test_key_without_name_scope_or_pace_is_not_made(office: Office, form: dict[str, str]) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        assert (await admin.post("/console/keys", data=form)).status == 422

    assert rows(office, ApiKey) == []


async def test_revoked_key_ends_at_once_and_both_stand_in_the_log(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        made = await (await admin.post("/console/keys", data={"name": "门", "scope gate.read": "on", "per_minute": "5"})).text()
        [secret] = set(re.findall(r"linli_[\w-]{43}", made))
        [key] = rows(office, ApiKey)
        page = await (await admin.post(f"/console/keys/{key.public_id}/revoke")).text()
        again = await admin.get("/api/v1/gate/passes", headers={"Authorization": f"Bearer {secret}"})
        audit = await (await admin.get("/console/audit")).text()

    assert "已停用" in page
    assert again.status == 401
    assert "新建了接口密钥" in audit
    assert "密钥“门”" in audit
    assert secret not in audit


# ------------------------------------------------------------------ effects


def die(office: Office, *keys: str, kind: str = "robot.send") -> list[str]:
    def add(session: Session) -> list[str]:
        now = office.clock()
        found = [
            Effect(kind=kind, key=key, state=EffectState.DEAD, attempts=8, reason="对方回答了 HTTP 500", due_at=now, created_at=now,
                   updated_at=now, payload={"url": "https://robot?key=secret"}) for key in keys
        ]  # fmt: skip
        session.add_all(found)
        tasks.open(session, now, kind="effect.died", need="service.watch", title="有操作没有完成", subject=effects.about(kind))
        session.flush()
        return [effect.public_id for effect in found]

    return office.linli.ask(add)


async def test_page_without_dead_letters_says_what_would_be_there(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        assert "没有失败的操作" in await (await admin.get("/console/effects")).text()


async def test_dead_letter_shows_why_and_no_payload_and_runs_again(office: Office) -> None:
    [effect] = die(office, "1")
    async with await office.browser(Role.ADMIN) as admin:
        shown = await (await admin.get("/console/effects")).text()
        after = await (await admin.post("/console/effects/bulk", data={"act": "again", f"row.{effect}": "1"})).text()
        twice = await admin.post("/console/effects/bulk", data={"act": "again", f"row.{effect}": "1"})

    assert "对方回答了 HTTP 500" in shown
    assert "试了 8 次" in shown
    assert "secret" not in shown
    assert "这个服务现在没有加载" in after, "no service of that kind is loaded, so it waits and the page says so"
    assert twice.status == 422
    [row] = rows(office, Effect)
    assert (row.state, row.attempts) == (EffectState.QUEUED, 0)
    assert [task.outcome for task in rows(office, tasks.Task) if task.kind == "effect.died"] == ["已处理"]


async def test_all_of_a_kind_run_again(office: Office) -> None:
    die(office, "1", "2", "3")
    async with await office.browser(Role.ADMIN) as admin:
        await admin.post("/console/effects/kinds/robot.send/again")

    assert {row.state for row in rows(office, Effect)} == {EffectState.QUEUED}


async def test_task_stays_until_the_last_dead_letter_of_its_kind_is_let_go(office: Office) -> None:
    first, second = die(office, "1", "2")
    async with await office.browser(Role.ADMIN) as admin:
        open_after = []
        for effect in (first, second):
            page = await (await admin.post("/console/effects/bulk", data={"act": "discard", f"row.{effect}": "1"})).text()
            open_after.append(len(office.linli.ask(lambda session: tasks.about(session, effects.about("robot.send")))))
        assert {row.state for row in rows(office, Effect)} == {EffectState.DONE}
        [undo] = re.findall(r'action="/console(/undo/\w+)"', page)
        back = await (await admin.post(f"/console{undo}")).text()

    assert open_after == [1, 0]
    assert "撤销了 1 个" in back
    assert sorted(row.state for row in rows(office, Effect)) == [EffectState.DEAD, EffectState.DONE]
    assert len(office.linli.ask(lambda session: tasks.about(session, effects.about("robot.send")))) == 1


async def test_several_accounts_are_closed_at_once_but_one_s_own_and_the_city_s(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin, await office.browser(Role.STAFF) as chen:
        logins = [member.login for member in rows(office, Staff) if member.role in (Role.ADMIN, Role.CITY, Role.STAFF)]
        page = await (
            await admin.post("/console/staff/bulk", data={"act": "disable", **{f"row.{one}": "1" for one in logins}})
        ).text()
        gone = await chen.get("/console", allow_redirects=False)
        off = {member.role for member in rows(office, Staff) if member.disabled_at}
        [undo] = re.findall(r'action="/console(/undo/\w+)"', page)
        await admin.post(f"/console{undo}")

    assert "不能停用自己" in page
    assert (gone.headers["Location"].partition("?")[0], off) == ("/console/in", {Role.STAFF})
    assert not any(member.disabled_at for member in rows(office, Staff))


def test_core_declares_the_events_of_these_pages() -> None:
    services = Services(integrations=(CORE,))

    services.require_emitted("effect.discarded", {"effect": "robot.send"})
    services.require_emitted("permission.changed", {"permission": "看", "role": "staff", "allowed": "yes"})
