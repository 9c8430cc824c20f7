"""Who follows, and which tags they bear.

Source: developers.weixin.qq.com/doc/service/api/usermanage/
"""

from collections.abc import Mapping, Sequence

from bot.simulator.endpoints.call import OK, Call, Handler, Json, World, as_number
from bot.simulator.refusal import Refused

#: Followers in one call of `user/info/batchget`.
BATCH = 100


async def info(world: World, call: Call) -> Json:
    """One follower."""
    return _info(world, call.asked("openid"))


async def infos(world: World, call: Call) -> Json:
    """Some followers."""
    listed = call.body.get("user_list")
    if not isinstance(listed, list) or not 1 <= len(listed) <= BATCH:
        raise Refused(40032, "invalid openid list size")
    return {"user_info_list": [_info(world, str(one.get("openid", ""))) for one in listed]}


async def all_openids(world: World, call: Call) -> Json:
    """All followers, page by page."""
    followers = world.wechat.followers()
    page = _page(world, followers, call.asked("next_openid"))
    answer: dict[str, object] = {"total": len(followers), "count": len(page), "next_openid": page[-1] if page else ""}
    return {**answer, "data": {"openid": page}} if page else answer


async def tagged_openids(world: World, call: Call) -> Json:
    """All who bear a tag, page by page."""
    page = _page(world, world.wechat.tags.bearers(call.number("tagid")), call.text("next_openid"))
    return {"count": len(page), "data": {"openid": page}, "next_openid": page[-1]} if page else {"count": 0}


async def create_tag(world: World, call: Call) -> Json:
    """A new tag."""
    name = str(call.part("tag").get("name") or "")
    return {"tag": {"id": world.wechat.tags.create(name), "name": name}}


async def list_tags(world: World, _: Call) -> Json:
    """All tags, and how many bear them."""
    tags = world.wechat.tags
    return {"tags": [{"id": number, "name": name, "count": len(tags.bearers(number))} for number, name in tags.names.items()]}


async def rename_tag(world: World, call: Call) -> Json:
    """Another name for a tag."""
    tag = call.part("tag")
    world.wechat.tags.rename(as_number(tag.get("id")), str(tag.get("name") or ""))
    return OK


async def delete_tag(world: World, call: Call) -> Json:
    """One tag less."""
    world.wechat.tags.delete(as_number(call.part("tag").get("id")))
    return OK


async def put_tag(world: World, call: Call) -> Json:
    """A tag on followers."""
    openids = call.texts("openid_list")
    for openid in openids:
        world.wechat.follower(openid)
    world.wechat.tags.put(call.number("tagid"), openids)
    return OK


async def take_tag(world: World, call: Call) -> Json:
    """A tag off followers."""
    world.wechat.tags.take(call.number("tagid"), call.texts("openid_list"))
    return OK


async def tags_of(world: World, call: Call) -> Json:
    """The tags of one follower."""
    return {"tagid_list": world.wechat.tags.on(world.wechat.follower(call.text("openid")).openid)}


def _info(world: World, openid: str) -> Json:
    resident = world.wechat.resident(openid)
    if resident.follows_since is None:
        return {"subscribe": 0, "openid": resident.openid}
    return {
        "subscribe": 1, "openid": resident.openid, "language": "zh_CN", "remark": "", "groupid": 0,
        "subscribe_time": int(resident.follows_since.timestamp()), "subscribe_scene": "ADD_SCENE_QR_CODE",
        "tagid_list": world.wechat.tags.on(resident.openid),
    }  # fmt: skip


def _page(world: World, openids: Sequence[str], after: str) -> list[str]:
    """Return a page of those that come after one of them."""
    begin = openids.index(after) + 1 if after in openids else 0
    return list(openids[begin : begin + world.wechat.caps.page])


CALLS: Mapping[str, Handler] = {
    "user/info": info,
    "user/info/batchget": infos,
    "user/get": all_openids,
    "user/tag/get": tagged_openids,
    "tags/create": create_tag,
    "tags/get": list_tags,
    "tags/update": rename_tag,
    "tags/delete": delete_tag,
    "tags/members/batchtagging": put_tag,
    "tags/members/batchuntagging": take_tag,
    "tags/getidlist": tags_of,
}
