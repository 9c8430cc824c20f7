"""Passes that last for weeks: whoever made one is told before it ends, and renews it with a word."""

import re
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Resident, Turn, Work, job
from integrations.visitor_passes import passes, stay
from integrations.visitor_passes.models import Pass, PassKind, PassState

#: How long before its end who made a pass is told.
AHEAD = timedelta(days=3)

#: Who comes for as long as the flat wants; a worker's pass ends with the work.
_LASTING = (PassKind.REGULAR, PassKind.LONG)

#: Hours of the day at which people are told what does not hurry.
BY_DAY = range(9, 20)

#: Passes of one run; the next one takes the rest.
BATCH = 200

#: The whole message renews: 续通行证, 保姆的通行证再续三个月, 续期.
_RENEWS = re.compile(
    r"(?:请|麻烦|帮我|给我?|把|我家|我们家|家里|的)*(?P<who>[\u4e00-\u9fff]{0,6}?)的?(?:那张)?(?:长期|定期)?(?:通行证|通行码|访客码)?(?:再|要|想|需要|帮我|给我)*(?:续期|续一下|续上|续|延期)(?:一下|上|办)?(?:[一二两三四五六]个月|半年|一年)?(?:的?(?:长期|定期)?(?:通行证|通行码|访客码))?[吧了啊呀。！!]*"
)


def renew(turn: Turn, text: str) -> str:
    """Let a pass that is spoken of go on for as long as one may; empty for all other words, and where no such pass is theirs."""
    said = _RENEWS.fullmatch(text.strip()) if len(text) <= 30 else None
    if said is None or turn.resident is None or not turn.is_bound:
        return ""
    lasting = [one for one in passes.open_ones(turn) if one.kind in _LASTING]
    who = said["who"].removeprefix("我").removeprefix("给")
    named = [one for one in lasting if who and who in one.visitor_name]
    if who and not named:
        return ""
    meant = named or [one for one in lasting if one.ends_at - turn.now <= AHEAD] or lasting
    if not meant or (not who and "证" not in text and "码" not in text and not any(one.reminded_at for one in meant)):
        return ""
    if len(meant) > 1:
        return turn.words(turn.context.messages["visitor.which_renewed"], names="、".join(one.visitor_name for one in meant))
    one = passes.mine(turn, meant[0].subject)
    if one is None:
        return ""
    one.ends_at, one.reminded_at = (turn.now + stay.TERM).replace(hour=23, minute=59, second=0, microsecond=0), None
    turn.session.add(one)
    turn.record("visitor.changed", one.subject, time=True)
    return turn.words(
        turn.context.messages["visitor.renewed"], name=one.visitor_name, hours=one.said_hours, until=one.ends_at, code=one.code
    )


@job(every=timedelta(minutes=30))
def remind(work: Work) -> None:
    """Tell who made a pass that lasts that it ends in AHEAD, once, by day."""
    if work.now.hour not in BY_DAY:
        return
    ending = work.session.exec(
        select(Pass)
        .where(
            col(Pass.kind).in_(_LASTING), Pass.state == PassState.ACTIVE, col(Pass.reminded_at).is_(None),
            col(Pass.ends_at) > work.now, col(Pass.ends_at) <= work.now + AHEAD, col(Pass.created_at) <= work.now - AHEAD,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    for one in ending:
        one.reminded_at = work.now
        work.session.add(one)
        work.tell(
            work.session.get_one(Resident, one.resident_id),
            "visitor.ending",
            name=one.visitor_name,
            hours=one.said_hours,
            until=one.ends_at,
        )


JOBS = (remind,)
