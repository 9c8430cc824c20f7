"""Big letters and few words for who asked for them: one thing after another, numbers to answer with, no signs that a voice reads aloud. Pure.

Nothing that keeps somebody safe, nothing they are asked to agree to, and nothing read back to them is shortened.
"""

import re
from collections.abc import Sequence

#: Sentences that are kept of a message, what keeps somebody safe aside.
SENTENCES = 2

#: What is added to the address of a page so that it opens in big letters.
MARK = "s=big"

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_OPTION = re.compile(r"^(\d{1,2})[.、．]\s*(.+)$")
#: Danger, help and numbers to call.
_SAFE = re.compile(r"1(?:10|19|20)(?!\d)|急救|救命|\d{3,4}-\d{3}")
#: What is asked with these is shown whole: a consent, a reading back, a deletion.
_WHOLE = re.compile(r"不同意|“确认”|删|撤回|“小字”")
#: Says what else might be said.
_HINT = re.compile(
    r"[说回复问]{1,2}“|例如|回复数字|直接说|直接回|也可以|还可以|随时|想.{0,12}再说|没有您要看的|不是这件事|提醒您|就不等|要改"
)
#: Words of the office, as people say them.
_OFFICE = (("工单号", "报修号"), ("工单", "报修"))
_REPLY = re.compile("回复(?=数字|“|前面)")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u2b50\u2705\u274c]")
_BESIDE = re.compile(r"（(?!\d{1,2}月)[^（）]{1,14}）")
_LINK = re.compile(r"(/p/[^\s\"'<>?]*\?k=[^\s\"'<>&#]++)(?!&s=big)")


def said(texts: Sequence[str]) -> tuple[str, ...]:
    """Return what is said, for who reads big letters."""
    return tuple(one for text in texts if (one := say(text)))


def say(text: str) -> str:
    """Return one message in few words."""
    plain = _PICTURE.sub("", text)
    for ours, theirs in _OFFICE:
        plain = plain.replace(ours, theirs)
    if _WHOLE.search(plain):
        return with_big_pages(_REPLY.sub("回", plain))
    lines = plain.split("\n")
    options = [found for line in lines if (found := _OPTION.match(line.strip()))]
    told = [one.strip() for line in lines if not _OPTION.match(line.strip()) for one in _sentences(line)]
    kept = _kept(told, has_options=bool(options))
    shown = [_BESIDE.sub("", one) if not _SAFE.search(one) and "<a" not in one else one for one in kept]
    numbered = [f"回{one[1]}：{one[2]}" for one in options]
    return with_big_pages("\n".join(_REPLY.sub("回", one) for one in (*shown, *numbered) if one))


def _sentences(line: str) -> list[str]:
    return [line] if "<a" in line or line.startswith("·") else _SENTENCE.findall(line)


def _kept(told: Sequence[str], *, has_options: bool) -> list[str]:
    """Return the first sentences, the question, and what keeps somebody safe; one hint how to answer where nothing else says it."""
    kept, plain, hinted = [], 0, has_options
    for number, one in enumerate(told):
        if _SAFE.search(one) or "<a" in one or one.startswith("·"):
            kept.append(one)
        elif _HINT.search(one) and number:
            asks = any(other.endswith("？") for other in told)
            if asks and not hinted:
                kept.append(one)
                hinted = True
        elif plain < SENTENCES or one.endswith("？"):
            kept.append(one)
            plain += 1
    return kept


def with_big_pages(text: str) -> str:
    """Return a text whose links to our own pages open in big letters."""
    return _LINK.sub(rf"\1&{MARK}", text)
