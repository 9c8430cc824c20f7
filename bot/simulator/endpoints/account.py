"""The account itself: tokens, menu, quotas, addresses.

Sources: developers.weixin.qq.com/doc/service/api/ base/, apimanage/, custommenu/
"""

from collections.abc import Mapping

from bot.simulator import menu
from bot.simulator.endpoints.call import OK, Call, Handler, Json, World
from bot.simulator.refusal import Refused

#: Networks from which the webhook can be looked for.
OPERATORS = ("CHINANET", "UNICOM", "CAP", "DEFAULT")


async def stable_token(world: World, call: Call) -> Json:
    """The token that is the same for all."""
    if call.text("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    force = call.body.get("force_refresh") is True
    token, seconds = world.tokens.stable(call.text("appid"), call.text("secret"), force, call.now)
    return {"access_token": token, "expires_in": seconds}


async def plain_token(world: World, call: Call) -> Json:
    """The token that replaces the one before."""
    if call.asked("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    token, seconds = world.tokens.plain(call.asked("appid"), call.asked("secret"), call.now)
    return {"access_token": token, "expires_in": seconds}


async def ticket(world: World, call: Call) -> Json:
    """The ticket for pages."""
    value, seconds = world.tokens.ticket(call.asked("type") or "jsapi", call.now)
    return {**OK, "ticket": value, "expires_in": seconds}


async def create_menu(world: World, call: Call) -> Json:
    """Show another menu."""
    world.wechat.set_menu(menu.read(call.body))
    return OK


async def get_menu(world: World, _: Call) -> Json:
    """The menu as the bot made it."""
    if world.wechat.menu is None:
        raise Refused(46003, "menu no exist")
    return {"menu": {"button": menu.as_json(world.wechat.menu)}}


async def delete_menu(world: World, _: Call) -> Json:
    """No menu of the bot's any more."""
    world.wechat.set_menu(None)
    return OK


async def quota(world: World, call: Call) -> Json:
    """What is left of a call today."""
    path = call.text("cgi_path").removeprefix("/").removeprefix("cgi-bin/")
    if path not in world.paths:
        raise Refused(76021, "cgi_path not found, please check")
    caps = world.wechat.caps
    limit, left = caps.limit(path), caps.left(path, call.now)
    return {**OK, "quota": {"daily_limit": limit, "used": limit - left, "remain": left}}


async def clear_quota(world: World, call: Call) -> Json:
    """Begin the counts of today anew."""
    world.tokens.belongs(call.text("appid"))
    world.wechat.caps.clear(call.now)
    return OK


async def addresses(_: World, __: Call) -> Json:
    """Where WeChat is: on this machine."""
    return {"ip_list": ["127.0.0.1"]}


async def check_callback(_: World, call: Call) -> Json:
    """Look for the webhook, which is on this machine."""
    action, operator = call.text("action"), call.text("check_operator")
    if action not in ("dns", "ping", "all"):
        raise Refused(40202, "invalid action")
    if operator not in OPERATORS:
        raise Refused(40203, "invalid check_operator")
    found = [{"ip": "127.0.0.1", "real_operator": operator}]
    pinged = [{"ip": "127.0.0.1", "from_operator": operator, "package_loss": "0%", "time": "0.04ms"}]
    return {"dns": found if action != "ping" else [], "ping": pinged if action != "dns" else []}


#: Calls that need no token.
OPEN: Mapping[str, Handler] = {"stable_token": stable_token, "token": plain_token}

CALLS: Mapping[str, Handler] = {
    "ticket/getticket": ticket,
    "menu/create": create_menu,
    "menu/get": get_menu,
    "menu/delete": delete_menu,
    "openapi/quota/get": quota,
    "clear_quota": clear_quota,
    "getcallbackip": addresses,
    "get_api_domain_ip": addresses,
    "callback/check": check_callback,
}
