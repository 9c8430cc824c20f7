"""The measure: a bare aiohttp server that opens an AES push and echoes it, hand-written, without checks or state.

python bench/echo.py PORT TOKEN KEY APPID
"""

import hashlib
import re
import struct
import sys
import time
from base64 import b64decode, b64encode

import uvloop
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PORT, TOKEN, KEY, APPID = sys.argv[1:]
CIPHER = Cipher(AES(b64decode(KEY + "=")), CBC(b64decode(KEY + "=")[:16]))
ENCRYPT = re.compile(rb"<Encrypt><!\[CDATA\[(.*?)\]\]>")
FIELD = {name: re.compile(f"<{name}>(?:<!\\[CDATA\\[)?([^<\\]]*)".encode()) for name in ("FromUserName", "ToUserName", "Content")}


async def echo(request: web.Request) -> web.Response:
    """Open, read three fields, seal."""
    body = await request.read()
    decryptor = CIPHER.decryptor()
    plain = decryptor.update(b64decode(ENCRYPT.search(body)[1])) + decryptor.finalize()
    xml = plain[20 : 20 + struct.unpack(">I", plain[16:20])[0]]
    sender, account, text = (FIELD[name].search(xml)[1] for name in ("FromUserName", "ToUserName", "Content"))
    reply = b"<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><Content>%s</Content></xml>" % (
        sender,
        account,
        text,
    )
    content = b"s" * 16 + struct.pack(">I", len(reply)) + reply + APPID.encode()
    pad = 32 - len(content) % 32
    encryptor = CIPHER.encryptor()
    sealed = b64encode(encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()).decode()
    now = str(int(time.time()))
    signature = hashlib.sha1("".join(sorted((TOKEN, now, "1", sealed))).encode()).hexdigest()
    return web.Response(
        text=f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{signature}</MsgSignature><TimeStamp>{now}</TimeStamp></xml>"
    )


app = web.Application()
app.router.add_post("/wechat", echo)
web.run_app(
    app,
    host="127.0.0.1",
    port=int(PORT),
    loop=uvloop.new_event_loop(),
    print=lambda _: print("Try:", flush=True),
    access_log=None,
)
