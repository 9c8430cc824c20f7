"""Who reads what is sensitive leaves a line in the log: who, what and about whom, once in a while, and nothing of what was read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.console import lists
from bot.console.readings import AGAIN, Readings
from bot.contract import Page, Reading, Work, rosterimport
from bot.rosters.rows import Entry
from bot.store import consents, conversations, grants, tasks
from bot.store.conversations import Conversation
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.photos import Photo
from bot.store.staff import Role, Staff
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Consultation
from integrations.duty import summons
from integrations.health.models import Campaign, CareDay, CareProof, CareWish, CheckIn

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office


def talked(session: Session, office: Office) -> tuple[str, str, int]:
    """A resident who has checked in and talked: their public id, that of their talk, and their household."""
    chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
    openid = chen.openid or ""
    session.merge(Conversation(openid=openid, updated_at=office.clock()))
    conversations.say(session, openid, "resident", "打卡 37.9 咳嗽", office.clock())
    consent = consents.give(session, chen, "health", 1, "可以", office.clock())
    session.add(
        CheckIn(
            reporter_id=chen.key, resident_id=chen.key, consent_id=consent.key, day=office.clock().date(), at=office.clock(),
            tenths=379, symptoms=["cough"],
        )
    )  # fmt: skip
    session.flush()
    return chen.public_id, session.get_one(Conversation, openid).public_id, chen.household_id


async def readings(office: Office) -> list[tuple[str, str, str]]:
    rows = await office.read(lambda session: session.exec(select(Event).order_by(Event.id)).all())
    return [(row.subject, row.data["what"], row.actor) for row in rows if row.kind in ("data.read", "data.exported")]


def sensitive_pages(office: Office) -> list[Page]:
    services = office.linli.services
    pages = (page for service in services.integrations for page in (*lists.pages_of(*service.lists), *service.console))
    return [page for page in pages if page.method == "GET" and services.permissions[page.need].sensitive and not page.is_bare]


def looked_at(session: Session, office: Office) -> dict[str, str]:
    """A roster file that waits, of the admin, and one that was taken over: their ids by the page that shows them. Somebody is waited for each morning."""
    alone = session.exec(select(Resident)).all()[0]
    given = consents.give(session, alone, "care", 2, "", office.clock())
    wish = CareWish(resident_id=alone.key, consent_id=given.key, at=office.clock(), wants="", expects_from=office.clock().date())
    session.add(wish)
    session.flush()
    morning = CareDay(
        wish_id=wish.id or 0, resident_id=alone.key, consent_id=given.key, day=office.clock().date(), due_at=office.clock()
    )
    session.add(morning)
    session.flush()
    admin = session.exec(select(Staff).where(Staff.role == Role.ADMIN)).one()
    entries = [Entry(line=2, flat=("99", "1", "101"), name="钱多多", phone="13800138000")]
    work = Work(session=session, now=office.clock(), context=office.linli.context)
    done = rosterimport.take_over(work, entries, file_name="名册.xlsx")
    draft = rosterimport.keep(session, admin.person, "名册.xlsx", entries, [], office.clock(), whole=False)
    session.flush()
    session.add(
        CareProof(
            day_id=morning.id or 0,
            consent_id=given.key,
            staff_id=admin.id or 0,
            at=office.clock(),
            was_well=True,
            words="",
            picture="",
        )
    )
    consultation = Consultation(
        doctor="王医生", offers="", room="", starts_at=office.clock(), ends_at=office.clock() + timedelta(days=9), places=1
    )
    session.add(consultation)
    session.flush()
    session.add(
        Booking(
            session_id=consultation.id or 0,
            resident_id=alone.key,
            household_id=alone.household_id or 0,
            patient="本人",
            made_at=office.clock(),
        )
    )
    day = office.clock().date()
    campaign = Campaign(
        name="流感登记",
        whom={"everyone": True},
        begins=day,
        ends=day,
        windows=[[420, 600]],
        keep_days=1,
        erases_on=day,
        made_at=office.clock(),
    )
    session.add(campaign)
    session.flush()
    asked = ("", "/missing", "/missing.csv", "/missing.xlsx", "/answers.csv", "/answers.xlsx")
    cared = {
        **{f"/campaigns/{{key}}{page}": campaign.public_id for page in asked},
        "/care/people/{key}": alone.public_id,
        "/care/visits/{day}": morning.public_id,
        "/care/visits/{day}/picture": morning.public_id,
    }
    return {"/roster/draft/{id}": draft.public_id, "/roster/imports/{id}": done.public_id, **cared}


async def test_each_page_of_sensitive_data_leaves_its_line(office: Office) -> None:
    _, talk, _ = await office.write(talked, office)
    ids = await office.write(looked_at, office)
    pages = sorted(
        sensitive_pages(office), key=lambda page: (not page.path.startswith("/roster"), page.path not in ids)
    )  # a file waits for an hour
    assert {page.path for page in pages} >= {
        "/health",
        "/health/export.csv",
        "/health/missing",
        "/conversations",
        "/conversations/{key}",
        "/flats",
        *ids,
    }

    for page in pages:
        before = await readings(office)
        office.clock.move(AGAIN)
        async with await office.browser(Role.ADMIN) as admin:
            path = re.sub(r"\{\w+\}", ids.get(page.path, talk), page.path)
            assert (await admin.get(f"/console{path}")).status == 200, page.path
        new = (await readings(office))[len(before) :]
        assert office.linli.services.permissions[page.need].sensitive in {what for _, what, _ in new}, page.path


async def test_reading_health_data_names_the_people_and_not_what_they_have(office: Office) -> None:
    chen, _, _ = await office.write(talked, office)
    async with await office.browser(Role.MANAGER) as manager:
        await manager.get("/console/health")

    assert (f"resident:{chen}", "健康信息") in {(subject, what) for subject, what, _ in await readings(office)}
    rows = await office.read(lambda session: session.exec(select(Event).where(Event.kind == "data.read")).all())
    assert not any(re.search("37|咳|陈", str(row.model_dump())) for row in rows)


async def test_a_household_with_a_card_of_health_is_a_reading_of_it(office: Office) -> None:
    chen, _, household = await office.write(talked, office)
    async with await office.browser(Role.STAFF) as staff:
        await staff.get(f"/console/households/{household}")
    assert await readings(office) == []

    async with await office.browser(Role.MANAGER) as manager:
        await manager.get(f"/console/households/{household}")
    assert (f"resident:{chen}", "健康信息") in {(subject, what) for subject, what, _ in await readings(office)}


async def test_a_card_of_one_persons_health_is_no_reading_of_who_lives_with_them(office: Office) -> None:
    def add(session: Session) -> None:
        work = Work(session=session, now=office.clock(), context=office.linli.context)
        work.settle(session.get_one(Household, household), name="李梅")

    chen, _, household = await office.write(talked, office)
    await office.write(add)
    async with await office.browser(Role.MANAGER) as manager:
        await manager.get(f"/console/households/{household}")

    assert {subject for subject, what, _ in await readings(office) if what == "健康信息"} == {f"resident:{chen}"}


async def test_a_page_that_refreshes_itself_is_one_reading_until_a_while_has_passed(office: Office) -> None:
    _, talk, _ = await office.write(talked, office)

    async def count(browser: Browser) -> int:
        await browser.get(f"/console/conversations/{talk}")
        return [what for _, what, _ in await readings(office)].count("居民的对话")

    async with await office.browser(Role.STAFF) as staff, await office.browser(Role.MANAGER) as manager:
        assert [await count(staff), await count(staff), await count(manager), await count(staff)] == [1, 1, 2, 2]
        office.clock.move(AGAIN)
        assert await count(staff) == 3


async def test_a_photo_is_a_reading_and_each_export_is_one(office: Office) -> None:
    def take(session: Session) -> str:
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        photo = Photo(openid=chen.openid or "", media_id="m", taken_at=office.clock(), sha256="a" * 64, state="stored")
        session.add(photo)
        session.flush()
        return photo.public_id

    photo = await office.write(take)
    async with await office.browser(Role.STAFF) as staff:
        await staff.get(f"/console/photos/{photo}")
        await staff.get("/console/knowledge/export.csv")
        await staff.get("/console/knowledge/export.csv")

    found = [(subject, what) for subject, what, _ in await readings(office)]
    assert found == [(f"photo:{photo}", "居民的照片"), ("", "知识库（CSV）"), ("", "知识库（CSV）")]


async def test_the_log_says_readings_in_words(office: Office) -> None:
    await office.write(talked, office)
    async with await office.browser(Role.MANAGER) as manager:
        await manager.get("/console/health")
        page = await (await manager.get("/console/audit")).text()

    assert "查看了健康信息" in page


async def test_who_may_not_read_leaves_no_line_that_they_did(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        assert (await staff.get("/console/health")).status == 403

    assert await readings(office) == []


@pytest.mark.parametrize(("passed", "is_fresh"), [(timedelta(), False), (AGAIN, True), (-timedelta(days=1), True)])
def test_a_clock_turned_back_hides_no_reading(office: Office, passed: timedelta, is_fresh: bool) -> None:
    now, seen, read = office.clock(), Readings(), [Reading(what="健康信息")]
    seen.remember(1, read, now)

    assert bool(seen.fresh(1, read, now + passed)) is is_fresh


@pytest.mark.parametrize("path", ["/console/tasks", "/console", "/console/alarms"])
async def test_a_task_that_tells_of_health_is_a_reading_wherever_it_is_listed(office: Office, path: str) -> None:
    def abnormal(session: Session) -> str:
        task = tasks.open(
            session, office.clock(), kind="health.abnormal", need="health.view", title="健康异常：37.9℃", urgent=True
        )
        return task.about

    about = await office.write(abnormal)
    async with await office.browser(Role.STAFF) as staff:
        assert "37.9" not in await (await staff.get(path)).text()
    async with await office.browser(Role.MANAGER) as manager:
        assert "37.9" in await (await manager.get(path)).text()

    assert [(subject, what) for subject, what, _ in await readings(office)] == [(about, "健康信息")]


async def test_whole_numbers_are_a_reading_for_who_sees_them_whole_and_for_nobody_else(office: Office) -> None:
    _, talk, _ = await office.write(talked, office)

    def give_number(session: Session) -> None:
        session.exec(select(Resident).where(Resident.name == "陈建国")).one().phone = "13800138000"
        grants.change(session, Role.MANAGER, "phone.view", False, True)

    await office.write(give_number)
    for role in (Role.STAFF, Role.MANAGER):
        async with await office.browser(role) as browser:
            await browser.get(f"/console/conversations/{talk}")

    [(subject, _, _)] = [one for one in await readings(office) if one[1] == "居民完整的电话号码"]
    assert subject == f"conversation:{talk}"


async def test_alarm_behind_a_link_is_a_reading_of_who_the_link_is_for(office: Office) -> None:
    def begin(session: Session) -> tuple[str, str]:
        member = session.exec(select(Staff).where(Staff.role == Role.STAFF)).first()
        assert member is not None
        work = Work(session=session, now=office.clock(), context=office.linli.context)
        task = work.assign("emergency.medical", "task.view", "急救：心梗", urgent=True, text="我爸胸口疼")
        return summons.link(work, task, member), f"task:{task.public_id}"

    link, subject = await office.write(begin)
    path = link.removeprefix(office.linli.settings.base_url)
    async with await office.browser() as phone:
        for _ in range(2):
            assert (await phone.get(path)).status == 200

    told = [one for one in await readings(office) if one[0] == subject]
    assert [(what, actor.partition(":")[0]) for _, what, actor in told] == [("紧急求助时说的话", "staff")]
