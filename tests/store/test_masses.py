"""Messages to all at once: four a month, none twice, and what came of them."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.errors import MonthSpent
from bot.model import SHANGHAI
from bot.store import channels, masses, outbox
from bot.store.database import Database
from bot.store.masses import MassSend
from bot.store.outbox import MessageReport

pytestmark = pytest.mark.usefixtures("community")


def begin(database: Database, now: datetime, text: str = "停水", tag_id: int | None = None) -> MassSend:
    return database.submit(masses.begin, text, tag_id, now).result()


def had(database: Database, now: datetime, tag_id: int | None = None) -> int:
    return database.submit(masses.ledger, now).result().had(tag_id)


def test_what_one_tag_got_does_not_count_for_another(database: Database, now: datetime) -> None:
    for number in range(3):
        begin(database, now, f"第{number}条", 7)
    begin(database, now)

    assert [had(database, now, tag) for tag in (7, 8, None)] == [4, 1, 1]
    with pytest.raises(MonthSpent, match="tag 7 had all of this month"):
        begin(database, now, tag_id=7)
    begin(database, now, tag_id=8)


@pytest.mark.parametrize(("sent", "to", "sure", "perhaps"), [
    ([7, 7, 7, 7], None, [7], []), ([7, 7, 7, 7], 8, [7], []), ([7, 7, 8, None], 9, [], [7, 8]), ([7, 7, 8, 8], 7, [8], []),
    ([7, 8, None], None, [], []), ([None, None], None, [], []),
])  # fmt: skip
def test_who_would_get_a_fifth_is_known_by_tag(
    sqlite: Database, now: datetime, sent: list[int | None], to: int | None, sure: list[int], perhaps: list[int]
) -> None:
    for number, tag_id in enumerate(sent):
        begin(sqlite, now, f"第{number}条", tag_id)

    ledger = sqlite.submit(masses.require_one_left, to, now).result()

    assert (ledger.left_out(to), ledger.perhaps_left_out(to)) == (sure, perhaps)


def test_fifth_of_a_month_is_refused_with_the_day_the_next_begins(database: Database, now: datetime) -> None:
    for number in range(4):
        begin(database, now, f"第{number}条")

    with pytest.raises(MonthSpent, match=r"本月已用 4/4: .* 2026-04-01"):
        begin(database, now)
    assert had(database, now) == 4


@pytest.mark.parametrize(("utc", "month", "begins"), [
    ("2026-03-31T15:59+00:00", "2026-03", "2026-04-01"),
    ("2026-03-31T16:00+00:00", "2026-04", "2026-05-01"),
    ("2026-12-31T12:00+00:00", "2026-12", "2027-01-01"),
])  # fmt: skip
def test_months_are_those_of_shanghai(sqlite: Database, utc: str, month: str, begins: str) -> None:
    moment = datetime.fromisoformat(utc)

    assert begin(sqlite, moment).month == month
    assert masses.next_month(moment) == datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI)


def test_last_months_do_not_count(sqlite: Database, now: datetime) -> None:
    begin(sqlite, now - timedelta(days=31))

    assert had(sqlite, now) == 0


def test_what_wechat_refused_does_not_count_and_what_nobody_knows_does(database: Database, now: datetime) -> None:
    refused, unknown = begin(database, now, "一"), begin(database, now, "二")
    database.submit(masses.refuse, refused.id or 0, 48001).result()

    assert unknown.msgid is None
    assert had(database, now) == 1


@pytest.mark.parametrize("tag_id", [None, 0, 101])
def test_stopped_send_is_found_again_with_its_id_and_its_audience(database: Database, now: datetime, tag_id: int | None) -> None:
    mass = begin(database, now, tag_id=tag_id)

    found = database.submit(masses.unfinished, "停水", tag_id, now + timedelta(hours=1)).result()
    assert found is not None
    assert (found.clientmsgid, masses.tag_of(found)) == (mass.clientmsgid, tag_id)
    assert len(mass.clientmsgid) <= 32
    assert database.submit(masses.unfinished, "停电", tag_id, now).result() is None
    assert database.submit(masses.unfinished, "停水", 7, now).result() is None
    assert database.submit(masses.unfinished, "停水", tag_id, now + timedelta(hours=24)).result() is None


def test_taken_twice_counts_once(database: Database, now: datetime) -> None:
    mass = begin(database, now)
    for _ in range(2):
        database.submit(masses.take, mass.id or 0, "34182", now).result()

    assert database.submit(channels.figures, "wx1", now).result() == {"mass": 1}
    assert database.submit(masses.unfinished, "停水", None, now).result() is None


@pytest.mark.parametrize("is_early", [False, True])
def test_report_says_how_many_got_it_even_before_we_know_its_msgid(database: Database, now: datetime, is_early: bool) -> None:
    mass = begin(database, now)
    steps = [
        lambda: database.submit(masses.take, mass.id or 0, "34182", now).result(),
        lambda: database.submit(masses.receive, "34182", "send success", 75, 5, now).result(),
    ]
    for step in reversed(steps) if is_early else steps:
        step()

    def look(session: Session) -> tuple[str, int, int, int]:
        [row] = session.exec(select(MassSend)).all()
        return row.status, row.sent, row.failed, len(session.exec(select(MessageReport)).all())

    assert database.submit(look).result() == ("send success", 75, 5, 0)


def test_report_on_a_send_that_is_not_ours_is_borne(database: Database, now: datetime) -> None:
    for _ in range(2):
        database.submit(masses.receive, "9", "err(10001)", 0, 0, now).result()


def test_reports_on_what_is_not_ours_are_forgotten_after_two_days(database: Database, now: datetime) -> None:
    for msgid, age in (("old", masses.REPORTS_KEPT + timedelta(seconds=1)), ("young", masses.REPORTS_KEPT)):
        database.submit(masses.receive, msgid, "send success", 1, 0, now - age).result()
    database.submit(outbox.receive, "of a template", "success", now - timedelta(days=3)).result()

    forgotten = database.submit(masses.prune_reports, now).result()

    left = database.submit(lambda session: [report.msgid for report in session.exec(select(MessageReport))]).result()
    assert (forgotten, left) == (2, ["mass:young"])
