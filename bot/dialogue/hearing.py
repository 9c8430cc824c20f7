"""What words want: to answer the open question, to choose from a menu, to change the subject, or something new."""

import re
from dataclasses import replace

from bot.contract import handoffs
from bot.dialogue import forms, safety
from bot.dialogue.answer import Answer, Outcome
from bot.dialogue.forms import Form
from bot.dialogue.talk import PATIENCE, PERSON, Talk, numbered
from bot.dialogue.understanding import Heard, read_slots
from bot.language import answers, slots
from bot.language.files import Intent
from bot.language.matcher import Candidate
from bot.store import conversations, unmatched

#: Where any words would do for an answer (a place, a remark), another request must be this clear to be taken for one.
CLEAR = 0.95

#: How words for a place end, whatever else is spoken of there: 驿站门口, 物业办公室那边.
_PLACE = re.compile(r"(?:口|边|旁|面|里|处|头|角|室|房|站|台|廊|院|场|馆|库|区|道|路|桥|亭|楼|层|侧|箱|柜|园|那儿)$")

#: Without such words nothing is called off, however much a message resembles it.
_CALLS_OFF = re.compile(r"取消|作废|撤|删|停|不.{0,4}了|别|唔|没空来")

#: Less likely intents are not offered in a menu.
OFFERED = 0.02

#: An answer as short as this that fits the open question is an answer, whatever else it may resemble.
SHORT = 12


class Hearing(Talk):
    """The part of a turn that deals with words."""

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
            return self._call_off()
        if safety.is_number(heard.text):
            return self._offer(self._emergencies(), heard.text, "emergency.number")
        if answers.is_heard(heard.text):
            return self._say("done", "acknowledged")
        return self._request(heard)

    def _emergencies(self) -> list[Intent]:
        """Return what staff can be called for at once, help before fire."""
        return sorted(
            (intent for intent in self.catalogue.intents.values() if intent.emergency), key=lambda intent: intent.id, reverse=True
        )

    def _call_off(self) -> Answer:
        """Stop waiting for a person, if that is what is under way; nobody has taken over yet."""
        if self.conversation.waiting_since is None:
            return self._say("cancelled", "form.nothing")
        conversations.hand_back(self.conversation)
        self.turn.record("conversation.called_off", f"conversation:{self.conversation.public_id}")
        task = handoffs.current(self.turn)
        if task is not None:
            handoffs.withdraw(self.turn, task)
        text = self._phrase("handed_off.cancelled", number=task.number if task else "")
        return Answer(texts=(text,), outcome=Outcome(kind="cancelled", intent=self._person))

    def _accepted(self, heard: Heard) -> Intent | None:
        """Return the intent that the message surely means."""
        match = heard.match
        if not match.candidates or not (match.emergency or match.decision == "accept"):
            return None
        return self.catalogue.intents[match.candidates[0].intent]

    # -- new requests

    def _request(self, heard: Heard) -> Answer:
        match = heard.match
        if match.decision == "reject":
            return self._not_understood(heard.text)
        self._show({})
        if match.decision == "clarify":
            likely = [candidate for candidate in match.candidates if candidate.confidence >= OFFERED]
            offers = [self.catalogue.intents[candidate.intent] for candidate in likely or match.candidates[:1]]
            return self._offer(offers, heard.text, "clarify")
        later = self._later(heard)
        answer = self._start(self.catalogue.intents[match.candidates[0].intent], heard, later)
        if later is None or answer.outcome.kind not in {"asks", "confirms"}:
            return answer
        titles = "、".join(self.catalogue.intents[form.intent].title for form in forms.chain(later))
        first, *rest = answer.texts
        also = self._phrase("form.also", title=titles)
        return replace(answer, texts=(f"{also}\n{first}", *rest))

    def _later(self, heard: Heard) -> Form | None:
        """Return the further requests of a message as forms that wait, one behind the other."""
        waiting: Form | None = None
        for further in reversed(heard.more):
            intent = self.catalogue.intents.get(further.match.candidates[0].intent)
            if intent is not None and not intent.emergency and not intent.hands_over and not intent.releases_flat:
                waiting = forms.begin(intent, read_slots(intent, further, self.now), waiting)
        return waiting

    def _start(self, intent: Intent, heard: Heard, outer: Form | None = None) -> Answer:
        """Begin an intent, with what the message already says; whoever needs a flat first is asked for it."""
        if intent.emergency:
            return self._alarm(intent, heard)
        if intent.hands_over:
            return self._hand_over(heard.text or heard.place)
        if intent.releases_flat and not self.turn.is_bound:
            return self._say("done", "flat.none", intent=intent.id)
        form = forms.begin(intent, read_slots(intent, heard, self.now), outer)
        if not self._needs_flat_first(intent):
            return self._advance(form, intent)
        return self._bind_first(form, intent, read_slots(self._binding, heard, self.now))

    def _not_understood(self, text: str) -> Answer:
        """Say so, with a way on; the second time in a row a person is offered. Whoever waits for one is told it is passed on."""
        since = self.conversation.waiting_since
        if since is not None and self.now - since < conversations.RETURNS_AFTER:
            task = handoffs.current(self.turn)
            if task is None:  # an alarm put the talk into the queue
                return self._hand_over(text)
            handoffs.add(self.turn, task, text)
            said = self._phrase("handed_off.more", number=task.number)
            return Answer(texts=(said,), outcome=Outcome(kind="handed_off", intent=self._person))
        count = (self.conversation.options or {}).get("unknown", 0) + 1
        self._show({"unknown": count})
        self.turn.record("message.unmatched")
        unmatched.note(self.session, slots.hide(text, self.now), self.now)
        if count >= PATIENCE:
            self._show({"intents": [PERSON], "text": ""})
            return self._say("unknown", "unknown.again")
        return self._say("unknown", "unknown")

    def _offer(self, offers: list[Intent], text: str, phrase: str) -> Answer:
        """Show a numbered menu of intents, with a person as the last choice."""
        shown = [intent for intent in offers[:3] if not intent.hands_over]
        self._show({"intents": [*(intent.id for intent in shown), PERSON], "text": text})
        titles = [*(intent.title for intent in shown), self._phrase("clarify.none")]
        return Answer(
            texts=(f"{self._phrase(phrase)}\n{numbered(titles)}",),
            outcome=Outcome(kind="clarifies", options=tuple(intent.id for intent in offers[:3])),
        )

    def _picked(self, text: str) -> Answer | None:
        """Return the answer to the menu last shown, None if the message is none of it."""
        menu = self.conversation.options or {}
        ids = [identity for identity in menu.get("intents", []) if identity in self.catalogue.intents or identity == PERSON]
        if not ids:
            return None
        known = self.catalogue.intents
        titles = [known[identity].title if identity != PERSON else self._phrase("clarify.none") for identity in ids]
        index = answers.pick(text, titles)
        if index is None and len([identity for identity in ids if identity != PERSON]) <= 1 and answers.is_yes(text):
            index = 0
        if index is None:
            return None
        self._show({})
        if ids[index] == PERSON:
            if menu.get("text"):  # what was offered was not what was meant
                unmatched.note(self.session, slots.hide(menu["text"], self.now), self.now)
            return self._hand_over(menu.get("text", ""))
        said = self.house.understanding.hear_text(menu.get("text", ""), self.now)
        return self._start(known[ids[index]], said)

    # -- the open form

    def _continue(self, form: Form, heard: Heard) -> Answer:
        """Go on with the open form, unless the message wants out of it or something else."""
        intent, text = self.catalogue.intents[form.intent], heard.text
        if heard.text == "" and heard.match.candidates:  # a menu entry was touched or a code scanned
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
        if changed is None and (task := self._alarmed()):
            return self._pass_on(task, text)
        if changed is None and safety.is_number(text):
            return self._again(form, intent, self._phrase("emergency.call"))
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
        if not news or form.asking in news:
            return ""
        kept = [f"{slot.title} {news[slot.name]}".strip() for slot in intent.slots if slot.name in news]
        return self._phrase("form.kept", values="，".join(kept))

    def _is_own_cancel(self, intent: Intent, heard: Heard) -> bool:
        """访客不来了 in the middle of inviting that visitor calls the form off."""
        best = self.catalogue.intents[heard.match.candidates[0].intent] if heard.match.decision == "accept" else None
        return best is not None and intent.id in best.cancels and _CALLS_OFF.search(heard.text) is not None

    def _abandon(self, form: Form, intent: Intent) -> Answer:
        self.form = None
        text = form.called_off or self._phrase("form.cancelled", title=intent.title)
        values = self._values(form, intent)
        if form.outer is not None and form.outer.intent in self.catalogue.intents and not intent.provides_flat:
            return self._resume(form.outer, text)
        return Answer(texts=(text,), outcome=Outcome(kind="cancelled", intent=intent.id), values=values)

    def _too_late(self, form: Form, heard: Heard) -> Answer:
        """Say that the form which this message may have been meant for was put away."""
        if answers.wants_human(heard.text):
            return self._hand_over(heard.text)
        intent = self.catalogue.intents[form.intent]
        text = "\n".join(filter(None, (self._phrase("form.expired", title=intent.title), form.called_off)))
        return Answer(texts=(text,), outcome=Outcome(kind="cancelled", intent=intent.id), values=self._values(form, intent))

    # -- something else in between

    def _is_interruption(self, form: Form, intent: Intent, heard: Heard, changed: Form | None) -> bool:
        best = heard.match.candidates[0] if heard.match.candidates else Candidate("", 0.0, "")
        if heard.match.decision != "accept" or best.intent == intent.id:
            return False
        if answers.is_yes(heard.text) or answers.is_no(heard.text) or answers.is_skip(heard.text):
            return False
        if intent.id in self.catalogue.intents[best.intent].cancels:  # 改天吧 calls nothing off that is on record
            return False
        if changed is None:
            return True
        if slots.corrects(heard.text):
            return False
        if self.catalogue.intents[best.intent].provides_flat and self.turn.is_bound:  # 3栋2单元 is a place, whoever lives there
            return False
        if best.confidence >= CLEAR and self._is_any_words(form, intent, heard.text):
            return True
        gives = sum(form.values.get(name) != value for name, value in changed.values.items())
        others = len(read_slots(self.catalogue.intents[best.intent], heard, self.now))
        return best.confidence == 1.0 or others > gives or (len(heard.text) > SHORT and gives <= 1)

    def _is_any_words(self, form: Form, intent: Intent, text: str) -> bool:
        """Tell whether `text` would be kept as it is, though nothing in it is what the open question asks for."""
        open_ = [slot for slot in intent.slots if slot.name == form.asking and slot.type in {"place", "text"}]
        return bool(open_) and not _PLACE.search(text) and not slots.extract(text, open_, self.now)

    def _interrupt(self, form: Form, heard: Heard) -> Answer:
        """Answer another request and come back: at once if it needs no form, else when that form is done."""
        other = self.catalogue.intents[heard.match.candidates[0].intent]
        intent = self.catalogue.intents[form.intent]
        if other.emergency:
            return self._alarm(other, heard)
        if other.hands_over:
            return self._hand_over(intent.title)
        if other.id == intent.id:
            return self._touch(form, intent, heard)
        if other.needs_flat and intent.provides_flat and not self.turn.is_bound:
            return self._wait_for_flat(form, other, heard)
        waiting = forms.aside(form, other.id)
        if any(slot.required for slot in other.slots) or other.confirm or (other.needs_flat and not self.turn.is_bound):
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

    def _touch(self, form: Form, intent: Intent, heard: Heard) -> Answer:
        """The menu was touched again, or a code for the same was scanned: take the place it names and go on."""
        touched = replace(form, values={**form.values, **read_slots(intent, heard, self.now)})
        if touched.values == form.values:
            return self._again(form, intent, "")
        return self._advance(touched, intent, self._noted(form, touched, intent))

    def _wait_for_flat(self, form: Form, other: Intent, heard: Heard) -> Answer:
        """Put another request behind the binding; more about the one that waits already is no answer."""
        binding, values = self._binding, read_slots(other, heard, self.now)
        if form.outer is not None and form.outer.intent == other.id:
            waiting = replace(form, outer=replace(form.outer, values={**form.outer.values, **values}))
            return self._again(waiting, binding, "") if heard.place else self._ask_again(waiting, binding)
        wanted = forms.begin(other, values, forms.aside(form.outer, other.id) if form.outer else None)
        return self._again(replace(form, outer=wanted), binding, self._phrase("flat.first", title=other.title))
