"""Emergencies: fire, gas, trapped, collapsed. They cut through everything, in every state."""

from bot.language.files import Intent
from bot.plugin import Turn

#: Who sees an emergency: everybody who works with tasks.
NEED = "task.view"


def alarm(turn: Turn, intent: Intent, text: str) -> str:
    """Open an urgent task for the staff and return what to tell the resident at once."""
    place = turn.flat.label if turn.flat else "住址未绑定"
    turn.assign(intent.id, NEED, f"{intent.title}：{place}", urgent=True, openid=turn.openid, text=text)
    return turn.words(intent.reply or intent.replies.get("done", ""))
