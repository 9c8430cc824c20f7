"""What residents say in a campaign, without a word of it: 一家三口都正常, 我今天报了吗, an answer to its question, 算了不记."""

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.contract import Resident, Turn, Wish, consents, is_somebody, temperatures
from integrations.health import campaigns, people, reminders, reports, tasks
from integrations.health.models import Campaign, CheckIn, Stand
from integrations.health.people import Person
from integrations.health.purposes import CHECK_IN

#: Whoever says more tells of something else.
_LONGEST = 40

#: An answer to a question of a campaign is no longer.
_SHORT = 14

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九十")} | {"两": 2, "俩": 2, "仨": 3}
_HOUSE = r"(?:我们?|俺们?|咱们?)?(?:一家子?|全家|家里)(?P<many>[二两俩三仨四五六七八2-8])?(?:个|口|人)*(?:人|子)?"
_ALL_WELL = re.compile(
    rf"(?:今天|今早|早上|上午|下午|晚上)?{_HOUSE}(?:今天|今早|早上)?[,， ]?(?:体温|身体)?(?:都|全|全都|均|也)(?:是|很|挺|蛮|量过|量了)?[,， ]?"
    r"(?P<how>正常|没事|好|好着呢|挺好|健康|平安|(?:没|冇|无)有?(?:不舒服|症状|发烧|问题|啥|什么)|\d{2}(?:[.．点度]\d)?度?)(?:的|了|哈|呢|啊)*[。!！]*"
)
_HAVE_I = re.compile(
    r"(?:我|我们?家|俺)?(?:今天|今日|早上|上午|下午|刚才|刚刚)?(?:的)?(?:体温|健康|打卡|登记)?(?:报|填|登记|打卡|上报|量)(?:上|好|完|过)?了?(?:吗|么|没有?|嘛|没呢)[?？。]*"
    r"|(?:我|我们?家|家里)?(?:今天|上午|下午)?(?:还|还要|还有)?(?:差|缺|少|剩|漏)(?:了|下)?(?:什么|啥|谁|哪个|哪些|几个|点什么)(?:没有?报|没填|没量|人)?(?:吗|呢|啊)?[?？。]*"
    r"|(?:谁|哪个|家里谁)还?没(?:有)?(?:报|量|填|打卡)(?:呢|啊)?[?？。]*"
)
_DROPS = re.compile(
    r"(?:算了|哎|唉|那|刚才的?|这个|这次|都)*[,， ]*(?:别|不|不要|不用|先别|甭|勿)(?:给我|帮我)?(?:记|登记|记录|存|报|打卡)(?:了|吧|啦|下)*(?:算了)?[。!！]*"
)
_YES = re.compile(r"(?:有|是|对|嗯|去过|会|要|接触过|打过|做过|住过|来过)(?:的|了|啊|呀)*[。!！]*")
_NO = re.compile(r"(?:没|不|冇|否|无|未)")

#: Nothing but a temperature, which anybody whom a campaign asks may mean by it.
_BARE = re.compile(
    r"(?:我|今天|今早|早上|上午|下午|晚上|体温|是|量了|[:：\s])*(?P<whole>3[4-9]|4[0-3])(?:[.．。点度·]?(?P<tenth>\d))?(?:度|℃)?(?:左右)?[。.．,，!！~～、\s]*"
)

#: The same in words or in the other degrees: 三十六度八, 华氏98.6. What is left of it beside the figure.
_ELSE = re.compile(r"(?:我|今天|今早|早上|上午|下午|晚上|刚量|量了|体温|是|的|了|啊|呢|哈|[°度℃。.．,，!！:：~～\s])*")
_SPELT = re.compile(r"华氏|[Ff]|三十|四十|三[四五六七八九]")

#: Who was not measured, and no figure beside it: 孩子没量，老公上班.
_ABSENT = (
    r"(?:我们?家?的?)?[\u4e00-\u9fff]{1,4}?(?:今天|早上|上午|下午|还|都|在|去)*"
    r"(?:没有?(?:量|测|报)(?:呢|过|体温)?|上班|上学|出差|不在家?|出门|睡着|睡觉|没起|没回来?|住校|在外地)[了去呢啊的]*"
)
_NOT_MEASURED = re.compile(rf"{_ABSENT}(?:[,，。;；、!！\s]+{_ABSENT})*[,，。;；、!！\s]*")
_CLAUSE = re.compile(r"[,，。;；、!！\s]+")
_WHO = re.compile(
    r"(?:我们?家?的?)?(?P<who>[\u4e00-\u9fff]{1,4}?)(?:今天|早上|上午|下午|还|都|在|去)*(?P<why>没有?(?:量|测|报)|上班|上学|出差|不在|出门|睡|没起|没回|住校|在外地)"
)

#: What is taken back is what was told just now.
_JUST_NOW = timedelta(hours=1)


def hear(turn: Turn, text: str) -> str | Wish:
    """Return what follows from such words; nothing for all others, and for who belongs to no campaign."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    drops, all_well, asks, bare, unmeasured = (one.fullmatch(said) for one in (_DROPS, _ALL_WELL, _HAVE_I, _BARE, _NOT_MEASURED))
    spelt = _spelt(said) if bare is None else None
    is_known = any((drops, all_well, asks, bare, unmeasured, spelt is not None))
    if not is_known and (turn.is_asked or len(said) > _SHORT or not campaigns.running(turn)):  # words first, rows afterwards
        return ""
    if turn.resident is None or turn.flat is None:
        return ""
    if drops is not None:
        return _drop(turn)
    if turn.is_asked and turn.open != "health.checkin":
        return ""
    campaign = campaigns.of_person(turn, turn.me)
    if campaign is None:
        return ""
    if all_well is not None:
        return Wish(intent="health.checkin", values={"household": _count(all_well["many"])})
    if turn.is_asked:
        return ""
    if unmeasured is not None:
        return _not_measured(turn, campaign, said)
    if bare is not None:
        spelt = float(f"{bare['whole']}.{bare['tenth'] or 0}")
    if spelt is not None:
        return Wish(intent="health.checkin", values={"temperature": spelt})
    return _stands(turn, campaign) if asks is not None else _answered(turn, said)


def _spelt(said: str) -> float | None:
    """Return a temperature that is all of a message, though not in figures of °C; None for all other words."""
    if not _SPELT.search(said):
        return None
    found = temperatures(said)
    if len(found) != 1 or found[0].who not in ("", "我"):
        return None
    left = re.sub(r"华氏度?|[\d.．]+|[Ff]|[零一二三四五六七八九十点半]", "", said)
    return found[0].degrees if _ELSE.fullmatch(left) else None


def _not_measured(turn: Turn, campaign: Campaign, said: str) -> str:
    """Note of whom it is said that they were not measured: they are asked again; nothing where nobody of a family is named."""
    named: dict[str, Person] = {}
    for clause in _CLAUSE.split(said):
        found = _WHO.match(clause)
        word = reports.one_word(found["who"]) if found is not None else ""
        if word in ("我", "俺", ""):
            named.setdefault("", people.me(turn)) if word else None
        elif (person := people.find(turn, word)).resident is not None or is_somebody(word):
            named.setdefault(word, person)
    if not named:
        return ""
    for person in named.values():
        campaigns.note(turn, turn.me, turn.home, person, stand=Stand.UNMEASURED)
    turn.session.flush()
    who = "、".join(word or "您" for word in named)
    lacks = reminders.lacking_words(turn, campaign, turn.home, turn.me)
    return turn.words(turn.context.messages["health.campaign_unmeasured"], who=who, lacks=lacks)


def _count(said: str | None) -> str:
    return "" if not said else said if said.isdigit() else str(_DIGITS[said])


# ------------------------------------------------------------------ everybody at once


def household(turn: Turn) -> Sequence[Person]:
    """Return everybody of the flat whom the campaign asks, who speaks first."""
    campaign = campaigns.of_person(turn, turn.me)
    those: Sequence[Resident] = [one for one, _ in campaigns.at_home(turn, campaign, turn.home)] if campaign is not None else []
    others = [Person(resident=one, word=one.name or "家里人") for one in those if one.key != turn.me.key]
    return [people.me(turn), *others]


def one_figure(said: str) -> float | None:
    """Return the temperature that is said of all: 全家都36.5."""
    found = temperatures(said)
    return found[0].degrees if len(found) == 1 else None


# ------------------------------------------------------------------ how it stands


def _stands(turn: Turn, campaign: Campaign) -> str:
    """Tell what has been told of the flat today, and what is still missing."""
    window = campaigns.Window(campaign=campaign, day=turn.now.date(), part=campaigns.part_at(campaign, turn.now))
    done = [
        "您" if one.key == turn.me.key else one.name or "家里人"
        for one, answer in campaigns.at_home(turn, campaign, turn.home)
        if answer is not None and answer.stand == Stand.TOLD
    ]
    lacks = reminders.lacking_words(turn, campaign, turn.home, turn.me)
    return turn.words(
        turn.context.messages["health.campaign_stands"], part=campaigns.part_words(campaign, window.part), done="、".join(done), lacks=lacks,
        asks=reminders.asked_words(campaign), question=question(turn), complete="" if lacks or campaigns.open_question(turn, turn.me) else "yes",
    )  # fmt: skip


def beside(turn: Turn) -> str:
    """Return what is said beside a check-in that counts for a campaign: who of the flat is missing, and its next question."""
    campaign = campaigns.of_person(turn, turn.me)
    if campaign is None:
        return ""
    lacks = "" if campaigns.open_question(turn, turn.me) else reminders.lacking_words(turn, campaign, turn.home, turn.me)
    return turn.words(
        turn.context.messages["health.campaign_counted"], name=campaign.name, part=campaigns.part_words(campaign, campaigns.part_at(campaign, turn.now)),
        lacks=lacks, question=question(turn),
    )  # fmt: skip


# ------------------------------------------------------------------ questions


def question(turn: Turn) -> str:
    """Return the question that is still open, with its answers by number; empty where none is."""
    found = campaigns.open_question(turn, turn.me)
    if found is None:
        return ""
    campaign, number, rows = found
    asked = campaign.questions[number]
    options = "，".join(f"回 {at} 就是{option}" for at, option in enumerate(asked["options"], 1))
    whose = "（刚才报的几位都算）" if len(rows) > 1 else ""
    return f"还有一问：{asked['title']}{whose}{options}。"


def _answered(turn: Turn, said: str) -> str:
    """Take an answer to the question that is open; nothing where none is, or these words answer it not."""
    found = campaigns.open_question(turn, turn.me)
    if found is None:
        return ""
    campaign, number, rows = found
    option = _option(campaign.questions[number], said)
    if not option or consents.missing(turn, turn.me, [CHECK_IN]):
        return ""
    campaigns.answer(turn, campaign, number, rows, option, consents.needed(turn, turn.me, CHECK_IN).key)
    turn.session.flush()
    lacks = "" if campaigns.open_question(turn, turn.me) else reminders.lacking_words(turn, campaign, turn.home, turn.me)
    return turn.words(
        turn.context.messages["health.campaign_answered"], title=campaign.questions[number]["title"], option=option, question=question(turn), lacks=lacks,
    )  # fmt: skip


def _option(asked: dict[str, object], said: str) -> str:
    options = [str(one) for one in asked["options"]] if isinstance(asked["options"], list) else []
    bare = said.strip("。!！ 回选")
    if bare.isdigit():
        return options[int(bare) - 1] if 0 < int(bare) <= len(options) else ""
    named = [one for one in options if one == bare or (len(one) > 1 and one in bare)]
    if len(named) == 1:
        return named[0]
    if asked.get("kind") != "flag":
        return ""
    return options[0] if _YES.fullmatch(bare) else options[1] if _NO.match(bare) and len(bare) <= 6 else ""


# ------------------------------------------------------------------ 算了不记


def _drop(turn: Turn) -> str:
    """Leave nothing of what was told just now: no check-in, no answer, no call; nothing where nothing was told."""
    mine = select(CheckIn).where(
        CheckIn.reporter_id == turn.me.key, CheckIn.at >= turn.now - _JUST_NOW, CheckIn.day == turn.now.date()
    )
    if turn.is_asked and turn.open != "health.checkin":
        return ""
    if not turn.is_asked and "health.checkin" not in turn.lately:
        return ""
    told = turn.session.exec(mine.order_by(col(CheckIn.id))).all()
    if not told and turn.open == "health.checkin":  # asked whether it may be kept, or whether it is meant at all
        turn.closes.add("health.checkin")
        return turn.words(turn.context.messages["health.dropped"], rows=0)
    if not told:
        return ""
    last = max(one.at for one in told)
    rows = [one for one in told if one.at == last]
    campaigns.unnote(turn, rows)
    words = {one.person for one in rows}
    for one in rows:
        turn.session.delete(one)
    turn.session.flush()
    still = {one.person for one in told if one not in rows}
    tasks.forget(turn, turn.openid, of=lambda word: word in words - still, why="本人说不记，不用联系")
    turn.closes.add("health.checkin")
    return turn.words(turn.context.messages["health.dropped"], rows=len(rows))
