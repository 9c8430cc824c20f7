"""What of a message may leave the house: everything but who, where, and how somebody's health is. Pure.

Rather too much is hidden than too little, for whoever reads the rest needs only the wish. What is hidden is kept here, so that
words which name a mask can be read as the resident's own again.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import yaml

from bot.language import identifiers, times
from bot.language.kinds import flat, phone, plate, temperature
from bot.language.kinds import name as name_
from bot.language.kinds.kind import Grammar, Slot
from bot.language.normalise import longest_first, unified
from bot.language.reading import Reading

#: One mask in a disclosed text.
_MASK = re.compile("〔[^〔〕]+〕")

#: Words said for single digits, those on cheques, too: 壹叁捌.
_DIGIT = "[0-9零〇○一二三四五六七八九幺两壹贰貳叁參肆伍陆陸柒捌玖]"
#: What may stand between the digits of a number.
_GAP = r"[ ,，、.\-—_·]?"

_Form = re.Pattern[str] | Grammar | Callable[[str], Sequence[identifiers.Identifier]]

#: Kinds of what is known by its form, in this order: what one has taken the next does not see.
_FORMS: tuple[tuple[str, _Form], ...] = (
    ("账号", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s，。；、]+", re.ASCII)),
    (
        "账号",
        re.compile(
            r"(?:微信|威信|薇信|扣扣|抖音|支付宝|(?<![A-Za-z])(?:wx|vx|v信|qq|weixin|wechat))(?:号|账号)?(?:是|为|:)?"
            r"\s*[A-Za-z0-9][A-Za-z0-9_-]{2,}",
            re.IGNORECASE,
        ),
    ),
    ("车牌", plate.GRAMMAR),
    ("证件", identifiers.find),
    ("电话", phone.GRAMMAR),
    (
        "地址",
        re.compile(r"[\u4e00-\u9fff]{2,4}(?:路|街|大道|巷|弄|胡同)(?:\d+|[一二三四五六七八九十百]+)(?:弄|号)(?:\d+号)?"),
    ),
    ("房号", flat.GRAMMAR),
    ("房号", re.compile(r"[0-9A-Za-z一二三四五六七八九十]{1,4}(?:栋|幢|号楼|座)|[一二三四五六七八九十\d]{1,2}单元")),
    ("数字", re.compile(rf"{_DIGIT}(?:{_GAP}{_DIGIT}){{2,}}")),
    ("数字", re.compile(r"[A-Za-z]*\d[\dA-Za-z\-_ ]*\d[\dA-Za-z]*|[A-Za-z]{1,3}\d{2,}")),
    ("姓名", re.compile(r"(?:Mr|Mrs|Ms|Miss|Dr)\.? ?[A-Z][a-z]+|[A-Z][a-z]+(?: [A-Z][a-z]+)+")),
    ("姓名", re.compile(r"[\u4e00-\u9fff]{2,6}(?:[·•][\u4e00-\u9fff]{2,6})+")),
    ("账号", re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,}")),
)

#: Left of a short name whose surname is a word, too, stands one of these, or nothing.
_BEFORE = "叫是把被给找问跟和与让帮替请在到住向对的了说讲看见等来去接送同像"
_KIN = "子女儿弟妹哥姐婆公友孙"
#: What is done for somebody, and ends no name: 给王强办的.
_DEEDS = "办约登记请修开说来给发订拿送寄停放带做写看要单丢买点家的而这那"
#: Right of a name of two characters.
_AFTER = re.compile(
    "|".join(
        [
            # the end, or no Han character
            r"$|[^\u4e00-\u9fff]",
            # what somebody does or is
            r"家|的|说|讲|来|在|要|到",
            # when
            r"今|明天|明早|明晚|后天|昨|上午|下午|晚上|中午",
            # what joins, and what is done to somebody
            r"和|跟|与|住|打|电话|是|被|把|给|找|问",
            # whether and how
            r"有|没|会|想|不|也|都|先|又|就|还",
            # who else
            r"她|他|您|你",
            # what is done
            r"开|修|送|登记|约|办|进|刚|已|从|去|让",
            # what ends a clause
            r"了|吗|呢|吧|啊",
            # how many; with whom, with what
            r"两|一|三|他们|她们|以及|还有|快递|包裹|那|这|同|用|买|租|养|搬|放|带|丢|捡|走|不|很|真|总|又",
            r"老是|老师|先生",
        ]
    )
)

_WHO = (Slot(name="who", kind=name_.KIND),)

#: Where names in a row are parted.
_PARTS = re.compile(
    "|".join(
        [
            r"[，,。.!！?？、；;：:\s□]+|和|跟|与|及|还有|叫|是|找|给|帮|替|请|说|讲|问|在|住|要|来|的|让|把",
            r"被|有|去|到|明天|后天|今天|今晚",
        ]
    )
)
_INTRODUCED = "(?:联系人|收件人|户主|业主|住户|租客|房东|房主|姓名|名字|本人|叫)"
#: A family name said by itself: 我姓欧阳.
_FAMILY = re.compile(r"(?<=姓)(?!名)[\u4e00-\u9fff]{1,2}")

_HIDDEN = "□"


@dataclass(frozen=True)
class Span:
    """A part of a text that is hidden, and as what."""

    begin: int
    end: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class Disclosed:
    """A text that may leave the house. `hidden`: each mask, and the resident's own words that it stands for."""

    text: str
    hidden: Mapping[str, str] = field(default_factory=dict)

    def own(self, words: str) -> str | None:
        """Return the resident's words that `words` quote from the text, masks and all; None when they do not stand in it."""
        quoted = " ".join(words.split())
        if not quoted or quoted not in " ".join(self.text.split()):
            return None
        return _MASK.sub(lambda mask: self.hidden.get(mask[0], ""), quoted)


@dataclass(frozen=True, kw_only=True)
class Masking:
    """The words by which names and what tells of health are known; data/masking.yaml."""

    medical: re.Pattern[str]
    ordinary: re.Pattern[str]
    names: tuple[re.Pattern[str], ...]
    introduced: re.Pattern[str]  # whatever a surname begins after a word for who somebody is
    likely: re.Pattern[str]  # how a name begins that the reader of forms may be believed
    short: re.Pattern[str]  # surname and one more
    short_if_alone: re.Pattern[str]  # the same with a surname that is a word, too

    @classmethod
    def parse(cls, text: str, known: Collection[str] = ()) -> "Masking":
        """Read the file; `known` words name no person, although some look it (马桶, 车位)."""
        read = yaml.load(text, Loader=yaml.CSafeLoader)
        sure, also, given = ("[" + "".join(read[name].split()) + "]" for name in ("surnames", "also_surnames", "given"))
        any_ = f"(?:{sure}|{also})"
        given = f"(?!{_any(read['not_given'])}){given}"
        titles, short = _any(read["titles"]), _any(read["short_titles"])
        return cls(
            medical=re.compile(_any(read["medical"]), re.IGNORECASE),
            ordinary=re.compile(f"(?=({_any([*read['ordinary'], *(word for word in known if len(word) > 1)])}))"),
            names=tuple(
                map(
                    re.compile,
                    (
                        rf"{_any(read['compound_surnames'])}(?:{titles}|[\u4e00-\u9fff](?:{given})?)",
                        rf"{any_}{titles}|{sure}{short}(?![是有共算会能人])",
                        rf"{any_}{given}{given}",
                        rf"{sure}(?:(?![{_DEEDS}])[\u4e00-\u9fff]){{1,2}}?(?=家|的)",
                        rf"{sure}(?:[ .*]+{given}){{1,2}}|{sure}\*+[\u4e00-\u9fff]?",
                        rf"[小老阿]{any_}(?:哥|姐|叔|姨|爷|总)",
                        rf"[小老阿](?:{sure}|{also})(?!子|女|病|院|区)(?={_AFTER.pattern})|[小老阿]{sure}(?!子|女)",
                        rf"(?:(?<![\u4e00-\u9fff])|(?<=[{_BEFORE}{_KIN}]))[小阿]{given}(?={_AFTER.pattern})",
                        rf"(?<![\u4e00-\u9fff]){given}{given}(?=阿姨|大爷|奶奶|爷爷|叔叔|哥|姐|叔|姨)",
                    ),
                )
            ),
            likely=re.compile(f"{_any(read['compound_surnames'])}|[小老阿]?{any_}"),
            introduced=re.compile(rf"{_INTRODUCED}[是叫为: ]{{0,2}}(?P<n>{any_}[\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"),
            short=re.compile(f"{sure}{given}"),
            short_if_alone=re.compile(rf"(?:(?<![\u4e00-\u9fff])|(?<=[{_BEFORE}])){also}{given}(?={_AFTER.pattern})"),
        )

    def disclose(self, text: str, now: datetime) -> Disclosed:
        """Return `text` without plates, phones, flats, names, numbers, accounts, times and words of health."""
        plain = unified(text)
        spans = sorted(self._spans(plain, now), key=lambda span: span.begin)
        hidden: dict[str, str] = {}
        parts, stop = [], 0
        for span in spans:
            mask = _numbered(span.kind, hidden)
            hidden[mask] = plain[span.begin : span.end]
            parts += [_harmless(plain[stop : span.begin]), mask]
            stop = span.end
        return Disclosed(text="".join((*parts, _harmless(plain[stop:]))), hidden=hidden)

    def _spans(self, text: str, now: datetime) -> Iterator[Span]:
        """Return what is hidden, no two of which overlap."""
        rest = text
        for kind, form in (("健康", self.medical), *_FORMS):
            for begin, end in _where(form, rest, now):
                if rest[begin:end].strip() and _HIDDEN not in rest[begin:end]:
                    yield Span(begin, end, kind)
                    rest = _blank(rest, begin, end)
        for span in times.find(rest, now):
            if _HIDDEN not in rest[span.begin : span.stop] and span.kind != "instant":
                yield Span(span.begin, span.stop, "时间")
                rest = _blank(rest, span.begin, span.stop)
        for begin, end in self._names(rest, now):
            if _HIDDEN not in rest[begin:end]:
                yield Span(begin, end, "姓名")
                rest = _blank(rest, begin, end)

    def _names(self, text: str, now: datetime) -> list[tuple[int, int]]:
        """Return where names stand, the longest first."""
        common = {
            place for match in self.ordinary.finditer(text) for place in range(match.start(), match.start() + len(match[1]))
        }
        found = [match.span() for match in _FAMILY.finditer(text)]
        found += [match.span("n") for match in self.introduced.finditer(text)]
        for pattern in (*self.names, self.short, self.short_if_alone):
            found += [match.span() for match in _overlapping(pattern, text) if match.start() not in common]
        for name in _called(text, now):
            if self.likely.match(name):
                found += [match.span() for match in re.finditer(re.escape(name), text) if match.start() not in common]
        return sorted(set(found), key=lambda span: span[0] - span[1])


#: What is measured of a body, with the figures: 血压160/90, 今天高压 150, 血糖 7.8. The pressure of water is none.
_MEASURED = re.compile(
    r"(?:血压|收缩压|舒张压|血糖|空腹|心率|脉搏|心跳|血氧|血脂|尿酸|体重|[高低]压(?=(?:是|有|到了?|[:：\s])*\d{2,3}(?!\d|伏|[vV千])))"
    r"(?:[^\d，。；;!！?？\n]{0,5}\d{1,3}(?:\.\d)?(?:[/／~至到\-—][\s]?\d{1,3}(?:\.\d)?)?(?:[%％]|[a-zA-Z/]{2,6})?)?"
)
#: Medicines by how their kind ends: 氨氯地平, 缬沙坦, 阿托伐他汀.
_MEDICINE = re.compile(
    r"(?:[氨硝非拉尼缬氯厄替坎奥依贝美比索普阿卡卡瑞辛匹托洛伐舒氟苯左右尔莫西头孢克罗红阿奇庆红司曲格列他吡嗪双]{1,5})"
    r"(?:地平|沙坦|普利|洛尔|他汀|西林|霉素|沙星|拉唑|替丁|列净|列汀|格列\w|贝特|双嗪)|降(?:压|糖|脂)(?:药|片|灵)"
)


#: What hurts of a body, and what befell it: 腿疼, 胸口闷, 喘不上气, 脚崴了, 吃错药.
_HURTS = re.compile(
    r"(?:头|脑袋|眼睛?|耳朵|牙|嗓子|喉咙|脖子|肩膀?|胳膊|手腕?|手指|胸口?|心口|背|腰|肚子|胃|腿|膝盖|脚踝?|脚|关节|屁股|全身|浑身)(?:很|好|有点|一直|又|还|也)*(?:疼(?!爱)|痛(?!快)|酸疼|发麻)|胸口?闷"
    r"|(?:扭|崴)(?:到|伤|了)(?:脚|腰|手|腿)|喘不[上过]气|吃错了?药"
)


@dataclass(frozen=True, kw_only=True)
class Health:
    """The words that tell of somebody's health, for texts that are read by people who need not know."""

    words: re.Pattern[str]

    @classmethod
    def parse(cls, text: str, more: Collection[str] = ()) -> "Health":
        """Read data/masking.yaml; `more` are the words of services that hold what it is about."""
        return cls(words=re.compile(_any([*yaml.load(text, Loader=yaml.CSafeLoader)["medical"], *more]), re.IGNORECASE))

    def veil(self, text: str, now: datetime) -> str:
        """Return the text with a mask for each illness, medicine, symptom and body's temperature; nothing else is changed."""
        spans = [match.span() for words in (self.words, _MEASURED, _MEDICINE, _HURTS) for match in words.finditer(text)]
        spans += [(found.begin, found.stop) for found in temperature.GRAMMAR.find(text, now)]
        parts, done = [], 0
        for begin, stop in sorted(spans):
            if begin >= done:
                parts += [text[done:begin], "〔健康〕"]
            done = max(done, stop)
        return _SEVERAL.sub("〔健康〕", "".join((*parts, text[done:])))


#: Masks in a row are one: how many symptoms there are tells, too.
_SEVERAL = re.compile(r"〔健康〕(?:[，,、和与；;\s°℃C度]*〔健康〕)+")


def _where(form: _Form, text: str, now: datetime) -> list[tuple[int, int]]:
    if isinstance(form, Grammar):
        return [(found.begin, found.stop) for found in form.find(text, now)]
    if isinstance(form, re.Pattern):
        return [match.span() for match in form.finditer(text)]
    return [(found.begin, found.stop) for found in form(text)]


def _any(words: Iterable[str]) -> str:
    return f"(?:{longest_first(list(words))})"


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Return all matches of a pattern, those too that begin within another: in 和平王秀英 a name may begin at each."""
    begin = 0
    while match := pattern.search(text, begin):
        yield match
        begin = match.start() + 1


def _called(text: str, now: datetime) -> set[str]:
    """Return the names that the reader of forms finds, those of a list of people too."""
    found: set[str] = set()
    for part in (text, *_PARTS.split(text)):
        rest = part
        while isinstance(name := Reading.of(rest, now).take(_WHO).get("who"), str) and name in rest:
            found.add(name)
            rest = rest.replace(name, " ")
    return found


def _numbered(kind: str, hidden: Mapping[str, str]) -> str:
    """Return a mask of a kind that stands in the text only once."""
    number = sum(mask.startswith(f"〔{kind}") for mask in hidden) + 1
    return f"〔{kind}〕" if number == 1 else f"〔{kind}{number}〕"


def _harmless(text: str) -> str:
    """Return a text in which no mask is spoken of that is none of ours."""
    return text.replace("〔", "(").replace("〕", ")")


def _blank(text: str, begin: int, end: int) -> str:
    return text[:begin] + _HIDDEN * (end - begin) + text[end:]
