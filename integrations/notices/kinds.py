"""How much a notice may disturb, as the form says it; and when the night makes it wait."""

from collections.abc import Mapping
from datetime import datetime

from bot.contract import SHANGHAI, Desk, Notice, Refusal, notices, timing, tr
from bot.contract.notices import KIND_WORDS, VERSION_WORDS, NoticeKind, NoticeVersion

#: After how many minutes who has not acknowledged an important notice is reminded.
CHASES: Mapping[str, str] = {
    "120": tr("2 小时后"),
    "360": tr("6 小时后"),
    "1440": tr("一天后"),
    "2880": tr("两天后"),
    "0": tr("不提醒"),
}

#: What each kind does, for who picks one; {night} stands for the quiet hours.
MEANS: Mapping[NoticeKind, str] = {
    NoticeKind.EVERYDAY: tr("{night}，每人一小时最多一条"), NoticeKind.IMPORTANT: tr("要居民确认收到；没确认的提醒一次，再列出来上门告知"),
    NoticeKind.EMERGENCY: tr("马上发，夜里也发，排在所有消息前面；要写到什么时候为止"),
}  # fmt: skip


def settle(desk: Desk, notice: Notice, form: Mapping[str, str]) -> None:
    """Write down what the form says of a notice's kind, and which version of another it is; raises Refusal."""
    if form.get("corrects"):
        before = notices.by_public_id(desk.session, form["corrects"])
        if before is None:
            raise Refusal(tr("原来的那条通知不在了。要发的话，请从“写通知”再写一次。"))
        notices.follow(notice, before, version_of(form), form.get("correction", ""))
    notices.disturb(notice, kind_of(form), _until(form), _chase(form), desk.now)


def kind_of(form: Mapping[str, str]) -> NoticeKind:
    """Return the kind that was picked; everyday where none was."""
    said = form.get("kind") or NoticeKind.EVERYDAY
    if said not in set(NoticeKind):
        raise Refusal(tr("请选这是日常、重要还是紧急通知。"))
    return NoticeKind(said)


def version_of(form: Mapping[str, str]) -> NoticeVersion:
    """Return what the form's notice is to the one before it."""
    said = form.get("version", "")
    return NoticeVersion(said) if said in set(NoticeVersion) and said != NoticeVersion.FIRST else NoticeVersion.CORRECTION


def fields_of(notice: Notice) -> dict[str, str]:
    """Return the fields of the form that stand for a notice's kind."""
    until = f"{notice.until:%Y-%m-%dT%H:%M}" if notice.until else ""
    return {"kind": notice.kind.value, "until": until, "chase": str(notice.chase_after), "version": notice.version.value}


def form_of(desk: Desk, form: Mapping[str, str]) -> dict[str, object]:
    """Return what the form shows of kinds."""
    quiet = notices.quiet_of(notices.policy_of(desk.session)).words
    waits = tr("{quiet} 不发，等到早上", quiet=quiet) if quiet else tr("没有设安静时段，夜里也发")
    kinds = [(kind.value, KIND_WORDS[kind], tr(MEANS[kind], night=waits)) for kind in NoticeKind]
    version = VERSION_WORDS[version_of(form)] if form.get("corrects") else ""
    return {"kinds": kinds, "chases": CHASES, "version_words": version, "night": night(desk)}


def night(desk: Desk) -> str:
    """Return what who publishes now is told of the night; empty by day."""
    quiet = notices.quiet_of(notices.policy_of(desk.session))
    wakes = quiet.until(desk.now)
    return (
        tr(
            "现在是安静时段（{words}），日常通知等到 {say} 才发；重要和紧急的马上发，会响。",
            words=quiet.words,
            say=timing.say(wakes, desk.now),
        )
        if wakes
        else ""
    )


def wait(desk: Desk, form: Mapping[str, str], at: datetime) -> str:
    """Return what is told of a planned time that falls into the night; empty where it does not, and for what does not wait."""
    quiet = notices.quiet_of(notices.policy_of(desk.session))
    wakes = quiet.until(at)
    if wakes is None or (form.get("kind") or NoticeKind.EVERYDAY) != NoticeKind.EVERYDAY:
        return ""
    return tr(
        "{at:%H:%M} 在安静时段（{words}）里，日常通知会等到 {say} 才发。",
        at=at,
        words=quiet.words,
        say=timing.say(wakes, desk.now),
    )


def _until(form: Mapping[str, str]) -> datetime | None:
    said = form.get("until", "").strip()
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not 2000 <= found.year < 2100:
        raise Refusal(tr("“到什么时候为止”看不懂，请选日期和时间。"), field="until")
    return found.replace(tzinfo=SHANGHAI)


def _chase(form: Mapping[str, str]) -> int:
    said = form.get("chase", "") or "1440"
    if not (said.isascii() and said.isdigit() and len(said) <= 5):
        raise Refusal(tr("请选多久以后提醒没确认的人。"), field="chase")
    return int(said)
