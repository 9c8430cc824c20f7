"""The account's menu and what the codes on walls begin: `_menu.yaml` and `_scenes.yaml`.

Limits are WeChat's: developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bot.language.phrases import FACTS, placeholders
from bot.language.reader import Fault, Fields, Reader, nearest

#: Entries side by side, and entries above one of them.
TOP, BELOW = 3, 5

#: Bytes of a name at the bottom and of one above, of a key and of an address.
NAME_BYTES, BELOW_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024

#: What the words of a code may use beside {community.…}.
_SCENE_WORDS = FACTS | {"title", "label"}

_ENTRY_FIELDS = ("name", "intent", "url", "below")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: it begins an intent, opens a page or shows the entries `below` it."""

    name: str
    intent: str = ""
    url: str = ""
    below: tuple["Entry", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What scanning a code of this kind begins; `say` is said before the intent's own question."""

    kind: str
    title: str
    intent: str
    say: str = ""


def read_menu(reader: Reader, intents: Collection[str]) -> tuple[Entry, ...]:
    """Return the entries; one whose intent is unknown is told and left out."""
    reader.known(reader.root, ("version", "menu"))
    if "menu" not in reader.root:
        raise Fault(None, "E207", "缺少字段 menu:")
    return _entries(reader, reader.root["menu"][1], intents, is_top=True)


def read_scenes(reader: Reader, intents: Collection[str]) -> dict[str, Scene]:
    """Return the kinds of codes by name; one whose intent is unknown is told and left out."""
    reader.known(reader.root, ("version", "scenes"))
    if "scenes" not in reader.root:
        raise Fault(None, "E207", "缺少字段 scenes:")
    found = {}
    for kind, (key, node) in reader.mapping(reader.root["scenes"][1], "scenes").items():
        scene = _scene(reader, kind, key, node)
        if _is_known(reader, scene.intent, reader.mapping(node, kind)["intent"][1], intents):
            found[kind] = scene
    return found


def buttons(menu: Sequence[Entry]) -> dict[str, Any]:
    """Return the menu as `menu/create` takes it."""
    return {"button": [_button(entry) for entry in menu]}


def _button(entry: Entry) -> dict[str, Any]:
    if entry.below:
        return {"name": entry.name, "sub_button": [_button(one) for one in entry.below]}
    if entry.url:
        return {"type": "view", "name": entry.name, "url": entry.url}
    return {"type": "click", "name": entry.name, "key": entry.intent}


# ------------------------------------------------------------------ the menu


def _entries(reader: Reader, node: yaml.Node, intents: Collection[str], *, is_top: bool) -> tuple[Entry, ...]:
    what, most = ("menu", TOP) if is_top else ("below", BELOW)
    if not isinstance(node, yaml.SequenceNode):
        raise Fault(
            node.start_mark, "E204", f"{what} 应是列表", "每项以 “- ” 开头，例如 - {name: 联系电话, intent: faq.contacts}"
        )
    if not node.value:
        raise Fault(node.start_mark, "E501", f"{what} 里没有菜单项", "至少写一项")
    if len(node.value) > most:
        where = "底部最多" if is_top else "每个菜单下面最多"
        raise Fault(node.value[most].start_mark, "E501", f"{where} {most} 项，这里有 {len(node.value)} 项", "请删去或合并几项")
    found = (_entry(reader, item, intents, is_top=is_top) for item in node.value)
    return tuple(entry for entry in found if entry is not None)


def _entry(reader: Reader, node: yaml.Node, intents: Collection[str], *, is_top: bool) -> Entry | None:
    """Return an entry; None when nothing remains of it."""
    fields = reader.mapping(node, "菜单项")
    reader.known(fields, _ENTRY_FIELDS if is_top else _ENTRY_FIELDS[:-1])
    name = _short(reader, node, fields, "name", NAME_BYTES if is_top else BELOW_NAME_BYTES)
    kinds = [kind for kind in _ENTRY_FIELDS[1:] if kind in fields]
    if len(kinds) != 1:
        hint = "intent: 说一件事，url: 打开网页" + ("，below: 再展开几项" if is_top else "")
        raise Fault(node.start_mark, "E502", f"菜单项“{name}”要有 {'、'.join(_ENTRY_FIELDS[1:])} 之一，而且只能有一个", hint)
    if kinds == ["below"]:
        below = _entries(reader, fields["below"][1], intents, is_top=False)
        return Entry(name=name, below=below) if below else None
    if kinds == ["url"]:
        return Entry(name=name, url=_https(reader, node, fields))
    intent = _short(reader, node, fields, "intent", KEY_BYTES)
    return Entry(name=name, intent=intent) if _is_known(reader, intent, fields["intent"][1], intents) else None


def _https(reader: Reader, node: yaml.Node, fields: Fields) -> str:
    url = _short(reader, node, fields, "url", URL_BYTES)
    if not url.startswith("https://"):
        raise Fault(fields["url"][1].start_mark, "E504", f"网址“{url}”不是 https:// 开头", "微信菜单只打开 https:// 开头的网址")
    return url


def _short(reader: Reader, node: yaml.Node, fields: Fields, name: str, limit: int) -> str:
    """Return a text that WeChat takes: not empty, at most `limit` bytes."""
    if name not in fields:
        raise Fault(node.start_mark, "E207", f"菜单项缺少 {name}:")
    value, size = reader.text_of(fields[name][1], name), len(reader.text_of(fields[name][1], name).encode())
    if not 1 <= size <= limit:
        hint = f"一个汉字是 3 字节，最多 {limit // 3} 个汉字" if name == "name" else ""
        raise Fault(fields[name][1].start_mark, "E503", f"{name} “{value}”有 {size} 字节，应是 1 到 {limit} 字节", hint)
    return value


# ------------------------------------------------------------------ codes on walls


def _scene(reader: Reader, kind: str, key: yaml.Node, node: yaml.Node) -> Scene:
    fields = reader.mapping(node, kind)
    reader.known(fields, ("title", "intent", "say"))
    for needed in ("title", "intent"):
        if needed not in fields:
            raise Fault(key.start_mark, "E207", f"{kind} 缺少字段 {needed}:")
    texts = {name: reader.text_of(value, name) for name, (_, value) in fields.items()}
    for name in placeholders(texts.get("say", "")) - _SCENE_WORDS:
        raise Fault(
            fields["say"][1].start_mark, "E302", f"say 用到不存在的 {{{name}}}", "可用：{title}、{label}、{community.name}"
        )
    return Scene(kind=kind, **texts)


def _is_known(reader: Reader, intent: str, node: yaml.Node, intents: Collection[str]) -> bool:
    if intent in intents:
        return True
    near = nearest(intent, sorted(intents))
    reader.complain(Fault(node.start_mark, "E505", f"没有意图 “{intent}”", f"是否想写 “{near}”？" if near else ""))
    return False
