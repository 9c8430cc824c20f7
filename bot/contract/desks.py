"""The desk of whoever talks with the bot and is of the staff: in each community of the account where they work."""

from collections.abc import Callable

from sqlalchemy import bindparam
from sqlmodel import col, select

from bot.contract import telling
from bot.contract.pages import Desk
from bot.contract.work import Turn, Work
from bot.store.lookup import Lookup
from bot.store.scope import within
from bot.store.staff import Staff

_MEMBER = Lookup(
    select(Staff).where(Staff.openid == bindparam("openid"), col(Staff.disabled_at).is_(None)).order_by(col(Staff.id))
)


def in_each(turn: Turn, need: str, run: Callable[[Desk], str]) -> str:
    """Return the first answer of `run` at a desk of theirs that has the permission; empty where there is none.

    Somebody may talk with the bot as a resident of one community and work in another.
    """
    for place in turn.context.neighbours or (turn.community,):
        with within(turn.session, place.key):
            member = _MEMBER.first(turn.session, openid=turn.openid)
            if member is None:
                continue
            there = Work(session=turn.session, now=turn.now, context=turn.context.of(place))
            desk = Desk(session=turn.session, now=turn.now, context=there.context, staff=member, access=telling.access(there))
            if desk.may(need) and (answer := run(desk)):
                return answer
    return ""
