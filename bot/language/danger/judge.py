"""Whether a message tells of danger: fire, gas, people trapped, hurt, attacked, lost, or tired of life.

Judged before everything else and in every state, on the whole message: missing one costs more than a false alarm. What all characters
speak for (odds.py) decides; a few words that mean nothing else (data/danger/lines.txt) are heard whatever is said beside them. A danger
counts unless its surroundings make it none (surroundings.py). Which kind it is, is told by sorts.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from itertools import islice

from bot.language.danger import fever
from bot.language.danger.odds import Odds, Piece
from bot.language.danger.sorts import Danger, Sorts
from bot.language.danger.surroundings import Surroundings, spell_out
from bot.language.normalise import fold
from bot.language.reading import ANY_TIME, Reading

#: Log odds from which a message is an alarm, and from which one piece of a longer one is, chosen with writers held out
#: (docs/decisions.md).
ALARM, SURE = -0.3, 1.0

#: Below this an alarm is likely and no more: what the message surely means otherwise goes before it.
PLAIN = 3.0

#: A piece that is so clear is a danger of its own beside another.
CLEAR = 4.0

#: Below this a message is not even asked about.
DOUBT = -2.5

#: Below this words are far from any danger: beside an alarm they are no part of it, 宽带坏了; 窗户打不开 may be.
FAR = -5.0

#: Begins a line of lines.txt that counts only where nothing else is said.
CRY = "="

#: Begins one that is asked about where nothing else is said: 娃娃摔了 may be a child, or a doll.
ASKED = "?"

#: What may stand beside a cry: where, and to whom.
_ASIDE = re.compile(
    r"[，。！]|please|[0-9零一二三四五六七八九十]+(?:栋|幢|座|号楼|号|单元|室|楼|层|#)?|[我俺咱你](?:们)?(?:家|屋)里?|家里|屋[里头]|楼[上下道]|隔壁|对门|这里|这边|在|快(?!递)|您好|你好|喂|物业|保安|师傅|大家|[了啊呀啦哇]"
)

#: Who was called already is no danger, though what is dialled sounds like one: 已经打119了, 120叫过了. 快打120 is a cry.
_CALLED = re.compile(
    r"(?:(?:已经?|刚才?|都|早就?)(?:打|拨|叫|报)(?:过|了|完)?|(?:打|拨|叫|报)(?:过|了|完))(?:电话)?(?:119|110|120|火警|警(?!察)|消防队?|救护车|急救)(?:电话)?(?:了|过)?"
    r"|(?:119|110|120|救护车|消防队?)(?:电话)?(?:我们?|都|已经?|也)*(?:打|叫|拨)(?:过|了|完)了?"
)

#: A burner that does not light is no fire: 灶台打不着火. What else is said of it, a smell of gas, still counts.
_UNLIT = re.compile(
    r"火?(?:打|点|着|起|生)(?:了?半天|火)*(?:都|也|老是?|总是?)?(?:不|唔|勿|弗)(?:着|燃|了|出|到|起来?)火?(?!的)|火(?:打|点|起|生)不(?:起来|来|出来|出|上来|着|燃)"
    r"|(?P<burner>灶[台头具]?|炉[子头]?|热水器|燃气|煤气)(?P<is>[^，。]{0,4}?)(?:没有?火(?!灾|警|情|烧)|不(?:着|点|打|来|出|起)火|打火没反应|火苗(?:很|太|好|特别|有点|越来越)?[小弱]|(?:火)?(?:老是?|总是?|一开就|一打就|一会儿?就|自己)(?:灭|熄火?)|(?:打|点|着)(?:着|燃)?了?(?:又|就|马上|一下就?)(?:灭|熄))"
)

#: Beside a burner that does not light these speak of gas: all of the message is judged as it is.
_OF_GAS = re.compile("(?<!没)(?<!没有)(?<!没闻到)(?<!没有闻到)(?<!闻不到)(?:什么|怪)?味|臭|头[晕昏]|恶心")

#: One word denies all that 、 joins: 没有发烧、咳嗽、胸口闷. 没有发烧，胸口闷 tells of the last.
_ALL_DENIED = re.compile(
    r"(?P<no>(?:都|也|并|均)?(?:没有?|冇|无|未见|未出现)(?:出现|过|什么|任何)?)(?:(?:发[烧热]|[高低]烧|咳嗽?|干咳|乏力|没劲|流鼻?涕|鼻塞|头[晕疼痛昏]|(?:嗓子|喉咙|咽喉?|肚子|腰|背|腿|腹|关节|肌肉|心口|胸口)[疼痛闷酸胀]|腹泻|拉肚子|恶心|呕吐"
    r"|胸[闷痛疼]|心慌|心悸|气[短喘促]|喘|呼吸困难|抽[筋搐]|晕[倒厥]|昏[迷厥]|摔[倒跤]|不舒服|不适)[、或和及])+(?=[^，,。！!？?]{1,6})(?!(?:就是|但|只是|倒是|可|不过|有|还))"
)

#: A lift is nobody's home: who is in there with a room's number, or at home, is shut in elsewhere.
_AT_HOME = re.compile(r"单元\d{3,4}|\d室|家|屋|房|卧|厕|卫生间|阳台|门锁|反锁")
_OF_LIFT = re.compile("梯|轿厢|升降|𨋢|坠|楼层|[按摁]钮")

_BURNS = (Danger.FIRE, Danger.SMOKE)

#: No other message is looked at closely.
_MAY_BE_UNLIT = re.compile("[火着燃熄灭]")

#: The point of a figure ends no sentence: 烧到39.5抽筋了.
_POINT = re.compile(r"(?<=\d)。(?=\d)")

#: Places of a message that are looked at; nobody is in more danger.
CHECKED = 8


@dataclass(frozen=True, slots=True)
class Alarm:
    """What danger a message speaks of, and the words that say so; `is_vague` where it is likely and no more."""

    danger: Danger
    words: str
    is_vague: bool = False


@dataclass(frozen=True)
class Judge:
    """What is known of danger. Made once, used by all messages; what it takes is compiled when it is first met."""

    odds: Odds = field(default_factory=Odds)
    sorts: Sorts = field(default_factory=Sorts)
    surroundings: Surroundings = field(default_factory=Surroundings)
    lines: Sequence[str] = field(default=(), repr=False)

    def find(self, said: Reading) -> Alarm | None:
        """Return the danger that a message speaks of as real; None if there is none."""
        plain = _prepared(said)
        pieces = self.odds.pieces(plain)
        if self.asks(said):
            return None
        if said.is_whole and self._cries.fullmatch(_ASIDE.sub("", plain)):
            return Alarm(self._kind(plain, pieces), plain)
        for begin, stop, is_vague in (*self._named(plain), *self._likely(plain, pieces)):
            if not self.surroundings.clears(plain, begin, stop):
                return Alarm(self._kind(plain, pieces), plain[begin:stop], is_vague)
        return None

    def find_words(self, said: Reading, words: re.Pattern[str]) -> str:
        """Return the first of a community's own words for danger that is meant in earnest; empty if none is."""
        plain = said.folded
        found = (one for one in islice(words.finditer(plain), CHECKED) if one[0])
        return next((one[0] for one in found if not self.surroundings.clears(plain, *one.span())), "")

    def asks(self, said: Reading) -> bool:
        """Tell whether nothing is said but what must be asked about: it may be somebody hurt, or a thing that broke."""
        return said.is_whole and self._asked.fullmatch(_ASIDE.sub("", said.folded)) is not None

    def doubts(self, said: Reading) -> bool:
        """Tell whether a message that is no alarm may be asked about: it sounds a little like danger, and nothing speaks against it."""
        plain = _prepared(said)
        best = max(self.odds.pieces(plain), default=Piece(DOUBT, 0, 0))
        return best.odds > DOUBT and not self.surroundings.clears(plain, *self.odds.peak(plain, best))

    def is_far(self, said: Reading) -> bool:
        """Tell whether words are so far from danger that beside an alarm they speak of something else."""
        return all(piece.odds < FAR for piece in self.odds.pieces(_prepared(said)))

    def sort(self, said: Reading) -> Danger:
        """Return which kind of danger a message that is known to tell of one tells of."""
        plain = _prepared(said)
        return self._kind(plain, self.odds.pieces(plain))

    def warm(self) -> None:
        """Compile what was not compiled yet."""
        self.find(Reading.of("着火了，如果。", ANY_TIME))

    @cached_property
    def _lines(self) -> re.Pattern[str]:
        return re.compile(
            "|".join(spell_out(line.replace(" ", "，")) for line in self.lines if line[0] not in CRY + ASKED) or "(?!)"
        )

    @cached_property
    def _cries(self) -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(spell_out(line[1:]) for line in self.lines if line[0] == CRY) or '(?!)'})+")

    @cached_property
    def _asked(self) -> re.Pattern[str]:
        return re.compile("|".join(spell_out(line[1:]) for line in self.lines if line[0] == ASKED) or "(?!)")

    def _named(self, plain: str) -> Iterator[tuple[int, int, bool]]:
        """Yield where a line of lines.txt stands, without the pause before it: what is denied in the clause before is another thing."""
        for found in islice(self._lines.finditer(plain), CHECKED):
            yield found.end() - len(found[0].lstrip("，")), found.end(), False

    def _likely(self, plain: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int, bool]]:
        """Yield the words that speak most for danger in pieces that likely tell of it, the likeliest first."""
        for piece in nlargest(CHECKED, pieces):
            if piece.odds > (ALARM if piece.stop - piece.begin == len(plain) else SURE):
                yield *self.odds.peak(plain, piece), piece.odds < PLAIN

    def _kind(self, plain: str, pieces: Sequence[Piece]) -> Danger:
        """Return the most urgent kind that the likeliest piece and all clear ones tell of."""
        best, *others = nlargest(CHECKED, pieces) or [Piece(DOUBT, 0, len(plain))]
        told = [best, *(piece for piece in others if piece.odds > CLEAR)]
        kind = self.sorts.tell([plain[piece.begin : piece.stop] for piece in told], plain)
        is_gas = (
            kind in _BURNS and _UNLIT.search(plain) is not None and _OF_GAS.search(plain) is not None
        )  # what does not light escapes
        if kind is Danger.LIFT and _AT_HOME.search(plain) and not _OF_LIFT.search(plain):  # 3栋2单元501，老人一个人在里面
            return Danger.TRAPPED
        return Danger.GAS if is_gas else kind


def _prepared(said: Reading) -> str:
    """Return a message as it is judged, without whom somebody has called already, what does not burn, a fever, and what is denied in one list."""
    folded = fold(_ALL_DENIED.sub(r"\g<no>", said.text)) if "、" in said.text else said.folded
    plain = _CALLED.sub("", _POINT.sub("", fever.aside(folded)))
    return (
        _UNLIT.sub(lambda found: f"{found['burner'] or ''}{found['is'] or ''}坏了", plain)
        if _MAY_BE_UNLIT.search(plain) and not _OF_GAS.search(plain)
        else plain
    )
