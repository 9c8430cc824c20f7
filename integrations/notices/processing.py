"""What notices use personal data for."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("谁收到、打开、确认了通知，和居民对通知说的话"), purpose=tr("知道通知到了谁，没到的打电话或上门；回答问题"), basis=(Basis.CONTRACT, Basis.CONSENT),
        columns=("notice_reply.words", "resident.name", "delivery.openid"), lives=tr("90 天（LINLI_CORE_KEEP_MESSAGES 可改），取消关注后删去说的话，只留条数"),
        seen_by=("receipt.view",),
    ),
    Processing(
        what=tr("重要通知没确认、没收到的人的住址和电话，谁上门告知了"), purpose=tr("打电话或上门告知"), basis=(Basis.CONTRACT,),
        columns=("resident.name", "resident.phone", "delivery.visited_at"), lives=tr("电话随名册；告知的时间随通知的记录"), seen_by=("notice.draft", "phone.view"),
    ),
)  # fmt: skip
