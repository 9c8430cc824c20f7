"""`linli notice`: telling residents from the command line. A running server sends what is queued here."""

import sys
from typing import Annotated

import typer

Demo = Annotated[bool, typer.Option("--demo", help="Of the demo that `linli demo` serves from this folder.")]

Community = Annotated[str, typer.Option("--community", metavar="NAME", help="Which community, where there are several.")]

app = typer.Typer(help="Notices to residents.", no_args_is_help=True)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on a line, for programs.")]

Id = Annotated[str, typer.Argument(metavar="NOTICE", help="The id that `linli notice list` shows.")]


@app.command("list")
def list_(json: Json = False, demo: Demo = False, community: Community = "") -> None:
    """List the notices, the newest first, with what became of them and when they come next."""
    from bot.cli import noticing

    noticing.show(as_json=json, demo=demo, community=community)


@app.command()
def send(
    to: Annotated[
        str,
        typer.Option(
            help="全体, 3栋, 3-2, 3栋1-6层, 3栋2单元501, 业主, a tag, a saved name; joined by commas, 并且 and 不包括. A version goes to whom the notice before went."
        ),
    ] = "",
    title: Annotated[str, typer.Option(help="At most 20 characters read well everywhere.")] = "",
    body: Annotated[str, typer.Option(help="The text; - reads it from standard input.")] = "-",
    place: Annotated[str, typer.Option(help="Where, on the notice's page.")] = "",
    contact: Annotated[str, typer.Option(help="Whom to ask, with a number to tap: 王工 0571-88001200.")] = "",
    signer: Annotated[str, typer.Option(help="In whose name; the community's where none is given.")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="Residents are to say that they have it.")] = False,
    picture: Annotated[
        list[str] | None, typer.Option(metavar="FILE", help="A picture on its page; several may be given.")
    ] = None,
    corrects: Annotated[str, typer.Option(metavar="NOTICE", help="The published notice that this is a version of.")] = "",
    version: Annotated[
        str, typer.Option(metavar="correction|cancellation|update|all_clear", help="What it is to that one.")
    ] = "correction",
    says: Annotated[
        str, typer.Option(metavar="WORDS", help="What is different, in a sentence that the old page shows, too.")
    ] = "",
    at: Annotated[str, typer.Option(metavar="WHEN", help="Once: 2026-03-11T18:00 or 明天下午三点; default: now.")] = "",
    every: Annotated[
        str, typer.Option(metavar="RULE", help="Again and again: 每周一早上八点, 工作日 9:00, 每月最后一天 17:00.")
    ] = "",
    cron: Annotated[str, typer.Option(help="The same as a line of cron: minute hour day month weekday, '0 9 * * mon'.")] = "",
    holidays: Annotated[str, typer.Option(metavar="send|skip|postpone", help="What becomes of times on public holidays.")] = "",
    late: Annotated[int, typer.Option(metavar="MINUTES", help="How late it may still go out; 0: never late.")] = 120,
    kind: Annotated[str, typer.Option(metavar="everyday|important|emergency", help="How much it may disturb.")] = "everyday",
    until: Annotated[str, typer.Option(metavar="WHEN", help="Its end, after which it is not sent; an emergency needs one.")] = "",
    chase: Annotated[
        int, typer.Option(metavar="MINUTES", help="After how long the silent ones are reminded of an important one.")
    ] = 1440,
    by: Annotated[str, typer.Option(metavar="LOGIN", help="Who of the staff sends it; they cannot agree to it themselves.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count who would be told, and show it and the dates.")] = False,
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Send a notice now, later or again and again."""
    from bot.cli import noticing

    text = sys.stdin.read() if body == "-" else body
    when = noticing.When(at=at, every=every, cron=cron, holidays=holidays, late=late)
    sort = noticing.Sort(kind=kind, until=until, chase=chase, by=by)
    page = noticing.Page(
        place=place, contact=contact, signer=signer, asks=ask, pictures=tuple(picture or ()), corrects=corrects, version=version, says=says,
    )  # fmt: skip
    noticing.send(
        to=to, title=title, body=text, when=when, sort=sort, page=page, dry_run=dry_run, as_json=json, demo=demo,
        community=community,
    )  # fmt: skip


@app.command()
def reach(
    to: Annotated[str, typer.Option(help="Whom; as in `linli notice send --to`.")],
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """List who would be told now, by which channel, and who would not and why."""
    from bot.cli import noticing

    noticing.reach(to, as_json=json, demo=demo, community=community)


@app.command()
def people(
    notice: Id,
    part: Annotated[
        str,
        typer.Option(
            metavar="PART",
            help="all, waiting, sent, delivered, read, unread, acknowledged, unacknowledged, failed, unreachable, unknown or cancelled.",
        ),
    ] = "all",
    find: Annotated[str, typer.Option(metavar="WORDS", help="A flat or a name: did 302 get it?")] = "",
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """List who a notice is for, with what became of it for each: when, by which channel, why not."""
    from bot.cli import noticing

    noticing.people(notice, part, find, as_json=json, demo=demo, community=community)


@app.command()
def retry(
    notice: Id,
    unknown: Annotated[bool, typer.Option("--unknown", help="Those of whom nobody knows; they may have it twice then.")] = False,
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Send a notice once more to those who got nothing."""
    from bot.cli import noticing

    noticing.retry(notice, unsure=unknown, as_json=json, demo=demo, community=community)


@app.command()
def status(notice: Id, json: Json = False, demo: Demo = False, community: Community = "") -> None:
    """Tell what became of a notice: people by state, who opened and acknowledged it, who is still to be told at the door."""
    from bot.cli import noticing

    noticing.status(notice, as_json=json, demo=demo, community=community)


@app.command()
def approve(
    notice: Id,
    by: Annotated[str, typer.Option(metavar="LOGIN", help="Who agrees: somebody who may send, and did not want it sent.")],
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Agree to a notice that waits for a second person."""
    from bot.cli import noticing

    noticing.approve(notice, by, as_json=json, demo=demo, community=community)


@app.command()
def copy(notice: Id, json: Json = False, demo: Demo = False, community: Community = "") -> None:
    """Write an old notice once more, as a draft that is finished in the console."""
    from bot.cli import noticing

    noticing.copy(notice, as_json=json, demo=demo, community=community)


@app.command()
def audience(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Save --to under this name; without it the saved ones are listed.")
    ] = "",
    to: Annotated[str, typer.Option(help="Whom the name means; as in `linli notice send --to`.")] = "",
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """List the audiences that are saved under a name, or save one."""
    from bot.cli import noticing

    noticing.audience(name, to, as_json=json, demo=demo, community=community)


@app.command()
def pause(notice: Id, json: Json = False, demo: Demo = False, community: Community = "") -> None:
    """Let nothing more of a planned notice go out until it is resumed."""
    from bot.cli import noticing

    noticing.decide("pause", notice, as_json=json, demo=demo, community=community)


@app.command()
def resume(notice: Id, json: Json = False, demo: Demo = False, community: Community = "") -> None:
    """Let a notice go on that was paused or stopped."""
    from bot.cli import noticing

    noticing.decide("resume", notice, as_json=json, demo=demo, community=community)


@app.command()
def skip(
    notice: Id,
    back: Annotated[bool, typer.Option("--back", help="Let the first time come after all that is left out.")] = False,
    json: Json = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Leave out the next time of a recurring notice; its rule goes on."""
    from bot.cli import noticing

    noticing.decide("unskip" if back else "skip", notice, as_json=json, demo=demo, community=community)


@app.command()
def recall(
    notice: Annotated[str, typer.Argument(help="The id that `linli notice list` shows.")], json: Json = False, demo: Demo = False,
    community: Community = "",
) -> None:  # fmt: skip
    """Stop a notice: what has not left is cancelled."""
    from bot.cli import noticing

    noticing.recall(notice, as_json=json, demo=demo, community=community)


@app.command()
def mass(
    text: Annotated[str, typer.Argument(help="The words, to many followers at once; four times a month.")] = "",
    to: Annotated[str, typer.Option(metavar="all|TAG_ID", help="All followers, or those who bear a tag of the account.")] = "",
    resume: Annotated[int, typer.Option(metavar="ID", help="Find out about a send that was stopped; sends nothing twice.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell how many are left this month.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before sending; --json never asks and wants it.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Send one text to all followers or a tag (群发); it cannot be called back."""
    from bot.cli import massing

    if resume:
        massing.resume(resume, as_json=json, demo=demo)
    else:
        massing.send(text.strip(), to, dry_run=dry_run, yes=yes, as_json=json, demo=demo)
