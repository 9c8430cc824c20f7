"""How people read the events of binding."""

from bot.contract import Log

#: Kinds of events and their fields.
EMITS = {"identity.bound": "household", "identity.confirmed": "household"}

LOG = Log(
    events={
        "identity.bound": "绑定了住址", "identity.confirmed": "核对了住址并绑定",
        "identity.unbound": "解除绑定{reason?（{reason}）}",  # what an earlier version recorded
    },
    words={"reason": {"unfollowed": "取消关注"}},
)  # fmt: skip
