"""Questions that a notice answers: the right one, the fitting sentence, and nothing where nothing surely fits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Delivery, DeliveryState, Notice, NoticeState, Turn
from bot.model import SHANGHAI
from integrations.notices import actions, answers
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from datetime import datetime

    from tests.integrations.conftest import Town

WATER = ("停水通知", "因水管抢修，3栋今天9点停水。预计下午17:00恢复供水。请提前储水，停水期间请关好水龙头。")
LIFT = ("电梯年检通知", "3月12日上午9点到11点2单元电梯停用检修。请走楼梯，老人出行请提前安排。")
POWER = ("停电公告", "供电公司检修线路，3月13日8:00至12:00全小区停电。")
PARTY = ("重阳节活动", "3月15日下午2点在社区活动室举办义诊活动。欢迎参加。")
FIRE = ("消防演习", "本周六上午十点进行消防演习，请勿惊慌。")


def said(now: datetime, *notices: tuple[str, str]) -> list[answers.Said]:
    return [
        answers.Said(title=title, body=body, at=now - timedelta(hours=number)) for number, (title, body) in enumerate(notices)
    ]


@pytest.mark.parametrize(("question", "title", "words"), [
    ("几点来水", "停水通知", "预计下午17:00恢复供水。"),
    ("什么时候来水啊", "停水通知", "预计下午17:00恢复供水。"),
    ("停水停到什么时候", "停水通知", "预计下午17:00恢复供水。"),
    ("几点恢复供水？", "停水通知", "预计下午17:00恢复供水。"),
    ("为什么停水", "停水通知", "因水管抢修，3栋今天9点停水。"),
    ("停水是哪几栋", "停水通知", "因水管抢修，3栋今天9点停水。"),
    ("那天电梯能用吗", "电梯年检通知", "3月12日上午9点到11点2单元电梯停用检修。"),
    ("电梯检修到几点", "电梯年检通知", "3月12日上午9点到11点2单元电梯停用检修。"),
    ("停电到几点", "停电公告", "供电公司检修线路，3月13日8:00至12:00全小区停电。"),
    ("什么时候停电", "停电公告", "供电公司检修线路，3月13日8:00至12:00全小区停电。"),
    ("消防演习是哪天", "消防演习", "本周六上午十点进行消防演习，请勿惊慌。"),
    ("义诊在哪里", "重阳节活动", "3月15日下午2点在社区活动室举办义诊活动。"),
])  # fmt: skip
def test_question_is_answered_by_the_sentence_that_fits(question: str, title: str, words: str, now: datetime) -> None:
    found = answers.find(question, said(now, WATER, LIFT, POWER, PARTY, FIRE))

    assert found is not None
    assert (found.notice.title, found.words) == (title, words)


@pytest.mark.parametrize("question", [
    "物业费多少钱一平", "门禁卡怎么补办", "几点能进来", "快递几点送", "什么时候供暖", "停气停到几点", "核酸在哪做", "我妹妹什么时候到",
    "师傅几点来", "垃圾几点收", "停水了", "电梯坏了", "水费在哪交", "宽带什么时候修好", "你是真人吗", "停车费多少", "为什么停电",
])  # fmt: skip
def test_question_that_no_notice_surely_answers_gets_none(question: str, now: datetime) -> None:
    notices = said(now, WATER, LIFT, (POWER[0], "3月13日8:00至12:00全小区停电。"), PARTY, FIRE)

    assert answers.find(question, notices) is None


def test_notice_that_has_no_time_does_not_answer_when(now: datetime) -> None:
    assert answers.find("几点来水", said(now, ("停水通知", "水管抢修，暂时停水，请谅解。"))) is None


def test_of_two_notices_about_the_same_the_newer_answers(now: datetime) -> None:
    notices = said(now, ("延时供水通知", "供水恢复推迟到晚上20:00。"), WATER)

    for question in ("几点来水", "停水停到什么时候"):
        found = answers.find(question, notices)
        assert found is not None
        assert found.notice.title == "延时供水通知"


def published(town: Town, title: str, body: str, *openids: str, days: int = 0, everyone: bool = False) -> None:
    """A notice was sent to these residents some days ago."""

    def run(session: Any) -> None:
        at = town.now - timedelta(days=days)
        notice = Notice(
            title=title, body=body, audience={"everyone": True} if everyone else {"buildings": ["3"]}, state=NoticeState.PUBLISHED,
            created_at=at, published_at=at,
        )  # fmt: skip
        session.add(notice)
        session.flush()
        for openid in openids:
            resident = Turn(session=session, now=town.now, context=town.context, openid=openid).resident
            session.add(Delivery(
                openid=openid, resident_id=resident.id if resident else None, notice_id=notice.id, payload={"text": body}, due_at=at,
                updated_at=at, state=DeliveryState.SENT,
            ))  # fmt: skip

    town.database.submit(run).result()


def asked(town: Town, question: str, openid: str = CHEN) -> str:
    return town.database.submit(
        lambda session: actions.know(Turn(session=session, now=town.now, context=town.context, openid=openid), question)
    ).result()


def test_answer_names_the_notice_and_its_day(town: Town) -> None:
    published(town, *WATER, CHEN)

    at = town.now.astimezone(SHANGHAI)
    assert asked(town, "几点来水") == f"《停水通知》（{at.month}月{at.day}日）说：预计下午17:00恢复供水。"


def test_notice_to_others_answers_nothing(town: Town) -> None:
    published(town, *WATER, LI)

    assert (asked(town, "几点来水"), asked(town, "几点来水", "oStranger")) == ("", "")


def test_notice_to_everybody_answers_who_is_not_bound(town: Town) -> None:
    published(town, *WATER, everyone=True)

    assert "17:00" in asked(town, "几点来水", "oStranger")


def test_notice_of_last_week_answers_nothing(town: Town) -> None:
    published(town, *WATER, CHEN, days=8)

    assert asked(town, "几点来水") == ""


def test_who_asks_for_notices_with_a_question_gets_its_answer(town: Town) -> None:
    published(town, *WATER, CHEN)
    published(town, *PARTY, CHEN)

    def run(session: Any) -> tuple[str, str]:
        answers_ = [
            actions.latest(Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=words), {})
            for words in ("停水停到几点", "最近有什么通知")
        ]
        return answers_[0].name, answers_[1].name

    assert town.database.submit(run).result() == ("answer", "done")


@pytest.mark.parametrize(("question", "word"), [
    ("明天停不停水", "停水"), ("再问一嘴 明天停不停电", "停电"), ("这两天有没有活动", "活动"), ("暖气来没来", "暖气"), ("有啥通知", ""),
    ("电梯修不修", ""),
])  # fmt: skip
def test_what_is_asked_about_and_in_no_notice_is_named(question: str, word: str, now: datetime) -> None:
    assert answers.untold(question, said(now, LIFT)) == word


def test_what_an_old_notice_calls_tomorrow_is_told_with_its_date_and_with_the_day_it_was_published(town: Town) -> None:
    published(town, "停水通知", "明天 9:00 到 15:00 停水。", CHEN, days=5)

    told = town.now.astimezone(SHANGHAI) - timedelta(days=5)
    meant = told + timedelta(days=1)
    said = town.says(CHEN, actions.latest)
    assert f"{told.month}月{told.day}日" in said
    assert f"明天（{meant.month}月{meant.day}日） 9:00" in said
    assert f"明天（{meant.month}月{meant.day}日） 9:00" in asked(town, "停水停到几点")
