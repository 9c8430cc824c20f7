"""A temperature that was written down for somebody else: 不是我的，是我老公的, 记错人了, 我和老公说反了. The row moves to whose it is and says whose it was
first; whoever was to be called about it is the right one from then on.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import col, or_, select

from bot.contract import Household, Resident, Staff, Turn, Wish, Work, consents, is_somebody
from integrations.health import ages, answering, campaigns, people, relations, reports, tasks
from integrations.health.models import CheckIn, is_abnormal
from integrations.health.people import Person
from integrations.health.purposes import CHECK_IN, MINORS

#: Letters of such a message at most.
_LONGEST = 40

#: What needs no word of health is said of what was told within this time.
_JUST_NOW = timedelta(hours=1)

#: How the task ends of whom nothing is left.
NOT_THEIRS = "记错人了，不是这位"

_WHO = r"[\u4e00-\u9fff]{1,5}?"
_FIGURE = r"(?:(?P<figure>3[4-9]|4[0-3])(?:[.．。点度](?P<tenth>\d))?度?(?:的)?)?"
_THIS = r"(?:刚才|刚刚|上面|今天|哎|唉|呀|啊|不对|等等|喂|你好|对不起|不好意思|[\s,，。!！])*(?:那|这)?(?:个|条|次)?(?:我?(?:说|报|填|记|打|写)的)?(?:体温|温度|打卡|发烧|发热)?(?:的)?(?:那|这)?(?:个|条)?"
_HEAT = r"(?:体温|温度|打卡|发烧)?"
_END = r"[。.!！了啊呀的呢吧哈~～\s]*"
_THEIRS = rf"(?:而?是|应该是|其实是|该是)(?P<to>{_WHO})的?{_HEAT}(?=[。.!！了啊呀的呢吧哈~～\s,，]*(?:$|记|弄|搞|你))"
_WRONG = r"(?:你们?|系统|物业|我|刚才)?(?:记|报|填|说|弄|搞|登记|写)错(?:了)?(?:人)(?:家)?(?:了)?"
#: 不是我的，是我老公的; 37.8不是我的; 那个不是我妈的体温.
_NOT = re.compile(
    rf"{_THIS}{_FIGURE}(?:并|都)?不是(?P<was>{_WHO})的{_HEAT}{_END}[,，、。 ]*(?:{_WRONG})?[,，、。 ]*(?:{_THEIRS})?[,，、。 ]*(?:{_WRONG})?{_END}"
)
#: 记错人了，是我老公的.
_MIXED = re.compile(rf"{_THIS}{_FIGURE}{_WRONG}{_END}[,，、。 ]*(?:不是(?P<was>{_WHO})的[,，、。 ]*)?(?:{_THEIRS})?{_END}")
#: 刚才那个是我老公的, what answers whose it is: 是我老公的.
_IS = re.compile(rf"{_THIS}{_FIGURE}(?:应该|其实|该)?是(?P<to>{_WHO})的{_HEAT}{_END}")
#: 我和老公报反了.
_SWAPPED = re.compile(
    rf"{_THIS}(?:我们?|我俩|两个人?|俩|两人|{_WHO}(?:和|跟|与){_WHO})?(?:的)?{_HEAT}(?:都)?(?:记|报|填|说|弄|搞|写|对调)反(?:了)?{_END}"
)

_ME = frozenset({"我", "本人", "我自己", "自己", "俺", "我本人"})

#: Words of health: with them it is plain what is not theirs.
_HEALTH = re.compile("体温|温度|打卡|发烧|发热|记错人|报错人|填错人|登记错人|3[4-9][.．点度]|4[0-3][.．点度]")


def hear(turn: Turn, text: str) -> str | Wish:
    """Return what follows from such words; nothing for all others, and where nothing was told today."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    no, mixed, swapped, is_of = (one.fullmatch(said) for one in (_NOT, _MIXED, _SWAPPED, _IS))
    if not any((no, mixed, swapped, is_of)) or turn.resident is None or turn.flat is None:  # words first, rows afterwards
        return ""
    if turn.is_asked and turn.open != "health.checkin":
        return ""
    is_lately = turn.open == "health.checkin" or set(turn.lately) == {"health.checkin"}
    if turn.lately and not is_lately and not _HEALTH.search(said):  # something else was done since: 那个不是我的
        return ""
    last = _last_told(turn)
    if not last or (not is_lately and not _HEALTH.search(said) and turn.now - last[0].at > _JUST_NOW):
        return ""
    if swapped is not None:
        return _swap(turn, last)
    found = no or mixed or is_of
    if found is None:
        return ""
    to = _person(turn, found["to"]) if found["to"] else None
    if found["to"] and to is None:
        return ""
    was = _person(turn, found["was"]) if found is not is_of and found["was"] else None
    return _right(turn, _candidates(turn, last, was, to, found), to)


def _person(turn: Turn, said: str) -> Person | None:
    """Return whom a word means: who speaks, somebody at home, a relation; None for what is nobody."""
    if said in _ME:
        return people.me(turn)
    word = reports.one_word(said.removeprefix("我家").removeprefix("我"))
    found = people.find(turn, word)
    if found.resident is not None:
        return found
    by_name = relations.named(turn, turn.me, word)
    if by_name is not None:
        return Person(resident=by_name, word=by_name.name)
    return found if is_somebody(word) else None


def _last_told(turn: Turn) -> Sequence[CheckIn]:
    """Return today's rows of the last message, told by who speaks; else those that somebody told of them."""
    theirs = or_(col(CheckIn.reporter_id) == turn.me.key, col(CheckIn.resident_id) == turn.me.key)
    today = select(CheckIn).where(theirs, CheckIn.day == turn.now.date()).order_by(col(CheckIn.id).desc())
    rows = turn.session.exec(today).all()
    own = [one for one in rows if one.reporter_id == turn.me.key] or rows
    return [one for one in own if one.at == own[0].at] if own else []


def _candidates(
    turn: Turn, last: Sequence[CheckIn], was: Person | None, to: Person | None, found: re.Match[str]
) -> Sequence[CheckIn]:
    """Return the rows that may be meant: of whom it is said not to be, with the figure that is said, of the last message."""
    if was is not None:
        mine = people.check_ins(turn, was).where(CheckIn.day == turn.now.date()).order_by(col(CheckIn.id).desc())
        rows = turn.session.exec(mine).all()
        rows = [one for one in rows if one.at == rows[0].at]
    else:
        rows = [one for one in last if to is None or one.of != _key(turn, to)]
    if found["figure"]:
        tenths = int(found["figure"]) * 10 + int(found["tenth"] or 0)
        rows = [one for one in rows if one.tenths == tenths] or [one for one in last if one.tenths == tenths]
    return rows


def _key(turn: Turn, person: Person) -> tuple[int, str]:
    """Tell somebody apart as `CheckIn.of` does."""
    return (person.resident.key, "") if person.resident is not None else (turn.me.key, person.word)


def _right(turn: Turn, rows: Sequence[CheckIn], to: Person | None) -> str | Wish:
    if not rows:
        return ""
    told = "、".join(f"{one.person or '您'} {one.words}" for one in reversed(rows))
    if len({one.of for one in rows}) > 1:
        return turn.words(turn.context.messages["health.mixed_up_which"], told=told)
    turn.settles.add("health.checkin")  # what it still asks would be asked of the wrong one
    words = _figures(rows)
    if rows[0].reporter_id != turn.me.key and (to is None or to.resident is None):
        return _give_back(turn, rows, words)
    if to is None:
        return turn.words(turn.context.messages["health.mixed_up_whose"], told=words)
    if rows[0].of == _key(turn, to):
        return ""
    if to.word and to.resident is not None and _refuses(turn, to.resident):
        return turn.words(turn.context.messages["health.mixed_up_refused"], who=to.word)
    was = "您" if rows[0].resident_id == turn.me.key else rows[0].person or "报的人"
    unwell = _move(turn, rows, to)
    if reports.Report(who=to.word).is_child or ages.is_young(turn, to):
        given = {one.key for one in consents.ever(turn, turn.me, MINORS)}
        if any(one.consent_id not in given for one in rows):
            return Wish(intent=ages.INTENT, values={"who": to.word, "rows": ages.packed(rows)})
    return turn.words(
        turn.context.messages["health.mixed_up"], told=words, who=to.word or "您", was=was, unwell="yes" if unwell else "", counted=answering.beside(turn)
    )  # fmt: skip


def _figures(rows: Sequence[CheckIn]) -> str:
    last = max(rows, key=lambda one: one.id or 0)
    return last.words if len(rows) == 1 or not last.tenths else f"{last.tenths / 10:.1f}℃"


def _refuses(work: Work, resident: Resident) -> bool:
    return bool(consents.missing(work, resident, [CHECK_IN]) and consents.refused(work, resident, [CHECK_IN]))


def _move(turn: Turn, rows: Sequence[CheckIn], to: Person) -> bool:
    """Give rows of one person to another; returns whether they are unwell, and the task of whoever told it follows them."""
    teller = turn.session.get_one(Resident, rows[0].reporter_id)
    home = turn.household(teller)
    before = _word_for(rows[0], teller)
    campaigns.unnote(turn, rows)
    word = "" if to.resident is not None and to.resident.key == teller.key else to.word or turn.me.name or "家里人"
    for one in rows:
        give(turn, one, to.resident, word)
    turn.session.flush()
    last = max(rows, key=lambda one: one.id or 0)
    unwell = any(one.is_abnormal for one in rows)
    campaigns.note(turn, teller, home, Person(resident=to.resident, word=word), made=last, unwell=unwell, corrects=True)
    for one in rows:
        one.campaign_id = last.campaign_id
        turn.session.add(one)
    turn.record("health.righted", teller.about)
    _follow(
        turn,
        teller,
        home,
        before,
        {word: f"{word}{_worst(rows).words}（更正：原来记在{before or teller.name or '报的人'}名下）"} if unwell else {},
    )
    return unwell


def _worst(rows: Sequence[CheckIn]) -> CheckIn:
    return max(rows, key=lambda one: (one.is_abnormal, one.tenths))


def _word_for(row: CheckIn, teller: Resident) -> str:
    """Return the word by which a task of who told it knows somebody."""
    return "" if row.resident_id == teller.key else row.person


def give(work: Work, row: CheckIn, resident: Resident | None, word: str, *, staff: Staff | None = None) -> None:
    """Let a row be of somebody else; whose it was first stays with it."""
    if row.righted_at is None:
        row.was_of_id, row.was_person = row.resident_id, row.person
    row.resident_id, row.person = resident.key if resident is not None else None, word
    row.campaign_id, row.righted_at, row.righted_by = None, work.now, staff.id if staff is not None else None
    work.session.add(row)


def _follow(work: Work, teller: Resident, flat: Household, before: str, unwell: Mapping[str, str]) -> None:
    """Let the task know whom it is about; where nobody of it is unwell any more it is over."""
    was_told = tasks.strike(work, teller, before, why=NOT_THEIRS, keeps=bool(unwell))
    if unwell:
        urgent = was_told and any("气短" in words for words in unwell.values())
        task = tasks.tell_of(work, teller, flat, unwell, urgent=urgent, completes=False)
        campaigns.tell_duty(work, teller, task)


def _give_back(turn: Turn, rows: Sequence[CheckIn], told: str) -> str:
    """Take out what somebody else of the family told of who speaks, and let that one know."""
    teller = turn.session.get_one(Resident, rows[0].reporter_id)
    take_back(turn, teller, rows)
    if teller.key != turn.me.key:
        turn.tell(teller, "health.mixed_up_told", name=turn.me.name or "您家里人", told=told)
    return turn.words(turn.context.messages["health.mixed_up_gone"], told=told)


def take_back(work: Work, teller: Resident, rows: Sequence[CheckIn]) -> None:
    """Delete what is nobody's who is known: they are missing again where a campaign asks, and nobody is called for it."""
    before = _word_for(rows[0], teller)
    campaigns.unnote(work, rows)
    for one in rows:
        work.session.delete(one)
    work.session.flush()
    work.record("health.taken_back", teller.about)
    tasks.strike(work, teller, before, why=NOT_THEIRS, keeps=False)


def _swap(turn: Turn, last: Sequence[CheckIn]) -> str:
    """Let two of whom the last message told change places."""
    of = {one.of: one for one in last}
    if len(of) != 2 or any(one.reporter_id != turn.me.key for one in last):
        return ""
    first, second = of.values()
    values: Any = (first.tenths, list(first.symptoms))
    words = {one.of: _word_for(one, turn.me) for one in (first, second)}
    for one in last:
        if one not in (first, second):  # an earlier figure of theirs in the same message
            turn.session.delete(one)
    (first.tenths, first.symptoms), (second.tenths, second.symptoms) = (second.tenths, list(second.symptoms)), values
    for one, other in ((first, second), (second, first)):
        one.was_of_id, one.was_person, one.righted_at = other.resident_id, other.person, turn.now
        turn.session.add(one)
    turn.session.flush()
    unwell = {words[one.of]: f"{words[one.of]}{one.words}（之前说反了）" for one in (first, second) if one.is_abnormal}
    for one in (first, second):
        person = Person(resident=turn.session.get(Resident, one.resident_id) if one.resident_id else None, word=words[one.of])
        campaigns.note(turn, turn.me, turn.home, person, made=one, unwell=is_abnormal(one.tenths, one.symptoms), corrects=True)
    turn.record("health.righted", turn.me.about)
    for one in (first, second):
        if not one.is_abnormal:
            tasks.strike(turn, turn.me, words[one.of], why=NOT_THEIRS, keeps=bool(unwell))
    if unwell:
        campaigns.tell_duty(turn, turn.me, tasks.tell(turn, unwell, urgent=False, completes=False))
    told = "、".join(f"{words[one.of] or '您'} {one.words}" for one in (first, second))
    return turn.words(turn.context.messages["health.swapped"], told=told, unwell="yes" if unwell else "")
