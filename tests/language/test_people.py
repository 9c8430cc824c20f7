"""Words for people: what is only cried out, what nobody is called, how many come."""

import pytest

from bot.language import people


@pytest.mark.parametrize(("text", "left"), [
    ("艾玛她又说不来了", "她又说不来了"), ("哎呀妈 他又改了", "他又改了"), ("哦豁 打错了", "打错了"), ("成 齐活儿", ""), ("我的天哪，又要改", "，又要改"),
    ("艾玛明天来", "艾玛明天来"), ("我妈 明天来", "我妈 明天来"), ("成师傅来", "成师傅来"), ("乖乖 这么快", "这么快"),
])  # fmt: skip
def test_what_is_only_cried_out_is_left_out(text: str, left: str) -> None:
    assert people.unexclaimed(text).strip() == left


@pytest.mark.parametrize(
    "words",
    [
        "哦豁",
        "哎呀妈",
        "行路嚟",
        "饮茶",
        "齐活儿",
        "走路",
        "搞定",
        "得嘞",
        "妥了",
        "车就",
        "金毛也",
        "何必呢",
        "高铁",
        "打牌",
        "乖乖",
        "欧了",
    ],
)
def test_cries_verdicts_and_doings_are_no_names(words: str) -> None:
    assert people.is_no_name(words)


@pytest.mark.parametrize(
    "words", ["上官云", "艾玛", "艾力", "二丫", "栓柱", "车晓", "成龙", "高飞", "安琪", "马力", "冼叔", "打字的师傅", "王也夫"]
)
def test_names_are_names(words: str) -> None:
    assert not people.is_no_name(words)


@pytest.mark.parametrize(("text", "before", "count"), [
    ("一共俩", 1, 2), ("就俩", 1, 2), ("他们仨", 1, 3), ("娘俩来", 1, 2), ("就现在 俩师傅", 1, 2), ("一共三口", 1, 3), ("等下他还带了个人 一共俩", 1, 2),
    ("还带了个人", 1, 2), ("再加两个人", 4, 6), ("多带个孩子", 2, 3), ("多了一个", 1, 2),
    ("自个儿", 3, 1), ("就他一个人来", 2, 1), ("就他自己", 2, 1),
    ("还有个朋友要来", 1, None), ("就一台车", 1, None), ("他自己开车", 2, None), ("两个人", 1, None),
])  # fmt: skip
def test_how_many_come_is_known_without_a_number_of_people(text: str, before: int, count: int | None) -> None:
    assert people.count(text, before) == count
