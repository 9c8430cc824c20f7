"""Several communities on one account: each with its roster, its staff, and people who work in both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from bot.store import credentials, sessions
from bot.store.communities import Community
from bot.store.staff import Staff
from tests.cli.conftest import run

if TYPE_CHECKING:
    from tests.cli.conftest import Desk

EAST = {
    "community.csv": "name,phone,address\n和苑东区,0571-2,东路2号\n",
    "households.csv": "building,unit,room\n3,2,501\n",
    "residents.csv": "building,unit,room,name,phone,role,tags\n3,2,501,周华,13900000009,owner,\n",
    "staff.csv": "login,name,role,phone\nwang,王东,admin,13900000008\n",
}


def init(folder: Path, *more: str, **changed: str) -> str:
    """Take over the roster of the second community; returns what is said."""
    folder.mkdir(exist_ok=True)
    for name, text in {**EAST, **{f"{name}.csv": text for name, text in changed.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    said = run("init", str(folder), *more)
    assert said.code == 0, said.error
    return said.text


def staff(desk: Desk, login: str) -> list[Staff]:
    """Return the accounts of a login in all communities, the first first."""

    def look(session: Session) -> list[Staff]:
        session.info.clear()
        return list(session.exec(select(Staff).where(Staff.login == login).order_by(col(Staff.community_id))).all())

    return desk.ask(look)


async def test_second_roster_adds_a_community_and_its_admins_get_links(desk: Desk, tmp_path: Path) -> None:
    said = init(tmp_path / "east")

    assert said.startswith("community 和苑东区: new")
    assert "/console/in/" in said
    assert [(member.name, member.role) for member in staff(desk, "wang")] == [("王经理", "manager"), ("王东", "admin")]


async def test_where_there_are_several_one_must_be_named(desk: Desk, tmp_path: Path) -> None:
    init(tmp_path / "east")

    assert run("notice", "list").error == "there are several communities; name one with --community: 和苑小区, 和苑东区"
    assert "--community '西区' is unknown; known: 和苑小区, 和苑东区" in run("notice", "list", "--community", "西区").error
    assert run("notice", "list", "--community", "和苑东区").code == 0


async def test_renamed_community_is_no_new_one(desk: Desk, tmp_path: Path) -> None:
    init(tmp_path / "east")

    init(tmp_path / "east", "--renames", "和苑东区", community="name,phone,address\n和苑二期,1,\n")

    names = desk.ask(lambda session: session.exec(select(Community.name).order_by(Community.id)).all())
    assert list(names) == ["和苑小区", "和苑二期"]


async def test_who_joins_a_second_community_is_the_same_person_there(desk: Desk, tmp_path: Path) -> None:
    init(tmp_path / "east")
    run("user", "passwd", "chen", keys="a long password\na long password\n")

    joined = run("user", "join", "chen", "和苑东区", "--role", "manager")
    changed = run("user", "passwd", "chen", keys="another password\nanother password\n")

    assert joined.text == "chen works in 和苑东区, too; the console shows both at the top of each page\n"
    here, there = staff(desk, "chen")
    assert (here.role, there.role, there.person, there.name) == ("staff", "manager", here.person, here.name)
    assert changed.code == 0
    kept = desk.ask(lambda session: credentials.of(session, there.person).password)
    assert sessions._verify(kept, "another password")


async def test_login_that_somebody_else_has_there_joins_nobody(desk: Desk, tmp_path: Path) -> None:
    init(tmp_path / "east")

    said = run("user", "join", "wang", "和苑东区", "--community", "和苑小区")

    assert "login 'wang' is taken in 和苑东区" in said.error
    assert len({member.person for member in staff(desk, "wang")}) == 2


async def test_login_of_two_people_must_be_named_with_its_community(desk: Desk, tmp_path: Path) -> None:
    init(tmp_path / "east")

    assert "belongs to different people in several communities" in run("user", "link", "wang").error
    assert "/console/in/" in run("user", "link", "wang", "--community", "和苑东区").text
