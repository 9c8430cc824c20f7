"""The description of all routes: OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.0.html"""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.contract import Endpoint, Integration, Services
from bot.machines.problems import TITLES, Problem

#: What every route may answer beside what it gives.
ALWAYS = (401, 403, 429, 500)

ABOUT = (
    "What machines may read and do in a community. A key belongs to one community, holds scopes and makes so many calls a minute; "
    "admins make keys in the console under 接口密钥. Bodies are UTF-8 JSON of at most 64 KiB. Faults are answered as RFC 9457 problems."
)

Schema = dict[str, Any]


def describe(services: Services, base_url: str) -> Schema:
    """Return the document."""
    routes = [(one, endpoint) for one in services.integrations for endpoint in one.api]
    refs, schemas = _schemas([endpoint for _, endpoint in routes])
    paths: dict[str, Schema] = {}
    for one, endpoint in routes:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(one, endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Linli 邻里", "version": version("linli"), "description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "tags": [{"name": title} for title in dict.fromkeys(one.title for one, _ in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {str(status): _problem(words) for status, words in TITLES.items()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "a key that begins with linli_"}},
        },
        "x-scopes": {scope: [endpoint.title for endpoint in opened] for scope, opened in services.scopes.items()},
    }  # fmt: skip


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Mapping[Any, Schema], Schema]:
    """Return where each model is described, and the descriptions."""
    wanted: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for endpoint in endpoints:
        wanted |= {(endpoint.takes, "validation"): None} if endpoint.takes else {}
        wanted |= {(endpoint.gives, "serialization"): None} if endpoint.gives else {}
    refs, found = models_json_schema(list(wanted), ref_template="#/components/schemas/{model}")
    return refs, found.get("$defs", {})


def _operation(service: Integration, endpoint: Endpoint, refs: Mapping[Any, Schema]) -> Schema:
    taking = (
        {"requestBody": {"required": True, "content": _json(refs[endpoint.takes, "validation"], endpoint.example)}}
        if endpoint.takes
        else {}
    )
    statuses = [*ALWAYS, 404, 422, *((400, 413, 415) if endpoint.takes else ())]
    done: Schema = {"204": {"description": "Done"}}
    if endpoint.gives:
        done = {"200": {"description": endpoint.title, "content": _json(refs[endpoint.gives, "serialization"])}}
    return {
        "operationId": f"{service.name}_{endpoint.run.__name__}",
        "summary": endpoint.title,
        "description": (endpoint.run.__doc__ or endpoint.title).strip(),
        "tags": [service.title],
        "security": [{"key": [endpoint.scope]}],
        "parameters": [*_in_path(endpoint.path), *_in_query(endpoint.query)],
        **taking,
        "responses": done | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)},
    }


def _in_path(path: str) -> list[Schema]:
    names = re.findall(r"\{(\w+)\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(query: Mapping[str, str]) -> list[Schema]:
    return [{"name": name, "in": "query", "description": words, "schema": {"type": "string"}} for name, words in query.items()]


def _json(schema: Schema, example: Mapping[str, Any] | None = None) -> Schema:
    return {"application/json": {"schema": schema, **({"example": dict(example)} if example else {})}}


def _problem(words: str) -> Schema:
    return {"description": words, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
