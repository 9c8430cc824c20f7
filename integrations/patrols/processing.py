"""What patrols use personal data for: of the staff alone, who was where."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("巡检记录：哪位员工什么时候到了哪个点、读数、发现的问题"), purpose=tr("证明设施看过，漏了有人补"), basis=(Basis.CONTRACT,),
        columns=("patrol_visit.staff_id", "patrol_visit.fault"), lives=tr("730 天后删去（LINLI_PATROLS_KEEP_DAYS 可改）"), retains=(tr("巡检记录"),),
        seen_by=("patrol.view",),
    ),
)  # fmt: skip
