"""`linli keys`: the keys that personal data is sealed under."""

from typing import Annotated

import typer

from bot.cli.notice import Demo

app = typer.Typer(help="The keys that personal data is sealed under.", no_args_is_help=True)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False, demo: Demo = False
) -> None:  # fmt: skip
    """Tell the keys and how many values are under each; exit code 1 if any value cannot be read."""
    from bot.cli import sealing

    sealing.status(as_json=as_json, demo=demo)


@app.command()
def rotate(
    alone: Annotated[bool, typer.Option("--alone", help="No server runs: do not wait for it to learn of the new key.")] = False,
    demo: Demo = False,
) -> None:
    """Make a new key and seal everything anew under it, while the server runs; cut short, it goes on when it is called again."""
    from bot.cli import sealing

    sealing.rotate(alone=alone, demo=demo)


@app.command()
def rewrap(demo: Demo = False) -> None:
    """After LINLI_SECRET was changed: take the keys over; the secret of before is typed, or the first line of standard input."""
    from bot.cli import ask_hidden, sealing

    sealing.rewrap(ask_hidden("secret of before"), demo=demo)


@app.command()
def forget(
    key: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask for its name again: for scripts.")] = False, demo: Demo = False
) -> None:  # fmt: skip
    """Delete a retired key for ever, its name typed twice; backups from before it was retired cannot be read after that."""
    from bot.cli import sealing

    sealing.forget(key, yes=yes, demo=demo)
