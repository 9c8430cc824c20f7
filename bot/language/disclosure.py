"""What of a message may leave the house: everything but who and where.

Rather too much is hidden than too little, for whoever reads the rest needs only the wish.
"""

import re
from collections.abc import Collection
from datetime import datetime

from bot.language import slots
from bot.language.files import Slot

#: How the masks of slots.mask read in plain words.
_SHOWN = {0xE8F0: "〔车牌〕", 0xE8F1: "〔电话〕", 0xE8F2: "〔房号〕", 0xE8F3: "〔体温〕", 0xE8F4: "〔时间〕"}

#: Three digits in a row, or a letter and digits, may be an account, a card, a door code.
_NUMBERS = re.compile(r"[A-Za-z]*\d[\dA-Za-z\-_ ]{1,}\d|\d{3,}|[零〇一二三四五六七八九幺两]{3,}")
_ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|[A-Za-z][A-Za-z0-9_-]{5,}")
_PARTS = re.compile(
    r"([，,。.!！?？、；;：:\s\ue8f0-\ue8f4〔〕]+|和|跟|与|及|还有|叫|是|找|给|帮|替|请|说|讲|问|在|住|要|来|的|让|把|被|有|去|到|明天|后天|今天|今晚)"
)
_SURNAMES = re.compile(r"姓(?!名)[\u4e00-\u9fff]{1,2}")
_WHO = (Slot(name="who", type="name"),)


def disclose(text: str, now: datetime, known: Collection[str] = ()) -> str:
    """Return `text` without plates, phones, flats, names, numbers and addresses.

    `known` words name no person, although some look it (马桶, 车位).
    """
    masked = _ADDRESSES.sub("〔账号〕", slots.mask(text, now))
    masked = slots.FLAT.sub("〔房号〕", masked)
    for name in sorted(_names(masked, now) - set(known), key=len, reverse=True):
        masked = masked.replace(name, "〔姓名〕")
    masked = _SURNAMES.sub("姓〔姓名〕", masked)
    return _NUMBERS.sub("〔数字〕", masked).translate(_SHOWN)


def _names(text: str, now: datetime) -> set[str]:
    """Return all names in a text, those of a list of people too."""
    found: set[str] = set()
    for part in (text, *_PARTS.split(text)):
        rest = part
        while isinstance(name := slots.extract(rest, _WHO, now).get("who"), str) and name in rest:
            found.add(name)
            rest = rest.replace(name, " ")
    return found
