from datetime import datetime

import pytest

from bot.language.grievances import blames_a_car, objects
from bot.language.kinds import plate
from bot.language.kinds.kind import Slot
from bot.language.reading import Reading

NOW = datetime.fromisoformat("2026-03-11T10:00+08:00")


@pytest.mark.parametrize(
    "words",
    [
        "车库有人占我车位 浙A00001", "单元门口那辆浙A66666挡路了 叫他挪车", "我车位被浙A88888占了", "浙A12345 堵住我出不去", "浙A12345停在我车位上两天不走",
        "谁的车浙B12345 挡着消防通道", "叫浙C12345挪一下车", "请把浙A11111的车移走", "浙A11111把我的车刮了", "浙A11111在小区里超速", "投诉浙A11111乱停",
        "浙A22222停消防通道了", "通知浙A22222的车主挪一下", "那辆浙A33333警报一直响", "浙A33333别住我了",
    ],
)  # fmt: skip
def test_a_car_that_is_complained_of_is_no_guests(words: str) -> None:
    said = Reading.of(words, NOW)

    assert blames_a_car(words)
    assert said.take([Slot(name="plate", kind=plate.KIND)]) == {}
    assert said.take([Slot(name="plate", kind=plate.ANY)])["plate"].startswith("浙")


@pytest.mark.parametrize(
    "words",
    [
        "我舅舅开浙A00001来", "车牌浙A00001", "舅舅换车了 浙A00001", "我弟浙A12345 停我车位", "客人的车浙A12345 停门口行吗", "浙A12345 不会挡路的",
        "他开浙A12345 免得挡着人家停路边", "搬家公司的车浙A12345 下午移个柜子", "我弟明天来 浙A12345 给他开个门别拦他", "占用您时间了 车牌浙A12345",
        "明天上午货拉拉浙A12345 有点晚", "他的车浙A12345 怕堵着大门口，停外面",
    ],
)  # fmt: skip
def test_a_guests_car_is_told_with_all_that_is_said_beside_it(words: str) -> None:
    assert not blames_a_car(words)
    assert "plate" in Reading.of(words, NOW).take([Slot(name="plate", kind=plate.KIND)])


@pytest.mark.parametrize(
    "words",
    ["这个人不是我家的", "我不认识那个人", "你们泄露了我的电话", "反对保留同意记录", "那个租客不是我们家的", "凭什么存我的电话"],
)
def test_whoever_objects_to_somebody_or_to_what_is_kept_is_heard(words: str) -> None:
    assert objects(words)


@pytest.mark.parametrize(
    "words", ["不同意", "反对", "不删了", "确认", "好的", "不是这个意思", "凭什么删我的信息", "不要删我家的"]
)
def test_a_mere_no_objects_to_nothing_else(words: str) -> None:
    assert not objects(words)
