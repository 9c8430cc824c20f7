"""`linli unmatched`: what residents said and nobody understood, with the intents it may belong to."""

from collections.abc import Callable

import typer
from sqlmodel import Session

from bot import app
from bot.cli import show_json, stage
from bot.cli.checking import understood
from bot.errors import Misconfigured
from bot.services import load_services
from bot.store import unmatched


def show(*, as_json: bool, ignore: str, demo: bool) -> None:
    """Print the groups, the largest first, or let one message not be shown again."""
    settings = stage.settings(demo=demo)
    services = load_services(settings)
    database = app.open_database(settings, services.integrations)
    try:
        if ignore:
            if not database.submit(unmatched.ignore, ignore, app.clock()).result():
                raise Misconfigured(f"{ignore!r} is none of the messages; copy it as `linli unmatched` shows it")
            typer.echo(f"not shown again: {ignore}")
            return
        understanding = understood(settings.intents_folder, services)
        groups = database.submit(_groups, understanding.are_alike).result()
        for count, texts in groups:
            near = [c.intent for c in understanding.hear_text(texts[0], app.clock()).match.candidates]
            if as_json:
                show_json({"count": count, "texts": texts, "near": near})
            else:
                typer.echo(f"{count:>5}  {' / '.join(texts[:5])}   → {', '.join(near) or '-'}")
        if not groups and not as_json:
            typer.echo("nothing is waiting: all messages were understood, or none has come yet")
    finally:
        database.close()


def _groups(session: Session, are_alike: Callable[[str, str], bool]) -> list[tuple[int, list[str]]]:
    return [(group.count, [row.text for row in group.rows]) for group in unmatched.groups(session, are_alike)]
