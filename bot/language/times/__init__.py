"""Times as residents say them: 明天下午三点半, 下周二上午, 8点到10点, 月底前, 半小时后, 腊月廿八, 十月第一个星期一. Pure.

Conventions: weeks run from Monday to Sunday; 这周X that is over means the next to come; a bare weekday or day number is
the next such day; a clock time without part of day is by day (7-11 morning, 12 noon, 1-6 afternoon) unless that is past;
a date alone is the whole day, 00:00 to 23:59; a week, a month or a year begins with its first day. 今晚一点 is after
midnight, 今晚零点 the end of today, 周三凌晨12点 the beginning of Wednesday. Of 七八点 the earlier one counts.

What looks like a time and cannot be read whole (2月30号, 25点, 下周的前两天) is a span of the kind `unclear`.

spelling → days (festivals, lunar, periods), clocks, lengths → moments → scanner, which joins them into spans.
"""

from bot.language.times.festivals import is_feast
from bot.language.times.scanner import find
from bot.language.times.spans import Span, is_past

__all__ = ["Span", "find", "is_feast", "is_past"]
