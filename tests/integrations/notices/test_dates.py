"""What a notice of some days ago calls 明天 stands with its date."""

from datetime import datetime, timedelta

import pytest

from bot.model import SHANGHAI
from integrations.notices.dates import dated

MONDAY = datetime(2026, 10, 12, 16, tzinfo=SHANGHAI)
LATER = MONDAY + timedelta(days=48)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("明天 9:00 到 15:00 停水。", "明天（10月13日） 9:00 到 15:00 停水。"), ("今天下午年检，明晚冲洗", "今天（10月12日）下午年检，明晚（10月13日）冲洗"),
        ("大后天和后天", "大后天（10月15日）和后天（10月14日）"), ("周五上午", "周五（10月16日）上午"), ("周一开始", "周一（10月12日）开始"),
        ("下周一到周三，检查楼道", "下周一（10月19日）到周三（10月21日），检查楼道"), ("本周三到周五清洗", "本周三（10月14日）到周五（10月16日）清洗"),
        ("从下周起，投放点搬走", "从下周（10月19日到10月25日）起，投放点搬走"), ("星期天不上班", "星期天（10月18日）不上班"),
    ],
)  # fmt: skip
def test_a_day_named_by_when_it_was_told_is_followed_by_its_date(told: str, read: str) -> None:
    assert dated(told, MONDAY, LATER) == read


@pytest.mark.parametrize(
    "told",
    [
        "每周五下午消杀。",
        "明天（10月13日）停水。",
        "明天10月13日停水",
        "周五（16号）停电",
        "10月13日 9:00 停水。",
        "早 7 点到 9 点",
    ],
)
def test_what_recurs_or_has_its_date_stays_as_it_is(told: str) -> None:
    assert dated(told, MONDAY, LATER) == told


def test_on_the_day_itself_nothing_is_added() -> None:
    assert dated("明天停水", MONDAY, MONDAY + timedelta(hours=5)) == "明天停水"


def test_weekday_that_is_over_by_then_is_the_next_one() -> None:
    assert dated("周一停水", MONDAY + timedelta(days=2), LATER) == "周一（10月19日）停水"
