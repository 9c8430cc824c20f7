"""What the office writes down for somebody who phoned: that they want to be waited for, with their consent; an absence; an hour of their own."""

from datetime import date, time

from sqlmodel import col, select

from bot.contract import Desk, Household, Redirect, Refusal, Resident, consents, page, register, roster, tr
from integrations.health import absences, care, kin, ladder, visits
from integrations.health.ladder import NEED

#: How consent was heard.
HOW = ("phone", "door")


@page("POST", "/care/people", need=NEED)
def enrol(desk: Desk) -> Redirect:
    """Wait for somebody from tomorrow on who agreed to it on the phone or at the door; who heard it and when is kept."""
    resident = _who(desk, desk.form.get("flat", "").strip(), desk.form.get("name", "").strip())
    if ladder.wish_of(desk, resident) is not None:
        raise Refusal(tr("{name}已经在名单里了。", name=resident.name or tr("这位住户")), field="name")
    how = desk.form.get("how", "")
    if how not in HOW or not desk.form.get("agreed"):
        raise Refusal(tr("请先把说明念给本人听，本人答应了，再选是电话里还是当面，勾“本人答应了”。"), field="how")
    if (
        consents.refused(desk, resident, [care.CARE])
        and consents.missing(desk, resident, [care.CARE])
        and not desk.form.get("again")
    ):
        raise Refusal(tr("本人以前说过不要。这次是本人自己又提的，请勾“本人自己又提的”。"), field="again")
    if consents.missing(desk, resident, [care.CARE]):
        consents.give_for(desk, resident, care.CARE, consents.Given.SAID)
    wish = kin.begin(desk, resident, wants=tr("物业代为登记"), staff=desk.staff, how=how, greets=bool(desk.form.get("greets")))
    if desk.form.get("hour"):
        kin.set_hour(desk, wish, _hour(desk.form["hour"]))
    return Redirect(f"/console/care/people/{resident.public_id}", tr("记下了：本人答应，明天起每天等一声平安。"))


def _who(desk: Desk, flat: str, name: str) -> Resident:
    if not flat:
        raise Refusal(tr("请写房号，例如：3-2-502。"), field="flat")
    found = select(Household).where(col(Household.id).in_(register.flats_called(desk.session, flat, by_phone=False)))
    flats = desk.session.exec(found.limit(2)).all()
    if len(flats) != 1:
        raise Refusal(tr("没有找到这一户，或者不止一户。请写全房号，例如：3-2-502。"), field="flat")
    people = [one for one in roster.people_of(desk.session, flats[0]) if not name or one.name == name]
    if len(people) != 1:
        names = "、".join(one.name for one in roster.people_of(desk.session, flats[0]) if one.name)
        raise Refusal(tr("请写清是谁。这一户有：{names}。", names=names or tr("没有登记姓名的人")), field="name")
    return people[0]


def _hour(said: str) -> time:
    try:
        at = time.fromisoformat(said)
    except ValueError:
        raise Refusal(tr("请写几点几分，例如 10:00。"), field="hour") from None
    if not ladder.EARLIEST <= at <= ladder.LATEST:
        raise Refusal(tr("请选 7:00 到 20:00 之间的时间：前两个小时就开始问，晚了上门就天黑了。"), field="hour")
    return at


@page("POST", "/care/people/{key}/away", need=NEED)
def away(desk: Desk) -> Redirect:
    """Write down an absence that somebody phoned in."""
    resident, _ = visits.person(desk)
    begins, ends = _day(desk, "begins"), _day(desk, "ends")
    if ends < max(begins, desk.now.date()):
        raise Refusal(tr("回来的日子要在今天或以后，也不能早于离开那天。"), field="ends")
    if ends - begins > absences.LONGEST:
        raise Refusal(tr("一次最多记 60 天，到时候再续。"), field="ends")
    absences.keep(desk, resident, begins, ends, in_hospital=bool(desk.form.get("hospital")), by=resident, staff=desk.staff)
    return Redirect(f"/console/care/people/{resident.public_id}", tr("记下了：到 {ends} 为止不等，第二天起照常。", ends=ends))


def _day(desk: Desk, name: str) -> date:
    try:
        return date.fromisoformat(desk.form.get(name, ""))
    except ValueError:
        raise Refusal(tr("请选好日期。"), field=name) from None


@page("POST", "/care/people/{key}/wishes", need=NEED)
def settle(desk: Desk) -> Redirect:
    """Change by when somebody is waited for, and whether they are greeted in the morning."""
    resident, wish = visits.person(desk)
    said = desk.form.get("hour", "").strip()
    kin.set_hour(desk, wish, _hour(said) if said else None)
    wish.greets = bool(desk.form.get("greets"))
    desk.session.add(wish)
    return Redirect(f"/console/care/people/{resident.public_id}", tr("改好了，明天起。"))


ROUTES = (enrol, away, settle)
