"""Short answers inside a conversation: yes, no, stop, skip, a person, number two.

Words repeat in atomic groups, the longest first: no message takes longer than its length.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER, value_of

#: Whoever says more than this says more than yes or no.
LONGEST = 30

_POLITE = re.compile(
    r"[\s,，。.!！?？~～、;；]|[啊呀呢吧哦噢啦嘛哈哎呗]+$|^(?:那|就|嗯+|哦+|好的?)(?=不|取消|算|转)|谢谢你?您?|麻烦了?"
)


def _any(words: str) -> str:
    return longest_first(words.split())


_YES = re.compile(
    r"(?>嗯+|"
    + _any(
        "是 是的 对 对的 没错 确认 确定 好 好的 好滴 可以 行 行的 没问题 ok okay yes y 1 要 要的 提交 就这样 确认提交 对没错 是这样"
    )
    + "|"
    + _any("系 系啊 得 中 成 正确 没毛病 同意")
    + ")+(?:(?<!得)了)?"
)
_HEARD = re.compile(
    "(?>[嗯哦噢喔]+|"
    + _any("好 好的 好滴 好嘞 好咧 知道 知道了 晓得 晓得了 明白 明白了 了解 收到 行 行的 可以 得 ok okay 没问题")
    + ")+了?"
)
_NO = re.compile(f"(?>{_any('不 不是 不对 不要 不用 否 no n 错 错了 不行 唔系 唔要 先不 暂时不 暂时不用 不可以 不确认')})+了?")
_CANCEL = re.compile(
    r"(?>我?不(?:想|要|用)?(?:办|弄|报修|报|约|登记|邀请|打卡|填|说|搞|继续|绑定?)了|"
    + _any(
        "取消 取消吧 取消掉 取消人工 好了不用了 不用转了 不用找人了 不用人工了 不转了 算了 算了吧 算了不用了 不用了 不要了 退出 停止 停 结束 撤销 作废 先这样 先不弄 先不弄了 不搞了 下次再说"
    )
    + "|"
    + _any("改天再说 回头再说 当我没说 唔使 唔使喇 唔要 唔要喇")
    + ")+"
)
_SKIP = re.compile(
    r"跳过|略过|(?:我|家里|屋里)?(?:没有?|没得|冇)(?:体温计|体温表|温度计|探热针)|(?:没有?|没得|未|还没)(?:量|测)(?:体温|过)?|没有|没得|没|无|不用|不知道|不清楚|不开车|没车|没有车|走路|步行|坐地铁|打车来?|不方便|暂无|随便|都行|都可以|不需要|skip|pass"
)
_HUMAN = re.compile(
    r"(?:转|找|要|叫|接|换|请)?(?:一个|个|到)?(?:人工|真人|客服|人工客服|人工服务|活人)(?:服务|客服)?|转人工|找(?:你们?)?物业的?人|我?要?(?:跟|和|找)(?:真)?人(?:说|讲|聊)(?:话)?|"
    r"(?:帮我)?(?:转|找)(?:一下)?(?:物业|管家|工作人员|前台)"
)
_ORDINAL = re.compile(rf"(?:第|选|选第|就)?({NUMBER})(?:个|号|项|条|种)?(?:吧)?")


_CLAUSE = re.compile(r"[，,。.；;!！\s]+")


def is_yes(text: str) -> bool:
    """Tell whether the whole message agrees."""
    return _is_all(_YES, text)


def is_heard(text: str) -> bool:
    """Tell whether the whole message only says that the last one was heard: 好的, 知道了."""
    return _is_all(_HEARD, text)


def is_no(text: str) -> bool:
    """Tell whether the whole message refuses."""
    return _is_all(_NO, text)


def is_cancel(text: str) -> bool:
    """Tell whether the message, or what it ends in, wants to stop what is under way: 水管坏了，算了不用了."""
    last = _CLAUSE.split(text.rstrip(" ，,。.!！~～"))[-1]
    return _is_all(_CANCEL, text) or (last != text and len(last) >= 2 and _is_all(_CANCEL, last))


def is_zero(text: str) -> bool:
    """Tell whether the message is a nought: not this."""
    return _bare(text) in {"0", "零", "〇"}


def is_skip(text: str) -> bool:
    """Tell whether the whole message leaves an optional question out."""
    return _is_all(_SKIP, text)


def wants_human(text: str) -> bool:
    """Tell whether the whole message asks for a person."""
    return _is_all(_HUMAN, text)


def _is_all(words: re.Pattern[str], text: str) -> bool:
    return len(text) <= LONGEST and words.fullmatch(_bare(text)) is not None


def pick(text: str, options: Sequence[str]) -> int | None:
    """Return the index of the option meant, by number (2, 第二个) or by words; None if none is."""
    if len(text) > LONGEST:
        return None
    bare = _bare(text)
    ordinal = _ORDINAL.fullmatch(bare.removesuffix("."))
    if ordinal:
        try:
            number = value_of(ordinal[1])
        except ValueError:
            return None
        return number - 1 if 1 <= number <= len(options) else None
    if bare in {"最后一个", "最后那个"}:
        return len(options) - 1
    if len(bare) < 2:
        return None
    holding = [index for index, option in enumerate(options) if bare in _bare(option)]
    if len(holding) == 1:
        return holding[0]
    near = process.extract(bare, [_bare(option) for option in options], scorer=fuzz.ratio, score_cutoff=70, limit=2)
    if not near or (len(near) > 1 and near[0][1] - near[1][1] < 10):
        return None
    return int(near[0][2])


def _bare(text: str) -> str:
    bare = text.strip().lower().translate(_FULL_WIDTH)
    while (shorter := _POLITE.sub("", bare)) != bare and shorter:
        bare = shorter
    return bare


_FULL_WIDTH = str.maketrans("１２３４５６７８９０ＯＫｏｋ", "1234567890okok")


def is_leaving(text: str) -> bool:
    """Tell whether the message leaves a form."""
    return False


def is_hesitation(text: str) -> bool:
    """Tell whether the message only asks for time."""
    return False


def is_open(text: str) -> bool:
    """Tell whether the resident does not know yet."""
    return False


def is_any(text: str) -> bool:
    """Tell whether anything will do."""
    return False
