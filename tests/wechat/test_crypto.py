"""The envelope: published vectors, every downgrade refused, nothing but Forged for whatever comes."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Forged, Misconfigured
from bot.model import SHANGHAI
from bot.wechat import crypto
from bot.wechat.crypto import Account, Mode

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SALT = b"aaaabbbbccccdddd"
OTHER_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
SAFE = Account(token="pamtest", appid="wxb11529c136998cb6", mode=Mode.SAFE, aes_key=KEY)
XML = "<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好 😀 ]]]]><![CDATA[> &amp;]]></Content></xml>"

# Published by Tencent and EasyWeChat; see docs/decisions.md for where.
PUBLISHED = [
    (
        "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee",
        "1476416373", "47744683", "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
        "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
        "1288432023552776189",
    ),
    (
        "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee",
        "1476422779", "1597212914", "0c3914025cb4b4d68103f6bfc8db550f79dcf48e",
        "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew+kkYcD+F"
        "q72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24YhmZH4ch4Ka7ilEbjbf"
        "vhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwocugux082f49HKYg84EpHSGXA"
        "yh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+",
        "<xml><ToUserName>ww1436e0e65a779aee</ToUserName><FromUserName>ChenJiaShun</FromUserName><CreateTime>1476422779</CreateTime>"
        "<MsgType>text</MsgType><Content>你好</Content><MsgId>1456453720</MsgId><AgentID>1000002</AgentID></xml>",
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
    (
        "pamtest", KEY, "wxb11529c136998cb6", "1458300676", "260774613", "4f3ad57b6989f09f4eb392acce4f9e93942ed890",
        "rTNFcsut4LfGuAFKEUVVpwcaCOTJzOd9twZdIW910jb3k+iicx2uvhttIZ3Qg9Qgty3BEF2xbOrz6boTfb30dMomcgrkTqdFPwnhqbk+kIQ7rZiwny9D"
        "7NUrTgA5kpX3KsZvrXzUZyP2x9YOlxbgm572lmxKvM7HAQQhIQ/p6HBmoY30bGXFK0BtIu1pW9TjhOYrLQoU18nWYjWqDA1ynkmOytpv7QRI1P1+0NoxL0"
        "q2zO1DgeSvnE8CZGo/o5Ap/WHK5W2RAsinpzN4/LjPnmB6U01I5XCoJoC0GK/yMZycd2Oh8Nq6+wBkC1U85oy0ktOY4nLvsQMLrourmMGdZHuTbqpeJ8Ao"
        "/5PRYJ+WBvRUwPfGKBL2+2IKZF49vAJqkcGWSHGE76ZN2erXeuNazf/o9o3lIE3q739o4c8t9QGPe31GT2Go/rOz1BsrASwvauNulCh+++yz+CQzBIuikA"
        "==",
        "<xml><URL><![CDATA[http://wechat.laravel.so/server]]></URL><ToUserName><![CDATA[asdasdasd]]></ToUserName>"
        "<FromUserName><![CDATA[asdasdasdsadasd]]></FromUserName><CreateTime>1234567898</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello]]></Content><MsgId>12345</MsgId></xml>",
    ),
]  # fmt: skip


def opened(account: Account, query: Mapping[str, str], body: str, now: datetime = NOW) -> str:
    return crypto.open_envelope(account, query, body.encode(), now).decode()


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published push and what it says."""

    account: Account
    query: Mapping[str, str]
    encrypted: str
    plain: str

    @property
    def body(self) -> str:
        return f"<xml><Encrypt><![CDATA[{self.encrypted}]]></Encrypt></xml>"


def published(
    token: str, key: str, appid: str, timestamp: str, nonce: str, signature: str, encrypted: str, plain: str
) -> Published:
    account = Account(token=token, appid=appid, mode=Mode.SAFE, aes_key=key, max_age=None)
    plainly = crypto.sign(token, timestamp, nonce)  # not published; it covers no body
    query = {"signature": plainly, "timestamp": timestamp, "nonce": nonce, "msg_signature": signature}
    return Published(account=account, query=query, encrypted=encrypted, plain=plain)


VECTORS = [published(*vector) for vector in PUBLISHED]


def other_digit(text: str) -> str:
    return text[:-1] + ("1" if text[-1] != "1" else "2")


@pytest.mark.parametrize("vector", VECTORS)
def test_published_messages_open(vector: Published) -> None:
    assert opened(vector.account, vector.query, vector.body) == vector.plain


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
def test_published_messages_are_refused_with_one_digit_changed(vector: Published, name: str) -> None:
    query = {**vector.query, name: other_digit(vector.query[name])}
    query["signature"] = crypto.sign(vector.account.token, query["timestamp"], query["nonce"])  # so that the other one decides

    with pytest.raises(Forged, match="msg_signature: does not fit"):
        opened(vector.account, query, vector.body)


@pytest.mark.parametrize(("vector", "other"), list(zip(VECTORS, [*VECTORS[2:], *VECTORS[:2]], strict=True)))
def test_published_messages_are_refused_with_the_signature_of_another(vector: Published, other: Published) -> None:
    query = {**vector.query, "msg_signature": other.query["msg_signature"]}

    with pytest.raises(Forged, match="msg_signature: does not fit"):
        opened(vector.account, query, vector.body)


@pytest.mark.parametrize("vector", VECTORS)
def test_published_messages_open_for_no_other_appid(vector: Published) -> None:
    with pytest.raises(Forged, match="does not open"):
        opened(replace(vector.account, appid=vector.account.appid[:-1]), vector.query, vector.body)


@pytest.mark.parametrize("vector", VECTORS)
def test_published_plaintexts_are_refused_in_safe_mode_however_well_they_are_signed(vector: Published) -> None:
    with pytest.raises(Forged, match="not encrypted"):
        opened(vector.account, vector.query, vector.plain)


def test_signature_made_without_a_token_is_refused() -> None:
    ageless = replace(SAFE, max_age=None)
    query = {"signature": sha1(b"12").hexdigest(), "timestamp": "1", "nonce": "2", "echostr": "4242"}

    with pytest.raises(Forged, match="signature: does not fit"):
        crypto.check_echo(ageless, query, NOW)


def test_published_ciphertext_is_made_byte_for_byte() -> None:
    made = crypto.encrypt(SAFE, "我是中文abcd123", SALT)

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
        crypto.decrypt(SAFE, crypto.encrypt(changed, XML, SALT).encode())


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


def padded(pad: bytes, block: int = 32) -> bytes:
    """Return a ciphertext that ends with `pad` and is right in all else."""
    xml = b"x" * (-(16 + 4 + len(SAFE.appid) + len(pad)) % block)
    plain = b"s" * 16 + len(xml).to_bytes(4, "big") + xml + SAFE.appid.encode() + pad
    encryptor = SAFE.ciphers[0].encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize())


def test_padding_of_1_to_32_equal_bytes_is_taken() -> None:
    for size in range(1, 33):
        assert set(crypto.decrypt(SAFE, padded(bytes([size]) * size))) <= {ord("x")}


@pytest.mark.parametrize("pad", [b"", b"\x00", b"\x00" * 32, b"\x21" * 33, b"\xff" * 255, bytes(31) + b"\x20", b"\x01\x02"])
def test_odd_padding_is_refused(pad: bytes) -> None:
    with pytest.raises(Forged, match="does not open"):
        crypto.decrypt(SAFE, padded(pad))


def test_padding_to_16_bytes_is_refused() -> None:
    with pytest.raises(Forged, match="no multiple of 32"):
        crypto.decrypt(SAFE, padded(b"\x05" * 5, block=16))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 32, 48, 64, 100])
def test_random_ciphertexts_with_a_right_signature_are_forged_and_nothing_else(size: int) -> None:
    query, _ = crypto.wrap_push(SAFE, XML, NOW)

    for _ in range(375):  # 3,000 with the eight sizes
        encrypted = b64encode(secrets.token_bytes(size)).decode()
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
