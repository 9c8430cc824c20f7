"""Accounts of the staff, for admins."""

from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Desk, Page, Redirect, View, page
from bot.errors import Refusal
from bot.store import credentials, sessions
from bot.store.staff import ROLE_WORDS, Role, Staff, check_login, places_beyond

NEED = "users.edit"

#: A link that an admin hands over.
LINK_LIVES = timedelta(hours=1)

#: Roles that the console gives; the city's sees all communities, and no admin of one may let anybody in there.
GIVEN = {role: words for role, words in ROLE_WORDS.items() if role is not Role.CITY}


@page("GET", "/staff", need=NEED, title="员工账号", nav="管理")
def listed(desk: Desk) -> View:
    """List the accounts."""
    members = desk.session.exec(select(Staff).order_by(col(Staff.disabled_at).is_not(None), Staff.login)).all()
    return View("console/staff.html", {"members": members, "roles": GIVEN, "words": ROLE_WORDS, "link": ""})


@page("POST", "/staff", need=NEED)
def add(desk: Desk) -> View:
    """Add an account and show its first sign-in link."""
    login, name, role = (desk.form.get(field, "").strip() for field in ("login", "name", "role"))
    if not login or not name or role not in list(Role):
        raise Refusal("登录名、姓名和角色都要填。")
    _keep_the_city_out(Role(role))
    check_login(login)
    if desk.session.exec(select(Staff).where(Staff.login == login)).first():
        raise Refusal(f"登录名 {login} 已有人用了，请换一个。")
    member = Staff(login=login, name=name[:40], role=Role(role), created_at=desk.now)
    desk.session.add(member)
    desk.session.flush()
    desk.record("staff.added", f"staff:{login}", role=role)
    return _with_link(desk, member)


@page("POST", "/staff/{login}/link", need=NEED)
def link(desk: Desk) -> View:
    """Show a new sign-in link for an account."""
    member = _find(desk)
    _keep_within(desk, member, "登录链接也能进那里。请运维人员用命令行发：linli user link")
    return _with_link(desk, member)


@page("POST", "/staff/{login}/role", need=NEED)
def change_role(desk: Desk) -> Redirect:
    """Change a role; whoever has it now must sign in again."""
    member, role = _find(desk), desk.form.get("role", "")
    if role not in list(Role):
        raise Refusal("请选择角色。")
    _keep_the_city_out(Role(role))
    _keep_an_admin(desk, member)
    desk.record("staff.role_changed", f"staff:{member.login}", before=member.role, after=role)
    member.role = Role(role)
    desk.session.add(member)
    sessions.end_all(desk.session, member)
    return Redirect("/console/staff", f"{member.name}现在是{ROLE_WORDS[member.role]}，需要重新登录。")


@page("POST", "/staff/{login}/disable", need=NEED)
def disable(desk: Desk) -> Redirect:
    """Disable an account, or enable it again."""
    member = _find(desk)
    if member.disabled_at is None:
        _keep_an_admin(desk, member)
        sessions.end_all(desk.session, member)
    member.disabled_at = None if member.disabled_at else desk.now
    desk.session.add(member)
    desk.record("staff.disabled" if member.disabled_at else "staff.enabled", f"staff:{member.login}")
    return Redirect("/console/staff", f"{member.name}的账号已{'停用' if member.disabled_at else '启用'}。")


@page("POST", "/staff/{login}/totp", need=NEED)
def reset_app(desk: Desk) -> Redirect:
    """Take the app off a colleague's account, for who lost their phone; they must sign in again."""
    member = _find(desk)
    if member.id == desk.staff.id:
        raise Refusal("自己的两步验证请在“我的账号”里改；手机丢了，请另一位管理员来重置。")
    _keep_within(desk, member, "两步验证在那里也有效。请运维人员用命令行重置：linli user totp-reset")
    credentials.forget_app(desk.session, member.person)
    sessions.end_all(desk.session, member)
    desk.record("staff.totp_reset", f"staff:{member.login}")
    return Redirect("/console/staff", f"{member.name}的两步验证已重置，需要重新登录。")


def _keep_within(desk: Desk, member: Staff, way_out: str) -> None:
    """Raise Refusal for what would reach into a community where this admin is none."""
    if places_beyond(desk.session, member, desk.staff):
        raise Refusal(f"{member.name}还在您不管理的小区工作，{way_out} {member.login}。")


def _find(desk: Desk) -> Staff:
    member = desk.session.exec(select(Staff).where(Staff.login == desk.params["login"])).first()
    if member is None:
        raise LookupError(desk.params["login"])
    _keep_the_city_out(member.role)
    return member


def _keep_the_city_out(role: Role) -> None:
    """Raise Refusal for the city's accounts: they look at all communities, so none of these may make, change or open them."""
    if role is Role.CITY:
        raise Refusal("城市账号能看所有小区，只能由运维人员用命令行添加和管理：linli user add。")


def _keep_an_admin(desk: Desk, member: Staff) -> None:
    if member.id == desk.staff.id:
        raise Refusal("不能停用自己或改自己的角色，请另一位管理员来做。")


def _with_link(desk: Desk, member: Staff) -> View:
    token = sessions.make_link(desk.session, member, desk.now, LINK_LIVES)
    desk.record("staff.link_made", f"staff:{member.login}")
    shown = listed.run(desk)
    assert isinstance(shown, View)  # noqa: S101  listed returns nothing else
    return View(
        "console/staff.html", {**shown.values, "link": f"{desk.context.base_url}/console/in/{token}", "for_whom": member.name}
    )


ROUTES: tuple[Page, ...] = (listed, add, link, change_role, disable, reset_app)
