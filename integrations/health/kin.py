"""Who takes part in the care: children enrol their parents (给我妈开通报平安), who agree by a word of their own; a neighbour agrees to knock; at which hour.

Nobody is waited for on somebody else's word. A parent with an account is asked in their own chat; for one without, the office calls, reads
the question aloud, and notes who said yes to whom and when. Of the answer the child hears that it was given, and no more than that.
"""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from bot.contract import SHANGHAI, Household, Resident, Staff, Turn, Work, consents, roster, times_in
from integrations.health import care, ladder, relations
from integrations.health.models import CareInvite, CareWish, Rung

#: Letters of such a message at most.
_LONGEST = 40

#: Whoever is asked may answer so long.
_LIVES = timedelta(days=7)

PARENT, NEIGHBOUR = "parent", "neighbour"

_KIN = (
    r"(?:我们?家?的?)?(?:(?P<kin>老?[爸妈爹娘]|爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老丈人|丈母娘|老伴|老人|老头子?|老太太)(?P<name>[\u4e00-\u9fff]{2,4}?)?"
    r"|(?P<who>[\u4e00-\u9fff]{2,4}?))"
)
#: 给我妈开通报平安, 我爸也想要每天报平安, 帮我奶奶登记报平安.
_CALL = re.compile(
    r"(?:请|让)?(?:你们|物业)?(?:打电话)?(?:问|联系)(?:一下)?(?P<kin>我?[\u4e00-\u9fff]{1,3}?)?(?:开通)?报平安(?:吧)?[。!！]*"
)
_ENROLS = re.compile(
    rf"(?:请|麻烦|想|想要|能不能|能|可以|我想|我要)*(?:给|帮|替|为){_KIN}(?:也)?(?:开通|开|登记|弄|办|加|设置|申请|报名|开一个|开个)(?:一个|个|一下|上)?(?:每天|每日|天天)?的?(?:报平安|平安|每天问候|关怀)(?:的?(?:服务|功能))?(?:吗|吧|呗|嘛|可以吗|行吗|行不行)?[。!！?？]*"
)
#: 请隔壁502的李梅帮我敲门, 让对门502来看看我.
_KNOCKS = re.compile(
    r"(?:请|让|叫|找|麻烦|想请|想让)(?P<where>隔壁|对门|楼上|楼下|邻居)?(?:的|是)?(?P<room>\d{3,4})?(?:室|号)?的?(?P<name>[\u4e00-\u9fff]{2,3}?)?"
    r"(?:来|帮忙|帮我|帮|给我|替我)?(?:敲敲?门|敲一?下门|看看我?|照看我?|照应我?)(?:一下)?[。!！?？]*"
)
_HOUR = re.compile(
    r"(?:我|把|报平安|平安|以后|每天|时间|的|想|要|能不能|可以)*(?:改(?:成|到|为)?|换(?:成|到)?|推迟到|提前到|定在|等到)(?P<when>.{2,10}?)(?:之?前|以前)?(?:报平安|报|等我|再问|再问我|吧|吗|行吗)*[。!！?？]*"
)
_GREETS = re.compile(
    r"(?:每天|天天)?(?:早上|早晨|早)(?:也)?(?P<no>不用|别|不要|不想|甭|勿)?(?:再)?(?:给我)?(?:先)?(?:问候|问好|问早|打招呼|叫|提醒)(?:我|一声|一下|了|吧)*[。!！]*"
)
_YES = re.compile(r"(?:我?(?:同意|愿意|答应|可以|行|好|要)(?:的|了|啊|呀|开通|报平安|敲门|帮忙)*)[。!！]*")
_NO = re.compile(r"(?:我?(?:不同意|不愿意|不要|不用|不行|不方便|不想|算了|没空)(?:的|了|啊|开通|报平安|敲门)*)[。!！]*")


def hear(turn: Turn, text: str) -> str:
    """Return what follows from such words; nothing for all others, and for whom nobody knows."""
    said = text.strip()
    if len(said) > _LONGEST:
        return ""
    answers = _YES.fullmatch(said) or _NO.fullmatch(said)
    enrols, calls = _ENROLS.fullmatch(said), _CALL.fullmatch(said)
    knocks, greets, hour = _KNOCKS.fullmatch(said), _GREETS.fullmatch(said), _HOUR.fullmatch(said) if "平安" in said else None
    if (
        not any((answers, enrols, calls, knocks, greets, hour)) or turn.resident is None or not turn.is_bound
    ):  # words first, rows afterwards
        return ""
    if answers is not None:
        return "" if turn.is_asked else _answered(turn, agrees=_NO.fullmatch(said) is None)
    if enrols is not None:
        return _enrol(turn, enrols["kin"] or enrols["who"], enrols["name"] or "")
    if calls is not None and calls["kin"]:
        return _let_office_call(turn, calls["kin"].removeprefix("我"))
    wish = ladder.wish_of(turn, turn.me)
    if wish is None:
        return ""
    if knocks is not None and (knocks["room"] or (knocks["where"] and knocks["name"])):
        return _ask_neighbour(turn, knocks["room"] or "", knocks["name"] or "")
    if greets is not None:
        return _greet(turn, wish, wants=not greets["no"])
    return _change_hour(turn, wish, hour["when"]) if hour is not None else ""


# ------------------------------------------------------------------ a parent


def _enrol(turn: Turn, word: str, name: str) -> str:
    """Ask the parent in their own chat, where it is plain who they are and they have one; else let the office call.

    Whom a relation means is kept where its name stands beside it and that was consented to; else it is said how.
    """
    one = relations.named(turn, turn.me, name) if name else None
    if one is None:
        return _enrol_one(turn, word)
    is_known = relations.meant(turn, turn.me, word) == one or relations.learn(turn, word, one)
    asked = _enrol_one(turn, one.name)
    if is_known or consents.refused(turn, turn.me, [relations.KIN]):
        return asked
    hint = turn.words(turn.context.messages["health.kin_hint"], word=word, name=one.name)
    return turn.words("{asked}\n{hint}", asked=asked, hint=hint)


def _enrol_one(turn: Turn, word: str) -> str:
    flats = roster.people_by_flat(turn.session, [flat.key for flat in turn.flats])
    others = list({one.key: one for people in flats.values() for one in people if one.key != turn.me.key}.values())
    called = relations.meant(turn, turn.me, word)
    named = [called] if called is not None else [one for one in others if one.name and word in (one.name, one.name[1:])]
    bound = [one for one in others if one.openid and one.name]
    if len(named) == 1 or len(others) == 1:
        [one] = named or others
        if ladder.wish_of(turn, one) is not None:
            return turn.words(turn.context.messages["care.kin_has"], name=ladder.called(one))
        if one.openid:
            return _ask_parent(turn, one)
    elif bound:
        names, relation = "、".join(one.name for one in bound), f"我{word}" if relations.is_one(word) else ""
        return turn.words(turn.context.messages["care.kin_which"], who=word, names=names, name=f"{relation}{bound[0].name}")
    return _let_office_call(turn, word)


def _ask_parent(turn: Turn, one: Resident) -> str:
    if consents.refused(turn, one, [care.CARE]) and consents.missing(turn, one, [care.CARE]):
        return turn.words(turn.context.messages["care.kin_refused"], name=ladder.called(one))
    _invite(turn, PARENT, elder=one, to=one)
    turn.tell(
        one, "care.kin_asks", who=turn.me.name or "您的家人", asks=str(care.CARE.words(turn)), hour=f"{ladder.hour(turn):%H:%M}"
    )
    return turn.words(turn.context.messages["care.kin_asked"], name=ladder.called(one))


def _let_office_call(turn: Turn, word: str) -> str:
    flat = turn.flat.label if turn.flat else ""
    open_ = next((one for one in care.open_tasks(turn, turn.openid)), None)
    report = f"想给{word}开通报平安，请打电话问本人同不同意：{turn.said.rpartition(chr(10))[2][:_LONGEST] or word}"
    if open_ is None:
        turn.assign(
            care.KIND, care.NEED, f"关怀：{flat} {turn.me.name}".strip(), openid=turn.openid, household=turn.flat, report=report
        )
    return turn.words(turn.context.messages["care.kin_office"], who=relations.word_of(word))


def _invite(work: Work, kind: str, *, elder: Resident, to: Resident, by: Resident | None = None) -> None:
    asker = by or (work.me if isinstance(work, Turn) else elder)
    for one in _open(work, to, kind):
        if one.elder_id == elder.key:
            one.answered_at = work.now  # what is asked anew takes its place
            work.session.add(one)
    work.session.add(CareInvite(kind=kind, from_id=asker.key, elder_id=elder.key, to_id=to.key, at=work.now))
    work.record("care.asked_along", elder.about, whom=kind)


def _open(work: Work, to: Resident, kind: str = "") -> Sequence[CareInvite]:
    mine = select(CareInvite).where(
        CareInvite.to_id == to.key, col(CareInvite.answered_at).is_(None), CareInvite.at >= work.now - _LIVES
    )
    found = work.session.exec(mine.order_by(col(CareInvite.id).desc())).all()
    return [one for one in found if not kind or one.kind == kind]


def _answered(turn: Turn, *, agrees: bool) -> str:
    invite = next(iter(_open(turn, turn.me)), None)
    if invite is None:
        return ""
    invite.answered_at, invite.agreed = turn.now, agrees
    turn.session.add(invite)
    elder, asker = turn.session.get_one(Resident, invite.elder_id), turn.session.get_one(Resident, invite.from_id)
    turn.record("care.answered_along", elder.about, whom=invite.kind)
    if invite.kind == PARENT:
        return _parent_says(turn, asker, agrees=agrees)
    wish = ladder.wish_of(turn, elder)
    if agrees and wish is not None:
        wish.neighbour_id = turn.me.key
        turn.session.add(wish)
        turn.record("care.changed", elder.about)
    turn.tell(
        asker,
        "care.neighbour_says",
        name=turn.me.name or "邻居",
        agrees="yes" if agrees else "",
        declines="" if agrees else "yes",
    )
    return turn.words(
        turn.context.messages["care.neighbour_thanks"],
        name=ladder.called(elder),
        agrees="yes" if agrees else "",
        declines="" if agrees else "yes",
    )


def _parent_says(turn: Turn, child: Resident, *, agrees: bool) -> str:
    name = turn.me.name or "您的家人"
    if not agrees:
        consents.refuse(turn, care.CARE)
        turn.tell(child, "care.kin_says", name=name, agrees="", declines="yes")
        return turn.words(turn.context.messages["care.kin_declined"])
    consents.give(turn, care.CARE)
    begin(turn, turn.me, wants="家人帮忙开通报平安", kin=child)
    turn.tell(child, "care.kin_says", name=name, agrees="yes", declines="")
    return turn.words(turn.context.messages["care.kin_agreed"], hour=f"{ladder.hour(turn):%H:%M}")


def begin(
    work: Work, elder: Resident, *, wants: str, kin: Resident | None = None, staff: Staff | None = None, how: str = "", greets: bool = True
) -> CareWish:  # fmt: skip
    """Wait for somebody from tomorrow on; their consent was given before. Raises LookupError without one."""
    consent = consents.needed(work, elder, care.CARE)
    known = work.session.exec(select(CareWish).where(CareWish.resident_id == elder.key)).first()
    made = known or CareWish(resident_id=elder.key, consent_id=consent.key, at=work.now, wants=wants)
    made.consent_id, made.at, made.wants, made.greets = consent.key, work.now, wants, greets
    made.expects_from = made.expects_from or work.now.astimezone(SHANGHAI).date() + timedelta(days=1)
    made.kin_id = kin.key if kin is not None and kin.key != elder.key else made.kin_id
    made.noted_by, made.noted_how = (staff.id, how) if staff is not None else (made.noted_by, made.noted_how)
    work.session.add(made)
    work.record("care.enrolled", elder.about)
    return made


# ------------------------------------------------------------------ a neighbour, the hour, a greeting


def _ask_neighbour(turn: Turn, room: str, name: str) -> str:
    """Ask somebody next door who is bound whether they would knock; nobody is named to whoever does not know them."""
    home = turn.home
    flats = select(Household).where(Household.building == home.building, Household.id != home.key)
    flats = flats.where(Household.unit == home.unit, Household.room == room) if room else flats.where(Household.unit == home.unit)
    those = [
        one
        for flat in turn.session.exec(flats).all()
        for one in roster.people_of(turn.session, flat)
        if one.openid and (not name or one.name == name or one.name[1:] == name)
    ]
    if not those or (not room and len(those) > 1):
        return turn.words(turn.context.messages["care.neighbour_none"])
    neighbour = those[0]
    _invite(turn, NEIGHBOUR, elder=turn.me, to=neighbour)
    turn.tell(neighbour, "care.neighbour_asks", flat=home.label, name=ladder.called(turn.me))
    return turn.words(turn.context.messages["care.neighbour_asked"])


def _change_hour(turn: Turn, wish: CareWish, when: str) -> str:
    found = [one for one in times_in(when, turn.now.replace(hour=0, minute=0)) if one.kind in ("clock", "instant")]
    if len(found) != 1:
        return ""
    at = found[0].start.astimezone(SHANGHAI).time()
    if not ladder.EARLIEST <= at <= ladder.LATEST:
        return turn.words(turn.context.messages["care.hour_out"])
    set_hour(turn, wish, at)
    return turn.words(turn.context.messages["care.hour"], hour=f"{at:%H:%M}")


def set_hour(work: Work, wish: CareWish, at: time | None) -> None:
    """Let somebody have an hour of their own from tomorrow on; None: that of the community."""
    wish.due_minutes = at.hour * 60 + at.minute if at is not None else None
    work.session.add(wish)
    resident = work.session.get_one(Resident, wish.resident_id)
    work.record("care.changed", resident.about)


def _greet(turn: Turn, wish: CareWish, *, wants: bool) -> str:
    wish.greets = wants
    turn.session.add(wish)
    turn.record("care.changed", turn.me.about)
    hour = datetime.combine(turn.now.date(), ladder.hour(turn, wish)) + ladder.RUNGS[Rung.GREETING]
    return turn.words(turn.context.messages["care.greets"], hour=f"{hour:%H:%M}" if wants else "", none="" if wants else "yes")
