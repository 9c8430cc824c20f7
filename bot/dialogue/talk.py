"""What the bot does in a talk: ask, read back, do, hand over; and the words for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.contract import Ask, Turn, handoffs
from bot.dialogue import forms, safety
from bot.dialogue.answer import Answer, House, Kind, Outcome
from bot.dialogue.forms import Form
from bot.dialogue.understanding import Heard
from bot.errors import Refusal
from bot.language import slots
from bot.language.files import Intent
from bot.store import conversations, tasks
from bot.store.conversations import Standing
from bot.store.tasks import Task

#: Photos sent this soon after something was opened belong to it.
PHOTO_FOLLOWS = timedelta(minutes=15)

#: Times that words are not understood before a person is offered.
PATIENCE = 2

#: Stands for a person in a menu that was shown.
PERSON = "#person"


class Talk:
    """One conversation during one turn."""

    def __init__(self, session: Session, conversation: Standing, now: datetime, house: House) -> None:
        self.session, self.conversation, self.now, self.house = session, conversation, now, house
        self.openid = conversation.openid
        self.said: list[conversations.Said] = []
        self.catalogue = house.understanding.catalogue
        self.turn = Turn(session=session, now=now, context=house.context, openid=self.openid)
        kept = forms.unpack(conversation.form, self.catalogue.intents) if conversation.form else None
        is_late = now - conversation.updated_at > forms.EXPIRES
        self.form = None if is_late else kept
        self.expired = kept if is_late else None
        if is_late:
            self._show({})

    # -- asking

    def _advance(self, form: Form, intent: Intent, before: str = "") -> Answer:
        """Ask what is missing, read back, or do it."""
        past = forms.is_past(form, intent, self.now)
        if past is not None and not past.required and not form.asking:
            return self._advance(forms.without(form, past), intent, before)  # 从昨天晚上开始漏: told, not wished
        if past is not None:
            value = slots.describe(past, form.values[past.name], self.now)
            form = replace(forms.without(form, past), brief=form.brief and past.required)
            before = self._phrase("form.past", value=value)
            if past.ask:
                return self._again(forms.ask(form, past), intent, before)
        step = forms.proceed(form, intent)
        if step.kind == "ready":
            return self._run(step.form, intent, before)
        question = self._question(step.form, intent)
        return self._keep(step.form, step.kind, f"{before}\n{question}" if before else question, intent)

    def _again(self, form: Form, intent: Intent, before: str) -> Answer:
        """Repeat the open question after some words."""
        kind: Kind = "confirms" if form.is_read_back else "asks"
        form = replace(form, asking=forms.CONFIRM) if form.is_read_back else form
        question = self._question(form, intent)
        return self._keep(form, kind, f"{before}\n{question}" if before else question, intent)

    def _ask_again(self, form: Form, intent: Intent) -> Answer:
        """Ask once more with help; the next time offer a person. What is known stays known."""
        tried = replace(form, tries=form.tries + 1)
        if tried.tries >= PATIENCE:
            return self._again(tried, intent, self._phrase("form.stuck"))
        slot = next((slot for slot in intent.slots if slot.name == form.asking), None)
        if slot is None or not slot.error or form.prompt:
            return self._again(tried, intent, self._phrase("form.unclear"))
        return self._keep(tried, "asks", with_menu(slot.error, form), intent)

    def _question(self, form: Form, intent: Intent) -> str:
        if form.asking == forms.CONFIRM:
            return forms.read_back(form, intent, self.now, self._facts())
        slot = next((slot for slot in intent.slots if slot.name == form.asking), None)
        ask = self.turn.words(slot.ask, **forms.spoken(form, intent, self.now)) if slot else ""
        return with_menu(form.prompt or ask, form)

    def _keep(self, form: Form, kind: Kind, text: str, intent: Intent) -> Answer:
        self.form = form
        slot = None if form.is_read_back else form.asking
        outcome = Outcome(kind=kind, intent=intent.id, slot=slot, options=tuple(form.menu.values()))
        return Answer(texts=(text,), outcome=outcome, values=self._values(form, intent))

    # -- doing

    def _run(self, form: Form, intent: Intent, before: str = "") -> Answer:
        """Do what was asked; then come back to what was put aside."""
        self.form = None
        deed = self.house.actions.get(intent.id) if intent.action else None
        if deed is None:
            return self._without_deed(form, intent, before)
        try:
            with self.session.begin_nested():  # of what is refused nothing remains
                reply = deed(self.turn, forms.given(form))
        except Refusal as refusal:
            return self._finish(form, intent, str(refusal))
        if isinstance(reply, Ask):
            return self._ask_back(form, intent, reply)
        text = self.turn.words(intent.replies[reply.name], **{**forms.spoken(form, intent, self.now), **reply.values})
        text = f"{before}\n{text}" if before else text
        if reply.about:
            self._show({})
            self.conversation.options = {
                **(self.conversation.options or {}),
                "about": reply.about,
                "until": (self.now + PHOTO_FOLLOWS).isoformat(),
            }
        return self._finish(form, intent, text)

    def _finish(self, form: Form, intent: Intent, text: str) -> Answer:
        """Say how it ended and come back to what was put aside; without a flat, what needs one is not resumed."""
        if form.outer is not None and form.outer.intent in self.catalogue.intents:
            self._look_up_resident()
            if not intent.provides_flat or self.turn.is_bound:
                return self._resume(form.outer, text)
        return Answer(texts=(text,), outcome=Outcome(kind="done", intent=intent.id), values=self._values(form, intent))

    def _resume(self, outer: Form, before: str) -> Answer:
        """Come back to what was put aside, or begin what was asked for in the same breath."""
        intent = self.catalogue.intents[outer.intent]
        if self._needs_flat_first(intent):
            resumed = self._bind_first(outer, intent, {})
            return replace(resumed, texts=(before, *resumed.texts))
        resumed = self._advance(outer, intent)
        is_begun = outer.asking == "" and resumed.outcome.kind in {"asks", "confirms"}
        heading = self._phrase("form.next", title=intent.title) + "\n" if is_begun else ""
        first, *rest = resumed.texts
        return replace(resumed, texts=(before, heading + first, *rest))

    # -- the flat

    @property
    def _binding(self) -> Intent:
        """The intent that gives a flat, where there is one."""
        if self.catalogue.binding is None:
            raise LookupError("no intent file says `provides: flat`")
        return self.catalogue.binding

    def _needs_flat_first(self, intent: Intent) -> bool:
        return intent.needs_flat and self.catalogue.binding is not None and not self.turn.is_bound

    def _bind_first(self, form: Form, intent: Intent, values: Mapping[str, slots.Value]) -> Answer:
        """Ask whoever is not bound for the flat, with the form for what they want behind it."""
        binding = self._binding
        return self._advance(forms.begin(binding, values, form), binding, self._phrase("flat.first", title=intent.title))

    def _ask_back(self, form: Form, intent: Intent, ask: Ask) -> Answer:
        words = {**ask.values, **forms.spoken(form, intent, self.now)}
        question = self.turn.words(intent.replies[ask.name], **words)
        values = {name: value for name, value in form.values.items() if name != ask.slot}
        off = self.turn.words(intent.replies[ask.called_off], **words) if ask.called_off else ""
        form = replace(
            form, values=values, asking=ask.slot, menu=dict(ask.options), prompt=question, called_off=off, tries=0
        )  # fmt: skip
        return self._keep(form, "asks", with_menu(question, form), intent)

    def _without_deed(self, form: Form, intent: Intent, before: str) -> Answer:
        """Say the file's own words; an intent without any is handed to a person, never to a dead end."""
        spoken = forms.spoken(form, intent, self.now)
        if intent.reply:
            text = self.turn.words(intent.reply, **spoken)
            return self._finish(form, intent, f"{before}\n{text}" if before else text)
        values = "、".join(said for said in spoken.values() if said)
        handed = self._hand_over(f"{intent.topic or intent.title}{'：' if values else ''}{values}", intent)
        if form.outer is not None and form.outer.intent in self.catalogue.intents:
            return self._resume(form.outer, handed.texts[0])
        outcome = Outcome(kind="handed_off", intent=intent.id)
        return replace(handed, outcome=outcome, values=self._values(form, intent))

    def _look_up_resident(self) -> None:
        """Forget what was known of the resident: an action may have bound or unbound them."""
        self.session.flush()
        for known in ("resident", "flat"):
            self.turn.__dict__.pop(known, None)

    def _meet(self, how: Callable[[Session, str, int, datetime], None]) -> None:
        """Note that the follower is here, or is gone: one of the verbs of bot.store.followers."""
        how(self.session, self.openid, self.turn.community.key, self.now)

    # -- people

    @property
    def _person(self) -> str | None:
        """The intent that asks for a person, for machines."""
        return self.catalogue.person.id if self.catalogue.person else None

    def _alarm(self, intent: Intent, heard: Heard) -> Answer:
        said, task = safety.alarm(self.turn, intent, heard.match.danger, heard.text or heard.place)
        self._belongs_to(task)
        conversations.ask_for_person(self.conversation, intent.title, self.now)
        self.form = forms.talked_over(self.form) if self.form else None
        return Answer(texts=(said,), outcome=Outcome(kind="emergency", intent=intent.id))

    def _belongs_to(self, task: Task) -> None:
        """Let what is said and sent next belong to an alarm."""
        until = (self.now + safety.BELONGS).isoformat()
        self.conversation.options = {**(self.conversation.options or {}), "alarm": task.public_id, "alarm_until": until}

    def _alarmed(self) -> Task | None:
        """Return the task of the alarm that was raised a moment ago, while it is open."""
        kept = self.conversation.options or {}
        if "alarm" not in kept or datetime.fromisoformat(kept["alarm_until"]) <= self.now:
            return None
        task = tasks.find(self.session, str(kept["alarm"]))
        return task if task is not None and task.is_open else None

    def _pass_on(self, task: Task, text: str) -> Answer:
        """Pass what is said after an alarm on to those who come; they hear, too, when all is well again."""
        safety.add(self.turn, task, text)
        safety.settle(self.turn, text)
        if not safety.is_over(text):
            self._belongs_to(task)
            said = (self._phrase(safety.more(task)), safety.where(self.turn))
            return Answer(texts=("\n".join(filter(None, said)),), outcome=Outcome(kind="emergency"))
        kept = self.conversation.options or {}
        self.conversation.options = {name: value for name, value in kept.items() if not name.startswith("alarm")} or None
        return self._say("emergency", "emergency.over")

    def _hand_over(self, topic: str, intent: Intent | None = None) -> Answer:
        """Put the conversation into the staff's queue and say so."""
        self.form = None
        self._show({})
        known = {task.id for task in handoffs.open_of(self.session, self.openid)}
        said = topic[:60] if intent else ""
        task = handoffs.open(self.turn, intent=intent.id if intent else self._person or "", topic=said, words=self._words)
        conversations.ask_for_person(self.conversation, topic[:60], self.now)
        self.turn.record("conversation.waiting", f"conversation:{self.conversation.public_id}")
        words = self.catalogue.messages["handed_off.joined" if task.id in known else "handed_off"]
        text = self.turn.words(words, topic=said, number=task.number, expected=handoffs.expected(self.turn))
        return Answer(texts=(text,), outcome=Outcome(kind="handed_off", intent=self._person))

    @property
    def _words(self) -> str:
        return next((text for speaker, text, _ in reversed(self.said) if speaker == "resident"), "")

    # -- words

    def _say(self, kind: Kind, phrase: str, intent: str | None = None) -> Answer:
        return Answer(texts=(self._phrase(phrase),), outcome=Outcome(kind=kind, intent=intent))

    def _phrase(self, name: str, **values: Any) -> str:
        return self.turn.words(self.catalogue.messages[name], **values)

    def _facts(self) -> dict[str, Any]:
        community = self.turn.community
        flat = self.turn.flat.label if self.turn.flat else ""
        facts = {f"community.{name}": getattr(community, name) for name in ("name", "phone", "address")}
        return {**facts, "flat": flat}

    def _values(self, form: Form, intent: Intent) -> dict[str, Any]:
        """Return the values known so far as JSON: times as 2026-03-12 15:00."""
        known = {slot.name for slot in intent.slots}
        return {
            name: f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
            for name, value in forms.given(form).items() if name in known
        }  # fmt: skip

    def _show(self, menu: dict[str, Any]) -> None:
        """Replace the menu last shown; what photos may still belong to stays."""
        lasting = {"about", "until", "alarm", "alarm_until"}
        kept = {name: value for name, value in (self.conversation.options or {}).items() if name in lasting}
        self.conversation.options = {**kept, **menu} or None

    def _recent_subject(self) -> str:
        kept = self.conversation.options or {}
        if "about" not in kept or datetime.fromisoformat(kept["until"]) < self.now:
            return ""
        return str(kept["about"])

    def _note(self, speaker: str, text: str, photo_id: int | None = None) -> None:
        self.said.append((speaker, text, photo_id))


def numbered(titles: list[str]) -> str:
    """Return a menu that is answered by number."""
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))


def with_menu(words: str, form: Form) -> str:
    """Return a question with the form's menu below it, if there is one."""
    return f"{words}\n{numbered(list(form.menu.values()))}" if form.menu else words
