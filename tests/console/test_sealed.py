"""A value that cannot be opened says so on its page; the page is shown all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot.sealed import UNREADABLE
from bot.store.people import Resident
from bot.store.staff import Role
from tests.console.test_desk import CHEN, alarm

if TYPE_CHECKING:
    from tests.console.conftest import Office

#: Where a value is put under a key that nobody has, and the page that shows it.
BROKEN = {
    "resident.phone": "/console/households/{flat}", "task.title": "/console/tasks", "task.data": "/console/tasks", "line.text": "/console/conversations/{talk}",
    "conversation.topic": "/console/conversations", "conversation.standing": "/console/conversations/{talk}", "health_checkin.tenths": "/console/health",
    "health_checkin.symptoms": "/console/health", "visitor_pass.plate": "/console/passes", "visitor_pass.words": "/console/passes",
}  # fmt: skip

#: What the staff's pages do not show of these.
UNSHOWN = {"conversation.standing"}


@pytest.mark.parametrize("place", BROKEN)
async def test_a_page_shows_all_the_rest(office: Office, place: str) -> None:
    _, talk, flat, _ = alarm(office)
    await office.write(say_all, office)
    table, column = place.split(".")

    def spoil(session: Session) -> int:
        lost = "s1.00000000." + "A" * 60
        return session.execute(text(f"UPDATE {table} SET {column} = :lost"), {"lost": lost}).rowcount  # type: ignore[attr-defined,no-any-return]

    assert await office.write(spoil) > 0
    async with await office.browser(Role.MANAGER) as browser:
        response = await browser.get(BROKEN[place].format(flat=flat, talk=talk))
        page = await response.text()

    assert response.status == 200
    assert (UNREADABLE in page) == (place not in UNSHOWN)


def say_all(session: Session, office: Office) -> None:
    """Let one resident have something of each kind."""
    from bot.store import consents, conversations
    from integrations.health.models import CheckIn
    from integrations.visitor_passes.models import Pass

    now = office.clock()
    resident = session.exec(select(Resident).where(Resident.openid == CHEN)).one()
    resident.phone = "13800001111"
    conversations.say(session, CHEN, "resident", "我想说句话", now)
    kept = conversations.locked(session, CHEN)
    assert kept is not None
    kept.standing = {}
    session.add_all((resident, kept))
    consent = consents.give(session, resident, "health", 1, "可以", now)
    whose = {"reporter_id": resident.key, "resident_id": resident.key, "consent_id": consent.key}
    session.add(CheckIn(**whose, day=now.date(), at=now, tenths=379, symptoms=["cough"]))
    session.add(
        Pass(
            resident_id=resident.key, household_id=resident.household_id, visitor_name="王芳", plate="皖A7K261", words="她耳朵背", starts_at=now,
            ends_at=now.replace(hour=23), created_at=now,
        )
    )  # fmt: skip


async def test_a_resident_whose_standing_is_lost_is_answered(office: Office) -> None:
    from bot.dialogue.turn import take
    from bot.wechat.messages import Text

    alarm(office)
    await office.write(say_all, office)
    await office.write(
        lambda session: session.execute(text("UPDATE conversation SET standing = 's1.00000000.AAAA', topic = 's1.00000000.AAAA'"))
    )
    now, house = office.clock(), office.linli.house
    push = Text(openid=CHEN, account="gh", key="k1", created_at=now, text="你好")

    answer = await office.linli.database.write(take, push, house.understanding.hear(push, now), now, house)

    assert answer.texts
