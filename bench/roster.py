"""How long a roster takes that is read, held against as many people as it has, and written: python bench/roster.py [ROWS]

A workbook of 20,000 rows, as an office would send one for a large community: the first time all are new, the second time a tenth differ.
Memory is the peak of the whole process. Figures depend on the machine; the target is 10 s and 300 MB up to the preview.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel

import bot.store.tables  # noqa: F401
from bot.keyring import Keyring
from bot.language.words import SURNAMES
from bot.model import SHANGHAI
from bot.rosters import rosterfile
from bot.rosters.rows import Entry
from bot.store import imports, rosterdiff, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.people import ResidentRole

T = TypeVar("T")

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


#: Signs of given names.
GIVEN = "国建华明伟芳秀英丽强军平海波涛勇杰娟艳玲红梅兰霞燕辉鹏飞宇轩浩然子涵雨欣怡佳慧敏静文博思远志刚永春福贵"


def called(number: int) -> str:
    """Return a name, another for each number up to some hundred thousands."""
    number, last = divmod(number, len(GIVEN))
    number, first = divmod(number, len(GIVEN))
    return sorted(SURNAMES)[number % len(SURNAMES)] + GIVEN[first] + GIVEN[last]


def rows(count: int, *, differ: bool = False) -> list[Entry]:
    """Return a roster of two or three people a flat; of every tenth the phone is another where it is to `differ`."""
    return [
        Entry(
            line=number + 2, flat=(str(number // 500 + 1), str(number // 250 % 2 + 1), str(number // 3 % 84 + 101)),
            name=called(number), phone=str(13_900_000_000 + number + (1_000_000 if differ and number % 10 == 0 else 0)),
            role=ResidentRole.OWNER if number % 3 == 0 else ResidentRole.FAMILY, tags=("独居老人",) if number % 50 == 0 else (),
        )
        for number in range(count)
    ]  # fmt: skip


def timed(what: str, run: Callable[[], T]) -> T:
    """Run something and print how long it took."""
    begun, worked = time.perf_counter(), time.process_time()
    result = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:<32} {time.perf_counter() - begun:6.2f} s, of the processor {time.process_time() - worked:6.2f} s   peak {peak} MB"
    )
    return result


def _take_over(body: bytes, database: Database, ask: Callable[[Callable[[Session], T]], T]) -> None:
    """Go with a file all the way that it goes in the console."""
    sheet = timed("read", lambda: rosterfile.read(body))
    assert not sheet.faults

    def keep(session: Session) -> str:
        return imports.keep(session, "wang", "x", sheet.entries, [], NOW, whole=False).public_id

    key = timed("keep until it is looked at", lambda: ask(keep))

    def look(session: Session) -> rosterdiff.Plan:
        draft = imports.draft_of(session, key, "wang")
        assert draft
        return rosterdiff.compare(session, draft.entries, NOW.date())

    plan = timed("preview", lambda: ask(look))
    print(f"   {plan.counts}")

    def do(session: Session) -> object:
        return imports.take_over(session, sheet.entries, NOW, actor="x", file_name="x", seen=plan.mark)

    timed("compare once more and write", lambda: ask(do))

    def index() -> None:
        while database.submit(imports.index_more).result():
            pass

    timed("words to be found by, in parts", index)


def main(count: int) -> None:
    """Print all of it, one step a line."""
    files = [rosterfile.write_workbook(rows(count, differ=differ)) for differ in (False, True)]
    print(f"{count} rows, workbook of {len(files[0]) >> 10} KB")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/linli.db", keyring=Keyring.make())
        SQLModel.metadata.create_all(database.engine)
        database.submit(lambda session: session.add(Community(appid="wx1", name="和苑小区"))).result()

        def ask(fn: Callable[[Session], T]) -> T:
            def run(session: Session) -> T:
                scope.enter(session, 1)
                return fn(session)

            return database.submit(run).result()

        for number, body in enumerate(files, 1):
            print(f"file {number}")
            _take_over(body, database, ask)
        timed("undo the second", lambda: ask(lambda session: imports.undo(session, imports.listed(session)[0], NOW, actor="x")))
        out = timed("give out: rows", lambda: ask(imports.entries))
        timed("give out: workbook", lambda: rosterfile.write_workbook(out))
        timed("give out: CSV", lambda: rosterfile.write_csv(out))
        database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
