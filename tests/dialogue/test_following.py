"""What is said of something done before, as rows: how the talk stands, what is said, the step in one line (town.outline). No database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue import steps
from bot.dialogue.decide import decide
from bot.dialogue.said import Said
from bot.dialogue.standing import Person, Standing
from tests.dialogue.town import CALM, FACTS, LAMP, LAMP_DONE, NOW, SENT, next_step, perhaps, surely, words

SENT_DONE = Standing(subjects=(SENT,))
BOTH = Standing(subjects=(SENT, LAMP))
OLD = Standing(subjects=(replace(SENT, at=NOW - timedelta(hours=2)),))
OLD_LAMP = Standing(subjects=(replace(LAMP, at=NOW - timedelta(hours=2)),))

CALLED: list[tuple[Standing, Said, str]] = [
    (LAMP_DONE, words("不用来了"), "confirm lamp.cancel"),
    (LAMP_DONE, words("灯修好了！"), "confirm lamp.cancel"),
    (LAMP_DONE, words("不用来了 我儿子会弄"), "confirm lamp.cancel"),
    (LAMP_DONE, words("怎么还没来？"), "do lamp.chase about lamp:7"),
    (BOTH, words("怎么还没来？"), "do lamp.chase about lamp:7"),  # nothing chases a parcel
    (CALM, words("怎么还没来？"), "inform, else say dont_know"),
    (LAMP_DONE, words("隔壁老王家那盏早就装上去的灯，他说不用来了，可是我们家还没人来看过呢"), "amend lamp:7"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), CALLED)
def test_what_follows_something_done_starts_what_its_file_says(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


def test_the_newest_of_two_is_meant_and_can_be_named_by_what_only_it_has() -> None:
    two = Standing(subjects=(replace(LAMP, about="lamp:9"), LAMP))

    assert next_step(two, words("怎么还没来")) == "do lamp.chase about lamp:9"


def test_what_was_done_is_taken_along_into_the_form() -> None:
    step = decide(LAMP_DONE, words("不用来了"), FACTS)

    assert step.standing.form is not None
    assert (step.standing.form.about, step.standing.form.words) == ("lamp:7", ("不用来了",))


CHANGES: list[tuple[Standing, Said, str]] = [
    # corrections, whenever
    (SENT_DONE, words("改成后天下午三点"), "amend parcel:8 starts_at"),
    (OLD, words("改成后天下午三点"), "amend parcel:8 starts_at"),
    (SENT_DONE, perhaps("不是王芳，是李雷", parcel__send=0.6), "amend parcel:8 recipient"),
    (LAMP_DONE, surely("不是楼道是车库", "lamp.report"), "amend lamp:7 place"),  # opens no second one
    # what adds to it, soon after
    (SENT_DONE, words("两个人搬"), "amend parcel:8 people"),
    (OLD, words("两个人搬"), "say unknown"),
    (SENT_DONE, words("明天下午三点"), "say at_ease"),  # so it is already
    # of two things done, the one that can hold it
    (BOTH, words("改成车库"), "amend lamp:7 place"),
    (Standing(subjects=(LAMP, SENT)), words("两个人搬"), "amend parcel:8 people"),
    # how many there are now, held against before
    (OLD, words("又多了一个，总共三个人"), "amend parcel:8 people"),
    (OLD, surely("登记人口，总共三个人", "meter.read"), "amend parcel:8 people"),
    # the same visit: who is known, and no day of its own
    (SENT_DONE, surely("王芳下午四点才有空", "parcel.send"), "amend parcel:8 starts_at"),
    (SENT_DONE, surely("寄给王芳，后天下午四点，小箱子", "parcel.send"), "confirm parcel.send"),
    # a worry asks for no answer before what it tells is taken
    (SENT_DONE, words("两个人搬，要紧不"), "amend parcel:8 people"),
    (SENT_DONE, words("两个人搬，是不是要加钱"), "inform, else say dont_know"),
    # who was spoken of before
    (SENT_DONE, surely("他两个人来", "lamp.report", 0.8), "amend parcel:8 people"),
    # another wish is no change
    (SENT_DONE, surely("再寄一个给李雷，后天下午三点，小箱子", "parcel.send"), "confirm parcel.send"),
    (SENT_DONE, surely("登记人口，三个人", "meter.read"), "do meter.read"),
    (LAMP_DONE, perhaps("大箱子寄给王芳，明天下午三点", parcel__send=0.7), "understood; confirm parcel.send"),
    (LAMP_DONE, perhaps("明天下午三点来看就行", parcel__send=0.5), "amend lamp:7 comes_at"),  # for a parcel more would have to be said
    # a question changes nothing
    (SENT_DONE, words("两个人搬要多少钱？"), "inform, else say dont_know"),
    (SENT_DONE, words("改成后天下午三点行吗？"), "amend parcel:8 starts_at"),
    # nothing was done
    (CALM, words("改成后天下午三点"), "say unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), CHANGES)
def test_a_change_of_something_done_changes_it(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


def test_a_change_carries_the_words_and_only_what_is_new() -> None:
    step = decide(SENT_DONE, words("改成后天下午三点，寄给王芳"), FACTS)

    assert isinstance(step, steps.Amend)
    assert (list(step.values), step.words) == (["starts_at"], "改成后天下午三点，寄给王芳")


POWER = replace(LAMP, about="lamp:6", values={"place": "车库", "fault": "socket"})
LIGHT = replace(LAMP, about="lamp:7", values={"place": "楼道", "fault": "bulb"})
TWO_FAULTS = Standing(subjects=(LIGHT, POWER))

MEANT: list[tuple[Said, str]] = [
    (words("插座那个不用来了"), "confirm lamp.cancel"),
    (words("插座那个不用来了 我自己换了"), "confirm lamp.cancel"),
    (words("插座那边，急"), "amend lamp:6 urgent"),
    (words("急"), "amend lamp:7 urgent"),
    (words("插座在车库最里面"), "amend lamp:6"),  # of the other one nothing is changed
]


@pytest.mark.parametrize(("said", "step"), MEANT)
def test_of_several_things_the_one_is_meant_that_is_spoken_of(said: Said, step: str) -> None:
    assert next_step(TWO_FAULTS, said) == step


def test_the_thing_that_is_called_off_is_the_one_spoken_of() -> None:
    step = decide(TWO_FAULTS, words("插座那个不用来了"), FACTS)

    assert step.standing.form is not None
    assert step.standing.form.about == "lamp:6"


REMARKS: list[tuple[Standing, Said, str]] = [
    (LAMP_DONE, words("就是电梯口那盏最大的"), "amend lamp:7"),
    (LAMP_DONE, perhaps("就是电梯口那盏最大的", lamp__report=0.6), "amend lamp:7"),
    (LAMP_DONE, perhaps("想寄个箱子", parcel__send=0.75), "understood; ask parcel.send recipient"),
    (LAMP_DONE, words("要多少钱？"), "say dont_know"),  # of the lamp, not of parking
    (OLD_LAMP, words("就是电梯口那盏最大的"), "say unknown"),
    (SENT_DONE, words("就是电梯口那盏最大的"), "say unknown.after"),  # a parcel keeps no remarks
    (replace(LAMP_DONE, person=Person.ASKED), words("就是电梯口那盏最大的"), "join 就是电梯口那盏最大的"),
    (LAMP_DONE, surely("谢谢", "smalltalk.thanks"), "do smalltalk.thanks"),
    (LAMP_DONE, words("好的"), "say acknowledged"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), REMARKS)
def test_words_that_mean_nothing_by_themselves_are_kept_beside_what_was_just_done(
    standing: Standing, said: Said, step: str
) -> None:
    assert next_step(standing, said) == step


KEEPS_PARCELS = replace(FACTS, keeping={"lamp.report", "parcel.send"})

OF_PEOPLE: list[tuple[Said, str]] = [
    # of whoever is expected, though something else is likelier heard
    (words("她带了个大箱子"), "amend parcel:8"),
    (perhaps("她耳朵背", lamp__report=0.64), "amend parcel:8"),
    (perhaps("王芳耳朵背", lamp__report=0.64), "amend parcel:8"),
    (perhaps("带了两条狗", lamp__report=0.57), "amend parcel:8"),
    (perhaps("是来修空调的", lamp__report=0.76), "amend parcel:8"),
    (perhaps("到了给我打电话", lamp__report=0.56), "amend parcel:8"),
    (perhaps("会晚一点", smalltalk__thanks=0.5), "amend parcel:8"),
    (perhaps("耳朵背，说话得大声", smalltalk__thanks=0.45), "amend parcel:8"),
    (perhaps("我耳朵背", smalltalk__thanks=0.45), "do smalltalk.thanks"),
    (words("麻烦保安指下路"), "amend parcel:8"),
    # what sounds like the wish itself, and wishes for nobody else
    (perhaps("从东门进", parcel__send=0.58), "amend parcel:8"),
    (surely("别拦着", "parcel.send", 0.98), "amend parcel:8"),
    (surely("再开一张通行证", "parcel.send"), "understood.sure; ask parcel.send recipient"),
    (perhaps("还有一个朋友也来", parcel__send=0.7), "amend parcel:8 people"),
    (perhaps("再办一张", parcel__send=0.7), "understood; ask parcel.send recipient"),
    # nothing to do with them
    (words("我想打牌"), "say unknown.after"),
    (words("你说得对"), "say unknown.after"),
    (words("她要退钱"), "say unknown.after"),
    (perhaps("他家太吵了", lamp__report=0.76), "understood; ask lamp.report place"),
    (surely("顺便楼道灯坏了", "lamp.report"), "do lamp.report"),
    (surely("谢谢", "smalltalk.thanks"), "do smalltalk.thanks"),
    (words("谢谢啊"), "say acknowledged"),
    (words("几点关门"), "inform, else say dont_know"),
    (words("她几点能进来"), "inform, else say dont_know"),
    (words("门卡丢了", known=0.95), "inform, else say unknown.after"),
    # danger
    (surely("她晕倒了", "emergency.fire"), "sound emergency.fire"),
    (perhaps("她头晕", emergency__fire=0.5), "say unsure"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "step"), OF_PEOPLE)
def test_after_a_job_about_somebody_only_what_is_said_of_them_is_kept(said: Said, step: str) -> None:
    assert next_step(SENT_DONE, said, KEEPS_PARCELS) == step


LEFT_OPEN: list[tuple[Said, str]] = [
    (words("随时来"), "say at_ease"), (words("随时来 谢谢"), "say at_ease"), (words("随时来 钥匙在鞋柜里"), "amend lamp:7"),
    (words("随时来 几点都行"), "say at_ease"), (words("没开车 喝酒开啥车啊"), "say at_ease"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "step"), LEFT_OPEN)
def test_what_stands_beside_whenever_you_like_is_kept(said: Said, step: str) -> None:
    assert next_step(LAMP_DONE, said) == step
