"""Who of the staff reads what the core keeps of residents."""

from bot.contract import Basis, Processing

PROCESSING = (
    Processing(
        what="对话内容、转给同事的事", purpose="需要人工时接着办", basis=(Basis.CONTRACT,),
        columns=("line.text", "conversation.topic", "task.title", "task.data", "task.outcome"), lives="取消关注后删除",
        seen_by=("conversation.view", "conversation.reply", "task.view"),
    ),
)  # fmt: skip
