"""What residents can ask for: to be shown all that is known of them, and to have it deleted."""

import re
from datetime import timedelta

from bot.contract import Conversation, Refusal, Reply, Turn, action, handoffs, leaving, personal, tr
from integrations.privacy.models import Export

#: How long a link opens.
LIVES = timedelta(hours=24)

#: Somebody else is spoken of, whose information only they, or the office once it has looked into it, may have deleted.
OTHERS = (
    r"(?:(?:我|俺|咱)(?:家|们家)?(?:的)?(?:[老大小二三]?[爸妈爹娘爷奶哥姐弟妹]|租客|房客|老人))"
    r"|[爸妈爹娘爷奶哥姐弟妹](?=的)|父亲|母亲|爸爸|妈妈|奶奶|爷爷|外公|外婆|姥姥|姥爷|老爸|老妈|老公|老婆|老伴|爱人|丈夫|妻子|媳妇|太太"
    r"|儿子|女儿|闺女|孩子|小孩|孙子|孙女|婆婆|公公|岳父|岳母|女婿|儿媳|哥哥|姐姐|弟弟|妹妹|家里?人|租客|租户|房客|室友|邻居|前任|[他她](?:们)?的"
)
_OTHERS = re.compile(rf"{OTHERS}|过世|去世|走了的|不在了")


@action("privacy.export", replies={"done": "url hours"})
def export(turn: Turn, slots: object) -> Reply:
    """Give a link to all that is known of who writes; it opens once."""
    talk = turn.session.get(Conversation, turn.openid)
    if talk is None:
        raise Refusal(tr("还没有您的任何信息。"))
    made = Export(talk=talk.public_id, asked_at=turn.now)
    turn.session.add(made)
    turn.session.flush()
    turn.record("privacy.export_asked", _about(turn))
    return Reply("done", url=turn.link(f"/privacy/{made.code}", LIVES), hours=int(LIVES.total_seconds() // 3600))


@action("privacy.delete", replies={"done": "", "others": "number expected"})
def delete(turn: Turn, slots: object) -> Reply:
    """Delete all that is known of who writes, which was read back before; somebody else's is for the office to look into."""
    if _OTHERS.search(turn.said):
        task = handoffs.open(turn, intent="privacy.delete", topic="删除别人的信息", words=turn.said)
        return Reply("others", number=task.number, expected=handoffs.expected(turn), ok=False)
    turn.record("privacy.delete_asked", _about(turn))
    leaving.leave(turn, "deleted")
    return Reply("done", forgets=True)


def _about(turn: Turn) -> str:
    return turn.resident.about if turn.resident is not None else ""


#: Asks how long something is kept, or whether it still is.
ASKS_HOW_LONG = re.compile(
    "多久|多长时间|几天|几个月|几年|什么时候(?:删|清)|何时删|还(?:留|存|在)|会不会删|删不删|保存期|存到|留到"
)


@action("privacy.about", replies={"done": "", "kept": "terms"}, shows=True)
def about(turn: Turn, slots: object) -> Reply:
    """Tell what is kept and for what; whoever asks how long reads the terms that hold here."""
    if not ASKS_HOW_LONG.search(turn.said):
        return Reply("done")
    return Reply("kept", terms="；".join(f"{lives.days} 天：{'、'.join(kept)}" for lives, kept in personal.terms(turn)))


ALL = (export, delete, about)
