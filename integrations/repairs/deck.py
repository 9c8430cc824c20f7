"""The dispatch desk: what waits and whom it is planned for, who has what, and how the office wants tickets to find somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Desk, Household, Page, Redirect, Refusal, Staff, View, page, register, roster, tr
from integrations.repairs import dispatching, hands, modes, phoned, spots, steps, visits
from integrations.repairs.hands import Hand
from integrations.repairs.models import CATEGORY_WORDS, LEVELS, OPEN, OVERRIDES, STATE_WORDS, Ticket, TicketState
from integrations.repairs.modes import MOST, WAY_MEANS, WAY_WORDS, Mode, Way
from integrations.repairs.spots import FAR, Spot
from integrations.repairs.tickets import pace
from integrations.repairs.visits import Visit

#: Waiting tickets that are shown; of more their number is told. Tickets of one person that are.
SHOWN, HELD = 8, 3

#: Most that may be chosen of what somebody has in hand, and of how much more than others a day.
HIGHEST = 30

_HERE = "/console/tickets/dispatch"


@dataclass(kw_only=True)
class Lane:
    """One person with what they have, what is planned for them and whom they visit today and tomorrow."""

    hand: Hand
    held: list[tuple[Ticket, str]] = field(default_factory=list)
    planned: list[tuple[Ticket, str]] = field(default_factory=list)
    visits: Sequence[tuple[Visit, Ticket]] = ()

    def is_told(self, ticket: Ticket) -> bool:
        """Tell whether they know of a ticket of theirs."""
        return phoned.is_told(ticket, self.hand.member)


@page("GET", "/tickets/dispatch", need="ticket.view", title=tr("派单台"))
def desk_of_dispatch(desk: Desk) -> View:
    """Show what waits, for whom it is planned, and who has what."""
    return _shown(desk)


@page("POST", "/tickets/dispatch", need="ticket.edit")
def give(desk: Desk) -> View | Redirect:
    """Give a waiting ticket to somebody: as planned, or otherwise with a reason."""
    try:
        ticket = _find(desk, desk.form.get("number", ""))
        was_planned = ticket.planned_id
        member = steps.assign(desk, ticket, desk.form.get("staff_id") or desk.form.get("staff", ""), desk.form.get("why", ""))
        if member.id == was_planned and not member.openid:  # the card says to press once that was agreed by phone
            phoned.note(desk, ticket, member)
    except Refusal as refusal:
        desk.session.rollback()
        return _shown(desk, str(refusal))
    return Redirect(_HERE, tr("{number} 已派给{name}，已告诉住户。", number=ticket.number, name=member.name))


@page("POST", "/tickets/dispatch/modes", need="ticket.edit")
def choose(desk: Desk) -> Redirect:
    """Choose how tickets of each kind find somebody."""
    chosen = {one.category: one for one in desk.session.exec(select(Mode)).all()}
    for category in CATEGORY_WORDS:
        way = desk.form.get(f"way_{category}", "")
        if way not in list(Way):
            raise Refusal(tr("请选择怎么派。"), field=f"way_{category}")
        mode = chosen.get(category) or Mode(category=category)
        mode.way, mode.most = Way(way), _number(desk, f"most_{category}")
        mode.fair = _number(desk, f"fair_{category}")
        desk.session.add(mode)
    desk.record("repair.modes_changed")
    return Redirect(_HERE, tr("派单方式改好了，从下一分钟起照这个派。"))


@page("POST", "/tickets/dispatch/spots", need="ticket.edit")
def place(desk: Desk) -> Redirect:
    """Write down where the buildings stand; what is left empty goes by the numbers of the buildings."""
    known = {one.building: one for one in desk.session.exec(select(Spot)).all()}
    for building in _buildings(desk):
        east, north = (desk.form.get(f"{side}_{building}", "").strip() for side in ("east", "north"))
        spot = known.get(building)
        if not east and not north:
            if spot is not None:
                desk.session.delete(spot)
            continue
        spot = spot or Spot(building=building)
        spot.east, spot.north = _metres(east, f"east_{building}"), _metres(north, f"north_{building}")
        desk.session.add(spot)
    desk.record("repair.spots_changed")
    return Redirect(_HERE, tr("楼栋位置记下了。"))


def _buildings(desk: Desk) -> Sequence[str]:
    """Return each building once, however many staircases it has."""
    return [*dict.fromkeys(building for building, _, _ in register.buildings(desk.session))]


def _metres(said: str, name: str) -> int:
    digits = said.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and abs(int(said)) <= FAR):
        raise Refusal(tr("位置请写整数米，-{far} 到 {far}；两个都不写就按楼号估。", far=FAR), field=name)
    return int(said)


def _number(desk: Desk, name: str) -> int:
    said = desk.form.get(name, "").strip()
    if not (said.isascii() and said.isdigit() and len(said) <= 2 and 0 < int(said) <= HIGHEST):
        raise Refusal(tr("请写 1 到 {most} 的整数。", most=HIGHEST), field=name)
    return int(said)


def _find(desk: Desk, number: str) -> Ticket:
    ticket = desk.session.exec(select(Ticket).where(Ticket.number == number)).first()
    if ticket is None:
        raise Refusal(tr("没有这张工单，请刷新页面。"))
    return ticket


def _shown(desk: Desk, refused: str = "") -> View:
    people = hands.load(desk, desk.now + timedelta(days=1))
    lanes = {one.key: Lane(hand=one) for one in people}
    every = _waiting(desk)
    waiting, more = every[:SHOWN], max(len(every) - SHOWN, 0)
    held = desk.session.exec(
        select(Ticket).where(col(Ticket.state).in_(OPEN), col(Ticket.assignee_id).in_([*lanes])).order_by(col(Ticket.urgent).desc(), col(Ticket.due_at))
    ).all()  # fmt: skip
    flats = _flats(desk, [*waiting, *held])
    for ticket in held:
        lanes[ticket.assignee_id or 0].held.append((ticket, ticket.place_of(flats.get(ticket.household_id))))
    for ticket in waiting:
        if ticket.planned_id in lanes:
            lanes[ticket.planned_id].planned.append((ticket, ticket.place_of(flats.get(ticket.household_id))))
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    for key, theirs in visits.of_days(desk, midnight, midnight + timedelta(days=2)).items():
        if key in lanes:
            lanes[key].visits = theirs
    staff = {one.key: one.member for one in people}
    chosen, places = modes.load(desk), spots.load(desk)
    rows = [
        {
            "ticket": one, "place": one.place_of(flats.get(one.household_id)), "pace": pace(desk, one), "planned": _planned(desk, one, staff), "why": dispatching.reason(one.plan),
            "waits": _waits(one, people, chosen),
        }
        for one in waiting
    ]  # fmt: skip
    waits = Counter(one.category for one in every)
    return View(
        "repairs/dispatch.html",
        {
            "rows": rows, "more": more, "lanes": sorted(lanes.values(), key=lambda one: (not one.hand.is_on, one.hand.member.name)), "shown": HELD, "levels": LEVELS,
            "states": STATE_WORDS, "overrides": OVERRIDES, "ways": WAY_WORDS, "means": WAY_MEANS, "modes": [(key, words, chosen[key], waits[key]) for key, words in CATEGORY_WORDS.items()],
            "buildings": [(one, roster.label_of(one), places.get(one)) for one in _buildings(desk)], "refused": refused, "most": MOST, "callers": phoned.by_whom(desk, held), "members": staff, "open": desk.query.get("open", ""),
        },
        422 if refused else 200,
    )  # fmt: skip


def _planned(desk: Desk, ticket: Ticket, staff: Mapping[int, Staff]) -> str:
    """Return for whom a ticket is planned and until when, in words."""
    if ticket.planned_id is not None and ticket.plan_until is not None:
        member = staff.get(ticket.planned_id) or desk.session.get_one(Staff, ticket.planned_id)
        if not member.openid:
            return tr("打算派给{name}，他没绑微信：请打电话说好，再点“就派给他”", name=member.name)
        return tr("打算派给{name}，{minutes} 分钟内等他接单", name=member.name, minutes=_left(desk, ticket))
    if ticket.offered_at is not None and ticket.plan_until is not None and ticket.plan_until > desk.now:
        return tr("抢单中，{minutes} 分钟后没人接就由系统派", minutes=_left(desk, ticket))
    return ""


def _waits(ticket: Ticket, people: Sequence[Hand], chosen: Mapping[str, Mode]) -> str:
    """Return what a ticket waits for that is planned for nobody: by hand, somebody who can, somebody at work, or a hand that is free."""
    fit = [one for one in people if hands.can_mend(one, ticket.category)]
    if chosen[ticket.category].way is Way.HAND:
        return tr("这一类手动派，等办公室派")
    if not fit:
        return tr("没有人登记过会修这个，请手动派")
    if not any(one.is_on for one in fit):
        return tr("还没派，等会修的人上班：{names}", names="、".join(one.member.name for one in fit[:3]))
    return tr("还没派，一分钟内再安排；会修的人手上都满了就等空出来")


def _left(desk: Desk, ticket: Ticket) -> int:
    seconds = (ticket.plan_until - desk.now).total_seconds() if ticket.plan_until else 0
    return max(round(seconds / 60), 0)


def _waiting(desk: Desk) -> Sequence[Ticket]:
    wanted = select(Ticket).where(Ticket.state == TicketState.SUBMITTED, col(Ticket.assignee_id).is_(None))
    return desk.session.exec(wanted.order_by(col(Ticket.urgent).desc(), col(Ticket.due_at))).all()


def _flats(desk: Desk, tickets: Sequence[Ticket]) -> dict[int | None, Household]:
    ids = {one.household_id for one in tickets} - {None}
    return {one.id: one for one in desk.session.exec(select(Household).where(col(Household.id).in_(ids))).all()}


ROUTES: tuple[Page, ...] = (desk_of_dispatch, give, choose, place)
