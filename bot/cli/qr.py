"""`linli qr`: codes to print and put up, at doors, repair points and the visitor desk."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.notice import Community, Demo

app = typer.Typer(help="QR codes to print and put up.", no_args_is_help=True)


@app.command()
def make(
    kind: Annotated[str, typer.Argument(help="What it begins, as in _scenes.yaml: door, repair, desk …")],
    labels: Annotated[list[str] | None, typer.Argument(help="Where each hangs: 3栋2单元, 地下车库B1 …")] = None,
    every_unit: Annotated[bool, typer.Option("--every-unit", help="One for each unit of the roster.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also for a building or unit that the roster has none of.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default: qr in LINLI_VAR.")] = None,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Make permanent codes and a picture of each to print; what was made before is only drawn again."""
    from bot.cli import posters

    posters.make(kind, labels or [], every_unit=every_unit, anyway=anyway, out=out, demo=demo, community=community)


@app.command()
def household(
    flats: Annotated[list[str] | None, typer.Argument(help="The flats: 3栋2单元501 or 3-2-501 …")] = None,
    every: Annotated[bool, typer.Option("--every", help="One for each flat of the roster.")] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make a new code; the one on the old paper opens nothing any more.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the sheets; default: qr in LINLI_VAR.")] = None,
    demo: Demo = False,
    community: Community = "",
) -> None:
    """Make the code of each flat on paper: whoever has the sheet may bind to that flat. Put it into the letter box, closed."""
    from bot.cli import papers

    papers.make(flats or [], every=every, renew=renew, out=out, demo=demo, community=community)


@app.command("list")
def list_(demo: Demo = False, community: Community = "") -> None:
    """List the codes: what each says, its kind and where it hangs."""
    from bot.cli import posters

    posters.show(demo=demo, community=community)
