"""Of whom a message tells, and what: 老公36.5，我36.3，儿子37.8咳嗽. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.contract import denied_temperatures, is_somebody, temperatures, temperatures_of_several, whose

#: Somebody of several of whom only the figure is told.
UNNAMED = "?"

#: One word for each relation, so that 我妈, 老妈 and 妈妈 are one person.
_SAME = {
    "妈妈": "妈 老妈 母亲 阿妈 姆妈 娘 老娘 亲妈", "爸爸": "爸 老爸 父亲 阿爸 爹 老爹 老豆 老窦 亲爸", "老公": "丈夫 先生 当家的",
    "老婆": "妻子 太太 媳妇 媳妇儿 婆娘 堂客", "孩子": "娃 娃儿 小孩 娃娃 仔", "女儿": "闺女 囡囡 女 丫头", "奶奶": "奶 阿奶 阿嫲",
    "爷爷": "爷 阿爷", "哥哥": "哥", "姐姐": "姐", "弟弟": "弟", "妹妹": "妹", "家人": "他 她 佢 伊 家里人",
}  # fmt: skip
_ONE_WORD = {said: word for word, others in _SAME.items() for said in others.split()}

#: Those who may be under 14; who is older loses nothing by a guardian's consent.
_CHILD = re.compile(
    r"(?:[大小老]?(?:儿子|女儿|闺女|孙子|孙女|外孙|外孙女)|孩子|宝宝|[大小二三]宝|崽崽?|老[大二三]|侄[子女]|外甥女?|弟弟|妹妹|幺[儿女]|小囡)"
)

#: The age of somebody under 14, said right after who it is: 乐乐，5岁.
_YOUNG = (
    r"[，,\s]?(?:今年|才|刚|快|已经|都|满|是)*(?:(?:1[0-3]|[0-9])|十[一二三]?|[一二两三四五六七八九])(?:个?半)?(?:周?岁|个多?月)"
)

#: A figure of whoever speaks: 健康打卡 36.5.
_OWN = re.compile("打.{0,2}卡|我")

#: Whose figure it was is said anew, and nobody further is told of.
_TAKES_BACK = re.compile(r"不是|不对|错了|应该是|是(?!不是|否)(?=.{1,6}\d)")

_CLAUSE = re.compile(r"[\s，,。；;、！!？?]+")

#: By what a symptom is told apart in a message about several: the words that were understood stand in the intent file.
_SIGNS = {
    "fever": "烧|热", "cough": "咳", "fatigue": "乏|没劲|没力|累|疲|酸|没精神", "throat": "嗓|喉|咽", "diarrhoea": "拉|泻|泄|肚|跑厕", "breathless": "喘|气短|呼吸|胸闷|憋",
}  # fmt: skip
_ILL = re.compile("[烧热咳嗓喉咽乏累拉泻吐喘晕疼痛痒麻]|没劲|没力|没精神|气短|呼吸|胸闷|不舒服|难受|体温|打.{0,2}卡|量")

#: Said of who is well; nobody's temperature is told by it.
_WELL = re.compile(
    "正常|没事|(?:没|冇|无)(?:有|得)?(?:什么|啥|么子|任何)?(?:不舒服|症状|问题)|(?:都|挺|蛮|很|还)好|好着|好得很|健康"
)

#: An answer that names nobody.
_BARE = re.compile("^(?:没|冇|无|不|都)")

#: Says that something is not so: 老二不咳了.
_DENIES = re.compile("[没冇无不未]")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is told of one person: by one word for each, empty for who speaks; `degrees` None where that is told otherwise or not yet."""

    who: str
    degrees: float | None = None
    symptoms: Sequence[str] = field(default=())
    is_young: bool = False  # their age was said: 乐乐5岁
    peak: float | None = None  # the highest of several of theirs, none of which was taken back: 早上37.9，现在36.8

    @property
    def is_child(self) -> bool:
        """Tell whether a guardian must consent."""
        return self.is_young or _CHILD.fullmatch(self.who) is not None


def read(said: str, felt: Sequence[str] = ()) -> Sequence[Report]:
    """Return what the words tell of whom, one message a line; nothing where they speak of nobody but who says them.

    `felt` are the symptoms that were understood of all this; of several people each is given to whoever it was said of.
    """
    found: Sequence[Report] = ()
    for line in said.splitlines():
        found = _line(line, felt, found)
    found = [replace(one, is_young=re.search(re.escape(one.who) + _YOUNG, said) is not None) if one.who else one for one in found]
    return () if not found or [one.who for one in found] == [""] else found


def _line(line: str, felt: Sequence[str], before: Sequence[Report]) -> Sequence[Report]:
    if several := temperatures_of_several(line):
        people = [_word(one.who) for one in several]
        if "" not in people and people.count(UNNAMED) == 1:
            people[people.index(UNNAMED)] = ""  # 36.4，孩子36.9
        told = [Report(who=who, degrees=one.degrees) for who, one in zip(people, several, strict=True)]
        last = {
            one.who: _with_peak(one, told, line) for one in told if one.who != UNNAMED
        }  # who says a second figure of somebody means that one
        all_ = _with_symptoms([*last.values(), *(one for one in told if one.who == UNNAMED)], line, felt)
        return [*all_, *_unmeasured(line, felt, all_)]
    if measured := temperatures(line):
        who = "" if measured[-1].who == "我" else _word(measured[-1].who, line).replace(UNNAMED, "")
        degrees = measured[-1].degrees if len(measured) == 1 else None
        if not measured[-1].who and (meant := was_told(before, line)) is not None:  # 不是37.9 是36.9
            return [replace(one, degrees=degrees) if one is meant else one for one in before]
        is_own = measured[-1].who == "我" or (not who and _OWN.search(line) is not None)
        if not measured[-1].who and len(before) == 1 and not (is_own and before[0].degrees is not None):  # 孩子咳嗽 / 37.8
            return [replace(before[0], degrees=degrees)]
        is_known = any(one.who == who for one in before)  # 老婆说错了 是36.8: hers alone, and everybody else stays
        if (_TAKES_BACK.search(line) and not (who and is_known)) or not (who or is_own) or not before:
            told = [Report(who=who, degrees=degrees)] if who or not before else list(before)
        else:
            ails = [name for name in felt if _sufferer(line, name) == who] if who else ()
            told = [*(one for one in before if one.who != who), Report(who=who, degrees=degrees, symptoms=ails)]  # one more
        beside = _unmeasured(line, felt, told) if who or is_own else ()
        return [*_with_symptoms(told, line, felt), *beside] if beside and not before else [*told, *beside]
    if before:
        return [*_with_more(before, line, felt), *_unmeasured(line, felt, before)]
    spoken = [clause for clause in _CLAUSE.split(line) if _ILL.search(clause) or _WELL.search(clause)]
    named = [_word(who) for clause in spoken if (who := whose(clause))]
    return [Report(who=named[-1])] if named and named[-1] != UNNAMED else before


def _with_peak(one: Report, told: Sequence[Report], line: str) -> Report:
    """Return somebody's last figure with the highest of theirs beside it; what was taken back counts for nothing."""
    figures = [other.degrees for other in told if other.who == one.who and other.degrees is not None]
    highest = max(figures, default=0.0)
    return replace(one, peak=highest) if len(figures) > 1 and one.degrees != highest and not _TAKES_BACK.search(line) else one


def peak_of(said: str) -> float | None:
    """Return the highest of several figures of one person: 我早上37.8，现在36.9; None where one was taken back, or there is but one."""
    line = said.rpartition("\n")[2]
    found = temperatures(line)
    whose_ = {_word(one.who, line) for one in found if one.who}
    if len(found) < 2 or len(whose_) > 1 or _TAKES_BACK.search(line):
        return None
    return max(one.degrees for one in found)


def was_told(told: Sequence[Report], line: str) -> Report | None:
    """Return of whom the figure was told that a line denies; None where it denies none, or that of several."""
    no = denied_temperatures(line)
    meant = [one for one in told if one.degrees in no]
    return meant[0] if len(meant) == 1 else None


def _unmeasured(line: str, felt: Sequence[str], told: Sequence[Report]) -> Sequence[Report]:
    """Return of whom else a message says how they are, without a figure: 我妈正常, 老婆发烧了."""
    known = {one.who for one in told} | {"", UNNAMED, _ONE_WORD["他"]}
    clauses = [
        clause for clause in _CLAUSE.split(line) if not temperatures(clause) and (_ILL.search(clause) or _WELL.search(clause))
    ]
    others = dict.fromkeys(_word(who) for clause in clauses if (who := whose(clause)))
    return [
        Report(who=who, symptoms=[name for name in felt if _sufferer(line, name) == who]) for who in others if who not in known
    ]


def is_of_others(line: str) -> bool:
    """Tell whether words say only of others how they are, so that they answer nothing that was asked of anybody else."""
    said = [
        who for clause, who in _clauses(line) if _ILL.search(clause) or _WELL.search(clause) or _BARE.search(clause)
    ]  # 儿子6岁，38.5，咳嗽: who was named last coughs
    return bool(said) and all(who not in (None, "", UNNAMED) for who in said)


def one_word(who: str) -> str:
    """Return the one word by which somebody of the family is kept: 丈夫 is 老公."""
    return _ONE_WORD.get(who, who)


def _word(who: str, line: str = "") -> str:
    """Return the one word for somebody; empty for who speaks. Of whom the age is told is somebody, too."""
    if who == "我":
        return ""
    is_aged = bool(who) and re.search(re.escape(who) + _YOUNG, line) is not None
    return _ONE_WORD.get(who, who) if is_aged or is_somebody(who) else UNNAMED


def _with_symptoms(told: Sequence[Report], line: str, felt: Sequence[str]) -> Sequence[Report]:
    spoken_of = {name: who for name in felt if (who := _sufferer(line, name)) is not None}
    return [replace(one, symptoms=[name for name, who in spoken_of.items() if who == one.who]) for one in told]


def _with_more(before: Sequence[Report], line: str, felt: Sequence[str]) -> Sequence[Report]:
    """Return several people with what a later line says of one of them: 老二有点咳嗽, whatever is said of all of them after it."""
    if len(before) < 2:
        return before
    signs = {name: re.compile(_SIGNS.get(name, re.escape(name))) for name in (*felt, *_SIGNS) if name != "none"}
    more: dict[str, list[str]] = {}
    for clause, who in _clauses(line):
        if who and not _DENIES.search(clause):
            more.setdefault(who, []).extend(name for name, sign in signs.items() if sign.search(clause))
    return [replace(one, symptoms=[*dict.fromkeys((*one.symptoms, *more.get(one.who, ())))]) for one in before]


def _sufferer(line: str, symptom: str) -> str | None:
    """Return of whom a symptom is said in a message about several; None where that cannot be told."""
    sign = re.compile(_SIGNS.get(symptom, re.escape(symptom)))
    return next((who for clause, who in _clauses(line) if sign.search(clause)), None)


def _clauses(line: str) -> Iterator[tuple[str, str | None]]:
    """Return each clause with whom it tells of: who is named in it or was named last."""
    who: str | None = None
    for clause in _CLAUSE.split(line):
        if measured := temperatures(clause):
            who = _word(measured[-1].who, line) if measured[-1].who or who is None else who
        elif named := whose(clause):
            who = _word(named)
        yield clause, who
