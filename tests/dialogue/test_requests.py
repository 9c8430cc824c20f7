"""Several requests in one message are served one after the other; what belongs together is not torn apart."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import config
from bot.dialogue import requests
from bot.dialogue.understanding import Understanding
from bot.language.matching.matcher import Candidate, Match
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

SHIPPED = Understanding.load(config.shipped("intents"), config.shipped("data"))


def test_two_requests_in_one_message_are_both_served(chat: Any) -> None:
    chat.bind()

    answer = chat.say("楼道的灯不亮，还有我想寄个包裹给王芳")

    assert [event.subject for event in chat.events("lamp.reported")] == ["lamp:7"]
    assert answer.outcome.intent == "parcel.send"
    assert answer.texts[-1].startswith("接着办“寄包裹”。")
    assert answer.values["recipient"] == "王芳"


def test_question_after_a_request_is_answered_at_once(chat: Any) -> None:
    chat.bind()

    answer = chat.say("楼道的灯不亮。你们几点上班？")

    assert len(chat.events("lamp.reported")) == 1
    assert len(answer.texts) == 2
    assert answer.outcome.intent == "faq.hours"


def test_second_request_waits_for_the_form_of_the_first(chat: Any) -> None:
    chat.bind()
    asked = chat.say("我想寄个包裹给王芳，另外楼道的灯不亮")

    assert asked.texts[0].startswith("听到两件：寄包裹、报灯坏“楼道的灯不亮”，一件一件来。")
    assert asked.outcome.intent == "parcel.send"
    assert chat.events("lamp.reported") == []
    chat.talk("明天下午三点", "大箱子")
    chat.say("没有")
    chat.say("确认")

    assert len(chat.events("parcel.sent")) == 1
    assert len(chat.events("lamp.reported")) == 1


@pytest.mark.parametrize("text", [
    "我想寄个包裹给王芳，明天下午三点，大箱子", "我想寄个包裹。给王芳。明天下午三点。", "我想寄个包裹给王芳。谢谢！", "我想寄个包裹给王芳，还有李雷",
])  # fmt: skip
def test_one_request_in_several_sentences_stays_one(chat: Any, text: str) -> None:
    chat.bind()

    assert chat.house.understanding.hear_text(text, chat.now).more == ()
    assert chat.say(text).outcome.intent == "parcel.send"


def test_danger_comes_first_whatever_else_is_said(chat: Any) -> None:
    answer = chat.say("我想寄个包裹给王芳，对了，着火了")

    assert answer.outcome.kind == "emergency"


def test_waiting_for_a_person_can_be_called_off_before_anybody_answers(chat: Any) -> None:
    chat.say("转人工")

    assert chat.say("好了不用了").outcome.kind == "cancelled"
    assert len(chat.events("conversation.called_off")) == 1
    assert "没有正在办的事" in chat.say("算了").texts[0]


def parted(text: str) -> list[str]:
    heard = SHIPPED.hear_text(text, NOW)
    return [heard.text, *(piece.text for piece in heard.more)]


@pytest.mark.parametrize(("count", "text"), [
    (2, "厨房漏水，还有楼道灯不亮"),
    (2, "明天我妈来，后天我同学来"),
    (2, "我家马桶堵了顺便问下物业费怎么交"),
    (1, "漏水！漏水！快来"),
    (1, "我妹妹明天下午三点来，开车，车牌粤B12345"),
    (2, "我妹妹明天下午三点来，厨房的水管漏水了"),
    (3, "我妹妹明天下午三点来，厨房的水管漏水了，顺便问一下物业费怎么交，麻烦你们了谢谢"),
    (2, "我家马桶堵了明天我妹妹要来"),
    (2, "你好，我是3栋的，厨房漏水，另外明天我妈来"),
    (2, "张伟明天来，李四后天来"),
    (2, "我家马桶堵了，厨房水龙头也坏了"),
    (1, "电梯坏了，门打不开"),
    (1, "卫生间漏水，漏到楼下客厅天花板了"),
    (1, "厨房漏水，地上都是水"),
    (1, "昨晚开始漏水，明天上午来修"),
    (2, "主卧灯不亮，客厅灯也不亮"),
    (1, "我要取消访客，我妹妹不来了"),
    (1, "空调不制冷，老人热得受不了"),
    (1, "厨房水管漏水了，明天上午能来修吗"),
    (2, "厨房漏水了。我妹妹明天来"),
    (1, "水管爆了，水哗哗的流，快点来人"),
    (2, "帮我取消报修，然后再给我妈开个通行证，明天上午来"),
    (2, "我妹妹明天来，还有厨房漏水，车牌粤B12345"),
    (1, "你好，麻烦帮我登记一下访客，我妈明天上午来，谢谢"),
    (1, "我们楼电梯停了，老人上不去，急死了"),
    (1, "王强明天上午十点到我家，开车，粤BD12345，电话13800138000"),
    (1, "体温36.5，一切正常，不咳嗽"),
    (1, "灯不亮，是不是跳闸了"),
    (1, "3栋2单元501，我姓陈，绑定一下"),
    (2, "今天打卡36.5，另外客厅灯坏了"),
    (1, "楼道灯坏了。谢谢！辛苦了"),
    (1, "周六有两个朋友来吃饭，一个开车来，车牌粤B12345"),
    (1, "卫生间反味，天花板也滴水，楼上是不是漏了"),
    (2, "下水道堵了，还有就是快递怎么寄存"),
    (2, "停车费怎么交，物业几点上班"),
    (3, "厨房漏水，楼道灯不亮，电梯也坏了"),
    (1, "修洗衣机的师傅明天来，让他上来"),
    (2, "报修！马桶堵了！还有明天我爸要来住"),
    (1, "管家在不在，我要跟他讲"), (1, "楼上太吵，我要投诉"), (1, "我是3栋501，欠多少物业费"), (1, "我是5栋302，今天36度4没症状"),
    (1, "我住10栋801，暖气不热"), (1, "来修的是哪位师傅，怎么联系"), (1, "有人乱停车占了我的位子"), (1, "车牌沪A88B66，朋友的，今天要进来"),
    (2, "客厅插座没电了，顺便帮我看看停车费交到几月了"),
    (2, "后天我爸妈来住，另外厨房下水道堵了"),
    (2, "电梯又停了，还有单元门关不上"),
    (1, "门禁坏了进不去，我站在门口等半天了"),
    (2, "我想报修，卫生间漏水，再就是明天下午我同事来一趟"),
    (1, "明天下午三点我表姐开车来，车牌浙A12345，两个人，晚上走"),
    (1, "洗衣机不转了，可能是插座的问题，周末来看看"),
    (2, "今天36.6没症状，另外问下明天停水吗"),
    (1, "我要投诉楼上太吵，每天半夜都跳绳，说了好几次"),
    (1, "麻烦帮我取消明天的访客，他临时有事不来了"),
    (1, "马桶又堵了，上周刚通过，你们能不能一次弄好"),
    (2, "厨房漏水另外我妈明天来"),
])  # fmt: skip
def test_message_holds_as_many_wishes_as_a_person_would_count(count: int, text: str) -> None:
    assert len(parted(text)) == count


@pytest.mark.parametrize(("count", "text"), [
    (2, "主卫马桶流水，客卫花洒不出水"), (2, "厨房水龙头滴水，阳台地漏堵了"), (2, "客厅灯不亮，主卧空调不制冷"), (2, "次卧窗户关不上，厨房下水道堵了"), (2, "卫生间灯坏了，厨房插座没电"), (2, "阳台推拉门卡住了 主卧灯闪"), (2, "入户门锁坏了，卫生间漏水"),
    (2, "厨房天花板漏水，书房没网"), (2, "我家主卧墙上掉皮，客厅灯一闪一闪的"), (2, "马桶堵了。厨房的灯也不亮了"), (2, "洗手间水管漏，儿童房的门关不严"), (2, "师傅，厨房龙头关不紧，还得看看阳台的灯，不亮"), (2, "客卫地漏返味，主卫热水器打不着火"),
    (2, "大卧室空调滴水，小卧室窗把手掉了"), (2, "阿姨屋里灯唔着，厨房水喉漏水"), (2, "卫生间花洒坏了厨房下水慢"), (2, "楼道灯不亮，我家门铃不响"), (2, "地下车库灯坏了一排，3栋单元门关不上"), (2, "客厅插座冒过火花现在没电，卫生间马桶一直流水"),
    (2, "餐厅灯坏了，另一个是卫生间水管漏水"), (3, "主卧灯不亮，厨房漏水，阳台窗户关不上"), (3, "马桶堵，客厅没网，次卧空调不冷"), (2, "厨房水管漏水，电梯坏了"), (2, "主卫水龙头漏水 客卫马桶堵了 谢谢"), (2, "我妈房间的灯不亮，我房间的插座没电"),
    (1, "厨房和卫生间的灯都不亮"), (1, "客厅、主卧没网"), (1, "主卫和客卫的马桶都堵了"), (1, "厨房漏水，漏到客厅了"), (1, "卫生间漏水，楼下邻居厨房都滴水了"), (1, "主卧空调滴水，地板都泡了"), (1, "厨房水管漏水，客厅地上全是水"), (1, "马桶堵了，水都漫到客厅了"),
    (1, "全屋没电，厨房卫生间都没电"), (1, "阳台漏水，是从楼上阳台漏下来的"), (1, "卫生间马桶流水不停，厨房的水是好的"), (1, "次卧窗户漏风，主卧没事"), (1, "主卧的门锁坏了，人在客厅等"), (2, "主卫淋浴不出热水，厨房抽油烟机不转"), (2, "大门锁舌卡了，客厅吊灯不亮"),
    (2, "儿子房间窗帘杆掉了，阳台水龙头滴水"), (2, "客卫门打不开，主卫马桶水箱一直响"), (2, "厨房水槽返水 餐厅插座没电"), (2, "老人房的灯坏了，卫生间扶手松了"), (2, "厕所灯不亮，水龙头也关不紧"), (2, "阳台地漏堵，厨房煤气灶打不着"),
    (2, "主卧空调漏水，客厅电视没信号"), (2, "厨房下水道堵了，麻烦顺便看下卫生间的排气扇不转了"), (1, "主卧和次卧的空调都不冷"), (1, "厨房灯不亮，换了灯泡还是不亮"), (1, "厨房漏水，地板都泡起来了"), (1, "卫生间天花板滴水，墙都发霉了"), (1, "没电了，全屋都黑"),
    (1, "马桶堵了，冲不下去，水都满到边上了"), (1, "阳台门关不上，风大得很"), (1, "网断了，电视也看不了"), (1, "水管漏水把客厅淹了，快来"), (1, "主卫漏水，客卫没漏"),
])  # fmt: skip
def test_two_faults_in_two_places_are_two_and_one_that_spreads_is_one(count: int, text: str) -> None:
    assert len(parted(text)) == count


def test_facts_stay_with_the_wish_that_wants_them() -> None:
    assert parted("我妹妹明天来，还有厨房漏水，车牌粤B12345") == ["我妹妹明天来，车牌粤B12345", "厨房漏水"]


def test_two_wishes_of_one_kind_keep_their_own_words() -> None:
    assert parted("厨房漏水，还有楼道灯不亮") == ["厨房漏水", "楼道灯不亮"]
    assert parted("明天我妈来，后天我同学来") == ["明天我妈来", "后天我同学来"]


def test_greeting_and_flat_before_the_first_wish_are_part_of_it() -> None:
    assert parted("你好，我是3栋的，厨房漏水，另外明天我妈来")[0] == "你好，我是3栋的，厨房漏水"


@pytest.mark.parametrize(
    "text",
    ["厨房漏水，" * 40, "厨房漏水。" * 40, "我妹妹明天来了" * 30, "还有" * 100, "，" * 300, "厨房漏水！厨房漏水！厨房漏水！"],
)
def test_each_piece_is_matched_once_and_few_are(text: str) -> None:
    asked: list[str] = []

    def match(said: Reading) -> Match:
        asked.append(said.raw)
        return Match(text=said.raw, candidates=(Candidate("repair.report", 1.0, ""),), decision="accept")

    said = Reading.of(text, NOW)
    found = requests.part(said, match(said), match, lambda intent, words: False)

    assert len(found) == 1
    assert len(asked) == len(set(asked)) <= requests.PIECES + 1


EXAMPLES = [example for intent in SHIPPED.catalogue.intents.values() if not intent.emergency for example in intent.examples]


def test_no_shipped_example_is_parted() -> None:
    assert [text for text in EXAMPLES if len(parted(text)) > 1] == []


@pytest.mark.parametrize(("file", "least"), [("wishes.tsv", 0.8), ("wishes2.tsv", 0.55)])
def test_nearly_all_told_in_one_breath_is_parted_as_a_person_would(file: str, least: float) -> None:
    lines = [line.split("\t") for line in Path(__file__).with_name(file).read_text("utf-8").splitlines() if line[:1] != "#"]
    counted = [(len(intents.split()), len(parted(said.replace("|", "")))) for intents, said in lines]
    several = [found == wanted for wanted, found in counted if wanted > 1]
    alone = [found == 1 for wanted, found in counted if wanted == 1]

    assert sum(several) >= least * len(several), f"{sum(several)} of {len(several)}"
    assert sum(alone) >= 0.94 * len(alone), f"{sum(alone)} of {len(alone)}"
