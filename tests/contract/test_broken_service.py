"""A service that always fails takes nobody else down: its neighbours go on, and the admins hear of it; on both databases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.console.own import CORE
from bot.contract import Context, Happening, Integration, Job, Permission, Services, Work, job, on
from bot.errors import Misconfigured
from bot.keys import Keys
from bot.schedule import Schedule
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.events import Event
from bot.store.tasks import Task


@on("lamp.broke", "place")
def fail(work: Work, happening: Happening) -> None:
    """Write something, then fail."""
    work.record("lamp.half", happening.subject)
    raise RuntimeError("the reaction is broken")


@on("lamp.broke", "place")
def note(work: Work, happening: Happening) -> None:
    """Write down that it was heard."""
    work.record("lamp.heard", happening.subject, place=happening.data["place"])


@on("lamp.again")
def again(work: Work, happening: Happening) -> None:
    """Set itself off."""
    work.record("lamp.again", happening.subject)


@job(every=timedelta(minutes=1))
def break_down(work: Work) -> None:
    """Write something, then fail."""
    work.record("lamp.half")
    raise RuntimeError("the job is broken")


@job(every=timedelta(minutes=1))
def count(work: Work) -> None:
    """Write down that the job ran."""
    work.record("lamp.counted")


LAMPS = Integration(
    name="lamps", title="灯", folder=Path(__file__).parent, jobs=(count,), reactions=(note,),
    emits={"lamp.broke": "place colour?", "lamp.heard": "place", "lamp.half": "", "lamp.counted": "", "lamp.again": ""},
)  # fmt: skip
BROKEN = Integration(name="broken", title="坏了", folder=Path(__file__).parent, jobs=(break_down,), reactions=(fail,))


def settle(session: Session, *names: str) -> list[Community]:
    found = [Community(appid="wx1", name=name) for name in names]
    session.add_all(found)
    session.flush()
    return found


def context(community: Community, *integrations: Integration) -> Context:
    return Context(
        community=community, keys=Keys(b"k" * 32), base_url="https://linli.example", messages={},
        services=Services(integrations=(CORE, *integrations)),
    )  # fmt: skip


@pytest.fixture
def community(database: Database) -> Community:
    return database.submit(settle, "和苑小区").result()[0]


def kinds(database: Database) -> list[str]:
    return database.submit(
        lambda session: [event.kind for event in session.exec(select(Event).order_by(Event.id)).all()]
    ).result()


def broke(database: Database, where: Context, now: datetime) -> None:
    def run(session: Session) -> None:
        Work(session=session, now=now, context=where).record("lamp.broke", "lamp:7", place="3栋")

    database.submit(run).result()


def test_reaction_that_fails_undoes_itself_only(database: Database, community: Community, now: datetime) -> None:
    broke(database, context(community, BROKEN, LAMPS), now)

    assert [kind for kind in kinds(database) if kind.startswith("lamp")] == ["lamp.broke", "lamp.heard"]


def test_admins_have_one_task_as_long_as_a_reaction_fails(database: Database, community: Community, now: datetime) -> None:
    where = context(community, BROKEN, LAMPS)
    for _ in range(3):
        broke(database, where, now)

    [task] = database.submit(lambda session: session.exec(select(Task)).all()).result()
    assert task.need == "service.watch"
    assert "RuntimeError" in task.title
    assert task.is_open


def test_reaction_that_sets_itself_off_is_stopped_and_the_event_stands(
    database: Database, community: Community, now: datetime
) -> None:
    looping = Integration(name="looping", title="转圈", folder=Path(__file__).parent, reactions=(again,))

    def run(session: Session) -> None:
        Work(session=session, now=now, context=context(community, LAMPS, looping)).record("lamp.again", "lamp:7")

    database.submit(run).result()

    assert "lamp.again" in kinds(database)
    assert kinds(database).count("lamp.again") < 20


async def test_job_that_fails_stops_no_other_job_and_no_other_community(database: Database, now: datetime) -> None:
    towns = await database.write(settle, "和苑小区", "和苑东区")
    contexts = [context(town, BROKEN, LAMPS) for town in towns]
    schedule = ticking(database, now, contexts, [break_down, count])

    for ticking_job in (break_down, count):
        await schedule._running(ticking_job)()

    def seen(session: Session) -> list[tuple[str, int]]:
        session.info.clear()
        return [(event.kind, event.community_id) for event in session.exec(select(Event).order_by(Event.id)).all()]

    assert await database.read(seen) == [("lamp.counted", towns[0].key), ("lamp.counted", towns[1].key)]


def ticking(database: Database, now: datetime, contexts: Sequence[Context], jobs: Sequence[Job]) -> Schedule:
    nobody: Any = SimpleNamespace(step=None, sweep=None)
    return Schedule(database, lambda: now, lambda: contexts, jobs, [], [], nobody, nobody, nobody, nobody, nobody, nobody)


def test_event_recorded_otherwise_than_declared_is_refused(database: Database, community: Community, now: datetime) -> None:
    where = context(community, LAMPS)

    def run(session: Session, kind: str, **data: Any) -> None:
        Work(session=session, now=now, context=where).record(kind, "lamp:7", **data)

    database.submit(run, "lamp.broke", place="3栋", colour="red").result()
    for kind, data in (("lamp.broke", {}), ("lamp.broke", {"place": "3栋", "phone": "1"}), ("lamp.glowed", {})):
        with pytest.raises(TypeError, match=kind):
            database.submit(run, kind, **data).result()


def test_services_that_mishear_each_other_are_named() -> None:
    @on("lamp.exploded")
    def unknown(work: Work, happening: Happening) -> None: ...

    @on("lamp.broke", "place phone")
    def greedy(work: Work, happening: Happening) -> None: ...

    deaf = Integration(name="deaf", title="聋", folder=Path(__file__).parent, reactions=(unknown, greedy))
    faults = Services(integrations=(LAMPS, deaf)).misheard()

    assert len(faults) == 2
    assert "lamp.exploded" in faults[0]
    assert "which no service emits" in faults[0]
    assert "phone" in faults[1]


def test_two_services_that_want_the_same_are_named() -> None:
    twin = Integration(
        name="twin", title="双", folder=Path(__file__).parent, permissions=(Permission(name="home.view", title="看"),)
    )

    with pytest.raises(Misconfigured, match=r"'twin' brings the permission 'home.view', which 'core' brings already"):
        Services(integrations=(CORE, twin))
