"""Times for slots: when something begins, when it is over, on which day; out of all the times that a message says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.language import answers, times
from bot.language.kinds.kind import Aspect, Found, Grammar, Kind, Message, Slot, Value
from bot.language.numbers import NUMBER, value_of
from bot.language.recurrence import hours

#: Hours within which a clock time says a part of a day more exactly, counted from two hours before it begins.
PART = 7
#: Before a time at which somebody leaves.
_LEAVING = re.compile(
    r"(?:(?<![不没先慢好])走(?![路着过来去廊到道得开地楼失])|离开|回去)(?:的(?:时间|时候|话))?(?:也|就|大概|大约|差不多|往后|推迟|要|改到|改成|是|在|[\s□])*$"
)
_LEAVES_THEN = re.compile(
    r"[^，。,\s]{0,6}(?:走(?![路着过来去廊到道得开地楼失])|离开|回去)(?:大概|大约)?(?=\d|[一二三四五六七八九十两]+点)"
)
_AFTER_SUPPER = re.compile("晚饭|晚餐|宵夜")
_FOR_SUPPER = re.compile(r"[^，。,\s]{0,8}(?:晚饭|晚餐|宵夜|夜宵)")
_OF_MORNING = re.compile("[早晨:]|上午|前晌|头晌|am", re.IGNORECASE)
#: How much sooner or later than was said: 得晚一天, 推迟半小时, 提前一个小时到.
_SHIFT = re.compile(rf"""(?x:
    (?: (?P<sooner>提前|提早|早到?|往前[挪提移]?) | 推迟|推后|延后|延迟|顺延|晚到?|迟到? | 往后[推挪延移]? )(?:个|了)?
    (?P<count>半|{NUMBER})(?:个)?(?P<half>半)?
    (?P<unit>天|小时|钟头|点钟|钟|星期|礼拜|周|分钟|刻钟)(?!前|后|以后|之后)
  )""")
_SPANS: Mapping[tuple[str, ...], timedelta] = {
    ("天",): timedelta(days=1), ("小时", "钟头", "点钟", "钟"): timedelta(hours=1), ("星期", "礼拜", "周"): timedelta(days=7),
    ("分钟",): timedelta(minutes=1), ("刻钟",): timedelta(minutes=15),
}  # fmt: skip
#: Where the time begins that something is changed to.
_CHANGED_TO = re.compile("(?:改|换|调|挪|推|延|提前|推迟)(?:成|到|至|为)")
#: What makes a part of the day a length: 滴了一晚上.
_LASTED = re.compile("[一整半](?:个|整)?$")
#: What a bare part of the day only tells the state of: 门口路灯不亮，晚上客人都看不见.
_HOW_IT_IS = re.compile(r"[^，。,;；]{0,5}(?:看不[见清]|黑(?:灯瞎火|漆漆|乎乎|咕隆咚|得)|不敢|睡不[着好]|没法睡|吵得|响个不停)")
#: What a time behind it is not: 别周六, 不要明天; nor one time of many: 每周三.
_NOT_ON = re.compile(r"(?:[别莫甭]|不要)(?:在|给我|弄|搞)?$")
_EACH = re.compile(rf"(?:每个?|每[天日晚周月年]的?|{hours.EVERY_DAY})$")
_COMES_BY = re.compile("[就才会要能得一定]*(?:[来到进]|过来|上门|抵达|搬[进来过]|都行|都可以)(?!了|期)")
#: Characters between a clock time and the day that is told behind it, and what may follow on that.
_NEAR, _ENDS = 8, re.compile("(?:的|吧|啊|呀|哈|呢)*(?:$|[，,。！!]|[^，。,]{0,5}[来到]$|的?(?:访客|客人))")
#: Days around a feast that are still spoken of by its name.
_HOLIDAYS = timedelta(days=15)
_COMES = re.compile("[就才会要]?(?:[来到]|抵达|过来)")
#: What makes 现在 a time to come.
_NOW_BEFORE = re.compile(r"(?:就|改成|改到|换成|从|是|要)$")
_NOW_BEHIND = re.compile(r"""(?x:
    (?:就|也|都|已经|刚|人|他|她|要|想|能|能不能|可以|可不可以|马上|在|正|让|派|请|叫)*
    (?: [来到进派修] | 过来 | 上[门去来] | 出发|动身|门口|楼下|方便|有空|有人|在家 )
  | (?:吧|啊|呀)?(?:$|[\s,，。.!！])
  )""")
#: When they set out or are on the way, who come at another time: 八点的飞机，十点到.
_ON_THE_WAY = re.compile(
    r"(?:左右|多|才|就|钟|准时)*(?:的(?:飞机|航班|班机|高铁|动车|火车|大巴|长途车|车票|车(?![\u4e00-\u9fff])|车(?=来|过来|到|回来))|到(?:火车|高铁|汽车|地铁)?站|到(?:达)?机场|出站|下车|下飞机|起飞|出发|发车|动身|落地|开(?:车|走)?(?=$|[\s,，。])|[下放](?:[早中晚夜大小]?班|学|课)|才(?:能)?(?:回|到家))"
)
#: Beside a time that is not meant: 五点呀，不是早上. 不是，明天 denies something else.
_NOT_THAT_TIME = re.compile(r"(?<![是嗯呃额诶哎])(?:不是|唔系|唔要|勿是|弗是|not)$")
#: When nobody shall come: 一点到三点别来, 今天不行就明天晚上.
_NOT_THEN = re.compile(r"""(?x:
    \s*
    # whoever it is that cannot
    (?: [我宝孩老人他她你囡] | 我们|阿拉|俺|女儿|囡儿|闺女|儿子|老[公婆]|爱人|媳妇|师傅|客人|孩子|家里|屋[里头]
      | 要|得|都|就|也|可能|正|在 )*
    # nobody shall come
    (?: [别莫甭](?:来|敲|上门) | 不(?:要|用)来 | 太[晚迟早](?:了|咯|啦|喽|哒) | 来不[及赢] | 不行|不成|不方便|来不了|没(?:人?来|见|修|等到) | 来没来 | 来过(?![吗没夜年节冬周])
    # nobody is there, or free
      | 刚过|已经?过 | 睡觉? | 午睡|午休|没空|没人|没得人|冇人|不在|不得空|没时间|没法|没功夫|没得空|唔得闲|冇时间|冇空|出差|加班|考试|体检|busy|开会 | 要?上班|[要得有]上课
      | 有(?:点|个)? (?: 事(?!找|请|要|情|跟|和) | 课(?!外|本|后) | 会(?!员|所|议室) | 班|安排|活动 | \s?(?:class|meeting) )
    # somebody goes out
      | (?:又|还|再|才|就|也|得|要)*(?:去|出门)
        (?:上班|上课|开会|接|送|单位|公司|医院|学校|出差|机场|车站|赶)
    )
  )""")
#: When something broke, or was reported: 早上八点的时候停电了.
_BEGAN = re.compile(
    r"(?:左右|多|来钟)?(?:的时候|那会儿?|那阵)?(?:就|又|开始|突然|忽然|刚|才|家里)*(?:停[电水气](?!吗|么|不)|漏(?!水的|的)|坏了?(?!的)|断[电水网]|没[电水网]|跳闸|堵[了住]|报的?修|报的|报过|打过|就(?!来|到|走|行|可以|好|够|过来)[^，。,\s来到走]{1,3}了)"
)
#: What tells of days gone by in one breath with a clock time or a weekday: 上周你们说周三三点能进.
_LONG_PAST = re.compile(
    r"(?:上[次回]|上个?(?:周|星期|礼拜|月)|去年|前几天|前两天|前阵子|那天|当时|刚才|刚刚)(?![一二三四五六日天末]|说|约|改|讲)[^，。,;；！!？?]{0,12}$"
)
#: What it is already: 都十二点多了.
_ALREADY, _ALREADY_SO = re.compile("(?:都|已经?)$"), re.compile("(?:多|半)?了")
#: On which day is not settled: 哪天来都没定呢, 还没说哪天.
_NOT_SETTLED = re.compile(
    "(?:哪一?天|几号(?![楼栋院门线])|(?:什么|啥)时候|时间|日子)[^，。,;；]{0,5}(?:[没未]定|不一定|没说|没讲|不晓得|不知道|再说)|[没未][定说讲]好?(?:哪一?天|几号|几点|(?:什么|啥)时候|时间|日子)"
)
_TO_COME = re.compile("今|明|后天|大后|下|听日|听朝|听晚|这")
#: Who stands at the gate comes now, where a time must be known.
_HERE = re.compile(r"""(?x:
    # 到小区门口了, 在东门那儿等, 停在门岗被拦
    (?:到|在|等在|站在|停在)了?(?:小区|大|咱们?|你们)?
    (?:门口|大门|门岗|门卫|保安亭|岗亭|[东南西北正后侧]门)(?:口|那里|那儿|这里|这儿|外面|外)*
    (?: 了(?!吗|没) | 等|被|进不|站 )
    # 维修师傅到楼下了, 送水的一会儿到
  | (?:到|在|等在|站在)了?(?:我家?|咱们?)?(?:楼下|单元门|电梯口)(?:口|那里|那儿)*(?:了(?!吗|没)|等|进不)
  | (?:一会儿?|待会儿?|马上|这就|快|就快|等下|等会儿?)(?:就|要|会)?(?:到(?![底处期家了])|来(?!不|着|电)|送来|送到)了?(?!吗|没|么)
  # 让维修师傅进来; 让她进来 says of whoever was spoken of no time
  | (?:^|[,，。\s])(?:麻烦|请|帮我|那|就)*(?:让|放)(?!(?:[他她佢]们?|人家?)进)[^，。,！!？?\s]{1,10}进(?:来|门|去|小区)(?:一下|吧|啊|呀)?[。.!！]?$
  # 客人已经到了
  | (?:人|客人|朋友|[他她])(?:都|就|已经)*到了(?![吗没])
    # 点了外卖，让骑手进来: what was ordered is let in when it comes, which is soon
  | (?:外卖|骑手|快递|闪送|跑腿|送餐|送奶|送花|送药|送菜|送蛋糕)(?!柜|站|点|单|费)[^。！!？?]{0,14}
    (?:让|放|叫|请)[^，。,！!？?]{0,6}(?:进|上)(?:来|门|小区|去|楼)(?!吗|么|不)
  )""")
#: Until when somebody comes again and again: 到12月30号为止, 做到4月底.
_TILL, _TILL_THEN = re.compile("(?:到|至|截止|截至)$"), re.compile("(?:那天|当天)?(?:为止|止|结束|截止)")
#: Who comes for the first time on another day than the others.
#: 这周三不来，下周三开始.
_STAYS_AWAY, _BEGINS_THEN = (
    re.compile("(?:就|先|都|还)?不(?:来|过来|上|用)"),
    re.compile("(?:就|再|才)?(?:开始|起(?![床来])|正式)"),
)
_FIRST_TIME = re.compile("(?:头一?|第一|首)[回次趟天]")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    """Return the times of a text, each a times.Span, in order."""
    return [Found(span, span.begin, span.stop) for span in times.find(text, now, since)]


def times_in(message: Message) -> list[times.Span]:
    """Return all times that a message says."""
    return [one.value for one in message.found(GRAMMAR) if isinstance(one.value, times.Span)]


def first_known(known: Mapping[str, Value]) -> datetime | None:
    """Return the time that is known already."""
    return next((value for value in known.values() if isinstance(value, datetime)), None)


def _is_of_people(found: Found) -> bool:
    return isinstance(found.value, times.Span) and found.value.kind != "instant"


def _shifted(message: Message) -> datetime | None:
    """Return the known time moved by what is said: 得晚一天, 提前半小时."""
    known = first_known(message.known)
    said = _SHIFT.search(message.text)
    if known is None or said is None:
        return None
    unit = next(span for words, span in _SPANS.items() if said["unit"] in words)
    length = unit / 2 if said["count"] == "半" else unit * value_of(said["count"]) + (unit / 2 if said["half"] else timedelta())
    return known - length if said["sooner"] else known + length


def _is_unclear(message: Message) -> bool:
    """Tell whether a time that cannot be read stands there, or none is settled: nothing beside it is believed, but what corrects it."""
    if _NOT_SETTLED.search(message.text):
        return True
    meant = [span for span in times_in(message) if not is_unwanted(message.text, span, message.now)]
    return any(span.kind == "unclear" for span in (meant[-1:] if message.corrects else meant))


def _start(message: Message, slot: Slot) -> Value | None:
    if _is_unclear(message):
        return None
    spans = [
        span for span in times_in(message) if span.kind not in {"deadline", "unclear"} and not _is_till_now(message.text, span)
    ]
    spans = [
        span for span in spans if not is_unwanted(message.text, span, message.now) and not _is_only_of_now(message.text, span)
    ]
    spans = [span for span in spans if not _is_of_leaving(message.text, span)]
    spans = [span for span in spans if not span.is_of_leaving] or spans
    there = [span for span in spans if not _ON_THE_WAY.match(message.text, span.stop)]
    is_later = any(other.start.date() > span.start.date() for span in spans if span not in there for other in there)
    spans = there if is_later or any(span.kind != "day" for span in there) else spans
    if not spans and (shifted := _shifted(message)):
        return shifted
    if not spans and slot.required:
        return _by_then(message) or (message.now.replace(second=0, microsecond=0) if _HERE.search(message.text) else None)
    if not spans:
        return None
    if told := _CHANGED_TO.search(message.text):  # 改成四点吧，三点孩子要打疫苗
        spans = [span for span in spans if told.end() - 1 <= span.begin <= told.end()] or spans
    to_come = [span for span in spans if (span.end or span.start) >= message.now.replace(second=0, microsecond=0)]
    span = spans[-1] if message.corrects else _fullest(to_come or spans, message.text)  # 昨晚开始漏，明天上午来修
    if span.kind == "day" and not span.is_coarse and (each := _each_time(message)):
        return span.start.replace(hour=each.start.hour, minute=each.start.minute)
    if _is_of_evening(message.text, span):
        return span.start + timedelta(hours=12)
    if day := _day_behind(message.text, spans):
        return day
    known = first_known(message.known)
    if known and span.kind == "day" and (known.hour, known.minute) != (0, 0):  # 改成后天 keeps the clock
        return span.start.replace(hour=known.hour, minute=known.minute)
    return span.start


def _is_of_evening(text: str, span: times.Span) -> bool:
    """Tell whether what is done at a clock time is done in the evening, though nobody says so: 八点来吃晚饭."""
    is_open = span.kind == "clock" and 5 <= span.start.hour < 12 and not _OF_MORNING.search(text, span.begin, span.stop)
    return is_open and _FOR_SUPPER.match(text, span.stop) is not None


def is_unwanted(text: str, span: times.Span, now: datetime) -> bool:
    """Tell whether nobody shall come at a time that is said: 一点到三点别来, 滴了一晚上. 明天不行吗 asks whether it may be."""
    if (span.kind == "part" and _LASTED.search(text, 0, span.begin)) or _NOT_THAT_TIME.search(text, 0, span.begin):
        return True
    began = _BEGAN.match(text, span.stop)
    if any(words.search(text, 0, span.begin) for words in (_NOT_ON, _EACH)):
        return True
    if began and (span.start <= now or "了" in text[began.end() - 1 : began.end() + 1]):
        return True
    if _ALREADY.search(text, 0, span.begin) and _ALREADY_SO.match(text, span.stop):
        return True
    if _LONG_PAST.search(text, 0, span.begin) and not _TO_COME.match(text, span.begin):
        return True
    if span.kind == "part" and not span.has_day and _HOW_IT_IS.match(text, span.stop):
        return True
    unwanted = _NOT_THEN.match(text, span.stop)
    return unwanted is not None and not text.startswith(("吗", "嘛", "么", "?", "？"), unwanted.end())


def _is_only_of_now(text: str, span: times.Span) -> bool:
    """Tell whether 现在 says how things stand, and not when to come: 现在约了谁, 现在是咋定的; 就现在 and 现在来 say when."""
    if text[span.begin : span.stop] != "现在":
        return False
    return _NOW_BEFORE.search(text, 0, span.begin) is None and _NOW_BEHIND.match(text, span.stop) is None


def _is_of_leaving(text: str, span: times.Span) -> bool:
    """Tell whether a clock time is when somebody leaves: 走的时间也往后 四点, 吃了晚饭走大概七点."""
    if span.kind == "day":
        return _LEAVES_THEN.match(text, span.stop) is not None
    return span.kind == "clock" and _LEAVING.search(text, 0, span.begin) is not None


def _is_till_now(text: str, span: times.Span) -> bool:
    """Tell whether a time is when something began: 从早上八点到现在没水."""
    return span.kind == "range" and text.endswith("现在", span.begin, span.stop)


def _by_then(message: Message) -> datetime | None:
    """Return from when on somebody may come who comes before a time, which is when it is over: 今晚十一点前搬进来."""
    comes = (span for span in times_in(message) if span.kind == "deadline" and _COMES_BY.match(message.text, span.stop))
    span = next((span for span in comes if span.start > message.now), None)
    if span is None:
        return None
    now = message.now.replace(second=0, microsecond=0)
    return max(now, span.start.replace(hour=0, minute=0)) if span.has_clock else now


def _day_behind(text: str, spans: Sequence[times.Span]) -> datetime | None:
    """Return the last clock time said, where its day follows last of all: 三点来，刚又改四点了，明天."""
    if len(spans) < 2 or any(span.has_clock and span.has_day for span in spans):
        return None
    clock, day = spans[-2:]
    is_both = clock.kind == "clock" and day.has_day and day.kind in {"day", "part"} and not day.is_coarse
    if not is_both or day.begin - clock.stop > _NEAR or not _ENDS.match(text, day.stop):
        return None
    is_evening = day.kind == "part" and day.start.hour >= clock.start.hour + 6 and 5 <= clock.start.hour < 12
    return datetime.combine(day.start.date(), clock.start.timetz()) + timedelta(hours=12 * is_evening)


def _each_time(message: Message) -> times.Span | None:
    """Return the clock time of what happens again and again: 每周六上午九点，明天头一回."""
    spans = (span for span in times_in(message) if span.kind in {"clock", "range"} and span.has_clock)
    return next((span for span in spans if _EACH.search(message.text, 0, span.begin)), None)


def _fullest(spans: Sequence[times.Span], text: str) -> times.Span:
    """The first time said, or what is said of that day further on: 27号来看房，下午两点到四点; 月底来，29号吧.

    Of a feast and a date beside it the date is meant: 国庆来玩，10月2号上午到.
    """
    first, *others = spans
    if first.kind == "day" and times.is_feast(text[first.begin : first.stop]):
        near = (span for span in others if span.has_day and abs(span.start - first.start) < _HOLIDAYS and not span.is_of_leaving)
        dated = (span for span in near if span.has_clock or _COMES.match(text, span.stop))
        first = next(dated, first)
    if first.kind == "part":  # 明早…七点来
        clocks = (span for span in others if span.kind in {"clock", "range"} and not span.has_day)
        return next((span for span in clocks if 0 <= (span.start - first.start).total_seconds() / 3600 + 2 <= PART), first)
    if first.kind != "day" or first.end is None:
        return first
    for span in others:
        if not first.start <= span.start <= first.end:
            break
        if (
            not span.has_day
            or span.kind in {"clock", "part"}
            or (span.kind == "day" and span.start.date() != first.start.date() != first.end.date())
        ):
            return span
    return first


def _end(message: Message, slot: Slot) -> Value | None:
    if _is_unclear(message):
        return None
    said = [span for span in times_in(message) if span.kind != "unclear" and not is_unwanted(message.text, span, message.now)]
    again = hours.days_in(message.text, message.now)  # 周一到周五早上8点到晚上6点 does not end on Friday
    said = [span for span in said if span.kind != "range" or not _is_among(again, span)]
    if again and (last := [span for span in said if _is_till(message.text, span)]):
        return last[-1].end
    spans = [span for span in said if span.kind in {"range", "deadline"}]
    if spans:
        return spans[-1].end
    goes = [span for span in said if span.is_of_leaving] if any(not span.is_of_leaving for span in said) else []
    if leaving := [span for span in said if _is_of_leaving(message.text, span)] or goes:
        left = leaving[-1].end or leaving[-1].start
        return left.replace(hour=left.hour + 12) if left.hour < 12 and _AFTER_SUPPER.search(message.text) else left
    if again:  # 下周三开始每周来
        return None
    days = [span for span in said if span.kind == "day"]
    return days[-1].end if days and len(days) == len(said) and not first_known(message.known) else None


def _datetime(message: Message, slot: Slot) -> Value | None:
    value = _start(message, slot)
    if (
        value is None
        and not _is_unclear(message)
        and (deadlines := [span for span in times_in(message) if span.kind == "deadline"])
    ):
        return deadlines[-1].end
    return value


def _first(message: Message, slot: Slot) -> Value | None:
    """Return when somebody comes, of who comes again and again the first time: 每天下午四点来接孩子."""
    again = hours.read(message.text, message.now)
    if again is None or _is_unclear(message):
        return _start(message, slot)
    now, days = message.now.replace(second=0, microsecond=0), hours.days_in(message.text, message.now)
    if not days:
        return _start(message, slot) or again.next(now)
    named = [
        span for span in times_in(message)
        if span.has_day and not _is_among(days, span) and not _is_till(message.text, span) and span.kind != "deadline"
        and not is_unwanted(message.text, span, message.now) and not _STAYS_AWAY.match(message.text, span.stop)
    ]  # fmt: skip
    if not named:
        return again.next(now)
    named = [span for span in named if _BEGINS_THEN.match(message.text, span.stop)] or named
    day = named[0].start
    if _FIRST_TIME.search(message.text):
        return day if named[0].has_clock else day.replace(hour=0, minute=0) + timedelta(minutes=again.opens)
    return again.next(max(now, day))


def _is_among(days: range, span: times.Span) -> bool:
    """Tell whether a time is one of the days on which somebody comes again."""
    return not set(days).isdisjoint(range(span.begin, span.stop))


def _is_till(text: str, span: times.Span) -> bool:
    """Tell whether a day is the last one: 到12月30号为止."""
    is_last = _TILL.search(text, 0, span.begin) or _TILL_THEN.match(text, span.stop)
    return span.kind in {"day", "deadline"} and is_last is not None


def _date(message: Message, slot: Slot) -> Value | None:
    value = _datetime(message, slot)
    return value.replace(hour=0, minute=0) if isinstance(value, datetime) else None


def _read_now(message: Message, slot: Slot) -> Value | None:
    return message.now.replace(second=0, microsecond=0) if answers.is_now(message.text) else None


GRAMMAR = Grammar(name="time", title="时间", find=find, mask="\ue8f4", stands_out=_is_of_people)

START = Kind(
    name="start", title="开始时间", aspect=Aspect.BEGINS, grammar=GRAMMAR, take=_start, read=_read_now, called=("时间", "日期", "日子"),
    is_strict=True, tells=True, parts=True, books=True,
)  # fmt: skip
FIRST = replace(START, name="first_start", title="第一次的时间", take=_first, refines=START.name)
END = Kind(name="end", title="结束时间", aspect=Aspect.ENDS, grammar=GRAMMAR, take=_end, is_strict=True, tells=True, books=True)
DATETIME = Kind(
    name="datetime", title="时间", aspect=Aspect.WHEN, grammar=GRAMMAR, take=_datetime, read=_read_now, is_strict=True
)
DATE = Kind(name="date", title="日期", aspect=Aspect.WHEN, grammar=GRAMMAR, take=_date, is_strict=True)
