"""What may hurt while it waits to be repaired is told from what only breaks."""

import pytest

from integrations.repairs import hazards


@pytest.mark.parametrize(
    "said",
    [
        "水淹到插座了",
        "厨房的水淹到插座了",
        "水漫出来了 流到插座上",
        "客厅灯里滴水",
        "卧室插座进水",
        "插座泡在水里",
        "插线板掉水里了",
        "电表箱进水",
        "楼上漏水漏到我家电闸箱了",
        "水快到插座了",
        "插座湿了",
        "天花板漏水从灯里流出来",
        "满地是水，插排还在地上",
        "个插座浸咗水",
    ],
)
def test_water_at_what_is_under_current_is_told(said: str) -> None:
    assert hazards.reaches_current(said)


@pytest.mark.parametrize(
    "said",
    [
        "厨房水管漏水 插座没事",
        "厨房水管漏水 离插座还远",
        "吊灯的灯泡坏了",
        "开关滴滴响",
        "厨房水龙头漏水插座也坏了",
        "插座没有进水",
        "水没淹到插座",
        "卫生间灯不亮还漏水",
        "水电费怎么交",
        "插座离水池近",
        "花洒喷头开关坏了",
        "空调漏水",
    ],
)
def test_water_elsewhere_is_no_danger_of_current(said: str) -> None:
    assert not hazards.reaches_current(said)


@pytest.mark.parametrize(
    ("said", "escapes"),
    [
        ("灶台打不着火，一开就嗤嗤响", True),
        ("热水器点不着火，有漏气声", True),
        ("煤气灶打不着火", False),
        ("水龙头嗤嗤响", False),
    ],
)
def test_gas_escapes_where_a_burner_that_does_not_light_is_heard_to_hiss(said: str, escapes: bool) -> None:
    assert hazards.gas_escapes(said) is escapes
