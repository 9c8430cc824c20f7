"""What is said, while another form comes first, of a wish that waits behind it: a correction, more of it, one more. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.dialogue import following, forms, subjects
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, lacks, of_them, read_slots
from bot.dialogue.starting import accepted, quoted
from bot.dialogue.steps import Line
from bot.language import courtesy, questions
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds import temperature
from bot.language.kinds.kind import Aspect, Value
from bot.language.reading import Reading


def is_gate(intent: Intent) -> bool:
    """Tell whether other wishes wait until an intent is done: where somebody lives, which flat is meant."""
    return intent.provides_flat or intent.chooses_flat


def is_meant(form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words at a gate are about what waits behind it, and answer nothing that the gate asks."""
    wished, text = accepted(heard, facts.intents), heard.text
    behind = [one.intent for one in forms.chain(form.outer)]
    if not behind or not text or not is_gate(intent) or questions.is_question(text):
        return False
    if wished is not None and wished.id not in behind:
        return False
    if _tells_who_comes_when(form, heard, facts):  # 刘小雨 大后天中午, be a name asked for or not
        return True
    changed = forms.answer(form, intent, heard.reading)
    news = [slot for slot in intent.slots if changed is not None and changed.values.get(slot.name) != form.values.get(slot.name)]
    is_answer = form.asking in [slot.name for slot in news] or any(slot.kind.aspect is not Aspect.WHO for slot in news)
    return not is_answer and not courtesy.says_of_oneself(text)


def _tells_who_comes_when(form: Form, heard: Heard, facts: Facts) -> bool:
    for one in forms.chain(form.outer):
        intent = facts.intents[one.intent]
        told = {slot.kind.aspect for slot in intent.slots if slot.name in heard.reading.take(intent.slots, known=one.values)}
        if intent.is_about_somebody and {Aspect.WHO, Aspect.BEGINS} <= told:
            return True
    return False


def kept(form: Form, heard: Heard, facts: Facts, of: Collection[str] = ()) -> tuple[Form, Line] | None:
    """Return a form with what words say of a wish that waits behind it, and what to say of it; `of` are the intents that may be meant."""
    wished, behind = accepted(heard, facts.intents), forms.chain(form.outer)
    meant = of or [one.intent for one in behind if wished is not None and one.intent == wished.id]
    behind = [one for one in behind if not meant or one.intent in meant]
    if further := next((one for one in behind if is_further(one, facts.intents[one.intent], heard, facts)), None):
        intent = facts.intents[further.intent]
        begun = forms.described(forms.begin(intent, read_slots(intent, heard), None, heard.text), intent)
        return queue(form, begun, heard.text)
    changed = [(one, values) for one in behind if (values := _news(one, facts.intents[one.intent], heard.reading))]
    if not changed:
        return None
    named = [(one, values) for one, values in changed if _is_spoken_of(one, values, heard.text, facts)]
    one, values = (named or changed)[0]
    intent = facts.intents[one.intent]
    told = [words for slot in intent.slots if slot.name in values and (words := slot.say(values[slot.name], facts.now))]
    if any(slot.kind is temperature.KIND for slot in intent.slots) and temperature.of_several(heard.text):
        told = [f"“{quoted(heard.text)}”"]  # one figure is not what was told of three people
    more = forms.heard(forms.with_values(one, values, intent), heard.text, intent)
    return forms.exchanged(form, one, more), Line("form.kept", {"values": "，".join(dict.fromkeys((intent.title, *told)))})


def is_further(waiting: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words wish for the same once more, for somebody or something else: 我爷爷周六上午九点也来."""
    if following.another(intent, waiting.values, heard, facts) is not None:
        return True
    wished = accepted(heard, facts.intents)
    if wished is None or wished.id != intent.id or corrects(heard.text) or subjects.OF_THEM.search(heard.text):
        return False
    said = read_slots(intent, heard)
    told = [slot.name for slot in intent.slots if slot.kind.aspect is Aspect.WHO or slot.kind.describes]
    if intent.is_about_somebody and lacks(intent, heard):
        return False
    return any(said.get(name) not in (None, waiting.values.get(name)) for name in told if name in waiting.values)


def _is_spoken_of(waiting: Form, values: Mapping[str, Value], text: str, facts: Facts) -> bool:
    """Tell whether words name whoever a wish is about, or take back what was said of it."""
    slot = facts.intents[waiting.intent].slot_for(Aspect.WHO)
    is_named = slot is not None and str(waiting.values.get(slot.name) or "□") in text
    return is_named or (corrects(text) and any(name in waiting.values for name in values))


def _news(waiting: Form, intent: Intent, said: Reading) -> Mapping[str, Value]:
    """Return what words say of a waiting wish that it does not have yet; a day or an hour alone keeps the other."""
    stays = set() if corrects(said.raw) else {slot.name for slot in intent.slots if forms.is_told(waiting.values, slot)}
    several = [slot for slot in intent.slots if slot.kind.is_of_several]  # 老婆说错了 是36.8: the action sorts out whose it is
    found = of_them(intent, {**said.take(several), **said.take(intent.slots, known=waiting.values)}, said, waiting.values)
    return {name: value for name, value in found.items() if name not in stays and waiting.values.get(name) != value}


def goes_first(form: Form, intent: Intent, facts: Facts) -> bool:
    """Tell whether a further wish goes before those that wait: what wants a proof keeps back nothing for which the address is enough."""
    waiting = [facts.intents[one.intent] for one in forms.chain(form.outer)]
    return not (intent.needs_flat and any(one.needs_address and not one.needs_flat for one in waiting))


def keeps_back(form: Form, facts: Facts) -> bool:
    """Tell whether what waits next behind a form that finds out where somebody lives wants a proof."""
    outer = form.outer
    return outer is not None and facts.intents[form.intent].provides_flat and facts.intents[outer.intent].needs_flat


def queue(form: Form, further: Form, words: str, *, first: bool = False) -> tuple[Form, Line]:
    """Return a gate with one more wish behind it and what to say of it; of more than are held the resident is told."""
    if len(forms.chain(form.outer)) >= forms.QUEUED:
        return form, Line("form.full", {"words": quoted(words)})
    queued = replace(form, outer=replace(further, outer=form.outer)) if first else forms.behind(form, further)
    return queued, Line("form.more", {"words": quoted(words)})
