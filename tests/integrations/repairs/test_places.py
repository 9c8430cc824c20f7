"""Where something is broken, when a part of the place is said anew."""

import pytest

from integrations.repairs.places import moved


@pytest.mark.parametrize(("old", "new", "now"), [
    ("厨房", "卫生间", "卫生间"), ("楼道", "4楼", "4楼楼道"), ("3楼楼道", "4楼", "4楼楼道"), ("三楼楼道", "四楼", "四楼楼道"),
    ("3栋2单元楼道", "4楼", "3栋2单元4楼楼道"), ("1102门口", "1201", "1201门口"), ("3栋3楼电梯", "5栋", "5栋电梯"),
    ("3栋2单元电梯", "楼道", "3栋2单元楼道"), ("快递柜旁边", "厨房", "厨房"), ("楼道", "1102门口", "1102门口"),
])  # fmt: skip
def test_what_is_not_said_anew_stays(old: str, new: str, now: str) -> None:
    assert moved(old, new) == now
