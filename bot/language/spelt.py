"""How Chinese names are spelt in letters, for people who type two of them instead of looking for three signs."""

import os
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any

#: Signs of a name that are spelt in every mixture; of a longer one, which is a firm or a slip, whole and by initials.
MIXED = 4

#: Readings of one sign that are kept; the fourth one is a scholar's.
READINGS = 3

#: Ways to read a whole name: 单乐行 has eighteen, and nobody types most of them.
WAYS = 8


def spellings(name: str) -> frozenset[str]:
    """Return what somebody may begin to type for a name or a part of it: chenjianguo, chenjguo, cjguo, jianguo …

    What is a beginning of another one is left out: cjg is one of cjguo.
    """
    return frozenset(one for begin in range(len(name)) for one in _spelt(_readings(name[begin:])))


def _spelt(syllables: Sequence[Sequence[str]]) -> Iterator[str]:
    ways = list(product(*syllables))[:WAYS] if syllables else []
    for way in ways:
        *before, last = way
        if len(way) > MIXED:
            yield "".join(way)
            yield "".join(one[0] for one in before) + last
            continue
        for parts in product(*((one, one[0]) for one in before)):
            yield "".join(parts) + last


@lru_cache(maxsize=4096)
def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the syllables each sign may be, the usual one first; signs that are none of Chinese are left out."""
    read = _pypinyin()
    found = read.pinyin(name, style=read.Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(tuple(dict.fromkeys(one for one in syllable if one))[:READINGS] for syllable in found if any(syllable))


@cache
def _pypinyin() -> Any:
    """Return the library without its dictionary of phrases: names are no phrases, and it takes 45 MB and a third of a second."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    import pypinyin

    return pypinyin
