"""What appointments use personal data for."""

from bot.contract import Basis, Impact, Processing, tr

PROCESSING = (
    Processing(
        what=tr("卫生站预约：给谁约的、哪一场、到没到"), purpose=tr("留号、提醒、排队"), basis=(Basis.CONTRACT,), columns=("clinic_booking.patient",),
        lives=tr("看诊后 180 天删去（LINLI_CLINIC_KEEP_DAYS 可改）；住户取消关注后删去"), retains=(tr("卫生站预约"),), seen_by=("clinic.view",),
        goes_to=tr("社区卫生站（按当天的名单）"),
        impact=Impact(
            necessity=tr("留号要知道给谁留。看什么病不问、不记。"),
            risks=(tr("别人从预约推出谁身体不好"),),
            measures=(tr("姓名加密；只有有权限的同事能看，看过有记录；不记病情，到期删去"),),
        ),
    ),
)  # fmt: skip
