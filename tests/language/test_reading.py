"""A message is read once; a form takes from it what its slots want."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.corrections import corrects
from bot.language.identifiers import withheld
from bot.language.kinds.kind import LOOKED_THROUGH, SKIPPED, Found, Grammar, Kind, Slot
from bot.language.kinds.shipped import KINDS
from bot.language.kinds.temperature import temperatures
from bot.language.normalise import LONGEST, Normaliser, Tables, unified
from bot.language.reading import Reading
from tests.language.kinds.taking import NOW, asked, read

FLAT = [Slot(name=name, kind=KINDS[name]) for name in ("building", "unit", "room")]


SYMPTOMS = {"none": ("没有不舒服", "正常"), "fever": ("发热", "发烧"), "cough": ("咳嗽", "咳")}


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
    found = Reading.of(text, NOW).take(FLAT)

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [("体温98.6华氏", 37.0), ("华氏度100.4", 38.0), ("98.6℉", 37.0), ("华氏温度计坏了", None), ("98.6元", None)],
)
def test_fahrenheit_is_converted(text: str, expected: float | None) -> None:
    assert read("temperature", text) == expected


def test_of_several_peoples_temperatures_ones_own_is_taken() -> None:
    assert read("temperature", "老公36.5，我36.3，儿子36.8") == 36.3
    assert read("temperature", "我36.3，我老公36.8") == 36.3


@pytest.mark.parametrize(("text", "expected"), [
    ("是不是楼上漏的呀", False), ("对不对", False), ("不是楼上，是我家", True), ("不对，是四点", True),
])  # fmt: skip
def test_asking_whether_corrects_nothing(text: str, expected: bool) -> None:
    assert corrects(text) is expected


def test_optional_slot_may_be_left_out() -> None:
    plate = Slot(name="plate", kind=KINDS["plate"], skippable=True)

    assert Reading.of("不开车", NOW).take([plate], asked="plate") == {"plate": SKIPPED}
    assert Reading.of("没有", NOW).take([plate], asked="plate") == {"plate": SKIPPED}
    assert Reading.of("没有", NOW).take([plate]) == {}


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

    assert Reading.of(text, NOW).take([plate]) == {"plate": SKIPPED}
    assert Reading.of(f"{text}，改成粤B12345", NOW).take([plate]) == {"plate": "粤B12345"}


def test_masks_make_one_plate_like_another() -> None:
    assert Reading.of("车牌粤B12345明天来", NOW).masked == Reading.of("车牌沪A54321后天来", NOW).masked


@pytest.mark.parametrize(("text", "plate", "phone"), [
    ("车牌写错了，是8K261", "粤B8K261", None), ("车牌尾号是88261，刚才说错了", "粤B88261", None), ("电话错了，最后是6623", None, "13800006623"),
    ("手机号错了 尾号是6623", None, "13800006623"), ("错了，6623", None, None), ("不对，2030到", None, None), ("改到 1830", None, None),
])  # fmt: skip
def test_last_signs_set_right_what_they_are_said_of_and_nothing_else(text: str, plate: str | None, phone: str | None) -> None:
    read = [Slot(name="plate", kind=KINDS["plate"]), Slot(name="phone", kind=KINDS["phone"])]

    found = Reading.of(text, NOW).take(read, known={"plate": "粤B12345", "phone": "13800001234"})

    assert found == {name: value for name, value in (("plate", plate), ("phone", phone)) if value}


@given(st.text(max_size=60), st.sampled_from(READ))
def test_any_text_is_read_without_an_error(text: str, kind: str) -> None:
    slot = Slot(name="x", kind=KINDS[kind], options=SYMPTOMS, skippable=True)

    Reading.of(text, NOW).take([slot])
    Reading.of(text, NOW).take([slot], asked="x")
    assert Reading.of(text, NOW).masked is not None


@given(st.lists(st.sampled_from("零一二三四五六七八九十百千幺两0123456789栋单元号楼室点度半.:-～月日个人粤AB"), max_size=20))
def test_jumbled_numbers_are_read_without_an_error(signs: list[str]) -> None:
    text = "".join(signs)

    for kind in READ:
        Reading.of(text, NOW).take([Slot(name="x", kind=KINDS[kind])], asked="x")


@pytest.mark.parametrize("words", ["没有体温计", "我没得体温计", "家里没有体温表", "没量体温", "没量", "还没量"])
def test_who_has_no_thermometer_may_leave_the_figure_out(words: str) -> None:
    assert asked("temperature", words, skippable=True, ask="多少度？") == SKIPPED


def test_a_part_of_a_message_is_read_once_for_all_who_ask() -> None:
    said = Reading.of("灯坏了，明天三点来", NOW)

    assert said.part("明天三点来") is said.part("明天三点来")
    assert said.part(said.raw) is said


def test_values_are_looked_for_once_however_many_ask() -> None:
    looked: list[str] = []

    def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
        looked.append(text)
        return []

    meter = Kind(name="meter", title="电表", grammar=Grammar(name="meter", title="电表", find=find))
    said = Reading.of("电表坏了，请来看", NOW)

    for _ in range(2):
        said.take([Slot(name="meter", kind=meter)])
    assert looked == [said.text]


def test_message_is_cut_after_it_was_normalised() -> None:
    assert len(Reading.of("\ufdfa" * 2000, NOW).text) == LONGEST  # one sign that stands for eighteen


SWOLLEN = "\ufdfa"  # ﷺ is eighteen signs when compatible forms are made one


@pytest.mark.parametrize("raw", [SWOLLEN * 400, f"漏水，{SWOLLEN * 400}", f"{SWOLLEN * 100}漏水", "㍿" * 400, "漏水" * 300])
def test_beginning_of_a_message_is_no_longer_for_signs_that_stand_for_many(raw: str) -> None:
    beginning = Reading.of(raw, NOW).beginning

    assert 0 < len(beginning.text) <= LOOKED_THROUGH
    assert raw.startswith(beginning.raw)


def test_beginning_of_a_message_in_plain_signs_is_all_that_is_looked_through() -> None:
    assert Reading.of("漏水" * 300, NOW).beginning.raw == ("漏水" * 300)[:LOOKED_THROUGH]


@pytest.mark.parametrize("read", [
    lambda text: unified(text), Normaliser(Tables({}, {})), lambda text: "".join(one.who for one in temperatures(f"{text}36.5")),
])  # fmt: skip
def test_whoever_makes_compatible_forms_one_cuts_after_it(read: Callable[[str], str]) -> None:
    assert len(read(SWOLLEN * 100_000)) <= 2000


def test_values_are_taken_from_the_beginning_of_a_long_message_and_whole_or_not_at_all() -> None:
    def phone(before: int) -> object:
        text = "，" * before + "电话13912345678" + "，" * 400
        return Reading.of(text, NOW).take([Slot(name="x", kind=KINDS["phone"])]).get("x")

    assert [phone(count) for count in (0, 380, 388, 600)] == ["13912345678", "13912345678", None, None]


def test_what_stands_behind_the_beginning_of_a_long_message_is_kept() -> None:
    text = "水" * 450 + "厨房漏水"

    kept = str(Reading.of(text, NOW).take([Slot(name="x", kind=KINDS["text"])], asked="x")["x"])
    assert text.startswith(kept)
    assert len(kept) == 200


def test_full_width_and_traditional_signs_are_made_plain() -> None:
    plain = Reading.of("車牌沪Ａ１２３４５", NOW, {ord("車"): "车"})

    assert (plain.raw, plain.text) == ("车牌沪Ａ１２３４５", "车牌沪A12345")


def test_spans_tell_what_stands_where() -> None:
    said = "张伟明天三点来3栋2单元501，车牌粤B12345"

    spans = [(grammar.name, said[found.begin : found.stop]) for grammar, found in Reading.of(said, NOW).spans]

    assert spans == [("time", "明天三点"), ("flat", "3栋2单元501"), ("plate", "粤B12345")]


def test_what_is_kept_for_people_to_read_holds_no_value() -> None:
    assert Reading.of("张伟明天三点来 电话13800138000", NOW).hidden == "张伟[时间]来 电话[电话]"
    assert Reading.of("明天三点来", NOW).unvalued == "来"


@pytest.mark.parametrize(("said", "kept"), [
    ("身份证330106199001011234要不要带", "身份证[证件]要不要带"), ("身份证33010619900101123X要带吗", "身份证[证件]要带吗"),
    ("33010619900101123x", "[证件]"), ("330106 19900101 123X", "[证件]"), ("330106-1990-0101-1234", "[证件]"), ("三三零一零六一九九零零一零一一二三四", "[证件]"),
    ("３３０１０６１９９００１０１１２３４", "[证件]"), ("老证330106900101123能用吗", "老证[证件]能用吗"), ("我的号1101011990130112345", "我的号[银行卡]"),
    ("卡号6222021234567890123", "卡号[银行卡]"), ("6222 0212 3456 7890 123到账没", "[银行卡]到账没"), ("4111-1111-1111-1111", "[银行卡]"),
    ("4222222222222扣了两次", "[银行卡]扣了两次"), ("护照E12345678过期", "护照[证件]过期"), ("EA1234567", "[证件]"), ("通行证C12345678", "通行证[证件]"),
    ("军官证南字第01234567号", "军官证南[证件]号"), ("(0571)88001200", "[电话]"), ("［0571］88001200打不通", "[电话]打不通"), ("浙A12345", "[车牌]"),
    ("13800138000 13900139000", "[电话] [电话]"), ("0086 138 0013 8000", "[电话]"), ("2026-03-11到2026-03-15", "[时间]"),
    ("电表12345678度", "电表12345678度"), ("快递1234567890124", "快递1234567890124"), ("工单R1A2B3C", "工单R1A2B3C"),
])  # fmt: skip
def test_no_number_by_which_somebody_is_known_for_good_is_kept(said: str, kept: str) -> None:
    assert Reading.of(said, NOW).hidden == kept


def test_what_a_form_does_not_ask_for_is_hidden_from_names_and_numbers_all_the_same() -> None:
    taken = Reading.of("王芳和李强两个人3栋2单元501", NOW).take(
        [Slot(name="who", kind=KINDS["name"]), Slot(name="n", kind=KINDS["count"])]
    )

    assert taken == {"who": "王芳、李强", "n": 2}


def test_clauses_are_parted_by_pauses() -> None:
    assert tuple(clause.raw for clause in Reading.of("灯坏了，快来 谢谢。", NOW).clauses) == ("灯坏了", "快来", "谢谢")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("身份证330106198001011234", "身份证[证件]"),
        ("身份证：３３０１０６１９８００１０１１２３Ｘ。", "身份证：[证件]。"),
        ("卡 6217-0012-3456-7890-123，人：张三", "卡 [银行卡]，人：张三"),
        ("护照E12345678", "护照[证件]"),
        ("我手机13812345678 13912345678", "我手机13812345678 13912345678"),
        ("+86 13812345678，0571-88001200", "+86 13812345678，0571-88001200"),
        ("8613812345678", "8613812345678"),
        ("3栋2单元502 19900009999", "3栋2单元502 19900009999"),
        ("3栋2单元1102 138 1234 5678", "3栋2单元1102 138 1234 5678"),
        ("浙AD12345，3栋2单元501", "浙AD12345，3栋2单元501"),
        ("12月15日10点到12月16日12点", "12月15日10点到12月16日12点"),
        ("编号HDKPAB4，码ER1TB6FA4X", "编号HDKPAB4，码ER1TB6FA4X"),
    ],
)
def test_only_papers_and_cards_are_withheld_of_what_enters(said: str, kept: str) -> None:
    assert withheld(said) == kept


#: An identity card and a bank card in the ways that people, and those who mean to slip by, write them.
PAPER_SAID, CARD_SAID = "330106199003072157", "6222021202001234569"


def _parted(number: str, by: str, size: int) -> str:
    return by.join(number[place : place + size] for place in range(0, len(number), size))


def _of_script(number: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(sign)) for sign in number)


@pytest.mark.parametrize(
    "by", [" ", "   ", "-", ".", "·", ",", "，", "、", "/", "_", "*", "…", "\n", "\t", "\u00a0", "\u3000", "\u2009"]
)
@pytest.mark.parametrize(
    ("number", "size", "kept"), [(PAPER_SAID, 6, "[证件]"), (PAPER_SAID, 4, "[证件]"), (CARD_SAID, 4, "[银行卡]")]
)
def test_numbers_are_withheld_however_they_are_parted(number: str, size: int, kept: str, by: str) -> None:
    assert withheld(f"是{_parted(number, by, size)}，对吗") == f"是{kept}，对吗"


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\u200e", "\u202e", "\u2060", "\u00ad", "\ufeff", "\ufe0f", "\ufe0f\u20e3"]
)
def test_numbers_are_withheld_though_signs_that_nobody_sees_stand_in_them(unseen: str) -> None:
    for size in (1, 4, 6):
        assert withheld(_parted(PAPER_SAID, unseen, size)).startswith("[证件]")
        assert withheld(_parted(CARD_SAID, unseen, size)).startswith("[银行卡]")


@pytest.mark.parametrize("zero", ["０", "𝟎", "𝟘", "𝟬", "𝟶", "٠", "۰", "०"])
def test_numbers_are_withheld_in_whatever_figures(zero: str) -> None:
    assert withheld(_of_script(PAPER_SAID, zero)) == "[证件]"
    assert withheld(PAPER_SAID.translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"))) == "[证件]"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("sfz330106199003072157", "sfz[证件]"), ("ID330106199003072157", "ID[证件]"), ("330106199003072157abc", "[证件]abc"),
        ("H1234567890", "[证件]"), ("A123456(7)", "[证件]"), ("台胞证12345678", "台胞证[证件]"), ("身份证前面是330106199003，后面072157", "身份证前面是[证件]，后面072157"),
        ("3栋2单元501 330106199003072157 13800138000", "3栋2单元501 [证件] 13800138000"), ("501 6222 0212 0200 1234 569", "501 [银行卡]"),
    ],
)  # fmt: skip
def test_numbers_are_withheld_beside_letters_flats_and_phones(said: str, kept: str) -> None:
    assert withheld(said) == kept


@pytest.mark.parametrize(
    "flat", ["3-2-501", "3-2-1501", "3栋2单元1501", "3 2 501", "1501", "12-3-2201", "西区 3-2-501", "B座1501"]
)
@pytest.mark.parametrize("between", [" ", "，", "-", "\n", "  ", ",", "、", "/"])
def test_a_flat_beside_a_phone_is_never_withheld(flat: str, between: str) -> None:
    """Which is how somebody binds: of each ten phones one makes a check digit fit, and sixteen digits were a card whatever they were."""
    for last in range(20):
        phone = f"138001380{last:02}"
        for said in (
            f"{flat}{between}{phone}",
            f"{phone}{between}{flat}",
            f"{flat}{between}2026-03-11{between}{phone}",
            f"{flat}{between}0571-88001200",
        ):
            assert withheld(said) == said


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u202e", "\u2066", "\u200f", "\u2060", "\u061c"])
def test_signs_that_nobody_sees_or_that_turn_a_page_round_enter_nowhere(unseen: str) -> None:
    assert withheld(f"王{unseen}小明 粤B{unseen}12345{unseen}") == "王小明 粤B12345"
    assert withheld("👨\u200d👩\u200d👧 ❤\ufe0f") == "👨\u200d👩\u200d👧 ❤\ufe0f"


def test_what_is_withheld_is_found_in_no_longer_than_the_length_of_a_message() -> None:
    began = time.thread_time()
    for sign in ("1 ", "1", "13 ", "3 3 0 1 ", "身份证", "E1234567", "-", "1-", "〇", "1380013800"):
        withheld(sign * (4000 // len(sign)))

    assert time.thread_time() - began < 3.0
