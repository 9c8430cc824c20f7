"""The doing behind `linli notice`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import typer
from sqlmodel import Session

from bot import app
from bot.cli import counted, show_json, stage
from bot.cli.account import assembled
from bot.contract import DeliveryState, Staff, Upload, Work, notices, pictures, receipts, tasks, telling, timing, wording
from bot.contract.notices import Audience, Notice, NoticeKind, NoticeState, NoticeVersion, Plan, Reach
from bot.errors import Misconfigured
from bot.model import SHANGHAI
from bot.store.events import COMMAND_LINE
from bot.store.staff import by_login

#: Years that --at, --now and /at may name.
YEARS = range(2000, 2101)

#: More minutes than any grace has.
MINUTES = 100_000

#: A time in figures alone; anything else is read as words.
_ISO = re.compile(r"[\x00-\x7f]*$")

#: What is said of what was done.
_DONE = {"pause": "paused", "resume": "resumed", "skip": "one time left out", "unskip": "one time comes after all"}


@dataclass(frozen=True, kw_only=True)
class When:
    """When a notice is to go out, as it is written at a command line; nothing means at once."""

    at: str = ""
    every: str = ""
    cron: str = ""
    holidays: str = ""
    late: int = 120

    def plan(self, now: datetime) -> Plan | None:
        """Return the plan; raises Refusal, with the console's own words, for what cannot be."""
        if sum(map(bool, (self.at, self.every, self.cron))) > 1:
            raise Misconfigured("--at, --every and --cron exclude each other: once at a time, or again and again")
        grace = timedelta(minutes=self.late) if abs(self.late) < MINUTES else timedelta(minutes=MINUTES)
        if rule := self.every or self.cron:
            plan = timing.by_rule(rule, now, choices=timing.Choices(holidays=self.holidays), grace=grace)
        elif self.at:
            plan = Plan(due_at=read_time(self.at) if _ISO.match(self.at) else timing.once(self.at, now), grace=grace)
        else:
            return None
        plan.first(now)
        return plan


@dataclass(frozen=True, kw_only=True)
class Sort:
    """How much a notice may disturb, and who sends it, as it is written at a command line."""

    kind: str = NoticeKind.EVERYDAY
    until: str = ""
    chase: int = 1440
    by: str = ""

    def settle(self, notice: Notice, now: datetime) -> None:
        """Write it down; raises Misconfigured for a kind that there is none of, Refusal for an end that is over or lacking."""
        if self.kind not in set(NoticeKind):
            raise Misconfigured(f"--kind {self.kind!r} is none of {', '.join(NoticeKind)}")
        until = (read_time(self.until) if _ISO.match(self.until) else timing.once(self.until, now)) if self.until else None
        notices.disturb(notice, NoticeKind(self.kind), until, max(0, min(self.chase, MINUTES)), now)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What stands on the page of a notice beside its text, and what it is a version of, as it is written at a command line."""

    place: str = ""
    contact: str = ""
    signer: str = ""
    asks: bool = False
    pictures: tuple[str, ...] = ()  # paths
    corrects: str = ""
    version: str = NoticeVersion.CORRECTION
    says: str = ""

    def images(self) -> list[bytes]:
        """Return the pictures, drawn anew; raises Misconfigured for a file that is none, Refusal for one that is too large."""
        found = []
        for path in self.pictures:
            try:
                body = Path(path).read_bytes()
            except OSError as error:
                raise Misconfigured(f"--picture {path}: {error.strerror or error}") from error
            image = pictures.read(Upload(filename=Path(path).name, body=body))
            if image is None:
                raise Misconfigured(f"--picture {path} is empty")
            found.append(image)
        return found

    def drawn(self, title: str, body: str) -> Notice:
        """Return a notice with these words that is kept nowhere: for showing what it will look like."""
        is_version = bool(self.corrects) and self.version in set(NoticeVersion)
        version = NoticeVersion(self.version) if is_version else NoticeVersion.FIRST
        return Notice(title=title, body=body, asks=self.asks, version=version, correction=self.says.strip() if is_version else "")

    def settle(self, notice: Notice, before: Notice | None) -> None:
        """Write it down, but for the pictures; raises Misconfigured for a version that there is none of, Refusal for what does not fit."""
        notices.details(notice, place=self.place, contact=self.contact, signer=self.signer, asks=self.asks)
        if before is None:
            return
        if self.version not in set(NoticeVersion) - {NoticeVersion.FIRST}:
            raise Misconfigured(f"--version {self.version!r} is none of correction, cancellation, update, all_clear")
        if not self.says.strip():
            raise Misconfigured("--says is missing: what is different, in a sentence; residents read it on the old page, too")
        notices.follow(notice, before, NoticeVersion(self.version), self.says)


def show(*, as_json: bool, demo: bool, community: str) -> None:
    """Print the notices, their counts, and when they come next."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(lambda session: _listed(session, now))
        if as_json:
            for one in found:
                show_json(one.data)
            return
        if not found:
            typer.echo("no notices yet; `linli notice send --to 3栋 --title … --body …` sends one")
        for one in found:
            typer.echo(one.line)
            if one.remark:
                typer.echo(f"  warning: {one.remark}")


def send(
    *, to: str, title: str, body: str, when: When, sort: Sort, page: Page, dry_run: bool, as_json: bool, demo: bool, community: str
) -> None:  # fmt: skip
    """Send, plan or only count."""
    now = app.clock()
    if to or not page.corrects:
        Audience.parse(to)
    notices.check_variables(*notices.words(title, body))
    plan, images = when.plan(now), page.images()
    drawn = page.drawn(title, body)
    sort.settle(drawn, now)
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        audience = linli.ask(lambda session: _audience(_work(linli, session, now), to, page.corrects))
        reach = _reach(linli, audience, now)
        shown = timing.show(plan, now) if plan else None
        said: dict[str, object] = {
            **_reach_data(audience, reach),
            "preview": linli.ask(lambda session: _preview(_work(linli, session, now), audience, drawn, len(images))),
        }
        if shown:
            said |= {"rule": shown.said, "next": list(shown.times), "warning": shown.remark}
        if not as_json:
            _tell_reach(audience, reach)
            _tell_times(shown)

        def create(session: Session) -> Notice:
            member = _member(session, sort.by) if sort.by else None
            notice = notices.draft(session, title, body, audience, now, member.id if member else None)
            page.settle(notice, _found(session, page.corrects) if page.corrects else None)
            sort.settle(notice, now)
            for image in images:
                notices.add_picture(session, notice, image)
            notices.send(_work(linli, session, now), notice, plan, member)
            return notice

        if dry_run and not as_json:
            _tell_preview(said["preview"])
        elif dry_run:
            show_json(said)
        else:
            _tell_sent(linli.ask(create), said, as_json=as_json, demo=demo)


def _audience(work: Work, to: str, corrects: str) -> Audience:
    """Return whom `--to` means, or the notice before, where only that is named."""
    return notices.audience_of(work, to) if to else Audience.from_json(_found(work.session, corrects).audience)


def _preview(work: Work, audience: Audience, drawn: Notice, images: int) -> dict[str, object]:
    """Return what the first of the audience would see in WeChat, by each of the ways there are."""
    values = notices.sample(work, audience)
    title, body = (notices.fill_variables(text, values) for text in notices.words(drawn.title, drawn.body))
    shown = notices.title_of(drawn, title)
    fields = wording.fields(shown, work.now) if work.context.ways.template or work.context.ways.subscription else {}
    return {
        "chat": notices.text_of(drawn, title, body), "card": {wording.FIELD_NAMES[name]: value for name, value in fields.items()},
        "title_is_cut": bool(fields) and fields["thing1"] != shown, "asks": drawn.asks, "pictures": images,
    }  # fmt: skip


def _tell_preview(shown: object) -> None:
    found = cast(Mapping[str, Any], shown)
    typer.echo(f"in the chat:\n{found['chat']}")
    if found["card"]:
        typer.echo("as a template message: " + ", ".join(f"{name} {value}" for name, value in found["card"].items()))
    if found["card"] and found["title_is_cut"]:
        typer.echo(
            f"  warning: a template message shows {wording.THING_LENGTH} characters of the title at most; put what matters first"
        )


def _tell_sent(notice: Notice, said: dict[str, object], *, as_json: bool, demo: bool) -> None:
    if as_json:
        due_at = notice.due_at.isoformat() if notice.due_at else None
        show_json({**said, "id": notice.public_id, "kind": notice.kind.value, "state": notice.state.value, "due_at": due_at})
    elif notice.state is NoticeState.WAITING:
        typer.echo(f"{notice.public_id}: waits for a second person; `linli notice approve {notice.public_id} --by LOGIN`")
    elif notice.due_at:
        typer.echo(f"{notice.public_id}: goes out at {notice.due_at:%Y-%m-%d %H:%M}")
    else:
        undo = f"`linli notice recall {notice.public_id}{' --demo' if demo else ''}` undoes it"
        typer.echo(f"{notice.public_id}: goes out in {notices.UNDO.seconds} s; {undo}")


def _reach_data(audience: Audience, reach: Reach) -> dict[str, object]:
    return {
        "audience": audience.label, "flats": reach.households, "people": reach.people, "told": reach.told, "channels": dict(reach.by_channel),
        "unreachable": dict(reach.unreachable),
    }  # fmt: skip


def reach(to: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Print everybody of an audience, with the channel or the reason why there is none."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        audience = linli.ask(lambda session: notices.audience_of(_work(linli, session, now), to))
        found = _reach(linli, audience, now)
        if as_json:
            people = [
                {"flat": one.flat, "name": one.name, "channel": one.channel, "reason": one.reason} for one in found.everyone
            ]
            show_json({**_reach_data(audience, found), "everyone": people})
            return
        _tell_reach(audience, found)
        for one in found.everyone:
            typer.echo(f"{one.flat}  {one.name or '-'}  {one.channel or one.reason}")


def people(public_id: str, part: str, find: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Print those of a part of a notice's people, one a line."""
    if part not in set(receipts.Part):
        raise Misconfigured(f"--part {part!r} is none of {', '.join(receipts.Part)}")
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(
            lambda session: [
                _person(one) for one in receipts.all_people(session, _found(session, public_id), receipts.Part(part), find)
            ]
        )
    for one in found:
        if as_json:
            show_json(one)
        else:
            times = "  ".join(f"{name} {str(one[name])[5:16]}" for name in ("sent", "read", "acknowledged") if one[name])
            typer.echo(
                "  ".join(
                    filter(
                        None,
                        (
                            str(one["flat"]),
                            str(one["name"] or "-"),
                            str(one["state"]),
                            str(one["reason"]),
                            str(one["channel"]),
                            times,
                        ),
                    )
                )
            )
    if not found and not as_json:
        typer.echo("nobody" + (f" by {find!r}: it was not sent to them" if find else ""))


def _person(one: receipts.Receipt) -> dict[str, object]:
    told = one.delivery
    times = {"sent": told.sent_at, "read": told.read_at, "acknowledged": told.acknowledged_at}
    return {
        "flat": one.flat, "name": one.name, "state": told.state.value, "channel": told.channel, "reason": told.reason,
        **{name: at.isoformat() if at else None for name, at in times.items()},
    }  # fmt: skip


def retry(public_id: str, *, unsure: bool, as_json: bool, demo: bool, community: str) -> None:
    """Send once more to those who got nothing, or to those of whom nobody knows."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def run(session: Session) -> int:
            notice = _found(session, public_id)
            if notice.state is NoticeState.RECALLED:
                raise Misconfigured(f"{public_id} was recalled; nothing of it is sent again")
            states = (DeliveryState.UNKNOWN,) if unsure else receipts.NOTHING_CAME
            number = receipts.retry(session, notice, states, now)
            if number:
                _work(linli, session, now).record("notice.retried", f"notice:{public_id}", people=number, unsure=unsure)
            return number

        number = linli.ask(run)
    if as_json:
        show_json({"id": public_id, "people": number, "unsure": unsure})
    else:
        typer.echo(
            f"{public_id}: sent once more to {number}" if number else f"{public_id}: there is nobody to send it to once more"
        )


@dataclass(frozen=True, kw_only=True)
class _Status:
    """What became of a notice."""

    data: Mapping[str, object]
    deliveries: Mapping[str, int]
    waits: Mapping[str, int]
    figures: Mapping[receipts.Part, int]
    doors: tuple[int, int]  # to be told there, told there


def status(public_id: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Print what became of a notice."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(lambda session: _status(session, _found(session, public_id), now))
    if as_json:
        show_json(found.data)
        return
    typer.echo(f"{found.data['title']}: {found.data['state']}, {found.data['kind']}, for {found.data['audience']}")
    for state, number in found.deliveries.items():
        typer.echo(f"  {number} {state}")
    for reason, number in found.waits.items():
        typer.echo(f"  {number} wait: {reason}")
    typer.echo(f"  {found.figures[receipts.Part.READ]} opened it, {found.figures[receipts.Part.ACKNOWLEDGED]} acknowledged it")
    typer.echo(f"  {found.doors[0]} flats to be told at the door, {found.doors[1]} of them told")


def _status(session: Session, notice: Notice, now: datetime) -> _Status:
    figures, doors = receipts.figures(session, notice), receipts.visits(session, notice, now)
    waits = notices.why_waiting(session, notice.key)
    times = [
        {"at": one.at.isoformat(), "people": one.total.people, "came": one.total.came, "missed": one.total.missed, "unknown": one.total.unknown}
        for one in receipts.sendings(session, notice)
    ]  # fmt: skip
    data = {
        **_line(session, notice, now).data, "kind": notice.kind.value, "until": notice.until.isoformat() if notice.until else None,
        "people": figures[receipts.Part.ALL], "read": figures[receipts.Part.READ], "acknowledged": figures[receipts.Part.ACKNOWLEDGED],
        "times": times, "waits_because": waits, "doors": {"flats": doors[0], "visited": doors[1]},
    }  # fmt: skip
    deliveries = {state.value: number for state, number in notices.progress(session, notice).items() if number}
    return _Status(data=data, deliveries=deliveries, waits=waits, figures=figures, doors=doors)


def approve(public_id: str, login: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Agree to a notice for somebody of the staff."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def run(session: Session) -> tuple[str, str | None]:
            work = _work(linli, session, now)
            notice, member = _found(session, public_id), _member(session, login)
            asked = tasks.about(session, f"notice:{notice.public_id}")
            if asked and member.id not in {one.id for one in telling.may_see(work, asked[0].need)}:
                raise Misconfigured(f"{login} may not send notices; name somebody who may")
            notices.lock(session, notice)
            step = notices.agree(work, notice, member)
            return step.value, notice.due_at.isoformat() if notice.due_at else None

        step, due_at = linli.ask(run)
    if as_json:
        show_json({"id": public_id, "step": step, "due_at": due_at})
    else:
        typer.echo(f"{public_id}: {step}{f', goes out at {due_at}' if due_at else ''}")


def copy(public_id: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Write an old notice once more."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        new = linli.ask(lambda session: notices.copy(session, _found(session, public_id), now).public_id)
    if as_json:
        show_json({"id": new, "copied_from": public_id, "state": NoticeState.DRAFT.value})
    else:
        typer.echo(f"{new}: a draft with the words and people of {public_id}; it is finished in the console")


def audience(name: str, to: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Save an audience under a name, or list those that are saved."""
    if bool(name) != bool(to):
        raise Misconfigured("give both a name and --to to save an audience, or neither to list them")
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def run(session: Session) -> list[dict[str, object]]:
            work = _work(linli, session, now)
            if name:
                meant = notices.audience_of(work, to)
                if unknown := notices.count(work, meant).unknown:
                    raise Misconfigured(f"nobody belongs to {', '.join(unknown)}; check --to. Nothing was saved")
                rows = [notices.save_audience(session, name, meant, now)]
            else:
                rows = list(notices.saved_audiences(session))
            return [
                {"name": row.name, "audience": row.picker.whom.label, "people": notices.count(work, row.picker.whom).people}
                for row in rows
            ]

        found = linli.ask(run)
    for one in found:
        if as_json:
            show_json(one)
        else:
            typer.echo(f"{one['name']}  {one['people']} people  {one['audience']}")
    if not found and not as_json:
        typer.echo("none are saved; `linli notice audience 网格一 --to '3栋 并且 业主'` saves one")


def _member(session: Session, login: str) -> Staff:
    member = by_login(session, login)
    if member is None or member.disabled_at is not None:
        raise Misconfigured(f"there is nobody with the login {login!r} who works here; `linli user list` shows them")
    return member


def decide(verb: str, public_id: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Pause, resume, skip or unskip a planned notice, and say when it comes next."""
    now = app.clock()
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def run(session: Session) -> tuple[str, dict[str, object]]:
            notice = _found(session, public_id)
            notices.lock(session, notice)
            if verb in {"pause", "resume"}:
                (notices.pause if verb == "pause" else notices.resume)(session, notice, now, actor=COMMAND_LINE)
            else:
                is_back = verb == "unskip"
                at = next((one.at for one in notices.coming(session, notice, now) if one.is_skipped is is_back), None)
                if at is None:
                    raise Misconfigured(f"{public_id} has no time to {verb}; `linli notice list` shows what it has")
                (notices.unskip if is_back else notices.skip)(session, notice, at, now, actor=COMMAND_LINE)
            return _next(session, notice, now), dict(_line(session, notice, now).data)

        said, data = linli.ask(run)
    if as_json:
        show_json({"done": verb, **data})
    else:
        typer.echo(f"{public_id}: {_DONE[verb]}; {said}")


def _work(linli: app.Linli, session: Session, now: datetime) -> Work:
    """Return work at the command line, at the moment that --now may name."""
    return Work(session=session, now=now, context=linli.context, by=COMMAND_LINE)


def _reach(linli: app.Linli, audience: Audience, now: datetime) -> Reach:
    """Return who would be told; raises Misconfigured when part of the audience is nobody."""
    reach = linli.ask(lambda session: notices.count(_work(linli, session, now), audience))
    if reach.unknown:
        raise Misconfigured(f"nobody belongs to {', '.join(reach.unknown)}; check --to. Nothing was sent")
    return reach


def _tell_reach(audience: Audience, reach: Reach) -> None:
    typer.echo(
        f"{audience.label}: {counted(reach.households, 'flat')}, {reach.people} {'person' if reach.people == 1 else 'people'}: {reach.chat} by chat, {reach.subscription} by subscription, {reach.template} by template"
    )
    for reason, number in reach.unreachable.items():
        typer.echo(f"  {number} cannot be told: {reason}")


def _tell_times(shown: timing.Shown | None) -> None:
    if shown is None:
        return
    typer.echo(f"{shown.said}, next:" if shown.said else "once:")
    for time in shown.times:
        typer.echo(f"  {time}")
    if shown.remark:
        typer.echo(f"  warning: {shown.remark}")


def recall(public_id: str, *, as_json: bool, demo: bool, community: str) -> None:
    """Stop a notice."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:

        def stop(session: Session) -> int:
            return notices.recall(session, _found(session, public_id), app.clock(), COMMAND_LINE)

        stopped = linli.ask(stop)
    if as_json:
        show_json({"id": public_id, "state": NoticeState.RECALLED.value, "stopped": stopped})
    else:
        typer.echo(f"{public_id}: recalled, {stopped} deliveries stopped")


def read_time(text: str) -> datetime:
    """Return an ISO time, in Asia/Shanghai unless it names a zone; raises Misconfigured."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text!r} is no time; write it as 2026-03-11T18:00") from error
    if moment.year not in YEARS:
        raise Misconfigured(f"{text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}; write it as 2026-03-11T18:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """A notice as it is listed."""

    line: str
    remark: str
    data: Mapping[str, object]


def _listed(session: Session, now: datetime) -> list[_Listed]:
    return [_line(session, notice, now) for notice in notices.listed(session)]


def _line(session: Session, notice: Notice, now: datetime) -> _Listed:
    counts = {state.value: number for state, number in notices.progress(session, notice).items() if number}
    audience, rule, missed = Audience.from_json(notice.audience).label, notice.recurrence, notices.missed_at(session, notice)
    is_waiting = notice.state is NoticeState.SCHEDULED
    coming = notices.coming(session, notice, now) if is_waiting else []
    shown = timing.show(Plan(rule=rule), now, coming) if rule and is_waiting else None
    when = notice.published_at or notice.due_at or notice.created_at
    told = ", ".join(f"{number} {state}" for state, number in counts.items()) or audience
    line = f"{notice.public_id}  {when:%m-%d %H:%M}  {notice.state:<9}  {notice.title}  → {told}"
    if rule:
        line += f"  ({rule.said}; {_next(session, notice, now)})"
    if missed:
        line += f"  missed {missed:%m-%d %H:%M}"
    data = {
        "id": notice.public_id, "title": notice.title, "state": notice.state.value, "audience": audience, "deliveries": counts,
        "rule": rule.said if rule else "", "next": [one.at.isoformat() for one in coming if not one.is_skipped],
        "skipped": [one.at.isoformat() for one in coming if one.is_skipped],
        "missed": missed.isoformat() if missed else None, "late": notice.grace, "warning": shown.remark if shown else "",
    }  # fmt: skip
    return _Listed(line=line, remark=shown.remark if shown else "", data=data)


def _next(session: Session, notice: Notice, now: datetime) -> str:
    """Return when a notice comes next, in words."""
    if notice.state is not NoticeState.SCHEDULED:
        return f"it is {notice.state.value}"
    return f"next {timing.say(notice.due_at, now)}" if notice.due_at else "no time is left"


def _found(session: Session, public_id: str) -> Notice:
    notice = notices.by_public_id(session, public_id)
    if notice is None:
        raise Misconfigured(f"there is no notice {public_id!r}; `linli notice list` shows them")
    return notice
