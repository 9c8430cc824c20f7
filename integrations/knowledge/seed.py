"""What a demo's office knows: a few entries filled in, and the templates for all else."""

from bot.contract import Work, knowledge


def fill(work: Work) -> None:
    """Fill an empty demo community."""
    knowledge.plant(work, "demo/knowledge.csv")
    knowledge.plant(work)
