"""`linli menu`: the account's menu, as _menu.yaml says it."""

from typing import Annotated

import typer

app = typer.Typer(help="The account's menu.", no_args_is_help=True)


@app.command()
def push(dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be pushed.")] = False) -> None:
    """Make the menu of _menu.yaml the account's; phones show it within five minutes."""
    from bot.cli import pushing

    pushing.push(dry_run=dry_run)


@app.command()
def show() -> None:
    """Show the menu that the account has now."""
    from bot.cli import pushing

    pushing.show()


@app.command()
def delete() -> None:
    """Take the account's menu away."""
    from bot.cli import pushing

    pushing.delete()
