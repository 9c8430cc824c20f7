"""The API client against a small server that behaves as WeChat's does: tokens, refusals, silence."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from itertools import repeat
from typing import Any

import aiohttp
import pytest
from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer

from bot import errors
from bot.wechat.client import CODES, Client, Fetch, codes_beside
from bot.wechat.wire import FIRST_WAIT

OK = {"errcode": 0, "errmsg": "ok", "msgid": 17, "msg_id": 34182}
BUSY = {"errcode": -1, "errmsg": "system error"}


class Api:
    """Gives tokens and takes calls; counts both. `answers` are what it says next, None drops the connection."""

    def __init__(self) -> None:
        self.valid = ""
        self.fetches = 0
        self.calls: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answers: Iterator[dict[str, Any] | None] = iter(())
        self.status = 200

    async def token(self, request: web.Request) -> web.Response:
        self.fetches += 1
        await asyncio.sleep(0)  # let the others ask meanwhile
        self.valid = f"token-{self.fetches}"
        return web.json_response({"access_token": self.valid, "expires_in": 7200})

    async def take(self, request: web.Request) -> web.Response:
        if request.query["access_token"] != self.valid:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.calls.append(await _body(request))
        self.paths.append(request.match_info["path"])
        answer = next(self.answers, OK)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response(answer, status=self.status)

    async def media(self, request: web.Request) -> web.Response:
        return web.Response(body=b"\xff\xd8\xff photo", content_type="image/jpeg")

    async def code(self, request: web.Request) -> web.Response:
        if request.query["ticket"] != "a ticket/+=":
            raise web.HTTPNotFound
        return web.Response(body=b"\x89PNG a code", content_type="image/jpg")


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.content_type.startswith("multipart/"):
        return dict(await request.json()) if request.can_read_body else dict(request.query)
    part = await (await request.multipart()).next()
    assert isinstance(part, BodyPartReader)
    return {part.filename or "": await part.read()}


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def base(api: Api) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/cgi-bin/stable_token", api.token)
    application.router.add_get("/cgi-bin/media/get", api.media)
    application.router.add_get("/cgi-bin/showqrcode", api.code)
    application.router.add_route("*", "/cgi-bin/{path:.+}", api.take)
    application.router.add_route("*", "/{path:customservice/.+}", api.take)
    async with TestServer(application) as server:
        yield f"{server.make_url('/')}"


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(http: aiohttp.ClientSession, base: str, waits: list[float]) -> Client:
    return _client(http, base, waits)


def _client(http: aiohttp.ClientSession, base: str, waits: list[float]) -> Client:
    async def pause(seconds: float) -> None:
        waits.append(seconds)

    return Client("wx1", "a-secret", http, base, pause=pause)


# ------------------------------------------------------------------ tokens


async def test_fifty_senders_fetch_one_token(api: Api, client: Client) -> None:
    await asyncio.gather(*(client.send_text(f"o{n}", "你好") for n in range(50)))

    assert (api.fetches, len(api.calls)) == (1, 50)


async def test_fifty_senders_at_the_tokens_end_fetch_one_more_and_all_get_through(api: Api, client: Client) -> None:
    await client.token()
    api.valid = "somebody else fetched another"

    await asyncio.gather(*(client.send_text(f"o{n}", "你好") for n in range(50)))

    assert (api.fetches, len(api.calls)) == (2, 50)


async def test_token_that_is_always_refused_is_tried_twice_and_no_more(api: Api, client: Client) -> None:
    api.answers = repeat({"errcode": 42001, "errmsg": "access_token expired"})

    with pytest.raises(errors.TokenRefused):
        await client.send_text("oA", "你好")

    assert (api.fetches, len(api.calls)) == (2, 2)


async def test_token_is_dropped_only_if_it_is_still_the_one_that_failed(api: Api, client: Client) -> None:
    old = await client.token()
    new = await client.token(stale=old)

    assert await client.token(stale=old) == new
    assert api.fetches == 2


class Shelf:
    """What replicas share: one token of each kind, fetched by whoever finds it stale."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, float]] = {}
        self.asked: list[str] = []

    async def take(self, kind: str, stale: str, fetch: Fetch) -> tuple[str, float]:
        self.asked.append(stale)
        if self.kept.get(kind, (stale, 0))[0] == stale:
            self.kept[kind] = await fetch()
        return self.kept[kind]


async def test_replicas_with_one_shelf_fetch_one_token(api: Api, http: aiohttp.ClientSession, base: str) -> None:
    shelf = Shelf()
    replicas = [Client("wx1", "a-secret", http, base, shelf) for _ in range(4)]

    for replica in replicas * 2:
        await replica.send_text("oA", "你好")

    assert (api.fetches, len(api.calls), shelf.asked) == (1, 8, [""] * 4)


async def test_replicas_with_one_shelf_replace_a_refused_token_once(api: Api, http: aiohttp.ClientSession, base: str) -> None:
    shelf = Shelf()
    replicas = [Client("wx1", "a-secret", http, base, shelf) for _ in range(4)]
    for replica in replicas:
        await replica.token()
    api.valid = "a forced renewal killed the one we have"

    for replica in replicas:
        await replica.send_text("oA", "你好")

    assert (api.fetches, len(api.calls)) == (2, 4)


async def test_replicas_with_one_shelf_fetch_one_ticket_for_pages(api: Api, http: aiohttp.ClientSession, base: str) -> None:
    shelf = Shelf()
    api.answers = repeat({"errcode": 0, "errmsg": "ok", "ticket": "sM4AOVdWfPE4", "expires_in": 7200})

    tickets = [await Client("wx1", "a-secret", http, base, shelf).jsapi_ticket() for _ in range(4)]

    assert (set(tickets), api.paths) == ({"sM4AOVdWfPE4"}, ["ticket/getticket"])


async def test_token_at_its_end_is_asked_for_anew(api: Api, http: aiohttp.ClientSession, base: str) -> None:
    shelf = Shelf()
    shelf.kept["access"] = ("token-of-another-replica", 59)
    api.valid = "token-of-another-replica"
    client = Client("wx1", "a-secret", http, base, shelf)

    await client.send_text("oA", "你好")
    await client.send_text("oA", "你好")

    assert (api.fetches, shelf.asked) == (0, ["", ""])


async def test_ticket_for_pages_is_fetched_once_and_kept(api: Api, client: Client) -> None:
    api.answers = repeat({"errcode": 0, "errmsg": "ok", "ticket": "sM4AOVdWfPE4", "expires_in": 7200})

    tickets = await asyncio.gather(*(client.jsapi_ticket() for _ in range(20)))

    assert (set(tickets), api.paths) == ({"sM4AOVdWfPE4"}, ["ticket/getticket"])


# ------------------------------------------------------------------ asking again


async def test_busy_wechat_is_asked_three_times_with_growing_waits(api: Api, client: Client, waits: list[float]) -> None:
    api.answers = iter([BUSY, BUSY])

    await client.send_text("oA", "你好")

    assert len(api.calls) == 3
    assert FIRST_WAIT <= waits[0] <= FIRST_WAIT * 1.5 < waits[1] + FIRST_WAIT / 2 <= FIRST_WAIT * 4


async def test_wechat_that_stays_busy_is_left_to_the_outbox(api: Api, client: Client) -> None:
    api.answers = repeat(BUSY)

    with pytest.raises(errors.Temporary) as refused:
        await client.send_text("oA", "你好")

    assert (refused.value.errcode, len(api.calls)) == (-1, 3)


async def test_wechat_that_cannot_be_reached_is_tried_again(http: aiohttp.ClientSession, waits: list[float]) -> None:
    with pytest.raises(errors.Temporary, match="did not answer") as refused:
        await _client(http, "http://127.0.0.1:9/", waits).send_text("oA", "你好")

    assert not isinstance(refused.value, errors.Unanswered)
    assert len(waits) == 2


async def test_text_whose_answer_was_lost_is_never_sent_again_by_itself(api: Api, client: Client) -> None:
    await client.token()
    api.answers = iter([None])

    with pytest.raises(errors.Unanswered):
        await client.send_text("oA", "你好", client_msg_id="d1")

    assert len(api.calls) == 1


@pytest.mark.parametrize("lost", [1, 2])
async def test_template_with_its_id_is_sent_again_when_the_answer_was_lost(api: Api, client: Client, lost: int) -> None:
    await client.token()
    api.answers = iter([None] * lost)

    assert await client.send_template("oA", "t1", {"thing1": "停水"}, client_msg_id="d1") == "17"
    assert [call["client_msg_id"] for call in api.calls] == ["d1"] * (lost + 1)


async def test_template_without_an_id_is_not(api: Api, client: Client) -> None:
    await client.token()
    api.answers = iter([None])

    with pytest.raises(errors.Unanswered):
        await client.send_template("oA", "t1", {"thing1": "停水"})

    assert len(api.calls) == 1


async def test_subscription_notice_whose_answer_was_lost_is_not_sent_again(api: Api, client: Client) -> None:
    await client.token()
    api.answers = iter([None])

    with pytest.raises(errors.Unanswered):
        await client.send_subscription("oA", "t1", {"thing1": "停水"})

    assert len(api.calls) == 1


async def test_gateway_that_fails_may_have_passed_the_text_on(api: Api, client: Client) -> None:
    api.status = 502

    with pytest.raises(errors.Unanswered, match="HTTP 502"):
        await client.send_text("oA", "你好")

    assert len(api.calls) == 1


async def test_call_without_end_ends_with_its_budget(http: aiohttp.ClientSession, base: str) -> None:
    client = Client("wx1", "a-secret", http, base, budget=0)

    with pytest.raises(errors.Unanswered, match="within 0 seconds"):
        await client.send_text("oA", "你好")


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(("errcode", "kind"), [
    (-1, errors.Temporary), (45066, errors.Temporary), (45011, errors.TooFrequent),
    (40001, errors.TokenRefused), (40014, errors.TokenRefused), (42001, errors.TokenRefused),
    (40003, errors.WrongOpenid), (43004, errors.NotFollowing), (43019, errors.RecipientGone), (48002, errors.RecipientGone),
    (43101, errors.ConsentUsed), (45015, errors.WindowClosed), (45047, errors.WindowClosed),
    (45009, errors.QuotaSpent), (48006, errors.MonthSpent), (45028, errors.MonthSpent), (45065, errors.AlreadySent),
    (40037, errors.ContentRefused), (47003, errors.ContentRefused), (45002, errors.ContentRefused),
    (40013, errors.AccountLimited), (40125, errors.AccountLimited), (40164, errors.AddressNotListed),
    (48001, errors.ChannelDisabled), (48004, errors.ChannelDisabled), (50002, errors.ChannelDisabled),
    (46003, errors.WeChatRefused), (99999, errors.WeChatRefused),
])  # fmt: skip
async def test_each_number_becomes_the_error_it_means(
    api: Api, client: Client, errcode: int, kind: type[errors.WeChatRefused]
) -> None:
    api.answers = repeat({"errcode": errcode, "errmsg": "no"})

    with pytest.raises(errors.WeChatRefused) as refused:
        await client.send_text("oA", "你好")

    assert type(refused.value) is kind
    assert refused.value.errcode == errcode


async def test_address_that_is_not_listed_is_told(api: Api, client: Client) -> None:
    errmsg = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 62bd10f4-7514f9d8"
    api.answers = repeat({"errcode": 40164, "errmsg": errmsg})

    with pytest.raises(errors.AddressNotListed) as refused:
        await client.send_text("oA", "你好")

    assert refused.value.address == "203.0.113.7"


async def test_too_frequent_tells_how_long_to_wait() -> None:
    assert errors.TooFrequent(45011, "").seconds == 60


@pytest.mark.parametrize("answers", [
    [{"errcode": 40013, "errmsg": "see https://mmbizurl.cn/s/JtxxFh33r?access_token=token-1 rid: 6"}],
    [{"errcode": 47003, "errmsg": "bad call with token-1"}],
    [None],
])  # fmt: skip
async def test_no_token_secret_or_address_stands_in_an_error(
    api: Api, client: Client, base: str, answers: list[dict[str, Any] | None]
) -> None:
    api.answers = iter(answers)
    await client.token()

    with pytest.raises(errors.WeChatRefused) as refused:
        await client.send_text("oA", "你好")

    assert not any(hidden in str(refused.value) for hidden in ("token-1", "a-secret", "http", base))
    assert refused.value.__cause__ is None


# ------------------------------------------------------------------ messages


async def test_repeat_carries_the_same_id_and_template_gives_its_msgid(api: Api, client: Client) -> None:
    msgid = await client.send_template("oA", "t1", {"thing1": "停水"}, "https://x", "d17")

    assert msgid == "17"
    assert api.calls[0]["client_msg_id"] == "d17"
    assert api.calls[0]["data"] == {"thing1": {"value": "停水"}}


async def test_value_wechat_would_refuse_never_leaves(api: Api, client: Client) -> None:
    with pytest.raises(errors.ContentRefused, match=r"data\.thing1\.value has 21 characters; at most 20"):
        await client.send_template("oA", "t1", {"thing1": "长" * 21})
    with pytest.raises(errors.ContentRefused, match=r"data\.phrase2\.value"):
        await client.send_subscription("oA", "t1", {"phrase2": "六个字太长了"})

    assert api.calls == []


@pytest.mark.parametrize(("audience", "body"), [
    ({"tag_id": 102}, {"filter": {"is_to_all": False, "tag_id": 102}}),
    ({"everybody": True}, {"filter": {"is_to_all": True}}),
    ({"openids": ["oA", "oB"]}, {"touser": ["oA", "oB"]}),
])  # fmt: skip
async def test_mass_message_goes_to_whom_it_names(
    api: Api, client: Client, audience: dict[str, Any], body: dict[str, Any]
) -> None:
    assert await client.send_mass_text("停水", clientmsgid="n17", **audience) == "34182"
    assert api.calls == [{**body, "msgtype": "text", "text": {"content": "停水"}, "clientmsgid": "n17"}]


@pytest.mark.parametrize("audience", [{}, {"tag_id": 1, "everybody": True}, {"openids": ["oA"]}, {"openids": ["o"] * 10_001}])
async def test_mass_message_without_one_fitting_audience_never_leaves(api: Api, client: Client, audience: dict[str, Any]) -> None:
    with pytest.raises(errors.ContentRefused):
        await client.send_mass_text("停水", clientmsgid="n17", **audience)
    assert api.calls == []


@pytest.mark.parametrize("clientmsgid", ["", "通知17", "n" * 33])
async def test_mass_message_needs_an_id_that_wechat_can_compare(api: Api, client: Client, clientmsgid: str) -> None:
    with pytest.raises(errors.ContentRefused, match="clientmsgid"):
        await client.send_mass_text("停水", clientmsgid=clientmsgid, everybody=True)
    assert api.calls == []


async def test_mass_message_by_wechatpy_needs_an_id_too_and_names_the_tag_as_wechat_does(api: Api, client: Client) -> None:
    with pytest.raises(errors.ContentRefused, match="clientmsgid"):
        await client.message.send_mass_text("102", "停水")
    await client.message.send_mass_text("102", "停水", client_msg_id="n17")

    assert [call["filter"] for call in api.calls] == [{"tag_id": "102", "is_to_all": False}]


async def test_mass_message_that_is_out_already_counts_as_sent(api: Api, client: Client) -> None:
    api.answers = iter([{"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 34181}])

    assert await client.send_mass_text("停水", clientmsgid="n17", everybody=True) == "34181"


# ------------------------------------------------------------------ the rest


async def test_photo_is_downloaded_as_bytes(client: Client) -> None:
    assert (await client.download("m1")).startswith(b"\xff\xd8\xff")


async def test_code_is_fetched_as_a_picture(client: Client) -> None:
    assert await client.qr_image("a ticket/+=") == b"\x89PNG a code"
    with pytest.raises(errors.WeChatRefused, match="HTTP 404"):
        await client.qr_image("another")


def test_codes_are_shown_by_another_host_of_wechat_than_the_api() -> None:
    assert codes_beside("https://api.weixin.qq.com/") == CODES == codes_beside("https://sh.api.weixin.qq.com/")
    assert codes_beside("http://127.0.0.1:8080/simulator/api/") == "http://127.0.0.1:8080/simulator/api/"


@pytest.mark.parametrize("refused", [{"errcode": 40001, "errmsg": "stale"}, BUSY, None])
async def test_upload_sends_its_file_again_whatever_made_it_fail(
    api: Api, client: Client, refused: dict[str, Any] | None
) -> None:
    await client.token()
    api.answers = iter([refused])

    await client.media.upload("image", ("plan.png", BytesIO(b"a plan")))

    assert api.calls == [{"plan.png": b"a plan"}] * 2


async def test_account_is_deleted_by_name_though_wechatpy_writes_its_own_query(api: Api, client: Client) -> None:
    await client.customservice.delete_account("desk@linli")

    assert api.paths == ["customservice/kfaccount/del"]
    assert api.calls == [{"kf_account": "desk@linli", "access_token": "token-1"}]


async def test_answer_without_what_was_asked_for_is_temporary(client: Client) -> None:
    with pytest.raises(errors.Temporary, match="answered without"):
        await client.quota("message/custom/send")
    with pytest.raises(errors.Temporary, match="answered without"):
        await client.misc.get_wechat_ips()
