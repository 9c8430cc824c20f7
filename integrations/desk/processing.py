"""Who of the staff reads what the core keeps of residents."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("对话内容、转给同事的事"), purpose=tr("需要人工时接着办"), basis=(Basis.CONTRACT,),
        columns=("line.text", "conversation.topic", "task.title", "task.data", "task.outcome"), lives=tr("取消关注后删除"),
        seen_by=("conversation.view", "conversation.reply", "task.view"),
    ),
    Processing(
        what=tr("同事在对话旁记的备注和标签"), purpose=tr("换人接手也知道前情"), basis=(Basis.CONTRACT,),
        columns=("desk_note.text", "desk_labelled.openid"), lives=tr("180 天（LINLI_CORE_KEEP_TALKS 可改），取消关注后删除；本人查自己的信息时一起给"),
        retains=(tr("对话旁的备注"),), seen_by=("conversation.view",),
    ),
    Processing(
        what=tr("同事在对话里发给居民的图片"), purpose=tr("给居民看现场、单据"), basis=(Basis.CONTRACT,), columns=("sent_picture.openid",),
        lives=tr("180 天（LINLI_CORE_KEEP_TALKS 可改），取消关注后删除"), seen_by=("photo.view",), goes_to=tr("腾讯（微信公众平台）"),
    ),
)  # fmt: skip
