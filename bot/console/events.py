"""The audit log: who did what, when, in words; narrowed, searched, taken along as a table, and whether it is whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, union
from sqlalchemy import select as sql_select
from sqlmodel import and_, col, func, or_, select, text

from bot.contract import SHANGHAI, Cell, Choice, Column, Days, Desk, Listing, Log, Narrowed, Services, Subject, Work, personal
from bot.contract.listpage import WORDS
from bot.contract.lists import Options
from bot.store import apikeys, people, scope, seals
from bot.store.events import COMMAND_LINE, OF_STAFF, Event
from bot.store.people import Household, Resident
from bot.store.staff import ROLE_WORDS, Staff, by_logins
from bot.translation import tr, tr_all

#: People whom a search for a name may mean.
MEANT = 200

#: Who else acts beside each of the staff.
ACTORS = {"resident:": tr("居民"), "machine:": tr("设备或外部系统"), "system": tr("系统"), COMMAND_LINE: tr("命令行")}


def _staff(work: Work, logins: Collection[str]) -> Mapping[str, Subject]:
    known = by_logins(work.session, logins)
    return {login: Subject(known[login].name if login in known else login, "/staff") for login in logins}


def _keys(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    known = apikeys.names(work.session, keys)
    return {key: Subject(tr("密钥“{known}”", known=known[key]) if key in known else tr("密钥"), "/keys") for key in keys}


def _residents(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    known = people.by_public_ids(work.session, keys)
    flats = people.flats_of(work.session, known.values())
    lives = {
        key: tr_all(
            "",
            (
                flats[one.household_id].label,
                " ",
                one.name or tr("家庭成员"),
            ),
        )
        for key, one in known.items()
    }
    return {key: Subject(lives.get(key, tr("已离开的居民"))) for key in keys}


def _kept(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    known = {name: one for service in work.context.services.integrations for name, one in personal.retentions(service).items()}
    return {key: Subject(known[key].what if key in known else key, "/keeping") for key in keys}


_ROLES = {role.value: word for role, word in ROLE_WORDS.items()}

#: The bot's own events; how those of talks, tasks and notices are read their services say.
OWN = Log(
    events={
        "consent.given": tr("同意了一项用途（{purpose}，第 {version} 版）"), "consent.refused": tr("没有同意一项用途（{purpose}，第 {version} 版）"),
        "consent.withdrawn": tr("撤回了一项同意（{purpose}）"),
        "message.unmatched": tr("有一句话机器人没听懂"), "resident.unbound": tr("解除绑定{reason?（{reason}）}"),
        "resident.bound": tr("绑定了微信（{evidence}）"), "resident.moved_in": tr("住进一户（{evidence}）"), "resident.moved_out": tr("搬出一户{reason?（{reason}）}"),
        "resident.let_go": tr("解除了与一户的绑定{reason?（{reason}）}"),
        "privacy.erased": tr("删除了离开的居民的记录{photos?，照片 {photos} 张}"), "mass.sent": tr("群发了一条消息"), "privacy.forgotten": tr("过了保存期限，删除了 {rows} 条"), "photo.stored": tr("收到照片"),
        "photo.lost": tr("照片没有取回来"), "staff.signed_in": tr("登录"), "staff.added": tr("添加了员工账号（{role}）"),
        "staff.role_changed": tr("改了员工角色：{before}改为{after}"), "staff.disabled": tr("停用了员工账号"), "staff.enabled": tr("启用了员工账号"),
        "staff.link_made": tr("开了登录链接"), "staff.changed": tr("改了员工资料：{fields}"), "staff.signed_out": tr("让其他设备退出登录"), "staff.password_set": tr("设了新密码"), "staff.totp_on": tr("开启了两步验证"),
        "staff.totp_off": tr("关闭了两步验证"), "staff.totp_reset": tr("重置了两步验证"), "staff.codes_renewed": tr("换了一批备用码"), "staff.recovery_used": tr("用掉一个备用码"),
        "scene.made": tr("做了二维码：{scene} {label}"), "flat_code.drawn": tr("打印了住户码{renewed?，旧码作废}"), "sealing_key.rotated": tr("换了加密密钥，以前的停用"),
        "sealing_key.rewrapped": tr("用新的 LINLI_SECRET 接管了加密密钥"), "sealing_key.forgotten": tr("永远删除了一把停用的加密密钥"),
        "intents.saved": tr("改了意图文件"), "intents.deleted": tr("删除了意图文件"), "intents.restored": tr("把意图文件恢复到以前"), "unmatched.ignored": tr("把 {lines} 句没听懂的话设为不再显示"), "unmatched.shown": tr("让 {lines} 句没听懂的话重新显示"), "key.made": tr("新建了接口密钥"), "key.revoked": tr("停用了接口密钥"),
        "data.read": tr("查看了{what}"), "data.exported": tr("导出了{what}"), "audit.pruned": tr("清理了 {before} 以前的记录，{lines} 条"),
        "permission.changed": tr("改了权限：{role}{allowed}{permission}"), "effect.died": tr("有操作没有完成（{effect}）"),
        "roster.imported": tr("导入了名册：新增房屋 {flats}，新增住户 {new}，修改 {changed}，迁出 {left}"),
        "roster.exported": tr("导出了名册，{rows} 行"),
        "roster.undone": tr("撤销了名册的导入{kept?，{kept} 处后来改过，没有动}"),
        "effect.run_again": tr("让没有完成的操作重新执行（{effect}）"), "effect.discarded": tr("放弃了没有完成的操作（{effect}）"), "effect.put_back": tr("撤销了刚才的决定，操作又列在没完成的里面（{effect}）"),
    },
    titles={
        "consent.given": tr("同意了一项用途"), "consent.refused": tr("没有同意一项用途"), "consent.withdrawn": tr("撤回了一项同意"),
        "resident.unbound": tr("解除了绑定"), "resident.bound": tr("绑定了微信"), "resident.moved_in": tr("住进一户"), "resident.moved_out": tr("搬出一户"), "resident.let_go": tr("解除了与一户的绑定"),
        "scene.made": tr("做了二维码"), "flat_code.drawn": tr("打印了住户码"), "sealing_key.rotated": tr("换了加密密钥"), "sealing_key.rewrapped": tr("接管了加密密钥"),
        "sealing_key.forgotten": tr("删除了加密密钥"),
        "privacy.erased": tr("删除了离开的居民的记录"), "privacy.forgotten": tr("过了保存期限，自动删除"), "staff.added": tr("添加了员工账号"),
        "staff.role_changed": tr("改了员工角色"), "staff.changed": tr("改了员工资料"), "data.read": tr("查看了敏感内容"), "data.exported": tr("导出了资料"),
        "audit.pruned": tr("清理了旧记录"), "permission.changed": tr("改了权限"), "effect.died": tr("有操作没有完成"), "roster.imported": tr("导入了名册"),
        "roster.exported": tr("导出了名册"), "roster.undone": tr("撤销了名册的导入"), "effect.run_again": tr("重新执行了没有完成的操作"),
        "effect.discarded": tr("放弃了没有完成的操作"), "effect.put_back": tr("撤销了对没完成操作的决定"), "unmatched.ignored": tr("把没听懂的话设为不再显示"), "unmatched.shown": tr("让没听懂的话重新显示"),
    },
    words={
        "reason": {"unfollowed": tr("取消关注"), "corrected": tr("说错了房号"), "moved_out": tr("搬走了"), "objected": tr("家里人说不认识"), "blocked": tr("物业拦住了这个微信"), "unknown_there": tr("名册上的新住址不认识这个微信"), "changed": tr("本人换了微信"), "asked": tr("本人要求")},
        "evidence": {one.value: said for one, said in people.EVIDENCE_WORDS.items()}, "role": _ROLES, "before": _ROLES, "after": _ROLES,
        "allowed": {"yes": tr("可以"), "no": tr("不可以")},
    },
    subjects={
        "staff": _staff, "resident": _residents, "key": _keys, "kept": _kept,
        "file": lambda work, paths: {path: Subject(path, f"/intents/history/{path}") for path in paths},
        "photo": lambda work, keys: {key: Subject(tr("照片"), f"/photos/{key}") for key in keys},
        "scene": lambda work, keys: dict.fromkeys(keys, Subject(tr("二维码"))),
        "sealing_key": lambda work, keys: {key: Subject(tr("加密密钥 {key}", key=key)) for key in keys},
        "mass": lambda work, keys: dict.fromkeys(keys, Subject(tr("群发"))),
    },
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """An event with who did it and what it is about, in words."""

    event: Event
    who: str
    subject: Subject
    what: str


def _load(desk: Desk, found: Sequence[Event]) -> list[Row]:
    """Return events in words: each kind of subject is asked for once, whatever number of events are of it."""
    subjects, who = desk.in_words({one.subject for one in found}), desk.names({one.actor for one in found})
    say, named = desk.context.services.say, desk.staff_named(found)
    return [
        Row(event=one, who=who[one.actor], subject=subjects[one.subject], what=say(one, desk.now, named) or one.kind)
        for one in found
    ]


def _meant(desk: Desk, word: str) -> CompoundSelect[int]:
    """Return the ids of what a word may mean: what happened as the page says it, who did it, or whom it is about; ids as they stand, too.

    Each is a query of an index of its own: one WHERE with OR would read all events of the community.
    """
    logs = [one.log for one in desk.context.services.integrations]
    kinds = [kind for log in logs for kind, said in log.events.items() if word in said or word in log.title(kind) or word == kind]
    staff = select(Staff.login).where(or_(col(Staff.name).contains(word, autoescape=True), Staff.login == word)).limit(MEANT)
    lives = col(Resident.name).contains(word, autoescape=True) | people.label_in_sql().contains(word, autoescape=True)
    home = select(Resident.public_id).join(Household, col(Household.id) == col(Resident.household_id)).where(lives).limit(MEANT)
    those = [f"staff:{login}" for login in desk.session.exec(staff)] + [f"resident:{key}" for key in desk.session.exec(home)]
    ids = [f"{kind}:{word}" for kind in desk.context.services.subjects] if word.isascii() else []
    here = col(Event.community_id) == scope.of(desk.session)
    means = [here & col(Event.kind).in_(kinds), here & col(Event.actor).in_(those), here & col(Event.subject).in_([*those, *ids])]
    return union(*(sql_select(col(Event.id).label("id")).where(one) for one in means))


def _narrow(desk: Desk, said: str, _chosen: Mapping[str, str]) -> Narrowed:
    """Return the events that all words mean."""
    words = [_meant(desk, word) for word in said.split()[:WORDS]]
    if not words:
        return Narrowed()
    begun = words[0].subquery()
    ids = sql_select(begun.c.id).where(*(begun.c.id.in_(other) for other in words[1:]))
    return Narrowed(found=ids.subquery("found"))


def _done_by(_desk: Desk, actor: str) -> ColumnElement[bool]:
    if actor.endswith(":"):
        return col(Event.actor).startswith(actor, autoescape=True)
    mine = col(Event.actor) == actor
    # the index holds the staff's alone, and must be told so
    return and_(mine, text(OF_STAFF)) if actor.startswith("staff:") else mine


def _actors(desk: Desk) -> Options:
    """Return who may have done it; also somebody whom an address asks for."""
    staff = desk.session.exec(select(Staff).order_by(Staff.name)).all()
    known = {
        **{f"staff:{one.login}": tr("{name}（{role}）", name=one.name, role=ROLE_WORDS[one.role]) for one in staff},
        **ACTORS,
    }
    asked = desk.query.get("actor", "").strip()[:80]
    return known if not asked or asked in known else {**known, asked: desk.who(asked)}


def _subjects(desk: Desk) -> Options:
    """Return what an address asks for the events of; one chooses it at an event, and lets it go here."""
    asked = desk.query.get("subject", "").strip()[:80]
    return {asked: tr("关于：{words}", words=desk.in_words([asked])[asked].words or asked)} if asked else {}


def _kinds(desk: Desk) -> Options:
    """Return what may be asked for by who looks: kinds of events by service."""
    hidden = frozenset[str]() if desk.access.reads_health(desk.staff.role) else desk.context.services.about_health["kind"]
    told = titles(desk.context.services).items()
    return {title: own for title, kinds in told if (own := {kind: said for kind, said in kinds.items() if kind not in hidden})}


def titles(services: Services) -> Mapping[str, Mapping[str, str]]:
    """Return what each kind of event is called, by the service that says it, in the order in which it declares them; each kind once."""
    seen, found = set[str](), dict[str, dict[str, str]]()
    for one in services.integrations:
        own = {kind: one.log.title(kind) for kind in one.log.events if kind not in seen}
        seen |= own.keys()
        if own:
            found[one.title] = own
    return found


#: What was done, by the day; the newest first.
LIST = Listing(
    name="audit",
    title=tr("记录"),
    path="/audit",
    need="audit.view",
    nav=tr("管理"),
    unit=tr("条"),
    table=Event,
    key=lambda row: str(row.event.id),
    key_column=Event.id,
    order="-at",
    columns=(
        Column(name="id", title=tr("编号"), says=lambda desk, row: row.event.id, is_filed_only=True),
        Column(
            name="at", title=tr("时间"), says=lambda desk, row: row.event.at, sort=(Event.at,),
            filed=lambda desk, row: f"{row.event.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        ),
        Column(name="who", title=tr("谁"), says=lambda desk, row: row.who),
        Column(name="what", title=tr("做了什么"), says=lambda desk, row: row.what),
        Column(name="about", title=tr("关于"), says=lambda desk, row: Cell(words=row.subject.words, to=row.subject.path)),
        Column(name="kind", title=tr("种类"), says=lambda desk, row: row.event.kind, is_filed_only=True),
        Column(name="subject", title=tr("对象"), says=lambda desk, row: row.event.subject, is_filed_only=True),
    ),
    filters=(
        Choice(name="kind", title=tr("种类"), options=_kinds, fits=lambda desk, kind: col(Event.kind) == kind),
        Choice(name="actor", title=tr("谁"), options=_actors, fits=_done_by),
        Choice(name="subject", title=tr("关于"), options=_subjects, fits=lambda desk, subject: col(Event.subject) == subject),
        Days(name="at", title=tr("时间"), column=Event.at),
    ),
    base=lambda desk: desk.seen_events(),
    narrow=_narrow,
    finds=tr("姓名、住址、做了什么或编号"),
    load=_load,
    to=lambda row: row.subject.path,
    template="console/audit.html",
    around=lambda desk, rows: {
        "chain": Chain() if desk.is_fragment else _chain(desk), "is_whole": desk.access.reads_health(desk.staff.role),
    },
    file_need="audit.view",
    empty=(tr("还没有发生什么"), tr("谁在什么时候做了什么、看了谁的健康信息和对话、导出了什么，都会自动记在这里，谁也改不了。")),
)  # fmt: skip


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
        is_whole = seals.whole_lately(desk.session, seals.key_of(desk.context.keys), desk.now)
        return Chain(until=last.last_id, sealed_at=last.sealed_at, waiting=waiting, is_whole=is_whole)
