"""Files and QR codes.

Sources: developers.weixin.qq.com/doc/service/api/ material/, qrcode/qrcodes/
"""

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import segno
from aiohttp import web

from bot.simulator.endpoints.call import OK, Call, Handler, Json, World, file_of
from bot.simulator.refusal import Refused

#: A temporary code lives for this long when nothing is said, and at most that long.
CODE_LIVES, CODE_LIVES_AT_MOST = timedelta(seconds=30), timedelta(days=30)

#: Kinds of files.
KINDS = ("image", "thumb", "voice", "video")


async def upload(world: World, call: Call) -> Json:
    """Keep a file for three days."""
    kind = _kind(call)
    content, content_type = await file_of(call.request)
    media_id = world.wechat.keep(content, content_type)
    return {"type": kind, "media_id": media_id, "created_at": int(call.now.timestamp())}


async def download(world: World, call: Call) -> web.Response:
    """Give back a file of the bot or of a resident."""
    return _file(world, call.asked("media_id"))


async def upload_for_article(world: World, call: Call) -> Json:
    """Keep a picture for good and say where it can be seen."""
    content, content_type = await file_of(call.request)
    return {"url": _address(call, world.wechat.keep(content, content_type, None))}


async def add_material(world: World, call: Call) -> Json:
    """Keep a file for good."""
    _kind(call)
    content, content_type = await file_of(call.request)
    media_id = world.wechat.keep(content, content_type, None)
    return {"media_id": media_id, "url": _address(call, media_id)}


async def get_material(world: World, call: Call) -> web.Response:
    """Give back a file that was kept for good."""
    return _file(world, call.text("media_id"))


async def delete_material(world: World, call: Call) -> Json:
    """Forget a file."""
    world.wechat.drop(call.text("media_id"))
    return OK


async def create_code(world: World, call: Call) -> Json:
    """A new code, temporary or not."""
    scene = _scene(call)
    if call.text("action_name") in ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        code = world.wechat.make_code(scene, None)
        return {"ticket": code.ticket, "url": code.url}
    seconds = call.body.get("expire_seconds")
    lives = timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else CODE_LIVES
    lives = min(lives, CODE_LIVES_AT_MOST)
    code = world.wechat.make_code(scene, lives)
    return {"ticket": code.ticket, "expire_seconds": int(lives.total_seconds()), "url": code.url}


async def show_code(world: World, call: Call) -> web.Response:
    """The picture of a code; mp.weixin.qq.com shows it to anybody."""
    code = world.wechat.codes.get(call.asked("ticket"))
    if code is None:
        raise web.HTTPNotFound
    picture = BytesIO()
    segno.make(code.url).save(picture, kind="png", scale=8)
    return web.Response(body=picture.getvalue(), content_type="image/png")


def _kind(call: Call) -> str:
    kind = call.asked("type")
    if kind not in KINDS:
        raise Refused(40004, "invalid media type")
    return kind


def _file(world: World, media_id: str) -> web.Response:
    medium = world.wechat.medium(media_id)
    headers = {"Content-Disposition": 'attachment; filename="media"'}
    return web.Response(body=medium.content, content_type=medium.content_type, headers=headers)


def _address(call: Call, media_id: str) -> str:
    return f"{str(call.request.url).rpartition('/api/')[0]}/media/{media_id}"


def _scene(call: Call) -> str:
    """Return the scene of `qrcode/create`, which is a number or up to 64 characters."""
    scene = call.part("action_info").get("scene")
    named = scene if isinstance(scene, Mapping) else {}
    value = named.get("scene_str") or named.get("scene_id")
    if not isinstance(value, (str, int)) or not 1 <= len(str(value)) <= 64:
        raise Refused(40053, "invalid action info")
    return str(value)


#: Calls that need no token.
OPEN: Mapping[str, Handler] = {"showqrcode": show_code}

CALLS: Mapping[str, Handler] = {
    "media/upload": upload,
    "media/get": download,
    "media/uploadimg": upload_for_article,
    "material/add_material": add_material,
    "material/get_material": get_material,
    "material/del_material": delete_material,
    "qrcode/create": create_code,
}
