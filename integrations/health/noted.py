"""What staff wrote down on the phone or at the door, while the window lasts: whom it was noted of by a mix-up is put right, or it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.contract import Desk, Household, Refusal, Resident, consents, roster, tr
from integrations.health import campaigns, mixups, tasks
from integrations.health.campaigns import Window
from integrations.health.models import CheckIn, Stand, Stated, TookPart
from integrations.health.purposes import CHECK_IN

#: The last ones that are shown: of an older one nobody remembers whose it was.
SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Noted:
    """One note of the staff: of whom, and to whom of the flat it may belong instead."""

    answer: TookPart
    resident: Resident
    flat: Household
    others: Sequence[Resident]
    agreed: frozenset[str]  # of the others, who has consented before

    @property
    def name(self) -> str:
        """Whom it is noted of."""
        return self.answer.person or self.resident.name or tr("家庭成员")


def of_window(desk: Desk, window: Window) -> Sequence[Noted]:
    """Return what staff noted last in a window, the newest first."""
    query = (
        select(TookPart, Resident, Household)
        .join(Resident, col(Resident.id) == col(TookPart.reporter_id))
        .join(Household, col(Household.id) == col(TookPart.household_id))
        .where(*window.answers(), col(TookPart.staff_id).is_not(None))
        .order_by(col(TookPart.at).desc(), col(TookPart.id).desc())
        .limit(SHOWN)
    )
    return [_noted(desk, *row) for row in desk.session.exec(query).all()]


def _noted(desk: Desk, answer: TookPart, resident: Resident, flat: Household) -> Noted:
    others = [one for one in roster.people_of(desk.session, flat) if one.key != resident.key or answer.person]
    agreed = frozenset(one.public_id for one in others if not consents.missing(desk, one, [CHECK_IN]))
    return Noted(answer=answer, resident=resident, flat=flat, others=others, agreed=agreed)


def find(desk: Desk, window: Window, key: str) -> Noted:
    """Return a note of a window; raises Refusal where it is no more."""
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 12 else 0
    query = (
        select(TookPart, Resident, Household)
        .join(Resident, col(Resident.id) == col(TookPart.reporter_id))
        .join(Household, col(Household.id) == col(TookPart.household_id))
        .where(*window.answers(), col(TookPart.staff_id).is_not(None), TookPart.id == number)
        .with_for_update(of=TookPart)
    )
    row = desk.session.exec(query).first()
    if row is None:
        raise Refusal(tr("这一条已经改过或撤回了，请刷新页面。"))
    return _noted(desk, *row)


def put_right(desk: Desk, window: Window, note: Noted, to: str, *, agreed: bool) -> str:
    """Give a note to whose it is, or take it back where `to` is empty; returns what is said of it.

    Raises Refusal for who has said no, has not said yes, or has answered by now.
    """
    rows = _rows(desk, window, note.answer)
    if not to:
        _take_back(desk, note, rows)
        return tr("撤回了：{flat} {name}，又在名单里。", flat=note.flat.label, name=note.name)
    target = next((one for one in note.others if one.public_id == to), None)
    if target is None or not campaigns.is_member(desk, window.campaign, target):
        raise Refusal(tr("请选这一户里的人。"), field="to")
    if rows:
        _require_consent(desk, target, agreed=agreed)
    _make_room(desk, window, target)
    _give(desk, window, note, target, rows)
    return tr("改好了：这一条是{flat} {name}的。", flat=note.flat.label, name=target.name or tr("家庭成员"))


def _rows(desk: Desk, window: Window, answer: TookPart) -> Sequence[CheckIn]:
    mine = select(CheckIn).where(
        CheckIn.campaign_id == window.campaign.key, CheckIn.day == window.day, CheckIn.reporter_id == answer.reporter_id
    )
    of = (answer.resident_id, "") if answer.resident_id is not None else (answer.reporter_id, answer.person)
    found = desk.session.exec(mine.order_by(col(CheckIn.id))).all()
    return [one for one in found if one.of == of and campaigns.part_at(window.campaign, one.at) == window.part]


def _take_back(desk: Desk, note: Noted, rows: Sequence[CheckIn]) -> None:
    if rows:
        mixups.take_back(desk, note.resident, rows)
    campaigns.drop(desk, TookPart.id == note.answer.id)
    if not rows:
        desk.record("health.taken_back", note.resident.about)


def _require_consent(desk: Desk, target: Resident, *, agreed: bool) -> None:
    if not consents.missing(desk, target, [CHECK_IN]):
        return
    name = target.name or tr("家庭成员")
    if consents.refused(desk, target, [CHECK_IN]):
        raise Refusal(tr("{name}说过不同意记体温，不能记到{name}名下。请选“谁的都不是，撤回”。", name=name), field="to")
    if not agreed:
        raise Refusal(tr("{name}还没有同意过。先问本人，答应了，再勾“本人答应记下”。", name=name), field="agreed")
    consents.give_for(desk, target, CHECK_IN, consents.Given.SAID)


def _make_room(desk: Desk, window: Window, target: Resident) -> None:
    theirs = desk.session.exec(select(TookPart).where(*window.answers(), TookPart.resident_id == target.key)).first()
    if theirs is not None and theirs.stand == Stand.TOLD:
        raise Refusal(tr("{name}这一段已经报过了。要改，先撤回这一条，再填。", name=target.name or tr("家庭成员")), field="to")
    if theirs is not None:
        campaigns.drop(desk, TookPart.id == theirs.id)


def _give(desk: Desk, window: Window, note: Noted, target: Resident, rows: Sequence[CheckIn]) -> None:
    """Move a note with all that was told in it; whoever is called about it is the right one from then on."""
    answer, teller, word = note.answer, note.resident, note.answer.person
    unwell = [one for one in rows if one.is_abnormal]
    answer.who, answer.resident_id, answer.reporter_id, answer.person = f"resident:{target.key}", target.key, target.key, ""
    desk.session.add(answer)
    for one in rows:
        mixups.give(desk, one, target, "", staff=desk.staff)
        one.reporter_id, one.campaign_id = target.key, window.campaign.key
        one.consent_id = consents.needed(desk, target, CHECK_IN).key
    if rows:
        for stated in desk.session.exec(select(Stated).where(Stated.answer_id == answer.id)).all():
            stated.consent_id = consents.needed(desk, target, CHECK_IN).key
            desk.session.add(stated)
    desk.session.flush()
    desk.record("health.righted", target.about)
    tasks.strike(desk, teller, word, why=mixups.NOT_THEIRS, keeps=False)
    if unwell:
        worst = max(unwell, key=lambda one: one.tenths)
        words = tr("{words}（更正：原来记在{name}名下）", words=worst.words, name=note.name)
        task = tasks.tell_of(desk, target, note.flat, {"": words}, urgent="breathless" in worst.symptoms, completes=False)
        campaigns.tell_duty(desk, target, task)
