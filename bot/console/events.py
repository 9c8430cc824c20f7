"""The audit log: who did what, when, in words; narrowed, searched, taken along as a table, and whether it is whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, case
from sqlmodel import col, func, or_, select, text

from bot.contract import SHANGHAI, Desk, Download, Log, Page, Refusal, Services, Subject, View, Work, page, personal, row_id
from bot.contract.sheets import table
from bot.store import apikeys, people, scope, seals
from bot.store.events import COMMAND_LINE, OF_STAFF, Event
from bot.store.people import Household, Resident
from bot.store.staff import ROLE_WORDS, Staff

#: Events on one page.
SHOWN = 20

#: Events in one file at most; whoever wants more takes several, by days.
EXPORTED = 50_000

#: People whom a search for a name may mean.
MEANT = 200

#: Who else acts beside each of the staff.
ACTORS = {"resident:": "居民", "machine:": "设备或外部系统", "system": "系统", COMMAND_LINE: "命令行"}


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


def _kept(work: Work, key: str) -> Subject:
    known = {name: one for service in work.context.services.integrations for name, one in personal.retentions(service).items()}
    return Subject(known[key].what if key in known else key, "/keeping")


_ROLES = {role.value: word for role, word in ROLE_WORDS.items()}

#: The bot's own events; how those of talks, tasks and notices are read their services say.
OWN = Log(
    events={
        "consent.given": "同意了一项用途（{purpose}，第 {version} 版）", "consent.refused": "没有同意一项用途（{purpose}，第 {version} 版）",
        "consent.withdrawn": "撤回了一项同意（{purpose}）",
        "message.unmatched": "有一句话机器人没听懂", "resident.unbound": "解除绑定{reason?（{reason}）}",
        "resident.bound": "绑定了微信（{evidence}）", "resident.moved_in": "住进一户（{evidence}）", "resident.moved_out": "搬出一户{reason?（{reason}）}",
        "privacy.erased": "删除了离开的居民的记录{photos?，照片 {photos} 张}", "mass.sent": "群发了一条消息", "privacy.forgotten": "过了保存期限，删除了 {rows} 条", "photo.stored": "收到照片",
        "photo.lost": "照片没有取回来", "staff.signed_in": "登录", "staff.added": "添加了员工账号（{role}）",
        "staff.role_changed": "改了员工角色：{before}改为{after}", "staff.disabled": "停用了员工账号", "staff.enabled": "启用了员工账号",
        "staff.link_made": "开了登录链接", "staff.changed": "改了员工资料：{fields}", "staff.signed_out": "让其他设备退出登录", "staff.password_set": "设了新密码", "staff.totp_on": "开启了两步验证",
        "staff.totp_off": "关闭了两步验证", "staff.totp_reset": "重置了两步验证", "staff.codes_renewed": "换了一批备用码", "staff.recovery_used": "用掉一个备用码",
        "scene.made": "做了二维码：{scene} {label}", "flat_code.drawn": "打印了住户码{renewed?，旧码作废}", "sealing_key.rotated": "换了加密密钥，以前的停用",
        "sealing_key.rewrapped": "用新的 LINLI_SECRET 接管了加密密钥", "sealing_key.forgotten": "永远删除了一把停用的加密密钥",
        "intents.saved": "改了意图文件", "intents.deleted": "删除了意图文件", "intents.restored": "把意图文件恢复到以前", "unmatched.ignored": "把 {lines} 句没听懂的话设为不再显示", "unmatched.shown": "让 {lines} 句没听懂的话重新显示", "key.made": "新建了接口密钥", "key.revoked": "停用了接口密钥",
        "data.read": "查看了{what}", "data.exported": "导出了{what}", "audit.pruned": "清理了 {before} 以前的记录，{lines} 条",
        "permission.changed": "改了权限：{role}{allowed}{permission}", "effect.died": "有操作没有完成（{effect}）",
        "roster.imported": "导入了名册：新增房屋 {flats}，新增住户 {new}，修改 {changed}，迁出 {left}",
        "roster.exported": "导出了名册，{rows} 行",
        "roster.undone": "撤销了名册的导入{kept?，{kept} 处后来改过，没有动}",
        "effect.run_again": "让没有完成的操作重新执行（{effect}）", "effect.discarded": "放弃了没有完成的操作（{effect}）",
    },
    titles={
        "consent.given": "同意了一项用途", "consent.refused": "没有同意一项用途", "consent.withdrawn": "撤回了一项同意",
        "resident.unbound": "解除了绑定", "resident.bound": "绑定了微信", "resident.moved_in": "住进一户", "resident.moved_out": "搬出一户",
        "scene.made": "做了二维码", "flat_code.drawn": "打印了住户码",
        "privacy.erased": "删除了离开的居民的记录", "privacy.forgotten": "过了保存期限，自动删除", "staff.added": "添加了员工账号",
        "staff.role_changed": "改了员工角色", "staff.changed": "改了员工资料", "data.read": "查看了敏感内容", "data.exported": "导出了资料",
        "audit.pruned": "清理了旧记录", "permission.changed": "改了权限", "effect.died": "有操作没有完成", "roster.imported": "导入了名册",
        "roster.exported": "导出了名册", "roster.undone": "撤销了名册的导入", "effect.run_again": "重新执行了没有完成的操作",
        "effect.discarded": "放弃了没有完成的操作", "unmatched.ignored": "把没听懂的话设为不再显示", "unmatched.shown": "让没听懂的话重新显示",
    },
    words={
        "reason": {"unfollowed": "取消关注", "corrected": "说错了房号", "moved_out": "搬走了", "objected": "家里人说不认识", "asked": "本人要求"},
        "evidence": {one.value: said for one, said in people.EVIDENCE_WORDS.items()}, "role": _ROLES, "before": _ROLES, "after": _ROLES,
        "allowed": {"yes": "可以", "no": "不可以"},
    },
    subjects={
        "staff": _staff, "resident": _resident, "key": _key, "file": lambda work, path: Subject(path, f"/intents/history/{path}"),
        "photo": lambda work, key: Subject("照片", f"/photos/{key}"),
        "scene": lambda work, key: Subject("二维码"), "sealing_key": lambda work, key: Subject(f"加密密钥 {key}"),
        "mass": lambda work, key: Subject("群发"), "kept": _kept,
    },
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What somebody wants to see of the log, as the address says it; all of it holds at once."""

    kind: str = ""
    actor: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Narrowed":
        """Read an address."""
        return cls(**{field.name: query.get(field.name, "").strip()[:80] for field in fields(cls)})

    @property
    def address(self) -> str:
        """The same as an address says it, without what is empty."""
        return urlencode({field.name: said for field in fields(self) if (said := getattr(self, field.name))})

    def conditions(self, services: Services, desk: Desk) -> Iterator[ColumnElement[bool]]:
        """Give what an event must be; raises Refusal for days that are none."""
        if self.kind:
            yield col(Event.kind) == self.kind
        if self.actor.endswith(":"):
            yield col(Event.actor).startswith(self.actor, autoescape=True)
        elif self.actor:
            yield col(Event.actor) == self.actor
            if self.actor.startswith("staff:"):
                yield text(OF_STAFF)  # type: ignore[misc]  # the index holds the staff's alone, and must be told so
        if self.subject:
            yield col(Event.subject) == self.subject
        if self.since:
            yield col(Event.at) >= _midnight(self.since)
        if self.until:
            yield col(Event.at) < _midnight(self.until) + timedelta(days=1)
        if self.q:
            yield _meant(services, desk, self.q)


def _midnight(said: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(said), time(), SHANGHAI)
    except ValueError:
        raise Refusal(f"“{said[:20]}”不是日期，请写成 2026-03-11。") from None


def _meant(services: Services, desk: Desk, words: str) -> ColumnElement[bool]:
    """Return what fits words: what happened as the page says it, who did it, or whom it is about; ids as they stand, too."""
    logs = [one.log for one in services.integrations]
    kinds = [
        kind for log in logs for kind, said in log.events.items() if words in said or words in log.title(kind) or words == kind
    ]
    staff = select(Staff.login).where(or_(col(Staff.name).contains(words, autoescape=True), Staff.login == words)).limit(MEANT)
    unit = case((col(Household.unit) == "", ""), else_=col(Household.unit) + "单元")
    label = col(Household.building) + "栋" + unit + col(Household.room)
    lives = col(Resident.name).contains(words, autoescape=True) | label.contains(words, autoescape=True)
    home = select(Resident.public_id).join(Household, col(Household.id) == col(Resident.household_id)).where(lives).limit(MEANT)
    people = [f"staff:{login}" for login in desk.session.exec(staff)] + [f"resident:{key}" for key in desk.session.exec(home)]
    return or_(
        col(Event.kind).in_(kinds), col(Event.actor).in_(people), col(Event.subject).in_(people),
        col(Event.subject).endswith(f":{words}", autoescape=True),
    )  # fmt: skip


def titles(services: Services) -> Mapping[str, Mapping[str, str]]:
    """Return what each kind of event is called, by the service that says it, in the order in which it declares them; each kind once."""
    seen, found = set[str](), dict[str, dict[str, str]]()
    for one in services.integrations:
        own = {kind: one.log.title(kind) for kind in one.log.events if kind not in seen}
        seen |= own.keys()
        if own:
            found[one.title] = own
    return found


def pages(services: Services) -> tuple[Page, ...]:
    """Return the pages of the log, which read what each service says of its events."""
    return (
        page("GET", "/audit", need="audit.view", title="记录", nav="管理")(partial(_show, services)),
        page("GET", "/audit/export.csv", need="audit.view", title="操作记录（CSV）")(partial(_export, services)),
    )


def _show(services: Services, desk: Desk) -> View:
    """Show the latest events that fit; ?before= goes further back."""
    wanted, before = Narrowed.of(desk.query), row_id(desk.query.get("before", ""))
    query = select(Event).where(*wanted.conditions(services, desk)).order_by(col(Event.id).desc())
    if before is not None:
        query = query.where(col(Event.id) < before)
    found = desk.session.exec(query.limit(SHOWN + 1)).all()
    shown = found[:SHOWN]
    staff = desk.session.exec(select(Staff).order_by(Staff.name)).all()
    return View(
        "console/audit.html",
        {
            "rows": list(_rows(services, desk, shown)), "before": shown[-1].id if len(found) > SHOWN else None,
            "is_older": before is not None, "wanted": wanted, "kinds": titles(services), "chain": _chain(desk),
            "actors": {**{f"staff:{one.login}": f"{one.name}（{ROLE_WORDS[one.role]}）" for one in staff}, **ACTORS},
            "about": about(desk, wanted.subject).words if wanted.subject else "", "most": EXPORTED,
        },
    )  # fmt: skip


def _export(services: Services, desk: Desk) -> Download:
    """Give what fits as a table, the oldest first."""
    wanted = Narrowed.of(desk.query)
    query = select(Event).where(*wanted.conditions(services, desk)).order_by(col(Event.id)).limit(EXPORTED + 1)
    found = desk.session.exec(query).all()
    if len(found) > EXPORTED:
        raise Refusal(f"一个文件最多 {EXPORTED} 条，这里更多。请用日期分几次导出，例如一个月一次。")
    rows = [
        (row["id"], f"{row['at']:%Y-%m-%d %H:%M:%S}", row["who"], row["what"], row["subject"].words, row["kind"], row["key"])
        for row in _rows(services, desk, found)
    ]
    body = table(("编号", "时间", "谁", "做了什么", "关于", "种类", "对象"), rows).encode()
    return Download(body=body, content_type="text/csv", filename=f"操作记录 {desk.now:%Y-%m-%d}.csv")


def _rows(services: Services, desk: Desk, found: Sequence[Event]) -> Iterator[dict[str, Any]]:
    subjects = {key: about(desk, key) for key in {event.subject for event in found}}
    actors = {actor: desk.who(actor) for actor in {event.actor for event in found}}
    for event in found:
        yield {
            "id": event.id, "at": event.at, "who": actors[event.actor], "actor": event.actor, "subject": subjects[event.subject],
            "key": event.subject, "kind": event.kind, "what": services.say(event, desk.now) or event.kind,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Chain:
    """How far the log is sealed, and whether the last stretches are as they were sealed."""

    until: int = 0
    sealed_at: datetime | None = None
    waiting: int = 0
    is_whole: bool = True


def _chain(desk: Desk) -> Chain:
    with scope.everywhere(desk.session):
        last = seals.latest(desk.session)
        waits = select(func.count()).select_from(Event).where(col(Event.id) > (last.last_id if last else 0))
        waiting = desk.session.exec(waits).one()
        if last is None:
            return Chain(waiting=waiting)
        is_whole = seals.whole_lately(desk.session, seals.key_of(desk.context.keys))
        return Chain(until=last.last_id, sealed_at=last.sealed_at, waiting=waiting, is_whole=is_whole)


def about(desk: Desk, subject: str) -> Subject:
    """Return what a subject such as ticket:K3M9 is, in words."""
    subjects, (kind, _, name) = desk.context.services.subjects, subject.partition(":")
    return subjects[kind](desk, name) if kind in subjects else Subject(name)
