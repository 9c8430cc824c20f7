"""The `linli` command. Each command imports what it needs when it runs, so that --help stays quick."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import __version__
from bot.cli import auditing, keys, menu, privacy, qr
from bot.cli import backup as backups
from bot.cli import notice as notices
from bot.cli import roster as rosters
from bot.cli.notice import Community, Demo
from bot.errors import LinliError, Misconfigured, Refusal

app = typer.Typer(
    name="linli", help="Linli 邻里: a resident-service assistant that lives in WeChat.", no_args_is_help=True,
    pretty_exceptions_enable=False, add_completion=True, rich_markup_mode=None,
)  # fmt: skip
users = typer.Typer(help="Staff accounts.", no_args_is_help=True)
app.add_typer(notices.app, name="notice")
app.add_typer(users, name="user")
app.add_typer(menu.app, name="menu")
app.add_typer(auditing.app, name="audit")
app.add_typer(qr.app, name="qr")
app.add_typer(rosters.app, name="roster")
app.add_typer(keys.app, name="keys")
app.add_typer(privacy.app, name="privacy")
app.add_typer(backups.app, name="backup")

#: What any command makes is for its own account alone: database, photos, secret, heads, logs.
PRIVATE = 0o077

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Now = Annotated[str, typer.Option("--now", metavar="ISO", help="What time it is, such as 2026-03-11T10:00.")]


def main() -> None:
    """Run the command; a foreseen error ends it with one clear line and exit code 1."""
    os.umask(PRIVATE)
    try:
        app()
    except LinliError as error:
        fail(in_english(error))


def in_english(error: LinliError) -> str:
    """Return what an error says to an operator; a refusal's own text is for residents and staff."""
    return error.english if isinstance(error, Refusal) else str(error)


def fail(text: str) -> NoReturn:
    """Say what is wrong on standard error and leave with exit code 1."""
    typer.echo(f"linli: {text}", err=True)
    sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"linli {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Linli 邻里: a resident-service assistant that lives in WeChat."""


@app.command()
def serve() -> None:
    """Serve a real WeChat account, as the LINLI_… settings say."""
    from bot.cli import serving

    serving.serve()


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: LINLI_PORT, else 8080.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin with an empty demo database.")] = False,
    host: Annotated[
        str, typer.Option(help="Address to listen on; default: LINLI_HOST, else 127.0.0.1. Anybody may sign in to the demo.")
    ] = "",
    i_know: Annotated[bool, typer.Option("--i-know", help="Allow an address other machines reach.")] = False,
    bare: Annotated[bool, typer.Option("--bare", help="Seed people alone, without sixty days of what happened to them.")] = False,
) -> None:
    """Try everything without an account: a seeded community, a stand-in for WeChat, the console."""
    from bot.cli import serving

    serving.demo(host=host, port=port, fresh=fresh, i_know=i_know, bare=bare)


@app.command()
def init(
    roster: Annotated[Path, typer.Argument(help="Folder with community.csv, households.csv, residents.csv, staff.csv.")],
    renames: Annotated[str, typer.Option(metavar="NAME", help="The name that the community had until now.")] = "",
    account: Annotated[str, typer.Option(metavar="APPID", help="Which WeChat account serves it, where there are several.")] = "",
) -> None:
    """Take over a community's roster and print a first sign-in link for each of its admins; other communities stay as they are."""
    from bot.cli import setup

    setup.init(roster, renames=renames, appid=account)


@app.command()
def migrate(
    status: Annotated[bool, typer.Option("--status", help="Only tell what is missing; exit code 1 if anything is.")] = False,
    revise: Annotated[
        str, typer.Option(metavar="BRANCH", help="For developers: write a revision for bot or an integration.")
    ] = "",
    message: Annotated[str, typer.Option("--message", "-m", help="What the revision does.")] = "Change tables",
) -> None:
    """Bring the database to the newest shape."""
    from bot.cli import setup

    if revise:
        setup.revise(revise, message)
    else:
        setup.migrate(status=status)


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="The backup, as `linli backup` made it.")],
    identity: backups.Identity = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What `linli backup keys` wrote, where the keys are lost, too.")
    ] = None,
) -> None:
    """Bring an installation back into an empty place: LINLI_VAR holds no database yet."""
    from bot.cli import backing

    backing.restore(backup, identity, keys)


@app.command()
def doctor(as_json: Json = False, demo: Demo = False) -> None:
    """Look at settings, database, clock, WeChat and intents, and say how to mend what is wrong."""
    from bot.cli import setup

    setup.doctor(as_json=as_json, demo=demo)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of intent files; default: those of the settings.")] = None,
    as_json: Json = False,
    form: Annotated[str, typer.Option("--format", metavar="FORM", help="text, json, or github for annotations.")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Doubts fail, too.")] = False,
) -> None:
    """Check the intent files: every fault and doubt with file, line and column."""
    from bot.cli import checking

    checking.check(folder, form="json" if as_json else form, strict=strict)


@app.command("test")
def run_tests(
    folder: Annotated[Path | None, typer.Argument(help="Folder of intent files; default: those of the settings.")] = None,
    scenario: Annotated[list[Path] | None, typer.Option(help="Scenario files; default: the shipped ones.")] = None,
    as_json: Json = False,
) -> None:
    """Run the tests inside the intent files, and scenarios: conversations that must go as written."""
    from bot.cli import testing

    testing.test(folder, scenario or [], as_json=as_json)


@app.command()
def words(
    language: Annotated[str, typer.Option(help="Which language.")] = "en",
    checks: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 where something is stale or untranslated.")
    ] = False,
) -> None:
    """Gather what the console says into the catalogues of the core and of the services, where it waits to be translated."""
    from bot.cli import gathering

    gathering.words(language, checks=checks)


@app.command()
def unmatched(
    as_json: Json = False,
    ignore: Annotated[str, typer.Option(metavar="TEXT", help="Do not show this message again.")] = "",
    demo: Demo = False,
) -> None:
    """Show what residents said and nobody understood, grouped, with the intents it may belong to."""
    from bot.cli import reviewing

    reviewing.show(as_json=as_json, ignore=ignore, demo=demo)


@app.command("try")
def try_(
    texts: Annotated[list[str] | None, typer.Argument(help="Messages; none or - reads lines from standard input.")] = None,
    as_json: Json = False,
    now: Now = "",
) -> None:
    """Tell how messages are understood, by the same function as the webhook."""
    from bot.cli import talk

    talk.try_(texts or [], as_json=as_json, now=now)


@app.command()
def chat(as_json: Json = False, now: Now = "") -> None:
    """Talk to the bot at a prompt, on a throw-away database with the demo community."""
    from bot.cli import talk

    talk.chat(as_json=as_json, now=now)


@users.command("add")
def user_add(
    login: str,
    name: Annotated[str, typer.Option(help="As residents see it.")] = "",
    role: Annotated[str, typer.Option(help="guard, staff, manager, admin or city.")] = "staff",
    language: Annotated[
        str, typer.Option(help="What the console speaks to them: zh or en; default: what their browser prefers.")
    ] = "",
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Add a staff account and print a sign-in link that works once."""
    from bot.cli import setup

    setup.user_add(login, name or login, role, language, demo=demo, community=community)


@users.command("join")
def user_join(
    login: str,
    there: Annotated[str, typer.Argument(metavar="COMMUNITY", help="Where they are to work, too.")],
    role: Annotated[str, typer.Option(help="Their role there; default: the same.")] = "",
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Let somebody work in a further community, as the same person with the same password."""
    from bot.cli import setup

    setup.user_join(login, there, role, demo=demo, community=community)


@users.command("link")
def user_link(login: str, demo: Demo = False, community: Community = "") -> None:
    """Print a sign-in link for a staff account; it works once, for 15 minutes (in the demo 12 hours)."""
    from bot.cli import setup

    setup.user_link(login, demo=demo, community=community)


@users.command("passwd")
def user_passwd(login: str, demo: Demo = False, community: Community = "") -> None:
    """Set a password, asked twice at a terminal, else the first line of standard input."""
    from bot.cli import setup

    setup.user_passwd(login, ask_hidden("password", twice=True), demo=demo, community=community)


def ask_hidden(what: str, *, twice: bool = False) -> str:
    """Return what is typed unseen at a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what.capitalize(), hide_input=True, confirmation_prompt=twice))
    typed = sys.stdin.readline().rstrip("\n")
    if not typed:
        raise Misconfigured(f"no {what} came from standard input; run the command at a terminal, or pipe one line to it")
    return typed


@users.command("language")
def user_language(
    login: str,
    language: Annotated[str, typer.Argument(help="zh or en; auto: what their browser prefers.")],
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Choose what language the console speaks to somebody; they may change it at the foot of any page."""
    from bot.cli import setup

    setup.user_language(login, language, demo=demo, community=community)


@users.command("list")
def user_list(demo: Demo = False) -> None:
    """List the staff accounts."""
    from bot.cli import setup

    setup.user_list(demo=demo)


@users.command("disable")
def user_disable(login: str, demo: Demo = False, community: Community = "") -> None:
    """Disable a staff account and sign it out everywhere."""
    from bot.cli import setup

    setup.user_disable(login, demo=demo, community=community)


@users.command("totp-reset")
def user_totp_reset(login: str, demo: Demo = False, community: Community = "") -> None:
    """Take the authenticator app off an account, for who lost their phone; signs it out everywhere."""
    from bot.cli import setup

    setup.user_totp_reset(login, demo=demo, community=community)


def counted(count: int, noun: str) -> str:
    """Return how many there are, as one says it: 1 fault, 2 faults."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def show_json(value: object) -> None:
    """Print one JSON object on one line, Chinese as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False))
