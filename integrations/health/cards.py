"""What check-ins know that belongs on pages of others, for those who may see health data."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, or_, select

from bot.contract import Desk, Household, card, roster, tr
from integrations.health.models import CheckIn

#: Check-ins shown on a household's card.
SHOWN = 3


@card(tr("健康打卡"), need="health.view")
def latest(desk: Desk, household: Household) -> Sequence[tuple[str, str, str]]:
    """Return the household's last check-ins, the newest first, each with whom it is of."""
    people = {one.id: one for one in roster.people_of(desk.session, household)}
    names = {key: one.name or tr("家庭成员") for key, one in people.items()}
    here = or_(col(CheckIn.resident_id).in_(names), col(CheckIn.reporter_id).in_(names))
    rows = desk.session.exec(select(CheckIn).where(here).order_by(col(CheckIn.id).desc()).limit(SHOWN)).all()
    return [
        (
            desk.words(tr("{who} {t}：{what}"), who=_who(made, names), t=made.at, what=made.words),
            f"/health?on_from={made.day}&on_to={made.day}",
            people[made.resident_id if made.resident_id in people else made.reporter_id].about,
        )
        for made in rows
    ]


def _who(made: CheckIn, names: Mapping[int | None, str]) -> str:
    """Return whom a check-in is of: by the roster, else as who told it calls them."""
    known = names.get(made.resident_id)
    return known or tr(
        "{person}（{reporter_id}说的）", person=made.person, reporter_id=names.get(made.reporter_id, tr("家庭成员"))
    )
