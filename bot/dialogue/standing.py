"""Where a talk stands between two messages: one frozen value, kept with the conversation as JSON. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.dialogue import forms
from bot.dialogue.forms import Form, Stage
from bot.language import questions
from bot.language.files import Catalogue, Intent
from bot.language.kinds.kind import Value

#: Of what `pack` writes. What another version wrote, or what is damaged, begins anew: nobody is shut out of their talk by it.
VERSION = 1

#: What was done is remembered for so long, and until the time it is for; the last few things.
REMEMBERED, MOST = timedelta(hours=24), 4

#: Words that found no use are kept for so long, and join what a person is asked for.
UNUSED, UNUSED_MOST = timedelta(minutes=15), 5

#: A message as short as this may be a part of a sentence, which goes on for so long.
FRAGMENT, FRAGMENTS = 6, timedelta(minutes=2)


#: Words as short as a name or a number do not tell what a matter is.
TELLS = 4


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something that was done: what is said next may be about it."""

    about: str  # ticket:K3M9
    intent: str
    called: str  # 厨房的报修
    at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)
    said: str = ""  # the words it was told in: who asked for 装空调的 may say so again


class For(StrEnum):
    """What the options of a menu are."""

    INTENTS = "intents"  # what the words before it mean
    PHOTOS = "photos"  # subjects that the photos before it belong to
    CHANGE = "change"  # subjects that the words before it change


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A numbered menu last shown: ids of intents, or subjects; `text` is what it was shown for."""

    options: tuple[str, ...]
    text: str = ""
    shown_for: For = For.INTENTS
    with_person: bool = False  # its last number asks for a person


class Offered(StrEnum):
    """What a yes leads to."""

    PERSON = "person"
    QUESTION = "question"  # the office is asked what nobody here knows
    INTENT = "intent"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A question that yes or no answers, outside forms."""

    what: Offered
    text: str = ""  # the resident's words that led to it
    intent: str = ""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm that what is said next belongs to."""

    task: str
    until: datetime
    form: Form | None = None  # what was being filled in when it was raised: it waits until all is well


class Person(StrEnum):
    """Whether a person of the staff has the word."""

    NONE = ""
    ASKED = "asked"
    TAKEN = "taken"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a talk stands. Two are not packed: `person` is what the conversation's row says, `expired` counts for one message."""

    form: Form | None = None
    expired: Form | None = None  # a form whose question stayed open too long until just now
    shelved: Form | None = None  # the same later on: it is taken up again when it is asked for
    menu: Menu | None = None
    elsewhere: Menu | None = None  # what 0 leads to after a guess
    offer: Offer | None = None
    alarm: Alarm | None = None
    subjects: tuple[Subject, ...] = ()  # the newest first
    listens: str = ""  # the small talk that is being listened to: a sorrow, a chat
    unused: tuple[tuple[datetime, str], ...] = ()  # the resident's words that led to nothing
    spot: tuple[datetime, str] | None = None  # a place on the map that is about nothing yet
    misses: int = 0
    said_at: datetime | None = None  # when the bot last had its say
    began_at: datetime | None = None  # when what stands open was first spoken of
    person: Person = Person.NONE

    def calm(self) -> "Standing":
        """Return the talk without the questions that the last reply left open, forms aside."""
        return replace(self, menu=None, elsewhere=None, offer=None, listens="", expired=None, misses=0)

    def talked_over(self) -> "Standing":
        """Return the talk after something else was spoken of: a yes or a number answers nothing that was asked before."""
        return replace(self.calm(), form=forms.talked_over(self.form) if self.form else None)

    def within(self, form: Form | None) -> "Standing":
        """Return the talk with this form open and nothing else asked."""
        return replace(self.calm(), form=form)

    def after(self, subject: Subject) -> "Standing":
        """Return the talk with something done remembered first."""
        others = tuple(known for known in self.subjects if known.about != subject.about)
        return replace(self, subjects=(subject, *others)[:MOST])

    def alarmed(self, task: str, until: datetime) -> "Standing":
        """Return the talk with an alarm that what is said next belongs to, and to no form that was open before."""
        form = self.form or (self.alarm.form if self.alarm else None)
        return replace(self.within(None), alarm=Alarm(task=task, until=until, form=form))

    def eased(self) -> "Standing":
        """Return the talk after its alarm: what was being filled in goes on, unless something else is by now."""
        return replace(self.resumed(), alarm=None)

    def resumed(self) -> "Standing":
        """Return the talk with what was being filled in when its alarm was raised, unless something else is by now."""
        if self.alarm is None or self.alarm.form is None or self.form is not None:
            return self
        return replace(self, form=self.alarm.form, alarm=replace(self.alarm, form=None))

    def without(self, about: str) -> "Standing":
        """Return the talk without something that is over."""
        return replace(self, subjects=tuple(known for known in self.subjects if known.about != about))

    def closed(self, intents: Collection[str]) -> "Standing":
        """Return the talk with nothing open or remembered of these intents, nor the words that found no use: they may be of that, too."""
        if not intents:
            return self
        form, shelved = (forms.closed(one, intents) for one in (self.form, self.shelved))
        subjects = tuple(known for known in self.subjects if known.intent not in intents)
        alarm = replace(self.alarm, form=forms.closed(self.alarm.form, intents)) if self.alarm else None
        return replace(self.calm(), form=form, shelved=shelved, alarm=alarm, subjects=subjects, unused=())

    def missed(self, text: str, now: datetime) -> "Standing":
        """Return the talk with words kept that led to nothing."""
        kept = (*self.unused, (now, text)) if text else self.unused
        return replace(self, unused=kept[-UNUSED_MOST:], misses=self.misses + 1)

    @property
    def is_open(self) -> bool:
        """Tell whether something that was begun waits for an answer."""
        return any((self.form, self.menu, self.offer))

    def going_on(self, before: "Standing", now: datetime) -> "Standing":
        """Return the talk with when what stands open began: with this message, unless something stood open `before` it."""
        return replace(self, began_at=before.began(now) if self.is_open else None)

    def began(self, now: datetime) -> datetime:
        """Return when what a message of now is about was first spoken of."""
        return self.began_at if self.is_open and self.began_at is not None else now

    def fragments(self, now: datetime) -> tuple[str, ...]:
        """Return the few words that were sent just before by themselves: people send one sentence in several messages. A question is one."""
        lately = (text for moment, text in self.unused if now - moment < FRAGMENTS and len(text) <= FRAGMENT)
        return tuple(text for text in lately if not questions.is_question(text) and not text.isdigit())

    @property
    def matter(self) -> str:
        """Return the last words that led to nothing and tell what somebody wants: no number, no mere 啥意思."""
        said = (text.partition("\n")[0] for _, text in reversed(self.unused))
        return next((text for text in said if len(text) >= TELLS and not text.isdigit() and not questions.is_at_a_loss(text)), "")

    def words(self, *more: str) -> str:
        """Return the words that led to nothing so far and these, each once, one message a line."""
        said = "\n".join((*(text for _, text in self.unused), *more))
        return "\n".join(dict.fromkeys(filter(None, said.split("\n"))))


def at(standing: Standing, since: datetime, now: datetime, expires: timedelta) -> Standing:
    """Return how a talk stands now that stood so `since`: old questions are put away, old words and subjects forgotten."""
    subjects = tuple(known for known in standing.subjects if now - known.at < REMEMBERED or _is_to_come(known, now))
    unused = tuple((moment, text) for moment, text in standing.unused if now - moment < UNUSED)
    if standing.alarm is not None and now >= standing.alarm.until:
        standing = replace(standing, alarm=None, shelved=standing.alarm.form or standing.shelved)
    spot = standing.spot if standing.spot and now - standing.spot[0] < UNUSED else None
    kept = replace(standing, subjects=subjects, unused=unused, spot=spot)
    if now - since <= expires:
        return kept
    shelved = standing.form or (standing.shelved if now - since < REMEMBERED else None)
    return replace(kept.calm(), form=None, expired=standing.form, shelved=shelved)


def _is_to_come(subject: Subject, now: datetime) -> bool:
    """Tell whether something done is for a time that lies ahead: who comes on Saturday may bring one more on Friday."""
    return any(isinstance(value, datetime) and value > now for value in subject.values.values())


def in_words(standing: Standing, catalogue: Catalogue) -> str:
    """Return how a talk stands for a reader who must not learn whose it is: titles from the files, never a value."""
    intents = catalogue.intents
    form, menu, subjects = standing.form, standing.menu, standing.subjects[:MOST]
    done = "、".join(dict.fromkeys(intents[known.intent].title for known in subjects if known.intent in intents))
    shown = "、".join(intents[name].title for name in (menu.options if menu else ()) if name in intents)
    said = [
        *([_form_in_words(form, intents[form.intent])] if form and form.intent in intents else []),
        *([f"刚给住户看了选项：{shown}"] if shown else []),
        *([f"最近办过：{done}"] if done else []),
    ]
    return "。".join(said) or "还没有说别的"


def _form_in_words(form: Form, intent: Intent) -> str:
    slot = forms.asked(form, intent)
    known = "、".join(slot.title or slot.name for slot in intent.slots if slot.name in form.values)
    asks = f"，刚问了{slot.name}（{slot.title or slot.name}）" if slot else "，刚把内容念给住户确认" if form.is_read_back else ""
    return f"正在填“{intent.title}”（{intent.id}）{asks}" + (f"，已知：{known}" if known else "")


# ------------------------------------------------------------------ keeping


def pack(standing: Standing) -> dict[str, Any] | None:
    """Return the talk as JSON; None when nothing stands open and nothing is remembered."""
    kept = {
        "form": _pack_form(standing.form) if standing.form else None,
        "shelved": _pack_form(standing.shelved) if standing.shelved else None,
        "menu": vars(standing.menu) if standing.menu else None,
        "elsewhere": vars(standing.elsewhere) if standing.elsewhere else None,
        "offer": vars(standing.offer) if standing.offer else None,
        "alarm": _pack_alarm(standing.alarm) if standing.alarm else None,
        "subjects": [_pack_subject(subject) for subject in standing.subjects],
        "unused": [[moment.isoformat(), text] for moment, text in standing.unused],
        "spot": [standing.spot[0].isoformat(), standing.spot[1]] if standing.spot else None,
        "listens": standing.listens,
        "misses": standing.misses,
    }
    known = {name: value for name, value in kept.items() if value}
    moments = {name: at.isoformat() for name in ("said_at", "began_at") if (at := getattr(standing, name)) is not None}
    return {"version": VERSION, **known, **moments} if known else None


def unpack(kept: Mapping[str, Any] | None, intents: Mapping[str, Intent], person: Person = Person.NONE) -> Standing:
    """Return the talk that was packed; what belongs to an intent that has gone from the files meanwhile is left out."""
    if kept is None:
        return Standing(person=person)
    try:
        return _unpack(kept, intents, person)
    except (LookupError, TypeError, ValueError, AttributeError):
        return Standing(person=person)


def _unpack(kept: Mapping[str, Any], intents: Mapping[str, Intent], person: Person) -> Standing:
    if kept["version"] != VERSION:
        return Standing(person=person)
    form, alarm, offer = kept.get("form"), kept.get("alarm"), kept.get("offer")
    return Standing(
        form=_unpack_form(form, intents) if form else None,
        shelved=_unpack_form(kept["shelved"], intents) if kept.get("shelved") else None,
        menu=_unpack_menu(kept.get("menu"), intents),
        elsewhere=_unpack_menu(kept.get("elsewhere"), intents),
        offer=Offer(**{**offer, "what": Offered(offer["what"])}) if offer and _is_known(offer["intent"], intents) else None,
        alarm=_unpack_alarm(alarm, intents) if alarm else None,
        subjects=tuple(_unpack_subject(one) for one in kept.get("subjects", ()) if one["intent"] in intents),
        unused=tuple((_moment(moment), str(text)) for moment, text in kept.get("unused", ())),
        spot=(_moment(kept["spot"][0]), str(kept["spot"][1])) if kept.get("spot") else None,
        misses=int(kept.get("misses", 0)),
        said_at=_moment(kept["said_at"]) if kept.get("said_at") else None,
        began_at=_moment(kept["began_at"]) if kept.get("began_at") else None,
        listens=listens if (listens := str(kept.get("listens", ""))) in intents else "",
        person=person,
    )


def _is_known(intent: str, intents: Mapping[str, Intent]) -> bool:
    return not intent or intent in intents


def _unpack_menu(kept: Mapping[str, Any] | None, intents: Mapping[str, Intent]) -> Menu | None:
    if kept is None:
        return None
    shown_for = For(kept["shown_for"])
    options = tuple(option for option in kept["options"] if shown_for is not For.INTENTS or option in intents)
    return Menu(options=options, text=kept["text"], shown_for=shown_for, with_person=kept["with_person"])


def _pack_alarm(alarm: Alarm) -> dict[str, Any]:
    kept = {"task": alarm.task, "until": alarm.until.isoformat()}
    return {**kept, "form": _pack_form(alarm.form)} if alarm.form else kept


def _unpack_alarm(kept: Mapping[str, Any], intents: Mapping[str, Intent]) -> Alarm:
    form = _unpack_form(kept["form"], intents) if kept.get("form") else None
    return Alarm(task=str(kept["task"]), until=_moment(kept["until"]), form=form)


def _pack_subject(subject: Subject) -> dict[str, Any]:
    return {**vars(subject), "at": subject.at.isoformat(), "values": _pack_values(subject.values)}


def _unpack_subject(kept: Mapping[str, Any]) -> Subject:
    return Subject(**{**kept, "at": _moment(kept["at"]), "values": _unpack_values(kept["values"])})


def _pack_form(form: Form) -> dict[str, Any]:
    return {
        **vars(form), "values": _pack_values(form.values), "menu": dict(form.menu), "words": list(form.words),
        "outer": _pack_form(form.outer) if form.outer else None,
    }  # fmt: skip


def _unpack_form(kept: Mapping[str, Any], intents: Mapping[str, Intent]) -> Form | None:
    if kept["intent"] not in intents:
        return None
    outer = _unpack_form(kept["outer"], intents) if kept["outer"] else None
    read = {
        "values": _unpack_values(kept["values"]),
        "stage": Stage(kept["stage"]),
        "words": tuple(kept["words"]),
        "outer": outer,
    }
    return Form(**{**kept, **read})


def _moment(text: str) -> datetime:
    """Return a moment; one without a zone is none, for it cannot be told whether it is over."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return moment


def _pack_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return values as JSON; a time is told from a text by standing in a mapping."""
    return {name: {"at": value.isoformat()} if isinstance(value, datetime) else value for name, value in values.items()}


def _unpack_values(kept: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _moment(value["at"]) if isinstance(value, dict) else value for name, value in kept.items()}
