"""What residents can ask for: to be bound to their flat, to be shown it, to say which one is meant, and to be let go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.contract import (
    Ask,
    Community,
    Evidence,
    Household,
    Refusal,
    Reply,
    Resident,
    Task,
    Turn,
    action,
    amends,
    option_named,
    roster,
    tasks,
    tr,
)
from integrations.identity import binding, proofs, requests
from integrations.identity.binding import Flat

#: Said of a flat that is not meant to be bound.
NOT_THAT = re.compile("(?:不|别|甭|唔)(?:用|要|想|必|需要|使)?(?:再|来)?(?:绑|登记)")

#: Said of the shop among one's flats.
_SHOP = re.compile("[店铺]|底商|门面")

#: What a mere yes to the flat that was said back stands for: the number is asked for once more.
AGREED = "yes"

#: A phase or a part before the number of a building.
_PART = re.compile("(.[期区])(?=.)")

#: Words that name a community have more signs.
SHORTEST_NAMING = 3

#: The option of who lives in a flat and is not the person whose number it is.
FAMILY = "family"

#: Said by who is not the person whose number it is.
NOT_THE_OWNER = re.compile(
    "(?:我)?不是(?:房东|业主|户主|本人|机主|[他她](?:本人)?)|(?:我|俺|咱)(?:们)?(?:就|只)?(?:是)?(?:租[房户客住\\d]|租的|租了|合租|房客|保姆|阿姨|护工)|租房(?:子)?的"
    "|^(?:我?是)?(?:租客|租户|房客|家人|家属|亲戚|保姆|护工|老婆|老公|儿子|女儿|爸爸|妈妈)[啊呀的]*$"
    "|(?:我)?是(?:这家|这户|他家|她家|业主|房东)的?(?:其他人|家人|家属|亲戚|儿子|女儿|老婆|老公|爱人|爸|妈|租客|租户)"
)

#: The kind of task by which the office knows that somebody has joined a flat on whose list they are not.
JOINED = "identity.looked"


@dataclass(frozen=True, kw_only=True)
class Living(Flat):
    """A flat as said, and what shows that somebody lives there."""

    community: str = ""  # as picked from the menu, where several have such a flat
    proof: str | None = None  # the last digits of the number on record, or all of it; no digits: they know none
    who: str | None = None  # the public id of the person whose number it is, or FAMILY
    name: str | None = None


@action(
    "identity.bind", Living,
    replies={
        "done": "flat also", "already": "flat", "waits": "said", "claimed": "said", "unwanted": "said", "where": "said", "prove": "said", "prove_more": "said flat",
        "again": "said", "who": "said", "name": "said", "pending": "said also", "asked": "said also", "asked_office": "said also", "waits_known": "said",
        "elsewhere": "said there phone flat", "joined": "flat also", "more": "flat", "shop": "", "tired": "said also",
        "locked": "said also", "stopped": "said also",
    },
)  # fmt: skip
def bind(turn: Turn, slots: Living) -> Reply | Ask:
    """Bind an account to the person of the flat that it belongs to, once there is evidence; until then remember what was said."""
    if slots.proof is None and NOT_THAT.search(turn.said):
        return Reply("unwanted", ok=False, said=slots.label)
    if not slots.building:  # heard by a service: 我是门口水果店的老板, 我还想再绑一户
        values = {"flat": _labels(turn.flats)} if turn.flats else {}
        return Ask(slot="building", name="more" if turn.flats else "shop", options={}, values=values)
    if turn.only_address and not turn.is_bound:
        return _claimed(turn, slots)
    if (owned := _owned(turn, slots)) is not None:
        roster.speak_for(turn.session, turn.me, owned)
        return Reply("already", flat=owned.label)
    if (where := _where(turn, slots)) is not None:
        return where
    slots = _there(turn, slots)
    flat = binding.find_flat(turn.session, slots.building, slots.unit, slots.room)
    roster.claim_flat(turn.session, turn.openid, slots.parts, flat, turn.now)
    if flat is not None and proofs.was_stopped(turn, turn.openid, flat):
        return _to_office("stopped", turn, slots)
    if slots.proof in (None, AGREED):
        return _ask_for_proof(turn, slots)
    owners = _prove(turn, slots, flat)
    if isinstance(owners, Reply | Ask):
        return owners
    if flat is None:
        raise LookupError(slots.label)  # nothing shows that somebody lives in a flat that is none
    return _recognise(turn, slots, flat, owners)


def _claimed(turn: Turn, slots: Living) -> Reply | Ask:
    """Remember where somebody says they live, who wants to report a fault there; as it was said, whether there is such a flat or not."""
    if (where := _where(turn, slots)) is not None:
        return where
    slots = _there(turn, slots)
    flat = binding.find_flat(turn.session, slots.building, slots.unit, slots.room)
    claim = roster.claim_flat(turn.session, turn.openid, slots.parts, flat, turn.now)
    return Reply("claimed", said=claim.label)


def _where(turn: Turn, slots: Living) -> Reply | Ask | None:
    """Let the talk belong to the community that is meant; asks which one before any is looked into: an answer would tell what is there.

    An account speaks with one community: whoever is bound and names another is told so, and no flat of this one is taken for it.
    """
    other = _other_named(turn)
    if other is not None and turn.flat is not None:
        said = _there(turn, slots, other).label
        return Reply("elsewhere", ok=False, said=said, there=other.name, phone=other.phone, flat=turn.flat.label)
    is_anew = other is not None or bool(slots.community)  # 不是东区 是和苑小区
    places = turn.context.neighbours if is_anew and not turn.is_bound else turn.places
    meant = [place for place in places or turn.places if slots.community in ("", str(place.id))]
    if len(meant) > 1:
        meant = _named(turn, meant) or meant
    if len(meant) > 1:
        options = {str(one.id): one.name for one in meant}
        return Ask(slot="community", name="where", options=options, values={"said": slots.label})
    if meant and not turn.is_bound:
        turn.move_to(meant[0])
    return None


def _there(turn: Turn, slots: Living, place: Community | None = None) -> Living:
    """Return the flat without what only ends the community's name: 和苑小区东区3栋 is building 3 of it."""
    name, part = (place or turn.community).name, _PART.match(slots.building)
    said = part is not None and name.endswith(part[1]) and name in turn.said
    return replace(slots, building=slots.building.removeprefix(part[1])) if part and said else slots


def _other_named(turn: Turn) -> Community | None:
    """Return the other community of the account whose whole name stands in what was said last, and longer than this one's."""
    *_, last = turn.said.split("\n")
    named = [one for one in turn.context.neighbours if one.name and one.name in last]
    longest = max(named, key=lambda one: len(one.name), default=None)
    return None if longest is None or longest.id == turn.community.id else longest


def _named(turn: Turn, places: Sequence[Community]) -> list[Community]:
    """Return the community whose name stands in what was said, whenever it was: 我是3栋2单元501业主，和苑小区的."""
    for line in reversed(turn.said.split("\n")):
        if len(line) > SHORTEST_NAMING and (index := option_named(line, [one.name for one in places])) is not None:
            return [places[index]]
    return []


def _owned(turn: Turn, slots: Flat) -> Household | None:
    """Return the flat that is meant of those that are somebody's already."""
    flats = roster.homes(turn.session, turn.resident) if turn.resident else []
    return next((one for one in flats if binding.is_meant(one, *slots.parts)), None)


def _ask_for_proof(turn: Turn, slots: Living) -> Reply | Ask:
    if turn.is_out_of_guesses:  # whatever is said next is not looked at today
        return _to_office("locked", turn, slots)
    values = {"said": slots.label, **({"flat": turn.flat.label} if turn.flat else {})}
    waiting = binding.request_of(turn.session, turn.openid, slots)
    waits_how = "waits_known" if waiting is not None and waiting.data.get("knows_number") else "waits"
    name = "prove_more" if turn.flat else waits_how if waiting is not None else "prove"
    return Ask(slot="proof", name=name, options={}, values=values, agreed=AGREED)


def _prove(turn: Turn, slots: Living, flat: Household | None) -> Reply | Ask | list[Resident]:
    """Return whose numbers the digits fit, or what to say where they show nothing. Wrong digits, no flat and an objection sound alike.

    It is asked at each step of the form and nothing of it is kept: who says the flat again tomorrow shows it again.
    """
    if not slots.proof or not slots.proof.isdigit():
        return _to_office("pending", turn, slots)
    counted = binding.counted_as(turn.session, slots, flat)
    if not proofs.may_try(turn, counted):
        return _to_office("locked", turn, slots)
    is_welcome = flat is not None and not proofs.is_unwanted(turn, turn.openid, flat)
    if flat is not None and is_welcome and (owners := proofs.known_by(turn, flat, slots.proof)):
        proofs.was_right(turn, counted)
        return owners
    if turn.is_out_of_guesses:
        return _to_office("tired", turn, slots)
    return Ask(slot="proof", name="again", options={}, values={"said": slots.label})


def _to_office(name: str, turn: Turn, slots: Living) -> Reply:
    task = requests.ask_office(turn, slots, name=slots.name or "")
    return _waits(name, turn, slots, task)


def _waits(name: str, turn: Turn, flat: Flat, task: Task) -> Reply:
    """Say that a flat waits to be confirmed, and which others that were named before do, too."""
    also = requests.waiting_beside(turn, flat)
    return Reply(name, about=task.about, called=f"{flat.label}的核对", said=flat.label, also=also, ok=False)


def _recognise(turn: Turn, slots: Living, flat: Household, owners: list[Resident]) -> Reply | Ask:
    """Find out who of the flat it is that knew the number: one of the owners, whose it is, or somebody else at home."""
    if not proofs.may_bind(turn):
        raise Refusal(turn.words(tr("今天绑定、解绑的次数太多了，请明天再试，或打 {community.phone}。")))
    if turn.resident is not None:
        return _joined(turn, flat, turn.resident)
    free = [one for one in owners if proofs.is_free(turn, one, turn.openid)]
    if slots.who is None and (says := _says_who(turn, slots, free)):
        slots = replace(slots, who=says)
    chosen = next((one for one in free if one.public_id == slots.who), None)
    if chosen is not None:
        return _bound(turn, flat, chosen)
    if free and slots.who is None:
        options = {one.public_id: f"我就是{proofs.masked(one.name)}" for one in free}
        agreed = free[0].public_id if len(free) == 1 else ""  # 对, to the one name that is offered
        return Ask(
            slot="who", name="who", options={**options, FAMILY: "我是这家的其他人"}, values={"said": flat.label}, agreed=agreed
        )
    if not slots.name:
        return Ask(slot="name", name="name", options={}, values={"said": flat.label})
    if (namesake := proofs.namesake(turn, flat, slots.name, turn.openid, slots.proof or "")) is not None:
        return _bound(turn, flat, namesake)
    task = requests.ask_office(turn, slots, name=slots.name, knows_number=True)
    name = "asked" if requests.ask_home(turn, task, flat, slots.name) else "asked_office"
    return _waits(name, turn, slots, task)


def _says_who(turn: Turn, slots: Living, free: Sequence[Resident]) -> str:
    """Return whom somebody has said that they are before it was asked: whose number it is, or another; empty where that is open.

    Of one family name it is asked: names are misspelt, and the list has what was written down once.
    """
    if slots.name:
        named = next((one.public_id for one in free if one.name == slots.name), "")
        return named or ("" if any(one.name[:1] == slots.name[:1] for one in free) else FAMILY)
    return FAMILY if NOT_THE_OWNER.search(turn.said) else ""


def _joined(turn: Turn, flat: Household, resident: Resident) -> Reply:
    """Let somebody who is bound have the flat, too, of which they know a number: who they are is known, and the office hears of it.

    It is told where they are not on the list of the flat: nobody at home may be bound, who would be told else.
    """
    lives = roster.residence(turn.session, resident, flat)
    if lives is not None and lives.is_current:
        return _bound(turn, flat, None)
    others = [one.name for one in roster.people_of(turn.session, flat)]
    reply = _bound(turn, flat, None)
    if resident.name and resident.name in others:
        return reply
    title = turn.words(
        "{who}（{own}）凭登记手机后四位加进了{flat}，名册上那一户没有这个人，请看一下",
        who=resident.name,
        own=turn.household(resident).label,
        flat=flat.label,
    )
    turn.assign(JOINED, requests.NEED, title, household=flat, subject=f"joined:{resident.public_id}.{flat.key}")
    return Reply("joined", about=reply.about, called=reply.called, **reply.values)


def _bound(turn: Turn, flat: Household, person: Resident | None) -> Reply:
    turn.hold(turn.openid)
    resident = proofs.admit(turn, turn.openid, flat, person, Evidence.PHONE)
    requests.settle(turn, flat)
    also = requests.waiting_beside(turn, Flat())
    return Reply("done", about=f"binding:{resident.public_id}", called=f"{flat.label}的绑定", flat=flat.label, also=also)


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What of the flat was said wrongly; what stays is None."""

    building: str | None = None
    unit: str | None = None
    room: str | None = None


@amends("identity.bind", Corrected, replies={"changed": "said", "kept": "said", "late": "flat", "gone": ""})
def correct(turn: Turn, about: str, slots: Corrected) -> Reply:
    """Take the flat that waits to be confirmed for the one that was meant; of a binding that is proven, tell how to change it."""
    waiting = next((task for task in tasks.about(turn.session, about) if task.openid == turn.openid), None)
    if waiting is None and turn.flat is not None:
        return Reply("late", ok=False, flat=turn.flat.label)
    if waiting is None:
        return Reply("gone", ok=False)
    said = binding.said_in(waiting)
    if NOT_THAT.search(turn.said):  # 那套是904，我就不绑了
        return Reply("kept", about=about, called=f"{said.label}的核对", said=said.label)
    meant = Flat(
        building=said.building if slots.building is None else slots.building,
        unit=said.unit if slots.unit is None else slots.unit, room=said.room if slots.room is None else slots.room,
    )  # fmt: skip
    flat = binding.find_flat(turn.session, *meant.parts)
    roster.claim_flat(turn.session, turn.openid, meant.parts, flat, turn.now)
    task = requests.ask_office(turn, meant, name=str(waiting.data.get("name", "")), instead=waiting)
    return Reply("changed", about=task.about, called=f"{meant.label}的核对", said=meant.label)


@action(
    "identity.show",
    replies={
        "done": "flat also",
        "several": "flat others also",
        "waits": "said at",
        "wait": "said",
        "stopped": "flat",
        "ended": "flat",
        "none": "",
    },
    shows=True,
)
def show(turn: Turn, slots: object) -> Reply:
    """Tell which flats are the resident's, and which one is meant now."""
    flats = roster.homes(turn.session, turn.resident) if turn.resident is not None else []
    if flats:
        first, *others = flats
        also = requests.waiting_beside(turn, Flat())
        if others:
            return Reply("several", flat=first.label, others=_labels(others), also=also)
        return Reply("done", flat=first.label, also=also)
    waiting = binding.requests_of(turn.session, turn.openid)
    if len(waiting) == 1:
        return Reply("waits", said=binding.said_in(waiting[0]).label, at=waiting[0].opened_at)
    if waiting:
        return Reply("wait", said=requests.waiting_beside(turn, Flat()))
    if (former := _former(turn)) is not None:
        return Reply("stopped" if proofs.is_unwanted(turn, turn.openid, former) else "ended", ok=False, flat=former.label)
    return Reply("none", ok=False)


def _former(turn: Turn) -> Household | None:
    """Return the flat to which an account was bound before, one that does not know it any more first."""
    lived = [flat for one in roster.ever_bound(turn.session, turn.openid) for _, flat in roster.residences_of(turn.session, one)]
    return min(lived, key=lambda flat: not proofs.is_unwanted(turn, turn.openid, flat), default=None)


@dataclass(frozen=True, kw_only=True)
class Chosen(Flat):
    """Which of several flats is meant."""

    which: str | None = None


@action("identity.choose", Chosen, replies={"done": "flat", "only": "flat", "unbound": "said flat", "which": "", "none": ""})
def choose(turn: Turn, slots: Chosen) -> Reply | Ask:
    """Let what follows be about one of the resident's flats, until they name another; one that is not theirs changes nothing."""
    flats = roster.homes(turn.session, turn.resident) if turn.resident else []
    if not flats:
        return Reply("none", ok=False)
    picked = [one for one in flats if str(one.id) == slots.which]
    is_named = any(slots.parts)
    meant = picked or [one for one in flats if not is_named or _agrees(one, slots)]
    if not is_named and _SHOP.search(turn.said):  # 换到店铺那边
        meant = [one for one in meant if roster.is_shop(one.building, one.unit)] or meant
    if not meant:
        return Reply("unbound", ok=False, said=slots.label if slots.building else slots.room, flat=flats[0].label)
    if len(meant) > 1:
        return Ask(slot="which", name="which", options={str(one.id): one.label for one in meant})
    [flat] = meant
    if len(flats) == 1 and not is_named:
        return Reply("only", ok=False, flat=flat.label)
    roster.speak_for(turn.session, turn.me, flat)
    return Reply("done", flat=flat.label)


def _agrees(flat: Household, said: Flat) -> bool:
    """Tell whether a flat has all that was said of it: 5栋那户 is any of building 5."""
    if roster.is_shop(said.building, said.unit):
        return binding.is_meant(flat, *said.parts) or (not said.room and roster.is_shop(flat.building, flat.unit))
    return all(part in ("", own) for part, own in zip(said.parts, (flat.building, flat.unit, flat.room), strict=True))


@dataclass(frozen=True, kw_only=True)
class Leaving(Flat):
    """Which flat, as named or of several as picked, from when on, and the answer to its being read back."""

    flat: str = ""
    which: str | None = None
    on: datetime | None = None
    sure: bool | str | None = None  # yes or no


#: The option of who leaves all flats.
ALL_FLATS = "all"

#: The kind of task by which the office knows that somebody will move out.
LEAVING = "identity.leaving"

#: Said beside a flat that is another than the one that is to be let go: 绑错了，应该是502.
_MEANS_ANOTHER = re.compile("应该|其实|才是|不是|不对|换|改|现在住|搬到|新家|我住|我是")


#: A time that is no day.
_VAGUE_DAY = re.compile("(?:这个?|本|下个?)?月[底末初]|(?:今年|明年)?年[底末]|过(?:完)?年(?:以?后)?|[下这]个?周末")


@action(
    "identity.unbind", Leaving,
    replies={
        "done": "flat open", "left": "flat others open", "which": "", "sure": "flat open", "early": "flat on open", "kept": "flat open", "later": "flat on open", "others": "said flat",
    },
)  # fmt: skip
def unbind(turn: Turn, slots: Leaving) -> Reply | Ask:
    """Let the account go from the flat that is meant, of several only from that one, once it was read back; who moves later is asked."""
    flats = roster.homes(turn.session, turn.me)
    named = [one for one in flats if _agrees(one, slots)] if any(slots.parts) else flats
    if not named and not _MEANS_ANOTHER.search(turn.said):
        return Reply("others", ok=False, said=slots.label or slots.room, flat=_labels(flats))
    meant = named or flats
    if len(meant) > 1 and slots.which != ALL_FLATS:
        meant = [one for one in meant if str(one.id) == slots.which] or meant
    if len(meant) > 1 and slots.which != ALL_FLATS:
        options = {str(one.id): one.label for one in meant}
        return Ask(slot="which", name="which", options={**options, **({ALL_FLATS: "全部解除"} if meant == flats else {})})
    label, on, stays = _labels(meant), _later(turn, slots), _going_on(turn, meant)
    if slots.sure is None and on:
        _tell_of_leaving(turn, meant, on)
        values = {"flat": label, "on": on, "open": stays}
        return Ask(slot="sure", name="early", options={}, values=values, called_off="later", agreed="yes")
    if slots.sure is None and (len(flats) > 1 or any(slots.parts) or slots.on is not None or stays):
        return Ask(slot="sure", name="sure", options={}, values={"flat": label, "open": stays}, called_off="kept", agreed="yes")
    if slots.sure in {False, "no"}:
        return Reply("later", ok=False, flat=label, on=on, open=stays) if on else Reply("kept", ok=False, flat=label, open=stays)
    return _let_go(turn, meant, [one for one in flats if one not in meant])


def _later(turn: Turn, slots: Leaving) -> str:
    """Return from when on somebody leaves, as it is said, where that is not today already; empty for who leaves now."""
    if slots.on is None or slots.on.date() <= turn.now.date():
        return ""
    vague = _VAGUE_DAY.search(turn.said)  # 月底 is no day
    return vague[0] if vague else turn.words("{on}", on=slots.on)


#: Things that go on in a flat and are named before it is let go; of more their number is said.
_NAMED = 3


def _going_on(turn: Turn, flats: Sequence[Household]) -> str:
    """Return how many things go on in flats whether an account speaks for them or not, and which: 2件（厨房水管漏水：等待处理；…）."""
    labels = {one.label for one in flats}
    open_ones = [one.words for one in turn.context.services.matters(turn) if one.flat in labels]
    named = "；".join(open_ones[:_NAMED])
    return f"{len(open_ones)}件（{named}{'等' if len(open_ones) > _NAMED else ''}）" if open_ones else ""


def _let_go(turn: Turn, flats: Sequence[Household], others: Sequence[Household]) -> Reply:
    """Let the account go from these flats, which speaks for the others still."""
    resident, label, stays = turn.me, _labels(flats), _going_on(turn, flats)
    about = f"binding:{resident.public_id}"
    for one in flats:
        turn.finish(_leaving(turn, one), "本人已解除绑定")
    if not others:
        turn.unbind(resident, "asked")
        return Reply("done", about=about, called=f"{label}的绑定", over=True, flat=label, open=stays)
    for one in flats:
        lives = roster.residence(turn.session, resident, one)
        if lives is not None and lives.evidence in (Evidence.ROSTER, Evidence.STAFF):  # who lives there is for the office to say
            turn.let_go(resident, one, "asked")
        else:
            turn.move_out(resident, one, "asked")
    return Reply("left", about=about, called=f"{label}的绑定", over=True, flat=label, others=_labels(others), open=stays)


def _labels(flats: Sequence[Household]) -> str:
    return "、".join(one.label for one in flats)


def _tell_of_leaving(turn: Turn, flats: Sequence[Household], on: str) -> None:
    """Let the office know of each flat when somebody moves out of it: it keeps the list, and nothing else keeps the day."""
    for one in flats:
        title = turn.words("{flat}{who}说{on}搬走：到那天请登记搬走", flat=one.label, who=turn.me.name, on=on)
        waiting = tasks.about(turn.session, _leaving(turn, one))
        for task in waiting:
            task.title = title
            turn.session.add(task)
        if not waiting:
            turn.assign(LEAVING, requests.NEED, title, household=one, openid=turn.openid, subject=_leaving(turn, one))


def _leaving(turn: Turn, flat: Household) -> str:
    return f"leaving:{turn.me.public_id}.{flat.key}"


ALL = (bind, show, choose, unbind)
AMENDS = (correct,)
