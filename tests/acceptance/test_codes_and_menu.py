"""The demo's phones: the menu of _menu.yaml is theirs, and the posters on its walls begin what they are for."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from bot import config
from bot.cli.serving import DEMO_SCENES
from bot.dialogue.understanding import read_folder
from bot.language import files, menus
from bot.simulator.cast import CAST
from bot.simulator.wechat import POSTERS

if TYPE_CHECKING:
    from tests.acceptance.conftest import Demo

CHEN, ZHAO = CAST[0].openid, CAST[3].openid


@pytest.fixture
def state(demo: Demo) -> Any:
    """What the phone page shows."""
    with urllib.request.urlopen(f"{demo.url}/simulator/state", timeout=10) as response:
        return json.load(response)


def test_menu_of_the_file_is_on_the_phones_from_the_beginning(state: Any) -> None:
    menu = files.load(read_folder(config.shipped("intents"))).menu

    assert state["menu"] == menus.buttons(menu)["button"]


@pytest.mark.parametrize(("openid", "scene", "said"), [
    (ZHAO, "door-3", ["3栋几单元"]),
    (CHEN, "door-3", ["您好，我是和苑小区的邻里小助手"]),
    (CHEN, "garage-b1", ["这里是报修点：地下车库B1。", "哪里坏了？直接说"]),
    (CHEN, "front-desk", ["这里是物业前台", "怎么称呼客人"]),
])  # fmt: skip
def test_poster_begins_what_it_is_for(demo: Demo, openid: str, scene: str, said: list[str]) -> None:
    answer = demo.does(openid, kind="scan", ticket=next(code.ticket for code in POSTERS if code.scene == scene))

    assert [words for words in said if words not in answer] == []


def test_scanned_place_is_the_tickets(demo: Demo) -> None:
    demo.does(CHEN, kind="text", text="取消")
    demo.does(CHEN, kind="scan", ticket="poster-garage")
    demo.says(CHEN, "灯不亮")

    assert "地下车库B1，灯不亮" in demo.says(CHEN, "随便")


def test_every_poster_has_a_kind_and_a_place() -> None:
    assert set(DEMO_SCENES) == {code.scene for code in POSTERS}
