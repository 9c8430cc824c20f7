"""The log in words: every event has a sentence, actors and subjects have names, and problems have pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot import config, services
from bot.console.events import OWN, titles
from bot.contract import Log
from bot.store import events
from bot.store.events import Event
from bot.store.people import Resident
from bot.store.staff import Role, Staff

if TYPE_CHECKING:
    from tests.console.conftest import Office

ROOT = Path(__file__).parents[2]
LOGS = [OWN, *(item.log for item in services.load_integrations(config.Settings.model_fields["integrations"].get_default()))]

#: A kind as it stands in the code, whole or up to where a value is put in.
KIND = re.compile(
    r'(?:\brecord\((?:session, [\w.()]+, )?|\bnote\(session, [\w.]+, |if member\.disabled_at else |if not reason else )f?"([a-z_]+\.[a-z_]+)(\{?)'
)


def test_every_event_of_the_code_is_told_in_chinese() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("bot", "integrations") for path in (ROOT / folder).rglob("*.py")
    )
    told = {kind for log in LOGS for kind in log.events}
    kinds = KIND.findall(re.sub(r"record\(\s+", "record(", code))

    assert len(kinds) > 30
    for kind, is_open in kinds:
        assert any(name.startswith(kind) if is_open else name == kind for name in told), kind


async def test_log_names_people_and_links_what_it_is_about(office: Office) -> None:
    def happen(session: Session) -> None:
        now = office.clock()
        admin = session.exec(select(Staff.login).where(Staff.role == Role.ADMIN)).first()
        chen = session.exec(select(Resident).where(Resident.name == "陈建国")).one()
        events.record(session, now, "visitor.invited", subject="pass:NONE", actor=f"resident:{chen.public_id}", people=2)
        events.record(
            session, now, "staff.role_changed", subject="staff:staff1", actor=f"staff:{admin}", before="guard", after="staff"
        )
        events.record(session, now, "notice.published", subject="notice:NONE", people=0)

    await office.write(happen)
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get("/console/audit")).text()

    for words in (
        "3栋2单元501 陈建国（居民）",
        "邀请访客，2 人",
        "改了员工角色：门岗改为员工",
        "（管理员）",
        "发给 0 人",
        'href="/console/staff"',
    ):
        assert words in page
    for code in ("visitor.invited", "resident:", "staff:", "people=", "system"):
        assert code not in re.sub(r"<[^>]*>", "", page), "a form may send codes, people read words"


async def test_no_kind_of_event_is_shown_as_a_code(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        await staff.get("/console")
    kinds = {event.kind for event in await office.read(lambda session: session.exec(select(Event)).all())}

    assert kinds <= {kind for log in LOGS for kind in log.events}


# ------------------------------------------------------------------ problems

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(("method", "path", "status", "said"), [
    ("GET", "/console/nowhere", 404, "没有这个页面"), ("GET", "/nowhere", 404, "没有这个页面"), ("DELETE", "/console/tasks", 405, "不能直接打开"),
    ("GET", "/console/intents/file/nowhere.yaml", 404, "没有这个文件"), ("GET", "/console/photos/nowhere", 404, "照片不在了"),
    ("GET", "/p/nowhere", 404, "没有这个页面"),
])  # fmt: skip
async def test_address_that_opens_nothing_is_told_on_a_page_of_ours(
    office: Office, method: str, path: str, status: int, said: str
) -> None:
    async with await office.browser(Role.ADMIN) as admin:
        response = await admin.request(method, path, headers=HTML)
        page = await response.text()

    assert response.status == status
    assert said in page
    assert "<h1>" in page
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_page_of_another_role_says_who_may_open_it(office: Office) -> None:
    async with await office.browser(Role.STAFF) as staff:
        response = await staff.get("/console/intents", headers=HTML)

        assert response.status == 403
        assert "这里需要经理、管理员的账号" in await response.text()
        assert "<nav" in await response.text()


async def test_programs_get_no_page(office: Office) -> None:
    async with await office.browser() as program:
        response = await program.get("/console/nowhere", headers={"Accept": "application/json"})

        assert (response.status, response.content_type) == (404, "text/plain")


# ------------------------------------------------------------------ titles


@pytest.mark.parametrize("log", LOGS)
def test_every_kind_has_a_short_title_of_its_own_that_is_no_chopped_sentence(log: Log) -> None:
    titles = {kind: log.title(kind) for kind in log.events}

    assert {kind for kind, said in log.events.items() if "{" in said and kind not in log.titles} == set()
    assert [kind for kind, title in titles.items() if len(title) > 16 or re.search(r"[{}a-z]|[（，：…]$", title)] == []
    assert len(set(titles.values())) == len(titles)
    assert log.titles.keys() <= log.events.keys()


async def test_kinds_are_listed_by_service_each_once_and_searched_by_their_title(office: Office) -> None:
    listed = titles(office.linli.services)
    kinds = [kind for own in listed.values() for kind in own]
    assert len(kinds) == len(set(kinds))
    assert list(listed["报修"])[:2] == ["repair.opened", "repair.accepted"]

    await office.write(lambda session: events.record(session, office.clock(), "audit.pruned", lines=3, before="2026-01-01"))
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get("/console/audit?q=清理了旧记录")).text()

    assert "清理了 2026-01-01 以前的记录，3 条" in page
    assert '<optgroup label="报修">' in page


async def test_what_somebody_consents_to_is_called_by_its_title(office: Office) -> None:
    await office.write(lambda session: events.record(session, office.clock(), "consent.withdrawn", purpose="health"))
    async with await office.browser(Role.MANAGER) as manager:
        page = await (await manager.get("/console/audit?kind=consent.withdrawn")).text()

    assert f"撤回了一项同意（{office.linli.services.purposes['health'].title}）" in page
