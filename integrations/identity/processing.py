"""What the office sees to confirm a flat."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("要核对的住址、同住人姓名和电话、最近说的话"), purpose=tr("确认谁住在哪里"), basis=(Basis.CONTRACT,),
        columns=("task.data", "resident.name", "resident.phone", "line.text"), lives=tr("取消关注后删除；名册由物业增减"), seen_by=("people.confirm",),
    ),
)  # fmt: skip
