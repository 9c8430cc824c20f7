"""What was not understood, for whoever writes intents: by likeness, with the nearest intents, to be added, answered or ignored for ever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.contract import Desk, Page, Redirect, Refusal, View, page, page_number, row_id
from bot.dialogue.understanding import Understanding
from bot.store import unmatched
from bot.store.unmatched import Group, Unmatched
from bot.translation import tr

VIEW, EDIT = "intents.view", "intents.edit"

#: Groups on one page; lines shown of each, and intents that they may belong to.
SHOWN, LINES, NEAR = 8, 4, 3


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A group of messages that are alike."""

    group: Group
    said: str  # the most frequent, as this person may read it
    others: Sequence[str]
    is_veiled: bool  # some of it is health, and not for this person: they cannot put it into a file
    is_heard: bool  # it would be understood today
    near: Sequence[tuple[str, str]]  # intent and title

    @property
    def ids(self) -> str:
        """The messages' ids, as a form holds them."""
        return ",".join(str(row.id) for row in self.group.rows)


def pages(understanding: Understanding) -> tuple[Page, ...]:
    """Return the pages, which look at the intents in force."""
    return (
        page("GET", "/intents/unmatched", need=VIEW, title=tr("没听懂的话"))(partial(_show, understanding)),
        page("POST", "/intents/unmatched/ignore", need=EDIT)(_ignore),
        page("POST", "/intents/unmatched/show", need=EDIT)(_show_again),
        page("POST", "/intents/unmatched/clear", need=EDIT)(_clear),
    )


def _show(understanding: Understanding, desk: Desk) -> View:
    """List the groups, the most frequent first; ?show=ignored lists what is not shown any more."""
    if desk.query.get("show") == "ignored":
        rows = unmatched.listed(desk.session, ignored=True)
        return View(
            "console/unmatched.html",
            {**_common(desk, understanding), "ignored": [(row, desk.veil(row.text)) for row in rows[:100]], "groups": None},
        )
    found = unmatched.grouped(unmatched.listed(desk.session), _remembering(understanding))
    last = max(1, -(-len(found) // SHOWN))
    at = min(page_number(desk.query), last)
    groups = [_waiting(understanding, desk, group) for group in found[(at - 1) * SHOWN : at * SHOWN]]
    return View(
        "console/unmatched.html",
        {**_common(desk, understanding), "groups": groups, "total": len(found), "page_at": at, "pages": last, "ignored": None},
    )


def _common(desk: Desk, understanding: Understanding) -> dict[str, object]:
    titles = {name: intent.title for name, intent in understanding.catalogue.intents.items()}
    return {
        "may_edit": desk.may(EDIT),
        "answers": desk.answers_page,
        "titles": titles,
        "done": desk.query.get("done") == "1",
    }


def _remembering(understanding: Understanding) -> Callable[[str, str], bool]:
    """Return how likeness is told, each pair once: a page of the list looks at all of them."""
    known: dict[tuple[str, str], bool] = {}

    def are_alike(one: str, other: str) -> bool:
        pair = (one, other)
        if pair not in known:
            known[pair] = understanding.are_alike(one, other)
        return known[pair]

    return are_alike


def _waiting(understanding: Understanding, desk: Desk, group: Group) -> Waiting:
    first = group.rows[0].text
    match = understanding.hear_text(first, desk.now).match
    titles = understanding.catalogue.intents
    near = [(one.intent, titles[one.intent].title) for one in match.candidates if one.intent in titles]
    shown = [desk.veil(row.text) for row in group.rows[:LINES]]
    return Waiting(
        group=group, said=shown[0], others=shown[1:], is_veiled=shown[0] != first,
        is_heard=match.decision == "accept", near=near[:NEAR],
    )  # fmt: skip


def _chosen(desk: Desk) -> Sequence[Unmatched]:
    ids = [number for word in desk.form.get("ids", "").split(",")[: unmatched.LOOKED_AT] if (number := row_id(word.strip()))]
    rows = unmatched.of_ids(desk.session, ids)
    if not rows:
        raise Refusal(tr("这几句已经处理过了。请刷新页面看看还有哪些。"))
    return rows


def _ignore(desk: Desk) -> Redirect:
    """Let messages not be shown again, however often they come."""
    rows = _chosen(desk)
    unmatched.set_aside(desk.session, rows, desk.now)
    desk.record("unmatched.ignored", "", lines=len(rows))
    return Redirect(
        "/console/intents/unmatched",
        tr("{rows} 句以后不再显示，再有人说也不显示。反悔的话，在“不再显示的”里放回来。", rows=len(rows)),
    )


def _show_again(desk: Desk) -> Redirect:
    """Take an ignoring back."""
    rows = _chosen(desk)
    unmatched.set_aside(desk.session, rows, None)
    desk.record("unmatched.shown", "", lines=len(rows))
    return Redirect("/console/intents/unmatched?show=ignored", tr("放回来了。"))


def _clear(desk: Desk) -> Redirect:
    """Let messages go that are understood by now."""
    rows = _chosen(desk)
    unmatched.settle(desk.session, rows)
    return Redirect("/console/intents/unmatched", tr("{rows} 句清掉了。以后再听不懂，会重新记。", rows=len(rows)))
