"""Regular expressions that hold thousands of words, compiled when they are first looked for: all of them take three seconds. Pure.

Commands that read no message never need them; a server has them `ready` before it is asked anything.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property

_ALL: "list[Late]" = []


class Late:
    """A regular expression, as `re.compile` gives one."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        _ALL.append(self)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The regular expression itself."""
        return re.compile(self.pattern)

    def search(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the first place that fits."""
        return self.compiled.search(text, begin, end)

    def match(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return what fits from `begin` on."""
        return self.compiled.match(text, begin, end)

    def fullmatch(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Return the whole text where it fits."""
        return self.compiled.fullmatch(text, begin, end)

    def finditer(self, text: str, begin: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Yield all places that fit."""
        return self.compiled.finditer(text, begin, end)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """Return the text with something else wherever it fits."""
        return self.compiled.sub(by, text, count)


def ready() -> None:
    """Compile all that is not compiled yet."""
    for late in _ALL:
        late.compiled  # noqa: B018  it is kept from now on
