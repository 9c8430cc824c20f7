"""Log lines: what stands in them of a person is a hash."""

import io
import sys

import pytest
import structlog
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
