"""What a household says of who wants to belong to it, or already does: one tap on a page, or a word in the chat."""

import re
from datetime import timedelta

from bot.contract import Evidence, Household, Refusal, Resident, Turn, Work, roster, tasks
from integrations.identity import proofs, requests, standing
from integrations.identity.standing import Standing

#: How long after a binding the word 不认识 is about it.
RECENT = timedelta(days=7)

_UNKNOWN = re.compile(r"(?:我们?家?(?:人|都)?|都)?不认[识得](?:这个?人|他|她|ta)?[了啊呀的]?[。.!！ ]*", re.IGNORECASE)


#: The kind of task for the office to find out which of two belongs to a flat.
DISPUTED = "identity.disputed"


def object_to(work: Work, newcomer: Resident, flat: Household, member: Resident) -> bool:
    """Let go, for good, an account that a household does not know, on a member's word: what it opened ends, and staff look into it.

    False where the word of this member is not enough to cut off that newcomer (standing.py): the office decides, and both keep what
    they have.
    """
    work.session.refresh(newcomer, with_for_update=True)
    openid = newcomer.openid
    if openid is None:
        raise Refusal("这个微信已经不在您家了，不用再管。")
    if not standing.may_put_out(_standing(work, member, flat), _standing(work, newcomer, flat)):
        _dispute(work, newcomer, flat, member)
        return False
    work.object_to(openid, flat)
    work.record("identity.objected", newcomer.about, household=flat.key)
    work.assign("identity.objected", requests.NEED, f"住户说不认识新绑定的人：{flat.label}", urgent=True, household=flat)
    work.tell(openid, "identity.objected", flat=flat.label)
    return True


def _standing(work: Work, resident: Resident, flat: Household) -> Standing:
    lives, binding = roster.residence(work.session, resident, flat), roster.binding_of(work.session, resident)
    on_roster = lives is not None and lives.evidence is Evidence.ROSTER
    return Standing(
        evidence=binding.evidence if on_roster and binding else lives.evidence if lives else Evidence.INVITATION,
        is_on_roster=on_roster, has_own_number=proofs.has_number(resident), since=resident.bound_at or work.now,
    )  # fmt: skip


def is_disputed(work: Work, one: Resident, other: Resident) -> bool:
    """Tell whether the office has yet to find out which of two belongs to a flat."""
    return bool(tasks.about(work.session, _between(one, other)))


def _between(one: Resident, other: Resident) -> str:
    return f"dispute:{'.'.join(sorted((one.public_id, other.public_id)))}"


def _dispute(work: Work, newcomer: Resident, flat: Household, member: Resident) -> None:
    """Let the office find out which of two belongs to a flat; one task for both, whoever of them speaks, as long as it is open."""
    if not is_disputed(work, newcomer, member):
        title = f"{flat.label}：{member.name or '一位家里人'}说不认识{newcomer.name or '一位家里人'}，两人都还绑着，请尽快核实谁住这里"
        work.assign(DISPUTED, requests.NEED, title, urgent=True, household=flat, subject=_between(newcomer, member))
        work.record("identity.disputed", newcomer.about, household=flat.key)


def hear(turn: Turn, text: str) -> str:
    """Take 不认识 for the account that was bound at home last; nothing where none was lately."""
    if not _UNKNOWN.fullmatch(text.strip()) or turn.resident is None:
        return ""
    for flat in roster.homes(turn.session, turn.resident):
        newest = newest_at(turn, flat, turn.resident)
        if newest is not None:
            done = object_to(turn, newest, flat, turn.resident)
            message = turn.context.messages["identity.stopped" if done else "identity.disputed"]
            return turn.words(message, flat=flat.label, who=newest.name or "这个微信")
    return ""


def newest_at(work: Work, flat: Household, but: Resident) -> Resident | None:
    """Return who of the others in a flat was bound last, within RECENT."""
    others = [
        one for one in roster.people_of(work.session, flat)
        if one.id != but.id and one.openid and one.bound_at and work.now - one.bound_at < RECENT
    ]  # fmt: skip
    return max(others, key=lambda one: (one.bound_at, one.key), default=None)
