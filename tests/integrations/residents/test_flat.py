"""The page of a flat: who lives there, what is changed, and that each change is written down."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, select

from bot.contract import Download, Redirect, View, Work
from bot.errors import Refusal
from bot.store import grants, notices, objections, people, scope
from bot.store.audience import Audience
from bot.store.conversations import Conversation
from bot.store.effects import Effect
from bot.store.events import Event
from bot.store.outbox import Delivery, DeliveryState
from bot.store.people import Household, Residence, Resident, ResidentRole
from bot.store.staff import Role
from integrations.residents import flat as pages
from integrations.residents import moves, phones

CHEN = "oChen"

if TYPE_CHECKING:
    from tests.integrations.conftest import Town


def number(town: Town, room: str = "501") -> str:
    return next(str(one.id) for one in town.all(Household) if one.room == room)


def shown(town: Town, room: str = "501", role: Role = Role.STAFF) -> dict[str, Any]:
    view = town.opens(role, pages.show, params={"id": number(town, room)})
    assert isinstance(view, View)
    return dict(view.values)


def person(town: Town, name: str) -> Resident:
    return next(one for one in town.all(Resident) if one.name == name)


def acts(town: Town, page: Any, who: str = "", at: str = "501", /, **form: str) -> Any:
    chosen = {"resident": person(town, who).public_id} if who else {}
    return town.opens(Role.STAFF, page, params={"id": number(town, at)}, **chosen, **form)


def happened(town: Town) -> list[str]:
    return [event.kind for event in town.all(Event)]


def test_somebody_new_is_added_with_all_that_is_known_of_them(town: Town) -> None:
    acts(town, moves.add, name="陈小明", phone="13900001111", role="tenant", tags="党员，志愿者", since="2026-03-01")

    with pytest.raises(Refusal, match="“12345”不是完整的电话号码"):
        acts(town, moves.add, name="陈小红", phone="12345", role="family")
    row = shown(town)["people"][-1]
    assert (row["one"].name, row["role"], row["phone"], row["one"].tags) == ("陈小明", "租户", "139****1111", ["党员", "志愿者"])
    assert row["lives"].moved_in == date(2026, 3, 1)
    [event] = town.all(Event)
    assert (event.kind, event.subject) == ("resident.added", person(town, "陈小明").about)
    assert "陈小明" not in str(event.data)
    with pytest.raises(Refusal, match="已经有陈小明了"):
        acts(town, moves.add, name="陈小明", role="tenant")


def test_a_correction_changes_what_is_written_and_keeps_a_phone_that_is_left_empty(town: Town) -> None:
    acts(town, moves.correct, "陈建国", name="陈建国", phone="13900001111", role="owner", tags="独居老人")
    acts(town, moves.correct, "陈建国", name="陈健国", phone="", role="owner", tags="独居老人")

    one = person(town, "陈健国")
    assert (one.phone, one.tags) == ("13900001111", ["独居老人"])
    assert [event.data["what"] for event in town.all(Event)] == ["电话、身份、标签", "姓名"]
    assert "没有什么要改" in acts(town, moves.correct, "陈健国", name="陈健国", role="owner", tags="独居老人").note
    assert shown(town)["events"][0][1] == "陈健国：改了资料（姓名）"


def test_who_leaves_the_last_flat_is_unbound_and_told_and_may_come_back(town: Town) -> None:
    answer = acts(town, moves.leave, "陈建国", day="2026-03-10")

    assert isinstance(answer, Redirect)
    assert "微信绑定也解除了" in answer.note
    assert person(town, "陈建国").openid is None
    assert "解除了您的微信与3栋2单元501的绑定" in town.told("oChen")[-1]
    assert [(lives.moved_out, one.name) for lives, one in shown(town)["gone"]] == [(date(2026, 3, 10), "陈建国")]
    assert [(e.kind, e.data.get("reason")) for e in town.all(Event)] == [
        ("resident.moved_out", None),
        ("resident.unbound", "moved_out"),
    ]

    acts(town, moves.come_back, "陈建国")
    assert [row["one"].name for row in shown(town)["people"]] == ["陈建国"]
    assert shown(town)["gone"] == []


def test_who_has_another_flat_stays_bound(town: Town) -> None:
    acts(town, moves.move_in, "陈建国", "502", role="owner")
    assert [flat.label for flat in shown(town)["people"][0]["others"]] == ["3栋2单元502"]

    acts(town, moves.leave, "陈建国")

    one = person(town, "陈建国")
    assert one.openid == "oChen"
    assert str(one.household_id) == number(town, "502")
    assert happened(town) == ["resident.moved_in", "resident.moved_out"]
    with pytest.raises(Refusal, match="已经住在"):
        acts(town, moves.move_in, "陈建国", "502", role="owner")


@pytest.mark.parametrize(("day", "told"), [("2026-03-12", "还没有到"), ("明天", "2026-03-11 这样")])
def test_a_day_that_is_none_or_not_yet_is_refused(town: Town, day: str, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        acts(town, moves.leave, "陈建国", day=day)


def test_people_of_other_flats_are_offered_to_move_in(town: Town) -> None:
    view = town.opens(Role.STAFF, moves.known, params={"id": number(town)}, query={"who": "li"})

    assert [(one.name, flats) for one, flats in view.values["rows"]] == [("李梅", "3栋2单元502")]
    own = town.opens(Role.STAFF, moves.known, params={"id": number(town)}, query={"who": "chen"})
    assert own.values["rows"] == []


def test_an_account_is_kept_from_a_flat_and_let_in_again(town: Town) -> None:
    acts(town, moves.block, "陈建国")

    assert "带证件到物业前台" in town.told("oChen")[-1]
    [let_go] = [event for event in town.all(Event) if event.kind == "resident.unbound"]
    assert let_go.data["reason"] == "blocked", "no family member said that they do not know them"
    assert person(town, "陈建国").openid is None
    [(key, _, who)] = shown(town)["blocked"]
    assert who == "陈建国"
    assert "oChen" not in key

    def is_objected() -> bool:
        flat = int(number(town))

        def ask(session: Session) -> bool:
            return objections.is_objected(session, "oChen", flat)

        return town.database.submit(ask).result()

    assert is_objected()
    acts(town, moves.forgive, account=key)
    assert not is_objected()
    assert happened(town) == ["account.blocked", "resident.unbound", "account.let_in"]


def test_a_phone_is_shown_whole_to_who_may_and_that_is_written_down(town: Town) -> None:
    acts(town, moves.correct, "陈建国", name="陈建国", phone="13900001111", role="owner")
    assert shown(town)["people"][0]["phone"] == "139****1111"

    view = town.opens(Role.STAFF, phones.show, params={"key": person(town, "陈建国").public_id})

    assert view.values["one"].phone == "13900001111"
    assert happened(town)[-1] == "resident.phone_seen"


def test_a_code_on_paper_is_made_shown_and_renewed(town: Town) -> None:
    def code() -> Any:
        return town.opens(Role.STAFF, pages.code, params={"id": number(town)}).values["code"]

    assert code() is None
    acts(town, pages.make_code)
    first = code()
    acts(town, pages.make_code)

    assert code().code != first.code
    assert happened(town) == ["household.code_made", "household.code_renewed"]


def test_the_number_of_a_flat_is_corrected_but_not_to_one_that_there_is(town: Town) -> None:
    acts(town, moves.renumber, building="3", unit="2", room="0601")

    assert {one.room for one in town.all(Household)} == {"601", "502", "503"}
    with pytest.raises(Refusal, match="已经有3栋2单元502了"):
        town.opens(Role.STAFF, moves.renumber, params={"id": number(town, "601")}, building="3", unit="2", room="502")
    [event] = town.all(Event)
    assert (event.kind, event.data) == ("household.corrected", {"before": "3栋2单元501", "after": "3栋2单元601"})


def test_a_building_that_nobody_has_is_asked_about_once(town: Town) -> None:
    asked = acts(town, moves.renumber, building="abc", room="501")
    assert (asked.template, asked.status, asked.values["wanted"].label) == ("residents/building.html", 422, "ABC栋501")
    assert town.opens(Role.STAFF, moves.add_flat, building="20", room="101").template == "residents/building.html"
    assert {one.building for one in town.all(Household)} == {"3"}

    acts(town, moves.renumber, building="ABC", room="501", sure="1")

    assert {one.building for one in town.all(Household)} == {"3", "ABC"}


def test_the_page_leads_to_the_talk_and_says_what_proved_the_binding(town: Town) -> None:
    def speak(session: Session) -> None:
        session.add(Conversation(openid="oChen", updated_at=town.now))
        binding = people.binding_of(session, session.exec(select(Resident).where(Resident.openid == "oChen")).one())
        assert binding is not None
        binding.evidence = people.Evidence.INVITATION
        session.add(binding)

    town.database.submit(speak).result()

    [row] = shown(town)["people"]
    assert row["talk"]
    assert row["evidence"] == "家里人同意"


def test_a_stranger_to_the_flat_is_changed_by_no_form_of_its_page(town: Town) -> None:
    for page in (moves.correct, moves.leave, moves.unbind, moves.block):
        with pytest.raises(Refusal, match="刷新"):
            acts(town, page, "李梅", name="x", role="owner")
    assert [lives.moved_out for lives in town.all(Residence)] == [None, None, None]


def test_who_moved_out_by_mistake_lives_there_again_as_before(town: Town) -> None:
    acts(town, moves.add, name="陈小明", role="tenant", since="2020-01-01")

    def known_by_the_roster(session: Session) -> None:
        lives = session.exec(select(Residence).join(Resident).where(Resident.name == "陈小明")).one()  # type: ignore[arg-type]
        lives.evidence = people.Evidence.ROSTER
        session.add(lives)

    town.database.submit(known_by_the_roster).result()
    acts(town, moves.leave, "陈小明", day="2026-03-10")

    acts(town, moves.come_back, "陈小明")

    lives = shown(town)["people"][-1]["lives"]
    assert (lives.moved_in, lives.role, lives.evidence, lives.moved_out) == (
        date(2020, 1, 1), people.ResidentRole.TENANT, people.Evidence.ROSTER, None,
    )  # fmt: skip
    assert happened(town) == ["resident.added", "resident.moved_out", "resident.moved_in"]


def test_nobody_lives_in_a_flat_before_the_day_they_move_in(town: Town) -> None:
    with pytest.raises(Refusal, match="搬入的日期还没有到"):
        acts(town, moves.add, name="陈小明", role="tenant", since="2026-03-12")
    with pytest.raises(Refusal, match="搬入的日期还没有到"):
        acts(town, moves.move_in, "陈建国", "502", role="owner", since="2026-03-12")

    assert len(town.all(Residence)) == 3
    assert [row["one"].name for row in shown(town, "502")["people"]] == ["李梅"]


@pytest.mark.parametrize(("typed", "label"), [
    (("3栋", "2单元", "601室"), "3栋2单元601"), (("三号楼", "", "0601"), "3栋601"), (("3", "", "2-601"), "3栋2单元601"),
])  # fmt: skip
def test_a_flat_is_read_as_a_roster_file_has_it(town: Town, typed: tuple[str, str, str], label: str) -> None:
    town.opens(Role.STAFF, moves.add_flat, **dict(zip(("building", "unit", "room"), typed, strict=True)))

    assert [one.label for one in town.all(Household) if one.room == "601"] == [label]


def test_a_flat_that_cannot_be_read_is_refused_with_what_is_wrong(town: Town) -> None:
    with pytest.raises(Refusal, match=r"房号“1\.5”不是整数"):
        town.opens(Role.STAFF, moves.add_flat, building="3", unit="2", room="1.5")
    with pytest.raises(Refusal, match="已经有3栋2单元502了"):
        acts(town, moves.renumber, building="3栋", unit="二单元", room="502室")


def test_what_happened_in_another_flat_is_told_with_its_name(town: Town) -> None:
    def settle(session: Session) -> None:
        session.add(Household(building="5", unit="1", room="302"))

    town.database.submit(settle).result()
    there = next(one for one in town.all(Household) if one.room == "302")
    chosen = person(town, "陈建国").public_id
    town.opens(Role.STAFF, moves.move_in, params={"id": str(there.id)}, resident=chosen, role="tenant")

    assert [words for _, words, _ in shown(town)["events"]] == ["陈建国：住进一户（物业核对）（5栋1单元302）"]
    assert [words for _, words, _ in shown(town, "302")["events"]] == ["陈建国：住进一户（物业核对）"]


async def test_the_paper_of_a_flat_gets_a_code_to_scan_that_is_its_own(town: Town) -> None:
    acts(town, pages.make_code)
    [first] = town.all(Effect)
    acts(town, pages.make_code)
    [_, second] = town.all(Effect)
    asked: list[Any] = []

    class Account:
        """WeChat's API for codes, which notes what it is asked."""

        @property
        def qrcode(self) -> Account:
            return self

        async def create(self, wanted: dict[str, Any]) -> dict[str, str]:
            asked.append(wanted)
            return {"url": f"http://weixin.qq.com/q/{len(asked)}"}

    then = pages.draw.then
    assert then is not None
    for one in (first, second):
        drawn = await pages.draw.run(SimpleNamespace(wechat=Account()), **one.payload)
        town.runs(lambda work, one=one, drawn=drawn: then(work, one.subject, drawn))

    view = town.opens(Role.STAFF, pages.code, params={"id": number(town)})
    assert view.values["code"].url == "http://weixin.qq.com/q/2"
    assert view.values["picture"].startswith("data:image/svg")
    assert asked[1]["action_info"]["scene"]["scene_str"] == view.values["code"].code


@pytest.mark.parametrize("how", ["by hand", "objected"])
def test_a_notice_to_a_flat_that_waits_is_not_sent_to_who_left_it_and_has_another(town: Town, how: str) -> None:
    def run(session: Session) -> None:
        work = Work(session=session, now=town.now, context=town.context)
        chen, flat = people.bound(session, CHEN), session.get_one(Household, 2)
        assert chen is not None
        work.move_in(chen, flat, ResidentRole.FAMILY)
        for to in ("3栋2单元502", "3栋2单元501", "全体"):
            notice = notices.draft(session, to, "请看", Audience.parse(to), town.now)
            notices.publish(session, notice, town.now)
        work.move_out(chen, flat) if how == "by hand" else work.object_to(CHEN, flat)

    town.database.submit(run).result()

    told = [one for one in town.all(Delivery) if one.openid == CHEN]
    assert [(one.payload["title"], one.state, one.reason) for one in told] == [
        ("3栋2单元502", DeliveryState.CANCELLED, notices.MOVED), ("3栋2单元501", DeliveryState.ARMED, ""), ("全体", DeliveryState.ARMED, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("lacks", ["health.view", "phone.view"])
def test_all_that_is_known_of_somebody_is_given_out_only_by_who_may_read_it(town: Town, lacks: str) -> None:
    def forbid(session: Session) -> None:
        scope.enter(session, town.community.key)
        grants.change(session, Role.MANAGER, lacks, False, True)

    chosen = {"params": {"id": number(town)}, "resident": person(town, "陈建国").public_id}
    assert isinstance(town.opens(Role.MANAGER, pages.export, **chosen), Download)
    town.database.submit(forbid).result()

    with pytest.raises(Refusal, match="要能看健康信息和完整电话的同事"):
        town.opens(Role.MANAGER, pages.export, **chosen)
