"""Forms as values: what an answer changes, what is asked next. No database."""

from datetime import datetime, timedelta

import pytest

from bot import config
from bot.dialogue import forms
from bot.dialogue.forms import Form, Stage
from bot.dialogue.understanding import Understanding
from bot.language import files
from bot.language.files import Intent
from bot.language.reading import Reading

AT_THREE = datetime.fromisoformat("2026-03-12T15:00:00+08:00")
ALL = {"recipient": "王芳", "starts_at": AT_THREE, "box": "big"}


@pytest.fixture
def parcel(understanding: Understanding) -> Intent:
    return understanding.catalogue.intents["parcel.send"]


def open_form(parcel: Intent, **values: object) -> Form:
    return forms.proceed(forms.begin(parcel, values), parcel).form


def test_the_first_open_question_is_the_first_slot_that_is_missing(parcel: Intent) -> None:
    step = forms.proceed(forms.begin(parcel, {"recipient": "王芳"}), parcel)

    assert (step.kind, step.slot) == ("asks", "starts_at")
    assert list(step.form.menu.values()) == ["今天下午", "明天上午"]


def test_an_opening_message_with_all_that_is_required_is_not_asked_for_the_rest(parcel: Intent) -> None:
    assert forms.proceed(forms.begin(parcel, ALL), parcel).kind == "confirms"


def test_a_form_filled_by_answers_asks_once_for_what_may_be_skipped(parcel: Intent, now: datetime) -> None:
    form = open_form(parcel, recipient="王芳", starts_at=AT_THREE)
    filled = forms.answer(form, parcel, Reading.of("大箱子", now))

    assert filled is not None
    step = forms.proceed(filled, parcel)
    assert (step.kind, step.slot) == ("asks", "note")
    skipped = forms.answer(step.form, parcel, Reading.of("没有", now))
    assert skipped is not None
    assert forms.proceed(skipped, parcel).kind == "confirms"
    assert "note" not in forms.given(skipped)


@pytest.mark.parametrize("picked", ["2", "２", "二", "第二个", "大箱子", "选2"])
def test_a_menu_is_answered_by_number_or_by_words(parcel: Intent, now: datetime, picked: str) -> None:
    form = open_form(parcel, recipient="王芳", starts_at=AT_THREE)
    filled = forms.answer(form, parcel, Reading.of(picked, now))

    assert filled is not None
    assert filled.values == {**form.values, "box": "big"}


def test_a_suggested_time_is_read_as_if_it_had_been_typed(parcel: Intent, now: datetime) -> None:
    form = open_form(parcel, recipient="王芳")

    assert forms.suggestion(form, "2") == "明天上午"
    assert forms.suggestion(form, "明天下午三点到五点都行") == "明天下午三点到五点都行"


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("时间改成四点", "starts_at", AT_THREE + timedelta(hours=1)),
        ("不对，是后天", "starts_at", AT_THREE + timedelta(days=1)),
        ("不是王芳是李雷", "recipient", "李雷"),
        ("王芳改成王小明", "recipient", "王小明"),
        ("名字改成李雷", "recipient", "李雷"),
        ("换成小箱子", "box", "small"),
    ],
)
def test_what_was_read_back_can_be_corrected(parcel: Intent, now: datetime, said: str, slot: str, value: object) -> None:
    form = open_form(parcel, **ALL)
    changed = forms.answer(form, parcel, Reading.of(said, now))

    assert form.stage is Stage.CONFIRM
    assert changed is not None
    assert changed.values == {**ALL, slot: value}
    assert forms.proceed(changed, parcel).kind == "confirms"


def test_a_value_said_while_another_is_asked_for_is_kept(parcel: Intent, now: datetime) -> None:
    form = open_form(parcel)
    filled = forms.answer(form, parcel, Reading.of("两个人搬，大箱子", now))

    assert form.asking == "recipient"
    assert filled is not None
    assert filled.values == {"people": 2, "box": "big"}


@pytest.mark.parametrize("said", ["天气真好啊", "哈哈", "？", ""])
def test_words_that_say_nothing_about_the_form_change_nothing(parcel: Intent, now: datetime, said: str) -> None:
    assert forms.answer(open_form(parcel, recipient="王芳"), parcel, Reading.of(said, now)) is None


def test_saying_again_what_is_known_is_no_answer_to_the_confirmation(parcel: Intent, now: datetime) -> None:
    assert forms.answer(open_form(parcel, **ALL), parcel, Reading.of("大箱子", now)) is None


def test_nothing_is_booked_in_the_past_but_today_is_not_over(parcel: Intent, now: datetime) -> None:
    today = now.replace(hour=0)

    for moment in (now - timedelta(hours=1), today - timedelta(days=1)):
        past = forms.is_past(open_form(parcel, **ALL | {"starts_at": moment}), parcel, now)
        assert past is not None
        assert past.name == "starts_at"
    for moment in (now - timedelta(minutes=4), today, now + timedelta(minutes=1)):
        assert forms.is_past(open_form(parcel, **ALL | {"starts_at": moment}), parcel, now) is None


@pytest.mark.parametrize(
    ("said", "slot"),
    [("时间", "starts_at"), ("时间不对", "starts_at"), ("要改收件人", "recipient"), ("改名字", "recipient"), ("箱子不对", "box")],
)
def test_naming_a_slot_at_the_confirmation_means_to_change_it(parcel: Intent, said: str, slot: str) -> None:
    found = forms.meant(open_form(parcel, **ALL), parcel, said)

    assert found is not None
    assert found.name == slot
    assert forms.meant(open_form(parcel, recipient="王芳"), parcel, said) is None


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("楼道", "3栋2单元", "3栋2单元楼道"),
        ("3栋2单元", "楼道", "3栋2单元楼道"),
        ("楼道", "车库", "车库"),
        ("3栋楼道", "3栋2单元", "3栋2单元"),
        ("楼道", "不对，是3栋2单元", "3栋2单元"),
    ],
)
def test_a_flat_and_a_place_said_one_after_the_other_belong_together(
    understanding: Understanding, now: datetime, before: str, said: str, after: str
) -> None:
    lamp = understanding.catalogue.intents["lamp.report"]
    changed = forms.answer(Form(intent=lamp.id, values={"place": before}, stage=Stage.CONFIRM), lamp, Reading.of(said, now))

    assert changed is not None
    assert changed.values["place"] == after


def test_what_was_talked_over_must_be_read_back_again(parcel: Intent) -> None:
    form = open_form(parcel, **ALL)

    assert forms.talked_over(form).stage is Stage.REREAD
    assert forms.talked_over(open_form(parcel)) == open_form(parcel)


def test_a_form_keeps_the_first_words_and_the_last_ones_of_somebody_who_goes_on_and_on(parcel: Intent) -> None:
    form = Form(intent="a", words=("灯坏了",))
    for number in range(100):
        form = forms.heard(form, f"{number}{'啊' * 600}", parcel)

    assert sum(map(len, form.words)) <= forms.LONGEST
    assert (form.words[0], form.words[-1][:2]) == ("灯坏了", "99")


def test_at_most_two_forms_wait_and_none_of_them_twice() -> None:
    four = Form(intent="a", outer=Form(intent="b", stage=Stage.CONFIRM, outer=Form(intent="c", outer=Form(intent="d"))))

    kept = forms.aside(four, "e")
    assert [form.intent for form in forms.chain(kept)] == ["a", "b"]
    assert [form.stage for form in forms.chain(kept)] == [Stage.FILLING, Stage.REREAD]
    assert [form.intent for form in forms.chain(forms.aside(four, "a"))] == ["b", "c"]


@pytest.mark.parametrize(
    ("said", "place"),
    [("灯坏了", None), ("跳闸了", "家里"), ("充电桩跳闸了", "充电棚"), ("厨房", "厨房"), ("厨房的灯坏了", "厨房")],
)
def test_what_is_broken_is_no_place(said: str, place: str | None, now: datetime) -> None:
    folder = config.shipped("intents")
    texts = {path: (folder / path).read_text("utf-8") for path in ("_common.yaml", "repair/report.yaml")}
    repair = files.load(texts).intents["repair.report"]
    where = next(slot for slot in repair.slots if slot.name == "location")

    changed = forms.answer(forms.ask(forms.begin(repair, {"category": "water"}), where), repair, Reading.of(said, now))

    assert (changed.values.get("location") if changed is not None else None) == place
