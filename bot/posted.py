"""What browsers post, for the console and the residents' pages alike: read once, acted upon once."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Concatenate, ParamSpec

from aiohttp import web
from sqlmodel import Session

from bot.contract import Download, Redirect, Upload, View
from bot.contract.pages import LARGEST_UPLOAD
from bot.store import once

P = ParamSpec("P")

#: The hidden field that tells one form of one page from all others.
KEY = "once"

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields that were posted, files left out; raises HTTP 400 for a body that is no form."""
    return (await _read(request))[0]


async def read_upload(request: web.Request) -> tuple[dict[str, str], Upload]:
    """Return the fields and the file that were posted; an empty one where there was none."""
    return await _read(request.clone(client_max_size=LARGEST_UPLOAD + 64 * 1024))  # the fields beside it


async def _read(request: web.BaseRequest) -> tuple[dict[str, str], Upload]:
    upload = Upload(filename="", body=b"")
    try:
        posted = await request.post()
        fields = {name: value for name, value in posted.items() if isinstance(value, str)}
        for value in posted.values():
            if isinstance(value, web.FileField):
                upload = Upload(filename=_readable(value.filename), body=value.file.read())
                value.file.close()
        "".join(fields.values()).encode()  # some charsets hold halves of signs, which nobody can keep
    except web.HTTPException:  # such as one that is too large
        raise
    except Exception as error:  # charset, boundary, encodings: a body is broken in many ways, with an error for each
        raise web.HTTPBadRequest(text="这个表单读不出来，请回到页面重新提交。") from error
    return {name: value.replace("\0", "") for name, value in fields.items()}, upload  # PostgreSQL keeps no zero byte


def _readable(filename: str) -> str:
    """Return a file's name without its folders and with signs that can be kept."""
    return re.split(r"[/\\]", filename)[-1].replace("\0", "").encode(errors="replace").decode()[:100]


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
