"""Robots of group chats (企业微信群机器人), told of alarms beside the people on duty.

Source: developer.work.weixin.qq.com/document/path/91770 (webhook, markdown of at most 4,096 bytes, 20 messages a minute)
"""

import ipaddress
import re
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from sqlmodel import col, select

from bot.contract import Call, Desk, GiveUp, Later, Page, Redirect, Refusal, Task, View, Work, effect, page, public_id, tr
from bot.contract.listpage import part
from integrations.duty.models import Robot
from integrations.duty.roster import EDIT
from integrations.duty.settings import Settings

#: A robot that does not answer within this time counts as away; the message is tried again.
PATIENCE = timedelta(seconds=5)

#: After so many hours an alarm is no news: tries end well before.
RETRIES = tuple(timedelta(seconds=wait) for wait in (2, 10, 60, 300, 600, 1200, 1800))

#: The robot takes 20 messages a minute.
TOO_FREQUENT, RUSHED = 45009, timedelta(minutes=1)

#: Answers that no second try makes better: the address is not, or no longer, that of a robot.
_GONE = frozenset({93000, 93008, 40008, 40035})

#: Addresses that are no robot's: names of this network, and of no network at all.
_PRIVATE = re.compile(r"(?:^|\.)(?:localhost|local|internal|lan|home|intranet|corp|test|example|invalid|onion)$")


#: Addresses of version 6 that are given out (RFC 4291); those that wrap one of version 4 lie outside, or are 6to4.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")


class _PublicOnly(AbstractResolver):
    """Finds a host's addresses and refuses those that are not public: no page of ours may knock at doors inside the house."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)  # type: ignore[arg-type]
        if not found or not all(_is_public(one["host"]) for one in found):
            raise OSError(f"{host} is not a public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _is_public(host: str) -> bool:
    """Tell whether an address is one computer's on the Internet; of IPv6 only what is given out there, and nothing that wraps another."""
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_global and address in _GIVEN_OUT and address.sixtofour is None
    return address.is_global and not address.is_multicast


def fault_of(url: str, *, local: bool = False) -> str:
    """Return what is wrong with a robot's address, in words; nothing when it may be called."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return tr("这个地址不完整，请从群机器人的设置里重新复制。")
    if local and host in {"127.0.0.1", "localhost"}:
        return ""
    if parts.scheme != "https":
        return tr("地址要以 https:// 开头，请从群机器人的设置里复制。")
    is_name = (
        re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host) is not None
    )  # 127。0.0.1 and ⓛocalhost are read as what they look like
    if parts.username is not None or port not in (None, 443) or not is_name or _PRIVATE.search(host) or _is_number(host):
        return tr("这不是群机器人的地址，请从群机器人的设置里复制，例如 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")
    return ""


def _is_number(host: str) -> bool:
    """Tell whether a host is an address in figures, however they are written: 127.1, 0x7f.1, [::1]."""
    return ":" in host or re.fullmatch(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*", host, re.IGNORECASE) is not None


def _worked(work: Work, subject: str, robot: str) -> None:
    found = work.session.exec(select(Robot).where(Robot.public_id == robot)).first()
    if found is not None:
        found.worked_at = work.now
        work.session.add(found)
        work.record("duty.robot_worked", f"robot:{robot}")


@effect("duty.robot", timeout=PATIENCE * 2, retries=RETRIES, then=_worked)
async def send(call: Call, *, robot: str, url: str, text: str) -> str:
    """Write into a group chat; returns the robot's public id. Raises GiveUp for an address that is no robot's."""
    local = call.context.services.settings_of(Settings).local_robots
    if fault := fault_of(url, local=local):
        raise GiveUp(fault)
    connector = aiohttp.TCPConnector() if local else aiohttp.TCPConnector(resolver=_PublicOnly())
    limit = aiohttp.ClientTimeout(total=PATIENCE.total_seconds())
    body = {"msgtype": "markdown", "markdown": {"content": text}}
    async with aiohttp.ClientSession(connector=connector, timeout=limit) as http:
        async with http.post(url, json=body, allow_redirects=False) as response:
            if response.status in {301, 302, 303, 307, 308, 400, 401, 403, 404, 410}:
                raise GiveUp(tr("群机器人的地址不对（{status}）", status=response.status))
            response.raise_for_status()
            answer = await response.json(content_type=None)
    code = answer.get("errcode", 0) if isinstance(answer, dict) else -1
    if code == TOO_FREQUENT:
        raise Later(tr("群机器人一分钟最多 20 条"), RUSHED)
    if code in _GONE:
        raise GiveUp(tr("群机器人不收（{code}），请检查地址", code=code))
    if code:
        raise OSError(f"the robot answered {code}")
    return robot


def tell(work: Work, task: Task, rung: int) -> None:
    """Have every group told of a task's rung, once. What concerns a person's health or home stays behind the link."""
    kind = work.context.services.kind_of(task.kind)
    title = task.title if task.is_alarm or kind is None else kind.title
    text = f"**{_plain(title)}**\n> {work.community.name}\n> 第 {rung} 次通知，还没有人接手\n[去控制台处理]({work.context.base_url}/console/tasks)"
    for robot in _all(work):
        work.perform(
            send,
            key=f"{task.public_id} {rung} {robot.public_id}",
            subject=task.about,
            robot=robot.public_id,
            url=robot.url,
            text=text,
        )


def _plain(text: str) -> str:
    """Return words that mean nothing but themselves in markdown."""
    return re.sub(r"[*_`~<>\[\]()#|\\]", " ", text)


def _all(work: Work) -> list[Robot]:
    return list(work.session.exec(select(Robot).order_by(col(Robot.id))).all())


#: Robots on one page.
SHOWN = 6


@page("GET", "/duty/robots", need=EDIT, title=tr("群机器人"), nav=tr("管理"))
def listed(desk: Desk) -> View:
    """List the robots and when each last took a message."""
    shown = part(_all(desk), desk.query, "/duty/robots", SHOWN)
    return View("duty/robots.html", {"robots": [(robot, urlsplit(robot.url).hostname) for robot in shown.rows], "part": shown})


@page("POST", "/duty/robots", need=EDIT)
def add(desk: Desk) -> Redirect:
    """Add a robot and send it a first message."""
    name, url = desk.form.get("name", "").strip()[:40], desk.form.get("url", "").strip()
    if not name:
        raise Refusal(tr("请写群的名称，例如“物业值班群”。"), field="name")
    if fault := fault_of(url, local=desk.settings(Settings).local_robots):
        raise Refusal(fault, field="url")
    robot = Robot(name=name, url=url, added_at=desk.now)
    desk.session.add(robot)
    desk.session.flush()
    desk.record("duty.robot_added", f"robot:{robot.public_id}")
    _try(desk, robot)
    return Redirect("/console/duty/robots", tr("已添加，并发了一条测试消息。几秒后看看群里有没有。"))


@page("POST", "/duty/robots/{id}/try", need=EDIT)
def test(desk: Desk) -> Redirect:
    """Send a robot a message that says it is none."""
    _try(desk, _find(desk))
    return Redirect("/console/duty/robots", tr("测试消息正在发送，几秒后看看群里有没有。"))


@page("POST", "/duty/robots/{id}/remove", need=EDIT)
def remove(desk: Desk) -> Redirect:
    """Forget a robot and its address."""
    robot = _find(desk)
    desk.session.delete(robot)
    desk.record("duty.robot_removed", f"robot:{robot.public_id}")
    return Redirect("/console/duty/robots", tr("已删除“{name}”。", name=robot.name))


def _try(desk: Desk, robot: Robot) -> None:
    text = f"这是{desk.community.name}的测试消息：有警报时会发到这里。"
    desk.perform(
        send, key=f"try {public_id()}", subject=f"robot:{robot.public_id}", robot=robot.public_id, url=robot.url, text=text
    )


def _find(desk: Desk) -> Robot:
    robot = desk.session.exec(select(Robot).where(Robot.public_id == desk.params["id"])).first()
    if robot is None:
        raise LookupError(desk.params["id"])
    return robot


ROUTES: tuple[Page, ...] = (listed, add, test, remove)
