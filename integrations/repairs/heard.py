"""Words that are a repair's own whatever they mean: an answer to whoever repairs, a bare rating, the flat that was picked."""

from bot.contract import Turn, Wish
from integrations.repairs import actions, questions


def hear(turn: Turn, text: str) -> str | Wish:
    """Return the answer to such words; nothing for all else."""
    return questions.hear(turn, text, actions.own_open) or actions.hear(turn, text)
