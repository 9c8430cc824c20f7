"""`linli privacy`: what the law wants written down about personal data, from what the code declares."""

from typing import Annotated

import typer

app = typer.Typer(help="What the law wants written down about personal data.", no_args_is_help=True)


@app.command()
def report(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each use.")] = False,
) -> None:
    """Print the record of processing and an impact sheet for each sensitive use, as Markdown in Chinese."""
    from bot.cli import recording

    recording.report(as_json=as_json)


@app.command()
def withhold(demo: Annotated[bool, typer.Option(help="Of the demo's database.")] = False) -> None:
    """Take the numbers of papers and bank cards out of words that were kept before they were taken out where words enter."""
    from bot.cli import withholding

    withholding.withhold(demo=demo)
