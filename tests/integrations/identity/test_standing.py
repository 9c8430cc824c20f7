"""Who may put out whom: nobody the owner, and nobody on the word of who came later or is less proven."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.contract import Evidence
from integrations.identity.standing import Standing, may_put_out

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
OWNER = Standing(evidence=Evidence.PHONE, is_on_roster=True, has_own_number=True, since=FIRST)
INVITED = Standing(evidence=Evidence.INVITATION, is_on_roster=False, has_own_number=False, since=FIRST)


def later(one: Standing) -> Standing:
    return replace(one, since=FIRST + timedelta(days=1))


@pytest.mark.parametrize("other", [
    INVITED, replace(INVITED, evidence=Evidence.CODE), replace(INVITED, evidence=Evidence.PHONE), replace(OWNER, has_own_number=False),
    replace(OWNER, evidence=Evidence.INVITATION),
])  # fmt: skip
def test_who_came_later_by_less_than_the_office_s_word_is_put_out(other: Standing) -> None:
    assert may_put_out(OWNER, later(other))


@pytest.mark.parametrize("other", [OWNER, replace(INVITED, evidence=Evidence.STAFF)])
@pytest.mark.parametrize("one", [OWNER, INVITED, replace(INVITED, evidence=Evidence.STAFF)])
def test_nobody_puts_out_whom_the_office_vouches_for(one: Standing, other: Standing) -> None:
    assert not may_put_out(one, later(other))


def test_who_came_later_puts_out_nobody() -> None:
    assert not may_put_out(later(OWNER), INVITED)


def test_who_is_less_proven_puts_out_nobody_who_is_more() -> None:
    assert not may_put_out(INVITED, later(replace(INVITED, evidence=Evidence.PHONE)))
    assert may_put_out(INVITED, later(INVITED))
