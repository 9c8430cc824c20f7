"""What staff see after a notice went out: of one that recurs each time by itself, of each flat when and why, and all of it as tables."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import Delivery, DeliveryState, Download, Notice, Work, notices, receipts, timing
from bot.contract.notices import EVERYBODY
from bot.store.staff import Role
from integrations.notices import after, console, times

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

WEEK = timedelta(days=7)


def weekly(town: Town, times: int) -> str:
    """A notice of each week that went out so many times, but to Li only the first time; returns its id."""

    def plan(session: Session) -> str:
        work = Work(session=session, now=town.now, context=town.context)
        notice = notices.draft(session, "周末出行提醒", "出门前请关好水电。", EVERYBODY, town.now)
        notices.schedule(session, notice, timing.by_words("每周一 9点", town.now), work.now)
        return notice.public_id

    def send(session: Session, at: datetime) -> None:
        [notice] = notices.publish_due(Work(session=session, now=at, context=town.context))
        for row in session.exec(select(Delivery).where(Delivery.notice_id == notice.id, Delivery.state == DeliveryState.ARMED)):
            is_told = row.openid == "oChen" or at == first
            row.state, row.sent_at = (DeliveryState.SENT, at) if is_told else (DeliveryState.FAILED, None)
            row.channel, row.reason = "chat", "" if is_told else "微信系统发送失败"

    key = town.database.submit(plan).result()
    [notice] = town.all(Notice)
    first = notice.due_at or town.now
    for week in range(times):
        town.now = first + week * WEEK
        town.database.submit(send, town.now).result()
    return key


def table(found: Download) -> list[list[str]]:
    return [*csv.reader(io.StringIO(found.body.decode("utf-8-sig")))]


def looks(town: Town, page: Any, key: str, **query: str) -> Any:
    return town.opens(Role.MANAGER, page, params={"id": key}, query=query)


def test_the_newest_time_is_shown_unless_another_is_asked_for(town: Town) -> None:
    key = weekly(town, 2)
    newest, first = (at for at, _, _ in looks(town, console.show, key).values["sendings"])

    shown = {at: looks(town, console.show, key, at=at).values for at in ("", first, newest, after.ALL_TIMES, "2026-99")}

    numbers = {at: (one["total"], one["figures"]["failed"], one["reached"]) for at, one in shown.items()}
    assert numbers == {
        "": (3, 1, "1 / 3 人，2 人没收到"), newest: (3, 1, "1 / 3 人，2 人没收到"), first: (3, 0, "2 / 3 人，1 人没收到"),
        after.ALL_TIMES: (6, 1, "3 / 6 人，3 人没收到"), "2026-99": (3, 1, "1 / 3 人，2 人没收到"),
    }  # fmt: skip
    assert [shown[at]["is_newest"] for at in (first, newest, after.ALL_TIMES)] == [False, True, True]


@pytest.mark.parametrize(("which", "state"), [(0, "失败"), (1, "已发出")])
def test_whether_somebody_got_it_is_told_of_the_time_that_is_asked_for(town: Town, which: int, state: str) -> None:
    key = weekly(town, 2)
    at = looks(town, console.show, key).values["sendings"][which][0]

    rows = looks(town, after.people, key, q="李梅", at=at).values["rows"]

    assert [(words, one.delivery.occurrence.isoformat()) for one, words, *_ in rows] == [(state, at)]


def test_notice_of_one_time_has_nothing_to_pick(town: Town) -> None:
    shown = looks(town, console.show, weekly(town, 1)).values

    assert (shown["sendings"], shown["at"], shown["total"]) == ([], "", 3)


def test_notice_that_has_gone_to_nobody_says_how_many_it_is_for(town: Town) -> None:
    shown = looks(town, console.show, weekly(town, 0)).values

    assert (shown["total"], shown["will_be"]) == (0, 3)


def test_each_list_can_be_had_as_a_table_of_the_time_that_is_looked_at(town: Town) -> None:
    key = weekly(town, 2)
    first = looks(town, console.show, key).values["sendings"][1][0]
    for row in town.all(Delivery)[:1]:
        town.database.submit(
            lambda session, row=row: receipts.reply(session, session.get_one(Delivery, row.id), "=几点恢复？", town.now)
        ).result()

    people = table(looks(town, after.people_csv, key, at=after.ALL_TIMES))
    flats = table(looks(town, after.flats_csv, key, at=first, untold="1"))
    replies = table(looks(town, after.replies_csv, key, at=first))

    assert [row[5] for row in people[1:]].count(people[1][5]) == 3
    assert len(people) == 1 + 6
    assert flats[0][:5] == ["住户", "结果", "方式", "原因", "最早发出"]
    assert flats[1:] == [["3栋2单元503", "没有人收到", "", "未绑定微信", "", "1", "0", "0", "0"]]
    assert [row[2].lstrip("'\t") for row in replies] == ["说了什么", "=几点恢复？"]
    assert not replies[1][2].startswith("="), "a spreadsheet must not reckon with it"


@pytest.mark.parametrize(("channel", "after_hours", "said"), [
    ("template", 25, "微信一天没有回报，不知道送到没有"), ("template", 23, ""), ("chat", 25, ""),
])  # fmt: skip
def test_what_wechat_reported_nothing_on_for_a_day_is_said_to_be_unsure(
    town: Town, channel: str, after_hours: int, said: str
) -> None:
    key = weekly(town, 1)

    def sent_by(session: Session) -> None:
        for row in session.exec(select(Delivery).where(Delivery.state == DeliveryState.SENT)):
            row.channel = channel

    town.database.submit(sent_by).result()
    town.now += timedelta(hours=after_hours)

    rows = looks(town, after.people, key, part="sent").values["rows"]
    exported = table(looks(town, after.people_csv, key, part="sent"))

    assert {why for *_, why in rows} == {row[3] for row in exported[1:]} == {said}


def test_what_is_picked_beside_unchanged_words_counts_and_the_week_stays(town: Town) -> None:
    def plan(session: Session) -> Notice:
        notice = notices.draft(session, "例会", "请准时。", EVERYBODY, town.now)
        notices.schedule(session, notice, timing.by_words("每三周周六 9点", town.now), town.now)
        return notice

    kept = town.database.submit(plan).result()
    before = kept.recurrence
    assert before is not None
    form = {"when": "words", "words": before.said, "worked": "skip", "holidays": "skip", "last-day": "2026-12-31"}

    found = times.plan_of(form, town.now + WEEK, kept)

    assert found is not None
    assert found.rule is not None
    assert found.rule.said == "每3周周六 09:00，节假日跳过，调休上班的周末跳过，到2026年12月31日为止"
    assert found.rule.days == before.days


def test_form_shows_beside_the_words_what_they_say_of_holidays_and_the_end(town: Town) -> None:
    def plan(session: Session) -> Notice:
        notice = notices.draft(session, "例会", "请准时。", EVERYBODY, town.now)
        words = "每月第一个工作日 9点，节假日顺延，调休上班的周末跳过，到12月31日为止"
        notices.schedule(session, notice, timing.by_words(words, town.now), town.now)
        return notice

    fields = times.fields_of(town.database.submit(plan).result())

    assert (fields["when"], fields["holidays"], fields["worked"], fields["last-day"]) == (
        "words",
        "postpone",
        "skip",
        "2026-12-31",
    )
