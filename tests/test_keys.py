"""Links open what they were made for, until they expire, and nothing else."""

from datetime import datetime, timedelta

import pytest

from bot.errors import Forged
from bot.keys import Keys

KEYS = Keys(b"s" * 32)


def test_link_opens_until_it_expires(now: datetime) -> None:
    seal = KEYS.seal_link("/p/passes/A", now + timedelta(hours=1), 7)

    assert KEYS.check_link("/p/passes/A", seal, now + timedelta(minutes=59)) == 7
    with pytest.raises(Forged, match="expired"):
        KEYS.check_link("/p/passes/A", seal, now + timedelta(hours=1, seconds=1))


def test_link_opens_no_other_page_or_community_and_no_longer_than_said(now: datetime) -> None:
    seal = KEYS.seal_link("/p/passes/A", now, 7)
    expires, community, mac = seal.split(".")
    later = f"{int(expires, 16) + 3600:x}"

    for path, forged in (
        ("/p/passes/B", seal), ("/p/passes/A", f"{later}.{community}.{mac}"), ("/p/passes/A", f"{expires}.8.{mac}"),
        ("/p/passes/A", ""), ("/p/passes/A", "x.y"), ("/p/passes/A", "x.y.z"),
    ):  # fmt: skip
        with pytest.raises(Forged):
            KEYS.check_link(path, forged, now)


def test_another_secret_signs_otherwise(now: datetime) -> None:
    assert not Keys(b"t" * 32).verify(b"pass", KEYS.sign(b"pass"))
    assert KEYS.verify(b"pass", KEYS.sign(b"pass"))


def test_secret_stands_in_no_representation() -> None:
    assert "sss" not in repr(KEYS)
