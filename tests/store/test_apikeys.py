"""Keys of machines: only the holder has the secret, and a revoked one opens nothing; on both databases."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from bot.store import apikeys
from bot.store.apikeys import ApiKey
from bot.store.communities import Community
from bot.store.database import Database


def made(database: Database, now: datetime, name: str = "东门闸机") -> tuple[ApiKey, str]:
    return database.submit(apikeys.make, name, ["pass.check"], now).result()


def test_key_is_found_by_its_secret_alone_whatever_the_community(database: Database, community: Community, now: datetime) -> None:
    key, secret = made(database, now)

    found = Database.submit(database, apikeys.find, secret).result()

    assert found is not None
    assert (found.public_id, found.community_id, found.scopes) == (key.public_id, 1, ["pass.check"])
    for wrong in ("", secret[:-1], secret.upper(), key.hash, f"{secret}\udcff"):
        assert Database.submit(database, apikeys.find, wrong).result() is None


def test_secret_is_stored_nowhere_but_its_last_signs(database: Database, community: Community, now: datetime) -> None:
    _key, secret = made(database, now)

    kept = database.submit(lambda session: session.exec(select(ApiKey)).one().model_dump()).result()
    assert secret.startswith("linli_")
    assert secret not in str(kept)
    assert kept["hint"] == secret[-4:]


def test_revoked_key_is_not_found_and_stands_last(database: Database, community: Community, now: datetime) -> None:
    key, secret = made(database, now, "旧的")
    made(database, now, "新的")
    made(database, now, "更新的")

    def revoke(session: Session) -> None:
        session.get_one(ApiKey, key.id).revoked_at = now

    database.submit(revoke).result()

    assert database.submit(apikeys.find, secret).result() is None
    assert [row.name for row in database.submit(apikeys.listed).result()] == ["更新的", "新的", "旧的"]


def test_use_is_written_down_at_most_once_a_minute(database: Database, community: Community, now: datetime) -> None:
    key, _ = made(database, now)
    seen = []
    for seconds in (0, 60, 61):
        database.submit(apikeys.touch, key.id or 0, now + timedelta(seconds=seconds)).result()
        seen.append(database.submit(lambda session: session.exec(select(ApiKey.used_at)).one()).result())

    assert seen == [now, now, now + timedelta(seconds=61)]
