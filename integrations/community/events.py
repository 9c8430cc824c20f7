"""How people read the events of binding."""

from bot.contract import Log

LOG = Log(events={"identity.bound": "绑定了住址", "identity.confirmed": "核对了住址并绑定"})
