"""What repairs use personal data for."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("报修单：问题、位置、本人的话、联系电话"), purpose=tr("派人维修、约时间、打得通电话"), basis=(Basis.CONTRACT,),
        columns=("repair_ticket.words", "repair_ticket.phone", "repair_ticket.resident_id", "repair_ticket.openid", "repair_ticket.said_flat"),
        lives=tr("工单长期保存；730 天后（LINLI_REPAIRS_KEEP_DAYS 可改）、取消关注后删去本人的话和电话"), retains=(tr("报修里的话、电话和位置，物业的备注"),), seen_by=("ticket.view", "ticket.edit"),
    ),
    Processing(
        what=tr("维修过程记录"), purpose=tr("说明做了什么，其中告诉居民的部分居民看得到"), basis=(Basis.CONTRACT,), columns=("repair_note.text", "repair_ticket.ended_note", "repair_question.text", "repair_question.answer", "repair_crew_talk.asked"),
        lives=tr("730 天后（LINLI_REPAIRS_KEEP_DAYS 可改）、取消关注或删除信息后删去文字，只留时间和谁写的"), retains=(tr("报修里的话、电话和位置，物业的备注"),),
        seen_by=("ticket.view",),
    ),
    Processing(
        what=tr("维修费用：材料、工时、金额、谁承担"), purpose=tr("算清楚账，住户承担的告诉住户"), basis=(Basis.CONTRACT,), columns=("repair_cost.what", "repair_cost.fen"),
        lives=tr("与工单相同；删除信息后也留着，因为是账目，只写材料和工时，不写住户"), seen_by=("ticket.view",),
    ),
)  # fmt: skip
