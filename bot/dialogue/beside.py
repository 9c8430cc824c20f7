"""What is wished for beside the answer to an open question: 厨房，另外灯也坏了，明天我妈来. It waits behind the form, in its order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialogue import forms, waiting
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Clause, Heard, read_slots
from bot.dialogue.starting import PLAUSIBLE, SURE, is_all_or_nothing, quoted
from bot.dialogue.steps import Aside, Ask, Confirm, Do, HandOver, Line, Step
from bot.language import answers, courtesy
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds.kind import Aspect, Slot, Value

#: Ends words that wish for nothing and only leave something open: 还有一辆不知道.
_NOT_KNOWN = ("不知道", "不清楚", "没定", "没想好")


def parted(form: Form, heard: Heard, facts: Facts) -> tuple[Heard, Sequence[Heard]]:
    """Return the part of a message that is for the open form, and the wishes beside it; all of it where it holds none."""
    whole = heard, heard.more
    if answers.wants_human(heard.text) or corrects(heard.text):
        return whole
    begins = _begins(form, heard.clauses, facts)
    if begins[:1] == [0]:  # nothing of it answers, and the first is no answer either
        del begins[0]
    elif begins and not _answers(form, _joined(heard, heard.clauses[: begins[0]]), facts):
        return whole
    if not begins:
        return whole
    answer = _joined(heard, heard.clauses[: begins[0]])
    ends = [*begins[1:], len(heard.clauses)]
    return answer, [_joined(heard, heard.clauses[begin:end]) for begin, end in zip(begins, ends, strict=True)]


def _begins(form: Form, clauses: Sequence[Clause], facts: Facts) -> list[int]:
    """Return where other wishes begin; what goes on about the same in the next breath begins none: 车把我堵死了 叫他挪一下."""
    found: list[int] = []
    for k, clause in enumerate(clauses):
        if not _wishes_else(form, clause, facts):
            continue
        if not found or _is_too(clause) or _meant(clauses[found[-1]]) != _meant(clause):
            found.append(k)
    return found


def _meant(clause: Clause) -> str:
    return clause.heard.match.candidates[0].intent


def with_further(step: Step, further: Sequence[Heard], facts: Facts) -> Step:
    """Return a step with further wishes of the same message behind what it leaves open, and what to say of them."""
    begun = [one for heard in further if (one := _begun(heard, facts)) is not None]
    if not begun:
        return step
    match step:
        case Do(form=form):
            form, _ = _lined_up(form, begun, facts)
            return replace(step, form=form, besides=tuple(one.words[0] for one in begun))
        case Aside(form=form):
            form, said = _lined_up(form, begun, facts)
            return replace(step, form=form, before=(*step.before, *said))
        case HandOver():
            return replace(step, words="\n".join((step.words, *(one.words[0] for one in begun))))
        case Ask() | Confirm() if step.standing.form is not None:
            form, said = _lined_up(step.standing.form, begun, facts)
            return replace(step, standing=replace(step.standing, form=form), before=(*said, *step.before))
    return step


def _begun(heard: Heard, facts: Facts) -> Form | None:
    """Return the form of a wish, as far as it is told; none of an alarm, and nobody without a flat lets go of one."""
    intent = facts.intents[heard.match.candidates[0].intent] if heard.match.candidates else None
    if heard.text.endswith(_NOT_KNOWN):
        return None
    if intent is None or intent.emergency or (intent.releases_flat and not facts.is_bound):
        return None
    begun = forms.begin(intent, read_slots(intent, heard), None, heard.text)
    return forms.described(begun, intent) if begun.words else None


def _lined_up(form: Form, begun: Sequence[Form], facts: Facts) -> tuple[Form, Sequence[Line]]:
    """Return a form with wishes behind all that waits already, and what to say of them."""
    taken = [one.words[0] for one in begun[: max(0, forms.QUEUED - len(forms.chain(form.outer)))]]
    for one in begun[: len(taken)]:
        is_first = form.outer is not None and not facts.intents[one.intent].needs_flat and waiting.keeps_back(form, facts)
        form = replace(form, outer=replace(one, outer=form.outer)) if is_first else forms.behind(form, one)
    left = [one.words[0] for one in begun[len(taken) :]]
    said = [Line("form.more", {"words": _quoted(taken)})] if taken else []
    return form, [*said, *([Line("form.full", {"words": _quoted(left)})] if left else [])]


def _quoted(words: Sequence[str]) -> str:
    return "”“".join(map(quoted, words))


def _joined(heard: Heard, clauses: Sequence[Clause]) -> Heard:
    """Return clauses as one part of the message, which means what the first of them means."""
    words = "，".join(clause.heard.text for clause in clauses)
    first = clauses[0].heard
    return replace(heard, reading=heard.reading.part(words), match=replace(first.match, text=words), more=(), clauses=())


def _wishes_else(form: Form, clause: Clause, facts: Facts) -> bool:
    """Tell whether a clause surely wishes for something else than the open form, and gives that no value."""
    heard, intent = clause.heard, facts.intents[form.intent]
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or heard.match.decision != "accept" or best.confidence < (PLAUSIBLE if _is_too(clause) else SURE):
        return False
    other = facts.intents[best.intent]
    if (
        other.small_talk
        or other.emergency
        or other.hands_over
        or other.provides_flat
        or other.chooses_flat
        or other.id in intent.follow_ups
    ):
        return False
    if intent.id in other.cancels:
        return False
    waits = [one for one in forms.chain(form.outer) if one.intent == other.id]
    if waits:  # it is changed, or wished for once more
        return any(waiting.is_further(one, other, heard, facts) or _is_another(one, other, clause) for one in waits)
    if other.id == intent.id:
        return _is_another(form, intent, clause)
    if any(slot.required and slot.kind.aspect is Aspect.WHO for slot in other.slots):  # 明天上午来 is when, of what is open
        return _names_somebody(other, heard) and (waiting.is_gate(intent) or not intent.is_about_somebody)
    return not any(_is_of_form(slot) for slot in intent.slots if slot.name in heard.reading.take(intent.slots))


def _is_another(form: Form, intent: Intent, clause: Clause) -> bool:
    """Tell whether a clause tells of one more of the same: another thing than what is known, and 另外 or 也 with it."""
    told = {slot.name for slot in intent.slots if slot.kind.describes and slot.required and slot.kind.aspect is Aspect.WHICH}
    said: Mapping[str, Value] = read_slots(intent, clause.heard)
    return _is_too(clause) and any(name in said and said[name] != form.values.get(name, said[name]) for name in told)


def _is_too(clause: Clause) -> bool:
    return clause.is_further or any(sign in clause.heard.text for sign in "也又")


def _names_somebody(intent: Intent, heard: Heard) -> bool:
    said = read_slots(intent, heard)
    return any(slot.name in said for slot in intent.slots if slot.kind.aspect is Aspect.WHO)


def _is_of_form(slot: Slot) -> bool:
    """Tell whether a value is known by its form for what it is: a plate, a number, a time."""
    return slot.kind.grammar is not None


def _answers(form: Form, heard: Heard, facts: Facts) -> bool:
    """Tell whether words answer the open question, or agree to what was read back."""
    intent = facts.intents[form.intent]
    if form.is_read_back:
        return courtesy.agrees(heard.text) and not is_all_or_nothing(intent)
    changed = forms.answer(form, intent, heard.reading)
    slot = forms.asked(form, intent)
    if slot is None or changed is None:
        return slot is not None and slot.skippable and (answers.is_skip(heard.text) or answers.is_any(heard.text))
    return slot.name in changed.values and (not slot.is_free or slot.name in heard.reading.take((slot,)))
