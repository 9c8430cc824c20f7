"""Which intent a message means, how sure that is, and why.

Exact examples first, then intents that match as a whole, sentence templates; one word that means nothing without a question before it
(行, 1, 不要) is refused; then what the model learned ahead says (model.py). What a community adds, its own intents and examples, no model
knows: those are learned as they are read (scores.py), and take their share first. Whether there is danger is not for it to say (danger/):
an emergency that a message only resembles is at most asked about.
"""

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from rapidfuzz import fuzz, process

from bot.language import answers
from bot.language.danger.sorts import Danger
from bot.language.files import Catalogue, Intent
from bot.language.matching.concepts import Concepts
from bot.language.matching.model import Model
from bot.language.matching.scores import SHOWN, Floats, Scores, Verdict
from bot.language.matching.sentences import LONGEST, AnyOf, Sentence, any_of
from bot.language.normalise import Normaliser, Tables, longest_first
from bot.language.reading import ANY_TIME, SAYS_NOTHING, Reading

#: From here on a message is acted on; from the second on it is asked back; below it is refused.
ACCEPT, CLARIFY = 0.60, 0.12

#: A runner-up this close to the first makes us ask.
TIE = 0.8

#: Similarity for intents that must match as a whole (你好, 谢谢).
WHOLE = 85

#: One word that is no example and no keyword (电梯, 张伟) resembles too much to be acted on.
SHORT = 2

#: Below this an emergency in whose message no danger is heard is not even offered.
DOUBT = 0.4

#: From here on a message may well mean what a community added.
ADDED = 0.1

#: Intents of one menu.
OFFERED = 3

#: Numbers, and words that answer or call and say nothing else.
_BARE = re.compile(
    "|".join(
        [
            # numbers
            r"[\d\s]{1,4}|[一二三四五六七八九十]|[\d一二两三四五六七八九十几]{1,3}(?:个人?|位)",
            r"第[一二三1-9]个?|[a-z]{1,2}",
            # sounds, and words of one or two characters
            r"[喂嗯哦噢啊哎唉诶欸额呃哈嘿嗨咦好行对是不要有没在来走去可嗳嘞]{1,2}|那个|这个|急",
            # how forms are gone through
            r"错了|不对|确认|确定|提交|继续|下一步|上一步|返回|选一",
            # that something was heard, or does not matter
            r"知道了?|收到|明白了?|晓得了?|了解了?|好的?吧?|行吧|没事了?|没什么|随便|(?:好的?|行|嗯)?都(?:行|可以|好)|算了吧?",
            # that one does not know, or shall wait
            r"不知道|不清楚|等等|等一下|稍等|马上|快点",
            # bare questions
            r"然后呢?|还有呢?|什么|怎么|为什么|真的吗?|是吗|对吗|对不对|好不好|行不行|可以吗?|谁|哪里|几点|多少",
        ]
    )
)

#: A number that says what it is: 36.7 was read off a thermometer.
_READING = re.compile(r"^\s*(?:3[4-9]|4[0-3])[.。．]\d\s*(?:度|℃)?\s*$")

#: What a message must hold to have any value; looking is much quicker than masking.
_MAY_HOLD_VALUES = re.compile(
    r"[0-9０-９一二两三四五六七八九十零〇幺半天周拜晚早午月节日夜晨号点后前刻年祭挂末底初分时度]|星期|清明|国庆|端午|中秋|重阳|除夕|元旦|五一|元宵|七夕|圣诞"
)

#: A number says little by its digits, unless it is one that is dialled in need.
_NUMBER = re.compile(r"(?<!\d)(?!(?:110|119|120)(?!\d))\d+")

#: Confidence of a strict template, just below that of an exact example.
TEMPLATE = 0.99

#: What a sentence template does not look at.
_UNSPOKEN = re.compile(r"[\s,，。.!！?？~～、;；]+")

Decision = Literal["accept", "clarify", "reject"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An intent that may be meant; `why` explains it to an admin, in Chinese, where it is known without looking (Matcher.explain looks)."""

    intent: str
    confidence: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A danger that is only supposed, by somebody who asks what to do then: the emergency it would call for, and the words for it."""

    intent: str
    danger: Danger
    words: str


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a message may mean, best first; `said` holds words that a template found for slots."""

    text: str
    candidates: tuple[Candidate, ...] = ()
    decision: Decision = "reject"
    emergency: bool = False
    danger: Danger = Danger.UNKNOWN  # of what kind, where an emergency is among the candidates
    is_vague: bool = False  # the danger is likely and no more
    is_asked: bool = False  # it may be a danger, and is at least asked about
    supposed: Supposed | None = None  # nothing has happened: it is asked what to do if
    said: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[tuple[str, str], ...] = ()


class Matcher:
    """A trained catalogue. Immutable, so that messages in flight keep theirs when the files change."""

    def __init__(self, catalogue: Catalogue, tables: Tables, background: Sequence[str] = (), model: Model | None = None) -> None:
        self.catalogue = catalogue
        self.tables, self.background, self.model = tables, background, model
        self._normalise = Normaliser(tables, catalogue.common.synonyms)
        plain = functools.cache(self._normalise)  # many lines stand twice: as examples and as exact hits
        known = {intent.id for intent in catalogue.intents.values() if model and model.knows(intent.id, intent.examples)}
        learnt = [intent for intent in catalogue.intents.values() if intent.match == "fuzzy" or intent.id in known]
        self._intents = [intent.id for intent in learnt]
        self._whole = [intent for intent in catalogue.intents.values() if intent.match == "whole" and intent.id not in known]
        self._exact = self._collect_exact(plain)
        self._strange = frozenset(map(plain, catalogue.background)) - set(self._exact)
        vetoes = {intent.id: (*intent.exclude, *intent.unless) for intent in learnt}
        self._excluded = {intent: _any(words) for intent, words in vetoes.items() if words}
        self._required = {intent.id: _any(intent.require) for intent in learnt if intent.require}
        self._is_fresh = np.array([intent not in known for intent in self._intents], np.bool_)
        self._columns = [model.intents.index(intent) if model and intent in model.intents else -1 for intent in self._intents]
        self._own = self._learn(learnt, plain) if self._is_fresh.any() else None

    def _learn(self, intents: Sequence[Intent], plain: Callable[[str], str]) -> Scores:
        """Learn what the files hold: what a community added is told apart from all else only where all is there."""
        return Scores.train(
            [self._lines_of(intent, plain) for intent in intents],
            [normal_form(Reading.of(line, ANY_TIME), plain) for line in (*self.background, *self.catalogue.background)],
            self.tables,
            Concepts.of(self.catalogue.common.concepts, self._normalise),
        )

    def normal_form(self, text: str) -> str:
        """Return the form in which a message is compared."""
        return normal_form(Reading.of(text, ANY_TIME), self._normalise)

    def match(self, said: Reading) -> Match:
        """Return what a message may mean, deaf to any danger it names. Pure; well under a millisecond."""
        said = said.beginning
        plain = self._normalise(said.text)
        if not plain:
            return Match(text=said.raw)
        return (
            self._match_exact(said.raw, plain)
            or self._match_whole(said.raw, plain)
            or self._match_template(said)
            or self._refuse_bare(said.raw, plain)
            or self._match_fuzzy(said.raw, normal_form(said, self._normalise, plain))
        )

    def explain(self, said: Reading, match: Match) -> tuple[Candidate, ...]:
        """Return the candidates of a match of these words with what spoke for each."""
        plain = normal_form(said.beginning, self._normalise)
        verdict = self._own.judge(plain, self._barred(said.raw)) if self._own else None
        return tuple(one if one.why else replace(one, why=self._because(plain, one.intent, verdict)) for one in match.candidates)

    # -- what the lints ask

    def taught(self) -> list[tuple[str, str]]:
        """Return intent and line of what is learned from the files alone, those first that other lines support least."""
        if self._own is None:
            return []
        order = np.argsort(self._own.leads(), kind="stable")
        taught = [(int(self._own.owner[k]), self._own.raw[k]) for k in order]
        return [(self._intents[owner], line) for owner, line in taught if self._is_fresh[owner]]

    def without(self, lines: Collection[tuple[str, str]]) -> "Matcher":
        """Return one that never saw these examples, pairs of intent and line."""
        intents = {
            intent.id: replace(intent, examples=tuple(e for e in intent.examples if (intent.id, e) not in lines))
            for intent in self.catalogue.intents.values()
        }
        return Matcher(replace(self.catalogue, intents=intents), self.tables, self.background, self.model)

    # -- stages

    def _match_exact(self, text: str, plain: str) -> Match | None:
        intent = self._exact.get(plain)
        if intent is None:
            return None
        return self._certain(text, intent, 1.0, "完全匹配例句")

    def _match_whole(self, text: str, plain: str) -> Match | None:
        for intent in self._whole:
            near = process.extractOne(plain, intent.examples, scorer=fuzz.ratio, score_cutoff=WHOLE)
            if near:
                return self._certain(text, intent.id, near[1] / 100, f"整句像：「{near[0]}」")
        return None

    def _refuse_bare(self, text: str, plain: str) -> Match | None:
        """A word that answers a question which nobody asked opens nothing, whatever it may resemble."""
        if _READING.search(text):
            return None
        if (
            plain in self._strange
            or _BARE.fullmatch(plain)
            or answers.is_yes(text)
            or answers.is_no(text)
            or answers.is_skip(text)
        ):
            return Match(text=text)
        return None

    def _match_template(self, said: Reading) -> Match | None:
        words = _UNSPOKEN.sub("", said.text.lower())
        if len(words) > LONGEST:
            return None
        for number in self._templates.fitting(words):
            intent, sentence = self._sentences[number]
            told = sentence.match(words)
            if told is not None and not self._is_excluded(intent.id, said.raw) and _fits(intent, told, said):
                return self._certain(said.raw, intent.id, TEMPLATE, f"句式：{sentence.template}", said=told)
        return None

    @functools.cached_property
    def _sentences(self) -> Sequence[tuple[Intent, Sentence]]:
        return [(intent, sentence) for intent in self.catalogue.intents.values() for sentence in intent.sentences]

    @functools.cached_property
    def _templates(self) -> AnyOf:
        return any_of(tuple(sentence for _, sentence in self._sentences))

    def _match_fuzzy(self, text: str, plain: str) -> Match:
        if not plain.strip(SAYS_NOTHING):  # 明天上午 alone asks for nothing
            return Match(text=text)
        barred = self._barred(text)
        verdict = self._own.judge(plain, barred) if self._own else None
        chances = self._chances(plain, barred, verdict)
        order: list[int] = []
        for i in map(int, np.argsort(-chances)):
            intent = self.catalogue.intents[self._intents[i]]
            if i in barred:
                continue
            if intent.emergency and (chances[i] < DOUBT or len(plain) <= SHORT):
                continue
            order.append(i)
            if len(order) == OFFERED:
                break
        candidates = tuple(Candidate(self._intents[i], round(float(chances[i]), 4)) for i in order)
        return Match(
            text=text, candidates=candidates, decision=self._decide(candidates, plain),
            repairs=verdict.repairs if verdict else (),
        )  # fmt: skip

    def _chances(self, plain: str, barred: Sequence[int], own: Verdict | None) -> Floats:
        """Return the probability of each intent: what is surely an addition of the community's leaves the rest to the model."""
        if self.model is None:
            return own.confidence if own else np.zeros(len(self._intents), np.float32)
        shut = [self._columns[i] for i in barred if self._columns[i] >= 0]
        learned = np.append(self.model.judge(plain, shut), np.float32(0))[self._columns]  # -1 takes the nought
        if own is None:
            return learned
        added = np.where(self._is_fresh, own.confidence, np.float32(0))
        if (share := float(added.sum())) >= ADDED:  # of the intents alone: that it might be none of them is for the model to say
            added /= max(float(own.confidence.sum()), share)
        mixed: Floats = learned * (1 - min(float(added.sum()), 1.0)) + added
        return mixed

    def _because(self, plain: str, intent: str, own: Verdict | None) -> str:
        """Return what spoke for an intent, in Chinese."""
        i = self._intents.index(intent)
        if own is not None and self._own is not None and self._is_fresh[i]:
            return self._own.explain(own, [i])[0]
        loud = "、".join(self.model.because(plain, intent)) if self.model else ""
        near = process.extractOne(plain, self.catalogue.intents[intent].examples, scorer=fuzz.ratio)
        said = f"像：「{near[0]}」{near[1]:.0f}" if near else ""
        return f"{said}，因为：{loud.translate(SHOWN)}" if loud else said

    def _decide(self, candidates: Sequence[Candidate], plain: str) -> Decision:
        decision = decide(candidates)
        if decision != "accept":
            return decision
        if len(plain) <= SHORT:
            return "clarify"
        return "clarify" if self.catalogue.intents[candidates[0].intent].emergency else "accept"

    def _certain(self, text: str, intent: str, confidence: float, why: str, *,
                 said: Mapping[str, str] | None = None) -> Match:  # fmt: skip
        return Match(
            text=text, candidates=(Candidate(intent, confidence, why),), decision="accept",
            emergency=self.catalogue.intents[intent].emergency, said=said or {},
        )  # fmt: skip

    # -- training

    def _lines_of(self, intent: Intent, normalise: Callable[[str], str]) -> list[tuple[str, str]]:
        """Return pairs of an original line and its normal form: examples, template samples and keywords."""
        samples = [sample for sentence in intent.sentences for sample in sentence.samples]
        lines = dict.fromkeys([*intent.examples, *samples, *intent.keywords])
        return [(line, normal_form(Reading.of(line, ANY_TIME), normalise)) for line in lines if line.strip()]

    def _collect_exact(self, normalise: Callable[[str], str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for intent in self.catalogue.intents.values():
            for example in intent.examples:
                plain = normalise(example)
                is_wish = intent.match == "fuzzy" and not intent.small_talk
                if is_wish or plain == example or not _BARE.fullmatch(plain):  # 好的谢谢 is no 好的
                    found.setdefault(plain, intent.id)
        for intent in self.catalogue.intents.values():
            for keyword in intent.keywords:
                found.setdefault(normalise(keyword), intent.id)
        return found

    def _barred(self, text: str) -> Sequence[int]:
        return [i for i, intent in enumerate(self._intents) if self._is_excluded(intent, text)]

    def _is_excluded(self, intent: str, text: str) -> bool:
        excluded, required = self._excluded.get(intent), self._required.get(intent)
        return (excluded is not None and excluded.search(text) is not None) or (
            required is not None and required.search(text) is None
        )


def normal_form(said: Reading, normalise: Callable[[str], str], plain: str = "") -> str:
    """Return the form in which messages are compared: values masked, so that one plate looks like another.

    `plain` is the text as it is normalised, where that is known.
    """
    masked = said.masked if _MAY_HOLD_VALUES.search(said.raw) else said.text
    return _NUMBER.sub("0", (normalise(masked) if masked != said.text else "") or plain or normalise(said.text))


def _fits(intent: Intent, told: Mapping[str, str], said: Reading) -> bool:
    """Tell whether words that stand for a number or a time hold one: in 体温计哪里买 there is no temperature."""
    wanted = [
        replace(slot, skippable=False) for slot in intent.slots if slot.name in told and slot.kind.is_strict
    ]  # 不开 is no code
    return all(slot.name in said.part(told[slot.name]).take((slot,), asked=slot.name) for slot in wanted)


def decide(candidates: Sequence[Candidate], accept: float = ACCEPT, clarify: float = CLARIFY) -> Decision:
    """Return what to do with candidates, best first; two that are close are asked back."""
    if not candidates or candidates[0].confidence < clarify:
        return "reject"
    close = len(candidates) > 1 and candidates[1].confidence > TIE * candidates[0].confidence
    return "clarify" if close or candidates[0].confidence < accept else "accept"


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(longest_first(words) or r"(?!)")
