"""What the demo's community has settled about its notices."""

from bot.contract import Work, notices


def fill(work: Work) -> None:
    """Let notices go out at any hour: whoever tries the demo at night waits for no morning."""
    notices.settle_policy(work.session, quiet_from="00:00", quiet_until="00:00", approve_above="", big_above="200")
