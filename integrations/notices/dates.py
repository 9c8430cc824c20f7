"""What 明天 in a notice of some days ago was: read today it would be another day. Pure."""

import re
from datetime import date, datetime, timedelta

#: Days from the one on which it was said.
_DAYS = {
    "大后天": 3, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今夜": 0, "今晨": 0, "今儿": 0, "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "明晨": 1, "明儿": 1, "次日": 1,
    "后天": 2, "后日": 2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1, "前天": -2,
}  # fmt: skip
_WEEKDAYS = {sign: number for number, signs in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for sign in signs}

_SAID = re.compile(
    rf"(?P<day>{'|'.join(_DAYS)})"
    r"|(?P<which>下下|下|本|这|上)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])(?![0-9])"
    r"|(?P<week>下下|下|本|这|上)个?(?:周|星期|礼拜)(?!末|[一二三四五六日天1-7])"
)

#: What recurs has no date of its own.
_EACH = re.compile(r"(?:每个?|逢|双|单|隔)$")

#: The date stands beside it already.
_TOLD = re.compile(r"\s{0,4}[（(]?\s{0,4}(?:\d{1,2}\s*[月日号./]|[一二三四五六七八九十]{1,3}[月日号])")

#: What joins two days: the second is of the same week.
_JOINS = re.compile(r"(?:到|至|和|、|-|—|~|～|或|及)+")


def dated(text: str, told_at: datetime, now: datetime) -> str:
    """Return a text with the date behind each day that it names by when it was told: 明天（10月13日）; as it is on that day."""
    if told_at.date() == now.date():
        return text
    said: list[str] = []
    end, last_which = 0, ""
    for match in _SAID.finditer(text):
        between = text[end : match.start()]
        which = match["which"] or (last_which if _JOINS.fullmatch(between) else "")
        last_which = which if match["weekday"] else ""
        said += [between, match[0]]
        end = match.end()
        if not _EACH.search(text[: match.start()]) and not _TOLD.match(text, end):
            said.append(_meant(match, which, told_at.date()))
    return "".join((*said, text[end:]))


def _meant(match: re.Match[str], which: str, day: date) -> str:
    if match["day"]:
        return f"（{_words(day + timedelta(days=_DAYS[match['day']]))}）"
    weeks = {"下下": 2, "下": 1, "上": -1}
    monday = day - timedelta(days=day.weekday())
    if match["week"]:
        first = monday + timedelta(weeks=weeks.get(match["week"], 0))
        return f"（{_words(first)}到{_words(first + timedelta(days=6))}）"
    meant = monday + timedelta(weeks=weeks.get(which, 0), days=_WEEKDAYS[match["weekday"]])
    return f"（{_words(meant if which or meant >= day else meant + timedelta(weeks=1))}）"


def _words(day: date) -> str:
    return f"{day.month}月{day.day}日"
