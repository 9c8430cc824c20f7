"""The contract: all that a service may see of the bot.

A service is a folder with an `Integration` object. It brings

    actions      what residents can ask for, by intent                       actions.py
    amends       how what was done is changed by what is said next           actions.py
    serves       what it does for other services: Work.ask_for               integration.py
    knows        questions that it answers from what it holds                integration.py
    warns        what is said first of a danger that is no alarm             integration.py
    matters      what of a resident's is under way                           cards.py
    kinds        values of its own that a form may ask for                  bot/language/kinds/kind.py
    jobs         what happens by itself, every so often                      jobs.py
    lists        lists of the console: columns, filters, search, acts on several rows   lists.py
    console      what staff see, each page with the permission it needs      pages.py
    pages        what residents open from the chat, behind a sealed link     pages.py
    api          what machines may call, each route with its scope           api.py
    effects      acts that need the network, carried out after the commit    effects.py
    reactions    what it does when another service records an event          happenings.py
    tasks        what a person must look at, and how its card looks          taskkinds.py
    permissions  what may be done, and the roles that may by default         access.py
    summons      how one person of the staff is told of a task               telling.py
    codes, hears, orders, sees  QR codes, words and orders of the staff that are the service's own  integration.py
    log          how people read its events                                  log.py
    hand-offs    what it gives to a person, with a number and an expected time  handoffs.py
    cards        what it knows of a household, and of today                  cards.py
    finds        words of its own by which staff look for a flat             cards.py
    errands      what is under way at a flat for which somebody has to be let in   cards.py
    beside       what it knows of another service's subject, or offers there  cards.py
    figures      what it measures by week and month, and what that means     figures.py
    audiences    whom a notice can be for by what the service knows          cards.py
    purposes     what is kept only with consent: asked, given, withdrawn        consents.py
    personal     which rows are a person's: to export, to erase, to forget   personal.py
    seed, past   what it puts into the demo's community: now, and for the weeks before  past.py
    settings     a pydantic model; each is LINLI_<SERVICE>_<NAME>            integration.py

and, in its folder, templates/, migrations/, intents/, static/ and a README.md – only those it needs. Its functions are plain and
synchronous, of one `Work` (work.py), inside one transaction: no network, no sleeping, and no effect but in the database, for when
a neighbour in the same commit fails they are run again. The session sees the rows of one community only (bot/store/scope.py).
docs/adding-a-service.md builds one step by step.
"""

from bot.contract import (
    consents,
    desks,
    handoffs,
    leaving,
    machinekeys,
    notices,
    personal,
    pictures,
    receipts,
    roster,
    rosterimport,
    sheets,
    tasks,
    telling,
    whom,
    wording,
)
from bot.contract.access import Access, Permission
from bot.contract.actions import Action, Amendment, Ask, HandOver, NoSlots, Reply, Wish, action, amends
from bot.contract.api import Endpoint, Machine, api
from bot.contract.cards import Audience, Beside, Card, Errand, Finder, Matter, Today, audience, card, finder, today
from bot.contract.consents import Purpose, WithConsent
from bot.contract.effects import Call, GiveUp, Later, Performer, effect
from bot.contract.figures import Asked, Figure, Sample, Unit, figure
from bot.contract.happenings import Happening, Reaction, on
from bot.contract.integration import Integration, Services
from bot.contract.jobs import Job, job
from bot.contract.lists import Act, Cell, Choice, Column, Days, Listing, Narrowed, Question, Said
from bot.contract.log import Log, Subject
from bot.contract.office import Office
from bot.contract.pages import Desk, Download, Page, Reading, Redirect, Upload, View, Visit, page, page_number, read_time, row_id
from bot.contract.past import Ended, Episode, Past, Then, Understood
from bot.contract.personal import Personal, Retention, Rows
from bot.contract.processing import Basis, Impact, Processing
from bot.contract.taskkinds import Caller, Ladder, TaskKind
from bot.contract.work import Context, Turn, Work
from bot.errors import Refusal, asked_in
from bot.language.answers import named as option_named
from bot.language.identifiers import withheld
from bot.language.kinds.called import is_described
from bot.language.kinds.code import all_in as codes_in
from bot.language.kinds.flat import Flat as SaidFlat
from bot.language.kinds.flat import gone_to as flats_gone_to
from bot.language.kinds.kind import Aspect, Found, Grammar, Kind, Slot, Value
from bot.language.kinds.own_name import told as own_name_told
from bot.language.kinds.phone import checked as checked_phone
from bot.language.kinds.phone import veiled as veiled_phone
from bot.language.kinds.tail import told as tail_told
from bot.language.kinds.temperature import denied as denied_temperatures
from bot.language.kinds.temperature import is_somebody, temperatures, whose
from bot.language.kinds.temperature import of_several as temperatures_of_several
from bot.language.numbers import NUMBER, value_of
from bot.language.recurrence.hours import Hours
from bot.language.times import find as times_in
from bot.language.times import is_past
from bot.model import PUBLIC_ALPHABET, SHANGHAI, joined, json_column, maybe_moment, moment, public_id, shortened, word
from bot.rosters import confined, rosterfile
from bot.sealed import UNREADABLE, Search, digest_of, is_unreadable, sealed, sealed_list, sealed_map, sealed_number
from bot.store.communities import Community
from bot.store.conversations import Conversation, Line
from bot.store.events import Event
from bot.store.lookup import Lookup
from bot.store.notices import Notice, NoticeState
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Evidence, Household, Residence, Resident, ResidentRole
from bot.store.photos import Photo
from bot.store.scope import Scoped
from bot.store.staff import ROLE_WORDS, Role, Staff
from bot.store.tasks import Task
from bot.translation import stored, tr, tr_all

__all__ = [
    "NUMBER", "PUBLIC_ALPHABET", "ROLE_WORDS", "SHANGHAI", "UNREADABLE", "Access", "Act", "Action", "Amendment", "Ask", "Asked", "Aspect", "Audience", "Basis", "Beside", "Call", "Caller", "Card", "Cell",
    "Choice", "Column", "Community", "Context", "Conversation", "Days", "Delivery", "DeliveryState", "Desk", "Download", "Ended", "Endpoint", "Episode", "Errand", "Event", "Evidence", "Figure",
    "Finder", "Found", "GiveUp", "Grammar", "HandOver", "Happening", "Hours", "Household", "Impact", "Integration", "Job", "Kind", "Ladder", "Later", "Line", "Listing", "Log", "Lookup", "Machine", "Matter", "Narrowed",
    "NoSlots", "Notice", "NoticeState", "Office", "Page", "Past", "Performer", "Permission", "Personal", "Photo", "Processing", "Purpose", "Question", "Reaction", "Reading",
    "Redirect", "Refusal", "Reply", "Residence", "Resident", "ResidentRole", "Retention", "Role", "Rows", "Said", "SaidFlat", "Sample", "Scoped", "Search", "Services", "Slot", "Staff",
    "Subject", "Task", "TaskKind", "Then", "Today", "Turn", "Understood", "Unit", "Upload", "Value", "View", "Visit", "Wish", "WithConsent", "Work", "action", "amends", "api", "asked_in", "audience",
    "card", "checked_phone", "codes_in", "confined", "consents", "denied_temperatures", "desks", "digest_of", "effect", "figure", "finder", "flats_gone_to", "handoffs", "is_described", "is_past", "is_somebody", "is_unreadable", "job", "joined",
    "json_column", "leaving", "machinekeys", "maybe_moment", "moment", "notices", "on", "option_named", "own_name_told", "page", "page_number", "personal",
    "pictures", "public_id", "read_time", "receipts", "roster", "rosterfile", "rosterimport", "row_id", "sealed", "sealed_list", "sealed_map", "sealed_number",
    "sheets", "shortened", "stored", "tail_told", "tasks", "telling", "temperatures", "temperatures_of_several", "times_in", "today", "tr", "tr_all",
    "value_of", "veiled_phone", "whom", "whose", "withheld", "word", "wording",
]  # fmt: skip
