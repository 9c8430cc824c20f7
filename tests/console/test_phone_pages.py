"""Pages that residents and guards open on their phones: photos go with a point's page, and what renews itself is sent only when it is new."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TypeVar

import aiohttp
from PIL import Image
from sqlmodel import Session, select

from bot.store.photos import Photo
from bot.store.staff import Role
from integrations.patrols.models import PatrolPoint, PatrolVisit
from integrations.repairs.models import Ticket, TicketState
from tests.console.conftest import Office

T = TypeVar("T")


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


def form(body: bytes = b"", **fields: str) -> aiohttp.FormData:
    sent = aiohttp.FormData(fields)
    sent.add_field("picture", body, filename="a.png" if body else "", content_type="image/png")
    return sent


def link(office: Office, path: str) -> str:
    at = office.clock() + timedelta(days=30)
    return f"/p{path}?k={office.linli.context.keys.seal_link(f'/p{path}', at, office.linli.community.key)}"


async def hung(office: Office) -> str:
    """Hang a point; returns its code."""

    def run(session: Session) -> str:
        point = PatrolPoint(name="泵房", made_at=office.clock())
        session.add(point)
        session.flush()
        return point.code

    return await office.write(run)


async def rows(office: Office, kind: type[T]) -> list[T]:
    return await office.read(lambda session: list(session.exec(select(kind)).all()))


async def test_a_guard_takes_a_photo_with_the_page_of_a_point_and_the_manager_finds_it(office: Office) -> None:
    code = await hung(office)
    async with await office.browser(Role.GUARD) as guard, await office.browser(Role.MANAGER) as manager:
        noted = await guard.post(f"/console/patrols/at/{code}", data=form(picture()))
        shown = await noted.text()
        listed = await (await manager.get("/console/patrols/visits")).text()
        [photo], [visit] = await rows(office, Photo), await rows(office, PatrolVisit)
        given = await manager.get(f"/console/photos/{photo.public_id}")
        body = await given.read()
        faulty = await guard.post(f"/console/patrols/at/{code}", data=form(fault="阀门接口渗水"))
        assert faulty.status == 200

    assert "照片 1 张" in shown
    assert f"/console/photos/{photo.public_id}" in listed
    assert (photo.subject, photo.state, body[:2]) == (visit.subject, "stored", b"\xff\xd8")
    [photo], [ticket] = await rows(office, Photo), await rows(office, Ticket)
    assert photo.subject == ticket.subject, "with the fault it goes to the repair"


async def test_what_is_no_picture_is_refused_and_the_visit_is_not_noted(office: Office) -> None:
    code = await hung(office)
    async with await office.browser(Role.GUARD) as guard:
        refused = await guard.post(f"/console/patrols/at/{code}", data=form(b"<svg onload=alert(1)>", fault="渗水"))
        shown = await refused.text()

    assert refused.status == 422
    assert "不是能看的图片" in shown
    assert "渗水" in shown
    assert await rows(office, PatrolVisit) == await rows(office, Photo) == []


async def test_a_page_without_a_photo_works_as_before(office: Office) -> None:
    code = await hung(office)
    async with await office.browser(Role.GUARD) as guard:
        await guard.post(f"/console/patrols/at/{code}", data=form())

    assert len(await rows(office, PatrolVisit)) == 1
    assert await rows(office, Photo) == []


async def test_whoever_passes_sends_a_photo_with_what_is_broken(office: Office) -> None:
    at = link(office, f"/patrol/{await hung(office)}")
    async with await office.browser() as passer:
        refused = await passer.post(at, data=form(b"no picture", words="灯不亮"))
        told = await passer.post(at, data=form(picture(), words="地上有水"))
        said = await told.text()

    assert refused.status == 422
    assert "已报修" in said
    [photo], [ticket] = await rows(office, Photo), await rows(office, Ticket)
    assert (photo.subject, ticket.words) == (ticket.subject, "地上有水")


async def test_a_page_that_renews_itself_is_sent_only_when_something_is_new(office: Office) -> None:
    def opened(session: Session) -> str:
        ticket = Ticket(
            category="water", location="厨房", opened_at=office.clock(), due_at=office.clock() + timedelta(days=1), words="漏水"
        )
        session.add(ticket)
        session.flush()
        session.add(
            Photo(openid="o", media_id="", taken_at=office.clock(), state="stored", sha256="a" * 64, subject=ticket.subject)
        )
        return ticket.number

    number = await office.write(opened)
    at = link(office, f"/tickets/{number}")
    async with await office.browser() as resident:
        first = await resident.get(at)
        mark = first.headers["ETag"]
        office.clock.move(timedelta(minutes=5))
        same = await resident.get(at, headers={"If-None-Match": mark})
        assert (same.status, await same.read()) == (304, b"")

        def begun(session: Session) -> None:
            ticket = session.exec(select(Ticket)).one()
            ticket.state = TicketState.WORKING
            session.add(ticket)

        await office.write(begun)
        new = await resident.get(at, headers={"If-None-Match": mark})
        assert new.status == 200
        assert "处理中" in await new.text()
        assert new.headers["ETag"] != mark
