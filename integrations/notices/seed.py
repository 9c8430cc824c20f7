"""What the demo's community has settled about its notices."""

from bot.contract import Work, notices


def fill(work: Work) -> None:
    """Let everyday notices wait at night, as a community that settles nothing has it: the page 规则 shows and changes it."""
    notices.settle_policy(work.session, quiet_from="21:00", quiet_until="08:00", approve_above="", big_above="200")
