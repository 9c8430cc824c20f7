"""Logging: one line per event, JSON in production, readable at a terminal.

Openids are personal data: only their hash is written. Message texts are never written.
"""

import logging
import re
import sys
from collections.abc import Callable
from hashlib import sha256

import structlog
from aiohttp.abc import AbstractAccessLogger
from aiohttp.web import BaseRequest, StreamResponse

#: What a path may hold that opens something: the token of a sign-in link.
_SECRET = re.compile(r"^(/console/in/).+")

#: Where a database's error quotes a row.
_DETAIL = re.compile(r"^(\s*DETAIL:).*$", re.MULTILINE)


def configure(*, readable: bool | None = None, level: int = logging.INFO) -> None:
    """Set up structlog; `readable=None` decides by whether standard error is a terminal."""
    pretty = sys.stderr.isatty() if readable is None else readable
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # one write a line; print makes two
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _hide_rows(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out what PostgreSQL says of rows: Key (openid)=(…) already exists."""
    if "exception" in line:
        line["exception"] = _DETAIL.sub(r"\1…", line["exception"])
    return line


def server_logger(count: Callable[[], object]) -> logging.Logger:
    """Return the logger of the HTTP server: a request that is no HTTP gets one line that repeats nothing of it, and is counted."""

    def shorten(record: logging.LogRecord) -> bool:
        fault = record.exc_info[0] if record.exc_info else None
        if fault is None or not fault.__module__.startswith("aiohttp.http_exceptions"):
            return record.levelno >= logging.WARNING
        count()
        structlog.get_logger(__name__).warning("request cannot be read", fault=fault.__name__)
        return False

    logger = logging.Logger("aiohttp.server", logging.DEBUG)  # one of its own; some of what is no HTTP is told there as no fault
    logger.parent = logging.getLogger()
    logger.addFilter(shorten)
    return logger


def hashed(openid: str) -> str:
    """Return what stands for an openid in logs: the same for the same person, and no way back."""
    return sha256(openid.encode()).hexdigest()[:10]


class AccessLogger(AbstractAccessLogger):
    """One line per request, without its query: there stand signatures, tokens and the seals of residents' links.

    Pushes that were taken have a line of their own already.
    """

    def log(self, request: BaseRequest, response: StreamResponse, time: float) -> None:
        """Write method, path, status and milliseconds."""
        if request.path == "/wechat" and response.status == 200:
            return
        structlog.get_logger(__name__).info(
            "request", method=request.method, path=_SECRET.sub(r"\1…", request.path), status=response.status,
            milliseconds=round(time * 1000, 1),
        )  # fmt: skip
