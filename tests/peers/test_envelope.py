"""Our envelope and theirs, both ways: wechat-crypto, Tencent's @wecom/crypto and WeRoBot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.model import SHANGHAI
from bot.wechat import crypto, messages
from tests.peers.conftest import ask

pytestmark = pytest.mark.peers

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
ACCOUNT = crypto.Account(
    token="pamtest", appid="wxb11529c136998cb6", mode=crypto.Mode.SAFE, aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)
SHARED = {"token": ACCOUNT.token, "appid": ACCOUNT.appid, "key": ACCOUNT.aes_key}

#: Chinese, emoji, the end of CDATA, and every length around the ends of blocks of 32 bytes.
TEXTS = [
    "你好",
    "厨房漏水 😀👨‍👩‍👧",
    "]]></Content>",
    "a]]>b]]>c",
    "",
    "]]>",
    "\n",
    "粤B12345 &lt;b&gt; <b>",
    *("x" * n for n in range(1, 65)),
    *("邻" * n for n in range(1, 33)),
    "邻" * 700,
]


def reply(text: str) -> str:
    return messages.render_text("oA", "gh_1", text, NOW)


@pytest.fixture(scope="module", params=["wechat-crypto", "@wecom/crypto", "WeRoBot"])
def peer(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """What the peer makes of our envelopes, and its own, by text."""
    cases = [
        {"library": request.param, "account": SHARED, "timestamp": "1773194400", "nonce": "n1", "text": reply(text),
         "encrypted": crypto.encrypt(ACCOUNT, reply(text), b"s" * crypto.SALT)}
        for text in TEXTS
    ]  # fmt: skip
    if request.param == "WeRoBot":
        command = [request.getfixturevalue("werobot"), "werobot_peer.py"]
    else:
        command = [request.getfixturevalue("node"), "--no-deprecation", "envelope.cjs"]
    answers = ask(command, cases)
    return [{**case, **answer} for case, answer in zip(cases, answers, strict=True)]


def test_peer_opens_what_we_seal(peer: list[dict[str, Any]]) -> None:
    for text, found in zip(TEXTS, peer, strict=True):
        opened = found["opened"]
        if isinstance(opened, dict):  # the npm packages also tell whose it is
            assert opened["id"] == ACCOUNT.appid
            opened = opened["message"]
        assert opened == reply(text)


def test_peer_signs_as_we_do(peer: list[dict[str, Any]]) -> None:
    for found in peer:
        assert found["signature"] == crypto.sign(ACCOUNT.token, "1773194400", "n1", found["encrypted"])


def test_we_open_what_the_peer_seals(peer: list[dict[str, Any]]) -> None:
    for text, found in zip(TEXTS, peer, strict=True):
        query = {
            "signature": crypto.sign(ACCOUNT.token, "1773194400", "n1"), "timestamp": "1773194400", "nonce": "n1",
            "msg_signature": found["sealedSignature"],
        }  # fmt: skip
        body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{found['sealed']}]]></Encrypt></xml>"
        assert crypto.open_envelope(ACCOUNT, query, body.encode(), NOW).decode() == reply(text)
