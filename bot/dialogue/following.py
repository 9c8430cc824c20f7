"""What is said after something was done and belongs to it: a change, its end, a question about it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue import forms
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, read_slots
from bot.dialogue.standing import For, Menu, Person, Standing, Subject
from bot.dialogue.starting import PLAUSIBLE, accepted, quoted, start
from bot.dialogue.steps import Amend, Attach, Do, Line, Say, ShowMenu, Step
from bot.language import answers, courtesy, leftovers, questions, slots, times
from bot.language.files import Intent
from bot.language.normalise import PAUSES

#: What adds to something done without correcting it is believed for so long: 两个人, 车牌粤B12345.
ADDS = timedelta(minutes=30)

#: Photos sent this soon after something was done belong to it.
PHOTO_FOLLOWS = timedelta(minutes=15)

#: Whoever says more than this tells of something else.
LONGEST = 30

#: Kinds of slots by whose values one tells something else: a remark, a name or a choice may stand in any reason.
_TELLING = {"plate", "phone", "room", "temperature", "start", "end", "count", "unit", "building", "place", "flag"}

#: Who was spoken of before.
OF_THEM = re.compile("^(?:那|这下|哦|啊|对了)?[，, ]?(?:他|她|他们|她们|人家|客人|对方|师傅)")

#: How many there are now, held against before.
_COMPARED = re.compile("(?:又|再|还)?(?:多|少|加|减)了?(?:一|两|几|\\d)个|总共|一共|都算上")

#: The thing that is spoken of, and what points at it.
_POINTED_AT = re.compile("^.{0,4}□的?(?:那|这)?(?:个|边|块儿?|头|事儿?|单|单子)?(?:的)?(?:事儿?)?")

#: What may stand beside a value without asking for anything.
_SAYS_NO_MORE = re.compile(
    r"(?:[\s，,。.:：、~～!！]|是|的|为|到|来|走|左右|前后|多|钟|大概|大约|差不多|吧|哦|噢|啊|呀|嗯|那|就|改|他|她|它|号|电话|手机|车|牌照|牌号|车牌|号牌|尾号|应该|开)*"
)

_SAME_TIME = re.compile("(?:一样|同样|同|原来|刚才|那个)的?(?:时间|时候|钟点|点)|时间(?:不变|照旧|一样)|老时间")


def follow(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what is done about something done before, None when the words are not about it."""
    if not heard.text or len(heard.text) > LONGEST:
        return None
    for subject in standing.subjects:
        if step := _replaced(standing, subject, heard, facts):
            return step
    for subject in meant(standing, heard.text, facts):
        step = _called(standing, subject, heard, facts) or _amended(standing, subject, heard, facts)
        if step is not None:
            return step
    return None


def _replaced(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return the end of something done where another of its kind takes its place: 小乔那个取消 换成阿曼 一样的时间."""
    first, *rest = courtesy.clauses(heard.text) or [""]
    intent, who = facts.intents[subject.intent], named(subject, first, facts)
    values = slots.extract("，".join(rest), intent.slots, facts.now) if who and rest else {}
    if not values:
        return None
    if _SAME_TIME.search(heard.text):
        kept = {
            slot.name: subject.values[slot.name] for slot in intent.slots if slot.type == "start" and slot.name in subject.values
        }
        values = {**kept, **values}
    step = _called(standing, subject, replace(heard, text=first), facts, forms.begin(intent, values, None, heard.text))
    if not isinstance(step, Do) or intent.id not in facts.intents[step.form.intent].cancels:
        return None
    return replace(step, before=(Line("heard", {"words": quoted(heard.text)}),))


def _called(standing: Standing, subject: Subject, heard: Heard, facts: Facts, outer: Form | None = None) -> Step | None:
    """Return the start of what the subject's file says is called by these words: 不用来了 after a repair was reported."""
    said = [PAUSES.sub("", heard.text), *_beside(subject, heard, facts)]
    if who := named(subject, heard.text, facts):  # 老马不来了 is 他不来了
        said = [words.replace(who, "他", 1) for words in said]
    if thing := _thing(subject, heard.text, facts):  # 窗户那个不用了 is 不用了
        said += [_POINTED_AT.sub("", words.replace(thing, "□", 1)) for words in said if thing in words]
    for name, sentences in facts.intents[subject.intent].follow_ups.items():
        if name in facts.intents and any(sentence.match(words) is not None for sentence in sentences for words in said):
            return start(standing, facts.intents[name], heard, facts, outer=outer, about=subject.about)
    return None


def _beside(subject: Subject, heard: Heard, facts: Facts) -> Sequence[str]:
    """Return the clauses of which one may call for something where the others only give a reason: 不用来了 我自己弄好了."""
    said = courtesy.clauses(heard.text)
    if len(said) < 2 or slots.corrects(heard.text):
        return ()
    return [words for i, words in enumerate(said) if not _news(subject, "，".join((*said[:i], *said[i + 1 :])), facts)]


def _news(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words give a value of their own, so that they are more than a reason; what is over is told."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.type in _TELLING]
    found = slots.extract(text, read, facts.now, known=subject.values)
    return any(
        value != subject.values.get(name) and not (isinstance(value, datetime) and value < facts.now)
        for name, value in found.items()
    )


def _amended(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return the change of what was done; words that plainly want something else change nothing."""
    changeable = facts.amendable.get(subject.intent)
    if not changeable or asks(heard.text):
        return None
    intent, corrects = facts.intents[subject.intent], slots.corrects(heard.text)
    read = [slot for slot in intent.slots if slot.name in changeable]
    now = next((slot.name for slot in read if slot.type == "start"), None) if answers.is_now(heard.text) else None
    values = slots.extract(heard.text, read, facts.now, asked=now, known=subject.values)
    changed = {name: value for name, value in values.items() if subject.values.get(name) != value}
    if not changed and facts.now - subject.at < ADDS and (broken := leftovers.broken_plate(heard.text, read)):
        return Say(standing=standing.calm(), phrase=Line("plate.broken", {"value": broken}), kind="asks", intent=intent.id)
    if not changed or not (corrects or _adds(subject, changed, intent, heard, facts)):
        return None
    return Amend(standing=standing.calm(), subject=subject, values=changed, words=heard.text)


def names(standing: Standing, text: str, facts: Facts) -> bool:
    """Tell whether words speak by name of whoever something done before is about."""
    return any(named(subject, text, facts) for subject in standing.subjects)


def named(subject: Subject, text: str, facts: Facts) -> str:
    """Return the name of whoever a subject is about, where words speak of them by it."""
    names = (subject.values.get(slot.name) for slot in facts.intents[subject.intent].slots if slot.type == "name")
    return next((name for name in names if isinstance(name, str) and name and name in text), "")


def meant(standing: Standing, text: str, facts: Facts) -> Sequence[Subject]:
    """Return what words may be about, of several things done those they speak of: whoever comes, the thing that is broken."""
    spoken_of = [known for known in standing.subjects if named(known, text, facts) or _thing(known, text, facts)]
    if not spoken_of or slots.corrects(text):
        return sorted(standing.subjects, key=lambda known: known not in spoken_of)
    return spoken_of


def _thing(subject: Subject, text: str, facts: Facts) -> str:
    """Return the word by which a message speaks of what a subject is about: 插座 of what has no power."""
    choices = [slot for slot in facts.intents[subject.intent].slots if slot.type == "choice"]
    said = slots.extract(text, choices, facts.now) if choices else {}
    words = (
        word
        for slot in choices
        if slot.name in said and said[slot.name] == subject.values.get(slot.name)
        for word in slot.options.get(str(said[slot.name]), ())
    )
    return max((word for word in words if word in text), key=len, default="")


def asks(text: str) -> bool:
    """Tell whether words want an answer, and no change: 改上午行不行 wants one."""
    is_request = courtesy.is_polite_request(text) or courtesy.worries(text)
    return questions.is_question(text) and not is_request and not slots.corrects(text)


def _adds(subject: Subject, changed: Mapping[str, slots.Value], intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words add to a subject: what it lacks so far, soon after, and nothing else is wished in full."""
    if OF_THEM.search(heard.text):  # 他换车了 苏E90J6M, hours later
        return True
    kinds = {slot.type for slot in intent.slots if slot.name in changed}
    if kinds == {"count"} and _COMPARED.search(heard.text):  # 又多了一个，总共六个人
        return True
    if facts.now - subject.at > ADDS:
        return False
    if _is_value_alone(heard.text, intent, facts):
        return True
    wished = accepted(heard, facts.intents) or _told_in_full(heard, facts)
    if wished is None:
        return True
    if wished.id != intent.id:
        presses = wished.id in intent.follow_ups and intent.id not in wished.cancels  # 阳台 快点来
        return not wished.emergency and not wished.small_talk and (presses or _lacks(wished, heard, facts))
    required = {slot.name for slot in intent.slots if slot.required}
    return not required & set(changed) or _is_of_same_visit(subject, changed, intent, heard, facts)


def _is_of_same_visit(
    subject: Subject, changed: Mapping[str, slots.Value], intent: Intent, heard: Heard, facts: Facts
) -> bool:  # fmt: skip
    """Tell whether words say more of who comes and name no day of their own: 闺女下午两点到, after 闺女礼拜六来."""
    who = {slot.name for slot in intent.slots if slot.type == "name"}
    is_known = named(subject, heard.text, facts) and not who & set(changed)
    return bool(is_known) and not any(span.has_day for span in times.find(heard.text, facts.now))


def _is_value_alone(text: str, intent: Intent, facts: Facts) -> bool:
    """Tell whether a message is a value and what it is called, and nothing else: 车牌粤B12345, 十点左右到."""
    left = slots.unvalued(text, facts.now)
    for slot in sorted(intent.slots, key=lambda slot: -len(slot.title)):
        left = left.replace(slot.title, "") if slot.title else left
    return left != text and _SAYS_NO_MORE.fullmatch(left) is not None


def _told_in_full(heard: Heard, facts: Facts) -> Intent | None:
    """Return the likely wish that the words tell all of: 我朋友王芳明天下午三点来 is about her, not about when the plumber comes."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.confidence < PLAUSIBLE:
        return None
    intent = facts.intents[best.intent]
    needs = any(slot.required for slot in intent.slots)
    return intent if needs and not _lacks(intent, heard, facts) else None


def _lacks(wished: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether another wish would have to ask for what the words do not say: 明天上午来看就行 names no visitor."""
    given = read_slots(wished, heard, facts.now)
    return any(slot.required and slot.name not in given for slot in wished.slots)


def ended(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the end of something done, where the open form only presses for it or asks about it: 又会动了 不用来了."""
    if standing.form is None:
        return None
    about = standing.form.intent
    for subject in standing.subjects:
        if about not in facts.intents[subject.intent].follow_ups or subject.intent in facts.intents[about].cancels:
            continue
        step = _called(replace(standing, form=None), subject, heard, facts)
        if isinstance(step, Do) and subject.intent in facts.intents[step.form.intent].cancels:
            return step
    return None


def at_ease(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return a nod to whoever leaves open what nobody asks for any more, or says what is so already: 随时来, 没开车, 就现在."""
    subject = next((known for known in standing.subjects if facts.now - known.at < ADDS), None)
    if subject is None or accepted(heard, facts.intents) is not None:
        return None
    if standing.person is Person.ASKED and not named(subject, heard.text, facts):
        return None
    is_left = any(_leaves(words) for words in (heard.text, *courtesy.clauses(heard.text)))
    if not is_left and not _is_so(subject, heard.text, facts):
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent)


def _is_so(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words say nothing but what is so already."""
    intent = facts.intents[subject.intent]
    now = next((slot.name for slot in intent.slots if slot.type == "start"), None) if answers.is_now(text) else None
    values = slots.extract(text, intent.slots, facts.now, asked=now)
    is_same = bool(values) and all(subject.values.get(name) == value for name, value in values.items())
    return is_same and (now is not None or _is_value_alone(text, intent, facts))


def says_more(text: str) -> bool:
    """Tell whether words do not only leave open what was asked: 随时来 钥匙在鞋柜里."""
    return not _leaves(text) and any(not _leaves(words) and not courtesy.is_courtesy(words) for words in courtesy.clauses(text))


def _leaves(text: str) -> bool:
    """Tell whether words leave open what was asked."""
    return any(leave(text) for leave in (answers.is_any, answers.is_open, answers.is_skip, answers.is_hesitation))


def picture(standing: Standing, facts: Facts) -> Step | None:
    """Return where photos belong that come after something was done; of two things which is asked."""
    fresh = [known for known in standing.subjects if facts.now - known.at < PHOTO_FOLLOWS and _takes_photos(known, facts)]
    if not fresh:
        return None
    if len(fresh) == 1:
        return Attach(standing=standing, about=fresh[0].about)
    menu = Menu(options=tuple(known.about for known in fresh), shown_for=For.PHOTOS)
    return ShowMenu(standing=replace(standing.calm(), menu=menu), menu=menu, phrase=Line("photo.which"))


def _takes_photos(subject: Subject, facts: Facts) -> bool:
    return any(slot.type == "photo" for slot in facts.intents[subject.intent].slots)
