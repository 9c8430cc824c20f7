"""The page 数据: numbers with their definition, a table for everybody, a file for Excel."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from sqlmodel import Session

from bot.store import outcomes
from bot.store.outcomes import Ended, Understood
from bot.store.staff import Role

if TYPE_CHECKING:
    from tests.console.conftest import Browser, Office


async def page(browser: Browser, query: str = "") -> str:
    response = await browser.get(f"/console/figures{query}")
    assert response.status == 200
    return await response.text()


@pytest.fixture
async def happened(office: Office) -> None:
    """A week ago three messages, and one today."""

    def happen(session: Session) -> None:
        week_ago = office.clock() - timedelta(days=7)
        for understood in (Understood.AT_ONCE, Understood.AT_ONCE, Understood.MISSED):
            outcomes.note(session, week_ago, "faq.hours" if understood != Understood.MISSED else "", understood, Ended.SERVED)
        outcomes.note(session, office.clock(), "=1+1", Understood.AT_ONCE)

    await office.write(happen)


async def test_a_figure_stands_with_its_definition_and_its_table(office: Office, happened: None) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        text = await page(manager)

    assert "听懂了多少" in text
    assert "各占多少" in text
    assert '67%<span class="basis">（2/3）</span>' in text
    assert 'data-value="0.6667"' in text
    assert "没有数据" in text  # the weeks before


async def test_the_city_sees_figures_and_a_guard_does_not(office: Office) -> None:
    async with await office.browser(Role.CITY) as city, await office.browser(Role.GUARD) as guard:
        assert (await city.get("/console/figures")).status == 200
        assert (await guard.get("/console/figures")).status == 403


async def test_every_figure_can_be_shown_by_month_and_building(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        for key, figure in office.linli.services.figures.items():
            text = await page(manager, f"?show={key}&step=month&last=3&building=3")
            assert figure.title in text
            assert ("不分楼栋" in text) is not figure.by_building


async def test_an_address_that_nobody_made_shows_the_first_figure(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        assert "听懂了多少" in await page(manager, "?show=no.such&step=century&last=-4&building=%00'")


async def test_minutes_saved_name_where_each_baseline_comes_from(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        text = await page(manager, "?show=saved")

    assert "报修 6 分钟" in text
    assert "没有实测" in text


async def test_the_file_holds_every_number_and_no_formula(office: Office, happened: None) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        body = await (await manager.get("/console/figures/export.csv?step=week&last=4")).read()

    rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert {row["指标"] for row in rows} == {figure.title for figure in office.linli.services.figures.values()}
    [week] = [row for row in rows if row["指标"] == "听懂了多少" and row["分项"] == "一次听懂" and row["从"] == "2026-03-02"]
    assert (week["数值"], week["单位"], week["基数"]) == ("0.6667", "比例", "3")
    assert any(row["数值"] == "没有数据" for row in rows)
    assert {row["分项"] for row in rows if "1+1" in row["分项"]} == {"'=1+1"}


async def test_buildings_are_held_against_each_other(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        text = await page(manager, "?show=bound&compares=1")
        body = await (await manager.get("/console/figures/export.csv?show=bound&compares=1&last=4")).read()

    assert text.index(">3栋<") < text.index(">7栋<") < text.index(">12栋<")
    rows = list(csv.DictReader(StringIO(body.decode("utf-8-sig"))))
    assert {row["分项"] for row in rows} == {"商铺", *(f"{number}栋" for number in range(1, 13))}


async def test_what_knows_no_building_compares_none(office: Office) -> None:
    async with await office.browser(Role.MANAGER) as manager:
        assert "各楼栋比一比" not in await page(manager, "?show=saved&compares=1")
