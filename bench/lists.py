"""How long each list of the console takes with 100,000 rows and 20,000 residents, as its page asks for it; `--postgres` on PostgreSQL, `--rounds 3` briefly."""

import gc
import random
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import blank
from sqlalchemy import insert
from sqlmodel import Session, SQLModel, select

import bot.store.tables  # noqa: F401  all tables
from bot import config
from bot.contract import Context, Desk, Role, Services, Staff
from bot.contract.access import Access
from bot.contract.listpage import show
from bot.keyring import Keyring
from bot.keys import Keys
from bot.model import SHANGHAI, public_id
from bot.sealed import with_hashes
from bot.services import load_services
from bot.store import scope
from bot.store.communities import Community
from bot.store.database import connect, survey
from bot.store.people import Household, Residence, Resident, ResidentRole

ROWS, PEOPLE, OPEN = 100_000, 20_000, 2_000
ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 20
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)

#: What is asked of each list: a name, and what stands behind the ?.
ASKED = {
    "tickets": (
        "", "state=all", "state=all&page=2500", "state=all&sort=-opened", "state=all&sort=due&page=5000", "state=closed", "state=late", "who=me", "who=none&state=all",
        "category=water&state=all", "building=7&state=all", "opened_from=2026-03-01&state=all", "q=厨房&state=all", "q=7-1-101&state=all",
        "q=陈&state=all", "q=R000042&state=all", "q=滴水",
    ),
    "tasks": ("", "state=all", "state=closed", "state=closed&page=2500", "state=mine", "kind=repair.urged&state=all", "q=7-1-101&state=all", "q=催办"),
    "notices": ("", "page=5000", "state=published&page=2000", "sort=-made&page=2000", "kind=important", "made_from=2026-03-01", "q=停水"),
    "audit": (
        "", "page=5000", "page=2000", "sort=at", "kind=repair.opened&page=500", "actor=staff:s1", "actor=resident:", "at_from=2026-03-01", "q=陈", "q=报修", "q=R000042",
    ),
    "people": ("", "page=1000", "sort=-flat", "bound=yes&role=owner", "place=7|1", "tag=独居老人", "lives=all", "q=陈", "q=cjg", "q=7-1-101"),
    "households": ("", "page=500", "place=7|", "bound=no", "q=陈", "q=7-1-101"),
    "staff": ("", "state=silent", "q=师傅7"),
    "talks": ("", "page=500", "show=waiting", "show=mine", "holder=none&show=nobody", "updated_from=2026-03-01", "q=陈", "q=7-1-101"),
    "passes": ("", "state=all", "state=all&page=2500", "state=over", "q=张&state=all", "q=粤B12345&state=all", "q=7-1-101&state=all"),
}  # fmt: skip


def settle(session: Session) -> tuple[list[int], list[tuple[int, int]]]:
    """Fill a community with flats and people; returns the ids of the staff, and of flats with somebody in each."""
    community = Community(appid="wx", name="大社区")
    session.add(community)
    session.flush()
    scope.enter(session, community.key)
    staff = [Staff(login=f"s{n}", name=f"师傅{n}", role=Role.STAFF, created_at=NOW, skills=["水电"]) for n in range(40)]
    session.add_all(staff)
    chance, homes = random.Random(1), []
    for building in range(1, 41):
        flats = [Household(building=str(building), unit=str(unit), room=f"{floor}0{door}") for unit in (1, 2) for floor in range(1, 32) for door in (1, 2, 3, 4)][:250]  # fmt: skip
        session.add_all(flats)
        session.flush()
        people = [Resident(household_id=flat.key, tags=["独居老人"] if chance.random() < 0.03 else [], name=chance.choice("王李张刘陈杨赵黄周吴") + chance.choice("建国 秀英 伟 芳 丽 强".split()), openid=public_id()) for flat in flats for _ in (1, 2)]  # fmt: skip
        session.add_all(people)
        session.flush()
        session.add_all(Residence(resident_id=one.key, household_id=one.household_id, role=ResidentRole.OWNER) for one in people)
        homes += [(one.household_id, one.key) for one in people]
        session.commit()
        scope.enter(session, community.key)
        session.expunge_all()
    return [one.id or 0 for one in session.exec(select(Staff)).all()], homes


def fill(session: Session, ring: Keyring, staff: list[int], homes: list[tuple[int, int]]) -> None:
    """Write ROWS tickets, tasks, passes, notices, lines and events of two years, and a talk with everybody; OPEN of each are not done yet."""
    chance = random.Random(2)
    words = "水槽下面的管子一直滴水，已经好几天了，地板都泡了，麻烦尽快来人看看"
    states = ("closed",) * 16 + ("cancelled",) * 4
    tables = SQLModel.metadata.tables

    def at() -> datetime:
        return NOW - timedelta(minutes=chance.randrange(60 * 24 * 730))

    def ticket(n: int) -> dict[str, Any]:
        opened, is_open = (NOW - timedelta(minutes=n), True) if n < OPEN else (at(), False)
        home, person = chance.choice(homes)
        return {
            "number": f"R{n:06}", "resident_id": person, "household_id": home, "said_flat": "", "category": chance.choice(("water", "drain", "lift", "door", "other")),
            "location": chance.choice(("厨房", "卫生间", "客厅", "楼道")), "words": words, "urgent": n % 40 == 0, "priority": 0, "phone": "",
            "clock": {}, "state": chance.choice(("submitted", "accepted", "working")) if is_open else chance.choice(states), "assignee_id": chance.choice((None, *staff)), "opened_at": opened,
            "due_at": opened + timedelta(days=1), "urged": 0, "reopened": 0, "ended": "", "ended_note": "",
        }  # fmt: skip

    def task(n: int) -> dict[str, Any]:
        opened, is_open = (NOW - timedelta(minutes=n), True) if n < OPEN else (at(), False)
        return {
            "public_id": public_id(), "kind": chance.choice(("repair.urged", "repair.overdue", "identity.confirm")), "need": "ticket.view", "title": "住户催办（第1次）：厨房水管漏水",
            "urgent": n % 40 == 0, "household_id": chance.choice(homes)[0], "subject": f"ticket:R{n:06}", "data": {}, "opened_at": opened, "rung": 0, "rungs_before": 0,
            "known": "", "is_forgotten": False, "outcome": "" if is_open else "已处理", "closed_at": None if is_open else opened + timedelta(hours=3),
            "claimed_by": chance.choice((None, staff[0])) if is_open else staff[0],
        }  # fmt: skip

    def made(n: int) -> dict[str, Any]:
        begins = NOW + timedelta(hours=n % 40) if n < OPEN else at()
        home, person = chance.choice(homes)
        return {
            "public_id": public_id(), "code": public_id()[:6], "resident_id": person, "household_id": home, "visitor_name": chance.choice(("张晓明", "李四", "修空调的师傅")), "phone": "",
            "plate": "粤B12345" if n % 1000 == 0 else "", "plate_digest": "", "people": 1, "words": "我妹妹明天下午三点来", "starts_at": begins, "ends_at": begins + timedelta(hours=3),
            "entries_left": 1, "kind": "visit", "state": "active", "created_at": begins - timedelta(days=1),
        }  # fmt: skip

    def notice(n: int) -> dict[str, Any]:
        made = at()
        return {
            "public_id": public_id(), "title": chance.choice(("停水通知", "电梯检修", "消防演练")), "body": words, "audience": {}, "kind": chance.choice(("everyday", "important")),
            "state": "draft" if n % 500 == 0 else "published", "created_at": made, "created_by": staff[0], "published_at": made, "place": "", "contact": "", "signer": "",
            "asks": False, "chase_after": 1440, "version": "first", "correction": "", "returned": "", "grace": 120,
        }  # fmt: skip

    def happened(n: int) -> dict[str, Any]:
        who = f"staff:s{chance.randrange(40)}" if n % 10 == 0 else f"resident:{n % 977}"
        return {
            "at": NOW - timedelta(minutes=ROWS - n), "kind": chance.choice(("repair.opened", "task.closed", "visitor.invited", "staff.signed_in", "data.read")),
            "subject": f"ticket:R{chance.randrange(ROWS):06}", "actor": who, "data": {"urgent": False, "people": 1, "what": "电话"},
        }  # fmt: skip

    accounts = list(session.exec(select(Resident.openid)).all())

    def talk(n: int) -> dict[str, Any]:
        waits = NOW - timedelta(minutes=n) if n < OPEN // 10 else None
        return {"openid": accounts[n], "public_id": public_id(), "updated_at": at(), "topic": "问费用" if waits else "", "waiting_since": waits, "snoozed_after": 0, "assigned_id": chance.choice((None, staff[0])) if waits else None}  # fmt: skip

    def said(n: int) -> dict[str, Any]:
        return {"openid": accounts[n % len(accounts)], "at": at(), "speaker": chance.choice(("resident", "bot")), "text": words}

    for name, one in (
        ("conversation", talk),
        ("line", said),
        ("repair_ticket", ticket),
        ("task", task),
        ("visitor_pass", made),
        ("notice", notice),
        ("event", happened),
    ):
        table = tables[name]
        many = len(accounts) if name == "conversation" else ROWS
        for begun in range(0, many, 2_000):
            rows = [
                with_hashes(table, {**one(n), "community_id": scope.of(session)}, ring)
                for n in range(begun, min(begun + 2_000, many))
            ]
            session.execute(insert(table), rows)
        session.commit()


def percentile(taken: Sequence[float], part: float) -> float:
    """Return what `part` of the rounds stayed below, in milliseconds."""
    return statistics.quantiles(taken, n=100)[round(part * 100) - 1] * 1000


def measure(session: Session, services: Services) -> None:
    """Ask each list for everything, as a page with all that stands around it, and print how long each took."""
    scope.enter(session, 1)
    community, me = session.get_one(Community, 1), session.exec(select(Staff)).first()
    context = Context(community=community, keys=Keys(b"secret"), base_url="https://linli.example", messages={}, services=services)
    access = Access(permissions=services.permissions)
    every: list[float] = []
    gc.freeze()  # as `app.run` does
    for name, queries in ASKED.items():
        for query in queries:
            taken, spent = [], time.process_time()
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                desk = Desk(session=session, now=NOW, context=context, staff=me, access=access)
                shown = show(desk, services.lists[name], dict(parse_qsl(query)))
                taken.append(time.perf_counter() - begun)
                session.expunge_all()
                session.rollback()
                scope.enter(session, 1)
            own = (time.process_time() - spent) / ROUNDS * 1000  # what it takes of a processor, however busy the machine is
            every += taken
            print(f"{name:8} {query or '(usual)':34} {shown.found.total:8} rows  p50 {percentile(taken, 0.5):6.1f} ms  p95 {percentile(taken, 0.95):6.1f} ms  cpu {own:6.1f} ms", flush=True)  # fmt: skip
    print(f"{'all':52} p50 {percentile(every, 0.5):6.1f} ms  p95 {percentile(every, 0.95):6.1f} ms")


def main(url: str) -> None:
    """Settle, fill, measure, print."""
    services = load_services(config.Local(_env_file=None))
    ring = Keyring.make()
    engine = connect(url, ring)
    SQLModel.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        begun = time.perf_counter()
        staff, homes = settle(session)
        fill(session, ring, staff, homes)
        print(
            f"{ROWS} tickets, tasks, passes, notices and events, {len(homes)} people in {time.perf_counter() - begun:.0f} s",
            flush=True,
        )
        survey(session)  # as the schedule does
        session.commit()
        if engine.dialect.name == "postgresql":  # as its autovacuum does
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        measure(session, services)


if __name__ == "__main__":
    with blank.database(is_postgres="--postgres" in sys.argv) as url:
        main(url)
