"""What services wanted of the network and did not get: dead letters, which admins look at, run again or let go."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, func, select

from bot.console import lists
from bot.contract import Act, Cell, Choice, Column, Desk, Listing, Page, Redirect, Subject, page
from bot.contract.work import WATCH
from bot.store import effects, tasks
from bot.store.effects import Effect, EffectState
from bot.store.tasks import Task
from bot.translation import tr, tr_all

#: What is listed.
_DEAD = col(Effect.state) == EffectState.DEAD


@page("POST", "/effects/kinds/{kind}/again", need=WATCH)
def run_all_again(desk: Desk) -> Redirect:
    """Try all of a kind anew."""
    found = effects.dead_of(desk.session, desk.params["kind"])
    if not found:
        raise LookupError(desk.params["kind"])
    for effect in found:
        _again(desk, effect, {})
    return Redirect("/console/effects", tr("{found} 个操作会马上重新执行。", found=len(found)))


def _again(desk: Desk, effect: Effect, _answers: Mapping[str, str]) -> None:
    effects.run_again(desk.session, effect, desk.now)
    desk.record("effect.run_again", effect.subject, effect=effect.kind)
    _settle(desk, effect.kind)


def _discard(desk: Desk, effect: Effect, _answers: Mapping[str, str]) -> None:
    effects.discard(desk.session, effect, desk.now)
    desk.record("effect.discarded", effect.subject, effect=effect.kind)
    _settle(desk, effect.kind)


def _settle(desk: Desk, kind: str) -> None:
    """Close the task about a kind once nothing of it lies here; should it fail again, a new one is opened."""
    desk.session.flush()
    if not effects.dead_of(desk.session, kind):
        desk.finish(effects.about(kind), tr("已处理"))


def _tasks(desk: Desk, effect: Effect) -> Sequence[Task]:
    return tasks.about(desk.session, effects.about(effect.kind))


def _load(desk: Desk, found: Sequence[Effect]) -> list[tuple[Effect, Subject]]:
    subjects = desk.in_words({effect.subject for effect in found})
    return [(effect, subjects[effect.subject]) for effect in found]


def _what(desk: Desk, row: tuple[Effect, Subject]) -> Cell:
    return Cell(
        words=tr_all(
            "",
            (
                _service(desk, row[0].kind) or tr("没有加载的服务"),
                " · ",
                row[0].kind,
            ),
        )
    )


def _service(desk: Desk, kind: str) -> str:
    """Return the title of the service that brings a kind; empty for one that is not loaded."""
    found = (one.title for one in desk.context.services.integrations if kind in {performer.kind for performer in one.effects})
    return next(found, "")


def _kinds(desk: Desk) -> Mapping[str, str]:
    kinds = desk.session.exec(select(Effect.kind).where(_DEAD).distinct().order_by(Effect.kind)).all()
    return {kind: kind for kind in kinds}


def _around(desk: Desk, _rows: Sequence[Any]) -> Mapping[str, Any]:
    """Return the kinds of which all may be tried anew, and what is still to be carried out."""
    known = desk.context.services.performers
    waiting = [(one, _service(desk, one.kind), one.kind in known) for one in effects.backlogs(desk.session, desk.now)]
    return {"kinds": [*_kinds(desk)], "waiting": waiting}


LIST = Listing(
    name="effects",
    title=tr("没完成的操作"),
    path="/effects",
    need=WATCH,
    nav=tr("管理"),
    badge=lambda desk: desk.session.exec(select(func.count()).select_from(Effect).where(_DEAD)).one(),
    unit=tr("个"),
    table=Effect,
    key=lambda row: str(row[0].public_id),
    key_column=Effect.public_id,
    order="-made",
    columns=(
        Column(name="what", title=tr("哪个操作"), says=_what),
        Column(name="why", title=tr("为什么没完成"), says=lambda desk, row: row[0].reason or tr("没有说明原因")),
        Column(name="about", title=tr("关于"), says=lambda desk, row: Cell(words=row[1].words, to=row[1].path)),
        Column(name="tries", title=tr("试了几次"), says=lambda desk, row: tr("试了 {attempts} 次", attempts=row[0].attempts), filed=lambda desk, row: row[0].attempts),
        Column(name="made", title=tr("提出"), says=lambda desk, row: row[0].created_at, sort=(Effect.id,)),
        Column(name="given_up", title=tr("放弃"), says=lambda desk, row: row[0].updated_at, sort=(Effect.updated_at,)),
    ),
    filters=(Choice(name="kind", title=tr("操作"), options=_kinds, fits=lambda desk, kind: col(Effect.kind) == kind),),
    base=lambda desk: (_DEAD,),
    find=lambda desk, word: [col(column).contains(word, autoescape=True) for column in (Effect.kind, Effect.reason, Effect.subject)],
    finds=tr("操作、原因、编号"),
    load=_load,
    called=lambda effect: effect.kind,
    acts=(
        Act(
            name="again", title=tr("重新执行"), need=WATCH, run=_again, tasks=_tasks, keeps=("state", "attempts", "due_at", "updated_at", "reason"),
            put_back=lambda desk, effect: desk.record("effect.put_back", effect.subject, effect=effect.kind),
        ),
        Act(
            name="discard", title=tr("放弃，不再执行"), need=WATCH, run=_discard, tasks=_tasks, keeps=("state", "updated_at"), is_grave=True,
            put_back=lambda desk, effect: desk.record("effect.put_back", effect.subject, effect=effect.kind),
        ),
    ),
    template="console/effects.html",
    around=_around,
    live="effect",
    size=8,
    empty=(tr("没有失败的操作"), tr("一切正常。对方断网、改了地址或停用了密钥时，失败的操作会出现在这里，修好后勾选，点“重新执行”即可。")),
)  # fmt: skip

ROUTES: tuple[Page, ...] = (*lists.pages_of(LIST), run_all_again)
