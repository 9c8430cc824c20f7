"""Whom somebody means by 妈妈: told once with the name (我妈叫王秀英), known from then on, put right and forgotten by a word.

It is kept with a consent of its own, for a relation is the other person's as well; only who lives in a flat of theirs can be meant.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, delete, or_, select

from bot.contract import Ask, Purpose, Reply, Resident, Turn, Wish, Work, action, consents, roster, tr
from integrations.health import reports
from integrations.health.models import Called, CheckIn

INTENT = "health.kin"

#: Letters of such a message at most.
_LONGEST = 24

RELATION = (
    r"(?:[我俺]?家?的?)(?P<kin>老?[爸妈爹娘](?!妈|爸)|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老丈人|丈母娘|老伴|老公|老婆|丈夫|妻子|爱人|媳妇|先生|太太"
    r"|[大小]?儿子|[大小]?女儿|闺女|哥哥|姐姐|弟弟|妹妹|孙子|孙女)"
)
_END = r"[。.!！了啊呀的呢~～\s]*"
#: 我妈叫王秀英, 记住我老公是陈建国.
_IS = re.compile(
    rf"(?:对了|那|请|你|帮我|以后|[\s,，])*(?:记住|记一下|记着)?[：:]?{RELATION}(?:的名字|名字)?(?:叫做?|就?是(?!不是)|名叫)(?P<name>[\u4e00-\u9fff]{{2,4}}?){_END}"
)
#: 王秀英是我妈.
_IS_OF = re.compile(rf"(?:对了|那|请|你|记住|[\s,，])*(?P<name>[\u4e00-\u9fff]{{2,4}}?)(?:就)?是(?=[我俺]){RELATION}{_END}")
#: 忘了我妈是谁, 我妈不是王秀英, 别记我妈叫什么.
_IS_NOT = re.compile(
    rf"(?:请|帮我|把|你|[\s,，])*(?:忘了|忘掉|删掉|删了|别记|不要记|不用记)(?:住)?{RELATION}(?:是谁|叫什么|叫啥|的名字|是哪个|是哪位)?{_END}"
    rf"|{RELATION.replace('<kin>', '<not>')}(?:的名字)?(?:不是|不叫)(?P<name>[\u4e00-\u9fff]{{2,4}}?){_END}"
)
#: 我妈是谁: what is known.
_WHO = re.compile(
    rf"(?:你)?(?:知道|记得|晓得)(?:不知道|不记得)?(?:住)?{RELATION}(?:是谁|叫什么|叫啥|是哪个|是哪位)(?:吗|么|不|[?？。])*|{RELATION.replace('<kin>', '<who>')}(?:是谁|叫什么(?:名字)?|叫啥)[?？。]*"
)


def word_of(said: str) -> str:
    """Return the one word for a relation: 我妈, 老妈 and 妈妈 are one."""
    bare = said.removeprefix("我").removeprefix("俺")
    return reports.one_word({"爱人": "老伴"}.get(bare, bare))


def is_one(word: str) -> bool:
    """Tell whether a word is a relation."""
    return re.fullmatch(RELATION, word) is not None


def meant(work: Work, speaker: Resident, word: str) -> Resident | None:
    """Return whom somebody means by a relation, while that person still lives in a flat of theirs; None where it was never told."""
    found = work.session.exec(select(Called).where(Called.resident_id == speaker.key, Called.word == word_of(word))).first()
    return next((one for one in at_home(work, speaker) if one.key == found.person_id), None) if found is not None else None


def at_home(work: Work, speaker: Resident) -> Sequence[Resident]:
    """Return who lives in the flats of somebody, themselves left out."""
    flats = roster.people_by_flat(work.session, [flat.key for flat in roster.homes(work.session, speaker)])
    return list({one.key: one for people in flats.values() for one in people if one.key != speaker.key}.values())


def named(work: Work, speaker: Resident, name: str) -> Resident | None:
    """Return the one at home who has that name, whole or without the surname."""
    found = [one for one in at_home(work, speaker) if one.name and name in (one.name, one.name[1:])]
    return found[0] if len(found) == 1 else None


def spoken_of(work: Turn, said: str) -> Sequence[int]:
    """Return the ids of those whom words name by a relation that is known: 我妈平安."""
    words = [found["kin"] for found in re.finditer(RELATION, said)]
    those = [meant(work, work.me, word) for word in words] if words and work.resident is not None else []
    return [one.key for one in those if one is not None]


def _called(work: Work, wanted: Mapping[str, Any]) -> str:
    """Return whom who speaks means by a `word`, as events call them; empty where they never told."""
    speaker = work.resident if isinstance(work, Turn) else None
    person = meant(work, speaker, str(wanted["word"])) if speaker is not None else None
    return person.about if person is not None else ""


SERVES = {"family.called": _called}


# ------------------------------------------------------------------ in the chat


@dataclass(frozen=True, kw_only=True)
class Told:
    """Which word, whom it means by public id, and the answer to the question whether that may be kept."""

    word: str | None = None
    person: str | None = None
    agreed: str | None = None


def hear(turn: Turn, text: str) -> str | Wish:
    """Return what follows from such words; nothing for all others, and for names of nobody at home."""
    said = text.strip()
    if len(said) > _LONGEST or turn.is_asked or turn.resident is None or not turn.is_bound:
        return ""
    if (no := _IS_NOT.fullmatch(said)) is not None:
        return _forget(turn, word_of(no["kin"] or no["not"]))
    if (who := _WHO.fullmatch(said)) is not None:
        return _tell(turn, word_of(who["kin"] or who["who"]))
    if turn.lately and not any(one.startswith(("health.", "care.", "medical.")) for one in turn.lately):
        return ""  # of a visitor, it is their name: 我妈明天来 / 我妈叫王秀英
    told = _IS.fullmatch(said) or _IS_OF.fullmatch(said)
    person = named(turn, turn.me, told["name"]) if told is not None else None
    if told is None or person is None:
        return ""
    return Wish(intent=INTENT, values={"word": word_of(told["kin"]), "person": person.public_id})


def _forget(turn: Turn, word: str) -> str:
    person = meant(turn, turn.me, word)
    gone = drop(turn, Called.resident_id == turn.me.key, Called.word == word)
    if not gone:
        return ""
    if person is not None:
        _part(turn, word, person)
    return turn.words(turn.context.messages["health.kin_forgotten"], word=word)


def _tell(turn: Turn, word: str) -> str:
    person = meant(turn, turn.me, word)
    name = person.name if person is not None else ""
    return turn.words(turn.context.messages["health.kin_who"], word=word, name=name, unknown="" if name else "yes")


@action(
    INTENT, Told,
    replies={"none": "", "done": "word person", "consent": "word person asks", "unasked": "word person asks", "declined": "word", "refused": "word title"},
)  # fmt: skip
def know(turn: Turn, slots: Told) -> Reply | Ask:
    """Keep whom a relation means once that is consented to; what was told of them by that word today and before is theirs from then on."""
    person = roster.by_public_id(turn.session, slots.person or "") if turn.resident is not None else None
    if person is None or not slots.word or person.key not in {one.key for one in at_home(turn, turn.me)}:
        return Reply("none", ok=False)
    if consents.missing(turn, turn.me, [KIN]):
        if consents.refused(turn, turn.me, [KIN]) and slots.agreed is None:
            return Reply("refused", word=slots.word, title=KIN.title, ok=False)
        if slots.agreed == consents.NO:
            consents.refuse(turn, KIN)
            return Reply("declined", word=slots.word, ok=False)
        if slots.agreed != consents.YES:
            values = {"word": slots.word, "person": person.name, "asks": KIN.words(turn)}
            return Ask(
                slot="agreed", name="consent", options=consents.OPTIONS, values=values, called_off="unasked", agreed=consents.YES
            )
        consents.give(turn, KIN)
    learn(turn, slots.word, person)
    return Reply("done", word=slots.word, person=person.name)


def learn(turn: Turn, word: str, person: Resident) -> bool:
    """Keep whom who speaks means by a relation, in the place of what was known; False, and nothing kept, without their consent."""
    if consents.missing(turn, turn.me, [KIN]):
        return False
    word = word_of(word)
    if (before := meant(turn, turn.me, word)) is not None and before.key != person.key:
        _part(turn, word, before)
    drop(turn, Called.resident_id == turn.me.key, Called.word == word)
    consent = consents.needed(turn, turn.me, KIN)
    turn.session.add(Called(resident_id=turn.me.key, word=word, person_id=person.key, consent_id=consent.key, at=turn.now))
    for one in turn.session.exec(_told_by(turn, word).where(col(CheckIn.resident_id).is_(None))).all():
        one.resident_id = person.key
        turn.session.add(one)
    turn.session.flush()
    return True


def _part(turn: Turn, word: str, person: Resident) -> None:
    """Leave to the word alone what was told by it: it may have been of somebody else."""
    for one in turn.session.exec(_told_by(turn, word).where(CheckIn.resident_id == person.key)).all():
        one.resident_id = None
        turn.session.add(one)
    turn.session.flush()


def _told_by(turn: Turn, word: str):  # type: ignore[no-untyped-def]  # SQLModel's select
    return select(CheckIn).where(CheckIn.reporter_id == turn.me.key, CheckIn.person == word)


# ------------------------------------------------------------------ what goes


def drop(work: Work, *of: object) -> int:
    """Delete relations; returns how many."""
    gone = delete(Called).where(*of)  # type: ignore[arg-type]  # conditions
    return int(getattr(work.session.execute(gone.execution_options(synchronize_session="fetch")), "rowcount", 0))


def end(work: Work, resident: Resident) -> int:
    """Delete whom somebody means by which word, and who means them; returns how many rows."""
    return drop(work, or_(col(Called.resident_id) == resident.key, col(Called.person_id) == resident.key))


KIN = Purpose(
    name="kin", title=tr("记住称呼"), version=1, asks="health.kin_consent", kept=tr("家里人的称呼"), end=end,
    called=("称呼", "记住称呼"), is_sensitive=False, intents=(INTENT,), why="health.kin_why",
)  # fmt: skip
