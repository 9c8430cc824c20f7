"""Words with values: links are the file's own, whatever a resident is called."""

from datetime import datetime

import pytest

from bot.language.phrases import fill
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
LINE = '{name} <a href="{url}">看通行证</a>'
ADDRESS = "https://linli.example/p/passes/K3M9?k=x"


@pytest.mark.parametrize("name", ['<a href="https://evil.example">点我</a>', "</a>", '<a href="'])
def test_value_neither_makes_a_link_nor_breaks_one(name: str) -> None:
    said = fill(LINE, {"name": name, "url": ADDRESS}, NOW)

    assert said.count("<a ") == 1
    assert said.endswith(f'<a href="{ADDRESS}">看通行证</a>')


def test_list_of_worded_lines_keeps_its_links_line_under_line() -> None:
    lines = [fill(LINE, {"name": name, "url": ADDRESS}, NOW) for name in ("王芳", "<b>李明")]

    said = fill("您的访客：\n{lines}", {"lines": lines}, NOW)

    assert said.splitlines()[1:] == [f'王芳 <a href="{ADDRESS}">看通行证</a>', f'＜b>李明 <a href="{ADDRESS}">看通行证</a>']


def test_list_of_names_stands_on_one_line() -> None:
    assert fill("{names}来访", {"names": ["王芳", "<李明"]}, NOW) == "王芳、＜李明来访"
