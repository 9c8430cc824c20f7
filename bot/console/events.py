"""The audit log: who did what, when, in words."""

from functools import partial

from sqlmodel import col, select

from bot.contract import Desk, Log, Page, Services, Subject, View, Work, page, row_id
from bot.store import apikeys, people
from bot.store.events import Event
from bot.store.people import Household, Resident
from bot.store.staff import ROLE_WORDS, Staff

#: Events on one page.
SHOWN = 100


def _staff(work: Work, login: str) -> Subject:
    member = work.session.exec(select(Staff).where(Staff.login == login)).first()
    return Subject(member.name if member else login, "/staff")


def _key(work: Work, public_id: str) -> Subject:
    key = apikeys.by_public_id(work.session, public_id)
    return Subject(f"密钥“{key.name}”" if key else "密钥", "/keys")


def _resident(work: Work, key: str) -> Subject:
    resident = people.by_public_id(work.session, key)
    return Subject(_lives(work, resident) if resident else "已离开的居民")


def _lives(work: Work, resident: Resident) -> str:
    flat = work.session.get_one(Household, resident.household_id).label
    return f"{flat} {resident.name or '家庭成员'}"


_ROLES = {role.value: word for role, word in ROLE_WORDS.items()}

#: The bot's own events; how those of talks, tasks and notices are read their services say.
OWN = Log(
    events={
        "message.unmatched": "有一句话机器人没听懂", "resident.unbound": "解除绑定{reason?（{reason}）}",
        "privacy.erased": "删除了离开的居民的记录{photos?，照片 {photos} 张}", "mass.sent": "群发了一条消息", "photo.stored": "收到照片",
        "photo.lost": "照片没有取回来", "staff.signed_in": "登录", "staff.added": "添加了员工账号（{role}）",
        "staff.role_changed": "改了员工角色：{before}改为{after}", "staff.disabled": "停用了员工账号", "staff.enabled": "启用了员工账号",
        "staff.link_made": "开了登录链接", "intents.saved": "改了意图文件", "key.made": "新建了接口密钥", "key.revoked": "停用了接口密钥",
        "permission.changed": "改了权限：{role}{allowed}{permission}", "effect.died": "有操作没有完成（{effect}）",
        "effect.run_again": "让没有完成的操作重新执行（{effect}）", "effect.discarded": "放弃了没有完成的操作（{effect}）",
    },
    words={
        "reason": {"unfollowed": "取消关注", "corrected": "说错了房号", "moved_out": "搬走了"}, "role": _ROLES, "before": _ROLES, "after": _ROLES,
        "allowed": {"yes": "可以", "no": "不可以"},
    },
    subjects={
        "staff": _staff, "resident": _resident, "key": _key, "file": lambda work, path: Subject(path, f"/intents/file/{path}"),
        "mass": lambda work, key: Subject("群发"),
    },
)  # fmt: skip


def pages(services: Services) -> tuple[Page, ...]:
    """Return the page of the log, which reads what each service says of its events."""
    return (page("GET", "/audit", need="audit.view", title="记录", nav="管理")(partial(_show, services)),)


def _show(services: Services, desk: Desk) -> View:
    """Show the latest events; ?before= goes further back."""
    query = select(Event).order_by(col(Event.id).desc()).limit(SHOWN)
    before = row_id(desk.query.get("before", ""))
    if before is not None:
        query = query.where(col(Event.id) < before)
    found = desk.session.exec(query).all()
    subjects = {event.subject: about(desk, event.subject) for event in found}
    actors = {event.actor: desk.who(event.actor) for event in found}
    rows = [
        {
            "id": event.id, "at": event.at, "who": actors[event.actor], "subject": subjects[event.subject],
            "what": services.say(event, desk.now) or event.kind,
        }
        for event in found
    ]  # fmt: skip
    return View("console/audit.html", {"rows": rows, "before": found[-1].id if len(found) == SHOWN else None})


def about(desk: Desk, subject: str) -> Subject:
    """Return what a subject such as ticket:K3M9 is, in words."""
    subjects, (kind, _, name) = desk.context.services.subjects, subject.partition(":")
    return subjects[kind](desk, name) if kind in subjects else Subject(name)
