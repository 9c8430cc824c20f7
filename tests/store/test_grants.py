"""What a community changed about who may do what, and nothing else is kept; on both databases."""

from sqlmodel import Session, select

from bot.contract import Access, Permission
from bot.store import grants, scope
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.grants import Grant
from bot.store.staff import Role

LEND = Permission(name="tool.lend", title="借出工具", roles=(Role.STAFF,))


def change(database: Database, role: Role, allowed: bool) -> None:
    database.submit(grants.change, role, LEND.name, allowed, LEND.is_default(role)).result()


def may(database: Database, role: Role) -> bool:
    return Access(permissions={LEND.name: LEND}, changed=database.submit(grants.changed).result()).may(role, LEND.name)


def test_change_is_in_force_until_it_is_taken_back_and_leaves_no_row(database: Database, community: Community) -> None:
    change(database, Role.GUARD, True)
    change(database, Role.STAFF, False)
    changed = [may(database, role) for role in (Role.GUARD, Role.STAFF, Role.ADMIN)]

    change(database, Role.GUARD, False)
    change(database, Role.STAFF, True)

    assert changed == [True, False, True]
    assert [may(database, role) for role in (Role.GUARD, Role.STAFF)] == [False, True]
    assert database.submit(grants.changed).result() == {}


def test_same_change_twice_is_one_row(database: Database, community: Community) -> None:
    change(database, Role.GUARD, True)
    change(database, Role.GUARD, True)

    assert database.submit(lambda session: len(session.exec(select(Grant)).all())).result() == 1


def test_change_of_one_community_is_none_of_anothers(database: Database, community: Community) -> None:
    database.submit(lambda session: session.add(Community(appid="wx1", name="和苑东区"))).result()
    change(database, Role.GUARD, True)

    def there(session: Session) -> object:
        scope.enter(session, 2)
        return grants.changed(session)

    assert Database.submit(database, there).result() == {}
