"""What machines may call: gates, sensors, systems of the city. Each route names the scope that a key must have.

    @api("GET", "/tools", scope="tools.read", title="List the tools", gives=ToolList)
    def tools(machine: Machine) -> ToolList: ...

Routes lie under /api/v1; /api/openapi.json describes all of them. Bodies and answers are pydantic models.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from bot.contract.work import Work

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(kw_only=True)
class Machine(Work):
    """One request of a machine, with a key that has the route's scope. GET routes are read-only."""

    key: str  # the key's public id
    params: Mapping[str, str] = field(default_factory=dict)  # from the path
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None  # of the model that the route takes

    @property
    def actor(self) -> str:
        """The machine by its key's public id."""
        return f"machine:{self.key}"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One route of the API."""

    method: Method
    path: str  # "/tools/{number}"
    run: Callable[[Machine], BaseModel | None]
    scope: str
    title: str
    takes: type[BaseModel] | None
    gives: type[BaseModel] | None
    query: Mapping[str, str]  # name -> what it is for
    own_keys: bool = (
        False  # opened by keys that the service gives out for one thing of its own each, by none of the console's page of keys
    )
    example: Mapping[str, Any] | None = None  # a body that is taken, for the description
    comes_first: bool = False  # what it writes goes before all that waits: somebody stands at the gate


def api(
    method: Method, path: str, *, scope: str, title: str, takes: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None, query: Mapping[str, str] | None = None, own_keys: bool = False,
    example: Mapping[str, Any] | None = None, comes_first: bool = False,
) -> Callable[[Callable[[Machine], BaseModel | None]], Endpoint]:  # fmt: skip
    """Make a function a route. Raise LookupError in it for 404, Refusal for a wish that cannot be granted (422)."""
    return lambda run: Endpoint(
        method=method, path=path, run=run, scope=scope, title=title, takes=takes, gives=gives, query=query or {},
        own_keys=own_keys, example=example, comes_first=comes_first,
    )  # fmt: skip
