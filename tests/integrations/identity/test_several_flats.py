"""Several flats of one account: what is let go, and bound again, in every order; what the office's list says stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
from sqlmodel import Session, select

from bot.contract import Evidence, ResidentRole, Turn, Work
from bot.store import audiences, outbox, people, reach, scope
from bot.store.audience import Audience
from bot.store.outbox import Ways
from bot.store.people import Household, Resident
from integrations.identity import actions, members
from integrations.visitor_passes import actions as passes
from tests.integrations.conftest import CHEN, LI

if TYPE_CHECKING:
    from tests.integrations.conftest import Town

pytestmark = pytest.mark.usefixtures("numbers_on_record")

#: Two flats that the office's list has as one owner's, and one where they are let in by the number of somebody else.
OWN, SHOP, PARENTS = "501", "601", "503"


@pytest.fixture
def owner(town: Town) -> Town:
    """陈建国 owns 601 as well, and has been bound to both since the office wrote it down."""

    def write(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        flat = Household(building="3", unit="2", room=SHOP)
        session.add(flat)
        session.flush()
        chen = people.bound(session, CHEN)
        assert chen is not None
        work.move_in(chen, flat, ResidentRole.OWNER, Evidence.ROSTER)

    town.database.submit(write).result()
    return town


def place(room: str) -> dict[str, str]:
    return {"building": "3", "unit": "2", "room": room}


def key(town: Town, room: str) -> str:
    return str(next(one.key for one in town.all(Household) if one.room == room))


def spoken_for(town: Town, openid: str = CHEN) -> set[str]:
    def look(session: Session) -> set[str]:
        scope.enter(session, town.community.key)
        one = people.bound(session, openid)
        return {flat.room for flat in people.homes(session, one)} if one else set()

    return town.database.submit(look).result()


def listed(town: Town, room: str) -> list[tuple[str, str]]:
    """Return who the office's list has in a room, and as what."""

    def look(session: Session) -> list[tuple[str, str]]:
        scope.enter(session, town.community.key)
        flat = session.exec(select(Household).where(Household.room == room)).one()
        rows = people.residents_at(session, flat)
        return [(one.name, lives.role.value) for lives, one in rows if lives.is_current]

    return town.database.submit(look).result()


def lets_go(town: Town, room: str) -> str:
    return town.asks(CHEN, actions.unbind, which=key(town, room), sure="yes").name


def test_letting_one_of_two_flats_go_leaves_the_owner_on_the_list_and_the_account_to_the_other(owner: Town) -> None:
    assert lets_go(owner, SHOP) == "left"

    assert spoken_for(owner) == {OWN}
    assert listed(owner, SHOP) == [("陈建国", "owner")]


def test_flat_that_was_let_go_is_bound_again_by_the_owners_own_number_and_as_owner(owner: Town) -> None:
    lets_go(owner, SHOP)

    assert owner.asks(CHEN, actions.bind, **place(SHOP), proof="8001").name == "done"

    assert spoken_for(owner) == {OWN, SHOP}
    assert listed(owner, SHOP) == [("陈建国", "owner")]


def test_passes_of_the_flat_that_is_let_go_end_and_those_of_the_other_stay(owner: Town) -> None:
    for room, who in ((OWN, "张三"), (SHOP, "李四")):
        owner.asks(CHEN, actions.choose, **place(room))
        owner.asks(CHEN, passes.invite, visitor_name=who, starts_at=owner.now)

    lets_go(owner, SHOP)

    states = {one.visitor_name: one.state.value for one in owner.all(passes.Pass)}
    assert states == {"张三": "active", "李四": "cancelled"}


def test_notices_to_a_flat_that_was_let_go_go_to_it_no_more(owner: Town) -> None:
    lets_go(owner, SHOP)

    def told(session: Session, audience: str) -> list[str | None]:
        scope.enter(session, owner.community.key)
        return [one.openid for one in audiences.people_of(session, Audience.parse(audience))]

    assert CHEN not in owner.database.submit(told, "3栋2单元601").result()
    assert CHEN in owner.database.submit(told, "3栋2单元501").result()


def reached(town: Town, audience: str) -> reach.Reach:
    def look(session: Session) -> reach.Reach:
        scope.enter(session, town.community.key)
        return reach.count(session, Audience.parse(audience), town.now, Ways(appid="wx"))

    return town.database.submit(look).result()


def test_staff_who_look_whom_a_notice_reaches_see_who_lives_in_a_flat_and_let_it_go(owner: Town) -> None:
    lets_go(owner, SHOP)

    flat, everybody = reached(owner, "3栋2单元601"), reached(owner, "全体")

    assert [(one.name, one.flat, one.reason) for one in flat.left_out()] == [("陈建国", "3栋2单元601", outbox.LET_GO)]
    assert (flat.people, flat.told) == (0, 0)
    assert everybody.let_go == []
    owner.asks(CHEN, actions.bind, **place(SHOP), proof="8001")
    assert reached(owner, "3栋2单元601").let_go == []


def test_whoever_binds_at_a_flat_that_was_let_go_is_not_told_of_to_who_let_it_go(owner: Town) -> None:
    lets_go(owner, SHOP)
    before = owner.told(CHEN)

    owner.asks(LI, actions.bind, **place(SHOP), proof="8001")

    assert owner.told(CHEN) == before
    assert "陈建国" not in owner.says(LI, members.members)


STEPS = ("bind own", "bind shop", "bind parents", "go own", "go shop", "go parents", "go all")

#: Steps of one order.
LONGEST = 3


class Walk:
    """Does the steps in one transaction that is rolled back to each fork."""

    rooms: ClassVar = {"own": OWN, "shop": SHOP, "parents": PARENTS}
    tails: ClassVar = {"own": "8001", "shop": "8001", "parents": "8003"}

    def __init__(self, town: Town, session: Session) -> None:
        self.town, self.session = town, session
        scope.enter(session, town.community.key)
        self.flats = {one.room: one for one in session.exec(select(Household)).all()}
        self.before = self.on_list()
        self.tried = 0

    def walk(self, done: tuple[str, ...] = ()) -> None:
        if len(done) == LONGEST:
            return
        for step in STEPS:
            how, _, which = step.partition(" ")
            held = self.speaks()
            if (self.rooms.get(which) in held) == (how == "bind") and which != "all":  # has it already, or has nothing to let go
                continue
            with self.session.begin_nested() as savepoint:
                self.act(how, which)
                self.check((*done, step), held, self.speaks())
                self.walk((*done, step))
                savepoint.rollback()
            self.session.expire_all()

    def act(self, how: str, which: str) -> None:
        turn = Turn(session=self.session, now=self.town.now, context=self.town.context, openid=CHEN)
        if how == "bind":
            said = {**place(self.rooms[which]), "proof": self.tails[which]}
            ask = actions.bind(turn, said)
            if ask.name == "who":
                me = next((one for one, shown in ask.options.items() if "陈*" in shown), actions.FAMILY)
                actions.bind(turn, {**said, "who": me, "name": "陈建国"})
        elif turn.resident is not None:
            actions.unbind(
                turn, {"which": actions.ALL_FLATS if which == "all" else str(self.flats[self.rooms[which]].key), "sure": "yes"}
            )
        self.session.flush()

    def check(self, done: tuple[str, ...], held: set[str], now: set[str]) -> None:
        how, _, which = done[-1].partition(" ")
        self.tried += 1
        if how == "go":
            gone = held if which == "all" else {self.rooms[which]}
            assert now == held - gone, done
        elif held or which != "parents":  # who has no account yet is asked at the parents' who they are
            assert now >= held | {self.rooms[which]}, done
        assert self.on_list() == self.before, done

    def speaks(self) -> set[str]:
        one = people.bound(self.session, CHEN)
        return {flat.room for flat in people.homes(self.session, one)} if one else set()

    def on_list(self) -> dict[str, set[tuple[str, str]]]:
        return {
            room: {
                (one.name, lives.role.value)
                for lives, one in people.residents_at(self.session, flat)
                if lives.is_current and lives.evidence is Evidence.ROSTER
            }
            for room, flat in self.flats.items()
        }


def test_every_order_of_binding_and_letting_go_leaves_the_list_as_it_is_and_can_be_begun_again(owner: Town) -> None:
    def walk(session: Session) -> int:
        life = Walk(owner, session)
        life.walk()
        return life.tried

    assert owner.database.submit(walk).result() > 60
    assert [one.name for one in owner.all(Resident)] == ["陈建国", "李梅", "王强"]
