"""From one message to one answer, in one transaction: the heart of the product.

Order: a repeat gets the stored answer → emergency → silence while a person has the word → the open form → the menu last
shown → a new request. Everything is written or nothing: inbox row, conversation, the action's rows, deliveries, events.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, update

from bot.dialogue import forms
from bot.dialogue.answer import Answer, House, Kind, Outcome, pack, unpack
from bot.dialogue.forms import Form
from bot.dialogue.hearing import Hearing
from bot.dialogue.understanding import Heard
from bot.language.matcher import Match
from bot.model import Delivery, DeliveryState, Photo
from bot.store import conversations, followers, inbox, outbox
from bot.wechat import messages

__all__ = ["Answer", "House", "Kind", "Outcome", "take"]


def take(session: Session, message: messages.Message, heard: Heard, now: datetime, house: House) -> Answer:
    """Answer one message. Called in a transaction of its own; a repeat gets the answer of the first time."""
    # The conversation is locked first: what another replica does with the same message is seen below.
    conversation = conversations.open_with(session, message.openid, house.context.community.id or 0, now)
    stored = inbox.find(session, message.key)
    if stored is not None:
        return unpack(stored)
    if isinstance(message, messages.Report):
        outbox.receive(session, message.msgid, message.status, now)
        answer = _SILENT
    else:
        answer = _Turn(session, conversation, now, house).answer(message, heard)
    inbox.remember(session, message.key, message.openid, pack(answer), now)
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
            case messages.Follow() | messages.Scan():
                followers.followed(self.follower, self.now)
                answer = self._say("done", "welcome.back" if self.turn.resident else "welcome")
            case messages.Unfollow():
                answer = self._part()
            case _:
                answer = _SILENT
        for text in answer.texts:
            self._note("bot", text)
        conversations.write_down(self.session, self.openid, self.said, self.now)
        if answer is _TAKEN:  # the time counts from the take-over
            self.form = forms.talked_over(self.form) if self.form else None
        else:
            self.conversation.updated_at = self.now
        self.conversation.form = forms.pack(self.form) if self.form else None
        return answer

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


_SILENT = Answer(texts=(), outcome=Outcome(kind="silent"))

#: Silent because a staff member has the word.
_TAKEN = Answer(texts=(), outcome=Outcome(kind="silent"))
