"""What the roster's pages use personal data for."""

from bot.contract import Basis, Processing, tr
from integrations.roster.console import EXPORT, IMPORT

PROCESSING = (
    Processing(
        what=tr("名册文件：姓名、住址、电话、标签"), purpose=tr("按物业自己的表格更新名册，导错了能撤销"), basis=(Basis.CONTRACT,),
        columns=("roster_draft.personal_rows", "roster_draft.personal_outcome", "roster_import.personal_changes"), lives=tr("文件一小时，改动三十天"), seen_by=(IMPORT,),
    ),
    Processing(
        what=tr("名册上的姓名、电话、标签：看会改什么、导出整份"), purpose=tr("核对名册、交给物业自己用的表格"), basis=(Basis.CONTRACT,),
        columns=("resident.name", "resident.phone", "resident.tags"), lives=tr("在名册上期间"), seen_by=(IMPORT, EXPORT),
    ),
)  # fmt: skip
