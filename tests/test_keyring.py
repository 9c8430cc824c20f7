"""What is sealed opens where it was sealed, under its own key, and nowhere else."""

import json
import os
from pathlib import Path

import pytest

from bot import config, keyfile
from bot.cli.stage import demo_settings
from bot.errors import Misconfigured, Unreadable
from bot.keyring import Key, KeyFile, Keyring, key_of
from bot.keys import Keys
from bot.sealed import Search

PHONE = "13800001234"


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    return demo_settings(host="127.0.0.1", port=1, var=tmp_path)


def test_a_sealed_text_opens_again_and_looks_different_each_time(ring: Keyring) -> None:
    one, other = ring.seal(PHONE, "resident.phone"), ring.seal(PHONE, "resident.phone")

    assert one != other
    assert PHONE not in one
    assert key_of(one) == ring.current
    assert ring.open(one, "resident.phone") == ring.open(other, "resident.phone") == PHONE


def test_a_value_moved_to_another_column_does_not_open(ring: Keyring) -> None:
    with pytest.raises(Unreadable, match=r"^staff\.phone: sealed under key \w{8}: it was changed, or moved"):
        ring.open(ring.seal(PHONE, "resident.phone"), "staff.phone")


def test_a_value_of_which_one_sign_was_changed_does_not_open(ring: Keyring) -> None:
    sealed = ring.seal(PHONE, "resident.phone")
    for place in range(len("s1.12345678."), len(sealed)):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        if place == len(sealed) - 1 and changed[:-1] == sealed[:-1]:
            continue  # of the last sign some bits belong to no byte
        with pytest.raises(Unreadable):
            ring.open(changed, "resident.phone")


def test_what_is_not_sealed_is_no_value(ring: Keyring) -> None:
    for written in (PHONE, "s1.", "s1.12345678", "x"):
        with pytest.raises(Unreadable, match="not sealed"):
            ring.open(written, "resident.phone")


def test_under_a_key_that_is_not_at_hand_nothing_opens_and_the_key_is_named(ring: Keyring) -> None:
    other = Keyring.make()

    with pytest.raises(Unreadable) as told:
        ring.open(other.seal(PHONE, "resident.phone"), "resident.phone")

    assert told.value.key == other.current
    assert other.current in str(told.value)


def test_a_keyed_hash_is_the_same_each_time_and_another_for_another_purpose_or_key(ring: Keyring) -> None:
    assert ring.digest(PHONE, Search.PHONE) == ring.digest(PHONE, Search.PHONE)
    assert len({ring.digest(PHONE), ring.digest(PHONE, Search.PHONE), Keyring.make().digest(PHONE)}) == 3


@pytest.mark.parametrize(
    ("search", "written", "looked_for"),
    [
        (Search.PHONE, "+86 138-0000-1234", PHONE),
        (Search.PHONE, "１３８００００１２３４", PHONE),
        (Search.PHONE, "0571-8600 1234", "057186001234"),
        (Search.PHONE, "8613", "8613"),
        (Search.PHONE_END, "138 0000 1234", "1234"),
        (Search.PLATE, "皖a·1 2345", "皖A12345"),
    ],
)
def test_a_number_is_looked_for_however_it_is_written(search: Search, written: str, looked_for: str) -> None:
    assert search.of(written) == looked_for


def test_first_keys_are_made_once_and_only_their_owner_may_read_them(settings: config.Settings) -> None:
    first, second = keyfile.make(settings, "2026-03-11"), keyfile.make(settings, "2026-03-12")

    assert first == second == keyfile.read(settings)
    assert keyfile.path(settings).stat().st_mode & 0o777 == 0o600
    assert keyfile.is_private(settings)
    assert [name for name in os.listdir(settings.var) if name.startswith(".keys-")] == []


def test_the_file_holds_no_key_in_clear(settings: config.Settings) -> None:
    file = keyfile.make(settings, "2026-03-11")

    written = keyfile.path(settings).read_bytes()
    for material in (file.index, *(key.material for key in file.keys)):
        assert material not in written
        assert material.hex().encode() not in written
    assert "material" not in repr(file)


def test_another_secret_opens_no_key_and_says_what_to_do(settings: config.Settings) -> None:
    keyfile.make(settings, "2026-03-11")
    former = (settings.var / "secret").read_text()
    (settings.var / "secret").write_text("x" * 40)

    with pytest.raises(Misconfigured, match=r"does not open with this secret; .*linli keys rewrap"):
        keyfile.read(settings)

    keyfile.rewrap(settings, former + "\n")
    assert keyfile.read(settings) is not None


@pytest.mark.parametrize("text", ["", "{}", '{"index": "x", "keys": []}', "[1]"])
def test_a_damaged_file_is_told_and_never_written_over(settings: config.Settings, text: str) -> None:
    keyfile.path(settings).write_text(text)

    with pytest.raises(Misconfigured, match="LINLI_KEYS_FILE"):
        keyfile.make(settings, "2026-03-11")
    assert keyfile.path(settings).read_text() == text


def test_a_wrapped_key_does_not_open_under_another_name() -> None:
    wrapping = Keys(b"s" * 32).derive("wrap-1")
    file = KeyFile.make("2026-03-11").with_key(Key.make("2026-03-12"))
    kept = json.loads(file.text(wrapping))
    one, other = kept["keys"]
    one["id"], other["id"] = other["id"], one["id"]

    with pytest.raises(Misconfigured, match="does not open"):
        KeyFile.read(json.dumps(kept), wrapping)


def test_a_running_process_takes_over_a_key_that_was_added_meanwhile(settings: config.Settings) -> None:
    file = keyfile.make(settings, "2026-03-11")
    here = keyfile.ring(settings, file)
    more = file.with_key(Key.make("2026-03-12"))
    keyfile.write(settings, more)
    elsewhere = keyfile.ring(settings, more)
    elsewhere.use(more.keys[-1].id)

    assert here.current == file.keys[0].id
    assert here.open(elsewhere.seal(PHONE, "resident.phone"), "resident.phone") == PHONE
    assert here.current == file.keys[0].id  # until the database says so
