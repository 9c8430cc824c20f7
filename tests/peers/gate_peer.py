"""A gate that has nothing of ours: ZXing reads the picture of a pass, libsodium verifies what it says."""

import io
import json
import struct
import sys

import base45
import zxingcpp
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from PIL import Image

for line in sys.stdin:
    case = json.loads(line)
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(bytes.fromhex(case["picture"]))))
    content = base45.b45decode(found[0].text)
    payload, signature = content[:17], content[17:]
    try:
        VerifyKey(bytes.fromhex(case["public"])).verify(payload, signature)
        is_ours = True
    except BadSignatureError:
        is_ours = False
    version, number, starts, ends = struct.unpack(">BQII", payload)
    answer = {
        "codes": len(found),
        "version": version,
        "number": number,
        "starts": starts * 60,
        "ends": ends * 60,
        "ours": is_ours,
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
