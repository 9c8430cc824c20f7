"""All tables of the core in one place, for whoever needs their whole shape: migrations and tests."""

from bot.store import (
    alerts,
    apikeys,
    channels,
    claims,
    communities,
    conversations,
    directory,
    duty,
    effects,
    erasures,
    events,
    followers,
    grants,
    inbox,
    invitations,
    knowledge,
    limits,
    masses,
    notices,
    once,
    outbox,
    people,
    photos,
    scenes,
    sessions,
    spending,
    staff,
    tasks,
    tokens,
    unmatched,
)

__all__ = [
    "alerts", "apikeys", "channels", "claims", "communities", "conversations", "directory", "duty", "effects", "erasures", "events", "followers", "grants",
    "inbox", "invitations", "knowledge", "limits", "masses", "notices", "once", "outbox", "people", "photos", "scenes", "sessions", "spending", "staff", "tasks", "tokens", "unmatched",
]  # fmt: skip
