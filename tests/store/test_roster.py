"""The office's roster: taken over whole or not at all, for the community it names and for no other; on both databases."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from bot.errors import Misconfigured
from bot.store import communities, people, roster
from bot.store.database import Database
from bot.store.people import Household, Resident
from bot.store.roster import Imported
from bot.store.staff import Role, Staff, by_login

ROSTER = {
    "community.csv": "name,phone,address\n和苑小区,0571-88880000,和苑路1号\n",
    "households.csv": "\ufeffbuilding,unit,room\n3,2,501\n3,2,502\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,陈建国,13900000001,owner,独居老人；党员\n",
    "staff.csv": "login,name,role,phone\nwang,王经理,manager,13900000002\n",
}


def _flats(session: Session) -> list[str]:
    return [flat.label for flat in session.exec(select(Household).order_by(Household.room)).all()]


async def test_roster_of_a_property_office_is_taken_over(database: Database, now: datetime) -> None:
    imported = await database.write(roster.import_roster, ROSTER, "wx1", now)

    assert imported == Imported(community="和苑小区", is_new=True, households=2, residents=1, staff=1)
    assert await database.read(_flats) == ["3栋2单元501", "3栋2单元502"]
    resident = await database.read(lambda session: session.exec(select(Resident)).one())
    assert resident.tags == ["独居老人", "党员"]


async def test_second_import_updates_and_doubles_nothing(database: Database, now: datetime) -> None:
    await database.write(roster.import_roster, ROSTER, "wx1", now)
    promoted = {**ROSTER, "staff.csv": "login,name,role,phone\nwang,王主任,admin,1\n"}

    imported = await database.write(roster.import_roster, promoted, "wx1", now)

    assert imported == Imported(community="和苑小区", is_new=False, households=0, residents=0, staff=0)
    wang = await database.read(by_login, "wang")
    assert wang is not None
    assert (wang.name, wang.role) == ("王主任", Role.ADMIN)


async def test_faulty_lines_are_all_named_and_nothing_is_taken_over(sqlite: Database, now: datetime) -> None:
    faulty = {
        **ROSTER,
        "residents.csv": "building,unit,room,name,phone,role,tags\n9,9,999,李,1,owner,\n3,2,501,王,1,boss,\n",
    }

    with pytest.raises(Misconfigured) as caught:
        await sqlite.write(roster.import_roster, faulty, "wx1", now)

    assert "residents.csv:2: flat 9-9-999 is not in households.csv" in str(caught.value)
    assert "residents.csv:3: role 'boss' is unknown; one of owner, tenant, family" in str(caught.value)
    assert await sqlite.read(_flats) == []


async def test_missing_column_is_named(sqlite: Database, now: datetime) -> None:
    with pytest.raises(Misconfigured, match=r"staff\.csv:1: column role, phone is missing"):
        await sqlite.write(roster.import_roster, {**ROSTER, "staff.csv": "login,name\na,b\n"}, "wx1", now)


async def test_one_flat_written_in_several_ways_is_one_flat(database: Database, now: datetime) -> None:
    await database.write(roster.import_roster, ROSTER, "wx1", now)
    again = {**ROSTER, "households.csv": "building,unit,room\n３,２,５０１\n03,02,502\n3,2,5\x0001\n3,2,0501\n"}

    await database.write(roster.import_roster, again, "wx1", now)

    assert await database.read(_flats) == ["3栋2单元501", "3栋2单元502"]


async def test_flat_kept_with_leading_zeros_before_is_not_doubled(database: Database, now: datetime) -> None:
    await database.write(roster.import_roster, ROSTER, "wx1", now)

    def keep_as_before(session: Session) -> None:
        flat = session.exec(select(Household).where(Household.room == "501")).one()
        flat.building, flat.unit = "03", "02"
        session.add(flat)

    await database.write(keep_as_before)

    assert (await database.write(roster.import_roster, ROSTER, "wx1", now)).households == 0


@pytest.mark.parametrize("login", ["a/b", "..", "x" * 41, ""])
async def test_login_of_the_roster_that_no_address_can_hold_is_named(sqlite: Database, now: datetime, login: str) -> None:
    with pytest.raises(Misconfigured, match=r"staff\.csv:2: login .* must be"):
        await sqlite.write(
            roster.import_roster, {**ROSTER, "staff.csv": f"login,name,role,phone\n{login},王,staff,1\n"}, "wx1", now
        )


async def test_names_and_addresses_stay_as_they_were_written(sqlite: Database, now: datetime) -> None:
    address = "和苑路1号，3栋北侧（物业）"
    files = {**ROSTER, "community.csv": f"name,phone,address\n和苑小区,０５７１-1,{address}\n"}

    await sqlite.write(roster.import_roster, files, "wx1", now)

    kept = await sqlite.read(communities.by_name, "wx1", "和苑小区")
    assert kept is not None
    assert (kept.address, kept.phone) == (address, "0571-1")


async def test_letter_of_a_building_is_the_one_that_residents_say(sqlite: Database, now: datetime) -> None:
    await sqlite.write(roster.import_roster, {**ROSTER, "households.csv": "building,unit,room\n3,2,501\na,1,201\n"}, "wx1", now)

    assert await sqlite.read(_flats) == ["A栋1单元201", "3栋2单元501"]


@pytest.mark.parametrize(("row", "said"), [
    ("3,2,", "households.csv:2: room is empty; every flat needs one, such as 501"),
    (",2,501", "households.csv:2: building is empty; every flat needs one, such as 3"),
    ("3,2," + "5" * 201, "households.csv:2: room '55555555555555555555'… has 201 characters; shorten it to 200 at most"),
])  # fmt: skip
async def test_fault_of_a_flat_names_line_column_and_way_out(sqlite: Database, now: datetime, row: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        await sqlite.write(roster.import_roster, {**ROSTER, "households.csv": f"building,unit,room\n{row}\n"}, "wx1", now)


async def test_endless_field_is_named_with_its_line(sqlite: Database, now: datetime) -> None:
    endless = {**ROSTER, "households.csv": "building,unit,room\n3,2," + "5" * 140_000 + "\n"}

    with pytest.raises(Misconfigured, match=r"households\.csv:2: cannot be read as CSV"):
        await sqlite.write(roster.import_roster, endless, "wx1", now)


# ------------------------------------------------------------------ a second community

EAST = {
    "community.csv": "name,phone,address\n和苑东区,0571-2,东路2号\n",
    "households.csv": "building,unit,room\n3,2,501\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,周华,13900000009,owner,\n",
    "staff.csv": "login,name,role,phone\nwang,王东,admin,13900000008\nhe,何东,guard,1\n",
}


async def take_over(database: Database, files: dict[str, str], now: datetime, appid: str = "wx1", **more: str) -> Imported:
    """Take over a roster as the command does: without a scope."""
    return await Database.write(database, roster.import_roster, files, appid, now, **more)


def _everything(session: Session) -> list[dict[str, object]]:
    return [row.model_dump() for kind in (Household, Resident, Staff) for row in session.exec(select(kind)).all()]


async def test_second_community_is_added_and_nothing_of_the_first_changes(database: Database, now: datetime) -> None:
    await take_over(database, ROSTER, now)
    await database.write(_bind_chen, now)
    before = await database.read(_everything)

    imported = await take_over(database, EAST, now)

    assert imported == Imported(community="和苑东区", is_new=True, households=1, residents=1, staff=2)
    assert await database.read(_everything) == before
    assert [one.name for one in await Database.read(database, communities.listed, "wx1")] == ["和苑小区", "和苑东区"]


def _bind_chen(session: Session, now: datetime) -> None:
    people.bind(session, session.exec(select(Resident).where(Resident.name == "陈建国")).one(), "oChen", now)


async def test_login_that_two_communities_have_is_two_people(database: Database, now: datetime) -> None:
    clerk = {**ROSTER, "staff.csv": "login,name,role,phone\nwang,王一,staff,1\n"}
    await take_over(database, clerk, now)
    await take_over(database, EAST, now)
    await take_over(database, clerk, now)

    rows = await Database.read(
        database, lambda session: session.exec(select(Staff).where(Staff.login == "wang").order_by(Staff.id)).all()
    )
    assert [(row.community_id, row.name, row.role) for row in rows] == [(1, "王一", Role.STAFF), (2, "王东", Role.ADMIN)]
    assert rows[0].person != rows[1].person


async def test_same_name_under_another_account_is_another_community(database: Database, now: datetime) -> None:
    await take_over(database, ROSTER, now)

    assert (await take_over(database, ROSTER, now, "wx2")).is_new


async def test_renamed_community_keeps_its_flats_and_its_people(database: Database, now: datetime) -> None:
    await take_over(database, ROSTER, now)
    renamed = {**ROSTER, "community.csv": "name,phone,address\n和苑一期,1,\n"}

    imported = await take_over(database, renamed, now, renames="和苑小区")

    assert imported == Imported(community="和苑一期", is_new=False, households=0, residents=0, staff=0)
    assert [one.name for one in await Database.read(database, communities.listed)] == ["和苑一期"]


async def test_name_to_be_renamed_that_is_unknown_is_told_and_nothing_taken_over(database: Database, now: datetime) -> None:
    with pytest.raises(Misconfigured, match="--renames '和院': the account has no community of that name"):
        await take_over(database, ROSTER, now, renames="和院")

    assert await Database.read(database, communities.listed) == []


async def test_rename_to_a_name_that_another_community_has_is_refused(database: Database, now: datetime) -> None:
    await take_over(database, ROSTER, now)
    await take_over(database, EAST, now)

    with pytest.raises(Misconfigured, match="has a community named '和苑东区' already"):
        await take_over(database, EAST, now, renames="和苑小区")


# ------------------------------------------------------------------ as Excel writes its files


async def test_rows_of_commas_at_the_end_are_no_rows(sqlite: Database, now: datetime) -> None:
    ends = {name: text + "," * (text.partition("\n")[0].count(",")) + "\n , \n" for name, text in ROSTER.items()}

    assert (await sqlite.write(roster.import_roster, ends, "wx1", now)).households == 2


@pytest.mark.parametrize("flat", ["3.0,2.0,501.0", "3栋,2单元,501室", "三号楼,二单元,0501"])
async def test_numbers_of_excel_and_words_in_cells_name_the_flat_that_residents_say(
    sqlite: Database, now: datetime, flat: str
) -> None:
    files = {
        **ROSTER,
        "households.csv": f"building,unit,room\n{flat}\n",
        "residents.csv": f"building,unit,room,name,phone,role,tags\n{flat},陈建国,13900000001.0,owner,\n",
    }
    await sqlite.write(roster.import_roster, files, "wx1", now)

    assert await sqlite.read(_flats) == ["3栋2单元501"]
    assert (await sqlite.read(lambda session: session.exec(select(Resident)).one())).phone == "13900000001"


async def test_a_date_and_a_rounded_number_are_named_with_line_and_column(sqlite: Database, now: datetime) -> None:
    faulty = {
        **ROSTER,
        "households.csv": "building,unit,room\n3,2,501\n3月2日,,502\n",
        "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,陈建国,1.39E+10,owner,\n",
    }
    with pytest.raises(Misconfigured) as caught:
        await sqlite.write(roster.import_roster, faulty, "wx1", now)

    assert "households.csv:3: building '3月2日' is a date, no number" in str(caught.value)
    assert "residents.csv:2: phone '1.39E+10' has been rounded and lost its last figures" in str(caught.value)


@pytest.mark.parametrize("other", ["3,2,501A", "A3,2,501", "二期3,2,501"])
async def test_a_letter_or_a_phase_makes_another_flat(sqlite: Database, now: datetime, other: str) -> None:
    await sqlite.write(roster.import_roster, {**ROSTER, "households.csv": f"building,unit,room\n3,2,501\n{other}\n"}, "wx1", now)

    assert len(await sqlite.read(_flats)) == 2


async def test_what_staff_can_do_may_stand_beside_them(database: Database, now: datetime) -> None:
    with_skills = {**ROSTER, "staff.csv": "login,name,role,phone,skills\nwang,王经理,manager,1,水电、 疏通\n"}
    await database.write(roster.import_roster, with_skills, "wx1", now)
    await database.write(roster.import_roster, ROSTER, "wx1", now)  # without the column they stay

    member = await database.read(lambda session: by_login(session, "wang"))
    assert member is not None
    assert member.skills == ["水电", "疏通"]
