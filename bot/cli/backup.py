"""`linli backup …`: backups of the installation, made while it runs."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.notice import Demo

app = typer.Typer(help="Backups, made while the server runs.", invoke_without_command=True, no_args_is_help=False)

Identity = Annotated[Path | None, typer.Option(metavar="FILE", help="File with the AGE-SECRET-KEY-1… that opens what is sealed.")]
Recipient = Annotated[
    list[str] | None, typer.Option(metavar="AGE1…", help="For whom alone it can be opened; default: LINLI_BACKUP_RECIPIENTS.")
]


@app.callback()
def make(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where it goes; default: LINLI_BACKUP_FOLDER.")] = None,
    recipient: Recipient = None,
    demo: Demo = False,
) -> None:
    """Make a backup now, beside the running server, and open it again to compare: database, photos, intent files, settings without secrets."""
    if context.invoked_subcommand is None:
        from bot.cli import backing

        backing.make(to, recipient, demo=demo)


@app.command("list")
def list_(
    folder: Annotated[Path | None, typer.Argument(help="Which folder; default: LINLI_BACKUP_FOLDER.")] = None, demo: Demo = False
) -> None:
    """List the backups, the newest first, and which of them the next one would let go."""
    from bot.cli import backing

    backing.show(folder, demo=demo)


@app.command()
def verify(backup: Annotated[Path, typer.Argument(help="The backup.")], identity: Identity = None) -> None:
    """Open a backup, compare all it holds with its manifest and the database with itself, and leave nothing behind."""
    from bot.cli import backing

    backing.verify(backup, identity)


@app.command()
def keys(
    to: Annotated[Path, typer.Argument(help="The file to write; it ends with .age where recipients are named.")],
    recipient: Recipient = None,
    demo: Demo = False,
) -> None:
    """Write keys and secret into a file of their own, to be kept elsewhere: who has both reads all, who has one nothing."""
    from bot.cli import backing

    backing.keys(to, recipient, demo=demo)


@app.command()
def identity(to: Annotated[Path, typer.Argument(help="The file to write; keep it away from this machine.")]) -> None:
    """Make an identity that opens sealed backups, and print its recipient for LINLI_BACKUP_RECIPIENTS."""
    from bot.cli import backing

    backing.identity(to)
