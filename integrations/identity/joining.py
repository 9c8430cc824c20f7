"""Codes by which somebody joins a flat: a resident's invitation, and the flat's own code on paper."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.contract import (
    Ask,
    Evidence,
    Household,
    Refusal,
    Reply,
    Resident,
    ResidentRole,
    Turn,
    action,
    is_described,
    roster,
    tasks,
    tr,
)
from bot.contract.roster import Invitation
from integrations.identity import proofs, requests

#: How long an invitation lets somebody in, and how many a person may make in a day.
LIVES, INVITATIONS = timedelta(hours=24), 6

#: How long asking again for the same person is about the same code.
SAME = timedelta(minutes=2)

#: Signs of a code.
LONG = 10

#: Words that name nobody in particular.
_ANYBODY = frozenset({"家人", "家里人", "家属", "家庭成员", "亲属", "同住人", "家里的人"})


#: 邀请王五 may be about a guest, unless other words say that somebody belongs to the home.
_INVITES = re.compile("^(?:我?[要想]|帮我|麻烦|请)?邀?请")
_OF_HOME = re.compile("家|绑|码|住|登记|加|成员|一起|租|也")

#: Who is asked whom to invite and says so speaks of a guest, as long as nothing says that they belong to the home.
_COMES = re.compile(
    "来(?!绑|登|加|用)|做客|串门|拜访|探望|看望|今[天晚]|明[天早晚]|后天|[上中下]午|晚上|周[一二三四五六日末]|星期|礼拜|点钟?"
)

#: As what somebody is invited who is no family: 租客小李, 住家阿姨; their own words for themselves (我是租户) are not about them.
_ROLES = (
    (ResidentRole.TENANT, re.compile("租客|租户|房客|承租|租我|租住|租房的")),
    (ResidentRole.GUEST, re.compile("保姆|护工|阿姨|月嫂|育儿嫂|育婴|家政|钟点工|管家|司机|室友|舍友|合租|同住|房东")),
)
_OF_ONESELF = re.compile("我们?(?:就|也|都)?(?:是|系)[^,，。\\s]*")

#: Whose account nobody but a guardian may agree to: younger than this. A word that may be of one is asked about.
OF_AGE = 14
_AGE = re.compile(
    "(?P<years>\\d{1,2}|[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?:个?半)?周?岁|\\d{1,2}个月"
)
_CHILD = re.compile("(?:我们?家?的?|[大小二]?)(?:孩子|小孩子?|娃娃?|宝宝|小朋友|[大小二三]宝|小学生|毛头)")

_SPELT = "零一二三四五六七八九"

#: How old somebody is who may be a child.
GROWN, YOUNG = "grown", "young"

#: Why somebody is invited.
STAYS, VISITS = "stays", "visits"


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Whom a resident wants to have in their flat."""

    name: str
    stays: str = ""
    age: str = ""


@action(
    "identity.invite",
    Invited,
    replies={
        "done": "code whom flat until role",
        "again": "code whom flat until",
        "whom": "",
        "stays": "whom",
        "visits": "whom",
        "age": "whom",
        "child": "whom",
    },
)
def invite(turn: Turn, slots: Invited) -> Reply | Ask:
    """Make a code that lets one person join the flat that is meant, once and until tomorrow."""
    flat = turn.home
    if slots.name in _ANYBODY:
        return Ask(slot="name", name="whom", options={})
    if slots.stays == VISITS:
        return Reply("visits", ok=False, whom=slots.name)
    if not slots.stays and _may_visit(turn.said, slots.name):
        options = {STAYS: "住这里，一起用（发邀请码）", VISITS: "来做客（开访客通行证）"}
        return Ask(slot="stays", name="stays", options=options, values={"whom": slots.name})
    age = slots.age or age_told(turn.said, slots.name)
    if not age and may_be_young(slots.name):
        return Ask(slot="age", name="age", options={GROWN: "满14岁了", YOUNG: "还不满14岁"}, values={"whom": slots.name})
    if age == YOUNG:
        return Reply("child", ok=False, whom=slots.name)
    tasks.require_undisputed(turn, turn.me, flat)
    role = _role(turn.said, slots.name)
    if (given := _just_given(turn, flat, slots.name)) is not None:
        return Reply("again", code=given.code, whom=slots.name, flat=flat.label, until=given.expires_at)
    if not turn.take("invite", INVITATIONS):
        raise Refusal(turn.words(tr("今天发的邀请够多了，请明天再发，或请物业帮忙：{community.phone}。")))
    made = roster.invite(turn.session, turn.me, flat, slots.name, turn.now, turn.now + LIVES, role)
    turn.record("identity.invited", turn.me.about, household=flat.key)
    called = f"给{slots.name}的邀请码"
    return Reply(
        "done",
        about=f"invitation:{flat.key}-{slots.name}",
        called=called,
        code=made.code,
        whom=slots.name,
        flat=flat.label,
        until=made.expires_at,
        role="" if role is ResidentRole.FAMILY else roster.RESIDENT_ROLE_WORDS[role],
    )


def age_told(said: str, name: str) -> str:
    """Return whether an age that was told is that of a child, be it in the words or in the name; empty where none was."""
    told = _AGE.search(said) or _AGE.search(name)
    if told is None:
        return ""
    years = told["years"] or "0"
    tens, _, ones = years.rpartition("十")
    number = int(years) if years.isdigit() else 10 * ("十" in years) * max(_SPELT.find(tens), 1) + _SPELT.find(ones)
    return YOUNG if number < OF_AGE else GROWN


def may_be_young(name: str) -> bool:
    """Tell whether a word is for a child, of whom it must be asked how old they are."""
    return _CHILD.fullmatch(name) is not None


def _role(said: str, name: str) -> ResidentRole:
    """Return as what somebody is invited: a tenant or who stays, as the words call them; else as family."""
    words = f"{name}\n{_OF_ONESELF.sub('', said)}"
    return next((role for role, called in _ROLES if called.search(words)), ResidentRole.FAMILY)


def _just_given(turn: Turn, flat: Household, whom: str) -> Invitation | None:
    """Return the code that was made a moment ago for the same person: a second one would end it while it is being passed on."""
    mine = roster.open_invitations(turn.session, flat, turn.now)
    return next(
        (one for one in mine if one.inviter_id == turn.me.id and one.called == whom and turn.now - one.made_at <= SAME), None
    )


def _may_visit(said: str, name: str) -> bool:
    """Tell whether somebody may be a guest, for whom a code would be far too much: 邀请王五; 我表姐张兰明天下午来."""
    *_, last = said.split("\n")
    if _COMES.search(last) and not _OF_HOME.search(last):
        return True
    return _INVITES.match(said) is not None and not (is_described(name) or _OF_HOME.search(said))


@dataclass(frozen=True, kw_only=True)
class Joining:
    """A code, and who has it."""

    code: str = ""
    name: str | None = None
    proof: str | None = None  # the last digits of the number on record, or all of it; no digits: they know none
    who: str | None = None


@action(
    "identity.join", Joining,
    replies={
        "done": "flat", "already": "flat", "name": "flat", "prove": "flat", "again": "flat", "wrong": "", "tired": "", "without": "",
        "short": "count",
    },
)  # fmt: skip
def join(turn: Turn, slots: Joining) -> Reply | Ask:
    """Bind whoever has a code to the person of its flat that they show to be, else to a new one; unknown, used and expired codes sound alike."""
    if not slots.code:
        return Reply("without", ok=False)
    if len(slots.code) != LONG:  # mistyped, and no guess at one
        return Ask(slot="code", name="short", options={}, values={"count": len(slots.code)})
    if not turn.may_guess():
        return Reply("tired", ok=False)
    invitation = roster.find_invitation(turn.session, slots.code)
    if invitation is None or not invitation.is_open(turn.now):
        return Reply("wrong", ok=False)
    turn.guessed_right()
    place = next((one for one in turn.context.neighbours if one.id == invitation.community_id), turn.community)
    if invitation.community_id != place.key or (turn.is_bound and place.key != turn.community.key):
        return Reply("wrong", ok=False)
    turn.move_to(place)
    flat = turn.session.get_one(Household, invitation.household_id)
    if proofs.is_unwanted(turn, turn.openid, flat) or not _still_gives(turn, invitation, flat):
        return Reply("wrong", ok=False)
    if not proofs.may_bind(turn):
        return Reply("tired", ok=False)
    if turn.resident is not None and any(one.id == flat.id for one in roster.homes(turn.session, turn.resident)):
        return Reply("already", flat=flat.label)
    called = slots.name or ("" if is_described(invitation.called) else invitation.called)
    if turn.resident is None and not called:
        return Ask(slot="name", name="name", options={}, values={"flat": flat.label})
    person = _person(turn, slots, flat, called) if turn.resident is None else None
    if isinstance(person, Ask):
        return person
    evidence = Evidence.CODE if invitation.is_paper else Evidence.INVITATION
    resident = proofs.admit(turn, turn.openid, flat, person, evidence, name=called, role=invitation.role)
    requests.settle(turn, flat)
    if not invitation.is_paper:
        roster.end_invitation(turn.session, invitation, turn.now)
    turn.closes.add("identity.bind")  # whatever else was asked to find out where they live
    return Reply("done", about=f"binding:{resident.public_id}", called=f"{flat.label}的绑定", flat=flat.label)


def _still_gives(turn: Turn, invitation: Invitation, flat: Household) -> bool:
    """Tell whether who gave a code may still let somebody in: they are bound, and live there."""
    if invitation.is_paper:
        return True
    inviter = roster.inviter_of(turn.session, invitation)
    return (
        inviter is not None
        and inviter.openid is not None
        and any(one.id == flat.id for one in roster.homes(turn.session, inviter))
    )


def _person(turn: Turn, slots: Joining, flat: Household, called: str) -> Resident | Ask | None:
    """Return who of the flat somebody with its code shows to be, None for a new one; of who has a number on record it is asked first.

    The code shows that they belong to the flat, not who of it they are.
    """
    if not any(proofs.has_number(one) for one in proofs.namesakes(turn, flat, called, turn.openid)):
        return proofs.namesake(turn, flat, called, turn.openid)
    if slots.proof is None:
        return Ask(slot="proof", name="prove", options={}, values={"flat": flat.label})
    if not slots.proof.isdigit() or not proofs.may_try(turn, flat.label):
        return None
    if (person := proofs.namesake(turn, flat, called, turn.openid, slots.proof)) is not None:
        proofs.was_right(turn, flat.label)
        return person
    return None if turn.is_out_of_guesses else Ask(slot="proof", name="again", options={}, values={"flat": flat.label})


ALL = (invite, join)
