"""What sealing costs a report: the CPU time of whole turns with it and without, in one process, round about.

python bench/sealing.py

CPU time, for others on the machine disturb it least; both sides hear, decide, write and commit in the same way, 64 turns a commit.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import update
from sqlmodel import Session, col

from bot import app
from bot.cli import talk
from bot.dialogue.turn import take
from bot.keyring import Keyring, key_of
from bot.store.people import Resident
from bot.wechat import messages

#: Rounds of each side, of which the middle one counts, and reports in each.
ROUNDS, REPORTS = 31, 64

#: Everything a ticket needs.
REPORT = "厨房水管漏水了"


class Clear(Keyring):
    """Seals nothing. Only here: the product has no such setting."""

    def seal(self, text: str, place: str) -> str:
        """Return the text as it is."""
        return text

    def open(self, sealed: str, place: str) -> str:
        """Return the text; what was there before sealing was switched off is opened."""
        return talk.KEYRING.open(sealed, place) if key_of(sealed) else sealed


class Side:
    """A community in which everybody reports."""

    def __init__(self, folder: Path, understanding: object, ring: Keyring | None) -> None:
        folder.mkdir()
        self.room = talk.Room.open(folder, app.clock(), understanding)  # type: ignore[arg-type]
        if ring is not None:
            self.room.database.engine.dialect.keyring = ring  # type: ignore[attr-defined]
        self.openids = []
        for number in range(REPORTS):
            self.room.seat(bound=True)
            self.openids.append(self.room.openid)
            called = update(Resident).where(col(Resident.openid) == self.room.openid).values(phone=f"138{number:08}")
            self.room.database.submit(Session.execute, called).result()
        self.round()  # what is compiled and cached at the first one is no turn's cost

    def round(self) -> float:
        """Return the CPU seconds of one report."""
        pushes = [replace(messages.Text(**self.room._push(), text=REPORT), openid=openid) for openid in self.openids]
        began = time.process_time()
        works = [
            self.room.database.submit(
                take, push, self.room.house.understanding.hear(push, self.room.now), self.room.now, self.room.house
            )
            for push in pushes
        ]
        answers = [work.result() for work in works]
        took = (time.process_time() - began) / REPORTS
        if not all(answer.texts for answer in answers):
            raise RuntimeError("a report was not answered")
        return took


def ratio() -> float:
    """Return how much of the speed without it a report keeps with sealing."""
    with tempfile.TemporaryDirectory() as folder:
        sealed = Side(Path(folder) / "sealed", None, None)
        clear = Side(Path(folder) / "clear", sealed.room.house.understanding, Clear.make())
        pairs = [(sealed.round(), clear.round()) for _ in range(ROUNDS)]
        for side in (sealed, clear):
            side.room.database.close()
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    print(f"CPU of a report: {ours * 1e6:.0f} us sealed, {theirs * 1e6:.0f} us in clear")
    return theirs / ours


if __name__ == "__main__":
    print(f"{ratio():.3f}")
