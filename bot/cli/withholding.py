"""What `linli privacy withhold` does."""

import time

import typer

from bot.cli import stage
from bot.cli.sealing import opened
from bot.store import withholding


def withhold(*, demo: bool) -> None:
    """Take the numbers out, and say of how many values by column."""
    began = time.monotonic()
    with opened(stage.settings(demo=demo)) as database:
        found = withholding.take_out(database.engine, lambda place, done: typer.echo(f"    {place:<28} {done:>10,}"))
    typer.echo(f"numbers of papers and bank cards taken out of {found:,} values in {time.monotonic() - began:.1f} s")
