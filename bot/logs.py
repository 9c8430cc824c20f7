"""Logging: one line per event, JSON in production, readable at a terminal.

Openids are personal data: only their hash is written. Message texts are never written.
"""

import logging
import sys
from hashlib import sha256

import structlog


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
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def hashed(openid: str) -> str:
    """Return what stands for an openid in logs: the same for the same person, and no way back."""
    return sha256(openid.encode()).hexdigest()[:10]
