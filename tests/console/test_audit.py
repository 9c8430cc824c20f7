"""The audit page: narrowed by kind, person, subject and day, searched, paged to its end, taken along, and whether it is whole."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from bot.contract import listpage
from bot.sealer import Sealer
from bot.store import events, people, seals
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff

if TYPE_CHECKING:
    from tests.console.conftest import Office

TABLE = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)


async def shown(office: Office, query: str = "") -> str:
    """What the table of the page holds, as a manager sees it."""
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get(f"/console/audit{query}")).text()
    return "".join(TABLE.findall(page)) or page


@pytest.fixture
async def chen(office: Office) -> str:
    """Three days of events; returns a resident's public id."""

    def happen(session: Session) -> str:
        now = office.clock()
        resident = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        events.record(session, now - timedelta(days=2), "staff.signed_in", subject="staff:chen", actor="staff:chen")
        events.record(session, now - timedelta(days=1), "visitor.invited", actor=f"resident:{resident.public_id}", people=2)
        events.record(session, now, "key.made", subject="key:K3M9", actor="staff:admin")
        return resident.public_id

    return await office.write(happen)


@pytest.mark.parametrize(("query", "found"), [
    ("?kind=key.made", {"新建了接口密钥"}), ("?actor=staff:chen", {"登录"}), ("?actor=resident:", {"邀请访客"}),
    ("?subject=key:K3M9", {"新建了接口密钥"}), ("?at_from=2026-03-10&at_to=2026-03-10", {"邀请访客"}), ("?at_to=2026-03-09", {"登录"}),
    ("?q=密钥", {"新建了接口密钥"}), ("?q=陈建国", {"邀请访客"}), ("?q=3栋2单元501", {"邀请访客"}), ("?q=陈管家", {"登录"}), ("?q=K3M9", {"新建了接口密钥"}),
    ("?q=登录&actor=staff:chen&at_from=2026-03-09", {"登录"}), ("?q=陈建国 邀请", {"邀请访客"}),
])  # fmt: skip
async def test_the_log_is_narrowed_by_kind_person_subject_and_day(office: Office, chen: str, query: str, found: set[str]) -> None:
    rows = await shown(office, query)

    assert {words for words in ("新建了接口密钥", "邀请访客", ">登录<") if words in rows} == {
        ">登录<" if words == "登录" else words for words in found
    }


async def test_a_day_that_is_none_is_told(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        response = await manager.get("/console/audit?at_from=2026-02-30")

        assert response.status == 422
        assert "不是日期" in await response.text()


async def test_pages_follow_each_other_without_a_gap_and_say_how_many_there_are(office: Office) -> None:
    def happen(session: Session) -> None:
        for number in range(45):
            events.record(session, office.clock(), "visitor.invited", subject=f"pass:{number}", people=number)

    await office.write(happen)
    seen, path = [], "/console/audit?kind=visitor.invited"
    async with await office.browser(Role.MANAGER) as manager:
        while path:
            page = await (await manager.get(path)).text()
            assert "共 45 条" in page
            seen += re.findall(r"邀请访客，(\d+) 人", page)
            older = re.search(r'href="([^"]*)" rel="next"', page)
            path = older[1].replace("&amp;", "&") if older else ""

    assert seen == [str(number) for number in reversed(range(45))]


async def test_a_page_asks_once_for_each_kind_of_what_its_events_are_about(office: Office) -> None:
    def happen(session: Session) -> None:
        flat = session.exec(select(Household)).first()
        assert flat is not None
        for number in range(15):
            one = people.settle(session, flat, name=f"住户{number}")
            events.record(
                session,
                office.clock(),
                "resident.bound",
                subject=one.about,
                actor=one.about,
                household=flat.key,
                evidence="staff",
            )
            events.record(session, office.clock(), "key.made", subject=f"key:{number}", actor=f"staff:nobody{number}")

    await office.write(happen)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(office.linli.database.engine, "before_cursor_execute", note)
    async with await office.browser(Role.MANAGER) as manager:
        asked.clear()
        page = await (await manager.get("/console/audit", headers={"HX-Request": "true"})).text()
    event.remove(office.linli.database.engine, "before_cursor_execute", note)

    assert min(page.count("绑定了微信"), page.count("新建了接口密钥")) == 9, "and the line of who signed in"
    assert " 住户14（居民）" in page
    by_table = Counter(found[1] for one in asked for found in re.finditer(r"FROM (resident|household|api_key) ", one))
    assert by_table == {"resident": 2, "household": 2, "api_key": 1}, "subjects and actors, each once"


async def test_what_is_exported_opens_in_excel_runs_nothing_and_is_an_event_itself(office: Office, chen: str) -> None:
    def rename(session: Session) -> None:
        member = session.exec(select(Staff).where(Staff.login == "chen")).one()
        member.name = "=1+2"
        session.add(member)

    await office.write(rename)
    async with await office.browser(Role.MANAGER) as manager:
        response = await manager.get("/console/audit/export.csv?actor=staff:chen")
        body = (await response.read()).decode()

    assert response.content_type == "text/csv"
    assert body.startswith("\ufeff编号,时间,谁,做了什么,关于,种类,对象\r\n")
    [_, row] = csv.reader(StringIO(body))
    assert row[1:] == ["2026-03-09 10:00:00", "'=1+2（员工）", "登录", "'=1+2", "staff.signed_in", "staff:chen"]
    told = await office.read(lambda session: session.exec(select(Event).where(Event.kind == "data.exported")).all())
    assert [one.data for one in told] == [{"what": "记录（CSV）"}]


async def test_a_file_is_never_cut_in_silence(office: Office, chen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listpage, "FILED", 2)
    async with await office.browser(Role.MANAGER) as manager:
        response = await manager.get("/console/audit/export.csv")

        assert response.status == 422
        assert "请先用筛选缩小范围" in await response.text()


async def test_where_nothing_fits_the_page_says_what_to_do(office: Office) -> None:
    assert "去掉一个条件" in await shown(office, "?q=没有这样的话")


async def test_the_page_says_how_far_the_log_is_sealed_and_that_it_is_whole(office: Office, chen: str) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        assert "还没有封存" in await (await manager.get("/console/audit")).text()
    sealer = Sealer(office.linli.database, seals.key_of(office.linli.keys), office.clock, office.linli.settings.var)
    await sealer.step()

    async with await office.browser(Role.MANAGER) as manager:
        assert "核对无误" in await (await manager.get("/console/audit")).text()
        with office.linli.database.engine.begin() as connection:
            connection.execute(text("UPDATE event SET actor = 'staff:wang' WHERE kind = 'key.made'"))
        office.clock.move(seals.LATELY)
        assert "记录被人改动过" in await (await manager.get("/console/audit")).text()


async def test_events_of_another_community_do_not_look_like_lines_that_were_removed(office: Office, chen: str) -> None:
    await office.linli.database.write(_elsewhere, office)
    sealer = Sealer(office.linli.database, seals.key_of(office.linli.keys), office.clock, office.linli.settings.var)
    await sealer.step()

    async with await office.browser(Role.MANAGER) as manager:
        assert "核对无误" in await (await manager.get("/console/audit")).text()


def _elsewhere(session: Session, office: Office) -> None:
    from bot.store import scope
    from bot.store.communities import Community

    other = Community(appid="wx_other", name="别处")
    session.add(other)
    session.flush()
    scope.enter(session, other.key)
    events.record(session, office.clock(), "staff.signed_in")
