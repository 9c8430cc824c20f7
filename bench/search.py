"""How long it takes to find somebody among 100,000 people, as the console asks for them; `--postgres` on PostgreSQL."""

import random
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime

import blank
from sqlmodel import Session, SQLModel

import bot.store.tables  # noqa: F401  all tables
from bot import config
from bot.contract import Context, Desk, Role, Services, Staff
from bot.contract.access import Access
from bot.contract.listpage import Asked, look
from bot.keyring import Keyring
from bot.keys import Keys
from bot.language.words import SURNAMES
from bot.model import SHANGHAI
from bot.services import load_services
from bot.store import register, scope
from bot.store.communities import Community
from bot.store.database import connect, survey
from bot.store.people import Household, Residence, Resident, ResidentRole
from bot.store.register import Filter

PEOPLE = 100_000
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
ROUNDS = 40

GIVEN = "国建华明伟芳秀英丽强军平海波涛勇杰娟艳玲红梅兰霞燕辉鹏飞宇轩浩然子涵雨欣怡佳慧敏静文博思远志刚永春福贵"

#: What is typed -> a name for it in the table that is printed.
TYPED = {
    "flat": "30-2-501", "flat in words": "30栋2单元501", "room": "501", "building": "3栋", "name": "{name}", "family name": "{surname}",
    "second sign": "{given}", "initials": "{initials}", "full pinyin": "wangjianguo", "mixed": "wangjg", "one letter": "w", "two letters": "wj",
    "phone": "{phone}", "last four": "{end}", "tag": "独居老人", "flat and name": "501 {surname}", "nobody": "查无此人",
    "nothing typed": "",
}  # fmt: skip


def settle(session: Session, chance: random.Random) -> None:
    """Fill a community: 250 buildings of 4 units, 33 floors of one flat for each three people."""
    community = Community(appid="wx", name="大社区")
    session.add(community)
    session.flush()
    scope.enter(session, community.key)
    surnames = list(SURNAMES)[:100]
    for building in range(1, 251):
        flats = [
            Household(building=str(building), unit=str(unit), room=f"{floor}0{door}")
            for unit in range(1, 5) for floor in range(1, 18) for door in (1, 2)
        ][:133]  # fmt: skip
        session.add_all(flats)
        session.flush()
        people = []
        for flat in flats:
            for _ in range(3):
                name = chance.choice(surnames) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
                tags = ["独居老人"] if chance.random() < 0.03 else []
                people.append(
                    Resident(
                        household_id=flat.key, name=name, phone=f"1{chance.randrange(3_000_000_000, 9_999_999_999)}", tags=tags
                    )
                )
        session.add_all(people)
        session.flush()
        session.add_all(
            Residence(resident_id=one.key, household_id=one.household_id, role=chance.choice(list(ResidentRole)))
            for one in people
        )
        session.commit()
        scope.enter(session, community.key)
        session.expunge_all()


def percentile(taken: Sequence[float], part: float) -> float:
    """Return what `part` of the rounds stayed below, in milliseconds."""
    return statistics.quantiles(taken, n=100)[round(part * 100) - 1] * 1000


def main(url: str) -> None:
    """Settle, search, print."""
    services = load_services(config.Local(_env_file=None))
    engine = connect(url, Keyring.make())
    SQLModel.metadata.create_all(engine)
    chance = random.Random(7)
    with Session(engine, expire_on_commit=False) as session:
        begun = time.perf_counter()
        settle(session, chance)
        print(f"settled {PEOPLE} in {time.perf_counter() - begun:.0f} s")
        survey(session)  # as the schedule does
        session.commit()
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        measure(session, services)


def measure(session: Session, services: Services) -> None:
    """Look for everything that may be typed, and print how long each took."""
    scope.enter(session, 1)
    community, me = session.get_one(Community, 1), Staff(login="m", name="经理", role=Role.MANAGER, created_at=NOW)
    context = Context(community=community, keys=Keys(b"secret"), base_url="https://linli.example", messages={}, services=services)
    access = Access(permissions=services.permissions)
    [someone] = register.people(session, Filter(), 1)
    values = {
        "name": someone.name, "surname": someone.name[0], "given": someone.name[-1], "initials": "wjg",
        "phone": someone.phone, "end": someone.phone[-4:],
    }  # fmt: skip
    every: list[float] = []
    for what, typed in TYPED.items():
        query, taken = {"q": typed.format(**values)}, []
        for name in ("people", "households"):
            listing = services.lists[name]
            for _ in range(ROUNDS):
                desk = Desk(session=session, now=NOW, context=context, staff=me, access=access, is_fragment=True)
                begun = time.perf_counter()
                found = look(desk, Asked.of(listing, query))
                taken.append(time.perf_counter() - begun)
                session.expunge_all()
        every += taken if what != "nothing typed" else []
        print(f"{what:16}{found.total:8} flats  p50 {percentile(taken, 0.5):6.1f} ms  p95 {percentile(taken, 0.95):6.1f} ms")
    print(f"{'all that is typed':30} p50 {percentile(every, 0.5):6.1f} ms  p95 {percentile(every, 0.95):6.1f} ms")


if __name__ == "__main__":
    with blank.database(is_postgres="--postgres" in sys.argv) as url:
        main(url)
