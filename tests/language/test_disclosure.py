"""What leaves the house of a message: the wish, and nothing of who, where, or how somebody's health is."""

from datetime import datetime

import pytest

from bot import config
from bot.language.disclosure import Health, Masking

MASKING = Masking.parse((config.shipped("data") / "masking.yaml").read_text(encoding="utf-8"), {"马桶", "车位", "电梯"})


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("李秀英家漏水了", ["李秀英"]),
        ("楼下李秀英家的空调滴水到我这", ["李秀英"]),
        ("司马光明天来", ["司马光"]),
        ("诸葛亮的快递放哪了", ["诸葛"]),
        ("我是欧阳娜娜，灯坏了", ["欧阳", "娜娜"]),
        ("我姓欧阳", ["欧阳"]),
        ("我叫张伟，电话13800138000", ["张伟", "13800138000"]),
        ("请把张建国的车挪走", ["张建国"]),
        ("隔壁王婷婷半夜唱歌", ["王婷婷"]),
        ("陈敏说物业不管", ["陈敏"]),
        ("高建军在楼道放杂物", ["高建军"]),
        ("有箱东西弄给王芳那边", ["王芳"]),
        ("何伟这人老占车位", ["何伟"]),
        ("五楼的小马哥在吗", ["小马"]),
        ("户主：钱学森", ["钱学森"]),
        ("业主是谢一楠", ["谢一楠"]),
        ("我老公有肝病，怕吵", ["肝病"]),
        ("请联系张三丰的儿子", ["张三丰"]),
        ("王 小 明 要进来", ["小 明"]),
        ("李*明的包裹", ["李*明"]),
        ("我儿子小宝没带卡", ["小宝"]),
        ("我爸肺癌，怕吵", ["肺癌"]),
        ("周明家的狗老叫", ["周明"]),
        ("给李小龙和王小明办访客", ["李小龙", "王小明"]),
        ("张伟，李娜，还有王芳", ["张伟", "李娜", "王芳"]),
        ("小李下午到", ["小李"]),
        ("麻烦跟老王说一声", ["老王"]),
        ("阿强的货到了", ["阿强"]),
        ("王阿姨摔跤了怎么办", ["王阿姨"]),
        ("刘大爷没带钥匙", ["刘大爷"]),
        ("是不是李师傅过来修", ["李师傅"]),
        ("找一下张总", ["张总"]),
        ("赵老师的课几点", ["赵老师"]),
        ("秀英阿姨在家吗", ["秀英"]),
        ("阿卜杜拉·买买提要进来", ["阿卜杜拉", "买买提"]),
        ("Zhang Wei is my guest", ["Zhang", "Wei"]),
        ("Mr Smith 明天到", ["Smith"]),
        ("电话一三八零零一三八零零零", ["一三八零零"]),
        ("手机壹叁捌零零壹叁捌零零零", ["壹叁捌", "零零壹"]),
        ("打我电话 幺三八 零零幺三 八零零零", ["幺三八", "零零幺三"]),
        ("号码是１３８００１３８０００", ["１３８", "138", "8000"]),
        ("138-0013-8000", ["0013", "8000"]),
        ("1三8零零138零零零", ["1三8", "138"]),
        ("021-58881234 打不通", ["58881234"]),
        ("尾号八零零零那个", ["八零零零"]),
        ("门禁密码4821", ["4821"]),
        ("身份证 44030519900101123X", ["44030519900101"]),
        ("身份证号440305 19900101 1234", ["19900101", "1234"]),
        ("护照 E12345678", ["E12345678", "12345678"]),
        ("银行卡6222 0212 3456 7890 123", ["6222", "7890"]),
        ("粤B12345 停在门口", ["B12345"]),
        ("沪A·D12345 是我家的车", ["D12345"]),
        ("粤b12345挡路", ["b12345"]),
        ("在12栋住", ["12栋"]),
        ("三号楼二单元五零一室漏水", ["三号楼", "五零一"]),
        ("沪A12345 停在 B座1203 门口", ["A12345", "1203"]),
        ("3-2-501 没水", ["501"]),
        ("我住人民路88号", ["人民路88号", "88"]),
        ("加我微信 wxid_abc123", ["abc123"]),
        ("微信号：lily88", ["lily88"]),
        ("vx abc_9", ["abc_9"]),
        ("QQ 12345", ["12345"]),
        ("发我邮箱 a.b@example.com", ["a.b", "example"]),
        ("看 https://example.com/u/77 这个", ["example", "77"]),
        ("我有糖尿病，电梯坏了下不去", ["糖尿病"]),
        ("老婆怀孕了，楼上还装修", ["怀孕"]),
        ("艾滋病人能住吗", ["艾滋"]),
        ("我抑郁症，别来烦我", ["抑郁"]),
        ("刚做完手术，帮我拿快递", ["手术"]),
        ("我妈高血压，受不了噪音", ["高血压"]),
        ("每天吃阿司匹林和二甲双胍", ["阿司匹林", "二甲双胍"]),
        ("他是hiv", ["hiv"]),
        ("体温38度5还要打卡吗", ["38"]),
    ],
)
def test_who_where_and_health_are_hidden(text: str, secrets: list[str], now: datetime) -> None:
    told = MASKING.disclose(text, now).text

    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize(
    "text",
    [
        "厨房水管漏水了,能不能派人来修",
        "我家的马桶和车位",
        "很高兴,谢谢师傅",
        "白菜放久了",
        "金额不对吧",
        "水龙头关不紧",
        "大厅石材裂了",
        "路灯不亮",
        "方便的话派人看看",
        "安全通道堵了",
        "房间里没有网",
        "管道老化了",
        "单元门关不上",
        "任何时候都行",
        "阳台进水",
        "文件在哪里盖章",
        "程序太麻烦了",
        "费用怎么算",
        "老毛病又犯",
        "小区的花园没人管",
        "应该是保险丝",
        "司机进不来",
        "施工太吵了",
        "何必收费",
        "牛奶箱在哪",
        "江边那条路能遛狗吗",
        "黄色的水",
        "毛巾掉楼下了",
        "于是没修好",
        "许多垃圾没人收",
        "游泳池开不开",
        "胡同口那个垃圾桶",
        "杨树倒了",
        "沙发怎么扔",
        "钟点工怎么进",
    ],
)
def test_ordinary_words_stay(text: str, now: datetime) -> None:
    assert MASKING.disclose(text, now).text == text


def test_each_mask_can_be_read_as_the_residents_own_words(now: datetime) -> None:
    told = MASKING.disclose("张伟和李娜来，电话13800138000", now)

    assert told.text == "〔姓名〕和〔姓名2〕来,电话〔电话〕"
    assert (told.own("〔姓名2〕"), told.own("〔姓名〕和〔姓名2〕"), told.own("电话〔电话〕")) == (
        "李娜",
        "张伟和李娜",
        "电话13800138000",
    )


def test_a_name_ends_where_its_deed_begins(now: datetime) -> None:
    assert MASKING.disclose("给王强办的码", now).hidden == {"〔姓名〕": "王强"}
    assert MASKING.disclose("给老张办的码", now).hidden == {"〔姓名〕": "老张"}


@pytest.mark.parametrize("words", ["", "王芳", "〔姓名3〕", "〔房号〕", "张伟"])
def test_words_that_do_not_stand_in_what_was_told_are_nobodys(words: str, now: datetime) -> None:
    assert MASKING.disclose("张伟和李娜来", now).own(words) is None


def test_a_mask_that_the_resident_wrote_stands_for_nothing(now: datetime) -> None:
    told = MASKING.disclose("〔姓名〕是张伟", now)

    assert told.text == "(姓名)是〔姓名〕"
    assert told.own("〔姓名〕") == "张伟"


@pytest.mark.parametrize("text", ["", "〔〔〕〕", "□□□", "1" * 400, "张" * 400, "王芳" * 200, "a@" * 200, "一、" * 200])
def test_whatever_is_said_is_masked_quickly_and_without_a_fault(text: str, now: datetime) -> None:
    told = MASKING.disclose(text, now)

    assert all(mask in told.text for mask in told.hidden)


def test_message_of_signs_that_stand_for_many_is_cut_before_it_is_masked() -> None:
    assert len(MASKING.disclose("\ufdfa" * 100_000, datetime.fromisoformat("2026-03-11T10:00+08:00")).text) <= 2000


HEALTH = Health.parse((config.shipped("data") / "masking.yaml").read_text(encoding="utf-8"), ["嗓子疼", "乏力"])


@pytest.mark.parametrize(("text", "veiled"), [
    ("打卡 37.9 咳嗽 嗓子疼", "打卡 〔健康〕"), ("孩子发烧38度5，想请师傅晚点来", "孩子〔健康〕，想请师傅晚点来"),
    ("我爸肺癌，怕吵", "我爸〔健康〕，怕吵"), ("客厅36.5平米，空调调到26度", "客厅36.5平米，空调调到26度"),
    ("<b>血压</b>高", "<b>〔健康〕</b>高"), ("", ""),
    ("我今天血压160 头昏，灯也不亮", "我今天〔健康〕，灯也不亮"),
    ("高压150低压95，想换个低层", "〔健康〕，想换个低层"),
    ("我在吃氨氯地平和阿托伐他汀，门禁卡坏了", "我在吃〔健康〕，门禁卡坏了"),
    ("空腹血糖7.8，三点来修", "〔健康〕，三点来修"),
    ("孩子抽筋了", "孩子〔健康〕了"), ("36.5，昨天摔了腿疼", "〔健康〕，昨天摔了〔健康〕"), ("胸口闷，喘不上气", "〔健康〕"), ("吃错药了", "〔健康〕了"),
    ("扶手断了，水龙头断了，门把手肿了", "扶手断了，水龙头断了，门把手肿了"), ("我真心疼钱，屋里闷热", "我真心疼钱，屋里闷热"),
    ("消防高压水枪坏了，3栋", "消防高压水枪坏了，3栋"),
    ("水压2公斤，地平不平，体温计放门口", "水压2公斤，地平不平，体温计放门口"),
    ("10栋高压线380伏", "10栋高压线380伏"),
])  # fmt: skip
def test_words_of_health_are_masked_and_all_else_stays(text: str, veiled: str) -> None:
    assert HEALTH.veil(text, datetime.fromisoformat("2026-03-11T10:00:00+08:00")) == veiled
