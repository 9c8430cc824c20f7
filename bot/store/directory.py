"""What staff type to find somebody: words of people and flats, looked up by how they begin.

A row for each word, so that a search reads an index and no table: a flat in the ways it is written, a name from each of its
signs on and as it is spelt, tags, the person's public id. Phones and plates do not stand here: they have keyed hashes of their own
(bot/sealed.py). bot/store/people.py keeps it in step with every flush.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Index, String, delete, insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel, col

from bot.language.addresses import SHOP, SHOP_WORDS, is_shop
from bot.language.numbers import value_of
from bot.language.spelt import spellings
from bot.store.scope import Scoped

#: Text that is compared sign by sign whatever the database's language is, so that a beginning is a range of the index.
PLAIN = String().with_variant(String(collation="C"), "postgresql")

#: Characters of a word that are kept, and of a search that are looked at.
LONGEST = 40

#: Words of one search: more say no more.
WORDS = 6

#: Characters of a public id from which it is looked for.
ID_BEGINS = 6

#: Rows changed by one statement.
AT_ONCE = 500

#: Behind every sign a word may have.
_END = "\U0010ffff"

_FLAT_SIGNS = re.compile(r"号楼|[栋幢座#]|单元|[-‐-―－/]")
_SHOP_SIGNS = re.compile(rf"-?{SHOP_WORDS}-?第?-?(?=$|[\da-z])")
_ROOM_SIGNS = re.compile(r"[室房号户]$")

#: A number in words before what it numbers, or behind: 三栋二单元, 二单元五零一.
_NUMERALS = re.compile(
    r"[〇零一二两三四五六七八九十百]+(?=号楼|[栋幢座]|单元)|(?<=[栋幢座元楼])[〇零一二两三四五六七八九十百]+(?=[室房号户]?$)"
)


class DirectoryWord(Scoped, table=True):
    """One word by which a person or a flat is found."""

    __tablename__ = "directory_word"
    __table_args__ = (Index("directory_word_begins", "community_id", "word"),)

    id: int | None = Field(default=None, primary_key=True)
    word: str = Field(sa_type=PLAIN)
    resident_id: int | None = Field(default=None, foreign_key="resident.id", index=True, ondelete="CASCADE")
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True, ondelete="CASCADE")


def words_of_person(public_id: str, name: str, tags: Sequence[str]) -> frozenset[str]:
    """Return all words of a person."""
    written = plain(name)
    words = {f"i:{public_id.lower()}"}
    words |= {f"n:{written[begin:]}" for begin in range(len(written))}
    words |= {f"p:{spelt}" for spelt in spellings(written)}
    return frozenset(word[: LONGEST + 2] for word in words) | words_of_tags(tags)


def words_of_tags(tags: Iterable[str]) -> frozenset[str]:
    """Return all words by which people with these tags are found."""
    return frozenset(f"t:{tag[begin:]}" for tag in map(plain, tags) for begin in range(len(tag)))


def words_of_flat(building: str, unit: str, room: str) -> frozenset[str]:
    """Return all words of a flat: 3-2-501, 3-501, 501; of a shop 商铺-101, too."""
    ways = [(building, unit, room), (building, room), (room,), *([(SHOP, room)] if is_shop(building, unit) else [])]
    return frozenset(f"f:{plain('-'.join(filter(None, parts)))}" for parts in ways)


def place_of(building: str, unit: str, room: str) -> str:
    """Return what flats are sorted by: 3-2-501 stands before 10-1-101."""
    return re.sub(r"\d+", lambda number: number[0].zfill(6), f"{plain(building)}-{plain(unit)}-{plain(room)}")


def plain(text: str) -> str:
    """Return a text as it is looked for: half-width, small, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())[:LONGEST]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One thing that was typed, and what the words begin with that it may mean, of people and of flats."""

    said: str
    people: tuple[str, ...]
    flats: tuple[str, ...]


def read(said: str) -> list[Typed]:
    """Return what was typed, parted by spaces; all of it must hold of one person or flat."""
    return [_typed(word[:LONGEST]) for word in unicodedata.normalize("NFKC", said).lower().split()[:WORDS]]


def begins(beginning: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for words that begin so: one range of the index. Joined by OR, several would read all of it."""
    return (col(DirectoryWord.word) >= beginning, col(DirectoryWord.word) < beginning + _END)


def is_tag(tag: str) -> ColumnElement[bool]:
    """Return the condition for words of this tag, or of one that ends with it."""
    return col(DirectoryWord.word) == f"t:{plain(tag)}"


def renew(
    connection: Connection, people: Mapping[tuple[int, int], Iterable[str]], flats: Mapping[tuple[int, int], Iterable[str]]
) -> None:
    """Replace the words of people and flats, given by their community and id."""
    table = SQLModel.metadata.tables["directory_word"]
    for name, words in (("resident_id", people), ("household_id", flats)):
        ids = [number for _, number in words]
        for begin in range(0, len(ids), AT_ONCE):
            connection.execute(delete(table).where(table.c[name].in_(ids[begin : begin + AT_ONCE])))
        rows = [
            {"community_id": community, "word": word, "resident_id": None, "household_id": None, name: number}
            for (community, number), own in words.items() for word in sorted(own)
        ]  # fmt: skip
        if rows:
            connection.execute(insert(table), rows)


def _typed(word: str) -> Typed:
    people = [f"n:{word}", f"t:{word}"]
    if word.isascii() and word.isalnum() and len(word) > 1:  # one letter is a sixth of all names
        people.append(f"p:{word}")
    if len(word) >= ID_BEGINS:  # a public id that was copied from somewhere; two letters of it are somebody's initials
        people.append(f"i:{word}")
    counted = _NUMERALS.sub(lambda said: str(value_of(said[0])), word)
    flat = _SHOP_SIGNS.sub(f"-{SHOP}-", _FLAT_SIGNS.sub("-", _ROOM_SIGNS.sub("", counted))).replace("--", "-").strip("-")
    return Typed(said=word, people=tuple(people), flats=(f"f:{flat}",) if SHOP in flat or any(map(str.isdigit, flat)) else ())
