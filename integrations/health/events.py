"""How people read the events of check-ins; what was said stands in none of them."""

from bot.contract import Log, tr

LOG = Log(
    events={"health.checked_in": tr("健康打卡{corrected?（更正）}"), "health.completed": tr("补充了症状")},
    titles={"health.checked_in": tr("健康打卡")},
    figures={"health.checked_in": tr("健康打卡")},
)
