"""The page of the health station, as it is written for whoever opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console import views
from bot.store.staff import Role
from bot.translation import SOURCE
from integrations.clinic import console

if TYPE_CHECKING:
    from tests.integrations.conftest import Town
