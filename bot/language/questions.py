"""Telling questions from orders. Pure."""


def is_question(text: str) -> bool:
    """Tell whether a message asks and does not order."""
    return text.rstrip().endswith(("?", "？", "吗", "呢"))
