"""What is said after an alarm, as tables both ways."""

import pytest

from bot import config
from bot.dialogue.understanding import read_judge
from bot.language.danger import aftermath
from bot.language.danger.sorts import Danger
from bot.language.reading import ANY_TIME, Reading

JUDGE = read_judge(config.shipped("data"))


@pytest.mark.parametrize(("text", "is_so"), [
    ("误报", True), ("没事了", True), ("虚惊一场", True), ("搞错了，不用来了", True), ("火灭了", True), ("锅盖扣上了 灭了灭了", True), ("已经扑灭了", True), ("明火都灭了", True), ("灯灭了", False), ("人出来了", True), ("取消", True), ("孩子找到了", True), ("找到孩子了", True),
    ("没事了吗", False), ("火还没灭", False), ("怎么没事了", False), ("人跑出来了", False), ("烟更大了", False),
    ("火灭了，可是我妈晕倒了", False), ("火灭了又着起来了", False), ("人救出来了，还有一个困着", False), ("没事了，楼上又开始冒烟", False),
    ("刚才说着火是误报", True), ("没事了，谢谢你们", True),
    ("送医院了 谢谢", True), ("好了 到医院了", True), ("已经在医院了", True), ("上救护车了", True), ("还没到医院", False), ("要送医院了吗", False), ("去哪个医院", False),
    ("不是困住 是误会", True), ("不是着火，是看错了", True), ("不是误会 真的出不来", False), ("算了", False), ("算了吧", False), ("不用了", True), ("下次再说", False),
    ("人没事，就是出不来", False), ("并无明火，请勿惊动消防", True), ("不用报警了", True),
    ("孩子38.5 我36.8 老公没事", False), ("水从墙里漫出来了", False), ("烟窜出来了", False), ("哦不用了 出来了", True), ("别报警，我怕", False), ("求你不要报警，他会打死我", False),
])  # fmt: skip
def test_who_says_that_all_is_well_is_heard(text: str, is_so: bool) -> None:
    assert aftermath.is_over(Reading.of(text, ANY_TIME), JUDGE) is is_so


@pytest.mark.parametrize(("text", "danger"), [
    ("煤气味 没事了已经关了", Danger.GAS), ("电梯也好了 人出来了", Danger.LIFT), ("哦不用了 出来了", Danger.LIFT), ("我老妈刚才摔了一跤 现在没事", Danger.FALL), ("他们不打架了 没事了", Danger.CRIME),
    ("到医院了", Danger.MEDICAL), ("孩子找到了", Danger.MISSING), ("狗拴住了 没事了", Danger.ANIMAL),
])  # fmt: skip
def test_who_says_what_is_over_is_heard(text: str, danger: Danger) -> None:
    assert danger in aftermath.named(text)


@pytest.mark.parametrize("text", ["没事了", "没事了 走了", "误报", "取消", "好了"])
def test_who_does_not_say_what_is_over_names_nothing(text: str) -> None:
    assert not aftermath.named(text)


@pytest.mark.parametrize(("text", "is_so"), [
    ("救护车进来了", True), ("消防到了", True), ("你们的人到了", True), ("警察来了吗", False), ("消防还没到", False), ("救护车怎么还没来", False), ("到了", False),
    ("救护车来了，我爸没呼吸了", False), ("消防到了，里面还有人", False), ("消防到了，火灭了", True),
])  # fmt: skip
def test_who_says_that_help_is_there_is_heard(text: str, is_so: bool) -> None:
    assert aftermath.is_helped(Reading.of(text, ANY_TIME), JUDGE) is is_so


@pytest.mark.parametrize(("text", "is_so"), [
    ("120", True), ("打119！", True), ("一二零", True), ("幺幺零", True), (" 110 。", True), ("120块", False), ("1201", False), ("房号120", False), ("", False),
])  # fmt: skip
def test_a_number_that_one_calls_is_known(text: str, is_so: bool) -> None:
    assert aftermath.is_number(text) is is_so


@pytest.mark.parametrize(("text", "told", "is_so"), [
    ("老公没事", "孩子抽筋了叫不醒", True), ("我老公没事", "孩子抽筋了\n孩子38.5 老公没事", True), ("孩子没事了", "孩子抽筋了", False), ("儿子好了", "孩子抽筋了", False),
    ("没事了", "孩子抽筋了", False), ("我妈没事了", "老人晕倒了", False), ("老公没事", "我胸口疼", True), ("老公没事", "厨房有煤气味", False),
])  # fmt: skip
def test_who_is_fine_is_told_apart_from_who_was_in_danger(text: str, told: str, is_so: bool) -> None:
    assert aftermath.is_of_another(text, told) is is_so
