"""Short answers: what means yes, no, stop, a person or number two; and that no message takes long to read."""

import pytest

from bot.language import answers

READERS = (answers.is_yes, answers.is_no, answers.is_cancel, answers.is_skip, answers.wants_human)


@pytest.mark.parametrize("text", ["是的", "好的好的", "嗯嗯嗯", "对对对，没错", "可以了", "OK", "行，就这样吧", "系啊"])
def test_agreement_is_heard(text: str) -> None:
    assert answers.is_yes(text)


@pytest.mark.parametrize("text", ["算了", "算了不用了", "取消吧取消吧", "我不报修了", "不想弄了", "先不弄了", "改天再说吧"])
def test_calling_off_is_heard(text: str) -> None:
    assert answers.is_cancel(text)


@pytest.mark.parametrize("text", ["不是", "不对不对", "错了", "先不", "唔系"])
def test_refusal_is_heard(text: str) -> None:
    assert answers.is_no(text)


@pytest.mark.parametrize("text", ["好的坏了", "取消订单号是多少", "不是说今天来吗", "对面楼很吵"])
def test_word_inside_a_sentence_is_no_answer(text: str) -> None:
    assert not any(reads(text) for reads in READERS)


@pytest.mark.parametrize(
    "unit", ["算了不用了", "对", "对对", "嗯", "是的", "不要", "取消", "停", "好", "转人工", "啊", "谢谢", "第一"]
)
@pytest.mark.parametrize("count", [4, 26, 2000])
def test_repetition_with_a_tail_that_does_not_fit_is_read_at_once(unit: str, count: int) -> None:
    # With ambiguous groups the second count took seconds and the third for ever: the run itself would not end.
    text = unit * count + "，吧x"

    assert not any(reads(text) for reads in READERS)
    assert answers.pick(text, ["报修", "访客"]) is None
