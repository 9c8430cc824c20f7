"""Writing notices: drafts of those who may not send, and times that are never guessed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlmodel import select

from bot.language.recurrence.holidays import LAST_YEAR
from bot.store import occurrences
from bot.store.events import Event
from bot.store.notices import Notice, NoticeState
from bot.store.outbox import Delivery
from bot.store.staff import Role

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

FRAGMENT = {"HX-Request": "true"}

WATER = {"to": "3栋", "title": "停水", "body": "明天九点"}


async def send(browser: Browser, path: str = "/console/notices", **form: str) -> tuple[int, str]:
    """Send the form; returns the status and the page that follows."""
    response = await browser.post(path, data={**WATER, **form})
    return response.status, await response.text()


async def looks(browser: Browser, **form: str) -> str:
    """Return the dates that are shown beside the form."""
    response = await browser.post("/console/notices/times", data={"when": "rule", "clock": "09:00", **form}, headers=FRAGMENT)
    return await response.text()


async def all_of(office: Office, kind: type[Any]) -> list[Any]:
    return list(await office.read(lambda session: session.exec(select(kind)).all()))


# ------------------------------------------------------------------ when


@pytest.mark.parametrize("filled", [
    {"at": "2026-03-12T18:00"}, {"every": "week", "weekday-0": "on", "clock": "09:00"}, {"words": "每周一九点"},
])  # fmt: skip
@pytest.mark.parametrize("when", [{"when": "now"}, {}])
async def test_time_beside_now_is_asked_back_and_sends_nothing(
    office: Office, when: dict[str, str], filled: dict[str, str]
) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        status, page = await send(manager, **when, **filled)

    assert (status, "选的是“现在”" in page) == (422, True)
    assert await all_of(office, Notice) == []
    assert await all_of(office, Delivery) == []


@pytest.mark.parametrize(("filled", "fault"), [
    ({"every": ""}, "请选多久发一次"), ({"every": "day", "clock": ""}, "请写周期的时间"), ({"every": "day", "clock": "25:00"}, "请写周期的时间"),
    ({"every": "week"}, "请选星期几"), ({"every": "month", "day": "32"}, "请选几号"), ({"every": "year", "day": "1", "month": "13"}, "请选几月"),
    ({"every": "year", "day": "30", "month": "2"}, "永远不会到"), ({"every": "year", "day": "1", "month": "10", "holidays": "skip"}, "碰上节假日"),
    ({"every": "day", "grace": "99999"}, "0 到 7 天"), ({"every": "day", "grace": "x"}, "多久之内还补发"),
    ({"when": "cron", "every": "week-mon"}, "请选什么时候发"), ({"when": ""}, "请选什么时候发"), ({"every": "day", "holidays": "maybe"}, "请选碰到节假日怎么办"),
    ({"when": "words", "words": ""}, "看不懂"), ({"when": "words", "words": "每小时"}, "一天要发 24 次"), ({"when": "words", "words": "随便什么时候"}, "看不懂"),
    ({"when": "words", "words": "0 99 * * mon"}, "写得不对"), ({"when": "words", "words": "0 9 1 * mon"}, "既写了几号又写了星期几"),
    ({"when": "words", "words": "0 9 * *"}, "应有五段"), ({"when": "words", "words": "昨天下午三点"}, "已经过了。请写以后的时间"), ({"when": "later"}, "请选择发送时间"),
])  # fmt: skip
async def test_faulty_time_is_told_with_what_to_write_and_nothing_typed_is_lost(
    office: Office, filled: dict[str, str], fault: str
) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        status, page = await send(manager, **{"when": "rule", "clock": "09:00", "words": "", **filled})
        looked = await (
            await manager.post("/console/notices/times", data={"when": "rule", "clock": "09:00", **filled}, headers=FRAGMENT)
        ).text()

    [alert] = re.findall(r'<div class="alert alert-danger"[^>]*>(.*?)</div>', page)
    assert (status, fault in alert, fault in looked) == (422, True, True)
    assert 'value="停水"' in page
    assert await all_of(office, Notice) == []


@pytest.mark.parametrize(("filled", "said", "first"), [
    ({"every": "day"}, "每天 08:30", "3月12日（周四）08:30"), ({"every": "workday"}, "工作日 08:30", "3月12日（周四）08:30"),
    ({"every": "week", "weekday-0": "on", "weekday-4": "on"}, "每周一、五 08:30", "3月13日（周五）08:30"),
    ({"every": "fortnight", "weekday-4": "on"}, "每两周周五 08:30", "3月27日（周五）08:30"), ({"every": "month", "day": "1"}, "每月1号 08:30", "4月1日（周三）08:30"),
    ({"every": "month", "day": "last"}, "每月最后一天 08:30", "3月31日（周二）08:30"),
    ({"every": "quarter", "quarter-day": "last"}, "每季度最后一天 08:30", "3月31日（周二）08:30"),
    ({"every": "year", "month": "10", "day": "1", "holidays": "postpone"}, "每年10月1日 08:30，节假日顺延到下一个工作日", "10月8日（周四）08:30"),
    ({"when": "words", "words": "每周一早上八点半"}, "每周一 08:30", "3月16日（周一）08:30"), ({"when": "words", "words": "30 8 * * mon"}, "每周一 08:30", "3月16日（周一）08:30"),
])  # fmt: skip
async def test_recurrence_is_picked_or_written_shown_with_its_dates_and_read_back(
    office: Office, filled: dict[str, str], said: str, first: str
) -> None:
    form = {"when": "rule", "clock": "08:30", **filled}
    async with await office.browser(Role.MANAGER) as manager:
        looked = await (await manager.post("/console/notices/times", data=form, headers=FRAGMENT)).text()
        assert await all_of(office, Notice) == []
        _, page = await send(manager, **form)
        [notice] = await all_of(office, Notice)
        again = await (await manager.get(f"/console/notices/{notice.public_id}/edit")).text()

    assert (said in looked, first in looked, "<html" in looked) == (True, True, False)
    assert (notice.state, said in page, said in again) == (NoticeState.SCHEDULED, True, True)


async def test_dates_are_shown_without_a_script_and_the_form_keeps_what_was_typed(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.post("/console/notices/times", data={**WATER, "when": "words", "words": "工作日9点"})).text()

    assert ('value="停水"' in page, 'value="工作日9点"' in page) == (True, True)
    assert page.count("<li>3月1") >= 5
    assert "3月14日" not in page  # a Saturday
    assert await all_of(office, Notice) == []


async def test_holidays_are_named_and_unknown_years_warned_of(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        known = await looks(manager, every="year", month="10", day="1")
        unknown = await looks(manager, every="year", month="10", day="10", holidays="postpone")
        _, page = await send(manager, when="rule", every="workday", clock="09:00")
    office.clock.move(datetime(LAST_YEAR, 12, 30, 10, tzinfo=office.clock().tzinfo) - office.clock())
    async with await office.browser(Role.MANAGER) as manager:
        listed = await (await manager.get("/console/notices")).text()

    told = f"年的放假和调休安排，这里还没有（只到 {LAST_YEAR} 年）"
    assert ("10月1日（周四 国庆节）09:00" in known, told in known) == (True, False)
    assert ("10月10日（周六 调休上班）09:00" in unknown, told in unknown) == (True, True)
    assert (told in page, told in listed) == (False, True)


# ------------------------------------------------------------------ to whom


async def test_who_would_be_told_is_counted_for_more_flats_than_an_address_holds(office: Office) -> None:
    to = "、".join(["3栋2单元501", *(f"{name}{'宅' * 36}" for name in range(100, 199))])
    assert len(quote(to)) > 8190 * 3

    async with await office.browser(Role.STAFF) as staff:
        response = await staff.post("/console/notices/reach", data={"to": to})
        page = await response.text()

    assert response.status == 200
    assert re.search(r"<strong>1</strong> 户", page)
    assert "没有人属于" in page


async def test_other_sites_cannot_count_our_residents(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        response = await staff.post("/console/notices/reach", data={"to": "全体"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status == 403


# ------------------------------------------------------------------ how long


@pytest.mark.parametrize("path", ["/console/notices", "/console/notices/draft"])
@pytest.mark.parametrize(("filled", "fault"), [
    ({"title": "停" * 63}, "标题有 63 个字，最多 60 个，请删掉 3 个字。"), ({"body": "水" * 3001}, "内容有 3001 个字，最多 3000 个，请删掉 1 个字。"),
])  # fmt: skip
async def test_words_that_do_not_fit_are_told_and_kept_in_the_form(
    office: Office, path: str, filled: dict[str, str], fault: str
) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        status, page = await send(manager, path, **filled)

    assert (status, fault in page) == (422, True)
    assert next(iter(filled.values())) in page
    assert await all_of(office, Notice) == []


async def test_words_of_a_draft_that_do_not_fit_leave_it_as_it_was(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, "/console/notices/draft")
        [draft] = await all_of(office, Notice)
        status, _ = await send(manager, draft=draft.public_id, title="停" * 61, when="now")

    [kept] = await all_of(office, Notice)
    assert (status, kept.title, kept.state) == (422, "停水", NoticeState.DRAFT)


async def test_lines_of_a_text_that_just_fits_count_once(office: Office) -> None:
    body = "\r\n".join(["水" * 59] * 10)  # 590 characters and 9 ends of lines

    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, title="停" * 60, body=body)

    [notice] = await all_of(office, Notice)
    assert (notice.title, notice.body) == ("停" * 60, body.replace("\r\n", "\n"))


# ------------------------------------------------------------------ drafts


async def test_staff_keep_a_draft_that_a_manager_finds_and_sends(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        assert "存草稿" in await (await staff.get("/console/notices/new")).text()
        _, kept = await send(staff, "/console/notices/draft")
        [draft] = await all_of(office, Notice)
        assert (draft.state, await all_of(office, Delivery)) == (NoticeState.DRAFT, [])
        assert "还没有发" in kept

        assert "草稿" in await (await manager.get("/console/notices")).text()
        form = await (await manager.get(f"/console/notices/{draft.public_id}/edit")).text()
        assert 'value="停水"' in form
        await send(manager, draft=draft.public_id, title="停水改期", when="now")

    [sent] = await all_of(office, Notice)
    assert (sent.state, sent.title) == (NoticeState.PUBLISHED, "停水改期")
    assert await all_of(office, Delivery)


async def test_draft_is_sent_once_however_many_press_the_button(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, "/console/notices/draft")
        [draft] = await all_of(office, Notice)
        await send(manager, draft=draft.public_id, when="now")
        deliveries = len(await all_of(office, Delivery))
        status, page = await send(manager, draft=draft.public_id, when="now")

    assert (status, "已发布，不能再改" in page) == (422, True)
    assert len(await all_of(office, Delivery)) == deliveries


async def test_draft_remembers_the_time_it_is_meant_for(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        await send(staff, "/console/notices/draft", when="rule", every="week", clock="17:00", **{"weekday-4": "on"})
        [draft] = await all_of(office, Notice)
        form = await (await staff.get(f"/console/notices/{draft.public_id}/edit")).text()

    assert draft.state is NoticeState.DRAFT
    assert '<option value="week" selected>' in form
    assert 'name="weekday-4" checked' in form
    assert 'name="clock" value="17:00"' in form


async def test_draft_is_thrown_away_and_a_sent_notice_is_not(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, "/console/notices/draft")
        await send(manager, when="now")
        for notice in await all_of(office, Notice):
            await manager.post(f"/console/notices/{notice.public_id}/discard")

    assert [notice.state for notice in await all_of(office, Notice)] == [NoticeState.PUBLISHED]


# ------------------------------------------------------------------ stopping what recurs


async def recurring(office: Office, manager: Browser) -> str:
    """Return the address of a notice for each Monday at nine; it is Wednesday, March 11th."""
    await send(manager, when="rule", every="week", **{"weekday-0": "on"}, clock="09:00")
    [notice] = await all_of(office, Notice)
    return f"/console/notices/{notice.public_id}"


async def test_recurring_notice_asks_before_it_stops_and_says_what_becomes_of_its_times(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        address = await recurring(office, manager)
        response = await manager.post(f"{address}/recall")
        page = await response.text()

    assert response.url.path == f"{address}/stop"
    for said in ("每周一 09:00", "3月16日（周一）09:00 这一次不发", "再下一次 3月23日（周一）09:00 照常发", "以后每一次也都不发"):
        assert said in page
    [notice] = await all_of(office, Notice)
    assert (notice.state, notice.recurrence.said) == (NoticeState.SCHEDULED, "每周一 09:00")


async def test_one_time_is_left_out_and_the_rule_goes_on(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        address = await recurring(office, manager)
        await manager.post(f"{address}/recall", data={"what": "once"})

    [notice] = await all_of(office, Notice)
    assert (notice.state, f"{notice.due_at:%m-%d}") == (NoticeState.SCHEDULED, "03-23")


async def test_stopped_rule_is_still_read_and_starts_again(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        address = await recurring(office, manager)
        page = await (await manager.post(f"{address}/recall", data={"what": "rule"})).text()
        [stopped] = await all_of(office, Notice)
        _, again = await send(manager, f"{address}/resume")
        [notice] = await all_of(office, Notice)
        twice, _ = await send(manager, f"{address}/resume")

    assert (stopped.state, stopped.due_at) == (NoticeState.RECALLED, None)
    assert "停之前是 <strong>每周一 09:00</strong>" in page
    assert (notice.state, f"{notice.due_at:%m-%d %H:%M}") == (NoticeState.SCHEDULED, "03-16 09:00")
    assert "将在 3月16日（周一）09:00 发出" in again
    assert twice == 422


# ------------------------------------------------------------------ what waits


async def test_one_time_is_skipped_taken_back_paused_and_resumed_from_the_list(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        address = await recurring(office, manager)
        listed = await (await manager.get("/console/notices")).text()
        [at] = re.findall(r'name="at" value="([^"]+)"', listed)
        _, skipped = await send(manager, f"{address}/skip", at=at, **{"from": "list"})
        [notice] = await all_of(office, Notice)
        after_skip = f"{notice.due_at:%m-%d}"
        page = await (await manager.get(address)).text()
        await send(manager, f"{address}/unskip", at=at)
        _, paused = await send(manager, f"{address}/pause", **{"from": "list"})
        _, resumed = await send(manager, f"{address}/resume")

    assert ("等着发的" in listed, "3月16日（周一）09:00" in listed, "每周一 09:00" in listed) == (True, True, True)
    assert ("3月16日（周一）09:00 这一次跳过" in skipped, after_skip) == (True, "03-23")
    assert ("3月16日（周一）09:00 · 跳过" in page, page.count('aria-label="跳过 '), page.count('aria-label="不跳过 ')) == (
        True,
        4,
        1,
    )
    assert ("已暂停" in paused, "恢复后再算" in paused) == (True, True)
    assert "恢复了，下一次 3月16日（周一）09:00 发" in resumed


async def test_planned_notice_is_changed_until_it_goes_out_and_keeps_its_week(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, when="words", words="每两周周五 9点")
        [notice] = await all_of(office, Notice)
    office.clock.move(timedelta(days=8))
    async with await office.browser(Role.MANAGER) as manager:
        form = await (await manager.get(f"/console/notices/{notice.public_id}/edit")).text()
        _, page = await send(
            manager, draft=notice.public_id, title="停热水", when="rule", every="fortnight", clock="09:00", **{"weekday-4": "on"}
        )
        [changed] = await all_of(office, Notice)
        await send(manager, draft=notice.public_id, title="停热水", when="now")
        status, late = await send(manager, draft=notice.public_id, title="太晚了", when="now")
        [sent] = await all_of(office, Notice)

    assert ("保存修改" in form, ">存草稿<" in form, "改好了" in page) == (True, False, True)
    assert (changed.title, f"{changed.due_at:%m-%d}") == ("停热水", "03-27")
    assert (sent.state, sent.rule, sent.title) == (NoticeState.PUBLISHED, None, "停热水")
    assert (status, "已发布，不能再改" in late) == (422, True)
    assert len(await all_of(office, Delivery)) > 0
    assert "notice.changed" in {event.kind for event in await all_of(office, Event)}


async def test_who_may_not_send_changes_nothing_that_is_planned(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager, await office.browser(Role.STAFF) as staff:
        address = await recurring(office, manager)
        listed = await (await staff.get("/console/notices")).text()
        done = [(await staff.post(f"{address}/{verb}")).status for verb in ("pause", "resume", "skip", "unskip")]
        status, page = await send(staff, "/console/notices/draft", draft=address.rpartition("/")[2], title="别的", when="now")
        form = (await staff.get(f"{address}/edit")).status

    assert ("跳过下一次" in listed, done, status, form) == (False, [403] * 4, 422, 422)
    assert "只有" in page
    assert [notice.title for notice in await all_of(office, Notice)] == ["停水"]


async def test_notice_that_was_missed_is_told_as_missed_and_planned_anew(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, when="later", at="2026-03-11T12:00", grace="30")
        office.clock.move(timedelta(hours=5))
        await office.write(occurrences.publish_due, office.clock())
        [notice] = await all_of(office, Notice)
        listed = await (await manager.get("/console/notices")).text()
        page = await (await manager.get(f"/console/notices/{notice.public_id}")).text()
        await send(manager, draft=notice.public_id, when="later", at="2026-03-11T18:00")
        [again] = await all_of(office, Notice)
        office.clock.move(timedelta(hours=9))
        await office.write(occurrences.publish_due, office.clock())
        await manager.post(f"/console/notices/{notice.public_id}/recall")
        [let_go] = await all_of(office, Notice)
        left = await (await manager.get("/console/notices")).text()

    assert notice.state is NoticeState.MISSED
    assert ("3月11日（周三）12:00 错过了" in listed, "原定 3月11日（周三）12:00 发" in page, "已发布" in page) == (
        True,
        True,
        False,
    )
    assert ("不发了" in page, let_go.state, "等着发的" in left) == (True, NoticeState.RECALLED, False)
    assert (again.state, await all_of(office, Delivery)) == (NoticeState.SCHEDULED, [])


async def test_what_went_out_late_and_what_was_missed_is_told_of_each_time(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        await send(manager, when="words", words="每天12点、13点")
        office.clock.move(timedelta(hours=4, minutes=30))
        await office.write(occurrences.publish_due, office.clock())
        [notice] = await all_of(office, Notice)
        page = await (await manager.get(f"/console/notices/{notice.public_id}")).text()

    assert "3月11日（周三）13:00 · 发了，晚了 1 小时 30 分钟" in page
    assert "3月11日（周三）12:00 · 错过了" in page


@pytest.mark.parametrize("at", ["", "昨天", "2026-03-16T09:00", "9999-12-31T23:00-12:00", "2026-03-17T09:00+08:00"])
async def test_time_that_is_none_of_the_rule_is_not_skipped(office: Office, at: str) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        address = await recurring(office, manager)
        status, page = await send(manager, f"{address}/skip", at=at)

    assert (status, "请刷新页面" in page) == (422, True)


async def test_what_staff_do_is_logged_in_their_name(office: Office) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        address = await recurring(office, admin)
        await send(admin, "/console/notices/draft", title="草稿")
        draft = next(notice for notice in await all_of(office, Notice) if notice.title == "草稿")
        await send(admin, title="马上", when="now")
        now = next(notice for notice in await all_of(office, Notice) if notice.title == "马上")
        done = [
            await send(admin, path, **form)
            for path, form in [
                (f"{address}/recall", {"what": "once"}), (f"{address}/recall", {"what": "rule"}), (f"{address}/resume", {}),
                (f"/console/notices/{draft.public_id}/discard", {}), (f"/console/notices/{now.public_id}/recall", {}),
                ("/console/staff", {"login": "xin", "name": "新来的", "role": "staff"}), ("/console/staff/xin/link", {}),
                ("/console/staff/xin/role", {"role": "guard"}), ("/console/staff/xin/disable", {}),
            ]
        ]  # fmt: skip

    assert {status for status, _ in done} == {200}
    logged = await all_of(office, Event)
    assert {event.kind for event in logged} >= {"notice.scheduled", "notice.skipped", "notice.stopped", "notice.resumed"}
    assert {event.actor for event in logged} == {"staff:admin"}
