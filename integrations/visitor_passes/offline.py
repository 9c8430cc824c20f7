"""The gate without a network: what a guard's phone takes along, and what it brings back.

The phone keeps today's and tomorrow's passes without names, the key that verifies the others, and what was called off. It decides by itself
and keeps a journal; what it let in is written down here as soon as there is a network again, each line once however often it is sent.
Two gates that cannot talk to each other may let the same one in twice: that is found here, and shown.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import col, select

from bot.contract import PUBLIC_ALPHABET, SHANGHAI, Desk, Download, Household, Page, Refusal, View, Work, page, roster, tr
from integrations.visitor_passes import gate
from integrations.visitor_passes.models import Pass, Passage, PassState
from integrations.visitor_passes.settings import Settings

#: How far ahead a phone is given passes, and how old what it knows may be before a guard has to phone.
AHEAD, STALE = timedelta(days=2), timedelta(hours=12)

#: Passes that a phone takes along; no gate expects more.
MOST = 2_000

#: Lines of a journal that are taken at once, and how long ago they may have been written.
LINES, OLDEST = 100, timedelta(days=30)

#: A phone's clock may be a little ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)

#: How long what should not have been let in stands on the gate's page.
SHOWN_FOR = timedelta(days=2)

_SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a journal: who was let in, when, and how many."""

    key: str
    pass_id: str
    at: datetime
    people: int


@page("GET", "/gate/offline", need="gate.check", title=tr("离线核验"))
def stand(desk: Desk) -> View:
    """Show the page that goes on without a network once it was opened."""
    return View("visitor_passes/offline.html", {"stale_hours": STALE // timedelta(hours=1), "alphabet": PUBLIC_ALPHABET})


@page("GET", "/gate/worker.js", need="gate.check", is_bare=True)
def worker(desk: Desk) -> Download:
    """Return the program that keeps the page; what it keeps lies below its own address."""
    return script("worker.js")


@page("GET", "/gate/offline.js", need="gate.check", is_bare=True)
def program(desk: Desk) -> Download:
    """Return the program of the page."""
    return script("offline.js")


def script(name: str) -> Download:
    """Return a program of these pages."""
    return Download(body=(_SCRIPTS / name).read_bytes(), content_type="text/javascript")


@page("GET", "/gate/offline/data", need="gate.check")
def data(desk: Desk) -> Download:
    """Return what a phone takes along: no names, no flats, no phones. Moments are seconds since 1970."""
    grace, (rows, gone) = desk.settings(Settings).grace, taken_along(desk)
    taken = {
        "at": _seconds(desk.now), "grace": int(grace.total_seconds()), "key": public_key(desk), "gone": list(gone),
        "passes": [
            {
                "id": one.public_id, "code": one.code, "starts": _seconds(one.starts_at), "ends": _seconds(one.ends_at), "left": one.entries_left,
                "people": one.people, "hours": one.hours, "again": one.kind.is_repeated, "grace": int(one.slack(grace).total_seconds()), "building": roster.label_of(building), "plate": one.plate,
            }
            for one, building in rows
        ],
    }  # fmt: skip
    return _json(taken)


def taken_along(work: Work) -> tuple[Sequence[tuple[Pass, str]], Sequence[str]]:
    """Return the passes that open a gate within AHEAD, each with its building, and those of the same days that open none any more."""
    near = (col(Pass.ends_at) > work.now - work.settings(Settings).grace, col(Pass.starts_at) < work.now + AHEAD)
    rows = work.session.exec(
        select(Pass, Household.building)
        .join(Household, col(Household.id) == col(Pass.household_id))
        .where(*near, Pass.state == PassState.ACTIVE)
        .order_by(col(Pass.starts_at), col(Pass.id))
        .limit(MOST)
    ).all()
    return rows, work.session.exec(select(Pass.public_id).where(*near, Pass.state != PassState.ACTIVE)).all()


def public_key(work: Work) -> str:
    """Return the key that verifies what stands in a QR code: 32 bytes of Ed25519, in base 64."""
    return base64.b64encode(work.context.keys.public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@page("POST", "/gate/offline/journal", need="gate.check")
def bring_back(desk: Desk) -> Download:
    """Write down whom a phone let in; returns the keys that are on record now, and what should not have been let in, in words."""
    lines = _journal(desk)
    wrong = write_down(desk, lines, staff_id=desk.staff.id)
    return _json({"taken": [one.key for one in lines], "wrong": [desk.words(said) for said in wrong]})


def write_down(work: Work, lines: Sequence[Line], *, staff_id: int | None = None, door_id: int | None = None) -> list[str]:
    """Write down whom somebody let in who had no network, each line once however often it is sent; returns what should not have been let in."""
    known = set(
        work.session.exec(select(Passage.journal_key).where(col(Passage.journal_key).in_([one.key for one in lines]))).all()
    )
    new = [one for one in {one.key: one for one in lines}.values() if one.key not in known]
    wrong = [said for one in new if (said := _write(work, one, staff_id, door_id))]
    if new:
        work.record("gate.synced", "", number=len(new), doubles=len(wrong))
    return wrong


def _journal(desk: Desk) -> list[Line]:
    """Return the lines that were sent; raises Refusal for anything else: the phone keeps them and sends them again."""
    try:
        sent = json.loads(desk.form.get("journal", ""))
        if not isinstance(sent, list):
            raise TypeError("no journal")
        lines = [_line(one) for one in sent]
    except (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        raise Refusal(tr("这台手机发来的放行记录读不出来，请刷新离线核验的页面再试。")) from None
    if len(lines) > LINES or any(not desk.now - OLDEST < one.at <= desk.now + CLOCKS_DIFFER for one in lines):
        raise Refusal(tr("这台手机的时间不对，或者记录太旧。请核对手机的日期和时间。"))
    return lines


def _line(one: Any) -> Line:
    people = int(one["people"])
    if not (1 <= people <= 50 and 8 <= len(str(one["key"])) <= 40):
        raise ValueError("no line of a journal")
    return Line(
        key=str(one["key"]),
        pass_id=str(one["pass"])[:20],
        at=datetime.fromtimestamp(int(one["at"]), UTC).astimezone(SHANGHAI),
        people=people,
    )


def _write(work: Work, line: Line, staff_id: int | None, door_id: int | None) -> str:
    """Write one line down; returns why they should not have been let in, empty where they should."""
    made = work.session.exec(select(Pass).where(Pass.public_id == line.pass_id).with_for_update()).first()
    reason = _reason(work, made, line)
    if (
        made is not None
        and made.state is not PassState.CANCELLED
        and not reason
        and not gate.use(work.session, made, line.people)
    ):
        reason = "used"
    work.session.add(
        Passage(
            pass_id=made.id if made else None, staff_id=staff_id, at=line.at, method="offline", admitted=True, reason=reason, people=line.people,
            journal_key=line.key, door_id=door_id,
        )
    )  # fmt: skip
    work.session.flush()
    work.record("gate.admitted", made.subject if made else "", reason=reason, method="offline")
    return f"{line.at:%m-%d %H:%M} {gate.REASONS[reason]}" if reason else ""


def _reason(work: Work, made: Pass | None, line: Line) -> str:
    """Return why a pass did not open the gate at that moment, as it stood then."""
    if made is None:
        return "unknown"
    if made.state is PassState.CANCELLED:
        return gate.why_cancelled(work, made) if gate.cancelled_by(work, made, line.at) else ""
    return "" if made.state is PassState.USED else made.fault_at(line.at, work.settings(Settings).grace)


def wrong(desk: Desk) -> list[dict[str, Any]]:
    """Return who was let in without a network and should not have been, the latest first."""
    rows = desk.session.exec(
        select(Passage, Pass, Household)
        .join(Pass, col(Pass.id) == col(Passage.pass_id), isouter=True)
        .join(Household, col(Household.id) == col(Pass.household_id), isouter=True)
        .where(
            col(Passage.at) > desk.now - SHOWN_FOR,
            col(Passage.journal_key).is_not(None),
            col(Passage.reason) != "",
            col(Passage.undone_at).is_(None),
        )
        .order_by(col(Passage.at).desc())
        .limit(20)
    ).all()
    return [
        {"at": passage.at, "words": gate.REASONS[passage.reason], "visitor": gate.mask(made.visitor_name) if made else "", "flat": flat.label if flat else "", "first": gate.first_use(desk, made) if made and passage.reason == "used" else ""}
        for passage, made, flat in rows
    ]  # fmt: skip


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _json(value: Any) -> Download:
    return Download(body=json.dumps(value, ensure_ascii=False).encode(), content_type="application/json")


ROUTES: tuple[Page, ...] = (stand, worker, program, data, bring_back)
