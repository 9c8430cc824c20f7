"""Troubles that can be switched on, and how the product's client bears them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot import errors
from bot.simulator.cast import CAST
from bot.simulator.time_machine import TimeMachine
from bot.simulator.trouble import SLOWEST
from bot.wechat.client import Client

if TYPE_CHECKING:
    from tests.simulator.conftest import Town

CHEN = CAST[0].openid
NOTICE = {"thing1": "明天停水"}


async def test_wechat_that_is_busy_for_two_calls_takes_the_third(town: Town, client: Client) -> None:
    await town.post("trouble", {"busy": 2})

    await client.send_template(CHEN, "demo", NOTICE, client_msg_id="d1")

    assert len(town.chat()) == 1
    assert (await town.get("state"))["trouble"]["busy"] == 0


async def test_wechat_that_stays_busy_says_so_to_all_but_tokens(town: Town, client: Client) -> None:
    await town.post("trouble", {"busy": True})
    await client.token()

    with pytest.raises(errors.Temporary):
        await client.send_template(CHEN, "demo", NOTICE)
    assert town.chat() == []


async def test_connection_dropped_before_the_work_leaves_no_message(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")
    await town.post("trouble", {"reset": "before"})

    with pytest.raises(errors.Unanswered):
        await client.send_text(CHEN, "您好")

    assert [line.author for line in town.chat()] == ["resident"]


async def test_connection_dropped_after_the_work_leaves_a_text_that_is_not_sent_twice(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")
    await town.post("trouble", {"reset": "after"})

    with pytest.raises(errors.Unanswered):
        await client.send_text(CHEN, "您好")

    assert [line.author for line in town.chat()] == ["resident", "bot"]


@pytest.mark.parametrize("reset", ["before", "after"])
async def test_connection_dropped_once_costs_a_template_nothing(town: Town, client: Client, reset: str) -> None:
    await town.post("trouble", {"reset": reset, "calls": 1})

    msgid = await client.send_template(CHEN, "demo", NOTICE, client_msg_id="d1")

    assert [str(line.id) for line in town.chat()] == [msgid]
    assert (await town.get("state"))["trouble"]["reset"] == ""


async def test_token_refused_once_is_fetched_anew_and_refused_always_is_given_up(town: Town, client: Client) -> None:
    await town.post("trouble", {"stale": True, "calls": 1})
    await client.send_template(CHEN, "demo", NOTICE)
    await town.post("trouble", {"stale": True})

    with pytest.raises(errors.TokenRefused):
        await client.send_template(CHEN, "demo", NOTICE)

    assert len(town.chat()) == 1


async def test_spent_quota_stops_what_sends_and_nothing_else(town: Town, client: Client) -> None:
    await town.post("trouble", {"spent": True})

    for send in (client.send_template(CHEN, "demo", NOTICE), client.send_mass_text("停水", clientmsgid="n1", everybody=True)):
        with pytest.raises(errors.QuotaSpent):
            await send

    assert (await client.user.get(CHEN))["subscribe"] == 1
    assert town.chat() == []


async def test_slow_wechat_has_done_the_work_when_the_caller_gives_up(town: Town) -> None:
    token = (await town.token())["access_token"]
    await town.post("trouble", {"slow": SLOWEST})
    url, body = f"{town.url}/api/cgi-bin/message/template/send", {"touser": CHEN, "template_id": "demo"}
    body |= {"data": {"thing1": {"value": "停水"}}}

    calling = asyncio.create_task(town.http.post(url, params={"access_token": token}, json=body))  # type: ignore[arg-type]
    while not town.chat():  # noqa: ASYNC110  nothing tells when the work is done but the chat itself
        await asyncio.sleep(0)

    assert calling.cancel(), "the answer must come later than the work is done"
    assert len(town.chat()) == 1


async def test_only_what_is_named_is_switched(town: Town) -> None:
    await town.post("trouble", {"repeats": True, "slow": 1.5})

    trouble = await town.post("trouble", {"repeats": False})

    assert (trouble["repeats"], trouble["slow"]) == (False, 1.5)
    await town.post("reset", {})
    assert (await town.get("state"))["trouble"]["slow"] == 0


@pytest.mark.parametrize("wanted", [
    {"reset": "sometimes"}, {"busy": -1}, {"slow": "very"}, {"slow": 61}, {"stale": 1}, {"calls": 1.5}, {"fire": True},
])  # fmt: skip
async def test_trouble_of_another_kind_is_refused_and_changes_nothing(town: Town, wanted: dict[str, object]) -> None:
    before = (await town.get("state"))["trouble"]

    assert "error" in await town.post("trouble", {"spent": True, **wanted})
    assert (await town.get("state"))["trouble"] == before


# ------------------------------------------------------------------ daily caps


async def test_call_is_refused_when_the_day_s_are_spent_and_taken_after_midnight_in_beijing(
    town: Town, client: Client, clock: TimeMachine
) -> None:
    town.wechat.caps.daily["message/template/send"] = 2
    for _ in range(2):
        await client.send_template(CHEN, "demo", NOTICE)

    with pytest.raises(errors.QuotaSpent):
        await client.send_template(CHEN, "demo", NOTICE)
    clock.move(timedelta(hours=14) - timedelta(seconds=1))
    with pytest.raises(errors.QuotaSpent):
        await client.send_template(CHEN, "demo", NOTICE)
    clock.move(timedelta(seconds=1))
    await client.send_template(CHEN, "demo", NOTICE)

    assert len(town.chat()) == 3


async def test_spent_call_can_be_made_again_after_a_clearing(town: Town, client: Client) -> None:
    town.wechat.caps.daily["message/template/send"] = 1
    await client.send_template(CHEN, "demo", NOTICE)

    await client.clear_quota()
    await client.send_template(CHEN, "demo", NOTICE)

    assert len(town.chat()) == 2
