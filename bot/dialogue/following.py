"""What is said after something was done and belongs to it: a change, its end, a question about it. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.dialogue import forms
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form
from bot.dialogue.said import Heard, lacks, of_them, read_slots
from bot.dialogue.standing import For, Menu, Person, Standing, Subject
from bot.dialogue.starting import PLAUSIBLE, accepted, again, quoted, start, visit_there
from bot.dialogue.steps import Amend, Attach, Do, Line, Say, ShowMenu, Step
from bot.language import answers, courtesy, leftovers, people, questions
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds import called, moment, plate
from bot.language.kinds.kind import Aspect, Kind, Slot, Value
from bot.language.matching.matcher import TEMPLATE
from bot.language.normalise import PAUSES
from bot.language.reading import Reading

#: What adds to something done without correcting it is believed for so long: 两个人, 车牌粤B12345.
ADDS = timedelta(minutes=30)

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

#: A number that nobody told: 我没说三个人.
_NEVER_SAID = re.compile(
    "(?:没有?|未|几时|什么时候|啥时候|哪)(?:跟你|给你)?(?:说|讲|写|报|填)(?:过|是|要|有|来)*(?:[0-9]{1,2}|[一二两三四五六七八九十俩仨])(?:个|位|口)?人?"
)

#: Who speaks of their own, and not of whoever was spoken of.
_OF_MINE = re.compile("(?:^|[，,。 ])(?:我|俺|咱|阿拉)(?:们|家|自己)*(?:的|新|换|买|要|有)")

#: The same once more, more exactly: 就是暖气片，水是热的.
MORE_EXACTLY = re.compile(
    "^(?:哦|啊|嗯|那个)?[，, ]?(?:就是|就在|也就是|是说|我是说|我说的是|说的是|指的是|应该是)(?!要|想|说|问|不|还)"
)

#: What is done about things that are broken.
_WORK = re.compile("修(?!改|正|订)|水电工")

#: Who was spoken of before.
OF_THEM = re.compile("^(?:那|这下|哦|啊|对了)?[，, ]?(?:他|她|他们|她们|人家|客人|对方|师傅)")

#: Who came has left.
_GONE = re.compile(
    r"^(?:嗯|好|那|哦|啊)?[，, ]?(?:他|她|人|人家|客人|他们|她们)?(?:都|已经|刚|刚刚|也)?(?:回去|到家|回家|离开|送走)(?:了|啦|喽)(?!吗|没)"
)

#: How many there are now, held against before.
_COMPARED = re.compile("(?:又|再|还)?(?:多|少|加|减)了?(?:一|两|几|\\d)个|总共|一共|都算上")

#: The thing that is spoken of, and what points at it.
_POINTED_AT = re.compile("^.{0,4}□的?(?:那|这)?(?:个|边|块儿?|头|事儿?|单|单子)?(?:的)?(?:事儿?)?")

#: What may stand beside a value without asking for anything.
_SAYS_NO_MORE = re.compile(
    r"(?:[\s，,。.:：、~～!！]|是|的|为|到|来|走|左右|前后|多|钟|大概|大约|差不多|吧|哦|噢|啊|呀|嗯|那|就|改|他|她|它|号|电话|手机|车|牌照|牌号|车牌|号牌|尾号|应该|开|师傅|个?人)*"
)

#: What may stand beside a place that is meant in place of another.
_PLACE_ALONE = re.compile(
    r"(?:[\s，,。.、~～!！]|是|在|的|那|这|里|头|面|边|个|间|儿|吧|哦|噢|啊|呀|嗯|就|应该|快|点|来|急|麻烦|您|你|了)*"
)

#: Words that speak of a coming or of when it suits: a time or a number beside them is meant for what was done.
_OF_COMING = re.compile(
    "(?<![原本近从以起出下上])来|(?<!迟)到(?!处|底|现在)|嚟|去接|过去|走(?!廊|道)|上门|方便|有空|得空|没空|时间|在家|屋[里头企]|等|最好|尽量|大概|左右|[点半刻钟午]之?前|约|定|提前|推迟|延|早[点些]|晚[点些]|迟[点些]|再|(?<![刚方])才"
    "|一[起共同块道]|总共|带|领|搬|拿|送|取|坐|开车|修|弄|换|看(?:看|下|一下|一眼|就)|师傅|客人|可以|算了|还是|要不|不行就|那就|推|跟着|[都也更较]好|[行成中得](?:[吧啊呀的了嘛，,。 ]|$)|ok"
)

#: Other households, other places, and what one does oneself: no time, number or place beside them is meant for what was done.
_OF_ELSE = re.compile(
    "天气|上[回次]|过年|再[说聊]|家的也|隔壁|邻居|对门|刚才(?!那|说|的)|电梯里|别吵|楼[上下](?:住|那|的|都|又|有)|人家家|单位|公司|学校|班上|老家|朋友圈|电视|新闻|群里|吵架|放假|下雨|下雪|我们?家(?:三|四|五|六|[0-9])[个口]|[要得去]接(?:孩子|小孩|娃|儿子|女儿|孙)"
    "|我(?:们|得|要|还|就|也|想|明天|后天|今天|下午|上午|晚上)*(?:去(?!接)|开.{0,2}会|上课|上班|起了|起床|看[牙病医])"
)

#: Whoever is told to come is told when.
_COME_THEN = re.compile("来(?:修|看|弄)?(?:吧|就行|就好|嘛|噻|一趟)")

#: Times and numbers are told of anything.
_BY_THE_WAY = frozenset({Aspect.BEGINS, Aspect.ENDS, Aspect.HOW_MANY})

#: Characters of words that hold a number and little else.
BRIEF = 8

#: Another visitor, who is not named.
_SOMEBODY = re.compile("有.{0,3}人|客(?!厅|卧|气)|来人|朋友|师傅")

#: One of several things, pointed at by what it is: 刚才货车那个, 装空调的那位.
_POINTS = re.compile(
    r"^(?:啊|哦|对了|那|把|刚才|刚刚|刚|之前|前面|上面|我|俺|说|约|报|订|登记|的|[，, ])*+(?P<what>[\u4e00-\u9fff]{1,8}?)的?(?:那|这)(?:一?[个位张单辆趟件]|边|次|家)"
)

#: One of several things, pointed at by when it is: 明天那个, 周六下午的那张.
_BY_ITS_DAY = re.compile(r"(?:啊|哦|对了|那|把|刚才|我|约|报|的)*(?P<day>[^，,。 ]{2,8}?)的?那(?:一?[个位张单件])(?=.)")

#: One of several is off, pointed at by its hour or day: 那个8点的不要.
_AT_IS_OFF = re.compile(
    r"(?:啊|哦|对了|那|把|就|[那这]个|[那这]张)*(?P<at>[^，,。\s]{2,10}?)的?(?:[那这]一?[个位张次]|人)?(?:也|都|先|就|给我|帮我)*(?:不要|取消|作废|撤掉?|删掉?|退掉?|不来|来不了|不用来|别来)(?:了|吧|掉|呀|啊)*"
)

#: What points by no more than a time or a place in the talk: 明天那个, 上面那个.
_POINTS_ANYHOW = re.compile(
    r"[今明后昨前大天早上下中午晚夜里间周星期礼拜一二三四五六日号月点就是我你他她它那这个要改第最后先面边头的得吧还有也都跟和]*"
)

#: Behind each question of a message: 几个人？就两个.
_BREATHS = re.compile("(?<=[?？])")

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
    dated, rest = _on_that_day(standing, heard, facts)
    about, heard = (dated, rest) if dated else (meant(standing, heard.text, facts), heard)
    if not about and (step := _which(standing, heard, facts)):
        return step
    if not dated and (lately := _of_them(standing, heard, facts)) is not None:
        if lately.intent not in facts.amendable:  # 他叫李强, of whom a code was made for
            return _heard_of_them(standing, lately, heard, facts)
        about = [lately]
    for subject in about:
        told = heard.of(_told_of(subject, about, heard.text, facts))
        step = _called(standing, subject, told, facts) or _amended(standing, subject, told, facts)
        if step is not None:
            return step
    return None


def _of_them(standing: Standing, heard: Heard, facts: Facts) -> Subject | None:
    """Return whoever was spoken of last, where words speak of them and of nobody by name: 他叫李强."""
    if not OF_THEM.search(heard.text) or "师傅" in heard.text[:LONGEST] or names(standing, heard.text, facts):
        return None
    about = [known for known in standing.subjects if facts.intents[known.intent].is_about_somebody]
    return about[0] if about and about[0].about == standing.subjects[0].about else None


def _heard_of_them(standing: Standing, subject: Subject, heard: Heard, facts: Facts) -> Step | None:
    """Return a nod to words that only say what somebody is called for whom something was done that no word changes."""
    read = heard.reading.take(facts.intents[subject.intent].slots)
    if asks(heard.text) or corrects(heard.text) or not read or accepted(heard, facts.intents) is not None:
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent)


def _on_that_day(standing: Standing, heard: Heard, facts: Facts) -> tuple[Sequence[Subject], Heard]:
    """Return what is for the day by which words point at it, and the words behind that: 明天那个改成下午5点."""
    pointed = _BY_ITS_DAY.match(heard.text)
    if pointed is None:
        return (), heard
    said = heard.reading.part(pointed["day"])
    return [known for known in standing.subjects if _is_on(known, said, facts)], heard.of(heard.text[pointed.end() :])


def _is_on(subject: Subject, said: Reading, facts: Facts) -> bool:
    begins = facts.intents[subject.intent].slot_for(Aspect.BEGINS)
    day, at = (said.take((begins,)).get(begins.name), subject.values.get(begins.name)) if begins else (None, None)
    return isinstance(day, datetime) and isinstance(at, datetime) and day.date() == at.date()


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
    if not (corrects(heard.text) or len(heard.text) <= BRIEF or _is_value_alone(heard.reading, choosing)):
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
        answers.picks_several(heard.text) and sum(_is_visit(known, facts) for known in standing.subjects) > 1
    ):  # 1和2都取消, of no list
        return _called_off(next(known for known in standing.subjects if _is_visit(known, facts)), "", facts, standing)
    pointed = _AT_IS_OFF.fullmatch(heard.text)
    said = heard.reading.part(pointed["at"]) if pointed is not None else None
    spans = said.found(moment.GRAMMAR) if said is not None else ()
    if said is None or len(spans) != 1 or (spans[0].begin, spans[0].stop) != (0, len(said.text)):
        return None
    meant_ = [known for known in standing.subjects if _is_on(known, said, facts) or _is_at(known, said, facts)]
    return _called_off(meant_[0], meant_[0].about, facts, standing) if len(meant_) == 1 else None


def _called_off(subject: Subject, about: str, facts: Facts, standing: Standing) -> Step | None:
    """Return the start of what calls off something done; which of several is asked where none is meant."""
    ends = (one for one in facts.intents[subject.intent].follow_ups if one in facts.intents)
    intent = next((facts.intents[one] for one in ends if subject.intent in facts.intents[one].cancels), None)
    return start(standing, intent, Heard.nothing(facts.now), facts, about=about) if intent else None


def _is_at(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether something is for that hour, of whichever day."""
    begins = facts.intents[subject.intent].slot_for(Aspect.BEGINS)
    hour, at = (said.take((begins,)).get(begins.name), subject.values.get(begins.name)) if begins else (None, None)
    if not isinstance(hour, datetime) or not isinstance(at, datetime) or _names_day(said):
        return False
    return hour.time() == at.time()


def _once_more(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the read-back of one more visit of who is expected already, on another day: 后天也来 leaves tomorrow's as it is."""
    if not _ALSO_THEN.search(heard.text) or corrects(heard.text) or asks(heard.text) or not _names_day(heard.reading):
        return None
    about = [known for known in standing.subjects if known.intent in facts.amendable and _is_visit(known, facts)]
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
    if subject is None or not _is_visit(subject, facts) or facts.now - subject.at >= ADDS or not _names_day(heard.reading):
        return None
    if not _SUITS_TOO.search(heard.text) or corrects(heard.text) or asks(heard.text) or not changes(subject, heard, facts):
        return None
    return sure(standing, subject, heard.text)


def _names_day(said: Reading) -> bool:
    return any(span.has_day for span in moment.times_in(said.message()))


def _is_visit(subject: Subject, facts: Facts) -> bool:
    intent = facts.intents[subject.intent]
    return intent.is_about_somebody and intent.slot_for(Aspect.BEGINS) is not None


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
    if _NEVER_SAID.search(heard.text) is None:
        return None
    for subject in meant(standing, heard.text, facts):
        slot = facts.intents[subject.intent].slot_for(Aspect.HOW_MANY)
        if slot is not None and slot.name in facts.amendable.get(subject.intent, ()) and not changes_count(subject, slot, heard):
            said = Line("change.how_many", {"called": subject.called})
            return Say(standing=replace(standing.calm(), misses=0), phrase=said, kind="asks", intent=subject.intent)
    return None


def changes_count(subject: Subject, slot: Slot, heard: Heard) -> bool:
    """Tell whether words give another number for something done."""
    return slot.name in heard.reading.take((slot,), known=subject.values)


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
    others = {_name_of(known, facts) for known in standing.subjects} - {_name_of(subject, facts), ""}
    said = [words for words in said if not any(other in words for other in others)]  # 老罗不来了 小谭照旧
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
    changed = changes(subject, heard, facts)
    if not changed and facts.now - subject.at < ADDS and (broken := leftovers.broken_plate(heard.reading, read)):
        return Say(standing=standing.calm(), phrase=Line("plate.broken", {"value": broken}), kind="asks", intent=intent.id)
    if not changed or not (is_correction or _adds(subject, changed, intent, heard, facts)):
        return None
    return Amend(standing=standing.calm(), subject=subject, values=changed, words=heard.text)


def amended_beside(standing: Standing, heard: Heard, facts: Facts) -> Amend | None:
    """Return the change of something else than the open form is for, where words answer nothing of that: 老婆说错了 是36.8, while a visit is asked about."""
    if standing.form is None or len(heard.text) > LONGEST:
        return None
    open_ = {item.intent for item in forms.chain(standing.form)}
    for subject in standing.subjects:
        step = _amended(standing, subject, heard, facts) if subject.intent not in open_ else None
        if isinstance(step, Amend) and (corrects(heard.text) or speaks_of(subject, heard.text, facts)):
            return replace(step, standing=standing)
    return None


def _asks_and_says(text: str, said: Reading, intent: Intent) -> bool:
    """Tell whether somebody repeats what was asked and answers it: 几个人？就两个."""
    is_short = len(said.raw) <= BRIEF or _is_value_alone(said, intent)
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
    name = _name_of(subject, facts)
    return bool(name) and _WORK.search(text) is not None and _WORK.search(name) is None and name not in text


def changes(subject: Subject, heard: Heard, facts: Facts) -> dict[str, Value]:
    """Return the values that words give for something done and that it does not have yet."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.name in facts.amendable.get(subject.intent, ())]
    now = next((slot.name for slot in read if slot.kind.aspect is Aspect.BEGINS), None) if answers.is_now(heard.text) else None
    values = heard.reading.take(read, asked=now, known=subject.values)
    values = of_them(facts.intents[subject.intent], values, heard.reading, subject.values)
    stays = set() if corrects(heard.text) else {slot.name for slot in read if forms.is_told(subject.values, slot)}
    stays |= {
        slot.name for slot in read if slot.kind.aspect is Aspect.WHERE and _is_only_named(subject, slot.name, values, heard.text)
    }
    return {
        name: value for name, value in values.items() if name not in stays and (subject.values.get(name) != value or name == now)
    }


def _is_only_named(subject: Subject, name: str, values: Mapping[str, Value], text: str) -> bool:
    """Tell whether words that say more than a place leave the place as it was told: 客厅的灯挺好看的, 卫生间没问题."""
    if corrects(text) or not subject.values.get(name) or name not in values:
        return False
    left = text.replace(str(values[name]), "")
    return left == text or _PLACE_ALONE.fullmatch(left) is None


def is_place_alone(intent: Intent, heard: Heard) -> bool:
    """Tell whether words say no more than a place, whatever they resemble: 厨房里."""
    slot = intent.slot_for(Aspect.WHERE)
    value = heard.reading.take((slot,)).get(slot.name) if slot is not None else None
    return isinstance(value, str) and _PLACE_ALONE.fullmatch(heard.text.replace(value, "", 1)) is not None


def names(standing: Standing, text: str, facts: Facts) -> bool:
    """Tell whether words speak by name of whoever something done before is about."""
    return any(named(subject, text, facts) for subject in standing.subjects)


def named(subject: Subject, text: str, facts: Facts) -> str:
    """Return the name of whoever a subject is about, where words speak of them by it."""
    name = _name_of(subject, facts)
    if name and name not in text and len(name) == 2 and name[0] == name[1]:  # 妹妹 is 我妹
        own = re.search(f"[我俺咱他她](?:家)?{name[0]}(?![{name[0]}夫婿丈父母妈])", text)
        return own[0] if own else ""
    return name if name in text else ""


def _name_of(subject: Subject, facts: Facts) -> str:
    names = (subject.values.get(slot.name) for slot in facts.intents[subject.intent].slots if slot.kind.aspect is Aspect.WHO)
    return next((name for name in names if isinstance(name, str) and name), "")


def meant(standing: Standing, text: str, facts: Facts) -> Sequence[Subject]:
    """Return what words may be about, of several things done those they speak of: whoever comes, the thing that is broken.

    Words that point at one by what none of them was called are about none of them: 刚才货车那个, after a visit of 妈妈.
    """
    spoken_of = [known for known in standing.subjects if named(known, text, facts) or _thing(known, text, facts)]
    if not spoken_of and (what := _pointed(text)):
        return [known for known in standing.subjects if what in known.said]
    if not spoken_of or corrects(text):
        return sorted(standing.subjects, key=lambda known: known not in spoken_of)
    return spoken_of


def _pointed(text: str) -> str:
    """Return by what words point at one of several things: 货车 of 刚才货车那个; empty where they do not."""
    found = _POINTS.search(text)
    return found["what"] if found and _POINTS_ANYHOW.fullmatch(found["what"]) is None else ""


def _which(standing: Standing, heard: Heard, facts: Facts) -> Step | None:
    """Return the question which of the things done is to change, where words point at one that was never called so."""
    if asks(heard.text):
        return None
    fitting = [known for known in standing.subjects if changes(known, heard, facts)]
    if not fitting:
        return None
    menu = Menu(options=tuple(known.about for known in fitting), text=heard.text, shown_for=For.CHANGE)
    return ShowMenu(
        standing=replace(standing.calm(), menu=menu), menu=menu, phrase=Line("change.which", {"what": _pointed(heard.text)})
    )


def change(standing: Standing, about: str, words: str, facts: Facts) -> Step | None:
    """Return the change by words of the thing that was picked for them."""
    subject = next((known for known in standing.subjects if known.about == about), None)
    changed = changes(subject, Heard.unmatched(words, facts.now), facts) if subject is not None else {}
    return (
        Amend(standing=standing.calm(), subject=subject, values=changed, words=words) if subject is not None and changed else None
    )


def _thing(subject: Subject, text: str, facts: Facts) -> str:
    """Return the word by which a message speaks of what a subject is about: 插座 of what has no power, 马桶 of what leaks there."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.kind.describes]
    words = (word for slot in read for word in slot.options.get(str(subject.values.get(slot.name)), ()))
    return max((word for word in words if word in text), key=len, default="")


def _told_of(subject: Subject, others: Sequence[Subject], text: str, facts: Facts) -> str:
    """Return what a message says of one of several things that it speaks of: 灯不急，马桶能不能今天来看."""
    if not all(_thing(known, text, facts) for known in others) or len(others) < 2:
        return text
    said = [words for words in re.split("[，,。;；\n]", text) if words]
    of_it = [words for words in said if _thing(subject, words, facts)]
    return "，".join(of_it) if all(any(_thing(known, words, facts) for known in others) for words in said) and of_it else text


def asks(text: str) -> bool:
    """Tell whether words want an answer, and no change: 改上午行不行 wants one."""
    is_request = courtesy.is_polite_request(text) or courtesy.worries(text)
    return questions.is_question(text) and not is_request and not corrects(text)


def _adds(subject: Subject, changed: Mapping[str, Value], intent: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether words add to a subject: what it lacks so far, soon after, and nothing else is wished in full."""
    said = courtesy.clauses(heard.text) if named(subject, heard.text, facts) else []
    if any(OF_THEM.search(words) for words in (heard.text, *said)):  # 他换车了 苏E90J6M, hours later; 小雪那个还在吧 她三点半到
        return True
    kinds = [slot.kind for slot in intent.slots if slot.name in changed]
    tells_when = any(kind.aspect is Aspect.BEGINS for kind in kinds)
    if all(kind.aspect is Aspect.HOW_MANY for kind in kinds) and _COMPARED.search(heard.text):  # 又多了一个，总共六个人
        return True
    if facts.now - subject.at > ADDS:
        return False
    if _is_value_alone(heard.reading, intent):
        return True
    is_alone = any(
        _is_value_alone(heard.reading.part(words), intent) for words in courtesy.clauses(heard.text)
    )  # 今晚太晚了 明天早上九点
    if not answers.is_now(heard.text) and not is_alone and _is_of_else(heard.text, kinds):
        return False
    wished = accepted(heard, facts.intents) or told_in_full(heard, facts)
    if wished is None or (wished.small_talk and tells_when):  # 周五上午方便，麻烦您了
        return True
    if wished.id != intent.id:
        if _tells_what_it_lacks(wished, intent, heard):
            return False
        if _holds(changed, wished, heard, facts):
            return True
        presses = wished.id in intent.follow_ups and intent.id not in wished.cancels and not wished.releases_flat  # 阳台 快点来
        return not wished.emergency and not wished.small_talk and (presses or lacks(wished, heard))
    required = {slot.name for slot in intent.slots if slot.required}
    if tells_when and courtesy.is_polite_request(heard.text) and _thing(subject, heard.text, facts):  # 马桶能不能今天来看
        return True
    if MORE_EXACTLY.match(heard.text) and not intent.is_about_somebody:
        return True
    return not required & set(changed) or _is_of_same_visit(subject, changed, intent, heard, facts)


def _is_of_else(text: str, kinds: Collection[Kind]) -> bool:
    """Tell whether a time or a number stands in words about something else: 晚上七点看春晚, 我儿子班上四十个人."""
    if all(kind.aspect in _BY_THE_WAY or kind is plate.KIND for kind in kinds) and _OF_ELSE.search(text):
        return _COME_THEN.search(text) is None  # 今天下午我要去医院，后天下午两点来吧
    aspects = {kind.aspect for kind in kinds}
    is_brief = aspects == {Aspect.HOW_MANY} and len(text) <= BRIEF  # 就两个人
    return aspects <= {Aspect.BEGINS, Aspect.HOW_MANY} and not is_brief and _OF_COMING.search(text) is None


def _is_of_same_visit(
    subject: Subject, changed: Mapping[str, Value], intent: Intent, heard: Heard, facts: Facts
) -> bool:  # fmt: skip
    """Tell whether words say more of who comes and name no day of their own: 闺女下午两点到, or 十一点 两个人, after 闺女礼拜六来."""
    who = [slot for slot in intent.slots if slot.kind.aspect is Aspect.WHO]
    is_known = bool(named(subject, heard.text, facts)) or (_is_of_a_day(subject, intent) and not _SOMEBODY.search(heard.text))
    if not is_known or any(slot.name in changed for slot in who):
        return False
    return not any(span.has_day for span in moment.times_in(heard.reading.message()))


def _is_of_a_day(subject: Subject, intent: Intent) -> bool:
    """Tell whether of a subject only the day is known on which it begins."""
    slot = intent.slot_for(Aspect.BEGINS)
    value = subject.values.get(slot.name) if slot is not None else None
    return isinstance(value, datetime) and (value.hour, value.minute) == (0, 0)


def _tells_what_it_lacks(wished: Intent, intent: Intent, heard: Heard) -> bool:
    """Tell whether another wish is told something of which what was done knows nothing: no repair has a car or a visitor of its own."""
    kinds = [slot.kind for slot in intent.slots]
    given = read_slots(wished, heard)
    return not wished.small_talk and any(slot.kind not in kinds for slot in wished.slots if slot.name in given)


def _holds(changed: Mapping[str, Value], wished: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether what was done takes all that another wish would, which is not named: 开他媳妇那台 吉C1H073."""
    wanted = read_slots(wished, heard)
    if not wanted or not all(value in changed.values() for value in wanted.values()):
        return False
    is_named = any(words in heard.text for words in (wished.title, *wished.keywords))
    return not is_named and _OF_MINE.search(heard.text) is None


def _is_value_alone(said: Reading, intent: Intent) -> bool:
    """Tell whether a message is a value and what it is called, and nothing else: 车牌粤B12345, 十点左右到."""
    left = said.unvalued
    for slot in sorted(intent.slots, key=lambda slot: -len(slot.title)):
        left = left.replace(slot.title, "") if slot.title else left
    return left != said.text and _SAYS_NO_MORE.fullmatch(left) is not None


def told_in_full(heard: Heard, facts: Facts) -> Intent | None:
    """Return the likely wish that the words tell all of: 我朋友王芳明天下午三点来 is about her, not about when the plumber comes."""
    best = heard.match.candidates[0] if heard.match.candidates else None
    if best is None or best.confidence < PLAUSIBLE:
        return None
    intent = facts.intents[best.intent]
    needs = any(slot.required for slot in intent.slots)
    return intent if needs and not lacks(intent, heard) else None


def _takes(subject: Subject, wished: Intent, facts: Facts) -> bool:
    """Tell whether what was done takes each kind of value that another wish needs: 车牌我问问她再说 is no wish for a card."""
    kinds = [slot.kind for slot in facts.intents[subject.intent].slots]
    wanted = [slot.kind for slot in wished.slots if slot.required]
    return bool(wanted) and all(kind in kinds for kind in wanted)


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


def speaks_of(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words name who comes, or the thing that is broken."""
    return bool(named(subject, text, facts) or _thing(subject, text, facts))


def is_of_work(text: str) -> bool:
    """Tell whether words speak of mending something."""
    return _WORK.search(text) is not None


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
    wished = accepted(heard, facts.intents)
    is_open = any(map(answers.is_open, courtesy.clauses(heard.text)))  # 车牌我问问她再说
    if wished is not None and not is_open and (read_slots(wished, heard) or not _takes(subject, wished, facts)):
        return None
    if standing.person is Person.ASKED and not named(subject, heard.text, facts):
        return None
    is_left = any(_leaves(words) for words in (heard.text, *courtesy.clauses(heard.text)))
    if not is_left and not _is_so(subject, heard.reading, facts):
        return None
    return Say(standing=replace(standing, misses=0), phrase=Line("at_ease", {"called": subject.called}), intent=subject.intent)


def _is_gone(subject: Subject, heard: Heard, facts: Facts) -> bool:
    return facts.intents[subject.intent].is_about_somebody and tells_of_leaving(heard.text)


def tells_of_leaving(text: str) -> bool:
    """Tell whether words say that whoever came has left again: 她回去了，今天很开心. 她走了 may say more than that."""
    return _GONE.search(text) is not None


def _is_so(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether words say nothing but what is so already."""
    intent = facts.intents[subject.intent]
    start = intent.slot_for(Aspect.BEGINS) if answers.is_now(said.raw) else None
    now = start.name if start is not None else None
    values = said.take(intent.slots, asked=now)
    is_same = bool(values) and all(subject.values.get(name) == value for name, value in values.items())
    return is_same and (now is not None or _is_value_alone(said, intent))


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
