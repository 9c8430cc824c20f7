"""What a form cannot hold is told in the resident's words; what it took, and what is told beside it, is no loss."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import leftovers
from bot.language.kinds.kind import Slot
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

VISIT = [
    Slot(name="visitor_name", kind=KINDS["name"]), Slot(name="starts_at", kind=KINDS["start"]), Slot(name="ends_at", kind=KINDS["end"]),
    Slot(name="people", kind=KINDS["count"]), Slot(name="plate", kind=KINDS["plate"], skippable=True), Slot(name="phone", kind=KINDS["phone"]),
]  # fmt: skip
PLACES = {
    "厨房": ("厨房",), "卫生间": ("卫生间", "马桶"), "客厅": ("客厅",), "主卧": ("主卧",), "次卧": ("次卧",), "书房": ("书房",), "阳台": ("阳台",),
    "卧室": ("卧室",),
}  # fmt: skip
REPAIR = [Slot(name="location", kind=KINDS["place"], options=PLACES), Slot(name="appointment_at", kind=KINDS["start"])]
CHECKIN = [Slot(name="temperature", kind=KINDS["temperature"])]
BIND = [Slot(name=name, kind=KINDS[name]) for name in ("building", "unit", "room")]


def unread(wanted: list[Slot], text: str) -> tuple[str, ...]:
    said = Reading.of(text, NOW)
    return leftovers.unread(said, wanted, said.take(wanted))


@pytest.mark.parametrize(("wanted", "text", "words"), [
    (VISIT, "我妹妹明天下午三点来，两辆车粤B12345和粤B54321", "粤B12345"),
    (VISIT, "张伟明天来，车牌沪A12345，还有一辆沪B66666", "沪A12345"),
    (VISIT, "王芳明天来，电话13800138000或者13900139000", "13800138000"),
    (VISIT, "我妈后天过来住几天", "住几天"),
    (VISIT, "我同学明天来，来三天", "来三天"),
    (VISIT, "表哥这几天都来", "这几天都来"),
    (VISIT, "家教每天下午四点来", "每天"),
    (VISIT, "理疗师每周五来", "每周五"),
    (VISIT, "钟点工以后每周三上午来", "每周三"),
    (VISIT, "张伟明天上午来，后天上午也来", "后天上午"),
    (VISIT, "我朋友明天下午三点或者五点来", "五点"),
    (VISIT, "接下来两天我弟都来", "接下来两天"),
    (VISIT, "张三周六上午来，周日下午也来", "周日下午"),
    (VISIT, "护工天天来", "天天"),
    (VISIT, "给王师傅办个长期的通行证", "长期"),
    (VISIT, "张伟明天九点来，下午四点还要来一次", "下午四点"),
    (VISIT, "我姐这周都来", "这周"),
    (VISIT, "陈杰明天来，粤B12345，另一辆粤BD12345", "粤B12345"),
    (REPAIR, "水管漏水，明天上午九点到十一点来", "十一点"),
    (REPAIR, "灯坏了，明天下午五点前来修", "明天下午五点前"),
    (REPAIR, "马桶堵了，明天上午来，不行就后天下午", "后天下午"),
    (REPAIR, "空调坏了，周六上午或者周日上午来", "周日上午"),
    (REPAIR, "电梯坏了，今天下午或明天上午来修", "明天上午"),
    (CHECKIN, "早上36.5，晚上37.8", "36.5"),
    (CHECKIN, "刚才量36.2度，现在37.5度", "36.2度"),
    (BIND, "3栋2单元501和502", "502"),
    (BIND, "我有两套，3栋2单元501，5栋1单元302", "3栋2单元501"),
    (BIND, "绑定3栋2单元501、5栋1单元1102", "3栋2单元501"),
    (BIND, "3栋2单元501室和503室", "501室"),
    (VISIT, "我女儿每个周末都回来", "每个周末"),
    (VISIT, "我爸明天来，开两辆车，粤B12345、粤B23456", "粤B12345"),
])  # fmt: skip
def test_value_that_is_not_taken_is_told_in_its_own_words(wanted: list[Slot], text: str, words: str) -> None:
    [told] = unread(wanted, text)

    assert words in told


@pytest.mark.parametrize(("wanted", "text"), [
    (REPAIR, "厨房和卫生间都漏水"),
    (REPAIR, "客厅、主卧的灯不亮"),
    (REPAIR, "卫生间跟阳台都漏"),
    (REPAIR, "书房和次卧没网"),
    (VISIT, "我妹妹明天下午三点来"),
    (VISIT, "王强明天上午十点到我家，开车，粤BD12345"),
    (VISIT, "周六有两个朋友来做客"),
    (VISIT, "麻烦给张伟开个通行证 后天上午"),
    (VISIT, "张伟明天来"),
    (VISIT, "明天下午三点我妈来"),
    (VISIT, "我妈明天来住三天"),
    (VISIT, "李四明天来住一个礼拜"),
    (VISIT, "我侄子明天到，待两个星期"),
    (VISIT, "明天下午三点来，晚上八点走"),
    (VISIT, "李四明天下午两点到五点来"),
    (VISIT, "27号有人来看房，下午两点到四点"),
    (VISIT, "爸妈明天到，早上八点的火车"),
    (VISIT, "明天来，后天走"), (VISIT, "王强明天上午十点来，大后天走"), (VISIT, "我爸明天下午两点来，周日下午走"), (VISIT, "我姑姑明天中午到，待到晚上"),
    (VISIT, "我同学后天开车过来，车牌粤B12345"),
    (VISIT, "张师傅明天上午来，电话13800138000"),
    (VISIT, "月底来人，29号吧"),
    (VISIT, "我舅舅一家五口周末来"),
    (VISIT, "王芳现在到门口了，粤B12345"),
    (VISIT, "朋友今晚来吃饭"),
    (VISIT, "半小时后有人来"),
    (VISIT, "我妈等下过来"),
    (VISIT, "后天我舅舅一家过来，待两个小时"),
    (VISIT, "小李下午到"),
    (VISIT, "张三和李四明天来"),
    (VISIT, "车牌粤B12345，不对，粤B54321"),
    (VISIT, "我哥从前天就说要来，明天下午到"),
    (VISIT, "我老公昨天出差了，他同事明天来拿东西"),
    (VISIT, "国庆我爸妈来"),
    (VISIT, "下周二上午有个老师来家访"),
    (VISIT, "赵敏明天来，十点左右"),
    (VISIT, "给李小龙开个通行证，今天用"),
    (VISIT, "三个人明天上午九点来"),
    (VISIT, "陈阿姨后天上午十点过来，姓陈，50多岁"),
    (VISIT, "粤B12345今天要进来，我朋友的"),
    (VISIT, "张伟明天下午三点来，大概三点"),
    (REPAIR, "厨房漏水了"),
    (REPAIR, "卫生间的灯不亮"),
    (REPAIR, "我家马桶堵了"),
    (REPAIR, "楼道灯坏了三天了"),
    (REPAIR, "昨天晚上开始漏水，明天上午来修"),
    (REPAIR, "空调温度26度也不制冷"),
    (REPAIR, "主卧卫生间的龙头滴水"),
    (REPAIR, "每天晚上八点都有响声"),
    (REPAIR, "电梯停了两天了"),
    (REPAIR, "厨房水管漏水了，明天上午能来修吗"),
    (REPAIR, "3栋2单元501厨房漏水"),
    (REPAIR, "网断了，现在急用"),
    (REPAIR, "水管爆了，快来"),
    (REPAIR, "灯一闪一闪的，周六上午来修"),
    (REPAIR, "今天早上开始没热水"),
    (REPAIR, "我家单元门的门禁坏了，下午来看看"),
    (REPAIR, "天花板渗水一个星期了"),
    (REPAIR, "厨房下水道堵了，我电话13800138000"),
    (REPAIR, "三天前报过，还没修"),
    (REPAIR, "卧室床上面的天花板掉了"),
    (REPAIR, "水龙头关不紧，一天漏一桶"),
    (CHECKIN, "36度8"),
    (CHECKIN, "体温36.5，一切正常"),
    (CHECKIN, "今天38度5，有点咳嗽"),
    (CHECKIN, "36.7"),
    (CHECKIN, "空调开26度，体温36.6"),
    (CHECKIN, "孩子发烧39度了"),
    (BIND, "3栋2单元501"),
    (BIND, "我家是5号楼的，3单元，602"),
    (BIND, "我住12-2-1803"),
    (BIND, "不是3栋是5栋2单元1102"),
    (VISIT, "李雷周五晚上七点来吃饭，十点走"), (VISIT, "王姐下周一来，下周三走"), (VISIT, "张伟明天和后天都来"), (REPAIR, "从早上八点到现在没水"),
    (REPAIR, "插座没电，我晚上七点以后在家"), (REPAIR, "厨房灯闪了一个多月了，今天闪得更厉害"),
])  # fmt: skip
def test_ordinary_sentence_leaves_nothing_over(wanted: list[Slot], text: str) -> None:
    assert unread(wanted, text) == ()


def test_form_that_knew_the_day_takes_the_hour_that_is_said_next() -> None:
    known = {"starts_at": datetime(2026, 3, 13, 15, tzinfo=SHANGHAI)}
    found = {**known, **Reading.of("四点半吧", NOW).take(VISIT, asked="starts_at", known=known)}

    assert leftovers.unread(Reading.of("四点半吧", NOW), VISIT, found) == ()


@given(st.text(max_size=40), st.sampled_from([VISIT, REPAIR, CHECKIN, BIND]))
def test_any_text_is_searched_without_an_error(text: str, wanted: list[Slot]) -> None:
    unread(wanted, text)


@given(st.lists(st.sampled_from("每天三住来周日点号和到走车牌粤BF1234536.8度厨房、，501栋"), max_size=24))
def test_jumbled_values_are_searched_without_an_error(signs: list[str]) -> None:
    for wanted in (VISIT, REPAIR, CHECKIN, BIND):
        unread(wanted, "".join(signs))
