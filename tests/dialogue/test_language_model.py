"""The language model over the wire: believed when it is right, missed by nobody when it is not, and paid no more than was meant."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot import config, metrics
from bot.dialogue.facts import Facts
from bot.dialogue.language_model import Endpoint, LanguageModel
from bot.dialogue.said import Heard
from bot.dialogue.standing import Standing
from bot.dialogue.understanding import Understanding
from bot.language.matching.matcher import Candidate, Match
from bot.language.reading import Reading
from bot.store import spending
from bot.store.database import Database
from bot.store.spending import Tokens
from tests.dialogue.stub_model import Stub, says, sends, serving, wishes

#: So long that a slow machine is never taken for a late model.
PATIENT = 60.0

DOUBT = Heard(
    reading=Reading.of(
        "王芳说138 0013 8000楼道那里黑，3栋2单元501，粤B12345，我有糖尿病", datetime.fromisoformat("2026-03-11T10:00:00+08:00")
    ),
    match=Match(text="", decision="reject", candidates=(Candidate("noise.report", 0.05, "像"),)),
)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with serving() as found:
        yield found


@pytest.fixture
def facts(understanding: Understanding, now: datetime) -> Facts:
    return Facts(now=now, catalogue=understanding.catalogue, is_bound=True)


class Clock:
    """A clock that moves when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
async def model(stub: Stub, sqlite: Database, clock: Clock) -> AsyncIterator[LanguageModel]:
    endpoint = Endpoint(url=stub.url, key="k", name="m", within=PATIENT, price_sent=100, price_written=200)
    found = LanguageModel(endpoint, sqlite, clock)
    yield found
    await found.close()


async def test_a_right_answer_is_taken_as_a_guess_with_the_residents_own_words(
    model: LanguageModel, stub: Stub, facts: Facts
) -> None:
    stub.answer = says(wishes("lamp.report", place="楼道那里"))

    heard = await model.consult(DOUBT, Standing(), facts)

    assert [candidate.intent for candidate in heard.match.candidates] == ["lamp.report", "noise.report"]
    assert (heard.match.decision, heard.text, heard.match.said) == ("clarify", DOUBT.text, {"place": "楼道那里"})
    assert heard.match.candidates[0].confidence < 0.8, "never as sure as what the matcher accepts"
    assert (stub.asked[0]["model"], stub.keys) == ("m", ["Bearer k"])


async def test_nothing_of_who_where_or_health_leaves_the_house(model: LanguageModel, stub: Stub, facts: Facts) -> None:
    await model.consult(DOUBT, Standing(), facts)

    sent = json.dumps(stub.told, ensure_ascii=False)
    assert [secret for secret in ("王芳", "138", "0013", "501", "3栋", "2单元", "B12345", "糖尿病") if secret in sent] == []
    assert "楼道那里黑" in sent


@pytest.mark.parametrize(
    "content",
    [
        wishes("no.such"), wishes("emergency.fire"), wishes(), "我看是路灯的事，已经帮您登记了。", "", None, 7, {"x": 1},
        '{"intents": [{"intent": "lamp.report"}', "9" * 60_000,
    ],
)  # fmt: skip
async def test_a_wrong_or_useless_answer_leaves_the_message_as_it_was(
    model: LanguageModel, stub: Stub, facts: Facts, content: object
) -> None:
    stub.answer = says(content)

    assert await model.consult(DOUBT, Standing(), facts) == DOUBT


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b'{"choices": []}', b"\xff\xfe", b"[" * 50_000, b"9" * 200_000])
async def test_garbage_leaves_the_message_as_it_was(model: LanguageModel, stub: Stub, facts: Facts, body: bytes) -> None:
    stub.answer = sends(body)

    assert await model.consult(DOUBT, Standing(), facts) == DOUBT


@pytest.mark.parametrize("status", [302, 400, 401, 404, 422, 429, 500, 503])
async def test_a_refusal_or_a_redirect_leaves_the_message_as_it_was(
    model: LanguageModel, stub: Stub, facts: Facts, status: int
) -> None:
    stub.answer = sends(status=status)

    assert await model.consult(DOUBT, Standing(), facts) == DOUBT


async def test_who_is_late_is_not_waited_for(stub: Stub, sqlite: Database, facts: Facts, clock: Clock) -> None:
    stub.holds = True
    hurried = LanguageModel(Endpoint(url=stub.url, within=0.05), sqlite, clock)

    with capture_logs() as logs:
        assert await hurried.consult(DOUBT, Standing(), facts) == DOUBT

    assert [line["outcome"] for line in logs] == ["late"]
    await hurried.close()


async def test_an_address_where_nobody_answers_leaves_the_message_as_it_was(sqlite: Database, facts: Facts, clock: Clock) -> None:
    nobody = LanguageModel(Endpoint(url="http://127.0.0.1:9/v1", within=PATIENT), sqlite, clock)

    assert await nobody.consult(DOUBT, Standing(), facts) == DOUBT
    await nobody.close()


async def test_what_is_plain_is_not_asked(model: LanguageModel, stub: Stub, facts: Facts) -> None:
    sure = replace(DOUBT, match=Match(text="", decision="accept", candidates=(Candidate("lamp.report", 0.9, "像"),)))

    assert await model.consult(sure, Standing(), facts) == sure
    assert stub.asked == []


@pytest.mark.parametrize(("knows", "tries"), [("json_schema", 1), ("json_object", 2), ("", 3)])
async def test_an_endpoint_that_knows_no_schema_is_asked_in_the_way_it_knows(
    model: LanguageModel, stub: Stub, facts: Facts, knows: str, tries: int
) -> None:
    async def answer(asked: dict[str, Any]) -> web.StreamResponse:
        way = asked.get("response_format", {"type": ""})["type"]
        return await (says(wishes("lamp.report")) if way == knows else sends(status=400))(asked)

    stub.answer = answer

    first, second = [await model.consult(DOUBT, Standing(), facts) for _ in range(2)]

    assert first.match.candidates[0].intent == second.match.candidates[0].intent == "lamp.report"
    assert len(stub.asked) == tries + 1, "what it knows is remembered"


# ------------------------------------------------------------------ what it costs


async def test_a_call_is_logged_with_time_tokens_and_price_and_without_a_word(
    model: LanguageModel, stub: Stub, facts: Facts
) -> None:
    stub.answer = says(wishes("lamp.report", place="楼道那里"), sent=20_000, written=100)
    before = metrics.MODEL.labels("guessed")._value.get()

    with capture_logs() as logs:
        await model.consult(DOUBT, Standing(), facts)

    [line] = logs
    assert (line["outcome"], line["sent"], line["written"], line["fen"]) == ("guessed", 20_000, 100, 2.02)
    assert line["seconds"] >= 0
    assert "楼道" not in str(logs)
    assert metrics.MODEL.labels("guessed")._value.get() == before + 1


@pytest.mark.parametrize("figure", [None, -5, "many", 1.5, 10**12])
async def test_figures_that_make_no_sense_are_not_counted(
    model: LanguageModel, stub: Stub, facts: Facts, sqlite: Database, clock: Clock, figure: object
) -> None:
    stub.answer = says(wishes(), sent=figure, written=9)

    await model.consult(DOUBT, Standing(), facts)

    assert await sqlite.read(spending.spent, clock.now) == (1, Tokens(written=9))


async def test_a_spent_budget_is_told_once_and_nothing_is_asked_until_midnight(
    stub: Stub, sqlite: Database, facts: Facts, clock: Clock
) -> None:
    endpoint = Endpoint(url=stub.url, within=PATIENT, budget=2)
    replicas = [LanguageModel(endpoint, sqlite, clock) for _ in range(2)]

    with capture_logs() as logs:
        for _ in range(3):
            for replica in replicas:
                await replica.consult(DOUBT, Standing(), facts)
    warned = [line for line in logs if line["log_level"] == "warning"]
    asked = len(stub.asked)
    clock.now = clock.now.replace(hour=0) + timedelta(days=1)
    await replicas[0].consult(DOUBT, Standing(), facts)

    assert (asked, len(stub.asked)) == (2, 3)
    assert len(warned) == 2, "one for each process"
    for replica in replicas:
        await replica.close()


# ------------------------------------------------------------------ settings


def test_without_an_address_nothing_is_asked() -> None:
    settings = config.load(wechat_token="token", wechat_appid="wx0123456789abcdef", wechat_aes_key="a" * 43)

    assert Endpoint.of(settings) is None


def test_the_key_is_shown_nowhere() -> None:
    assert "sesame" not in repr(Endpoint(url="http://127.0.0.1/v1", key="sesame"))
