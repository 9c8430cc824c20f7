"""What the core itself uses personal data for; what services show of it they declare themselves."""

from bot.contract.processing import Basis, Impact, Processing
from bot.translation import tr

_UNTIL_LEFT = tr("取消关注后删除")

PROCESSING = (
    Processing(
        what=tr("居民名册：姓名、住址、电话、标签"), purpose=tr("核对住址、按户提供物业服务、按楼栋或标签通知"), basis=(Basis.CONTRACT,),
        columns=("resident.name", "resident.phone", "resident.tags", "resident.household_id"), lives=tr("在名册上期间；由物业增减"),
        seen_by=("phone.view",),
    ),
    Processing(
        what=tr("导入名册时的文件内容和改动前后的值"), purpose=tr("先看再导，导错了能撤销"), basis=(Basis.CONTRACT,),
        columns=("roster_draft.personal_rows", "roster_draft.personal_outcome", "roster_import.personal_changes"), lives=tr("文件一小时，改动三十天"),
    ),
    Processing(
        what=tr("重复登记的人合并以前：标签、住过哪里"), purpose=tr("合并错了能分开"), basis=(Basis.CONTRACT,), columns=("merger.personal_before",),
        lives=tr("30 天，分开了就删"), retains=(tr("合并成一个人以前的登记"),),
    ),
    Processing(
        what=tr("自己说的住址、邀请码、住户说不认识的微信、每天的次数"), purpose=tr("证明住在哪一户，不让外人冒用"), basis=(Basis.CONTRACT,),
        columns=("claim.openid", "claim.room", "invitation.called", "objection.openid", "tally.key"),
        lives=tr("住址 90 天，邀请码 30 天，不认识的微信 365 天，次数到第二天；不认识的微信和次数在居民删除信息后只留代号，到期为止"),
        retains=(tr("次数"), tr("居民自己说的住址"), tr("住户说不认识的人"), tr("邀请家人的码")),
    ),
    Processing(
        what=tr("同意和撤回的记录"), purpose=tr("能证明取得过同意，也随时能撤回"), basis=(Basis.DUTY,), columns=("consent.resident_id", "consent.words"),
        lives=tr("撤回后三年；没有同意的也留三年，期间不再问"), retains=(tr("同意和撤回的记录"),),
    ),
    Processing(
        what=tr("微信标识（openid）和绑定记录"), purpose=tr("认出是谁在说话、把回复和通知送到本人"), basis=(Basis.CONSENT, Basis.CONTRACT),
        columns=("resident.openid", "binding.openid", "follower.openid", "conversation.openid"), lives=_UNTIL_LEFT,
        goes_to=tr("腾讯（微信公众平台）：消息经它收发"),
    ),
    Processing(
        what=tr("对话内容"), purpose=tr("回答、办事，需要人工时让同事看到前文"), basis=(Basis.CONSENT, Basis.CONTRACT),
        columns=("line.text", "conversation.standing", "conversation.topic", "inbox.answer", "inbox.push", "unmatched.text"),
        lives=tr("180 天（LINLI_CORE_KEEP_TALKS 可改），{UNTIL_LEFT}；收到的推送和它的回复三天", UNTIL_LEFT=_UNTIL_LEFT),
        retains=(tr("对话和照片"), tr("说到一半的事"), tr("没听懂的句子"), tr("收到的消息（防重复）")), goes_to=tr("腾讯（微信公众平台）；开启了语言模型时，遮去姓名、住址和号码的句子交给模型服务商"),
    ),
    Processing(
        what=tr("居民发来的照片"), purpose=tr("说明是什么情况"), basis=(Basis.CONSENT,), columns=("photo.openid", "photo.sha256"),
        lives=_UNTIL_LEFT, seen_by=("photo.view",),
    ),
    Processing(
        what=tr("转给同事的事：标题、内容、结果"), purpose=tr("有人跟进，结果告诉本人"), basis=(Basis.CONTRACT,),
        columns=("task.title", "task.data", "task.outcome", "erasure.marks"), lives=tr("办结 365 天后（LINLI_CORE_KEEP_TASKS 可改）删去内容，{UNTIL_LEFT}", UNTIL_LEFT=_UNTIL_LEFT),
        retains=(tr("待办里居民的话"),), seen_by=("task.view",),
    ),
    Processing(
        what=tr("紧急求助时说的话，可能说到身体状况"), purpose=tr("通知值班同事赶到现场"), basis=(Basis.EMERGENCY,),
        columns=("task.title", "task.data"), lives=_UNTIL_LEFT, seen_by=("task.view",),
        impact=Impact(
            necessity=tr("不知道出了什么事、在哪里，就没人能赶到；只用本人自己说的话，不另外收集"),
            risks=(tr("值班之外的人看到谁家出事"), tr("误报让人上门")),
            measures=(tr("只告诉在班的人，谁看过、谁接手都有记录；正文在数据库里加密"), tr("居民说没事即停止，另有“误报”结果")),
        ),
    ),
    Processing(
        what=tr("要发出的消息，和居民对通知的回复"), purpose=tr("通知、回复和提醒送到本人"), basis=(Basis.CONTRACT, Basis.CONSENT),
        columns=("delivery.payload", "delivery.openid", "notice_reply.words"), lives=tr("90 天（LINLI_CORE_KEEP_MESSAGES 可改），{UNTIL_LEFT}，只留条数", UNTIL_LEFT=_UNTIL_LEFT), retains=(tr("发给居民的消息，和居民对通知的回复"),), goes_to=tr("腾讯（微信公众平台）"),
    ),
    Processing(
        what=tr("要在别的系统里做的操作的内容"), purpose=tr("把消息送到群机器人等"), basis=(Basis.CONTRACT,), columns=("effect.payload",),
        lives=tr("事情办完 7 天后删除，没办成的 90 天"), retains=(tr("没有完成的操作"),), goes_to=tr("各服务设定的系统"),
    ),
    Processing(
        what=tr("同事存的列表视图：名字、筛选和找的字"), purpose=tr("回到同一个列表"), basis=(Basis.CONTRACT,), columns=("saved_view.name", "saved_view.query"),
        lives=tr("到存的人删掉"), seen_by=("task.view",),
    ),
    Processing(
        what=tr("刚做的批量操作，改动前后"), purpose=tr("做错了能撤销"), basis=(Basis.CONTRACT,), columns=("undo_step.personal_changes",), lives=tr("一天"),
        retains=(tr("批量操作前后的状态（用来撤销）"),),
    ),
    Processing(
        what=tr("员工：姓名、登录名、电话、微信标识"), purpose=tr("登录、值班时联系得上、居民知道是谁在处理"), basis=(Basis.CONTRACT,),
        columns=("staff.name", "staff.login", "staff.phone", "staff.openid"), lives=tr("在职期间；停用后账号保留以说明过去的操作"),
        seen_by=("users.edit",), goes_to=tr("接手紧急情况时，姓名和电话告诉求助的居民"),
    ),
)  # fmt: skip
