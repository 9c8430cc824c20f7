"""`linli notice`: who is told, what is refused before anything is said, and the demo's own notices."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlmodel import Session, select

from bot.cli.setup import look_at_days_off
from bot.language.recurrence.holidays import LAST_YEAR
from bot.store import policies
from bot.store.notices import Notice, NoticePicture, NoticeState

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

WATER = ("--title", "停水", "--body", "明天九点到十二点")


@pytest.mark.parametrize(("today", "is_told"), [
    (date(LAST_YEAR, 11, 1), False), (date(LAST_YEAR, 11, 29), True), (date(LAST_YEAR + 1, 3, 1), True),
])  # fmt: skip
def test_doctor_warns_before_days_off_are_no_longer_known(today: date, is_told: bool) -> None:
    finding = look_at_days_off(today)

    assert (finding.ok, finding.sign) == (True, "!" if is_told else "✓")
    assert (f"those of {LAST_YEAR + 1} are announced in November" in finding.remedy) is is_told


def notices(desk: Desk) -> list[Notice]:
    return desk.ask(lambda session: list(session.exec(select(Notice)).all()))


async def test_empty_list_says_how_to_send_one(desk: Desk) -> None:
    assert "no notices yet; `linli notice send" in (await desk.run("notice", "list")).text


async def test_notice_is_counted_sent_listed_and_recalled(desk: Desk) -> None:
    counted = await desk.run("notice", "send", "--to", "3栋", *WATER, "--dry-run")
    assert notices(desk) == []

    sent = await desk.run("notice", "send", "--to", "3栋", *WATER)
    [notice] = notices(desk)
    listed = await desk.run("notice", "list")
    recalled = await desk.run("notice", "recall", notice.public_id)

    assert sent.text.startswith(counted.text.partition("in the chat:")[0])
    assert "in the chat:\n【停水】\n明天九点到十二点" in counted.text
    assert f"{notice.public_id}: goes out in 10 s; `linli notice recall {notice.public_id}` undoes it" in sent.text
    assert f"{notice.public_id}" in listed.text
    assert recalled.text.startswith(f"{notice.public_id}: recalled")


#: Words after `linli notice send`, and what is said to them.
BAD = [
    (("--to", "3栋", "--title", " ", "--body", "明天"), "title and body must both say something"),
    (("--to", "3栋", "--title", "停" * 63, "--body", "明天"), "--title has 63 characters, and a notice takes 60; leave out 3"),
    (("--to", "", *WATER), "nobody is named; write 全体"), (("--to", "99栋、3栋", *WATER), "nobody belongs to 99栋; check --to"),
    (("--to", " ".join(f"{n}栋" for n in range(101)), *WATER), "101 parts are named, and a notice takes 100"),
    (("--to", "3栋", *WATER, "--at", "tomorrow"), "'tomorrow' is no time"),
    (("--to", "3栋", *WATER, "--at", "2020-01-01T10:00"), "the time to send is over"),
    (("--to", "3栋", *WATER, "--at", "2099-01-01T10:00"), "2099-01-01 is too far ahead"),
    (("--to", "3栋", *WATER, "--at", "9999-12-31T23:00-12:00"), "outside the years 2000 to 2100"),
    (("--to", "3栋", *WATER, "--cron", "0 9 * *"), "has 4 fields"), (("--to", "3栋", *WATER, "--cron", "0 9 * * 1"), "write mon tue wed"),
    (("--to", "3栋", *WATER, "--cron", "99 9 * * mon"), "cannot be read"), (("--to", "3栋", *WATER, "--at", "随便"), "'随便' cannot be read"),
    (("--to", "3栋", *WATER, "--every", "每周八"), "'每周八' cannot be read; write it as 每天早上八点"),
    (("--to", "3栋", *WATER, "--every", "明天八点"), "cannot be read"), (("--to", "3栋", *WATER, "--every", "每年2月30日"), "never comes"),
    (("--to", "3栋", *WATER, "--every", "每小时"), "24 times a day"), (("--to", "3栋", *WATER, "--cron", "* 9 * * *"), "60 times a day"),
    (("--to", "3栋", *WATER, "--cron", "0 9 1 * mon"), "leave one of them *"),
    (("--to", "3栋", *WATER, "--every", "每天8点", "--at", "明天八点"), "exclude each other"),
    (("--to", "3栋", *WATER, "--every", "每天8点", "--holidays", "no"), "is none of send, skip, postpone"),
    (("--to", "3栋", *WATER, "--every", "每天8点", "--late", "99999999"), "at most 7 days late"),
]  # fmt: skip


async def test_bad_notice_is_refused_in_english_before_anybody_is_counted(desk: Desk) -> None:
    for words, told in BAD:
        said = await desk.run("notice", "send", *words)
        assert told in said.error
        assert (said.text, said.code) == ("", 1)

    assert notices(desk) == []


async def test_recurring_notice_is_planned_in_words_and_says_its_next_times(desk: Desk) -> None:
    every = ("notice", "send", "--to", "3栋", *WATER, "--every", "每周一早上八点", "--holidays", "postpone", "--late", "0")
    said = await desk.run(*every)
    looked = json.loads((await desk.run(*every, "--dry-run", "--json")).text)

    [notice] = notices(desk)
    assert "每周一 08:00，节假日顺延到下一个工作日, next:" in said.text
    assert len(looked["next"]) == 5
    assert said.text.count("周一") >= 4
    assert (notice.recurrence.said if notice.recurrence else "", notice.grace) == (looked["rule"], 0)
    assert f"{notice.public_id}: goes out at " in said.text


async def test_planned_notice_is_paused_resumed_and_left_out_once(desk: Desk) -> None:
    await desk.run("notice", "send", "--to", "3栋", *WATER, "--every", "每天8点")
    [notice] = notices(desk)

    said = {
        verb: (await desk.run("notice", *verb.split()[:1], notice.public_id, *verb.split()[1:])).text
        for verb in ("pause", "resume", "skip", "skip --back")
    }
    listed = json.loads((await desk.run("notice", "list", "--json")).text)  # one object a line

    assert "paused; it is paused" in said["pause"]
    assert "resumed; next " in said["resume"]
    assert said["skip"].rpartition("next ")[2] != said["resume"].rpartition("next ")[2]
    assert said["skip --back"].rpartition("next ")[2] == said["resume"].rpartition("next ")[2]
    assert (listed["rule"], listed["state"], listed["skipped"], len(listed["next"])) == ("每天 08:00", "scheduled", [], 5)
    assert (await desk.run("notice", "resume", notice.public_id)).code == 1


async def test_days_off_that_nobody_has_announced_yet_are_warned_of(desk: Desk) -> None:
    said = await desk.run("notice", "send", "--to", "3栋", *WATER, "--every", "每年12月31日 8点，节假日跳过")
    listed = await desk.run("notice", "list")

    warning = f"年的放假和调休安排，这里还没有（只到 {LAST_YEAR} 年）"
    assert warning in said.text
    assert warning in listed.text


async def test_notice_once_is_planned_in_words(desk: Desk) -> None:
    said = await desk.run("notice", "send", "--to", "3栋", *WATER, "--at", "明天下午三点")

    [notice] = notices(desk)
    assert notice.due_at is not None
    assert (notice.due_at.hour, notice.rule) == (15, None)
    assert "once:" in said.text


async def test_kinds_ends_and_lines_of_an_audience_are_written_at_the_command_line(desk: Desk) -> None:
    urgent = ("notice", "send", "--to", "3栋 并且 业主 不包括 3栋1单元302", *WATER, "--kind", "emergency")
    endless = await desk.run(*urgent)
    odd = await desk.run("notice", "send", "--to", "3栋", *WATER, "--kind", "loud")
    told = json.loads((await desk.run(*urgent, "--until", "明天早上八点", "--json")).text)
    status = json.loads((await desk.run("notice", "status", told["id"], "--json")).text)
    copied = json.loads((await desk.run("notice", "copy", told["id"], "--json")).text)

    assert "give --until" in endless.error
    assert "--kind 'loud' is none of everyday, important, emergency" in odd.error
    assert (told["kind"], told["audience"]) == ("emergency", "3栋 并且 业主 不包括 3栋1单元302")
    assert (status["kind"], status["people"], sum(status["deliveries"].values())) == ("emergency", told["people"], told["people"])
    assert (copied["copied_from"], copied["state"]) == (told["id"], "draft")
    assert len(notices(desk)) == 2


async def test_variable_that_there_is_none_of_is_refused_at_the_command_line(desk: Desk) -> None:
    said = await desk.run("notice", "send", "--to", "3栋", "--title", "停水", "--body", "{姓名}您好")

    assert "there is no variable {姓名}; known are {称呼}、{房号}、{日期}" in said.error
    assert notices(desk) == []


async def test_audience_is_saved_listed_and_used_by_its_name(desk: Desk) -> None:
    none = await desk.run("notice", "audience")
    wrong = await desk.run("notice", "audience", "网格一", "--to", "99栋")
    saved = json.loads((await desk.run("notice", "audience", "网格一", "--to", "3栋、5栋 并且 业主", "--json")).text)
    listed = json.loads((await desk.run("notice", "audience", "--json")).text)
    counted = json.loads((await desk.run("notice", "send", "--to", "网格一", *WATER, "--dry-run", "--json")).text)

    assert "none are saved" in none.text
    assert "nobody belongs to 99栋" in wrong.error
    assert saved == listed == {"name": "网格一", "audience": "3栋、5栋 并且 业主", "people": counted["people"]}
    assert counted["people"] > 0


async def test_notice_above_the_settled_number_waits_for_somebody_else(desk: Desk) -> None:
    def settle(session: Session) -> None:
        policies.settle(session, quiet_from="00:00", quiet_until="00:00", approve_above="1", big_above="200")

    desk.ask(settle)
    asked = await desk.run("notice", "send", "--to", "3栋", *WATER, "--by", "wang")
    assert asked.error == ""
    [notice] = notices(desk)
    own = await desk.run("notice", "approve", notice.public_id, "--by", "wang")
    guard = await desk.run("notice", "approve", notice.public_id, "--by", "chen")
    agreed = json.loads((await desk.run("notice", "approve", notice.public_id, "--by", "liu", "--json")).text)

    assert f"{notice.public_id}: waits for a second person" in asked.text
    assert "somebody else has to" in own.error
    assert "chen may not send notices" in guard.error
    assert (agreed["step"], notices(desk)[0].state) == ("published", NoticeState.PUBLISHED)


async def test_all_that_stands_on_the_page_is_given_and_told_to_programs(desk: Desk, tmp_path: Path) -> None:
    plan, broken = tmp_path / "plan.png", tmp_path / "broken.png"
    Image.new("RGB", (40, 30), "red").save(plan)
    broken.write_bytes(b"<svg>")
    page = ("--place", "水泵房", "--contact", "王工 0571-88001200", "--signer", "业委会", "--ask", "--picture", str(plan))

    no = await desk.run("notice", "send", "--to", "3栋", *WATER, "--picture", str(broken))
    none = await desk.run("notice", "send", "--to", "3栋", *WATER, "--picture", str(tmp_path / "none.png"))
    counted = json.loads((await desk.run("notice", "send", "--to", "3-2", *WATER, *page, "--dry-run", "--json")).text)
    told = (await desk.run("notice", "send", "--to", "3栋", "--title", "停" * 30, "--body", "{称呼}，明天", "--dry-run")).text
    assert notices(desk) == []
    sent = json.loads((await desk.run("notice", "send", "--to", "3栋", *WATER, *page, "--json")).text)
    [notice] = notices(desk)
    [picture] = desk.ask(lambda session: list(session.exec(select(NoticePicture)).all()))

    assert "is no picture" in no.error
    assert "none.png: No such file" in none.error
    assert counted["audience"] == "3栋2单元"
    assert counted["preview"]["chat"] == "【停水】\n明天九点到十二点"
    assert counted["people"] == counted["told"] + sum(counted["unreachable"].values())
    assert "{称呼}" not in told
    assert "template message:" not in told, "this account has none"
    assert sent["id"] == notice.public_id
    assert (notice.place, notice.contact, notice.signer, notice.asks) == ("水泵房", "王工 0571-88001200", "业委会", True)
    assert (picture.notice_id, picture.content[:3]) == (notice.id, b"\xff\xd8\xff")


async def test_each_command_answers_programs_with_an_object(desk: Desk) -> None:
    every = ("--every", "每天早上八点")
    reach = json.loads((await desk.run("notice", "reach", "--to", "3栋", "--json")).text)
    sent = json.loads((await desk.run("notice", "send", "--to", "3栋", *WATER, "--json")).text)
    lines = (await desk.run("notice", "people", sent["id"], "--json")).text.splitlines()
    found = [json.loads(line) for line in lines]
    one = json.loads((await desk.run("notice", "people", sent["id"], "--find", found[0]["name"], "--json")).text.splitlines()[0])
    again = json.loads((await desk.run("notice", "retry", sent["id"], "--json")).text)
    wrong = await desk.run("notice", "people", sent["id"], "--part", "half")
    says = ("--corrects", sent["id"], "--says", "改为十四点")
    better = json.loads((await desk.run("notice", "send", *WATER, *says, "--json")).text)
    mute = await desk.run("notice", "send", *WATER, "--corrects", sent["id"])
    rule = json.loads((await desk.run("notice", "send", "--to", "3栋", *WATER, *every, "--json")).text)["id"]
    done = [json.loads((await desk.run("notice", verb, rule, "--json")).text) for verb in ("skip", "pause", "resume")]
    gone = json.loads((await desk.run("notice", "recall", sent["id"], "--json")).text)
    kept = {one.public_id: one for one in notices(desk)}

    assert len(reach["everyone"]) == reach["people"] == len(found) == sent["people"]
    assert all(bool(one["channel"]) != bool(one["reason"]) for one in reach["everyone"])
    assert one == found[0]
    assert again == {"id": sent["id"], "people": 0, "unsure": False}
    assert "--part 'half' is none of all" in wrong.error
    assert (better["audience"], kept[better["id"]].corrects_id) == ("3栋", kept[sent["id"]].id)
    assert "--says is missing" in mute.error
    assert [(one["done"], one["state"]) for one in done] == [("skip", "scheduled"), ("pause", "paused"), ("resume", "scheduled")]
    assert (gone["id"], gone["state"]) == (sent["id"], "recalled")
