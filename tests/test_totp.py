"""Codes of authenticator apps: the vectors of RFC 6238 and 4226, clocks that are off, codes that come twice."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from bot import totp

KEY = b"12345678901234567890"


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"),
    (20000000000, "65353130"),
])  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, SHA-1."""
    counter = totp.counter_at(datetime.fromtimestamp(seconds, UTC))

    assert totp.code_at(KEY, counter, 8) == code
    assert totp.code_at(KEY, counter) == code[2:]


def test_codes_are_those_of_rfc_4226() -> None:
    """Appendix D."""
    codes = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()

    assert [totp.code_at(KEY, counter) for counter in range(10)] == codes


@pytest.mark.parametrize(("off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_may_be_one_step_off_and_no_more(now: datetime, off: int, fits: bool) -> None:
    code = totp.code_at(KEY, totp.counter_at(now) + off)

    assert (totp.fitting(KEY, code, now, 0) is not None) == fits


def test_code_that_was_used_fits_no_more_nor_does_an_older_one(now: datetime) -> None:
    here = totp.counter_at(now)
    fits = [totp.fitting(KEY, totp.code_at(KEY, here + step), now, here) for step in (-1, 0, 1)]

    assert fits == [None, None, here + 1]


def test_code_that_comes_a_step_later_is_refused_as_the_same(now: datetime) -> None:
    used = totp.fitting(KEY, totp.code_at(KEY, totp.counter_at(now)), now, 0)

    assert totp.fitting(KEY, totp.code_at(KEY, totp.counter_at(now)), now + timedelta(seconds=30), used or 0) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "é", "\udcff", "１２３４５６"])
def test_what_is_no_code_fits_nothing(now: datetime, code: str) -> None:
    assert totp.fitting(KEY, code.encode(errors="replace").decode(), now, 0) is None


def test_address_says_whose_key_it_is_and_which() -> None:
    said = urlsplit(totp.address(KEY, "chen.li", "邻里 和苑小区"))
    values = parse_qs(said.query)

    assert (said.scheme, said.netloc, unquote(said.path)) == ("otpauth", "totp", "/chen.li")
    assert b32decode(values["secret"][0]) == KEY
    assert (values["issuer"], values["digits"], values["period"]) == (["邻里 和苑小区"], ["6"], ["30"])
    assert "+" not in said.query, "apps show it as it is"


def test_keys_are_long_and_differ() -> None:
    keys = {totp.new_key() for _ in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {20}
