"""A point's code scanned in WeChat: noted for who is of the staff, a way to report a fault for everybody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from bot.contract import SHANGHAI, Work
from bot.store import scope
from bot.store.photos import Photo
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.wechat import messages
from integrations.patrols import chat as spoken
from integrations.patrols import drawing, questions, reactions, windows
from integrations.patrols.models import PatrolPoint, PatrolRoute, PatrolVisit, VisitKind
from integrations.repairs.models import Ticket, TicketState

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Chat

GUARD = "oGuard"


class Beat:
    """A guard on a route of two points, and a resident."""

    def __init__(self, chat: Chat) -> None:
        self.chat, self.room, self.resident = chat, chat.room, chat.room.openid
        self.room.frozen = datetime(2026, 3, 11, 8, 30, tzinfo=SHANGHAI)
        self.codes = self.room.database.submit(self._lay).result()
        self.room.wait(timedelta(minutes=1))

    def _lay(self, session: Session) -> list[str]:
        work = Work(session=session, now=self.room.now, context=self.room.house.context)
        scope.enter(session, work.community.key)
        session.add(Staff(login="zhao2", name="赵门岗", role=Role.GUARD, openid=GUARD, created_at=work.now))
        points = [
            PatrolPoint(
                name="水泵房",
                place="地下一层",
                questions=[one.kept for one in questions.read("压力表读数 0.3–0.6 MPa\n灭火器在不在")],
                made_at=work.now,
            ),
            PatrolPoint(name="车库", made_at=work.now),
        ]
        session.add_all(points)
        session.flush()
        for point in points:
            drawing.hang(work, point)
        begins, ends = windows.read("08:00", "10:00") or (0, 0)
        session.add(
            PatrolRoute(
                name="早班", points=[one.id or 0 for one in points], opens=begins, closes=ends, begun_to=work.now - timedelta(hours=1)
            )
        )  # fmt: skip
        return [one.code for one in points]

    def say(self, text: str, by: str = GUARD) -> str:
        self.room.openid = by
        try:
            return self.chat.say(text)
        finally:
            self.room.openid = self.resident

    def scan(self, which: int, by: str = GUARD) -> str:
        self.room.openid = by
        try:
            answer = self.room._take(messages.Scan(**self.room._push(), scene=f"{spoken.KIND}.{self.codes[which]}"))
        finally:
            self.room.openid = self.resident
        return "\n".join(answer.texts)

    def visits(self) -> list[PatrolVisit]:
        return self.chat.all(PatrolVisit)


@pytest.fixture
def beat(chat: Chat) -> Beat:
    return Beat(chat)


def test_a_scan_is_noted_asks_what_is_to_be_read_off_and_names_the_next_point(beat: Beat) -> None:
    first = beat.scan(0)
    pressure = beat.say("0.45")
    there = beat.say("在")
    beat.room.wait(timedelta(minutes=3))
    last = beat.scan(1)

    assert "到了：水泵房（地下一层），早班 1/2" in first
    assert "压力表读数？回数字，正常是 0.3–0.6MPa" in first
    assert "下一个：车库" in first
    assert "压力表读数 0.45MPa" in pressure
    assert "灭火器在不在" in pressure
    assert "灭火器在不在 正常" in there
    assert "这一圈走完了" in last
    assert [one.answers for one in beat.visits()] == [{"压力表读数": 0.45, "灭火器在不在": True}, {}]


def test_a_reading_beyond_its_limits_reaches_the_managers_once(beat: Beat) -> None:
    beat.scan(0)

    low = beat.say("0.1")
    gone = beat.say("不在")

    assert "不正常" in low
    assert "正常是 0.3–0.6MPa" in low
    assert "不正常" in gone
    assert [one.kind for one in beat.chat.all(Task)] == ["patrol.off"]
    assert beat.visits()[0].is_off


def test_a_fault_becomes_a_repair_with_its_photos_and_its_state_comes_back(beat: Beat) -> None:
    beat.scan(1)
    before = beat.say("[图片]")
    reported = beat.say("坏了：灭火器压力不足")
    after = beat.say("[图片]")

    [ticket] = beat.chat.all(Ticket)
    assert "再发“坏了" in before
    assert f"工单 {ticket.number}，带 1 张照片" in reported
    assert f"已放进工单 {ticket.number}" in after
    assert (ticket.location, ticket.words, ticket.said_flat) == ("车库", "灭火器压力不足", "公共区域")
    assert {one.subject for one in beat.chat.all(Photo)} == {ticket.subject}
    assert reactions.say(beat.visits()[0].ticket_state) == "已报修"

    def finish(session: Session) -> None:
        work = Work(session=session, now=beat.room.now, context=beat.room.house.context)
        row = session.exec(select(Ticket)).one()
        row.state = TicketState.DONE
        session.add(row)
        work.record("repair.done", row.subject)

    beat.room.database.submit(finish).result()
    assert reactions.say(beat.visits()[0].ticket_state) == "修好了"


def test_a_resident_who_scans_reports_a_fault_at_that_place(beat: Beat) -> None:
    asked = beat.scan(1, by=beat.resident)
    beat.say("灯不亮了", by=beat.resident)
    beat.say("明天上午", by=beat.resident)

    assert "车库" in asked
    assert beat.visits() == []
    assert [one.location for one in beat.chat.all(Ticket)] == ["车库"]


def test_what_is_missing_is_said_when_asked_for(beat: Beat) -> None:
    beat.scan(0)

    said = beat.say("还差哪些点")

    assert "早班" in said
    assert "1/2" in said
    assert "还差：车库" in said


def test_the_same_push_of_a_scan_again_is_one_visit(beat: Beat) -> None:
    push = messages.Scan(openid=GUARD, account="wx_chat", key="once", created_at=beat.room.now, scene=f"patrol.{beat.codes[0]}")
    for _ in range(3):
        beat.room._take(push)

    assert [one.kind for one in beat.visits()] == [VisitKind.KEPT]


def test_words_of_residents_and_of_staff_who_walk_nothing_are_not_taken_for_a_patrols(beat: Beat) -> None:
    for by in (beat.resident, GUARD):
        for said in ("在", "0.45", "坏了：厨房水管漏水", "正常", "没问题"):
            beat.say(said, by=by)

    assert beat.visits() == []
