"""Log lines: what stands in them of a person is a hash."""

import io
import json
import sys

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage, InvalidURLError
from sqlalchemy.exc import IntegrityError

from bot import logs


def test_a_database_error_tells_no_openid(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    logs.configure(readable=False)
    fault = Exception('duplicate key value violates "follower_pkey"\nDETAIL:  Key (openid)=(oSECRET) already exists.')
    try:
        raise IntegrityError("INSERT …", None, fault)
    except IntegrityError as error:
        structlog.get_logger("test").error("turn failed", exc_info=error)

    assert "follower_pkey" in told.getvalue()
    assert "oSECRET" not in told.getvalue()


def test_request_that_is_no_http_gets_one_line_that_repeats_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told, counts = io.StringIO(), []
    monkeypatch.setattr(sys, "stderr", told)
    logs.configure(readable=False)
    logger = logs.server_logger(lambda: counts.append(1))
    for fault in (BadHttpMessage("GET /SECRET"), InvalidURLError("http://SECRET:99999"), ValueError("ours")):
        try:
            raise fault
        except Exception as error:
            logger.error("Error handling request from %s", "127.0.0.1", exc_info=error)

    lines = told.getvalue().splitlines()
    assert [json.loads(line)["fault"] for line in lines] == ["BadHttpMessage", "InvalidURLError"]
    assert "SECRET" not in told.getvalue()
    assert len(counts) == 2
