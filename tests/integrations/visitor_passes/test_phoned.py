"""Passes that staff make for whoever phones, and revoke with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Redirect, Refusal
from bot.store.staff import Role
from integrations.visitor_passes import console, phoned
from integrations.visitor_passes.models import Pass, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN, LI = "oChen", "oLi"


def made(town: Town, **form: str) -> Any:
    starts = f"{town.now + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    return town.opens(Role.STAFF, phoned.make, **{"flat": "3-2-501", "visitor": "王芳", "starts": starts, **form})


def test_who_phones_has_a_pass_and_reads_it_in_the_chat(town: Town) -> None:
    done = made(town, people="2", plate="浙A12345", phone="13800138000", words="带了个大箱子")

    [pass_] = town.all(Pass)
    assert (pass_.visitor_name, pass_.people, pass_.entries_left, pass_.plate, pass_.phone) == (
        "王芳",
        2,
        2,
        "浙A12345",
        "13800138000",
    )
    assert pass_.ends_at == pass_.starts_at.replace(hour=23, minute=59)
    assert pass_.words == "带了个大箱子"
    assert " ".join(pass_.code) in done.note
    assert "已发到住户微信" in done.note
    [told] = town.told(CHEN)
    assert told.startswith("物业接您家电话，替3栋2单元501开好了通行证：王芳，")
    assert pass_.code in told
    assert f"/p/passes/{pass_.public_id}" in told
    assert "您家没有打过这个电话" in told


def test_flat_without_wechat_is_read_the_code_on_the_phone(town: Town) -> None:
    done = made(town, flat="3-2-503")

    assert "在电话里把通行码念给他" in done.note
    assert (town.told(CHEN), town.told(LI)) == ([], [])
    assert town.all(Pass)[0].household_id != 0


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"flat": ""}, "flat", "找哪一户"), ({"flat": "9-9-999"}, "flat", "没有“9-9-999”"), ({"visitor": " "}, "visitor", "来的是谁"),
        ({"starts": "明天"}, "starts", "日期和时间"), ({"starts": "2026-03-10T10:00"}, "starts", "已经过了"), ({"starts": "2026-09-10T10:00"}, "starts", "30 天以内"),
        ({"ends": "2026-03-11T10:30"}, "ends", "还早"), ({"ends": "2026-04-11T10:30"}, "ends", "最长管 7 天"), ({"people": "0"}, "people", "人数"),
        ({"people": "99"}, "people", "人数"), ({"phone": "12"}, "phone", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(town: Town, form: dict[str, str], field: str, said: str) -> None:
    view = made(town, words="带了个大箱子", **form)

    assert (view.status, view.values["refusal"].field) == (422, field)
    assert said in view.values["fault"]
    assert view.values["form"]["words"] == "带了个大箱子"
    assert town.all(Pass) == []


def test_cap_of_a_flat_binds_staff_too(town: Town) -> None:
    for _ in range(20):
        assert isinstance(made(town), Redirect)

    view = made(town)

    assert (view.status, "已经是最多了" in view.values["fault"], len(town.all(Pass))) == (422, True, 20)


def test_pass_is_revoked_with_a_reason_that_the_resident_reads(town: Town) -> None:
    made(town)
    [pass_] = town.all(Pass)
    for why in ("", "whatever"):
        with pytest.raises(Refusal, match="为什么作废"):
            town.opens(Role.STAFF, console.cancel, params={"id": pass_.public_id}, why=why)

    town.opens(Role.STAFF, console.cancel, params={"id": pass_.public_id}, why="misused")

    assert town.all(Pass)[0].state is PassState.CANCELLED
    assert "（通行证被转给了别人）" in town.told(CHEN)[-1]
