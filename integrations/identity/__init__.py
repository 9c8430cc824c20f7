"""Identity: who lives where, said in the chat and proven by what only those who live there know."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
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
    title=tr("住址"),
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
        "identity.waits": "who flat", "identity.withdrawn": "said also", "identity.kept": "who flat bound waiting", "identity.changed": "flat", "identity.unbound": "going", "identity.let_in": "who flat", "identity.kept_out": "who flat",
        "identity.strangers": "flat bound waiting inside", "identity.tried": "flat bound waiting tries quiet", "identity.may_join": "whom unsure", "identity.not_bound": "said going",
        "identity.communities": "here names single bound leaves free asked", "identity.who": "who flat at how", "identity.known": "who flat", "identity.stays_out": "who flat",
    },
    processing=processing.PROCESSING,
    permissions=(
        Permission(
            name=requests.NEED, title=tr("核对住址"), roles=(Role.STAFF, Role.MANAGER), sensitive=tr("核对住址时居民的话和电话")
        ),
    ),
    tasks=(
        TaskKind(kind=requests.KIND, title=tr("核对住址"), path="/flats", path_title=tr("去核对"), says_flat=True, ends_with_account=True),
        TaskKind(kind="identity.objected", title=tr("住户不认识新绑定的人")),
        TaskKind(kind=household.DISPUTED, title=tr("家里人互相说不认识"), outcomes=(tr("都住这里"), tr("已请一方解除绑定"), tr("没有结果")), disputes=True),
        TaskKind(kind=actions.JOINED, title=tr("凭后四位加进一户，名册上没有")),
        TaskKind(kind=actions.LEAVING, title=tr("住户要搬走")),
        TaskKind(kind=proofs.FLOODED, title=tr("今天试错的手机号太多")),
    ),
)  # fmt: skip
