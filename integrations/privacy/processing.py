"""What residents' rights use personal data for."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("导出信息的链接"), purpose=tr("居民查阅、复制自己的信息"), basis=(Basis.DUTY,), columns=("privacy_export.talk",),
        lives=tr("链接 24 小时内打开一次，之后删除"), retains=(tr("导出信息的链接"),),
    ),
)  # fmt: skip
