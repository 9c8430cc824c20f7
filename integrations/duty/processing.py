"""Whom an alarm is told, and what."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("紧急求助：谁、住址、电话、说的话"), purpose=tr("值班同事马上联系和赶到"), basis=(Basis.EMERGENCY, Basis.CONTRACT),
        columns=("task.title", "task.data", "resident.name", "resident.phone", "delivery.payload", "effect.payload"), lives=tr("取消关注后删去内容"),
        seen_by=("task.view",), goes_to=tr("腾讯（微信公众平台）；设了群机器人时，企业微信、钉钉或飞书：只有事情的名称和住址，没有姓名、电话和原话"),
    ),
)  # fmt: skip
