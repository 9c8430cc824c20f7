"""Patrols from the staff's own chat: a code that is scanned notes the visit, what is said next answers or reports, a photo goes with it."""

import re
from datetime import timedelta

from bot.contract import Desk, Photo, Refusal, Turn, desks, tr
from integrations.patrols import board, questions, rounds
from integrations.patrols.models import DOUBT_WORDS, KIND_WORDS, Doubt, PatrolPoint, PatrolVisit, VisitKind

#: What the scenes of these codes begin with.
KIND = "patrol"

#: How long after a visit words answer its questions, and a photo goes with it.
ANSWERS, PICTURES = timedelta(minutes=30), timedelta(minutes=15)

#: Longest answer to a question.
LONGEST = 12

_BROKEN = re.compile(r"(?:这里)?(?:坏了|异常|故障|隐患|有问题|发现问题|报修)[\s:：,，]+(?P<words>.{2,200})", re.DOTALL)
_TYPED = re.compile(r"巡检(?:点|打卡)?\s*(?P<code>[0-9A-Za-z]{10})")
_MINE = re.compile(
    r"(?:我的?|今天的?|现在)?(?:有什么)?巡检(?:单|任务|情况|怎么样|还差(?:哪些|几个)?(?:点)?)?(?:了吗)?|还差(?:哪些|几个)点|(?:哪些|有哪些)点?(?:没走|漏了|没巡)(?:的|吗)?"
)
_NUMBER = re.compile(r"(?:读数|现在|是|大概){0,2}\s*-?\d{1,6}(?:\.\d{1,3})?\s*[a-zA-Z°℃%度兆帕公斤米伏安]{0,6}[。.]?")


def scanned(turn: Turn, code: str) -> str:
    """Note the visit of who of the staff scans a point's code; empty for everybody else, who begins a report of a fault there."""
    return desks.in_each(turn, rounds.WALK, lambda desk: _note(desk, code))


def order(turn: Turn, text: str) -> str:
    """Answer what somebody of the staff says of their patrol; empty for all other words, and for everybody else."""
    said = text.strip().rstrip("。！!？?~ ")
    typed, broken = _TYPED.fullmatch(said), _BROKEN.fullmatch(said)
    if typed is not None:
        return desks.in_each(turn, rounds.WALK, lambda desk: _note(desk, typed["code"].upper()))
    if broken is not None:
        return desks.in_each(turn, rounds.WALK, lambda desk: _report(turn, desk, broken["words"]))
    if _MINE.fullmatch(said):
        return desks.in_each(turn, rounds.WALK, _mine)
    is_short = 0 < len(said) <= LONGEST and "?" not in text and "？" not in text
    return desks.in_each(turn, rounds.WALK, lambda desk: _answer(desk, said)) if is_short and _may_answer(said) else ""


def _may_answer(said: str) -> bool:
    """Tell whether words may answer a question of a point at all: a number, yes or no; else nobody is looked up for them."""
    return _NUMBER.fullmatch(said) is not None or questions.Question(title="").read(said) is not None


def see(turn: Turn, photo: Photo) -> str:
    """Let a photo go with the fault that was found at the point where somebody has just been."""
    return desks.in_each(turn, rounds.WALK, lambda desk: _photographed(desk, photo))


def _say(desk: Desk, message: str, **values: object) -> str:
    said = desk.words(desk.context.messages[message], **values)
    return "\n".join(line for line in said.splitlines() if line.strip())


def _note(desk: Desk, code: str) -> str:
    point = rounds.find(desk, code)
    return noted_words(desk, rounds.note(desk, point, desk.staff)) if point is not None else ""


def noted_words(desk: Desk, noted: rounds.Noted) -> str:
    """Return what is said of a visit: where it counts, what is doubtful, what is asked, what comes next."""
    visit = noted.visit
    waiting = rounds.open_questions(desk, visit)
    if visit.kind is VisitKind.EARLY:
        return _say(desk, "patrol.spoken.early", point=noted.point.where, opens=noted.opens_at or visit.at)
    doubt = DOUBT_WORDS[Doubt(visit.doubt)] if visit.doubt else ""
    return _say(
        desk, "patrol.spoken.noted", point=noted.point.where, route=noted.route.name if noted.route else "", seen=noted.seen, of=noted.of,
        kind=KIND_WORDS[visit.kind] if visit.kind is not VisitKind.KEPT else "", again="1" if noted.is_again else "",
        quick="1" if visit.doubt == Doubt.QUICK else "", doubt=doubt if visit.doubt == Doubt.ORDER else "", planned=noted.planned.name if noted.planned else "",
        question=waiting[0].title if waiting else "", hint=waiting[0].hint if waiting else "", next=noted.following.where if noted.following else "",
        done="1" if noted.round is not None and noted.following is None else "",
    )  # fmt: skip


def _answer(desk: Desk, said: str) -> str:
    visit = rounds.last_visit(desk, desk.staff, ANSWERS)
    waiting = rounds.open_questions(desk, visit) if visit is not None else []
    if visit is None or not waiting or waiting[0].is_number is not (_NUMBER.fullmatch(said) is not None):
        return ""
    question = waiting[0]
    value = question.read(said)
    if value is None:
        return ""
    is_off = rounds.answer(desk, visit, question, value)
    following = waiting[1] if len(waiting) > 1 else None
    point = desk.session.get_one(PatrolPoint, visit.point_id)
    return _say(
        desk, "patrol.spoken.answered", point=point.name, question=question.title, value=question.say(value), off="1" if is_off else "",
        limits=question.hint if is_off and question.is_number else "", next=following.title if following else "", hint=following.hint if following else "",
    )  # fmt: skip


def _report(turn: Turn, desk: Desk, words: str) -> str:
    visit = rounds.last_visit(desk, desk.staff, ANSWERS)
    if visit is None:
        return ""
    photos = [*turn.photos()]
    for photo in photos:
        photo.community_id = desk.community.key
    try:
        with desk.session.begin_nested():
            ticket = rounds.find_fault(desk, visit, words, photos)
    except Refusal as refusal:
        return str(refusal)
    point = desk.session.get_one(PatrolPoint, visit.point_id)
    return _say(
        desk, "patrol.spoken.reported", point=point.where, words=visit.fault, number=rounds.ticket_number(ticket), photos=len(photos) or ""
    )  # fmt: skip


def _photographed(desk: Desk, photo: Photo) -> str:
    visit: PatrolVisit | None = rounds.last_visit(desk, desk.staff, PICTURES)
    if visit is None:
        return ""
    point = desk.session.get_one(PatrolPoint, visit.point_id)
    photo.community_id = desk.community.key
    if visit.ticket:
        photo.subject = visit.ticket
    desk.session.add(photo)
    return _say(
        desk,
        "patrol.spoken.pictured",
        point=point.where,
        number=rounds.ticket_number(visit.ticket) if visit.ticket else "",
        unsaid="" if visit.ticket else "1",
    )


def _mine(desk: Desk) -> str:
    """Say which rounds are walked now and what is missing of each, those of others only to who may see patrols."""
    shown = [
        one for one in board.today(desk)
        if one.round.ends_at > desk.now or one.missing
    ]  # fmt: skip
    theirs = [one for one in shown if one.round.walker_id in (None, desk.staff.id) or desk.may(rounds.VIEW)]
    if not theirs:
        return _say(desk, "patrol.spoken.nothing")
    lines = "\n".join(
        _say(
            desk, "patrol.spoken.line", route=one.route.name, starts=one.round.starts_at, ends=one.round.ends_at, seen=one.seen, of=one.of,
            left="、".join(point.name for point in one.missing[:6]), state="" if one.round.ends_at > desk.now else tr("时间过了"),
        )
        for one in theirs
    )  # fmt: skip
    return _say(desk, "patrol.spoken.rounds", lines=lines)
