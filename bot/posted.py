"""What browsers post, for the console and the residents' pages alike: read once, acted upon once."""

import codecs
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from hashlib import sha256
from typing import Concatenate, ParamSpec
from urllib.parse import parse_qsl

from aiohttp import content_disposition_filename, parse_content_disposition, web
from sqlmodel import Session

from bot import bodies
from bot.contract import Download, Redirect, Upload, View
from bot.contract.pages import LARGEST_UPLOAD
from bot.store import once
from bot.translation import tr

P = ParamSpec("P")

#: The hidden field that tells one form of one page from all others.
KEY = "once"

#: Bytes and fields of a form, and the seconds within which it must have come. The longest text that a page takes is 6 kB as
#: it is sent; only a file of intents is longer, and its page says so.
MOST_BYTES, MOST_FIELDS, WITHIN = 64 * 1024, 200, 10.0

#: Parts of a form with a file, of which a notice has some forty, and the seconds within which that must have come, from a phone at the edge of a network.
MOST_PARTS, UPLOAD_WITHIN = 100, 60.0

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')


async def read_form(request: web.Request, most: int = MOST_BYTES, within: float = WITHIN) -> dict[str, str]:
    """Return the fields that were posted, of at most `most` bytes that come within so many seconds; raises HTTP 4xx for a body that is no form of ours.

    None of these pages sends a file, so none is read: a form in parts costs far more to take apart than it can hold.
    """
    body = await bodies.read(request, most, within)
    if not body:
        return {}
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text=tr("这里只收本系统页面里的表单，不收文件。请回到页面重新提交。"))
    try:
        if codecs.lookup(request.charset or "utf-8").name != "utf-8":
            raise LookupError(request.charset)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, LookupError) as error:  # too many fields, bytes that are no text, a charset that is not ours
        raise web.HTTPBadRequest(text=tr("这个表单读不出来，请回到页面重新提交。")) from error
    return {name: value.replace("\0", "") for name, value in pairs}  # PostgreSQL keeps no zero byte


async def read_upload(request: web.Request, field: str = "") -> tuple[dict[str, str], Upload]:
    """Return the fields and the file of a form, of `field` where it has several, an empty one where none was chosen.

    Raises HTTP 4xx as `read_form` does.
    """
    if request.content_type != "multipart/form-data":
        return await read_form(request), Upload(filename="", body=b"")
    body = await bodies.read(request, LARGEST_UPLOAD + MOST_BYTES, UPLOAD_WITHIN)
    said = Message()
    said["Content-Type"] = request.headers["Content-Type"]
    fields, upload = dict[str, str](), Upload(filename="", body=b"")
    try:
        for name, filename, content in _parts(body, (said.get_boundary() or "").encode()):
            if filename is None:
                fields[name] = content.decode().replace("\0", "")
            elif not upload.filename and field in ("", name):
                upload = Upload(filename=re.split(r"[/\\]", filename)[-1].replace("\0", "")[:100], body=content)
    except (ValueError, LookupError) as error:
        raise web.HTTPBadRequest(text=tr("这个表单读不出来，请回到页面重新提交。")) from error
    return fields, upload


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, str | None, bytes]]:
    """Yield name, file's name and content of each part; raises ValueError for a body that is no form. Cut, not copied line by line.

    Source: RFC 7578; browsers send names as plain UTF-8 (section 5.1)
    """
    if not 1 <= len(boundary) <= 70:
        raise ValueError("no boundary")
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, MOST_PARTS + 1)
    if not parts or len(parts) > MOST_PARTS or not parts.pop().startswith(b"--"):
        raise ValueError("no end")
    for part in parts:
        head, found, content = part.partition(b"\r\n\r\n")
        lines = [line for line in head.decode().split("\r\n") if line.lower().startswith("content-disposition:")]
        if not found or len(lines) != 1:
            raise ValueError("a part without a name")
        _, said = parse_content_disposition(lines[0].partition(":")[2].strip())
        yield said["name"], content_disposition_filename(said), content


def with_keys(page: str) -> str:
    """Give each form of a page that posts a key of its own, so that no template can forget it."""
    return _FORM.sub(lambda form: f'{form[0]}<input type="hidden" name="{KEY}" value="{secrets.token_urlsafe(12)}">', page)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form that was sent; with an empty mark it is acted upon each time."""

    mark: str
    now: datetime

    @classmethod
    def of(cls, form: Mapping[str, str], who: str, path: str, now: datetime) -> "Sent":
        """Return what tells this form from others: its key, who sends it, where to, and all it holds.

        Whoever goes back, writes something else and sends that with the old key means something new.
        """
        held = [who, path, *(f"{name}={value}" for name, value in sorted(form.items()))]
        return cls(mark=sha256("\0".join(held).encode()).hexdigest() if form.get(KEY) else "", now=now)

    def act(
        self, session: Session, serve: Callable[Concatenate[Session, P], View | Redirect | Download], /, *args: P.args,
        **kwargs: P.kwargs,
    ) -> View | Redirect | Download | None:  # fmt: skip
        """Act upon it in this transaction, or return where that led before; None where it was a page, which is not kept.

        What is refused may be sent again: an error undoes the mark with all else, and so does a page that says no.
        """
        if not self.mark:
            return serve(session, *args, **kwargs)
        done = once.begin(session, self.mark, self.now)
        if done is not None:
            return Redirect(done.to, done.note) if done.to else None
        result = serve(session, *args, **kwargs)
        if isinstance(result, Redirect):
            once.finish(session, self.mark, result.to, result.note)
        elif isinstance(result, View) and result.status >= 400:
            once.forget(session, self.mark)
        return result
