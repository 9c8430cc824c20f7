"""Writing notices: drafts of those who may not send, and times that are never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlmodel import select

from bot.store.events import Event
from bot.store.notices import Notice, NoticeState
from bot.store.outbox import Delivery
from bot.store.staff import Role

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office

WATER = {"to": "3栋", "title": "停水", "body": "明天九点"}


async def send(browser: Browser, path: str = "/console/notices", **form: str) -> tuple[int, str]:
    """Send the form; returns the status and the page that follows."""
    response = await browser.post(path, data={**WATER, **form})
    return response.status, await response.text()


async def all_of(office: Office, kind: type[Any]) -> list[Any]:
    return list(await office.read(lambda session: session.exec(select(kind)).all()))


# ------------------------------------------------------------------ when


@pytest.mark.parametrize("filled", [
    {"at": "2026-03-12T18:00"}, {"every": "week-mon", "clock": "09:00"}, {"cron": "0 9 * * mon"},
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
    ({"cron": ""}, "请写周期"), ({"every": "day", "clock": ""}, "请写周期的时间"), ({"every": "day", "clock": "25:00"}, "请写周期的时间"),
    ({"cron": "0 99 * * mon"}, "写得不对"), ({"cron": "0 9 * * xyz"}, "写得不对"), ({"cron": "0 9"}, "应有五段"),
])  # fmt: skip
async def test_faulty_recurrence_is_told_in_chinese_only(office: Office, filled: dict[str, str], fault: str) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        _, page = await send(manager, when="cron", **filled)

    [alert] = re.findall(r'<div class="alert alert-danger"[^>]*>(.*?)</div>', page)
    assert fault in alert
    assert not re.search("[a-z]{4,}", alert), alert


@pytest.mark.parametrize(("every", "cron", "said"), [
    ("day", "30 8 * * *", "每天 08:30"), ("week-mon", "30 8 * * mon", "每周一 08:30"), ("month-1", "30 8 1 * *", "每月1号 08:30"),
])  # fmt: skip
async def test_common_recurrence_is_chosen_and_read_back(office: Office, every: str, cron: str, said: str) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        _, page = await send(manager, when="cron", every=every, clock="08:30")

    [notice] = await all_of(office, Notice)
    assert (notice.state, notice.cron) == (NoticeState.SCHEDULED, cron)
    assert said in page


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
    ({"title": "停" * 63}, "标题有 63 个字，最多 60 个，请删掉 3 个字。"), ({"body": "水" * 601}, "内容有 601 个字，最多 600 个，请删掉 1 个字。"),
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
        await send(staff, "/console/notices/draft", when="cron", every="week-fri", clock="17:00")
        [draft] = await all_of(office, Notice)
        form = await (await staff.get(f"/console/notices/{draft.public_id}/edit")).text()

    assert draft.state is NoticeState.DRAFT
    assert '<option value="week-fri" selected>' in form
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
    await send(manager, when="cron", every="week-mon", clock="09:00")
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
    assert (notice.state, notice.cron) == (NoticeState.SCHEDULED, "0 9 * * mon")


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
