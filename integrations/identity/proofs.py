"""What shows that somebody belongs to a flat, how often it may be tried, and who then is bound.

Whether a flat exists, whether anybody lives in it, and whether the digits were wrong: the answer is the same.
"""

import re

from bot.contract import Evidence, Household, Refusal, Resident, ResidentRole, Turn, Work, register, roster

#: Wrong numbers in a day about one flat from all accounts, and about all flats of a community; those of one account are the core's to
#: bound. Of ten thousand endings ten guesses find one in a thousand flats a day, two hundred guesses one in fifty days; who lives there
#: and mistypes has the staff.
PER_FLAT, PER_COMMUNITY = 10, 200

#: The kind of task, one a day, that says so.
FLOODED = "identity.flooded"

#: Who confirms what is not proven.
NEED = "people.confirm"

_ALL = "*"

#: How often a day one account may be bound, and requests of one account and about one flat may be put to people.
BINDINGS, REQUESTS, ASKED_AT_HOME = 5, 3, 3

#: Said where an account would be let in that the flat does not know.
UNWANTED = "这一户说过不认识这个微信，只有物业核对后才能再绑定，电话 {community.phone}。"

#: Digits that show at least that a number is known, and the shortest number that is compared whole.
ENDING, WHOLE = 4, 7


def may_try(turn: Turn, flat: str) -> bool:
    """Count a try to name a number on record; False where there were too many of this account, about this flat or in this community.

    Beyond PER_COMMUNITY numbers prove nothing that day, and staff have a task that says so.
    """
    if not turn.may_guess() or not turn.take("bind.flat", PER_FLAT, key=flat):
        return False
    if turn.take("bind.all", PER_COMMUNITY, key=_ALL):
        return True
    if turn.take("bind.flooded", 1, key=_ALL):
        title = f"今天试错的登记手机号超过 {PER_COMMUNITY} 次，可能有人在乱试：今天不再凭手机后四位绑定，请人工核对"
        turn.assign(FLOODED, NEED, title, urgent=True)
    return False


def was_right(turn: Turn, flat: str) -> None:
    """Let a try that was right not count: only wrong ones are bounded."""
    turn.guessed_right()
    turn.give_back("bind.flat", flat)
    turn.give_back("bind.all", _ALL)


def may_bind(turn: Turn) -> bool:
    """Tell whether this account may be bound once more today: each binding tells a family."""
    return roster.used_today(turn.session, "bind.done", turn.openid, turn.now) < BINDINGS


def known_by(work: Work, flat: Household, digits: str) -> list[Resident]:
    """Return who of a flat has a number that ends with these digits, or is this number."""
    return [one for one in roster.people_of(work.session, flat) if _fits(one.phone, digits)]


def _fits(phone: str, digits: str) -> bool:
    number = re.sub(r"\D", "", phone)
    return len(digits) >= ENDING and (number == digits if len(digits) >= WHOLE else number.endswith(digits))


def has_number(person: Resident) -> bool:
    """Tell whether a number of somebody is on record."""
    return any(sign.isdigit() for sign in person.phone)


def is_unwanted(work: Work, openid: str, flat: Household) -> bool:
    """Tell whether a flat does not know this account: nothing but the staff's word lets it in there."""
    return roster.is_objected(work.session, openid, flat.key)


def was_stopped(work: Work, openid: str, flat: Household) -> bool:
    """Tell whether an account was bound to a flat that does not know it any more: it knows the flat, and is told why digits open nothing."""
    if not is_unwanted(work, openid, flat):
        return False
    return any(roster.residence(work.session, one, flat) is not None for one in roster.ever_bound(work.session, openid))


def is_free(work: Work, person: Resident, openid: str) -> bool:
    """Tell whether somebody may be whose account this is: they have none, and live in no flat that does not know it."""
    return person.openid is None and not roster.lives_where_unknown(work.session, person, openid)


def namesakes(work: Work, flat: Household, name: str, openid: str) -> list[Resident]:
    """Return who of a flat has that name and may be whose account this is."""
    return [one for one in roster.people_of(work.session, flat) if name and one.name == name and is_free(work, one, openid)]


def namesake(work: Work, flat: Household, name: str, openid: str, digits: str = "") -> Resident | None:
    """Return the one person of a flat for whom an account may be taken that gives their name, and what digits it gave.

    A name is no secret: the tenant knows the landlord's. So it is enough only for somebody of whom there is nothing to gain: no number
    on record that could be asked for, no other flat, and nothing that another account said. Everybody else shows that they know
    the number, or is chosen by staff.
    """
    same = namesakes(work, flat, name, openid)
    known = [one for one in same if _fits(one.phone, digits)]
    if len(known) == 1:
        return known[0]
    if len(same) != 1 or has_number(same[0]):
        return None
    [one] = same
    lives_here_alone = [home.id for home in roster.homes(work.session, one)] == [flat.id]
    return one if lives_here_alone and not roster.was_anothers(work.session, one, openid) else None


def masked(name: str) -> str:
    """Return a name as it is shown to somebody who has yet to say that it is theirs: 王*英, 陈*."""
    if not name:
        return "家里的一位"
    return f"{name[0]}*{name[-1] if len(name) > 2 else ''}"


def admit(
    work: Work, openid: str, flat: Household, person: Resident | None, evidence: Evidence, *,
    name: str = "", role: ResidentRole = ResidentRole.FAMILY,
) -> Resident:  # fmt: skip
    """Bind an account to the person of a flat that it belongs to, or to a new one; who is bound already has one flat more.

    `role` is as what somebody lives there of whom the roster says nothing.

    The others at home are told, once for each person and day. Where the flat has objected to the account, only the staff's word lets
    it in, and takes the objection back; another raises Refusal.
    """
    work.hold(openid)
    if is_unwanted(work, openid, flat):
        if evidence is not Evidence.STAFF:
            raise Refusal(work.words(UNWANTED))
        register.forgive(work.session, openid, flat.key)
    bound = roster.bound(work.session, openid)
    if bound is not None:
        if all(one.id != flat.id for one in roster.homes(work.session, bound)):
            _let_in(work, bound, flat, evidence, role)
        roster.drop_claim(work.session, openid)
        resident = bound
    else:
        resident = person or work.settle(flat, name=name, role=role, evidence=evidence)
        if all(one.id != flat.id for one in roster.homes(work.session, resident)):
            work.move_in(resident, flat, role, evidence)
        work.bind(resident, openid, evidence)
    work.take("bind.done", BINDINGS, openid)
    tell_home(work, resident, flat, evidence)
    return resident


def _let_in(work: Work, resident: Resident, flat: Household, evidence: Evidence, role: ResidentRole) -> None:
    """Let somebody who is bound have one flat more; one of theirs that they had let go is theirs again as it was."""
    lives = roster.residence(work.session, resident, flat)
    if lives is not None and lives.is_current:
        work.come_back(resident, flat)
    else:
        work.move_in(resident, flat, role, evidence)


def tell_home(work: Work, resident: Resident, flat: Household, evidence: Evidence) -> None:
    """Let the others at home know who was bound, and how they can object; once a day for each account that is taken for the same person."""
    others = [one for one in roster.bound_at(work.session, flat) if one.id != resident.id]
    if not others or not work.take("bind.told", 1, key=f"{resident.openid} {resident.public_id} {flat.label}"):
        return
    for other in others:
        url = work.link(f"/newcomers/{resident.public_id}/{flat.key}/{other.public_id}")
        work.tell(
            other,
            "identity.joined",
            url=url,
            flat=flat.label,
            who=resident.name or "一位家里人",
            how=roster.EVIDENCE_WORDS[evidence],
        )
