"""Every page of the console in English, in a community with a past: of our own words none is left in Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import pytest
from sqlmodel import Session, SQLModel, select

from bot import config
from bot.cli.serving import demo_settings, seed
from bot.console import languages
from bot.console.translating import READ
from bot.services import load_services
from bot.store.staff import Role
from bot.translation import Catalogue, is_chinese
from tests.acceptance.test_every_page_in_browser import ELSEWHERE
from tests.acceptance.test_who_gets_in import NOW, House, opened_house
from tests.acceptance.walking import console_pages


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A community with its past, served from this process."""
    var = tmp_path_factory.mktemp("lived") / "var"
    seed(demo_settings(host="127.0.0.1", port=1, var=var), lives=True, now=NOW)
    with opened_house(var, demo=True) as house:
        yield house


class _Runs(HTMLParser):
    """Gathers what people read of a page: text between tags, and attributes that are read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.is_code = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_code = tag in ("script", "style", "textarea")
        self.found |= {value for name, value in attrs if name in READ and value}

    def handle_endtag(self, tag: str) -> None:
        self.is_code = False

    def handle_data(self, data: str) -> None:
        if not self.is_code:
            self.found.add(" ".join(data.split()))


def written(session: Session) -> str:
    """Return all that people wrote, and what we have written for them: every text in the database."""
    found: list[str] = []
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(select(table)):  # type: ignore[call-overload]
            found += [
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for value in row
                if isinstance(value, (str, dict, list))
            ]
    return "\n".join(found)


def forgotten(run: str, english: Catalogue) -> bool:
    """Tell whether a text is a message of ours, with or without values, that English says otherwise."""
    return is_chinese(run) and english.recognise(run) != run


def test_no_page_shows_a_message_in_chinese_that_has_an_english_one(house: House) -> None:
    services = load_services(config.Local(_env_file=None)).integrations
    english = languages.catalogue("en", tuple(one.folder for one in services))
    data = house.linli.database.submit(written).result()
    data += "\n".join(
        path.read_text(encoding="utf-8")
        for folder in [config.shipped("intents"), *(one.folder / "intents" for one in services)]
        for path in folder.rglob("*.yaml")
    )
    cookie: Mapping[str, str] = {**house.cookie(1, Role.ADMIN), "Accept-Language": "en"}
    left: dict[str, set[str]] = {}
    known: set[str] = set()  # what stands on each page is looked at once
    number = 0
    for page in console_pages(house, cookie, ELSEWHERE):
        number += 1
        assert re.search(r'<html lang="en"', page.html), page.address
        found = _Runs(page.html).found - known
        known |= found
        if runs := {run for run in found if forgotten(run, english) and run not in data and run not in PREVIEWED}:
            left[page.address] = runs

    assert number > 40
    assert left == {}


#: What a preview shows of a notice that is not written yet: residents would see these words.
PREVIEWED = frozenset(("标题", "内容"))
