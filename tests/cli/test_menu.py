"""`linli menu`: what _menu.yaml says stands on the phones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import config

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


@pytest.fixture
def faulty_menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of our own whose menu names an intent that nobody knows."""
    folder = shutil.copytree(config.shipped("intents"), tmp_path / "intents")
    (folder / "_menu.yaml").write_text("menu:\n  - {name: 报修, intent: repair.reprot}\n", encoding="utf-8")
    monkeypatch.setenv("LINLI_INTENTS", str(folder))


async def test_menu_is_pushed_shown_and_deleted(desk: Desk) -> None:
    pushed = await desk.run("menu", "push")
    shown = await desk.run("menu", "show")
    deleted = await desk.run("menu", "delete")

    assert "  请客人来  visitor.invite" in pushed.text
    assert "  健康打卡  health.checkin" in shown.text
    assert pushed.text.startswith(shown.text)
    assert deleted.code == 0
    assert desk.wechat.menu is None
    assert "no menu" in (await desk.run("menu", "show")).text


async def test_dry_run_pushes_nothing(desk: Desk) -> None:
    said = await desk.run("menu", "push", "--dry-run")

    assert "我要报修  repair.report" in said.text
    assert desk.calls == []


@pytest.mark.usefixtures("faulty_menu")
async def test_faulty_menu_is_not_pushed_and_its_fault_is_told(desk: Desk) -> None:
    said = await desk.run("menu", "push")

    assert (said.code, desk.calls) == (1, [])
    assert "_menu.yaml:2:24 E505" in said.error
    assert "repair.report" in said.error


async def test_refusal_comes_with_what_to_do(desk: Desk) -> None:
    desk.answers["menu/create"] = [{"errcode": 40164, "errmsg": "invalid ip 203.0.113.7, not in whitelist"}]

    said = await desk.run("menu", "push")

    assert said.code == 1
    assert "40164" in said.error
    assert "IP whitelist" in said.error


async def test_account_without_secret_is_told_which_setting_is_missing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_WECHAT_SECRET", "")

    assert "LINLI_WECHAT_SECRET" in (await desk.run("menu", "show")).error
