"""The doing behind `linli menu`."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from bot import app
from bot.cli.account import assembled, calling
from bot.cli.checking import line
from bot.errors import Misconfigured
from bot.language import menus
from bot.wechat.client import Client


def push(*, dry_run: bool) -> None:
    """Make the menu of _menu.yaml the account's, or only show it."""
    with assembled() as linli:
        menu = _sound_menu(linli)
        typer.echo("\n".join(_lines(menu["button"])))
        if not dry_run:
            asyncio.run(_push(linli, menu))
            typer.echo("pushed: phones show it within five minutes")


def show() -> None:
    """Show the account's menu."""
    with assembled() as linli:
        menu = asyncio.run(_current(linli))
    typer.echo("\n".join(_lines(menu["button"])) if menu else "the account has no menu; `linli menu push` makes one")


def delete() -> None:
    """Take the account's menu away."""
    with assembled() as linli:
        asyncio.run(_delete(linli))
    typer.echo("deleted: phones show no menu within five minutes")


async def give_menu(client: Client, linli: app.Linli) -> None:
    """Make the menu that is in force the account's."""
    await client.menu.create(menus.buttons(linli.understanding.catalogue.menu))


def _sound_menu(linli: app.Linli) -> dict[str, Any]:
    """Return the menu as WeChat takes it; raises Misconfigured when its file has faults."""
    catalogue = linli.understanding.catalogue
    faults = [line(problem) for problem in catalogue.problems if problem.file.endswith("_menu.yaml")]
    if faults:
        raise Misconfigured("\n".join(["nothing was pushed; mend the menu first:", *faults]))
    if not catalogue.menu:
        raise Misconfigured("the menu is empty: no entry of _menu.yaml names an intent of this folder")
    return menus.buttons(catalogue.menu)


async def _push(linli: app.Linli, menu: Mapping[str, Any]) -> None:
    async with calling(linli) as client:
        await client.menu.create(menu)


async def _current(linli: app.Linli) -> Mapping[str, Any] | None:
    async with calling(linli) as client:
        return await client.current_menu()


async def _delete(linli: app.Linli) -> None:
    async with calling(linli) as client:
        await client.menu.delete()


def _lines(buttons: list[Any], indent: str = "") -> Iterator[str]:
    """Yield a line for each entry, those below it indented."""
    for button in buttons:
        yield f"{indent}{button['name']}  {button.get('key') or button.get('url') or ''}".rstrip()
        yield from _lines(button.get("sub_button") or [], indent + "  ")
