"""The doing behind `linli notice`."""

from datetime import datetime

import typer
from sqlmodel import Session

from bot import app
from bot.cli import counted, stage
from bot.cli.account import assembled
from bot.contract import Work, notices
from bot.contract.notices import Audience, Notice
from bot.errors import Misconfigured
from bot.model import SHANGHAI

#: Years that --at, --now and /at may name.
YEARS = range(2000, 2101)


def show(*, demo: bool, community: str) -> None:
    """Print the notices and their counts."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(_listed)
        if not found:
            typer.echo("no notices yet; `linli notice send --to 3栋 --title … --body …` sends one")
        for notice, words in found:
            when = notice.published_at or notice.due_at or notice.created_at
            typer.echo(f"{notice.public_id}  {when:%m-%d %H:%M}  {notice.state:<9}  {notice.title}  → {words}")


def send(*, to: str, title: str, body: str, at: str, cron: str, dry_run: bool, demo: bool, community: str) -> None:
    """Send, schedule or only count."""
    if at and cron:
        raise Misconfigured("--at and --cron exclude each other: once at a time, or again and again")
    now = app.clock()
    audience = Audience.parse(to)
    notices.words(title, body)
    due_at = read_time(at) if at else None
    if due_at or cron:
        notices.when_due(due_at, cron, now)
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        _tell_reach(linli, audience, now)
        if dry_run:
            return

        def create(session: Session) -> Notice:
            notice = notices.draft(session, title, body, audience, now)
            if due_at or cron:
                notices.schedule(session, notice, due_at, cron, now)
            else:
                notices.publish(Work(session=session, now=now, context=linli.context), notice)
            return notice

        notice = linli.ask(create)
        undo = f"in {notices.UNDO.seconds} s; `linli notice recall {notice.public_id}{' --demo' if demo else ''}` undoes it"
        typer.echo(f"{notice.public_id}: goes out {f'at {notice.due_at:%Y-%m-%d %H:%M}' if notice.due_at else undo}")


def _tell_reach(linli: app.Linli, audience: Audience, now: datetime) -> None:
    """Print who would be told; raises Misconfigured when part of the audience is nobody."""
    reach = linli.ask(lambda session: notices.count(Work(session=session, now=now, context=linli.context), audience))
    if reach.unknown:
        raise Misconfigured(f"nobody belongs to {', '.join(reach.unknown)}; check --to. Nothing was sent")
    typer.echo(
        f"{audience.label}: {counted(reach.households, 'flat')}, {reach.people} {'person' if reach.people == 1 else 'people'}: {reach.chat} by chat, {reach.subscription} by subscription, {reach.template} by template"
    )
    for reason, number in reach.unreachable.items():
        typer.echo(f"  {number} cannot be told: {reason}")


def recall(public_id: str, *, demo: bool, community: str) -> None:
    """Stop a notice."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def stop(session: Session) -> int:
            notice = notices.by_public_id(session, public_id)
            if notice is None:
                raise Misconfigured(f"there is no notice {public_id!r}; `linli notice list` shows them")
            return notices.recall(session, notice, app.clock())

        typer.echo(f"{public_id}: recalled, {linli.ask(stop)} deliveries stopped")


def read_time(text: str) -> datetime:
    """Return an ISO time, in Asia/Shanghai unless it names a zone; raises Misconfigured."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text!r} is no time; write it as 2026-03-11T18:00") from error
    if moment.year not in YEARS:
        raise Misconfigured(f"{text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}; write it as 2026-03-11T18:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _listed(session: Session) -> list[tuple[Notice, str]]:
    found = []
    for notice in notices.listed(session):
        counts = ", ".join(f"{number} {state}" for state, number in notices.progress(session, notice).items() if number)
        found.append((notice, counts or Audience.from_json(notice.audience).label))
    return found
