"""A service as a whole, and all services of an installation together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel

from bot.contract.access import Permission
from bot.contract.actions import Action, Amendment, Wish
from bot.contract.api import Endpoint
from bot.contract.cards import Audience, Beside, Card, Errand, Finder, Matter, Today
from bot.contract.consents import Purpose
from bot.contract.effects import Performer
from bot.contract.figures import Figure
from bot.contract.happenings import Reaction
from bot.contract.jobs import Job
from bot.contract.lists import Listing
from bot.contract.log import Log, Named
from bot.contract.pages import Desk, Page
from bot.contract.past import Telling
from bot.contract.personal import Personal
from bot.contract.processing import Processing
from bot.contract.taskkinds import Ladder, TaskKind
from bot.contract.work import Turn, Work
from bot.errors import Misconfigured
from bot.language.kinds.kind import Kind
from bot.language.kinds.shipped import KINDS
from bot.store.events import Event
from bot.store.outbox import Delivery
from bot.store.people import Household
from bot.store.photos import Photo
from bot.store.staff import Staff
from bot.store.tasks import Task

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Integration:
    """A service: its folder's name, its title for people, and what it brings."""

    name: str
    title: str
    folder: Path  # Path(__file__).parent: templates/, migrations/, intents/ lie there
    actions: Sequence[Action] = ()
    amends: Sequence[Amendment] = ()  # how what an action has done is changed by what is said next
    kinds: Sequence[Kind] = ()  # values of its own that its intent files ask for: type: meter_reading
    jobs: Sequence[Job] = ()
    console: Sequence[Page] = ()
    lists: Sequence[Listing] = ()  # lists of the console: their pages, files and acts are made of what they declare
    pages: Sequence[Page] = ()
    api: Sequence[Endpoint] = ()
    effects: Sequence[Performer] = ()
    reactions: Sequence[Reaction] = ()
    emits: Mapping[str, str] = field(default_factory=dict)  # kind of event -> its fields, "category urgent reason?"
    tells: Mapping[str, str] = field(default_factory=dict)  # messages of `tell` -> their values, "number url"
    permissions: Sequence[Permission] = ()
    tasks: Sequence[TaskKind] = ()
    cards: Sequence[Card] = ()
    finds: Sequence[Finder] = ()  # words of its own by which staff look for a flat: a plate
    today: Sequence[Today] = ()
    figures: Sequence[Figure] = ()  # what it measures by week and month
    audiences: Sequence[Audience] = ()
    log: Log = field(default_factory=Log)
    personal: Personal | None = None
    purposes: Sequence[Purpose] = ()  # what of a person's is kept only with their consent
    processing: Sequence[Processing] = ()  # what it uses personal data for
    settings: type[BaseModel] | None = None  # each field is LINLI_<NAME>_<FIELD>
    summons: Callable[[Work, Task, Staff], Delivery | None] | None = None  # tells one person on duty of a task, by a message
    codes: Mapping[str, Callable[[Turn, str], str]] = field(default_factory=dict)  # QR codes "kind.code": what scanning one says
    hears: Callable[[Turn, str], str | Wish] | None = (
        None  # words that are its own whatever they mean; returns the answer, what is to be done, or nothing
    )
    orders: Callable[[Turn, str], str] | None = (
        None  # words by which the staff give an order; heard even before alarms, for they may be about one
    )
    sees: Callable[[Turn, Photo], str] | None = (
        None  # takes a photo that somebody of the staff sends in their chat; returns the answer, or nothing
    )
    warns: Callable[[Turn, str], str] | None = (
        None  # what is said before all else where words tell of a danger that is no alarm: 水淹到插座了
    )
    serves: Mapping[str, Callable[[Work, Mapping[str, Any]], str]] = field(
        default_factory=dict
    )  # what it does for other services, by name: "repair.open"; returns the subject of what came of it
    knows: Callable[[Turn, str], str] | None = None  # answers a question from what it holds, or nothing: 几点来水
    matters: Callable[[Turn], Sequence[Matter]] | None = None  # what of the resident's is under way, the newest first
    errands: Callable[[Work, Household | None, str], Sequence[Errand]] | None = (
        None  # what is under way at a flat, or by that subject, for which somebody has to be let in
    )
    beside: Callable[[Desk, str], Sequence[Beside]] | None = (
        None  # what it knows of another service's subject, or offers beside it
    )
    notice_page: str = ""  # the residents' page of its own on which a notice is read whole: "/notices/{delivery}"
    answers_page: str = ""  # the console's page on which an answer to a question is written, ?question= and ?answer= filled in
    seed: Callable[[Work], None] | None = None  # fills an empty demo community
    past: Telling | None = None  # tells what happened in it before

    @property
    def stirs(self) -> frozenset[str]:
        """What the console's live stream calls the events of this service: ticket for ticket.opened."""
        return frozenset(kind.partition(".")[0] for kind in self.emits)


@dataclass(frozen=True, kw_only=True)
class Services:
    """All services together; raises Misconfigured where two of them want the same."""

    integrations: Sequence[Integration] = ()
    settings: Mapping[type[BaseModel], BaseModel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what in (
            "amendments",
            "tells",
            "emits",
            "permissions",
            "performers",
            "subjects",
            "kinds",
            "audiences",
            "codes",
            "endpoints",
            "purposes",
            "figures",
            "lists",
            "served",
        ):
            getattr(self, what)

    @cached_property
    def actions(self) -> Mapping[str, Action]:
        """All actions by intent."""
        return self._unite("the action of", ((one, {a.intent: a for a in one.actions}) for one in self.integrations))

    @cached_property
    def amendments(self) -> Mapping[str, Amendment]:
        """All amendments by intent."""
        return self._unite("the amendment of", ((one, {a.intent: a for a in one.amends}) for one in self.integrations))

    @cached_property
    def amendable(self) -> Mapping[str, frozenset[str]]:
        """The slots that may change after an intent was done, by intent."""
        return {intent: amendment.takes for intent, amendment in self.amendments.items()}

    @cached_property
    def keeping(self) -> frozenset[str]:
        """The intents beside whose result further words are kept."""
        return frozenset(intent for intent, amendment in self.amendments.items() if amendment.keeps_words)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """All kinds of values that intent files may ask for, by their `type:`; those that ship and the services' own."""
        own = self._unite("the kind of value", ((one, {kind.name: kind for kind in one.kinds}) for one in self.integrations))
        if taken := set(own) & set(KINDS):
            raise Misconfigured(
                f"a service brings the kind of value {min(taken)!r}, which ships already; give it a name of its own"
            )
        return {**KINDS, **own}

    @cached_property
    def shows(self) -> frozenset[str]:
        """The intents that change nothing."""
        return frozenset(intent for intent, action in self.actions.items() if action.shows)

    @cached_property
    def tells(self) -> Mapping[str, str]:
        """All messages that services tell, and the values that come with each."""
        return self._unite("the message", ((one, one.tells) for one in self.integrations))

    @cached_property
    def emits(self) -> Mapping[str, frozenset[str]]:
        """All kinds of events and their fields; those with `?` need not come."""
        fields = ((one, {kind: frozenset(said.split()) for kind, said in one.emits.items()}) for one in self.integrations)
        return self._unite("the event", fields)

    @cached_property
    def permissions(self) -> Mapping[str, Permission]:
        """All permissions by name."""
        return self._unite("the permission", ((one, {p.name: p for p in one.permissions}) for one in self.integrations))

    @cached_property
    def purposes(self) -> Mapping[str, Purpose]:
        """All that somebody may consent to, by name."""
        return self._unite("the purpose", ((one, {p.name: p for p in one.purposes}) for one in self.integrations))

    @cached_property
    def about_health(self) -> Mapping[str, frozenset[str]]:
        """What of the log tells by itself that somebody's health is known here: kinds of events, and values of their fields `purpose`, `what`, `task`."""
        those = [one for one in self.integrations if any(permission.veils for permission in one.permissions)]
        needs = {permission.name: permission for one in those for permission in one.permissions if permission.veils}
        return {
            "kind": frozenset(kind for one in those for kind in one.log.events),
            "purpose": frozenset(purpose.name for one in those for purpose in one.purposes),
            "what": frozenset(permission.sensitive for permission in needs.values()),
            "task": frozenset(task.kind for one in self.integrations for task in one.tasks if task.need in needs),
        }

    @cached_property
    def lists(self) -> Mapping[str, Listing]:
        """All lists of the console by name."""
        return self._unite("the list", ((one, {listing.name: listing for listing in one.lists}) for one in self.integrations))

    @cached_property
    def subjects(self) -> Mapping[str, Named]:
        """Who knows the words for a kind of subject, such as ticket."""
        return self._unite("the subject", ((one, one.log.subjects) for one in self.integrations))

    @cached_property
    def audiences(self) -> Mapping[str, Audience]:
        """All audiences that services offer, by their tag."""
        return self._unite("the audience", ((one, {a.tag: a for a in one.audiences}) for one in self.integrations))

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """All figures by key."""
        return self._unite("the figure", ((one, {f.key: f for f in one.figures}) for one in self.integrations))

    @cached_property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """All routes of the API: GET /tools/{number} -> the route."""
        routes = ((one, {f"{route.method} {route.path}": route for route in one.api}) for one in self.integrations)
        return self._unite("the route", routes)

    @cached_property
    def scopes(self) -> Mapping[str, Sequence[Endpoint]]:
        """What a key may be given, each with the routes that it opens."""
        found: dict[str, list[Endpoint]] = {}
        for endpoint in self.endpoints.values():
            found.setdefault(endpoint.scope, []).append(endpoint)
        return found

    @cached_property
    def given_scopes(self) -> Mapping[str, Sequence[Endpoint]]:
        """What a key may be given on the console's page of keys: all but what services give out by keys of their own."""
        return {scope: opened for scope, opened in self.scopes.items() if not any(one.own_keys for one in opened)}

    @cached_property
    def performers(self) -> Mapping[str, Performer]:
        """All kinds of effects."""
        return self._unite("the effect", ((one, {p.kind: p for p in one.effects}) for one in self.integrations))

    @cached_property
    def _reactions(self) -> Mapping[str, Sequence[Reaction]]:
        found: dict[str, list[Reaction]] = {}
        for integration in self.integrations:
            for reaction in integration.reactions:
                found.setdefault(reaction.kind, []).append(reaction)
        return found

    def reactions(self, kind: str) -> Sequence[Reaction]:
        """Return what is done when an event of a kind is recorded."""
        return self._reactions.get(kind, ())

    def require_emitted(self, kind: str, data: Mapping[str, Any]) -> None:
        """Raise TypeError for an event that is recorded otherwise than declared: others rely on its fields."""
        declared = self.emits.get(kind)
        if declared is None:
            raise TypeError(f"record({kind!r}) is not declared; add it to `emits` with its fields")
        needed = {name for name in declared if not name.endswith("?")}
        known = {name.rstrip("?") for name in declared}
        if not needed <= set(data) <= known:
            raise TypeError(f"record({kind!r}) comes with ({' '.join(sorted(data))}); declared is ({' '.join(sorted(declared))})")

    def misheard(self) -> list[str]:
        """Return what is wrong between events and those who react to them, a sentence each."""
        return [
            fault for one in self.integrations for reaction in one.reactions if (fault := self._fault_of(one, reaction))
        ]  # fmt: skip

    def _fault_of(self, integration: Integration, reaction: Reaction) -> str:
        declared = self.emits.get(reaction.kind)
        where = f"service {integration.name!r}: {reaction.name} reacts to {reaction.kind!r}"
        if declared is None:
            return f"{where}, which no service emits"
        unknown = reaction.reads - {name.rstrip("?") for name in declared}
        return f"{where} and reads {' '.join(sorted(unknown))}; its fields are ({' '.join(sorted(declared))})" if unknown else ""

    def kind_of(self, task: str) -> TaskKind | None:
        """Return how tasks of a kind are dealt with; an exact name goes before one that ends with `*`."""
        fitting = [kind for one in self.integrations for kind in one.tasks if kind.fits(task)]
        return max(fitting, key=lambda kind: len(kind.kind), default=None)

    def ladder(self, task: str) -> Ladder | None:
        """Return who is told of a kind of task when; None when nobody is told by itself."""
        kind = self.kind_of(task)
        return kind.ladder if kind else None

    def summon(self, work: Work, task: Task, member: Staff) -> Delivery | None:
        """Tell somebody of a task by a message; None where no service can, or they cannot be reached."""
        return next((one.summons(work, task, member) for one in self.integrations if one.summons), None)

    @cached_property
    def codes(self) -> Mapping[str, Callable[[Turn, str], str]]:
        """What scanning the services' own codes does, by kind."""
        return self._unite("codes of the kind", ((one, one.codes) for one in self.integrations))

    @cached_property
    def notice_page(self) -> str:
        """The path of the residents' page on which a notice is read whole; empty where no service has one."""
        return next((one.notice_page for one in self.integrations if one.notice_page), "")

    def answers_page(self, may: Callable[[str], bool]) -> str:
        """Return where whoever `may` writes what the community answers to a question; empty where they may not, or no service keeps answers."""
        page = next(
            (page for one in self.integrations for page in one.console if page.path == one.answers_page and page.method == "GET"),
            None,
        )
        return f"/console{page.path}" if page is not None and may(page.need) else ""

    def scan(self, turn: Turn, scene: str) -> str:
        """Let the service whose code was scanned answer; empty for a code of none."""
        kind, _, code = scene.partition(".")
        return self.codes[kind](turn, code) if code and kind in self.codes else ""

    def hear(self, turn: Turn, text: str) -> str | Wish:
        """Let services answer words that are theirs before anything is understood; empty where none wants them."""
        heard = (one.hears(turn, text) for one in self.integrations if one.hears)
        return next((words for words in heard if words), "")

    def order(self, turn: Turn, text: str) -> str:
        """Let services carry out what somebody of the staff orders by words of their own; empty where it is no order."""
        return next(filter(None, (one.orders(turn, text) for one in self.integrations if one.orders)), "")

    @cached_property
    def served(self) -> Mapping[str, Callable[[Work, Mapping[str, Any]], str]]:
        """All that services do for others, by name."""
        return self._unite("what is done for others,", ((one, one.serves) for one in self.integrations))

    def see(self, turn: Turn, photo: Photo) -> str:
        """Let a service take a photo that somebody of the staff sent for their work; empty where it is a resident's."""
        return next(filter(None, (one.sees(turn, photo) for one in self.integrations if one.sees)), "")

    def warn(self, turn: Turn, text: str) -> str:
        """Return what services warn of in words, a line each; empty where none does."""
        return "\n".join(filter(None, (one.warns(turn, text) for one in self.integrations if one.warns)))

    def answer(self, turn: Turn, question: str) -> str:
        """Let services answer a question from what they hold; empty where none can."""
        return next(filter(None, (one.knows(turn, question) for one in self.integrations if one.knows)), "")

    def matters(self, turn: Turn) -> Sequence[Matter]:
        """Return what of the resident's is under way with all services, the newest first."""
        found = [matter for one in self.integrations if one.matters for matter in one.matters(turn)]
        return sorted(found, key=lambda matter: matter.at, reverse=True)

    def errands(self, work: Work, household: Household | None = None, subject: str = "") -> Sequence[Errand]:
        """Return what is under way at a flat, or by its subject, for which somebody has to be let in, as all services know."""
        return [errand for one in self.integrations if one.errands for errand in one.errands(work, household, subject)]

    def beside(self, desk: Desk, subject: str) -> Sequence[Beside]:
        """Return what services know of a subject, or offer beside it, for who may see that: its page shows it without knowing them."""
        return [line for one in self.integrations if one.beside for line in one.beside(desk, subject)]

    def find(self, desk: Desk, said: str) -> Sequence[tuple[str, int, str]]:
        """Return what services find by what staff typed, where these may see it: whose it is, the id of a flat, words."""
        finders = (finder for one in self.integrations for finder in one.finds if desk.may(finder.need))
        return [(finder.title, flat, words) for finder in finders for flat, words in finder.run(desk, said)]

    def say(self, event: Event, now: datetime, names: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the sentence for an event; empty for a kind that no service knows. `names`: of staff, by their logins."""
        words = {"purpose": {name: purpose.title for name, purpose in self.purposes.items()}, "staff": names}
        return next(filter(None, (one.log.say(event, now, words) for one in self.integrations)), "")

    def settings_of(self, kind: type[S]) -> S:
        """Return a service's settings by their model."""
        found = self.settings.get(kind)
        if not isinstance(found, kind):
            raise TypeError(f"{kind.__name__} is the settings of no service that is loaded")
        return found

    def _unite(self, what: str, parts: Iterable[tuple[Integration, Mapping[str, Any]]]) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        owner: dict[str, str] = {}
        for integration, part in parts:
            for name, value in part.items():
                if name in found:
                    raise Misconfigured(
                        f"service {integration.name!r} brings {what} {name!r}, which {owner[name]!r} brings already; "
                        "give it a name of its own"
                    )
                found[name], owner[name] = value, integration.name
        return found
