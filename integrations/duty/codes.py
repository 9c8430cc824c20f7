"""A member of the staff binds their own WeChat: they scan a code on their page, or send it in the chat."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import segno
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.contract import Call, Desk, Page, Redirect, Staff, Turn, View, Work, effect, page, tr
from bot.contract.duty import within
from integrations.duty.models import Code

#: What the scenes of these codes begin with.
KIND = "duty"

#: How long a code is good.
LIVES = timedelta(minutes=10)

#: Everybody who may enter the console has a WeChat of their own.
NEED = "console.start"


@page("GET", "/me/wechat", need=NEED, title=tr("我的微信"), nav=tr("管理"))
def show(desk: Desk) -> View:
    """Show whether the own WeChat is bound, and a code that binds it."""
    code = _good(desk)
    picture = (
        segno.make_qr(code.url, error="m").svg_data_uri(light="white", dark="black", border=4, scale=6)
        if code and code.url
        else ""
    )
    return View("duty/wechat.html", {"code": code, "picture": picture, "bound": desk.staff.openid is not None})


@page("POST", "/me/wechat/code", need=NEED)
def make(desk: Desk) -> Redirect:
    """Make a new code; older ones are good no more."""
    for old in desk.session.exec(select(Code).where(Code.staff_id == desk.staff.id, col(Code.used_at).is_(None))).all():
        desk.session.delete(old)
    code = Code(staff_id=desk.staff.id or 0, expires_at=desk.now + LIVES)
    desk.session.add(code)
    desk.session.flush()
    desk.perform(draw, key=code.scene, subject=code.about, scene=f"{KIND}.{code.scene}")
    desk.record("duty.code_made", code.about)
    return Redirect("/console/me/wechat")


@page("POST", "/me/wechat/unbind", need=NEED)
def unbind(desk: Desk) -> Redirect:
    """Let the own WeChat go, wherever this person works."""
    if desk.staff.openid:
        _set(desk, desk.staff, None)
        desk.record("duty.unbound", f"staff:{desk.staff.login}")
    return Redirect("/console/me/wechat", "已解除绑定，警报不会再发到这个微信。")


def _drawn(work: Work, subject: str, url: str) -> None:
    code = work.session.exec(select(Code).where(Code.scene == subject.partition(":")[2])).first()
    if code is not None:
        code.url = url
        work.session.add(code)
        work.record("duty.code_drawn", subject)


@effect("duty.code", timeout=timedelta(seconds=10), retries=(timedelta(seconds=2), timedelta(seconds=10)), then=_drawn)
async def draw(call: Call, *, scene: str) -> str:
    """Ask WeChat for a code that says `scene` and lives for LIVES; returns what its picture holds.

    Source: developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
    """
    answer = await call.wechat.qrcode.create({
        "expire_seconds": int(LIVES.total_seconds()), "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": scene}},
    })  # fmt: skip
    return str(answer["url"])


def scanned(turn: Turn, scene: str) -> str:
    """Bind whoever scans a code to the WeChat they scan it with; returns what to say."""
    return _bind_by(turn, col(Code.scene) == scene) or _gone(turn)


def typed(turn: Turn, code: str) -> str:
    """Do the same for a code that was sent: counted before it is looked up, for six signs can be guessed."""
    if not turn.may_guess():
        return turn.words(turn.context.messages["duty.code_tired"])
    if said := _bind_by(turn, col(Code.typed) == code):
        turn.guessed_right()
    return said or _gone(turn)


def _gone(turn: Turn) -> str:
    return turn.words(turn.context.messages["duty.code_gone"])


def owners(work: Turn) -> Sequence[Staff]:
    """Return the active staff of the community whose own WeChat this is."""
    mine = select(Staff).where(Staff.openid == work.openid, col(Staff.disabled_at).is_(None))
    return work.session.exec(mine.order_by(col(Staff.id))).all()


def _bind_by(turn: Turn, which: ColumnElement[bool]) -> str:
    """Return what to say to who is bound now; nothing for a code that is none, or good no more."""
    for there in _places(turn):
        code = there.session.exec(select(Code).where(which).with_for_update()).first()
        member = there.session.get(Staff, code.staff_id) if code and code.is_good(turn.now) else None
        if code is None or member is None or member.disabled_at is not None:
            continue
        code.used_at = turn.now
        there.session.add(code)
        if member.openid and member.openid != turn.openid:
            there.tell(member.openid, "duty.moved", who=member.name)
        _set(there, member, turn.openid)
        there.record("duty.bound", f"staff:{member.login}")
        return there.words(there.context.messages["duty.bound"], who=member.name)
    return ""


def _set(work: Work, member: Staff, openid: str | None) -> None:
    """Let a WeChat be that of one person in all communities of the account, and of nobody else."""
    for place in work.context.neighbours or (work.community,):
        with within(work.session, place.key):
            theirs = col(Staff.person) == member.person
            known = work.session.exec(select(Staff).where(theirs | (Staff.openid == openid) if openid else theirs)).all()
            for one in known:
                one.openid = openid if one.person == member.person else None
                work.session.add(one)


def _places(turn: Turn) -> Iterator[Turn]:
    """Look into each community of the account: staff may talk with the bot as residents of another one."""
    for place in turn.context.neighbours or (turn.community,):
        with _at(turn, place.key) as there:
            yield there


@contextmanager
def _at(turn: Turn, community: int) -> Iterator[Turn]:
    place = next(one for one in (*turn.context.neighbours, turn.community) if one.key == community)
    with within(turn.session, community):
        yield Turn(session=turn.session, now=turn.now, context=turn.context.of(place), openid=turn.openid)


def _good(desk: Desk) -> Code | None:
    mine = select(Code).where(Code.staff_id == desk.staff.id, col(Code.used_at).is_(None), col(Code.expires_at) > desk.now)
    return desk.session.exec(mine.order_by(col(Code.id).desc())).first()


ROUTES: tuple[Page, ...] = (show, make, unbind)
