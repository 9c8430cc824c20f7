"""The desk: tasks are taken, handed on and closed with an outcome; a household's page unites what all services know."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session

from bot.console import lists
from bot.contract import Download, Page, Redirect, View, Work
from bot.errors import Refusal
from bot.store import grants
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff
from bot.store.tasks import Task
from bot.store.undos import UndoStep
from integrations.desk import conversations, tasks
from integrations.health import actions as health
from integrations.repairs import actions as repairs
from integrations.residents import flat as households
from integrations.residents import moves
from integrations.visitor_passes import actions as visitors
from integrations.visitor_passes.models import Pass, PassState

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

CHEN = "oChen"


def open_task(town: Town, kind: str, **data: Any) -> Task:
    def run(session: Session) -> Task:
        return Work(session=session, now=town.now, context=town.context).assign(kind, "task.view", "有事", openid=CHEN, **data)

    return town.database.submit(run).result()


def row(town: Town, role: Role = Role.STAFF) -> dict[str, Any]:
    view = town.opens(role, lists.pages_of(tasks.LIST)[0])
    assert isinstance(view, View)
    [found] = view.values["list"].lines
    return dict(found.row)


def staff(town: Town, role: Role) -> Staff:
    return next(member for member in town.all(Staff) if member.role is role)


def test_task_that_somebody_takes_names_them_and_is_refused_to_the_second(town: Town) -> None:
    task = open_task(town, "repair.urged")

    town.opens(Role.STAFF, tasks.claim, params={"id": task.public_id})

    assert row(town)["mine"]
    assert row(town, Role.MANAGER)["claimed_by"] == "staff同事"
    with pytest.raises(Refusal, match="同事已经接手了"):
        town.opens(Role.MANAGER, tasks.claim, params={"id": task.public_id})


def test_task_is_handed_on_only_to_who_may_see_it(town: Town) -> None:
    task = open_task(town, "repair.urged")
    guard, manager = staff(town, Role.GUARD), staff(town, Role.MANAGER)
    assert [one.role for one in row(town)["colleagues"]] == [Role.ADMIN, Role.MANAGER]

    with pytest.raises(Refusal, match="请选择一位"):
        town.opens(Role.STAFF, tasks.hand_on, params={"id": task.public_id}, staff=str(guard.id))
    town.opens(Role.STAFF, tasks.hand_on, params={"id": task.public_id}, staff=str(manager.id))

    assert row(town)["claimed_by"] == "manager同事"


def test_task_is_never_handed_to_the_city_which_may_look_at_it_but_not_act(town: Town) -> None:
    town.database.submit(lambda session: grants.change(session, Role.CITY, "task.view", allowed=True, default=False)).result()
    task, city = open_task(town, "repair.urged"), staff(town, Role.CITY)

    assert Role.CITY not in [one.role for one in row(town)["colleagues"]]
    with pytest.raises(Refusal, match="请选择一位"):
        town.opens(Role.STAFF, tasks.hand_on, params={"id": task.public_id}, staff=str(city.id))


def test_alarm_is_closed_only_with_one_of_its_outcomes(town: Town) -> None:
    task = open_task(town, "emergency.fire")

    with pytest.raises(Refusal, match="误报，现场没事"):
        town.opens(Role.STAFF, tasks.close, params={"id": task.public_id}, note="去看过了")
    town.opens(Role.STAFF, tasks.close, params={"id": task.public_id}, outcome="误报，现场没事", note="烧焦的锅")

    assert [one.outcome for one in town.tasks()] == ["误报，现场没事：烧焦的锅"]


def test_task_leads_where_its_kind_says(town: Town) -> None:
    open_task(town, "repair.urged", subject="ticket:R1")

    assert (row(town)["path"], row(town)["path_title"]) == ("/tickets/R1", "看工单")


def bulk(town: Town, act: str, *found: Task, **answers: str) -> Any:
    ticked = {f"row.{one.public_id}": "1" for one in found}
    return town.opens(
        Role.STAFF, lists.pages_of(tasks.LIST)[-1], act=act, **ticked, **{f"{act}.{name}": said for name, said in answers.items()}
    )


def undo(town: Town) -> Any:
    page = next(one for one in lists.pages(town.services) if one.path == "/undo/{undo_step}")
    return town.opens(Role.STAFF, page, params={"undo_step": town.all(UndoStep)[-1].public_id})


def listed(town: Town, role: Role = Role.STAFF, **query: str) -> list[str]:
    return [line.key for line in town.opens(role, lists.pages_of(tasks.LIST)[0], query=query).values["list"].lines]


def test_several_tasks_are_closed_with_one_remark_and_opened_again_as_they_were(town: Town) -> None:
    first, second = open_task(town, "repair.urged"), open_task(town, "repair.overdue")
    town.opens(Role.STAFF, tasks.claim, params={"id": first.public_id})

    bulk(town, "close", first, second, note="都电话说过了")
    closed = [(task.is_open, task.outcome) for task in town.tasks()]
    undo(town)

    assert closed == [(False, "都电话说过了")] * 2
    assert [(task.is_open, task.claimed_by is not None, task.outcome) for task in town.tasks()] == [
        (True, True, ""),
        (True, False, ""),
    ]


@pytest.mark.parametrize(
    ("kind", "said"), [("emergency.fire", "单独办结"), ("repair.callback", "单独办结"), ("handoff", "居民在等答复")]
)
def test_what_needs_an_outcome_of_its_own_is_not_closed_with_others(town: Town, kind: str, said: str) -> None:
    calm, other = open_task(town, "repair.urged"), open_task(town, kind)

    answer = bulk(town, "close", calm, other, note="看过了")

    assert said in answer.note
    assert {task.kind: task.is_open for task in town.tasks()} == {"repair.urged": False, kind: True}


def test_an_alarm_that_was_claimed_by_mistake_climbs_on_when_that_is_taken_back(town: Town) -> None:
    alarm = open_task(town, "emergency.fire", urgent=True)
    [before] = [task.rung_at for task in town.tasks()]

    bulk(town, "claim", alarm)
    undo(town)

    assert [(task.claimed_by, task.rung_at) for task in town.tasks()] == [(None, before)]


def test_several_tasks_are_handed_on_to_a_colleague_and_a_task_that_one_may_not_see_is_not_there(town: Town) -> None:
    seen, hidden = open_task(town, "repair.urged"), open_task(town, "health.abnormal")

    def hide(session: Session) -> None:
        session.get_one(Task, hidden.id).need = "users.edit"

    town.database.submit(hide).result()
    manager = staff(town, Role.MANAGER)

    bulk(town, "hand-on", seen, hidden, staff=str(manager.id))

    assert {task.public_id: task.claimed_by for task in town.tasks()} == {seen.public_id: manager.id, hidden.public_id: None}
    assert listed(town, state="all") == [seen.public_id]
    assert set(listed(town, Role.ADMIN, state="all")) == {seen.public_id, hidden.public_id}


def test_kind_of_task_that_is_for_others_alone_is_not_offered_to_choose(town: Town) -> None:
    offered = {
        role: dict(town.opens(role, lists.pages_of(tasks.LIST)[0]).values["list"].narrowings[1].options)
        for role in (Role.STAFF, Role.MANAGER)
    }

    assert "health.abnormal" not in offered[Role.STAFF]
    assert offered[Role.MANAGER]["health.abnormal"] == "健康异常"


def test_closed_tasks_are_found_too_by_flat_kind_and_words(town: Town) -> None:
    task = open_task(town, "repair.urged")
    open_task(town, "identity.confirm")
    town.opens(Role.STAFF, tasks.close, params={"id": task.public_id}, note="换了龙头")

    assert (
        listed(town, state="closed")
        == listed(town, state="closed", q="501")
        == listed(town, state="closed", q="催办")
        == [task.public_id]
    )
    assert listed(town, state="closed", q="龙头") == [task.public_id]
    assert listed(town, state="closed", q="502") == []
    assert task.public_id not in listed(town)


def household(town: Town, role: Role = Role.MANAGER) -> dict[str, Any]:
    flat = next(one for one in town.all(Household) if one.room == "501")
    view = town.opens(role, households.show, params={"id": str(flat.id)})
    assert isinstance(view, View)
    return dict(view.values)


def live_a_little(town: Town) -> None:
    town.asks(CHEN, repairs.report, category="water", location="厨房")
    town.asks(CHEN, visitors.invite, visitor_name="张伟", starts_at=town.now + timedelta(hours=2))
    town.asks(CHEN, health.check_in, temperature=36.5, symptoms=["none"])


def test_household_shows_its_people_and_the_card_of_every_service_one_may_see(town: Town) -> None:
    live_a_little(town)

    assert [(row["one"].name, row["role"]) for row in household(town)["people"]] == [("陈建国", "家属")]
    assert {title for title, lines in household(town)["cards"] if lines} == {"报修", "访客", "健康打卡"}
    assert "健康打卡" not in {title for title, _ in household(town, Role.STAFF)["cards"]}, "health data is for managers"


def person(town: Town) -> Resident:
    return next(one for one in town.all(Resident) if one.name == "陈建国")


def acts(town: Town, page: Page, role: Role = Role.MANAGER) -> Any:
    one = person(town)
    return town.opens(role, page, params={"id": str(one.household_id)}, resident=one.public_id)


def test_export_unites_what_all_services_keep_and_is_written_down(town: Town) -> None:
    live_a_little(town)

    download = acts(town, households.export)

    assert isinstance(download, Download)
    everything = json.loads(download.body)
    assert everything["住址"] == "3栋2单元501"
    assert (len(everything["报修"]), everything["访客"][0]["姓名"], len(everything["健康打卡"])) == (1, "张伟", 1)
    assert "people.exported" in {event.kind for event in town.all(Event)}


def test_staff_let_somebody_go_and_their_passes_end_at_once(town: Town) -> None:
    live_a_little(town)

    assert isinstance(acts(town, moves.unbind), Redirect)

    assert person(town).openid is None
    assert [one.state for one in town.all(Pass)] == [PassState.CANCELLED]
    assert "解除了您的微信与3栋2单元501的绑定" in town.told(CHEN)[-1]


def test_menu_counts_open_tasks_and_who_waits(town: Town) -> None:
    open_task(town, "repair.urged")

    assert counted(town, tasks.open_ones) == 1
    assert counted(town, conversations.waits) == 0


def counted(town: Town, badge: Any) -> int:
    return int(town.opens(Role.STAFF, Page(method="GET", path="/", run=badge)))
