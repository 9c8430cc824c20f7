"""The knowledge base in the console: written, tried, taken out and brought back, taken over from files as a whole or not at all."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sqlmodel import delete, select

from bot import app
from bot.cli.serving import demo_settings
from bot.store import knowledge
from bot.store.events import Event
from bot.store.knowledge import Draft, Entry
from bot.store.staff import Role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.console.conftest import Browser, Office

PARCEL = {"question": "代收点电话", "others": "驿站号码\n\n驿站打哪个电话", "answer": "0571-1234。", "audience": "everyone"}


async def get(browser: Browser, path: str) -> tuple[int, str]:
    async with browser.get(f"/console{path}") as response:
        return response.status, await response.text()


async def post(browser: Browser, path: str, **form: str) -> tuple[int, str]:
    """Send a form; returns the status and the page that follows."""
    async with browser.post(f"/console{path}", data=form) as response:
        return response.status, await response.text()


async def entry(office: Office, question: str) -> Entry | None:
    found = await office.read(lambda session: session.exec(select(Entry).where(Entry.question == question)).all())
    return found[0] if found else None


async def number(office: Office) -> int:
    return len(await office.read(knowledge.listed))


# ------------------------------------------------------------------ writing


async def test_what_is_saved_answers_the_next_question_and_is_on_record(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        _, before = await post(staff, "/knowledge/try", text="驿站打哪个电话呀")
        status, page = await post(staff, "/knowledge", **PARCEL)
        await office.linli.learn()
        _, after = await post(staff, "/knowledge/try", text="驿站打哪个电话呀")

    assert "会这样答" not in before
    assert (status, "已启用" in page) == (200, True)
    assert "会这样答" in after
    assert "0571-1234。（物业 3月11日 更新）" in after
    saved = await entry(office, "代收点电话")
    assert saved is not None
    assert (saved.others, saved.updated_by) == (["驿站号码", "驿站打哪个电话"], "chen")
    events = await office.read(lambda session: session.exec(select(Event).where(Event.kind == "knowledge.saved")).all())
    assert [event.subject for event in events] == [f"knowledge:{saved.public_id}"]


async def test_what_is_kept_for_later_is_not_told(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        _, page = await post(staff, "/knowledge", **PARCEL, later="1")
        await office.linli.learn()
        _, after = await post(staff, "/knowledge/try", text="代收点电话")

    assert "还没有启用" in page
    assert "会这样答" not in after


@pytest.mark.parametrize(("wrong", "fault"), [
    ({"answer": "请打【请填写：电话】。"}, "答案“【请填写：电话】”还没有填"), ({"question": " "}, "问题没有写"),
    ({"valid_from": "2026-13-01"}, "日期“2026-13-01”写得不对"), ({"valid_from": "2026-06-01", "valid_until": "2026-05-01"}, "结束“2026-05-01”比开始"),
    ({"question": "门禁卡怎么补办"}, "“门禁卡怎么补办”已经有了"), ({"audience": "dogs"}, "请选告诉谁"),
])  # fmt: skip
async def test_a_fault_is_told_beside_the_form_and_nothing_typed_is_lost(
    office: Office, wrong: dict[str, str], fault: str
) -> None:
    before = await number(office)
    async with await office.browser(Role.STAFF) as staff:
        status, page = await post(staff, "/knowledge", **{**PARCEL, **wrong})

    assert (status, fault in page) == (422, True)
    assert "驿站打哪个电话" in page
    assert await number(office) == before


async def test_an_answer_from_a_talk_opens_the_form_filled_in(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        status, page = await get(staff, f"/knowledge/new?question={quote('充电桩几点断电')}&answer={quote('晚上 11 点。<b>')}")

    assert status == 200
    assert 'value="充电桩几点断电"' in page
    assert ">晚上 11 点。&lt;b&gt;</textarea>" in page


async def test_an_entry_is_changed_and_its_day_moves_on(office: Office) -> None:
    found = await entry(office, "门禁卡怎么补办")
    assert found is not None
    async with await office.browser(Role.STAFF) as staff:
        _, form = await get(staff, f"/knowledge/{found.public_id}")
        await post(staff, f"/knowledge/{found.public_id}", question=found.question, answer="30 元一张。", others="门卡掉了")
        await office.linli.learn()
        _, page = await post(staff, "/knowledge/try", text="门卡掉了")

    assert "每张 20 元" in form
    assert "30 元一张。（物业 3月11日 更新）" in page


async def test_what_is_removed_falls_silent_and_can_be_taken_back(office: Office) -> None:
    found = await entry(office, "门禁卡怎么补办")
    assert found is not None
    async with await office.browser(Role.STAFF) as staff:
        _, page = await post(staff, f"/knowledge/{found.public_id}/remove")
        await office.linli.learn()
        _, silent = await post(staff, "/knowledge/try", text="门禁卡怎么补办")
        await post(staff, f"/knowledge/{found.public_id}/restore")
        await office.linli.learn()
        _, back = await post(staff, "/knowledge/try", text="门禁卡怎么补办")

    assert "撤销刚才的批量操作" in page
    assert "会这样答" not in silent
    assert "会这样答" in back


async def test_what_several_learn_at_once_is_learned_once_by_the_newest_look(demo_var: Path) -> None:
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=demo_var))

    assert await asyncio.gather(linli.learn(), linli.learn()) == [True, False]
    linli.database.close()


# ------------------------------------------------------------------ the list


async def test_the_list_is_narrowed_by_state_and_by_words(office: Office) -> None:
    await office.write(
        lambda session: knowledge.save(
            session,
            Draft(question="去年的门禁费", answer="5 元。", valid_until=office.clock().date().replace(year=2025)),
            office.clock(),
            "chen",
        )
    )
    async with await office.browser(Role.STAFF) as staff:
        pages = {
            name: (await get(staff, f"/knowledge?show={name}&q={quote('门禁')}"))[1]
            for name in ("live", "template", "expired", "")
        }

    shown = {name: re.findall(r'data-label="问题"><a [^>]*>\s*([^<]*)', page) for name, page in pages.items()}
    assert shown["live"] == ["门禁卡怎么补办"]
    assert shown["expired"] == ["去年的门禁费"]
    assert "门禁卡怎么补办" not in shown["template"]
    assert {"门禁卡怎么补办", "去年的门禁费"} <= set(shown[""])


async def test_an_empty_knowledge_base_says_what_it_is_for_and_offers_the_templates(office: Office) -> None:
    await office.write(lambda session: session.exec(delete(Entry)))
    async with await office.browser(Role.STAFF) as staff:
        _, empty = await get(staff, "/knowledge")
        _, filled = await post(staff, "/knowledge/templates")
        again, refusal = await post(staff, "/knowledge/templates")

    assert "写一次" in empty
    assert "放入常见问题的模板" in empty
    assert re.search(r"待填写 [4-9]\d", filled)
    assert (again, "都已经有了" in refusal) == (422, True)


async def test_who_may_only_look_sees_no_form(office: Office) -> None:
    async with await office.browser(Role.CITY) as city:
        status, page = await get(city, "/knowledge")
        refused, _ = await post(city, "/knowledge", **PARCEL)

    assert (status, "写一条" in page, refused) == (200, False, 403)
    async with await office.browser(Role.GUARD) as guard:
        assert (await get(guard, "/knowledge"))[0] == 403


# ------------------------------------------------------------------ files


async def test_a_file_is_shown_before_it_is_taken_over(office: Office) -> None:
    text = "问题,答案\n代收点电话,0571-1234。\n门禁卡怎么补办,30 元一张。\n"
    async with await office.browser(Role.STAFF) as staff:
        _, preview = await post(staff, "/knowledge/import/look", text=text)
        unchanged = await number(office)
        _, page = await post(staff, "/knowledge/import", text=text)
        _, again = await post(staff, "/knowledge/import/look", text=text)

    assert "读到 2 条：新增 1 条，修改 1 条，0 条没有变化" in preview
    assert await number(office) == unchanged + 1
    assert "导入好了：新增 1 条，修改 1 条" in page
    assert "新增 0 条，修改 0 条，2 条没有变化" in again


@pytest.mark.parametrize(("text", "fault"), [
    ("问题,答案,结束\n代收点电话,0571-1234。,\n泳池,开。,明天\n", "第 3 行“明天”：结束的日期写得不对"),
    ("## 代收点电话\n\n0571-1234。\n\n## 泳池\n\n对象：狗\n\n开。\n", "第 7 行“狗”：对象只能写"),
])  # fmt: skip
async def test_a_file_with_a_fault_is_not_taken_over_at_all(office: Office, text: str, fault: str) -> None:
    before = await number(office)
    async with await office.browser(Role.STAFF) as staff:
        _, preview = await post(staff, "/knowledge/import/look", text=text)
        status, page = await post(staff, "/knowledge/import", text=text)

    assert fault in preview
    assert (status, fault in page, "什么都没有导入" in page) == (422, True, True)
    assert await number(office) == before


@pytest.mark.parametrize("kind", ["csv", "md"])
async def test_what_is_given_out_changes_nothing_when_it_is_taken_back(office: Office, kind: str) -> None:
    async with await office.browser(Role.STAFF) as staff:
        _, text = await get(staff, f"/knowledge/export.{kind}")
        _, preview = await post(staff, "/knowledge/import/look", text=text)

    assert "有 0 处" not in preview
    assert f"读到 {await number(office)} 条：新增 0 条，修改 0 条" in preview
