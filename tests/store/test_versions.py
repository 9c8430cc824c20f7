"""What intent files held before is kept, the newest of each; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.store import versions
from bot.store.database import Database
from bot.store.versions import KEPT, Became

pytestmark = pytest.mark.usefixtures("community")


async def texts(database: Database, path: str) -> list[str]:
    return await database.read(lambda session: [one.text for one in versions.listed(session, path)])


async def test_newest_versions_of_each_file_are_kept_and_older_ones_go(database: Database, now: datetime) -> None:
    def write(session: Session) -> None:
        versions.keep(session, "b.yaml", "另一个", Became.SAVED, "staff:admin", now)
        for number in range(KEPT + 5):
            versions.keep(session, "a.yaml", f"第{number}版", Became.SAVED, "staff:admin", now + timedelta(minutes=number))

    await database.write(write)

    assert await texts(database, "a.yaml") == [f"第{number}版" for number in range(KEPT + 4, 4, -1)]
    assert await texts(database, "b.yaml") == ["另一个"]


async def test_what_was_found_is_kept_once_until_it_is_another(database: Database, now: datetime) -> None:
    for text in ("甲", "甲", "乙", "乙"):
        await database.write(versions.keep_found, "a.yaml", text, now)

    assert await texts(database, "a.yaml") == ["乙", "甲"]


async def test_deleted_file_is_offered_until_it_is_back(database: Database, now: datetime) -> None:
    async def gone() -> list[str]:
        return await database.read(lambda session: [one.path for one in versions.deleted(session)])

    await database.write(versions.keep_found, "a.yaml", "甲", now)
    await database.write(versions.keep, "a.yaml", "", Became.DELETED, "staff:admin", now)
    before = await gone()
    await database.write(versions.keep, "a.yaml", "甲", Became.RESTORED, "staff:admin", now)

    assert (before, await gone()) == (["a.yaml"], [])


async def test_version_of_another_file_is_not_found(database: Database, now: datetime) -> None:
    kept = await database.write(lambda session: versions.keep(session, "a.yaml", "甲", Became.SAVED, "", now).id or 0)

    assert await database.read(versions.find, "b.yaml", kept) is None
    assert (await database.read(versions.find, "a.yaml", kept)) is not None
