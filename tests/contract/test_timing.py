"""When something goes out, as staff type it: read whole, said back, or asked about with what to write."""

from datetime import datetime

import pytest

from bot.contract import timing
from bot.contract.timing import Choices
from bot.errors import Refusal
from bot.language.recurrence.rule import SHANGHAI

#: A Monday, ten to six in the evening, a month before a year of which no days off are known.
NOW = datetime(2026, 11, 30, 17, 50, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("words", "at"), [
    ("明早八点", "12-01 08:00"), ("今晚八点", "11-30 20:00"), ("八点", "11-30 20:00"), ("下周一早上八点", "12-07 08:00"), ("周五 15:00", "12-04 15:00"),
    ("周5下午3点", "12-04 15:00"), ("12/1 8:00", "12-01 08:00"), ("2026-12-01 8:00", "12-01 08:00"), ("下午3:00发", "12-01 15:00"), ("除夕早上9点", "02-05 09:00"),
    ("三天后上午九点", "12-03 09:00"), ("半小时后", "11-30 18:20"),
])  # fmt: skip
def test_what_is_sent_once_is_read_as_clerks_type_it(words: str, at: str) -> None:
    plan = timing.by_words(words, NOW)

    assert plan.rule is None
    assert f"{plan.due_at:%m-%d %H:%M}" == at


@pytest.mark.parametrize(("words", "fault"), [
    ("现在", "要现在发，请选“现在”"), ("马上发", "要现在发，请选“现在”"), ("明天", "没有写几点。请写上钟点，例如：明天8点"), ("明天上午", "例如：明天上午9点"),
    ("今晚", "例如：今晚7点"), ("下个月1号", "没有写几点"), ("元旦", "没有写几点"), ("三天后", "没有写几点"), ("月底 9点", "“月底”是哪一天？请写日期和钟点，例如：12月1日 9:00"),
    ("这个周末", "“这个周末”是哪一天"), ("周一早上八点", "“周一早上八点”是11月30日（周一）08:00，已经过了。请写以后的时间，例如：下周一早上八点"),
    ("今天8:00", "11月30日（周一）08:00，已经过了。请写以后的时间，例如：明天 08:00"), ("今天下午5点", "已经过了"), ("明天八点后天九点", "看不懂"), ("随便", "看不懂"),
])  # fmt: skip
def test_what_says_no_moment_to_come_is_asked_about_with_what_to_write(words: str, fault: str) -> None:
    with pytest.raises(Refusal) as refused:
        timing.by_words(words, NOW)

    assert fault in str(refused.value)
    assert refused.value.english != str(refused.value)


def test_time_as_a_clock_shows_it_is_never_moved_to_the_evening() -> None:
    for words in ("8:00", "12月1日 8:00"):
        assert f"{timing.by_words(words, NOW).due_at:%m-%d %H:%M}" == "12-01 08:00"


@pytest.mark.parametrize(("choices", "said", "times"), [
    ({}, "每周六 09:00", ["10-03", "10-10", "10-17"]), ({"holidays": "skip"}, "每周六 09:00，节假日跳过", ["10-10", "10-17", "10-24"]),
    ({"worked": "skip"}, "每周六 09:00，调休上班的周末跳过", ["10-03", "10-17", "10-24"]), ({"holidays": "skip", "worked": "skip"}, "每周六 09:00，节假日跳过，调休上班的周末跳过", ["10-17", "10-24", "10-31"]),
    ({"until": "2026-10-10"}, "每周六 09:00，到2026年10月10日为止", ["10-03", "10-10"]),
])  # fmt: skip
def test_holidays_worked_weekends_and_the_last_day_are_picked_beside_the_words(
    choices: dict[str, str], said: str, times: list[str]
) -> None:
    now = datetime(2026, 9, 30, 10, tzinfo=SHANGHAI)  # 2026-10-01 to 10-07 are off, Saturday 10-10 is worked instead

    for words in ("每周六 9点", "0 9 * * sat"):
        rule = timing.by_words(words, now, choices=Choices(**choices)).rule
        assert rule is not None
        assert (rule.said, [f"{at:%m-%d}" for at in rule.coming(now, 3)]) == (said, times)
        assert timing.fields(rule) is not None
        form = {**(timing.fields(rule) or {}), "when": "rule"}
        assert timing.by_fields(form, now).rule == rule, "the fields of the form say the same"


@pytest.mark.parametrize(("choices", "fault"), [
    ({"holidays": "x"}, "请选碰到节假日怎么办"), ({"worked": "x"}, "请选调休上班的周末怎么办"), ({"until": "x"}, "请选到哪天为止"), ({"until": "2026-01-01"}, "已经过了最后一天"),
])  # fmt: skip
def test_what_cannot_be_picked_is_refused(choices: dict[str, str], fault: str) -> None:
    with pytest.raises(Refusal, match=fault):
        timing.by_words("每天 9点", NOW, choices=Choices(**choices))


def test_dates_of_a_year_whose_days_off_are_not_announced_come_with_a_warning() -> None:
    shown = timing.show(timing.by_words("每月第一个工作日 9点", NOW), NOW)

    assert shown.times[:3] == ["12月1日（周二）09:00", "2027年1月4日（周一）09:00", "2027年2月1日（周一）09:00"]
    assert shown.remark.startswith("2027 年的放假和调休安排，这里还没有（只到 2026 年）")
