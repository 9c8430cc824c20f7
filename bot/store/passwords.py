"""Which passwords somebody of the staff may have: long enough, and none that a stranger tries first."""

import re
from functools import cache

from bot import config
from bot.errors import Refusal
from bot.translation import tr

#: The least that is asked of a password.
SHORTEST = 10

_ROW = "01234567890123456789"
_REPEATED = re.compile(r"(.{1,5})\1+", re.DOTALL)
_UNLIKE_WORDS = re.compile(r"[\W\d_]+")


def require(password: str, login: str) -> None:
    """Raise Refusal, with what to do, for a password that is too short, among the commonest, a row of signs, or hardly more than the login."""
    if len(password) < SHORTEST:
        raise Refusal(
            tr("密码至少 {SHORTEST} 个字符。", SHORTEST=SHORTEST),
            english=f"the password has {len(password)} characters; it needs {SHORTEST} or more",
        )
    said = password.casefold()
    if said in _common() or said in _ROW or said in _ROW[::-1] or _REPEATED.fullmatch(said):
        raise Refusal(
            tr("这个密码太常见，别人一猜就中。请换一个，例如三四个不相干的词连在一起。"),
            english="the password is one of those that are tried first; join three or four unrelated words instead",
        )
    if said == login.casefold() or _UNLIKE_WORDS.sub("", said) == _UNLIKE_WORDS.sub("", login.casefold()) != "":
        raise Refusal(
            tr("密码不能是登录名，或者登录名加几个数字。请换一个，例如三四个不相干的词连在一起。"),
            english="the password is the login, or the login with figures; join three or four unrelated words instead",
        )


@cache
def _common() -> frozenset[str]:
    lines = (config.shipped("data") / "passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
