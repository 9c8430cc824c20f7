"""A second reader where the matcher doubts: a language model behind an OpenAI-compatible chat endpoint.

Off unless LINLI_MODEL_URL is set, and never needed: whatever goes wrong, the resident is answered as without it. What leaves
the house is the masked message, where the talk stands, and lines of the intent files; see bot/dialogue/opinion.py.
Source: platform.openai.com/docs/api-reference/chat/create, api-docs.deepseek.com/guides/json_mode
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import aiohttp
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import config, metrics
from bot.config import Settings
from bot.dialogue import opinion
from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard
from bot.dialogue.standing import Standing
from bot.language.disclosure import Masking
from bot.language.files import Catalogue
from bot.model import SHANGHAI
from bot.store import spending
from bot.store.database import Database
from bot.store.spending import Tokens

#: Bytes of an answer that are read; ours are a few hundred.
LONGEST = 64 * 1024

#: Tokens that an answer may have: three wishes with all their slots.
TOKENS = 400

#: How the form of an answer is asked for, the strictest first; an endpoint that refuses one is asked for the next from then on.
_FORMS: tuple[Mapping[str, Any], ...] = (
    {"response_format": {"type": "json_schema", "json_schema": {"name": "wishes", "strict": True, "schema": opinion.SCHEMA}}},
    {"response_format": {"type": "json_object"}},
    {},
)

#: What an endpoint answers that does not know a way to ask for a form.
_UNKNOWN_FORM = {400, 422}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where a model answers, within what time, how often a day, and for how much (fen for a million tokens)."""

    url: str
    key: str = field(default="", repr=False)
    name: str = ""
    within: float = 1.5
    budget: int = 500
    price_sent: float = 0.0
    price_written: float = 0.0

    @classmethod
    def of(cls, settings: Settings) -> "Endpoint | None":
        """Return the endpoint that the settings name; None without an address."""
        if not settings.model_url:
            return None
        return cls(
            url=settings.model_url, key=settings.model_key.get_secret_value(), name=settings.model_name,
            within=settings.model_timeout, budget=settings.model_budget,
            price_sent=settings.model_price_sent, price_written=settings.model_price_written,
        )  # fmt: skip

    def fen(self, tokens: Tokens) -> float:
        """Return what tokens cost."""
        return (tokens.sent * self.price_sent + tokens.written * self.price_written) / 1_000_000


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a model wrote, and what it says that took."""

    content: str
    tokens: Tokens


class Chat:
    """The connection to one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._form = 0  # the way to ask for a form that the endpoint knows
        self._http: aiohttp.ClientSession | None = None

    async def complete(self, messages: list[dict[str, str]]) -> Completion:
        """Return the answer within the endpoint's time.

        Raises TimeoutError, aiohttp.ClientError, or ValueError when what came is no answer of a chat.
        """
        async with asyncio.timeout(self.endpoint.within):
            while True:
                status, content = await self._post(messages)
                if status not in _UNKNOWN_FORM or self._form == len(_FORMS) - 1:
                    break
                self._form += 1
        if status != 200:
            raise ValueError(f"status {status}")
        return _read(content)

    async def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _post(self, messages: list[dict[str, str]]) -> tuple[int, bytes]:
        if self._http is None:
            self._http = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        body = {
            "model": self.endpoint.name, "temperature": 0, "max_tokens": TOKENS, "messages": messages, **_FORMS[self._form],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}
        url = f"{self.endpoint.url}/chat/completions"
        async with self._http.post(url, json=body, headers=headers, allow_redirects=False) as response:
            content = b""
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > LONGEST:
                    raise ValueError("answer too long")
            return response.status, content


class LanguageModel:
    """One endpoint, asked about messages that the bot would not understand by itself."""

    def __init__(self, endpoint: Endpoint, database: Database, clock: Callable[[], datetime]) -> None:
        self.endpoint, self.chat = endpoint, Chat(endpoint)
        self._database, self._clock = database, clock
        self._words = (config.shipped("data") / "masking.yaml").read_text(encoding="utf-8")
        self._masking: tuple[Catalogue, Masking] | None = None
        self._spent_on: date | None = None

    async def consult(self, heard: Heard, standing: Standing, facts: Facts) -> Heard:
        """Return what was heard, as the model reads it where it was asked and knows better. Never raises."""
        if not opinion.is_wanted(heard, standing, facts) or not await self._is_affordable():
            return heard
        began, completion = time.perf_counter(), None
        try:
            disclosed = self._masking_for(facts.catalogue).disclose(heard.reading.text, facts.now)
            completion = await self.chat.complete(opinion.messages(disclosed, standing, facts.catalogue))
            taken = opinion.take(completion.content, heard, disclosed, standing, facts)
            outcome = "guessed" if taken else "none"
        except TimeoutError:
            taken, outcome = None, "late"
        except aiohttp.ClientError:
            taken, outcome = None, "unreachable"
        except ValueError:
            taken, outcome = None, "refused" if completion is None else "unusable"
        await self._book(outcome, completion.tokens if completion else Tokens(), time.perf_counter() - began)
        return taken or heard

    async def close(self) -> None:
        """Close the connection."""
        await self.chat.close()

    async def _is_affordable(self) -> bool:
        """Take one call off the day's budget; a spent one is told once a day."""
        now = self._clock()
        today = now.astimezone(SHANGHAI).date()
        if self._spent_on == today:
            return False
        try:
            if await self._database.write(spending.take, self.endpoint.budget, now):
                return True
        except SQLAlchemyError as error:
            log.warning("language model not asked, its budget cannot be read", fault=type(error).__name__)
            return False
        self._spent_on = today
        metrics.MODEL.labels("spent").inc()
        log.warning("language model not asked any more today, its budget is spent", budget=self.endpoint.budget)
        return False

    async def _book(self, outcome: str, tokens: Tokens, seconds: float) -> None:
        """Tell what came of a call and what it took, without a word of what was said."""
        metrics.MODEL.labels(outcome).inc()
        metrics.MODEL_SECONDS.observe(seconds)
        log.info("language model asked", outcome=outcome, seconds=round(seconds, 3), sent=tokens.sent, written=tokens.written,
                 fen=round(self.endpoint.fen(tokens), 4))  # fmt: skip
        if not (tokens.sent or tokens.written):
            return
        try:
            await self._database.write(spending.book, tokens, self._clock())
        except SQLAlchemyError as error:
            log.warning("tokens of the language model not counted", fault=type(error).__name__)

    def _masking_for(self, catalogue: Catalogue) -> Masking:
        """Return the masking that knows the words of these files for things, which look like names at times."""
        if self._masking is None or self._masking[0] is not catalogue:
            known = {word for words in catalogue.common.concepts.values() for word in words}
            self._masking = (catalogue, Masking.parse(self._words, known))
        return self._masking[1]


def _read(content: bytes) -> Completion:
    """Return a chat completion; raises ValueError when it is none."""
    try:
        answer = json.loads(content)
        said, usage = answer["choices"][0]["message"]["content"], answer.get("usage")
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no chat completion") from error
    if not isinstance(said, str):
        raise ValueError("answer is no text")
    counted = usage if isinstance(usage, dict) else {}
    return Completion(
        content=said, tokens=Tokens(sent=_count(counted, "prompt_tokens"), written=_count(counted, "completion_tokens"))
    )


def _count(usage: Mapping[str, object], name: str) -> int:
    """Return a figure of an endpoint that may say anything."""
    said = usage.get(name)
    return said if isinstance(said, int) and 0 <= said < 10_000_000 else 0
