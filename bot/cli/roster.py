"""`linli roster`: taking an office's roster over, giving it out, taking an import back."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.notice import Community, Demo

app = typer.Typer(help="The roster of residents.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table with a person a row, .xlsx or .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="It is the whole roster: who is not in it has moved out.")] = False,
    encoding: Annotated[
        str, typer.Option(help="Of a CSV file: utf-8, gbk, gb18030 or utf-16; default: what it seems to be.")
    ] = "",
    otherwise: Annotated[
        list[int] | None,
        typer.Option(metavar="LINE", help="Answer the question about this line the other way; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Show what a roster would change and take it over; each fault is named, and then nothing is."""
    from bot.cli import rostering

    rostering.take_over(
        file,
        dry_run=dry_run,
        whole=whole,
        encoding=encoding,
        otherwise=otherwise or [],
        as_json=as_json,
        demo=demo,
        community=community,
    )


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write it: .xlsx or .csv.")],
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Write the roster as a table that `import` reads."""
    from bot.cli import rostering

    rostering.export(file, demo=demo, community=community)


@app.command("list")
def list_(demo: Demo = False, community: Community = "") -> None:
    """List what was taken over, the newest first."""
    from bot.cli import rostering

    rostering.show(demo=demo, community=community)


@app.command()
def undo(
    key: Annotated[str, typer.Argument(metavar="ID", help="The id that `linli roster list` shows; default: the newest.")] = "",
    rest: Annotated[bool, typer.Option("--rest", help="Leave what was changed since, undo the rest.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask which is meant where no id is given.")] = False,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Take an import back, within 30 days."""
    from bot.cli import rostering

    rostering.undo(key, rest=rest, yes=yes, demo=demo, community=community)
