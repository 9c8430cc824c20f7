"""From one message to one answer, in one transaction: the heart of the product.

Order: a repeat gets the stored answer → emergency → silence while a person has the word → the open form → the menu last
shown → a new request. Everything is written or nothing: inbox row, conversation, the action's rows, deliveries, events.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.contract import handoffs
from bot.dialogue import forms, safety
from bot.dialogue.answer import SILENT, Answer, House, Kind, Outcome, pack, unpack
from bot.dialogue.forms import Form
from bot.dialogue.hearing import Hearing
from bot.dialogue.understanding import Heard
from bot.errors import Forged
from bot.language.matcher import Match
from bot.store import conversations, erasures, followers, inbox, masses, moving, outbox, scenes, scope
from bot.store.conversations import Standing
from bot.store.photos import Photo
from bot.store.scenes import Scene
from bot.wechat import messages

__all__ = ["Answer", "House", "Kind", "Outcome", "apology", "give_up", "postpone", "take"]

#: A long answer goes on as messages of its own, which must not overtake the reply.
CONTINUES_AFTER = timedelta(seconds=1)


def take(session: Session, message: messages.Message, heard: Heard, now: datetime, house: House,
         signed: str | None = None) -> Answer:  # fmt: skip
    """Answer one message. Called in a transaction of its own; a repeat gets the answer of the first time.

    `signed` is the hash of a signature that covers no body: raises Forged when it came before with another message.
    """
    # The conversation is locked first: what another replica does with the same message is seen below.
    conversation = conversations.open_with(session, message.openid, house.context.community.key, now)
    house = house.at(conversation.community_id)
    scope.enter(session, conversation.community_id)
    kept = inbox.find(session, message.key)
    if kept is not None and kept.answer is not None:
        return replace(unpack(kept.answer), late=kept.is_late)
    if signed and inbox.is_replay(session, signed, message.key):
        raise Forged("signature: came before with another body")
    answer = _answer(session, conversation, message, heard, now, house)
    return _keep(session, message, answer, now, house, signed, recorded=kept is not None)


def postpone(
    session: Session, message: messages.Message, push: str, now: datetime, house: House, signed: str | None = None
) -> None:
    """Record that WeChat is told `success` instead of the answer, which will follow through the outbox.

    `push` is the XML, from which the message is taken up again should this process die.
    """
    kept = inbox.find(session, message.key)
    if kept is None:
        inbox.record(session, message.key, house.context.community.appid, message.openid, push, now, signed)
    elif kept.answer is not None and not kept.is_late:  # it was answered in this very moment
        inbox.mark_late(session, message.key)
        scope.enter(session, conversations.community_of(session, message.openid) or house.context.community.key)
        for part in unpack(kept.answer).parts[:1]:  # the others are queued already
            outbox.queue(session, message.openid, part, now)


def give_up(session: Session, message: messages.Message, now: datetime, house: House) -> Answer:
    """Tell the resident that a recorded message could not be dealt with; nothing was done."""
    scope.enter(session, conversations.community_of(session, message.openid) or house.context.community.key)
    return _keep(session, message, apology(house, now), now, house, None, recorded=True)


def apology(house: House, now: datetime) -> Answer:
    """Return what is said when a turn failed: nothing was done, so asking again is right."""
    text = house.context.words(house.context.messages["failed"], now)
    return Answer(texts=(text,), outcome=Outcome(kind="failed"))


def _answer(session: Session, conversation: Standing, message: messages.Message, heard: Heard, now: datetime,
            house: House) -> Answer:  # fmt: skip
    match message:
        case messages.Report():
            for msgid, status in message.results:
                outbox.receive(session, msgid, status, now)
            return SILENT
        case messages.MassReport():
            masses.receive(session, message.msgid, message.status, message.sent, message.failed, now)
            return SILENT
    return _Turn(session, conversation, now, house).answer(message, heard)


def _keep(session: Session, message: messages.Message, answer: Answer, now: datetime, house: House, signed: str | None, *,
          recorded: bool) -> Answer:  # fmt: skip
    """Store the answer, and queue what does not go out as the reply."""
    parts = answer.parts
    for part in parts if recorded else parts[1:]:
        outbox.queue(session, message.openid, part, now if recorded else now + CONTINUES_AFTER)
    if recorded:
        inbox.finish(session, message.key, pack(answer))
        return replace(answer, late=True)
    inbox.remember(session, message.key, house.context.community.appid, message.openid, pack(answer), now, signed)
    return answer


class _Turn(Hearing):
    """One message and the talk it belongs to."""

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
            case messages.Video():
                answer = self._decline("[视频]", "video.unseen")
            case messages.Link():
                answer = self._decline(f"[链接] {message.title}", "link.unseen")
            case messages.CodeRead():
                answer = self._read_code(message)
            case messages.Consent():
                for template_id, allowed in message.choices:
                    followers.allow(self.session, self.openid, template_id, allowed, self.now)
                answer = SILENT
            case messages.StaffTalk():
                self.turn.record(f"conversation.wechat_desk_{message.state}", f"conversation:{self.conversation.public_id}")
                answer = SILENT
            case messages.Follow() | messages.Scan():
                answer = self._arrive(message)
            case messages.Unfollow():
                answer = self._part()
            case _:
                answer = SILENT
        for text in answer.texts:
            self._note("bot", text)
        conversations.write_down(self.session, self.openid, self.said, self.now)
        if answer is _TAKEN:  # the time counts from the take-over
            self.form = forms.talked_over(self.form) if self.form else None
        else:
            self.conversation.updated_at = self.now
        self.conversation.form = forms.pack(self.form) if self.form else None
        conversations.keep(self.session, self.conversation)
        return answer

    def _still_known(self, heard: Heard) -> Heard:
        """Leave out what has gone from the files since the message was understood."""
        if all(candidate.intent in self.catalogue.intents for candidate in heard.match.candidates):
            return heard
        return replace(heard, match=Match(text=heard.match.text))

    def _hear(self, message: messages.Text | messages.Voice | messages.Click, heard: Heard) -> Answer:
        if isinstance(message, messages.Click):
            self._meet(followers.tapped)
            known = self.catalogue.intents.get(message.event_key)
            said = f"[菜单] {known.title if known else message.event_key}"
        else:
            self._meet(followers.heard)
            said = message.text or "[语音]"
        self._note("resident", said)
        best = self._accepted(heard)
        if best is not None and (heard.match.emergency or (best.emergency and self.form is None)):
            return self._alarm(best, heard)
        if not isinstance(message, messages.Click) and (own := self._heard_by_a_service(heard.text)):
            return Answer(texts=(own,), outcome=Outcome(kind="done"))
        if conversations.is_taken(self.conversation):
            return _TAKEN
        if isinstance(message, messages.Voice) and not heard.text:
            return self._say("unknown", "voice.unheard")
        task = self._alarmed() if self.form is None and not isinstance(message, messages.Click) else None
        is_more = best is None or best.small_talk or safety.is_over(heard.text) or safety.named(self.turn, heard.text)
        if task and (is_more or safety.is_calm(task)):
            return self._pass_on(task, heard.text)
        return self._speak(heard)

    def _heard_by_a_service(self, text: str) -> str:
        """Return what a service answers to words that are its own; a number answers the menu or question that was shown."""
        is_choice = text.isdigit() and (self.form is not None or "intents" in (self.conversation.options or {}))
        return "" if is_choice or not text else self.house.context.services.hear(self.turn, text)

    def _see(self, message: messages.Photo) -> Answer:
        """Keep a photo, for what is open, for what was just opened, or ask what it is about."""
        self._meet(followers.heard)
        photo = Photo(openid=self.openid, media_id=message.media_id, taken_at=self.now)
        self.session.add(photo)
        self.session.flush()
        self._note("resident", "[图片]", photo.id)
        if task := self._alarmed():
            photo.subject = task.about
            return self._pass_on(task, "[图片]")
        if conversations.is_taken(self.conversation):
            return _TAKEN
        if self.form is not None:
            return self._photo_in_form(self.form)
        about = self._recent_subject()
        if about:
            photo.subject = about
            return self._say("done", "photo.attached")
        if waits := handoffs.current(self.turn):
            handoffs.add(self.turn, waits, "", photo)
            said = self._phrase("handed_off.photo", number=waits.number)
            return Answer(texts=(said,), outcome=Outcome(kind="handed_off", intent=self._person))
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
        self._meet(followers.heard)
        label = message.label or f"{message.latitude:.5f},{message.longitude:.5f}"
        self._note("resident", f"[位置] {label}")
        if task := self._alarmed():
            return self._pass_on(task, f"[位置] {label}")
        if conversations.is_taken(self.conversation):
            return _TAKEN
        if self.form is None:
            offers = [i for i in self.catalogue.intents.values() if any(slot.type == "place" for slot in i.slots)]
            return self._offer(offers, label, "place.what")
        intent = self.catalogue.intents[self.form.intent]
        slot = next((slot for slot in intent.slots if slot.type == "place"), None)
        if slot is None:
            return self._again(self.form, intent, self._phrase("place.not_now"))
        return self._advance(replace(self.form, values={**self.form.values, slot.name: label}), intent)

    def _decline(self, said: str, phrase: str) -> Answer:
        """Say kindly what the bot cannot look at, and what to send instead."""
        self._meet(followers.heard)
        self._note("resident", said)
        if conversations.is_taken(self.conversation):
            return _TAKEN
        if self.form is not None:
            return self._again(self.form, self.catalogue.intents[self.form.intent], self._phrase(phrase))
        return self._say("unknown", phrase)

    def _arrive(self, message: messages.Follow | messages.Scan) -> Answer:
        """Welcome who is here; a code of ours that was scanned begins what its kind is for, at the place where it hangs."""
        self._meet(followers.followed)
        if own := self.house.context.services.scan(self.turn, message.scene):
            self._note("resident", "[扫码]")
            return Answer(texts=(own,), outcome=Outcome(kind="done"))
        code = scenes.find(self.session, message.scene)
        if code is not None and not self._belongs_at(code):
            self._note("resident", f"[扫码] {code.label}")
            return self._say("unknown", "code.elsewhere")
        welcome = self._say("done", "welcome.back" if self.turn.is_bound else "welcome")
        kind = self.catalogue.scenes.get(code.kind) if code else None
        intent = self.catalogue.intents.get(kind.intent) if kind else None
        if code is None or kind is None or intent is None:
            return welcome
        self._note("resident", f"[扫码] {code.label}")
        if conversations.is_taken(self.conversation) and not intent.emergency:
            return _TAKEN
        if intent.provides_flat and self.turn.is_bound:
            self.form = forms.talked_over(self.form) if self.form else None
            return welcome
        answer = self._speak(self.house.understanding.hear_intent(intent, code.label))
        before = welcome.texts if isinstance(message, messages.Follow) else ()
        said = (self.turn.words(kind.say, title=kind.title, label=code.label),) if kind.say else ()
        return replace(answer, texts=(*before, *said, *answer.texts))

    def _belongs_at(self, code: Scene) -> bool:
        """Tell whether a code hangs where this resident lives; who lives nowhere yet belongs to its community from now on."""
        place = self.house.communities.get(code.community_id)
        if self.turn.is_bound or place is None:
            return code.community_id == self.turn.community.id
        if place.key != self.turn.community.key:
            self.conversation.staff_id = None  # who had the word works elsewhere
        self.turn.move_to(place)
        moving.place(self.session, self.openid, place.key)
        return True

    def _read_code(self, message: messages.CodeRead) -> Answer:
        """Take what a scanned code says for the resident's words, where an answer is waited for."""
        self._meet(followers.tapped)
        if not message.waits:
            return SILENT
        self._note("resident", f"[扫码] {message.result}"[:200])
        if conversations.is_taken(self.conversation):
            return _TAKEN
        return self._say("unknown", "code.unknown")

    def _part(self) -> Answer:
        """Let somebody go: nothing is sent to them any more, they are bound to no flat, and what they said is erased."""
        erasures.ask(self.session, self.openid, self.now)
        self._meet(followers.left)  # deliveries first, as the sender takes them: so no two wait for each other
        if self.turn.resident is not None:
            self.turn.unbind(self.turn.resident, reason="unfollowed")
        self.form = None
        self.conversation.options = None
        conversations.hand_back(self.conversation)
        return SILENT


#: Silent because a staff member has the word.
_TAKEN = Answer(texts=(), outcome=Outcome(kind="silent"))
