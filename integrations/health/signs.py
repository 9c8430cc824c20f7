"""A sign of life: 报平安 in the chat, by the family or the neighbour who was asked, by one tap, and by what a device tells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.contract import Ask, Happening, Redirect, Reply, Resident, Task, Turn, View, Visit, Work, action, on, page, roster
from integrations.health import ladder, relations
from integrations.health.models import CareDay, CareRung, CareWish, Rung, Sign

#: Somebody else than who speaks.
OTHERS = re.compile(
    r"老人|老头|老太|老爷子|我?[老阿]?[爸妈爹娘]|父亲|母亲|爷|奶|外公|外婆|姥|老伴|公公|婆婆|[他她佢伊]|邻居|大爷|大妈|叔|阿姨|[替帮代]"
)

#: Said of who is not well, or of whom nobody knows.
_NOT_WELL = re.compile(
    r"没报|没有报|不平安|不太?好|不怎么好|不舒服|联系不上|找不到|没消息|没回|没接|不接|没人|不开门|没开门|摔|倒|晕|叫不醒|[没不]醒|不知道|没看?见|没见|担心(?<!别担心)(?<!不用担心)"
)

#: A question, and no word that all is well.
_ASKS = re.compile(r"[吗么嘛?？]\s*$|[了有]没(?:有)?\s*$|是不是|怎么样|咋样|如何|什么时候|几点")

#: A device that tells nothing any more.
SILENT = "silent"

#: What that is called.
DEVICE = "health.device"


@dataclass(frozen=True, kw_only=True)
class Said:
    """Of whom it is said, by public id, where several may be meant."""

    who: str | None = None


@action(
    "care.checkin", Said,
    replies={"mine": "", "theirs": "person", "which": "", "none_meant": "", "noted": "", "doubt": "", "status": "person state", "no_status": ""},
)  # fmt: skip
def report(turn: Turn, slots: Said) -> Reply | Ask:
    """Note that somebody is well: who speaks, or the one of the family or next door of whom they speak."""
    said = turn.said.rpartition("\n")[2]
    people = _meant(turn, said, slots.who)
    if slots.who is None and _ASKS.search(said):
        return _status(turn, people)
    if slots.who is None and _NOT_WELL.search(said):
        return Reply("doubt", ok=False)
    if not people:
        return Reply("noted")
    if len(people) > 1:
        return Ask(
            slot="who", name="which", options={one.public_id: ladder.called(one) for one in people}, called_off="none_meant"
        )
    [one] = people
    if turn.resident is not None and one.key == turn.resident.key:
        ladder.well(turn, one, Sign.SAID, by=one.about)
        return Reply("mine")
    is_family = one.key in {other.key for other in _family(turn)}
    ladder.well(turn, one, Sign.FAMILY if is_family else Sign.NEIGHBOUR, by=turn.me.about)
    return Reply("theirs", person=ladder.called(one))


def _status(turn: Turn, people: Sequence[Resident]) -> Reply:
    """Tell the family whether somebody has reported today, and nothing else of what they did."""
    own = [one for one in people if one.key in {other.key for other in (*_family(turn), turn.me)}] if turn.is_bound else []
    if len(own) != 1:
        return Reply("no_status", ok=False)
    [one] = own
    today = select(CareDay).where(CareDay.resident_id == one.key, CareDay.day == turn.now.date())
    day = turn.session.exec(today).first()
    is_me = one.key == turn.me.key
    state = "还没有报平安" if day is None or not day.sign else f"今天 {day.signed_at:%H:%M} 有消息，平安"
    if day is None and ladder.absence(turn, one.key, turn.now.date()) is not None:
        state = "这几天不在家，不用报平安"
    return Reply("status", person="您" if is_me else ladder.called(one), state=state)


def _family(turn: Turn) -> Sequence[Resident]:
    """Return who lives with who speaks, themselves left out."""
    flats = roster.people_by_flat(turn.session, [flat.key for flat in turn.flats])
    return [one for people in flats.values() for one in people if one.key != turn.me.key]


def watched(turn: Turn) -> Sequence[Resident]:
    """Return of whom somebody may say that they are well: themselves, the family, and whose neighbour was asked to knock; those waited for alone."""
    if not turn.is_bound:
        return []
    home = {one.key: one for one in (turn.me, *_family(turn))}
    wishes = select(CareWish.resident_id).where(col(CareWish.resident_id).in_(home), col(CareWish.expects_from).is_not(None))
    expected = set(turn.session.exec(wishes).all())
    knocked = (
        select(CareDay, CareRung)
        .join(CareRung, col(CareRung.day_id) == col(CareDay.id))
        .where(CareDay.sign == "", CareRung.rung == Rung.NEIGHBOUR)
    )
    asked = [day.resident_id for day, rung in turn.session.exec(knocked).all() if turn.me.key in rung.asked]
    next_door = [turn.session.get_one(Resident, key) for key in dict.fromkeys(asked) if key not in home]
    return [*(one for key, one in home.items() if key in expected), *next_door]


def _meant(turn: Turn, said: str, who: str | None) -> Sequence[Resident]:
    """Return of whom words may tell: by name, else who speaks, unless they speak of somebody else."""
    those = watched(turn)
    if who is not None:
        return [one for one in those if one.public_id == who]
    named = [one for one in those if one.name and (one.name in said or (len(one.name) > 2 and one.name[1:] in said))]
    if not named:
        known = relations.spoken_of(turn, said)
        named = [one for one in those if one.key in known]
    if named:
        return named
    mine = [one for one in those if turn.resident is not None and one.key == turn.resident.key]
    if mine and not OTHERS.search(said):
        return mine
    others = [one for one in those if one not in mine]
    waited = {day.resident_id for day in ladder.waiting(turn, [one.key for one in others])}
    return [one for one in others if one.key in waited] or others


# ------------------------------------------------------------------ by one tap


@page("GET", "/care/{day}")
def tap(visit: Visit) -> View:
    """Show one button; opening the link alone says nothing, for programs look at links before people do."""
    day = ladder.day_of(visit, visit.params["day"])
    return View("health/tap.html", {"day": day, "hour": f"{day.due_at:%H:%M}", "community": visit.community})


@page("POST", "/care/{day}")
def tapped(visit: Visit) -> Redirect:
    """Note that who was sent the link is well."""
    day = ladder.day_of(visit, visit.params["day"])
    resident = visit.session.get_one(Resident, day.resident_id)
    ladder.well(visit, resident, Sign.SAID, by=resident.about)
    return Redirect(visit.link(f"/care/{day.public_id}"))


# ------------------------------------------------------------------ by a device


@on("care.signal", "sign")
def hear_device(work: Work, happening: Happening) -> None:
    """Take what a device at somebody's home tells: that there is life, or nothing any more, which is its own alarm and no sign of either."""
    resident = roster.by_public_id(work.session, happening.subject.partition(":")[2])
    if resident is None or ladder.wish_of(work, resident) is None:
        return
    if happening.data["sign"] != SILENT:
        ladder.well(work, resident, Sign.DEVICE)
        return
    open_ = select(Task).where(Task.kind == DEVICE, Task.subject == resident.about, col(Task.closed_at).is_(None))
    if work.session.exec(open_).first() is None:
        flat = work.household(resident)
        title = f"关怀设备没有信号：{flat.label} {resident.name}".strip()
        work.assign(DEVICE, ladder.NEED, title, urgent=True, household=flat, subject=resident.about)


PAGES = (tap, tapped)
