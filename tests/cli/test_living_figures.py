"""The figures of the demo's past, counted once more by hand from its rows, without any of the code that counts them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

import pytest
from sqlmodel import Session, select

from bot import app, config
from bot.cli.serving import demo_settings, seed
from bot.contract import Context, Work
from bot.contract.figures import Asked, Period, Step, measure, periods
from bot.dialogue.understanding import read_folder
from bot.keys import Keys
from bot.language import files
from bot.model import SHANGHAI
from bot.services import folders, load_services
from bot.store import communities, scope
from bot.store.consents import Consent
from bot.store.database import Database
from bot.store.events import Event
from bot.store.notices import Notice
from bot.store.outbox import Delivery
from bot.store.outcomes import Outcome
from bot.store.people import Binding, Household, Residence, Resident
from bot.store.tasks import Task
from integrations.clinic.models import Booking
from integrations.clinic.models import Session as Sitting
from integrations.health.models import CareProof, CheckIn
from integrations.patrols.models import PatrolRound, PatrolVisit
from integrations.repairs.models import Ticket, TicketCost
from integrations.visitor_passes.models import Pass, Passage

#: A number as a figure has it: value and what it rests on; the period it is of.
Numbers = dict[int, tuple[float, int]]


class Rows:
    """All rows of the smaller community, and how a figure says them."""

    def __init__(self, database: Database, settings: config.Settings, building: str) -> None:
        self.now, self.building = app.clock(), building
        self.periods = periods(Step.WEEK, 9, self.now.date())
        self.services = load_services(settings)
        self.known = files.load(read_folder(settings.intents_folder, folders(self.services)), kinds=self.services.kinds)
        self._database, self._settings = database, settings
        [community] = database.submit(communities.listed, settings.wechat_appid).result()
        self.context = Context(
            community=community, keys=Keys(config.read_secret(settings)), base_url=settings.base_url, messages=self.known.messages,
            intents=self.known.intents, services=self.services, usual_office=app.office_of(settings),
        )  # fmt: skip
        self.flats = {one.id: one for one in self.all(Household)}
        self.people = {one.id: one for one in self.all(Resident)}

    def all(self, kind: type[Any]) -> list[Any]:
        return self._database.submit(lambda session: list(session.exec(select(kind)).all())).result()

    def at(self, moment: datetime | date) -> int | None:
        day = moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment
        return next((n for n, one in enumerate(self.periods) if one.begins <= day < one.ends), None)

    def lives(self, household_id: int | None) -> bool:
        return not self.building or (household_id in self.flats and self.flats[household_id].building == self.building)

    def speaks(self, resident_id: int | None) -> bool:
        return not self.building or (resident_id in self.people and self.lives(self.people[resident_id].household_id))

    def told(self, key: str) -> dict[str, Numbers]:
        """Return what the figure says, by part."""

        def run(session: Session) -> dict[str, Numbers]:
            scope.enter(session, self.context.community.key)
            work = Work(session=session, now=self.now, context=self.context)
            found = measure(work, self.services.figures[key], Asked(periods=self.periods, building=self.building))
            return {
                str(row.part): {n: (one.value, one.of) for n, one in enumerate(row.numbers) if one.value is not None}
                for row in found.rows
            }

        return self._database.submit(run).result()


def share(pairs: Iterable[tuple[int | None, bool]]) -> Numbers:
    kept: defaultdict[int, list[bool]] = defaultdict(list)
    for period, good in pairs:
        if period is not None:
            kept[period].append(good)
    return {period: (sum(found) / len(found), len(found)) for period, found in kept.items()}


def middle(pairs: Iterable[tuple[int | None, float]]) -> Numbers:
    kept: defaultdict[int, list[float]] = defaultdict(list)
    for period, value in pairs:
        if period is not None:
            kept[period].append(value)
    return {period: (median(found), len(found)) for period, found in kept.items()}


def total(pairs: Iterable[tuple[int | None, float]]) -> Numbers:
    kept: defaultdict[int, list[float]] = defaultdict(list)
    for period, value in pairs:
        if period is not None:
            kept[period].append(value)
    return {period: (sum(found), len(found)) for period, found in kept.items()}


def minutes(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / 60


# ------------------------------------------------------------------ by hand


def _first_answers(rows: Rows) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for event in rows.all(Event):
        if event.kind in {"repair.accepted", "repair.assigned", "repair.working", "repair.done", "repair.merged"}:
            first[event.subject] = min(first.get(event.subject, event.at), event.at)
    return first


def _tickets(rows: Rows) -> list[Ticket]:
    return [one for one in rows.all(Ticket) if rows.lives(one.household_id)]


def opened(rows: Rows) -> dict[str, Numbers]:
    return {"": total((rows.at(one.opened_at), 1) for one in _tickets(rows))}


def first_answer(rows: Rows) -> dict[str, Numbers]:
    first, office = _first_answers(rows), rows.context.office

    def pairs() -> Iterator[tuple[int | None, bool]]:
        for one in _tickets(rows):
            begins = one.opened_at if one.urgent or office.is_open(one.opened_at) else office.opening(one.opened_at)
            due, answered = begins + timedelta(minutes=30 if one.urgent else 120), first.get(one.subject)
            if answered is not None or (one.state != "cancelled" and due <= rows.now):
                yield rows.at(one.opened_at), answered is not None and answered <= due

    return {"": share(pairs())}


def first_wait(rows: Rows) -> dict[str, Numbers]:
    first = _first_answers(rows)
    waits = ((one, first[one.subject]) for one in _tickets(rows) if one.subject in first)
    return {"": middle((rows.at(one.opened_at), max(minutes(at, one.opened_at), 0)) for one, at in waits)}


def solved(rows: Rows) -> dict[str, Numbers]:
    meant = [one for one in _tickets(rows) if one.state not in ("cancelled", "merged")]
    over = [one for one in meant if one.done_at or one.due_at < (one.paused_at or rows.now)]
    return {"": share((rows.at(one.opened_at), bool(one.done_at and one.done_at <= one.due_at)) for one in over)}


def solving(rows: Rows) -> dict[str, Numbers]:
    done = [one for one in _tickets(rows) if one.done_at and one.state != "cancelled"]
    return {"": middle((rows.at(one.opened_at), minutes(one.done_at, one.opened_at)) for one in done if one.done_at)}


def reopened(rows: Rows) -> dict[str, Numbers]:
    done = {event.subject for event in rows.all(Event) if event.kind == "repair.done"}
    return {"": share((rows.at(one.opened_at), one.reopened > 0) for one in _tickets(rows) if one.subject in done)}


def rating(rows: Rows) -> dict[str, Numbers]:
    rated = total((rows.at(one.opened_at), one.rating) for one in _tickets(rows) if one.rating)
    return {"": {period: (value / of, of) for period, (value, of) in rated.items()}}


def costs(rows: Rows) -> dict[str, Numbers]:
    theirs = {one.id for one in _tickets(rows)}
    lines = [one for one in rows.all(TicketCost) if one.ticket_id in theirs]
    words = {"community": "物业承担", "resident": "住户承担"}
    return {
        said: total((rows.at(one.at), one.number * one.fen) for one in lines if one.payer == key) for key, said in words.items()
    }


def _sent(rows: Rows) -> list[Delivery]:
    found = [one for one in rows.all(Delivery) if one.notice_id and one.state != "cancelled"]
    return [one for one in found if rows.speaks(one.resident_id)]


def _was_taken(one: Delivery) -> bool:
    return one.state in ("sent", "delivered")


def reached(rows: Rows) -> dict[str, Numbers]:
    return {"": share((rows.at(one.occurrence), _was_taken(one)) for one in _sent(rows) if one.occurrence)}


def read(rows: Rows) -> dict[str, Numbers]:
    taken = [one for one in _sent(rows) if _was_taken(one)]
    return {"": share((rows.at(one.occurrence), bool(one.read_at or one.acknowledged_at)) for one in taken if one.occurrence)}


def acknowledged(rows: Rows) -> dict[str, Numbers]:
    asking = {one.id for one in rows.all(Notice) if one.asks}
    taken = [one for one in _sent(rows) if _was_taken(one) and one.notice_id in asking]
    return {"": share((rows.at(one.occurrence), one.acknowledged_at is not None) for one in taken if one.occurrence)}


def _passes(rows: Rows) -> list[Pass]:
    return [one for one in rows.all(Pass) if rows.lives(one.household_id)]


def invited(rows: Rows) -> dict[str, Numbers]:
    return {"": total((rows.at(one.created_at), 1) for one in _passes(rows))}


def used(rows: Rows) -> dict[str, Numbers]:
    came = {one.pass_id for one in rows.all(Passage) if one.admitted and not one.undone_at}
    over = [one for one in _passes(rows) if one.state != "cancelled" and (one.ends_at < rows.now or one.state == "used")]
    return {"": share((rows.at(one.created_at), one.id in came) for one in over)}


def admitted(rows: Rows) -> dict[str, Numbers]:
    checks = [one for one in rows.all(Passage) if one.walk_up_id is None and not one.undone_at]
    return {"": share((rows.at(one.at), one.admitted) for one in checks)}


def check_ins(rows: Rows) -> dict[str, Numbers]:
    return {"": total((rows.at(one.day), 1) for one in rows.all(CheckIn) if rows.speaks(one.reporter_id))}


def checked_in(rows: Rows) -> dict[str, Numbers]:
    given = [one for one in rows.all(Consent) if one.purpose == "health" and rows.speaks(one.resident_id)]
    told = [(rows.at(one.day), one.reporter_id) for one in rows.all(CheckIn) if rows.speaks(one.reporter_id)]
    found = {}
    for n, period in enumerate(rows.periods):
        ends = min(_midnight(period), rows.now)
        who = {one.resident_id for one in given if one.given_at < ends and (one.withdrawn_at is None or one.withdrawn_at >= ends)}
        if who:
            found[n] = (len(who & {reporter for at, reporter in told if at == n}) / len(who), len(who))
    return {"": found}


def _midnight(period: Period) -> datetime:
    return datetime.combine(period.ends, time(), SHANGHAI)


def false_visits(rows: Rows) -> dict[str, Numbers]:
    return {"": share((rows.at(one.at), one.was_well) for one in rows.all(CareProof))}


def booked(rows: Rows) -> dict[str, Numbers]:
    return {"": total((rows.at(one.made_at), 1) for one in rows.all(Booking) if rows.lives(one.household_id))}


def came(rows: Rows) -> dict[str, Numbers]:
    sittings = {one.id: one for one in rows.all(Sitting)}
    marked = [one for one in rows.all(Booking) if one.state in ("came", "missed")]
    return {"": share((rows.at(sittings[one.session_id].starts_at), one.state == "came") for one in marked)}


def patrolled(rows: Rows) -> dict[str, Numbers]:
    visits = {(one.round_id, one.point_id) for one in rows.all(PatrolVisit) if one.kind == "kept"}
    over = [one for one in rows.all(PatrolRound) if one.state in ("kept", "missed")]
    return {"": share((rows.at(one.starts_at), (one.id, point) in visits) for one in over for point in one.points)}


def understood(rows: Rows) -> dict[str, Numbers]:
    asked = [one for one in rows.all(Outcome) if one.understood]
    words = {"at_once": "一次听懂", "asked_back": "反问一句", "missed": "没听懂"}
    return {said: share((rows.at(one.day), one.understood == key) for one in asked) for key, said in words.items()}


def by_intent(rows: Rows) -> dict[str, Numbers]:
    asked = [one for one in rows.all(Outcome) if one.intent and one.understood in ("at_once", "asked_back")]
    return {
        name: share((rows.at(one.day), one.understood == "at_once") for one in asked if _title(rows, one.intent) == name)
        for name in {_title(rows, one.intent) for one in asked}
    }


def _title(rows: Rows, intent: str) -> str:
    known = rows.known.intents.get(intent)
    return known.title if known else "问物业知识"


def self_service(rows: Rows) -> dict[str, Numbers]:
    return {"": share((rows.at(one.day), one.ended == "served") for one in rows.all(Outcome) if one.ended)}


def _savings(rows: Rows) -> Iterator[tuple[str, int | None, float]]:
    for one in rows.all(Outcome):
        known = rows.known.intents.get(one.intent)
        if one.ended == "served" and known is not None and known.baseline is not None:
            yield known.title, rows.at(one.day), known.baseline.minutes - max(one.seconds, 60) / 60


def saved(rows: Rows) -> dict[str, Numbers]:
    return {"": total((period, value) for _, period, value in _savings(rows))}


def saved_by_intent(rows: Rows) -> dict[str, Numbers]:
    names = Counter(name for name, _, _ in _savings(rows))
    return {name: total((period, value) for one, period, value in _savings(rows) if one == name) for name in names}


def _handed_over(rows: Rows) -> Iterator[tuple[Task, datetime | None]]:
    for one in rows.all(Task):
        if one.kind == "handoff" and rows.lives(one.household_id):
            yield one, one.answered_at or (one.closed_at if one.closed_by else None)


def handoff_in_time(rows: Rows) -> dict[str, Numbers]:
    def pairs() -> Iterator[tuple[int | None, bool]]:
        for one, answered in _handed_over(rows):
            due = rows.context.office.closing(one.opened_at)
            if answered is not None or (one.closed_at is None and due <= rows.now):
                yield rows.at(one.opened_at), answered is not None and answered <= due

    return {"": share(pairs())}


def handoff_wait(rows: Rows) -> dict[str, Numbers]:
    found = ((one, answered) for one, answered in _handed_over(rows) if answered is not None)
    return {"": middle((rows.at(one.opened_at), minutes(answered, one.opened_at)) for one, answered in found if answered)}


def bound(rows: Rows) -> dict[str, Numbers]:
    here = {one.resident_id for one in rows.all(Residence) if one.moved_out is None and rows.lives(one.household_id)}
    held = [one for one in rows.all(Binding) if one.resident_id in here]
    found = {}
    for n, period in enumerate(rows.periods):
        ends = min(_midnight(period), rows.now)
        who = {one.resident_id for one in held if one.bound_at < ends and (one.ended_at is None or one.ended_at >= ends)}
        found[n] = (len(who) / len(here), len(here))
    return {"": found}


BY_HAND: dict[str, Callable[[Rows], dict[str, Numbers]]] = {
    "understood": understood, "understood.intents": by_intent, "self_service": self_service, "saved": saved, "saved.intents": saved_by_intent,
    "handoff.in_time": handoff_in_time, "handoff.wait": handoff_wait, "bound": bound,
    "notice.reached": reached, "notice.opened": read, "notice.acknowledged": acknowledged,
    "visitor.invited": invited, "visitor.used": used, "gate.admitted": admitted,
    "repair.opened": opened, "repair.first_answer": first_answer, "repair.first_wait": first_wait, "repair.solved": solved,
    "repair.solving": solving, "repair.reopened": reopened, "repair.rating": rating, "repair.costs": costs,
    "health.checked_in": checked_in, "health.check_ins": check_ins, "care.false_visits": false_visits,
    "clinic.booked": booked, "clinic.came": came, "patrol.kept": patrolled,
}  # fmt: skip


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, config.Settings]]:
    settings = demo_settings(host="127.0.0.1", port=1, var=tmp_path_factory.mktemp("counted") / "var")
    seed(settings, ("demo-east",), lives=True)
    database = app.reach_database(settings)
    yield database, settings
    database.close()


def test_every_figure_is_counted_by_hand(lived: tuple[Database, config.Settings]) -> None:
    assert set(BY_HAND) == set(load_services(lived[1]).figures)


@pytest.mark.parametrize("building", ["", "2"])
@pytest.mark.parametrize("key", BY_HAND)
def test_a_figure_says_what_is_counted_by_hand(lived: tuple[Database, config.Settings], key: str, building: str) -> None:
    rows = Rows(*lived, building)
    figure = rows.services.figures[key]
    if building and not figure.by_building:
        rows.building = ""

    told, counted = rows.told(key), BY_HAND[key](rows)
    assert any(counted.values()), "the demo shows nothing of it"
    for part, numbers in counted.items():
        for period, (value, of) in numbers.items():
            assert told[part][period][0] == pytest.approx(value), (part, period)
            assert figure.unit == "次" or told[part][period][1] == of, (part, period)
    more = {
        (part, period) for part, numbers in told.items() for period, (value, _) in numbers.items() if value or figure.unit != "次"
    }
    assert more <= {(part, period) for part, numbers in counted.items() for period in numbers}
