"""Words of health and whole phone numbers are read by those who need them, and masked for others wherever they stand."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.contract.work import WATCH
from bot.store import consents, conversations, effects, events, grants, tasks, views
from bot.store.conversations import Conversation
from bot.store.effects import Effect, EffectState
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from integrations.repairs.models import Ticket, TicketState

if TYPE_CHECKING:
    from tests.console.conftest import Office

SAID = "我爸肺癌在化疗，今早37.9度、嗓子疼，想换个安静的车位，打13912345678"
MASKED = "我爸〔健康〕在〔健康〕，今早〔健康〕，想换个安静的车位，打13912345678"


def talked(session: Session, office: Office, alarm: bool = False) -> tuple[str, int]:
    """A resident says it, it is handed over, and the bot repeats a part."""
    chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
    openid, chen.phone, chen.tags = chen.openid or "", "13800138000", ["残疾", "业委会"]
    session.add(chen)
    talk = session.merge(Conversation(openid=openid, updated_at=office.clock(), topic=SAID, waiting_since=office.clock()))
    conversations.say(session, openid, "resident", SAID, office.clock())
    conversations.say(session, openid, "bot", "记下了：肺癌，37.9℃。", office.clock())
    data = {"intent": "handoff.human", "topic": SAID, "text": SAID}
    tasks.open(session, office.clock(), kind="handoff", need="task.view", title=SAID, openid=openid, data=data, number="H8K2M3X")
    if alarm:
        tasks.open(
            session,
            office.clock(),
            kind="emergency.medical",
            need="task.view",
            title="急救：有人心梗",
            urgent=True,
            openid=openid,
        )
    session.flush()
    return talk.public_id, chen.household_id


@pytest.mark.parametrize("page", ["/conversations", "/conversations/{talk}", "/tasks", "/households/{flat}", ""])
async def test_who_may_not_see_health_reads_what_else_is_said(office: Office, page: str) -> None:
    talk, flat = await office.write(talked, office)
    path = f"/console{page.format(talk=talk, flat=flat)}"
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        masked, whole = await (await staff.get(path)).text(), await (await manager.get(path)).text()

    for words in ("肺癌", "化疗", "37.9", "嗓子疼"):
        assert words not in masked
        assert words in whole or page != "/conversations/{talk}"
    assert MASKED in masked
    assert SAID in whole


async def test_tags_of_a_household_that_tell_of_health_are_masked(office: Office) -> None:
    _, flat = await office.write(talked, office)
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get(f"/console/households/{flat}")).text()

    assert "残疾" not in page
    assert "业委会" in page


@pytest.mark.parametrize("page", ["/people", "/households", "/duplicates/compare?one={one}&other={other}"])
async def test_lists_and_comparison_name_no_tag_that_tells_of_health(office: Office, page: str) -> None:
    await office.write(talked, office)

    def two(session: Session) -> list[str]:
        return [one.public_id for one in sorted(session.exec(select(Resident)).all(), key=lambda one: one.name != "陈建国")[:2]]

    one, other = await office.write(two)
    path = f"/console{page.format(one=one, other=other)}"
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        masked, whole = await (await staff.get(path)).text(), await (await manager.get(path)).text()

    assert "残疾" not in masked
    assert "残疾" in whole
    assert "业委会" in masked


async def test_who_was_tagged_with_what_stands_in_no_address(office: Office) -> None:
    await office.write(talked, office)
    form = {"act": "tag", "tag.tag": "志愿者", "from": "place=3%7C2"}

    async with await office.browser(Role.STAFF) as staff:
        answer = await staff.post("/console/people/bulk", data={**form, "row.none": "1"})
        one = await office.write(lambda session: session.exec(select(Resident).where(Resident.name == "陈建国")).one().public_id)
        done = await staff.post("/console/people/bulk", data={**form, f"row.{one}": "1"})
        page = await done.text()

    assert (answer.status, done.status, set(done.url.query)) == (422, 200, {"place"})
    assert one not in str(done.url)
    assert "加上标签：1 人，完成" in page
    assert f'name="row.{one}"' in page
    assert "撤销刚才的批量操作" in page


async def test_what_is_kept_as_knowledge_carries_no_word_of_health(office: Office) -> None:
    talk, _ = await office.write(talked, office)

    def answer(session: Session) -> None:
        found = session.exec(select(Conversation).where(Conversation.public_id == talk)).one()
        conversations.say(session, found.openid, "staff", "化疗期间给您换。", office.clock(), staff_id=1)

    await office.write(answer)
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get(f"/console/conversations/{talk}")).text()

    assert "/console/knowledge/new?" in page
    assert "%E5%8C%96%E7%96%97" not in page  # 化疗


async def test_an_alarm_is_read_whole_by_who_may_see_it_and_so_is_its_talk(office: Office) -> None:
    talk, _ = await office.write(talked, office, True)
    async with await office.browser(Role.STAFF) as staff:
        for path in ("/console/tasks", "/console/alarms"):
            assert "急救：有人心梗" in await (await staff.get(path)).text()
        assert "肺癌" in await (await staff.get(f"/console/conversations/{talk}")).text()


def before_and_since(session: Session, office: Office, withdrawn: bool) -> str:
    """A resident told of their daughter the day before an alarm, and of the fall since; they take their consent back or not."""
    chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
    openid, now = chen.openid or "", office.clock()
    talk = session.merge(Conversation(openid=openid, updated_at=now, topic="", waiting_since=None))
    conversations.say(session, openid, "resident", "我女儿拉肚子", now - timedelta(days=1))
    conversations.say(session, openid, "bot", "记下了：女儿腹泻。", now - timedelta(days=1))
    alarm = {"text": "我妈摔骨折了"}
    tasks.open(
        session, now, kind="emergency.medical", need="task.view", title="摔倒：501", urgent=True, openid=openid, data=alarm
    )
    conversations.say(session, openid, "resident", "我妈摔骨折了", now)
    conversations.say(session, openid, "resident", "她有糖尿病", now + timedelta(minutes=1))
    if withdrawn:
        given = consents.give(session, chen, "health", 1, "", now - timedelta(days=2))
        consents.end(session, given, now + timedelta(minutes=5))
    session.flush()
    return talk.public_id


@pytest.mark.parametrize("withdrawn", [False, True])
async def test_an_alarm_opens_nothing_that_was_said_before_it(office: Office, withdrawn: bool) -> None:
    talk = await office.write(before_and_since, office, withdrawn)
    async with await office.browser(Role.STAFF) as staff:
        page = await (await staff.get(f"/console/conversations/{talk}")).text()

    assert "拉肚子" not in page
    assert "腹泻" not in page
    assert "我妈摔骨折了" in page, "what the alarm itself holds is read whole"
    assert ("糖尿病" in page) is not withdrawn


@pytest.mark.parametrize(
    "path", ["/console", "/console/tasks", "/console/alarms", "/console/households/{flat}", "/console/tasks/export.csv"]
)
async def test_no_page_and_no_file_holds_what_was_said_before_an_alarm(office: Office, path: str) -> None:
    await office.write(before_and_since, office, False)
    flat = await office.read(lambda session: session.exec(select(Resident).where(Resident.name == "陈建国")).one().household_id)
    await office.write(lambda session: grants.change(session, Role.STAFF, "list.export", True, False))
    async with await office.browser(Role.STAFF) as staff:
        answer = await staff.get(path.format(flat=flat))
        said = (await answer.read()).decode("utf-8", errors="replace")

    assert answer.status == 200, said
    for before in ("拉肚子", "腹泻"):
        assert before not in said


async def test_a_community_that_lets_a_role_see_health_shows_it_the_words(office: Office) -> None:
    talk, _ = await office.write(talked, office)
    await office.write(lambda session: grants.change(session, Role.STAFF, "health.view", True, False))
    async with await office.browser(Role.STAFF) as staff:
        assert SAID in await (await staff.get(f"/console/conversations/{talk}")).text()


async def test_who_needs_no_phones_sees_only_their_ends(office: Office) -> None:
    def report(session: Session) -> str:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        chen.phone = "13800138000"
        session.add(chen)
        ticket = Ticket(
            resident_id=chen.id or 0, household_id=chen.household_id, category="other", location="厨房", opened_at=office.clock(),
            due_at=office.clock() + timedelta(hours=1), phone="0571-88001200", words="打我老婆电话13912345678",
        )  # fmt: skip
        session.add(ticket)
        return ticket.number

    path = f"/console/tickets/{await office.write(report)}"
    async with await office.browser(Role.CITY) as city, await office.browser(Role.STAFF) as staff:
        masked, whole = await (await city.get(path)).text(), await (await staff.get(path)).text()

    for number, end in (("13800138000", "138****8000"), ("0571-88001200", "0571-****1200"), ("13912345678", "139****5678")):
        assert number not in masked
        assert end in masked
        assert number in whole
    assert '<a href="tel:13800138000">13800138000</a>' in whole
    assert 'href="tel:' not in masked


@pytest.mark.parametrize(
    "page",
    [
        "/audit",
        "/audit/export.csv",
        "/tickets?state=all",
        "/tickets/export.csv?state=all",
        "/tickets/{number}",
        "/households/{flat}",
    ],
)
async def test_titles_in_the_log_and_what_a_repair_is_about_are_masked_as_all_else_that_was_said(
    office: Office, page: str
) -> None:
    _, flat = await office.write(talked, office)

    def report(session: Session) -> str:
        task = session.exec(select(Task)).first()
        assert task is not None
        ticket = Ticket(
            household_id=flat, category="other", location="我爸肺癌躺着的那间，打13912345678", opened_at=office.clock(),
            due_at=office.clock() + timedelta(hours=1), words="门坏了", state=TicketState.CANCELLED,
            ended="other", ended_note="他爸肺癌，打13912345678",
        )  # fmt: skip
        session.add(ticket)
        events.record(session, office.clock(), "repair.opened", subject=ticket.subject)
        events.record(session, office.clock(), "task.opened", subject=f"task:{task.public_id}")
        return ticket.number

    path = f"/console{page.format(number=await office.write(report), flat=flat)}"
    for need in ("audit.view", "list.export"):
        await office.write(grants.change, Role.GUARD, need, True, False)
        await office.write(grants.change, Role.MANAGER, need, True, False)
    for need in ("ticket.view", "home.view", "household.view", "phone.view"):
        await office.write(grants.change, Role.GUARD, need, need != "phone.view", need == "phone.view")
    async with await office.browser(Role.GUARD) as guard, await office.browser(Role.MANAGER) as manager:
        masked, whole = await guard.get(path), await manager.get(path)

        assert (masked.status, whole.status) == (200, 200)
        assert "肺癌" in await whole.text()
        assert "肺癌" not in await masked.text()
        assert "13912345678" not in await masked.text()


async def test_what_was_not_carried_out_is_about_no_words_that_are_masked(office: Office) -> None:
    await office.write(talked, office)

    def give_up(session: Session) -> None:
        task = session.exec(select(Task)).first()
        assert task is not None
        effects.queue(session, "robot.send", "once", {}, office.clock(), subject=f"task:{task.public_id}")
        session.exec(select(Effect)).one().state = EffectState.DEAD

    await office.write(give_up)
    for role in (Role.STAFF, Role.MANAGER):
        await office.write(grants.change, role, WATCH, True, False)
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        masked, whole = await staff.get("/console/effects"), await manager.get("/console/effects")

        assert (masked.status, whole.status) == (200, 200)
        assert "肺癌" in await whole.text()
        assert "肺癌" not in await masked.text()


async def test_board_masks_the_place_of_a_repair(office: Office) -> None:
    _, flat = await office.write(talked, office)

    def report(session: Session) -> None:
        times = {"opened_at": office.clock(), "due_at": office.clock() + timedelta(hours=1)}
        session.add(Ticket(household_id=flat, category="other", location="我爸肺癌躺着的那间", **times))

    await office.write(report)
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        masked, whole = [await (await one.get("/console/tickets/board")).text() for one in (staff, manager)]

    assert "肺癌" in whole
    assert "肺癌" not in masked


async def test_ticket_is_found_by_no_word_that_whoever_looks_may_not_read(office: Office) -> None:
    _, flat = await office.write(talked, office)

    def report(session: Session) -> None:
        times = {"opened_at": office.clock(), "due_at": office.clock() + timedelta(hours=1)}
        session.add(Ticket(number="R222222", household_id=flat, category="other", location="肺癌病人的床边", **times))

    await office.write(report)
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        less, whole = [await (await one.get("/console/tickets?q=肺癌")).text() for one in (staff, manager)]
        by_place = await (await staff.get("/console/tickets?q=床边")).text()

    assert ["R222222" in page for page in (less, whole, by_place)] == [False, True, True]


@pytest.mark.parametrize("part", ["癌", "肺", "39.1", "9.1", "1391", "2345", "4567"])
async def test_ticket_is_found_by_no_part_of_words_that_whoever_looks_may_not_read(office: Office, part: str) -> None:
    """癌 alone is no word of health, and 1391 no number: found by them one by one, both would be told."""
    _, flat = await office.write(talked, office)

    def report(session: Session) -> None:
        times = {"opened_at": office.clock(), "due_at": office.clock() + timedelta(hours=1)}
        location = "肺癌39.1度的床边13912345678"
        session.add(Ticket(number="RTTTTTT", household_id=flat, category="other", location=location, words=location, **times))

    await office.write(report)
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.GUARD) as guard:
        await office.write(lambda session: grants.change(session, Role.GUARD, "ticket.view", True, False))
        for one in (guard,) if part.isdigit() and len(part) == 4 else (staff, guard):
            assert "RTTTTTT" not in await (await one.get(f"/console/tickets?q={part}")).text()
        assert "RTTTTTT" in await (await guard.get("/console/tickets?q=床边")).text()


#: Columns that lists are searched by as they stand: they are shown whole to whoever may open the list. All others through `Desk.holds`.
SHOWN_WHOLE = {
    "Campaign.name", "Pass.tied", "RosterImport.file_name",
    "Staff.name", "Resident.name", "people.label_in_sql()", "Notice.title", "Notice.body", "Ticket.said_flat", "CheckIn.person", "Entry.answer", "Session.doctor", "PatrolPoint.name", "PatrolRoute.name",
    "column",
}  # fmt: skip


def test_no_list_is_searched_by_words_that_it_shows_otherwise() -> None:
    """`column` is of the effects, which name only ids and faults, of the knowledge base, and of `holds` itself."""
    searched = {
        found
        for folder in ("bot/contract", "bot/console", "bot/store", "integrations")
        for path in Path(folder).rglob("*.py")
        for found in re.findall(r"(?:col\(([\w.]+)\)|([\w.]+\(\)))\.i?contains\(", path.read_text(encoding="utf-8"))
    }

    assert {one or other for one, other in searched} <= SHOWN_WHOLE


@pytest.mark.parametrize(("name", "query"), [("肺癌的", "q=501"), ("特别的", "q=%E8%82%BA%E7%99%8C")])
async def test_no_shared_view_tells_words_that_whoever_opens_the_list_may_not_read(office: Office, name: str, query: str) -> None:
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:

        def share(session: Session) -> None:
            made_by = session.exec(select(Staff).where(Staff.role == Role.MANAGER)).first()
            views.keep(session, "tickets", made_by.id if made_by else 0, name, query, office.clock(), is_shared=True)

        await office.write(share)
        less, whole = [await (await one.get("/console/tickets")).text() for one in (staff, manager)]

    assert name in whole
    assert name not in less
    assert query not in less


@pytest.mark.parametrize("need", ["phone.view", "health.view"])
async def test_roster_is_given_out_whole_or_not_at_all(office: Office, need: str) -> None:
    for one in office_health(office) if need == "health.view" else (need,):
        await office.write(grants.change, Role.MANAGER, one, False, True)
    async with await office.browser(Role.MANAGER) as manager:
        answer = await manager.post("/console/roster/export", data={"kind": "csv"})

    assert answer.status == 422
    assert "都能看的同事来导出" in await answer.text()


def office_health(office: Office) -> list[str]:
    """Return the permissions with which words of health are read."""
    return [one.name for one in office.linli.services.permissions.values() if one.veils]


async def test_a_guard_who_may_see_tasks_sees_no_phone_in_them(office: Office) -> None:
    await office.write(talked, office)
    await office.write(lambda session: grants.change(session, Role.GUARD, "task.view", True, False))
    async with await office.browser(Role.GUARD) as guard:
        page = await (await guard.get("/console/tasks")).text()

    assert "138****8000" in page
    assert "139****5678" in page
    assert "13800138000" not in page


@pytest.mark.parametrize("said", ["13800138000", "8000"])
async def test_talk_is_found_by_a_number_only_by_who_may_see_it_and_others_are_told_why(office: Office, said: str) -> None:
    await office.write(talked, office)
    await office.write(grants.change, Role.MANAGER, "phone.view", False, True)
    paths = [f"/console/{page}?q={said}" for page in ("conversations", "people", "households")]
    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        whole = [await (await staff.get(path)).text() for path in paths]
        less = [await (await manager.get(path)).text() for path in paths]

    assert ["没有按电话找" in page for page in (*whole, *less)] == [False] * 3 + [True] * 3
    assert all("陈建国" in page for page in whole)
    assert not any("陈建国" in page for page in less)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", "邀请访客"),
        ("?q=健康", ""),
        ("?q=陈建国", "邀请访客"),
        ("?kind=health.checked_in", ""),
        ("?actor=resident:", "邀请访客"),
    ],
)
async def test_that_somebody_gave_their_temperature_is_told_by_the_log_to_who_may_see_health_alone(
    office: Office, query: str, left: str
) -> None:
    def happen(session: Session) -> int:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        events.record(session, office.clock(), "health.checked_in", subject=chen.about, actor=chen.about)
        events.record(session, office.clock(), "consent.given", subject=chen.about, actor=chen.about, purpose="health", version=1)
        events.record(session, office.clock(), "data.read", subject=chen.about, actor="staff:wang", what="健康信息")
        events.record(session, office.clock(), "task.opened", subject="task:1", task="health.abnormal", urgent=True)
        events.record(session, office.clock(), "visitor.invited", subject=chen.about, actor=chen.about, people=2)
        return chen.household_id

    flat = await office.write(happen)
    async with (
        await office.browser(Role.CITY) as city,
        await office.browser(Role.ADMIN) as admin,
        await office.browser(Role.STAFF) as staff,
    ):
        table = (await (await city.get(f"/console/audit{query}")).text()).partition("<tbody")[2].partition("</tbody>")[0]
        file = await (await city.get(f"/console/audit.csv{query}")).text()
        whole = await (await admin.get("/console/audit")).text()
        seen = await (await staff.get(f"/console/households/{flat}")).text()

    for page in (table, file, seen):
        assert not any(words in page for words in ("健康打卡", "健康信息", "健康异常", "health.abnormal"))
    assert left in table
    assert all(words in whole for words in ("健康打卡", "查看了健康信息", "同意了一项用途（健康打卡"))
    assert "邀请访客" in seen
