import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.errors import Misconfigured, Refusal
from bot.store import people, sessions
from bot.store.database import Database
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff

ROSTER = {
    "community.csv": "name,phone,address\n和苑小区,0571-88880000,和苑路1号\n",
    "households.csv": "\ufeffbuilding,unit,room\n3,2,501\n3,2,502\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,陈建国,13900000001,owner,独居老人；党员\n",
    "staff.csv": "login,name,role,phone\nwang,王经理,manager,13900000002\n",
}


def _flats(session: Session) -> list[str]:
    return [flat.label for flat in session.exec(select(Household).order_by(Household.room)).all()]


async def test_roster_of_a_property_office_is_taken_over(database: Database, now: datetime) -> None:
    imported = await database.write(people.import_roster, ROSTER, "wx1", now)

    assert imported == people.Imported(households=2, residents=1, staff=1)
    assert await database.read(_flats) == ["3栋2单元501", "3栋2单元502"]
    resident = await database.read(lambda session: session.exec(select(Resident)).one())
    assert resident.tags == ["独居老人", "党员"]


async def test_second_import_updates_and_doubles_nothing(database: Database, now: datetime) -> None:
    await database.write(people.import_roster, ROSTER, "wx1", now)
    promoted = {**ROSTER, "staff.csv": "login,name,role,phone\nwang,王主任,admin,1\n"}

    imported = await database.write(people.import_roster, promoted, "wx1", now)

    assert imported == people.Imported(households=0, residents=0, staff=0)
    wang = await database.read(people.staff_by_login, "wang")
    assert wang is not None
    assert (wang.name, wang.role) == ("王主任", Role.ADMIN)


async def test_faulty_lines_are_all_named_and_nothing_is_taken_over(sqlite: Database, now: datetime) -> None:
    faulty = {
        **ROSTER,
        "residents.csv": "building,unit,room,name,phone,role,tags\n9,9,999,李,1,owner,\n3,2,501,王,1,boss,\n",
    }

    with pytest.raises(Misconfigured) as caught:
        await sqlite.write(people.import_roster, faulty, "wx1", now)

    assert "residents.csv:2: flat 9-9-999 is not in households.csv" in str(caught.value)
    assert "residents.csv:3: role 'boss' is unknown; one of owner, tenant, family" in str(caught.value)
    assert await sqlite.read(_flats) == []


async def test_missing_column_is_named(sqlite: Database, now: datetime) -> None:
    with pytest.raises(Misconfigured, match=r"staff\.csv:1: column role, phone is missing"):
        await sqlite.write(people.import_roster, {**ROSTER, "staff.csv": "login,name\na,b\n"}, "wx1", now)


async def test_one_flat_written_in_several_ways_is_one_flat(database: Database, now: datetime) -> None:
    await database.write(people.import_roster, ROSTER, "wx1", now)
    again = {**ROSTER, "households.csv": "building,unit,room\n３,２,５０１\n03,02,502\n3,2,5\x0001\n3,2,0501\n"}

    await database.write(people.import_roster, again, "wx1", now)

    assert await database.read(_flats) == ["3栋2单元501", "3栋2单元502"]


async def test_flat_kept_with_leading_zeros_before_is_not_doubled(database: Database, now: datetime) -> None:
    await database.write(people.import_roster, ROSTER, "wx1", now)

    def keep_as_before(session: Session) -> None:
        flat = session.exec(select(Household).where(Household.room == "501")).one()
        flat.building, flat.unit = "03", "02"
        session.add(flat)

    await database.write(keep_as_before)

    assert (await database.write(people.import_roster, ROSTER, "wx1", now)).households == 0


@pytest.mark.parametrize("login", ["a/b", "..", "x" * 41, ""])
async def test_login_of_the_roster_that_no_address_can_hold_is_named(sqlite: Database, now: datetime, login: str) -> None:
    with pytest.raises(Misconfigured, match=r"staff\.csv:2: login .* must be"):
        await sqlite.write(
            people.import_roster, {**ROSTER, "staff.csv": f"login,name,role,phone\n{login},王,staff,1\n"}, "wx1", now
        )


async def test_names_and_addresses_stay_as_they_were_written(sqlite: Database, now: datetime) -> None:
    address = "和苑路1号，3栋北侧（物业）"
    roster = {**ROSTER, "community.csv": f"name,phone,address\n和苑小区,０５７１-1,{address}\n"}

    await sqlite.write(people.import_roster, roster, "wx1", now)

    kept = await sqlite.read(people.community, "wx1")
    assert kept is not None
    assert (kept.address, kept.phone) == (address, "0571-1")


async def test_letter_of_a_building_is_the_one_that_residents_say(sqlite: Database, now: datetime) -> None:
    await sqlite.write(people.import_roster, {**ROSTER, "households.csv": "building,unit,room\n3,2,501\na,1,201\n"}, "wx1", now)

    assert await sqlite.read(_flats) == ["A栋1单元201", "3栋2单元501"]


@pytest.mark.parametrize(("row", "said"), [
    ("3,2,", "households.csv:2: room is empty; every flat needs one, such as 501"),
    (",2,501", "households.csv:2: building is empty; every flat needs one, such as 3"),
    ("3,2," + "5" * 201, "households.csv:2: room '55555555555555555555'… has 201 characters; shorten it to 200 at most"),
])  # fmt: skip
async def test_fault_of_a_flat_names_line_column_and_way_out(sqlite: Database, now: datetime, row: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        await sqlite.write(people.import_roster, {**ROSTER, "households.csv": f"building,unit,room\n{row}\n"}, "wx1", now)


async def test_endless_field_is_named_with_its_line(sqlite: Database, now: datetime) -> None:
    endless = {**ROSTER, "households.csv": "building,unit,room\n3,2," + "5" * 140_000 + "\n"}

    with pytest.raises(Misconfigured, match=r"households\.csv:2: cannot be read as CSV"):
        await sqlite.write(people.import_roster, endless, "wx1", now)


async def test_link_that_two_browsers_use_at_once_signs_one_in(database: Database, now: datetime) -> None:
    await database.write(people.import_roster, ROSTER, "wx1", now)

    def make(session: Session) -> str:
        return sessions.make_link(session, session.exec(select(Staff)).one(), now, timedelta(minutes=15))

    link = await database.write(make)
    other = Database(str(database.engine.url.render_as_string(hide_password=False)))
    tries = [where.submit(sessions.use_link, link, "", now) for where in (database, other) for _ in range(4)]
    outcomes = await asyncio.to_thread(lambda: [isinstance(each.exception(), Refusal) for each in tries])
    other.close()

    assert outcomes.count(False) == 1
