"""The account's menu: what `menu/create` accepts, and the one that is shown until then.

Source: developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.simulator.refusal import Refused

#: Entries side by side, and entries above one of them.
TOP, BELOW = 3, 5

#: Bytes of a name at the bottom and of one above, of a key and of an address.
NAME_BYTES, BELOW_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: it asks the bot (`key`), opens a page (`url`) or shows more entries."""

    name: str
    key: str = ""
    url: str = ""
    below: tuple["Entry", ...] = ()


Menu = tuple[Entry, ...]


def read(body: Mapping[str, object]) -> Menu:
    """Return the menu that a call of `menu/create` describes; raises Refused as WeChat does."""
    buttons = body.get("button")
    if not isinstance(buttons, Sequence) or isinstance(buttons, str) or not 1 <= len(buttons) <= TOP:
        raise Refused(40016, "invalid button size")
    return tuple(_top(button) for button in buttons)


def _top(button: object) -> Entry:
    below = button.get("sub_button") if isinstance(button, Mapping) else None
    if isinstance(below, Mapping):  # as `menu/get` returns it
        below = below.get("list")
    if not below:
        return _leaf(button, NAME_BYTES)
    if not isinstance(below, Sequence) or isinstance(below, str) or len(below) > BELOW:
        raise Refused(40023, "invalid sub button size")
    return Entry(
        name=_text(button, "name", NAME_BYTES, 40018),
        below=tuple(_leaf(one, BELOW_NAME_BYTES) for one in below),
    )


def _leaf(button: object, name_bytes: int) -> Entry:
    name = _text(button, "name", name_bytes, 40018)
    kind = _text(button, "type", KEY_BYTES, 40017)
    if kind == "view":
        return Entry(name=name, url=_text(button, "url", URL_BYTES, 40020))
    return Entry(name=name, key=_text(button, "key", KEY_BYTES, 40019))


def _text(button: object, name: str, limit: int, errcode: int) -> str:
    value = button.get(name) if isinstance(button, Mapping) else None
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= limit:
        raise Refused(errcode, f"invalid button {name} size")
    return value


def as_json(menu: Menu) -> list[dict[str, object]]:
    """Return the menu in the shape of `menu/get`."""
    return [_entry(entry) for entry in menu]


def _entry(entry: Entry) -> dict[str, object]:
    if entry.below:
        return {"name": entry.name, "sub_button": as_json(entry.below)}
    if entry.url:
        return {"type": "view", "name": entry.name, "url": entry.url}
    return {"type": "click", "name": entry.name, "key": entry.key}
