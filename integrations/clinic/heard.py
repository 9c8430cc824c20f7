"""Words that are about a place at the health station, whatever else they may mean: an answer to one that became free, 取消预约, 排队到哪了."""

import re

from bot.contract import Turn, Wish
from integrations.clinic import bookings, hours, places
from integrations.clinic.models import Booking, Session, State

_ENDS = r"[吧了啊呀的哦啦么吗嘛呢\s,，。.!！?？~～]*"
_BEGINS = r"[我俺请帮把给要想好的嗯那就\s,，]*"
_OF = r"(?:看病|看医生|医生|卫生站|社区医院|体检|疫苗|量?血压)?的?(?:那个)?"

#: Answers to a place that is held, and what is meant by nothing else.
_WANTS = re.compile(rf"{_BEGINS}(?:要号|要这个号|留着|号留着|这个号我要|我去){_ENDS}")
_WAIVES = re.compile(rf"{_BEGINS}(?:不要号|不要这个号|不要这号|这个号不要|号不要|让给别人|让给下一位|给别人){_ENDS}")
#: The same where nothing else is asked.
_YES = re.compile(rf"(?:要|好|行|可以|去|能去|要的|好的|好呀){_ENDS}")
_NO = re.compile(rf"(?:不要|不去|去不了|不用|算了|不了){_ENDS}")

_CANCELS = re.compile(
    rf"{_BEGINS}(?:(?:取消|退掉?|撤销){_OF}(?:预约|约|挂号|号|排队)|{_OF}(?:预约|约|号|排队)(?:取消|退|退掉|不要|撤销)|不排队?了|不看医生了|不去看医生了){_ENDS}"
)
_ASKS = re.compile(
    rf"{_BEGINS}(?:{_OF}(?:预约|约)的?(?:是|在)?(?:几点|什么时候|啥时候|哪天|哪个医生|星期几|周几)|看?{_OF}(?:的)?预约|排队?(?:到|排到)?(?:哪|哪里|哪儿|几号|第?几个?位?)|(?:快?轮到我|到我)了?(?:没有?)?|[前头前面]{{1,2}}还?有?(?:几|多少)个?位?人?|还要排多久|(?:忘了|不记得|记不得)?(?:我|我们?家)?(?:到底)?约没约上?|(?:我|我们?家)?约上了?(?:没有?|吗)){_ENDS}"
)
#: Somebody who has a place cannot come: 我明天去不了了.
_CANNOT = re.compile(
    rf"(?:我|俺|她|他|我[爸妈]|老伴)?(?:今天|明天|明儿|后天|那天|到时候|(?:下|这)?(?:周|礼拜|星期)[一二三四五六日天])?(?:上午|下午)?(?:临时)?(?:有事)?(?:去不了|去不成|没法去|不能去|没空去){_ENDS}"
)
#: When one's own place is, by what one does there: 我明天几点去卫生站.
_GOES = re.compile(
    r"(?:我|俺|我们|我妈|我爸|我妈妈|我爸爸|老伴|我老伴|老公|老婆|孩子|她|他)?(?:今天|明天|明儿|后天|大后天|那天|(?:这|下)?(?:周|礼拜|星期)[一二三四五六日天])?(?:上午|下午)?(?:是|应该|该|要)?"
    r"(?:几点|几时|什么时候|啥时候|哪天|星期几|周几)(?:要|该|得)?(?:去|到|上|过去)?(?P<what>卫生站|卫生室|社区医院|看病|看医生|看大夫|医生那里?|量血压|打针|打疫苗|体检)?(?:看病|看|来着)?(?:来着|呢|啊|呀|的)?[?？。]*"
)
#: What is asked of a full session, and of what one brings and pays.
_FULL = re.compile(
    r"(?:要是|如果|万一)?(?:没有?|冇)号了?(?:怎么办|咋办|咋整|点办|怎么弄)[?？]*|号(?:都)?(?:没有?|满|完)了?(?:怎么办|咋办|咋整|怎么弄)[?？]*|约不[上到](?:号)?(?:了)?(?:怎么办|咋办)[?？]*|(?:都)?满了(?:怎么办|咋办)[?？]*"
)
_BRINGS = re.compile(
    r"(?:看病|看医生|去)?(?:要|用|需要|得)?(?:不要|不用)?带(?:啥|什么|医保卡|身份证|病历|钱|东西|点?什么|啥子)(?:东西)?(?:不|吗|么|去|过去)?[?？]*|(?:看病|看医生|挂号|量血压)?(?:要钱|收钱|收费|花钱|贵|要多少钱|多少钱)(?:不要|不|吗|么)?[?？]*"
)


def hear(turn: Turn, text: str) -> str | Wish:
    """Answer for a place that is held, or lead to what is meant by words that speak of the one they have; nothing for who has none."""
    said = text.strip()
    is_of_clinic = turn.open.startswith("medical.") or any(one.startswith("medical.") for one in turn.lately)
    if _FULL.fullmatch(said) and (is_of_clinic or "号" in said):
        return turn.words(turn.context.messages["clinic.full"])
    if is_of_clinic and _BRINGS.fullmatch(said):
        return turn.words(turn.context.messages["clinic.brings"])
    if (goes := _GOES.fullmatch(said)) is not None and (goes["what"] or is_of_clinic) and not turn.open and turn.is_bound:
        if bookings.open_ones(turn):
            return Wish(intent="medical.mine")
        if goes["what"]:
            return hours.tell(turn, said, lead="yes")
    if hours.ask(said, is_of_clinic=is_of_clinic and not turn.is_asked) and (told := hours.tell(turn, said)):
        return told
    known = [pattern for pattern in (_WANTS, _WAIVES, _YES, _NO, _CANCELS, _ASKS, _CANNOT) if pattern.fullmatch(said)]
    if not known or turn.resident is None or not turn.is_bound:
        return ""
    found = bookings.open_ones(turn)
    offered = next(((one, of) for one, of in found if one.state is State.OFFERED), None)
    if offered is not None and (_WANTS in known or _WAIVES in known or (not turn.is_asked and (_YES in known or _NO in known))):
        return _answer(turn, *offered, wants=_WANTS in known or (_YES in known and _WAIVES not in known))
    is_of_another = bool(turn.lately) and not any(intent.startswith("medical.") for intent in turn.lately)
    if _ASKS in known and found and is_of_clinic:
        return Wish(intent="medical.mine")
    if not found or turn.open or (is_of_another and _CANNOT not in known):
        return ""
    if _CANCELS in known or _CANNOT in known:
        return Wish(intent="medical.cancel")
    return Wish(intent="medical.mine") if _ASKS in known else ""


def _answer(turn: Turn, booking: Booking, session: Session, *, wants: bool) -> str:
    """Let who was offered a place have it, or let it go to the next."""
    booking = bookings.hold(turn, booking)
    told = places.said(turn, booking, session)
    if booking.state is not State.OFFERED or (booking.held_until is not None and booking.held_until <= turn.now):
        return turn.words(turn.context.messages["clinic.too_late"], **told)
    if not wants:
        places.end(turn, booking, State.CANCELLED)
        turn.record("clinic.cancelled", booking.subject)
        return turn.words(turn.context.messages["clinic.waived"], **told)
    booking.state, booking.held_until = State.BOOKED, None
    booking.reminded_at = turn.now if bookings.is_soon(session, turn.now) else None
    turn.session.add(booking)
    turn.record("clinic.booked", booking.subject)
    return turn.words(turn.context.messages["clinic.taken"], **told)
