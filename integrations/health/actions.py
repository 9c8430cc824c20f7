"""What residents can ask for: check in, for themselves and their family, correct it, and look back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from bot.contract import Ask, Purpose, Reply, Turn, action, amends, consents, temperatures
from integrations.health import ages, answering, campaigns, people, reports, tasks
from integrations.health.models import (
    ABNORMAL,
    DANGER_TENTHS,
    FEVER_TENTHS,
    RANGE_TENTHS,
    SYMPTOM_WORDS,
    CheckIn,
    Stand,
    is_abnormal,
    symptoms_in_words,
)
from integrations.health.models import said as in_words
from integrations.health.people import Person
from integrations.health.purposes import CHECK_IN, MINORS
from integrations.health.reports import UNNAMED, Report

#: Days shown in the chat.
DAYS = 7

#: Symptoms told within this time complete the check-in that lacks them; after it they are another one.
COMPLETES = timedelta(hours=1)

#: The option for a resident without a thermometer at hand.
UNMEASURED = "unmeasured"

#: What one calls a check-in on the day it was made.
CALLED = "今天的健康打卡"

#: Words that put other symptoms in the place of those told before; without them they are added.
_INSTEAD = re.compile(r"不对|不是|错了|改成|改为|没有|没了|不(?:咳|烧|疼|痛)")

#: Words that add nothing to what was told before, and take nothing away.
_NO_MORE = re.compile(r"别的|其他|其它|另外")


@dataclass(frozen=True, kw_only=True)
class Told:
    """Temperature in °C or UNMEASURED, symptoms by their ids, and others by their word; None is not said yet."""

    temperature: float | str | None = None
    symptoms: Sequence[str] | None = None
    others: Sequence[str] | None = None
    household: str | None = None  # all of the flat are told of at once, and how many that are, where it was said: 一家三口都正常
    agreed: str | None = None  # the answer to the question whether it may be kept

    @property
    def felt(self) -> list[str]:
        """All symptoms, those of the list first; beside another one, none means nothing."""
        named = [*(self.symptoms or ()), *(self.others or ())]
        return [name for name in named if name != "none"] or named


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is told of one person, found on the roster or not."""

    person: Person
    report: Report
    degrees: float | None = None  # measured; None: not told
    felt: Sequence[str] = ()

    @property
    def tenths(self) -> int:
        """The temperature; 0 where none was told."""
        return round((self.degrees or 0) * 10)

    @property
    def peak(self) -> int:
        """The highest temperature that was told of them, which counts for the alarm."""
        return max(self.tenths, round((self.report.peak or 0) * 10))

    @property
    def is_abnormal(self) -> bool:
        """Tell whether a person should look after them."""
        return is_abnormal(self.peak, list(self.felt))

    @property
    def is_danger(self) -> bool:
        """Tell whether help cannot wait for a consent."""
        return "breathless" in self.felt or self.peak >= DANGER_TENTHS

    @property
    def words(self) -> str:
        """老公37.8℃，咳嗽, without the person where it is who speaks."""
        figure = (
            in_words(self.tenths, list(self.felt))
            if self.degrees is not None
            else f"体温未量，{symptoms_in_words(list(self.felt))}"
        )
        before = f"（之前 {self.peak / 10:.1f}℃）" if self.peak > self.tenths > 0 else ""
        return f"{self.person.word}{figure}{before}"

    @property
    def short(self) -> str:
        """老公 36.5℃, with what they feel where that was told."""
        if self.degrees is None:
            return f"{self.person.word or '您'} {symptoms_in_words(list(self.felt))}"
        felt = [name for name in self.felt if name != "none"]
        return f"{self.person.word or '您'} {self.tenths / 10:.1f}℃{symptoms_in_words(felt)}"


@action(
    "health.checkin", Told,
    replies={
        "done": "whose temperature symptoms others unkept unmeasured counted", "changed": "whose temperature symptoms others unkept unmeasured counted",
        "abnormal": "whose temperature symptoms others unkept unmeasured counted", "several": "others told unkept unmeasured counted",
        "which": "of measured others unkept unmeasured", "which_feverish": "of measured others high unkept unmeasured", "temperature": "whose",
        "temperature_feverish": "whose", "stopped": "of measured others unkept unmeasured", "stopped_feverish": "of measured others high unkept unmeasured",
        "stopped_unmeasured": "whose", "noted": "whose symptoms", "unmeasured": "", "range": "said", "whose": "others", "whose_feverish": "others",
        "house": "others unkept short counted", "consent": "asks told figures unwell", "unasked": "asks told figures unwell", "declined": "told unwell", "refused": "told title unwell",
    },
)  # fmt: skip
def check_in(turn: Turn, slots: Told) -> Reply | Ask:
    """Keep what is known at once, for each person it is told of, and ask for the rest; what is abnormal becomes a task, once a day.

    Nothing is kept, and nobody told, before the resident has consented; who is short of breath cannot wait for that.
    """
    if slots.household is not None:
        return _all_well(turn, slots)
    told = reports.read(turn.said, slots.felt)
    entries = _entries(turn, slots, told)
    if unknown := [one for one in entries if one.person.word == UNNAMED]:
        return _whose(turn, unknown)
    if (odd := next((one for one in entries if one.degrees is not None and not _is_possible(one.tenths)), None)) is not None:
        return Reply("range", said=f"{odd.degrees:g}", ok=False)
    if len(entries) == 1 and entries[0].degrees is None and not _needs_no_figure(turn, entries[0]):
        return _without_temperature(turn, slots, entries[0])
    measured, unmeasured = _parted(entries)
    if not measured and all(_needs_no_figure(turn, one) for one in entries):
        measured, unmeasured = entries, ()
    if not measured:  # all of them are told of without a figure: who is unwell goes first
        first = next((one for one in unmeasured if one.is_abnormal), unmeasured[0])
        return _without_temperature(turn, replace(slots, symptoms=first.felt, others=None), first)
    may = _permitted(turn, slots, measured, beside=unmeasured)
    if not isinstance(may, _Permitted):
        return may
    return _check_in(turn, replace(may, unmeasured=_beside(turn, unmeasured)))


def _needs_no_figure(turn: Turn, one: Entry) -> bool:
    """Tell whether how somebody feels is all that they are asked for: by a campaign that wants no temperature."""
    campaign = campaigns.of_person(turn, turn.me) if one.felt else None
    return campaign is not None and not campaign.asks_temperature


def _all_well(turn: Turn, slots: Told) -> Reply | Ask:
    """Keep for each of the flat that they are well, with the temperature where one was said of all; who is not on the roster is named."""
    degrees = answering.one_figure(turn.said)
    if degrees is not None and not _is_possible(round(degrees * 10)):
        return Reply("range", said=f"{degrees:g}", ok=False)
    people_ = answering.household(turn)
    entries = [Entry(person=one, report=Report(who=one.word, degrees=degrees), degrees=degrees, felt=["none"]) for one in people_]
    may = _permitted(turn, slots, entries)
    if not isinstance(may, _Permitted):
        return may
    kept = [(one, *_keep(turn, one)) for one in may.entries]
    if any(made.is_abnormal for _, made, _, _ in kept):
        _alarm(turn, may.entries, completes=False)
    many = int(slots.household) if slots.household and slots.household.isdigit() else 0
    return Reply(
        "house", about=_about(turn.now), called=CALLED, others="、".join(one.short for one, *_ in kept), unkept=may.unkept,
        short=str(many - len(people_)) if many > len(people_) else "", counted=answering.beside(turn),
    )  # fmt: skip


def _parted(entries: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """Return of whom a figure is told, and of whom none: only the former can be checked in."""
    return [one for one in entries if one.degrees is not None], [one for one in entries if one.degrees is None]


def _beside(turn: Turn, unmeasured: Sequence[Entry]) -> str:
    """Return what is said of those of whom no figure was told: nobody is checked in so, and a person is told of who is unwell, with consent."""
    unwell = [one for one in unmeasured if one.is_abnormal and _may_tell(turn, one)]
    _alarm(turn, unwell, completes=True)
    for one in unmeasured:
        campaigns.note(turn, turn.me, turn.home, one.person, stand=Stand.UNMEASURED)
    words = [f"{one.person.word}{symptoms_in_words(list(one.felt))}，已通知社区工作人员联系您" for one in unwell]
    words += [f"{'、'.join(one.person.word for one in unmeasured)}没有说体温，没有记进打卡，量好了直接说"] if unmeasured else []
    return "；".join(words)


def _entries(turn: Turn, slots: Told, told: Sequence[Report]) -> Sequence[Entry]:
    """Return what is told of whom; who was kept as a child before is one, whatever they are called."""
    return [_aged(turn, one) for one in _told_of(turn, slots, told)]


def _aged(turn: Turn, one: Entry) -> Entry:
    is_known = not one.report.is_child and ages.is_young(turn, one.person)
    return replace(one, report=replace(one.report, is_young=True)) if is_known else one


def _told_of(turn: Turn, slots: Told, told: Sequence[Report]) -> Sequence[Entry]:
    """Return what is told of whom; where one person alone is spoken of, what was asked for belongs to them."""
    measured = float(slots.temperature) if isinstance(slots.temperature, int | float) else None
    if len(told) < 2:
        one = told[0] if told else Report(who="")
        is_said_now = bool(temperatures(turn.said.rpartition("\n")[2]))  # 孩子是37.5不是38.5: what was known before is no more
        degrees = one.degrees if one.degrees is not None and is_said_now else measured or one.degrees
        if degrees is not None and (peak := reports.peak_of(turn.said)) is not None and peak > degrees:
            one = replace(one, peak=peak)
        return [Entry(person=people.find(turn, one.who), report=one, degrees=degrees, felt=slots.felt)]
    last = turn.said.splitlines()[-1]
    is_first = len(reports.read(last)) > 1
    found = [Entry(person=people.find(turn, one.who), report=one, degrees=one.degrees, felt=one.symptoms) for one in told]
    if is_first:
        return found
    asked = _asked(found)
    if asked is None or reports.is_of_others(last):
        return found
    answered = replace(asked, felt=[*dict.fromkeys((*asked.felt, *_answered(slots, asked, found)))])
    return [answered if one is asked else one for one in found]


def _asked(entries: Sequence[Entry]) -> Entry | None:
    """Return whose symptoms are asked for: those of who speaks, or of the one person of whom a figure is told."""
    measured = [one for one in entries if one.degrees is not None]
    return next((one for one in entries if not one.person.word), measured[0] if len(measured) == 1 else None)


def _answered(slots: Told, asked: Entry, all_: Sequence[Entry]) -> Sequence[str]:
    """Return the symptoms that answer the question after several were checked in: those said of nobody else."""
    of_others = {name for one in all_ if one is not asked for name in one.felt}
    left = [name for name in slots.felt if name not in of_others]
    return [name for name in left if name != "none" or not asked.felt] or (
        ["none"] if "none" in (slots.symptoms or ()) and not asked.felt else []
    )


def _whose(turn: Turn, unknown: Sequence[Entry]) -> Reply:
    """Ask of whom figures are; a fever among them is told to a person all the same, where that was consented to."""
    feverish = any(one.tenths >= FEVER_TENTHS for one in unknown) and not consents.missing(turn, turn.me, [CHECK_IN])
    words = "、".join(f"{one.degrees:.1f}℃" for one in unknown)
    if feverish:
        tasks.tell(turn, {UNNAMED: f"家里人：{words}"}, urgent=False, completes=False)
    return Reply("whose_feverish" if feverish else "whose", others=words, ok=False)


# ------------------------------------------------------------------ consent


@dataclass(frozen=True, kw_only=True)
class _Permitted:
    """What may be kept, and who is left out because nobody consented for them."""

    entries: Sequence[Entry]
    unkept: str
    unmeasured: str = ""  # what is said of those of whom no figure was told


def _permitted(turn: Turn, slots: Told, entries: Sequence[Entry], *, beside: Sequence[Entry] = ()) -> _Permitted | Reply | Ask:
    """Return what may be kept and told, or the question whether it may; only of a danger a person is told before anything is asked.

    `beside` are those of whom no figure is told: who is unwell among them is to be told of, too.
    """
    concerned = [*entries, *(one for one in beside if one.is_abnormal)]
    lacking = consents.missing(turn, turn.me, _wanted(concerned))
    told = _alarm(turn, [one for one in concerned if one.is_danger], completes=slots.agreed is not None) if lacking else False
    unwell = any(one.is_abnormal and not one.is_danger for one in concerned) or ""
    refused = consents.refused(turn, turn.me, lacking)
    unasked = [purpose for purpose in lacking if purpose not in refused]  # a yes of before that was taken back since is none
    if slots.agreed == consents.YES:
        for purpose in unasked:
            consents.give(turn, purpose)
        lacking, unasked = refused, []
    elif slots.agreed == consents.NO:
        for purpose in unasked:
            consents.refuse(turn, purpose)
        unasked = []
    if unasked:
        asks = "\n".join(filter(None, (*(purpose.words(turn) for purpose in unasked), campaigns.term_words(turn))))
        figures = "、".join(one.short for one in entries if one.degrees is not None)
        return Ask(
            slot="agreed", name="consent", options=consents.OPTIONS, values={"asks": asks, "told": told or "", "figures": figures, "unwell": unwell},
            called_off="unasked", agreed=consents.YES,
        )  # fmt: skip
    if CHECK_IN in lacking:
        return (
            Reply("declined", told=told or "", unwell=unwell, ok=False)
            if slots.agreed
            else _refused(CHECK_IN.title, told, unwell)
        )
    kept = [one for one in entries if not (one.report.is_child and lacking) and not _objects(turn, one.person)]
    if not kept:
        return _refused(MINORS.title if lacking else "家人的健康打卡", told, unwell)
    return _Permitted(entries=kept, unkept="、".join(one.person.word for one in entries if one not in kept))


def _wanted(entries: Sequence[Entry]) -> Sequence[Purpose]:
    return [CHECK_IN, *([MINORS] if any(one.report.is_child for one in entries) else [])]


def _refused(title: str, told: bool, unwell: bool | str) -> Reply:
    return Reply("refused", told=told or "", title=title, unwell=unwell or "", ok=False)


def _may_tell(turn: Turn, one: Entry) -> bool:
    """Tell whether a person of the staff may be told how somebody is: with consent, or in danger."""
    return one.is_danger or not (consents.missing(turn, turn.me, _wanted([one])) or _objects(turn, one.person))


def _objects(turn: Turn, person: Person) -> bool:
    """Tell whether somebody whom the roster knows has said no for themselves: then nobody of the family keeps it for them."""
    if person.resident is None or not person.word:
        return False
    return bool(consents.missing(turn, person.resident, [CHECK_IN]) and consents.refused(turn, person.resident, [CHECK_IN]))


def _alarm(turn: Turn, entries: Sequence[Entry], *, completes: bool) -> bool:
    """Tell a person of who is unwell; returns whether somebody is."""
    unwell = [one for one in entries if one.is_abnormal]
    if unwell:
        urgent = any(one.is_danger for one in unwell)
        task = tasks.tell(turn, {one.person.word: one.words for one in unwell}, urgent=urgent, completes=completes)
        campaigns.tell_duty(turn, turn.me, task)
    return bool(unwell)


def _put_right(turn: Turn, entries: Sequence[Entry]) -> None:
    """Let staff know of whom they were told a fever by a slip; whoever is unwell is told of anyway."""
    tasks.put_right(turn, {one.person.word: one.words for one in entries if not one.is_abnormal})


# ------------------------------------------------------------------ keeping


def _check_in(turn: Turn, may: _Permitted) -> Reply | Ask:
    """Keep all; what is asked back, and answered in full, is of who speaks, or of the one person it is told of."""
    kept = [(one, *_keep(turn, one)) for one in may.entries]
    told = any(made.is_abnormal or one.is_abnormal for one, made, _, _ in kept)
    _put_right(turn, may.entries)
    if told:
        _alarm(turn, may.entries, completes=all(is_begun for _, made, is_begun, _ in kept if made.is_abnormal))
    first = next((one for one in kept if not one[0].person.word), kept[0] if len(kept) == 1 else None)
    others = "、".join(one.short for one, *_ in kept if first is None or one is not first[0])
    if first is None:
        return Reply(
            "several", about=_about(turn.now), called=CALLED, others=others, told=told or "", unkept=may.unkept, unmeasured=may.unmeasured,
            counted=answering.beside(turn),
        )  # fmt: skip
    entry, made, _, is_correction = first
    campaign = campaigns.of_person(turn, turn.me)
    temperature = f"{entry.tenths / 10:.1f}"
    if not made.symptoms and not (campaign is not None and not campaign.asks_symptoms and not told):
        which, stopped = ("which_feverish", "stopped_feverish") if told else ("which", "stopped")
        values = {
            "of": entry.person.of, "measured": f"{entry.peak / 10:.1f}℃、{temperature}" if entry.peak > entry.tenths else temperature, "others": others, "unkept": may.unkept, "unmeasured": may.unmeasured,
        }  # fmt: skip
        high = {"high": entry.tenths >= FEVER_TENTHS or ""} if told else {}
        return Ask(slot="symptoms", name=which, options=SYMPTOM_WORDS, values={**values, **high}, called_off=stopped)
    name = "abnormal" if told else "changed" if is_correction else "done"
    return Reply(
        name, about=_about(turn.now, entry.person), called=CALLED, whose=entry.person.word, temperature=temperature,
        symptoms=symptoms_in_words(list(made.symptoms)) or "记下了", others=others, unkept=may.unkept, unmeasured=may.unmeasured,
        counted=answering.beside(turn),
    )  # fmt: skip


def _is_possible(tenths: int) -> bool:
    return RANGE_TENTHS[0] <= tenths <= RANGE_TENTHS[1]


def _about(now: datetime, person: Person | None = None) -> str:
    """Return what is said next of a check-in belongs to: 儿子咳嗽 by their name, else the person that was spoken of."""
    return f"checkin:{now.date().isoformat()}" + (f":{person.word}" if person is not None and person.word else "")


def _keep(turn: Turn, entry: Entry, *, corrects: bool = False) -> tuple[CheckIn, bool, bool]:
    """Return today's check-in of a person, whether it was begun before, and whether it corrects one.

    Symptoms that were asked for complete the one begun.
    """
    before = [*people.today(turn, entry.person)]
    last, felt = before[-1] if before else None, list(entry.felt)
    peak: CheckIn | None = None
    is_begun = (
        last is not None
        and last.tenths == entry.tenths
        and turn.now - last.at < COMPLETES
        and (not felt or last.symptoms in ([], felt))
    )
    if not is_begun and entry.peak > entry.tenths > 0 and not any(one.tenths == entry.peak for one in before):
        peak = _new(turn, entry, entry.peak)  # what it was before stays in the history
        turn.session.add(peak)
        turn.session.flush()
    made = before.pop() if is_begun else _new(turn, entry)
    is_correction, was = any(earlier.symptoms for earlier in before), list(made.symptoms)
    made.symptoms = felt or was or _still(before, made)
    turn.session.add(made)
    turn.session.flush()
    campaigns.note(
        turn, turn.me, turn.home, entry.person, made=made, unwell=made.is_abnormal or entry.is_abnormal, corrects=corrects
    )
    if peak is not None:
        peak.campaign_id = made.campaign_id  # and goes with the campaign, too
        turn.session.add(peak)
    if not is_begun:
        turn.record("health.checked_in", turn.me.about, corrected=bool(before))
    elif made.symptoms != was:
        turn.record("health.completed", turn.me.about)
    return made, is_begun, is_correction


def _still(before: Sequence[CheckIn], made: CheckIn) -> list[str]:
    """Return what somebody felt when they were measured before today: a second figure alone takes no cough away. No fever is nothing."""
    felt = next((list(one.symptoms) for one in reversed(before) if one.symptoms), [])
    return [] if felt == ["none"] and made.tenths >= FEVER_TENTHS else felt


def _new(turn: Turn, entry: Entry, tenths: int | None = None) -> CheckIn:
    purpose = MINORS if entry.report.is_child else CHECK_IN
    person = entry.person
    return CheckIn(
        reporter_id=turn.me.key, resident_id=person.resident.key if person.resident else None, person=person.word,
        consent_id=consents.needed(turn, turn.me, purpose).key, day=turn.now.date(), at=turn.now, tenths=entry.tenths if tenths is None else tenths,
    )  # fmt: skip


def _without_temperature(turn: Turn, slots: Told, entry: Entry) -> Reply | Ask:
    """Let nobody who feels ill wait for a thermometer: a person is told first, where that may be, then the temperature is asked for."""
    if not slots.felt:
        return Reply("unmeasured", ok=False)
    entry = replace(entry, felt=slots.felt)
    is_unwell = not ABNORMAL.isdisjoint(slots.felt)
    lacking = consents.missing(turn, turn.me, _wanted([entry]))
    if lacking and (slots.agreed == consents.NO or not entry.is_danger):
        if len(consents.refused(turn, turn.me, lacking)) == len(lacking):
            return _refused(lacking[0].title, told=False, unwell=slots.felt != ["none"])
        if slots.temperature == UNMEASURED and is_unwell:
            may = _permitted(turn, slots, [entry])
            if not isinstance(may, _Permitted):
                return may
            lacking = ()
    is_told = is_unwell and _may_tell(turn, entry)
    if is_told:
        _alarm(turn, [entry], completes=slots.temperature == UNMEASURED)
    if slots.temperature != UNMEASURED:
        name, stopped = ("temperature_feverish", "stopped_unmeasured") if is_told else ("temperature", "")
        return Ask(
            slot="temperature",
            name=name,
            options={UNMEASURED: "没量体温"},
            values={"whose": entry.person.word},
            called_off=stopped,
        )
    noted = Reply(
        "noted",
        about=_about(turn.now, entry.person),
        called=CALLED,
        whose=entry.person.word,
        symptoms=symptoms_in_words(slots.felt),
    )
    return noted if is_told else Reply("unmeasured", ok=False)


# ------------------------------------------------------------------ what is said next


@amends(
    "health.checkin", Told,
    replies={
        "changed": "whose temperature symptoms others unkept unmeasured counted", "abnormal": "whose temperature symptoms others unkept unmeasured counted",
        "several": "others told unkept unmeasured counted", "noted": "whose symptoms", "unmeasured": "", "range": "said", "past": "", "whose": "others",
        "whose_feverish": "others", "refused": "told title unwell", "guardian": "asks told others figures unwell",
    },
)  # fmt: skip
def correct(turn: Turn, about: str, slots: Told) -> Reply:
    """Correct today's check-in of the person meant: what is not said anew stays as it was; more symptoms join those before.

    Somebody else of the family who is named is checked in beside it.
    """
    day, _, word = about.removeprefix("checkin:").partition(":")
    if day != turn.now.date().isoformat():
        return Reply("past", ok=False)
    told = reports.read(turn.said, slots.felt)
    if len(told) > 1:
        entries = _entries(turn, replace(slots, temperature=None), told)
    else:
        entries = [_aged(turn, _corrected(turn, slots, told[0] if told else Report(who=_meant(turn, word))))]
    if unknown := [one for one in entries if one.person.word == UNNAMED]:
        return _whose(turn, unknown)
    if (odd := next((one for one in entries if one.degrees is not None and not _is_possible(one.tenths)), None)) is not None:
        return Reply("range", said=f"{odd.degrees:g}", ok=False)
    entries, unmeasured = _parted(entries) if len(entries) > 1 else (entries, ())
    if not entries:
        entries, unmeasured = unmeasured[:1], unmeasured[1:]
    if entries[0].degrees is None:
        said = replace(slots, temperature=UNMEASURED, symptoms=entries[0].felt, others=None)
        reply = _without_temperature(turn, said, entries[0])
        return reply if isinstance(reply, Reply) else Reply("unmeasured", ok=False)
    may = _permitted(turn, slots, entries, beside=unmeasured)
    if isinstance(may, Ask):  # nothing can be asked here: what needs no further consent is kept, and the way to the rest is said
        kept = [] if consents.missing(turn, turn.me, [CHECK_IN]) else [one for one in entries if not one.report.is_child]
        for one in kept:
            _keep(turn, one, corrects=True)
        return Reply("guardian", ok=bool(kept), others="、".join(one.short for one in kept), **may.values)
    return _amended(turn, replace(may, unmeasured=_beside(turn, unmeasured))) if isinstance(may, _Permitted) else may


def _amended(turn: Turn, may: _Permitted) -> Reply:
    for one in may.entries:
        _keep(turn, one, corrects=True)
    told = _alarm(turn, may.entries, completes=False)
    _put_right(turn, may.entries)
    if len(may.entries) > 1:
        others = "、".join(one.short for one in may.entries)
        return Reply(
            "several", about=_about(turn.now), called=CALLED, others=others, told=told or "", unkept=may.unkept, unmeasured=may.unmeasured,
            counted=answering.beside(turn),
        )  # fmt: skip
    [entry] = may.entries
    return Reply(
        "abnormal" if told else "changed", about=_about(turn.now, entry.person), called=CALLED, whose=entry.person.word,
        temperature=f"{entry.tenths / 10:.1f}", symptoms=symptoms_in_words(list(entry.felt)) or "症状没说", others="", unkept=may.unkept,
        unmeasured=may.unmeasured, counted=answering.beside(turn),
    )  # fmt: skip


def _meant(turn: Turn, word: str) -> str:
    """Return of whom a correction without a name is: of whom the figure was told that it denies, else whom it was spoken of.

    After several that is who speaks, else who came last.
    """
    mine = select(CheckIn).where(CheckIn.reporter_id == turn.me.id, CheckIn.day == turn.now.date())
    made = turn.session.exec(mine.order_by(col(CheckIn.id).desc())).all()
    latest = {one.person: Report(who=one.person, degrees=one.tenths / 10) for one in reversed(made)}
    if (denied := reports.was_told([*latest.values()], turn.said)) is not None:
        return denied.who
    if word or people.today(turn, people.me(turn)):
        return word
    return made[0].person if made else ""


def _corrected(turn: Turn, slots: Told, report: Report) -> Entry:
    """Return what holds of a person after a later word."""
    person = people.find(turn, report.who)
    before = people.today(turn, person)
    last = before[-1] if before else None
    measured = float(slots.temperature) if isinstance(slots.temperature, int | float) else None
    degrees = report.degrees if report.degrees is not None else measured
    if degrees is None and last is not None:
        degrees = last.tenths / 10
    return Entry(
        person=person, report=report, degrees=degrees, felt=_felt_now(last.symptoms if last else [], slots.felt, turn.said)
    )


def _felt_now(before: Sequence[str], said: list[str], words: str) -> list[str]:
    """Return the symptoms after a later word: 还咳嗽 adds, 不是发热是头疼 replaces, 没有不舒服 clears."""
    if not said or (said == ["none"] and before and _NO_MORE.search(words)):
        return list(before)
    if said == ["none"] or _INSTEAD.search(words):
        return said
    return [name for name in dict.fromkeys((*before, *said)) if name != "none"]


# ------------------------------------------------------------------ looking back


@action("health.history", replies={"done": "days", "none": "", "withdrawn": "title"}, shows=True)
def history(turn: Turn, slots: object) -> Reply:
    """Tell the last days, the newest first, each with all of whom something was told."""
    if consents.missing(turn, turn.me, [CHECK_IN]) and consents.refused(turn, turn.me, [CHECK_IN]):
        return Reply("withdrawn", title=CHECK_IN.title, ok=False)
    told = or_(col(CheckIn.resident_id) == turn.me.id, col(CheckIn.reporter_id) == turn.me.id)
    found = turn.session.exec(select(CheckIn).where(told).order_by(col(CheckIn.id).desc()).limit(DAYS * 12)).all()
    last: dict[tuple[object, object], CheckIn] = {}
    for made in found:
        last.setdefault((made.day, made.of), made)
    if not last:
        return Reply("none", ok=False)
    shown = sorted({day for day, _ in last}, reverse=True)[:DAYS]  # type: ignore[type-var]  # days
    rows = [made for made in last.values() if made.day in shown]
    lines = [f"· {made.day.month}月{made.day.day}日 {_name(turn, made)}{made.words}" for made in rows]
    return Reply("done", days="\n".join(lines))


def _name(turn: Turn, made: CheckIn) -> str:
    return "" if made.resident_id == turn.me.id else f"{made.person} "


ALL = (check_in, history)
AMENDS = (correct,)
