"""What residents can ask for: to be bound to their flat, and to be let go."""

from dataclasses import dataclass

from bot.contract import Ask, Community, Household, Reply, Resident, Turn, action
from integrations.identity import binding

#: Who confirms flats that are not on the roster.
CONFIRM_NEED = "people.confirm"


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
    known = [place for place in places if _find(turn, place, slots) is not None]
    if len(known) > 1:
        options = {str(place.id): place.name for place in known}
        return Ask(slot="community", name="where", options=options, values={"said": slots.label})
    if known:
        turn.move_to(known[0])
    flat = binding.find_flat(turn.session, slots.building, slots.unit, slots.room)
    if flat is None:
        return _suggest(turn, slots)
    resident = Resident(household_id=flat.id or 0, role="family")
    turn.bind(resident, turn.openid)
    turn.resident = resident
    turn.record("identity.bound", resident.about, household=flat.id)
    for other in binding.others_at_home(turn.session, resident):
        turn.tell(other, "identity.joined", flat=flat.label)
    return Reply("done", flat=flat.label)


def _find(turn: Turn, place: Community, slots: Flat) -> Household | None:
    with turn.looking_at(place) as there:
        return binding.find_flat(there.session, slots.building, slots.unit, slots.room)


#: Chosen when none of the suggested flats is right.
NONE_OF_THEM = "none"


def _suggest(turn: Turn, slots: Flat) -> Reply | Ask:
    near = binding.near_flats(turn.session, slots.building, slots.unit, slots.room)
    options = {flat.room: flat.label for flat in near if flat.unit == slots.unit}
    if not options or slots.room == NONE_OF_THEM:
        return _pending(turn, slots)
    options[NONE_OF_THEM] = "都不是，请物业核对"
    return Ask(slot="room", name="suggest", options=options, values={"said": slots.label})


def _pending(turn: Turn, slots: Flat) -> Reply:
    """Hand the flat to the staff; one task per openid, however often it is said."""
    turn.assign(
        "identity.confirm", CONFIRM_NEED, f"核对住址：{slots.label}", openid=turn.openid,
        building=slots.building, unit=slots.unit, room=slots.room,
    )  # fmt: skip
    return Reply("pending", said=slots.label, ok=False)


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Nothing but the confirmation."""

    flat: str = ""


@action("identity.unbind", Leaving, replies={"done": "flat"})
def unbind(turn: Turn, slots: Leaving) -> Reply:
    """Let the resident go from their flat."""
    resident, flat = turn.me, turn.flat
    turn.unbind(resident)
    return Reply("done", flat=flat.label if flat else "")


ALL = (bind, unbind)
