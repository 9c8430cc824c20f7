"""Of whom a check-in is: who speaks, somebody of the household whom the roster knows by name, or whom the speaker calls so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.contract import Resident, Turn, roster, tr
from integrations.health import relations
from integrations.health.models import CheckIn


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody a check-in can be of; `word` is empty for who speaks."""

    resident: Resident | None
    word: str

    @property
    def of(self) -> str:
        """您的, 老公的."""
        return tr("{word}的", word=self.word or tr("您"))


def me(turn: Turn) -> Person:
    """Return who speaks."""
    return Person(resident=turn.me, word="")


def find(turn: Turn, word: str) -> Person:
    """Return whom the speaker calls so: somebody of their household by that name, or by a relation they told, else nobody the roster knows."""
    if not word:
        return me(turn)
    at_home = roster.people_of(turn.session, turn.home)
    named = next((one for one in at_home if one.name == word), None) or relations.meant(turn, turn.me, word)
    return me(turn) if named is not None and named.id == turn.me.id else Person(resident=named, word=word)


def check_ins(turn: Turn, person: Person) -> SelectOfScalar[CheckIn]:
    """Return the query for a person's check-ins, whoever of the family told them."""
    if person.resident is not None:
        return select(CheckIn).where(CheckIn.resident_id == person.resident.id)
    return select(CheckIn).where(
        CheckIn.reporter_id == turn.me.id, CheckIn.person == person.word, col(CheckIn.resident_id).is_(None)
    )


def today(turn: Turn, person: Person) -> Sequence[CheckIn]:
    """Return a person's check-ins of today, oldest first."""
    return turn.session.exec(check_ins(turn, person).where(CheckIn.day == turn.now.date()).order_by(col(CheckIn.id))).all()
