"""The picture of a pass is read by another decoder, and what it says is verified by another library than ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.contract import PUBLIC_ALPHABET
from bot.keys import Keys
from bot.model import SHANGHAI
from integrations.visitor_passes import picture, tokens
from tests.peers.conftest import HERE, ask

pytestmark = pytest.mark.peers

STARTS = datetime(2026, 3, 12, 15, tzinfo=SHANGHAI)


def test_strangers_read_the_picture_and_verify_that_it_is_ours(werobot: str) -> None:
    ours, others = Keys(b"o" * 32), Keys(b"x" * 32)
    public = ours.public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    ids = ["ABCDEFGHJK", PUBLIC_ALPHABET[-1] * 10, PUBLIC_ALPHABET[0] * 9 + PUBLIC_ALPHABET[1]]
    wanted = [
        tokens.Token(public_id=one, starts_at=STARTS, ends_at=STARTS + timedelta(hours=hours)) for hours, one in enumerate(ids, 1)
    ]

    def case(token: tokens.Token, keys: Keys) -> dict[str, str]:
        drawn = picture.draw(tokens.write(token, keys), "K7P2QX", token.starts_at, token.ends_at)
        return {"picture": drawn.hex(), "public": public}

    program = [werobot, str(Path(HERE) / "gate_peer.py")]
    answers = ask(program, [*(case(token, ours) for token in wanted), case(wanted[0], others)])

    for token, said in zip(wanted, answers, strict=False):
        number = sum(PUBLIC_ALPHABET.index(sign) * 32**power for power, sign in enumerate(reversed(token.public_id)))
        assert said == {
            "codes": 1, "version": 1, "number": number, "starts": int(token.starts_at.timestamp()), "ends": int(token.ends_at.timestamp()), "ours": True,
        }  # fmt: skip
    assert answers[-1]["ours"] is False
