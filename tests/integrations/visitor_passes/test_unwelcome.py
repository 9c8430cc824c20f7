"""Who does not want somebody to come, and whose words only sound like it."""

from __future__ import annotations

import pytest

from integrations.visitor_passes.unwelcome import _REFUSES


@pytest.mark.parametrize(
    ("words", "who"),
    [("我不同意我儿子来", "儿子"), ("不让我妹妹来", "妹妹"), ("不希望我前夫来小区", "前夫"), ("别让我前妻进来", "前妻"), ("我反对我婆婆住进来", "婆婆"), ("不准那个推销的上门", "那个推销的")],
)  # fmt: skip
def test_who_shall_not_come_is_named(words: str, who: str) -> None:
    said = _REFUSES.fullmatch(words)
    assert said is not None
    assert said["who"] == who


@pytest.mark.parametrize(
    "words",
    [
        "保安不让我妹妹进来",
        "你们不让我妹妹进",
        "我妹妹明天来",
        "我不想来回跑",
        "不想让师傅来不及吃饭",
        "不同意涨物业费",
        "不允许来电显示",
    ],
)
def test_other_words_name_nobody(words: str) -> None:
    assert _REFUSES.fullmatch(words) is None
