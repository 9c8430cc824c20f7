"""docs/settings.md tells the truth: the core's settings and every service's, their defaults and what they mean."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import config
from bot.config import Settings
from bot.services import load_services
from tests.packaging.test_readme import default_of

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
SERVICES = [(one.name, one.settings) for one in load_services(config.load_local()).integrations if one.settings]


def told(prefix: str, model: type[BaseModel]) -> list[tuple[str, str, str]]:
    """Return the rows of a model's table as they should be."""
    return [
        (f"{prefix}{name.upper()}", default_of(name, model), field.description or "")
        for name, field in model.model_fields.items()
    ]


def test_settings_page_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `(LINLI_\w+)` \| (\S+) \| (.+) \|$", PAGE, re.MULTILINE)

    services = [row for name, model in SERVICES for row in told(config.service_prefix(name), model)]
    assert rows == [*told("LINLI_", Settings), *services]


@pytest.mark.parametrize(("service", "model"), SERVICES)
def test_every_setting_of_a_service_says_what_it_means(service: str, model: type[BaseModel]) -> None:
    assert all(field.description for field in model.model_fields.values()), service
