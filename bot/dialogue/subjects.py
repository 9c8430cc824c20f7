"""What was done before, and by which words it is spoken of: by name, by its thing, by its day, by pointing. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard
from bot.dialogue.standing import Standing, Subject
from bot.language.corrections import corrects
from bot.language.kinds import moment
from bot.language.kinds.kind import Aspect
from bot.language.reading import Reading

#: What is done about things that are broken.
_WORK = re.compile("修(?!改|正|订)|水电工")

#: Who was spoken of before.
OF_THEM = re.compile("^(?:那|这下|哦|啊|对了)?[，, ]?(?:他|她|他们|她们|人家|客人|对方|师傅)")

#: One of several things, pointed at by what it is: 刚才货车那个, 装空调的那位.
_POINTS = re.compile(
    r"^(?:啊|哦|对了|那|把|刚才|刚刚|刚|之前|前面|上面|我|俺|说|约|报|订|登记|的|[，, ])*+(?P<what>[\u4e00-\u9fff]{1,8}?)的?(?:那|这)(?:一?[个位张单辆趟件]|边|次|家)"
)

#: One of several things, pointed at by when it is: 明天那个, 周六下午的那张.
_BY_ITS_DAY = re.compile(r"(?:啊|哦|对了|那|把|刚才|我|约|报|的)*(?P<day>[^，,。 ]{2,8}?)的?那(?:一?[个位张单件])(?=.)")

#: What points by no more than a time or a place in the talk: 明天那个, 上面那个.
_POINTS_ANYHOW = re.compile(
    r"[今明后昨前大天早上下中午晚夜里间周星期礼拜一二三四五六日号月点就是我你他她它那这个要改第最后先面边头的得吧还有也都跟和]*"
)


def last_spoken_of(standing: Standing, heard: Heard, facts: Facts) -> Subject | None:
    """Return whoever was spoken of last, where words speak of them and of nobody by name: 他叫李强."""
    if not OF_THEM.search(heard.text) or "师傅" in heard.text or names(standing, heard.text, facts):
        return None
    about = [known for known in standing.subjects if facts.intents[known.intent].is_about_somebody]
    return about[0] if about and about[0].about == standing.subjects[0].about else None


def on_that_day(standing: Standing, heard: Heard, facts: Facts) -> tuple[Sequence[Subject], Heard]:
    """Return what is for the day by which words point at it, and the words behind that: 明天那个改成下午5点."""
    pointed = _BY_ITS_DAY.match(heard.text)
    if pointed is None:
        return (), heard
    said = heard.reading.part(pointed["day"])
    return [known for known in standing.subjects if is_on(known, said, facts)], heard.of(heard.text[pointed.end() :])


def is_on(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether something is for the day that words name."""
    both = _moments(subject, said, facts)
    return both is not None and both[0].date() == both[1].date()


def is_at(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether something is for that hour, of whichever day."""
    both = _moments(subject, said, facts)
    return both is not None and not names_day(said) and both[0].time() == both[1].time()


def _moments(subject: Subject, said: Reading, facts: Facts) -> tuple[datetime, datetime] | None:
    """Return the moment that words tell and the one for which something is; None where either is not known."""
    begins = facts.intents[subject.intent].slot_for(Aspect.BEGINS)
    told, at = (said.take((begins,)).get(begins.name), subject.values.get(begins.name)) if begins else (None, None)
    return (told, at) if isinstance(told, datetime) and isinstance(at, datetime) else None


def names_day(said: Reading) -> bool:
    """Tell whether words say which day is meant; an hour alone does not."""
    return any(span.has_day for span in moment.times_in(said.message()))


def is_visit(subject: Subject, facts: Facts) -> bool:
    """Tell whether somebody was asked to come at a time."""
    intent = facts.intents[subject.intent]
    return intent.is_about_somebody and intent.slot_for(Aspect.BEGINS) is not None


def names(standing: Standing, text: str, facts: Facts) -> bool:
    """Tell whether words speak by name of whoever something done before is about."""
    return any(named(subject, text, facts) for subject in standing.subjects)


def named(subject: Subject, text: str, facts: Facts) -> str:
    """Return the name of whoever a subject is about, where words speak of them by it."""
    name = name_of(subject, facts)
    if name and name not in text and len(name) == 2 and name[0] == name[1]:  # 妹妹 is 我妹
        own = re.search(f"[我俺咱他她](?:家)?{name[0]}(?![{name[0]}夫婿丈父母妈])", text)
        return own[0] if own else ""
    return name if name in text else ""


def name_of(subject: Subject, facts: Facts) -> str:
    """Return what whoever comes is called; empty where nobody does, or without a name."""
    names = (subject.values.get(slot.name) for slot in facts.intents[subject.intent].slots if slot.kind.aspect is Aspect.WHO)
    return next((name for name in names if isinstance(name, str) and name), "")


def meant(standing: Standing, text: str, facts: Facts) -> Sequence[Subject]:
    """Return what words may be about, of several things done those they speak of: whoever comes, the thing that is broken.

    Words that point at one by what none of them was called are about none of them: 刚才货车那个, after a visit of 妈妈.
    """
    spoken_of = [known for known in standing.subjects if named(known, text, facts) or thing(known, text, facts)]
    if not spoken_of and (what := pointed_at(text)):
        return [known for known in standing.subjects if what in known.said]
    if not spoken_of or corrects(text):
        return sorted(standing.subjects, key=lambda known: known not in spoken_of)
    return spoken_of


def pointed_at(text: str) -> str:
    """Return by what words point at one of several things: 货车 of 刚才货车那个; empty where they do not."""
    found = _POINTS.search(text)
    return found["what"] if found and _POINTS_ANYHOW.fullmatch(found["what"]) is None else ""


def thing(subject: Subject, text: str, facts: Facts) -> str:
    """Return the word by which a message speaks of what a subject is about: 插座 of what has no power, 马桶 of what leaks there."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.kind.describes]
    words = (word for slot in read for word in slot.options.get(str(subject.values.get(slot.name)), ()))
    return max((word for word in words if word in text), key=len, default="")


def told_of(subject: Subject, others: Sequence[Subject], text: str, facts: Facts) -> str:
    """Return what a message says of one of several things that it speaks of: 灯不急，马桶能不能今天来看."""
    if not all(thing(known, text, facts) for known in others) or len(others) < 2:
        return text
    said = [words for words in re.split("[，,。;；\n]", text) if words]
    of_it = [words for words in said if thing(subject, words, facts)]
    return "，".join(of_it) if all(any(thing(known, words, facts) for known in others) for words in said) and of_it else text


def speaks_of(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words name who comes, or the thing that is broken."""
    return bool(named(subject, text, facts) or thing(subject, text, facts))


def is_of_work(text: str) -> bool:
    """Tell whether words speak of mending something."""
    return _WORK.search(text) is not None
