"""What follows a binding: 不对是1102 moves it, 我绑的是哪户 shows it and lets nobody go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.contract import Reply, Turn
from bot.store.events import Event
from bot.store.people import Household, Resident
from integrations.identity import actions
from tests.integrations.conftest import CATALOGUE, CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Chat, Town

NEW = "oNew"
WORDS = CATALOGUE.intents["identity.bind"].replies


def bound(town: Town, room: str = "501") -> str:
    """Bind somebody new; returns what is said next of it."""
    reply = town.asks(NEW, actions.bind, building="3", unit="2", room=room)
    assert isinstance(reply, Reply)
    return reply.about


def corrected(town: Town, about: str, openid: str = NEW, **slots: str) -> tuple[Reply, str]:
    """Say that the flat was another; returns the reply and its words."""

    def run(session: Any) -> tuple[Reply, str]:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
        reply = actions.correct(turn, about, slots)
        return reply, turn.words(WORDS[reply.name], **reply.values)

    return town.database.submit(run).result()


def flat_of(town: Town, openid: str) -> str:
    homes = {flat.id: flat.label for flat in town.all(Household)}
    return next((homes[one.household_id] for one in town.all(Resident) if one.openid == openid), "")


def test_binding_is_what_is_said_next_of(town: Town) -> None:
    reply = town.asks(NEW, actions.bind, building="3", unit="2", room="501")

    [resident] = [one for one in town.all(Resident) if one.openid == NEW]
    assert isinstance(reply, Reply)
    assert (reply.about, reply.called) == (f"binding:{resident.public_id}", "3栋2单元501的绑定")


def test_another_room_moves_the_binding_and_is_said(town: Town) -> None:
    reply, said = corrected(town, bound(town), room="502")

    [resident] = [one for one in town.all(Resident) if one.openid == NEW]
    assert flat_of(town, NEW) == "3栋2单元502"
    assert (reply.name, reply.about, reply.called) == ("moved", f"binding:{resident.public_id}", "3栋2单元502的绑定")
    assert "现在绑定的是3栋2单元502" in said


def test_move_may_be_corrected_once_more(town: Town) -> None:
    reply, _ = corrected(town, bound(town), room="502")

    corrected(town, reply.about, room="503")

    assert flat_of(town, NEW) == "3栋2单元503"


def test_another_unit_keeps_the_room(town: Town) -> None:
    town.database.submit(lambda session: session.add(Household(building="3", unit="1", room="501"))).result()

    corrected(town, bound(town), unit="1")

    assert flat_of(town, NEW) == "3栋1单元501"


def test_both_families_hear_what_is_theirs(town: Town) -> None:
    about = bound(town, "501")

    corrected(town, about, room="502")

    joined, mistaken = town.told(CHEN)
    assert "有人用微信绑定了您家（3栋2单元501）" in joined
    assert "说错了房号" in mistaken
    assert town.told(LI) == ["有人用微信绑定了您家（3栋2单元502）。是家人就不用管；不认识请回复“转人工”。"]


def test_move_is_written_down_as_leaving_and_binding(town: Town) -> None:
    corrected(town, bound(town), room="502")

    happened = [(event.kind, event.data.get("reason")) for event in town.all(Event)]
    assert happened == [("identity.bound", None), ("resident.unbound", "corrected"), ("identity.bound", None)]


def test_half_an_hour_later_it_is_told_how(town: Town) -> None:
    about = bound(town)
    town.now += actions.CORRECTED + timedelta(minutes=1)

    reply, said = corrected(town, about, room="502")

    assert (reply.name, flat_of(town, NEW)) == ("late", "3栋2单元501")
    assert "解除绑定" in said


def test_flat_that_is_not_on_the_roster_leaves_the_binding(town: Town) -> None:
    reply, said = corrected(town, bound(town), room="1102")

    assert (reply.name, flat_of(town, NEW)) == ("unlisted", "3栋2单元501")
    assert "名册里没有3栋2单元1102，您还是绑定在3栋2单元501" in said


def test_same_flat_again_changes_nothing(town: Town) -> None:
    reply, _ = corrected(town, bound(town), room="501")

    assert (reply.name, len(town.all(Event))) == ("same", 1)


def test_binding_of_somebody_else_is_as_if_it_did_not_exist(town: Town) -> None:
    about = bound(town)

    assert [corrected(town, about, LI, room="503")[0].name, corrected(town, "binding:NOSUCH", LI, room="503")[0].name] == [
        "gone"
    ] * 2
    assert corrected(town, about, "oNobody", room="503")[0].name == "gone"
    assert (flat_of(town, NEW), flat_of(town, LI)) == ("3栋2单元501", "3栋2单元502")


def test_unbinding_ends_what_is_said_next_of(town: Town) -> None:
    about = bound(town)

    reply = town.asks(NEW, actions.unbind)

    assert isinstance(reply, Reply)
    assert (reply.about, reply.over, reply.called) == (about, True, "3栋2单元501的绑定")


def test_flat_is_shown_and_nobody_let_go(town: Town) -> None:
    assert "和苑小区3栋2单元501" in town.says(CHEN, actions.show)
    assert flat_of(town, CHEN) == "3栋2单元501"


def test_who_has_no_flat_is_told_how_to_say_it(town: Town) -> None:
    assert "还没有绑定住址" in town.says("oNobody", actions.show)


@pytest.mark.parametrize("text", ["我现在绑了哪几套", "我绑的是哪户", "我是几栋的", "我绑定的是哪套房子"])
def test_question_for_the_flat_is_answered_and_no_order(chat: Chat, text: str) -> None:
    assert "您绑定的是" in chat.say(text)
    assert "已解除" not in chat.say("确认")
