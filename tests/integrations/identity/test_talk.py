"""Binding as it is talked about: what is said there stays where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.cli.talk import APPID, Room
from bot.dialogue.turn import take
from bot.dialogue.understanding import Understanding
from bot.model import SHANGHAI
from bot.store import claims, people
from bot.store.communities import Community
from bot.store.conversations import Conversation
from bot.store.tasks import Task
from bot.store.unmatched import Unmatched
from bot.wechat import messages

NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: Of 3栋2单元502.
DIGITS = "2160"

#: Who is bound to 3栋2单元501 from the beginning.
BOUND = f"oChat{0:023}"


@pytest.fixture
def room(shipped: Understanding, demo_folder: Path) -> Iterator[Room]:
    """A resident whom nobody knows yet."""
    made = Room.open(demo_folder, NOW, shipped)
    made.seat(bound=False)
    yield made
    made.database.close()


def kept(room: Room) -> str:
    """Return all that is kept of what was said, the lines of the talk aside."""

    def look(session: Session) -> str:
        tasks = [(one.title, one.data) for one in session.exec(select(Task)).all()]
        talks = [(one.standing, one.topic) for one in session.exec(select(Conversation)).all()]
        return f"{tasks} {talks} {[one.text for one in session.exec(select(Unmatched)).all()]}"

    return room.database.submit(look).result()


@pytest.mark.parametrize(
    "said",
    [
        ("我住3栋2单元502", DIGITS, "转人工"),
        ("我住3栋2单元502", DIGITS, "呵呵哒", "哼哼哈", "人工"),
        ("我住3栋2单元502", "1111", "9999", "转人工"),
        ("我住3栋2单元502，尾号2160", "转人工"),
        ("我住3栋2单元502", "我登记的是2160那个号吗", "帮我问一下"),
        ("我住3栋2单元502", "为什么2160不行啊", "找物业的人"),
    ],
)
def test_digits_told_as_a_proof_reach_no_task_and_no_list(room: Room, said: tuple[str, ...]) -> None:
    for words in said:
        room.say(words)

    on_record = kept(room)
    assert "3栋2单元502" in on_record
    assert [digits for digits in (DIGITS, "1111", "9999") if digits in on_record] == []


# ------------------------------------------------------------------ several people of a flat


def said(room: Room, *words: str) -> str:
    """Say things one after the other; returns the last answer."""
    return ["\n".join(room.say(one).texts) for one in words][-1]


def invited(room: Room, whom: str) -> str:
    """Return the code of an invitation that who writes gives to somebody."""
    return said(room, "邀请家人", whom).partition("邀请码 ")[2][:10]


def joined(room: Room, *names: str) -> dict[str, str]:
    """Let somebody who is bound invite people, who join their flat; returns the accounts by name, their own under ""."""
    room.openid = BOUND
    accounts = {"": room.openid}
    for name in names:
        room.openid = accounts[""]
        code = invited(room, name)
        room.seat(bound=False)
        accounts[name] = room.openid
        room.say(f"邀请码 {code}")
    room.openid = accounts[""]
    return accounts


def bound(room: Room, openid: str) -> str:
    """Return the name under which an account is bound; nothing where it is not."""

    def look(session: Session) -> str:
        found = people.bound(session, openid)
        return found.name if found is not None else ""

    return room.database.submit(look).result()


@pytest.mark.parametrize(
    "words", ["不认识张兰", "我不认识张兰", "我家没人认识张兰", "不认识叫张兰的人", "张兰是谁？我不认识", "张兰这个人我不认识！"]
)
def test_who_is_named_is_the_one_that_is_not_known(room: Room, words: str) -> None:
    accounts = joined(room, "张兰", "胡国明", "廖子")

    answer = said(room, words)

    assert "张兰" in answer
    assert [bound(room, accounts[name]) for name in ("张兰", "胡国明", "廖子")] == ["", "胡国明", "廖子"]


def test_of_several_who_came_lately_it_is_asked_who_is_not_known(room: Room) -> None:
    accounts = joined(room, "张兰", "胡国明")

    asked = said(room, "不认识")
    assert (bound(room, accounts["张兰"]), bound(room, accounts["胡国明"])) == ("张兰", "胡国明")

    answer = said(room, "2")
    assert [line[:2] for line in asked.splitlines()[1:]] == ["1.", "2."]
    assert asked.splitlines()[2][3:5] in answer
    assert sorted(map(bool, (bound(room, accounts["张兰"]), bound(room, accounts["胡国明"])))) == [False, True]


def test_the_only_newcomer_is_meant_without_a_name(room: Room) -> None:
    accounts = joined(room, "张兰")

    assert "已经停掉：张兰" in said(room, "我不认识那个人")
    assert bound(room, accounts["张兰"]) == ""


@pytest.mark.parametrize("before", [("我妹妹来",), ("我要报修",), ("人工",), ("邀请家人",), ("不认识",)])
def test_who_is_not_known_is_stopped_whatever_else_stands_open(room: Room, before: tuple[str, ...]) -> None:
    accounts = joined(room, "张兰", "胡国明")

    assert "已经停掉：胡国明" in said(room, *before, "我不认识胡国明")
    assert (bound(room, accounts["张兰"]), bound(room, accounts["胡国明"])) == ("张兰", "")


@pytest.mark.parametrize("words", ["不认识路", "我不认识王麻子", "孩子不认识字", "不认识这个牌子"])
def test_what_else_is_not_known_stops_nobody(room: Room, words: str) -> None:
    accounts = joined(room, "张兰", "胡国明")

    said(room, words)

    assert (bound(room, accounts["张兰"]), bound(room, accounts["胡国明"])) == ("张兰", "胡国明")


def asking(room: Room, *names: str) -> dict[str, str]:
    """Let the one of 3栋2单元502 be bound, and others ask to belong there who know the number; returns the accounts by name."""
    accounts = {"": room.openid}
    said(room, "我住3栋2单元502", DIGITS, "1")
    for name in names:
        room.seat(bound=False)
        accounts[name] = room.openid
        said(room, "我住3栋2单元502", DIGITS, name)
    room.openid = accounts[""]
    return accounts


@pytest.mark.parametrize("words", ["同意", "同意叶晓", "我同意叶晓绑定", "同意他", "同意吧", "同意叶晓绑定我家"])
def test_a_yes_in_words_lets_in_who_asked(room: Room, words: str) -> None:
    accounts = asking(room, "叶晓")

    assert "叶晓绑定到3栋2单元502了" in said(room, words)
    assert bound(room, accounts["叶晓"]) == "叶晓"


@pytest.mark.parametrize("words", ["不同意", "不同意叶晓", "拒绝叶晓", "不认识叶晓", "不认识", "不同意叶晓绑定我家"])
def test_a_no_in_words_keeps_out_who_asked(room: Room, words: str) -> None:
    accounts = asking(room, "叶晓")

    assert "已拒绝叶晓" in said(room, words)
    assert bound(room, accounts["叶晓"]) == ""
    assert "叶晓" not in said(room, "谁要绑我家")


@pytest.mark.parametrize(("words", "let_in"), [("同意叶红", True), ("不同意叶红", False)])
def test_of_several_who_ask_the_named_one_is_answered_even_while_it_is_asked_who(room: Room, words: str, let_in: bool) -> None:
    accounts = asking(room, "叶晓", "叶红")

    assert "哪一位" in said(room, "同意")
    said(room, words)

    assert (bound(room, accounts["叶红"]), bound(room, accounts["叶晓"])) == ("叶红" if let_in else "", "")


def test_of_several_who_ask_the_number_says_who(room: Room) -> None:
    accounts = asking(room, "叶晓", "叶红")

    asked = said(room, "不同意")
    answer = said(room, "1")

    assert f"已拒绝{asked.splitlines()[1][3:5]}" in answer
    assert (bound(room, accounts["叶晓"]), bound(room, accounts["叶红"])) == ("", "")


def test_who_asks_to_belong_to_the_flat_is_told_and_how_to_answer(room: Room) -> None:
    asking(room, "叶晓")

    assert "叶晓想绑定您家（3栋2单元502）" in said(room, "谁要绑我家？")


@pytest.mark.parametrize("words", ["同意装电梯", "同意健康打卡", "让师傅明天来", "好", "我同意涨物业费"])
def test_a_yes_to_something_else_lets_nobody_in(room: Room, words: str) -> None:
    accounts = asking(room, "叶晓")

    said(room, words)

    assert bound(room, accounts["叶晓"]) == ""


def test_a_mere_yes_amid_something_else_lets_nobody_in(room: Room) -> None:
    accounts = asking(room, "叶晓")

    said(room, "解除绑定", "同意")

    assert bound(room, accounts["叶晓"]) == ""


# ------------------------------------------------------------------ codes


@pytest.mark.parametrize(
    "before",
    [
        (),
        ("我要绑定",),
        ("我要绑定", "5栋"),
        ("我住3栋2单元502",),
        ("我住3栋2单元502", DIGITS),
        ("我住3栋2单元502", DIGITS, "2"),
        ("我有邀请码",),
        ("我妹妹明天下午三点来",),
        ("我要报修",),
    ],
)
@pytest.mark.parametrize("words", ["邀请码 {code}", "邀请码{code}", "{code}", "这是我妈给的码：{code}"])
def test_a_code_is_used_whenever_it_is_said(room: Room, before: tuple[str, ...], words: str) -> None:
    joined(room)
    code = invited(room, "张兰")
    room.seat(bound=False)

    said(room, *before, words.format(code=code.lower()))

    assert bound(room, room.openid) == "张兰"
    assert "3栋2单元501" in said(room, "我绑的是哪户")


def test_a_code_that_is_said_again_while_the_name_is_asked_is_no_name(room: Room) -> None:
    joined(room)
    code = invited(room, "我妈")
    room.seat(bound=False)

    assert "怎么称呼" in said(room, f"邀请码 {code}", f"邀请码 {code}")
    assert "应该是十位，您发的是9位" in said(room, f"邀请码 {code[:9]}")
    assert "登记好了" in said(room, f"邀请码{code}", "张兰")
    assert bound(room, room.openid) == "张兰"


def test_what_waited_for_the_flat_goes_on_when_a_code_gives_it(room: Room) -> None:
    joined(room)
    code = invited(room, "张兰")
    room.seat(bound=False)

    answer = said(room, "我妹妹明天下午三点来", "5栋", f"邀请码{code}")

    assert "登记好了：3栋2单元501" in answer
    assert "妹妹，通行码" in answer
    assert "几单元" not in answer


def test_a_wrong_code_is_said_to_be_wrong_and_binds_nobody(room: Room) -> None:
    joined(room)
    room.seat(bound=False)

    assert "不能用" in said(room, "我住3栋2单元502", "邀请码 K3M9PQRSTV")
    assert bound(room, room.openid) == ""


def test_what_is_wished_for_amid_a_code_waits_behind_it(room: Room) -> None:
    joined(room)
    code = invited(room, "我妈")
    room.seat(bound=False)

    assert "怎么称呼" in said(room, f"邀请码 {code}", "我家都谁绑了")
    assert "3栋2单元501绑定着" in said(room, "张兰")
    assert bound(room, room.openid) == "张兰"


def test_who_has_no_code_after_all_is_told_the_other_way_and_let_go(room: Room) -> None:
    for words in ("没有", "没有码", "找不到了", "我没有"):
        assert "告诉我住哪一户" in said(room, "我有住户码", words)
    assert "请打电话给下单的人" in said(room, "我有住户码", "我是送外卖的")
    assert "不住这里就不用登记" in said(room, "我有住户码", "我不住这里")


# ------------------------------------------------------------------ several communities


@pytest.fixture
def two(room: Room) -> Room:
    """The same where the account serves two communities whose names begin alike."""

    def make(session: Session) -> Community:
        there = Community(appid=APPID, name="和苑小区东区", phone="0571-2")
        session.add(there)
        session.flush()
        return session.get_one(Community, there.key)

    here, there = room.house.context.community, room.database.submit(make).result()
    context = replace(room.house.context, neighbours=(here, there))
    room.house = replace(room.house, context=context, communities={here.key: here, there.key: there})
    return room


@pytest.mark.parametrize(
    "words",
    ["和苑", "和苑小区", "就是和苑小区 不是东区", "和苑小区的呀", "不是东区，是和苑小区", "我们家在和苑小区那边", "1", "第一个"],
)
def test_a_community_is_meant_by_its_name_or_a_part_of_it(two: Room, words: str) -> None:
    assert "是哪个小区的" in said(two, "我住3栋2单元502")
    said(two, words)

    assert "吕*勇" in said(two, DIGITS)


@pytest.mark.parametrize("words", ["东区", "东区那边", "和苑小区东区", "是东区，不是和苑小区", "2"])
def test_the_other_community_is_meant_by_what_only_it_is_called(two: Room, words: str) -> None:
    said(two, "我住3栋2单元502", words)

    assert "没对上" in said(two, DIGITS), "the flat of the first community is not looked into"


@pytest.mark.parametrize(
    "words", ["我是3栋2单元502业主吕勇 尾号2160 和苑小区", "和苑小区3栋2单元502的吕勇，尾号2160", "我住和苑3栋2单元502，尾号2160"]
)
def test_a_community_named_in_the_first_sentence_is_not_asked_for(two: Room, words: str) -> None:
    assert "吕*勇" in said(two, words)


def test_the_end_of_a_communitys_name_is_no_part_of_the_building(two: Room) -> None:
    assert "3栋2单元502，好的" in said(two, "我住和苑小区东区3栋2单元502")


def test_what_is_said_amid_the_question_for_the_community_is_served_and_kept(two: Room) -> None:
    asked = said(two, "我住3栋2单元502")

    explained = said(two, "啥意思")
    assert explained != asked
    assert "几个小区" in explained
    assert "2. 和苑小区东区" in explained
    assert "8:30" in said(two, "物业几点下班")
    assert "能报修" in said(two, "还没绑好可以报修不")
    assert "人工" in said(two, "嘟嘟嘟", "嘟嘟嘟")
    said(two, DIGITS)
    assert "吕*勇" in said(two, "和苑")


def test_a_guest_is_let_go_by_the_question_for_the_community(two: Room) -> None:
    assert "不住这里就不用登记" in said(two, "我住3栋2单元502", "我是他朋友")


def test_a_repair_amid_the_question_for_the_community_is_reported(two: Room) -> None:
    assert "是哪个小区的" in said(two, "我住3栋2单元502", "厨房漏水")
    assert "报修号" in said(two, "和苑小区")


@pytest.mark.parametrize("words", ["不是东区 是和苑小区", "是和苑小区，不是东区", "弄错了，我住和苑小区"])
def test_another_community_is_told_after_it_was_picked(two: Room, words: str) -> None:
    assert "后四位" in said(two, "我住3栋2单元502", "东区")

    assert "后四位" in said(two, words)

    assert "吕*勇" in said(two, DIGITS)


def test_what_is_promised_of_repairs_amid_the_question_for_the_community_is_so(two: Room) -> None:
    assert "知道是哪个小区就行" in said(two, "我住3栋2单元502", "啥意思")

    assert "用不着等登记好" in said(two, "厨房水管漏了")
    assert "报修号" in said(two, "和苑小区")


def test_following_an_account_of_several_communities_names_them_and_their_phones(two: Room) -> None:
    follows = messages.Follow(openid=two.openid, account=APPID, key="follow", created_at=two.now, scene="")
    heard = two.house.understanding.hear(follows, two.now)
    [welcome] = two.database.submit(take, follows, heard, two.now, two.house).result().texts

    assert "和苑小区、和苑小区东区" in welcome
    assert "和苑小区东区 0571-2" in welcome


def test_whoever_is_asked_once_which_community_is_not_asked_again(two: Room) -> None:
    assert "是哪个小区的" in said(two, "我住3栋2单元502")
    said(two, "和苑小区", "没有")

    assert "是哪个小区的" not in said(two, "我住8栋1单元1401")


def test_whoever_is_bound_and_names_another_community_is_told_that_nothing_of_it_was_touched(two: Room) -> None:
    said(two, "我住和苑小区3栋2单元502", DIGITS, "1")

    answer = said(two, "我还有一户，住和苑小区东区3栋2单元503")

    assert "和苑小区东区的3栋2单元503没有动" in answer
    assert requests_of(two) == []


def requests_of(room: Room) -> list[dict[str, object]]:
    """Return what the open requests to look into an address say."""

    def look(session: Session) -> list[dict[str, object]]:
        return [one.data for one in session.exec(select(Task).where(Task.kind == "identity.confirm")).all() if one.is_open]

    return room.database.submit(look).result()


def test_none_said_while_a_request_waits_takes_back_nothing_that_was_shown(room: Room) -> None:
    for words in ("和苑小区3栋2单元502", DIGITS, "我叫王大", "我住3栋2单元502", "没有"):
        room.say(words)

    [request] = requests_of(room)
    assert (request["name"], request["knows_number"]) == ("王大", True)


def test_a_request_for_another_flat_takes_no_evidence_along(room: Room) -> None:
    for words in ("和苑小区3栋2单元502", DIGITS, "我叫王大", "我住4栋1单元301", "没有"):
        room.say(words)

    shown = {request["room"]: request["knows_number"] for request in requests_of(room)}
    assert shown == {"502": True, "301": False}


def test_after_a_deletion_nothing_waits_and_nothing_is_claimed(room: Room) -> None:
    for words in ("和苑小区4栋1单元301", "没有", "把我的信息都删了", "确认删除", "打卡 36.3"):
        answer = room.say(words)

    assert requests_of(room) == []
    assert "核对" not in "".join(answer.texts)
    assert room.database.submit(lambda session: claims.of(session, room.openid)).result() is None
