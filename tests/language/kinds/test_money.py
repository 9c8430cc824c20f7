"""Amounts of money are read whole, in fen, in every writing; a limit, a raise and pieces of something are none."""

from datetime import datetime

import pytest

from bot.language.kinds import money
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
AMOUNT = Slot(name="amount", kind=money.KIND, title="出价")


@pytest.mark.parametrize(("text", "yuan"), [
    ("我出四千块租楼下铺面", 4000), ("出到一万二", 12000), ("东门摊位我出到一千二", 1200), ("加到15000", 15000), ("我愿意出四万八", 48000), ("出价两万六", 26000),
    ("报价五百一个月租那个车棚", 500), ("我的报价改成五千", 5000), ("￥2,600", 2600), ("1.2万元", 12000), ("3千块", 3000), ("一共三块五", 3.5), ("12.80元", 12.8), ("五毛钱", 0.5),
    ("我加价到三千五", 3500), ("车位我出九万", 90000), ("壹仟贰佰元", 1200), ("押金2000块钱退给我", 2000),
])  # fmt: skip
def test_amount_is_read_in_every_writing(text: str, yuan: float) -> None:
    assert [found.value for found in money.find(text, NOW)] == [round(yuan * 100)]


@pytest.mark.parametrize("text", [
    "出三千多", "不到两千块", "再加五百", "三块地砖裂了", "一块玻璃碎了", "元旦来", "三元左右", "出门", "出两个人", "出价三到四千", "3点半", "改成四点", "改成2号", "3栋501",
])  # fmt: skip
def test_what_is_no_whole_amount_is_none(text: str) -> None:
    assert money.find(text, NOW) == []


@pytest.mark.parametrize(
    ("answer", "fen"),
    [("三千五", 350000), ("2600", 260000), ("就1.5万", 1500000), ("四千块", 400000), ("贵得很", None), ("三千多", None)],
)
def test_bare_answer_is_an_amount(answer: str, fen: int | None) -> None:
    assert Reading.of(answer, NOW).take((AMOUNT,), asked="amount").get("amount") == fen


@pytest.mark.parametrize(("fen", "said"), [(1_200_000, "12,000元"), (350, "3.50元"), (50, "0.50元")])
def test_amount_is_said_as_money_is_written(fen: int, said: str) -> None:
    assert money.KIND.say(fen, AMOUNT, NOW) == said
