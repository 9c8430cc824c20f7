"""The intent files and the matcher trained on them, kept fresh while residents talk."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

import yaml

from bot import config
from bot.dialogue import phrases, requests
from bot.dialogue.knowledge import Elsewhere, Knowledge
from bot.dialogue.requests import LIKELY, Piece
from bot.dialogue.said import Clause, Heard, read_slots
from bot.errors import Misconfigured
from bot.language import answers, courtesy, emoji, files, questions
from bot.language.danger.alarms import Alarms, Sounded
from bot.language.danger.judge import Judge
from bot.language.danger.odds import Odds
from bot.language.danger.sorts import DESPAIR, Danger, Sorts
from bot.language.danger.surroundings import Surroundings
from bot.language.files import Catalogue, Intent
from bot.language.identifiers import withheld
from bot.language.kinds import code, moment, regular, temperature
from bot.language.kinds import name as name_
from bot.language.kinds.kind import Aspect, Kind, Slot, Value
from bot.language.kinds.shipped import KINDS
from bot.language.matching.matcher import Candidate, Decision, Match, Matcher, Supposed, decide
from bot.language.matching.model import Model
from bot.language.normalise import Tables
from bot.language.reader import Problem
from bot.language.reading import Reading
from bot.wechat import messages

#: Who draws breath more often than this tells a story: understanding each part would take its time.
BREATHS = 6

#: From here on something else is likelier than what the words happen to tell all of.
FAINT = 0.1

#: Where an emergency that is none was meant more surely than all else together, the rest is at most asked about.
EVEN = 0.5

#: Less than this is not left for others, however surely an emergency was meant that is none.
RAREST = 0.02

#: From here on something else is meant though somebody's coming is told: 明天下午三点老刘来下棋 is no report on old Liu.
CLEAR = 0.9

#: Likeness from which two messages that were not understood stand in one group.
ALIKE = 0.4

#: Whoever asks about somebody at the gate wants them let in: 月嫂九点半到，保安会让她上来吗.
_AT_THE_GATE = re.compile("进|拦|登记|保安|门卫|门岗|让.上")

#: The same thing that has come to further places, and nothing else: 厨房卫生间都没电, 客厅地上全是水.
_SPREADS = re.compile("都(?!来)|全(?:是|没|湿|泡|淹)|到处|满地|满屋")

#: Says how long what was wished for shall hold, and not what: 能不能办个长期的.
_LASTING = re.compile(
    r"(?:能不能|能否|可不可以|可以|能|帮我|给我|想|要|直接|给|他|她|[，, ])*(?:办|开|弄|整|登记|搞|来)(?:一?[个张]|成)?(?:长期|定期|固定|一个月|一直用|每天用?|常用|长久)的?(?:[\u4e00-\u9fff]{0,2}证|码)?(?:吗|么|不|吧|行吗|[?？。 ])*"
)

#: However many words thank, they mean what this means.
THANKS = "谢谢"

#: So sure must an everyday intent be to overrule an alarm that is likely and no more; an exact example overrules any.
EVERYDAY, EXACT = 0.8, 1.0

#: An intent that needs so many values is likely meant by words that give them all.
TOLD = 2

#: Shipped files that hold for what a community's own folder leaves out.
_FALLBACK = ("_common.yaml", "_messages.yaml", "_menu.yaml", "_scenes.yaml", "_groups.yaml")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What `linli try` and the console's try-it box show."""

    text: str
    intent: str  # "none" when rejected
    confidence: float
    decision: Decision
    candidates: tuple[Candidate, ...]
    slots: dict[str, Value]


class Understanding:
    """The current catalogue and matcher. Both are swapped together; a message in flight keeps what it began with."""

    def __init__(
        self, folder: Path, data: Path, matcher: Matcher, services: Sequence[Path] = (), kinds: Mapping[str, Kind] = KINDS
    ) -> None:
        self.folder, self.services, self.kinds = folder, services, kinds
        self._data = data
        self.knowledge = Knowledge(read_elsewhere(data))
        self._simplified = dict(read_data(data)[0].simplified)
        self.judge = read_judge(data)
        self._stamps = _stamps(folder, *services)
        self._reading = Lock()
        self._set(matcher)

    @classmethod
    def load(cls, folder: Path, data: Path, services: Sequence[Path] = (), kinds: Mapping[str, Kind] = KINDS) -> "Understanding":
        """Read the intent files of `folder` and those that services bring, and the tables of `data`; faulty files are left out and told.

        `kinds` are the kinds of values that the files may ask for, by their `type:`.
        """
        if not folder.is_dir():
            raise Misconfigured(f"LINLI_INTENTS: {folder} is not a folder; name the one that holds your intent files")
        matcher = _taught(frozenset(read_folder(folder, services).items()), data, tuple(kinds.values()))
        if missing := phrases.NEEDED - set(matcher.catalogue.messages):
            raise Misconfigured(f"{folder}/_messages.yaml lacks {', '.join(sorted(missing))}; the bot cannot do without them")
        return cls(folder, data, matcher, services, kinds)

    def with_files(self, texts: Mapping[str, str]) -> "Understanding":
        """Return what would be in force with these files, path -> YAML; for trying a change before it is made."""
        matcher = _taught(frozenset(texts.items()), self._data, tuple(self.kinds.values()))
        return Understanding(self.folder, self._data, matcher, self.services, self.kinds)

    def refresh(self) -> tuple[Problem, ...]:
        """Read what was saved since the last look; a file that broke keeps its last good version.

        Whoever comes while another reads waits: what was saved before is in force when it returns.
        """
        with self._reading:
            stamps = _stamps(self.folder, *self.services)
            if stamps != self._stamps:
                self._stamps = stamps
                texts = read_folder(self.folder, self.services)
                catalogue = files.reload(self.catalogue, texts, phrases.NEEDED, self.kinds)
                taught = partial(_taught, frozenset(texts.items()), self._data, tuple(self.kinds.values()))
                self._set(taught() if not catalogue.problems else _teach(catalogue, self._data))
        return self.catalogue.problems

    def hear(self, message: messages.Message, now: datetime, communities: Collection[int] | None = None) -> Heard:
        """Understand a message; photos, places and the like say nothing. What these communities know of it is found too, or all do."""
        match message:
            case messages.Text(text=text) | messages.Voice(text=text):
                return self.hear_text(text, now, communities)
            case messages.Click(event_key=key):
                intent = self.catalogue.intents.get(key)
                return self.hear_intent(intent, now) if intent else self.hear_text(key, now, communities)
        return Heard.nothing(now)

    def hear_text(self, text: str, now: datetime, communities: Collection[int] | None = None) -> Heard:
        """Understand words."""
        message = Reading.of(withheld(emoji.without_emoji(text) or text), now, self._simplified)
        match = cache(self._match)  # whoever says it twice is understood once
        message = self._handed_on(message, match) or message
        beginning = message.beginning
        whole = self._aside_from_small_talk(match(message), beginning, match)
        if supposed := self._supposed(message, whole):
            return Heard(
                reading=message, match=replace(whole, supposed=supposed), known=self.knowledge.sought(message, communities)
            )
        pieces = requests.part(
            beginning, whole, lambda said: self._settled(match(said), said), self._says_more, self._differ, self._is_other, self._leans,
        )  # fmt: skip
        first, *rest = (
            Heard(reading=piece.said, match=piece.match, known=self.knowledge.sought(piece.said, communities))
            for piece in self._wishes(pieces) or (Piece(said=beginning, match=whole),)
        )
        clauses = tuple(
            Clause(heard=Heard(reading=part, match=match(part)), is_further=is_further)
            for part, is_further in requests.clauses(beginning)
        )
        return replace(first, clauses=clauses, more=tuple(replace(piece, since=_goes_on(first, piece)) for piece in rest))

    def _supposed(self, said: Reading, whole: Match) -> Supposed | None:
        """Return the danger that a question only supposes: 要是煤气漏了怎么办; who is tired of life supposes nothing."""
        words = "" if whole.emergency else questions.supposed(said.raw)
        sounded = (self.alarms.sound(said.part(words)) or self.alarms.sound(said.part(f"{words}了"))) if words else None
        if sounded is None or sounded.alarm.danger in DESPAIR:
            return None
        return Supposed(sounded.intent, sounded.alarm.danger, words)

    def _handed_on(self, message: Reading, match: Callable[[Reading], Match]) -> Reading | None:
        """Return the line with a code of ours of a message that was handed on whole: an invitation is forwarded as it came."""
        lines = [line for line in message.raw.splitlines() if line.strip()]
        if len(lines) < 2:
            return None
        for line in map(message.part, lines):
            best = next(iter(match(line).candidates), None) if code.announced(line.raw) else None
            if best is not None and any(slot.kind is code.KIND for slot in self.catalogue.intents[best.intent].slots):
                return line
        return None

    def _wishes(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """Return the requests without what is only told beside them: 我妈过世了，她的信息请删除. What is asked gets its answer, and what
        gives a wish a value stays with it: 周六我妈过生日，我舅舅来吃饭; 阿May来看球赛 凌晨1点走; so does whose it is: 女儿5岁，38.2."""
        kept: list[Piece] = []
        before = ""
        for piece in pieces:
            if questions.is_question(piece.said.raw) or not self._is_in_passing(piece.match):
                belongs = before and (
                    self._gives(piece.said.part(before), piece) or temperature.is_told_by(piece.said.raw, before, piece.said.raw)
                )
                kept.append(_with_words(piece, before, piece.said.raw) if belongs else piece)
            elif not kept:
                before = piece.said.raw
            elif self._gives(piece.said, kept[-1]) or temperature.is_told_by(
                kept[-1].said.raw, kept[-1].said.raw, piece.said.raw
            ):
                kept[-1] = _with_words(kept[-1], kept[-1].said.raw, piece.said.raw)
        return kept

    def _gives(self, said: Reading, piece: Piece) -> bool:
        """Tell whether words hold a value that a wish asks for and that is found by its form: a time, a plate, a flat."""
        slots = self.catalogue.intents[piece.match.candidates[0].intent].slots if piece.match.candidates else ()
        return bool(said.take([slot for slot in slots if slot.kind.grammar]))

    def _is_in_passing(self, match: Match) -> bool:
        return bool(match.candidates) and self.catalogue.intents[match.candidates[0].intent].small_talk

    def _match(self, said: Reading) -> Match:
        """Understand words; a wish of which they tell all that it needs is likely: 钢琴老师小乔明天下午四点来."""
        if courtesy.gives_thanks(said.raw):
            return replace(self.matcher.match(said.part(THANKS)), text=said.raw)
        match = self._sounded(said, self.matcher.match(said))  # an emergency may stand at the end of a long message
        said = said.beginning
        if match.emergency or not match.candidates or match.candidates[0].confidence >= CLEAR:
            return match
        tells_who_comes = name_.is_told_of(said.message())
        if not tells_who_comes and match.candidates[0].confidence >= LIKELY:
            return match
        told = next((intent for intent in self._telling if _is_told(intent, said)), None)
        if told is None or (questions.is_question(said.raw) and not _wants_in(said.raw, told)):
            return match
        best, others = match.candidates[0], tuple(one for one in match.candidates if one.intent != told.id)
        if best.intent != told.id and best.confidence >= FAINT and not tells_who_comes:  # 光猫亮红灯 我一点半要给学生上课
            return match
        return replace(match, decision="clarify", candidates=(Candidate(told.id, LIKELY, "说全了"), *others))

    def _sounded(self, said: Reading, match: Match) -> Match:
        """Return the alarm that words are, whatever else they resemble, else what they resemble without emergencies that are out of the question."""
        sounded = self.alarms.sound(said)
        if sounded is not None and not self._is_everyday(match, sounded):
            alarm = sounded.alarm
            best = Candidate(sounded.intent, 1.0, f"紧急：{alarm.words}")
            return Match(
                text=match.text,
                candidates=(best,),
                decision="accept",
                emergency=True,
                danger=alarm.danger,
                is_vague=alarm.is_vague,
            )
        if self.judge.asks(said) and (emergency := self.alarms.home(Danger.FALL)):
            asked = Candidate(emergency, EVEN, "可能有险情")
            return Match(text=match.text, candidates=(asked,), decision="clarify", danger=Danger.FALL, is_asked=True)
        resembled = [one for one in match.candidates if self.catalogue.intents[one.intent].emergency]
        if not resembled:
            return match
        if match.emergency or self.judge.doubts(said):
            return replace(match, danger=self.judge.sort(said))
        rest = 1 - sum(one.confidence for one in resembled)  # what they would have got goes to the others
        left = tuple(
            replace(one, confidence=round(min(one.confidence / max(rest, RAREST), 1.0), 4))
            for one in match.candidates if one not in resembled
        )  # fmt: skip
        return replace(match, candidates=left, decision="clarify" if rest < EVEN and left else decide(left))

    def _is_everyday(self, match: Match, sounded: Sounded) -> bool:
        """Tell whether words are surely taught as something else: an admin may file 插座冒火花 under repairs, word for word.

        A temperature says how ill somebody is and overrules nothing: 孩子39.5抽筋了.
        """
        best = match.candidates[0] if match.candidates else None
        intent = self.catalogue.intents[best.intent] if best is not None else None
        if best is None or intent is None or intent.emergency or any(slot.kind is temperature.KIND for slot in intent.slots):
            return False
        return best.confidence >= (EVERYDAY if sounded.alarm.is_vague else EXACT)

    def _aside_from_small_talk(self, whole: Match, said: Reading, match: Callable[[Reading], Match]) -> Match:
        """Return what is likely meant beside a greeting or an insult: 什么破物业，单元门都刷不开 is a repair."""
        parts = said.clauses
        if told := self._told_in_passing(whole, parts, match):
            return told
        if not self._is_small_talk(whole) or not 1 < len(parts) <= BREATHS:
            return whole
        left = [part for part in parts if not self._is_small_talk(match(part))]
        if not 0 < len(left) < len(parts):
            return whole
        meant = match(said.part(" ".join(part.raw for part in left)))
        best = meant.candidates[0].confidence if meant.candidates and not self._is_small_talk(meant) else 0.0
        return meant if meant.emergency or best >= LIKELY else whole

    def _told_in_passing(self, whole: Match, parts: Sequence[Reading], match: Callable[[Reading], Match]) -> Match | None:
        """Return the small talk that one breath of somebody lonely surely is: 屋里就我一个，娃儿在外地，今天我过生."""
        best = self.catalogue.intents[whole.candidates[0].intent] if whole.candidates else None
        if best is None or not best.listens or whole.emergency or not 1 < len(parts) <= BREATHS:
            return None
        if whole.candidates[0].confidence >= EXACT:
            return None
        surely = (found for found in map(match, parts) if found.decision == "accept" and self._chats(found))
        return next(surely, None)

    def _chats(self, match: Match) -> bool:
        return self.catalogue.intents[match.candidates[0].intent].chats

    def _is_small_talk(self, match: Match) -> bool:
        """Tell whether words most likely want nothing; whoever grieves is heard out whatever else they speak of."""
        best = self.catalogue.intents[match.candidates[0].intent] if match.candidates and not match.emergency else None
        return best is not None and best.small_talk and not best.listens

    def _says_more(self, intent: str, said: Reading) -> bool:
        """Tell whether words give a value that a request for `intent` wants, or begin to: a plate, a phone, a name, 车牌皖L."""
        known = self.catalogue.intents.get(intent)
        wanted = [slot for slot in known.slots if slot.kind.belongs] if known else []
        announced = tuple(word for slot in wanted for word in (slot.title, *slot.kind.called) if len(word) > 1)
        return said.raw.startswith(announced) or bool(said.take(wanted))

    def _differ(self, intent: str, one: Reading, other: Reading) -> int:
        """Count the values that tell two requests for `intent` apart: another place, fault, guest or time."""
        known = self.catalogue.intents.get(intent)
        wanted = [slot for slot in known.slots if slot.kind.parts] if known else []
        first, second = one.take(wanted), other.take(wanted)
        others = [name for name, value in second.items() if first.get(name, value) != value]
        elsewhere = any(slot.name in others and slot.kind.aspect is Aspect.WHERE for slot in wanted)
        if elsewhere and len(others) == 1 and _SPREADS.search(other.raw):  # 卫生间漏水，楼下邻居家都滴水了
            return 0
        return len(others) + elsewhere

    def _settled(self, match: Match, said: Reading) -> Match:
        """Return what a part of a message means; a likely wish of which it tells all is sure: 明早八点半保洁阿姨来 姓柳；厕所灯不亮."""
        best = match.candidates[0] if match.candidates and match.decision != "reject" else None
        told = next((known for known in self._telling if best is not None and known.id == best.intent), None)
        if best is None or told is None or best.confidence < LIKELY or not _is_told(told, said):
            return match
        surely = replace(best, confidence=max(best.confidence, EXACT))
        return replace(match, decision="accept", candidates=(surely, *match.candidates[1:]))

    def _leans(self, intent: str, said: Reading, before: str) -> bool:
        """Tell whether words press for or end what was wished before them, or tell when and not who: 水又漏了，第三次了."""
        wish, earlier = self.catalogue.intents[intent], self.catalogue.intents[before]
        if intent in earlier.follow_ups:
            return True
        when = [slot for slot in earlier.slots if slot.kind.aspect is Aspect.BEGINS]
        if (
            when and not _required(wish) and answers.tells_who_is_in(said.raw) and said.take(when)
        ):  # 明天上午九点我在家, behind a leak
            return True
        if _LASTING.fullmatch(said.raw) and any(slot.kind is regular.KIND for slot in earlier.slots):
            return True
        names = [slot for slot in wish.slots if slot.required and slot.kind.aspect is Aspect.WHO]
        return bool(names) and not said.take(names)

    def _is_other(self, intent: str, one: Reading, other: Reading) -> bool:
        """Tell whether two wishes for an intent about somebody tell all of it, each about somebody else."""
        told = next((known for known in self._telling if known.id == intent), None)
        return told is not None and _is_told(told, other) and self._differ(intent, one, other) >= TOLD

    def are_alike(self, one: str, other: str) -> bool:
        """Tell whether two messages likely ask for the same thing, by what the matcher compares."""
        form = self.matcher.normal_form
        return read_model(self._data).likeness(form(one), form(other)) >= ALIKE

    def hear_intent(self, intent: Intent, now: datetime, place: str = "") -> Heard:
        """Return what it is to have chosen an intent from a menu, or by a code that hangs at `place`: certain, nothing more said."""
        chosen = Candidate(intent.id, 1.0, "二维码" if place else "菜单")
        match = Match(text="", candidates=(chosen,), decision="accept", emergency=intent.emergency)
        return Heard(reading=Reading.of("", now), match=match, place=place)

    def _set(self, matcher: Matcher) -> None:
        self.matcher, self.catalogue = matcher, matcher.catalogue
        self.alarms = Alarms.of(self.catalogue.intents.values(), self.judge)
        self._telling = [intent for intent in self.catalogue.intents.values() if _is_about_somebody(intent)]


#: Matchers that are in force somewhere, by what they were taught: who takes a change back has the one of before.
_IN_FORCE: WeakValueDictionary[object, Matcher] = WeakValueDictionary()


@lru_cache(maxsize=1)  # what is tried in the console and then saved is learned once; more would keep tens of megabytes
def _taught(texts: frozenset[tuple[str, str]], data: Path, kinds: tuple[Kind, ...]) -> Matcher:
    known = _IN_FORCE.get((texts, data, kinds))
    if known is None:
        catalogue = files.load(dict(texts), phrases.NEEDED, {kind.name: kind for kind in kinds})
        known = _IN_FORCE[texts, data, kinds] = _teach(catalogue, data)
    return known


def _teach(catalogue: Catalogue, data: Path) -> Matcher:
    return Matcher(catalogue, *read_data(data), read_model(data))


def _with_words(piece: Piece, *words: str) -> Piece:
    """Return a request that is told in these words."""
    said = piece.said.part("，".join(words))
    return Piece(said=said, match=replace(piece.match, text=said.raw))


def _required(intent: Intent) -> list[Slot]:
    return [slot for slot in intent.slots if slot.required and not slot.default]


def _is_about_somebody(intent: Intent) -> bool:
    """Tell whether an intent needs a name and more: who comes, and when. A place and a thing stand in many messages."""
    required = _required(intent)
    return len(required) >= TOLD and any(slot.kind.aspect is Aspect.WHO for slot in required)


def _is_told(intent: Intent, said: Reading) -> bool:
    """Tell whether words give all of the values that an intent needs, none of which is over."""
    required = _required(intent)
    found = said.take(required)
    return len(found) == len(required) and all(not isinstance(value, datetime) or value >= said.now for value in found.values())


def _wants_in(words: str, told: Intent) -> bool:
    """Tell whether a question about somebody who comes is a wish all the same."""
    return (
        questions.proposes(words) or _AT_THE_GATE.search(words) is not None or any(keyword in words for keyword in told.keywords)
    )


def _goes_on(first: Heard, piece: Heard) -> datetime | None:
    """Return the time said in the first of several wishes of a kind, where a further one names none of its own day."""
    if first.match.candidates[0].intent != piece.match.candidates[0].intent:
        return None
    before, own = (moment.times_in(one.reading.message()) for one in (first, piece))
    is_told = bool(before) and before[0].has_day and before[0].kind != "unclear"
    return before[0].start if is_told and own and not own[0].has_day else None


def judge(understanding: Understanding, text: str, now: datetime, *, explains: bool = True) -> Judgement:
    """Tell how a message is understood, as a turn would: for a resident with a flat and no open form. To explain it takes as long again."""
    heard = understanding.hear_text(text, now)
    match = heard.match
    why = understanding.matcher.explain(heard.reading, match) if explains else match.candidates
    best = match.candidates[0] if match.candidates else Candidate("none", 0.0, "")
    if match.decision == "reject":
        return Judgement(text=text, intent="none", confidence=best.confidence, decision="reject",
                         candidates=why, slots={})  # fmt: skip
    intent = understanding.catalogue.intents[best.intent]
    values = read_slots(intent, heard)
    return Judgement(text=text, intent=best.intent, confidence=best.confidence, decision=match.decision,
                     candidates=why, slots=values)  # fmt: skip


@cache
def read_data(data: Path) -> tuple[Tables, tuple[str, ...]]:
    """Return the tables of characters and the background lines, which belong to no intent."""
    tables = Tables.parse(_read(data / "simplified.txt"), _read(data / "pinyin.txt"))
    return tables, tuple(line for line in _read(data / "background.txt").splitlines() if line and line[0] != "#")


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what each line of a file means, and the line; raises ValueError naming a row that is neither a remark nor that."""
    for number, row in enumerate(_read(path).splitlines(), 1):
        if row and row[0] != "#":
            meant, tab, line = row.partition("\t")
            if not tab or not line.strip():
                raise ValueError(f"{path.name}:{number} {row!r} is no meaning, tab, line")
            yield meant, line


@cache
def read_elsewhere(data: Path) -> Elsewhere:
    """Return the tables, the background lines and by intent the lines of the corpus that stood in the intent files."""
    found: dict[str, list[str]] = {}
    for intent, line in read_lines(data / "corpus" / "house.tsv"):
        found.setdefault(intent, []).append(line)
    tables, background = read_data(data)
    return Elsewhere(tables=tables, background=background, lines=found)


@cache
def read_model(data: Path) -> Model:
    """Return what was learned ahead from the shipped lines."""
    return Model.parse((data / "model.npz").read_bytes())


@cache
def read_judge(data: Path) -> Judge:
    """Return what is known of danger: the words of its files, and the weights that were learned."""
    folder = data / "danger"
    return Judge(
        odds=Odds.parse(_read(folder / "odds.txt")),
        sorts=Sorts.parse(_read(folder / "kinds.txt")),
        surroundings=Surroundings.of(yaml.load(_read(folder / "surroundings.yaml"), Loader=yaml.CSafeLoader)),
        lines=tuple(line for line in _read(folder / "lines.txt").splitlines() if line and line[0] != "#"),
    )


def read_folder(folder: Path, services: Sequence[Path] = ()) -> dict[str, str]:
    """Return all intent files below `folder`, relative path -> text; what is not UTF-8 is shown as it is.

    `services` are the folders of files that services bring; a file of the same path in `folder` takes the place of one of theirs. The
    shipped phrases, menu and kinds of codes are always there, below files.SHIPPED, for what the folder leaves out.
    """
    own = {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for home in (*services, folder) for path in sorted(home.rglob("*.yaml"))
    }  # fmt: skip
    home = config.shipped("intents")
    if folder.resolve() == home.resolve():
        return own
    fallback = [path for path in sorted(home.rglob("*.yaml")) if path.name in _FALLBACK]
    return {files.SHIPPED + path.relative_to(home).as_posix(): _read(path) for path in fallback} | own


def _stamps(*folders: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in (path for folder in folders for path in folder.rglob("*.yaml")):
        stat = path.stat()
        found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
