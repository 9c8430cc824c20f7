"""Numbers of papers and bank cards in words that were kept before those were taken out where words enter (`reading.withheld`).

Words are sealed, so each has to be opened to be looked at: in batches, read beside the writer, and only what holds such a number is
written, where nobody has changed it meanwhile. It may be stopped at any moment and begun again.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, String, select, type_coerce, update

from bot.errors import Unreadable
from bot.language.identifiers import withheld
from bot.sealed import Content, keyring_of
from bot.store.sealing import BATCH, Place, Progress, places, writing

#: Columns that hold no words of residents, or ones of which every sign counts: what WeChat sent, what is on its way and how a talk stands,
#: all gone within three months, numbers by which somebody is called, and a roster as the office keeps it.
NOT_WORDS = frozenset({
    "inbox.push", "inbox.answer", "delivery.payload", "effect.payload", "conversation.standing", "resident.phone", "staff.phone",
    "repair_ticket.phone", "visitor_pass.phone", "visitor_pass.plate", "roster_draft.personal_rows", "roster_draft.personal_outcome", "roster_import.personal_changes",
    "saved_view.query", "merger.personal_before", "undo_step.personal_changes", "erasure.marks",
})  # fmt: skip

#: Rows of each column that `linli doctor` opens, the oldest first: what was kept before stands there.
SAMPLE = 2_000


def take_out(engine: Engine, tell: Progress | None = None) -> int:
    """Take such numbers out of all words there are; returns of how many values."""
    found = 0
    for place in _words(engine):
        changed = 0
        for rows in _batches(engine, place):
            with_them = list(_holding(engine, place, rows))
            if with_them:
                with writing(engine) as connection:
                    changed += sum(_write(connection, place, *one) for one in with_them)
        if tell is not None and changed:
            tell(place.name, changed)
        found += changed
    return found


def sampled(engine: Engine) -> int:
    """Return how many of the oldest SAMPLE values of each column hold such a number."""
    return sum(
        sum(1 for _ in _holding(engine, place, rows)) for place in _words(engine) for rows in _batches(engine, place, SAMPLE)
    )


def _words(engine: Engine) -> Iterator[Place]:
    """Yield the sealed columns that hold words."""
    return (
        place for place in places(engine) if place.name not in NOT_WORDS and place.sealed.content in (Content.TEXT, Content.MAP)
    )


def _batches(engine: Engine, place: Place, most: int | None = None) -> Iterator[list[Any]]:
    """Return the rows of a column, oldest first, with whose words they are where the table tells."""
    speaker = place.table.columns.get("speaker")
    query = select(place.key, place.raw.label("value"), *([speaker] if speaker is not None else []))
    query = query.where(place.raw.is_not(None), place.raw != "").order_by(place.key)
    last, left = None, most
    while left is None or left > 0:
        wanted = query if last is None else query.where(place.key > last)
        with engine.connect() as connection:
            rows = list(connection.execute(wanted.limit(BATCH)).all())
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last, left = rows[-1][0], None if left is None else left - BATCH


def _holding(engine: Engine, place: Place, rows: list[Any]) -> Iterator[tuple[Any, str, str]]:
    """Return key, value as it lies, and value without such numbers, of the rows that hold one; what does not open is told elsewhere."""
    ring = keyring_of(engine.dialect)
    for key, value, *speaker in rows:
        try:
            clear = ring.open(value, place.name)
        except Unreadable:
            continue
        cards = not speaker or speaker[0] == "resident"
        without = withheld(clear, cards=cards) if place.sealed.content is Content.TEXT else _in_json(clear, cards)
        if without != clear:
            yield key, value, ring.seal(without, place.name)


def _in_json(clear: str, cards: bool) -> str:
    kept = json.loads(clear)
    without = _without(kept, cards)
    return clear if without == kept else json.dumps(without, ensure_ascii=False, separators=(",", ":"))


def _without(value: Any, cards: bool) -> Any:
    if isinstance(value, str):
        return withheld(value, cards=cards)
    if isinstance(value, dict):
        return {name: _without(one, cards) for name, one in value.items()}
    return [_without(one, cards) for one in value] if isinstance(value, list) else value


def _write(connection: Connection, place: Place, key: Any, was: str, sealed: str) -> int:
    same = (place.key == key, place.raw == was)
    return connection.execute(update(place.table).where(*same).values({place.column: type_coerce(sealed, String)})).rowcount
