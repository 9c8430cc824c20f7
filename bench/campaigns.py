"""How long the list of who is missing in a campaign takes with 20,000 residents, as its page asks for it; `--postgres` on PostgreSQL, `--rounds 3` briefly."""

import random
import statistics
import sys
import time
from datetime import timedelta

import blank
from lists import NOW, settle
from sqlalchemy import insert
from sqlmodel import Session, SQLModel, select

import bot.store.tables  # noqa: F401  all tables
from bot import config
from bot.contract import Context, Desk, Staff
from bot.contract.access import Access
from bot.keyring import Keyring
from bot.keys import Keys
from bot.services import load_services
from bot.store import scope
from bot.store.communities import Community
from bot.store.database import connect, survey
from bot.store.people import Resident
from bot.store.staff import Role
from integrations.health import campaign_pages
from integrations.health.models import Campaign

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 20

#: Milliseconds, and how many of a hundred have answered.
TARGET, ANSWERED = 200, 60


def fill(session: Session, staff: list[int]) -> Campaign:
    """Hold a campaign of seven days for everybody, of whom ANSWERED of a hundred answered each day."""
    chance, begins = random.Random(3), NOW.date() - timedelta(days=6)
    campaign = Campaign(
        name="流感登记", whom={"everyone": True}, begins=begins, ends=NOW.date() + timedelta(days=7), windows=[[420, 600], [960, 1140]], reminds=[540],
        duty_id=staff[0], keep_days=14, erases_on=NOW.date() + timedelta(days=21), made_at=NOW,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    people = list(session.exec(select(Resident.id, Resident.household_id)).all())
    for day in range(7):
        for part in (0, 1):
            rows = [
                {
                    "campaign_id": campaign.key, "day": begins + timedelta(days=day), "part": part, "who": f"resident:{key}", "resident_id": key, "reporter_id": key,
                    "household_id": home, "person": "", "stand": "told", "is_unwell": chance.random() < 0.005, "lacks": 0, "at": NOW, "how": "",
                    "community_id": scope.of(session),
                }
                for key, home in people if chance.random() * 100 < ANSWERED
            ]  # fmt: skip
            session.execute(insert(SQLModel.metadata.tables["health_answer"]), rows)
    session.commit()
    return campaign


def measure(session: Session, key: str) -> float:
    """Open the page that often, each time another building; returns the milliseconds that all but one in twenty stayed below."""
    scope.enter(session, 1)
    services = load_services(config.Local(_env_file=None))
    community, me = session.get_one(Community, 1), session.exec(select(Staff)).first()
    assert me is not None
    me.role = Role.MANAGER
    context = Context(community=community, keys=Keys(b"secret"), base_url="https://linli.example", messages={}, services=services)
    taken: list[float] = []
    for number in range(-1, ROUNDS):
        begun = time.perf_counter()
        desk = Desk(
            session=session, now=NOW, context=context, staff=me, access=Access(permissions=services.permissions), params={"key": key},
            query={"building": str(number % 40 + 1)},
        )  # fmt: skip
        shown = campaign_pages.missing.run(desk)
        taken.append((time.perf_counter() - begun) * 1000)
        assert len(shown.values["people"]) == campaign_pages.DOORS  # type: ignore[union-attr]  # a view
        session.expunge_all()
        session.rollback()
        scope.enter(session, 1)
    del taken[0]  # before anything is in memory
    late = statistics.quantiles(taken, n=20)[18]
    total = shown.values["total"]  # type: ignore[union-attr]  # a view
    print(
        f"missing list of {total.people} residents, {total.missing} missing: p50 {statistics.median(taken):.0f} ms, p95 {late:.0f} ms (target {TARGET} ms)"
    )
    return late


def main(url: str) -> int:
    """Settle, fill, measure; returns 1 where it takes longer than it may."""
    engine = connect(url, Keyring.make())
    SQLModel.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        staff, _ = settle(session)
        key = fill(session, staff).public_id
        survey(session)  # as the schedule does
        session.commit()
        if engine.dialect.name == "postgresql":  # as its autovacuum does
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        return int(measure(session, key) > TARGET)


if __name__ == "__main__":
    with blank.database(is_postgres="--postgres" in sys.argv) as url:
        sys.exit(main(url))
