"""Asked whether a visit or a repair is called off: what says yes to that, and what speaks of another. Pure."""

import re

from bot.dialogue import forms, subjects
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard
from bot.dialogue.standing import Standing
from bot.dialogue.starting import accepted
from bot.language import answers, courtesy, people, questions
from bot.language.files import Intent
from bot.language.kinds import called
from bot.language.kinds.kind import Slot, Value

#: Asked whether something is called off, who says so once more says yes: 是的不要来了. 怎么还不来 presses for it.
_NOBODY_COMES = re.compile(
    r"(?<![还都])(?:不|别|莫|甭|唔)(?:要|用|需要|使|必)?(?:再)?(?:来|修|过来|上门|跑)(?:一趟)?了?[吧哈啊]?$"
)
#: Or says yes and which: 对就那个灯 其他两个照旧. 好的，那他几点到 says neither.
_YES_THAT_ONE = re.compile(
    r"^(?:对+|是的?|嗯+|好的?|行|可以|没错|确认|要得|中)[，, ]*(?:就|只|那就?)?(?:是)?(?:取消|撤|退|作废|不要|这个|那个|她的|他的|.{1,6}的?那[个张单])"
    r"(?!.*(?:先不|别取消|不取消|再说))"
)

#: Asked whether it is called off, the word itself says yes, however politely: 取消, 那就取消掉. 算了 and 不取消 leave it as it is.
_THE_WORD = re.compile(
    r"(?:嗯|那|就|请|麻烦|给我|帮我|还是|都|对|[，, ])*(?:取消|撤销|撤掉|作废)(?:它|掉|了|吧|谢谢|啊|呀|[。!！~ ])*"
)

#: Which of those that may be called off stays: 周三的也要保留, 都留着.
_STAYS = re.compile(
    r"(?:的|那[个张位]|都|也|先|还是|就|要|给我)(?:也|都|先|还|就|得|要|给我)*(?:保留|留着|留下|照旧|别动|不动|别取消|不取消|不要取消|不用取消)[吧了的呀啊哈]*$"
)
#: One more is called off, too: 还有一个也取消, 我弟也不来了.
_TOO = re.compile(
    r"(?:也|还有|另外|另一|其他|剩下|那).{0,8}?(?:取消|作废|撤掉?|删掉?|退掉?|不要|不来|来不了|不用来|来不成)[了吧啊呀哈掉的]*$"
)


def keeps(form: Form, intent: Intent, text: str) -> bool:
    """Tell whether who is asked what is called off says that something stays: nothing goes by that."""
    return (
        bool(intent.cancels) and bool(form.prompt) and _STAYS.search(text) is not None and courtesy.begins_with_yes(text) is False
    )


def ends_another(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether who is asked about one says that another is called off: 我弟也不来了, while 妹妹 is read back."""
    if not intent.cancels or not forms.asks_whether(form, intent) or questions.is_question(heard.text):
        return False
    best = accepted(heard, facts.intents)
    is_else = best is not None and best.id != intent.id and intent.id not in best.follow_ups
    if is_else or courtesy.begins_with_yes(heard.text):
        return False
    is_named = _NOBODY_COMES.search(heard.text) is not None and _names_somebody_else(standing, form, intent, heard, facts)
    return is_named or _TOO.search(heard.text) is not None


def several(form: Form, intent: Intent, text: str) -> tuple[str, ...]:
    """Return what was picked of a menu, where words pick several of it at once: 1和2都取消."""
    shown = list(form.menu)
    if not intent.cancels or not form.prompt or len(shown) < 2 or forms.asks_whether(form, intent):
        return ()
    numbers = answers.picks_several(text)
    return tuple(shown[number - 1] for number in numbers) if numbers and max(numbers) <= len(shown) and min(numbers) else ()


def agrees(intent: Intent, text: str) -> bool:
    """Tell whether words agree that what was done is called off: 嗯，取消吧. A bare 取消 picks none of several."""
    return bool(intent.cancels) and courtesy.begins_with_yes(text) and answers.is_cancel(text)


def insists(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether who is asked for it says once more, or says yes and of which, that nobody shall come; a question decides nothing."""
    if not intent.cancels or not forms.asks_whether(form, intent) or questions.is_question(heard.text):
        return False
    if _THE_WORD.fullmatch(heard.text):
        return True
    said = "，".join(clause for clause in courtesy.clauses(heard.text) if not _is_of_else(clause, intent, facts))
    says_so = any(words.search(said) for words in (_NOBODY_COMES, _YES_THAT_ONE))
    return says_so and not _speaks_of_another(standing, form, intent, heard, facts)


def _is_of_else(clause: str, intent: Intent, facts: Facts) -> bool:
    """Tell whether a clause speaks of mending where a visit is about to be called off, or of somebody's coming where a repair is."""
    is_visit = any(facts.intents[name].is_about_somebody for name in intent.cancels if name in facts.intents)
    return subjects.is_of_work(clause) if is_visit else people.speaks_of_kin(clause)


def _speaks_of_another(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words call off something else than the question names: 姑姑不来了, asked of 表哥; 灯泡不用修了, of a pass."""
    return _names_somebody_else(standing, form, intent, heard, facts) or _names_something_else(form, intent, heard, facts)


def _names_somebody_else(standing: Standing, form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    known = [name for subject in standing.subjects if (name := subjects.named(subject, heard.text, facts))]
    ends, best = _NOBODY_COMES.search(heard.text), accepted(heard, facts.intents)
    who = heard.text[: ends.start()] if ends is not None else ""
    if not called.is_described(who) or (subjects.OF_THEM.search(who) and (best is None or best.id == intent.id)):
        who = ""  # 客人 is whoever is asked about
    return any(name not in form.prompt for name in (*known, called.called(who)))


def _names_something_else(form: Form, intent: Intent, heard: Heard, facts: Facts) -> bool:
    best = accepted(heard, facts.intents)
    ended = {*intent.cancels, *(best.cancels if best is not None else ())} & facts.intents.keys()
    told = [slot for name in ended for slot in facts.intents[name].slots if slot.kind.describes]
    said = [(slot, value) for slot in told for value in heard.reading.take((slot,)).values() if value != slot.otherwise]
    return any(not _is_named(form.prompt, slot, value, heard.text) for slot, value in said)


def _is_named(prompt: str, slot: Slot, value: Value, text: str) -> bool:
    """Tell whether a question names a value that words give, by itself or by a word that stands for it there and here."""
    words = [word for word in slot.options.get(str(value), ()) if word in text]
    return any(word in prompt for word in (str(value), slot.label(str(value)), *words))
