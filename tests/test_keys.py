"""Links open what they were made for, until they expire, and nothing else."""

from collections.abc import Callable
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


def test_what_is_locked_opens_with_the_same_secret_for_the_same_thing_only() -> None:
    keys = Keys(b"s" * 32)
    locked = keys.lock("totp-1", b"a key", "P1")

    assert keys.unlock("totp-1", locked, "P1") == b"a key"
    for other, purpose, about in ((Keys(b"t" * 32), "totp-1", "P1"), (keys, "link-1", "P1"), (keys, "totp-1", "P2")):
        with pytest.raises(Forged):
            other.unlock(purpose, locked, about)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-6], lambda text: "AAAA" + text[4:], lambda _: "", lambda _: "?", lambda _: "é"]
)
def test_what_was_changed_does_not_open(change: Callable[[str], str]) -> None:
    keys = Keys(b"s" * 32)

    with pytest.raises(Forged):
        keys.unlock("totp-1", change(keys.lock("totp-1", b"a key", "P1")), "P1")


def test_same_secret_is_never_locked_alike() -> None:
    keys = Keys(b"s" * 32)

    assert keys.lock("totp-1", b"a key", "P1") != keys.lock("totp-1", b"a key", "P1")


def test_proof_is_for_one_purpose_and_one_thing() -> None:
    keys = Keys(b"s" * 32)

    assert len({keys.prove("a", "x"), keys.prove("b", "x"), keys.prove("a", "y"), Keys(b"t" * 32).prove("a", "x")}) == 4
    assert keys.prove("a", "x") == Keys(b"s" * 32).prove("a", "x")
