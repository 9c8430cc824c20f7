"""Who of a household may put out whom: how each of the two came to belong to the flat, held against the other. Pure.

One who was bound first by a number of the family would else put out the owner who comes after. So a word at home cuts off only who was
let in by less than the roster or the staff say, and only on the word of somebody who was there before and is no less proven.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.contract import Evidence

#: How much each kind of evidence of an account weighs; that of the roster and the staff is left to the staff.
_WEIGHT = {Evidence.INVITATION: 1, Evidence.CODE: 2, Evidence.PHONE: 3, Evidence.STAFF: 4, Evidence.ROSTER: 4}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an account came to belong to a flat."""

    evidence: Evidence  # of the account: what showed whose it is
    is_on_roster: bool  # the office's list has them in the flat
    has_own_number: bool  # a number of theirs is on record
    since: datetime  # when the account was bound

    @property
    def is_the_offices(self) -> bool:
        """The office itself says that they belong there: it looked, or they are the person of the roster whose number they knew."""
        knew_own = self.evidence is Evidence.PHONE and self.is_on_roster and self.has_own_number
        return knew_own or self.evidence in (Evidence.STAFF, Evidence.ROSTER)


def may_put_out(one: Standing, other: Standing) -> bool:
    """Tell whether the word of one is enough to cut off the other; where it is not, the office decides."""
    is_no_weaker = one.is_the_offices or _WEIGHT[one.evidence] >= _WEIGHT[other.evidence]
    return not other.is_the_offices and is_no_weaker and one.since <= other.since
