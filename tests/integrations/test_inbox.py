"""Residents' talks as staff work through them: whose they are, what waits, what may be sent, what colleagues note; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, select

from bot.contract import Download, Redirect, Turn, View, Work, handoffs, leaving, personal, talklists, talks
from bot.errors import Refusal
from bot.store import claims, conversations, erasures, followers, grants
from bot.store.conversations import Conversation, Line
from bot.store.outbox import Delivery, DeliveryState, Ways
from bot.store.people import Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from integrations.desk import conversations as desk
from integrations.desk import labels, phrases
from integrations.desk.models import ReadyAnswer, TalkLabel, TalkLabelled, TalkNote
from integrations.residents import flat as households

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

T = TypeVar("T")

CHEN, LI = "oChen", "oLi"


def does(town: Town, fn: Callable[[Session], T]) -> T:
    return town.database.submit(fn).result()


def speaks(town: Town, words: str, openid: str = CHEN) -> None:
    """A resident says something, which opens the window anew."""

    def run(session: Session) -> None:
        followers.heard(session, openid, town.community.key, town.now)
        conversations.keep(session, conversations.open_with(session, openid, town.community.key, town.now))
        conversations.say(session, openid, "resident", words, town.now)

    does(town, run)


def asks(town: Town, words: str = "我家欠多少物业费", openid: str = CHEN) -> Task:
    """A resident asks for a person, as the dialogue does."""
    speaks(town, words, openid)

    def run(session: Session) -> Task:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
        task = handoffs.open(turn, intent="fee.query", topic="问费用", words=words)
        talk = conversations.open_with(session, openid, town.community.key, town.now)
        conversations.ask_for_person(talk, "问费用", town.now)
        conversations.keep(session, talk)
        return task

    return does(town, run)


def talk(town: Town, openid: str = CHEN) -> Conversation:
    return next(one for one in town.all(Conversation) if one.openid == openid)


def acts(
    town: Town, route: Any, role: Role = Role.STAFF, openid: str = CHEN, query: dict[str, str] | None = None, **form: str
) -> Any:
    return town.opens(role, route, params={"key": talk(town, openid).public_id}, query=query, **form)


def listed(town: Town, role: Role = Role.STAFF, **query: str) -> list[str]:
    return [row["name"] for row in town.opens(role, desk.inbox, query=query).values["inbox"]["rows"]]


def member(town: Town, role: Role) -> Staff:
    return next(one for one in town.all(Staff) if one.role is role)


def all_are_sent(town: Town) -> None:
    does(town, lambda session: session.execute(update(Delivery).values(state=DeliveryState.SENT)))


# ------------------------------------------------------------------ whose it is


def test_talk_that_is_handed_on_is_the_colleagues_with_all_that_is_open_in_it(town: Town) -> None:
    asks(town)
    manager = member(town, Role.MANAGER)
    assert listed(town, show="nobody") == ["陈建国"]

    acts(town, desk.hand_on, staff=str(manager.id))

    assert (listed(town, show="nobody"), listed(town, show="mine"), listed(town, Role.MANAGER, show="mine")) == (
        [],
        [],
        ["陈建国"],
    )
    assert [task.claimed_by for task in town.tasks()] == [manager.id]
    assert town.told(CHEN) == [], "the bot still has the word"
    with pytest.raises(Refusal, match="已经在manager同事那里了"):
        acts(town, desk.hand_on, staff=str(manager.id))


def test_word_goes_along_with_a_talk_that_is_handed_on_and_the_resident_hears_whose_it_is(town: Town) -> None:
    asks(town)
    acts(town, desk.take)

    acts(town, desk.hand_on, staff=str(member(town, Role.MANAGER).id))

    assert talk(town).staff_id == member(town, Role.MANAGER).id
    assert town.told(CHEN)[-1] == "物业manager同事来为您服务，我先不插话。"


@pytest.mark.parametrize("role", [Role.GUARD, Role.CITY])
def test_talk_is_handed_on_to_nobody_who_may_not_reply(town: Town, role: Role) -> None:
    asks(town)

    with pytest.raises(Refusal, match="请选择一位能回复居民的同事"):
        acts(town, desk.hand_on, staff=str(member(town, role).id))


def test_talk_left_alone_stays_whose_it_is_while_something_in_it_is_open(town: Town) -> None:
    task = asks(town)
    acts(town, desk.take)
    town.now += timedelta(hours=1)

    town.runs(talks.return_left_alone.run)

    assert listed(town, show="mine") == ["陈建国"]
    acts(town, desk.close, task=task.public_id)
    assert listed(town, show="mine") == []


def test_who_asks_anew_is_nobodys_again(town: Town) -> None:
    asks(town)
    acts(town, desk.take)
    acts(town, desk.back)

    asks(town, "还有停车费")

    assert listed(town, show="nobody") == ["陈建国"]


# ------------------------------------------------------------------ what waits


def test_talk_waits_for_a_word_until_staff_speak_last(town: Town) -> None:
    asks(town)
    acts(town, desk.reply, text="不欠")
    assert listed(town) == []

    speaks(town, "那停车费呢")

    assert listed(town) == ["陈建国"]


def test_talk_laid_aside_comes_back_when_the_office_opens(town: Town) -> None:
    asks(town)
    assert acts(town, desk.show).values["until"]["opening"] == "到明天 8:30"

    said = acts(town, desk.aside, until="opening")

    assert "明天" in said.note
    assert "08:30" in said.note
    assert (listed(town), listed(town, show="nobody"), listed(town, show="mine"), listed(town, show="aside")) == (
        [],
        [],
        [],
        ["陈建国"],
    )
    town.now = (town.now + timedelta(days=1)).replace(hour=8, minute=30)
    assert (listed(town), listed(town, show="mine"), listed(town, show="aside")) == (["陈建国"], ["陈建国"], [])


def test_talk_laid_aside_comes_back_at_once_when_its_resident_speaks(town: Town) -> None:
    asks(town)
    acts(town, desk.aside, until="days")

    speaks(town, "等不及了")

    assert (listed(town), listed(town, show="aside")) == (["陈建国"], [])


def test_talk_laid_aside_can_be_taken_up_again(town: Town) -> None:
    asks(town)
    acts(town, desk.aside, until="hour")
    acts(town, desk.aside, until="now")

    assert listed(town) == ["陈建国"]
    with pytest.raises(Refusal, match="请选搁置多久"):
        acts(town, desk.aside, until="ages")


def test_alarm_stands_before_who_has_waited_longer(town: Town) -> None:
    asks(town, openid=LI)
    town.now += timedelta(hours=1)
    asks(town)

    def alarm(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context).assign(
            "emergency.fire", "task.view", "着火", urgent=True, openid=CHEN
        )

    assert listed(town) == ["李梅", "陈建国"]
    does(town, alarm)
    assert listed(town) == ["陈建国", "李梅"]


def test_who_is_not_bound_stands_by_the_flat_they_say_they_live_in_and_that_nobody_proved(town: Town) -> None:
    asks(town, openid="oNew")
    asks(town, openid="oOther")
    does(town, lambda session: claims.claim(session, "oNew", ("3", "2", "501"), None, town.now))

    rows = {row["flat"] for row in town.opens(Role.STAFF, desk.inbox).values["inbox"]["rows"]}

    assert rows == {"自称住3栋2单元501（未核实）", "未绑定住址"}


def test_talk_in_which_nobody_said_anything_is_in_no_list(town: Town) -> None:
    speaks(town, "你好", CHEN)
    town.now += timedelta(minutes=5)

    def report(session: Session) -> None:  # WeChat says that it has delivered a notice
        conversations.open_with(session, LI, town.community.key, town.now)

    does(town, report)

    assert listed(town, show="all") == ["陈建国"]


def test_talk_shows_all_that_its_resident_read(town: Town) -> None:
    asks(town)
    acts(town, desk.reply, text="您不欠费")

    def alarm(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context).tell(CHEN, "duty.exhausted")

    does(town, alarm)
    lines = [(line.speaker, line.text) for line in town.all(Line)]

    assert lines[1:3] == [("bot", "物业staff同事来为您服务，我先不插话。"), ("staff", "您不欠费")]
    assert [one for _, one in lines[3:]] == town.told(CHEN)[-1:]


def test_list_is_paged_and_says_that_there_is_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asks(town)
    asks(town, openid=LI)
    monkeypatch.setattr(talklists, "PAGE", 1)

    pages = [town.opens(Role.STAFF, desk.inbox, query={"page": page}).values["inbox"] for page in ("1", "2")]

    assert [(len(one["rows"]), one["more"], one["counts"]["waiting"]) for one in pages] == [(1, True, 2), (1, False, 2)]


# ------------------------------------------------------------------ sending


def test_what_cannot_be_sent_stays_in_the_field_and_nothing_is_written(town: Town) -> None:
    asks(town)
    town.now += timedelta(hours=49)

    view = acts(town, desk.reply, text="您不欠费，放心")

    assert (view.status, view.values["text"]) == (422, "您不欠费，放心")
    assert "48 小时内没有说过话" in view.values["fault"]
    assert town.told(CHEN) == []
    assert talk(town).staff_id is None
    assert [line.speaker for line in town.all(Line)] == ["resident"]


def test_messages_under_way_count_as_sent(town: Town) -> None:
    asks(town)

    def left() -> tuple[int, str]:
        allowed = acts(town, desk.show).values["may_send"]
        return allowed.messages, allowed.left

    assert left() == (5, "48 小时")
    for number in range(5):
        acts(town, desk.reply, text=f"第 {number} 句")
    assert left()[0] == 0
    assert acts(town, desk.reply, text="第六句").status == 422
    assert len(town.told(CHEN)) == 5


def test_window_says_how_long_it_is_open_and_why_it_is_not(town: Town) -> None:
    asks(town)
    told = []
    for ago in (
        timedelta(minutes=1),
        timedelta(hours=46, minutes=30),
        timedelta(hours=1, minutes=28, seconds=30),
        timedelta(minutes=1),
    ):
        town.now += ago
        allowed = acts(town, desk.show).values["may_send"]
        told.append(allowed.left or allowed.why_not)

    assert told == ["47 小时", "89 分钟", "不到 1 分钟", "居民 48 小时内没有说过话，微信不让主动发。"]


def test_who_answers_after_a_colleague_is_told_first_and_may_then_send(town: Town) -> None:
    asks(town)
    seen = str(acts(town, desk.show).values["seen"])
    acts(town, desk.reply, Role.MANAGER, text="我来查")

    refused = acts(town, desk.reply, text="我也来查", seen=seen)

    assert (refused.status, refused.values["text"]) == (422, "我也来查")
    assert "manager同事刚刚回复了" in refused.values["fault"]
    assert isinstance(acts(town, desk.reply, text="我也来查", seen=str(refused.values["seen"])), Redirect)


def test_line_that_did_not_come_says_so_and_goes_back_into_the_field(town: Town) -> None:
    asks(town)
    acts(town, desk.reply, text="您不欠费")
    failed = {"state": DeliveryState.FAILED, "reason": "内容被微信拒绝"}
    does(town, lambda session: session.execute(update(Delivery).values(**failed)))

    view = acts(town, desk.show)

    [line] = [one for one in view.values["said"] if one.speaker == "staff"]
    assert view.values["fates"][line.delivery_id] == ("failed", "没有发出去", "内容被微信拒绝")
    assert acts(town, desk.show, query={"again": str(line.id)}).values["text"] == "您不欠费"
    assert acts(town, desk.show, Role.MANAGER, query={"again": str(line.id)}).values["text"] == "", "it is not theirs"
    all_are_sent(town)
    assert acts(town, desk.show).values["fates"][line.delivery_id][1] == ""


def test_resident_outside_the_window_is_asked_for_a_word_once_a_day_where_a_template_is_set(town: Town) -> None:
    asks(town)
    with pytest.raises(Refusal, match="现在可以直接回复"):
        acts(town, desk.call)
    town.now += timedelta(hours=49)
    with pytest.raises(Refusal, match="没有配置模板消息"):
        acts(town, desk.call)

    def call(session: Session) -> None:
        context = replace(town.context, ways=Ways(template="t"))
        who = session.exec(select(Staff).where(Staff.role == Role.STAFF)).one()
        page = desk.Desk(session=session, now=town.now, context=context, staff=who)
        talks.call(page, session.get_one(Conversation, CHEN))

    does(town, call)
    [sent] = town.all(Delivery)
    assert sent.payload["title"] == "物业有话跟您说，请回复"
    assert "staff同事" in sent.payload["text"]
    all_are_sent(town)
    with pytest.raises(Refusal, match="今天已经请过一次"):
        does(town, call)


# ------------------------------------------------------------------ answers kept ready


def keep(town: Town, short: str, words: str) -> ReadyAnswer:
    assert isinstance(town.opens(Role.STAFF, phrases.add, short=short, text=words), Redirect)
    return next(one for one in town.all(ReadyAnswer) if one.short == short)


def test_short_is_filled_in_for_the_talk_and_not_sent(town: Town) -> None:
    asks(town)
    keep(town, "收到", "{称呼}您好，{房号}的事收到了，{我}给您办。物业电话 {物业电话}")

    view = acts(town, desk.reply, text="/收到 顺便问下，方便吗")

    assert view.values["text"] == "陈建国您好，3栋2单元501的事收到了，staff同事给您办。物业电话 0571-1\n顺便问下，方便吗"
    assert town.told(CHEN) == []


def test_answer_from_the_list_comes_behind_what_is_written(town: Town) -> None:
    task = asks(town)
    phrase = keep(town, "进度", "编号 {编号}")

    view = acts(town, desk.insert, text="您好", phrase=phrase.public_id)

    assert view.values["text"] == f"您好\n编号 {task.number}"


def test_short_that_means_nothing_is_an_answer_like_any_other(town: Town) -> None:
    asks(town)

    acts(town, desk.reply, text="/收到")

    assert town.told(CHEN)[0].endswith("/收到")


@pytest.mark.parametrize(
    ("short", "words", "fault"),
    [
        ("", "您好", "短语要写 1 到 12 个字"), ("两 个", "您好", "中间没有空格"), ("好", "", "内容要写 1 到 500 个字"),
        ("好", "{名字}您好", "没有 {名字} 这个变量"), ("收到", "又一条", "已经有 /收到 了"),
    ],
)  # fmt: skip
def test_answer_that_cannot_be_kept_is_shown_again_with_why(town: Town, short: str, words: str, fault: str) -> None:
    keep(town, "收到", "好的")

    view = town.opens(Role.STAFF, phrases.add, short=short, text=words)

    assert (view.status, view.values["said"]["short"], view.values["said"]["text"]) == (422, short, words)
    assert fault in view.values["fault"]
    assert len(town.all(ReadyAnswer)) == 1


def test_answer_kept_ready_is_changed_and_dropped(town: Town) -> None:
    phrase = keep(town, "收到", "好的")

    town.opens(Role.STAFF, phrases.change, params={"id": phrase.public_id}, short="收到", text="{称呼}，好的")
    assert [one.text for one in town.all(ReadyAnswer)] == ["{称呼}，好的"]
    town.opens(Role.STAFF, phrases.drop, params={"id": phrase.public_id})
    assert town.all(ReadyAnswer) == []


# ------------------------------------------------------------------ labels and notes


def test_talks_are_narrowed_to_a_label_which_takes_itself_off_when_dropped(town: Town) -> None:
    asks(town)
    asks(town, openid=LI)
    for name in ("投诉", "回访"):
        town.opens(Role.STAFF, phrases.add_label, name=name)
    complaint = next(one for one in town.all(TalkLabel) if one.name == "投诉")

    acts(town, desk.label, **{f"label {complaint.public_id}": "on"})

    assert listed(town, label=complaint.public_id) == ["陈建国"]
    assert [row["labels"] for row in town.opens(Role.STAFF, desk.inbox, query={"q": "陈建国"}).values["inbox"]["rows"]] == [
        ["投诉"]
    ]
    refused = town.opens(Role.STAFF, phrases.add_label, name=" 投诉 ")
    assert (refused.status, "已经有“投诉”这个标签了" in refused.values["fault"]) == (422, True)
    town.opens(Role.STAFF, labels.drop, params={"id": complaint.public_id})
    assert town.all(TalkLabelled) == []


def test_note_is_read_by_colleagues_in_its_place_and_sent_to_nobody(town: Town) -> None:
    asks(town)
    town.now += timedelta(minutes=1)
    acts(town, desk.note, note="上次也是他家")
    town.now += timedelta(minutes=1)
    speaks(town, "还在吗")

    said = acts(town, desk.show, Role.MANAGER).values["said"]

    assert [one.text for one in said] == ["我家欠多少物业费", "上次也是他家", "还在吗"]
    assert town.told(CHEN) == []
    kept = does(town, lambda session: str(session.execute(text("SELECT text FROM desk_note")).scalar_one()))
    assert "他家" not in kept, "it is sealed"
    assert acts(town, desk.note, note="").status == 422


def test_note_is_given_to_who_asks_what_is_known_of_them(town: Town) -> None:
    asks(town)
    acts(town, desk.note, note="上次也是他家")
    person = next(one for one in town.all(Resident) if one.openid == CHEN)

    found = town.opens(Role.MANAGER, households.export, params={"id": str(person.household_id)}, resident=person.public_id)
    everything = does(town, lambda session: personal.everything(Work(session=session, now=town.now, context=town.context), CHEN))

    assert isinstance(found, Download)
    assert [one["内容"] for one in json.loads(found.body)["物业的备注"]] == ["上次也是他家"]
    assert [one["内容"] for one in everything["微信账号"]["物业的备注"]] == ["上次也是他家"]


def test_notes_labels_and_pictures_go_with_who_leaves(town: Town) -> None:
    asks(town)
    acts(town, desk.note, note="上次也是他家")
    town.opens(Role.STAFF, phrases.add_label, name="投诉")
    acts(town, desk.label, **{f"label {town.all(TalkLabel)[0].public_id}": "on"})

    def leave(session: Session) -> None:
        erasures.ask(session, CHEN, town.now)
        [asked] = erasures.asked(session)
        work = Work(session=session, now=town.now, context=town.context)
        leaving.erase_account(work, CHEN, asked.asked_at)
        erasures.carry_out(session, asked, town.now, "")

    does(town, leave)

    assert (town.all(TalkNote), town.all(TalkLabelled), town.all(Line)) == ([], [], [])
    assert len(town.all(TalkLabel)) == 1, "the community's own word stays"


# ------------------------------------------------------------------ looking for what was said


def hits(town: Town, role: Role = Role.STAFF, **query: str) -> list[tuple[str, str]]:
    found = town.opens(role, desk.inbox, query=query).values["inbox"]["hits"]
    return [(row["name"], row["said"]) for row in found]


def test_talks_are_found_by_what_was_said_in_them_each_once_by_its_latest_line(town: Town) -> None:
    speaks(town, "装修押金什么时候退")
    speaks(town, "装修押金还没到账")
    speaks(town, "电梯坏了", LI)

    assert hits(town, q="押金") == [("陈建国", "装修押金还没到账")]
    assert hits(town, q="装修 退") == [("陈建国", "装修押金什么时候退")]
    assert hits(town, q="没人说过") == []


def test_search_goes_on_where_it_stopped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talklists, "OPENED", 2)
    speaks(town, "装修押金什么时候退")
    for number in range(2):
        speaks(town, f"第 {number} 句", LI)

    first = town.opens(Role.STAFF, desk.inbox, query={"q": "押金"}).values["inbox"]

    assert (first["hits"], first["before"] is not None) == ([], True)
    assert hits(town, q="押金", before=str(first["before"])) == [("陈建国", "装修押金什么时候退")]


def test_nobody_learns_by_searching_what_they_may_not_read(town: Town) -> None:
    speaks(town, "我的号码是13900139000，别告诉别人")
    does(town, lambda session: grants.change(session, Role.STAFF, "phone.view", False, True))

    assert hits(town, q="号码是13900139000") == []
    assert hits(town, Role.MANAGER, q="号码是13900139000") != []


# ------------------------------------------------------------------ who it is


def test_card_beside_the_talk_shows_the_flat_its_people_and_what_is_open(town: Town) -> None:
    asks(town)

    def open_one(session: Session) -> None:
        Work(session=session, now=town.now, context=town.context).assign("repair.urged", "task.view", "催修", openid=CHEN)

    does(town, open_one)

    card = acts(town, desk.show).values["card"]

    assert [home.label for home in card["homes"]] == ["3栋2单元501"]
    assert [one.name for one, _ in card["people"]] == ["陈建国"]
    assert [task.title for task, _ in card["tasks"]] == ["催修"], "what is handed over in the talk stands there"


def test_card_of_somebody_unknown_shows_nobody(town: Town) -> None:
    speaks(town, "你好", "oStranger")

    view = town.opens(Role.STAFF, desk.show, params={"key": talk(town, "oStranger").public_id})

    assert isinstance(view, View)
    assert (view.values["card"]["resident"], view.values["card"]["people"]) == (None, [])
