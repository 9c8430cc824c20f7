"""The API's addresses: who calls, whether they may, how often, and with what body; then the service's own function.

Keys come in a header that no browser sends by itself, and no cookie is looked at: another site can make nobody call.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from bot import bodies, metrics
from bot.contract import Context, Endpoint, Machine, Services
from bot.errors import Refusal, is_missing
from bot.language.identifiers import without_papers
from bot.machines.openapi import describe
from bot.machines.pace import Pace
from bot.machines.problems import HEADERS, Refused, misfit
from bot.store import apikeys
from bot.store.apikeys import ApiKey
from bot.store.database import Database

#: Largest body, and the seconds within which it must have come.
LARGEST, BODY_WITHIN = 64 * 1024, 3.0

#: Where the services' routes lie.
ROOT = "/api/v1"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the API is made of."""

    database: Database
    context: Callable[[int], Context]  # of a community
    services: Services
    clock: Callable[[], datetime]
    pace: Pace
    base_url: str

    @cached_property
    def description(self) -> bytes:
        """The OpenAPI document."""
        return json.dumps(describe(self.services, self.base_url), ensure_ascii=False).encode()


def mount(app: web.Application, parts: Parts) -> None:
    """Add the services' routes and their description to the application."""
    app.middlewares.append(_explain)
    for endpoint in parts.services.endpoints.values():
        app.router.add_route(endpoint.method, f"{ROOT}{endpoint.path}", _handler(parts, endpoint))

    async def description(_: web.Request) -> web.Response:
        return web.Response(body=parts.description, content_type="application/json", headers=HEADERS)

    app.router.add_get("/api/openapi.json", description, allow_head=False)


def _handler(parts: Parts, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if not endpoint.comes_first:
            return await answer(request)
        with parts.database.precedence.taken():
            return await answer(request)

    async def answer(request: web.Request) -> web.Response:
        now = parts.clock()
        key = await _key_of(parts, request, now)
        if wait := parts.pace.wait(key.id or 0, key.per_minute, now):
            detail = f"this key may call {key.per_minute} times a minute; try again in {wait} s, or ask the office for more"
            raise Refused(429, detail, headers={"Retry-After": str(wait)})
        if endpoint.scope not in key.scopes:
            raise _lacks(endpoint.scope)
        query = _query_of(request, endpoint)
        body = await _body_of(request, endpoint.takes) if endpoint.takes else None
        run = parts.database.read if endpoint.method == "GET" else parts.database.write
        run = parts.database.write_first if endpoint.comes_first else run
        try:
            given = await run(_serve, parts, endpoint, key, dict(request.match_info), query, body)
        except LookupError as error:
            if not is_missing(error):
                raise
            raise Refused(404, f"there is no {request.path}") from error
        except Refusal as refusal:
            raise Refused(422, str(refusal)) from refusal
        if given is None:
            return web.Response(status=204, headers=HEADERS)
        return web.Response(body=given, content_type="application/json", headers=HEADERS)

    return handle


def _serve(
    session: Session, parts: Parts, endpoint: Endpoint, key: ApiKey, params: Mapping[str, str], query: Mapping[str, str],
    body: BaseModel | None,
) -> bytes | None:  # fmt: skip
    machine = Machine(
        session=session, now=parts.clock(), context=parts.context(key.community_id), key=key.public_id, params=params, query=query,
        body=body,
    )  # fmt: skip
    given = endpoint.run(machine)
    return None if given is None else given.model_dump_json().encode()


async def _key_of(parts: Parts, request: web.Request, now: datetime) -> ApiKey:
    """Return the key that a call carries, and write down that it is in use; raises Refused 401."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = await parts.database.read(apikeys.find, secret.strip()) if kind.lower() == "bearer" and secret.strip() else None
    if key is None or key.id is None:
        detail = "send a key as Authorization: Bearer linli_…; one that is unknown or revoked must be made anew in the console"
        raise Refused(401, detail, headers={"WWW-Authenticate": 'Bearer realm="linli"'})
    if apikeys.is_stale(key, now):
        await parts.database.write_first(apikeys.touch, key.id, now)
    return key


def _lacks(scope: str) -> Refused:
    challenge = f'Bearer realm="linli", error="insufficient_scope", scope="{scope}"'
    detail = f"this key lacks the scope {scope}; have a key made that has it"
    return Refused(403, detail, scope=scope, headers={"WWW-Authenticate": challenge})


def _query_of(request: web.Request, endpoint: Endpoint) -> dict[str, str]:
    if unknown := sorted(set(request.query) - set(endpoint.query)):
        known = ", ".join(endpoint.query) or "none"
        raise Refused(422, f"the parameter {unknown[0][:40]!r} is unknown; known: {known}")
    return {name: value.replace("\0", "") for name, value in request.query.items()}


async def _body_of(request: web.Request, model: type[BaseModel]) -> BaseModel:
    """Return the body by its model; raises Refused that names what does not fit."""
    if request.content_type != "application/json":
        raise Refused(415, f"the body is {request.content_type}; send Content-Type: application/json")
    body = await bodies.read(request, LARGEST, BODY_WITHIN)
    if b"\\u0000" in body:  # PostgreSQL keeps none
        raise Refused(422, "the body holds a zero character (\\u0000); leave it out")
    try:
        said: BaseModel = kept(model.model_validate_json(body))
    except ValidationError as error:
        raise misfit(error, model) from error
    return said


def kept(said: Any) -> Any:
    """Return a body, or a part of one, as it may be kept: here the words of machines enter."""
    if isinstance(said, BaseModel):
        return said.model_copy(update={name: kept(value) for name, value in said})
    if isinstance(said, (list, tuple)):
        return type(said)(kept(one) for one in said)
    if isinstance(said, dict):
        return {name: kept(value) for name, value in said.items()}
    return without_papers(said) if type(said) is str else said


@web.middleware
async def _explain(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Answer whatever goes wrong below /api as a problem, and count the calls."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    try:
        response = await handler(request)
    except Refused as refused:
        response = refused.response
    except web.HTTPException as error:
        nowhere = f"there is no {request.method} {request.path[:200]}; /api/openapi.json lists the routes"
        detail = nowhere if error.status in (404, 405) else error.text or error.reason
        allowed = {"Allow": allow} if (allow := error.headers.get("Allow")) else {}
        response = Refused(error.status, detail, headers=allowed).response
    except Exception:
        log.exception("call failed", route=_route_of(request))
        response = Refused(500, "this is our fault and is written down; try again later").response
    metrics.API_CALLS.labels(_route_of(request), str(response.status)).inc()
    return response


def _route_of(request: web.Request) -> str:
    """Return the route as it was declared: an address itself may be anything."""
    resource: Any = request.match_info.route.resource
    return f"{request.method} {resource.canonical}" if resource is not None else "none"
