"""From one message to one answer, in one transaction: the heart of the product.

A repeat gets the stored answer; for all else `decide` says what to do. Everything is written or nothing: inbox row,
conversation, the action's rows, deliveries, events.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.contract import Turn, Wish, leaving
from bot.dialogue import forms, result, standing
from bot.dialogue.answer import SILENT, Answer, House, Outcome, pack, unpack
from bot.dialogue.carry_out import Talk, carry_out
from bot.dialogue.decide import decide, sounds_alarm
from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard, Picture, Place, Said, Unseen, Words
from bot.dialogue.standing import Person, Standing
from bot.dialogue.starting import LATELY, SURE, resume
from bot.dialogue.steps import Aside, Do, Kind, Line
from bot.errors import Forged
from bot.language import large
from bot.language.files import Intent
from bot.language.identifiers import withheld
from bot.language.kinds import consent, flat
from bot.language.kinds.kind import SKIPPED
from bot.language.matching.matcher import Match
from bot.store import conversations, followers, inbox, invitations, masses, moving, outbox, outcomes, scenes, scope
from bot.store.conversations import Kept
from bot.store.photos import Photo
from bot.store.scenes import Scene
from bot.wechat import messages

__all__ = ["Answer", "House", "Kind", "Outcome", "apology", "give_up", "look", "postpone", "take"]

#: A long answer goes on as messages of its own, which must not overtake the reply.
CONTINUES_AFTER = timedelta(seconds=1)

#: What goes on with a talk.
_SAID = (messages.Text, messages.Voice, messages.Photo, messages.Location)


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
    signed = _use(session, signed, message, kept, house, now)
    if kept is not None and kept.answer is not None:
        return replace(unpack(kept.answer), late=kept.is_late)
    answer = _answer(session, conversation, message, heard, now, house)
    return _keep(session, message, answer, now, house, signed, recorded=kept is not None)


def _use(session: Session, signed: str | None, message: messages.Message, kept: inbox.Kept | None, house: House, now: datetime
         ) -> str | None:  # fmt: skip
    """Return the signature that is to be stored with a new message. A repeat may come with one of its own, which is then used, too."""
    if signed is None:
        return None
    used = inbox.used_for(session, signed)
    if used not in (None, message.key):
        raise Forged("signature: came before with another body")
    if used is None and kept is not None:
        inbox.use(session, signed, message.key, house.context.community.appid, now)
    return signed if used is None and kept is None else None


def look(session: Session, openid: str, heard: Heard, now: datetime, house: House) -> tuple[Standing, Facts]:
    """Return how a talk stands and what a decision about `heard` needs, before the transaction that answers."""
    kept = conversations.look(session, openid)
    if kept is None:
        community = conversations.community_of(session, openid) or house.context.community.key
        kept = Kept(
            openid=openid, public_id="", community_id=community, standing=None, updated_at=now, topic="", waiting_since=None,
            staff_id=None,
        )  # fmt: skip
    house = house.at(kept.community_id)
    scope.enter(session, kept.community_id)
    talk = _Turn(session, kept, now, house).talk
    talk.heard = heard
    return talk.standing, talk.facts()


def postpone(
    session: Session, message: messages.Message, push: str, now: datetime, house: House, signed: str | None = None
) -> None:
    """Record that WeChat is told `success` instead of the answer, which will follow through the outbox.

    `push` is the XML, from which the message is taken up again should this process die.
    """
    kept = inbox.find(session, message.key)
    signed = _use(session, signed, message, kept, house, now)
    if kept is None:
        inbox.record(session, message.key, house.context.community.appid, message.openid, push, now, signed)
    elif kept.answer is not None and not kept.is_late:  # it was answered in this very moment
        inbox.mark_late(session, message.key)
        scope.enter(session, conversations.community_of(session, message.openid) or house.context.community.key)
        for part in unpack(kept.answer).parts[:1]:  # the others are queued already
            outbox.queue(session, message.openid, part, now)


def recover(session: Session, message: messages.Message, push: str, at: datetime, house: House) -> None:
    """Record a message that was answered without the database, to be taken up as of when it was said; one that is known is left as it is."""
    if inbox.find(session, message.key) is None:
        inbox.record(session, message.key, house.context.community.appid, message.openid, push, at, leased=False)


def unaided(heard: Heard, now: datetime, house: House) -> Answer:
    """Return what to do in an emergency while nothing can be read or written down: who is told of it later is not promised by name."""
    match, context = heard.match, house.context
    intent = house.understanding.catalogue.intents[match.candidates[0].intent]
    duty = context.words(context.messages["spooled"], now)
    said = context.words(intent.replies.get(match.danger, intent.reply), now, duty=duty)
    return Answer(texts=(said,), outcome=Outcome(kind="emergency", intent=intent.id))


def give_up(session: Session, message: messages.Message, now: datetime, house: House) -> Answer:
    """Tell the resident that a recorded message could not be dealt with; nothing was done."""
    scope.enter(session, conversations.community_of(session, message.openid) or house.context.community.key)
    return _keep(session, message, apology(house, now), now, house, None, recorded=True)


def apology(house: House, now: datetime) -> Answer:
    """Return what is said when a turn failed: nothing was done, so asking again is right."""
    text = house.context.words(house.context.messages["failed"], now)
    return Answer(texts=(text,), outcome=Outcome(kind="failed"))


def _answer(session: Session, conversation: Kept, message: messages.Message, heard: Heard, now: datetime,
            house: House) -> Answer:  # fmt: skip
    match message:
        case messages.Report():
            for msgid, status in message.results:
                outbox.receive(session, msgid, status, now)
            return SILENT
        case messages.MassReport():
            masses.receive(session, message.msgid, message.status, message.sent, message.failed, now)
            return SILENT
    return _Turn(session, conversation, now, house).answer(message, _still_known(heard, house))


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


class _Turn:
    """One message and the talk it belongs to."""

    def __init__(self, session: Session, kept: Kept, now: datetime, house: House) -> None:
        self.session, self.kept, self.now, self.house = session, kept, now, house
        self.openid = kept.openid
        self.catalogue = house.understanding.catalogue
        self.turn = Turn(session=session, now=now, context=house.context, openid=self.openid, is_large=kept.is_large)
        self.is_taken = conversations.is_taken(kept)
        person = Person.TAKEN if self.is_taken else Person.ASKED if kept.waiting_since is not None else Person.NONE
        stood = standing.unpack(kept.standing, self.catalogue.intents, person)
        if stood.said_at is not None and kept.updated_at > stood.said_at:  # staff had the word meanwhile: a yes is said to them
            stood = stood.talked_over()
        self.talk = Talk(turn=self.turn, kept=kept, house=house, standing=standing.at(stood, kept.updated_at, now, forms.EXPIRES))
        self.said: list[conversations.Said] = []

    def answer(self, message: messages.Message, heard: Heard) -> Answer:
        """Answer whatever came, write down what was said, and keep how the talk stands."""
        settled = self._settled_meanwhile() if isinstance(message, _SAID) else ()
        before = self.talk.standing
        answer = self._answer(message, heard)
        answer = replace(answer, texts=(*settled, *answer.texts)) if settled else answer
        self._count(before, answer, is_words=isinstance(message, messages.Text | messages.Voice) and self.talk.heard is not None)
        self.kept.is_large = self.turn.is_large
        if self.turn.is_large and answer.outcome.kind != "emergency":  # of a danger every word is said
            answer = replace(answer, texts=large.said(answer.texts))
        for text in answer.texts:
            self._note("bot", text)
        conversations.write_down(self.session, self.openid, self.said, self.now)
        if not (self.is_taken and answer.outcome.kind == "silent"):  # their silence counts from the take-over
            self.kept.updated_at = self.now
            self.talk.standing = replace(self.talk.standing.going_on(before, self.now), said_at=self.now)
        self.kept.standing = standing.pack(self.talk.standing)
        conversations.keep(self.session, self.kept)
        return answer

    def _settled_meanwhile(self) -> tuple[str, ...]:
        """Close what asks for a flat about which somebody else has decided meanwhile: the staff, or those at home.

        Of what waited for it is done what can be done; returns what is said of that. Where something is asked of it first, the message
        is heard as an answer to that. Without a flat nothing is left that could go on.
        """
        stands, talk = self.talk.standing, self.talk
        form = next(
            (one for one in forms.chain(stands.form or stands.expired) if self.catalogue.intents[one.intent].provides_flat), None
        )
        binding = self.catalogue.intents[form.intent] if form is not None else None
        if form is None or binding is None or self.is_taken:
            return ()
        if not self._is_bound_to(form, binding):
            slot = forms.asked(form, binding)
            was_refused = (
                bool(form.prompt)
                and slot is not None
                and slot.kind.is_secret
                and not self.turn.is_bound
                and self.turn.claim is None
            )
            talk.standing = replace(stands.within(None), expired=None, shelved=None) if was_refused else stands
            return ()
        left = forms.closed(stands.form or stands.expired, {form.intent})
        talk.standing = replace(stands.within(left), expired=None, shelved=None)
        if left is None:
            return ()
        step = resume(talk.standing, left, talk.facts())
        if not isinstance(step, Do):
            talk.standing = step.standing
            return ()
        return carry_out(talk, step).texts

    def _is_bound_to(self, form: forms.Form, binding: Intent) -> bool:
        """Tell whether the flat that a form is about is the account's by now, or a flat is where it asks for any."""
        said = {slot.kind.name: form.values.get(slot.name) for slot in binding.slots}
        building, unit, room = (said.get(kind.name) for kind in (flat.BUILDING, flat.UNIT, flat.ROOM))
        if building is None or room is None:
            bound_at = self.turn.resident.bound_at if self.turn.resident else None
            since = self.talk.standing.said_at
            return bound_at is not None and since is not None and bound_at > since
        return any((one.building, one.room) == (building, room) and unit in (one.unit, SKIPPED, None) for one in self.turn.flats)

    def _count(self, before: Standing, answer: Answer, *, is_words: bool) -> None:
        """Keep what the message came to, for the figures: no word of it, and not whose it was."""
        took, after = self.now - before.began(self.now), self.talk.standing
        lines = result.lines(self.talk.result, before, after, answer.outcome, self.catalogue.intents, is_words=is_words)
        for intent, understood, ended in lines:
            outcomes.note(self.session, self.now, intent, understood, ended, took if ended else timedelta())

    def _answer(self, message: messages.Message, heard: Heard) -> Answer:
        match message:
            case messages.Text() | messages.Voice() | messages.Click():
                return self._hear(message, heard)
            case messages.Photo():
                return self._see(message)
            case messages.Location():
                return self._locate(message)
            case messages.Video():
                return self._decline("[视频]", "video.unseen")
            case messages.Link():
                return self._decline(f"[链接] {message.title}", "link.unseen")
            case messages.CodeRead():
                return self._read_code(message)
            case messages.Consent():
                for template_id, allowed in message.choices:
                    followers.allow(self.session, self.openid, template_id, allowed, self.now)
            case messages.StaffTalk():
                self.turn.record(f"conversation.wechat_desk_{message.state}", f"conversation:{self.kept.public_id}")
            case messages.Follow() | messages.Scan():
                return self._arrive(message)
            case messages.Unfollow():
                return self._part()
        return SILENT

    def _decide(self, said: Said) -> Answer:
        """Decide what to do, and do it."""
        self.talk.heard = said.heard if isinstance(said, Words) else None
        return carry_out(self.talk, decide(self.talk.standing, said, self.talk.facts()))

    def _hear(self, message: messages.Text | messages.Voice | messages.Click, heard: Heard) -> Answer:
        if isinstance(message, messages.Click):
            self._meet(followers.tapped)
            known = self.catalogue.intents.get(message.event_key)
            self._note("resident", f"[菜单] {known.title if known else message.event_key}")
        else:
            self._meet(followers.heard)
            self._note("resident", message.text or "[语音]")
            if own := self.house.context.services.order(self.turn, message.text.strip()) or self._heard_by_a_service(heard):
                return self._answered_by_a_service(own, heard)
        return self._warned(heard, self._decide(Words(heard=heard, is_spoken=isinstance(message, messages.Voice))))

    def _warned(self, heard: Heard, answer: Answer) -> Answer:
        """Put what services warn of before whatever is said or asked; an alarm says itself what to do, and who has the word speaks for themselves."""
        warning = self.talk.warning
        if not warning or heard.match.emergency or not answer.texts or warning in answer.texts[0]:
            return answer
        return replace(answer, texts=(f"{warning}\n{answer.texts[0]}", *answer.texts[1:]))

    def _answered_by_a_service(self, said: str | Wish, heard: Heard) -> Answer:
        """Say what a service answers, or do what it heard; what it closes is left, and said to be, and what waited behind that goes on."""
        before, talk = self.talk.standing.form, self.talk
        if isinstance(said, Wish):
            return self._wished(said, heard)
        talk.standing = talk.standing.talked_over().closed(talk.turn.closes)
        answer = Answer(texts=(said,), outcome=Outcome(kind="done"))
        if before is None or before.intent not in talk.turn.closes | talk.turn.settles:
            return answer
        if before.intent in talk.turn.settles:
            talk.standing = replace(talk.standing, form=forms.closed(talk.standing.form, talk.turn.settles))
            if talk.standing.form is None:
                return answer
            resumed = carry_out(talk, resume(talk.standing, talk.standing.form, talk.facts()))
            return replace(resumed, texts=(said, *resumed.texts))
        left = talk.phrase(Line("form.cancelled", {"title": self.catalogue.intents[before.intent].title}))
        if talk.standing.form is None:
            return replace(answer, texts=(said, left))
        resumed = carry_out(talk, resume(talk.standing, talk.standing.form, talk.facts()))
        return replace(resumed, texts=(said, left, *resumed.texts))

    def _wished(self, wish: Wish, heard: Heard) -> Answer:
        """Do what a service heard; the form that stands open is asked again after it, one for the same goes on with it."""
        talk, intent = self.talk, self.catalogue.intents[wish.intent]
        talk.heard = heard
        stood = talk.standing.talked_over()
        same = next((form for form in forms.chain(stood.form) if form.intent == intent.id), None)
        values = {**(same.values if same else {}), **wish.values}
        form = replace(
            forms.begin(intent, values, words=heard.text), stage=forms.Stage.CONFIRMED
        )  # the service reads back what must be
        first = Do(standing=stood.within(None), form=form)
        waiting = forms.closed(stood.form, {intent.id, *talk.turn.closes})
        if waiting is None:
            return carry_out(talk, first)
        return carry_out(talk, Aside(standing=stood.within(waiting), first=first, form=waiting))

    def _heard_by_a_service(self, heard: Heard) -> str | Wish:
        """Return what a service answers to words that are its own; a number answers the menu or question that was shown."""
        stands, text = self.talk.standing, heard.text
        is_choice = text.isdigit() and any((stands.form, stands.menu, stands.elsewhere))
        if is_choice or not text or sounds_alarm(stands, heard, self.catalogue.intents):
            return ""
        self.turn.open, self.turn.asks = (stands.form.intent, stands.form.asking) if stands.form else ("", "")
        self.turn.lapsed = stands.expired.intent if stands.expired else ""
        slot = forms.asked(stands.form, self.catalogue.intents[stands.form.intent]) if stands.form else None
        self.turn.asks_consent = slot is not None and slot.kind is consent.KIND
        self.turn.lately = {known.intent for known in stands.subjects if self.now - known.at < LATELY}
        best = next(iter(heard.match.candidates), None)
        self.turn.means = best.intent if best is not None and best.confidence >= SURE else ""
        self.turn.waiting = {form.intent for form in forms.chain(stands.form)}
        self.turn.is_alarmed = stands.alarm is not None
        self.turn.is_asked = self.is_taken or any((stands.form, stands.menu, stands.elsewhere, stands.offer))
        return self.house.context.services.hear(self.turn, text)

    def _see(self, message: messages.Photo) -> Answer:
        self._meet(followers.heard)
        photo = Photo(openid=self.openid, media_id=message.media_id, taken_at=self.now)
        self.session.add(photo)
        self.session.flush()
        self._note("resident", "[图片]", photo.id)
        if own := self.house.context.services.see(self.turn, photo):
            self.talk.standing = self.talk.standing.talked_over()
            return Answer(texts=(own,), outcome=Outcome(kind="done"))
        return self._decide(Picture())

    def _locate(self, message: messages.Location) -> Answer:
        self._meet(followers.heard)
        label = message.label or f"{message.latitude:.5f},{message.longitude:.5f}"
        self._note("resident", f"[位置] {label}")
        return self._decide(Place(label=label))

    def _decline(self, said: str, phrase: str) -> Answer:
        self._meet(followers.heard)
        self._note("resident", said)
        return self._decide(Unseen(phrase=phrase, what=said))

    def _arrive(self, message: messages.Follow | messages.Scan) -> Answer:
        """Welcome who is here; a code of ours that was scanned begins what its kind is for, at the place where it hangs."""
        self._meet(followers.followed)
        if own := self.house.context.services.scan(self.turn, message.scene):
            self._note("resident", "[扫码]")
            self.talk.standing = self.talk.standing.talked_over()
            return Answer(texts=(own,), outcome=Outcome(kind="done"))
        code = scenes.find(self.session, message.scene) or self._paper(message.scene)
        if code is not None and not self._belongs_at(code):
            self._note("resident", f"[扫码] {code.label}")
            return self._say("unknown", "code.elsewhere")
        welcome = self._welcome()
        kind = self.catalogue.scenes.get(code.kind) if code else None
        intent = self.catalogue.intents.get(kind.intent) if kind else None
        if code is None or kind is None or intent is None:
            return welcome
        self._note("resident", f"[扫码] {code.label}")
        if intent.provides_flat and self.turn.is_bound and not self.is_taken:
            return welcome
        answer = self._decide(Words(heard=self.house.understanding.hear_intent(intent, self.now, code.label)))
        if answer.outcome.kind == "silent":
            return answer
        before = welcome.texts if isinstance(message, messages.Follow) else ()
        said = (self.turn.words(kind.say, title=kind.title, label=code.label),) if kind.say else ()
        return replace(answer, texts=(*before, *said, *answer.texts))

    def _welcome(self) -> Answer:
        """Welcome who is here; of whom it is not known where they belong, by all communities that the account is of."""
        if self.turn.is_bound:
            return self._say("done", "welcome.back")
        places = self.turn.places
        if len(places) < 2:
            return self._say("done", "welcome")
        phones = "；".join(f"{one.name} {one.phone}" for one in places if one.phone)
        return self._say(
            "done", "welcome.several", places="、".join(one.name for one in places), first=places[0].name, phones=phones
        )

    def _paper(self, code: str) -> Scene | None:
        """Return a household's code on paper as what hangs on a wall: scanning it says it."""
        paper = invitations.find(self.session, code)
        if paper is None or not paper.is_paper:
            return None
        return Scene(community_id=paper.community_id, kind=invitations.PAPER, label=paper.code, url="", created_at=paper.made_at)

    def _belongs_at(self, code: Scene) -> bool:
        """Tell whether a code hangs where this resident lives; who lives nowhere yet belongs to its community from now on."""
        place = self.house.communities.get(code.community_id)
        if self.turn.is_bound or place is None:
            return code.community_id == self.turn.community.id
        if place.key != self.turn.community.key:
            self.kept.staff_id = self.kept.assigned_id = None  # who had the word works elsewhere
        self.turn.move_to(place)
        moving.place(self.session, self.openid, place.key)
        return True

    def _read_code(self, message: messages.CodeRead) -> Answer:
        """Take what a scanned code says for the resident's words, where an answer is waited for."""
        self._meet(followers.tapped)
        if not message.waits:
            return SILENT
        self._note("resident", f"[扫码] {message.result}"[:200])
        return SILENT if self.is_taken else self._say("unknown", "code.unknown")

    def _part(self) -> Answer:
        """Let somebody go: nothing is sent to them any more, they are bound to no flat, and what they said is erased."""
        leaving.leave(self.turn, "unfollowed")
        self._meet(followers.left)  # deliveries first, as the sender takes them: so no two wait for each other
        self.talk.standing = standing.Standing()
        conversations.hand_back(self.kept)
        return SILENT

    def _meet(self, how: Callable[[Session, str, int, datetime], None]) -> None:
        """Note that the follower is here, or is gone: one of the verbs of bot.store.followers."""
        how(self.session, self.openid, self.turn.community.key, self.now)

    def _say(self, kind: Kind, phrase: str, **values: str) -> Answer:
        self.talk.standing = self.talk.standing.talked_over()
        return Answer(texts=(self.turn.words(self.catalogue.messages[phrase], **values),), outcome=Outcome(kind=kind))

    def _note(self, speaker: str, text: str, photo_id: int | None = None) -> None:
        self.said.append((speaker, withheld(text) if speaker == "resident" else text, photo_id))


def _still_known(heard: Heard, house: House) -> Heard:
    """Leave out what has gone from the files since the message was understood."""
    intents = house.understanding.catalogue.intents
    if all(one.intent in intents for piece in (heard, *heard.more) for one in piece.match.candidates):
        return heard
    return replace(heard, match=Match(text=heard.match.text), more=())
