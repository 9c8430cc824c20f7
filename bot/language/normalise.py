"""Bringing messages that mean the same closer to each other before they are compared.

Order matters: width and case, traditional to simplified, punctuation, spoken words, fillers. What danger is looked for in (`fold`) keeps
its pauses and its words: a filler may be a cry.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

HAN = re.compile("[\u4e00-\u9fff]")

#: What stands between words and is none: whoever dictates has no commas.
PAUSES = re.compile(r"[\s,，。.!！?？~～、;；…]+")

#: Where the pinyin coder's private code points begin: one per syllable, about 400.
PINYIN_BASE = 0xE000

#: Spoken and dialect words, longer ones first.
COLLOQUIAL: tuple[tuple[str, str], ...] = (
    ("啥时候", "什么时候"), ("多会儿", "什么时候"), ("啥时", "什么时候"), ("几时", "什么时候"), ("咋回事", "怎么回事"),
    ("咋样", "怎么样"), ("咋办", "怎么办"), ("咋", "怎么"), ("啥", "什么"), ("哪儿", "哪里"), ("搁哪", "在哪"),
    ("这儿", "这里"), ("那儿", "那里"), ("明儿个", "明天"), ("明儿", "明天"), ("今儿个", "今天"), ("今儿", "今天"),
    ("昨儿", "昨天"), ("后儿", "后天"), ("俺们", "我们"), ("咱们", "我们"), ("咱", "我们"), ("俺", "我"),
    ("小孩子", "孩子"), ("小孩", "孩子"), ("娃娃", "孩子"), ("娃", "孩子"), ("甭", "不用"), ("木有", "没有"),
    ("木得", "没有"), ("冇", "没有"), ("唔", "不"), ("嘅", "的"), ("咗", "了"), ("喺", "在"), ("嚟", "来"), ("畀", "给"),
    ("肿么", "怎么"), ("神马", "什么"), ("电驴", "电动车"), ("电瓶车", "电动车"), ("礼拜天", "周日"), ("星期天", "周日"),
    ("礼拜", "周"), ("星期", "周"), ("弄", "办"), ("搞", "办"),
)  # fmt: skip

_PREFIX = (
    "你好啊 您好啊 你好呀 你好 您好 请问一下 请问 麻烦问一下 麻烦您 麻烦你 麻烦 那个 想问下 想问一下 问一下 问下 请教一下 不好意思 "
    "打扰一下 打扰了 哎 喂 师傅你好 师傅您好 物业你好 物业您好 你好师傅 管家你好 管家您好"
)
_SUFFIX = "谢谢啦 谢谢了 谢谢您 谢谢你 谢谢 多谢 感谢 麻烦了 辛苦了 哈 啊 呀 呢 吧 哦 噢 啦 嘛 哎 呗"


def _any_of(words: str) -> str:
    """Return what matches one of the words, to be repeated: those that others make together are left out, else 谢谢啦 is read in two ways."""
    known = words.split()
    made = re.compile(f"(?:{'|'.join(map(re.escape, known))}){{2,}}")
    return "|".join(sorted((word for word in known if not made.fullmatch(word)), key=len, reverse=True))


_LEADING = re.compile(f"^(?:{_any_of(_PREFIX)})+")
_TRAILING = re.compile(f"(?:{_any_of(_SUFFIX)})+$")
#: Characters at the end that are looked through for what ends a message politely; of more the time would grow with its square.
_END = 60
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACES_AT_HAN = re.compile("(?<=[\u4e00-\u9fff\ue8f0-\ue8ff]) +| +(?=[\u4e00-\u9fff\ue8f0-\ue8ff])")
_SPACES = re.compile(" +")


#: Signs of a message that are read, counted when it is normalised.
LONGEST = 2000


def unified(text: str, longest: int = LONGEST) -> str:
    """Return a text with compatible forms made one, and cut after that: one sign may stand for eighteen.

    Of what is longer than this not even the beginning is normalised whole.
    """
    return unicodedata.normalize("NFKC", text[: 2 * longest])[:longest]


@dataclass(frozen=True)
class Tables:
    """The two character tables, made by data/make_tables.py."""

    simplified: Mapping[int, str] = field(repr=False)
    sounds: Mapping[str, str] = field(repr=False)  # character -> private code point of its syllable

    @classmethod
    def parse(cls, simplified: str, pinyin: str) -> "Tables":
        """Read the texts of simplified.txt and pinyin.txt."""
        sounds = {}
        for number, line in enumerate(pinyin.split("\n")):
            _, _, characters = line.partition(" ")
            sounds.update(dict.fromkeys(characters, chr(PINYIN_BASE + number)))
        return cls({ord(pair[0]): pair[1] for pair in simplified.split("\n") if len(pair) == 2}, sounds)

    def spell(self, text: str) -> str:
        """Return one code point per syllable, so that words which sound alike look alike."""
        sounds = self.sounds
        return "".join([sounds.get(character, character) for character in text])


@dataclass(frozen=True)
class Normaliser:
    """The tables and an admin's `synonyms:`."""

    tables: Tables
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """Return the normal form; never empty unless nothing legible was said."""
        return strip_fillers(self._plain_words(self._clean(text)))

    @cached_property
    def _replacements(self) -> tuple[tuple[str, str], ...]:
        own = sorted(self.synonyms.items(), key=lambda pair: -len(pair[0]))
        return (*own, *COLLOQUIAL)

    def _clean(self, text: str) -> str:
        text = unified(text).lower().translate(self.tables.simplified)
        text = "".join([c if c.isalnum() or "\ue8f0" <= c <= "\ue8ff" else " " for c in text])  # drops emoji, too
        text = _REPEATED.sub(r"\1\1", text)
        return _SPACES.sub(" ", _SPACES_AT_HAN.sub("", text)).strip()

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """The first characters of what is replaced: most lines hold none of them."""
        return frozenset(spoken[:1] for spoken, _ in self._replacements)

    def _plain_words(self, text: str) -> str:
        if self._beginnings.isdisjoint(text):
            return text
        for spoken, plain in self._replacements:
            if spoken in text:
                text = text.replace(spoken, plain)
        return text


def strip_fillers(text: str) -> str:
    """Take 你好, 麻烦 … and 谢谢, 啊 … off both ends, as long as two characters remain."""
    head = _LEADING.sub("", text)
    both = head[:-_END] + _TRAILING.sub("", head[-_END:])
    return both if len(both) >= 2 else head if len(head) >= 2 else text


#: More words than these are not tried one after the other everywhere.
_MANY = 12


def longest_first(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of the words, the longest that fits.

    Of many words it looks at the first sign before it tries one after the other.
    """
    ordered = sorted(words, key=len, reverse=True)
    if len(ordered) < _MANY or not all(ordered):
        return "|".join(map(re.escape, ordered))
    return f"(?=[{''.join(dict.fromkeys(re.escape(word[0]) for word in ordered))}])(?:{_by_sign(ordered)})"


def _by_sign(words: Iterable[str]) -> str:
    """Return a regular expression that matches any of the words, looking at each sign once."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(word[1:])
    return "|".join(
        re.escape(sign) + (f"(?:{_by_sign(further)})" if any(further) else "")
        for sign, further in sorted(rests.items(), key=lambda item: not item[0])
    )


_SPACED_OUT = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[\s,，.。!！…~、-]+(?=[\u4e00-\u9fff](?![\u4e00-\u9fff]))")
#: What is said three times over, 啊啊啊 or 着火着火着火, says no more than twice.
_REPEATED_WORDS = re.compile(r"(.{1,8}?)\1{2,}", re.DOTALL)
_COMMAS = re.compile(r"[\s,，、:：;；\-—()（）\[\]【】\"“”'‘’]+")
_STOPS = re.compile(r"[.。!！?？…~～]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0f\ufeff]")


def fold(text: str) -> str:
    """Fold case in a text of one width, mark clauses and sentences by one sign each, and join what was spaced out (着 火 了)."""
    text = text.lower()
    if not text.isalnum():
        text = _INVISIBLE.sub("", text)
    if len(text) - len(set(text)) > 1:
        text = _REPEATED_WORDS.sub(r"\1\1", text)
    if text.isalnum():
        return text
    text = _SPACED_OUT.sub(r"\1", text)
    return _STOPS.sub(_stop, _COMMAS.sub("，", text))


def _stop(found: re.Match[str]) -> str:
    signs = found[0]
    return (
        "？" if "?" in signs or "？" in signs else "！" if "!" in signs or "！" in signs else "。" if signs[0] in ".。" else "，"
    )
