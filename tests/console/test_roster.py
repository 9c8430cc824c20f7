"""The roster in the console: a file is looked at before it is taken over, by whoever sent it, and taken back as one step."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from aiohttp import FormData
from sqlalchemy import event
from sqlmodel import Session, col, select

from bot.contract import Work
from bot.rosters import rosterfile
from bot.store.events import Event
from bot.store.imports import RosterDraft, RosterImport
from bot.store.outbox import Delivery
from bot.store.people import Evidence, Household, Resident
from bot.store.staff import Role
from integrations.visitor_passes.models import Pass, PassState

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

FILE = "楼栋,单元,房号,姓名,电话,身份\n2栋,2单元,201,赵来福,19977770001,业主\n99,1,101,钱新来,19977770002,租户\n"


async def get(browser: Browser, path: str) -> tuple[int, str]:
    async with browser.get(f"/console{path}") as response:
        return response.status, await response.text()


async def post(browser: Browser, path: str, **form: str) -> tuple[int, str, str]:
    """Send a form; returns the status, the page that follows and its address."""
    async with browser.post(f"/console{path}", data=form) as response:
        return response.status, await response.text(), response.url.path.removeprefix("/console")


async def send(browser: Browser, body: bytes, name: str = "名册.csv", **form: str) -> tuple[int, str, str]:
    data = FormData({**form, "once": name})
    data.add_field("file", BytesIO(body), filename=name)
    async with browser.post("/console/roster/read", data=data) as response:
        return response.status, await response.text(), response.url.path.removeprefix("/console")


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


async def names(office: Office) -> set[str]:
    return set(await office.read(lambda session: session.exec(select(Resident.name)).all()))


async def test_a_file_is_looked_at_then_taken_over_then_taken_back(office: Office) -> None:
    before = await names(office)
    async with await office.browser(Role.MANAGER) as manager:
        status, preview, draft = await send(manager, FILE.encode())
        unchanged = await names(office)
        _, done, page = await post(manager, f"{draft}/do", seen=seen(preview))
        after = await names(office)
        _, undone, _ = await post(manager, f"{page}/undo")

    assert status == 200
    assert "钱新来" in preview
    assert "99栋1单元101" in preview
    assert unchanged == before
    assert after == before | {"赵来福", "钱新来"}
    assert "导入好了：新房屋 1 户，新住户 2 人" in done
    assert "撤销好了" in undone
    assert await names(office) == before
    events = await office.read(lambda session: session.exec(select(Event).where(Event.kind.startswith("roster."))).all())
    assert [(event.kind, event.actor) for event in events] == [("roster.imported", "staff:liu"), ("roster.undone", "staff:liu")]


async def test_every_fault_is_told_and_nothing_is_kept(office: Office) -> None:
    faulty = FILE + "3月2日,,501,孙,1.39E+10,boss\n"
    async with await office.browser(Role.MANAGER) as manager:
        status, page, _ = await send(manager, faulty.encode())

    assert status == 422
    assert "有 3 处要改，什么都没有导入" in page
    assert "第 4 行 A 列（楼栋）“3月2日”是日期，不是号码" in page
    assert "第 4 行 E 列（电话）“1.39E+10”是科学记数" in page
    assert await office.read(lambda session: session.exec(select(RosterDraft)).all()) == []


async def test_a_file_belongs_to_who_sent_it_and_for_an_hour(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.ADMIN) as admin:
        _, preview, draft = await send(manager, FILE.encode())
        other, _ = await get(admin, draft)
        taken, _, _ = await post(admin, f"{draft}/do", seen=seen(preview))
        office.clock.move(timedelta(hours=1))
        late, text = await get(manager, draft)

    assert (other, taken, late) == (404, 404, 422)
    assert "请重新传一次" in text


async def test_what_changed_meanwhile_is_shown_before_it_is_done(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        _, preview, draft = await send(manager, FILE.encode())

        def rename(session: object) -> None:
            one = session.exec(select(Resident)).first()  # type: ignore[attr-defined]
            one.phone = "19977770002"
            session.add(one)  # type: ignore[attr-defined]

        await office.write(rename)
        _, page, where = await post(manager, f"{draft}/do", seen=seen(preview))
        _, _, blind = await post(manager, f"{draft}/do")
        again = await (await manager.get(f"/console{draft}")).text()

    assert (where, blind) == (draft, draft)
    assert "名册又有了变化" in page
    assert f'value="{seen(preview)}"' not in again, "it is compared anew, so that what differs by now is seen"
    assert await office.read(lambda session: session.exec(select(RosterImport)).all()) == []


async def test_paging_through_what_a_file_would_change_compares_nothing_anew(office: Office) -> None:
    rows = "".join(f"88-1-{number},新人{number}\n" for number in range(101, 221))
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    async with await office.browser(Role.MANAGER) as manager:
        _, first, draft = await send(manager, f"房屋,姓名\n{rows}".encode())
        event.listen(office.linli.database.engine, "before_cursor_execute", note)
        pages = [await (await manager.get(f"/console{draft}?show=new&page={number}")).text() for number in (2, 3, 9)]
        event.remove(office.linli.database.engine, "before_cursor_execute", note)
        await post(manager, f"{draft}/choose", whole="1")
        anew = await (await manager.get(f"/console{draft}?show=left")).text()

    assert "新人101" in first
    assert ["新人151" in pages[0], "新人201" in pages[1], "新人220" in pages[2]] == [True] * 3
    assert not any("FROM resident" in one or "personal_rows" in one for one in asked)
    assert re.search(r"<strong>[1-9]\d*</strong><span>迁出", anew), "taken as the whole roster it is compared anew"


async def test_a_new_name_can_be_said_to_be_somebody_else(office: Office) -> None:
    one = await office.read(lambda session: session.exec(select(Resident).where(Resident.phone != "")).first())
    flat = await office.read(lambda session: session.get_one(type(one), one.id) and _flat_of(session, one))
    text = f"房屋,姓名,电话\n{flat},改名字,{one.phone}\n"
    async with await office.browser(Role.MANAGER) as manager:
        _, preview, draft = await send(manager, text.encode())
        _, questions = await get(manager, f"{draft}?show=questions")
        _, other, _ = await post(manager, f"{draft}/choose", line="2")

    assert f"{one.name}在文件里叫改名字" in questions
    assert re.search(r"<strong>0</strong><span>新住户", preview)
    assert re.search(r"<strong>1</strong><span>新住户", other)
    assert "还是当作同一个人" in other


def _flat_of(session: object, one: Resident) -> str:
    flat = session.get_one(Household, one.household_id)  # type: ignore[attr-defined]
    return f"{flat.building}-{flat.unit}-{flat.room}"


async def test_a_whole_roster_that_would_let_many_move_out_is_warned_of(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        _, preview, draft = await send(manager, FILE.encode(), whole="1")
        _, pages = await get(manager, f"{draft}?show=left&page=2")
        _, partly, _ = await post(manager, f"{draft}/choose")

    assert "文件真的是整个小区的名册吗" in preview
    assert re.search(r"第 2 / \d+ 页", pages)
    assert re.search(r"<strong>0</strong><span>迁出", partly)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_what_is_given_out_changes_nothing_when_it_is_sent_back(office: Office, kind: str) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        async with manager.post("/console/roster/export", data={"kind": kind, "once": kind}) as response:
            body = await response.read()
        _, preview, _ = await send(manager, body, f"名册.{kind}", whole="1")

    assert "和名册完全一样，不用导入" in preview
    events = await office.read(lambda session: session.exec(select(Event).where(Event.kind == "roster.exported")).all())
    assert len(events) == 1


async def test_an_empty_page_teaches_and_gives_a_template(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        _, page = await get(manager, "/roster")
        async with manager.get("/console/roster/template.xlsx") as response:
            body = await response.read()
        nothing, text, _ = await post(manager, "/roster/read")

    assert "还没有导入过" in page
    assert "/console/roster/template.xlsx" in page
    assert list(rosterfile.read(body).columns.values()) == list(rosterfile.HEAD)
    assert nothing == 422
    assert "请先选一个文件" in text


async def test_a_file_that_is_too_large_is_refused(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        status, _, _ = await send(manager, b"x" * (rosterfile.LARGEST + 200_000))

    assert status == 413


PART = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


@pytest.mark.parametrize("body", [
    b"", b"--x", b"--x--", PART % (b"a", b"b"), PART % (b"a", b"\xff") + b"--x--", b"--x\r\n\r\nwithout a name\r\n--x--",
    PART % (b"a", b"b") * 30 + b"--x--", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
])  # fmt: skip
async def test_a_form_in_parts_that_is_broken_is_refused_with_words(office: Office, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with (
        await office.browser(Role.MANAGER) as manager,
        manager.post("/console/roster/read", data=body, headers=headers) as response,
    ):
        assert response.status in (400, 422)
        assert "请" in await response.text()


async def test_only_a_page_that_takes_files_takes_a_form_in_parts(office: Office) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with (
        await office.browser(Role.MANAGER) as manager,
        manager.post("/console/roster/export", data=PART % (b"kind", b"csv") + b"--x--", headers=headers) as response,
    ):
        assert response.status == 415


async def test_a_name_of_a_file_keeps_its_chinese_and_loses_its_folders(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        head = 'Content-Disposition: form-data; name="file"; filename="C:\\\\资料\\\\名册 3月.csv"\r\nContent-Type: text/csv'
        body = f"--x\r\n{head}\r\n\r\n{FILE}\r\n--x--\r\n".encode()
        async with manager.post(
            "/console/roster/read", data=body, headers={"Content-Type": 'multipart/form-data; boundary="x"'}
        ) as response:
            page = await response.text()

    assert "“名册 3月.csv”" in page


async def test_whoever_may_not_sees_neither_page_nor_people(office: Office) -> None:
    for role in (Role.GUARD, Role.STAFF, Role.CITY):
        async with await office.browser(role) as browser:
            statuses = [
                (await get(browser, "/roster"))[0],
                (await post(browser, "/roster/export"))[0],
                (await send(browser, b"x"))[0],
            ]
        assert statuses == [403, 403, 403]


async def test_who_leaves_by_a_file_loses_what_the_flat_gave_and_gets_the_account_back_by_undo(office: Office) -> None:
    def settle(session: Session) -> tuple[str, str]:
        work = Work(session=session, now=office.clock(), context=office.linli.context)
        flat = session.exec(select(Household)).first()
        assert flat is not None
        one = work.settle(flat, name="赵来福")
        work.bind(one, "oZhao", Evidence.CODE)
        tomorrow = office.clock() + timedelta(days=1)
        leave = Pass(
            code="731284", resident_id=one.key, household_id=flat.key, visitor_name="孙", starts_at=tomorrow,
            ends_at=tomorrow + timedelta(hours=2), created_at=office.clock(),
        )  # fmt: skip
        session.add(leave)
        return one.public_id, f"楼栋,单元,房号,姓名,迁出日期\n{flat.building},{flat.unit},{flat.room},赵来福,2026-03-10\n"

    async def stands() -> tuple[str | None, PassState]:
        def look(session: Session) -> tuple[str | None, PassState]:
            return (
                session.exec(select(Resident.openid).where(Resident.public_id == key)).one(),
                session.exec(select(Pass.state).where(Pass.code == "731284")).one(),
            )

        return await office.read(look)

    def said_to_zhao(session: Session) -> list[str]:
        sent = session.exec(select(Delivery).where(Delivery.openid == "oZhao").order_by(col(Delivery.id))).all()
        return [one.payload["text"] for one in sent]

    key, file = await office.write(settle)
    async with await office.browser(Role.MANAGER) as manager:
        _, preview, draft = await send(manager, file.encode())
        _, _, page = await post(manager, f"{draft}/do", seen=seen(preview))
        gone = await stands()
        told = await office.read(said_to_zhao)
        _, offered = await get(manager, page)
        await post(manager, f"{page}/undo")

    assert "有 1 位绑定了微信的居民，这次迁出的是最后一套房：一导入，微信绑定就解除" in preview
    assert "绑定不会解除" not in preview
    assert gone == (None, PassState.CANCELLED)
    assert len(told) == 1
    assert "物业解除了您的微信与" in told[0]
    assert "微信会重新绑上" in offered
    assert await stands() == ("oZhao", PassState.CANCELLED)
    assert ["重新绑上了" in said for said in await office.read(said_to_zhao)] == [False, True]
    events = await office.read(lambda session: session.exec(select(Event).where(Event.subject == f"resident:{key}")).all())
    assert [(event.kind, event.data.get("reason") or event.data.get("evidence")) for event in events] == [
        ("resident.bound", "code"), ("resident.moved_out", None), ("resident.unbound", "moved_out"),
        ("resident.moved_in", "roster"), ("resident.bound", "undone"),
    ]  # fmt: skip
