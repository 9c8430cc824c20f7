"""Who of the staff reads what the core keeps of residents."""

from bot.contract import Basis, Processing

PROCESSING = (
    Processing(
        what="对话内容、转给同事的事", purpose="需要人工时接着办", basis=(Basis.CONTRACT,),
        columns=("line.text", "conversation.topic", "task.title", "task.data", "task.outcome"), lives="取消关注后删除",
        seen_by=("conversation.view", "conversation.reply", "task.view"),
    ),
    Processing(
        what="一户的人：姓名、电话、标签", purpose="打电话、上门、应本人要求导出", basis=(Basis.CONTRACT, Basis.DUTY),
        columns=("resident.name", "resident.phone", "resident.tags"), lives="在名册上期间", seen_by=("household.view", "people.export"),
    ),
)  # fmt: skip
