"""How people read the events of binding."""

from bot.contract import Log, tr

#: Kinds of events and their fields.
EMITS = {
    "identity.confirmed": "household",
    "identity.invited": "household",
    "identity.uninvited": "household",
    "identity.objected": "household",
    "identity.disputed": "household",
}

LOG = Log(
    events={
        "identity.confirmed": tr("核对了住址并绑定"), "identity.invited": tr("给家里人发了邀请码"), "identity.uninvited": tr("撤销了给家里人的邀请码"), "identity.objected": tr("家里人说不认识，已停掉"), "identity.disputed": tr("家里人说不认识，交给物业核实"),
        "identity.bound": tr("绑定了住址"), "identity.unbound": tr("解除绑定{reason?（{reason}）}"),  # what earlier versions recorded
    },
    titles={"identity.bound": tr("绑定了住址（早先的记法）"), "identity.unbound": tr("解除绑定（早先的记法）")},
    words={"reason": {"unfollowed": tr("取消关注")}},
)  # fmt: skip
