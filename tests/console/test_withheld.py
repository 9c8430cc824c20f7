"""Numbers of papers and cards typed into pages are kept no more than those said in the chat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from bot.store import tasks
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from integrations.desk.models import ReadyAnswer
from tests.console.conftest import Office

if TYPE_CHECKING:
    from datetime import datetime

PAPER, CARD = "330106198001011234", "6222021234567890123"


def alarm(session: Session, now: datetime) -> tuple[str, str]:
    """Return an alarm that a member of the staff has taken, and who."""
    member = session.exec(select(Staff).where(Staff.role == Role.MANAGER).order_by(Staff.login)).first()
    assert member is not None
    made = tasks.open(session, now, kind="emergency.sos", need="task.view", title="求助", urgent=True)
    session.flush()
    tasks.claim(session, made, member.id or 0, now, f"staff:{member.login}")
    return made.public_id, member.login


async def test_what_is_typed_on_a_page_behind_a_link_holds_no_number_of_a_paper(office: Office) -> None:
    task, member = await office.write(alarm, office.clock())
    path = f"/p/duty/{task}/{member}"
    seal = office.linli.keys.seal_link(path, office.clock() + timedelta(hours=1), office.linli.community.key)
    browser = await office.browser()

    form = {"do": "close", "outcome": "已处理好", "note": f"老人身份证{PAPER}，卡{CARD}，电话13812348000"}
    async with browser.post(f"{path}?k={seal}", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()

    [done] = await office.read(lambda session: [one.outcome for one in session.exec(select(Task)).all() if one.closed_at])
    assert "身份证[证件]" in done
    assert "13812348000" in done
    assert PAPER not in done
    assert CARD not in done
    await browser.close()


async def test_what_staff_write_into_the_console_holds_no_number_of_a_paper_and_the_accounts_of_the_office(
    office: Office,
) -> None:
    """Of every form: a ready answer stands for them all, for the fields are read in one place."""
    form = {"short": "找人", "text": f"联系人身份证{PAPER}，缴费账号{CARD}，电表AB1234567"}
    async with await office.browser(Role.ADMIN) as browser, browser.post("/console/phrases", data=form) as answer:
        told = await answer.text()
        assert answer.status == 200, told[:300]

    kept = await office.read(lambda session: [one.text for one in session.exec(select(ReadyAnswer)).all() if one.short == "找人"])
    assert kept == [f"联系人身份证[证件]，缴费账号{CARD}，电表AB1234567"]
    assert PAPER not in told
