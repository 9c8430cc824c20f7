"""Which services are in force, and what the core does for all of them."""

from datetime import timedelta

import pytest

from bot import config
from bot.contract import personal
from bot.errors import Misconfigured
from bot.services import load_integrations, load_services, understand
from integrations import SHIPPED


def names(*said: str) -> list[str]:
    return [one.name for one in load_integrations(said)]


def test_what_ships_is_loaded_unless_the_settings_name_others() -> None:
    assert names() == list(SHIPPED)
    assert names("repairs", "desk") == ["repairs", "desk"]


def test_settings_of_an_earlier_version_load_the_parts_that_its_service_became() -> None:
    assert names("community", "repairs", "desk") == ["desk", "residents", "notices", "identity", "privacy", "repairs"]


def test_what_is_kept_only_with_consent_never_comes_without_the_way_to_take_it_back() -> None:
    assert names("health") == ["health", "privacy"]


def test_unknown_service_is_told_by_its_name() -> None:
    with pytest.raises(Misconfigured, match="'repair', but there is no folder"):
        names("repair")


def test_every_purpose_asks_in_words_of_the_files_that_say_how_to_take_it_back() -> None:
    services = load_services(config.load_local())
    words = understand(config.shipped("intents"), services).catalogue.messages

    assert set(services.purposes) == {"care", "health", "kin", "minors"}
    for purpose in services.purposes.values():
        assert purpose.asks in services.tells
        assert "撤回" in words[purpose.asks]
        assert set(purpose.with_it) <= set(services.purposes)


def test_what_a_service_keeps_for_a_while_is_forgotten_by_a_job_of_its_own() -> None:
    services = load_services(config.load_local())

    jobs = [job for one in services.integrations for job in personal.forgetting(one)]

    assert "forget health-0" in [job.name for job in jobs]
    assert all(job.every <= timedelta(days=1) for job in jobs)
