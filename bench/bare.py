"""The measure: the least that a hand-written aiohttp server does with an AES push. It knows nothing of the bot.

python bench/bare.py PORT TOKEN KEY APPID: checks both signatures, opens, reads three fields, seals an echo.
"""

import asyncio
import hashlib
import re
import secrets
import sys
import time
from base64 import b64decode, b64encode
from xml.etree import ElementTree

import uvloop
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PORT, TOKEN, KEY, APPID = sys.argv[1:]
CIPHER = Cipher(AES(b64decode(KEY + "=")), CBC(b64decode(KEY + "=")[:16]))
ENCRYPT = re.compile(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>")


def sign(*parts: str) -> str:
    """Return SHA-1 over the sorted parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def unlock(encrypted: bytes) -> bytes:
    """Return the XML in a ciphertext."""
    decryptor = CIPHER.decryptor()
    plain = decryptor.update(b64decode(encrypted)) + decryptor.finalize()
    return plain[20 : 20 + int.from_bytes(plain[16:20], "big")]


def seal(xml: str) -> str:
    """Return the envelope of a reply."""
    body = xml.encode()
    content = secrets.token_bytes(16) + len(body).to_bytes(4, "big") + body + APPID.encode()
    pad = 32 - len(content) % 32
    encryptor = CIPHER.encryptor()
    sealed = b64encode(encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()).decode()
    now, nonce = str(int(time.time())), secrets.token_hex(8)
    return (
        f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{sign(TOKEN, now, nonce, sealed)}]]></MsgSignature>"
        f"<TimeStamp>{now}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


async def echo(request: web.Request) -> web.Response:
    """Check, open, read, seal."""
    query, body = request.query, await request.read()
    encrypted = ENCRYPT.search(body)[1]
    stamp = (TOKEN, query["timestamp"], query["nonce"])
    if query["signature"] != sign(*stamp) or query["msg_signature"] != sign(*stamp, encrypted.decode()):
        return web.Response(status=403)
    push = ElementTree.fromstring(unlock(encrypted))
    sender, account, text = (push.findtext(name) for name in ("FromUserName", "ToUserName", "Content"))
    return web.Response(
        text=seal(
            f"<xml><ToUserName><![CDATA[{sender}]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content></xml>"
        ),
        content_type="application/xml",
    )


async def serve() -> None:
    """Serve until ended, and say when it can begin."""
    app = web.Application()
    app.router.add_post("/wechat", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(PORT), backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
    loop.run(serve())
