"""The notice's own page, and what residents say to a notice: who opened it, who has it, who asked what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import Delivery, DeliveryState, Notice, Refusal, Turn, Work, notices, receipts, timing
from bot.contract.notices import EVERYBODY, NoticeKind, NoticeVersion, Plan
from bot.contract.receipts import NoticeReply
from bot.store.conversations import Conversation
from bot.store.events import Event
from bot.store.followers import Follower
from bot.store.tasks import Task
from integrations.notices import actions, answers, doors, ends, letter, pages, past, replies
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

BODY = "因水管抢修，3栋今天9点停水。\n请提前储水。\n\n预计下午17:00恢复供水。"


def publish(town: Town, title: str = "停水通知", body: str = BODY, **said: Any) -> str:
    """A notice to everybody that WeChat took for Chen and Li; returns its id."""

    def run(session: Session) -> str:
        work = Work(session=session, now=town.now, context=town.context)
        notice = notices.draft(session, title, body, EVERYBODY, town.now)
        for name, value in said.items():
            setattr(notice, name, value)
        notices.publish(work, notice)
        for row in session.exec(select(Delivery).where(Delivery.notice_id == notice.id, Delivery.openid != None)).all():  # noqa: E711
            row.state, row.sent_at, row.channel = DeliveryState.SENT, town.now, "chat"
        return notice.public_id

    return town.database.submit(run).result()


def told(town: Town, openid: str = CHEN, notice: str = "") -> Delivery:
    """The delivery to somebody of their newest notice."""
    return [row for row in town.all(Delivery) if row.openid == openid and row.notice_id][-1]


def view(town: Town, openid: str = CHEN) -> tuple[letter.Letter, Any]:
    """Open the page; what is to be written down behind it is written down."""

    def run(session: Session) -> tuple[letter.Letter, Any]:
        from bot.contract import Visit

        visit = Visit(session=session, now=town.now, context=town.context, params={"delivery": str(told_id)})
        shown = pages.show.run(visit)
        for then in visit.afterwards:
            then(visit)
        return shown.values["letter"], shown.values["told"]

    told_id = told(town, openid).id
    return town.database.submit(run).result()


def say(town: Town, text: str, openid: str = CHEN) -> str:
    """A resident says something to the service."""
    return town.database.submit(
        lambda session: replies.hear(Turn(session=session, now=town.now, context=town.context, openid=openid, said=text), text)
    ).result()


# ------------------------------------------------------------------ the page


def test_page_has_all_of_the_notice(town: Town) -> None:
    publish(town, place="3栋水泵房", contact="王工 0571-88 00 12 00", signer="和苑物业服务中心", asks=True)

    said, _ = view(town)

    assert (said.title, said.paragraphs) == (
        "停水通知",
        ["因水管抢修，3栋今天9点停水。\n请提前储水。", "预计下午17:00恢复供水。"],
    )
    assert (said.place, said.contact, said.call, said.signer) == (
        "3栋水泵房",
        "王工 0571-88 00 12 00",
        "057188001200",
        "和苑物业服务中心",
    )
    assert (said.at, said.asks) == (town.now, True)


def test_page_without_more_names_the_office_and_the_community(town: Town) -> None:
    publish(town)

    said, _ = view(town)

    assert (said.contact, said.call, said.signer, said.place) == ("物业 0571-1", "0571-1".replace("-", ""), "和苑小区", "")


def test_opening_the_page_is_noted_for_its_reader_alone_and_once(town: Town) -> None:
    publish(town)
    before = town.now
    view(town)
    town.now += timedelta(hours=1)
    view(town)

    assert (told(town, CHEN).read_at, told(town, LI).read_at) == (before, None)


def test_button_acknowledges_once_and_only_where_it_was_asked_for(town: Town) -> None:
    publish(town)
    with pytest.raises(Refusal, match="不用确认"):
        town.sends(pages.acknowledge, {"delivery": str(told(town).id)})

    publish(town, "停电通知", "明天停电。", asks=True)
    at = town.now
    town.sends(pages.acknowledge, {"delivery": str(told(town).id)})
    town.now += timedelta(days=1)
    town.sends(pages.acknowledge, {"delivery": str(told(town).id)})

    assert (told(town).acknowledged_at, told(town).acknowledged_by, told(town, LI).acknowledged_at) == (at, "button", None)


def test_page_of_nobodys_delivery_or_of_who_left_is_none(town: Town) -> None:
    publish(town)
    mine = told(town)

    def leave(session: Session) -> None:
        session.get_one(Delivery, mine.id).openid = None

    for number in ("999999", "0", "x", str(2**40)):
        with pytest.raises(LookupError):
            town.visits(pages.show, delivery=number)
    town.database.submit(leave).result()
    with pytest.raises(LookupError):
        town.visits(pages.show, delivery=str(mine.id))


def test_corrected_and_recalled_are_said_on_the_page(town: Town) -> None:
    wrong = publish(town)
    first = told(town).id

    def correct(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        old = notices.by_public_id(session, wrong)
        assert old is not None
        new = notices.draft(session, "停水通知（更正）", "14点停水", EVERYBODY, town.now)
        notices.follow(new, old, NoticeVersion.CORRECTION, "停水由 9 点改为 14 点")
        notices.publish(work, new)

    town.database.submit(correct).result()

    old, new = (town.visits(pages.show, delivery=str(one)).values["letter"] for one in (first, told(town).id))
    assert (old.corrected, old.correction) == ("停水由 9 点改为 14 点", "")
    assert (new.corrected, new.correction) == ("", "停水由 9 点改为 14 点")

    town.database.submit(lambda session: notices.recall(session, notices.by_public_id(session, wrong), town.now)).result()  # type: ignore[arg-type]
    assert town.visits(pages.show, delivery=str(first)).values["letter"].is_recalled


def test_correction_says_what_was_wrong_of_what_was_published(town: Town) -> None:
    def correct(session: Session, said: str, *, published: bool) -> None:
        old = notices.draft(session, "停水", "9点", EVERYBODY, town.now)
        old.published_at = town.now if published else None
        new = notices.draft(session, "停水", "14点", EVERYBODY, town.now)
        notices.follow(new, old, NoticeVersion.CORRECTION, said)

    for said, published in (("", True), ("改" * 201, True), ("改时间", False)):
        with pytest.raises(Refusal):
            town.database.submit(
                lambda session, said=said, published=published: correct(session, said, published=published)
            ).result()


def test_picture_is_given_to_readers_of_its_notice_alone(town: Town) -> None:
    def draw(session: Session, title: str) -> int:
        [notice] = session.exec(select(Notice).where(Notice.title == title)).all()
        notices.add_picture(session, notice, title.encode())
        return notices.pictures(session, notice)[0]

    publish(town, "有图")
    mine = told(town).id
    own = town.database.submit(draw, "有图").result()
    publish(town, "另一条")
    other = town.database.submit(draw, "另一条").result()

    found = town.visits(pages.picture, delivery=str(mine), number=str(own))
    assert (found.body, found.content_type) == ("有图".encode(), "image/jpeg")
    with pytest.raises(LookupError):
        town.visits(pages.picture, delivery=str(mine), number=str(other))


# ------------------------------------------------------------------ what is said to it


@pytest.mark.parametrize(
    "text",
    [
        "收到",
        "收到了",
        "已收到",
        "好的收到",
        "收到，谢谢！",
        "收到谢谢",
        "我们收到通知了",
        "好的，已收到。",
        "嗯，收到",
        "已阅",
        "收到，我下楼了",
        "收到，马上下来",
        "收到我们会注意的",
        "收到，煤气已经关了",
    ],
)
def test_words_that_one_has_it_acknowledge_the_notice(town: Town, text: str) -> None:
    publish(town, asks=True)

    answer = say(town, text)

    assert answer == "好的，《停水通知》已记下您收到了。有不清楚的，直接在这里问。"
    assert (told(town).acknowledged_at, told(town).acknowledged_by, told(town, LI).acknowledged_at) == (town.now, "words", None)
    assert [(one.words, one.delivery_id) for one in town.all(NoticeReply)] == [(text, told(town).id)]


@pytest.mark.parametrize(
    "text",
    [
        "没收到",
        "收到快递了吗",
        "我没有收到通知",
        "收到一张罚单",
        "知道了",
        "好",
        "谢谢",
        "收到了吗",
        "怎么收到两条",
        "收到，我家也漏水了",
        "收到，下楼走哪边？",
        "收到，帮我叫个师傅",
    ],
)
def test_other_words_acknowledge_nothing(town: Town, text: str) -> None:
    publish(town, asks=True)

    assert say(town, text) == ""
    assert told(town).acknowledged_at is None


def test_word_is_said_to_what_was_asked_for_not_to_the_newest(town: Town) -> None:
    publish(town, "电梯年检", "明天年检。", asks=True)
    asked = told(town).id
    town.now += timedelta(hours=1)
    publish(town, "义诊", "周六义诊。")

    assert "电梯年检" in say(town, "收到")
    assert {row.id for row in town.all(Delivery) if row.acknowledged_at} == {asked}


def test_word_after_an_emergency_is_said_to_it_and_not_to_what_has_waited_for_days(town: Town) -> None:
    publish(town, "业主大会公告", "周日开会。", asks=True)
    town.now += timedelta(days=4)
    publish(town, "燃气泄漏", "请马上离开。", kind=NoticeKind.EMERGENCY)
    told_last = told(town).id

    assert "燃气泄漏" in say(town, "收到")
    assert {row.id for row in town.all(Delivery) if row.acknowledged_at} == {told_last}


def test_word_is_not_said_to_what_has_waited_for_days_where_another_came_since(town: Town) -> None:
    publish(town, "业主大会公告", "周日开会。", asks=True)
    town.now += timedelta(days=4)
    publish(town, "义诊", "周六义诊。")

    assert "义诊" in say(town, "收到")


@pytest.mark.parametrize("how", ["nothing was sent", "a person has the word", "something else was said since", "long ago"])
def test_word_that_is_said_to_something_else_is_left_alone(town: Town, how: str) -> None:
    if how != "nothing was sent":
        publish(town, asks=how == "a person has the word")

    def talk(session: Session) -> None:
        later = town.now + timedelta(minutes=5)
        session.add(Conversation(openid=CHEN, updated_at=later, staff_id=1 if how == "a person has the word" else None))

    if how in ("a person has the word", "something else was said since"):
        town.database.submit(talk).result()
    town.now += timedelta(days=8 if how == "long ago" else 0, minutes=10)

    assert say(town, "收到") == ""
    assert all(row.acknowledged_at is None for row in town.all(Delivery))


def test_question_without_a_name_is_about_the_notice_that_just_came_and_answered_from_it(town: Town) -> None:
    publish(town)

    assert say(town, "几点恢复？") == "《停水通知》（3月11日）说：预计下午17:00恢复供水。"
    assert [one.words for one in town.all(NoticeReply)] == ["几点恢复？"]

    town.now += timedelta(days=2)
    assert say(town, "几点恢复？") == ""


def test_answers_from_a_notice_have_its_readers_own_name_and_flat(town: Town) -> None:
    publish(town, "{房号}停水", "{称呼}，{房号}：明天九点到十二点停水，十二点恢复。", asks=True)

    assert say(town, "几点恢复？") == "《3栋2单元501停水》（3月11日）说：陈建国，3栋2单元501：明天九点到十二点停水，十二点恢复。"
    assert "《3栋2单元501停水》" in say(town, "收到")


def test_question_about_a_notice_is_tied_to_it_and_answered_as_usual(town: Town) -> None:
    publish(town)
    water = told(town).id
    publish(town, "义诊", "周六上午义诊。")

    assert say(town, "那天停水停到几点啊") == ""
    assert [(one.words, one.delivery_id) for one in town.all(NoticeReply)] == [("那天停水停到几点啊", water)]


@pytest.mark.parametrize("text", ["电梯什么时候修好", "师傅几点来", "停电到几点", "我要报修", "你好"])
def test_what_is_about_something_else_is_tied_to_no_notice(town: Town, text: str) -> None:
    publish(town)

    assert say(town, text) == ""
    assert town.all(NoticeReply) == []


@pytest.mark.parametrize(("question", "is_bare"), [
    ("几点恢复", True), ("请问大概几点能恢复？", True), ("到几点结束", True), ("什么时候开始呀", True), ("多久能恢复", True), ("什么时候解除？", True), ("什么时候能用", True), ("几点来", False), ("师傅几点开始", False),
])  # fmt: skip
def test_question_is_bare_when_it_names_nothing(question: str, is_bare: bool) -> None:
    assert answers.is_bare(question) is is_bare


def test_what_was_said_to_notices_is_forgotten_with_who_leaves(town: Town) -> None:
    from bot.store import erasures

    publish(town, asks=True)
    say(town, "收到")
    say(town, "收到", LI)

    def leave(session: Session) -> None:
        session.add(Follower(openid=CHEN, followed_at=town.now, left_at=town.now))
        erasures.ask(session, CHEN, town.now)
        for one in erasures.asked(session):
            erasures.carry_out(session, one, town.now, "")

    town.database.submit(leave).result()

    assert [one.openid for one in town.all(NoticeReply)] == [LI]


def test_sent_notices_are_found_by_what_became_of_them(town: Town) -> None:
    publish(town, asks=True)
    say(town, "收到")
    view(town, LI)

    def look(session: Session) -> Any:
        [notice] = session.exec(select(Notice)).all()
        return receipts.figures(session, notice)

    figures = town.database.submit(look).result()
    assert (figures["all"], figures["sent"], figures["read"], figures["acknowledged"], figures["unreachable"]) == (3, 2, 2, 1, 1)


# ------------------------------------------------------------------ kinds and versions


def _write(town: Town, title: str, kind: NoticeKind = NoticeKind.EVERYDAY, **more: object) -> None:
    def run(session: Session) -> None:
        notice = notices.draft(session, title, "{称呼}，{房号}的内容", EVERYBODY, town.now)
        for name, value in {"kind": kind, **more}.items():
            setattr(notice, name, value)
        notices.publish(Work(session=session, now=town.now, context=town.context), notice)

    town.database.submit(run).result()


def test_page_says_each_reader_their_own_words_as_they_were_told(town: Town) -> None:
    _write(town, "{称呼}的通知")
    first = next(one for one in town.all(Delivery) if one.openid == CHEN)

    letter = town.visits(pages.show, delivery=str(first.id)).values["letter"]
    assert (letter.title, list(letter.paragraphs)) == ("陈建国的通知", ["陈建国，3栋2单元501的内容"])


def test_reader_of_the_old_notice_is_led_to_the_new_one_of_theirs(town: Town) -> None:
    _write(town, "燃气", NoticeKind.EMERGENCY, until=town.now + timedelta(hours=2))

    def clear(session: Session) -> None:
        old = session.exec(select(Notice)).one()
        new = notices.draft(session, "解除", "修好了", EVERYBODY, town.now)
        notices.follow(new, old, NoticeVersion.ALL_CLEAR, "燃气已修好")
        notices.publish(Work(session=session, now=town.now, context=town.context), new)

    town.database.submit(clear).result()
    old, new = (
        next(one for one in town.all(Delivery) if one.openid == CHEN and one.payload["title"] == title)
        for title in ("紧急：燃气", "解除")
    )
    town.now += timedelta(hours=3)
    letter = town.visits(pages.show, delivery=str(old.id)).values["letter"]

    assert (letter.is_emergency, letter.is_over, letter.later, letter.corrected) == (True, True, "解除", "燃气已修好")
    assert f"/p/notices/{new.id}?" in letter.later_url


def test_latest_notices_have_each_time_of_what_recurs_and_only_the_beginning_of_long_texts(town: Town) -> None:
    def plan(session: Session) -> None:
        notice = notices.draft(session, "例会", "九点开会。" * 100, EVERYBODY, town.now)
        notices.schedule(session, notice, timing.by_rule("每天 18:00", town.now), town.now)

    town.database.submit(plan).result()
    for day in (0, 1):
        town.now = town.now.replace(hour=18, minute=0, second=1) + timedelta(days=day)
        town.runs(notices.publish_due)
    said = town.says(CHEN, actions.latest)
    stranger = town.says("oNobody", actions.latest)

    assert said.count("《例会》") == 2
    assert len(said.encode()) < 2048
    assert "…" in said
    assert "看全文</a>" in said
    assert stranger.count("《例会》") == 1


def test_emergency_that_is_not_over_comes_first_among_the_latest(town: Town) -> None:
    _write(town, "燃气泄漏", NoticeKind.EMERGENCY, until=town.now + timedelta(hours=5))
    town.now += timedelta(hours=1)
    _write(town, "放电影")

    assert town.says(CHEN, actions.latest).index("燃气泄漏") < town.says(CHEN, actions.latest).index("放电影")
    town.now += timedelta(hours=5)
    assert town.says(CHEN, actions.latest).index("放电影") < town.says(CHEN, actions.latest).index("燃气泄漏")


# ------------------------------------------------------------------ reminders, and what nobody got


def test_silent_ones_are_reminded_once_with_a_link_and_not_at_night(town: Town) -> None:
    _write(town, "要紧", NoticeKind.IMPORTANT, asks=True, chase_after=120)

    def take(session: Session) -> None:
        for row in session.exec(select(Delivery)).all():
            if row.openid:
                row.state, row.sent_at = DeliveryState.SENT, town.now
                session.add(row)

    town.database.submit(take).result()
    town.runs(doors.chase.run)
    assert len(town.told(CHEN)) == 1
    town.now = town.now.replace(hour=23)
    town.runs(doors.chase.run)
    assert len(town.told(CHEN)) == 1
    town.now = town.now.replace(hour=8) + timedelta(days=1)
    for _ in range(2):
        town.runs(doors.chase.run)

    [reminder] = [one for one in town.told(CHEN) if "请确认" in one]
    assert "请确认您收到了这条通知：《要紧》" in reminder
    assert "/p/notices/" in reminder
    assert len([one for one in town.all(Event) if one.kind == "notice.chased"]) == 1


def test_end_of_an_emergency_is_asked_about_once_until_something_newer_is_told(town: Town) -> None:
    def runs() -> list[tuple[str, bool]]:
        town.runs(ends.ask.run)
        return [(one.subject, one.closed_at is None) for one in town.all(Task) if one.kind == "notice.ends"]

    first = publish(town, kind=NoticeKind.EMERGENCY, until=town.now + timedelta(hours=2))
    town.now += timedelta(hours=1, minutes=40)
    early = runs()
    town.now += timedelta(minutes=6)
    asked = [runs(), runs()][-1]
    key = next(one.id for one in town.all(Notice) if one.public_id == first)
    version = {"kind": NoticeKind.EMERGENCY, "corrects_id": key, "correction": "抢修中"}
    second = publish(town, version=NoticeVersion.UPDATE, until=town.now + timedelta(hours=3), **version)
    answered = runs()
    town.now += timedelta(hours=3)
    again = runs()
    last = next(one.id for one in town.all(Notice) if one.public_id == second)
    publish(town, version=NoticeVersion.ALL_CLEAR, until=None, **{**version, "corrects_id": last})
    over = runs()

    assert early == []
    assert asked == [(f"notice:{first}", True)]
    assert answered == [(f"notice:{first}", False)]
    assert again == [(f"notice:{first}", False), (f"notice:{second}", True)]
    assert [is_open for _, is_open in over] == [False, False]


def test_message_of_fields_says_that_a_notice_is_urgent(town: Town) -> None:
    publish(town, "燃气泄漏", kind=NoticeKind.EMERGENCY, until=town.now + timedelta(hours=2))
    urgent = told(town).payload
    publish(town, "更换水表")

    assert (urgent["title"], told(town).payload["title"]) == ("紧急：燃气泄漏", "更换水表")
    assert urgent["text"].startswith("【紧急】【燃气泄漏】")


def test_missed_notice_opens_a_task_that_ends_when_it_is_planned_anew(town: Town) -> None:
    def plan(session: Session) -> None:
        notices.schedule(
            session,
            notices.draft(session, "停水", "九点", EVERYBODY, town.now),
            Plan(due_at=town.now + timedelta(hours=1)),
            town.now,
        )

    town.database.submit(plan).result()
    town.now += timedelta(hours=9)
    town.runs(notices.publish_due)
    [task] = [one for one in town.tasks() if one.kind == "notice.unsent"]

    def again(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        notices.change(session, session.exec(select(Notice)).one(), Plan(due_at=work.now + timedelta(hours=1)), work.now)

    town.database.submit(again).result()

    assert (task.need, task.title) == ("notice.send", "通知错过了时间，没有发：《停水》")
    assert not any(one.is_open for one in town.tasks() if one.kind == "notice.unsent")


@pytest.mark.parametrize(("days", "title"), [(one[0], one[3]) for one in past.TOLD])
def test_nobody_of_the_demo_asks_of_a_notice_what_it_is_not_about(days: int, title: str) -> None:
    restored = [one for one in past.answers(Notice(title=title, body="")) if "恢复" in one]

    assert bool(restored) is any(word in title for word in ("停水", "停电", "水箱")), days
