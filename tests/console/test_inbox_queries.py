"""A page of the inbox asks the database as often for thirty talks as for four: nobody waits longer because many wait."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlmodel import Session, col, select

from bot.contract import Turn, handoffs
from bot.store import conversations, followers
from bot.store.conversations import Conversation
from bot.store.people import Resident
from bot.store.staff import Role
from integrations.desk.models import ReadyAnswer

if TYPE_CHECKING:
    from tests.console.conftest import Office

#: What a page may ask for at most, with all that stands around it.
MOST = {"talk": 52, "/console/conversations": 20, "/console": 32}


async def test_pages_of_the_inbox_ask_as_often_for_thirty_talks_as_for_four(office: Office) -> None:
    asked = []
    for many in (4, 30):
        address = await waits(office, many)
        asked.append({where: await count(office, address if where == "talk" else where) for where in MOST})
    few, lots = asked

    assert lots == few
    assert {where: number for where, number in lots.items() if not 0 < number <= MOST[where]} == {}


async def waits(office: Office, many: int) -> str:
    """Let so many residents wait for a person, each with some words, and have as many answers kept ready; returns the address of a talk."""

    def run(session: Session) -> str:
        context = office.linli.context
        people = session.exec(select(Resident).where(col(Resident.name) != "").order_by(col(Resident.id)).limit(many)).all()
        for number, one in enumerate(people):
            openid = one.openid = one.openid or f"oWaits{number}"
            at = office.clock() - timedelta(minutes=number)
            session.add_all([one, ReadyAnswer(short=f"{many} {number}", text="{称呼}，{房号}，{编号}，{电话}，{多久回复}")])
            followers.heard(session, openid, context.community.key, at)
            conversations.keep(session, conversations.open_with(session, openid, context.community.key, at))
            for words in ("物业费多少", "有人吗"):
                conversations.say(session, openid, "resident", words, at)
            turn = Turn(session=session, now=at, context=context, openid=openid)
            handoffs.open(turn, intent="fee.query", topic="问费用", words="物业费多少")
            talk = conversations.open_with(session, openid, context.community.key, at)
            conversations.ask_for_person(talk, "问费用", at)
            conversations.keep(session, talk)
        found = session.exec(select(Conversation).where(Conversation.openid == people[0].openid)).one()
        return f"/console/conversations/{found.public_id}"

    return await office.write(run)


async def count(office: Office, address: str) -> int:
    """Return how often a page asks the database, once it was opened before; what goes on beside it does not count."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if any(frame.name == "_serve" for frame in traceback.extract_stack()):
            asked.append(statement)

    async with await office.browser(Role.STAFF) as staff:
        await (await staff.get(address)).text()
        event.listen(office.linli.database.engine, "before_cursor_execute", note)
        page = await (await staff.get(address)).text()
        event.remove(office.linli.database.engine, "before_cursor_execute", note)
    assert "/console/conversations/" in page.partition("<main")[2]
    return len(asked)
