"""Accounts of the staff, for admins."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlmodel import col, select

from bot.console import lists
from bot.contract import Act, Cell, Choice, Column, Desk, Listing, Page, Redirect, View, checked_phone, page
from bot.contract.listpage import KINDS, view
from bot.errors import Refusal
from bot.store import credentials, sessions
from bot.store.staff import ROLE_WORDS, Role, Staff, check_login, places_beyond, working_places
from bot.translation import tr, tr_all

NEED = "users.edit"

#: A link that an admin hands over.
LINK_LIVES = timedelta(hours=1)

#: Skills of one person, and the letters of one: words by which work is handed out, no sentences.
MOST_SKILLS, LONGEST_SKILL = 12, 12

#: What stands behind /staff/ and is nobody.
TAKEN = ("views", "bulk", *(f"export.{kind}" for kind in KINDS))

#: Roles that the console gives; the city's sees all communities, and no admin of one may let anybody in there.
GIVEN = {role: words for role, words in ROLE_WORDS.items() if role is not Role.CITY}


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """One of the staff with what their page tells of signing in."""

    member: Staff
    places: Sequence[str]  # communities where they work
    has_password: bool
    has_app: bool
    signed_in_at: datetime | None


def _find_by(desk: Desk, word: str) -> list[ColumnElement[bool]]:
    """Return whom a word may mean; the staff of a community are few, and their numbers are written in many ways."""
    members = desk.session.exec(select(Staff)).all()
    return [col(Staff.id).in_([member.id for member in members if _fits(member, unicodedata.normalize("NFKC", word))])]


def _fits(member: Staff, word: str) -> bool:
    """Tell whether somebody is looked for: by part of name or login, or by figures of their phone however it is written."""
    figures = re.sub(r"\D", "", word)
    by_phone = bool(figures) and not re.search(r"[^\d+-]", word) and figures in re.sub(r"\D", "", member.phone)
    return word.casefold() in f"{member.name}\n{member.login}".casefold() or by_phone


def _colleagues(desk: Desk, members: Sequence[Staff]) -> list[Colleague]:
    people = {member.person for member in members}
    kept = credentials.look(desk.session, people)
    places = working_places(desk.session, people)
    return [
        Colleague(
            member=member, places=places.get(member.person, []), has_password=bool(own and own.password), has_app=bool(own and own.totp),
            signed_in_at=own.signed_in_at if own else None,
        )
        for member in members for own in (kept.get(member.person),)
    ]  # fmt: skip


def _name(_desk: Desk, one: Colleague) -> list[Cell]:
    member = one.member
    badge = (
        Cell(words=tr("已停用"), tone="secondary")
        if member.disabled_at
        else Cell(words=tr("微信可通知"), tone="green")
        if member.openid
        else Cell(words=tr("没绑微信"), tone="yellow")
    )
    return [Cell(words=member.name), badge]


def _role(_desk: Desk, one: Colleague) -> Cell:
    """Return the role, and where else somebody works who works in several communities."""
    is_ours = one.member.role in GIVEN
    places = tr_all("、", one.places) if len(one.places) > 1 else ""
    return Cell(
        words=tr_all(
            "",
            (
                ROLE_WORDS[one.member.role],
                "" if is_ours else tr("（用命令行管理）"),
            ),
        ),
        small=places,
    )


def _stands(_desk: Desk, state: str) -> ColumnElement[bool]:
    match state:
        case "off":
            return col(Staff.disabled_at).is_not(None)
        case "silent":
            return col(Staff.disabled_at).is_(None) & col(Staff.openid).is_(None)
    return col(Staff.disabled_at).is_(None)


def _shut(desk: Desk, member: Staff, _answers: Mapping[str, str]) -> None:
    if member.disabled_at is not None:
        return
    _keep_the_city_out(member.role)
    _keep_an_admin(desk, member)
    sessions.end_all(desk.session, member)
    member.disabled_at = desk.now
    desk.session.add(member)
    desk.record("staff.disabled", f"staff:{member.login}")


def _open(desk: Desk, member: Staff, _answers: Mapping[str, str]) -> None:
    if member.disabled_at is None:
        return
    _keep_the_city_out(member.role)
    member.disabled_at = None
    desk.session.add(member)
    desk.record("staff.enabled", f"staff:{member.login}")


def _put_back(desk: Desk, member: Staff) -> None:
    """Write down that an act was taken back; who is disabled once more must not stay signed in."""
    if member.disabled_at is not None:
        sessions.end_all(desk.session, member)
    desk.record("staff.disabled" if member.disabled_at else "staff.enabled", f"staff:{member.login}")


LIST = Listing(
    name="staff",
    title=tr("员工账号"),
    path="/staff",
    need=NEED,
    nav=tr("管理"),
    unit=tr("人"),
    table=Staff,
    key=lambda one: str(one.member.login),
    key_column=Staff.login,
    order="name",
    columns=(
        Column(name="name", title=tr("姓名"), says=_name, sort=(case((col(Staff.disabled_at).is_(None), 0), else_=1), Staff.login), filed=lambda desk, one: one.member.name),
        Column(name="login", title=tr("登录名"), says=lambda desk, one: one.member.login, sort=(Staff.login,)),
        Column(name="role", title=tr("角色"), says=_role, sort=(Staff.role, Staff.login)),
        Column(name="phone", title=tr("电话"), says=lambda desk, one: one.member.phone),
        Column(name="skills", title=tr("技能"), says=lambda desk, one: [Cell(words=skill, tone="blue") for skill in one.member.skills]),
        Column(
            name="entry", title=tr("登录"), says=lambda desk, one: tr_all("", (tr("有密码") if one.has_password else tr("靠链接"), tr(" · 两步验证") if one.has_app else '',)),
        ),
        Column(name="seen", title=tr("上次登录"), says=lambda desk, one: one.signed_in_at or tr("还没登录过")),
    ),
    filters=(
        Choice(
            name="role", title=tr("角色"), options=lambda desk: {role.value: words for role, words in ROLE_WORDS.items()},
            fits=lambda desk, role: col(Staff.role) == Role(role),
        ),
        Choice(name="state", title=tr("状态"), options=lambda desk: {"on": tr("在用的"), "silent": tr("没绑微信的"), "off": tr("已停用的")}, fits=_stands),
    ),
    find=_find_by,
    finds=tr("姓名、登录名或电话"),
    load=lambda desk, rows: _colleagues(desk, rows),
    to=lambda one: f"/staff/{one.member.login}" if one.member.role in GIVEN else "",
    called=lambda member: member.name,
    acts=(
        Act(name="disable", title=tr("停用，马上退出登录"), need=NEED, run=_shut, keeps=("disabled_at",), put_back=_put_back, is_grave=True),
        Act(name="enable", title=tr("启用"), need=NEED, run=_open, keeps=("disabled_at",), put_back=_put_back),
    ),
    template="console/staff.html",
    around=lambda desk, rows: {"roles": GIVEN, "link": "", "for_whom": ""},
    empty=(tr("还没有员工"), tr("在下面添加第一位。")),
)  # fmt: skip


@page("GET", "/staff/{login}", need=NEED, title=tr("员工账号"))
def show(desk: Desk) -> View:
    """Show one account, and what can be done with it."""
    [one] = _colleagues(desk, [_find(desk)])
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return View("console/member.html", {**values, "roles": GIVEN})


@page("POST", "/staff/{login}", need=NEED)
def change(desk: Desk) -> Redirect:
    """Change name, phone and skills; the log says which of them."""
    member = _find(desk)
    before = (member.name, member.phone, member.skills)
    _fill(desk, member)
    changed = [
        words for words, old, new in zip(_FIELDS, before, (member.name, member.phone, member.skills), strict=True) if old != new
    ]
    if changed:
        desk.session.add(member)
        desk.record("staff.changed", f"staff:{member.login}", fields=tr_all("、", changed))
    return Redirect(f"/console/staff/{member.login}", tr("已保存。") if changed else tr("没有改动。"))


_FIELDS = (tr("姓名"), tr("电话"), tr("技能"))


def _fill(desk: Desk, member: Staff) -> None:
    """Take name, phone and skills from the form; raises Refusal that names what does not fit."""
    name = " ".join(desk.form.get("name", "").split())
    phone = desk.form.get("phone", "").strip()
    phone = phone if phone == member.phone else checked_phone(phone)
    skills = list(dict.fromkeys(filter(None, re.split(r"[、，,；;\s]+", desk.form.get("skills", "")))))
    if not name:
        raise Refusal(tr("姓名要填。"), field="name")
    if len(skills) > MOST_SKILLS or any(len(skill) > LONGEST_SKILL for skill in skills):
        raise Refusal(
            tr(
                "技能最多写 {MOST_SKILLS} 个，每个不超过 {LONGEST_SKILL} 个字，用顿号分开。",
                MOST_SKILLS=MOST_SKILLS,
                LONGEST_SKILL=LONGEST_SKILL,
            ),
            field="skills",
        )
    member.name, member.phone, member.skills = name[:40], phone, skills


@page("POST", "/staff", need=NEED)
def add(desk: Desk) -> View:
    """Add an account and show its first sign-in link."""
    login, name, role = (desk.form.get(field, "").strip() for field in ("login", "name", "role"))
    if not login or not name or role not in list(Role):
        missing = "login" if not login else "name" if not name else "role"
        raise Refusal(tr("登录名、姓名和角色都要填。"), field=missing)
    _keep_the_city_out(Role(role))
    check_login(login)
    if login in TAKEN:
        raise Refusal(tr("登录名不能叫 {login}，请换一个。", login=login), field="login")
    if desk.session.exec(select(Staff).where(Staff.login == login)).first():
        raise Refusal(tr("登录名 {login} 已有人用了，请换一个。", login=login), field="login")
    member = Staff(login=login, name=name, role=Role(role), created_at=desk.now)
    _fill(desk, member)
    desk.session.add(member)
    desk.session.flush()
    desk.record("staff.added", f"staff:{login}", role=role)
    return _with_link(desk, member)


@page("POST", "/staff/{login}/link", need=NEED)
def link(desk: Desk) -> View:
    """Show a new sign-in link for an account."""
    member = _find(desk)
    _keep_within(desk, member, tr("登录链接也能进那里。请运维人员用命令行发：linli user link"))
    return _with_link(desk, member)


@page("POST", "/staff/{login}/role", need=NEED)
def change_role(desk: Desk) -> Redirect:
    """Change a role; whoever has it now must sign in again."""
    member, role = _find(desk), desk.form.get("role", "")
    if role not in list(Role):
        raise Refusal(tr("请选择角色。"), field="role")
    _keep_the_city_out(Role(role))
    _keep_an_admin(desk, member)
    desk.record("staff.role_changed", f"staff:{member.login}", before=member.role, after=role)
    member.role = Role(role)
    desk.session.add(member)
    sessions.end_all(desk.session, member)
    return Redirect(
        "/console/staff", tr("{name}现在是{ROLE_WORDS}，需要重新登录。", name=member.name, ROLE_WORDS=ROLE_WORDS[member.role])
    )


@page("POST", "/staff/{login}/disable", need=NEED)
def disable(desk: Desk) -> Redirect:
    """Disable an account, or enable it again."""
    member = _find(desk)
    (_shut if member.disabled_at is None else _open)(desk, member, {})
    return Redirect(
        "/console/staff",
        tr("{name}的账号已{disabled_at}。", name=member.name, disabled_at=tr("停用") if member.disabled_at else tr("启用")),
    )


@page("POST", "/staff/{login}/totp", need=NEED)
def reset_app(desk: Desk) -> Redirect:
    """Take the app off a colleague's account, for who lost their phone; they must sign in again."""
    member = _find(desk)
    if member.id == desk.staff.id:
        raise Refusal(tr("自己的两步验证请在“我的账号”里改；手机丢了，请另一位管理员来重置。"))
    _keep_within(desk, member, tr("两步验证在那里也有效。请运维人员用命令行重置：linli user totp-reset"))
    credentials.forget_app(desk.session, member.person)
    sessions.end_all(desk.session, member)
    desk.record("staff.totp_reset", f"staff:{member.login}")
    return Redirect("/console/staff", tr("{name}的两步验证已重置，需要重新登录。", name=member.name))


def _keep_within(desk: Desk, member: Staff, way_out: str) -> None:
    """Raise Refusal for what would reach into a community where this admin is none."""
    if places_beyond(desk.session, member, desk.staff):
        raise Refusal(
            tr("{name}还在您不管理的小区工作，{way_out} {login}。", name=member.name, way_out=way_out, login=member.login)
        )


def _find(desk: Desk) -> Staff:
    member = desk.session.exec(select(Staff).where(Staff.login == desk.params["login"])).first()
    if member is None:
        raise LookupError(desk.params["login"])
    _keep_the_city_out(member.role)
    return member


def _keep_the_city_out(role: Role) -> None:
    """Raise Refusal for the city's accounts: they look at all communities, so none of these may make, change or open them."""
    if role is Role.CITY:
        raise Refusal(tr("城市账号能看所有小区，只能由运维人员用命令行添加和管理：linli user add。"), field="role")


def _keep_an_admin(desk: Desk, member: Staff) -> None:
    if member.id == desk.staff.id:
        raise Refusal(tr("不能停用自己或改自己的角色，请另一位管理员来做。"))


def _with_link(desk: Desk, member: Staff) -> View:
    token = sessions.make_link(desk.session, member, desk.now, LINK_LIVES)
    desk.record("staff.link_made", f"staff:{member.login}")
    desk.session.flush()
    shown = view(desk, LIST, {})
    made = {"link": f"{desk.context.base_url}/console/in/{token}", "for_whom": member.name}
    return View(shown.template, {**shown.values, **made})


ROUTES: tuple[Page, ...] = (*lists.pages_of(LIST), show, change, add, link, change_role, disable, reset_app)
