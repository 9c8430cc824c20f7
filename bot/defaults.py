"""What makes the default of a column, told so that making a row does not take long."""

from collections.abc import Callable
from inspect import Signature
from typing import TypeVar

T = TypeVar("T")


def factory(make: Callable[[], T]) -> Callable[[], T]:
    """Return a maker of defaults that says of itself that it takes nothing.

    Pydantic inspects a `default_factory` each time a row is made; of `list` and `dict` it parses the help to learn what they take.
    """

    def made() -> T:
        return make()

    made.__doc__ = make.__doc__
    made.__signature__ = Signature()  # type: ignore[attr-defined]  # what `inspect.signature` looks for first
    return made
