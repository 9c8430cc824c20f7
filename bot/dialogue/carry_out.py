"""Doing what was decided: the only place of the dialogue with a session. One step leads to another until something is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlmodel import Session

from bot.contract import Ask, HandOver, Reply, Turn, handoffs, knowledge
from bot.dialogue import forms, safety, starting, steps
from bot.dialogue.answer import SILENT, Answer, House, Outcome
from bot.dialogue.decide import title
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.result import Result
from bot.dialogue.said import Heard
from bot.dialogue.standing import Standing, Subject
from bot.dialogue.steps import Kind, Line, Step
from bot.errors import Refusal
from bot.language.danger import aftermath
from bot.language.files import Catalogue, Intent
from bot.language.kinds import consent
from bot.language.kinds.kind import Value
from bot.language.phrases import plain
from bot.language.reading import Reading
from bot.model import shortened
from bot.store import conversations, people, tasks, unmatched
from bot.store.conversations import Kept
from bot.store.people import Household
from bot.store.tasks import Task

#: How long who asked for a person is taken to tell what it is about.
TOLD_WITHIN = timedelta(minutes=15)

#: Words up to this length are said back when they are added to what waits.
SAID_BACK = 40

#: What was done this long ago may have been meant for the flat that is chosen now.
JUST_NOW = timedelta(minutes=30)

#: Characters that are remembered of the words in which something done was told.
TOLD = 120


@dataclass(kw_only=True)
class Talk:
    """One conversation during one turn: the rows, and how it stands."""

    turn: Turn
    kept: Kept
    house: House
    standing: Standing
    heard: Heard | None = None  # the message, where it was words
    result: Result = field(default_factory=Result)  # what it came to, for the figures

    @property
    def session(self) -> Session:
        """The transaction of the turn."""
        return self.turn.session

    @property
    def now(self) -> datetime:
        """The moment of the turn."""
        return self.turn.now

    @property
    def catalogue(self) -> Catalogue:
        """The intents and words in force."""
        return self.house.understanding.catalogue

    @property
    def intents(self) -> Mapping[str, Intent]:
        """All intents by id."""
        return self.catalogue.intents

    def phrase(self, line: Line) -> str:
        """Return a phrase with its values; `said` stands for words that were filled before."""
        if line.name == "said":
            return str(line.values["words"])
        return self.turn.words(self.catalogue.messages[line.name], **line.values)

    def read(self, words: str) -> Reading:
        """Return what words of the message hold, as it was read when it came in."""
        return self.heard.reading.part(words) if self.heard is not None else Reading.of(words, self.now)

    def facts(self) -> Facts:
        """Read what a decision needs."""
        services, alarm = self.house.context.services, self.alarm
        asks_flat = self.turn.asks_flat
        return Facts(
            now=self.now, catalogue=self.catalogue, judge=self.house.understanding.judge, community_id=self.turn.community.key, is_bound=asks_flat is not None,
            claim=self.turn.claim.parts if asks_flat is None and self.turn.claim else None, asks_flat=bool(asks_flat), means_other_flat=asks_flat is not None and self.heard is not None and safety.means_other_flat(self.turn, self.heard.text),
            shows=services.shows, amendable=services.amendable, keeping=services.keeping,
            is_alarm_open=alarm is not None, alarmed_at=alarm.opened_at if alarm is not None else None, alarm_said=alarm.data.get("text", "") if alarm is not None else "", is_alarm_calm=alarm is not None and safety.is_calm(alarm),
            warning=self.warning, names_place=self.heard is not None and alarm is not None and safety.named(self.turn, self.heard.text) is not None,
        )  # fmt: skip

    @cached_property
    def warning(self) -> str:
        """What services say before all else of a danger in the words that is no alarm."""
        words = "，".join(one.text for one in (self.heard, *self.heard.more)) if self.heard is not None else ""
        return self.house.context.services.warn(self.turn, words) if words else ""

    @cached_property
    def alarm(self) -> Task | None:
        """The alarm that the talk stood by when the turn began, while it is open."""
        if self.standing.alarm is None:
            return None
        task = tasks.find(self.session, self.standing.alarm.task)
        return task if task is not None and task.is_open else None


def _said(before: Sequence[str], text: str) -> str:
    """Return what was said before the words of a step, and those, a line each."""
    return "\n".join(filter(None, (*before, text)))


def carry_out(talk: Talk, step: Step) -> Answer:
    """Do a step, and those that follow from it; returns what to say and what became of the message."""
    talk.standing = step.standing
    before = [talk.phrase(line) for line in step.before]
    match step:
        case steps.Ask(with_help=with_help, is_for_outer=is_for_outer):
            answer = _put(talk, before, with_help=with_help)
            return _on_the_way(talk, answer) if is_for_outer else answer
        case steps.Confirm():
            form = talk.standing.form
            if form is not None and _reads_back_itself(talk, form):
                talk.standing = talk.standing.within(None)
                return _do(talk, replace(form, is_agreed=True), before)
            return _put(talk, before)
        case steps.Do(form=form, besides=besides):
            more = talk.phrase(Line("form.more", {"words": "”“".join(map(starting.quoted, besides))})) if besides else ""
            return _do(talk, form, before, more)
        case steps.Amend():
            return _amend(talk, step, before)
        case steps.ShowMenu():
            return _show_menu(talk, step, before)
        case steps.Say():
            return _say(talk, step, before)
        case steps.Inform():
            return _inform(talk, step)
        case steps.HandOver():
            return _hand_over(talk, step, before)
        case steps.Join():
            return _join(talk, step)
        case steps.CallOff():
            return _call_off(talk)
        case steps.Sound():
            return _sound(talk, step)
        case steps.Advise():
            return _advise(talk, step)
        case steps.PassOn():
            return _pass_on(talk, step)
        case steps.Attach(about=about):
            talk.turn.attach(talk.turn.photos(), about)
            return _answer(talk.phrase(Line("photo.attached")), "done")
        case steps.Aside():
            return _aside(talk, step)
        case steps.Quiet():
            return SILENT
    raise TypeError(f"no way to carry out {type(step).__name__}")


def _answer(text: str, kind: Kind, intent: str | None = None, **outcome: Any) -> Answer:
    return Answer(texts=(text,) if text else (), outcome=Outcome(kind=kind, intent=intent, **outcome))


# ------------------------------------------------------------------ asking


#: So few options are named again in the line that asks once more.
FEW = 2

#: What is longer, in characters, is read in full only once: later words are followed by a short line.
LONG = 120


def _put(talk: Talk, before: Sequence[str], *, with_help: bool = False) -> Answer:
    """Put the open question, or read the form back."""
    form = talk.standing.form
    if form is None:
        raise LookupError("no form is open")
    intent = talk.intents[form.intent]
    text = _read_back(talk, form, intent) if form.is_read_back else _question(talk, form, intent, with_help=with_help)
    if form.is_read_back and starting.is_all_or_nothing(intent) and len(text) > LONG:
        if form.is_read:
            text = talk.phrase(Line("confirm.again", {"question": text.split("\n", 1)[0]}))
        talk.standing = talk.standing.within(replace(form, is_read=True))
    outcome = Outcome(
        kind="confirms" if form.is_read_back or forms.asks_whether(form, intent) else "asks",
        intent=intent.id,
        slot=form.asking or None,
        options=tuple(form.menu.values()),
    )
    return Answer(texts=(_said(before, text),), outcome=outcome, values=_plain(form, intent))


def _on_the_way(talk: Talk, answer: Answer) -> Answer:
    """Tell of a question on the way to a wish, just after it was made, as what became of that wish."""
    waiting = talk.standing.form.outer if talk.standing.form else None
    if waiting is None:
        return answer
    values = _plain(waiting, talk.intents[waiting.intent])
    return replace(answer, outcome=replace(answer.outcome, intent=waiting.intent), values={**values, **answer.values})


def _reads_back_itself(talk: Talk, form: Form) -> bool:
    """Tell whether somebody leaves one of several flats, names one, tells when, or leaves something open there: the action reads that back."""
    if not talk.intents[form.intent].releases_flat or talk.turn.resident is None:
        return False
    if form.values or len(people.homes(talk.session, talk.turn.resident)) > 1:
        return True
    return any(one.flat for one in talk.house.context.services.matters(talk.turn))


def _read_back(talk: Talk, form: Form, intent: Intent) -> str:
    if intent.confirm:
        return forms.read_back(form, intent, talk.now, _named(talk))
    spoken = [f"{slot.title} {said}".strip() for slot in intent.slots if (said := _spoken(talk, form, intent).get(slot.name))]
    return talk.phrase(Line("confirm.guess", {"title": intent.title, "values": "，".join(spoken)}))


def _question(talk: Talk, form: Form, intent: Intent, *, with_help: bool) -> str:
    slot = forms.asked(form, intent)
    if slot is not None and with_help and slot.error:
        words = slot.error
    else:
        words = form.prompt or (talk.turn.words(slot.ask, **_spoken(talk, form, intent)) if slot else "")
    if not (listed := forms.listed(form, intent)):
        return words
    is_consent = slot is not None and slot.kind is consent.KIND  # which holds for all of what is read
    if form.is_listed and not (with_help or is_consent or form.tries):  # the list stands above, and was not the trouble
        return _shortly(words, list(listed.values()))
    talk.standing = replace(talk.standing, form=replace(form, is_listed=True))
    return f"{words}\n{numbered(list(listed.values()))}"


def _shortly(words: str, titles: list[str]) -> str:
    """Return the line of a question that asks, with what may be picked only where that is next to nothing."""
    lines = words.split("\n")
    asks = next((line for line in lines if "？" in line), lines[0])
    return asks + numbered(titles).replace("\n", "；") if len(titles) <= FEW else asks


def numbered(titles: list[str]) -> str:
    """Return a menu that is answered by number."""
    return "\n".join(f"{number}. {plain(title)}" for number, title in enumerate(titles, 1))


def _show_menu(talk: Talk, step: steps.ShowMenu, before: Sequence[str]) -> Answer:
    """Show a numbered menu, with a person as the last choice where it says so."""
    titles = [title(option, step.menu, step.standing, talk.intents) for option in step.menu.options]
    if step.menu.with_person:
        titles.append(talk.phrase(Line("clarify.none")))
    return _answer(_said(before, f"{talk.phrase(step.phrase)}\n{numbered(titles)}"), "clarifies", options=step.menu.options)


def _say(talk: Talk, step: steps.Say, before: Sequence[str]) -> Answer:
    if step.is_miss:
        _note_miss(talk, step.text)
    form, offer = step.standing.form, step.standing.offer
    asked = form.asking or None if form and step.kind == "asks" else None
    options = (offer.intent,) if offer and offer.intent else ()
    return _answer(_said(before, talk.phrase(step.phrase)), step.kind, step.intent, slot=asked, options=options)


def _note_miss(talk: Talk, text: str) -> None:
    talk.result.is_missed = True
    talk.turn.record("message.unmatched")
    unmatched.note(talk.session, talk.read(text).hidden, talk.now)


# ------------------------------------------------------------------ doing


def _do(talk: Talk, form: Form, before: Sequence[str], more: str = "") -> Answer:
    """Do what was asked; then come back to what was put aside. `more` is said of what waits, where something is asked first."""
    intent = talk.intents[form.intent]
    action = talk.house.actions.get(intent.id) if intent.action else None
    if action is None:
        return _without_action(talk, form, intent, before)
    talk.turn.said, talk.turn.about = "\n".join(form.words), form.about
    flat = talk.turn.flat if intent.chooses_flat or intent.provides_flat else None
    talk.turn.only_address = form.outer is not None and talk.intents[form.outer.intent].needs_address
    try:
        with talk.session.begin_nested():  # of what is refused nothing remains
            reply = action(talk.turn, forms.given(form))
    except Refusal as refusal:
        return _finish(talk, form, intent, _said(before, str(refusal)))
    if isinstance(reply, HandOver):
        return _without_action(talk, form, intent, before)
    if isinstance(reply, Ask):
        return _ask_back(talk, form, intent, reply, [more, *before])
    if reply.ok:
        talk.result.served(intent)
    left = _leave_flat(talk, flat) if flat is not None else ()
    text = talk.turn.words(intent.replies[reply.name], **{**_spoken(talk, form, intent), **reply.values})
    if left and form.outer is None:
        told = Line("flat.left", {"called": "、".join(one.called for one in left)})
        text = _said([text], talk.phrase(told))
    if reply.forgets:
        talk.standing = Standing()
        conversations.hand_back(talk.kept)
        return _answer(text, "done", intent.id)
    _remember(talk, reply, intent, forms.given(form), talk.turn.said)
    return _finish(talk, form, intent, _said(before, text), more=more)


def _leave_flat(talk: Talk, before: Household) -> Sequence[Subject]:
    """Where another flat is meant from now on, let what was done for the one before be spoken of no more: it belongs to that one.

    Returns what of it was done just now: whoever meant it for the other flat must know that it has not moved along.
    """
    _look_up_resident(talk)
    if talk.turn.flat is not None and talk.turn.flat.id == before.id:
        return ()
    left = [known for known in talk.standing.subjects if talk.intents[known.intent].needs_home]
    talk.standing = replace(talk.standing, subjects=tuple(known for known in talk.standing.subjects if known not in left))
    return [known for known in left if talk.turn.flat is not None and talk.now - known.at < JUST_NOW]


def _remember(talk: Talk, reply: Reply, intent: Intent, values: Mapping[str, Value], said: str) -> None:
    """Let what was done be spoken of next; what was only asked about or pressed for stays what it was."""
    if not reply.about:
        return
    if reply.over:
        talk.standing = talk.standing.without(reply.about)
        return
    known = next((subject for subject in talk.standing.subjects if subject.about == reply.about), None)
    if known is not None and known.intent != intent.id:
        talk.standing = talk.standing.after(replace(known, at=talk.now, called=reply.called or known.called))
        return
    called = reply.called or intent.title
    said = shortened(said, TOLD)
    subject = Subject(about=reply.about, intent=intent.id, called=called, at=talk.now, values=dict(values), said=said)
    talk.standing = talk.standing.after(subject)


def _ask_back(talk: Talk, form: Form, intent: Intent, ask: Ask, before: Sequence[str]) -> Answer:
    words = {**ask.values, **_spoken(talk, form, intent)}
    prompt = talk.turn.words(intent.replies[ask.name], **words)
    off = talk.turn.words(intent.replies[ask.called_off], **words) if ask.called_off else ""
    talk.standing = talk.standing.within(forms.ask_back(form, ask.slot, ask.options, prompt, off, ask.agreed))
    return _put(talk, before)


def _finish(talk: Talk, form: Form, intent: Intent, text: str, kind: Kind = "done", more: str = "") -> Answer:
    """Say how it ended and come back to what was put aside; without a flat, what needs one is not resumed.

    `more` is said where what is come back to asks something and more waits behind it.
    """
    outer = forms.closed(form.outer, talk.turn.closes)
    if outer is not None:
        _look_up_resident(talk)
        if not intent.provides_flat or talk.turn.is_bound or (talk.turn.only_address and talk.turn.claim is not None):
            resumed = carry_out(talk, starting.resume(talk.standing, outer, talk.facts()))
            if talk.standing.form is not None and talk.standing.form.outer is not None:
                text = _said([text], more)
            return replace(resumed, texts=(text, *resumed.texts))
        if intent.provides_flat:  # nobody knows yet whose it is: what was told of the rest is kept for when it is said again
            text, talk.standing = _said([text], _later(talk, outer)), replace(talk.standing, shelved=outer)
    return Answer(texts=(text,), outcome=Outcome(kind=kind, intent=intent.id), values=_plain(form, intent))


def _later(talk: Talk, form: Form) -> str:
    """Say that what waits for a flat is not done, in the resident's own words; nothing of what was only named."""
    words = [starting.quoted(one.words[0]) for one in forms.chain(form) if one.words]
    return talk.phrase(Line("flat.later", {"words": "”“".join(words)})) if words else ""


def _look_up_resident(talk: Talk) -> None:
    """Forget what was known of the resident: an action may have bound or unbound them."""
    talk.session.flush()
    for known in ("resident", "flat", "flats", "claim"):
        talk.turn.__dict__.pop(known, None)


def _without_action(talk: Talk, form: Form, intent: Intent, before: Sequence[str]) -> Answer:
    """Say the file's own words; an intent without any is handed to a person, never to a dead end."""
    spoken = _spoken(talk, form, intent)
    if intent.reply:
        talk.result.served(intent)
        wording = intent.reply_to(f"{talk.turn.openid}{talk.now}")
        return _finish(talk, form, intent, _said(before, talk.turn.words(wording, **spoken)))
    mere = {slot.name for slot in intent.slots if not slot.kind.is_topic}
    values = "、".join(said for name, said in spoken.items() if said and name not in mere)
    words = values or (starting.quoted(form.words[0]) if form.words else "")
    topic = f"{intent.topic or intent.title}{'：' if words else ''}{words}"
    step = steps.HandOver(standing=talk.standing, intent=intent.id, topic=topic, words=talk.standing.words(*form.words))
    handed = _hand_over(talk, step, before)
    talk.standing = replace(talk.standing, unused=())
    return replace(_finish(talk, form, intent, handed.texts[0], "handed_off"), values=_plain(form, intent))


def _amend(talk: Talk, step: steps.Amend, before: Sequence[str]) -> Answer:
    """Change what was done before, and say what it is now."""
    subject, intent = step.subject, talk.intents[step.subject.intent]
    amendment = talk.house.context.services.amendments[intent.id]
    talk.turn.said, talk.turn.about = step.words, subject.about
    try:
        with talk.session.begin_nested():
            reply = amendment(talk.turn, subject.about, step.values)
    except Refusal as refusal:
        return _answer(_said(before, str(refusal)), "done", intent.id)
    if reply.ok:
        about = reply if reply.about else _about(reply, subject)
        _remember(talk, about, intent, {**subject.values, **step.values}, f"{subject.said}\n{step.words}")
    spoken = {slot.name: slot.say(step.values[slot.name], talk.now) for slot in intent.slots if slot.name in step.values}
    text = talk.turn.words(intent.replies[reply.name], **{**spoken, **reply.values})
    lost = starting.not_taken(talk.read(step.words), intent, {**subject.values, **step.values})
    return Answer(
        texts=(_said([*before, *map(talk.phrase, lost)], text),),
        outcome=Outcome(kind="done", intent=intent.id),
        values=_plain_values({**step.subject.values, **step.values}, intent),
    )


def _about(reply: Reply, subject: Subject) -> Reply:
    return Reply(reply.name, about=subject.about, called=reply.called or subject.called, over=reply.over, **reply.values)


def _aside(talk: Talk, step: steps.Aside) -> Answer:
    """Serve something in between; a form that it opens after all goes first, and the other waits behind it."""
    answer = carry_out(talk, step.first)
    if talk.standing.form is not None and talk.standing.form is not step.form:
        waiting = forms.aside(step.form, talk.standing.form.intent)
        talk.standing = replace(talk.standing, form=replace(talk.standing.form, outer=waiting))
        return answer
    left = forms.closed(step.form, talk.turn.closes)
    if left is None:
        return answer
    if left is not step.form and left.intent != step.form.intent:
        _look_up_resident(talk)
        resumed = carry_out(talk, starting.resume(talk.standing, left, talk.facts()))
        return replace(resumed, texts=(*answer.texts, *resumed.texts))
    back = carry_out(talk, starting.again(talk.standing, left))
    again = talk.phrase(Line("form.back", {"question": back.texts[0]}))
    outcome = replace(answer.outcome, slot=back.outcome.slot)
    return Answer(texts=(*answer.texts, again), outcome=outcome, values=back.values)


# ------------------------------------------------------------------ knowing


def _inform(talk: Talk, step: steps.Inform) -> Answer:
    """Answer from the knowledge of the community, or by a service that knows; else do the other step."""
    said = _known(talk, step) or talk.house.context.services.answer(talk.turn, step.question)
    if said:
        talk.result.informed()
        # Whoever asks the office after all asks this.
        talk.standing = replace(talk.standing.missed(step.question, talk.now), misses=0)
    return _answer(said, "answered") if said else carry_out(talk, step.otherwise)


def _known(talk: Talk, step: steps.Inform) -> str:
    entry = knowledge.answering(talk.turn, step.known)
    return knowledge.say(talk.turn, entry) if entry else ""


# ------------------------------------------------------------------ people


def _hand_over(talk: Talk, step: steps.HandOver, before: Sequence[str]) -> Answer:
    """Give a matter to a person, under a number; the talk waits in the staff's queue."""
    if step.is_miss:
        talk.result.is_missed = True
        unmatched.note(talk.session, talk.read(step.words).hidden, talk.now)
    task = handoffs.open(talk.turn, intent=step.intent, topic=step.topic, words=step.words, question=step.is_question)
    if talk.kept.waiting_since is None:
        talk.turn.record("conversation.waiting", f"conversation:{talk.kept.public_id}")
    if task.opened_at == talk.now:
        talk.result.handed_over(step.intent)
    intent = talk.intents.get(step.intent)
    if intent is not None and intent.tells:
        told = Line("handed_off.told", {"topic": step.topic, "number": task.number})
        return _answer(_said(before, talk.phrase(told)), "handed_off", step.intent)
    conversations.ask_for_person(talk.kept, step.topic[:60], talk.now)
    if task.opened_at < talk.now:  # it waits already
        line = Line("handed_off.joined", {"topic": step.topic, "number": task.number})
    else:
        line = Line("handed_off", {"topic": step.topic, "number": task.number, "expected": handoffs.expected(talk.turn)})
    return _answer(_said(before, talk.phrase(line)), "handed_off", step.intent or None)


def _join(talk: Talk, step: steps.Join) -> Answer:
    """Let what is said while waiting belong to the matter, or be one of its own."""
    task, words = handoffs.current(talk.turn), step.words
    if step.unless is not None and (task is None or _is_of_another(talk, task, step.matter)):
        return carry_out(talk, step.unless)
    if task is None:  # an alarm or a colleague made them wait, not a hand-off
        return carry_out(talk, starting.hand_over(talk.standing, talk.facts(), talk.catalogue.person, words))
    if words:
        handoffs.add(talk.turn, task, words)
    for photo in talk.turn.photos():
        handoffs.add(talk.turn, task, "", photo)
    quoted = words if len(words) <= SAID_BACK else ""
    phrase = (
        Line("handed_off.more", {"number": task.number, "words": quoted})
        if words
        else Line("handed_off.photo", {"number": task.number})
    )
    return _answer(talk.phrase(phrase), "handed_off", handoffs.intent(task))


def _is_of_another(talk: Talk, task: Task, matter: str) -> bool:
    """Tell whether an intent is another than what waits; who asked for a person tells them at first what it is about."""
    waits = talk.intents.get(handoffs.intent(task))
    if waits is not None and waits.hands_over:
        return talk.now - task.opened_at > TOLD_WITHIN
    return waits is None or waits.id != matter


def _call_off(talk: Talk) -> Answer:
    """Stop waiting for a person; nobody has taken over yet."""
    task = handoffs.current(talk.turn)
    if task is not None:
        handoffs.withdraw(talk.turn, task)
    conversations.hand_back(talk.kept)
    talk.turn.record("conversation.called_off", f"conversation:{talk.kept.public_id}")
    person = talk.catalogue.person.id if talk.catalogue.person else None
    return _answer(talk.phrase(Line("handed_off.cancelled", {"number": task.number if task else ""})), "cancelled", person)


# ------------------------------------------------------------------ alarms


def _sound(talk: Talk, step: steps.Sound) -> Answer:
    intent = talk.intents[step.intent]
    said, task = safety.alarm(talk.turn, intent, step.danger, step.words)
    talk.standing = talk.standing.alarmed(task.public_id, talk.now + safety.BELONGS)
    conversations.ask_for_person(talk.kept, intent.title, talk.now)
    return _answer(said, "emergency", intent.id)


def _advise(talk: Talk, step: steps.Advise) -> Answer:
    """Say what an alarm would say first; nobody is told, for nothing has happened."""
    talk.result.informed()
    intent = talk.intents.get(step.intent)
    said = safety.advice(talk.turn, intent, step.danger) if intent is not None else talk.warning
    so = Line("danger.if_so" if intent is not None else "warning.if_so", {"words": starting.quoted(step.words)})
    return _answer(_said([said], talk.phrase(so)), "answered")


def _pass_on(talk: Talk, step: steps.PassOn) -> Answer:
    """Pass what is said after an alarm on to those who come; they hear, too, when all is well again."""
    task, alarm = talk.alarm, talk.standing.alarm
    if task is None or alarm is None:
        raise LookupError("no alarm is open")
    talk.turn.attach(talk.turn.photos(), task.about)
    said, judge = talk.read(step.words or "[图片]"), talk.house.understanding.judge
    end = safety.end(task, said, judge)
    safety.add(talk.turn, task, said.raw, presses=step.presses)
    safety.settle(talk.turn, said.raw)
    if end is safety.End.ALL:
        talk.standing = talk.standing.eased()
        return _answer(talk.phrase(Line("emergency.over")), "emergency", task.kind)
    if step.is_of_it:
        talk.standing = replace(talk.standing, alarm=replace(alarm, until=talk.now + safety.BELONGS))
    words = {"words": starting.quoted(step.words)}
    if end is not safety.End.NONE:
        return _answer(talk.phrase(Line("emergency.left", {**words, "dangers": safety.left(task)})), "emergency", task.kind)
    line = Line(safety.more(task), words)
    if aftermath.is_helped(said, judge) and not safety.is_calm(task):
        line = Line("emergency.helped")
    return _answer(
        "\n".join(filter(None, (talk.phrase(line), safety.where(talk.turn, task.data["text"])))), "emergency", task.kind
    )


# ------------------------------------------------------------------ values


def _spoken(talk: Talk, form: Form, intent: Intent) -> dict[str, str]:
    return forms.spoken(form, intent, talk.now)


def _named(talk: Talk) -> dict[str, Any]:
    return {**talk.turn.context.facts, "flat": talk.turn.flat.label if talk.turn.flat else ""}


def _plain(form: Form, intent: Intent) -> dict[str, Any]:
    """Return the values known so far as JSON: times as 2026-03-12 15:00."""
    return _plain_values(forms.given(form), intent)


def _plain_values(values: Mapping[str, Value], intent: Intent) -> dict[str, Any]:
    known = {slot.name for slot in intent.slots}
    return {
        name: f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value for name, value in values.items() if name in known
    }  # fmt: skip
