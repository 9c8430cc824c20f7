"""From one message to one answer, in one transaction: the heart of the product.

Order: a repeat gets the stored answer → emergency → silence while a person has the word → the open form → the menu last
shown → a new request. Everything is written or nothing: inbox row, conversation, the action's rows, deliveries, events.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session, col, select, update

from bot.dialogue import forms, safety
from bot.dialogue.forms import Form
from bot.dialogue.understanding import Heard, Understanding, read_slots
from bot.errors import Refusal
from bot.language import answers, slots
from bot.language.files import Intent
from bot.language.matcher import Candidate, Match
from bot.model import Conversation, Delivery, DeliveryState, Line, Photo, Resident
from bot.plugin import Action, Ask, Context, Turn
from bot.store import conversations, followers, inbox, outbox
from bot.wechat import messages

Kind = Literal[
    "asks", "confirms", "done", "cancelled", "clarifies", "handed_off", "unknown", "emergency", "silent"
]  # fmt: skip

#: Another request in the middle of a form must be this clear to be taken for one.
INTERRUPTS = 0.9

#: An answer as short as this that fits the open question is an answer, whatever else it may resemble.
SHORT = 12

#: Photos sent this soon after something was opened belong to it.
PHOTO_FOLLOWS = timedelta(minutes=15)

#: Times that words are not understood before a person is offered.
PATIENCE = 2

HUMAN, BIND, UNBIND = "handoff.human", "identity.bind", "identity.unbind"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a message, for machines: tests, figures, `linli chat --json`."""

    kind: Kind
    intent: str | None = None
    slot: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to say, in order, and what became of the message. `values` are the slots known, as text."""

    texts: tuple[str, ...]
    outcome: Outcome
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class House:
    """What a turn needs beside its message."""

    context: Context
    understanding: Understanding
    actions: Mapping[str, Action]


def take(session: Session, message: messages.Message, heard: Heard, now: datetime, house: House) -> Answer:
    """Answer one message. Called in a transaction of its own; a repeat gets the answer of the first time."""
    # The conversation is locked first: what another replica does with the same message is seen below.
    conversation = conversations.open_with(session, message.openid, house.context.community.id or 0, now)
    stored = inbox.find(session, message.key)
    if stored is not None:
        return _unpack(stored)
    if isinstance(message, messages.Report):
        outbox.receive(session, message.msgid, message.status, now)
        answer = _SILENT
    else:
        answer = _Talk(session, conversation, now, house).answer(message, heard)
    inbox.remember(session, message.key, message.openid, _pack(answer), now)
    return answer


def _pack(answer: Answer) -> str:
    return json.dumps(asdict(answer), ensure_ascii=False)


def _unpack(stored: str) -> Answer:
    kept = json.loads(stored)
    outcome = {**kept["outcome"], "options": tuple(kept["outcome"]["options"])}
    return Answer(texts=tuple(kept["texts"]), outcome=Outcome(**outcome), values=kept["values"])


class _Talk:
    """One conversation during one turn."""

    def __init__(self, session: Session, conversation: Conversation, now: datetime, house: House) -> None:
        self.session, self.conversation, self.now, self.house = session, conversation, now, house
        self.openid = conversation.openid
        self.said: list[Line] = []
        self.catalogue = house.understanding.catalogue
        self.follower = followers.meet(session, self.openid, house.context.community.id or 0)
        resident = session.exec(select(Resident).where(Resident.openid == self.openid)).first()
        self.turn = Turn(session=session, now=now, context=house.context, openid=self.openid, resident=resident)
        kept = forms.unpack(conversation.form, self.catalogue.intents) if conversation.form else None
        is_late = now - conversation.updated_at > forms.EXPIRES
        self.form = None if is_late else kept
        self.expired = kept if is_late else None
        if is_late:
            self._show({})

    # -- kinds of messages

    def answer(self, message: messages.Message, heard: Heard) -> Answer:
        """Answer whatever came."""
        heard = self._still_known(heard)
        match message:
            case messages.Text() | messages.Voice() | messages.Click():
                answer = self._hear(message, heard)
            case messages.Photo():
                answer = self._see(message)
            case messages.Location():
                answer = self._locate(message)
            case messages.Follow() | messages.Scan():
                followers.followed(self.follower, self.now)
                answer = self._say("done", "welcome.back" if self.turn.resident else "welcome")
            case messages.Unfollow():
                answer = self._part()
            case _:
                answer = _SILENT
        for text in answer.texts:
            self._note("bot", text)
        conversations.write_down(self.session, self.said)
        if answer is _TAKEN:  # the time counts from the take-over
            self.form = forms.talked_over(self.form) if self.form else None
        else:
            self.conversation.updated_at = self.now
        self.conversation.form = forms.pack(self.form) if self.form else None
        return answer

    def _note(self, speaker: str, text: str, photo_id: int | None = None) -> None:
        self.said.append(Line(openid=self.openid, at=self.now, speaker=speaker, text=text, photo_id=photo_id))

    def _still_known(self, heard: Heard) -> Heard:
        """Leave out what has gone from the files since the message was understood."""
        if all(candidate.intent in self.catalogue.intents for candidate in heard.match.candidates):
            return heard
        return replace(heard, match=Match(text=heard.match.text))

    def _hear(self, message: messages.Text | messages.Voice | messages.Click, heard: Heard) -> Answer:
        if isinstance(message, messages.Click):
            followers.tapped(self.follower, self.now)
            known = self.catalogue.intents.get(message.event_key)
            said = f"[菜单] {known.title if known else message.event_key}"
        else:
            followers.heard(self.follower, self.now)
            said = message.text or "[语音]"
        self._note("resident", said)
        best = self._accepted(heard)
        if best is not None and (heard.match.emergency or (best.emergency and self.form is None)):
            return self._alarm(best, heard.text)
        if conversations.is_taken(self.session, self.conversation, self.now):
            return _TAKEN
        if isinstance(message, messages.Voice) and not heard.text:
            return self._say("unknown", "voice.unheard")
        return self._speak(heard)

    def _accepted(self, heard: Heard) -> Intent | None:
        """Return the intent that the message surely means."""
        match = heard.match
        if not match.candidates or not (match.emergency or match.decision == "accept"):
            return None
        return self.catalogue.intents[match.candidates[0].intent]

    def _speak(self, heard: Heard) -> Answer:
        if self.form is not None:
            return self._continue(self.form, heard)
        if self.expired is not None and self._accepted(heard) is None:
            return self._too_late(self.expired, heard)
        picked = self._picked(heard.text)
        if picked is not None:
            return picked
        if answers.wants_human(heard.text):
            return self._hand_over(heard.text)
        if answers.is_cancel(heard.text):
            return self._say("cancelled", "form.nothing")
        return self._request(heard)

    def _see(self, message: messages.Photo) -> Answer:
        """Keep a photo, for what is open, for what was just opened, or ask what it is about."""
        followers.heard(self.follower, self.now)
        photo = Photo(openid=self.openid, media_id=message.media_id, taken_at=self.now)
        self.session.add(photo)
        self.session.flush()
        self._note("resident", "[图片]", photo.id)
        if conversations.is_taken(self.session, self.conversation, self.now):
            return _TAKEN
        if self.form is not None:
            return self._photo_in_form(self.form)
        about = self._recent_subject()
        if about:
            photo.subject = about
            return self._say("done", "photo.attached")
        offers = [i for i in self.catalogue.intents.values() if any(slot.type == "photo" for slot in i.slots)]
        return self._offer(offers, "", "photo.what")

    def _photo_in_form(self, form: Form) -> Answer:
        intent = self.catalogue.intents[form.intent]
        slot = next((slot for slot in intent.slots if slot.type == "photo"), None)
        if slot is None:
            waiting = [self.catalogue.intents[item.intent] for item in forms.chain(form)]
            wanted = any(slot.type == "photo" for intent in waiting for slot in intent.slots)
            return self._again(form, intent, self._phrase("photo.received" if wanted else "photo.not_now"))
        received = replace(form, values={**form.values, slot.name: "[图片]"})
        return self._advance(received, intent, self._phrase("photo.received"))

    def _locate(self, message: messages.Location) -> Answer:
        """Take a place for the open form's place, else ask what for."""
        followers.heard(self.follower, self.now)
        label = message.label or f"{message.latitude:.5f},{message.longitude:.5f}"
        self._note("resident", f"[位置] {label}")
        if conversations.is_taken(self.session, self.conversation, self.now):
            return _TAKEN
        if self.form is None:
            offers = [i for i in self.catalogue.intents.values() if any(slot.type == "place" for slot in i.slots)]
            return self._offer(offers, label, "place.what")
        intent = self.catalogue.intents[self.form.intent]
        slot = next((slot for slot in intent.slots if slot.type == "place"), None)
        if slot is None:
            return self._again(self.form, intent, self._phrase("place.not_now"))
        return self._advance(replace(self.form, values={**self.form.values, slot.name: label}), intent)

    def _part(self) -> Answer:
        """Let somebody go: nothing is sent to them any more, and they are bound to no flat."""
        followers.left(self.follower, self.now)
        if self.turn.resident is not None:
            self.turn.record("identity.unbound", f"resident:{self.turn.resident.public_id}", reason="unfollowed")
            self.turn.resident.openid = None
            self.turn.resident.bound_at = None
            self.session.add(self.turn.resident)
        self.session.execute(
            update(Delivery)
            .where(col(Delivery.openid) == self.openid, col(Delivery.state).in_([DeliveryState.QUEUED, DeliveryState.ARMED]))
            .values(state=DeliveryState.CANCELLED, reason="已取消关注", updated_at=self.now)
        )
        self.form = None
        self.conversation.options = None
        conversations.hand_back(self.conversation)
        return _SILENT

    # -- new requests

    def _request(self, heard: Heard) -> Answer:
        match = heard.match
        if match.decision == "reject":
            return self._not_understood()
        self._show({})
        if match.decision == "clarify":
            offers = [self.catalogue.intents[candidate.intent] for candidate in match.candidates]
            return self._offer(offers, heard.text, "clarify")
        return self._start(self.catalogue.intents[match.candidates[0].intent], heard)

    def _start(self, intent: Intent, heard: Heard, outer: Form | None = None) -> Answer:
        """Begin an intent, with what the message already says; whoever needs a flat first is asked for it."""
        if intent.emergency:
            return self._alarm(intent, heard.text)
        if intent.id == HUMAN:
            return self._hand_over(heard.text)
        if intent.id == UNBIND and self.turn.resident is None:
            return self._say("done", "flat.none", intent=UNBIND)
        values = read_slots(intent, heard, self.now)
        form = forms.begin(intent, values, outer)
        if intent.needs_flat and self.turn.resident is None and BIND in self.catalogue.intents:
            binding = self.catalogue.intents[BIND]
            first = forms.begin(binding, read_slots(binding, heard, self.now), form)
            return self._advance(first, binding, self._phrase("flat.first", title=intent.title))
        return self._advance(form, intent)

    def _not_understood(self) -> Answer:
        """Say so, with a way on; the second time in a row a person is offered."""
        count = (self.conversation.options or {}).get("unknown", 0) + 1
        self._show({"unknown": count})
        self.turn.record("message.unmatched")
        if count >= PATIENCE:
            self._show({"intents": [HUMAN], "text": ""})
            return self._say("unknown", "unknown.again")
        return self._say("unknown", "unknown")

    def _offer(self, offers: list[Intent], text: str, phrase: str) -> Answer:
        """Show a numbered menu of intents, with a person as the last choice."""
        ids = [intent.id for intent in offers[:3]]
        self._show({"intents": [*ids, HUMAN], "text": text})
        titles = [*(intent.title for intent in offers[:3]), self._phrase("clarify.none")]
        return Answer(
            texts=(f"{self._phrase(phrase)}\n{_numbered(titles)}",),
            outcome=Outcome(kind="clarifies", options=tuple(ids)),
        )

    def _picked(self, text: str) -> Answer | None:
        """Return the answer to the menu last shown, None if the message is none of it."""
        menu = self.conversation.options or {}
        ids = [identity for identity in menu.get("intents", []) if identity in self.catalogue.intents or identity == HUMAN]
        if not ids:
            return None
        known = self.catalogue.intents
        titles = [known[identity].title if identity != HUMAN else self._phrase("clarify.none") for identity in ids]
        index = answers.pick(text, titles)
        if index is None and len([identity for identity in ids if identity != HUMAN]) <= 1 and answers.is_yes(text):
            index = 0
        if index is None:
            return None
        self._show({})
        if ids[index] == HUMAN:
            return self._hand_over(menu.get("text", ""))
        said = self.house.understanding.hear_text(menu.get("text", ""), self.now)
        return self._start(known[ids[index]], said)

    # -- forms

    def _too_late(self, form: Form, heard: Heard) -> Answer:
        """Say that the form which this message may have been meant for was put away."""
        if answers.wants_human(heard.text):
            return self._hand_over(heard.text)
        intent = self.catalogue.intents[form.intent]
        text = self._phrase("form.expired", title=intent.title)
        return Answer(texts=(text,), outcome=Outcome(kind="cancelled", intent=intent.id), values=self._values(form, intent))

    def _continue(self, form: Form, heard: Heard) -> Answer:
        """Go on with the open form, unless the message wants out of it or something else."""
        intent, text = self.catalogue.intents[form.intent], heard.text
        if heard.text == "" and heard.match.candidates:  # a menu entry was touched
            return self._interrupt(form, heard)
        if answers.wants_human(text):
            return self._hand_over(intent.title)
        if answers.is_cancel(text) or self._is_own_cancel(intent, heard):
            return self._abandon(form, intent)
        if form.tries >= PATIENCE and answers.is_yes(text) and not form.is_read_back:  # to the person just offered
            return self._hand_over(intent.title)
        if form.is_read_back and answers.is_yes(text):
            agreed = form.asking == forms.CONFIRM
            return self._run(replace(form, asking=forms.CONFIRMED), intent) if agreed else self._again(form, intent, "")
        if form.is_read_back and answers.is_no(text):
            return self._keep(forms.talked_over(form), "asks", self._phrase("form.change"), intent)
        slot = forms.meant(form, intent, text)
        if slot is not None:
            return self._again(forms.ask(forms.without(form, slot), slot), intent, "")
        text = forms.suggestion(form, text)
        changed = forms.answer(form, intent, text, self.now)
        if self._is_interruption(form, intent, heard, changed):
            return self._interrupt(form, heard)
        if changed is None:
            return self._ask_again(form, intent)
        return self._advance(changed, intent, self._noted(form, changed, intent))

    def _noted(self, form: Form, changed: Form, intent: Intent) -> str:
        """Say what was replaced, or kept for later, beside the answer; when all is read back it is seen there."""
        if form.is_read_back:
            return ""
        spoken = forms.spoken(changed, intent, self.now)
        news = {name: said for name, said in spoken.items() if said and form.values.get(name) != changed.values[name]}
        replaced = [said for name, said in news.items() if name in form.values]
        if replaced:
            return self._phrase("form.noted", values="、".join(replaced))
        return self._phrase("form.kept", values="、".join(news.values())) if news and form.asking not in news else ""

    def _is_own_cancel(self, intent: Intent, heard: Heard) -> bool:
        """访客不来了 in the middle of inviting that visitor calls the form off."""
        best = heard.match.candidates[0] if heard.match.decision == "accept" else None
        return best is not None and best.intent == f"{intent.id.partition('.')[0]}.cancel" and best.intent != intent.id

    def _is_interruption(self, form: Form, intent: Intent, heard: Heard, changed: Form | None) -> bool:
        best = heard.match.candidates[0] if heard.match.candidates else Candidate("", 0.0, "")
        if heard.match.decision != "accept" or best.intent == intent.id or best.confidence < INTERRUPTS:
            return False
        if answers.is_yes(heard.text) or answers.is_no(heard.text) or answers.is_skip(heard.text):
            return False
        if changed is None:
            return True
        if slots.corrects(heard.text):
            return False
        gives = sum(form.values.get(name) != value for name, value in changed.values.items())
        others = len(read_slots(self.catalogue.intents[best.intent], heard, self.now))
        return best.confidence == 1.0 or others > gives or (len(heard.text) > SHORT and gives <= 1)

    def _interrupt(self, form: Form, heard: Heard) -> Answer:
        """Answer another request and come back: at once if it needs no form, else when that form is done."""
        other = self.catalogue.intents[heard.match.candidates[0].intent]
        intent = self.catalogue.intents[form.intent]
        if other.emergency:
            return self._alarm(other, heard.text)
        if other.id == HUMAN:
            return self._hand_over(intent.title)
        if other.id == intent.id:  # the menu was touched again
            return self._again(form, intent, "")
        if other.needs_flat and form.intent == BIND and self.turn.resident is None:
            return self._wait_for_flat(form, other, heard)
        waiting = forms.aside(form, other.id)
        if any(slot.required for slot in other.slots) or other.confirm or (other.needs_flat and self.turn.resident is None):
            return self._start(other, heard, waiting)
        self.form = None
        answer = self._start(other, heard)
        if self.form is not None:  # it asks something after all: the first form waits
            self.form = replace(self.form, outer=waiting)
            return answer
        back = self._again(form, intent, "")
        outcome = replace(answer.outcome, slot=back.outcome.slot)
        return Answer(texts=(*answer.texts, self._phrase("form.back", title=intent.title) + back.texts[0]),
                      outcome=outcome, values=back.values)  # fmt: skip

    def _wait_for_flat(self, form: Form, other: Intent, heard: Heard) -> Answer:
        """Put another request behind the binding; more about the one that waits already is no answer."""
        binding, values = self.catalogue.intents[BIND], read_slots(other, heard, self.now)
        if form.outer is not None and form.outer.intent == other.id:
            known = replace(form.outer, values={**form.outer.values, **values})
            return self._ask_again(replace(form, outer=known), binding)
        wanted = forms.begin(other, values, forms.aside(form.outer, other.id) if form.outer else None)
        return self._again(replace(form, outer=wanted), binding, self._phrase("flat.first", title=other.title))

    def _abandon(self, form: Form, intent: Intent) -> Answer:
        self.form = None
        text = self._phrase("form.cancelled", title=intent.title)
        values = self._values(form, intent)
        if form.outer is not None and form.outer.intent in self.catalogue.intents and form.intent != BIND:
            return self._resume(form.outer, text)
        return Answer(texts=(text,), outcome=Outcome(kind="cancelled", intent=intent.id), values=values)

    def _ask_again(self, form: Form, intent: Intent) -> Answer:
        """Ask once more with help; the next time offer a person. What is known stays known."""
        tried = replace(form, tries=form.tries + 1)
        if tried.tries >= PATIENCE:
            return self._again(tried, intent, self._phrase("form.stuck"))
        slot = next((slot for slot in intent.slots if slot.name == form.asking), None)
        if slot is None or not slot.error or form.prompt:
            return self._again(tried, intent, self._phrase("form.unclear"))
        return self._keep(tried, "asks", _with_menu(slot.error, form), intent)

    def _again(self, form: Form, intent: Intent, before: str) -> Answer:
        """Repeat the open question after some words."""
        kind: Kind = "confirms" if form.is_read_back else "asks"
        form = replace(form, asking=forms.CONFIRM) if form.is_read_back else form
        question = self._question(form, intent)
        return self._keep(form, kind, f"{before}\n{question}" if before else question, intent)

    def _advance(self, form: Form, intent: Intent, before: str = "") -> Answer:
        """Ask what is missing, read back, or do it."""
        past = forms.is_past(form, intent, self.now)
        if past is not None:
            value = slots.describe(past, form.values[past.name], self.now)
            form = replace(forms.without(form, past), brief=form.brief and past.required)
            before = self._phrase("form.past", value=value)
        step = forms.proceed(form, intent)
        if step.kind == "ready":
            return self._run(step.form, intent, before)
        question = self._question(step.form, intent)
        return self._keep(step.form, step.kind, f"{before}\n{question}" if before else question, intent)

    def _question(self, form: Form, intent: Intent) -> str:
        if form.asking == forms.CONFIRM:
            return forms.read_back(form, intent, self.now, self._facts())
        slot = next((slot for slot in intent.slots if slot.name == form.asking), None)
        ask = self.turn.words(slot.ask, **forms.spoken(form, intent, self.now)) if slot else ""
        return _with_menu(form.prompt or ask, form)

    def _keep(self, form: Form, kind: Kind, text: str, intent: Intent) -> Answer:
        self.form = form
        slot = None if form.is_read_back else form.asking
        outcome = Outcome(kind=kind, intent=intent.id, slot=slot, options=tuple(form.menu.values()))
        return Answer(texts=(text,), outcome=outcome, values=self._values(form, intent))

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
            self.conversation.options = {"about": reply.about, "until": (self.now + PHOTO_FOLLOWS).isoformat()}
        return self._finish(form, intent, text)

    def _finish(self, form: Form, intent: Intent, text: str) -> Answer:
        """Say how it ended and come back to what was put aside; without a flat, what needs one is not resumed."""
        if form.outer is not None and form.outer.intent in self.catalogue.intents:
            self._look_up_resident()
            if intent.id != BIND or self.turn.resident is not None:
                return self._resume(form.outer, text)
        return Answer(texts=(text,), outcome=Outcome(kind="done", intent=intent.id), values=self._values(form, intent))

    def _resume(self, outer: Form, before: str) -> Answer:
        intent = self.catalogue.intents[outer.intent]
        resumed = self._advance(outer, intent)
        return replace(resumed, texts=(before, *resumed.texts))

    def _ask_back(self, form: Form, intent: Intent, ask: Ask) -> Answer:
        words = (
            ask.values | forms.spoken(form, intent, self.now)
            if isinstance(ask.values, dict)
            else forms.spoken(form, intent, self.now)
        )
        question = self.turn.words(intent.replies[ask.name], **words)
        values = {name: value for name, value in form.values.items() if name != ask.slot}
        form = replace(form, values=values, asking=ask.slot, menu=dict(ask.options), prompt=question, tries=0)
        return self._keep(form, "asks", _with_menu(question, form), intent)

    def _without_deed(self, form: Form, intent: Intent, before: str) -> Answer:
        """Say the file's own words; an intent without any is handed to a person, never to a dead end."""
        spoken = forms.spoken(form, intent, self.now)
        if intent.reply:
            text = self.turn.words(intent.reply, **spoken)
            return self._finish(form, intent, f"{before}\n{text}" if before else text)
        values = "、".join(said for said in spoken.values() if said)
        handed = self._hand_over(f"{intent.topic or intent.title}{'：' if values else ''}{values}")
        if form.outer is not None and form.outer.intent in self.catalogue.intents:
            return self._resume(form.outer, handed.texts[0])
        outcome = Outcome(kind="handed_off", intent=intent.id)
        return replace(handed, outcome=outcome, values=self._values(form, intent))

    def _look_up_resident(self) -> None:
        self.session.flush()
        self.turn.resident = self.session.exec(select(Resident).where(Resident.openid == self.openid)).first()
        self.turn.__dict__.pop("flat", None)

    # -- people

    def _alarm(self, intent: Intent, text: str) -> Answer:
        said = safety.alarm(self.turn, intent, text)
        conversations.ask_for_person(self.conversation, intent.title, self.now)
        self.form = forms.talked_over(self.form) if self.form else None
        return Answer(texts=(said,), outcome=Outcome(kind="emergency", intent=intent.id))

    def _hand_over(self, topic: str) -> Answer:
        """Put the conversation into the staff's queue and say so."""
        self.form = None
        self._show({})
        conversations.ask_for_person(self.conversation, topic[:60], self.now)
        self.turn.record("conversation.waiting", f"conversation:{self.conversation.public_id}")
        return self._say("handed_off", "handed_off", intent=HUMAN)

    # -- words

    def _say(self, kind: Kind, phrase: str, intent: str | None = None) -> Answer:
        return Answer(texts=(self._phrase(phrase),), outcome=Outcome(kind=kind, intent=intent))

    def _phrase(self, name: str, **values: Any) -> str:
        return self.turn.words(self.catalogue.messages[name], **values)

    def _facts(self) -> dict[str, Any]:
        community = self.house.context.community
        flat = self.turn.flat.label if self.turn.flat else ""
        return {"community.name": community.name, "community.phone": community.phone, "flat": flat}

    def _show(self, menu: dict[str, Any]) -> None:
        """Replace the menu last shown; what photos may still belong to stays."""
        kept = {name: value for name, value in (self.conversation.options or {}).items() if name in {"about", "until"}}
        self.conversation.options = {**kept, **menu} or None

    def _recent_subject(self) -> str:
        kept = self.conversation.options or {}
        if "about" not in kept or datetime.fromisoformat(kept["until"]) < self.now:
            return ""
        return str(kept["about"])

    def _values(self, form: Form, intent: Intent) -> dict[str, Any]:
        """Return the values known so far as JSON: times as 2026-03-12 15:00."""
        known = {slot.name for slot in intent.slots}
        return {
            name: f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
            for name, value in forms.given(form).items() if name in known
        }  # fmt: skip


_SILENT = Answer(texts=(), outcome=Outcome(kind="silent"))

#: Silent because a staff member has the word.
_TAKEN = Answer(texts=(), outcome=Outcome(kind="silent"))


def _with_menu(words: str, form: Form) -> str:
    return f"{words}\n{_numbered(list(form.menu.values()))}" if form.menu else words


def _numbered(titles: list[str]) -> str:
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
