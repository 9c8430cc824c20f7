"""Values in messages: flats, plates, phones, temperatures, counts, names, choices, corrections."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import config
from bot.language import files, leftovers, reading
from bot.language.corrections import corrects
from bot.language.kinds import name as name_
from bot.language.kinds.kind import SKIPPED, Slot
from bot.language.kinds.shipped import KINDS
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
FLAT = [Slot(name=name, kind=KINDS[name]) for name in ("building", "unit", "room")]


def read(kind: str, text: str, **options: object) -> object:
    return reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind], **options)]).get("x")  # type: ignore[arg-type]


def asked(kind: str, text: str, **options: object) -> object:
    return reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind], **options)], asked="x").get("x")  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "expected"), [
    ("3栋2单元501", ("3", "2", "501")), ("三号楼二单元五零一室", ("3", "2", "501")), ("12-2-1803", ("12", "2", "1803")),
    ("5-1-302", ("5", "1", "302")), ("B座1203", ("B", "", "1203")), ("7#1101", ("7", "", "1101")), ("8#楼1102", ("8", "", "1102")),
    ("三栋幺八零二", ("3", "", "1802")), ("2-801", ("2", "", "801")), ("6号楼3门402", ("6", "3", "402")), ("18栋", ("18", "", "")),
    ("我家3栋502马桶堵了", ("3", "", "502")), ("明天3月12日", ("", "", "")), ("13800138000", ("", "", "")), ("2单元501", ("", "2", "501")),
    ("不是3栋是5栋", ("5", "", "")), ("八号楼十二零一", ("8", "", "1201")), ("我是一栋的老住户 二零二", ("1", "", "202")), ("二十栋二十三零四", ("20", "", "2304")),
    ("10栋2单元，房号603", ("10", "2", "603")), ("三栋四单元六楼602", ("3", "4", "602")), ("3#2-501", ("3", "2", "501")),
    ("3栋2单元6楼", ("3", "2", "")), ("我家是5号楼的，3单元，602", ("5", "3", "602")), ("是3栋不是5栋", ("3", "", "")),
    ("3栋2单元，2个人", ("3", "2", "")), ("3栋，2024年入住", ("3", "", "")), ("3栋2024年入住", ("3", "", "")),
    ("3栋，502元没交", ("3", "", "")), ("3栋，200的水费", ("3", "", "")), ("3栋，502", ("3", "", "502")), ("3栋，2单元", ("3", "2", "")),
])  # fmt: skip
def test_flat_is_read(text: str, expected: tuple[str, str, str]) -> None:
    found = reading.of(text, NOW).take(FLAT)

    assert tuple(found.get(name, "") for name in ("building", "unit", "room")) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("沪a12345", "沪A12345"), ("鄂A·88888", "鄂A88888"), ("沪ＡＤ１２３４５", "沪AD12345"), ("京A12345F", "京A12345F"),
    ("粤Z1234港", "粤Z1234港"), ("车牌是粤 B 12345 的", "粤B12345"), ("沪A1234", None), ("粤BO1234", None), ("川A12345挂", None), ("使123456", "使123456"),
    ("粤B12345，不对，粤B54321", "粤B54321"), ("粤B7Q2M9 1人", "粤B7Q2M9"),
])  # fmt: skip
def test_plate_is_read(text: str, expected: str | None) -> None:
    assert read("plate", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("138 0013 8000", "13800138000"), ("138-0013-8000", "13800138000"), ("+86 13800138000", "13800138000"),
    ("一三八零零一三八零零零", "13800138000"), ("021-58881234", "021-58881234"), ("400-820-8820", "400-820-8820"),
    ("1380013800", None), ("138001380001", None), ("1 3 8 0 0 1 3 8 0 0 0", "13800138000"),
])  # fmt: skip
def test_phone_is_read(text: str, expected: str | None) -> None:
    assert read("phone", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("36度8", 36.8), ("36点4", 36.4), ("三十六点五度", 36.5), ("36.5℃", 36.5), ("３６．７度", 36.7), ("37度半", 37.5), ("三十七度半", 37.5),
    ("三十六度七", 36.7), ("36。8", 36.8), ("37点9", 37.9), ("体温38度", 38.0), ("3栋2单元", None), ("车位36号", None), ("空调温度36度", None), ("37", None), ("36.55", 36.6), ("36.555", None),
    ("打卡 40 咳嗽", 40.0), ("打卡36", 36.0), ("体温39，难受", 39.0), ("烧到40", 40.0), ("打卡40天了", None), ("高烧39小时了", None), ("体温 35-40 正常吗", None), ("打卡37人", None), ("是36.7不是38.7", 36.7), ("不是38.7是36.7", 36.7), ("打卡 37岁", None), ("空调温度 38", None),
])  # fmt: skip
def test_temperature_is_read(text: str, expected: float | None) -> None:
    assert read("temperature", text) == expected


@pytest.mark.parametrize(("text", "expected"), [("37", 37.0), ("36 8", 36.8), ("375", 37.5), ("不知道", None)])
def test_bare_temperature_counts_when_it_was_asked_for(text: str, expected: float | None) -> None:
    assert asked("temperature", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("两个人", 2), ("3位客人", 3), ("一家三口来", 3), ("两个大人一个小孩", 3), ("有十二个朋友", 12), ("我爸妈", 2), ("两个小时", None),
])  # fmt: skip
def test_count_is_read(text: str, expected: int | None) -> None:
    assert read("count", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("我朋友张伟明天来", "张伟"), ("王强明天上午十点到我家", "王强"), ("给李小龙开个通行证", "李小龙"), ("访客：欧阳娜娜", "欧阳娜娜"),
    ("我老同学玉芬来", "玉芬"), ("同事佳佳到", "佳佳"), ("编辑小周来拿稿", "小周"), ("舞蹈老师阿曼来", "阿曼"), ("我表弟周明刚刚已经上来了", "周明"),
    ("发小大军子从沈阳过来", "大军子"), ("剃头师傅老蒋", "老蒋"), ("小满来找我", "小满"), ("阿May来我家", "阿May"), ("朋友开车来", "朋友"), ("同事今晚来", "同事"),
    ("我囡囡带外孙来吃中饭", "囡囡"), ("卫生间的灯", None), ("马桶一直流水", None), ("司机开车", None), ("我妈感冒来不了", None), ("小区来人了", None),
    ("王先生下午来", "王先生"), ("不是张三是李四", "李四"), ("换成车库", None), ("应该是卫生间", None), ("我舅舅明天来", "舅舅"), ("明天下午三点来", None), ("周六来", None),
])  # fmt: skip
def test_name_is_read(text: str, expected: str | None) -> None:
    assert read("name", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("王芳不来了", "王芳"), ("我朋友张伟不来了", "张伟"), ("王芳又不来了", "王芳"), ("张敏不能来了", "张敏"), ("欧阳娜娜不来了", "欧阳娜娜"),
    ("老李没来", "老李"), ("小陈还没到", "小陈"), ("李强还没到", "李强"), ("阿姨也来", "阿姨"), ("王芳也来", "王芳"), ("王芳都来了", "王芳"),
    ("张伟要晚点到", "张伟"), ("王芳还要晚点到", "王芳"), ("陈建国就到", "陈建国"), ("张伟先到", "张伟"), ("王芳快到了", "王芳"), ("王不来", None),
    ("李先念来", "李先念"), ("王先生也来", "王先生"), ("王芳和李强都来", "王芳、李强"), ("车也开进来", None), ("车是白色的", None),
])  # fmt: skip
def test_name_ends_before_what_stands_between_it_and_the_verb(text: str, expected: str | None) -> None:
    assert read("name", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("我妹妹开车来", None), ("不是我妹妹，是我弟弟", "弟弟"), ("是我弟弟不是我妹妹", "弟弟"), ("是我弟弟", "弟弟"), ("改成我姐", "姐姐"), ("老李没来", None),
    ("王芳也来", None), ("是来修空调的", None), ("名字不知道呀 就写货拉拉", "货拉拉"), ("先写送货的", "送货的"), ("就写不清楚", None),
])  # fmt: skip
def test_relation_takes_the_place_of_a_name_only_as_a_correction(text: str, expected: str | None) -> None:
    slot = Slot(name="visitor_name", kind=KINDS["name"])

    assert reading.of(text, NOW).take([slot], known={"visitor_name": "王芳"}).get("visitor_name") == expected


def test_role_before_a_short_name_and_a_label_name_a_person() -> None:
    assert (read("name", "保姆小陈下礼拜一上班"), read("name", "登记：陈建军 明天到")) == ("小陈", "陈建军")


@pytest.mark.parametrize(("text", "day", "hour"), [
    ("下昼五点呀 唔系朝早", 12, 17), ("改下周二吧 还是九点 明天要出差", 17, 9), ("Sorry 我 Thursday 有 class, Friday same time", 13, 10), ("周四有课 周五下午三点吧", 13, 15),
    ("后天上午十点，不是明天", 13, 10), ("明天有会 后天早上九点来", 13, 9),
])  # fmt: skip
def test_time_that_is_denied_or_taken_is_not_meant(text: str, day: int, hour: int) -> None:
    slot = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": NOW + timedelta(days=1)}
    found = reading.of(text, NOW).take([slot], known=known)["starts_at"]

    assert isinstance(found, datetime)
    assert (found.day, found.hour) == (day, hour)


@pytest.mark.parametrize(("text", "day", "hour"), [
    ("13号有人来看房，下午两点到四点", 13, 14), ("爸妈明天到，早上八点的火车", 12, 8), ("月底来人，29号吧", 29, 0), ("明天来，后天走", 12, 0), ("明天来，哦不，后天来", 13, 0),
    ("明儿个晌午来", 12, 12), ("明早保洁阿姨七点来", 12, 7), ("明朝上半日十一点钟到", 12, 11), ("听日朝早嚟", 12, 8),
])  # fmt: skip
def test_what_is_said_further_on_of_the_same_day_counts(text: str, day: int, hour: int) -> None:
    start = read("start", text)

    assert isinstance(start, datetime)
    assert (start.day, start.hour) == (day, hour)


@pytest.mark.parametrize(("text", "expected"), [
    ("张敏", "张敏"), ("叫司马光", "司马光"), ("Tom Smith", "Tom Smith"), ("我舅舅", "舅舅"), ("确认", None), ("没有", None), ("取消", None), ("嗯呐", None), ("左右到", None), ("莫得了", None), ("他说", None),
])  # fmt: skip
def test_bare_name_counts_when_it_was_asked_for(text: str, expected: str | None) -> None:
    assert asked("name", text) == expected


SYMPTOMS = {"none": ("没有不舒服", "正常"), "fever": ("发热", "发烧"), "cough": ("咳嗽", "咳")}


@pytest.mark.parametrize(("text", "expected"), [
    ("有点咳嗽", ["cough"]), ("发烧又咳嗽", ["fever", "cough"]), ("没有发烧，就是咳", ["cough"]), ("不咳嗽", ["none"]), ("一切正常", ["none"]),
    ("体温37.9", None),
])  # fmt: skip
def test_symptoms_are_read_and_denied_ones_left_out(text: str, expected: list[str] | None) -> None:
    assert read("choices", text, options=SYMPTOMS) == expected


def test_longest_word_decides_a_choice() -> None:
    options = {"door": ("门",), "lighting": ("灯", "灯泡"), "lift": ("电梯门",)}

    assert read("choice", "电梯门打不开", options=options) == "lift"


@pytest.mark.parametrize(("text", "expected"), [
    ("4楼的灯不亮", "4楼"), ("三楼楼道的灯", "三楼楼道"), ("3栋2单元4楼楼道灯坏了", "3栋2单元4楼楼道"), ("负一层漏水", "负一层"),
    ("1102门口的灯", "1102门口"), ("不对是1102", "1102"), ("换成4楼的", "4楼"), ("不是楼道是厨房", "厨房"), ("不是楼道，是厨房", "厨房"),
    ("是厨房不是楼道", "厨房"), ("楼上漏水", None), ("电梯一层二层来回跑", "电梯"), ("修了1102块钱", None),
])  # fmt: skip
def test_place_is_taken_with_floor_and_number_as_said(text: str, expected: str | None) -> None:
    slot = Slot(name="x", kind=KINDS["place"], options={"楼道": ("楼道",), "厨房": ("厨房",), "电梯": ("电梯",)})

    assert reading.of(text, NOW).take([slot]).get("x") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("急", True), ("急！", True), ("急啊", True), ("应急灯坏了", None), ("不急", False), ("急 小孩在那儿玩", True)],
)
def test_word_of_one_sign_is_a_flag_only_alone(text: str, expected: bool | None) -> None:
    slot = Slot(name="x", kind=KINDS["flag"], options={"yes": ("急", "很急")})

    assert reading.of(text, NOW).take([slot]).get("x") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("体温98.6华氏", 37.0), ("华氏度100.4", 38.0), ("98.6℉", 37.0), ("华氏温度计坏了", None), ("98.6元", None)],
)
def test_fahrenheit_is_converted(text: str, expected: float | None) -> None:
    assert read("temperature", text) == expected


def test_of_several_peoples_temperatures_ones_own_is_taken() -> None:
    assert read("temperature", "老公36.5，我36.3，儿子36.8") == 36.3
    assert read("temperature", "我36.3，我老公36.8") == 36.3


def test_urgency_is_said_or_not() -> None:
    options = {"yes": ("急", "喷水")}

    assert read("flag", "水在喷水", options=options) is True
    assert read("flag", "不着急，慢慢来", options=options) is False
    assert read("flag", "灯不亮", options=options) is None


def test_correction_keeps_the_day_that_was_known() -> None:
    start = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": datetime(2026, 3, 13, 15, tzinfo=SHANGHAI)}

    assert reading.of("改成四点", NOW).take([start], known=known) == {"starts_at": datetime(2026, 3, 13, 16, tzinfo=SHANGHAI)}
    assert reading.of("不对，是大后天", NOW).take([start], known=known) == {
        "starts_at": datetime(2026, 3, 14, 15, tzinfo=SHANGHAI)
    }


@pytest.mark.parametrize(("text", "start", "end"), [
    ("改周六", "03-14 14:00", None), ("改成后天", "03-13 14:00", None), ("下午三点到", "03-12 15:00", None),
    ("耍到下午五点", None, "03-12 17:00"), ("五点半撤", None, "03-12 17:30"), ("八点多回家", None, "03-12 20:00"),
    ("最晚十点", None, "03-12 22:00"), ("四点半顶天了", None, "03-12 16:30"), ("第二天早上八点走", None, "03-13 08:00"),
    ("住到周六", None, "03-14 23:59"), ("周六上午十点走", None, "03-14 10:00"), ("走到三点", "03-12 15:00", None),
])  # fmt: skip
def test_when_a_visit_ends_is_not_when_it_begins(text: str, start: str | None, end: str | None) -> None:
    wanted = [Slot(name="starts_at", kind=KINDS["start"]), Slot(name="ends_at", kind=KINDS["end"])]
    known = {"starts_at": datetime(2026, 3, 12, 14, tzinfo=SHANGHAI)}

    found = reading.of(text, NOW).take(wanted, known=known)

    assert [f"{found[name]:%m-%d %H:%M}" if name in found else None for name in ("starts_at", "ends_at")] == [start, end]


@pytest.mark.parametrize("text", ["我一天到黑都在家里", "随时来，屋头有人", "冰箱都停了", "家里有老人"])
def test_being_at_home_says_nothing_new_of_where_it_is(text: str) -> None:
    place = Slot(name="x", kind=KINDS["place"], options={"卫生间": ("卫生间",), "家里": ("家里", "屋头", "冰箱")})

    assert "x" not in reading.of(text, NOW).take([place], known={"x": "卫生间"})
    assert reading.of(f"不对，{text}", NOW).take([place], known={"x": "卫生间"})["x"] == "家里"


@pytest.mark.parametrize(("text", "expected"), [
    ("是不是楼上漏的呀", False), ("对不对", False), ("不是楼上，是我家", True), ("不对，是四点", True),
])  # fmt: skip
def test_asking_whether_corrects_nothing(text: str, expected: bool) -> None:
    assert corrects(text) is expected


def test_correction_of_an_early_hour_stays_early() -> None:
    start = Slot(name="starts_at", kind=KINDS["start"])
    known = {"starts_at": datetime(2026, 3, 12, 7, tzinfo=SHANGHAI)}

    assert reading.of("改六点半", NOW).take([start], known=known) == {"starts_at": datetime(2026, 3, 12, 6, 30, tzinfo=SHANGHAI)}


def test_optional_slot_may_be_left_out() -> None:
    plate = Slot(name="plate", kind=KINDS["plate"], skippable=True)

    assert reading.of("不开车", NOW).take([plate], asked="plate") == {"plate": SKIPPED}
    assert reading.of("没有", NOW).take([plate], asked="plate") == {"plate": SKIPPED}
    assert reading.of("没有", NOW).take([plate]) == {}


@pytest.mark.parametrize(
    "text",
    [
        "不开车",
        "他坐地铁来",
        "等一下，她不开车了",
        "张伟明天打车来",
        "没开车",
        "走来的",
        "他骑车",
        "电瓶车",
        "她骑共享单车",
        "搭捷运来",
    ],
)
def test_coming_without_a_car_is_known_before_it_is_asked(text: str) -> None:
    plate = Slot(name="plate", kind=KINDS["plate"], skippable=True)

    assert reading.of(text, NOW).take([plate]) == {"plate": SKIPPED}
    assert reading.of(f"{text}，改成粤B12345", NOW).take([plate]) == {"plate": "粤B12345"}


@pytest.mark.parametrize(("text", "name", "people"), [
    ("王芳和李强周日中午来", "王芳、李强", 2), ("张伟，李娜，还有王芳", "张伟、李娜、王芳", 3), ("邀请张伟、李娜明天来", "张伟、李娜", 2), ("王芳和李强四个人来", "王芳、李强", 4),
    ("张伟明天来", "张伟", None),
])  # fmt: skip
def test_several_names_are_several_people(text: str, name: str, people: int | None) -> None:
    wanted = [Slot(name="visitor_name", kind=KINDS["name"]), Slot(name="people", kind=KINDS["count"])]

    assert reading.of(text, NOW).take(wanted) == {"visitor_name": name, **({"people": people} if people else {})}


def test_people_let_in_together_are_named_together() -> None:
    both = [Slot(name="who", kind=KINDS["name"]), Slot(name="people", kind=KINDS["count"])]

    assert reading.of("请给孙丽和马超开个通行，明天上午十点", NOW).take(both) == {"who": "孙丽、马超", "people": 2}


def test_masks_make_one_plate_like_another() -> None:
    assert reading.of("车牌粤B12345明天来", NOW).masked == reading.of("车牌沪A54321后天来", NOW).masked


@pytest.mark.parametrize(("text", "plate", "phone"), [
    ("车牌写错了，是8K261", "粤B8K261", None), ("车牌尾号是88261，刚才说错了", "粤B88261", None), ("电话错了，最后是6623", None, "13800006623"),
    ("手机号错了 尾号是6623", None, "13800006623"), ("错了，6623", None, None), ("不对，2030到", None, None), ("改到 1830", None, None),
])  # fmt: skip
def test_last_signs_set_right_what_they_are_said_of_and_nothing_else(text: str, plate: str | None, phone: str | None) -> None:
    read = [Slot(name="plate", kind=KINDS["plate"]), Slot(name="phone", kind=KINDS["phone"])]

    found = reading.of(text, NOW).take(read, known={"plate": "粤B12345", "phone": "13800001234"})

    assert found == {name: value for name, value in (("plate", plate), ("phone", phone)) if value}


READ = [
    "start",
    "end",
    "datetime",
    "building",
    "unit",
    "room",
    "plate",
    "phone",
    "temperature",
    "count",
    "name",
    "place",
    "choices",
    "flag",
]


@given(st.text(max_size=60), st.sampled_from(READ))
def test_any_text_is_read_without_an_error(text: str, kind: str) -> None:
    slot = Slot(name="x", kind=KINDS[kind], options=SYMPTOMS, skippable=True)

    reading.of(text, NOW).take([slot])
    reading.of(text, NOW).take([slot], asked="x")
    assert reading.of(text, NOW).masked is not None


@given(st.lists(st.sampled_from("零一二三四五六七八九十百千幺两0123456789栋单元号楼室点度半.:-～月日个人粤AB"), max_size=20))
def test_jumbled_numbers_are_read_without_an_error(signs: list[str]) -> None:
    text = "".join(signs)

    for kind in READ:
        reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind])], asked="x")


def test_words_that_are_kept_as_they_are_lose_nothing() -> None:
    assert asked("text", "是楼上漏的水不是我家") == "是楼上漏的水不是我家"


@pytest.mark.parametrize("words", ["没得车", "修改", "没有名字", "开车来的", "不晓得", "取消"])
def test_what_is_no_name_is_taken_for_none(words: str) -> None:
    assert asked("name", words) is None


@pytest.mark.parametrize("words", ["没有体温计", "我没得体温计", "家里没有体温表", "没量体温", "没量", "还没量"])
def test_who_has_no_thermometer_may_leave_the_figure_out(words: str) -> None:
    assert asked("temperature", words, skippable=True, ask="多少度？") == SKIPPED


@pytest.mark.parametrize(("text", "name"), [
    ("我妹妹", "妹妹"), ("陈建国家的妹妹", "陈建国家的妹妹"), ("我妈和我姨", "妈妈、我姨"), ("修空调的师傅", "修空调的师傅"), ("送冰箱的", "送冰箱的"),
    ("中介小刘", "小刘"), ("我同学两个", "同学"), ("我两个同学", "同学"), ("是个朋友", "朋友"), ("我妈", "妈妈"), ("我老公的司机", "老公的司机"),
    ("装宽带的师傅吧", "装宽带的师傅"), ("我姐一家", "姐姐"), ("快递员", "快递员"), ("张三和李四", "张三、李四"), ("小王和小李", "小王、小李"),
    ("张三和他老婆", "张三、他老婆"), ("我朋友张伟", "张伟"), ("一家三口", None), ("好", None), ("我爸的老战友", "我爸的老战友"), ("老同学小陈", "小陈"), ("李师傅和他徒弟", "李师傅、他徒弟"), ("做窗帘的", "做窗帘的"),
])  # fmt: skip
def test_relation_or_work_is_a_name_enough_when_it_was_asked_for(text: str, name: str | None) -> None:
    assert asked("name", text) == name


VISIT = [
    Slot(name="visitor_name", kind=KINDS["name"]),
    Slot(name="starts_at", kind=KINDS["start"]),
    Slot(name="people", kind=KINDS["count"]),
]


@pytest.mark.parametrize(("text", "name"), [
    ("我妹妹明天下午三点来", "妹妹"), ("陈建国家的妹妹明天来", "陈建国家的妹妹"), ("我妈和我姨后天来", "妈妈、我姨"), ("修空调的师傅明天上午来", "修空调的师傅"),
    ("送冰箱的下午到", "送冰箱的"), ("中介小刘下午来", "小刘"), ("我同学两个周六来", "同学"), ("给我妈开个码", "妈妈"), ("我舅舅一家五口后天开车来", "舅舅"),
    ("明天下午我哥来", "哥哥"), ("我女儿和张伟明天来", "女儿、张伟"), ("我同学张伟和李四后天来", "张伟、李四"), ("小王和小李周六来", "小王、小李"),
    ("我给我妈请的护工明天来", "护工"), ("有个护士要上门给我妈打针", "护士"), ("我孙女放学自己来", "孙女"), ("我老婆娘家人国庆来", "老婆娘家人"), ("等下我对象来", "对象"),
    ("有个客户等下四点要来我这边喝茶", "客户"), ("同事待会儿六点过来", "同事"), ("房东临时要来看看", "房东"),
    ("后天下午五点还有我舅舅，也不开车", "舅舅"), ("另外还有我表叔 周日十点", "表叔"), ("额大姨今晚七点过来", "大姨"),
    ("后天有人送床垫上门", "送床垫的"), ("明早八点有师傅装窗帘进来", "装窗帘的"), ("周六有人搬家具过来", "搬家具的"),
])  # fmt: skip
def test_who_comes_is_named_by_what_they_are_when_no_name_is_said(text: str, name: str) -> None:
    assert reading.of(text, NOW).take(VISIT)["visitor_name"] == name


@pytest.mark.parametrize(("text", "name"), [
    ("我妹夫明儿个头晌十点上我家来 帮我装个柜子", "妹夫"), ("另外我兄弟明天早上八点过来给我屋头送菜", "兄弟"), ("大鹏他们今晚来我家看球", "大鹏"), ("婷婷她们周六来写作业", "婷婷"),
    ("我条女今晚九点过嚟 叫Mandy", "Mandy"), ("我个女听日返嚟食饭", "个女"), ("星期六我幺孙儿要过来耍 他妈开车送过来的", "幺孙儿"), ("我男朋友周六下午第一次上门", "男朋友"),
    ("我外婆明天下午三点从重庆坐火车过来耍几天", "外婆"), ("听日有两个老友上嚟揾我阿爸饮茶", "老友"), ("我老汉儿明天过来", "老汉儿"), ("阿拉外公外婆礼拜天来白相", "外公外婆"),
    ("还有小谭 明天下午四点", "小谭"), ("带头嗰个姓冼 写冼叔得啦", "冼叔"), ("搞卫生的阿姨明早九点来", "搞卫生的阿姨"),
    ("给栓柱弄个码 他下午过来", "栓柱"), ("俺二大爷家的小子明儿晌午来", "二大爷家的小子"), ("明早阿姨来 姓刘 刘姨", "刘姨"),
])  # fmt: skip
def test_relation_is_read_far_from_the_coming_and_as_it_is_said_elsewhere(text: str, name: str) -> None:
    assert reading.of(text, NOW).take(VISIT)["visitor_name"] == name


@pytest.mark.parametrize(("text", "name"), [
    ("哦豁 打错了", None), ("艾玛她又说不来了 要加班", None), ("车就一台", None), ("行路嚟 冇车", None), ("成 齐活儿", None), ("安逸", None), ("何必呢", None), ("路过来看看", None),
    ("张三开车来", None), ("还有小谭", None), ("王师傅也来", None), ("老贺改周六了", None), ("小雪改成小雨", "小雨"), ("高铁来的", None),
    ("王芳", "王芳"), ("叫李四", "李四"), ("她姓陈", "陈先生/女士"), ("名字打错了 应该是李明", "李明"), ("是王小明", "王小明"), ("不是小雪是小雨", "小雨"), ("登记成李明", "李明"), ("全名陈晓梅", "陈晓梅"),
])  # fmt: skip
def test_name_takes_the_place_of_one_only_where_it_plainly_is_one(text: str, name: str | None) -> None:
    assert reading.of(text, NOW).take(VISIT, known={"visitor_name": "小雪"}).get("visitor_name") == name


@pytest.mark.parametrize(("text", "name"), [("张三开车来", "张三"), ("还有小谭", None), ("行路嚟", None)])
def test_relation_gives_way_to_a_name(text: str, name: str | None) -> None:
    assert reading.of(text, NOW).take(VISIT, known={"visitor_name": "同学"}).get("visitor_name") == name


@pytest.mark.parametrize("words", ["哦豁", "饮茶", "搞定", "打牌", "哎呀妈", "明儿再说", "行路嚟", "他牵条狗"])
def test_cry_or_doing_is_no_answer_to_who_comes(words: str) -> None:
    assert asked("name", words) is None


@pytest.mark.parametrize(("text", "is_when"), [
    ("就现在", True), ("现在来", True), ("改成现在", True), ("现在能不能过来", True), ("现在约了谁", False), ("现在是咋定的", False), ("别周六也给我留着", False), ("不要明天，后天来", True),
])  # fmt: skip
def test_now_is_a_time_only_where_somebody_comes(text: str, is_when: bool) -> None:
    assert ("starts_at" in reading.of(text, NOW).take(VISIT)) is is_when


@pytest.mark.parametrize("text", [
    "我妹妹的车要进来", "我老婆说客厅漏水", "救护转运的车明早来接我爸", "我家里来客人了", "我妈来电话了", "我爸住院了要改时间",
])  # fmt: skip
def test_relative_who_does_not_come_is_no_visitor(text: str) -> None:
    assert "visitor_name" not in reading.of(text, NOW).take(VISIT)


def test_name_that_is_known_is_not_replaced_by_a_relation() -> None:
    assert "visitor_name" not in reading.of("他老婆也来", NOW).take(VISIT, known={"visitor_name": "张伟"})


@pytest.mark.parametrize("kind", ["name", "place", "text"])
@pytest.mark.parametrize(
    "text",
    [
        "等下",
        "等会儿",
        "我想想",
        "稍等",
        "几点能进来",
        "多少钱",
        "这个要钱吗",
        "还没定",
        "看情况",
        "点错了",
        "让我问问",
        "啥时候都行",
    ],
)
def test_hesitation_or_question_is_no_answer(kind: str, text: str) -> None:
    assert asked(kind, text) is None


@pytest.mark.parametrize("text", ["已经到了", "就现在", "马上到", "人在门口了", "已经在门口了"])
def test_being_here_is_now_when_the_time_was_asked_for(text: str) -> None:
    assert asked("start", text) == NOW


def test_time_to_come_counts_before_one_that_is_over() -> None:
    assert read("start", "昨晚开始漏水，明天上午来修") == datetime(2026, 3, 12, 9, tzinfo=SHANGHAI)


def test_two_hours_said_at_once_are_about_the_earlier_one() -> None:
    assert read("start", "后天来，大概两三点") == datetime(2026, 3, 13, 14, tzinfo=SHANGHAI)
    assert read("start", "明天下午两三点来") == datetime(2026, 3, 12, 14, tzinfo=SHANGHAI)
    assert read("start", "明晚七八点到") == datetime(2026, 3, 12, 19, tzinfo=SHANGHAI)


def test_since_when_something_is_broken_is_no_time_to_come() -> None:
    assert read("start", "从早上八点到现在没水") is None


@pytest.mark.parametrize("text", [
    "人已经到门岗了，麻烦放行", "我朋友在门口等着，帮他开个码", "姑爷的车到大门口了开下杆", "他在门口被保安拦住了，给放一下", "客人已经到了，给个码",
])  # fmt: skip
def test_who_stands_at_the_gate_comes_now(text: str) -> None:
    assert read("start", text, required=True) == NOW


@pytest.mark.parametrize("text", ["我朋友到了吗", "客人到了没", "门口的灯坏了", "我妹妹来"])
def test_nobody_at_the_gate_is_no_time(text: str) -> None:
    assert read("start", text, required=True) is None


def test_what_reached_the_gate_is_no_time_where_none_must_be_known() -> None:
    assert read("start", "水流到门口了") is None


@pytest.mark.parametrize(("text", "broken"), [
    ("电梯里的灯坏了", "lighting"), ("靠电梯那面瓷砖空鼓", "wall"), ("洗衣机后头那个龙头一开就喷", "water"), ("门口过道那个灯不灭", "lighting"),
    ("光猫红灯一直闪", "network"), ("厕所冲不下去，水都漫出来了", "drain"), ("一滴都没得", "water"), ("靠窗那面墙起皮", "wall"),
    ("电梯口的按钮失灵", "lift"), ("钥匙断在锁里了", "door"), ("热水器漏水", "appliance"), ("上门前打电话，水管漏", "water"),
    ("敲门没人应，我家没电了", "electric"), ("串门的时候看见墙裂了", "wall"), ("上门锁坏了", "door"),
])  # fmt: skip
def test_a_choice_is_what_is_broken_and_not_where_it_is(text: str, broken: str) -> None:
    folder = config.shipped("intents")
    texts = {path: (folder / path).read_text("utf-8") for path in ("_common.yaml", "repair/report.yaml")}
    repair = files.load(texts).intents["repair.report"]

    assert reading.of(text, NOW).take(repair.slots)["category"] == broken


@pytest.mark.parametrize(("text", "when"), [
    ("今天不行就明天晚上七点半", "2026-03-12 19:30"), ("宝宝一点到三点睡觉，明天下午三点半来", "2026-03-12 15:30"), ("一点到三点别来", None),
    ("滴了一晚上", None), ("明天上午不行吗", "2026-03-12 09:00"), ("后天中午，十一点半", "2026-03-13 11:30"),
])  # fmt: skip
def test_a_time_at_which_nobody_shall_come_is_no_appointment(text: str, when: str | None) -> None:
    start = Slot(name="when", kind=KINDS["start"])
    found = reading.of(text, NOW).take((start,)).get("when")

    assert (f"{found:%Y-%m-%d %H:%M}" if isinstance(found, datetime) else None) == when
    assert not leftovers.unread(text, (start,), {"when": found} if found else {}, NOW)


def test_words_that_only_say_when_are_no_place() -> None:
    place = Slot(name="where", kind=KINDS["place"])

    assert reading.of("改成后天下午吧", NOW).take((place,), asked="where") == {}
    assert reading.of("下午那间教室", NOW).take((place,), asked="where") == {"where": "下午那间教室"}


@pytest.mark.parametrize(("text", "comes"), [
    ("明天下午三点老刘来下棋", True), ("大鹏他们明晚七点半来我家", True), ("我妹夫明早十点上我家来", True),
    ("我一点半要给学生上课", False), ("张师傅明天下午三点来修空调", False), ("老刘明天过生日", False),
])  # fmt: skip
def test_who_comes_is_told_by_name_and_coming(text: str, comes: bool) -> None:
    assert name_.is_told_of(reading.of(text, NOW).message()) is comes


@pytest.mark.parametrize(("text", "starts", "ends"), [
    ("那走的时间也往后 四点", None, "2026-03-11 16:00"), ("后天吃了晚饭走大概七点", None, "2026-03-13 19:00"),
    ("离开大概晚上九点", None, "2026-03-11 21:00"), ("走路来 三点到", "2026-03-11 15:00", None), ("他一点才到", "2026-03-11 13:00", None),
])  # fmt: skip
def test_when_somebody_leaves_is_no_time_of_coming(text: str, starts: str | None, ends: str | None) -> None:
    found = reading.of(text, NOW).take((Slot(name="starts", kind=KINDS["start"]), Slot(name="ends", kind=KINDS["end"])))

    assert {name: f"{value:%Y-%m-%d %H:%M}" for name, value in found.items()} == {
        name: value for name, value in (("starts", starts), ("ends", ends)) if value
    }


@pytest.mark.parametrize(("text", "thing"), [
    ("屋里冇得网了，猫上面那个灯一直闪红的", "network"), ("天花板一直在滴水 就在婴儿床边上", "water"), ("楼道黑咕隆咚的", "lighting"),
    ("墙上老是渗水", "water"),
])  # fmt: skip
def test_what_is_broken_is_told_apart_from_what_it_shows_on(text: str, thing: str) -> None:
    folder = config.shipped("intents")
    texts = {path: (folder / path).read_text("utf-8") for path in ("_common.yaml", "repair/report.yaml")}

    assert reading.of(text, NOW).take(files.load(texts).intents["repair.report"].slots)["category"] == thing
