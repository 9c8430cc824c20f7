"""People named by what they are to somebody: a name enough at a gate."""

import pytest

from bot.language import kin


@pytest.mark.parametrize(("text", "who"), [
    ("我妹妹明天下午三点来", "妹妹"), ("我妈", "妈妈"), ("俺娘明儿来", "娘"), ("我家阿姨后天来", "阿姨"), ("我外甥女周六到", "外甥女"),
    ("陈建国家的妹妹明天来", "陈建国家的妹妹"), ("我老婆她妈晚上到", "老婆她妈"), ("孩子他姥姥从老家来", "孩子他姥姥"),
    ("我妹妹的同学明天到", "妹妹的同学"), ("有个朋友晚上来我家", "朋友"), ("我的老同学们要来", "老同学"),
])  # fmt: skip
def test_relation_is_a_name_and_leaves_out_who_writes(text: str, who: str) -> None:
    assert kin.find(text) == [who]


@pytest.mark.parametrize(("text", "who"), [
    ("修空调的师傅明天来", "修空调的师傅"), ("送货的下午到", "送货的"), ("让送水的小伙子进来", "送水的小伙子"), ("有个装宽带的要上门", "装宽带的"),
])  # fmt: skip
def test_what_somebody_comes_for_is_a_name(text: str, who: str) -> None:
    assert kin.find(text) == [who]


@pytest.mark.parametrize(("text", "who"), [
    ("我妈和我爸明天来", ["妈妈", "爸爸"]), ("我妹妹、妹夫周六来", ["妹妹", "妹夫"]), ("我姐还有我弟下午到", ["姐姐", "弟弟"]),
])  # fmt: skip
def test_several_named_in_a_row_are_all_kept(text: str, who: list[str]) -> None:
    assert kin.find(text) == who


def test_who_comes_goes_before_who_is_only_spoken_of() -> None:
    assert kin.find("我妈不会用手机，我朋友明天来") == ["朋友"]


@pytest.mark.parametrize(
    "text", ["我要邀请访客", "家里要来人", "有人来看我奶奶", "我家的车明天来", "等下", "修一下的", "来客人了怎么登记", ""]
)
def test_nobody_is_made_up(text: str) -> None:
    assert kin.find(text) == []
