"""How people read what was done to the knowledge base."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Subject, Work, tr
from bot.contract.knowledge import Entry

EMITS = {
    "knowledge.saved": "live", "knowledge.removed": "", "knowledge.restored": "", "knowledge.imported": "new changed", "knowledge.planted": "new",
}  # fmt: skip


def _entries(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(Entry).where(col(Entry.public_id).in_(keys))).all()
    known = {one.public_id: Subject(f"“{one.question}”", f"/knowledge/{one.public_id}") for one in found}
    return {key: Subject(tr("知识库的问题")) for key in keys} | known


LOG = Log(
    events={
        "knowledge.saved": tr("写了知识库"), "knowledge.removed": tr("删了知识库的问题"), "knowledge.restored": tr("恢复了知识库的问题"),
        "knowledge.imported": tr("导入了知识库：新增 {new} 条，修改 {changed} 条"), "knowledge.planted": tr("放入了 {new} 条知识库模板"),
    },
    titles={"knowledge.imported": tr("导入了知识库"), "knowledge.planted": tr("放入了知识库模板")},
    subjects={"knowledge": _entries},
)  # fmt: skip
