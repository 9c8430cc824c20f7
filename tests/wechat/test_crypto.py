"""The envelope: published vectors, every downgrade refused, nothing but Forged for whatever comes."""

import secrets
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Forged, Misconfigured
from bot.model import SHANGHAI
from bot.wechat import crypto
from bot.wechat.crypto import Account, Mode

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
SAFE = Account(token="pamtest", appid="wxb11529c136998cb6", mode=Mode.SAFE, aes_key=KEY)
XML = "<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好 😀 ]]]]><![CDATA[> &amp;]]></Content></xml>"

# Published by Tencent and EasyWeChat; see docs/decisions.md for where.
VECTORS = [
    (
        "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee",
        "1476416373", "47744683", "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
        "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
        "1288432023552776189",
    ),
    (
        "QDG6eK", OTHER_KEY, "wx5823bf96d3bd56c7", "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==", "1616140317555161061",
    ),
    (
        "QDG6eK", OTHER_KEY, "wx5823bf96d3bd56c7", "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6",
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
        "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
        "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
        "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
        "qN+E7Q==",
        "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></FromUserName>\n"
        "<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n"
        "<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>",
    ),
]  # fmt: skip


def opened(account: Account, query: dict[str, str], body: str, now: datetime = NOW) -> str:
    return crypto.open_envelope(account, query, body.encode(), now).decode()


@pytest.mark.parametrize(("token", "key", "appid", "timestamp", "nonce", "signature", "encrypted", "plain"), VECTORS)
def test_published_messages_open(token: str, key: str, appid: str, timestamp: str, nonce: str, signature: str, encrypted: str,
                                 plain: str) -> None:  # fmt: skip
    account = Account(token=token, appid=appid, mode=Mode.SAFE, aes_key=key, max_age=None)

    assert crypto.sign(token, timestamp, nonce, encrypted) == signature
    assert crypto.decrypt(account, encrypted.encode()).decode() == plain


def test_published_ciphertext_is_made_byte_for_byte() -> None:
    made = crypto.encrypt(SAFE, "我是中文abcd123", salt=b"aaaabbbbccccdddd")

    assert made == "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="


@pytest.mark.parametrize("mode", list(Mode))
def test_push_opens_and_its_reply_is_read(mode: Mode) -> None:
    account = Account(token="t", appid="wx1", mode=mode, aes_key=KEY)
    query, body = crypto.wrap_push(account, XML, NOW)

    xml = opened(account, query, body)
    reply = crypto.open_reply(account, crypto.seal(account, xml, NOW))

    assert xml == XML
    assert reply == xml
    assert ("<Encrypt>" in crypto.seal(account, XML, NOW)) is (mode is not Mode.PLAIN)


def test_two_replies_never_share_nonce_or_salt() -> None:
    assert crypto.seal(SAFE, XML, NOW) != crypto.seal(SAFE, XML, NOW)


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.COMPAT])
def test_plain_body_is_refused_however_well_it_is_signed(mode: Mode) -> None:
    plain = Account(token="t", appid="wx1", mode=Mode.PLAIN)
    query, body = crypto.wrap_push(plain, XML, NOW)

    with pytest.raises(Forged, match="not encrypted"):
        opened(Account(token="t", appid="wx1", mode=mode, aes_key=KEY), query, body)


@pytest.mark.parametrize("missing", ["signature", "msg_signature", "timestamp", "nonce"])
def test_missing_parameter_is_as_bad_as_a_wrong_one(missing: str) -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)
    del query[missing]

    with pytest.raises(Forged):
        opened(SAFE, query, body)


@pytest.mark.parametrize("name", ["signature", "msg_signature", "timestamp", "nonce"])
def test_one_digit_changed_is_refused(name: str) -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)
    changed = "1" if query[name][0] != "1" else "2"

    with pytest.raises(Forged):
        opened(SAFE, {**query, name: changed + query[name][1:]}, body)


def test_push_for_another_account_is_refused() -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)
    other = Account(token="pamtest", appid="wx_other", mode=Mode.SAFE, aes_key=KEY)

    with pytest.raises(Forged, match="does not open"):
        opened(other, query, body)


def test_previous_key_is_still_accepted_and_the_current_one_used() -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)
    changed = Account(token="pamtest", appid=SAFE.appid, mode=Mode.SAFE, aes_key=OTHER_KEY, previous_aes_key=KEY)

    assert opened(changed, query, body) == XML
    with pytest.raises(Forged):
        crypto.decrypt(SAFE, crypto.encrypt(changed, XML).encode())


@pytest.mark.parametrize(("late", "fits"), [(timedelta(minutes=10), True), (timedelta(minutes=10, seconds=1), False),
                                            (-timedelta(minutes=11), False)])  # fmt: skip
def test_only_fresh_pushes_are_taken(late: timedelta, fits: bool) -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)

    if fits:
        assert opened(SAFE, query, body, NOW + late) == XML
    else:
        with pytest.raises(Forged, match="too far"):
            opened(SAFE, query, body, NOW + late)


def test_without_a_limit_a_push_of_any_age_is_taken() -> None:
    ageless = Account(token="pamtest", appid=SAFE.appid, mode=Mode.SAFE, aes_key=KEY, max_age=None)
    query, body = crypto.wrap_push(ageless, XML, NOW)

    assert opened(ageless, query, body, NOW + timedelta(days=3650)) == XML


@pytest.mark.parametrize("pad", [b"\x00" * 32, b"\x21" * 33, bytes(31) + b"\x20"])
def test_odd_padding_is_refused(pad: bytes) -> None:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    key = SAFE.keys[0]
    content = b"s" * 16 + (3).to_bytes(4, "big") + b"<x>" + SAFE.appid.encode()
    plain = content + pad
    plain += b"\x00" * (-len(plain) % 32)
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()

    with pytest.raises(Forged):
        crypto.decrypt(SAFE, b64encode(encryptor.update(plain) + encryptor.finalize()))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 32, 48, 64, 100])
def test_random_ciphertexts_with_a_right_signature_are_forged_and_nothing_else(size: int) -> None:
    for _ in range(40):
        encrypted = b64encode(secrets.token_bytes(size)).decode()
        query, _body = crypto.wrap_push(SAFE, XML, NOW)
        query["msg_signature"] = crypto.sign(SAFE.token, query["timestamp"], query["nonce"], encrypted)
        with pytest.raises(Forged):
            opened(SAFE, query, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>")


@given(
    body=st.binary(max_size=400),
    query=st.dictionaries(st.sampled_from(["signature", "timestamp", "nonce"]), st.text(max_size=40)),
)
def test_whatever_comes_is_forged_and_nothing_else(body: bytes, query: dict[str, str]) -> None:
    with pytest.raises(Forged):
        crypto.open_envelope(SAFE, query, body, NOW)


def test_what_stands_outside_the_envelope_is_never_read() -> None:
    query, body = crypto.wrap_push(SAFE, XML, NOW)

    assert opened(SAFE, query, "<!DOCTYPE xml [<!ENTITY a 'b'>]>" + body) == opened(SAFE, query, body)


@pytest.mark.parametrize("before", [True, False])
def test_words_that_look_like_a_ciphertext_do_not_hide_the_real_one(before: bool) -> None:
    compat = replace(SAFE, mode=crypto.Mode.COMPAT)
    query, body = crypto.wrap_push(compat, XML, NOW)
    fake = "<Content><![CDATA[看 <Encrypt>AAAA</Encrypt>]]></Content>"
    body = body.replace("<xml>", f"<xml>{fake}", 1) if before else body.replace("</xml>", f"{fake}</xml>")

    assert opened(compat, query, body) == XML


def test_echo_is_given_back_only_when_signed() -> None:
    query, _ = crypto.wrap_push(SAFE, XML, NOW)

    assert crypto.check_echo(SAFE, {**query, "echostr": "<b>1</b>"}, NOW) == "<b>1</b>"
    with pytest.raises(Forged):
        crypto.check_echo(SAFE, {**query, "signature": "0" * 40, "echostr": "1"}, NOW)


@pytest.mark.parametrize(("fault", "said"), [
    ({"token": ""}, "token is empty"), ({"aes_key": KEY[:42]}, "has 42 characters; WeChat's keys have 43"),
    ({"aes_key": "?" * 43}, "characters other than"), ({"previous_aes_key": "short"}, "has 5 characters"),
])  # fmt: skip
def test_account_that_protects_nothing_is_not_made(fault: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        Account(**{"token": "t", "appid": "wx1", "mode": Mode.SAFE, "aes_key": KEY, **fault})  # type: ignore[arg-type]


def test_secrets_stand_in_no_representation() -> None:
    assert "pamtest" not in repr(SAFE)
    assert KEY not in repr(SAFE)
