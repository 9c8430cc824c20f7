"""Lines added to an intent file: an example, a test. Everything else stays as it was written, remarks and quotes too. Pure."""

import json
from collections.abc import Mapping

import yaml

from bot.language.reader import Fault, Fields, Reader
from bot.translation import tr


class Unfit(ValueError):
    """A file into which nothing can be added; the message says so in Chinese."""


def with_example(text: str, said: str) -> str:
    """Return the file with one more example, as its last one; as it is where it stands there already. Raises Unfit."""
    said = " ".join(said.split())
    reader, fields = _read(text)
    if "examples" not in fields:
        raise Unfit(tr("这个文件里没有 examples:，请先在编辑页写上。"))
    node = fields["examples"][1]
    known = [line for line, _, _ in reader.lines(node, "examples")]
    if not said or said in known:
        return text
    if isinstance(node, yaml.SequenceNode):
        added = _after_items(text, node, json.dumps(said, ensure_ascii=False))
    else:
        added = _after_block(text, node, said)
    return _checked(added, "examples", [*known, said])


def with_test(text: str, said: str, slots: Mapping[str, object] | None = None, unwanted: str = "") -> str:
    """Return the file with one more test, as its last one. `unwanted` is the intent that it must not be. Raises Unfit."""
    said = " ".join(said.split())
    _, fields = _read(text)
    words = [f"text: {json.dumps(said, ensure_ascii=False)}"]
    if unwanted:
        words.append(f"not: {unwanted}")
    elif slots:
        words.append(f"slots: {json.dumps(dict(slots), ensure_ascii=False)}")
    line = "{" + ", ".join(words) + "}"
    if "tests" not in fields:
        return _still_read(f"{text.rstrip()}\ntests:\n  - {line}\n")
    node = fields["tests"][1]
    if not isinstance(node, yaml.SequenceNode):
        raise Unfit(tr("这个文件里的 tests: 不是列表，请先在编辑页改好。"))
    return _still_read(_after_items(text, node, line))


def _read(text: str) -> tuple[Reader, Fields]:
    try:
        reader = Reader("", text, [], "")
    except Fault as fault:
        raise Unfit(tr("这个文件现在读不懂（{fault}），请先在编辑页改好。", fault=fault)) from fault
    return reader, reader.root


def _after_block(text: str, node: yaml.Node, said: str) -> str:
    """Put a line behind the last one of a block that is written with |."""
    lines = text.split("\n")
    first = node.start_mark.line + 1
    block = range(first, min(first + str(node.value).rstrip("\n").count("\n") + 1, len(lines)))
    last = next((number for number in reversed(block) if lines[number].strip()), None)
    if last is None:
        raise Unfit(tr("examples: 里还没有例句，请先在编辑页写上一句。"))
    indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
    lines.insert(last + 1, f"{indent}- {said}")
    return "\n".join(lines)


def _after_items(text: str, node: yaml.SequenceNode, item: str) -> str:
    """Put an item behind the last one of a list."""
    lines = text.split("\n")
    if node.flow_style:
        row, place = node.end_mark.line, node.end_mark.column - 1
        comma = ", " if node.value else ""
        lines[row] = f"{lines[row][:place].rstrip()}{comma}{item}{lines[row][place:]}"
        return "\n".join(lines)
    end = node.value[-1].end_mark
    last = end.line if end.column else end.line - 1
    while not lines[last].strip() or lines[last].lstrip().startswith("#"):
        last -= 1
    lines.insert(last + 1, f"{' ' * node.start_mark.column}- {item}")
    return "\n".join(lines)


def _checked(text: str, name: str, wanted: list[str]) -> str:
    """Return a file in which a list is read as wanted; raises Unfit rather than to save what would be read otherwise."""
    reader, fields = _read(text)
    if [line for line, _, _ in reader.lines(fields[name][1], name)] != wanted:
        raise Unfit(tr("这一句自动加不进去，请在编辑页里手工写上。"))
    return text


def _still_read(text: str) -> str:
    _read(text)
    return text
