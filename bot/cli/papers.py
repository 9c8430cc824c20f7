"""The doing behind `linli qr household`: a sheet for each flat, whose bearer may bind to it."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import segno
import typer
from sqlmodel import Session, select

from bot import app
from bot.cli import stage
from bot.cli.account import assembled, calling
from bot.cli.posters import CODE, HEIGHT, QUIET, WIDTH, ask_for_url, folder_for, readable_name, words_at
from bot.errors import AccountLimited, Misconfigured
from bot.store import events, invitations
from bot.store.invitations import Invitation
from bot.store.people import Household

_PARTS = re.compile(r"[0-9A-Za-z]+")

#: Signs of a code that are read out at once.
GROUP = 5


def make(flats: Sequence[str], *, every: bool, renew: bool, out: Path | None, demo: bool, community: str) -> None:
    """Make and draw the code of each flat; where WeChat makes no picture the sheet says what to send instead."""
    with assembled(demo=demo, community=stage.community(community, demo=demo)) as linli:
        if not flats and not every:
            raise Misconfigured("name at least one flat, such as 3栋2单元501, or add --every")
        meant = linli.ask(_meant, flats, every)
        asyncio.run(_make_all(linli, meant, renew, folder_for(out or linli.settings.var / "qr")))


def _meant(session: Session, flats: Sequence[str], every: bool) -> list[Household]:
    known = session.exec(select(Household).order_by(Household.building, Household.unit, Household.room)).all()
    if every:
        return list(known)
    by_parts = {"-".join(filter(None, one.parts)): one for one in known}
    found = []
    for flat in flats:
        one = by_parts.get("-".join(_PARTS.findall(flat)))
        if one is None:
            raise Misconfigured(f"{flat!r} is no flat of the roster; write it as 3栋2单元501 or 3-2-501")
        found.append(one)
    return found


async def _make_all(linli: app.Linli, flats: Sequence[Household], renew: bool, folder: Path) -> None:
    async with calling(linli) as client:
        can_draw = True
        for number, flat in enumerate(flats, 1):
            code, url = linli.ask(_paper, flat.key, linli.clock(), renew)
            if not url and can_draw:
                try:
                    url = linli.ask(_complete, code, await ask_for_url(client, code))
                except AccountLimited as refusal:  # the account may make no codes: the words on the sheet do as well
                    typer.echo(f"WeChat makes no codes for this account ({refusal}); the sheets say what to send", err=True)
                    can_draw = False
            path = folder / readable_name("home", flat.label, code)
            path.write_text(sheet(url, linli.community.name, flat.label, code), encoding="utf-8")
            path.chmod(0o600)
            typer.echo(f"{number}/{len(flats)}  {flat.label}: {path}")


def _paper(session: Session, flat: int, now: datetime, renew: bool) -> tuple[str, str]:
    paper = invitations.paper_of(session, session.get_one(Household, flat), now, renew=renew)
    told = {"renewed": True} if renew else {}
    events.record(session, now, "flat_code.drawn", subject=f"household:{flat}", actor=events.COMMAND_LINE, **told)
    return paper.code, paper.url


def _complete(session: Session, code: str, url: str) -> str:
    paper = session.get_one(Invitation, code)
    paper.url = url
    session.add(paper)
    return url


def sheet(url: str, community: str, flat: str, code: str) -> str:
    """Return a sheet to print, as SVG: whose it is, the code to scan where there is one, and the words to send."""
    middle, left = WIDTH / 2, (WIDTH - CODE) / 2
    picture = ""
    if url:
        drawn = segno.make_qr(url, error="m")
        scale = CODE / drawn.symbol_size(border=QUIET)[0]
        inline = drawn.svg_inline(border=QUIET, light="white", dark="black")
        picture = f'<g transform="translate({left:g} 22) scale({scale:.4f})">{inline}</g>\n'
    said = f"{code[:GROUP]} {code[GROUP:]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f"{words_at(f'{community} {flat} 住户码', middle, 15, 8)}\n{picture}"
        f"{words_at('扫码，或关注公众号后发送：' if url else '关注公众号后发送：', middle, 132, 6)}\n"
        f"{words_at(f'住户码 {said}', middle, 143, 9)}\n"
        f"{words_at('只给住在这一户的人用，请勿拍照外传', middle, 153, 5)}\n</svg>\n"
    )
