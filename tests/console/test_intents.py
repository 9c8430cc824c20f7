"""Intents in the browser: written, checked, tried, saved, brought back; what was not understood becomes an example."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, SQLModel, select

from bot import config
from bot.store import scope, unmatched
from bot.store.communities import Community
from bot.store.events import Event
from bot.store.staff import Role, Staff
from bot.store.unmatched import Unmatched

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

HOURS = "/console/intents/file/faq/hours.yaml"
HISTORY = "/console/intents/history/faq/hours.yaml"

POOL = """intent: pool.hours
title: 泳池开放时间
examples: |
  - 泳池几点开门
  - 游泳池几点关
  - 现在能去游泳吗
reply: 泳池早上九点到晚上九点开放。
tests:
  - {text: 泳池几点开门}
"""


def stamp_in(page: str) -> str:
    return re.findall(r'name="stamp" value="(\w*)"', page)[0]


def text_in(page: str) -> str:
    return unescape(re.findall(r'<textarea[^>]* name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[0])


async def page_of(browser: Browser, path: str) -> str:
    response = await browser.get(path)
    assert response.status == 200, path
    return str(await response.text())


async def save(browser: Browser, path: str, text: str, **more: str) -> tuple[int, str]:
    stamp = more.pop("stamp") if "stamp" in more else stamp_in(await page_of(browser, path))
    response = await browser.post(path, data={"text": text, "stamp": stamp, **more})
    return response.status, await response.text()


def own(office: Office, path: str = "faq/hours.yaml") -> str:
    return (office.linli.settings.intents_folder / path).read_text("utf-8")


# ------------------------------------------------------------------ the list


async def test_intents_are_found_by_words_of_their_examples_and_tests(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as browser:
        by_example = await page_of(browser, "/console/intents?q=物业中午休息吗")
        by_test = await page_of(browser, "/console/intents?q=驿站几点下班")
        by_end = await page_of(browser, "/console/intents?ends=emergency")
        nothing = await page_of(browser, "/console/intents?q=没有这样的")

    assert "faq.hours" in by_example
    assert "faq.hours" in by_test
    assert "emergency.fire" in by_end
    assert "faq.hours" not in by_end
    assert "没有找到" in nothing


async def test_changed_files_can_be_picked_out(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        await save(browser, HOURS, own(office).replace("title: 办公时间", "title: 上班时间"))
        page = await page_of(browser, "/console/intents?origin=changed")

    assert re.findall(r'class="id">([\w.]+)<', page.partition("<tbody>")[2]) == ["faq.hours"]


# ------------------------------------------------------------------ new


async def test_new_intent_begins_with_a_template_that_can_be_saved_once_its_reply_is_written(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        form = {"intent": "pool.hours", "title": "泳池开放时间", "ends": "reply"}
        page = await (await browser.post("/console/intents/new", data=form)).text()
        early = await save(browser, "/console/intents/file/pool/hours.yaml", text_in(page), stamp="", force="1")
        written = text_in(page).replace("【请改成要对居民说的话】", "泳池每天八点开。")
        status, said = await save(browser, "/console/intents/file/pool/hours.yaml", written, stamp="", force="1")

    assert (early[0], "居民会原样看到" in early[1]) == (422, True)
    assert (status, "已保存" in said) == (200, True)
    assert office.linli.understanding.catalogue.intents["pool.hours"].title == "泳池开放时间"
    assert own(office, "pool/hours.yaml").startswith("# ")


@pytest.mark.parametrize(("name", "title", "said"), [
    ("Pool", "泳池", "例如 pool.hours"), ("faq.hours", "泳池", "已经有了"), ("../up.x", "泳池", "例如 pool.hours"), ("pool.x", "", "一到二十个字"),
    ("pool.x", "a: b", "不要标点"),
])  # fmt: skip
async def test_new_intent_with_an_odd_name_is_asked_for_again(office: Office, name: str, title: str, said: str) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        response = await browser.post("/console/intents/new", data={"intent": name, "title": title})
        page = await response.text()

    assert (response.status, said in page) == (422, True)


@pytest.mark.parametrize("path", ["../up.yaml", "a/../../up.yaml", "Up.yaml", "up.txt", "up.yaml.1"])
async def test_no_file_is_made_outside_the_folder_or_under_an_odd_name(office: Office, path: str) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        response = await browser.post(
            f"/console/intents/file/{path.replace('..', '%2E%2E')}", data={"text": POOL, "stamp": "", "force": "1"}
        )

    assert response.status in (403, 404)
    found = {file.name for file in office.linli.settings.intents_folder.parent.rglob("*")}
    assert not found & {"up.yaml", "Up.yaml", "up.txt", "up.yaml.1"}


# ------------------------------------------------------------------ faults


async def test_fault_is_told_at_its_line_and_column_while_one_types(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        form = {"text": own(office).replace("title: 办公时间", "titel: 办公时间")}
        part = await (await browser.post("/console/intents/check/faq/hours.yaml", data=form)).text()
        sound = await (await browser.post("/console/intents/check/faq/hours.yaml", data={"text": own(office)})).text()

    assert "第 2 行第 1 列" in part
    assert "未知字段 “titel”。是否想写 “title”？" in unescape(part)
    assert "<code>titel: 办公时间</code>" in part
    assert "<html" not in part
    assert "写法没有问题" in sound


async def test_example_that_is_heard_as_another_intent_by_now_is_warned_of_while_one_types(office: Office) -> None:
    text = own(office).replace("examples: |\n", "examples: |\n  - 水管漏水了\n", 1)
    async with await office.browser(Role.ADMIN) as browser:
        part = unescape(await (await browser.post("/console/intents/check/faq/hours.yaml", data={"text": text})).text())

    assert re.search(r"W408</span>：例句“水管漏水了”现在听成“.+”（repair.report）", part)
    assert part.count("W408") == 1


async def test_examples_of_a_new_intent_are_no_fault_because_nobody_hears_them_yet(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        part = unescape(await (await browser.post("/console/intents/check/pool/hours.yaml", data={"text": POOL})).text())

    assert "现在听成" not in part
    assert "写法没有问题" in part


async def test_examples_that_a_change_does_not_win_are_told_before_and_after_it_is_saved(office: Office) -> None:
    text = POOL.replace("  - 泳池几点开门\n", "  - 泳池几点开门\n  - 着火了\n", 1)
    async with await office.browser(Role.ADMIN) as browser:
        form = {"text": text, "stamp": "", "do": "preview"}
        looked = unescape(await (await browser.post("/console/intents/file/pool/hours.yaml", data=form)).text())
        saved = unescape(await (await browser.post("/console/intents/file/pool/hours.yaml", data={**form, "do": "save"})).text())

    for page in (looked, saved):
        assert "写了也还是听成别的" in page
        assert "“着火了”：听成“" in page
        assert "“泳池几点开门”：听成" not in page
    assert "已保存" in saved


async def test_who_edits_the_same_file_is_told_while_typing_who_was_faster(office: Office) -> None:
    text = own(office)
    async with await office.browser(Role.ADMIN) as browser:
        opened = (await page_of(browser, HOURS)).split('name="stamp" value="')[1].split('"')[0]
        await save(browser, HOURS, text + "# 我先改了\n")
        form = {"text": text + "# 我也改\n", "stamp": opened}
        typing = unescape(await (await browser.post("/console/intents/check/faq/hours.yaml", data=form)).text())
        late = unescape(await (await browser.post(HOURS, data={**form, "do": "save"})).text())

    name = office.linli.database.submit(admins_name).result()
    assert re.search(rf"{name} \d\d:\d\d 改过这个文件。您可以接着写", typing)
    assert re.search(rf"{name} \d\d:\d\d 改过这个文件，所以没有保存", late)
    assert "# 我也改" in late


def admins_name(session: Session) -> str:
    return session.exec(select(Staff.name).where(Staff.role == Role.ADMIN)).first() or ""


async def test_the_history_of_a_new_file_begins_with_all_its_lines(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        await browser.post("/console/intents/file/pool/hours.yaml", data={"text": POOL, "stamp": "", "do": "save"})
        page = await page_of(browser, "/console/intents/history/pool/hours.yaml")

    assert "新建" in page
    assert f"{len(POOL.splitlines())} 行" in page


async def test_folders_that_ship_have_names_of_people_s_own(office: Office) -> None:
    groups = office.linli.understanding.catalogue.groups
    used = {one.group for one in office.linli.understanding.catalogue.intents.values() if one.group}

    assert used <= set(groups)


async def test_file_broken_by_hand_leaves_the_bot_as_it_was_and_the_pages_say_so(office: Office) -> None:
    file = office.linli.settings.intents_folder / "faq/hours.yaml"
    before = own(office)
    file.write_text("intent: [", encoding="utf-8")
    office.linli.understanding.refresh()
    async with await office.browser(Role.ADMIN) as browser:
        listed, page = await page_of(browser, "/console/intents"), await page_of(browser, HOURS)
        status, _ = await save(browser, HOURS, before)

    assert "机器人照它们上一次能用的样子工作" in listed
    assert "机器人照它上一次能用的样子工作" in page
    assert "faq.hours" in office.linli.understanding.catalogue.intents
    assert status == 200
    assert office.linli.understanding.catalogue.problems == ()


# ------------------------------------------------------------------ history


async def test_history_tells_who_changed_what_and_brings_a_version_back(office: Office) -> None:
    before = own(office)
    async with await office.browser(Role.ADMIN) as browser:
        await save(browser, HOURS, before.replace("title: 办公时间", "title: 上班时间"))
        listed = await page_of(browser, HISTORY)
        first = re.findall(r"version=(\d+)", listed)[-1]
        compared = await page_of(browser, f"{HISTORY}?version={first}")
        form = {"version": first, "stamp": stamp_in(compared)}
        back = await browser.post(HISTORY, data=form, allow_redirects=False)

    assert "admin同事" in listed or "管理员" in listed
    assert "<del>title: 办公时间</del>" in compared
    assert "<ins>title: 上班时间</ins>" in compared
    assert back.status == 303
    assert own(office) == before
    assert office.linli.understanding.catalogue.intents["faq.hours"].title == "办公时间"


async def test_changed_file_goes_back_to_what_ships(office: Office) -> None:
    before = own(office)
    async with await office.browser(Role.ADMIN) as browser:
        _, page = await save(browser, HOURS, before.replace("title: 办公时间", "title: 上班时间"))
        await browser.post(HISTORY, data={"version": "original", "stamp": stamp_in(page)})

    assert own(office) == before


async def test_deleted_file_is_brought_back_from_its_history(office: Office) -> None:
    before = own(office)
    async with await office.browser(Role.ADMIN) as browser:
        stamp = stamp_in(await page_of(browser, HOURS))
        gone = await browser.post("/console/intents/delete/faq/hours.yaml", data={"stamp": stamp})
        page = await gone.text()
        listed = await page_of(browser, "/console/intents")
        was_there = "faq.hours" in office.linli.understanding.catalogue.intents
        version = re.findall(r"version=(\d+)", page)[-1]
        await browser.post(HISTORY, data={"version": version, "stamp": ""})

    assert "删掉了" in page
    assert f'href="{HISTORY}"' in listed
    assert not was_there
    assert own(office) == before
    assert "faq.hours" in office.linli.understanding.catalogue.intents


async def test_file_that_others_count_on_is_not_deleted(office: Office) -> None:
    path = next(intent.file for intent in office.linli.understanding.catalogue.intents.values() if intent.provides_flat)
    async with await office.browser(Role.ADMIN) as browser:
        stamp = stamp_in(await page_of(browser, f"/console/intents/file/{path}"))
        response = await browser.post(f"/console/intents/delete/{path}", data={"stamp": stamp})
        page = await response.text()

    assert (response.status, "别的文件还用着它" in page) == (422, True)
    assert f'action="/console/intents/delete/{path}"' in page
    assert own(office, path)


async def test_nothing_is_deleted_or_brought_back_by_who_saw_another_state(office: Office) -> None:
    before = own(office)
    async with await office.browser(Role.ADMIN) as browser:
        deleted = await browser.post("/console/intents/delete/faq/hours.yaml", data={"stamp": "0"})
        back = await browser.post(HISTORY, data={"version": "original", "stamp": "0"})

    assert (deleted.status, back.status) == (422, 422)
    assert own(office) == before


async def test_file_of_a_service_is_overridden_and_never_touched(office: Office) -> None:
    path = "duty/_messages.yaml"
    theirs = next(home / path for home in office.linli.understanding.services if (home / path).is_file())
    before = theirs.read_text("utf-8")
    async with await office.browser(Role.ADMIN) as browser:
        page = await page_of(browser, f"/console/intents/file/{path}")
        status, saved = await save(browser, f"/console/intents/file/{path}", before + "# 改过\n", stamp=stamp_in(page))
        gone = await (await browser.post(f"/console/intents/delete/{path}", data={"stamp": stamp_in(saved)})).text()

    assert "原来那份不动" in page
    assert status == 200
    assert theirs.read_text("utf-8") == before
    assert "恢复成随服务来的样子" in gone


async def test_shipped_folder_is_not_edited_in_place(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, folder = config.shipped, office.linli.settings.intents_folder
    monkeypatch.setattr("bot.config.shipped", lambda name: folder if name == "intents" else shipped(name))
    async with await office.browser(Role.ADMIN) as browser:
        page = await page_of(browser, HOURS)
        status, said = await save(browser, HOURS, own(office).replace("title: 办公时间", "title: 上班时间"))

    assert "LINLI_INTENTS" in page
    assert "readonly" in page
    assert (status, "LINLI_INTENTS" in said) == (422, True)
    assert "title: 办公时间" in own(office)


async def test_changes_stand_in_the_log_with_who_made_them(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        await save(browser, HOURS, own(office).replace("title: 办公时间", "title: 上班时间"))
        await browser.post(HISTORY, data={"version": "original", "stamp": stamp_in(await page_of(browser, HOURS))})
        await browser.post("/console/intents/delete/faq/hours.yaml", data={"stamp": stamp_in(await page_of(browser, HOURS))})

    about = select(Event.kind, Event.actor).where(Event.subject == "file:faq/hours.yaml").order_by(Event.id)  # type: ignore[arg-type]
    found = await office.read(lambda session: session.exec(about).all())
    assert [tuple(one) for one in found] == [(f"intents.{kind}", "staff:admin") for kind in ("saved", "restored", "deleted")]


# ------------------------------------------------------------------ the box


def rows(session: Session) -> dict[str, int]:
    """Count the rows of each table but the one that the sealer writes by itself."""
    tables = {name: table for name, table in SQLModel.metadata.tables.items() if name != "event_seal"}
    return {name: len(session.connection().execute(table.select()).all()) for name, table in tables.items()}


async def test_box_says_what_would_be_answered_and_written_and_leaves_nothing(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        await page_of(browser, "/console/intents")
        before = await office.read(rows)
        page = await (
            await browser.post(
                "/console/intents/try", data={"text": "厨房水管漏水了，明天上午能来修吗\n物业几点上班\n楼道着火了"}
            )
        ).text()

    tried = page.split('class="tried"')[1:4]
    assert "已登记" in tried[0] or "报修" in tried[0]
    assert "会记下：" in tried[0] or "会记下：" in tried[2]
    assert "什么也不会记下" in tried[1]
    assert "/console/intents/file/faq/hours.yaml?line=" in tried[1]
    assert await office.read(rows) == before


async def test_tried_sentence_becomes_a_test_after_a_look_at_the_change(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as browser:
        form = {"said": "物业大概几点下班呀", "intent": "faq.hours", "as": "test"}
        page = await (await browser.post("/console/intents/add", data=form)).text()
        untouched = own(office)
        status, _ = await save(browser, HOURS, text_in(page), stamp=stamp_in(page))

    assert "物业大概几点下班呀" in "".join(re.findall(r"<ins>(.*?)</ins>", page))
    assert "物业大概几点下班呀" not in untouched
    assert status == 200
    assert any(test.text == "物业大概几点下班呀" for test in office.linli.understanding.catalogue.intents["faq.hours"].tests)


async def test_change_shows_the_tests_it_breaks_before_it_is_made(office: Office) -> None:
    text = own(office).replace("examples: |\n", "examples: |\n  - 厨房水管漏水了，明天上午能来修吗\n", 1)
    async with await office.browser(Role.ADMIN) as browser:
        _, page = await save(browser, HOURS, text, do="preview")

    assert "原来听得懂的会听错" in page
    assert "repair/report.yaml" in page
    assert "还是要保存" in page
    assert own(office) != text


async def test_report_names_an_example_that_stands_in_two_intents(office: Office) -> None:
    text = own(office, "faq/parcel.yaml").replace("examples: |\n", "examples: |\n  - 物业几点上班\n", 1)
    async with await office.browser(Role.ADMIN) as browser:
        await save(browser, "/console/intents/file/faq/parcel.yaml", text, force="1")
        page = await page_of(browser, "/console/intents/report")

    assert "两个意图里有一样的例句" in page
    assert re.search(r'href="/console/intents/file/faq/\w+\.yaml\?line=\d+#L\d+"', page)


# ------------------------------------------------------------------ not understood

UNKNOWN = "帮我遛一下狗呗"


async def hear(office: Office, *said: str) -> None:
    def write(session: Session) -> None:
        for text in said:
            unmatched.note(session, text, office.clock())

    await office.write(write)


async def test_like_sentences_stand_together_with_what_they_may_belong_to(office: Office) -> None:
    await hear(office, UNKNOWN, UNKNOWN, "能帮我遛一下狗吗", "今天股票涨了吗")
    async with await office.browser(Role.ADMIN) as browser:
        page = await page_of(browser, "/console/intents/unmatched")

    assert "2 组" in page
    assert "3 次" in page
    assert "能帮我遛一下狗吗" in page
    assert "不再显示" in page


async def test_sentence_becomes_an_example_by_one_click_and_a_look_and_leaves_the_list(office: Office) -> None:
    await hear(office, f"[住址]{UNKNOWN}")
    ids = ",".join(str(row.id) for row in await office.read(unmatched.listed))
    async with await office.browser(Role.ADMIN) as browser:
        form = {"said": f"[住址]{UNKNOWN}", "intent": "help", "as": "example", "settles": ids}
        page = await (await browser.post("/console/intents/add", data=form)).text()
        path = re.findall(r'action="(/console/intents/file/[^"]+)"', page)[0]
        held = {"text": text_in(page), "stamp": stamp_in(page), "settles": ids, "force": "1"}
        done = await browser.post(path, data=held)
        after = await done.text()

    assert [line for line in re.findall(r"<ins>(.*?)</ins>", page)] == [f"  - 3栋2单元501{UNKNOWN}"]
    assert "听不懂或反问" in page  # the sentence itself is among those that would be understood
    assert "加好了" in after
    assert UNKNOWN not in after
    assert await office.read(unmatched.listed) == []


async def test_ignored_sentences_stay_away_however_often_they_come_until_somebody_changes_their_mind(office: Office) -> None:
    await hear(office, UNKNOWN, "能帮我遛一下狗吗")
    ids = ",".join(str(row.id) for row in await office.read(unmatched.listed))
    async with await office.browser(Role.ADMIN) as browser:
        await browser.post("/console/intents/unmatched/ignore", data={"ids": ids})
        await hear(office, UNKNOWN)
        page = await page_of(browser, "/console/intents/unmatched")
        hidden = await page_of(browser, "/console/intents/unmatched?show=ignored")
        await browser.post("/console/intents/unmatched/show", data={"ids": ids})
        again = await page_of(browser, "/console/intents/unmatched")

    assert UNKNOWN not in page
    assert UNKNOWN in hidden
    assert UNKNOWN in again
    kinds = await office.read(lambda session: session.exec(select(Event.kind).where(Event.kind.startswith("unmatched."))).all())  # type: ignore[attr-defined]
    assert sorted(kinds) == ["unmatched.ignored", "unmatched.shown"]


async def test_sentences_of_another_community_are_neither_seen_nor_touched(office: Office) -> None:
    def elsewhere(session: Session) -> int:
        session.info.clear()
        other = Community(appid=office.linli.community.appid, name="别处")
        session.add(other)
        session.flush()
        with scope.within(session, other.id or 0):
            unmatched.note(session, UNKNOWN, office.clock())
            return session.exec(select(Unmatched.id)).one() or 0

    theirs = await office.linli.database.write(elsewhere)
    async with await office.browser(Role.ADMIN) as browser:
        page = await page_of(browser, "/console/intents/unmatched")
        refused = await browser.post("/console/intents/unmatched/ignore", data={"ids": str(theirs)})
        await save(browser, HOURS, own(office).replace("title: 办公时间", "title: 上班时间"), settles=str(theirs))

    def left(session: Session) -> object:
        with scope.everywhere(session):
            return session.exec(select(Unmatched.ignored_at).where(Unmatched.id == theirs)).all()

    assert UNKNOWN not in page
    assert refused.status == 422
    assert await office.linli.database.read(left) == [None]


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/console/intents/new"), ("POST", "/console/intents/new"), ("POST", "/console/intents/add"), ("POST", "/console/intents/check/faq/hours.yaml"),
    ("POST", "/console/intents/delete/faq/hours.yaml"), ("POST", HISTORY), ("POST", "/console/intents/unmatched/ignore"), ("POST", "/console/intents/unmatched/clear"),
])  # fmt: skip
async def test_manager_looks_and_changes_nothing(office: Office, method: str, path: str) -> None:
    async with await office.browser(Role.MANAGER) as browser:
        for readable in (HISTORY, "/console/intents/report", "/console/intents/unmatched"):
            assert (await browser.get(readable)).status == 200
        assert (await browser.request(method, path, data={"stamp": "0"} if method == "POST" else None)).status == 403
