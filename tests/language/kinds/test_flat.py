"""Flats are read in every writing; what cannot be taken whole is left out, so that nobody gets another flat."""

from datetime import datetime

import pytest

from bot.language.kinds import flat
from bot.language.kinds.flat import Flat
from bot.model import SHANGHAI

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)


def read(text: str) -> Flat:
    building = unit = room = ""
    for found in flat.find(text, NOW):
        if isinstance(part := found.value, Flat):
            building, unit, room = part.building or building, part.unit or unit, part.room or room
    return Flat(building, unit, room)


@pytest.mark.parametrize(("text", "building", "unit", "room"), [
    # as it is written
    ("我住3栋2单元12B", "3", "2", "12B"), ("3栋2单元1502b", "3", "2", "1502B"), ("3栋501A", "3", "", "501A"), ("A1栋302", "A1", "", "302"), ("B座12C", "B", "", "12C"),
    ("我住B1-302", "B1", "", "302"), ("A-2-301", "A", "2", "301"), ("3栋2-501", "3", "2", "501"), ("3栋-2单元-501", "3", "2", "501"), ("3—2—501", "3", "2", "501"),
    ("我住3 2 501", "3", "2", "501"), ("3 2 501", "3", "2", "501"), ("3，2，501", "3", "2", "501"), ("3号楼2单元501", "3", "2", "501"), ("3栋甲单元501", "3", "甲", "501"),
    ("3栋东单元501", "3", "东", "501"), ("西单元302", "", "西", "302"), ("3栋B单元501", "3", "B", "501"), ("3栋2单元0501", "3", "2", "501"),
    ("B栋12楼B室", "B", "", "12B"), ("3-2-501A", "3", "2", "501A"), ("三杠二杠五零一", "3", "2", "501"), ("住3 501", "3", "", "501"), ("丙栋302", "丙", "", "302"), ("3栋 2单元 5楼 01", "3", "2", "501"), ("9栋22楼01室", "9", "", "2201"),
    ("3号楼2门洞501", "3", "2", "501"), ("叁号楼拾贰零叁", "3", "", "1203"),
    # lanes and phases
    ("我住5弄28号401室", "28", "", "401"), ("5弄28号", "28", "", ""), ("二十八号楼401", "28", "", "401"), ("28号401室", "28", "", "401"),
    ("二期3栋2单元501", "二期3", "2", "501"), ("A区3栋501", "A区3", "", "501"),
    # below the ground
    ("3栋2单元负一楼101", "3", "2", "-101"), ("3栋2单元负101", "3", "2", "-101"), ("3栋2单元B1层101", "3", "2", "-101"),
    # as it is said and heard
    ("我住叁栋贰单元伍零壹", "3", "2", "501"), ("三栋二单元五百零一", "3", "2", "501"), ("我家在一栋廿二零三", "1", "", "2203"), ("八号楼十二零一", "8", "", "1201"),
    ("我住3冻2单元501", "3", "2", "501"), ("3懂501", "3", "", "501"), ("三动二但愿五零一", "3", "2", "501"), ("三栋四单元六楼602", "3", "4", "602"), ("十六栋三十二楼三二零一", "16", "", "3201"),
])  # fmt: skip
def test_flat_is_read_in_every_writing(text: str, building: str, unit: str, room: str) -> None:
    assert read(text) == Flat(building, unit, room)


@pytest.mark.parametrize(("text", "building", "unit", "room"), [
    ("3栋2单元501-2", "3", "2", ""), ("3栋2单元501之2", "3", "2", ""), ("3栋2单元501左", "3", "2", ""), ("3栋2单元501东户", "3", "2", ""), ("3 501", "", "", ""), ("3栋2单元六楼502", "3", "2", ""), ("3栋2单元地下室101室", "3", "2", ""), ("一二栋都停水", "", "", ""),
    ("车位B1-302", "", "", ""), ("3栋5G信号差", "3", "", ""), ("3栋二零十", "3", "", ""), ("28号401", "", "", ""), ("12月28号401室开会", "", "", "401"),
    ("楼道动静大", "", "", ""), ("3栋501wifi坏了", "3", "", "501"), ("3栋动不动停电", "3", "", ""), ("3 2 501人", "", "", ""), ("2026-11-22", "", "", ""), ("13点", "", "", ""),
    ("打卡 36 5", "", "", ""), ("我们3个人 2个小孩", "", "", ""), ("住3天2晚", "", "", ""),
])  # fmt: skip
def test_what_cannot_be_taken_whole_is_no_flat(text: str, building: str, unit: str, room: str) -> None:
    assert read(text) == Flat(building, unit, room)
