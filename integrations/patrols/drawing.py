"""The codes on walls: one that WeChat reads where it has made one, else the address of the point's page."""

from datetime import timedelta

import segno
from sqlmodel import select

from bot.contract import Call, Work, effect
from integrations.patrols.chat import KIND
from integrations.patrols.models import PatrolPoint

#: How long the address on a wall opens: it is printed.
LIVES = timedelta(days=3650)


def scene(point: PatrolPoint) -> str:
    """Return what the code says that WeChat reads."""
    return f"{KIND}.{point.code}"


def address(work: Work, point: PatrolPoint) -> str:
    """Return the address of the page that whoever scans with a camera gets."""
    return work.link(f"/patrol/{point.code}", LIVES)


def picture(work: Work, point: PatrolPoint) -> str:
    """Return the code as a picture for a page."""
    code = segno.make_qr(point.url or address(work, point), error="m")
    return code.svg_data_uri(light="white", dark="black", border=4, scale=5)


def hang(work: Work, point: PatrolPoint) -> None:
    """Let the code begin a report of a fault at its place for whoever is not of the staff, and have WeChat make it where it has not yet."""
    work.hang(scene(point), "repair", point.name)
    if not point.url:
        work.perform(draw, key=point.code, subject=point.subject, scene=scene(point))


def _drawn(work: Work, subject: str, url: str) -> None:
    point = work.session.exec(select(PatrolPoint).where(PatrolPoint.code == subject.partition(":")[2])).first()
    if point is not None:
        point.url = url
        work.session.add(point)
        work.record("patrol.point_drawn", subject)


@effect(
    "patrols.code",
    timeout=timedelta(seconds=10),
    retries=(timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=1)),
    then=_drawn,
)
async def draw(call: Call, *, scene: str) -> str:
    """Ask WeChat for a permanent code that says `scene`; returns what its picture holds.

    Source: developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
    """
    answer = await call.wechat.qrcode.create(
        {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    )
    return str(answer["url"])
