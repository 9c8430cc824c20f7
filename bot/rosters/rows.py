"""The rows of a roster, and what is wrong with some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.translation import tr

Flat = tuple[str, str, str]


class ResidentRole(StrEnum):
    """As what somebody lives in a flat."""

    OWNER = "owner"
    TENANT = "tenant"
    FAMILY = "family"
    GUEST = "guest"  # stays for months, belongs to nobody's family: a carer, a lodger


#: What people call the roles.
RESIDENT_ROLE_WORDS = {
    ResidentRole.OWNER: tr("业主"), ResidentRole.TENANT: tr("租户"), ResidentRole.FAMILY: tr("家属"), ResidentRole.GUEST: tr("同住人"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of a roster. None is a cell that says nothing: what is known stays. An empty phone or no tags: there is none."""

    line: int
    flat: Flat
    name: str = ""  # empty: the flat alone
    phone: str | None = None
    role: ResidentRole | None = None
    tags: tuple[str, ...] | None = None
    moved_in: date | None = None
    moved_out: date | None = None

    def pack(self) -> list[Any]:
        """Return it as JSON keeps it."""
        days = [day.isoformat() if day else None for day in (self.moved_in, self.moved_out)]
        return [self.line, list(self.flat), self.name, self.phone, self.role, self.tags and list(self.tags), *days]

    @classmethod
    def unpack(cls, kept: Sequence[Any]) -> "Entry":
        """Return what `pack` gave."""
        line, (building, unit, room), name, phone, role, tags, moved_in, moved_out = kept
        return cls(
            line=line, flat=(building, unit, room), name=name, phone=phone, role=role and ResidentRole(role),
            tags=tags if tags is None else tuple(tags), moved_in=moved_in and date.fromisoformat(moved_in),
            moved_out=moved_out and date.fromisoformat(moved_out),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a row: where, which value, and the way out; nothing is taken over while there is one."""

    line: int
    column: str = ""  # D 电话
    value: str = ""
    text: str
    english: str

    @property
    def place(self) -> str:
        """Where it is: 第 12 行 D 电话."""
        return " ".join(filter(None, (tr("第 {line} 行", line=self.line) if self.line else "", self.column)))
