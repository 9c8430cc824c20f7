"""Who is away is not waited for: 我去女儿家住三天, 我妈住院了，下周五出院, said by the person or the family, read back with its last day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from bot.contract import Ask, Reply, Resident, Staff, Turn, Wish, Work, action, consents, times_in
from integrations.health import care, ladder, relations, signs
from integrations.health.models import CareAbsence, Sign

INTENT = "care.away"

#: The longest that may be told at once: nobody is forgotten for good by a slip.
LONGEST = timedelta(days=60)

#: Letters of a message that tells of an absence, at most.
_LONGEST = 60

_GOES = re.compile(
    r"住院|不在家|出门|出远门|旅游|旅行|出差|回老家|回乡|去[^，。,.]{0,8}(?:家|那边|那儿|那里|医院|外地)|(?:接|搬)[我他她]?[^，。,.]{0,4}去"
)
_HOSPITAL = re.compile(r"住院|出院|医院")

#: What asks, tells of what is over, or of guests; and a danger is for others to hear.
_NO_ABSENCE = re.compile(
    r"[吗么嘛?？]\s*$|怎么|能不能|可以|报修|访客|客人|通行|快递|漏水|打卡|回来了|出院了|取消|上次|去年|昨天去|前天去|救命|摔|停电"
)

#: Says that nobody need be waited for, or looked after.
_OF_CARE = re.compile(
    r"(?:不|别|甭|莫|唔)[^，。,.]{0,2}(?:报平安|上门|惦记|来看|看[我俺他她]|等[我俺他她]|问[我俺他她]|敲门)|报平安|(?:不|别|甭|莫|唔)(?:用|要|使)?(?:担心|挂念)"
)

#: How long: 三天, 两个星期, 一个月.
_LENGTH = re.compile(
    r"([一二两三四五六七八九十\d]{1,3})(?:来)?(天|日(?!\d)|个?星期|周(?![一二三四五六日天])|个?礼拜(?![一二三四五六日天])|个月)"
)
_DAYS = {"天": 1, "日": 1, "星期": 7, "周": 7, "礼拜": 7, "月": 30}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}

#: Said of the day on which they are back, and of the one on which they leave.
_BACK = re.compile(r"回|出院|为止|到家|结束|之前|以前|[到至]\s*$")

#: 我回来了, 我妈出院了.
_CAME = re.compile(
    r"(?:我|俺|咱|老人|[我俺]?家?老?[爸妈爹娘]|奶奶|爷爷|外公|外婆|老伴|他|她)?(?:们)?(?:今天|刚|刚刚|已经|昨天)?从?.{0,8}(?:回来|回家|到家|出院|回屋)(?:了|啦|喽|咯)[。！!，,]?(?:已经)?(?:到家了|回家了)?"
)


@dataclass(frozen=True, kw_only=True)
class Away:
    """Who, by public id; from and until when, as days; whether they lie in hospital; what was read back is agreed to."""

    who: str | None = None
    begins: str | None = None
    until: str | datetime | None = None
    hospital: bool | None = None
    sure: bool | str | None = None


def hear(turn: Turn, text: str) -> str | Wish:
    """Return what follows from words of an absence of somebody who is waited for; nothing for all others."""
    text = text.strip()
    if len(text) > _LONGEST or turn.resident is None or not turn.is_bound:
        return ""
    if _CAME.fullmatch(text):
        return _come_back(turn, text)
    if not _GOES.search(text) or _NO_ABSENCE.search(text):
        return ""
    those = _meant(turn, text)
    if not those and _OF_CARE.search(text) and not _home(turn):  # who waits for nobody says so, and notes no 平安
        return Wish(intent=INTENT)
    if not those:
        return ""
    begins, until = _days(text, turn.now)
    who = those[0].public_id if len(those) == 1 else None
    values = {"who": who, "begins": begins.isoformat(), "until": until.isoformat() if until else None}
    told = {name: value for name, value in values.items() if value is not None}
    return Wish(intent=INTENT, values={**told, "hospital": _HOSPITAL.search(text) is not None})


def _home(turn: Turn) -> Sequence[Resident]:
    """Return those of the flat who are waited for; a neighbour tells of nobody's absence."""
    return [
        one
        for one in signs.watched(turn)
        if one.key == turn.me.key or one in ladder.family(turn, turn.me) or _lives_here(turn, one)
    ]


def _lives_here(turn: Turn, one: Resident) -> bool:
    return one.household_id in {flat.key for flat in turn.flats}


def _meant(turn: Turn, said: str) -> Sequence[Resident]:
    those = _home(turn)
    known = relations.spoken_of(turn, said)
    named = [one for one in those if one.name and one.name in said] or [one for one in those if one.key in known]
    mine = [one for one in those if one.key == turn.me.key]
    if named:
        return named
    if signs.OTHERS.search(re.sub(r"[去到在]\S{1,6}(?:家|那边|那儿|那里)", "", said)):
        return [one for one in those if one not in mine]
    return mine


def _days(text: str, now: datetime) -> tuple[date, date | None]:
    """Return the first day and the last one, None where that is not said."""
    begins, until = now.date(), None
    for span in times_in(text, now):
        if span.kind == "unclear" or not span.has_day or span.is_coarse:
            continue
        day = (span.end or span.start).date()
        around = text[max(span.begin - 1, 0) : span.begin] + text[span.stop : span.stop + 8].partition("，")[0].partition(",")[0]
        if re.match("[到至]", around) or _BACK.search(around):
            until = day
        else:
            begins = span.start.date()
    length = _LENGTH.search(text)
    if length is not None and until is None:
        until = begins + timedelta(days=_number(length[1]) * _DAYS[length[2].removeprefix("个")])
    return begins, until


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


@action(
    INTENT, Away,
    replies={"who": "", "until": "person", "sure": "person first last next", "done": "person last next", "unsaid": "person", "unsure": "person first last next", "kept": "", "none": "", "past": "", "long": ""},
)  # fmt: skip
def leave(turn: Turn, slots: Away) -> Reply | Ask:
    """Keep an absence once its days were read back and agreed to."""
    those = [one for one in _home(turn) if slots.who in (None, one.public_id)] if turn.is_bound else []
    if not those:
        return Reply("none", ok=False)
    if len(those) > 1:
        options = {one.public_id: ladder.called(one) for one in those}
        return Ask(slot="who", name="who", options=options, called_off="kept")
    [one] = those
    name = "您" if one.key == turn.me.key else ladder.called(one)
    begins = date.fromisoformat(slots.begins) if slots.begins else turn.now.date()
    until = _until(slots, turn)
    if until is None:
        return Ask(slot="until", name="until", options={}, values={"person": name}, called_off="unsaid")
    if until < max(begins, turn.now.date()):
        return Reply("past", ok=False)
    if until - begins > LONGEST:
        return Reply("long", ok=False)
    values = {"person": name, "last": _said(until), "next": _said(until + timedelta(days=1))}
    if slots.sure in (False, "no"):
        return Reply("kept", ok=False)
    if slots.sure is None:
        return Ask(
            slot="sure", name="sure", options={}, values={**values, "first": _said(begins)}, called_off="unsure", agreed="yes"
        )
    keep(turn, one, begins, until, in_hospital=bool(slots.hospital), by=turn.me)
    return Reply("done", person=name, last=values["last"], next=values["next"])


def _until(slots: Away, turn: Turn) -> date | None:
    """Return the last day: a date that was told, or how long when that was asked."""
    if isinstance(slots.until, datetime):
        return slots.until.date()
    if slots.until:
        return date.fromisoformat(slots.until[:10])
    last = turn.said.rpartition("\n")[2]
    return _days(last, turn.now)[1] if "\n" in turn.said else None


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def keep(
    work: Work, one: Resident, begins: date, until: date, *, in_hospital: bool, by: Resident, staff: Staff | None = None
) -> None:
    """Keep an absence, in the place of one that stood; whoever tells where they are has been heard of. `staff` wrote it down for them."""
    for before in work.session.exec(_standing(one)).all():
        before.ended_at = work.now
        work.session.add(before)
    consent = consents.needed(work, one, care.CARE)
    work.session.add(
        CareAbsence(
            resident_id=one.key, consent_id=consent.key, begins=begins, ends=until, in_hospital=in_hospital, told_by=by.key, at=work.now,
            staff_id=staff.id if staff else None,
        )
    )  # fmt: skip
    work.record("care.away", one.about)
    if begins <= work.now.date():
        ladder.well(work, one, Sign.SAID if one.key == by.key else Sign.FAMILY, by=by.about)


def _standing(one: Resident):  # type: ignore[no-untyped-def]  # SQLModel's select
    return select(CareAbsence).where(CareAbsence.resident_id == one.key, col(CareAbsence.ended_at).is_(None))


def _come_back(turn: Turn, text: str) -> str:
    """End the absence of who is back; nothing where nobody was away."""
    those = [one for one in _meant(turn, text) if ladder.absence(turn, one.key, turn.now.date()) is not None]
    for one in those:
        for absence in turn.session.exec(_standing(one)).all():
            absence.ended_at = turn.now
            turn.session.add(absence)
        turn.record("care.back", one.about)
    if not those:
        return ""
    [one, *_] = those
    name = "您" if one.key == turn.me.key else ladder.called(one)
    return turn.words(turn.context.messages["care.back"], name=name, hour=f"{ladder.hour(turn):%H:%M}")
