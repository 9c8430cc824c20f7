"""Keys with which machines call the API: gates, sensors, systems of the city."""

from sqlmodel import col, select

from bot.contract import Desk, Page, Redirect, Staff, View, page
from bot.contract.listpage import part
from bot.contract.machinekeys import ROOM
from bot.errors import Refusal
from bot.store import apikeys
from bot.translation import tr

NEED = "keys.edit"

#: Calls a minute that a key may be given, and what the form proposes.
MOST, PROPOSED = 6000, 60

#: Keys on one page.
SHOWN = 8


@page("GET", "/keys", need=NEED, title=tr("接口密钥"), nav=tr("管理"))
def listed(desk: Desk) -> View:
    """List the keys; none of them is shown again."""
    makers = {member.id: member.name for member in desk.session.exec(select(Staff).order_by(col(Staff.id))).all()}
    shown = part(apikeys.listed(desk.session), desk.query, "/keys", SHOWN)
    return View(
        "console/keys.html",
        {
            "keys": [(key, makers.get(key.created_by, "")) for key in shown.rows], "part": shown,
            "scopes": desk.context.services.given_scopes, "proposed": PROPOSED, "most": MOST, "secret": "", "example": None,
            "api": f"{desk.context.base_url}/api",
        },
    )  # fmt: skip


@page("POST", "/keys", need=NEED)
def make(desk: Desk) -> View:
    """Make a key and show it, this once."""
    name, scopes = desk.form.get("name", "").strip(), _scopes(desk)
    if not name:
        raise Refusal(tr("请写上是什么设备或系统用，例如“东门道闸”。"), field="name")
    if not scopes:
        raise Refusal(tr("请至少勾选一项它可以做的事。"))
    if sum(key.revoked_at is None for key in apikeys.listed(desk.session)) >= ROOM:
        raise Refusal(tr("已有 {ROOM} 个密钥在用，请先停用不用的。", ROOM=ROOM))
    per_minute = _per_minute(desk.form.get("per_minute", ""))
    key, secret = apikeys.make(desk.session, name[:40], scopes, desk.now, per_minute=per_minute, staff_id=desk.staff.id)
    desk.record("key.made", f"key:{key.public_id}")
    shown = listed.run(desk)
    assert isinstance(shown, View)  # noqa: S101  listed returns nothing else
    example = desk.context.services.given_scopes[scopes[0]][0]
    return View(shown.template, {**shown.values, "secret": secret, "for_what": key.name, "example": example})


@page("POST", "/keys/{id}/revoke", need=NEED)
def revoke(desk: Desk) -> Redirect:
    """End a key at once and for good."""
    key = apikeys.by_public_id(desk.session, desk.params["id"])
    if key is None:
        raise LookupError(desk.params["id"])
    if key.revoked_at is None:
        key.revoked_at = desk.now
        desk.session.add(key)
        desk.record("key.revoked", f"key:{key.public_id}")
    return Redirect("/console/keys", tr("“{name}”的密钥已停用，马上生效。", name=key.name))


def _scopes(desk: Desk) -> list[str]:
    """Return the scopes that were ticked; each box has a name of its own."""
    return [scope for scope in desk.context.services.given_scopes if f"scope {scope}" in desk.form]


def _per_minute(said: str) -> int:
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else 0
    if not 0 < number <= MOST:
        raise Refusal(tr("每分钟次数请写 1 到 {MOST} 的数。", MOST=MOST), field="per_minute")
    return number


ROUTES: tuple[Page, ...] = (listed, make, revoke)
