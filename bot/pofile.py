"""Catalogues as gettext keeps them: reading and writing .po files.

https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html; of it what `linli words` writes: no obsolete entries, files
without lines as references. Read once in a process, when somebody first wants the language: a .mo beside it would be a second truth.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.errors import Misconfigured
from bot.translation import Catalogue

HEADER = (
    "Project-Id-Version: linli\\n", "Language: {language}\\n", "MIME-Version: 1.0\\n", "Content-Type: text/plain; charset=UTF-8\\n",
    "Content-Transfer-Encoding: 8bit\\n", "Plural-Forms: nplurals=2; plural=({plural});\\n",
)  # fmt: skip

_ESCAPED, _SIGNS = re.compile(r"\\(.)"), {"n": "\n", "t": "\t"}

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?\s+)?("(?:[^"\\]|\\.)*")\s*')


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message; `forms` are its translations by number, one where number does not matter."""

    msgid: str
    context: str = ""
    forms: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by."""
        return self.context, self.msgid


def read(text: str, name: str) -> list[Entry]:
    """Return the entries of a file, its header first; raises Misconfigured with the line that is no entry."""
    entries: list[Entry] = []
    for number, block in _blocks(text):
        fields: dict[tuple[str, str], str] = {}
        files, last = list[str](), ("", "")
        for at, line in enumerate(block, number):
            if line.startswith("#"):
                if line.startswith("#:"):
                    files += line[2:].split()
                continue
            found = _LINE.fullmatch(line)
            if found is None or (found[1] is None and not last[0]):
                raise Misconfigured(f"{name}, line {at}: {line[:60]!r} is no line of a .po file")
            if found[1] is not None:
                last = (found[1], found[2] or "0")
                fields[last] = ""
            fields[last] += _ESCAPED.sub(lambda sign: _SIGNS.get(sign[1], sign[1]), found[3][1:-1])
        if not fields:
            continue
        forms = tuple(said for (field, _), said in sorted(fields.items()) if field == "msgstr")
        entries.append(
            Entry(msgid=fields["msgid", "0"], context=fields.get(("msgctxt", "0"), ""), forms=forms, files=tuple(files))
        )
    return entries


def _blocks(text: str) -> Iterable[tuple[int, list[str]]]:
    block: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield text.count("\n") + 1 - len(block), block


def catalogue(language: str, files: Mapping[str, str]) -> Catalogue:
    """Return the catalogue that several files make together, by their names; of two that translate the same the first one counts."""
    entries: dict[tuple[str, str], tuple[str, ...]] = {}
    scripts: dict[str, str] = {}
    plural = "n != 1"
    for name, text in files.items():
        for entry in read(text, name):
            if entry.msgid == "":
                if (found := re.search(r"plural=\(?(.+?)\)?;", entry.forms[0])) is not None:
                    plural = found[1]
            elif all(entry.forms):
                entries.setdefault(entry.key, entry.forms)
                if any(file.endswith(".js") for file in entry.files):
                    scripts[entry.msgid] = entry.forms[-1]
    return Catalogue(language, entries, plural, scripts)


def write(language: str, entries: Sequence[Entry], plural: str = "n != 1") -> str:
    """Return the text of a file."""
    head = "".join(f'"{line.format(language=language, plural=plural)}"\n' for line in HEADER)
    return "\n".join([f'msgid ""\nmsgstr ""\n{head}', *map(_written, entries)])


def _written(entry: Entry) -> str:
    lines = [f"#: {' '.join(entry.files)}"] if entry.files else []
    if entry.context:
        lines.append(f"msgctxt {_quoted(entry.context)}")
    lines.append(f"msgid {_quoted(entry.msgid)}")
    if len(entry.forms) > 1:
        lines.append(f"msgid_plural {_quoted(entry.msgid)}")
        lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(entry.forms)]
    else:
        lines.append(f"msgstr {_quoted(entry.forms[0] if entry.forms else '')}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
