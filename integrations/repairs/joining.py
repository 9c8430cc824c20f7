"""The same fault told by a neighbour: known to be told already, joined by a word, and taken back by one."""

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Household, Turn, Work
from integrations.repairs import clock, merging, places, steps
from integrations.repairs.models import OPEN, PUBLIC, Ticket, TicketState

#: What the whole house has or lacks: told from one flat it is the neighbours' as well. A tap that drips is one's own.
_SUPPLY = re.compile(
    r"一?滴水都?(?:没|冇)|(?:没|没有|冇|无|断|停|不来)(?:得)?(?:自来)?(?:水|电|网|网络|气|燃气|煤气|暖|暖气|信号|热水)(?!表|管|龙头)|水压|(?:水|电|网|气|暖气)(?:都|全)?(?:停|断|没)了|暖气(?:片)?(?:都|一直|还)?不热|(?:不|没)供(?:暖|热|水|电)"
)

#: Places of the whole community: broken there it is broken for every building.
_EVERYBODYS = re.compile(r"地下车库|地库|小区|路上|路灯|乐园|滑梯|健身|花园|绿化|门口岗|大门|道闸|充电棚|车棚")

_BUILDING = re.compile(r"^(?P<building>[0-9A-Za-z]{1,3})(?:栋|幢|座|号楼)")
_FLOOR = re.compile(r"(?P<floor>负?(?:\d{1,2}|[一二三四五六七八九十]{1,3}))[楼层]")

#: 不是同一个, 不是一回事: what was joined is one's own again.
NOT_THE_SAME = re.compile(
    r"(?:[不对，, ]*)(?:这|我家的?|我(?:这|的|说的)?)?(?:不是|唔系|跟他们?不是)(?:同一?|一)(?:个|件|处|样|回事|码事|盏|张单|单)(?:事|灯|地方)?(?:[啊呀的了吧哦 。！!]|单独报|单独修|另外的)*"
)


def told_already(turn: Turn, category: str, location: str) -> Ticket | None:
    """Return the open ticket of somebody else that tells of the same fault: of its kind, told within three days, of the same part of the
    house; nothing where a fault is one's own, such as a tap's."""
    flat = turn.flat
    building = _building(location, flat)
    if not building and not _EVERYBODYS.search(location):
        return None
    wanted = select(Ticket, Household).join(Household, col(Household.id) == col(Ticket.household_id), isouter=True).where(
        Ticket.category == category, col(Ticket.state).in_(OPEN), Ticket.opened_at > turn.now - merging.NEAR,
    )  # fmt: skip
    mine = turn.resident.key if turn.resident else None
    for ticket, home in turn.session.exec(wanted.order_by(col(Ticket.opened_at))).all():
        if ticket.openid == turn.openid or (mine is not None and ticket.resident_id == mine):
            continue
        if _is_same(turn.said, location, building, ticket, _building(ticket.location, home)):
            return ticket
    return None


def _is_same(said: str, location: str, building: str, ticket: Ticket, its_building: str) -> bool:
    """Tell whether two tellings are of one thing: a place that both use, or what the house is supplied with."""
    if _EVERYBODYS.search(location):
        return places.is_shared(ticket.location) and _bare(location) == _bare(ticket.location)
    if building != its_building:
        return False
    if places.is_shared(location):
        floors = {match["floor"] for match in (_FLOOR.search(location), _FLOOR.search(ticket.location)) if match}
        spots = set(_bare(location).split("、")) & set(_bare(ticket.location).split("、"))
        return bool(spots) and len(floors) < 2
    return not places.is_shared(ticket.location) and bool(_SUPPLY.search(said)) and bool(_SUPPLY.search(ticket.words))


def _building(location: str, flat: Household | None) -> str:
    told = _BUILDING.match(location)
    if told:
        return told["building"].upper()
    return flat.building.upper() if flat is not None else ""


def _bare(location: str) -> str:
    """Return a place without building, unit, room and floor: 楼道."""
    return re.sub(
        r"^(?:\w{1,3}(?:栋|幢|座|号楼))?(?:\w{1,2}单元)?(?:\d{3,4})?(?:负?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[楼层])?",
        "",
        location,
    )


def join(work: Work, ticket: Ticket, into: Ticket) -> None:
    """Let a ticket go with one that tells of the same; what is urgent to one is urgent to both."""
    if ticket.urgent and not into.urgent:
        into.urgent = True
        clock.start(work, into)
        work.record("repair.prioritised", into.subject, level="urgent")
        steps.call_out(work, into)
    merging.attach(work, ticket, into)


def part(turn: Turn, ticket: Ticket) -> None:
    """Let it be one of its own again, by the word of who told it."""
    merging.separate(turn, ticket)


def joined_by(turn: Turn, tickets: Sequence[Ticket]) -> Ticket | None:
    """Return the last of somebody's tickets that goes with another one since today or yesterday."""
    lately = turn.now - timedelta(days=1)
    return next((one for one in tickets if one.state is TicketState.MERGED and one.opened_at > lately), None)


def affected(work: Work, ticket: Ticket) -> Sequence[tuple[Ticket, str]]:
    """Return whom a fault concerns: the ticket and those that go with it, each with its flat, a flat once."""
    every = (ticket, *steps.merged_into(work, ticket))
    homes = roster_of(work, every)
    found: dict[str, tuple[Ticket, str]] = {}
    for one in every:
        place = one.place_of(homes.get(one.household_id))
        key = place if place != PUBLIC else one.number
        found.setdefault(key, (one, place))
    return [*found.values()]


def roster_of(work: Work, tickets: Sequence[Ticket]) -> dict[int | None, Household]:
    """Return the flats of tickets by their ids."""
    ids = {one.household_id for one in tickets} - {None}
    if not ids:
        return {}
    return {one.id: one for one in work.session.exec(select(Household).where(col(Household.id).in_(ids))).all()}
