"""Rules of recurrence: what people write, the days it means, and what holidays change. Pure: no database, no clock."""

from datetime import date, datetime, time, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from bot.errors import Refusal
from bot.language.recurrence import Holidays, Recurrence, cron, holidays, spoken
from bot.language.recurrence.rule import MOST, SHANGHAI, Daily, Monthly, NthWeekday, Weekly, Workdays, day_words

#: A Wednesday morning.
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def dates(rule: Recurrence, count: int = 3, after: datetime = NOW) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in rule.coming(after, count)]


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(("words", "said", "first"), [
    ("每天早上八点", "每天 08:00", "03-12 08:00"), ("每日 18:30", "每天 18:30", "03-11 18:30"), ("每周一早上八点", "每周一 08:00", "03-16 08:00"),
    ("每周一三五 9:30", "每周一、三、五 09:30", "03-13 09:30"), ("每周１、３、５　９：３０", "每周一、三、五 09:30", "03-13 09:30"),
    ("每个礼拜天晚上七点半", "每周日 19:30", "03-15 19:30"), ("每個星期一和星期四 8點", "每周一、四 08:00", "03-12 08:00"),
    ("每周一到周五 8点", "每周一、二、三、四、五 08:00", "03-12 08:00"), ("每周末上午十点", "每周六、日 10:00", "03-14 10:00"),
    ("每周一三点", "每周一 15:00", "03-16 15:00"), ("工作日上午9点", "工作日 09:00", "03-12 09:00"), ("每个工作日8:30", "工作日 08:30", "03-12 08:30"),
    ("每月1号 9点", "每月1号 09:00", "04-01 09:00"), ("每月十五日上午十点", "每月15号 10:00", "03-15 10:00"),
    ("每个月的1号、15号9点", "每月1号、15号 09:00", "03-15 09:00"), ("每月最后一天", "每月最后一天 09:00", "03-31 09:00"),
    ("每月底17点", "每月最后一天 17:00", "03-31 17:00"), ("每月第一个周一 9点", "每月第一个周一 09:00", "04-06 09:00"),
    ("每月最后一个周五下午3点", "每月最后一个周五 15:00", "03-27 15:00"), ("每季度第一天", "每季度第一天 09:00", "04-01 09:00"),
    ("每季度最后一天17点", "每季度最后一天 17:00", "03-31 17:00"), ("每季度末月5号 9点", "每季度第3个月5号 09:00", "06-05 09:00"), ("每季度首月5号", "每季度第1个月5号 09:00", "04-05 09:00"),
    ("每年最后一天 18点", "每年12月最后一天 18:00", "12-31 18:00"), ("每季度第二个月5号 9点", "每季度第2个月5号 09:00", "05-05 09:00"),
    ("每年3月12日", "每年3月12日 09:00", "03-12 09:00"), ("每年1月、7月1号 9点", "每年1、7月1号 09:00", "07-01 09:00"),
    ("每两周周五", "每两周周五 09:00", "03-13 09:00"), ("隔周的周二 8:00", "每两周周二 08:00", "03-17 08:00"),
    ("每隔一周的周五 15:00", "每两周周五 15:00", "03-13 15:00"), ("隔天 8:00", "每两天 08:00", "03-12 08:00"), ("每3天 8点", "每3天 08:00", "03-12 08:00"),
    ("每天早上八点和晚上八点", "每天 08:00、20:00", "03-11 20:00"), ("每天晚上7点、9点", "每天 19:00、21:00", "03-11 19:00"),
    ("每天三点", "每天 15:00", "03-11 15:00"), ("每天 3:00", "每天 03:00", "03-12 03:00"), ("天天八点半发", "每天 08:30", "03-12 08:30"),
    ("每周一早上八点，节假日跳过", "每周一 08:00，节假日跳过", "03-16 08:00"), ("每月1号9点，遇节假日顺延", "每月1号 09:00，节假日顺延到下一个工作日", "04-01 09:00"),
    ("每天8点（节假日除外）", "每天 08:00，节假日跳过", "03-12 08:00"), ("每天8点，节假日照发", "每天 08:00", "03-12 08:00"),
])  # fmt: skip
def test_words_are_read_and_said_back_with_their_first_time(words: str, said: str, first: str) -> None:
    rule = spoken.read(words, NOW)

    assert (rule.said, dates(rule, 1)) == (said, [first])


@pytest.mark.parametrize(("words", "fault"), [
    ("", "请写多久发一次，例如：每天早上八点"), ("每", "“每”看不懂。可以这样写"), ("明天八点", "看不懂"), ("每周八 9点", "看不懂"),
    ("每周五至周一 9点", "看不懂"), ("每月32号 9点", "看不懂"), ("每周一 25:00", "里的“25:00”看不懂"), ("每天八点随便", "里的“随便”看不懂"),
    ("每天早上", "没有写几点。请写上钟点"), ("每天晚上12点", "请写成后一天的时间"), ("每天" + "八点" * 50, "看不懂"),
    ("每年2月30日 9点", "永远不会到"), ("每年10月1日 9点，节假日跳过", "或者每次都碰上节假日"), ("每年4月31日", "请改日期，例如"),
    ("每天8点、9点、10点、11点、12点", "一天要发 5 次"), ("每小时", "一天要发 24 次"), ("每半小时", "一天要发 48 次"), ("每隔2个小时", "一天要发 12 次"),
    ("每分钟", "一天最多 4 次，请少写几个钟点"),
])  # fmt: skip
def test_words_that_say_no_rule_are_refused_with_what_to_write(words: str, fault: str) -> None:
    with pytest.raises(Refusal, match=fault) as refused:
        spoken.read(words, NOW)

    assert refused.value.english != str(refused.value)


@pytest.mark.parametrize("words", ["每天八点", "隔天八点", "天天八点", "工作日9点", "逢周三9点", " 每周一9点"])
def test_what_recurs_is_told_from_what_comes_once(words: str) -> None:
    assert spoken.recurs(words)
    assert not spoken.recurs("明天下午三点")


_CLOCKS = st.sets(st.times().map(lambda one: one.replace(second=0, microsecond=0)), min_size=1, max_size=MOST).map(
    lambda found: tuple(sorted(found))
)
_WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
_MONTH_DAYS = st.sets(st.integers(1, 31) | st.just(-1), min_size=1, max_size=4).map(
    lambda found: tuple(sorted(found, key=lambda day: day % 100))
)
_MONTHS = st.sets(st.integers(1, 12), min_size=1).map(lambda found: tuple(sorted(found)))
RULES = st.builds(
    Recurrence,
    days=st.one_of(
        st.builds(Daily, interval=st.integers(1, 30)), st.just(Workdays()),
        st.builds(Weekly, weekdays=_WEEKDAYS, interval=st.integers(1, 10)), st.builds(Monthly, days=_MONTH_DAYS, months=_MONTHS),
        st.builds(NthWeekday, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), weekday=st.integers(0, 6)),
    ),
    clocks=_CLOCKS,
    holidays=st.sampled_from(Holidays),
)  # fmt: skip
MOMENTS = st.integers(0, 15 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)


@given(rule=RULES, after=MOMENTS)
def test_any_rule_is_read_again_from_its_own_words_and_from_what_is_kept(rule: Recurrence, after: datetime) -> None:
    begun = rule.begun(after)
    assert Recurrence.from_json(begun.to_json()) == begun
    if begun.next(after) is not None:
        assert spoken.read(rule.said, after) == begun


@given(rule=RULES, after=MOMENTS)
def test_times_come_in_order_later_than_asked_on_days_of_the_rule(rule: Recurrence, after: datetime) -> None:
    begun = rule.begun(after)
    found = begun.coming(after, 5)

    assert list(found) == sorted(set(found))
    for moment in found:
        assert moment > after
        assert moment.time() in rule.clocks
        assert begun.next(moment - timedelta(microseconds=1)) == moment
        if rule.holidays is not Holidays.SEND:
            assert not holidays.name_of(moment.date())
        if rule.holidays is not Holidays.POSTPONE:
            assert begun.days.hits(moment.date())


# ------------------------------------------------------------------ holidays


@pytest.mark.parametrize(("words", "after", "found"), [
    # 2026-10-01 to 10-07 are off, Saturday 10-10 is worked instead
    ("每周四 9点", date(2026, 9, 30), ["10-01 09:00", "10-08 09:00"]), ("每周四 9点，节假日跳过", date(2026, 9, 30), ["10-08 09:00", "10-15 09:00"]),
    ("每月1号 9点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "11-01 09:00"]),
    ("每天 9点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "10-09 09:00"]),
    ("每周四 9点、18点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "10-08 18:00", "10-15 09:00"]),
    ("工作日 9点", date(2026, 10, 1), ["10-08 09:00", "10-09 09:00", "10-10 09:00", "10-12 09:00"]),
    ("每周一到周五 9点", date(2026, 10, 8), ["10-09 09:00", "10-12 09:00"]),
    # a plain weekend is no holiday
    ("每周六 9点，节假日跳过", date(2026, 3, 11), ["03-14 09:00", "03-21 09:00"]),
])  # fmt: skip
def test_holidays_and_weekends_that_are_worked_are_kept(words: str, after: date, found: list[str]) -> None:
    moment = datetime.combine(after, time(10), SHANGHAI)

    assert dates(spoken.read(words, moment), len(found), moment) == found


def test_what_is_put_off_is_not_lost_by_asking_in_the_middle_of_the_holidays() -> None:
    rule = spoken.read("每月1号 9点，节假日顺延", NOW)

    assert dates(rule, 1, datetime(2026, 10, 5, tzinfo=SHANGHAI)) == ["10-08 09:00"]


@pytest.mark.parametrize(("day", "words"), [
    (date(2026, 10, 1), "周四 国庆节"), (date(2026, 10, 10), "周六 调休上班"), (date(2026, 2, 17), "周二 春节"), (date(2026, 3, 14), "周六"),
    (date(2031, 1, 1), "周三 元旦"), (date(2031, 1, 22), "周三 春节"), (date(2031, 1, 23), "周四 春节"), (date(2031, 4, 5), "周六 清明"),
])  # fmt: skip
def test_days_are_named_and_by_law_alone_where_nothing_was_announced(day: date, words: str) -> None:
    assert day_words(day) == words


@pytest.mark.parametrize(("words", "is_told"), [
    ("工作日 9点", True), ("每天 9点，节假日跳过", True), ("每天 9点", False),
])  # fmt: skip
def test_dates_beyond_what_was_announced_are_never_silently_believed(words: str, is_told: bool) -> None:
    last = datetime(holidays.LAST_YEAR, 12, 30, 10, tzinfo=SHANGHAI)
    rule = spoken.read(words, last)

    told = f"{holidays.LAST_YEAR + 1} 年的放假和调休安排，这里还没有（只到 {holidays.LAST_YEAR} 年）"
    assert (told in rule.remark(rule.coming(last, 5))) is is_told
    assert rule.remark(rule.coming(NOW, 1)) == ""


def test_days_that_not_each_month_has_are_pointed_out() -> None:
    rule = spoken.read("每月31号 9点", NOW)

    assert rule.remark(rule.coming(NOW, 5)) == "没有31号的月份不发。每次都要发，请写“最后一天”。"
    assert dates(rule, 2) == ["03-31 09:00", "05-31 09:00"]


def test_every_second_week_goes_on_from_where_it_began() -> None:
    rule = spoken.read("每两周周一、周五 9点", NOW)

    assert dates(rule, 4) == ["03-13 09:00", "03-23 09:00", "03-27 09:00", "04-06 09:00"]
    assert dates(rule, 1, NOW + timedelta(days=30)) == ["04-20 09:00"]


def test_days_are_those_of_shanghai_wherever_the_asker_is() -> None:
    rule = spoken.read("每周一 0:30", NOW)

    assert rule.next(datetime.fromisoformat("2026-03-15T16:00+00:00")) == datetime(2026, 3, 16, 0, 30, tzinfo=SHANGHAI)


# ------------------------------------------------------------------ cron


@pytest.mark.parametrize(("line", "said"), [
    ("0 9 * * mon", "每周一 09:00"), ("30 8 * * *", "每天 08:30"), ("0 9 1 * *", "每月1号 09:00"), ("0 9 last * *", "每月最后一天 09:00"),
    ("0 8,18 * * MON-FRI", "每周一、二、三、四、五 08:00、18:00"), ("0 9 12 mar *", "每年3月12日 09:00"), ("0 9 1 */3 *", "每季度第一天 09:00"),
])  # fmt: skip
def test_cron_lines_become_rules_with_words(line: str, said: str) -> None:
    assert cron.read(line).said == said


@pytest.mark.parametrize(("line", "fault"), [
    ("0 9 * * 1", "不要用数字"), ("0 9 * *", "应有五段"), ("61 9 * * mon", "写得不对"), ("0 9 * * xyz", "写得不对"), ("0 9-7 * * *", "写得不对"),
    ("*/0 9 * * *", "写得不对"), ("0 9 1 * mon", "既写了几号又写了星期几"), ("* 9 * * *", "一天要发 60 次"), ("*/5 * * * *", "一天要发 288 次"),
    ("0 " * 500, "应有五段"),
])  # fmt: skip
def test_cron_lines_that_lie_in_wait_are_refused(line: str, fault: str) -> None:
    with pytest.raises(Refusal, match=fault):
        cron.read(line)


def test_cron_line_that_never_comes_is_refused() -> None:
    with pytest.raises(Refusal, match="永远不会到"):
        cron.read("0 9 30 2 *").checked(NOW)


def _field(least: int, greatest: int) -> st.SearchStrategy[str]:
    numbers = st.integers(least, greatest)
    ranges = st.tuples(numbers, numbers).map(sorted).map(lambda two: f"{two[0]}-{two[1]}")
    steps = st.integers(1, greatest - least)
    part = st.one_of(numbers.map(str), ranges, st.builds("*/{}".format, steps), st.builds("{}/{}".format, ranges, steps))
    return st.just("*") | st.lists(part, min_size=1, max_size=3).map(",".join)


_NAMES = st.sampled_from(["*", "mon", "sun,tue", "mon-fri", "wed-sat,sun"])


def _trigger(line: str) -> CronTrigger:
    try:
        return CronTrigger.from_crontab(line, timezone=SHANGHAI)
    except ValueError:  # a step longer than its range: the scheduler never took such a line
        raise UnsatisfiedAssumption from None


@settings(max_examples=50)
@given(
    line=st.tuples(_field(0, 59), _field(0, 23), _field(1, 28) | st.just("last"), _field(1, 12), _NAMES).map(" ".join),
    after=MOMENTS,
)
def test_kept_lines_come_when_the_scheduler_of_before_had_them_come(line: str, after: datetime) -> None:
    rule, trigger, moment = cron.kept(line), _trigger(line), after
    for _ in range(3):
        expected = trigger.get_next_fire_time(None, moment + timedelta(microseconds=1))
        found = rule.next(moment)
        if expected is None or expected - moment > timedelta(days=3000):
            return
        assert found == expected
        moment = expected
