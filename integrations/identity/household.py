"""What a household says of who wants to belong to it, or already does: one tap on a page, or a word in the chat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.contract import (
    Ask,
    Event,
    Evidence,
    Household,
    Refusal,
    Reply,
    Resident,
    Task,
    Turn,
    Wish,
    Work,
    register,
    roster,
    tasks,
    tr,
)
from integrations.identity import proofs, requests, standing
from integrations.identity.standing import Standing

#: How long after a binding the word 不认识 is about it.
RECENT = timedelta(days=7)

#: The kind of event, and of task, that says that a household does not know an account.
OBJECTED = "identity.objected"

#: The kind of task for the office to find out which of two belongs to a flat.
DISPUTED = "identity.disputed"


def object_to(work: Work, newcomer: Resident, flat: Household, member: Resident) -> bool:
    """Let go, for good, an account that a household does not know, on a member's word: what it opened ends, and staff look into it.

    False where the word of this member is not enough to cut off that newcomer (standing.py): the office decides, and both keep what
    they have.
    """
    work.session.refresh(newcomer, with_for_update=True)
    openid = newcomer.openid
    if openid is None:
        raise Refusal(tr("这个微信已经不在您家了，不用再管。"))
    if not standing.may_put_out(_standing(work, member, flat), _standing(work, newcomer, flat)):
        _dispute(work, newcomer, flat, member)
        return False
    work.object_to(openid, flat)
    work.record(OBJECTED, newcomer.about, household=flat.key)
    work.assign(OBJECTED, requests.NEED, f"住户说不认识新绑定的人：{flat.label}", urgent=True, household=flat)
    work.tell(openid, "identity.objected", flat=flat.label)
    return True


def _standing(work: Work, resident: Resident, flat: Household) -> Standing:
    lives = roster.residence(work.session, resident, flat)
    return Standing(
        evidence=evidence_of(work, resident, flat) or Evidence.INVITATION,
        is_on_roster=lives is not None and lives.evidence is Evidence.ROSTER, has_own_number=proofs.has_number(resident), since=resident.bound_at or work.now,
    )  # fmt: skip


def evidence_of(work: Work, resident: Resident, flat: Household) -> Evidence | None:
    """Return by what an account came to belong to a flat: of who is on its roster, by what it was shown that the account is theirs."""
    lives, binding = roster.residence(work.session, resident, flat), roster.binding_of(work.session, resident)
    is_on_roster = lives is not None and lives.evidence is Evidence.ROSTER
    return binding.evidence if is_on_roster and binding else lives.evidence if lives else None


def is_disputed(work: Work, one: Resident, other: Resident) -> bool:
    """Tell whether the office has yet to find out which of two belongs to a flat."""
    return bool(tasks.about(work.session, _between(one, other)))


def _between(one: Resident, other: Resident) -> str:
    return f"dispute:{'.'.join(sorted((one.public_id, other.public_id)))}"


def _dispute(work: Work, newcomer: Resident, flat: Household, member: Resident) -> None:
    """Let the office find out which of two belongs to a flat; one task for both, whoever of them speaks, as long as it is open."""
    if not is_disputed(work, newcomer, member):
        title = f"{flat.label}：{member.name or '一位家里人'}说不认识{newcomer.name or '一位家里人'}，两人都还绑着，请尽快核实谁住这里"
        work.assign(DISPUTED, requests.NEED, title, urgent=True, household=flat, subject=_between(newcomer, member))
        work.record("identity.disputed", newcomer.about, household=flat.key)


# ------------------------------------------------------------------ said in the chat

#: Each sign may be read in one way alone: else the time it takes doubles with each 我都.
_WE = "(?:[我俺咱们家里人都又可也]|根本|压根|真的?|从来|其实|[这那]个?人)*"
_UNKNOWN = "(?:不认[识得]|(?:没有?|冇)人认[识得]|唔识(?:得)?|弗认得)"
_ENDS = r"[了啊呀的呢哦吧\s,，。.!！~～]*"
_SOMEBODY = "(?:这些?个?人|那些?个?人|这[个位]|那[个位]|新来的|刚绑的|[他她它](?:们)?|ta)"
#: What somebody may be called there.
NAME = r"[\u4e00-\u9fff·A-Za-z]{1,10}?"

#: 不认识, 我不认识那个人.
_NOBODY = re.compile(rf"{_WE}{_UNKNOWN}{_SOMEBODY}?{_ENDS}", re.IGNORECASE)
#: 不认识张兰, 我家没人认识叫张兰的; 张兰是谁？我不认识.
_NAMED = re.compile(
    rf"{_WE}{_UNKNOWN}(?:一个|这个|那个|什么)?叫?(?P<behind>{NAME})(?:的人|这个人|那个人|是谁)?{_ENDS}"
    rf"|(?P<before>{NAME})(?:这个人|那个人)?(?:是谁|谁啊)?[\s,，。?？]*{_WE}{_UNKNOWN}{_SOMEBODY}?{_ENDS}",
    re.IGNORECASE,
)
#: 同意, 同意叶晓, 不同意叶晓绑定我家.
_ANSWER = re.compile(
    rf"(?:[我俺咱们家里人都那就嗯行,，\s]|好的?)*(?:(?P<no>不(?:能|可以)?(?:同意|批准|答应)|拒绝|不让|别让)|(?P<yes>同意|批准|准许|让))"
    rf"(?P<who>{NAME})?(?:的?(?:申请|请求)|来?(?:绑定?|登记|加入|加进来|进来)(?:我们?家|上|进来|这一户)?)?{_ENDS}"
)
#: 谁要绑我家.
_WHO_ASKS = re.compile(
    r"(?:是|请问|到底)*(?:谁|哪个|哪位|什么人|啥人)(?:在|要|想|说|又|申请)+(?:绑定?|登记|加入|加进)(?:我们?家|这一户|俺家)?[的了啊呀呢吗\s?？。]*"
)

#: 把王小宝踢出去, 王小宝停掉.
_PUT_OUT = re.compile(
    rf"(?:我要?|帮|给我|请|麻烦|想|能不能|可以)*(?:把|将)?(?P<who>{NAME})(?:的?(?:微信|绑定))?(?:给我?)?(?:踢|赶|清|移|弄|删|停|撤|请)(?:出|掉|除|走)+(?:去|我们?家|这一户)?{_ENDS}"
)
#: 王小宝是谁, 谁是王小宝.
_WHO_IS = re.compile(
    rf"(?:请问|那个?|这个?|绑定的)*(?:(?P<before>{NAME})(?:这个人)?(?:又)?是(?:谁|哪个|哪位|什么人|啥人)|谁是(?P<behind>{NAME}))[啊呀呢\s?？。]*"
)
#: 王小宝是我儿子 另一个不认识: of those who are not named.
_THE_OTHER = re.compile(
    rf"(?P<known>.{{1,24}}?)[\s,，。;；]*(?:但是?|不过|可是?)?(?:另外?(?:的|那)?(?:一?个|[位人])?|其[他余](?:的|人)*|还有一?[个位]|剩下的?[那一]?[个位]?|别的人?)的?(?:那个人?|人)?(?:我)?{_UNKNOWN}{_ENDS}"
)
#: 认识 是我妈 弄错了, said after 不认识.
_TAKEN_BACK = re.compile(
    rf"(?:哦|噢|啊|哎呀|等等|等一下|不对|对不起|不好意思|[\s,，])*(?:{_WE}(?<!不)(?:认识|认得)|(?:我)?(?:弄|搞|点|按|说|看)错了?|(?:原来)?是我们?家?.{{1,6}})(?:[\s,，。]*(?:的|了|是我们?家?.{{1,6}}|{_WE}(?<!不)(?:认识|认得)|(?:我)?(?:弄|搞|点|按|说|看)错了?|.{{0,4}}误会.{{0,3}}))*[\s,，。啊呀的了]*"
)
_OWNS_UP = re.compile("(?<!不)认[识得]|错|误会")

#: What stands behind the title of a dispute that whoever began it takes back.
_MISTAKEN = "（后来说认识，是弄错了）"

#: Longest words that take back.
_BRIEF = 30

#: What a member of a household says: of who is bound there or wants to be, and to who wants to be.
UNKNOWN, YES, NO = "unknown", "yes", "no"

#: What they are done with, where it is asked of whom they are said.
INTENT = "identity.members"

#: How long after it was asked a mere 同意, without a name, is about it.
SOON = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """Somebody of whom a member of a household may say whether they know them: bound there, or waiting to be."""

    key: str
    name: str
    flat: Household
    at: datetime
    newcomer: Resident | None = None
    request: Task | None = None

    @property
    def called(self) -> str:
        """What they are called to those at home."""
        return self.name or ("一位家里人" if self.newcomer else "有人")

    def is_called(self, words: str) -> bool:
        """Tell whether somebody speaks of them so: 张建国, or 建国."""
        return bool(self.name) and (words == self.name or (len(words) > 1 and self.name.endswith(words)))


def hear(turn: Turn, text: str) -> str | Wish:
    """Take 不认识张兰 and 同意叶晓 for whom they name; without a name for the only one who may be meant, else it is asked who.

    Nothing where nobody is bound or waits of whom it could be said.
    """
    if about := _of_somebody(turn, text):
        return about
    if (nobody := _NOBODY.fullmatch(text)) or (said := _NAMED.fullmatch(text)):
        if turn.resident is None or turn.flat is None:
            return ""
        if nobody:
            return _unknown(turn)
        return _unknown_by_name(turn, said["behind"] or said["before"]) if said else ""
    if (answer := _ANSWER.fullmatch(text)) and turn.resident is not None:
        return _answered(turn, answer["who"] or "", approves=answer["no"] is None, is_bare=answer["yes"] != "让")
    if _WHO_ASKS.fullmatch(text) and turn.resident is not None and (waiting := waiting_at_home(turn)):
        return "\n".join(_say(turn, "identity.waits", who=one.called, flat=one.flat.label) for one in waiting)
    return ""


def _of_somebody(turn: Turn, text: str) -> str | Wish:
    """Return what follows words about who is bound at home: who it is, that they shall go, that another does not belong there, that they do."""
    who_is, put_out, other = (words.fullmatch(text) for words in (_WHO_IS, _PUT_OUT, _THE_OTHER))
    takes_back = not turn.is_asked and len(text) <= _BRIEF and _TAKEN_BACK.fullmatch(text) and _OWNS_UP.search(text)
    asks = who_is or put_out or other
    if not (asks or takes_back) or turn.resident is None or turn.flat is None:  # nobody is looked up for other words
        return ""
    everybody = [*newcomers(turn), *waiting_at_home(turn)] if asks else []
    if who_is:
        who = next((one for one in everybody if one.is_called(who_is["before"] or who_is["behind"])), None)
        return _told_of(turn, who) if who is not None else ""
    if put_out:
        meant = [one for one in everybody if one.is_called(put_out["who"])]
        return Wish(intent=INTENT, values={"says": UNKNOWN, "called": put_out["who"]}) if meant else ""
    if other:
        known = [one for one in everybody if one.name and (one.name in other["known"] or one.name[1:] in other["known"])]
        others = [one for one in everybody if one not in known]
        if known and len(others) == 1:
            return _now(turn, others[0], UNKNOWN)
        return Wish(intent=INTENT, values={"says": UNKNOWN}) if known and others else ""
    return _taken_back(turn) if takes_back else ""


def _told_of(turn: Turn, stranger: Stranger) -> str:
    """Return since when somebody is bound at home, and by what; or that they want to be."""
    if stranger.newcomer is None:
        return _say(turn, "identity.waits", who=stranger.called, flat=stranger.flat.label)
    how = evidence_of(turn, stranger.newcomer, stranger.flat)
    return _say(
        turn, "identity.who", who=stranger.called, flat=stranger.flat.label, at=stranger.at, how=roster.EVIDENCE_WORDS[how] if how else "",
    )  # fmt: skip


def _taken_back(turn: Turn) -> str:
    """Let the office know that somebody is known after all: it ends what it has yet to find out, and only it lets in again who was stopped."""
    mine = select(Event).where(
        Event.actor == turn.actor, col(Event.kind).in_((OBJECTED, DISPUTED)), col(Event.at) > turn.now - RECENT
    )
    last = turn.session.exec(mine.order_by(col(Event.id).desc()).limit(1)).first()
    who = roster.by_public_id(turn.session, last.subject.partition(":")[2]) if last is not None else None
    if last is None or who is None:
        return ""
    flat = turn.session.get_one(Household, last.data["household"])
    if last.kind == DISPUTED:
        for task in tasks.about(turn.session, _between(who, turn.me)):  # the other may have said so, too: the office ends it
            task.title = f"{task.title.removesuffix(_MISTAKEN)}{_MISTAKEN}"
            turn.session.add(task)
        return _say(turn, "identity.known", who=who.name or "这个微信", flat=flat.label)
    subject = f"known:{who.public_id}.{flat.key}"
    if not tasks.about(turn.session, subject):
        title = f"{flat.label}：{turn.me.name or '一位家里人'}说弄错了，认识{who.name or '刚停掉的人'}，请核对后放行"
        turn.assign(OBJECTED, requests.NEED, title, household=flat, subject=subject)
    return _say(turn, "identity.stays_out", who=who.name or "这个微信", flat=flat.label)


def _unknown(turn: Turn) -> str | Wish:
    meant = [*newcomers(turn, since=turn.now - RECENT), *waiting_at_home(turn)]
    if (flat := _stopped_already(turn, meant)) is not None:
        return _say(turn, "identity.stopped", flat=flat.label, who="这个微信")
    if len(meant) == 1:
        return _now(turn, meant[0], UNKNOWN)
    return Wish(intent=INTENT, values={"says": UNKNOWN}) if meant or newcomers(turn) else ""


def _stopped_already(turn: Turn, meant: Sequence[Stranger]) -> Household | None:
    """Return the flat where somebody else at home, or the office, has stopped whom a bare 不认识 is about.

    All at home are told of a newcomer and each may say so: the word of the second is about the same, and puts out no more. Said once
    more by the same person it is about another.
    """
    for flat in roster.homes(turn.session, turn.me):
        last = next(iter(register.objected(turn.session, flat.key)), None)
        newest = max((one.at for one in meant if one.flat.id == flat.id), default=None)
        if last is None or turn.now - last.at > RECENT or (newest is not None and newest > last.at):
            continue
        own = select(Event.id).where(Event.kind == OBJECTED, Event.actor == turn.actor, col(Event.at) >= last.at)
        is_own = turn.session.exec(own.limit(1)).first() is not None
        if not is_own and turn.take("identity.echo", 1, f"{turn.actor} {flat.key} {last.at:%m%d%H%M%S}"):
            return flat
    return None


def _unknown_by_name(turn: Turn, name: str) -> str | Wish:
    meant = [one for one in (*newcomers(turn), *waiting_at_home(turn)) if one.is_called(name)]
    if len(meant) == 1:
        return _now(turn, meant[0], UNKNOWN)
    return Wish(intent=INTENT, values={"says": UNKNOWN, "called": name}) if meant else ""


def _now(turn: Turn, stranger: Stranger, says: str) -> str | Wish:
    """Do it at once; where it stands open of whom it shall be done, that is answered by it."""
    if turn.open == INTENT:
        return Wish(intent=INTENT, values={"says": says, "called": "", "who": stranger.key})
    try:
        with turn.session.begin_nested():  # of what is refused nothing remains
            return put_out(turn, stranger) if says == UNKNOWN else settle(turn, stranger, approves=says == YES)
    except Refusal as refusal:
        return str(refusal)


def _answered(turn: Turn, who: str, *, approves: bool, is_bare: bool) -> str | Wish:
    waiting, says = waiting_at_home(turn), YES if approves else NO
    if re.fullmatch(f"{_SOMEBODY}?{_ENDS}", who):
        who = ""
    elif who:
        waiting = [one for one in waiting if one.is_called(who)]
    if not who:
        if turn.is_asked or not is_bare:
            return ""
        waiting = [one for one in waiting if turn.now - one.at < SOON]
    if len(waiting) == 1:
        return _now(turn, waiting[0], says)
    return Wish(intent=INTENT, values={"says": says, "called": who}) if waiting else ""


def newcomers(turn: Turn, since: datetime | None = None) -> list[Stranger]:
    """Return who else is bound in the flats of who writes, the newest first; those alone that were bound since then."""
    me = turn.resident
    others = [
        Stranger(key=f"{one.public_id}.{flat.key}", name=one.name, flat=flat, at=one.bound_at, newcomer=one)
        for flat in (roster.homes(turn.session, me) if me else ())
        for one in roster.bound_at(turn.session, flat)
        if me and one.id != me.id and one.openid and one.bound_at
    ]
    return sorted((one for one in others if since is None or one.at > since), key=lambda one: (one.at, one.key), reverse=True)


def waiting_at_home(turn: Turn) -> list[Stranger]:
    """Return who knew a number of the household and waits for somebody at home to know them, the newest first."""
    homes = roster.homes(turn.session, turn.resident) if turn.resident else []
    found = ((one, requests.flat_of(turn, one, homes)) for one in requests.waiting(turn.session))
    return [
        Stranger(key=one.public_id, name=str(one.data.get("name") or ""), flat=flat, at=one.opened_at, request=one)
        for one, flat in found if flat is not None and one.openid != turn.openid
    ]  # fmt: skip


def put_out(turn: Turn, stranger: Stranger) -> str:
    """Let a member of the household say of somebody that they do not know them; returns what it came to."""
    if stranger.newcomer is None:
        return settle(turn, stranger, approves=False)
    done = object_to(turn, stranger.newcomer, stranger.flat, turn.me)
    who = stranger.name or "这个微信"
    return _say(turn, "identity.stopped" if done else "identity.disputed", flat=stranger.flat.label, who=who)


def settle(turn: Turn, stranger: Stranger, *, approves: bool) -> str:
    """Let a member of the household answer who asked to belong to it; returns what it came to."""
    if stranger.request is None:
        raise LookupError(stranger.key)
    task = requests.answerable(turn, stranger.request.public_id)
    requests.answer(turn, task, stranger.flat, turn.me, approves=approves)
    return _say(turn, "identity.let_in" if approves else "identity.kept_out", who=stranger.called, flat=stranger.flat.label)


def _say(turn: Turn, message: str, **values: object) -> str:
    return turn.words(turn.context.messages[message], **values)


def one_of(turn: Turn, says: str, called: str, key: str | None) -> Reply | Ask | None:
    """Do what a member of the household said of one of several, or ask of whom; None where there is nobody of whom it may be said."""
    waiting = waiting_at_home(turn)
    everybody = [*newcomers(turn), *waiting] if says == UNKNOWN else waiting
    meant = [one for one in everybody if not called or one.is_called(called)]
    chosen = next((one for one in meant if one.key == key), None)
    if chosen is not None:
        return Reply("answered", said=put_out(turn, chosen) if says == UNKNOWN else settle(turn, chosen, approves=says == YES))
    if not meant:
        return None
    several = len({one.flat.id for one in meant}) > 1
    options = {one.key: _shown(turn, one, with_flat=several) for one in meant}
    return Ask(slot="who", name="unknown" if says == UNKNOWN else "which", options=options, called_off="kept")


def _shown(turn: Turn, stranger: Stranger, *, with_flat: bool) -> str:
    """Return how somebody stands in a numbered list."""
    return turn.words(
        "{who}（{flat?{flat}，}{at}{what}）", who=stranger.called, flat=stranger.flat.label if with_flat else "", at=stranger.at,
        what="绑定的" if stranger.newcomer else "想绑定",
    )  # fmt: skip
