"""How people read what was done to the knowledge base."""

from bot.contract import Log, Subject, Work, knowledge

EMITS = {
    "knowledge.saved": "live", "knowledge.removed": "", "knowledge.restored": "", "knowledge.imported": "new changed", "knowledge.planted": "new",
}  # fmt: skip


def _entry(work: Work, key: str) -> Subject:
    found = knowledge.find(work.session, key)
    return Subject(f"“{found.question}”", f"/knowledge/{key}") if found else Subject("知识库的问题")


LOG = Log(
    events={
        "knowledge.saved": "写了知识库", "knowledge.removed": "删了知识库的问题", "knowledge.restored": "恢复了知识库的问题",
        "knowledge.imported": "导入了知识库：新增 {new} 条，修改 {changed} 条", "knowledge.planted": "放入了 {new} 条知识库模板",
    },
    titles={"knowledge.imported": "导入了知识库", "knowledge.planted": "放入了知识库模板"},
    subjects={"knowledge": _entry},
)  # fmt: skip
