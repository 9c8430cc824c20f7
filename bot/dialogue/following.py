"""What is said after something was done and belongs to it: a change, its end, a question about it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue import forms
from bot.dialogue.amending import (
    ADDS,
    BRIEF,
    NEVER_SAID,
    adds,
    asks,
    changes,
    changes_count,
    is_so,
    is_surnamed,
    is_value_alone,
    takes,
)
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, read_slots
from bot.dialogue.standing import For, Menu, Person, Standing, Subject
from bot.dialogue.starting import accepted, again, quoted, start, visit_there
from bot.dialogue.steps import Amend, Attach, Do, Line, Say, ShowMenu, Step
from bot.dialogue.subjects import (
    _WORK,
    OF_THEM,
    is_at,
    is_on,
    is_visit,
    last_spoken_of,
    meant,
    name_of,
    named,
    names,
    names_day,
    on_that_day,
    pointed_at,
    speaks_of,
    thing,
    told_of,
)
from bot.language import answers, courtesy, leftovers, people, questions
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds import called, moment
from bot.language.kinds.kind import Aspect, Value
from bot.language.matching.matcher import TEMPLATE
from bot.language.normalise import PAUSES
from bot.language.reading import Reading

#: Who came is said to have left within a day's visit.
LEAVES = timedelta(hours=18)

#: Photos sent this soon after something was done belong to it.
PHOTO_FOLLOWS = timedelta(minutes=15)

#: Whoever says more than this tells of something else.
LONGEST = 30

#: Characters of a breath that only presses.
PRESSING = 6

#: What was about to be called off stays.
_KEEPS = re.compile("(?:别|莫|甭|不要|不用|先不|不)(?:取消|撤|删|作废|退)|留着|照旧")

#: Which of several stays: 周三的也要保留.
_KEEPS_THAT_ONE = re.compile(
    "的(?:那[个张位]|这[个张位]|一[个张])?(?:也|都|先|还|就|得|要|给我)*(?:别取消|不取消|别撤|不撤|留|保留|照旧|别动|不动|不用取消|不要取消)"
)

#: Somebody further: 还有小谭.
_ALSO = re.compile("^(?:还有|仲有|另外|再有|再加|加上|对了|也|又)|也要?[来到]")

#: Whoever is expected comes on that day, too: 后天也来, 周五还来一趟.
_ALSO_THEN = re.compile(
    "(?:也|还)(?:要|会|想|得|是|再|一起|过|都|到时候)*(?:来|到(?!时|底)|嚟|上门|过来|住)(?!不|修)(?!.{0,6}(?:行|可以|方便)(?:[,，。吧的]|$))"
)

#: A day would do as well: 后天也可以.
_SUITS_TOO = re.compile("也(?:都|还)?(?:行|可以|成|中|得闲|方便|没问题|ok|有空)(?:[吧的啊呀了，,。]|$)")

#: Who came has left.
_GONE = re.compile(
    r"^(?:嗯|好|那|哦|啊)?[，, ]?(?:他|她|人|人家|客人|他们|她们)?(?:都|已经|刚|刚刚|也)?(?:回去|到家|回家|离开|送走)(?:了|啦|喽)(?!吗|没)"
)

#: The thing that is spoken of, and what points at it.
_POINTED_AT = re.compile("^.{0,4}□的?(?:那|这)?(?:个|边|块儿?|头|事儿?|单|单子)?(?:的)?(?:事儿?)?")

#: One of several is off, pointed at by its hour or day: 那个8点的不要.
_AT_IS_OFF = re.compile(
    r"(?:啊|哦|对了|那|把|就|[那这]个|[那这]张){0,4}(?P<at>[^，,。\s]{2,10}?)的?(?:[那这]一?[个位张次]|人)?(?:也|都|先|就|给我|帮我){0,4}(?:不要|取消|作废|撤掉?|删掉?|退掉?|不来|来不了|不用来|别来)(?:了|吧|掉|呀|啊)*"
)

#: Behind each question of a message: 几个人？就两个.
_BREATHS = re.compile("(?<=[?？])")

#: Yes, and quickly, of a pass that is made already.
_HURRIES = re.compile(
    r"(?:对+|是的?|嗯+|好的?|行)[，, ]*(?:你们?|麻烦|请|要|给我)*(?:快点?|快些|快一点|赶紧|搞快点?|抓紧|尽快)(?:吧|啊|呀|的|弄|办|开|[。！! ])*"
)

_SAME_TIME = re.compile("(?:一样|同样|同|原来|刚才|那个)的?(?:时间|时候|钟点|点)|时间(?:不变|照旧|一样)|老时间")


def follow(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return what is done about something done before, None when the words are not about it."""
    if not heard.text or len(heard.text) > LONGEST or _chooses_flat(heard, facts):
        return None
    if step := _other_flat(standing, heard, facts):
        return step
    fresh = next((known for known in standing.subjects if facts.now - known.at < LEAVES), None)
    if fresh is not None and standing.person is not Person.ASKED and _is_gone(fresh, heard, facts):
        return Say(standing=standing.calm(), phrase=Line("acknowledged"), kind="answered", intent=fresh.intent)
    for subject in standing.subjects:
        if step := _replaced(standing, subject, heard, facts):
            return step
    if step := _off_at(standing, heard, facts):
        return step
    if (
        step := _suits_too(standing, heard, facts)
        or _once_more(standing, heard, facts)
        or _said_again(standing, heard, facts)
        or _unsaid(standing, heard, facts)
    ):
        return step
    if step := _another(standing, heard, facts) or _another_fault(standing, heard, facts):
        return step
    dated, rest = on_that_day(standing, heard, facts)
    about, heard = (dated, rest) if dated else (meant(standing, heard.text, facts), heard)
    if not about and (step := _which(standing, heard, facts)):
        return step
    if not dated and (lately := last_spoken_of(standing, heard, facts)) is not None:
        if lately.intent not in facts.amendable:  # 他叫李强, of whom a code was made for
            return _heard_of_them(standing, lately, heard, facts)
        about = [lately]
    for subject in about:
        told = heard.of(told_of(subject, about, heard.text, facts))
        step = _called(standing, subject, told, facts) or _amended(standing, subject, told, facts)
        if step is not None:
            return step
    return None


def _heard_of_them(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return a nod to words that only say what somebody is called for whom something was done that no word changes."""
    read = heard.reading.take(facts.intents[subject.intent].slots)
    if asks(heard.text) or corrects(heard.text) or not read or accepted(heard, facts.intents) is not None:
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent)


def _other_flat(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the choice of another flat, where words say no more than which one was meant: 8栋, 不对，是我妈那套."""
    choosing = facts.catalogue.choosing
    if choosing is None or not facts.means_other_flat or not standing.subjects or asks(heard.text):
        return None
    wished = accepted(heard, facts.intents)
    if wished is not None and wished.needs_home:  # it asks by itself
        return None
    if visit := visit_there(standing, heard, facts):
        return visit
    if not (corrects(heard.text) or len(heard.text) <= BRIEF or is_value_alone(heard.reading, choosing)):
        return None
    return start(standing, choosing, heard, facts)


def _chooses_flat(heard: Heard, facts: Facts) -> bool:
    """Tell whether words say, as a file does, which flat is meant from now on: 换到5栋1单元302 moves no repair."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    return best is not None and best.confidence >= TEMPLATE and facts.intents[best.intent].chooses_flat


def _replaced(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return the end of something done where another of its kind takes its place: 小乔那个取消 换成阿曼 一样的时间."""
    first, *rest = courtesy.clauses(heard.text) or [""]
    intent, who = facts.intents[subject.intent], named(subject, first, facts)
    values = heard.reading.part("，".join(rest)).take(intent.slots) if who and rest else {}
    if not values:
        return None
    if _SAME_TIME.search(heard.text):
        kept = {
            slot.name: subject.values[slot.name]
            for slot in intent.slots
            if slot.kind.aspect is Aspect.BEGINS and slot.name in subject.values
        }
        values = {**kept, **values}
    step = _called(standing, subject, heard.of(first), facts, forms.begin(intent, values, None, heard.text))
    if not isinstance(step, Do) or intent.id not in facts.intents[step.form.intent].cancels:
        return None
    return replace(step, before=(Line("heard", {"words": quoted(heard.text)}),))


def _off_at(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the start of calling off what is pointed at by its hour or day: 那个8点的不要, 周五的取消."""
    if (
        answers.picks_several(heard.text) and sum(is_visit(known, facts) for known in standing.subjects) > 1
    ):  # 1和2都取消, of no list
        return _called_off(next(known for known in standing.subjects if is_visit(known, facts)), "", facts, standing)
    pointed = _AT_IS_OFF.fullmatch(heard.text)
    said = heard.reading.part(pointed["at"]) if pointed is not None else None
    spans = said.found(moment.GRAMMAR) if said is not None else ()
    if said is None or len(spans) != 1 or (spans[0].begin, spans[0].stop) != (0, len(said.text)):
        return None
    meant_ = [known for known in standing.subjects if is_on(known, said, facts) or is_at(known, said, facts)]
    return _called_off(meant_[0], meant_[0].about, facts, standing) if len(meant_) == 1 else None


def _called_off(subject: Subject, about: str, facts: Facts, standing: Standing) -> Step | None:
    """Return the start of what calls off something done; which of several is asked where none is meant."""
    ends = (one for one in facts.intents[subject.intent].follow_ups if one in facts.intents)
    intent = next((facts.intents[one] for one in ends if subject.intent in facts.intents[one].cancels), None)
    return start(standing, intent, Heard.nothing(facts.now), facts, about=about) if intent else None


def _once_more(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the read-back of one more visit of who is expected already, on another day: 后天也来 leaves tomorrow's as it is."""
    if not _ALSO_THEN.search(heard.text) or corrects(heard.text) or asks(heard.text) or not names_day(heard.reading):
        return None
    about = [known for known in standing.subjects if known.intent in facts.amendable and is_visit(known, facts)]
    subject = next((known for known in about if named(known, heard.text, facts)), about[0] if about else None)
    if subject is None or (subject is not standing.subjects[0] and not named(subject, heard.text, facts)):
        return None
    intent, values = facts.intents[subject.intent], changes(subject, heard, facts)
    begins, who = intent.slot_for(Aspect.BEGINS), intent.slot_for(Aspect.WHO)
    told = {**subject.values, **values}
    if begins is None or begins.name not in values or (who is not None and who.name in values):
        return None
    kept = {slot.name: told[slot.name] for slot in intent.slots if slot.name in told and slot.kind.aspect is not Aspect.ENDS}
    form = replace(forms.begin(intent, kept, None, heard.text), is_guess=True)
    return again(standing, forms.confirm(form))


def sure(standing: Standing, subject: Subject, words: str) -> Step:
    """Return the question whether words shall change something done, of which that is not sure."""
    menu = Menu(options=(subject.about,), text=words, shown_for=For.CHANGE)
    said = Line("change.sure", {"words": quoted(words)})
    return ShowMenu(standing=replace(standing.calm(), menu=menu), menu=menu, phrase=said)


def _suits_too(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the question whether a visit is moved to a day that would do as well: 后天也可以."""
    subject = next((known for known in standing.subjects if known.intent in facts.amendable), None)
    if subject is None or not is_visit(subject, facts) or facts.now - subject.at >= ADDS or not names_day(heard.reading):
        return None
    if not _SUITS_TOO.search(heard.text) or corrects(heard.text) or asks(heard.text) or not changes(subject, heard, facts):
        return None
    return sure(standing, subject, heard.text)


def _said_again(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the keeping of words that report once more what was just reported, with nothing new: it is no second fault."""
    subject = standing.subjects[0] if standing.subjects else None
    if subject is None or subject.intent not in facts.keeping or facts.now - subject.at >= ADDS or asks(heard.text):
        return None
    intent, best = facts.intents[subject.intent], heard.match.candidates[0] if heard.match.candidates else None
    told = [slot for slot in intent.slots if slot.required and slot.kind.describes]
    given = heard.reading.take(told)
    is_same = bool(given) and all(given.get(slot.name) == subject.values.get(slot.name) for slot in told)
    if best is None or best.intent != intent.id or intent.is_about_somebody or not is_same or _ALSO.search(heard.text):
        return None
    if any(word in heard.text for word in ("又", "也", "另", "还有")) or heard.more:
        return None
    return Amend(standing=standing.calm(), subject=subject, values=changes(subject, heard, facts), words=heard.text)


def _unsaid(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the question how many come, where words say that a number was never told: 我没说三个人."""
    if NEVER_SAID.search(heard.text) is None:
        return None
    for subject in meant(standing, heard.text, facts):
        slot = facts.intents[subject.intent].slot_for(Aspect.HOW_MANY)
        if slot is not None and slot.name in facts.amendable.get(subject.intent, ()) and not changes_count(subject, slot, heard):
            said = Line("change.how_many", {"called": subject.called})
            return Say(standing=replace(standing.calm(), misses=0), phrase=said, kind="asks", intent=subject.intent)
    return None


def _another(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the start of one more of what was done, where words tell all of it about somebody else: 还有小谭 明天下午四点."""
    subject = next(
        (known for known in standing.subjects if facts.now - known.at < ADDS and known.intent in facts.amendable), None
    )
    if subject is None or names(standing, heard.text, facts):
        return None
    whole = another(facts.intents[subject.intent], subject.values, heard, facts)
    return start(standing, facts.intents[subject.intent], whole, facts) if whole is not None else None


def _another_fault(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the start of one more report, where words tell of another thing in another place: 还有客厅吸顶灯也灭了."""
    subject = next((known for known in standing.subjects if facts.now - known.at < ADDS and known.intent in facts.keeping), None)
    intent = facts.intents[subject.intent] if subject is not None else None
    best = heard.match.candidates[0] if heard.match.candidates else None
    if subject is None or intent is None or best is None or best.intent != intent.id or not _ALSO.search(heard.text):
        return None
    told = [slot for slot in intent.slots if slot.required and slot.kind.describes]
    given = heard.reading.take(told)
    is_other = bool(told) and all(
        given.get(slot.name, subject.values.get(slot.name)) != subject.values.get(slot.name) for slot in told
    )
    return start(standing, intent, heard, facts) if is_other else None


def another(intent: Intent, values: Mapping[str, Value], heard: Heard, facts: Facts) -> Heard | None:
    """Return words that tell all that an intent needs about somebody else than `values` do, on the same day unless they say another."""
    slot = intent.slot_for(Aspect.WHO)
    known = str(values.get(slot.name, "")) if slot is not None else ""
    if not known or known in heard.text or OF_THEM.search(heard.text) or asks(heard.text) or corrects(heard.text):
        return None
    wished = accepted(heard, facts.intents)
    if (wished is not None and wished.id != intent.id) or not (_ALSO.search(heard.text) or called.is_proper(known)):
        return None
    whole = replace(heard, since=next((value for value in values.values() if isinstance(value, datetime)), None))
    given = read_slots(intent, whole)
    return whole if all(one.name in given for one in intent.slots if one.required) else None


def calls(standing: Standing, heard: Heard, facts: Facts) -> bool:
    """Tell whether words call for what follows something done before."""
    return any(_called(standing, subject, heard, facts) is not None for subject in standing.subjects)


def _called(standing: Standing, subject: Subject, heard: Heard, facts: Facts, outer: Form | None = None) -> Step | None:
    """Return the start of what the subject's file says is called by these words: 不用来了 after a repair was reported."""
    heard = heard.of(people.unexclaimed(heard.text).strip() or heard.text)  # 艾玛她又说不来了
    said = [PAUSES.sub("", heard.text), *_beside(subject, heard, facts)]
    others = {name_of(known, facts) for known in standing.subjects} - {name_of(subject, facts), ""}
    said = [words for words in said if not any(other in words for other in others)]  # 老罗不来了 小谭照旧
    if who := named(subject, heard.text, facts):  # 老马不来了 is 他不来了
        said = [words.replace(who, "他", 1) for words in said]
    if it := thing(subject, heard.text, facts):  # 窗户那个不用了 is 不用了
        said += [_POINTED_AT.sub("", words.replace(it, "□", 1)) for words in said if it in words]
    for name, sentences in facts.intents[subject.intent].follow_ups.items():
        if name in facts.intents and any(sentence.match(words) is not None for sentence in sentences for words in said):
            return start(standing, facts.intents[name], heard, facts, outer=outer, about=subject.about)
    return None


def _beside(subject: Subject, heard: Heard, facts: Facts) -> Sequence[str]:
    """Return the clauses of which one may call for something where the others only give a reason: 不用来了 我自己弄好了."""
    said = [courtesy.unapologised(words) for words in courtesy.clauses(heard.text)]
    if len(said) < 2 or corrects(heard.text):
        return ()
    return [
        words
        for i, words in enumerate(said)
        if not _news(subject, heard.reading.part("，".join((*said[:i], *said[i + 1 :]))), facts)
    ]


def _news(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether words give a value of their own, so that they are more than a reason; what is over is told."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.kind.tells]
    found = said.take(read, known=subject.values)
    return any(
        value != subject.values.get(name) and not (isinstance(value, datetime) and value < facts.now)
        for name, value in found.items()
    )


def _amended(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return the change of what was done; words that plainly want something else change nothing."""
    changeable = facts.amendable.get(subject.intent)
    if not changeable:
        return None
    if asks(heard.text):  # 小雪的还弄得成吗 她三点半到
        said = [words for breath in _BREATHS.split(heard.text) for words in courtesy.clauses(breath)]
        told = [words for words in said if not questions.is_question(words)]
        rest = heard.of("，".join(told))
        is_of_it = named(subject, heard.text, facts) or _presses(subject, rest.reading, facts)
        if not told or not (is_of_it or _asks_and_says(heard.text, rest.reading, facts.intents[subject.intent])):
            return None
        heard = rest
    intent, is_correction = facts.intents[subject.intent], corrects(heard.text)
    if _is_of_work(subject, heard.text, facts):
        return None
    read = [slot for slot in intent.slots if slot.name in changeable]
    if is_correction and _is_of_else_by_name(subject, heard, facts):
        return None
    changed = changes(subject, heard, facts)
    if not changed and facts.now - subject.at < ADDS and (broken := leftovers.broken_plate(heard.reading, read)):
        return Say(standing=standing.calm(), phrase=Line("plate.broken", {"value": broken}), kind="asks", intent=intent.id)
    if not changed or not (is_correction or adds(subject, changed, intent, heard, facts)):
        return None
    return Amend(standing=standing.calm(), subject=subject, values=changed, words=heard.text)


def _is_of_else_by_name(subject: Subject, heard: Heard, facts: Facts) -> bool:
    """Tell whether words change something else, that they name: 我约的卫生站改到下午, after a visit of a workman."""
    wished = accepted(heard, facts.intents)
    if wished is None or wished.id == subject.intent or wished.id in facts.intents[subject.intent].follow_ups:
        return False
    return any(word in heard.text for word in wished.require if len(word) > 1) and not named(subject, heard.text, facts)


def amended_beside(standing: Standing, heard: Heard, facts: Facts) -> Amend | None:
    """Return the change of something else than the open form is for, where words answer nothing of that: 老婆说错了 是36.8, while a visit is asked about."""
    if standing.form is None or len(heard.text) > LONGEST:
        return None
    open_ = {item.intent for item in forms.chain(standing.form)}
    for subject in standing.subjects:
        step = _amended(standing, subject, heard, facts) if subject.intent not in open_ else None
        if isinstance(step, Amend) and (
            corrects(heard.text) or speaks_of(subject, heard.text, facts) or is_surnamed(subject, heard.text, facts)
        ):
            return replace(step, standing=standing)
    return None


def _asks_and_says(text: str, said: Reading, intent: Intent) -> bool:
    """Tell whether somebody repeats what was asked and answers it: 几个人？就两个."""
    is_short = len(said.raw) <= BRIEF or is_value_alone(said, intent)
    return is_short and text.endswith(said.raw) and bool(said.take(intent.slots))


def presses_first(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether the first breath of a message does nothing but press for something done: 要蛮快咧，屋里还有个伢要用."""
    first, *_ = courtesy.clauses(said.raw) or [""]
    return len(first) <= PRESSING and _presses(subject, said.part(first), facts)


def _presses(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether words say that something done cannot wait: 越流越多了，怎么关啊."""
    flags = [slot for slot in facts.intents[subject.intent].slots if slot.kind.aspect is Aspect.WHETHER]
    return True in said.take(flags).values()


def _is_of_work(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words speak of mending, and the subject is a visit that has nothing of it: 修东西下午两点以后都行."""
    name = name_of(subject, facts)
    return bool(name) and _WORK.search(text) is not None and _WORK.search(name) is None and name not in text


def _which(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the question which of the things done is to change, where words point at one that was never called so."""
    if asks(heard.text):
        return None
    fitting = [known for known in standing.subjects if changes(known, heard, facts)]
    if not fitting:
        return None
    menu = Menu(options=tuple(known.about for known in fitting), text=heard.text, shown_for=For.CHANGE)
    return ShowMenu(
        standing=replace(standing.calm(), menu=menu), menu=menu, phrase=Line("change.which", {"what": pointed_at(heard.text)})
    )


def change(standing: Standing, about: str, words: str, facts: Facts) -> Step | None:
    """Return the change by words of the thing that was picked for them."""
    subject = next((known for known in standing.subjects if known.about == about), None)
    changed = changes(subject, Heard.unmatched(words, facts.now), facts) if subject is not None else {}
    return (
        Amend(standing=standing.calm(), subject=subject, values=changed, words=words) if subject is not None and changed else None
    )


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


def of_another(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the end of something else than what the open form is about to call off: 灯泡不用修了, while a visit is read back.

    The form waits behind it: nothing was said of what it asks.
    """
    form = standing.form
    cancels = facts.intents[form.intent].cancels if form is not None else ()
    own = [known for known in standing.subjects if known.intent in cancels]
    if form is None or not cancels or any(speaks_of(known, heard.text, facts) for known in own):
        return None
    for subject in standing.subjects:
        if subject.intent not in cancels and speaks_of(subject, heard.text, facts):
            step = _called(replace(standing, form=None), subject, heard, facts, forms.talked_over(form))
            if step is not None:
                return step
    return None


def kept(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the change of what was about to be called off, where words keep it after all: 先别取消 那就周日 还是六点."""
    form = standing.form
    cancels = facts.intents[form.intent].cancels if form is not None else ()
    if form is None or _KEEPS.search(heard.text) is None or _KEEPS_THAT_ONE.search(heard.text):
        return None
    chosen = [known for known in standing.subjects if known.intent in cancels and form.about in {"", known.about}]
    subject = next((known for known in chosen if known.intent in facts.amendable), None)
    changed = changes(subject, heard, facts) if subject is not None else {}
    if subject is None or not changed:
        return None
    return Amend(standing=standing.within(None).calm(), subject=subject, values=changed, words=heard.text)


def at_ease(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return a nod to whoever leaves open what nobody asks for any more, or says what is so already: 随时来, 没开车, 就现在."""
    subject = next((known for known in standing.subjects if facts.now - known.at < ADDS), None)
    if subject is None:
        return None
    if is_visit(subject, facts) and subject is standing.subjects[0] and _HURRIES.fullmatch(heard.text):  # 对 快点
        return Say(
            standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent
        )
    wished = accepted(heard, facts.intents)
    is_open = any(map(answers.is_open, courtesy.clauses(heard.text)))  # 车牌我问问她再说
    if wished is not None and not is_open and (read_slots(wished, heard) or not takes(subject, wished, facts)):
        return None
    if standing.person is Person.ASKED and not named(subject, heard.text, facts):
        return None
    is_left = any(_leaves(words) for words in (heard.text, *courtesy.clauses(heard.text)))
    if not is_left and not is_so(subject, heard.reading, facts):
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent)


def _is_gone(subject: Subject, heard: Heard, facts: Facts) -> bool:
    return facts.intents[subject.intent].is_about_somebody and tells_of_leaving(heard.text)


def tells_of_leaving(text: str) -> bool:
    """Tell whether words say that whoever came has left again: 她回去了，今天很开心. 她走了 may say more than that."""
    return _GONE.search(text) is not None


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


def place(standing: Standing, label: str, facts: Facts) -> Step | None:
    """Return the change of what was just done by a place on the map that is sent after it."""
    for subject in standing.subjects:
        slot = facts.intents[subject.intent].slot_for(Aspect.WHERE)
        if slot is not None and slot.name in facts.amendable.get(subject.intent, ()) and facts.now - subject.at < PHOTO_FOLLOWS:
            return Amend(standing=standing.calm(), subject=subject, values={slot.name: label}, words=f"[位置] {label}")
    return None


def _takes_photos(subject: Subject, facts: Facts) -> bool:
    return facts.intents[subject.intent].slot_for(Aspect.PICTURE) is not None
