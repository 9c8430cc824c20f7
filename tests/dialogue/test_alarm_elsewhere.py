"""Somebody who may live in any community of the account calls for help: they are asked where, and the alarm goes there with its ladder."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot import app
from bot.cli.serving import demo_settings
from bot.contract import Work
from bot.dialogue.turn import take
from bot.store import alerts, scope
from bot.store.alerts import Alert
from bot.store.communities import Community
from bot.store.duty import Shift
from bot.store.events import Event
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.wechat import messages

ZHAO = "oDemoZhaoXin_notboundyet_ddd"
HERE, EAST = "和苑小区", "和苑东区"


class Account:
    """One account with two communities, whose staff on duty are bound to WeChats of their own."""

    def __init__(self, linli: app.Linli, now: datetime) -> None:
        self.linli, self.now, self.pushes = linli, now, 0

    def say(self, text: str) -> str:
        self.pushes += 1
        self.now += timedelta(seconds=10)
        message = messages.Text(openid=ZHAO, account="gh", created_at=self.now, key=f"k{self.pushes}", text=text)
        heard = self.linli.understanding.hear(message, self.now)
        return "\n".join(self.do(lambda session: take(session, message, heard, self.now, self.linli.house)).texts)

    def do(self, fn: Any) -> Any:
        return self.linli.database.submit(fn).result()

    def told(self, openid: str) -> list[str]:
        rows = select(Delivery).where(Delivery.openid == openid).order_by(col(Delivery.id))
        return self.do(lambda session: [row.payload["text"] for row in session.exec(rows).all()])

    def task(self) -> Task:
        return self.do(lambda session: session.exec(select(Task).where(Task.openid == ZHAO)).one())

    def place_of(self, task: Task) -> str:
        return str(self.do(lambda session: session.get(Community, task.community_id).name))


@pytest.fixture
def account(seeded: Path, tmp_path: Path, now: datetime) -> Iterator[Account]:
    var = shutil.copytree(seeded, tmp_path / "var")
    linli = app.Linli.assemble(demo_settings(host="127.0.0.1", port=1, var=var), clock=lambda: now)

    def bind(session: Session) -> None:
        for name, openid in ((HERE, "oHere"), (EAST, "oEast")):
            there = session.exec(select(Community).where(Community.name == name)).one()
            with scope.within(session, there.key):
                for old in session.exec(select(Shift)).all():
                    session.delete(old)
                member = session.exec(select(Staff).where(Staff.role == Role.STAFF).order_by(col(Staff.id))).first()
                if member is None:
                    member = Staff(login="onduty", name="东区值班", role=Role.STAFF, created_at=now)
                member.openid = openid
                session.add(member)
                session.flush()
                session.add_all(Shift(staff_id=member.id, covers="", weekday=day, begins=0, ends=24 * 60) for day in range(7))

    linli.database.submit(bind).result()
    yield Account(linli, now)
    linli.database.close()


def test_who_may_live_anywhere_is_asked_where_and_staff_read_that_it_is_not_known(account: Account) -> None:
    answer = account.say("着火了，快来人")

    assert f"{HERE}、{EAST}" in answer
    assert account.task().title.endswith("小区未确认")
    assert len(account.told("oHere")) == 1


def test_alarm_goes_to_the_community_that_is_named_and_begins_there_anew(account: Account) -> None:
    account.say("着火了，快来人")
    answer = account.say("和苑东区")
    task = account.task()

    assert account.place_of(task) == EAST
    assert "小区未确认" not in task.title
    assert "哪个小区" not in answer
    assert "着火了" in account.told("oEast")[0], "those on duty there are told in the same transaction"
    assert EAST in account.told("oHere")[-1], "those who were told in vain hear that they need not go"
    assert (task.claimed_by, task.known) == (None, "")


def test_words_that_name_the_community_at_once_go_there_at_once(account: Account) -> None:
    account.say("东区3栋楼下着火了，快来人")

    assert account.place_of(account.task()) == EAST
    assert account.told("oHere") == []
    assert len(account.told("oEast")) == 1


def test_more_words_without_a_place_ask_again_and_flat_of_one_community_moves_it(account: Account) -> None:
    account.say("着火了，快来人")
    assert "哪个小区" in account.say("烟很大，快点")
    account.say("我住3栋2单元501")
    account.say("2")

    assert account.place_of(account.task()) == EAST
    assert any("着火了" in words for words in account.told("oEast"))


def test_what_a_community_sent_its_own_staff_stays_its_own(account: Account) -> None:
    """A message of an alarm proves that somebody was told; it must not go along when its reader is a resident elsewhere."""

    def tell(session: Session) -> int:
        here = session.exec(select(Community).where(Community.name == HERE)).one()
        with scope.within(session, here.key):
            member = session.exec(select(Staff).where(Staff.openid == "oHere")).one()
            member.openid = ZHAO
            session.add(member)
        return int(here.key)

    here = account.do(tell)
    chen = messages.Text(
        openid="oDemoChenJianguo_3B2U501_aaa", account="gh", created_at=account.now, key="c1", text="着火了，快来人"
    )
    heard = account.linli.understanding.hear(chen, account.now)
    account.do(lambda session: take(session, chen, heard, account.now, account.linli.house))
    account.say("我住3栋2单元501")
    account.say("2")

    def states(session: Session) -> list[Any]:
        scope.enter(session, here)
        alert = session.exec(select(Alert)).first()
        return [state for _, _, state in alerts.of_task(session, alert.task_id)]

    assert None not in account.do(states)


def test_log_of_the_place_that_was_left_says_so(account: Account) -> None:
    account.say("着火了，快来人")
    account.say("和苑东区")

    kinds = account.do(lambda session: [(one.community_id, one.kind) for one in session.exec(select(Event)).all()])
    assert (1, "task.moved") in kinds
    assert (2, "task.opened") in kinds


def test_a_place_that_is_told_after_an_alarm_is_its_own_and_stands_in_its_title(account: Account) -> None:
    account.say("着火了，快来人")

    assert "已记在这次求助里" in account.say("3栋2单元")
    assert account.task().title == "火警：3栋2单元（小区未确认）"
    assert "已记在这次求助里" in account.say("3栋2单元501")
    assert account.task().title == "火警：3栋2单元501（小区未确认）"


def at_home(account: Account, act: Any) -> Any:
    """Let staff of the first community do something about 3栋2单元501."""

    def run(session: Session) -> Any:
        with scope.within(session, 1):
            here = select(Household).where(Household.building == "3", Household.unit == "2", Household.room == "501")
            return act(Work(session=session, now=account.now, context=account.linli.context), session.exec(here).one())

    return account.do(run)


def let_in(work: Work, flat: Household) -> None:
    work.bind(work.settle(flat, name="赵新"), ZHAO)


def test_who_is_blocked_while_a_question_stands_open_is_told_the_truth_and_found_when_it_burns(account: Account) -> None:
    account.say("我住3栋2单元501")
    account.say("和苑小区")
    at_home(account, let_in)
    at_home(account, lambda work, flat: work.object_to(ZHAO, flat, "blocked"))

    answer = account.say("我住3栋2单元501")
    account.say("厨房着火了")

    assert "之前停掉了" in answer
    titles = account.do(
        lambda session: {task.kind: task.title for task in session.exec(select(Task).where(Task.openid == ZHAO)).all()}
    )
    assert titles["identity.confirm"] == "核对住址：3栋2单元501", "what is promised is on the office's list"
    assert titles["emergency.fire"] == "火警：3栋2单元501（自己说的，未核实）"


def test_an_alarm_keeps_its_address_when_the_account_is_let_go(account: Account) -> None:
    account.say("和苑小区")
    at_home(account, let_in)
    account.say("我爸晕倒了，快来人")
    raised = account.task().title
    at_home(account, lambda work, flat: work.unbind(work.session.exec(select(Resident).where(Resident.openid == ZHAO)).one()))
    account.say("还没醒")

    assert raised.endswith("：3栋2单元501")
    assert account.task().title == raised
