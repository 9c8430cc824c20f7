"""Carries what residents do to the bot's webhook, and the bot's replies back, as WeChat does it.

Each push is signed and encrypted as the account says, waits 5 seconds and comes up to three times with the
same MsgId. What WeChat could not read becomes the grey banner.
Source: developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import aiohttp

from bot.errors import Forged
from bot.simulator import pushes
from bot.simulator.ledger import Answered, Outcome
from bot.simulator.wechat import TEXT_BYTES, Line, Step, WeChat
from bot.wechat.crypto import Account, Mode, open_reply, wrap_push

#: Seconds that WeChat waits for an answer.
PATIENCE = 5.0

#: How often one push is delivered at most.
DELIVERIES = 3

#: What residents see when the bot fails; WeChat's own words.
BANNER = "该公众号提供的服务出现故障，请稍后再试"

#: Seconds until WeChat tells what became of a message.
REPORT_AFTER = 0.2

#: What is told, once its sender is known.
Push = Callable[[pushes.Sender], str]


def wait() -> asyncio.Timeout:
    """Return the wait for one answer: it is over after PATIENCE."""
    return asyncio.timeout(PATIENCE)


class Unreadable(Exception):
    """The bot's reply is nothing that WeChat could show; the text says why."""


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """One delivery: what was sent, and the body if it was answered with 200 in time."""

    envelope: str
    result: str
    milliseconds: int
    body: str | None = None


class Courier:
    """Works inside `async with`, which holds its connections."""

    def __init__(
        self, account: Account, webhook_url: str, wechat: WeChat, patience: Callable[[], asyncio.Timeout] = wait
    ) -> None:
        self._account, self._webhook_url, self._wechat = account, webhook_url, wechat
        self._patience = patience
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Courier":
        """Open the session."""
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drop the reports that were not sent yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    def tell_later(self, openid: str, msgid: int, push: Push) -> None:
        """Tell the bot in a moment what WeChat itself did, such as how the message `msgid` ended."""
        self._start(self._tell(openid, msgid, push))

    async def carry(self, xml: str, line: Line) -> Line | None:
        """Deliver a push; returns what the resident then sees from the bot or, as a banner, from WeChat.

        `line` is what the resident did; it learns how it went.
        """
        attempts = await self._deliver(xml)
        shown, read = self._read(attempts[-1], line)
        steps = [Step(title="明文 XML", text=xml), Step(title="推送", text=attempts[-1].envelope)]
        for number, one in enumerate(attempts, 1):
            steps.append(Step(title=f"第 {number} 次投递", text=f"{one.result} · {one.milliseconds} ms"))
        total = sum(attempt.milliseconds for attempt in attempts)
        self._wechat.post(replace(line, milliseconds=total, steps=(*steps, *read)))
        self._note(line.id, attempts, shown)
        return self._wechat.post(shown) if shown else None

    async def _deliver(self, xml: str) -> list[_Attempt]:
        attempts: list[_Attempt] = []
        while len(attempts) < DELIVERIES:
            attempts.append(await self._attempt(xml))
            if attempts[-1].body is not None and not self._wechat.trouble.repeats:
                break
        return attempts

    async def _attempt(self, xml: str) -> _Attempt:
        query, body = wrap_push(self._account, xml, self._wechat.clock())
        envelope = f"POST {urlsplit(self._webhook_url).path}?{urlencode(query)}\n\n{body}"
        began = time.perf_counter()
        answer: str | None = None
        try:
            async with self._patience():
                status, text = await self._post(query, body)
            result, answer = f"HTTP {status}", text if status == 200 else None
        except TimeoutError:
            result = f"{PATIENCE:g} 秒内没有回应"
        except aiohttp.ClientError as error:
            result = f"连接失败（{type(error).__name__}）"
        took = round((time.perf_counter() - began) * 1000)
        return _Attempt(envelope=envelope, result=result, milliseconds=took, body=answer)

    async def _post(self, query: Mapping[str, str], body: str) -> tuple[int, str]:
        headers = {"Content-Type": "text/xml"}
        async with self._http.post(self._webhook_url, params=query, data=body.encode(), headers=headers) as response:
            return response.status, await response.text("utf-8", "replace")

    def _read(self, attempt: _Attempt, line: Line) -> tuple[Line | None, list[Step]]:
        """Return what is shown of an answer, and the steps of reading it."""
        if attempt.body is None:
            return self._banner(line.openid), []
        steps = [Step(title="回包", text=attempt.body or "（空）")]
        if attempt.body in ("", "success"):
            return None, steps
        try:
            xml = self._open(attempt.body)
            steps.append(Step(title="回包明文", text=xml))
            return self._show(xml, tuple(steps), line.openid), steps
        except Unreadable as error:
            return self._banner(line.openid), [*steps, Step(title="微信无法展示", text=str(error))]

    def _open(self, body: str) -> str:
        if self._account.mode is Mode.SAFE and "<Encrypt>" not in body:
            raise Unreadable("安全模式下的回复必须加密")
        try:
            return open_reply(self._account, body)
        except (Forged, UnicodeDecodeError) as error:
            raise Unreadable(f"回复解不开：{error}") from None

    def _show(self, xml: str, steps: tuple[Step, ...], openid: str) -> Line:
        fields = _fields(xml)
        if fields.get("ToUserName") != openid or fields.get("FromUserName") != pushes.ACCOUNT_ID:
            raise Unreadable("ToUserName 与 FromUserName 应与来信相反")
        number, now = self._wechat.number(), self._wechat.clock()
        shown = Line(id=number, openid=openid, author="bot", kind="text", at=now, steps=steps)
        match fields.get("MsgType"):
            case "text":
                return replace(shown, text=_text(fields.get("Content", "")))
            case "image":
                return replace(shown, kind="photo", media_id=fields.get("MediaId", ""))
            case "transfer_customer_service":
                return replace(shown, author="wechat", kind="note", text="消息已转给人工客服")
            case kind:
                raise Unreadable(f"不能回复 MsgType {kind}")

    def _banner(self, openid: str) -> Line:
        number, now = self._wechat.number(), self._wechat.clock()
        return Line(id=number, openid=openid, author="wechat", kind="banner", at=now, text=BANNER)

    async def _tell(self, openid: str, msgid: int, push: Push) -> None:
        await asyncio.sleep(REPORT_AFTER)
        xml = push(pushes.Sender(openid=openid, at=self._wechat.clock(), msgid=msgid))
        attempts = await self._deliver(xml)
        line = self._wechat.lines.get(msgid)
        if line is not None:
            results = " · ".join(attempt.result for attempt in attempts)
            told = (Step(title="事件推送", text=xml), Step(title="投递", text=results))
            self._wechat.post(replace(line, steps=(*line.steps, *told)))
        self._note(msgid, attempts, None)

    def _note(self, msgid: int, attempts: Sequence[_Attempt], shown: Line | None) -> None:
        """Write into the ledger how a push was answered."""
        body = attempts[-1].body
        outcome: Outcome = "success" if body else "nothing"
        if body is None or (shown is not None and shown.kind == "banner"):
            outcome = "banner"
        elif shown is not None:
            outcome = "reply"
        text = shown.text if shown is not None and outcome == "reply" else ""
        self._wechat.ledger.answer(msgid, Answered(outcome=outcome, text=text, deliveries=len(attempts)))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _fields(xml: str) -> dict[str, str]:
    """Return the elements under <xml>, with the media id of an image."""
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314  a reply of our own bot
    except ElementTree.ParseError as error:
        raise Unreadable(f"不是 XML：{error}") from None
    return {element.tag: element.text or "" for element in root.iter() if element is not root}


def _text(content: str) -> str:
    if not content:
        raise Unreadable("Content 为空")
    if len(content.encode()) > TEXT_BYTES:
        raise Unreadable(f"Content 有 {len(content.encode())} 字节，最多 {TEXT_BYTES}")
    return content
