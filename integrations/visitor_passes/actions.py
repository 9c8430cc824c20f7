"""What residents can ask for: invite, change what was said of a visit, list, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.contract import (
    Ask,
    Hours,
    Household,
    Reply,
    Resident,
    SaidFlat,
    Turn,
    action,
    amends,
    flats_gone_to,
    is_past,
    roster,
    tasks,
)
from integrations.visitor_passes import errands, host, orders, passes, stay
from integrations.visitor_passes.models import Pass, PassKind, PassState
from integrations.visitor_passes.settings import Settings

#: What is said of a pass, and whether the end that was said is not the one it has.
_TOLD = "visitor_name flat code from_ until url entries hours cut backwards"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who comes, and when."""

    visitor_name: str
    starts_at: datetime
    ends_at: datetime | None = None
    people: int | None = None
    plate: str | None = None
    phone: str | None = None
    regular: str | None = None  # Hours.kept of who comes again and again
    flat: str | None = None  # as picked, where another was named that is not theirs


@action(
    "visitor.invite",
    Visit,
    replies={
        "done": f"{_TOLD} delivery lasting errand goes_on unregistered",
        "too_far": "",
        "full": "open",
        "enough": "made",
        "not_theirs": "said",
        "not_made": "said",
    },
)
def invite(turn: Turn, slots: Visit) -> Reply | Ask:
    """Open a pass that ends with the day it begins unless a later end was said; none for a flat that is not theirs, nor for another instead."""
    if stay.is_too_far(slots.starts_at, turn.now):
        return Reply("too_far", ok=False)
    picked = next((one for one in turn.flats if str(one.id) == slots.flat), None)
    if picked is None and (said := _not_theirs(turn)):
        options = {str(one.id): one.label for one in turn.flats}
        return Ask(
            slot="flat", name="not_theirs", options=options, values={"said": said}, called_off="not_made",
            agreed=next(iter(options)) if len(options) == 1 else "",
        )  # fmt: skip
    home = picked or turn.home
    tasks.require_undisputed(turn, turn.me, home)
    kind, meant = _kind_of(slots, turn.now, turn.settings(Settings).delivery)
    if fault := passes.over_the_cap(turn, home, kind):
        return fault
    pass_ = Pass(
        resident_id=turn.me.key, household_id=home.key, visitor_name=slots.visitor_name,
        phone=slots.phone or "", plate=slots.plate or "", people=slots.people or 1, starts_at=meant.starts_at,
        ends_at=meant.ends_at, kind=kind, hours=_hours(slots, kind), entries_left=max(slots.people or 1, 1), created_at=turn.now,
        names_host=host.is_named_by(turn, turn.me),
    )  # fmt: skip
    to = errands.meant(turn, home, slots.visitor_name, slots.starts_at, slots.ends_at) if kind is PassKind.VISIT else None
    if to:
        errands.bind(pass_, to)
        meant = to.stay
    pass_.add_words(turn.said)
    turn.session.add(pass_)
    turn.session.flush()
    turn.record("visitor.invited", pass_.subject, people=pass_.people)
    told = passes.told(turn, pass_) | ({"flat": home.label} if picked else {})
    delivery = int(turn.settings(Settings).delivery.total_seconds()) // 60 if kind is PassKind.DELIVERY else ""
    unregistered = (to is None and errands.is_builder(slots.visitor_name)) or ""
    return Reply(
        "done", about="" if to and to.is_repair else pass_.subject, called=passes.called(turn, pass_), delivery=delivery, lasting=(kind.is_repeated and to is None) or "", errand=to.words if to else "", goes_on=(to is not None and to.goes_on) or "", unregistered=unregistered,
        **told, **_not_taken(meant),
    )  # fmt: skip


def _kind_of(slots: Visit, now: datetime, lasts: timedelta) -> tuple[PassKind, stay.Stay]:
    """Return what kind of pass is meant, and from when to when."""
    if slots.regular:
        hours = Hours.from_text(slots.regular)
        kind = PassKind.LONG if hours.is_always else PassKind.REGULAR
        return kind, stay.of_hours(hours, slots.starts_at, slots.ends_at, now)
    if orders.is_one(slots.visitor_name, slots.starts_at, slots.ends_at, now):
        begins = stay.of(slots.starts_at, None, now).starts_at
        return PassKind.DELIVERY, stay.Stay(starts_at=begins, ends_at=begins + lasts)
    return PassKind.VISIT, stay.of(slots.starts_at, slots.ends_at, now)


def _hours(slots: Visit, kind: PassKind) -> str:
    return slots.regular or "" if kind.is_repeated else ""


def _not_theirs(turn: Turn) -> str:
    """Return the flat that a visit is said to go to where that is none of theirs, or no more; empty where it is, or none is named."""
    meant = [one for line in turn.said.split("\n") for one in flats_gone_to(line, turn.now)]
    if not meant or any(_is(one, flat) for one in meant for flat in turn.flats):
        return ""
    return meant[-1].label if meant[-1].building else meant[-1].room


def _is(said: SaidFlat, flat: Household) -> bool:
    """Tell whether a flat is what was said; of a shop the building may be left out."""
    building, unit = ("", "") if said.building == roster.SHOP else (said.building, said.unit)
    return SaidFlat(building, unit, said.room).fits(flat.building, flat.unit, flat.room)


def _not_taken(meant: stay.Stay) -> dict[str, Any]:
    """Return what of a stay was not taken as said; empty values are not spoken of."""
    return {"cut": (meant.ends_at - meant.starts_at).days if meant.is_cut else "", "backwards": meant.is_backwards or ""}


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What of a visit is another way than was said; what stays is None."""

    visitor_name: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    people: int | None = None
    plate: str | None = None
    phone: str | None = None
    regular: str | None = None


@amends(
    "visitor.invite", Changes, keeps_words=True,
    replies={
        "changed": f"{_TOLD} people plate phone", "past": "what", "further": "what", "used": "what", "over": "what",
        "cancelled": "what", "noted": "visitor_name flat", "late": "what", "gone": "", "whole": "what hours", "once": "what", "registered": "what hours until", "elsewhere": "what said",
    },
)  # fmt: skip
def change(turn: Turn, about: str, slots: Changes) -> Reply:
    """Change a pass that still opens the gate, and keep the words; its link and its code stay what the visitor was sent."""
    pass_ = passes.mine(turn, about)
    if pass_ is None:
        return Reply("gone", ok=False)
    if slots != Changes():
        tasks.require_undisputed(turn, turn.me, turn.home)
    fault = _unchangeable(turn, pass_, slots)
    if fault:
        return Reply("late" if slots == Changes() else fault, ok=False, what=passes.called(turn, pass_))
    if pass_.kind is PassKind.DELIVERY and slots.regular:
        return Reply("once", ok=False, what=passes.called(turn, pass_))
    if errands.is_registered(pass_) and (slots.regular or slots.starts_at or (slots.ends_at and slots.ends_at > pass_.ends_at)):
        return Reply(
            "registered",
            ok=False,
            what=passes.called(turn, pass_),
            hours=pass_.said_hours,
            until=passes.told(turn, pass_)["until"],
        )
    if pass_.hours and not slots.regular and _moves_clock(pass_, slots):
        return Reply("whole", ok=False, what=passes.called(turn, pass_), hours=pass_.said_hours)
    if said := _not_theirs(turn):
        return Reply("elsewhere", ok=False, what=passes.called(turn, pass_), said=said)
    meant, before = _meant_stay(turn, pass_, slots), pass_.words
    changed = _write(pass_, slots, meant)
    pass_.add_words(turn.said)
    turn.session.add(pass_)
    if changed or pass_.words != before:
        turn.record("visitor.changed", pass_.subject, **(changed or {"words": True}))
    if changed:
        _tell_maker(turn, pass_, "visitor.changed", until=passes.told(turn, pass_)["until"])
    if not changed and turn.said:
        return Reply(
            "noted",
            about=pass_.subject,
            called=passes.called(turn, pass_),
            visitor_name=pass_.visitor_name,
            flat=turn.which_flat(pass_.household_id),
        )
    return Reply(
        "changed", about=pass_.subject, called=passes.called(turn, pass_), people=_said_people(pass_, slots), plate=pass_.plate,
        phone=pass_.phone, **passes.told(turn, pass_), **_not_taken(meant),
    )  # fmt: skip


def _moves_clock(pass_: Pass, slots: Changes) -> bool:
    """Tell whether a time is said of who comes again and again that is no last day: of which of their hours, nobody knows."""
    is_last_day = (
        slots.ends_at is not None and slots.ends_at > pass_.starts_at and (slots.ends_at.hour, slots.ends_at.minute) == (23, 59)
    )
    return (slots.starts_at is not None or slots.ends_at is not None) and not is_last_day


def _said_people(pass_: Pass, slots: Changes) -> int | str:
    """Return how many come, where more than one do or a number was just said: of nobody is 共1人 said who never told a number."""
    return pass_.people if slots.people is not None or pass_.people > 1 else ""


def _unchangeable(turn: Turn, pass_: Pass, slots: Changes) -> str:
    """Return why a pass cannot be changed so; empty when it can."""
    fault = pass_.fault_at(turn.now, turn.settings(Settings).grace)
    if fault not in {"", "early", "hours"}:
        return fault
    if slots.starts_at is not None and is_past(slots.starts_at, turn.now):
        return "past"
    return "further" if slots.starts_at is not None and stay.is_too_far(slots.starts_at, turn.now) else ""


def _meant_stay(turn: Turn, pass_: Pass, slots: Changes) -> stay.Stay:
    """Return the stay with its changes; an end that was not said goes along with the start."""
    if slots.regular or (pass_.hours and slots.ends_at):
        hours = Hours.from_text(slots.regular or pass_.hours)
        ends_at = (
            slots.ends_at
            if slots.ends_at and slots.ends_at.date() > pass_.starts_at.date()
            else None
            if hours.days
            else pass_.ends_at
        )
        return stay.of_hours(
            hours, pass_.starts_at, ends_at if pass_.hours or slots.ends_at else None, min(pass_.starts_at, turn.now)
        )
    if slots.starts_at is None and slots.ends_at is None:
        return stay.Stay(starts_at=pass_.starts_at, ends_at=pass_.ends_at)
    if slots.starts_at is None:  # a visit under way keeps the moment it began
        meant = stay.of(pass_.starts_at, slots.ends_at, min(pass_.starts_at, turn.now))
        return stay.Stay(starts_at=pass_.starts_at, ends_at=pass_.ends_at, is_backwards=True) if meant.is_backwards else meant
    ends_at = slots.ends_at or stay.moved(pass_.starts_at, pass_.ends_at, slots.starts_at)
    return stay.of(slots.starts_at, ends_at, turn.now)


def _write(pass_: Pass, slots: Changes, meant: stay.Stay) -> dict[str, bool]:
    """Write the changes into a pass; returns what is another than before, for the log."""
    before = (pass_.starts_at, pass_.ends_at, pass_.hours), pass_.visitor_name, pass_.people, pass_.plate, pass_.phone
    pass_.starts_at, pass_.ends_at = meant.starts_at, meant.ends_at
    if slots.regular:
        if not pass_.tied:  # a worker's pass stays one, and ends with the work
            pass_.kind = PassKind.LONG if Hours.from_text(slots.regular).is_always else PassKind.REGULAR
        pass_.hours, pass_.reminded_at = slots.regular, None
    pass_.visitor_name = slots.visitor_name or pass_.visitor_name
    pass_.plate = pass_.plate if slots.plate is None else slots.plate
    pass_.phone = pass_.phone if slots.phone is None else slots.phone
    if slots.people is not None:
        pass_.expect(slots.people)
    after = (pass_.starts_at, pass_.ends_at, pass_.hours), pass_.visitor_name, pass_.people, pass_.plate, pass_.phone
    named = zip(("time", "who", "people", "plate", "phone"), before, after, strict=True)
    return {name: True for name, old, new in named if old != new}


@action(
    "visitor.list",
    replies={"done": "passes", "again": "visitor_name flat code from_ until url entries hours others", "none": ""},
    shows=True,
)
def show(turn: Turn, slots: object) -> Reply:
    """List the passes that are not over; the one that is spoken of comes first, with its link."""
    found = passes.open_ones(turn)
    if not found:
        return Reply("none", ok=False)
    meant = next((pass_ for pass_ in found if pass_.subject == turn.about), None)
    if meant is None:
        return Reply("done", passes=[_line(turn, pass_) for pass_ in found])
    others = [_line(turn, pass_) for pass_ in found if pass_ is not meant]
    return Reply("again", about=meant.subject, called=passes.called(turn, meant), others=others, **passes.told(turn, meant))


def _line(turn: Turn, pass_: Pass) -> str:
    return turn.words(
        '· {name} {flat?{flat} }{t} {maker?（{maker}约的）}码 {code} <a href="{url}">看通行证</a>',
        maker=_made_by_another(turn, pass_), flat=turn.which_flat(pass_.household_id), name=pass_.visitor_name, t=pass_.said_hours or pass_.starts_at, code=pass_.code, url=passes.link(turn, pass_),
    )  # fmt: skip


def _made_by_another(turn: Turn, pass_: Pass) -> str:
    """Return who at home made a pass, where it was not the one who asks."""
    maker = turn.session.get(Resident, pass_.resident_id) if pass_.resident_id != turn.me.id else None
    return (maker.name or "家里人") if maker is not None else ""


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """Which pass, by the visitor's name, the day or as picked from the menu, and the answer to its being read back."""

    visitor_name: str | None = None
    day: datetime | None = None
    at: datetime | None = None  # of which only the clock counts
    every: str | None = None  # all that are meant, and not one of them
    pass_id: str | None = None
    sure: bool | str | None = None  # a pick of the menu, or yes or no in other words


@action(
    "visitor.cancel", Cancelling,
    replies={"which": "", "none_meant": "", "sure": "what", "unsure": "what", "kept": "what", "done": "what", "none": ""},
)  # fmt: skip
def cancel(turn: Turn, slots: Cancelling) -> Reply | Ask:
    """Cancel the pass meant once it was read back and agreed to; the gate refuses it at once."""
    found = _meant(turn, slots)
    if not found:
        return Reply("none", ok=False)
    if len(found) > 1 and not slots.every:
        labels = {
            pass_.public_id: turn.words(
                "{n} {flat?{flat} }{t}",
                n=pass_.visitor_name,
                flat=turn.which_flat(pass_.household_id),
                t=pass_.said_hours or pass_.starts_at,
            )
            for pass_ in found[:8]
        }
        return Ask(slot="pass_id", name="which", options=labels, called_off="none_meant")
    what = "、".join(passes.called(turn, pass_) for pass_ in found)
    if slots.sure is None:  # a bare 取消 may mean either: nothing is cancelled, and the way to do so is told
        options = {"yes": "确认取消", "no": "先不取消"}
        return Ask(slot="sure", name="sure", options=options, values={"what": what}, called_off="unsure")
    if slots.sure in {False, "no"}:
        return Reply("kept", about=found[0].subject, called=what, what=what, ok=False)
    for pass_ in found:
        pass_.state = PassState.CANCELLED
        turn.session.add(pass_)
        turn.record("visitor.cancelled", pass_.subject)
        _tell_maker(turn, pass_, "visitor.cancelled")
    return Reply("done", about=found[0].subject, called=what, over=True, what=what)


def _tell_maker(turn: Turn, pass_: Pass, message: str, **more: Any) -> None:
    """Tell who made a pass that somebody else at home called it off or changed it: their visitor stands at the gate."""
    maker = turn.session.get(Resident, pass_.resident_id)
    if maker is not None and maker.id != turn.me.id:
        who = turn.me.name or "家里人"
        turn.tell(maker, message, who=who, name=pass_.visitor_name, at=pass_.starts_at, **more)


def _meant(turn: Turn, slots: Cancelling) -> Sequence[Pass]:
    """Return the open passes that may be meant: the one picked, else those of the name and the day, the one spoken of first."""
    found = passes.open_ones(turn)
    if slots.pass_id:
        return [pass_ for pass_ in found if pass_.public_id == slots.pass_id]
    found = [pass_ for pass_ in found if slots.visitor_name and slots.visitor_name in pass_.visitor_name] or found
    found = [pass_ for pass_ in found if slots.day and pass_.starts_at.date() == slots.day.date()] or found
    found = [pass_ for pass_ in found if slots.at and _is_at(pass_, slots.at)] or found
    if slots.every:
        return found
    return [pass_ for pass_ in found if pass_.subject == turn.about] or found


def _is_at(pass_: Pass, at: datetime) -> bool:
    """Tell whether somebody comes at that hour of whichever day; the beginning of a day is no hour."""
    begins = pass_.starts_at.astimezone(at.tzinfo)
    return (at.hour, at.minute) != (0, 0) and (begins.hour, begins.minute) == (at.hour, at.minute)


ALL = (invite, show, cancel)
AMENDS = (change,)
