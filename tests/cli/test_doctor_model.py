"""`linli doctor` says whether the language model answers, in the way and within the time of a message."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.conftest import run
from tests.dialogue.stub_model import Answer, Stub, says, sends, serving, wishes

ACCOUNT = {"WECHAT_TOKEN": "token", "WECHAT_APPID": "wx0123456789abcdef", "WECHAT_MODE": "plain"}


@pytest.fixture
async def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Stub]:
    """An endpoint that the settings name, in an empty folder."""
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    async with serving() as stub:
        for name, value in {**ACCOUNT, "MODEL_URL": stub.url, "MODEL_NAME": "qwen", "MODEL_TIMEOUT": "3"}.items():
            monkeypatch.setenv(f"LINLI_{name}", value)
        yield stub


async def test_a_model_that_answers_is_well(stub: Stub) -> None:
    stub.answer = says(wishes("demo.greet"))

    said = (await asyncio.to_thread(run, "doctor")).text

    assert "✓ language model: qwen answered in " in said
    assert "asked at most 500 times a day" in said


@pytest.mark.parametrize(
    ("answer", "fault"),
    [(sends(status=401), "status 401"), (says("你好！有什么可以帮您？"), "no JSON object"), (sends(b"<html>"), "")],
)
async def test_a_model_that_does_not_is_told_with_what_to_check(stub: Stub, answer: Answer, fault: str) -> None:
    stub.answer = answer

    said = await asyncio.to_thread(run, "doctor")

    assert said.code == 1
    assert f"✗ language model: {stub.url}: {fault}" in said.text
    assert "→ check LINLI_MODEL_URL, LINLI_MODEL_KEY and LINLI_MODEL_NAME" in said.text


async def test_a_model_that_is_late_is_told(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_MODEL_TIMEOUT", "0.05")
    stub.holds = True

    assert "✗ language model: no answer within 0.05 s" in (await asyncio.to_thread(run, "doctor")).text


async def test_without_an_address_the_doctor_says_nothing_of_a_model(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINLI_MODEL_URL")

    assert "language model" not in (await asyncio.to_thread(run, "doctor")).text
    assert stub.asked == []
