"""When the health station sees people, told to whoever asks: 卫生站几点开门, 周末有医生吗, 王医生什么时候在. Read from its sessions; no hour is made up."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.contract import Turn, knowledge, times_in
from integrations.clinic import bookings, places
from integrations.clinic.models import Session

#: Whoever says more tells of something else.
_LONGEST = 30

_STATION = re.compile(r"卫生(?:站|室|所|院|服务站|服务中心)|医务室|社区医院|社区诊所|保健站")
_WHEN = r"(?:几点|几时|什么时候|啥时候|啥时间|什么时间|哪天|哪几天|哪些天|星期几|周几|礼拜几|几号)"
#: What is asked of the station itself; whose place it is, is asked otherwise.
_OPENS = re.compile(
    rf"{_WHEN}|开不开|开门|关门|开放|开着|上不上班|上班|下班|营业|坐诊|出诊|有(?:没有)?(?:人|医生|大夫|护士)|(?:哪|什么|几)个?(?:些|位)?(?:医生|大夫|护士)"
    r"|在哪|哪里|哪儿|怎么走|咋走|地址|位置|几栋|几号楼|时间表|开(?:吗|么|不)"
)
#: Says that a place is wanted, had or given up: that is another matter.
_OF_A_PLACE = re.compile(
    r"约|挂|号(?!楼)|取消|退|排队|改|换|我(?:妈|爸)?(?:明天|后天|今天|周.|下周.)?(?:是|要|该)?" + _WHEN + "|电话|投诉|收费|多少钱"
)
_DOCTOR = re.compile(
    rf"(?P<who>[\u4e00-\u9fff]{{1,2}}(?:医生|大夫|医师|护士))(?:(?:一般|都|是|今天|明天)?(?:{_WHEN})?(?:在不在|在|来|坐诊|出诊|上班|有空|看诊)|{_WHEN})(?:吗|么|呢|啊|呀|的)?[?？。]*"
)
#: Some doctor of the station, by no name: 明天医生在不在.
_ANY = re.compile(
    r"(?:今天|明天|明儿|后天|(?:这|下)?(?:周|礼拜|星期)[一二三四五六日天]|周末)?(?:上午|下午|早上|晚上)?(?:医生|大夫|护士)(?:今天|明天|后天)?(?:在不在|在吗|在么|来不来|来吗|来么|上不上班|上班吗|坐诊吗|几点来|几点到|什么时候来|什么时候在)[?？。]*"
)
_OFFER = r"(?:量?血压|测?血糖|打针|疫苗|中医|西医|针灸|推拿|理疗|换药|抽血|体检|牙医?|眼科|妇科|儿科|全科|康复|B超)"
_FOR = re.compile(
    rf"(?P<what>{_OFFER})(?:的)?(?:服务|医生|大夫)?(?:一般|都)?(?:是|在|有)?{_WHEN}(?:有|在|来|量|做|看|打)?(?:吗|呢|啊|呀)?[?？。]*"
    rf"|{_WHEN}(?:有|能|可以|来|做|看)(?P<other>{_OFFER})(?:医生|大夫)?(?:看|做|量)?(?:吗|呢|啊|呀)?[?？。]*"
)
#: The same without a word of the station, right after it was spoken of.
_BARE = re.compile(
    rf"(?:那|那边|那里|它|你们)?(?:都|一般|每天)?(?:是)?{_WHEN}(?:到{_WHEN})?(?:开门|关门|开|上班|下班|坐诊|有人|有医生)(?:呢|啊|呀|的)?[?？。]*"
    r"|(?:那|那边)?(?:周末|今天|明天|后天|下午|上午|晚上|中午)+(?:开门|开|有人|有医生|有大夫)(?:吗|么|呢|不)[?？。]*"
)
#: Which half of the day is asked for.
_MORNING, _AFTERNOON, _EVENING = ("早上", "上午", "早晨", "清早"), ("下午", "中午以后"), ("晚上", "夜里", "傍晚")

#: From this hour of the day it is evening.
_DARK = 18


def ask(text: str, *, is_of_clinic: bool) -> bool:
    """Tell whether words ask when or where the station sees people. Pure."""
    if len(text) > _LONGEST:
        return False
    if _STATION.search(text):
        return _OPENS.search(text) is not None and _OF_A_PLACE.search(text) is None
    return any(one.fullmatch(text) for one in (_DOCTOR, _FOR, _ANY)) or (is_of_clinic and _BARE.fullmatch(text) is not None)


def tell(turn: Turn, text: str, *, lead: str = "") -> str:
    """Return the sessions that are asked for, or that none is then and which come next; what the office has written of it stands before.

    Empty where words without the station's name ask for nobody and nothing that it has.
    """
    sessions = to_come(turn)
    is_anybody = _ANY.fullmatch(text) is not None
    if is_anybody and not sessions:
        return ""
    doctor, offer = _DOCTOR.fullmatch(text) if not is_anybody else None, _FOR.fullmatch(text)
    if doctor is not None and not _STATION.search(text):
        surname = doctor["who"][-3:]
        sessions = [one for one in sessions if one.doctor.endswith(surname) or surname.endswith(one.doctor)]
        if not sessions:
            return ""
    if (
        offer is not None
        and not _STATION.search(text)
        and not any(_has(one, offer["what"] or offer["other"]) for one in sessions)
    ):
        return ""
    found = _then(turn, sessions, text)
    shown = (found or sessions)[: places.OFFERED]
    known = _written(turn, text)
    return turn.words(
        turn.context.messages["clinic.hours"], lead=lead, known=known, unknown="" if known else "yes", none="" if sessions else "yes",
        asked="yes" if found else "", not_then="yes" if sessions and not found else "", sessions=[turn.words("· {line}", line=_line(turn, one)) for one in shown], room=_room(shown),
    )  # fmt: skip


def to_come(turn: Turn) -> Sequence[Session]:
    """Return the sessions that are not over, the next first."""
    open_ones = select(Session).where(
        col(Session.cancelled_at).is_(None), col(Session.ends_at) > turn.now, col(Session.starts_at) < turn.now + places.AHEAD
    )
    return turn.session.exec(open_ones.order_by(col(Session.starts_at), col(Session.id))).all()


def _then(turn: Turn, sessions: Sequence[Session], text: str) -> Sequence[Session]:
    """Return those on the days, in the half of the day, with the doctor and for what words ask."""
    spans = [one for one in times_in(text, turn.now) if one.has_day and one.kind != "unclear"]
    found = list(sessions)
    if "周末" in text or "双休" in text:
        found = [one for one in found if one.starts_at.weekday() >= 5]
    elif spans:
        first, last = spans[0].start.date(), (spans[0].end or spans[0].start).date()
        found = [one for one in found if first <= one.starts_at.date() <= max(first, last)]
    if "现在" in text:
        found = [one for one in found if one.starts_at <= turn.now]
    for words, fits in ((_MORNING, _is_morning), (_AFTERNOON, _is_afternoon), (_EVENING, _is_evening)):
        if any(word in text for word in words):
            found = [one for one in found if fits(one.starts_at)]
    offer = next(iter(re.findall(_OFFER, text)), "")
    if offer and any(_has(one, offer) for one in sessions):
        found = [one for one in found if _has(one, offer)]
    return found if not found else bookings.meant(found, None, text)


def _is_morning(at: datetime) -> bool:
    return at.hour < bookings.NOON


def _is_afternoon(at: datetime) -> bool:
    return bookings.NOON <= at.hour < _DARK


def _is_evening(at: datetime) -> bool:
    return at.hour >= _DARK


def _has(session: Session, offer: str) -> bool:
    return offer.removeprefix("量").removeprefix("测") in f"{session.offers} {session.doctor}"


def _line(turn: Turn, session: Session) -> str:
    return bookings.label(turn, session) if session.starts_at > turn.now else _now(turn, session)


def _now(turn: Turn, session: Session) -> str:
    return turn.words("现在正在坐诊，到 {until}：{doctor}", until=f"{session.ends_at:%H:%M}", doctor=places.called(session))


def _room(shown: Sequence[Session]) -> str:
    return "、".join(dict.fromkeys(one.room for one in shown))


def _written(turn: Turn, text: str) -> str:
    """Return what the office has written of its station, where it answers this; an entry about something else answers nothing."""
    for one in turn.context.search(text, turn.now, (turn.community.key,)):
        entry = knowledge.answering(turn, [one])
        if entry is not None and _STATION.search(f"{entry.question} {entry.answer}"):
            return knowledge.say(turn, entry)
    return ""
