"""What the office knows is found in other words than it was written in, and not where something else is meant."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot import config
from bot.contract.knowledge import shipped
from bot.dialogue.understanding import Understanding
from bot.language.known import SURE
from bot.store.knowledge import Draft, Entry, Shelf

HOME, EAST = 1, 2


@pytest.fixture(scope="module")
def shipped_understanding() -> Understanding:
    """The shipped intents, which no test here changes."""
    return Understanding.load(config.shipped("intents"), config.shipped("data"))


@pytest.fixture
def room(shipped_understanding: Understanding) -> "Room":
    return Room(shipped_understanding)


class Room:
    """An office that knows what it is given, by questions."""

    def __init__(self, understanding: Understanding) -> None:
        self.understanding, self.knowledge = understanding, understanding.knowledge
        self.knowledge.learn({HOME: Shelf(stamp=(0, 0, ""), entries=()), EAST: Shelf(stamp=(0, 0, ""), entries=())},
                             understanding.catalogue, datetime(2026, 3, 11).astimezone())  # fmt: skip

    def knows(self, drafts: Sequence[Draft], now: datetime, community: int = HOME) -> None:
        entries = tuple(
            Entry(**draft.columns, public_id=draft.question, community_id=community, updated_at=now) for draft in drafts
        )
        self.knowledge.learn({community: Shelf(stamp=(len(entries), 1, ""), entries=entries)}, self.understanding.catalogue, now)

    def finds(self, text: str, now: datetime, at_least: float = 0.0) -> list[str]:
        return [known.entry for known in self.knowledge.search(text, now, (HOME,)) if known.confidence >= at_least]


@pytest.fixture
def filled() -> list[Draft]:
    """All templates, as if an office had filled them in."""
    return [replace(draft, answer="填好了。", is_template=False) for draft in shipped()]


ASKED = {
    "门禁卡弄丢了怎么补": "门禁卡怎么补办", "装修押金要交多少啊": "装修要办什么手续", "物业费几块一平方": "物业费标准是多少",
    "想看一下监控录像": "怎么查监控", "租给别人要去备案吗": "出租房子要登记吗", "天然气怎么开通": "煤气怎么通气",
    "开个居住证明": "居住证明怎么开", "预防针去哪打": "打疫苗在哪里", "電瓶車可以上樓嗎": "电动车停哪里", "棋牌室要预约吗": "活动室怎么预约",
}  # fmt: skip

MEANT_OTHERWISE = [
    "宇宙有多大", "你好", "谢谢", "我想邀请一个朋友明天来", "厨房水管漏水了", "灯坏了", "老人摔倒了", "我体温37度", "我住3栋2单元501",
    "取消", "人工", "你是真人吗", "股票涨了吗", "帮我写首诗", "有车挡着我了帮我挪车", "登记车牌浙A12345", "报修进度", "电梯坏了",
    "我妹妹明天下午三点来", "附近哪家饭店好吃", "明天会不会下雨", "怎么做红烧肉", "一百块钱够吗", "世界杯谁赢了", "楼上太吵了",
    "路灯不亮", "改成后天下午", "我要投票", "我想死", "去机场怎么走", "给我讲个笑话", "5栋门口有人遛狗不牵绳", "有人在楼道里给电动车充电",
]  # fmt: skip


def test_a_question_is_found_in_other_words(room: Room, filled: list[Draft], now: datetime) -> None:
    room.knows(filled, now)

    assert {text: room.finds(text, now)[:1] for text in ASKED} == {text: [entry] for text, entry in ASKED.items()}


@pytest.mark.parametrize("entries", [1, 8, 50])
def test_few_entries_are_no_surer_of_what_is_meant_otherwise_than_many(
    room: Room, filled: list[Draft], now: datetime, entries: int
) -> None:
    room.knows(filled[:entries], now)

    assert {text: found for text in MEANT_OTHERWISE if (found := room.finds(text, now))} == {}


def test_a_question_said_as_it_was_written_is_certain(room: Room, filled: list[Draft], now: datetime) -> None:
    room.knows(filled, now)

    assert room.finds("师傅，请问门卡掉了咋办？", now, at_least=SURE) == ["门禁卡怎么补办"]


def test_nothing_still_to_be_filled_in_is_found(room: Room, now: datetime) -> None:
    room.knows([*shipped(), replace(shipped()[0], is_template=False)], now)

    assert room.finds("门禁卡怎么补办", now) == []


def test_this_years_answer_holds_on_its_days_and_last_years_is_silent(room: Room, now: datetime) -> None:
    old = Draft(question="停车费多少", answer="2 元。", valid_until=date(2026, 3, 10))
    new = Draft(
        question="停车费多少钱",
        others=("停车费多少",),
        answer="3 元。",
        valid_from=date(2026, 3, 11),
        valid_until=date(2026, 3, 12),
    )
    room.knows([old, new], now)

    assert room.finds("停车费多少", now) == ["停车费多少钱"]
    assert room.finds("停车费多少", now.replace(hour=23) + timedelta(days=1)) == ["停车费多少钱"]
    assert room.finds("停车费多少", now + timedelta(days=2)) == []


def test_a_day_that_brings_an_answer_brings_it_without_anybody_saving(room: Room, now: datetime) -> None:
    room.knows([Draft(question="泳池几点开", answer="9 点。", valid_from=date(2026, 3, 12))], now)
    assert room.finds("泳池几点开", now) == []

    tomorrow = now + timedelta(days=1)
    assert room.knowledge.learn({}, room.understanding.catalogue, tomorrow)
    assert room.finds("泳池几点开", tomorrow) == ["泳池几点开"]
    assert not room.knowledge.learn({}, room.understanding.catalogue, tomorrow)


def test_each_community_has_answers_of_its_own(room: Room, now: datetime) -> None:
    room.knows([Draft(question="停车费多少", answer="2 元。")], now, HOME)
    room.knows([Draft(question="停车费多少", answer="5 元。")], now, EAST)

    heard = room.understanding.hear_text("停车费多少", now)
    assert sorted(known.community_id for known in heard.known) == [HOME, EAST]
    assert [known.community_id for known in room.understanding.hear_text("停车费多少", now, {EAST}).known] == [EAST]


def test_what_is_removed_is_forgotten_after_the_next_look(room: Room, now: datetime) -> None:
    room.knows([Draft(question="停车费多少", answer="2 元。")], now)
    room.knows([], now)

    assert room.finds("停车费多少", now) == []
