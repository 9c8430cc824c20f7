"""A roster file is held against the people there are: who is meant, what differs, what must be asked; nothing is written."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.rosters.rows import Entry
from bot.store import people, rosterdiff
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.people import Evidence, Household, Resident, ResidentRole
from bot.store.rosterdiff import Change, Kind, Plan

TODAY = date(2026, 3, 11)
HOME, OTHER = ("3", "2", "501"), ("5", "", "101")

pytestmark = pytest.mark.usefixtures("community")


def row(line: int, flat: tuple[str, str, str] = HOME, name: str = "陈建国", **more: Any) -> Entry:
    return Entry(line=line, flat=flat, name=name, **more)


def settle(session: Session, *who: dict[str, Any]) -> None:
    """Put people into flats, those of the first flat known."""
    known = {flat.building for flat in session.exec(select(Household)).all()}
    session.add_all(Household(building=one[0], unit=one[1], room=one[2]) for one in (HOME, OTHER) if one[0] not in known)
    session.flush()
    for one in who:
        flat = one.pop("flat", HOME)
        home = session.exec(select(Household).where(Household.building == flat[0])).one()
        people.settle(session, home, **one)


Compare = Callable[..., Plan]


@pytest.fixture
def compare(sqlite: Database) -> Compare:
    """Settle people, then hold rows against them."""

    def run(settled: list[dict[str, Any]], *rows: Entry, **how: Any) -> Plan:
        sqlite.submit(settle, *settled).result()
        return sqlite.submit(rosterdiff.compare, rows, TODAY, **how).result()

    return run


def changes(plan: Plan) -> list[tuple[str, str, str, str]]:
    return [(step.name, change.field, change.before, change.after) for step in plan.steps for change in step.changes]


CHEN = {"name": "陈建国", "phone": "13900000001", "role": ResidentRole.OWNER, "tags": ["党员"]}


# ------------------------------------------------------------------ who is meant


def test_a_person_is_known_by_flat_and_name_and_told_field_by_field(compare: Compare) -> None:
    plan = compare(
        [{**CHEN}], row(2, phone="13900000002", tags=("独居老人",), role=ResidentRole.TENANT, moved_in=date(2020, 1, 1))
    )

    assert changes(plan) == [
        ("陈建国", "phone", "13900000001", "13900000002"), ("陈建国", "tags", "党员", "独居老人"), ("陈建国", "role", "业主", "租户"),
        ("陈建国", "moved_in", "", "2020-01-01"),
    ]  # fmt: skip
    assert plan.counts == {"flats": 0, "new": 0, "changed": 1, "left": 0, "questions": 0, "unchanged": 0}


def test_the_same_again_changes_nothing_however_it_is_written(compare: Compare) -> None:
    plan = compare([{**CHEN, "phone": "139 0000 0001"}], row(2, phone="13900000001", role=ResidentRole.OWNER, tags=("党员",)))

    assert plan.is_empty
    assert plan.unchanged == 1


def test_what_a_file_does_not_say_stays(compare: Compare) -> None:
    assert compare([{**CHEN}], row(2)).is_empty


def test_who_has_no_phone_yet_is_known_by_name_in_the_flat(compare: Compare) -> None:
    plan = compare([{"name": "陈建国", "evidence": Evidence.STAFF}], row(2, phone="13900000001"))

    assert changes(plan) == [("陈建国", "phone", "", "13900000001")]


def test_a_known_phone_and_name_in_another_flat_is_the_same_person_with_two(compare: Compare) -> None:
    plan = compare([{**CHEN}], row(2, OTHER, phone="13900000001", role=ResidentRole.OWNER))

    [step] = plan.steps
    assert (step.kind, step.label, step.changes[0]) == (
        Kind.CHANGED,
        "5栋101",
        Change(field="flat", before="", after="5栋101"),
    )
    assert plan.people[0][1].id is not None


def test_somebody_new_in_two_flats_is_one_person(compare: Compare) -> None:
    plan = compare([], row(2, phone="13900000001"), row(3, OTHER, phone="13900000001"))

    assert len(plan.people) == 1
    assert plan.counts["new"] == 1


def test_namesakes_without_phone_in_two_flats_are_two_people(compare: Compare) -> None:
    assert len(compare([{"name": "陈建国"}], row(2), row(3, OTHER)).people) == 1


def test_another_name_with_the_same_phone_in_the_flat_is_asked_about_and_can_be_somebody_else(compare: Compare) -> None:
    plan = compare([{**CHEN}], row(2, name="陈健国", phone="13900000001"))
    other = compare([], row(2, name="陈健国", phone="13900000001"), otherwise=[2])

    [question] = plan.questions
    assert (question.line, question.other) == (2, "不是同一个人")
    assert "陈建国在文件里叫陈健国" in question.text
    assert changes(plan) == [("陈健国", "name", "陈建国", "陈健国")]
    assert other.counts["new"] == 1
    assert other.questions[0].other == "还是当作同一个人"


def test_a_wife_with_her_husbands_phone_is_no_new_name_of_his(compare: Compare) -> None:
    plan = compare([{**CHEN}], row(2, phone="13900000001"), row(3, name="李梅", phone="13900000001"))

    assert plan.counts["new"] == 1
    assert [question.text for question in plan.questions] == ["李梅的电话 13900000001 也是3栋2单元501 陈建国的"]


def test_a_number_that_is_none_is_left_out_and_told_where_the_file_brings_it_only(compare: Compare) -> None:
    brought = compare([{"name": "李梅", "phone": "12345"}], row(2, phone="1381234567"), row(3, name="李梅", phone="12345"))
    for_another = compare([{**CHEN}], row(2, phone="1990000"))

    [question] = brought.questions
    assert (question.line, question.other) == (2, "")
    assert question.text == "陈建国的电话 1381234567 不是完整的号码（手机是 11 位），没有导入，电话先空着；改好再导一次就行"
    assert [person.phone for _, person in brought.people] == [""]
    assert for_another.is_empty, "what a good number proves stays with it"
    assert "原来的 13900000001 不动" in for_another.questions[0].text


def test_a_phone_of_somebody_in_another_flat_is_asked_about(compare: Compare) -> None:
    plan = compare([{**CHEN}], row(2, OTHER, name="李梅", phone="13900000001"))

    assert [question.line for question in plan.questions] == [2]
    assert plan.counts["new"] == 1


def test_somebody_without_a_name_gets_it_by_the_phone(compare: Compare) -> None:
    plan = compare([{"name": "", "phone": "13900000001"}], row(2, phone="13900000001"))

    assert changes(plan) == [("陈建国", "name", "", "陈建国")]
    assert plan.questions == ()


def test_somebody_new_beside_an_account_without_a_name_is_asked_about(compare: Compare, sqlite: Database, now: datetime) -> None:
    compare([{"name": "", "evidence": Evidence.STAFF}])
    sqlite.submit(lambda session: people.bind(session, session.exec(select(Resident)).one(), "oNew", now)).result()

    plan = compare([], row(2))

    assert plan.counts["new"] == 1
    assert ["可能就是陈建国" in question.text for question in plan.questions] == [True]


# ------------------------------------------------------------------ what cannot be


@pytest.mark.parametrize(("more", "text"), [
    ({"phone": "13900000002"}, "和第 2 行是同一个人"), ({"role": ResidentRole.TENANT}, "身份却不一样"), ({"moved_out": date(2026, 1, 1)}, "迁出日期却不一样"),
])  # fmt: skip
def test_two_rows_for_one_person_that_contradict_each_other_are_told(compare: Compare, more: dict[str, Any], text: str) -> None:
    usual = {"phone": "13900000001", "role": ResidentRole.OWNER}
    plan = compare([], row(2, **usual), row(7, **{**usual, **more}))

    [fault] = plan.faults
    assert fault.line == 7
    assert text in fault.text


def test_a_row_that_comes_twice_is_one_person_with_the_tags_of_both(compare: Compare) -> None:
    plan = compare([], row(2, tags=("党员",)), row(3, tags=("独居老人",)))

    assert plan.faults == ()
    assert [after.tags for _, after in plan.people] == [("党员", "独居老人")]


def test_two_of_one_name_in_a_flat_are_told_apart_by_their_phone_or_asked(compare: Compare) -> None:
    twins = [{**CHEN}, {**CHEN, "phone": "13900000009"}]

    assert compare(twins, row(2, phone="13900000009")).is_empty
    assert "有两位陈建国" in compare([], row(2)).faults[0].text


# ------------------------------------------------------------------ coming and going


def test_who_is_not_in_the_file_stays_unless_the_file_is_the_whole_roster(compare: Compare) -> None:
    partly = compare([{**CHEN}, {"name": "李梅"}, {"name": "客", "evidence": Evidence.INVITATION}], row(2))
    whole = compare([], row(2), whole=True)

    assert partly.is_empty
    assert [(step.kind, step.name) for step in whole.steps] == [(Kind.LEFT, "李梅")]
    assert any("1 人不在文件里，但不是按名册登记的" in note for note, _ in whole.notes)


def test_who_loses_the_last_flat_is_told_from_who_keeps_another(compare: Compare, sqlite: Database, now: datetime) -> None:
    both = [{**CHEN}, {"name": "李梅"}, {"name": "王强"}]
    compare(both, row(2))

    def bind(session: Session) -> None:
        for one in session.exec(select(Resident)).all():
            if one.name == "李梅":
                people.move_in(
                    session, one, session.exec(select(Household).where(Household.building == OTHER[0])).one(), ResidentRole.OWNER
                )
            if one.name != "陈建国":
                people.bind(session, one, f"o{one.name}", now)

    sqlite.submit(bind).result()

    both_left = compare([], row(2), whole=True)
    partly = compare([], row(2), row(3, OTHER, "李梅"), whole=True)

    assert {(step.name, step.is_let_go) for step in partly.of(Kind.LEFT)} == {("李梅", False), ("王强", True)}
    assert partly.let_go == 1
    assert (both_left.let_go, [step.is_let_go for step in both_left.of(Kind.LEFT)]) == (2, [True] * 3)


def test_a_day_of_moving_out_lets_somebody_go_and_one_to_come_does_not(compare: Compare) -> None:
    gone = compare([{**CHEN}], row(2, moved_out=date(2026, 3, 1)))
    soon = compare([], row(2, moved_out=date(2026, 4, 1)))

    assert [step.kind for step in gone.steps] == [Kind.LEFT]
    assert soon.is_empty
    assert any("还没到" in note for note, _ in soon.notes)


def test_nothing_is_kept_of_people_who_left_before_anybody_knew_them(compare: Compare) -> None:
    assert compare([], row(2, moved_out=date(2025, 1, 1))).counts["new"] == 0


def test_who_comes_back_is_the_same_person(compare: Compare, sqlite: Database) -> None:
    def leave(session: Session) -> None:
        settle(session, {**CHEN})
        chen = session.exec(select(Resident)).one()
        people.move_out(session, chen, session.get_one(Household, chen.household_id), date(2026, 1, 1))

    sqlite.submit(leave).result()
    again = sqlite.submit(rosterdiff.compare, [row(2)], TODAY, otherwise=[2]).result()
    since = sqlite.submit(rosterdiff.compare, [row(2, moved_in=date(2026, 2, 1))], TODAY).result()

    assert changes(again) == [("陈建国", "moved_out", "2026-01-01", "")]
    assert ("陈建国", "moved_out", "2026-01-01", "") in changes(since)
    assert [one.other for one in (*again.questions, *since.questions)] == ["没有搬回来"]


def test_an_old_table_brings_nobody_back_who_has_left_since_but_asks(compare: Compare, sqlite: Database) -> None:
    def leave(session: Session) -> None:
        settle(session, {**CHEN})
        chen = session.exec(select(Resident)).one()
        people.move_out(session, chen, session.get_one(Household, chen.household_id), date(2026, 1, 1))

    sqlite.submit(leave).result()
    plan = sqlite.submit(rosterdiff.compare, [row(2)], TODAY).result()

    assert plan.is_empty
    assert [(one.line, one.other) for one in plan.questions] == [(2, "搬回来了")]
    assert "2026-01-01 已经迁出，文件里还有" in plan.questions[0].text


def test_a_flat_without_people_is_new_once(compare: Compare) -> None:
    plan = compare([], row(2, ("9", "", "901"), name=""), row(3, ("9", "", "901"), name=""))

    assert (plan.flats, plan.steps) == ((("9", "", "901"),), ())


def test_a_flat_kept_as_before_is_the_same_flat(compare: Compare, sqlite: Database) -> None:
    sqlite.submit(lambda session: session.add(Household(building="03", unit="02", room="0502"))).result()

    assert compare([], row(2, ("3", "2", "502"), name="")).flats == ()


def test_the_mark_tells_one_difference_from_another(compare: Compare) -> None:
    first = compare([{**CHEN}], row(2, phone="13900000002"))
    again = compare([], row(2, phone="13900000002"))
    other = compare([], row(2, phone="13900000003"))

    assert first.mark == again.mark != other.mark


async def test_people_of_another_community_are_nobodys_here(database: Database, now: datetime) -> None:
    def far(session: Session) -> None:
        session.info.clear()
        there = Community(appid="wx1", name="东区")
        session.add(there)
        session.flush()
        session.info["community"] = there.key
        settle(session, {**CHEN})

    await database.write(far)
    plan = await database.read(rosterdiff.compare, [row(2, phone="13900000001")], TODAY)

    assert plan.counts["new"] == 1
    assert plan.questions == ()


def test_a_new_building_is_asked_about_where_a_slip_may_have_made_it(compare: Compare) -> None:
    many = [row(line, ("3", "2", str(500 + line)), "") for line in range(2, 9)]
    slips = [row(20, ("20", "", "101"), ""), row(21, ("张三", "1", "102"), "")]
    whole = [row(line, ("4", "2", str(500 + line)), "") for line in range(30, 36)]

    plan = compare([], *many, *slips, *whole)

    asked = {question.line: question.text for question in plan.questions}
    assert asked == {
        20: "名册里还没有20栋，只有 1 户，别的楼栋多半有 7 户，会新建（20栋101）：请看看楼栋有没有写错",
        21: "名册里还没有张三栋，只有 1 户，别的楼栋多半有 7 户，会新建（张三栋1单元102）：请看看楼栋有没有写错",
    }
    assert plan.faults == ()


def test_a_new_flat_is_asked_about_where_a_slip_may_have_made_it(compare: Compare) -> None:
    rows = [
        row(2, ("3", "2", "5O2"), ""), row(3, ("3", "4", "501"), ""), row(4, ("3", "2", "9999"), ""), row(5, ("3", "2", "602"), ""),
        row(6, ("3", "2", "501A"), ""),
    ]  # fmt: skip

    plan = compare([CHEN | {}], *rows)

    assert {question.line: question.text for question in plan.questions} == {
        2: "房号 5O2 里有像数字的字母，会新建3栋2单元5O2：请看看有没有写错",
        3: "3栋还没有4单元，会新建3栋4单元501：请看看有没有写错",
        4: "3栋最高到 5 楼，会新建3栋2单元9999：请看看有没有写错",
    }


def test_buildings_of_few_flats_are_not_asked_about_where_all_are_so_small(compare: Compare) -> None:
    plan = compare([], *(row(number, (str(number), "", "1"), "") for number in range(2, 9)))

    assert plan.questions == ()
