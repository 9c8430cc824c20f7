"""The ledger proves that nothing was lost and nothing came twice."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.simulator import ledger
from bot.simulator.cast import CAST
from bot.simulator.courier import BANNER
from bot.wechat.client import Client

if TYPE_CHECKING:
    from tests.simulator.conftest import Bot, Town

CHEN, LI = CAST[0].openid, CAST[1].openid


def _counts(town: Town, openid: str = CHEN) -> list[tuple[str, str, int, int]]:
    return [(row.kind, row.client_msg_id, row.originals, row.repeats) for row in town.wechat.ledger.sent(openid)]


async def test_template_with_the_same_id_is_one_message_and_its_repeats(town: Town, client: Client) -> None:
    for _ in range(3):
        await client.send_template(CHEN, "demo", {"thing1": "停水"}, client_msg_id="d1")
    await client.send_template(CHEN, "demo", {"thing1": "停水"}, client_msg_id="d2")

    assert _counts(town) == [("template", "d1", 1, 2), ("template", "d2", 1, 0)]


async def test_text_sent_twice_came_twice_for_wechat_drops_no_repeats_there(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="text", text="你好")

    await client.send_text(CHEN, "您好", client_msg_id="d1")
    await client.send_text(CHEN, "您好", client_msg_id="d1")
    await client.send_text(CHEN, "再见")

    assert _counts(town) == [("chat", "d1", 2, 0), ("chat", "", 1, 0)]
    assert town.wechat.ledger.sent(CHEN)[1].digest == ledger.digest_of("再见")
    assert len([line for line in town.chat() if line.author == "bot"]) == 3


async def test_mass_message_and_subscription_notice_are_counted_for_each_who_got_them(town: Town, client: Client) -> None:
    await town.does(CHEN, kind="consent", template_id="notice")

    await client.send_mass_text("停水", clientmsgid="n1", openids=[CHEN, LI])
    await client.send_subscription(CHEN, "notice", {"thing1": "停水"})

    assert _counts(town) == [("mass", "n1", 1, 0), ("subscribe", "", 1, 0)]
    assert _counts(town, LI) == [("mass", "n1", 1, 0)]


async def test_refused_message_is_not_in_it(town: Town) -> None:
    await town.call("message/custom/send", {"touser": CHEN, "msgtype": "text", "text": {"content": "您好"}})

    assert _counts(town) == []


@pytest.mark.parametrize(("body", "outcome", "text"), [
    ("success", "success", ""), ("", "nothing", ""), ("{}", "banner", ""),
])  # fmt: skip
async def test_each_push_stands_there_with_its_answer(town: Town, bot: Bot, body: str, outcome: str, text: str) -> None:
    bot.failures = repeat(lambda: web.Response(text=body))

    await town.does(CHEN, kind="text", text="报修")

    [(msgid, answered)] = town.wechat.ledger.answered().items()
    assert msgid == town.chat()[0].id
    assert (answered.outcome, answered.text, answered.deliveries) == (outcome, text, 1)


async def test_reply_is_kept_with_its_text_and_a_failure_with_its_deliveries(town: Town, bot: Bot) -> None:
    bot.says = lambda message: "请问在哪里漏水？"
    await town.does(CHEN, kind="text", text="漏水")
    bot.failures = repeat(lambda: web.Response(status=500))

    shown = await town.does(CHEN, kind="text", text="厨房")

    reply, failure = town.wechat.ledger.answered().values()
    assert (reply.outcome, reply.text, reply.deliveries) == ("reply", "请问在哪里漏水？", 1)
    assert (failure.outcome, failure.text, failure.deliveries) == ("banner", "", 3)
    assert shown["text"] == BANNER


async def test_end_of_a_template_message_is_a_push_too(town: Town, bot: Bot, client: Client) -> None:
    msgid = await client.send_template(CHEN, "demo", {"thing1": "停水"})
    await bot.next_push()

    answered = await town.wechat.journal.until(lambda: town.wechat.ledger.answered().get(int(msgid)))

    assert answered.outcome == "success"


async def test_it_can_be_read_from_outside(town: Town, client: Client) -> None:
    await client.send_template(CHEN, "demo", {"thing1": "停水"}, client_msg_id="d1")
    await town.does(CHEN, kind="text", text="你好")

    told = await town.get("ledger")

    digest = ledger.digest_of("\nthing1=停水")
    row = {"openid": CHEN, "kind": "template", "client_msg_id": "d1", "digest": digest, "originals": 1, "repeats": 0}
    assert told["sent"] == [row]
    assert told["answered"] == {str(town.chat()[-1].id): {"outcome": "success", "text": "", "deliveries": 1}}


def test_oldest_rows_are_forgotten_when_there_are_too_many() -> None:
    book = ledger.Ledger(kept=3)

    for number in range(5):
        book.take("oA", "chat", f"d{number}", "您好")
        book.answer(number, ledger.Answered(outcome="success", text="", deliveries=1))

    assert [row.client_msg_id for row in book.sent()] == ["d2", "d3", "d4"]
    assert list(book.answered()) == [2, 3, 4]
