"""Forms: what is known, what is asked next, what an answer changes. Pure.

A fact given early is never asked again; a later word about it replaces it, at any time, also when all was just read
back. An answer that says nothing is asked once more with help, then a person is offered; a form is never dropped
silently.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from bot.dialogue.said import of_them
from bot.language import answers, times
from bot.language.addresses import SHOP
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds import consent, flat
from bot.language.kinds import text as text_
from bot.language.kinds.kind import SKIPPED, Aspect, Slot, Value
from bot.language.phrases import fill
from bot.language.reading import Reading

#: A form whose question stays open longer is put away.
EXPIRES = timedelta(minutes=15)

#: A choice among more than so many is asked for in words, and the numbered list shown when the answer fits none.
LISTED = 5

#: A proof has at least so many signs.
PROVES = 4

#: Words as long as this tell what the matter is, though they fit no option.
TELLS = 3

#: Forms put aside for another, at most.
ASIDE = 2

#: Forms that may wait behind one that must come first.
QUEUED = 5

#: Characters of the resident's words that a form keeps; of more the first message and the last ones stay.
LONGEST = 2000

#: Words that tell where, whatever else they name: 天花板靠窗子那个角角.
_WHEREABOUTS = re.compile(
    "[楼层栋幢室房屋间厅厨卫廊角梯口边旁床]|单元|[上下]面|里[头面厢]|外头|铺|店|摊|[东南西北正后侧]门|对面|隔壁|附近"
)

_FLAT = re.compile(rf"\w{{1,4}}栋|{SHOP}")

#: Digits that may be what was asked for as a proof, however they are written.
_DIGITS = re.compile(r"[\d零〇一二三四五六七八九幺](?:[\s\-.]?[\d零〇一二三四五六七八九幺]){3,}")

#: Stands for a proof where words are kept.
_HIDDEN = "****"

_WISH = re.compile(r"^(?:我?要?(?:改|换|修改|更改|重填|填错)一?下?|把)|(?:改一?下|不对|错了?|要改|写错了?)$")


class Stage(StrEnum):
    """How far a form has come."""

    FILLING = ""
    CONFIRM = "confirm"  # all was just read back: a yes counts
    REREAD = "reread"  # other words came between: it is read back again before a yes counts
    CONFIRMED = "confirmed"


@dataclass(frozen=True, kw_only=True)
class Form:
    """An open form. `menu` maps values to what a numbered question shows; `outer` is a form put aside for this one."""

    intent: str
    values: Mapping[str, Value] = field(default_factory=dict)
    asking: str = ""  # the slot whose question is open
    stage: Stage = Stage.FILLING
    tries: int = 0
    menu: Mapping[str, str] = field(default_factory=dict)
    outer: "Form | None" = None
    brief: bool = False  # the opening message gave all that is required: ask for nothing more
    prompt: str = ""  # the question, when an action asked it and not the slot
    called_off: str = ""  # what is said to whoever calls that question off; empty: nothing was done
    agreed: str = ""  # the option of that question which a mere yes stands for
    doubted: Value = ""  # what the action asked about; it counts again where another value was wrong
    words: tuple[str, ...] = ()  # the resident's own, that opened it and answered it
    about: str = ""  # what was done before and is meant, such as ticket:K3M9
    is_agreed: bool = False  # it was read back and agreed to; what is asked back since only makes it plain
    is_read: bool = False  # what is long was read in full already
    is_listed: bool = False  # its numbered options were shown already: what comes in between is followed by the question alone
    is_guess: bool = False  # the resident did not plainly say so: nothing is done before it was read back

    @property
    def is_read_back(self) -> bool:
        """All is known; what is left is a yes."""
        return self.stage in {Stage.CONFIRM, Stage.REREAD} and not self.prompt


#: A question that no action asked.
_UNPROMPTED: Mapping[str, Any] = {"prompt": "", "called_off": "", "agreed": "", "doubted": ""}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a form stands after a message."""

    form: Form
    kind: Literal["asks", "confirms", "ready"]
    slot: str = ""


def begin(intent: Intent, values: Mapping[str, Value], outer: Form | None = None, words: str = "") -> Form:
    """Open a form with what is known already; `words` are the resident's own."""
    given = {slot.name: slot.default for slot in intent.slots if slot.default}
    kept = unproven(words, intent, values)
    form = Form(intent=intent.id, values={**given, **values}, outer=outer, words=(kept,) if kept else ())
    return replace(form, brief=bool(values) and all(slot.name in form.values for slot in intent.slots if slot.required))


def described(form: Form, intent: Intent) -> Form:
    """Return the form of somebody who told what the matter is: a choice that their words fit none of is not asked for."""
    told = {slot.name: slot.otherwise for slot in intent.slots if slot.otherwise and slot.name not in form.values}
    return replace(form, values={**form.values, **told}) if told else form


def proceed(form: Form, intent: Intent) -> Progress:
    """Ask for the next slot, read back, or be ready."""
    for slot in intent.slots:
        if slot.name in form.values or not slot.ask:
            continue
        if slot.required or (slot.skippable and not form.brief):
            return Progress(form=ask(form, slot), kind="asks", slot=slot.name)
    if (intent.confirm or form.is_guess) and form.stage is not Stage.CONFIRMED and not form.is_agreed:
        return Progress(form=confirm(form), kind="confirms")
    return Progress(form=form, kind="ready")


def ask(form: Form, slot: Slot) -> Form:
    """Return the form with the question for a slot open."""
    is_listed = form.is_listed and form.asking == slot.name and not form.prompt
    return replace(form, asking=slot.name, stage=Stage.FILLING, tries=0, menu=_menu(slot), is_listed=is_listed, **_UNPROMPTED)


def confirm(form: Form) -> Form:
    """Return the form as it is read back: a yes does it."""
    return replace(form, asking="", stage=Stage.CONFIRM, tries=0, menu={}, **_UNPROMPTED)


def ask_back(form: Form, slot: str, options: Mapping[str, str], prompt: str, called_off: str, agreed: str = "") -> Form:
    """Return the form with a question open that its action asked."""
    values = {name: value for name, value in form.values.items() if name != slot}
    return replace(
        form, values=values, asking=slot, stage=Stage.FILLING, menu=dict(options), prompt=prompt, called_off=called_off, tries=0,
        is_listed=False, agreed=agreed, doubted=form.values.get(slot, ""),
        is_agreed=form.is_agreed or form.stage is Stage.CONFIRMED,
    )  # fmt: skip


def asked(form: Form, intent: Intent) -> Slot | None:
    """Return the slot whose question is open."""
    return next((slot for slot in intent.slots if slot.name == form.asking), None)


def asks_whether(form: Form, intent: Intent) -> bool:
    """Tell whether an action read back what it is about to do and asked for a yes."""
    slot = asked(form, intent)
    return bool(form.prompt) and slot is not None and slot.kind.aspect is Aspect.WHETHER


def listed(form: Form, intent: Intent) -> Mapping[str, str]:
    """Return what the open question shows as a numbered list: a long choice only to whoever did not find the words."""
    slot = asked(form, intent)
    is_long = len(form.menu) > LISTED and not form.prompt and slot is not None and slot.kind.aspect is Aspect.WHICH
    return {} if is_long and not form.tries else form.menu


def unproven(words: str, intent: Intent, values: Mapping[str, Value], asking: str = "") -> str:
    """Return words as they may be kept: without what shows who somebody is, said just now or asked for."""
    for slot in intent.slots:
        if not slot.kind.is_secret:
            continue
        said = str(values.get(slot.name, ""))
        if slot.name == asking:
            words = _DIGITS.sub(_HIDDEN, words)
        if len(said) < PROVES or not any(sign.isdigit() for sign in said):
            continue
        hidden = re.sub(re.escape(said), _HIDDEN, words, flags=re.IGNORECASE)
        words = hidden if _HIDDEN in hidden else f"[{slot.title}]"  # 尾号零四二一
    return words


def heard(form: Form, words: str, intent: Intent) -> Form:
    """Return the form with the resident's words kept in it."""
    words = unproven(words, intent, form.values, form.asking)
    if not words or words in form.words:
        return form
    first, *more = (*form.words, words)
    while len(more) > 1 and len(first) + sum(map(len, more)) > LONGEST:
        del more[0]
    return replace(form, words=(first, *more))


def with_values(form: Form, values: Mapping[str, Value], intent: Intent) -> Form:
    """Return the form with further values; an end that a new start has overtaken goes."""
    return replace(form, values=_consistent({**form.values, **values}, values, intent))


def exchanged(form: Form, old: Form, new: Form) -> Form:
    """Return the form with one of those that wait behind it in another state."""
    if form is old:
        return new
    return replace(form, outer=exchanged(form.outer, old, new)) if form.outer else form


def behind(form: Form, further: Form) -> Form:
    """Return the form with a further one that waits behind all others."""
    return replace(form, outer=behind(form.outer, further) if form.outer else further)


def talked_over(form: Form) -> Form:
    """Return the form after other words came between: what was read back must be read back again before a yes counts."""
    return replace(form, stage=Stage.REREAD) if form.stage is Stage.CONFIRM or form.prompt else form


def chain(form: Form | None) -> list[Form]:
    """Return a form and those put aside for it, the newest first."""
    return [form, *chain(form.outer)] if form else []


def closed(form: Form | None, intents: Collection[str]) -> Form | None:
    """Return what is left of a form and those that wait behind it, without those for these intents."""
    kept: Form | None = None
    for one in reversed(chain(form)):
        kept = kept if one.intent in intents else replace(one, outer=kept)
    return kept


def aside(form: Form, starting: str) -> Form | None:
    """Return what waits while `starting` is dealt with: at most ASIDE forms, none of them for the same."""
    kept: Form | None = None
    for waiting in reversed([item for item in chain(form) if item.intent != starting][:ASIDE]):
        kept = replace(talked_over(waiting), outer=kept, is_listed=False)
    return kept


def meant(form: Form, intent: Intent, text: str) -> Slot | None:
    """Return the slot that is named as what shall change: 时间, 改车牌."""
    if not form.is_read_back:
        return None
    named = _WISH.sub("", text.strip(" ，。,.!！"))
    askable = [slot for slot in intent.slots if slot.ask or slot.title]
    return next((slot for slot in askable if named == slot.title or named in slot.kind.called), None)


def answer(form: Form, intent: Intent, message: Reading) -> Form | None:
    """Return the form with what a message says filled in, None when it says nothing about it."""
    text = message.raw
    chosen = _choose(form, intent, text)
    if chosen is not None:
        by_words = len(text) > 1 and "第" not in text and not text.strip().isdigit()  # 电梯 picks the fault and says the place
        also = message.take(intent.slots) if by_words else {}
        return replace(form, values={**form.values, **also, **chosen}, tries=0)
    said = _joined(form, intent, _read(form, intent, message), text)
    changed = {name: value for name, value in said.items() if form.values.get(name) != value}
    if form.asking not in said and not changed and (slot := asked(form, intent)) and slot.otherwise and len(text) >= TELLS:
        said = {slot.name: slot.otherwise}
    if form.asking not in said and not changed:
        return None
    if form.doubted and form.asking not in said and corrects(text):  # 单元错了，是1单元: the room was right
        said = {**said, form.asking: form.doubted}
    return replace(form, values=_consistent({**form.values, **said}, said, intent), tries=0)


def _read(form: Form, intent: Intent, message: Reading) -> dict[str, Value]:
    """Return what a message says about the form; for the open question a bare word is enough."""
    text = message.raw
    wanted = asked(form, intent)
    if wanted and wanted.kind is text_.KIND and form.menu:  # an action asked which: any other words are no answer
        wanted = _proven_early(form, intent, text)
    said = of_them(
        intent, message.take(intent.slots, asked=wanted.name if wanted else None, known=form.values), message, form.values
    )
    if (
        wanted
        and wanted.kind.aspect is Aspect.WHERE
        and said.get(wanted.name) == text.strip()
        and _tells_of_another(said, wanted, intent)
    ):
        if not _WHEREABOUTS.search(text):
            del said[wanted.name]  # 灯坏了 is no place
    if wanted and wanted.kind is flat.BUILDING and not any(slot.kind.is_part for slot in intent.slots if slot.name in said):
        said |= {slot.name: room for slot in intent.slots if slot.kind is flat.ROOM and (room := flat.room_alone(text))}
    if not corrects(text):
        stays = {slot.name for slot in intent.slots if slot.name != form.asking and is_told(form.values, slot)}
        said = {name: value for name, value in said.items() if name not in stays}
    if wanted and wanted.kind.aspect is Aspect.WHO and wanted.name in said and wanted.name not in message.take((wanted,)):
        others = [slot for slot in intent.slots if slot != wanted]
        if message.part(str(said[wanted.name])).take(others):  # 两个人 is no name
            del said[wanted.name]
    return said


def _proven_early(form: Form, intent: Intent, text: str) -> Slot | None:
    """Return the slot of a proof that is told before it is asked for: 6189, while it is asked of which community."""
    if len(text) < PROVES or _DIGITS.fullmatch(text) is None:
        return None
    return next((slot for slot in intent.slots if slot.kind.is_secret and slot.name not in form.values), None)


def is_told(values: Mapping[str, Value], slot: Slot) -> bool:
    """Tell whether a choice was made in the resident's own words before, which no mention changes: 天花板 only says where."""
    return slot.kind.aspect is Aspect.WHICH and values.get(slot.name, slot.otherwise) != slot.otherwise


def _tells_of_another(said: Mapping[str, Value], asked: Slot, intent: Intent) -> bool:
    """Tell whether the words were taken for a choice, too, so that they are no place of their own."""
    return any(slot.kind.aspect is Aspect.WHICH and slot.name in said and slot != asked for slot in intent.slots)


def _joined(form: Form, intent: Intent, said: dict[str, Value], text: str) -> dict[str, Value]:
    """Put a flat and a place said one after the other together: 3栋2单元 and 电梯."""
    for slot in intent.slots:
        old, new = form.values.get(slot.name), said.get(slot.name)
        if slot.kind.aspect is not Aspect.WHERE or not isinstance(old, str) or not isinstance(new, str) or corrects(text):
            continue
        old_flat, new_flat = _FLAT.match(old) is not None, _FLAT.match(new) is not None
        if old and old_flat != new_flat and old not in new and new not in old:
            said[slot.name] = new + old if new_flat else old + new
    return said


def is_past(form: Form, intent: Intent, now: datetime) -> Slot | None:
    """Return the slot whose time is over already; nothing is booked in the past."""
    for slot in intent.slots:
        value = form.values.get(slot.name)
        if slot.kind.books and isinstance(value, datetime) and times.is_past(value, now):
            return slot
    return None


def without(form: Form, slot: Slot) -> Form:
    """Return the form with a value taken back."""
    kept = {name: value for name, value in form.values.items() if name != slot.name}
    return replace(form, values=kept, asking="", stage=Stage.FILLING)


def read_back(form: Form, intent: Intent, now: datetime, facts: Mapping[str, Any]) -> str:
    """Return the intent's `confirm:` with the values as they were understood."""
    return fill(intent.confirm, {**facts, **spoken(form, intent, now)}, now)


def spoken(form: Form, intent: Intent, now: datetime) -> dict[str, str]:
    """Return all values as one says them."""
    by_name = {slot.name: slot for slot in intent.slots}
    return {name: by_name[name].say(value, now) for name, value in form.values.items() if name in by_name}


def given(form: Form) -> dict[str, Value]:
    """Return the values for the action: those that were left out on purpose are missing."""
    return {name: value for name, value in form.values.items() if value != SKIPPED}


def _menu(slot: Slot) -> dict[str, str]:
    if slot.suggest:
        return {suggestion: suggestion for suggestion in slot.suggest}
    if slot.kind.has_options:
        return {value: slot.label(value) for value in slot.options}
    return {}


def _choose(form: Form, intent: Intent, text: str) -> dict[str, Value] | None:
    """Return the menu's value that was picked; suggestions of free slots are read as if they had been typed."""
    if not form.menu or all(value == shown for value, shown in form.menu.items()):
        return None
    shown = list(form.menu.values())
    slot = asked(form, intent)
    is_consent = slot is not None and slot.kind is consent.KIND
    if is_consent:
        shown = [""] * len(shown)  # 为什么要我同意 names one of the two and chooses neither: by words the kind alone is answered
    index = answers.pick(text, shown)
    if index is None and form.prompt and not is_consent:
        index = answers.named(text, shown)
    if index is None:
        return None
    value = list(form.menu)[index]
    several = any(slot.name == form.asking and slot.kind.holds_several for slot in intent.slots)
    return {form.asking: [value] if several else value}


def suggestion(form: Form, text: str) -> str:
    """Return the words of the suggestion picked by number, else the text itself."""
    shown = list(form.menu.values())
    if not shown or list(form.menu) != shown:
        return text
    index = answers.pick(text, shown) if len(text.strip()) <= 4 else None
    return text if index is None else shown[index]


def _consistent(values: dict[str, Value], said: Mapping[str, Value], intent: Intent) -> dict[str, Value]:
    """Drop an end that a new start has overtaken."""
    begins, ends = intent.slot_for(Aspect.BEGINS), intent.slot_for(Aspect.ENDS)
    if begins is None or ends is None or ends.name in said:
        return values
    start, end = values.get(begins.name), values.get(ends.name)
    if isinstance(start, datetime) and isinstance(end, datetime) and end <= start:
        del values[ends.name]
    return values
