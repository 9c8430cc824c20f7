"""How people read the events of the register; an event names a person or a flat by its id and holds no name and no number."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Household, Log, Subject, Work, row_id, tr

#: Kinds of events and their fields.
EMITS = {
    "people.exported": "", "resident.added": "household", "resident.corrected": "what",
    "resident.tagged": "", "resident.untagged": "",
    "resident.phone_seen": "", "household.added": "", "household.corrected": "before? after?", "household.code_made": "", "household.code_drawn": "", "household.code_renewed": "",
    "account.blocked": "", "account.let_in": "", "resident.merged": "goes", "resident.parted": "", "resident.told_apart": "other", "resident.not_told_apart": "other", "community.changed": "what", "resident.letters": "how",
}  # fmt: skip


def _households(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    numbers = [number for key in keys if (number := row_id(key))]
    found = work.session.exec(select(Household).where(col(Household.id).in_(numbers))).all()
    known = {str(flat.id): Subject(flat.label, f"/households/{flat.id}") for flat in found}
    return {key: Subject(tr("住户")) for key in keys} | known


LOG = Log(
    events={
        "people.exported": tr("导出了居民的信息"), "people.listed": tr("导出了居民名单（{people} 人）"), "resident.added": tr("加进了名册"),
        "resident.corrected": tr("改了资料（{what}）"), "resident.tagged": tr("加了标签"), "resident.untagged": tr("去掉了标签"),
        "resident.phone_seen": tr("看了完整电话"), "resident.letters": tr("{how}"),
        "household.added": tr("添加了一户"), "household.corrected": tr("改了门牌{before?：从{before}改成{after}}"), "household.code_made": tr("做了住户码"), "household.code_drawn": tr("住户码的二维码好了"),
        "household.code_renewed": tr("换了住户码"), "account.blocked": tr("拦住了一个微信"), "account.let_in": tr("放行了一个微信"), "resident.merged": tr("和重复的一位合并了"), "community.changed": tr("改了小区资料（{what}）"), "resident.parted": tr("把合并的两个人分开了"), "resident.told_apart": tr("记下和另一位不是同一个人"), "resident.not_told_apart": tr("重新提示和另一位可能是同一个人"),
    },
    words={"how": {"large": tr("要了大字、短句"), "usual": tr("换回平常的字")}},
    titles={"resident.letters": tr("大字、小字"), "people.listed": tr("导出了居民名单"), "resident.corrected": tr("改了居民的资料"), "household.corrected": tr("改了门牌"), "community.changed": tr("改了小区资料")},
    subjects={"household": _households},
)  # fmt: skip
