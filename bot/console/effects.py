"""What services wanted of the network and did not get: dead letters, which admins look at, run again or let go."""

from collections.abc import Sequence

from bot.console.events import about
from bot.contract import Desk, Page, Redirect, View, page
from bot.contract.listpage import part
from bot.contract.work import WATCH
from bot.errors import Refusal
from bot.store import effects
from bot.store.effects import Effect, EffectState

#: Dead letters that are looked at, and cards of them on one page.
MOST, CARDS = 10_000, 12


@page("GET", "/effects", need=WATCH, title="没完成的操作", nav="管理", badge=lambda desk: len(effects.dead(desk.session)))
def show(desk: Desk) -> View:
    """List what was given up, the newest first, and count what is still to be carried out."""
    known = desk.context.services.performers
    dead = effects.dead(desk.session, MOST)
    found = part(dead, desk.query, "/effects", CARDS)
    rows = [{"effect": row, "service": _service(desk, row.kind), "subject": about(desk, row.subject)} for row in found.rows]
    waiting = [(one, _service(desk, one.kind), one.kind in known) for one in effects.backlogs(desk.session, desk.now)]
    kinds = sorted({effect.kind for effect in dead})
    return View("console/effects.html", {"rows": rows, "found": found, "kinds": kinds, "waiting": waiting, "known": known})


@page("POST", "/effects/{id}/again", need=WATCH)
def run_again(desk: Desk) -> Redirect:
    """Try one anew."""
    _again(desk, [effect := _find(desk)])
    return Redirect("/console/effects", f"“{effect.kind}”会马上重新执行。")


@page("POST", "/effects/kinds/{kind}/again", need=WATCH)
def run_all_again(desk: Desk) -> Redirect:
    """Try all of a kind anew."""
    found = effects.dead_of(desk.session, desk.params["kind"])
    if not found:
        raise LookupError(desk.params["kind"])
    _again(desk, found)
    return Redirect("/console/effects", f"{len(found)} 个操作会马上重新执行。")


@page("POST", "/effects/{id}/discard", need=WATCH)
def discard(desk: Desk) -> Redirect:
    """Let one go for good."""
    effect = _find(desk)
    effects.discard(desk.session, effect, desk.now)
    desk.record("effect.discarded", effect.subject, effect=effect.kind)
    _settle(desk, effect.kind)
    return Redirect("/console/effects", "已放弃，不会再执行。")


def _find(desk: Desk) -> Effect:
    effect = effects.find(desk.session, desk.params["id"])
    if effect is None:
        raise LookupError(desk.params["id"])
    if effect.state is not EffectState.DEAD:
        raise Refusal("同事已经处理了这个操作，请刷新页面。")
    return effect


def _again(desk: Desk, found: Sequence[Effect]) -> None:
    for effect in found:
        effects.run_again(desk.session, effect, desk.now)
        desk.record("effect.run_again", effect.subject, effect=effect.kind)
    _settle(desk, found[0].kind)


def _settle(desk: Desk, kind: str) -> None:
    """Close the task about a kind once nothing of it lies here; should it fail again, a new one is opened."""
    desk.session.flush()
    if not effects.dead_of(desk.session, kind):
        desk.finish(effects.about(kind), "已处理")


def _service(desk: Desk, kind: str) -> str:
    """Return the title of the service that brings a kind; empty for one that is not loaded."""
    found = (one.title for one in desk.context.services.integrations if kind in {performer.kind for performer in one.effects})
    return next(found, "")


ROUTES: tuple[Page, ...] = (show, run_again, run_all_again, discard)
