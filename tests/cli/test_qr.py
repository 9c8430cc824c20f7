"""`linli qr`: a code for each place, a sheet to print for each code, and nothing made twice."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlmodel import Session, col, delete, select

from bot.cli.posters import poster
from bot.language.addresses import label_of
from bot.store.events import COMMAND_LINE, Event
from bot.store.invitations import Invitation
from bot.store.people import Household
from bot.store.scenes import Scene

if TYPE_CHECKING:
    from tests.cli.conftest import Desk


def codes(desk: Desk, kind: str) -> list[Scene]:
    return desk.ask(lambda session: list(session.exec(select(Scene).where(Scene.kind == kind).order_by(Scene.created_at)).all()))


async def test_place_gets_a_permanent_code_and_a_sheet_to_print(desk: Desk, tmp_path: Path) -> None:
    said = await desk.run("qr", "make", "repair", "地下车库B2", "--out", str(tmp_path / "sheets"))

    assert said.text.startswith("1/1  repair 地下车库B2: made")
    scene = next(scene for scene in codes(desk, "repair") if scene.label == "地下车库B2")
    [asked] = desk.made("qrcode/create")
    assert asked == {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene.code}}}
    [sheet] = (tmp_path / "sheets").iterdir()
    words = [element.text for element in ElementTree.fromstring(sheet.read_text(encoding="utf-8")).iter() if element.text]
    assert {"和苑小区", "报修点", "地下车库B2"} <= {word.strip() for word in words}


async def test_code_that_was_made_is_only_drawn_again(desk: Desk) -> None:
    await desk.run("qr", "make", "desk", "东门")
    [sheet] = (desk.settings.var / "qr").iterdir()
    sheet.unlink()

    again = await desk.run("qr", "make", "desk", "东门", "东门")

    assert "1/1  desk 东门: was there" in again.text
    assert sheet.exists()
    assert len(desk.made("qrcode/create")) == 1


async def test_every_unit_of_the_roster_gets_a_code(desk: Desk) -> None:
    said = await desk.run("qr", "make", "door", "--every-unit")

    units = desk.ask(lambda session: session.exec(select(Household.building, Household.unit).distinct()).all())
    made = {scene.label for scene in codes(desk, "door")}
    assert {label_of(building, unit) for building, unit in units} <= made
    assert f"{len(units)}/{len(units)}  door" in said.text


async def test_refusal_in_the_middle_keeps_what_was_done(desk: Desk) -> None:
    desk.answers["qrcode/create"] = [None, {"errcode": 45009, "errmsg": "reach max api daily quota limit"}]

    stopped = await desk.run("qr", "make", "door", "--anyway", "21栋", "22栋", "23栋")
    went_on = await desk.run("qr", "make", "door", "--anyway", "21栋", "22栋", "23栋")

    assert "1/3  door 21栋: made" in stopped.text
    assert "00:00" in stopped.error
    assert [line.rpartition(",")[0] for line in went_on.text.splitlines()] == [
        "1/3  door 21栋: was there", "2/3  door 22栋: made", "3/3  door 23栋: made",
    ]  # fmt: skip
    asked = [body["action_info"]["scene"]["scene_str"] for body in desk.made("qrcode/create")]
    assert asked[1] == asked[2], "the code that was refused is asked for again, not another one"


async def test_unknown_kind_names_the_known_ones(desk: Desk) -> None:
    said = await desk.run("qr", "make", "lift", "3栋")

    assert said.code == 1
    assert "door (楼栋门口), repair (报修点), desk (访客登记台)" in said.error


async def test_place_in_a_unit_that_the_roster_has_none_of_gets_no_permanent_code_unless_it_is_meant(desk: Desk) -> None:
    refused = await desk.run("qr", "make", "door", "99栋9单元大门")
    made = await desk.run("qr", "make", "door", "3栋2单元大门", "地下车库")

    assert (refused.code, made.code) == (1, 0)
    assert "no 99栋9单元" in refused.error
    assert "--anyway" in refused.error
    assert len(desk.made("qrcode/create")) == 2
    assert (await desk.run("qr", "make", "door", "99栋9单元大门", "--anyway")).code == 0


async def test_no_place_is_told(desk: Desk) -> None:
    assert "--every-unit" in (await desk.run("qr", "make", "door")).error


async def test_codes_are_listed_with_what_they_hold(desk: Desk) -> None:
    await desk.run("qr", "make", "desk", "东门")

    said = await desk.run("qr", "list")

    [scene] = [scene for scene in codes(desk, "desk") if scene.label == "东门"]
    assert f"{scene.code}  desk     东门  {scene.url}" in said.text


def test_sheet_bears_any_words() -> None:
    sheet = ElementTree.fromstring(poster("http://weixin.qq.com/q/x", "A&B <园>", "门" * 40, '"3栋"'))

    words = [element for element in sheet.iter() if element.tag.endswith("text")]
    assert [element.text for element in words] == ["A&B <园>", "门" * 40, '"3栋"']
    assert float(words[1].get("font-size", "0")) * 40 <= 100


def papers(desk: Desk) -> list[Invitation]:
    return desk.ask(lambda session: list(session.exec(select(Invitation).order_by(Invitation.made_at)).all()))


async def test_flat_gets_a_sheet_with_a_code_to_scan_and_words_to_send(desk: Desk) -> None:
    said = await desk.run("qr", "household", "3-2-501", "3栋2单元502")

    first, _ = papers(desk)
    assert said.text.startswith("1/2  3栋2单元501: ")
    sheet = next(path for path in (desk.settings.var / "qr").iterdir() if first.code in path.name)
    words = "".join(element.text or "" for element in ElementTree.fromstring(sheet.read_text(encoding="utf-8")).iter())
    assert f"住户码 {first.code[:5]} {first.code[5:]}" in words
    assert [body["action_info"]["scene"]["scene_str"] for body in desk.made("qrcode/create")] == [
        one.code for one in papers(desk)
    ]
    assert sheet.stat().st_mode & 0o077 == 0


async def test_renewed_sheet_has_another_code_and_the_old_one_is_over(desk: Desk) -> None:
    await desk.run("qr", "household", "3-2-501")
    await desk.run("qr", "household", "3-2-501")
    assert len(papers(desk)) == 1

    await desk.run("qr", "household", "3-2-501", "--renew")

    old, new = papers(desk)
    assert old.ended_at is not None
    assert new.ended_at is None


async def test_account_that_may_make_no_codes_gets_sheets_with_words(desk: Desk) -> None:
    desk.answers["qrcode/create"] = [{"errcode": 48001, "errmsg": "api unauthorized"}]

    said = await desk.run("qr", "household", "3-2-501")

    assert said.code == 0
    assert "the sheets say what to send" in said.text + said.error
    [sheet] = (desk.settings.var / "qr").iterdir()
    assert "关注公众号后发送：" in sheet.read_text(encoding="utf-8")


async def test_flat_that_is_none_is_named(desk: Desk) -> None:
    assert "'3栋9单元999' is no flat of the roster" in (await desk.run("qr", "household", "3栋9单元999")).error
    assert "linli qr household" in (await desk.run("qr", "make", "home", "3栋")).error


async def test_codes_are_tried_in_the_demo_and_an_empty_list_says_how_to_make_one(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = urlsplit(os.environ["LINLI_WECHAT_API_BASE"])
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "demo").symlink_to(desk.settings.var)
    (desk.settings.var / "address.json").write_text(json.dumps({"host": here.hostname, "port": here.port}), encoding="utf-8")
    monkeypatch.setenv("LINLI_VAR", str(tmp_path / "home"))
    for name in ("APPID", "TOKEN", "SECRET", "AES_KEY", "API_BASE"):
        monkeypatch.delenv(f"LINLI_WECHAT_{name}")
    desk.ask(lambda session: session.exec(delete(Scene)) and None)

    listed = await desk.run("qr", "list", "--demo")
    made = await desk.run("qr", "household", "3-2-501", "--demo")

    assert listed.text.startswith("no codes yet; `linli qr make door")
    assert made.text.startswith("1/1  3栋2单元501: ")
    assert len(desk.made("qrcode/create")) == 1


async def test_all_settings_that_are_missing_are_named_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APPID", "TOKEN", "SECRET", "AES_KEY"):
        monkeypatch.delenv(f"LINLI_WECHAT_{name}")

    said = await desk.run("qr", "household", "3-2-501")

    assert [f"LINLI_WECHAT_{name} is missing" in said.error for name in ("APPID", "TOKEN", "SECRET", "AES_KEY")] == [True] * 4


async def test_codes_that_are_made_stand_in_the_log_as_made_at_the_command_line(desk: Desk) -> None:
    await desk.run("qr", "make", "desk", "东门")
    await desk.run("qr", "make", "desk", "东门")
    await desk.run("qr", "household", "3-2-501", "--community", "和苑小区")
    await desk.run("qr", "household", "3-2-501", "--renew", "--community", "和苑小区")

    def done(session: Session) -> list[tuple[str, str, dict[str, object]]]:
        made = select(Event).where(Event.actor == COMMAND_LINE, col(Event.kind).in_(["scene.made", "flat_code.drawn"]))
        return [(one.kind, one.subject.partition(":")[0], one.data) for one in session.exec(made.order_by(Event.id)).all()]

    assert desk.ask(done) == [
        ("scene.made", "scene", {"scene": "desk", "label": "东门"}), ("flat_code.drawn", "household", {}),
        ("flat_code.drawn", "household", {"renewed": True}),
    ]  # fmt: skip
