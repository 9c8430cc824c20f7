"""Who may do what: a table of permissions with four presets, no ladder."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from bot.model import ROLE_WORDS, Role

__all__ = ["GRANTS", "ROLE_WORDS", "holders", "may"]

_STAFF = (
    "ticket.*",
    "pass.view",
    "conversation.*",
    "notice.view",
    "notice.draft",
    "people.confirm",
    "task.view",
    "home.view",
    "console.start",
)

#: Role -> patterns of permissions.
GRANTS: Mapping[Role, tuple[str, ...]] = {
    Role.GUARD: ("console.start", "gate.*"),
    Role.STAFF: _STAFF,
    Role.MANAGER: (*_STAFF, "gate.*", "notice.send", "health.view", "intents.view", "audit.view"),
    Role.ADMIN: ("*",),
}


def may(role: Role, need: str) -> bool:
    """Tell whether a role holds a permission."""
    return any(fnmatchcase(need, pattern) for pattern in GRANTS[role])


def holders(need: str) -> list[str]:
    """Return the roles that hold a permission, for "ask one of these"."""
    return [ROLE_WORDS[role] for role in Role if may(role, need)]
