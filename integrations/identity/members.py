"""Who of a flat is bound, and which invitations to it are open: told to whoever is bound there, who may take them back."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contract import Ask, Reply, Resident, Turn, action, roster
from bot.contract.roster import Invitation
from integrations.identity import household

#: The option of who takes back all of them.
ALL_OF_THEM = "all"


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What is said of whom, where words that are a service's own said it (heard.py); nothing for who only asks."""

    says: str | None = None
    called: str = ""
    who: str | None = None


@action(
    "identity.members", Spoken,
    replies={"done": "flat who invited", "unknown": "", "which": "", "kept": "", "answered": "said"}, shows=True,
)  # fmt: skip
def members(turn: Turn, slots: Spoken) -> Reply | Ask:
    """Tell who of the flat that is meant is bound, and who was invited and has not come yet; or do what was said of one of them."""
    if slots.says and (found := household.one_of(turn, slots.says, slots.called, slots.who)) is not None:
        return found
    flat = turn.home
    others = [one.name or "一位家里人" for one in roster.bound_at(turn.session, flat) if one.id != turn.me.id]
    invited = "、".join(_called(turn, one) for one in roster.open_invitations(turn.session, flat, turn.now))
    return Reply("done", flat=flat.label, who="、".join(("您", *others)), invited=invited)


@dataclass(frozen=True, kw_only=True)
class Uninvited:
    """Whose invitation is meant."""

    name: str = ""
    which: str | None = None


@action("identity.uninvite", Uninvited, replies={"done": "whom", "which": "", "none": ""})
def uninvite(turn: Turn, slots: Uninvited) -> Reply | Ask:
    """Let an invitation to the flat that is meant open nothing any more; of several the one that is named or picked, or all."""
    flat = turn.home
    there = roster.open_invitations(turn.session, flat, turn.now)
    if not there:
        return Reply("none", ok=False)
    meant = _meant(there, slots)
    if len(meant) > 1 and slots.which != ALL_OF_THEM:
        options = {str(number): _called(turn, one) for number, one in enumerate(there)}
        return Ask(slot="which", name="which", options={**options, ALL_OF_THEM: "全部撤销"})
    for one in meant:
        roster.end_invitation(turn.session, one, turn.now)
    turn.record("identity.uninvited", turn.me.about, household=flat.key)
    return Reply("done", whom="、".join(one.called for one in meant))


def _meant(there: Sequence[Invitation], slots: Uninvited) -> Sequence[Invitation]:
    """Return the one that was picked or named, else all that there are."""
    picked = [one for number, one in enumerate(there) if str(number) == slots.which]
    return picked or [one for one in there if slots.name and one.called == slots.name] or there


def _called(turn: Turn, invitation: Invitation) -> str:
    """Return whom an invitation is for, as who made it calls them, and how long it is good."""
    inviter = roster.inviter_of(turn.session, invitation)
    return turn.words(
        "{by?{by}邀请的}{whom}（{until}前有效）", by=_by(turn, inviter), whom=invitation.called, until=invitation.expires_at
    )


def _by(turn: Turn, inviter: Resident | None) -> str:
    return "" if inviter is None or inviter.id == turn.me.id else inviter.name or "家里人"


ALL = (members, uninvite)
