"""Keys of the API that a service gives out itself, each for one thing of its own, such as a gate: they open its scope and nothing else."""

from bot.contract.work import Work
from bot.errors import Refusal
from bot.store import apikeys
from bot.translation import tr

#: Keys in force that one community can have, those of the console's page among them.
ROOM = 200


def make(work: Work, name: str, scope: str, *, per_minute: int, staff_id: int | None) -> tuple[str, str]:
    """Return a new key's public id and its secret, which is shown once and kept nowhere; raises Refusal where there are too many."""
    if not all(one.own_keys for one in work.context.services.scopes[scope]):
        raise ValueError(f"{scope} is for the console's page of keys")
    if sum(one.revoked_at is None for one in apikeys.listed(work.session)) >= ROOM:
        raise Refusal(tr("已有 {ROOM} 个密钥在用，请先停用不用的。", ROOM=ROOM))
    key, secret = apikeys.make(work.session, name, [scope], work.now, per_minute=per_minute, staff_id=staff_id)
    work.record("key.made", f"key:{key.public_id}")
    return key.public_id, secret


def revoke(work: Work, public_id: str) -> None:
    """End a key at once and for good; one that has ended stays as it is."""
    key = apikeys.by_public_id(work.session, public_id)
    if key is not None and key.revoked_at is None:
        key.revoked_at = work.now
        work.session.add(key)
        work.record("key.revoked", f"key:{key.public_id}")
