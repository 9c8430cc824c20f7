"""Which words refuse or give a consent by themselves, and which are about something else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.cli.talk import Room
from bot.dialogue.understanding import Understanding
from bot.model import SHANGHAI
from bot.store.consents import Consent

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


@pytest.fixture
def room(shipped: Understanding, demo_folder: Path) -> Iterator[Room]:
    """A resident with a flat who was asked for nothing yet."""
    made = Room.open(demo_folder, NOW, shipped)
    yield made
    made.database.close()


def said(room: Room, *words: str) -> str:
    return ["\n".join(room.say(one).texts) for one in words][-1]


def holding(room: Room) -> list[str]:
    """Return the purposes that somebody consents to now."""

    def look(session: Session) -> list[str]:
        return [one.purpose for one in session.exec(select(Consent)).all() if one.withdrawn_at is None]

    return room.database.submit(look).result()


@pytest.mark.parametrize(
    "words",
    [
        "不同意你们收集我的健康信息",
        "不同意你们记我的健康",
        "我不想让你们记我的体温",
        "别记我的体温了",
        "我的体温不要记",
        "不同意你们记我的健康，凭什么",
        "拒绝收集健康信息",
        "体温数据全删",
        "删除我的健康信息",
    ],
)
def test_a_health_consent_is_refused_or_taken_back_in_ones_own_words_and_nothing_else_ends(room: Room, words: str) -> None:
    said(room, "健康打卡 36.5，没有不舒服", "同意")
    assert holding(room) == ["health"]

    answer = said(room, words)

    assert "已撤回：健康打卡" in answer
    assert "要删除我们存的" not in answer
    assert holding(room) == []
    assert "什么都不记" in said(room, words)
    assert "3栋2单元501" in said(room, "我绑的是哪户")


@pytest.mark.parametrize("words", ["我同意你们记体温", "同意收集我的健康信息", "同意健康打卡", "允许你们记我的体温"])
def test_a_health_consent_is_given_in_ones_own_words(room: Room, words: str) -> None:
    assert "已记下您同意健康打卡" in said(room, words)
    assert holding(room) == ["health"]


@pytest.mark.parametrize(
    "words",
    ["我同意孩子去社区健康打卡点", "同意装电梯", "不同意涨物业费", "我不想健康打卡", "同意体温计放门口", "不要记我的电话"],
)
def test_words_about_something_else_give_and_end_no_consent(room: Room, words: str) -> None:
    said(room, words)
    assert holding(room) == []

    said(room, "取消", "健康打卡 36.5，没有不舒服", "同意")
    said(room, words)
    assert holding(room) == ["health"]


@pytest.mark.parametrize("words", ["撤回所有同意", "我要撤回全部的同意", "所有的同意都撤回", "撤回我给过的同意", "撤销一切授权"])
def test_all_consents_are_taken_back_at_once_and_nothing_is_deleted_beside(room: Room, words: str) -> None:
    said(room, "我36.3，儿子36.8，没有不舒服", "同意")
    assert holding(room) == ["health", "minors"]

    answer = said(room, words)

    assert "已撤回：健康打卡、孩子的健康打卡" in answer
    assert holding(room) == []
    assert "3栋2单元501" in said(room, "好的", "确认", "我绑的是哪户")


@pytest.mark.parametrize(
    "words",
    [
        "撤回儿子的健康同意",
        "撤回女儿的同意",
        "我要撤回我家女儿的健康打卡同意",
        "孩子的同意撤回",
        "撤回小孙女的同意",
        "收回对儿子的授权",
    ],
)
def test_one_childs_consent_is_that_of_all_children_and_no_grown_ups(room: Room, words: str) -> None:
    said(room, "我36.3，儿子36.8，没有不舒服", "同意")

    answer = said(room, words)

    assert "已撤回：孩子的健康打卡" in answer
    assert ("所有孩子的" in answer) is ("孩子的同意撤回" != words)
    assert holding(room) == ["health"]
    assert "36.3" in said(room, "打卡记录")


@pytest.mark.parametrize(
    "words", ["撤回老婆的健康同意", "撤回我妈的同意", "撤回我家老人的同意", "撤回我爸妈的健康同意", "收回老公的健康打卡同意"]
)
def test_a_grown_ups_consent_is_not_taken_back_by_somebody_else(room: Room, words: str) -> None:
    said(room, "我36.3，儿子36.8，没有不舒服", "同意")

    answer = said(room, words)

    assert "由本人撤回" in answer
    assert "要删除我们存的" not in answer
    assert holding(room) == ["health", "minors"]


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("删掉我的打卡", "撤回健康同意"), ("把今天的打卡删了", "撤回健康同意"), ("我的打卡记录能删吗", ""), ("帮我删除昨天那条体温", "撤回健康同意"),
        ("把我爸那条删了", "删掉爸的体温"), ("把这条删了", "撤回健康同意"), ("删了昨天的聊天", "到期自动删"), ("把刚才那句话删掉", "到期自动删"), ("我不想要打卡记录了，删掉", "撤回健康同意"), ("删一条记录", "转人工"),
    ],
)  # fmt: skip
def test_whoever_wants_one_thing_deleted_hears_what_can_be_and_is_not_asked_for_all(room: Room, words: str, way: str) -> None:
    said(room, "我36.3，爸爸36.8，没有不舒服", "同意")

    answer = said(room, words)

    assert way in answer
    assert "要删除我们存的" not in answer
    assert holding(room) == ["health"]
    assert "36.3" in said(room, "打卡记录")


@pytest.mark.parametrize("words", ["删除我的信息", "清空我的记录", "删号", "把我的资料删掉", "聊天记录和打卡全部删掉"])
def test_whoever_wants_all_deleted_is_asked_once_at_length(room: Room, words: str) -> None:
    assert "会删：" in said(room, words)

    answer = said(room, "你们几点上班")
    assert "会删：" not in answer
    assert "全部个人信息吗？" in answer
    assert "回复“确认”" in answer
    assert "正在删除" in said(room, "确认")


@pytest.mark.parametrize("words", ["撤回人脸的同意", "收回拍照的同意", "撤销指纹同意", "广告的同意撤回"])
def test_a_consent_that_nobody_asks_for_is_named_and_nothing_is_touched(room: Room, words: str) -> None:
    assert "什么都没有同意过" in said(room, words)

    said(room, "健康打卡 36.5，没有不舒服", "同意")
    assert "您现在同意了的：健康打卡" in said(room, words)
    assert "3栋2单元501" in said(room, "好的", "确认", "我绑的是哪户")
    assert holding(room) == ["health"]


@pytest.mark.parametrize(
    "words", ["我同意了哪些", "我签过哪些同意", "我都同意过什么？", "我给过你们哪些授权", "查一下我的同意记录", "我有哪些同意"]
)
def test_what_was_consented_to_is_listed_with_its_day_and_how_to_take_it_back(room: Room, words: str) -> None:
    assert "没有同意过什么" in said(room, words)

    answer = said(room, "健康打卡 36.5，没有不舒服", "同意", words)

    assert "健康打卡，2026年3月11日 10:00 同意的" in answer
    assert "撤回健康打卡的同意" in answer
    assert "已撤回：健康打卡" in said(room, "撤回健康打卡的同意")
    assert "没有同意过什么" in said(room, words)


@pytest.mark.parametrize("words", ["业主投票我同意了哪些方案", "我同意了什么时候装电梯", "我同意物业的方案", "有哪些授权维修点"])
def test_what_else_was_agreed_to_is_no_list_of_consents(room: Room, words: str) -> None:
    assert "没有同意过什么" not in said(room, words)


@pytest.mark.parametrize(
    "words", ["我的数据存多久", "信息存多久", "搬走后我的信息还留着吗", "我的体温存多长时间", "聊天记录保存几个月"]
)
def test_who_asks_how_long_reads_the_terms_of_the_community(room: Room, words: str) -> None:
    answer = said(room, words)

    assert "180 天：" in answer
    assert "90 天：体温和症状" in answer
    assert "搬走" in answer


@pytest.mark.parametrize("words", ["隐私政策", "谁能看到我说的话"])
def test_who_asks_what_is_kept_reads_no_terms(room: Room, words: str) -> None:
    assert "180 天" not in said(room, words)


@pytest.mark.parametrize(
    "words",
    [
        "为什么要我同意",
        "同意了会怎样",
        "同意是什么意思",
        "同意给谁看的",
        "必须同意吗",
        "我还没同意",
        "同意不了",
        "你们怎么老要我同意",
    ],
)
def test_whoever_asks_what_a_consent_is_for_has_not_given_it(room: Room, words: str) -> None:
    said(room, "健康打卡 36.5，没有不舒服")

    answer = said(room, words)

    assert holding(room) == []
    assert "可以记吗" in answer
    assert "打卡成功" in said(room, "同意")


def test_why_a_consent_is_asked_is_told_and_the_question_put_again(room: Room) -> None:
    said(room, "健康打卡 36.5，没有不舒服")

    answer = said(room, "为什么要我同意")

    assert "敏感的健康信息" in answer  # why, and what for
    assert "请社区工作人员联系" in answer
    assert "只给管健康的社区工作人员看，存90天就删" in answer  # who, and how long
    assert "撤回健康同意" in answer
    assert "不同意也行" in answer


@pytest.mark.parametrize("words", ["同意", "不同意", "我不同意", "同意了"])
def test_a_yes_or_no_to_nothing_changes_nothing_and_is_no_vote(room: Room, words: str) -> None:
    said(room, "我家水管漏水")

    answer = said(room, words)

    assert "什么都没有变" in answer
    assert "健康打卡" in answer  # what there is to consent to
    assert "投票" not in answer
    assert holding(room) == []


@pytest.mark.parametrize("words", ["为什么要我同意", "凭什么要我同意", "不同意会怎么样"])
def test_without_a_question_all_that_needs_consent_is_told(room: Room, words: str) -> None:
    answer = said(room, words)

    assert "存90天就删" in answer
    assert "撤回健康同意" in answer
    assert "投票" not in answer


def test_a_consent_that_comes_late_is_asked_for_once_more(room: Room) -> None:
    said(room, "健康打卡 36.5，没有不舒服")
    room.wait(timedelta(minutes=20))

    assert "可以记吗" in said(room, "同意")
    assert holding(room) == []
    assert "打卡成功" in said(room, "同意")


@pytest.mark.parametrize("words", ["装电梯要多少人同意", "不同意涨物业费怎么投"])
def test_a_vote_is_no_consent(room: Room, words: str) -> None:
    assert "存90天就删" not in said(room, words)
