"""People who answer in WeChat's own staff app.

Source: developers.weixin.qq.com/doc/service/api/customer/
"""

from collections.abc import Mapping

from bot.simulator import pushes
from bot.simulator.endpoints.call import OK, Call, Handler, Json, World
from bot.simulator.refusal import Refused


async def list_accounts(world: World, _: Call) -> Json:
    """All accounts."""
    return {"kf_list": [_account(account, name) for account, name in world.wechat.desk.accounts.items()]}


async def list_online(world: World, call: Call) -> Json:
    """All accounts, for everybody is always there."""
    desk = world.wechat.desk
    rows = [
        {"kf_account": account, "status": 1, "kf_id": account, "accepted_case": len(desk.residents_of(account, call.now))}
        for account in desk.accounts
    ]
    return {"kf_online_list": rows}


async def add_account(world: World, call: Call) -> Json:
    """A new account, or another nickname for one."""
    world.wechat.desk.add(call.text("kf_account"), call.text("nickname"))
    return OK


async def delete_account(world: World, call: Call) -> Json:
    """One account less; its name stands in the query."""
    world.wechat.desk.remove(call.asked("kf_account"))
    return OK


async def open_session(world: World, call: Call) -> Json:
    """A person takes over from the bot."""
    resident, account = world.wechat.follower(call.text("openid")), call.text("kf_account")
    world.wechat.desk.open(resident.openid, account, call.now)
    number = world.wechat.number()
    world.courier.tell_later(resident.openid, number, lambda sender: pushes.desk_opened(sender, account))
    return OK


async def close_session(world: World, call: Call) -> Json:
    """The bot takes over from a person."""
    openid, account = call.text("openid"), call.text("kf_account")
    world.wechat.desk.close(openid, account, call.now)
    number = world.wechat.number()
    world.courier.tell_later(openid, number, lambda sender: pushes.desk_closed(sender, account))
    return OK


async def session(world: World, call: Call) -> Json:
    """Who talks with a resident."""
    openid = call.asked("openid")
    account = world.wechat.desk.account_of(openid, call.now)
    if not account:
        raise Refused(65413, "no such session")
    return {**OK, "createtime": _since(world, openid), "kf_account": account}


async def sessions(world: World, call: Call) -> Json:
    """With whom an account talks."""
    openids = world.wechat.desk.residents_of(call.asked("kf_account"), call.now)
    return {"sessionlist": [{"createtime": _since(world, openid), "openid": openid} for openid in openids]}


async def waiting(_: World, __: Call) -> Json:
    """Nobody waits: everybody is always there."""
    return {"count": 0, "waitcaselist": []}


def _account(account: str, name: str) -> Json:
    return {"kf_account": account, "kf_nick": name, "kf_id": account, "kf_headimgurl": ""}


def _since(world: World, openid: str) -> int:
    since = world.wechat.desk.since(openid)
    return int(since.timestamp()) if since else 0


CALLS: Mapping[str, Handler] = {
    "customservice/getkflist": list_accounts,
    "customservice/getonlinekflist": list_online,
    "customservice/kfaccount/add": add_account,
    "customservice/kfaccount/update": add_account,
    "customservice/kfaccount/del": delete_account,
    "customservice/kfsession/create": open_session,
    "customservice/kfsession/close": close_session,
    "customservice/kfsession/getsession": session,
    "customservice/kfsession/getsessionlist": sessions,
    "customservice/kfsession/getwaitcase": waiting,
}
