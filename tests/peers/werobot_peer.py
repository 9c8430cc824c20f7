"""WeRoBot opens, seals and parses. In: one JSON case a line. Out: one JSON answer a line. Runs in its own environment."""

import json
import sys

from werobot.crypto import MessageCrypt
from werobot.parser import parse_user_msg
from werobot.utils import get_signature


def envelope(case: dict) -> dict:
    account, timestamp, nonce = case["account"], case["timestamp"], case["nonce"]
    crypt = MessageCrypt(account["token"], account["key"], account["appid"])
    signature = get_signature(account["token"], timestamp, nonce, case["encrypted"])
    opened = crypt.decrypt_message(timestamp, nonce, signature, case["encrypted"])
    sealed = crypt.prp_crypto.encrypt(case["text"], account["appid"])
    sealed = sealed.decode() if isinstance(sealed, bytes) else sealed
    return {
        "opened": opened.decode() if isinstance(opened, bytes) else opened,
        "signature": signature,
        "sealed": sealed,
        "sealedSignature": get_signature(account["token"], timestamp, nonce, sealed),
    }


#: What the tests compare; WeRoBot keeps most of them in descriptors of the class.
FIELDS = (
    "source", "target", "time", "message_id", "content", "img", "recognition", "media_id", "label", "location_x", "location_y",
    "title", "url", "key", "scan_result", "status",
    "MediaId", "Status",  # what it has no name for keeps its element's
)  # fmt: skip


def parsed(case: dict) -> dict:
    message = parse_user_msg(case["xml"])
    return {"kind": message.type, **{name: getattr(message, name) for name in FIELDS if hasattr(message, name)}}


for line in sys.stdin:
    case = json.loads(line)
    sys.stdout.write(json.dumps(envelope(case) if "account" in case else parsed(case), ensure_ascii=False) + "\n")
