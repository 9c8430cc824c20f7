"""Rules of recurrence: what people write, the days it means, and what holidays change. Pure: no database, no clock."""

from datetime import date, datetime, time, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from bot.errors import Refusal
from bot.language.recurrence import Holidays, Recurrence, cron, holidays, spoken
from bot.language.recurrence.rule import (
    EVEN,
    MOST,
    ODD,
    SHANGHAI,
    Daily,
    DaysOff,
    Feast,
    Lunar,
    Monthly,
    NthWeekday,
    NthWorkday,
    Weekly,
    Workdays,
    day_words,
)

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
    ("周一三五", "每周一、三、五 09:00", "03-13 09:00"), ("周一到周五早上八点", "每周一、二、三、四、五 08:00", "03-12 08:00"), ("礼拜二礼拜四", "每周二、四 09:00", "03-12 09:00"),
    ("每周", "每周三 09:00", "03-18 09:00"), ("每周一次", "每周三 09:00", "03-18 09:00"), ("每两周", "每两周周三 09:00", "03-18 09:00"), ("每两周一次 10:30", "每两周周三 10:30", "03-11 10:30"),
    ("隔周五", "每两周周五 09:00", "03-13 09:00"), ("双周五下午三点", "每两周周五 15:00", "03-13 15:00"), ("隔两天", "每3天 09:00", "03-12 09:00"), ("隔一周", "每两周周三 09:00", "03-18 09:00"),
    ("每晚八点", "每天 20:00", "03-11 20:00"), ("每早7点", "每天 07:00", "03-12 07:00"), ("每天早晚8点", "每天 08:00、20:00", "03-11 20:00"), ("每天早8晚6", "每天 08:00、18:00", "03-11 18:00"),
    ("每月", "每月1号 09:00", "04-01 09:00"), ("每月一次", "每月1号 09:00", "04-01 09:00"), ("每月头一天", "每月1号 09:00", "04-01 09:00"), ("每月尾 17点", "每月最后一天 17:00", "03-31 17:00"),
    ("每月倒数第二天", "每月倒数第2天 09:00", "03-30 09:00"), ("每月倒数第一天", "每月最后一天 09:00", "03-31 09:00"), ("每月10号到15号 9点", "每月10号到15号 09:00", "03-12 09:00"),
    ("每月第一个工作日", "每月第一个工作日 09:00", "04-01 09:00"), ("每月最后一个工作日下午5点", "每月最后一个工作日 17:00", "03-31 17:00"),
    ("每半个月", "每月1号、15号 09:00", "03-15 09:00"), ("每两个月5号", "每年2、4、6、8、10、12月5号 09:00", "04-05 09:00"), ("每三个月1号", "每季度第一天 09:00", "04-01 09:00"),
    ("每半年", "每年1、7月1号 09:00", "07-01 09:00"), ("每季度", "每季度第一天 09:00", "04-01 09:00"), ("一季度一次", "每季度第一天 09:00", "04-01 09:00"),
    ("单号 8点", "每月单号 08:00", "03-13 08:00"), ("逢双日", "每月双号 09:00", "03-12 09:00"), ("逢1号", "每月1号 09:00", "04-01 09:00"), ("每逢周三 12点", "每周三 12:00", "03-11 12:00"),
    ("法定工作日早上八点", "工作日 08:00", "03-12 08:00"), ("休息日", "休息日 09:00", "03-14 09:00"), ("法定节假日 9点", "节假日 09:00", "04-04 09:00"),
    ("每年除夕早上九点", "每年除夕 09:00", "02-05 09:00"), ("每年春节前三天", "每年春节前3天 09:00", "02-03 09:00"), ("每年国庆节前一天", "每年国庆前1天 09:00", "09-30 09:00"), ("每年冬至", "每年冬至 09:00", "12-22 09:00"),
    ("每月初一、十五", "农历每月初一、十五 09:00", "03-19 09:00"), ("初一十五早上8点", "农历每月初一、十五 08:00", "03-19 08:00"), ("每年农历腊月廿三", "每年农历12月廿三 09:00", "01-30 09:00"),
    ("每天8点，周日除外", "每周一、二、三、四、五、六 08:00", "03-12 08:00"), ("每天上午9点周末不发", "每周一、二、三、四、五 09:00", "03-12 09:00"), ("除周末外每天8点", "每周一、二、三、四、五 08:00", "03-12 08:00"),
    ("从下周一开始每天早上八点", "每天 08:00，从2026年3月16日起", "03-16 08:00"), ("每天早上八点，到3月20日为止", "每天 08:00，到2026年3月20日为止", "03-12 08:00"),
    ("每天8点到6月底", "每天 08:00，到2026年6月30日为止", "03-12 08:00"), ("连续三天早上八点", "每天 08:00，到2026年3月14日为止", "03-12 08:00"),
    ("3月16日到18日每天9点", "每天 09:00，从2026年3月16日起，到2026年3月18日为止", "03-16 09:00"), ("请在每周一早上八点左右发", "每周一 08:00", "03-16 08:00"),
    ("每周六 9点，调休上班不发", "每周六 09:00，调休上班的周末跳过", "03-14 09:00"), ("工作日8点，调休也发", "工作日 08:00", "03-12 08:00"), ("每周一8点，过节不发", "每周一 08:00，节假日跳过", "03-16 08:00"),
])  # fmt: skip
def test_words_are_read_and_said_back_with_their_first_time(words: str, said: str, first: str) -> None:
    rule = spoken.read(words, NOW)

    assert (rule.said, dates(rule, 1)) == (said, [first])


@pytest.mark.parametrize(("words", "fault"), [
    ("", "请写多久发一次，例如：每天早上八点"), ("每", "“每”看不懂。可以这样写"), ("明天八点", "看不懂"), ("每周八 9点", "看不懂"),
    ("每周五至周一 9点", "看不懂"), ("每月32号 9点", "看不懂"), ("每周一 25:00", "里的“25:00”看不懂"), ("每天八点随便", "里的“随便”看不懂"),
    ("每天早上", "请写上钟点，例如：每天早上8点"), ("每天中午", "例如：每天中午12点"), ("每周一下午", "例如：每周一下午3点"), ("每天半夜", "例如：每天 0:00"),
    ("每周两次", "没有写是哪几天、几点。请写出来，例如：每周一、四 9:00"), ("每年", "没有写是哪几天"), ("每天8点，到3月1日为止", "已经过了最后一天"), ("每天8点到火星为止", "看不懂"),
    ("每月10号到5号", "看不懂"), ("每五个月1号", "看不懂"), ("休息日9点，到3月12日为止", "在最后一天以前一次也不会发"),
    ("每天晚上12点", "请写成后一天的时间"), ("每天" + "八点" * 50, "看不懂"),
    ("每年2月30日 9点", "永远不会到"), ("每年10月1日 9点，节假日跳过", "或者每次都碰上节假日"), ("每年4月31日", "请改日期，例如"),
    ("每天8点、9点、10点、11点、12点", "一天要发 5 次"), ("每小时", "一天要发 24 次"), ("每半小时", "一天要发 48 次"), ("每隔2个小时", "一天要发 12 次"),
    ("每分钟", "一天最多 4 次，请少写几个钟点"),
])  # fmt: skip
def test_words_that_say_no_rule_are_refused_with_what_to_write(words: str, fault: str) -> None:
    with pytest.raises(Refusal, match=fault) as refused:
        spoken.read(words, NOW)

    assert refused.value.english != str(refused.value)


@pytest.mark.parametrize("words", [
    "每天八点", "隔天八点", "天天八点", "工作日9点", "逢周三9点", " 每周一9点", "周一三五", "周一至周五 8点", "从下周一起每天8点", "3月1日到5日每天8点", "连续三天8点", "除周末外每天8点",
    "休息日9点", "单号8点", "初一十五", "双周五",
])  # fmt: skip
def test_what_recurs_is_told_from_what_comes_once(words: str) -> None:
    assert spoken.recurs(words)


@pytest.mark.parametrize("words", [
    "明天下午三点", "周一三点", "周一 3:00", "周五 15:00", "除夕早上9点", "周六上午9点", "星期3下午4点", "3月1日 8点", "十一早上8点", "连夜", "节日早上8点", "周一3月16日9点",
])  # fmt: skip
def test_what_comes_once_is_no_rule(words: str) -> None:
    assert not spoken.recurs(words)


_CLOCKS = st.sets(st.times().map(lambda one: one.replace(second=0, microsecond=0)), min_size=1, max_size=MOST).map(
    lambda found: tuple(sorted(found))
)
_WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
_MONTH_DAYS = st.sets(st.integers(1, 31) | st.integers(-5, -1), min_size=1, max_size=4).map(
    lambda found: tuple(sorted(found, key=lambda day: day % 100))
) | st.sampled_from([ODD, EVEN])
_MONTHS = st.sets(st.integers(1, 12), min_size=1).map(lambda found: tuple(sorted(found)))
RULES = st.builds(
    Recurrence,
    days=st.one_of(
        st.builds(Daily, interval=st.integers(1, 30)), st.just(Workdays()),
        st.builds(Weekly, weekdays=_WEEKDAYS, interval=st.integers(1, 10)), st.builds(Monthly, days=_MONTH_DAYS, months=_MONTHS),
        st.builds(NthWeekday, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), weekday=st.integers(0, 6)),
        st.builds(NthWorkday, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), months=_MONTHS), st.builds(DaysOff, is_holiday=st.booleans()),
        st.builds(Feast, name=st.sampled_from(["春节", "除夕", "国庆", "清明", "冬至", "母亲节", "中秋"]), days=st.integers(-10, 10)),
        st.builds(Lunar, days=st.sets(st.integers(1, 30), min_size=1, max_size=3).map(lambda found: tuple(sorted(found)))),
        st.builds(Lunar, days=st.integers(1, 30).map(lambda day: (day,)), month=st.integers(1, 12)),
    ),
    clocks=_CLOCKS,
    holidays=st.sampled_from(Holidays),
    skips_worked=st.booleans(),
    begins=st.none() | st.dates(date(2020, 1, 1), date(2034, 1, 1)),
    ends=st.none() | st.dates(date(2020, 1, 1), date(2036, 1, 1)),
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
        assert rule.begins is None or moment.date() >= rule.begins
        if rule.holidays is not Holidays.POSTPONE:
            assert rule.ends is None or moment.date() <= rule.ends
            assert not (rule.skips_worked and holidays.is_made_up(moment.date()))


# ------------------------------------------------------------------ holidays


@pytest.mark.parametrize(("words", "after", "found"), [
    # 2026-10-01 to 10-07 are off, Saturday 10-10 is worked instead
    ("每周四 9点", date(2026, 9, 30), ["10-01 09:00", "10-08 09:00"]), ("每周四 9点，节假日跳过", date(2026, 9, 30), ["10-08 09:00", "10-15 09:00"]),
    ("每月1号 9点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "11-01 09:00"]),
    ("每天 9点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "10-09 09:00"]),
    ("每周四 9点、18点，节假日顺延", date(2026, 9, 30), ["10-08 09:00", "10-08 18:00", "10-15 09:00"]),
    ("工作日 9点", date(2026, 10, 1), ["10-08 09:00", "10-09 09:00", "10-10 09:00", "10-12 09:00"]),
    ("每周一到周五 9点", date(2026, 10, 8), ["10-09 09:00", "10-12 09:00"]),
    ("工作日 9点，调休上班的周末跳过", date(2026, 10, 8), ["10-09 09:00", "10-12 09:00"]),
    ("每周六 9点，调休上班不发", date(2026, 10, 8), ["10-17 09:00"]), ("每周六 9点", date(2026, 10, 8), ["10-10 09:00"]),
    ("每月第一个工作日 9点", date(2026, 9, 30), ["10-08 09:00", "11-02 09:00"]), ("休息日 9点", date(2026, 10, 6), ["10-07 09:00", "10-11 09:00"]),
    ("节假日 9点", date(2026, 10, 6), ["10-07 09:00"]), ("每天 9点，到10月9日为止", date(2026, 10, 7), ["10-08 09:00", "10-09 09:00"]),
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
