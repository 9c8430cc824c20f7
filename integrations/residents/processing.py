"""What the register of residents uses personal data for."""

from bot.contract import Basis, Processing, tr

PROCESSING = (
    Processing(
        what=tr("一户的人：姓名、电话、标签"), purpose=tr("打电话、上门、应本人要求导出"), basis=(Basis.CONTRACT, Basis.DUTY),
        columns=("resident.name", "resident.phone", "resident.tags", "residence.role", "directory_word.word"), lives=tr("在名册上期间"),
        seen_by=("household.view", "phone.view", "people.export"),
    ),
)  # fmt: skip
