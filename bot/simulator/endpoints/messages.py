"""Messages to one follower, and the templates they are made from.

Sources: developers.weixin.qq.com/doc/service/api/ notify/template/, notify/notify/, customer/message/
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.simulator import fields, pushes
from bot.simulator.endpoints.call import OK, Call, Handler, Json, World, step
from bot.simulator.refusal import Refused
from bot.simulator.wechat import TEMPLATE_TITLE, Line


async def template_send(world: World, call: Call) -> Json:
    """Show a template message; how it ended is told in a moment."""
    resident = world.wechat.follower(call.text("touser"))
    msgid, new = world.wechat.template_message(_card(world, call), call.text("client_msg_id"))
    if new:
        status = "failed:user block" if resident.refuses else "success"
        world.courier.tell_later(resident.openid, msgid, lambda sender: pushes.report(sender, status))
    return {**OK, "msgid": msgid}


async def subscribe_send(world: World, call: Call) -> Json:
    """Show a subscription notice to who agreed to it."""
    card, template_id = _card(world, call), call.text("template_id")
    msgid = world.wechat.subscription(card, template_id)
    world.courier.tell_later(card.openid, msgid, lambda sender: pushes.subscription_report(sender, template_id))
    return OK


async def custom_send(world: World, call: Call) -> Json:
    """Show a customer-service message; repeats are messages of their own."""
    line = Line(openid=call.text("touser"), author="bot", kind="text", at=call.now, steps=(step(call),))
    world.wechat.service_message(_said(world, call, line), call.text("client_msg_id"))
    return OK


async def typing(world: World, call: Call) -> Json:
    """Show that the bot writes."""
    resident, command = world.wechat.follower(call.text("touser")), call.text("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072, "command字段取值不对")
    data = {"openid": resident.openid, "on": command == "Typing"}
    world.wechat.journal.publish("typing", openid=resident.openid, data=data)
    return OK


async def list_templates(world: World, _: Call) -> Json:
    """All templates."""
    empty = {"primary_industry": "", "deputy_industry": "", "example": ""}
    rows = [
        {"template_id": template_id, "title": title, "content": "{{thing1.DATA}}\n{{time2.DATA}}", **empty}
        for template_id, title in world.wechat.templates.items()
    ]
    return {"template_list": rows}


async def add_template(world: World, call: Call) -> Json:
    """Take a template from WeChat's library, by its short number."""
    if not call.text("template_id_short"):
        raise Refused(40037, "invalid template_id_short")
    return {**OK, "template_id": world.wechat.add_template(TEMPLATE_TITLE)}


async def delete_template(world: World, call: Call) -> Json:
    """Forget a template."""
    if world.wechat.templates.pop(call.text("template_id"), None) is None:
        raise Refused(40037, "invalid template_id")
    return OK


def _card(world: World, call: Call) -> Line:
    """Return the card that a template makes of its fields."""
    template_id = call.text("template_id")
    if not template_id:
        raise Refused(40037, "invalid template_id")
    return Line(
        openid=call.text("touser"), author="bot", kind="template", at=call.now,
        title=world.wechat.templates.get(template_id, TEMPLATE_TITLE),
        fields=tuple(fields.read(call.body.get("data")).items()), url=call.text("url") or call.text("page"),
        steps=(step(call),),
    )  # fmt: skip


def _said(world: World, call: Call, line: Line) -> Line:
    """Return the line with what a customer-service message says."""
    kind = call.text("msgtype")
    part = call.part(kind)
    match kind:
        case "text" if part.get("content"):
            return replace(line, text=str(part["content"]))
        case "image":
            media_id = str(part.get("media_id", ""))
            world.wechat.medium(media_id)
            return replace(line, kind="photo", media_id=media_id)
        case "msgmenu":
            listed = part.get("list")
            choices = tuple(str(one.get("content", "")) for one in listed) if isinstance(listed, list) else ()
            text = f"{part.get('head_content', '')}\n{part.get('tail_content', '')}".strip()
            return replace(line, text=text, choices=choices)
    raise Refused(40008, "invalid message type")


CALLS: Mapping[str, Handler] = {
    "message/template/send": template_send,
    "message/subscribe/bizsend": subscribe_send,
    "message/custom/send": custom_send,
    "message/custom/typing": typing,
    "template/get_all_private_template": list_templates,
    "template/api_add_template": add_template,
    "template/del_private_template": delete_template,
}
