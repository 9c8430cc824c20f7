"""Who may do what in this community: what the services propose, and what an admin changed about it."""

from urllib.parse import quote

from bot.contract import ROLE_WORDS, Access, Desk, Page, Redirect, Role, View, page
from bot.errors import Refusal
from bot.store import grants
from bot.translation import tr, tr_all

NEED = "users.edit"


@page("GET", "/permissions", need=NEED, title=tr("权限"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show all permissions by service, a column for each role; one service at a time, first the one that `of` names."""
    access = _access(desk)
    tables = [
        (one.title, [(item, [_cell(access, role, item.name) for role in Role]) for item in one.permissions])
        for one in desk.context.services.integrations if one.permissions
    ]  # fmt: skip
    changes = {title: sum(bool(cell["is_changed"]) for _, cells in rows for cell in cells) for title, rows in tables}
    opened = desk.query.get("of") or next(iter(changes), "")
    return View(
        "console/permissions.html",
        {"tables": tables, "changes": changes, "opened": opened, "roles": [ROLE_WORDS[role] for role in Role]},
    )


def _cell(access: Access, role: Role, name: str) -> dict[str, object]:
    permission = access.permissions[name]
    return {
        "role": role, "words": ROLE_WORDS[role], "allowed": access.may(role, name), "is_open": permission.is_open_to(role),
        "is_changed": permission.is_open_to(role) and (role, name) in access.changed,
    }  # fmt: skip


@page("POST", "/permissions", need=NEED)
def change(desk: Desk) -> Redirect:
    """Change one cell: `allowed` is yes or no, or empty for what the service proposes."""
    name, said, allowed = (desk.form.get(field, "") for field in ("permission", "role", "allowed"))
    permission = desk.access.permissions.get(name)
    if permission is None or said not in list(Role) or allowed not in {"yes", "no", ""}:
        raise Refusal(tr("没有这项权限。请刷新页面再试。"))
    role = Role(said)
    if not permission.is_open_to(role):
        raise Refusal(tr("管理员什么都能做，改不了。") if role is Role.ADMIN else tr("城市账号只看不改，不能给这项权限。"))
    default = permission.is_default(role)
    wanted = allowed == "yes" if allowed else default
    if wanted != _access(desk).may(role, name):
        grants.change(desk.session, role, name, wanted, default)
        desk.record("permission.changed", permission=permission.title, role=role, allowed="yes" if wanted else "no")
    service = next(one.title for one in desk.context.services.integrations if permission in one.permissions)
    return Redirect(
        f"/console/permissions?of={quote(service)}",
        tr_all(
            "",
            (
                ROLE_WORDS[role],
                tr("可以") if wanted else tr("不可以"),
                permission.title,
                "。",
            ),
        ),
    )


def _access(desk: Desk) -> Access:
    return Access(permissions=desk.access.permissions, changed=grants.changed(desk.session))


ROUTES: tuple[Page, ...] = (show, change)
