"""What a household says of who wants to belong to it, or already does: one tap on a page, or a word in the chat."""

import re
from datetime import timedelta

from bot.contract import Household, Refusal, Resident, Turn, Work, roster
from integrations.identity import requests

#: How long after a binding the word 不认识 is about it.
RECENT = timedelta(days=7)

_UNKNOWN = re.compile(r"(?:我们?家?(?:人|都)?|都)?不认[识得](?:这个?人|他|她|ta)?[了啊呀的]?[。.!！ ]*", re.IGNORECASE)


def object_to(work: Work, newcomer: Resident, flat: Household) -> None:
    """Let go, for good, an account that a household does not know: what it opened ends, and staff look into it."""
    work.session.refresh(newcomer, with_for_update=True)
    openid = newcomer.openid
    if openid is None:
        raise Refusal("这个微信已经不在您家了，不用再管。")
    work.object_to(openid, flat)
    work.record("identity.objected", newcomer.about, household=flat.key)
    work.assign("identity.objected", requests.NEED, f"住户说不认识新绑定的人：{flat.label}", urgent=True, household=flat)
    work.tell(openid, "identity.objected", flat=flat.label)


def hear(turn: Turn, text: str) -> str:
    """Take 不认识 for the account that was bound at home last; nothing where none was lately."""
    if not _UNKNOWN.fullmatch(text.strip()) or turn.resident is None:
        return ""
    for flat in roster.homes(turn.session, turn.resident):
        newest = newest_at(turn, flat, turn.resident)
        if newest is not None:
            object_to(turn, newest, flat)
            return turn.words(turn.context.messages["identity.stopped"], flat=flat.label, who=newest.name or "这个微信")
    return ""


def newest_at(work: Work, flat: Household, but: Resident) -> Resident | None:
    """Return who of the others in a flat was bound last, within RECENT."""
    others = [
        one for one in roster.people_of(work.session, flat)
        if one.id != but.id and one.openid and one.bound_at and work.now - one.bound_at < RECENT
    ]  # fmt: skip
    return max(others, key=lambda one: (one.bound_at, one.key), default=None)
