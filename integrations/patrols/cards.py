"""What patrols say on the page of today."""

from bot.contract import Desk, today, tr
from integrations.patrols import board


@today(tr("今天还没走到的巡检点"), need="patrol.view", path="/patrols")
def missing(desk: Desk) -> int:
    """Count the points of today's rounds where nobody was yet."""
    return sum(len(one.missing) for one in board.today(desk))
