"""What residents can ask for: to be bound to their flat, to be shown it, and to be let go."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.contract import Ask, Community, Household, Reply, Resident, Task, Turn, action, amends, tasks
from integrations.identity import binding

#: Who confirms flats that are not on the roster.
CONFIRM_NEED = "people.confirm"

#: How long 不对是1102 moves a binding; later it may be meant of anything, and unbinding says what it does.
CORRECTED = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Flat:
    """A flat as said: 3, 2, 501."""

    building: str = ""
    unit: str = ""
    room: str = ""
    community: str = ""  # as picked from the menu, where several have such a flat

    @property
    def label(self) -> str:
        """3栋2单元501."""
        return f"{self.building}栋{f'{self.unit}单元' if self.unit else ''}{self.room}"


@action(
    "identity.bind", Flat,
    replies={"done": "flat", "already": "flat", "suggest": "said", "pending": "said", "where": "said"},
)  # fmt: skip
def bind(turn: Turn, slots: Flat) -> Reply | Ask:
    """Bind the resident to a flat of the roster; for one that is not on it, ask back or let the staff confirm."""
    if turn.flat is not None:
        return Reply("already", flat=turn.flat.label)
    places = [place for place in turn.places if slots.community in ("", str(place.id))]
    if slots.room.startswith(SURE):
        return _pending(turn, replace(slots, room=slots.room.removeprefix(SURE)))
    known = [place for place in places if _find(turn, place, slots) is not None]
    if len(known) > 1:
        options = {str(place.id): place.name for place in known}
        return Ask(slot="community", name="where", options=options, values={"said": slots.label})
    if known:
        turn.move_to(known[0])
    flat = binding.find_flat(turn.session, slots.building, slots.unit, slots.room)
    if flat is None:
        return _suggest(turn, slots)
    return _bound("done", turn, flat)


def _bound(name: str, turn: Turn, flat: Household) -> Reply:
    """Bind who writes to a flat, and tell the others at home."""
    resident = turn.settle(flat)
    turn.bind(resident, turn.openid)
    turn.resident, turn.flat = resident, flat
    turn.record("identity.bound", resident.about, household=flat.id)
    for other in binding.others_at_home(turn.session, resident, flat):
        turn.tell(other, "identity.joined", flat=flat.label)
    return Reply(name, about=_about(resident), called=f"{flat.label}的绑定", flat=flat.label)


def _about(resident: Resident) -> str:
    """Return what is said next of a binding belongs to."""
    return f"binding:{resident.public_id}"


def _find(turn: Turn, place: Community, slots: Flat) -> Household | None:
    with turn.looking_at(place) as there:
        return binding.find_flat(there.session, slots.building, slots.unit, slots.room)


#: Stands before a room that is meant though the roster does not have it.
SURE = "!"


def _suggest(turn: Turn, slots: Flat) -> Reply | Ask:
    near = binding.near_flats(turn.session, slots.building, slots.unit, slots.room)
    options = {flat.room: flat.label for flat in near if flat.unit == slots.unit}
    if not options:
        return _pending(turn, slots)
    sure = f"{SURE}{slots.room}"
    return Ask(
        slot="room", name="suggest", options={**options, sure: "都不是，请物业核对"}, values={"said": slots.label}, agreed=sure
    )


def _pending(turn: Turn, slots: Flat) -> Reply:
    """Hand the flat to the staff."""
    task = turn.assign(
        "identity.confirm", CONFIRM_NEED, f"核对住址：{slots.label}", openid=turn.openid,
        building=slots.building, unit=slots.unit, room=slots.room,
    )  # fmt: skip
    task.subject = task.about  # what is said next may be about it
    turn.session.add(task)
    return Reply("pending", about=task.about, called=f"{slots.label}的核对", said=slots.label, ok=False)


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What of the flat was said wrongly; what stays is None."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None


@amends(
    "identity.bind", Corrected,
    replies={
        "moved": "flat", "same": "flat", "unlisted": "flat said", "late": "flat", "gone": "", "done": "flat", "pending": "said",
    },
)  # fmt: skip
def correct(turn: Turn, about: str, slots: Corrected) -> Reply:
    """Move a binding made a moment ago to the flat that was meant; those at the other one hear that it was a slip."""
    resident, wrong = turn.resident, turn.flat
    if resident is None and (claims := [task for task in tasks.about(turn.session, about) if task.openid == turn.openid]):
        return _claim_anew(turn, claims[0], slots)
    if resident is None or wrong is None or about != _about(resident):
        return Reply("gone", ok=False)
    if resident.bound_at is None or turn.now - resident.bound_at > CORRECTED:
        return Reply("late", ok=False, flat=wrong.label)
    meant = _meant(wrong, slots)
    flat = binding.find_flat(turn.session, meant.building, meant.unit, meant.room)
    if flat is None:
        return Reply("unlisted", ok=False, flat=wrong.label, said=meant.label)
    if flat.id == wrong.id:
        return Reply("same", about=about, called=f"{wrong.label}的绑定", flat=wrong.label)
    for other in binding.others_at_home(turn.session, resident, wrong):
        turn.tell(other, "identity.mistaken", flat=wrong.label)
    turn.unbind(resident, "corrected")
    turn.session.flush()  # an openid belongs to one resident: the old one lets go first
    return _bound("moved", turn, flat)


def _claimed(claim: Task) -> Flat:
    return Flat(building=claim.data["building"], unit=claim.data["unit"], room=claim.data["room"])


def _claim_anew(turn: Turn, claim: Task, slots: Corrected) -> Reply:
    """Take a flat that waits for the staff to be confirmed for the one that was meant."""
    meant = _meant(_claimed(claim), slots)
    turn.finish(claim.about, "住户改了说法")
    flat = binding.find_flat(turn.session, meant.building, meant.unit, meant.room)
    if flat is not None:
        return _bound("done", turn, flat)
    pending = _pending(turn, meant)
    pending.ok = True  # the claim was changed
    return pending


def _meant(wrong: Household | Flat, slots: Corrected) -> Flat:
    return Flat(
        building=wrong.building if slots.building is None else slots.building,
        unit=wrong.unit if slots.unit is None else slots.unit,
        room=wrong.room if slots.room is None else slots.room,
    )


@action("identity.show", replies={"done": "flat", "waits": "said", "none": ""}, shows=True)
def show(turn: Turn, slots: object) -> Reply:
    """Tell which flat the resident is bound to."""
    if turn.resident is not None and turn.flat is not None:
        return Reply("done", flat=turn.flat.label)
    claim = binding.claim_of(turn.session, turn.openid)
    return Reply("waits", said=_claimed(claim).label) if claim is not None else Reply("none", ok=False)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Nothing but the confirmation."""

    flat: str = ""


@action("identity.unbind", Leaving, replies={"done": "flat"})
def unbind(turn: Turn, slots: Leaving) -> Reply:
    """Let the resident go from their flat."""
    resident, flat = turn.me, turn.flat
    turn.unbind(resident)
    label = flat.label if flat else ""
    return Reply("done", about=_about(resident), called=f"{label}的绑定", over=True, flat=label)


ALL = (bind, show, unbind)
AMENDS = (correct,)
