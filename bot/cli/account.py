"""The installation and its WeChat account, for commands that call WeChat by themselves."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import aiohttp

from bot import app
from bot.cli import stage
from bot.errors import (
    AccountLimited,
    AddressNotListed,
    ChannelDisabled,
    ContentRefused,
    Misconfigured,
    MonthSpent,
    QuotaSpent,
    Temporary,
    TokenRefused,
    TooFrequent,
    WeChatRefused,
)
from bot.wechat.client import Client

#: What to do about a refusal, the most special kind first.
_WAYS_OUT: Mapping[type[WeChatRefused], str] = {
    AddressNotListed: "add this server's address to the account's IP whitelist (基本配置), then run the command again",
    ChannelDisabled: "the account has no right to this (接口权限); it takes a certified service account",
    AccountLimited: "check LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET, or run `linli doctor`",
    TokenRefused: "check LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET, or run `linli doctor`",
    TooFrequent: "wait a minute, then run the command again",
    Temporary: "run the command again in a minute",
    QuotaSpent: "the day's calls are used up; run the command again after 00:00 in Beijing",
    MonthSpent: "the month's are used up; run the command again next month",
    ContentRefused: "change what WeChat names, then run the command again",
}


@contextmanager
def assembled(*, demo: bool = False, community: str | None = None) -> Iterator[app.Linli]:
    """Give the installation's parts, or the demo's, and let go of the database afterwards.

    `community` is as `Linli.assemble` takes it: empty where there must be only one, None for the account as a whole.
    """
    linli = app.Linli.assemble(stage.settings(demo=demo), community=community)
    try:
        yield linli
    finally:
        linli.database.close()


@asynccontextmanager
async def calling(linli: app.Linli) -> AsyncIterator[Client]:
    """Give a client for the account; WeChat's refusals leave as Misconfigured, with what to do."""
    require_secret(linli)
    async with aiohttp.ClientSession() as http:
        try:
            yield linli.client(http)
        except WeChatRefused as error:
            raise Misconfigured(f"WeChat refused, {error}; {way_out(error)}") from error


def require_secret(linli: app.Linli) -> None:
    """Raise Misconfigured when nothing can be asked of WeChat."""
    if not linli.settings.wechat_secret.get_secret_value():
        raise Misconfigured("LINLI_WECHAT_SECRET is missing: without the AppSecret of 基本配置 nothing can be asked of WeChat")


def way_out(error: WeChatRefused) -> str:
    """Return what the operator can do about a refusal."""
    known = (words for kind, words in _WAYS_OUT.items() if isinstance(error, kind))
    return next(known, "look the number up in WeChat's 全局错误码")
