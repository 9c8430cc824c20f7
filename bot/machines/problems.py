"""What a machine is told when something is wrong: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457"""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

#: Signs of a wrong value that are said back.
SAID_BACK = 80

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

TITLES = {
    400: "The request cannot be read", 401: "No valid key", 403: "The key lacks a scope", 404: "Not found", 405: "Not a method of this route",
    408: "The body came too slowly", 413: "The body is too large", 415: "Not a body that is read here", 422: "Not possible", 429: "Too many calls",
    500: "Our fault",
}  # fmt: skip


class Fault(BaseModel):
    """One field that does not fit."""

    field: str = Field(description="where it stands in the body: visitor.name; empty = the body itself")
    detail: str = Field(description="what is wrong with it")
    value: str = Field(default="", description="what was sent, shortened")
    expected: str = Field(default="", description="what belongs there")


class Problem(BaseModel):
    """Why a call was refused."""

    type: str = Field(default="about:blank", description="kind of problem")
    title: str
    status: int
    detail: str = Field(description="what is wrong and the way out; in Chinese where it is for people")
    scope: str | None = Field(default=None, description="the scope that the key lacks, with 403")
    errors: list[Fault] | None = Field(default=None, description="the fields that do not fit, with 422")


class Refused(Exception):
    """A call that is refused; carries the answer's status, words and headers."""

    def __init__(
        self, status: int, detail: str, *, scope: str | None = None, errors: Sequence[Fault] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.problem = Problem(
            title=TITLES.get(status, "Refused"),
            status=status,
            detail=detail,
            scope=scope,
            errors=list(errors) if errors else None,
        )
        self.headers = headers or {}

    @property
    def response(self) -> web.Response:
        """The answer."""
        return web.Response(
            body=self.problem.model_dump_json(exclude_none=True).encode(), status=self.problem.status,
            content_type="application/problem+json", headers={**HEADERS, **self.headers},
        )  # fmt: skip


def misfit(error: ValidationError, model: type[BaseModel]) -> Refused:
    """Return the refusal of a body that does not fit its model, which names each field, its value and what belongs there."""
    faults = [_fault(dict(fault), model) for fault in error.errors(include_url=False, include_context=False)]
    if any(fault["type"] == "json_invalid" for fault in error.errors(include_url=False, include_context=False)):
        return Refused(400, f"the body is no JSON: {faults[0].detail}; send UTF-8 JSON as /api/openapi.json describes it")
    names = ", ".join(fault.field or "body" for fault in faults)
    return Refused(422, f"the body does not fit: {names}; see errors, and /api/openapi.json for the whole shape", errors=faults)


def _fault(fault: Mapping[str, Any], model: type[BaseModel]) -> Fault:
    field = ".".join(str(part) for part in fault["loc"])
    value = "" if fault["type"] in {"missing", "json_invalid"} else _shown(fault["input"])
    return Fault(field=field, detail=fault["msg"], value=value, expected=_expected(model, fault))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SAID_BACK else f"{text[:SAID_BACK]}…"


def _expected(model: type[BaseModel], fault: Mapping[str, Any]) -> str:
    """Return what a field's description says; for a field that nobody knows, which there are."""
    if fault["type"] == "extra_forbidden":
        return f"one of {', '.join(model.model_fields)}"
    field = model.model_fields.get(str(fault["loc"][0])) if fault["loc"] else None
    return (field.description or "") if field else ""
