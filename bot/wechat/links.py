"""Links in texts: <a href="https://…">看进度</a>, of which WeChat shows the words.

Source: developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import re
from collections.abc import Iterator

#: The address and the words.
LINK = re.compile(r'<a\s+href="(https?://[^"\s<>]+)"\s*>([^<>]*)</a>')


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text as it reads, piece by piece: of a link the words alone, and whether it is one."""
    end = 0
    for link in LINK.finditer(text):
        yield text[end : link.start()], False
        yield link[2], True
        end = link.end()
    yield text[end:], False


def with_addresses(text: str) -> str:
    """Return the text for where nothing can be touched: 看进度（https://…）."""
    return LINK.sub(r"\2（\1）", text)


def before(text: str, cut: int) -> int:
    """Return where to cut `text` instead of at `cut`, so that no link is torn: before it, or at `cut` when it begins the text."""
    torn = next((found.start() for found in LINK.finditer(text) if found.start() < cut < found.end()), 0)
    return torn or cut
