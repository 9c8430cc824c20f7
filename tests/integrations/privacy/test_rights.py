"""Residents are shown all that is known of them, and have it deleted; both by a sentence in the chat."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Enum, Integer, LargeBinary, select
from sqlmodel import Session, SQLModel
from sqlmodel import select as select_rows

from bot.contract import Download, Refusal, Turn, View, Visit, consents, leaving, personal
from bot.model import Moment
from bot.sealed import Content, Digest, Sealed
from bot.store import erasures, events, limits, people, scope
from bot.store.conversations import Conversation, Line
from bot.store.erasures import Erasure
from bot.store.outbox import Delivery
from bot.store.people import Binding, Resident
from bot.store.staff import Staff
from bot.store.tasks import Task
from integrations.clinic.models import Session as Consultation
from integrations.desk.models import TalkLabel
from integrations.health.models import Campaign, CheckIn
from integrations.privacy import actions, pages
from integrations.privacy.models import Export
from integrations.repairs.models import Ticket
from integrations.visitor_passes.models import Pass
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

MARK = "青鸾"

#: Tables about a person or an account that are in no export, and why.
NOT_EXPORTED = {
    "inbox": "answers that stand in the talk, too; kept for three days so that a repeat gets the same",
    "erasure": "only that somebody's deletion is under way, for seconds",
    "privacy_export": "the link to the export itself",
    "staff": "somebody of the office, not a resident",
    "health_care_day": "said by its day and by how a sign came, whose words are not free",
    "health_care_absence": "said by its days, which are the export's; told_by stands for who spoke, whose words are the talk's",
    "health_reminder": "that somebody was reminded, whose words stand in the talk",
    "photo": "named by time and number, which is the marker's row",
    "residence": "said by flat and role, whose words are not free",
    "binding": "said by times and evidence, whose words are not free",
    "follower": "said by a time",
    "objection": "said by the flat, whose words are not free",
    "directory_word": "the parts of name and tags by which staff look; the name and the tags are there",
    "merger": "sealed and forgotten when two can be parted no more: tags and flats of before, which both rows of the person have in the export",
    "merger_dismissal": "that staff said of two rows that they are two people, by number",
    "consent_refusal": "said by the purpose's title",
}

#: Columns through which a row is a person's: beside foreign keys to resident.
BY_ACCOUNT = {("tally", "key")}


def personal_tables() -> dict[str, list[str]]:
    """Return all tables with a foreign key to a resident or a column for an account, and those columns."""
    found: dict[str, list[str]] = {}
    for name, table in SQLModel.metadata.tables.items():
        mine = [
            column.name for column in table.columns
            if column.name == "openid" or (name, column.name) in BY_ACCOUNT or any(key.column.table.name == "resident" for key in column.foreign_keys)
        ]  # fmt: skip
        if mine:
            found[name] = mine
    return found


#: Columns by which alone no row is anybody's, and why.
NEVER_ALONE = {("delivery", "resident_id"): "a notice's, whose words are the notice's; what was said to one has the account"}


#: Tables with an account that stays, and why.
ELSEWHERE = {
    "erasure": "the erasure itself, gone when it is done", "resident": "the roster's; the account is unbound",
    "follower": "who still follows can be answered", "staff": "somebody of the office, not a resident",
}  # fmt: skip


def ways() -> list[tuple[str, str]]:
    """Return each table with each single column through which a row of it may be a person's."""
    found = [(name, column) for name, columns in sorted(personal_tables().items()) for column in columns]
    return [one for one in found if one not in NEVER_ALONE]


def mark_row(session: Session, name: str, now: datetime, only: str = "") -> None:
    """Put the marker into every free text of a row that is Chen's, by one column alone where that can be."""
    table = SQLModel.metadata.tables[name]
    me = people.bound(session, CHEN)
    assert me is not None
    if name == "notice_reply":  # there is none but to something that was sent
        session.add(Delivery(due_at=now, updated_at=now))
        session.flush()
    values: dict[str, Any] = {}
    if name == "sent_picture":
        session.add(Delivery(openid=CHEN, due_at=now, updated_at=now))
    if name == "clinic_booking":
        session.add(Consultation(doctor="王医生", offers="", room="", starts_at=now, ends_at=now, places=1))
    if name == "health_answer":
        session.add(Campaign(name="", begins=now.date(), ends=now.date(), keep_days=1, erases_on=now.date(), made_at=now))
    if name == "desk_labelled":
        session.add(TalkLabel(name=f"{MARK}{name}"))
    session.flush()
    for column in table.columns:
        keys = {key.column.table.name for key in column.foreign_keys}
        if column.name == "openid" or (name, column.name) in BY_ACCOUNT:
            values[column.name] = limits.key_of(session, CHEN) if name == "tally" else CHEN
        elif "resident" in keys:
            values[column.name] = me.id
        elif keys:
            target = next(iter(column.foreign_keys)).column
            found = session.execute(select(target).order_by(target)).scalars().first()
            if found is not None or not column.nullable:
                values[column.name] = found
        elif column.primary_key and isinstance(column.type, Integer):
            continue
        elif isinstance(column.type, Sealed) and column.type.content is not Content.TEXT:
            marked = f"{MARK}{name}"
            values[column.name] = {Content.NUMBER: 365, Content.LIST: [marked], Content.MAP: {"text": marked}}[
                column.type.content
            ]
        elif isinstance(column.type, Digest):
            values[column.name] = ""
        elif isinstance(column.type, Moment | DateTime):
            values[column.name] = None if column.nullable and column.name != "ended_at" else now
        elif isinstance(column.type, Date):
            values[column.name] = now.date()
        elif isinstance(column.type, Boolean):
            values[column.name] = False
        elif isinstance(column.type, LargeBinary):
            values[column.name] = b"a picture"
        elif isinstance(column.type, Integer):
            values[column.name] = 365
        elif isinstance(column.type, JSON):
            values[column.name] = (
                [[f"{MARK}{name}"] * 2]  # pairs of moments
                if column.name == "wishes"
                else [f"{MARK}{name}"]
                if "list" in str(column.default) or column.name in {"symptoms", "tags"}
                else {"text": f"{MARK}{name}"}
            )
        elif isinstance(column.type, Enum):
            values[column.name] = column.type.enums[0]
        else:
            values[column.name] = f"{MARK}{name}"
    values.pop("merged_into_id", None)
    for one in personal_tables()[name]:
        if only and one != only and table.columns[one].nullable:
            values[one] = None
    if name == "delivery":
        values["notice_id"] = None
    if name in {"conversation", "claim"}:
        session.execute(table.delete().where(table.c.openid == CHEN))
    session.execute(table.insert().values(**values))


@pytest.mark.parametrize(("name", "column"), ways())
def test_every_table_about_a_person_is_in_the_export_by_each_column_alone_or_has_a_reason_not_to_be(
    town: Town, name: str, column: str
) -> None:
    if name in NOT_EXPORTED or name in {"resident"}:
        assert NOT_EXPORTED.get(name, "the person themselves, below")
        return

    def mark(session: Session) -> str:
        mark_row(session, name, town.now, column)
        work = Visit(session=session, now=town.now + timedelta(minutes=1), context=town.context)
        return json.dumps(personal.everything(work, CHEN), ensure_ascii=False)

    assert f"{MARK}{name}" in town.database.submit(mark).result()


@pytest.mark.parametrize("name", sorted(name for name, columns in personal_tables().items() if "openid" in columns))
def test_of_a_row_that_knows_the_account_alone_neither_words_nor_account_remain(town: Town, name: str) -> None:
    if name in ELSEWHERE:
        return
    table = SQLModel.metadata.tables[name]
    # what staff still have to do and how it ended; a message until it is answered
    kept = {("task", "title"), ("task", "outcome"), ("inbox", "push")}
    words = [column for column in table.columns if isinstance(column.type, Sealed) and (name, column.name) not in kept]

    def happen(session: Session) -> str:
        mark_row(session, name, town.now, "openid")
        leaving.leave(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "deleted")
        erasures.carry_out(session, session.get_one(Erasure, CHEN), town.now, "blank")
        session.flush()
        assert f"'{CHEN}'" not in str(session.connection().execute(table.select()).all())
        return str(session.connection().execute(select(*words)).all()) if words else ""

    assert MARK not in town.database.submit(happen).result()


def test_no_reason_is_given_for_a_table_that_is_not_there() -> None:
    assert set(NOT_EXPORTED) <= {*personal_tables(), "privacy_export"}


# ------------------------------------------------------------------ to be shown it


def sealed(chat: Chat, page: Any, code: str, **params: str) -> Any:
    def run(session: Session) -> Any:
        return page.run(Visit(session=session, now=chat.room.now, context=chat.room.house.context, params={"id": code, **params}))

    return chat.room.database.submit(run).result()


def test_link_opens_once_and_shows_what_was_said_and_done(chat: Chat) -> None:
    chat.say("我妹妹明天下午三点来", "确认", "厨房水管漏水", "健康打卡 36.5，没有不舒服")
    answer = chat.say("导出我的信息")

    assert "24小时内有效，只能打开一次" in answer
    [made] = chat.all(Export)
    assert f"/p/privacy/{made.code}?k=" in answer
    assert sealed(chat, pages.ask, made.code).template == "privacy/ask.html"

    shown = sealed(chat, pages.show, made.code)
    assert isinstance(shown, View)
    [person] = shown.values["found"]["住户"]
    assert (len(person["访客"]), len(person["报修"]), len(person["健康打卡"])) == (1, 1, 1)
    assert "厨房水管漏水" in [line["内容"] for line in shown.values["found"]["微信账号"]["对话"]]
    for again in (pages.ask, pages.show):
        with pytest.raises(Refusal, match="只能打开一次"):
            sealed(chat, again, made.code)


def test_file_holds_the_same_and_comes_only_to_who_has_opened_the_page(chat: Chat) -> None:
    chat.say("厨房水管漏水", "导出我的信息")
    [made] = chat.all(Export)

    with pytest.raises(LookupError):
        sealed(chat, pages.fetch, made.code, key=made.file_key)
    shown = sealed(chat, pages.show, made.code)
    file = sealed(chat, pages.fetch, made.code, key=made.file_key)
    assert isinstance(file, Download)
    assert json.loads(file.body) == json.loads(json.dumps(shown.values["found"]))
    with pytest.raises(LookupError):
        sealed(chat, pages.fetch, made.code, key="another")
    assert chat.room.frozen is not None
    chat.room.frozen += timedelta(minutes=16)
    with pytest.raises(LookupError):
        sealed(chat, pages.fetch, made.code, key=made.file_key)


def test_what_was_said_before_a_flat_was_bound_is_shown_too(chat: Chat) -> None:
    chat.room.seat(bound=False)
    chat.say("你们几点上班", "导出我的信息")

    shown = sealed(chat, pages.show, chat.all(Export)[-1].code)

    assert shown.values["found"]["住户"] == []
    assert "你们几点上班" in [line["内容"] for line in shown.values["found"]["微信账号"]["对话"]]


@pytest.mark.parametrize("opened", [False, True])
def test_link_leads_nowhere_once_all_was_deleted(chat: Chat, opened: bool) -> None:
    chat.say("厨房水管漏水", "导出我的信息")
    [made] = chat.all(Export)
    if opened:
        sealed(chat, pages.show, made.code)

    chat.say("删除我的信息", "确认", "我下月要搬走")

    for page in (pages.ask, pages.show, pages.fetch):
        with pytest.raises(LookupError):
            sealed(chat, page, made.code, key=made.file_key)


def test_link_is_forgotten_after_a_day(town: Town) -> None:
    [service] = [one for one in town.services.integrations if one.name == "privacy"]
    [forget] = personal.forgetting(service)
    town.database.submit(lambda session: session.add(Conversation(openid=CHEN, updated_at=town.now))).result()
    town.asks(CHEN, actions.export)
    town.now += actions.LIVES + timedelta(seconds=1)
    town.runs(forget.run)

    assert town.all(Export) == []


# ------------------------------------------------------------------ to have it deleted


def test_deletion_is_read_back_with_what_goes_and_what_stays(chat: Chat) -> None:
    read_back = chat.say("删除我的信息")

    for words in ("会删", "会留", "物业名册", "最迟24小时", "找不回来"):
        assert words in read_back
    assert chat.all(Erasure) == []


def test_after_a_yes_services_know_nothing_at_once_and_the_account_is_unbound(chat: Chat) -> None:
    chat.say("我妹妹明天下午三点来", "确认", "厨房水管漏水", "健康打卡 36.5，没有不舒服")
    answer = chat.say("删除我的信息", "确认")

    assert "已经解除绑定" in answer
    assert chat.all(CheckIn) == []
    assert [(one.visitor_name, one.words) for one in chat.all(Pass)] == [("", "")]
    assert [(one.words, one.phone, str(one.state)) for one in chat.all(Ticket)] == [("", "", "cancelled")]
    assert chat.room.openid not in [one.openid for one in chat.all(Resident)]
    assert [one.openid for one in chat.all(Erasure)] == [chat.room.openid]
    [talk] = [one for one in chat.all(Conversation) if one.openid == chat.room.openid]
    assert (talk.standing, talk.topic) == (None, "")


def test_a_no_deletes_nothing(chat: Chat) -> None:
    chat.say("厨房水管漏水", "删除我的信息", "取消")

    assert chat.all(Erasure) == []
    assert [str(one.state) for one in chat.all(Ticket)] == ["submitted"]


#: How a talk is kept, which tells nobody anything.
INNER = {"version", "intent", "tries", "stage", "is_guess", "is_agreed", "outer", "menu", "visitor.invite", "repair.report"}


def test_the_export_tells_what_is_under_way_in_words_and_nothing_of_how_it_is_kept(chat: Chat) -> None:
    chat.say("周六下午三点我表哥来", "某某某某")
    found = chat.room.database.submit(lambda session: personal.everything(work_of(chat, session), chat.room.openid)).result()

    text = json.dumps(found["微信账号"]["正在说的事"], ensure_ascii=False)
    assert "表哥" in text
    assert not INNER & set(re.findall(r"[a-z_.]+", text))


def test_the_export_names_who_of_the_staff_has_read_it_and_when(chat: Chat) -> None:
    chat.say("厨房水管漏水")

    def read(session: Session) -> Any:
        [talk] = [one for one in session.exec(select_rows(Conversation)).all() if one.openid == chat.room.openid]
        member = session.exec(select_rows(Staff)).first()
        assert member is not None
        scope.enter(session, talk.community_id)
        for subject in (f"conversation:{talk.public_id}", "conversation:SOMEBODY"):
            events.record(session, chat.room.now, "data.read", subject=subject, actor=f"staff:{member.login}", what="对话")
        return member.name, personal.everything(work_of(chat, session), chat.room.openid)

    name, found = chat.room.database.submit(read).result()
    [told] = found["微信账号"]["谁看过"]
    assert told == {"时间": f"{chat.room.now:%Y-%m-%d %H:%M}", "谁": name, "看了": "对话", "怎么看": "打开看"}


def work_of(chat: Chat, session: Session) -> Turn:
    return Turn(session=session, now=chat.room.now, context=chat.room.house.context, openid=chat.room.openid)


@pytest.mark.parametrize(
    "words", ["我妈过世了，她的信息请删除", "把我老婆的信息删除", "老婆的信息也删掉", "删掉他的资料", "爸的记录都清空"]
)
def test_somebody_elses_goes_to_the_office_and_ones_own_stays(chat: Chat, words: str) -> None:
    chat.say("厨房水管漏水")
    answer = chat.say(words)
    chat.say("确认")

    assert "别人的信息要由本人来删" in answer
    assert chat.all(Erasure) == []
    assert any(task.title == "删除别人的信息" for task in chat.all(Task))


def test_who_comes_back_after_deleting_all_is_asked_for_consent_anew(town: Town) -> None:
    def leave_and_return(session: Session) -> bool:
        turn = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        me = turn.me
        leaving.leave(turn, "deleted")
        turn.bind(me, CHEN)
        session.flush()
        back = Turn(session=session, now=town.now, context=town.context, openid=CHEN)
        purposes = list(town.services.purposes.values())
        return bool(consents.missing(back, back.me, purposes)) and not consents.refused(back, back.me, purposes)

    assert town.database.submit(leave_and_return).result()


def test_neighbours_keep_all_of_theirs(town: Town) -> None:
    def happen(session: Session) -> list[str]:
        for openid in (CHEN, LI):
            session.add(Line(openid=openid, at=town.now, speaker="resident", text=openid))
        leaving.leave(Turn(session=session, now=town.now, context=town.context, openid=CHEN), "deleted")
        session.flush()
        return [one.openid or "" for one in session.exec(select_rows(Resident)).all() if one.openid]

    assert town.database.submit(happen).result() == [LI]
    assert [one.openid for one in town.all(Binding) if one.ended_at is None] == [LI]
