"""Where there is a lot of everything, pages stay as long as they are: a list goes on on its next page, the rest of a part is folded away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser

from bot.cli.serving import demo_settings, seed
from bot.store import scope
from bot.store.staff import Role
from tests.acceptance.crowded import MANY, crowd
from tests.acceptance.test_every_page_in_browser import ELSEWHERE, MEASURE, SCREENS, SETTLED, TALLEST, base, opened
from tests.acceptance.test_who_gets_in import NOW, House, opened_house
from tests.acceptance.walking import console_pages

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A community with its past and many more of everything, served from this process."""
    var = tmp_path_factory.mktemp("crowded") / "var"
    seed(demo_settings(host="127.0.0.1", port=1, var=var), lives=True, now=NOW)
    with opened_house(var, demo=True) as house:

        def more(session: Any) -> None:
            with scope.within(session, 1):
                crowd(session)

        house.linli.database.submit(more).result()
        yield house


@pytest.fixture(scope="module")
def sizes(house: House, chromium: Browser) -> Mapping[str, Mapping[str, Any]]:
    """How tall and wide each page is on both screens, and how far its main button lies below."""
    cookie = house.cookie(1, Role.ADMIN)
    window = opened(chromium, house, cookie["Cookie"])
    found: dict[str, Mapping[str, Any]] = {}
    for page in console_pages(house, cookie, ELSEWHERE):
        window.goto(f"{base(house)}{page.address}")
        window.evaluate(SETTLED)
        for width, height in SCREENS:
            window.set_viewport_size({"width": width, "height": height})
            found[f"{page.address} {width}"] = window.evaluate(MEASURE)
    window.context.close()
    return found


def test_there_is_a_lot(house: House) -> None:
    rows = house.rows(1)

    crowded: Sequence[str] = [name for name, held in rows.items() if len(held) >= MANY]
    assert len(crowded) > 30, "of most tables that a page shows"
    assert {"task", "repair_ticket", "conversation", "api_key", "duty_robot", "clinic_session", "visitor_walk_up"} <= set(crowded)


def test_no_page_is_taller_than_three_screens_where_there_is_a_lot(sizes: Mapping[str, Mapping[str, Any]]) -> None:
    assert len(sizes) > 100
    assert {name: round(size["screens"], 1) for name, size in sizes.items() if size["screens"] > TALLEST} == {}


def test_no_page_is_wider_than_its_screen_where_there_is_a_lot(sizes: Mapping[str, Mapping[str, Any]]) -> None:
    assert {name: size["beside"] for name, size in sizes.items() if size["beside"] > 0} == {}


def test_the_main_button_stays_in_reach_where_there_is_a_lot(sizes: Mapping[str, Mapping[str, Any]]) -> None:
    assert {name: (size["button"], size["below"]) for name, size in sizes.items() if size["below"]} == {}
