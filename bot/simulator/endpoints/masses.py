"""Messages to many followers at once. They are out at once, too; how it went is told in a moment.

Source: developers.weixin.qq.com/doc/service/api/notify/message/
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from bot.simulator import pushes
from bot.simulator.endpoints.call import OK, Call, Handler, Json, World, as_number, step
from bot.simulator.refusal import Refused
from bot.simulator.wechat import TEXT_BYTES, Line


async def send_to_filter(world: World, call: Call) -> Json:
    """Send to everybody, or to who bears a tag."""
    wanted = call.part("filter")
    if wanted.get("is_to_all") is True:
        return _send(world, call, world.wechat.followers())
    return _send(world, call, world.wechat.tags.bearers(as_number(wanted.get("tag_id"))))


async def send_to_openids(world: World, call: Call) -> Json:
    """Send to two openids or more."""
    openids = call.texts("touser")
    if not 2 <= len(openids) <= 10_000:
        raise Refused(40130, "invalid openid list size, at least two openid")
    return _send(world, call, list(dict.fromkeys(openids)))


async def preview(world: World, call: Call) -> Json:
    """Show the message to one follower, uncounted."""
    resident = world.wechat.follower(call.text("touser"))
    line = _line(call, resident.openid)
    shown = world.wechat.post_new(line)
    return {**OK, "errmsg": "preview success", "msg_id": shown.id}


async def state(world: World, call: Call) -> Json:
    """Tell whether a message is out."""
    msg_id = call.number("msg_id")
    if msg_id not in world.wechat.masses.done:
        raise Refused(40056, "invalid msg_id")
    return {"msg_id": msg_id, "msg_status": "SEND_SUCCESS"}


def _send(world: World, call: Call, openids: list[str]) -> Json:
    line = _line(call, "")
    # Without an id WeChat compares audience and content.
    clientmsgid = call.text("clientmsgid") or sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()
    msg_id, counts = world.wechat.mass(line, openids, clientmsgid)
    world.courier.tell_later(pushes.ASSISTANT, msg_id, lambda sender: pushes.mass_report(sender, counts))
    return {**OK, "errmsg": "send job submission success", "msg_id": msg_id}


def _line(call: Call, openid: str) -> Line:
    if call.text("msgtype") != "text":
        raise Refused(40008, "invalid message type")
    text = str(call.part("text").get("content") or "")
    if not text:
        raise Refused(44004, "empty content")
    if len(text.encode()) > TEXT_BYTES:
        raise Refused(45002, "content size out of limit")
    return Line(openid=openid, author="bot", kind="text", at=call.now, text=text, steps=(step(call),))


CALLS: Mapping[str, Handler] = {
    "message/mass/sendall": send_to_filter,
    "message/mass/send": send_to_openids,
    "message/mass/preview": preview,
    "message/mass/get": state,
}
