"""A town where everybody has a number by which they can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session, select

from bot.store.people import Resident

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


@pytest.fixture
def numbers_on_record(town: Town) -> None:
    """Give everybody on the roster a number: 8001, 8002, 8003."""

    def write(session: Session) -> None:
        for number, resident in enumerate(session.exec(select(Resident).order_by(Resident.id)).all(), 1):  # type: ignore[arg-type]
            resident.phone = f"1380000800{number}"
            session.add(resident)

    town.database.submit(write).result()
