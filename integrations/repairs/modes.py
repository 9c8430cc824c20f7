"""How tickets of a kind find somebody: planned for one, in turn, first come first served, or by hand. A row where the office chose."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, select

from bot.contract import Scoped, Work, tr, word
from integrations.repairs.models import CATEGORY_WORDS


class Way(StrEnum):
    """How a ticket finds somebody."""

    ASSIGN = "assign"  # whoever it fits best
    TURNS = "turns"  # whoever of those it fits has had none for longest
    GRAB = "grab"  # all whom it fits are told, the first one has it
    HAND = "hand"  # nobody, until somebody of the office does it


#: What people call them, and what they mean.
WAY_WORDS: Mapping[Way, str] = {Way.ASSIGN: tr("指派"), Way.TURNS: tr("轮流"), Way.GRAB: tr("抢单"), Way.HAND: tr("手动")}
WAY_MEANS: Mapping[Way, str] = {
    Way.ASSIGN: tr("系统挑最合适的一位：会修、在班、手上少、离得近、来得及"), Way.TURNS: tr("会修又在班的人里，最久没接单的一位"),
    Way.GRAB: tr("同时告诉所有会修又在班的人，先接先得"), Way.HAND: tr("系统不派，等办公室派"),
}  # fmt: skip

#: Tickets that somebody may have in hand at once, and by how many a day's share may go beyond that of whoever has least.
MOST, FAIR = 6, 3


class Mode(Scoped, table=True):
    """What the office chose for a kind of fault."""

    __tablename__ = "repair_mode"
    __table_args__ = (Index("repair_mode_category", "community_id", "category", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    category: str
    way: Way = word(Way, Way.ASSIGN)
    most: int = MOST
    fair: int = FAIR


def load(work: Work) -> Mapping[str, Mode]:
    """Return the mode of each kind of fault, chosen or as it ships."""
    chosen = {one.category: one for one in work.session.exec(select(Mode)).all()}
    return {
        category: chosen.get(category) or Mode(category=category, way=Way.ASSIGN, most=MOST, fair=FAIR)
        for category in CATEGORY_WORDS
    }
