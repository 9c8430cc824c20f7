"""The doing behind `linli notice mass`."""

import asyncio

import typer

from bot import app
from bot.cli import show_json
from bot.cli.account import assembled, calling, require_secret
from bot.errors import Misconfigured, Temporary, WeChatRefused
from bot.store import masses
from bot.store.masses import MassSend
from bot.wechat import messages
from bot.wechat.client import Client


def send(text: str, to: str, *, dry_run: bool, yes: bool, as_json: bool, demo: bool) -> None:
    """Tell what is left of the month, ask, and send."""
    if as_json and not (yes or dry_run):
        raise Misconfigured("--json asks nobody: give --yes, or --dry-run to see how many are left this month")
    if missing := [what for what, said in (("the text", text), ("--to all, or --to with the number of a tag", to)) if not said]:
        raise Misconfigured(
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing: linli notice mass '明天停水' --to all"
        )
    tag_id = _read_audience(to)
    _check(text)
    with assembled(demo=demo) as linli:
        now = linli.clock()
        stopped = linli.ask(masses.unfinished, text, tag_id, now)
        if stopped is not None:
            raise Misconfigured(
                f"mass send {stopped.id} of the same text was stopped at {stopped.created_at:%m-%d %H:%M}; "
                f"`linli notice mass --resume {stopped.id}` goes on with it and sends nothing twice"
            )
        ledger = linli.ask(masses.require_one_left, tag_id, now)
        if not as_json:
            _tell_whom(ledger, tag_id)
        elif dry_run:
            used, left = ledger.had(tag_id), [*ledger.left_out(tag_id), *ledger.perhaps_left_out(tag_id)]
            show_json({"to": masses.audience(tag_id), "used": used, "of": masses.MONTHLY, "left_out_tags": left})
        if dry_run:
            return
        if not yes:
            typer.confirm(f"Send it to {masses.audience(tag_id)}? It cannot be called back", abort=True)
        asyncio.run(_send(linli, text, tag_id, as_json=as_json))


def resume(identity: int, *, as_json: bool, demo: bool) -> None:
    """Go on with a send that was stopped."""
    with assembled(demo=demo) as linli:
        mass = linli.ask(masses.find, identity)
        if mass is None:
            raise Misconfigured(f"there is no mass send {identity}; its number was shown when it began")
        if mass.status.startswith(masses.REFUSED):
            raise Misconfigured(f"mass send {identity} was {mass.status}: nothing went out; send it anew")
        if mass.msgid is not None:
            if as_json:
                show_json(_data(mass))
            else:
                typer.echo(_told(mass))
            return
        if linli.clock() - mass.created_at > masses.RESUMABLE:
            raise Misconfigured(
                f"mass send {identity} is older than a day, and WeChat would not know a repeat; "
                "see 群发记录 in the account's console whether it went out"
            )
        asyncio.run(_resume(linli, mass, as_json=as_json))


async def _send(linli: app.Linli, text: str, tag_id: int | None, *, as_json: bool) -> None:
    require_secret(linli)
    mass = linli.ask(masses.begin, text, tag_id, linli.clock())
    if not as_json:
        typer.echo(f"mass send {mass.id}: begun")
    async with calling(linli) as client:
        try:
            await _call(linli, client, mass, as_json=as_json)
        except WeChatRefused as error:
            linli.ask(masses.refuse, mass.id or 0, error.errcode)
            raise


async def _resume(linli: app.Linli, mass: MassSend, *, as_json: bool) -> None:
    """A refusal of the second call says nothing of the first: the send stays counted."""
    async with calling(linli) as client:
        await _call(linli, client, mass, as_json=as_json)


async def _call(linli: app.Linli, client: Client, mass: MassSend, *, as_json: bool) -> None:
    tag_id = masses.tag_of(mass)
    try:
        msgid = await client.send_mass_text(mass.text, clientmsgid=mass.clientmsgid, tag_id=tag_id, everybody=tag_id is None)
    except Temporary as error:
        raise Misconfigured(
            f"nobody knows yet whether mass send {mass.id} went out ({error}); wait a minute, then "
            f"`linli notice mass --resume {mass.id}` finds out and sends nothing twice"
        ) from error
    linli.ask(masses.take, mass.id or 0, msgid, linli.clock())
    if as_json:
        show_json({**_data(mass), "state": "taken"})
    else:
        typer.echo(f"mass send {mass.id}: WeChat took it for {masses.audience(tag_id)}; what came of it follows within minutes")


def _check(text: str) -> None:
    size = len(text.encode())
    if not 1 <= size <= messages.TEXT_BYTES:
        raise Misconfigured(f"the text has {size} bytes; a message holds 1 to {messages.TEXT_BYTES}, a Chinese character is 3")


def _read_audience(to: str) -> int | None:
    """Return the tag's number, None for all followers."""
    if to == masses.ALL:
        return None
    if to.isascii() and to.isdigit():
        return int(to)
    raise Misconfigured(f"--to {to or '…'} is neither `all` nor the number of one of the account's tags")


def _tell_whom(ledger: masses.Ledger, tag_id: int | None) -> None:
    """Say how much of the month is used for those whom the send is for, and who of them will not get it."""
    typer.echo(f"本月已用 {ledger.had(tag_id)}/{masses.MONTHLY}")
    if sure := ledger.left_out(tag_id):
        typer.echo(f"WeChat leaves out who has tag {_listed(sure)}: they had {masses.MONTHLY} this month")
    if perhaps := ledger.perhaps_left_out(tag_id):
        typer.echo(f"WeChat leaves out who has several of the tags {_listed(perhaps)} and so had {masses.MONTHLY} this month")


def _listed(tags: list[int]) -> str:
    return ", ".join(map(str, tags))


def _data(mass: MassSend) -> dict[str, object]:
    return {
        "id": mass.id, "to": masses.audience(masses.tag_of(mass)), "begun": mass.created_at.isoformat(),
        "state": mass.status or "unreported", "sent": mass.sent, "failed": mass.failed,
    }  # fmt: skip


def _told(mass: MassSend) -> str:
    became = f"{mass.status}, {mass.sent} got it, {mass.failed} did not" if mass.status else "WeChat has not reported yet"
    return f"mass send {mass.id}: went out at {mass.created_at:%m-%d %H:%M}; {became}"
