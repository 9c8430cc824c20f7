"""Keys of the API that a service gives out itself, each for one thing of its own, such as a gate: they open its scope and nothing else."""

from bot.contract.pages import Desk
from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import apikeys
from bot.translation import tr

#: Keys in force that one community can have, those of the console's page among them.
ROOM = 200


def make(desk: Desk, name: str, scope: str, *, per_minute: int) -> tuple[str, str]:
    """Return a new key's public id and its secret, which is shown once and kept nowhere; raises Refusal where there are too many."""
    if not all(one.own_keys for one in desk.context.services.scopes[scope]):
        raise ValueError(f"{scope} is for the console's page of keys")
    if sum(one.revoked_at is None for one in apikeys.listed(desk.session)) >= ROOM:
        raise Refusal(tr("已有 {ROOM} 个密钥在用，请先停用不用的。", ROOM=ROOM))
    key, secret = apikeys.make(desk.session, name, [scope], desk.now, per_minute=per_minute, staff_id=desk.staff.id)
    desk.record("key.made", f"key:{key.public_id}")
    return key.public_id, secret


def revoke(work: Work, public_id: str) -> None:
    """End a key at once and for good; one that has ended stays as it is."""
    key = apikeys.by_public_id(work.session, public_id)
    if key is not None and key.revoked_at is None:
        key.revoked_at = work.now
        work.session.add(key)
        work.record("key.revoked", f"key:{key.public_id}")
