"""Accounts of the staff, for admins."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import Desk, Page, Redirect, View, checked_phone, page
from bot.contract.listpage import part
from bot.contract.lists import PAGE
from bot.errors import Refusal
from bot.store import credentials, sessions
from bot.store.staff import ROLE_WORDS, Role, Staff, check_login, places_beyond, working_places

NEED = "users.edit"

#: A link that an admin hands over.
LINK_LIVES = timedelta(hours=1)

#: Skills of one person, and the letters of one: words by which work is handed out, no sentences.
MOST_SKILLS, LONGEST_SKILL = 12, 12

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


@page("GET", "/staff", need=NEED, title="员工账号", nav="管理")
def listed(desk: Desk) -> View:
    """List the accounts, those whose name, login or phone holds what is looked for."""
    q = " ".join(unicodedata.normalize("NFKC", desk.query.get("q", "")).split())[:40]
    members = desk.session.exec(select(Staff).order_by(col(Staff.disabled_at).is_not(None), Staff.login)).all()
    found = part([member for member in members if _fits(member, q)], desk.query, "/staff", PAGE)
    people = _colleagues(desk, found.rows)
    several = any(len(one.places) > 1 for one in people)
    return View(
        "console/staff.html",
        {"people": people, "several": several, "roles": GIVEN, "words": ROLE_WORDS, "link": "", "q": q, "found": found},
    )


def _fits(member: Staff, q: str) -> bool:
    """Tell whether somebody is looked for: by part of name or login, or by figures of their phone however it is written."""
    figures = re.sub(r"\D", "", q)
    by_phone = bool(figures) and not re.search(r"[^\d +-]", q) and figures in re.sub(r"\D", "", member.phone)
    return q.casefold() in f"{member.name}\n{member.login}".casefold() or by_phone


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


@page("GET", "/staff/{login}", need=NEED, title="员工账号")
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
        desk.record("staff.changed", f"staff:{member.login}", fields="、".join(changed))
    return Redirect(f"/console/staff/{member.login}", "已保存。" if changed else "没有改动。")


_FIELDS = ("姓名", "电话", "技能")


def _fill(desk: Desk, member: Staff) -> None:
    """Take name, phone and skills from the form; raises Refusal that names what does not fit."""
    name = " ".join(desk.form.get("name", "").split())
    phone = desk.form.get("phone", "").strip()
    phone = phone if phone == member.phone else checked_phone(phone)
    skills = list(dict.fromkeys(filter(None, re.split(r"[、，,；;\s]+", desk.form.get("skills", "")))))
    if not name:
        raise Refusal("姓名要填。")
    if len(skills) > MOST_SKILLS or any(len(skill) > LONGEST_SKILL for skill in skills):
        raise Refusal(f"技能最多写 {MOST_SKILLS} 个，每个不超过 {LONGEST_SKILL} 个字，用顿号分开。")
    member.name, member.phone, member.skills = name[:40], phone, skills


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


ROUTES: tuple[Page, ...] = (listed, show, change, add, link, change_role, disable, reset_app)
