"""Identity: who lives where, said in the chat and proven by what only those who live there know."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind
from integrations.identity import (
    actions,
    console,
    events,
    heard,
    household,
    joining,
    members,
    pages,
    past,
    processing,
    proofs,
    reactions,
    requests,
)

integration = Integration(
    name="identity",
    title="住址",
    folder=Path(__file__).parent,
    actions=(*actions.ALL, *joining.ALL, *members.ALL),
    amends=actions.AMENDS,
    hears=heard.hear,
    console=console.ROUTES,
    pages=pages.ROUTES,
    reactions=reactions.ALL,
    past=past.tell,
    log=events.LOG,
    emits=events.EMITS,
    tells={
        "identity.joined": "who flat how url", "identity.asks": "who flat url", "identity.confirmed": "flat",
        "identity.refused": "said", "identity.objected": "flat", "identity.stopped": "who flat", "identity.disputed": "who flat",
        "identity.waits": "who flat", "identity.changed": "flat", "identity.unbound": "going", "identity.let_in": "who flat", "identity.kept_out": "who flat",
    },
    processing=processing.PROCESSING,
    permissions=(
        Permission(
            name=requests.NEED, title="核对住址", roles=(Role.STAFF, Role.MANAGER), sensitive="核对住址时居民的话和电话"
        ),
    ),
    tasks=(
        TaskKind(kind=requests.KIND, title="核对住址", path="/flats", path_title="去核对", ends_with_account=True),
        TaskKind(kind="identity.objected", title="住户不认识新绑定的人"),
        TaskKind(kind=household.DISPUTED, title="家里人互相说不认识", outcomes=("都住这里", "已请一方解除绑定", "没有结果"), disputes=True),
        TaskKind(kind=proofs.FLOODED, title="今天试错的手机号太多"),
    ),
)  # fmt: skip
