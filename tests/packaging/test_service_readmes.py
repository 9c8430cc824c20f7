"""Each shipped service says what it brings on a page of its own, and the page leaves nothing out."""

import re

import pytest

from bot import config
from bot.console.own import CORE
from bot.contract import Integration
from bot.services import load_services

SHIPPED = [one for one in load_services(config.load_local()).integrations if one is not CORE]


@pytest.mark.parametrize("service", SHIPPED, ids=lambda service: service.name)
def test_a_service_says_all_that_it_brings_and_no_more(service: Integration) -> None:
    page = (service.folder / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([^`]+)`", page))

    assert named == {
        *(action.intent for action in service.actions),
        *(permission.name for permission in service.permissions),
        *(f"{route.method} {route.path}" for route in service.api),
        *(f"LINLI_{service.name}_{name}".upper() for name in (service.settings.model_fields if service.settings else ())),
        *service.emits,
    }
    assert service.title in page.splitlines()[0]
