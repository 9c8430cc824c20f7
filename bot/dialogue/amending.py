"""Whether words change or add to something that was done, or tell of something else. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from bot.dialogue import forms
from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard, lacks, of_them, read_slots
from bot.dialogue.standing import Subject
from bot.dialogue.starting import PLAUSIBLE, accepted
from bot.dialogue.subjects import OF_THEM, named, names_day, thing
from bot.language import answers, courtesy, questions
from bot.language.corrections import corrects
from bot.language.files import Intent
from bot.language.kinds import called, plate
from bot.language.kinds.kind import Aspect, Kind, Slot, Value
from bot.language.reading import Reading

#: What adds to something done without correcting it is believed for so long: 两个人, 车牌粤B12345.
ADDS = timedelta(minutes=30)

#: A number that nobody told: 我没说三个人.
NEVER_SAID = re.compile(
    "(?:没有?|未|几时|什么时候|啥时候|哪)(?:跟你|给你)?(?:说|讲|写|报|填)(?:过|是|要|有|来)*(?:[0-9]{1,2}|[一二两三四五六七八九十俩仨])(?:个|位|口)?人?"
)

#: Who speaks of their own, and not of whoever was spoken of.
_OF_MINE = re.compile("(?:^|[，,。 ])(?:我|俺|咱|阿拉)(?:们|家|自己)*(?:的|新|换|买|要|有)")

#: The same once more, more exactly: 就是暖气片，水是热的.
MORE_EXACTLY = re.compile(
    "^(?:哦|啊|嗯|那个)?[，, ]?(?:就是|就在|也就是|是说|我是说|我说的是|说的是|指的是|应该是)(?!要|想|说|问|不|还)"
)

#: How many there are now, held against before.
_COMPARED = re.compile("(?:又|再|还)?(?:多|少|加|减)了?(?:一|两|几|\\d)个|总共|一共|都算上")

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

#: Asks of who mends something to come at another time, and of nobody else: 能不能今天来.
_CAN_COME = re.compile(
    "(?:那|师傅|你们|您)*(?:能不能|能否|可不可以|可以不可以|能|可以)(?:请|让|叫|安排)?(?:师傅|你们)?[今明后周星礼上下早晚一二三四五六日天午点半0-9]{2,8}(?:就|再)?(?:来|上门|过来)(?:修|看|看看|修一下|看一下|一趟)*[吗么不呢吧啊]*"
)

#: Says what somebody is called who was spoken of by what they are: 姓陈 上午来, after 侄子.
_SURNAMED = re.compile("^(?:他|她|人家|保姆|阿姨|师傅)?(?:是|就)?姓[\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff]{2})")

#: Times and numbers are told of anything.
_BY_THE_WAY = frozenset({Aspect.BEGINS, Aspect.ENDS, Aspect.HOW_MANY})

#: Characters of words that hold a number and little else.
BRIEF = 8

#: Another visitor, who is not named.
_SOMEBODY = re.compile("有.{0,3}人|客(?!厅|卧|气)|来人|朋友|师傅")


def changes_count(subject: Subject, slot: Slot, heard: Heard) -> bool:
    """Tell whether words give another number for something done."""
    return slot.name in heard.reading.take((slot,), known=subject.values)


def changes(subject: Subject, heard: Heard, facts: Facts) -> dict[str, Value]:
    """Return the values that words give for something done and that it does not have yet."""
    read = [slot for slot in facts.intents[subject.intent].slots if slot.name in facts.amendable.get(subject.intent, ())]
    now = next((slot.name for slot in read if slot.kind.aspect is Aspect.BEGINS), None) if answers.is_now(heard.text) else None
    values = heard.reading.take(read, asked=now, known=subject.values)
    values = of_them(facts.intents[subject.intent], values, heard.reading, subject.values)
    stays = (
        set()
        if corrects(heard.text) or _is_pressed_for(subject, heard.text, facts)
        else {slot.name for slot in read if forms.is_told(subject.values, slot)}
    )
    stays |= {
        slot.name for slot in read if slot.kind.aspect is Aspect.WHERE and _is_only_named(subject, slot.name, values, heard.text)
    }
    return {
        name: value for name, value in values.items() if name not in stays and (subject.values.get(name) != value or name == now)
    }


def _is_pressed_for(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words ask for another time at which something is mended: 能不能今天来."""
    return not facts.intents[subject.intent].is_about_somebody and _CAN_COME.fullmatch(text) is not None


def is_surnamed(subject: Subject, text: str, facts: Facts) -> bool:
    """Tell whether words give the surname of whoever comes and was called by what they are: 姓王 电话…, after 保姆."""
    slot = facts.intents[subject.intent].slot_for(Aspect.WHO)
    known = str(subject.values.get(slot.name) or "") if slot is not None else ""
    return bool(known) and not called.is_proper(known) and any(map(_SURNAMED.match, (text, *courtesy.clauses(text))))


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


def asks(text: str) -> bool:
    """Tell whether words want an answer, and no change: 改上午行不行 wants one."""
    is_request = courtesy.is_polite_request(text) or courtesy.worries(text) or _CAN_COME.fullmatch(text) is not None
    return questions.is_question(text) and not is_request and not corrects(text)


def adds(subject: Subject, changed: Mapping[str, Value], intent: Intent, heard: Heard, facts: Facts) -> bool:
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
    if is_value_alone(heard.reading, intent) or is_surnamed(subject, heard.text, facts):
        return True
    if _is_pressed_for(subject, heard.text, facts):
        return True
    is_alone = any(
        is_value_alone(heard.reading.part(words), intent) for words in courtesy.clauses(heard.text)
    )  # 今晚太晚了 明天早上九点
    if not answers.is_now(heard.text) and not is_alone and _is_of_else(heard.text, kinds):
        return False
    if tells_when and answers.tells_who_is_in(heard.text):  # 明天上午九点我在家
        return True
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
    if any(kind.aspect is Aspect.WHEN for kind in kinds) and _is_of_somebody_else(
        subject, intent, heard
    ):  # 我妈来住两周, after 外卖
        return False
    required = {slot.name for slot in intent.slots if slot.required}
    if tells_when and courtesy.is_polite_request(heard.text) and thing(subject, heard.text, facts):  # 马桶能不能今天来看
        return True
    if MORE_EXACTLY.match(heard.text) and not intent.is_about_somebody:
        return True
    return not required & set(changed) or _is_of_same_visit(subject, changed, intent, heard, facts)


def _is_of_somebody_else(subject: Subject, intent: Intent, heard: Heard) -> bool:
    """Tell whether words tell all of somebody's coming who is not the one that was spoken of."""
    slot = intent.slot_for(Aspect.WHO)
    said = str(heard.reading.take((slot,)).get(slot.name) or "") if slot is not None else ""
    known = str(subject.values.get(slot.name) or "") if slot is not None else ""
    return bool(said) and said not in known and known not in said and not lacks(intent, heard)


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
    return not names_day(heard.reading)


def _is_of_a_day(subject: Subject, intent: Intent) -> bool:
    """Tell whether of a subject only the day is known on which it begins."""
    slot = intent.slot_for(Aspect.BEGINS)
    value = subject.values.get(slot.name) if slot is not None else None
    return isinstance(value, datetime) and (value.hour, value.minute) == (0, 0)


def _tells_what_it_lacks(wished: Intent, intent: Intent, heard: Heard) -> bool:
    """Tell whether another wish is told something of which what was done knows nothing: no repair has a car or a visitor of its own."""
    sorts = {slot.kind.sort for slot in intent.slots}
    given = read_slots(wished, heard)
    return not wished.small_talk and any(slot.kind.sort not in sorts for slot in wished.slots if slot.name in given)


def _holds(changed: Mapping[str, Value], wished: Intent, heard: Heard, facts: Facts) -> bool:
    """Tell whether what was done takes all that another wish would, which is not named: 开他媳妇那台 吉C1H073."""
    wanted = read_slots(wished, heard)
    if not wanted or not all(value in changed.values() for value in wanted.values()):
        return False
    return not is_named(wished, heard.text) and _OF_MINE.search(heard.text) is None


def is_named(wished: Intent, text: str) -> bool:
    """Tell whether words name what they wish for: 帮他绑我家 renames nobody who comes."""
    return any(words in text for words in (wished.title, *wished.keywords))


def is_value_alone(said: Reading, intent: Intent) -> bool:
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


def takes(subject: Subject, wished: Intent, facts: Facts) -> bool:
    """Tell whether what was done takes each kind of value that another wish needs: 车牌我问问她再说 is no wish for a card."""
    sorts = {slot.kind.sort for slot in facts.intents[subject.intent].slots}
    wanted = {slot.kind.sort for slot in wished.slots if slot.required}
    return bool(wanted) and wanted <= sorts


def is_so(subject: Subject, said: Reading, facts: Facts) -> bool:
    """Tell whether words say nothing but what is so already."""
    intent = facts.intents[subject.intent]
    start = intent.slot_for(Aspect.BEGINS) if answers.is_now(said.raw) else None
    now = start.name if start is not None else None
    values = said.take(intent.slots, asked=now)
    is_same = bool(values) and all(subject.values.get(name) == value for name, value in values.items())
    return is_same and (now is not None or is_value_alone(said, intent))
