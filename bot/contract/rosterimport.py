"""Taking a roster over: what waits to be looked at, what it would change, what was done, and taking that back.

Who moves by it moves as by hand: services end what the flat gave them, and an account is let go with its person's last flat.
"""

from collections.abc import Collection, Iterable

from sqlmodel import col, select

from bot.contract.work import Work
from bot.rosters.rows import Entry, Fault
from bot.store import imports, objections, outbox, people, policies
from bot.store.imports import (
    UNDOABLE,
    WAITS,
    Changed,
    Moves,
    Outcome,
    RosterDraft,
    RosterImport,
    draft_of,
    drop,
    find,
    keep,
    listed,
    look_back,
    names,
    outcome_of,
    remember,
    today,
    waiting,
)
from bot.store.people import Evidence, Resident
from bot.store.rosterdiff import FIELDS, Kind, Plan, Question, Step, compare, label_of

__all__ = [
    "FIELDS", "UNDOABLE", "WAITS", "Changed", "Fault", "Kind", "Outcome", "Plan", "Question", "RosterDraft", "RosterImport", "Step", "compare", "draft_of", "drop",
    "find", "give_out", "keep", "label_of", "listed", "look_back", "names", "outcome_of", "remember", "take_over", "today", "undo", "waiting",
]  # fmt: skip

#: People fetched by one statement.
AT_ONCE = 500


def take_over(
    work: Work, entries: Iterable[Entry], *, file_name: str, whole: bool = False, otherwise: Collection[int] = (), seen: str = ""
) -> RosterImport:
    """Do what a file says, as `imports.take_over` does, and let go of the accounts of people who have no flat any more.

    They are told by day and some a minute, however many they are.
    """
    done = imports.take_over(
        work.session, entries, work.now, actor=work.actor, file_name=file_name, whole=whole, otherwise=otherwise, seen=seen
    )
    left, came = imports.moves(work.session, done)
    before = outbox.newest(work.session)
    _pace(work, _follow(work, left, came), before)
    return done


def undo(work: Work, done: RosterImport, *, rest: bool = False) -> None:
    """Take an import back, as `imports.undo` does; accounts that were let go by it are bound again.

    What services ended then, such as passes, stays ended.
    """
    back = imports.undo(work.session, done, work.now, actor=work.actor, rest=rest)
    before = outbox.newest(work.session)
    told = _follow(work, back.left, back.came)
    for resident in _those(work, {who for who, _ in back.came}):
        ended = people.binding_that_ended(work.session, resident, done.at)
        if resident.openid is None and ended is not None and not people.lives_where_unknown(work.session, resident, ended.openid):
            work.bind(resident, ended.openid, ended.evidence, "undone")
            told.append(ended.openid)
    _pace(work, told, before)


def give_out(work: Work) -> list[Entry]:
    """Return the roster as it stands, as `imports.entries` does: names and phones of everybody, so it is written down."""
    rows = imports.entries(work.session)
    work.record("roster.exported", rows=len(rows))
    return rows


def _follow(work: Work, left: Moves, came: Moves) -> list[str]:
    """Record who has moved, and let go of the accounts of people who have no flat any more; returns these accounts."""
    ended: list[str] = []
    known = {one.key: one for one in _those(work, {who for who, _ in (*left, *came)})}
    for who, flat in came:
        work.record("resident.moved_in", known[who].about, household=flat, evidence=Evidence.ROSTER)
        if (openid := known[who].openid) and objections.is_objected(work.session, openid, flat):  # it is surely not their account
            ended.append(openid)
            work.unbind(known[who], "unknown_there")
    for who, flat in left:
        work.record("resident.moved_out", known[who].about, household=flat)
    for who in dict.fromkeys(who for who, _ in left):
        if (openid := known[who].openid) is None:
            continue
        work.keep_back(known[who])
        if not people.homes(work.session, known[who]):
            ended.append(openid)
            work.unbind(known[who], "moved_out")
    return ended


def _pace(work: Work, openids: Collection[str], before: int) -> None:
    """Let what accounts are told of an import wait for the morning, and not go out all at once."""
    morning = policies.quiet(policies.of(work.session)).until(work.now)
    outbox.pace(work.session, openids, before, morning or work.now)


def _those(work: Work, ids: Collection[int]) -> list[Resident]:
    wanted, found = sorted(ids), list[Resident]()
    for begin in range(0, len(wanted), AT_ONCE):
        found += work.session.exec(select(Resident).where(col(Resident.id).in_(wanted[begin : begin + AT_ONCE]))).all()
    return found
