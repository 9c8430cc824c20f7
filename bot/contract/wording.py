"""What a notice looks like in WeChat: as a message of the chat, and as the fields of a template message. Pure: preview and sender ask the same."""

from collections.abc import Mapping
from datetime import datetime

from bot.model import SHANGHAI
from bot.wechat.fields import THING_LENGTH, fit_thing

__all__ = ["CHAT_BYTES", "FIELD_NAMES", "THING_LENGTH", "fields", "with_page"]

#: Bytes of a text that WeChat takes as one message of the chat.
CHAT_BYTES = 2048

#: What the fields of the notice template are called, for staff.
FIELD_NAMES = {"thing1": "通知标题", "time2": "时间"}


def with_page(said: str, url: str, *, asks: bool) -> str:
    """Return the text with a link to its page; of a text that would not fit with it, the page has the rest."""
    whole, cut = ("点这里确认收到" if asks else "打开通知", "内容没有显示完，点这里看全文" + ("、确认收到" if asks else ""))
    link = f'\n<a href="{url}">{{}}</a>'
    if len((said + link.format(whole)).encode()) <= CHAT_BYTES:
        return said + link.format(whole)
    room = CHAT_BYTES - len(f"…{link.format(cut)}".encode())
    return said.encode()[:room].decode(errors="ignore").rstrip() + "…" + link.format(cut)


def fields(title: str, now: datetime) -> Mapping[str, str]:
    """Return the values of the notice template: thing1 the title, time2 the time, cut to what WeChat takes."""
    return {"thing1": fit_thing(title or "物业消息"), "time2": f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"}
