"""`linli qr`: codes to print and put up, at doors, repair points and the visitor desk."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.notice import Community

app = typer.Typer(help="QR codes to print and put up.", no_args_is_help=True)


@app.command()
def make(
    kind: Annotated[str, typer.Argument(help="What it begins, as in _scenes.yaml: door, repair, desk …")],
    labels: Annotated[list[str] | None, typer.Argument(help="Where each hangs: 3栋2单元, 地下车库B1 …")] = None,
    every_unit: Annotated[bool, typer.Option("--every-unit", help="One for each unit of the roster.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures; default: qr in LINLI_VAR.")] = None,
    community: Community = "",
) -> None:
    """Make permanent codes and a picture of each to print; what was made before is only drawn again."""
    from bot.cli import posters

    posters.make(kind, labels or [], every_unit=every_unit, out=out, community=community)


@app.command("list")
def list_(community: Community = "") -> None:
    """List the codes: what each says, its kind and where it hangs."""
    from bot.cli import posters

    posters.show(community)
