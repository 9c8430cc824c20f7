"""Photos that residents sent, for staff only."""

import re

from aiohttp import web
from sqlmodel import Session, select

from bot.console import readings
from bot.console.parts import PARTS, signed_in
from bot.contract import Reading
from bot.store import scope
from bot.store.photos import Photo
from bot.translation import tr

#: Who may see photos: they belong to what residents report and say.
NEED = "photo.view"

_NAME = re.compile("[0-9a-f]{64}")


def mount(app: web.Application) -> None:
    """Add the address of photos."""
    app.router.add_get("/console/photos/{id}", show)


async def show(request: web.Request) -> web.StreamResponse:
    """Send one photo."""
    viewer = await signed_in(request)
    if viewer is None or not viewer.may(NEED):
        raise web.HTTPForbidden(text=tr("请先登录有权限的账号。"))
    parts = request.app[PARTS]
    photo = await parts.database.read(_find, viewer.community.key, request.match_info["id"])
    if photo is None or not _NAME.fullmatch(photo.sha256):
        raise web.HTTPNotFound(text=tr("照片不在了，或者还没有取回。"))
    what = viewer.access.permissions[NEED].sensitive
    await readings.write_down(request, viewer, [Reading(what=what, subject=f"photo:{photo.public_id}")])
    return web.FileResponse(parts.photos / f"{photo.sha256}.jpg", headers={"Content-Type": "image/jpeg"})


def _find(session: Session, community_id: int, public_id: str) -> Photo | None:
    scope.enter(session, community_id)
    return session.exec(select(Photo).where(Photo.public_id == public_id)).first()
