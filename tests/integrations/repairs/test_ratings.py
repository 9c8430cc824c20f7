"""Rating by any words and signs, opening again, and going on with a new ticket."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Page, Refusal, Turn, Work
from bot.store.staff import Role
from integrations.repairs import actions, console, pages, ratings, reopening, steps
from integrations.repairs.models import Ticket, TicketState
from tests.integrations.repairs.test_clock import CHEN, again, reported

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town


def done(town: Town, ticket: Ticket) -> Ticket:
    town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state="done")
    return again(town, ticket)


@pytest.mark.parametrize(("said", "score"), [
    ("👍", 5), ("👍👍👍", 5), ("👍🏻", 5), ("五星", 5), ("很好很好", 5), ("[强][强]", 5), ("满分！", 5), ("不错", 4), ("满意", 4), ("还行", 3), ("还行吧。", 3),
    ("一般般", 3), ("不太满意", 2), ("不满意", 2), ("👎", 1), ("太差了！！", 1), ("很不满意", 1),
])  # fmt: skip
def test_words_and_signs_stand_for_a_score(said: str, score: int) -> None:
    assert ratings.meant(said) == score


@pytest.mark.parametrize(("said", "score"), [("2分", 2), ("打五分", 5), ("五颗星", 5), ("我给4分吧", 4)])
def test_score_that_is_named_outright(said: str, score: int) -> None:
    assert ratings.scored(said) == score


@pytest.mark.parametrize("said", ["", "好的", "谢谢", "OK", "👍厨房又漏了", "还行吗", "漏水很差", "不", "。", "👍👎"])
def test_what_may_mean_something_else_stands_for_none(said: str) -> None:
    assert (ratings.meant(said), ratings.scored(said)) == (None, None)


def hears(town: Town, text: str, **more: Any) -> str:
    def run(session: Any) -> str:
        return actions.hear_score(Turn(session=session, now=town.now, context=town.context, openid=CHEN, said=text, **more), text)

    return town.database.submit(run).result()


@pytest.mark.parametrize(
    ("said", "score", "follows"),
    [("👍", 5, []), ("还行", 3, []), ("不太满意", 2, ["repair.callback"]), ("👎", 1, ["repair.callback"])],
)
def test_finished_repair_is_rated_by_a_word_and_a_low_one_is_called_about(
    town: Town, said: str, score: int, follows: list[str]
) -> None:
    ticket = done(town, reported(town))

    assert ticket.number in hears(town, said)

    assert again(town, ticket).rating == score
    assert [task.kind for task in town.tasks() if task.is_open] == follows


def test_word_that_follows_on_something_else_rates_nothing(town: Town) -> None:
    ticket = done(town, reported(town))
    town.opens(Role.STAFF, console.note, params={"number": reported(town, location="阳台").number}, text="明早来", tell="on")

    assert hears(town, "👍") == ""
    assert hears(town, "还行", is_asked=True) == ""
    assert again(town, ticket).rating is None


def test_score_that_is_asked_for_may_be_a_sign(town: Town) -> None:
    ticket = done(town, reported(town))
    town.opens(Role.STAFF, console.note, params={"number": reported(town, location="阳台").number}, text="明早来", tell="on")

    assert hears(town, "👌", open="repair.rate", asks="score", is_asked=True)
    assert again(town, ticket).rating == 4


# ------------------------------------------------------------------ again


def test_within_fifteen_days_the_same_ticket_goes_on_and_after_that_a_new_one_names_it(town: Town) -> None:
    ticket = done(town, reported(town))
    town.now += reopening.REOPENS - timedelta(minutes=1)
    assert "已重新打开" in town.says(CHEN, actions.urge, unfixed=True)
    assert (again(town, ticket).reopened, again(town, ticket).level) == (1, "high")

    done(town, ticket)
    town.now += reopening.REOPENS
    said = town.says(CHEN, actions.urge, unfixed=True)

    old, new = town.all(Ticket)
    assert (old.number in said, new.number in said, new.follows_number) == (True, True, old.number)
    assert (old.state, new.state, new.level) == (TicketState.DONE, TicketState.SUBMITTED, "high")


def test_staff_open_again_what_is_fresh_and_a_new_one_after_that(town: Town) -> None:
    ticket = done(town, reported(town))
    params = {"number": ticket.number}
    with pytest.raises(Refusal, match="15 天"):
        town.opens(Role.STAFF, console.follow, params=params)

    town.opens(Role.STAFF, console.move, params=params, state="working")
    assert (again(town, ticket).reopened, "重新打开" in town.told(CHEN)[-1]) == (1, True)

    done(town, ticket)
    town.now += reopening.REOPENS
    with pytest.raises(Refusal, match="新单"):
        town.opens(Role.STAFF, console.move, params=params, state="working")
    town.opens(Role.STAFF, console.follow, params=params)
    assert town.all(Ticket)[-1].follows_number == ticket.number
    assert ticket.number in town.told(CHEN)[-1]


def test_what_was_never_done_is_not_followed(town: Town) -> None:
    with pytest.raises(Refusal, match="没修好过"):
        town.opens(Role.STAFF, console.follow, params={"number": reported(town).number})


# ------------------------------------------------------------------ told twice


def merged(town: Town) -> tuple[Ticket, Ticket]:
    first = reported(town)
    town.asks("oLi", actions.report, category="water", location="厨房")
    second = town.all(Ticket)[-1]
    town.opens(Role.STAFF, console.merge, params={"number": second.number}, into=first.number)
    return again(town, first), again(town, second)


def test_both_residents_hear_of_what_comes_after_a_merge(town: Town) -> None:
    first, second = merged(town)
    assert (second.state, second.merged_into_id) == (TicketState.MERGED, first.id)
    assert "同一件事" in town.told("oLi")[-1]
    assert first.number not in "".join(town.told("oLi"))

    town.opens(Role.STAFF, console.move, params={"number": first.number}, state="working")
    assert second.number in town.told("oLi")[-1]
    done(town, first)

    assert "满意吗" in town.told(CHEN)[-1]
    assert "和同一处的一起修好了" in town.told("oLi")[-1]


def test_merged_ticket_stands_as_the_one_it_goes_with_and_tells_no_neighbour(town: Town) -> None:
    first, second = merged(town)

    said = town.says("oLi", actions.status)

    assert (second.number in said, first.number in said, "一起修" in said) == (True, False, True)
    assert "一起修" in town.visits(pages.show, number=second.number).values["state"]
    assert "501" not in said


def test_parting_takes_a_merge_back(town: Town) -> None:
    first, second = merged(town)

    town.opens(Role.STAFF, console.part, params={"number": second.number})

    assert (again(town, second).state, again(town, second).merged_into_id) == (TicketState.SUBMITTED, None)
    assert "现在还是“待受理”" in town.told("oLi")[-1]
    told = len(town.told("oLi"))
    done(town, first)
    assert len(town.told("oLi")) == told


def test_resident_who_calls_theirs_off_leaves_the_others_waiting(town: Town) -> None:
    first, second = merged(town)

    town.says(CHEN, actions.cancel, ticket=first.number, sure="yes")

    assert (again(town, first).state, again(town, second).state) == (TicketState.CANCELLED, TicketState.SUBMITTED)


def test_merged_ticket_that_is_not_fixed_opens_the_other_again(town: Town) -> None:
    first, second = merged(town)
    done(town, first)

    said = town.says("oLi", actions.urge, unfixed=True)

    assert (again(town, first).state, second.number in said, first.number in said) == (TicketState.WORKING, True, False)


@pytest.mark.parametrize("into", ["R000000", "", "self", "done", "merged"])
def test_nothing_is_merged_into_what_is_no_open_ticket_of_another(town: Town, into: str) -> None:
    first, second = merged(town)
    town.opens(Role.STAFF, console.part, params={"number": second.number})
    if into == "done":
        done(town, second)
    if into == "merged":
        third = reported(town, location="阳台")
        town.opens(Role.STAFF, console.merge, params={"number": second.number}, into=third.number)
    numbers = {"self": first.number, "done": second.number, "merged": second.number}

    view = town.opens(Role.STAFF, console.merge, params={"number": first.number}, number=numbers.get(into, into))

    assert (view.status, again(town, first).state) == (422, TicketState.SUBMITTED)


def test_alike_tickets_are_offered(town: Town) -> None:
    first = reported(town)
    town.asks("oLi", actions.report, category="water", location="卫生间")
    town.asks("oLi", actions.report, category="lighting", location="楼道")

    offered = town.opens(Role.STAFF, console.show, params={"number": first.number}).values["alike"]

    assert [one.location for one in offered] == ["卫生间"]


def test_sign_after_the_done_message_is_a_rating_in_the_chat(chat: Chat) -> None:
    chat.say("厨房水管漏水了")
    [ticket] = chat.all(Ticket)

    def finish(session: Any) -> None:
        found = session.get_one(Ticket, ticket.id)
        found.state, found.done_at = TicketState.DONE, chat.room.now
        steps.tell(Work(session=session, now=chat.room.now, context=chat.room.house.context), found, "repair.done")

    chat.room.database.submit(finish).result()

    assert "5分" in chat.say("👍")
    assert chat.all(Ticket)[0].rating == 5


@pytest.mark.parametrize("route", [one for one in console.ROUTES if one.method == "POST"], ids=lambda one: one.path)
def test_no_page_of_the_staff_writes_what_residents_think_of_a_repair(town: Town, route: Page) -> None:
    town.asks(CHEN, actions.report, category="water", location="厨房")
    [ticket] = town.all(Ticket)
    for state in ("accepted", "done"):
        town.opens(Role.STAFF, console.move, params={"number": ticket.number}, state=state)
    town.database.submit(
        lambda session: actions.hear_score(
            Turn(session=session, now=town.now, context=town.context, openid=CHEN, said="2分"), "2分"
        )
    ).result()

    with suppress(Refusal, LookupError):
        town.opens(
            Role.MANAGER, route, params={"number": ticket.number, "id": "1"}, rating="5", score="5", state="closed", text="好", what="x", pieces="1", price="1", payer="community",
            act="done", number=ticket.number, staff="1", level="high", reason="settled", why="x", slot="1@2026-03-12T10:00", at="2026-03-12T10:00", waits="parts:ordered",
        )  # fmt: skip

    assert town.all(Ticket)[0].rating in (2, None), "opened again it waits for a new one"
