"""The doing behind `linli qr`."""

import asyncio
import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import segno
import typer
from sqlmodel import Session

from bot import app
from bot.cli import stage
from bot.cli.account import assembled, calling
from bot.errors import Misconfigured
from bot.language.menus import Scene as Kind
from bot.store import events, scenes
from bot.store.invitations import PAPER
from bot.store.scenes import Scene
from bot.wechat.client import Client

#: Millimetres of the sheet, and of the code on it with its quiet zone.
WIDTH, HEIGHT, CODE = 120, 160, 100

#: Modules of white around a code, as ISO 18004 asks.
QUIET = 4

#: How a place begins that is in a unit, or in a building.
_UNIT = re.compile(r"\w{1,6}?栋(?:\w{1,6}?单元)?")

#: What file names are spared.
_UNFIT = re.compile(r"[^\w-]+")


def make(
    kind: str, labels: Sequence[str], *, every_unit: bool, anyway: bool, out: Path | None, demo: bool, community: str
) -> None:
    """Make a code for each label and draw it; what was done stays done when WeChat refuses in between."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        if kind == PAPER:
            raise Misconfigured("the codes of flats are on paper, one for each: make them with `linli qr household`")
        known = {name: one for name, one in linli.understanding.catalogue.scenes.items() if name != PAPER}
        if kind not in known:
            kinds = ", ".join(f"{one.kind} ({one.title})" for one in known.values())
            raise Misconfigured(f"kind {kind!r} is unknown; _scenes.yaml has {kinds or 'none'}")
        places = [label.strip() for label in labels if label.strip()]
        units = linli.ask(scenes.every_unit)
        if not anyway:
            require_known(places, units)
        places += units if every_unit else []
        if not places:
            raise Misconfigured("name at least one place, such as 3栋2单元, or add --every-unit")
        folder = folder_for(out or linli.settings.var / "qr")
        asyncio.run(_make_all(linli, known[kind], list(dict.fromkeys(places)), folder))


def require_known(places: Sequence[str], units: Sequence[str]) -> None:
    """Raise Misconfigured for a place in a building or unit that the roster has none of: a code is permanent, and WeChat counts them."""
    for place in places:
        said = _UNIT.match(place)
        if units and said is not None and not any(unit.startswith(said[0]) for unit in units):
            raise Misconfigured(f"{place!r}: the roster has no {said[0]}; write it as the roster does, or add --anyway")


def folder_for(folder: Path) -> Path:
    """Return a folder that is there to be written into; raises Misconfigured."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be made ({error.strerror}); name another folder with --out") from error
    return folder


def show(*, demo: bool, community: str) -> None:
    """Print all codes."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        found = linli.ask(scenes.listed)
        if not found:
            typer.echo("no codes yet; `linli qr make door 3栋2单元` makes one, `linli qr household 3-2-501` that of a flat")
        for scene in found:
            typer.echo(f"{scene.code}  {scene.kind:<8} {scene.label}  {scene.url or '(not made: run `linli qr make` again)'}")


async def _make_all(linli: app.Linli, kind: Kind, labels: Sequence[str], folder: Path) -> None:
    async with calling(linli) as client:
        for number, label in enumerate(labels, 1):
            scene = linli.ask(scenes.prepare, kind.kind, label, linli.clock())
            is_new = not scene.url
            if is_new:
                url = await ask_for_url(client, scene.code)
                scene = linli.ask(_complete, scene.code, url, linli.clock())
            path = folder / file_name(scene)
            path.write_text(poster(scene.url, linli.community.name, kind.title, label), encoding="utf-8")
            typer.echo(f"{number}/{len(labels)}  {kind.kind} {label}: {'made' if is_new else 'was there'}, {path}")


def _complete(session: Session, code: str, url: str, now: datetime) -> Scene:
    scene = scenes.complete(session, code, url)
    events.record(
        session, now, "scene.made", subject=f"scene:{code}", actor=events.COMMAND_LINE, scene=scene.kind, label=scene.label
    )
    return scene


async def ask_for_url(client: Client, code: str) -> str:
    """Have WeChat make a permanent code that says `code`; returns what its picture holds.

    Source: developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
    """
    answer: Mapping[str, object] = await client.qrcode.create(
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": code}}}
    )
    url = answer.get("url")
    if not isinstance(url, str) or not url:
        raise Misconfigured("WeChat made a code without an address; run the command again")
    return url


def file_name(scene: Scene) -> str:
    """Return the file's name: readable, and different for each code."""
    return readable_name(scene.kind, scene.label, scene.code)


def readable_name(kind: str, label: str, code: str) -> str:
    """Return a file's name that people recognise, without signs that file systems refuse."""
    readable = _UNFIT.sub("_", f"{kind}-{label}")
    return f"{readable}-{code}.svg"


def poster(url: str, community: str, title: str, label: str) -> str:
    """Return a sheet to print, as SVG: the community's name, the code, what it is for and where it hangs."""
    code = segno.make_qr(url, error="m")
    scale = CODE / code.symbol_size(border=QUIET)[0]
    picture = code.svg_inline(border=QUIET, light="white", dark="black")
    middle, left = WIDTH / 2, (WIDTH - CODE) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f"{words_at(community, middle, 17, 9)}\n"
        f'<g transform="translate({left:g} 22) scale({scale:.4f})">{picture}</g>\n'
        f"{words_at(title, middle, 134, 10)}\n{words_at(label, middle, 149, 12)}\n"
        "</svg>\n"
    )


def words_at(text: str, middle: float, base: float, size: float) -> str:
    """Return a line of text, smaller where it would be wider than the code."""
    fitting = min(size, CODE / max(len(text), 1))
    family = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
    return (
        f'<text x="{middle:g}" y="{base:g}" font-size="{fitting:.2f}" font-family="{family}" text-anchor="middle" '
        f'fill="black">{html.escape(text)}</text>'
    )
