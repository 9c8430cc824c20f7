"""Words that are kept as they were said, and whether an answer says anything at all."""

import re

from bot.language import answers, questions
from bot.language.kinds.kind import Kind, Message, Slot, Value, bare
from bot.language.normalise import PAUSES

#: Longest free text that is kept.
LENGTH = 200
_OBLIGED = re.compile("(?:谢谢|多谢|麻烦|辛苦|有劳|拜托)(?:你们?|您)?了?[啊哈呀]?")


def says_nothing(text: str) -> bool:
    """Tell whether words give no value though they are said in answer: 等下, 几点能进来, 还没定."""
    return (
        answers.is_hesitation(text)
        or answers.is_leaving(text)
        or answers.is_open(text)
        or answers.is_any(text)
        or questions.is_question(text)
    )


def is_heard(text: str) -> bool:
    """Tell whether words only nod: 嗯 麻烦了 is no place."""
    return all(answers.is_heard(clause) or _OBLIGED.fullmatch(clause) for clause in PAUSES.split(text) if clause)


def read(message: Message, slot: Slot) -> Value | None:
    """Return all that was said, if it says anything."""
    answer = bare(message.whole)
    if says_nothing(message.whole) or is_heard(message.whole) or answers.is_skip(answer) or len(answer) < 2:
        return None
    return message.whole[:LENGTH]


KIND = Kind(name="text", title="原话", read=read, is_free=True, is_worded=True, fits_any_words=True)
