"""Whom a notice is for: read from words, kept as JSON, compiled to one select on both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from bot.errors import Refusal
from bot.store import audiences, scope
from bot.store.audience import (
    AND,
    EVERYBODY,
    INCLUDING,
    WITHOUT,
    Audience,
    Building,
    Flat,
    Floors,
    Line,
    Listed,
    Lives,
    Saved,
    Tag,
    Unit,
    floor_of,
    listed,
)
from bot.store.communities import Community
from bot.store.database import Database
from bot.store.people import Household, Resident, ResidentRole, move_in, settle

PICKERS = st.one_of(
    st.builds(Building, st.sampled_from("357")), st.builds(Unit, st.sampled_from("35"), st.sampled_from("12")),
    st.builds(Flat, st.sampled_from("35"), st.sampled_from(["1", ""]), st.sampled_from(["101", "1203"])),
    st.builds(Floors, st.just(2), st.sampled_from([2, 6]), st.sampled_from(["3", ""]), st.just("")),
    st.builds(Lives, st.sampled_from(list(ResidentRole))), st.builds(Tag, st.sampled_from(["独居老人", "电动车"]), st.sampled_from(["", "3栋"])),
    st.builds(Listed, st.just("名单"), st.just((("3", "1", "101"),)), st.just(("ABC",))),
)  # fmt: skip
AUDIENCES = st.builds(
    lambda first, rest: Audience.of([Line(INCLUDING, first), *rest]), st.lists(PICKERS, min_size=1, max_size=3).map(tuple),
    st.lists(st.builds(Line, st.sampled_from([INCLUDING, AND, WITHOUT]), st.lists(PICKERS, min_size=1, max_size=3).map(tuple)), max_size=4),
)  # fmt: skip


def settle_in(session: Session) -> None:
    """Four flats of two buildings; Chen owns one in each, Wu rents, Li is old and alone."""
    session.add(Community(id=1, appid="wx1", name="和苑小区"))
    session.flush()
    scope.enter(session, 1)
    homes = {}
    for building, unit, room in (("3", "1", "101"), ("3", "2", "1203A"), ("5", "1", "101"), ("5", "1", "602")):
        homes[building, room] = home = Household(building=building, unit=unit, room=room)
        session.add(home)
        session.flush()
    chen = settle(session, homes["3", "101"], name="陈建国", role=ResidentRole.OWNER)
    move_in(session, chen, homes["5", "602"], ResidentRole.OWNER)
    settle(session, homes["3", "1203A"], name="吴明", role=ResidentRole.TENANT)
    settle(session, homes["5", "101"], name="李梅", role=ResidentRole.OWNER, tags=["独居老人", "高层"])
    settle(session, homes["5", "602"], name="陈小红")


def belongs(session: Session, audience: Audience) -> list[str]:
    return [
        one.name for one in audiences.people_of(session, audience, lambda tag, of: [2] if (tag, of) == ("报修", "3栋") else None)
    ]


@pytest.mark.parametrize(("said", "names"), [
    ("全体", "陈建国 吴明 李梅 陈小红"), ("3栋", "陈建国 吴明"), ("3栋 并且 业主", "陈建国"), ("5栋 并且 租户", ""), ("业主、租户 并且 3栋", "陈建国 吴明"),
    ("全体 不包括 3栋", "陈建国 李梅 陈小红"), ("全体 不包括 3栋、5栋602", "李梅"), ("独居老人", "李梅"), ("5栋 不包括 独居老人", "陈建国 陈小红"),
    ("12层", "吴明"), ("3栋2单元10-12层", "吴明"), ("5栋1-5层", "李梅"), ("1层 包括 5栋602", "陈建国 李梅 陈小红"), ("报修（3栋）", "吴明"), ("报修（5栋）", ""),
    ("5栋 并且 1-6层 并且 业主", "陈建国 李梅"), ("5栋101、602", "陈建国 李梅 陈小红"),
])  # fmt: skip
def test_audience_is_told_by_one_query_on_both_databases(database: Database, said: str, names: str) -> None:
    database.submit(settle_in).result()

    def run(session: Session) -> list[str]:
        scope.enter(session, 1)
        return belongs(session, Audience.parse(said))

    assert database.submit(run).result() == names.split()


def test_person_of_two_flats_is_counted_once_with_the_flats_that_are_meant(database: Database) -> None:
    database.submit(settle_in).result()

    def run(session: Session) -> tuple[str, str]:
        scope.enter(session, 1)
        return tuple(
            next(one for one in audiences.people_of(session, Audience.parse(said)) if one.name == "陈建国").flat
            for said in ("全体", "5栋")
        )  # type: ignore[return-value]

    assert database.submit(run).result() == ("3栋1单元101、5栋1单元602", "5栋1单元602")


def test_list_of_a_file_and_a_saved_audience_are_picked_like_others(database: Database) -> None:
    database.submit(settle_in).result()

    def run(session: Session) -> tuple[list[str], list[str], list[str]]:
        scope.enter(session, 1)
        wu = session.get_one(Resident, 2)
        file = listed("网格", [("5", "1", "602")], [wu.public_id])
        saved = Saved("K3M9", "网格一", file)
        without = Audience(groups=(((saved,),),), without=(Building("3"),))
        named = Audience.parse("网格一 并且 租户").naming({"网格一": saved})
        return belongs(session, file), belongs(session, without), belongs(session, named)

    assert database.submit(run).result() == (["陈建国", "吴明", "陈小红"], ["陈建国", "陈小红"], ["吴明"])


def test_list_of_thousands_is_one_parameter(database: Database) -> None:
    database.submit(settle_in).result()
    many = [("9", "1", str(number)) for number in range(19_000)]

    def run(session: Session) -> list[str]:
        scope.enter(session, 1)
        return belongs(session, listed("大名单", [*many, ("3", "2", "1203A")], []))

    assert database.submit(run).result() == ["吴明"]
    with pytest.raises(Refusal, match="最多 20000 行"):
        listed("太大", many + many, [])


def test_parts_that_nobody_belongs_to_are_named_each_kind_of_them(database: Database) -> None:
    database.submit(settle_in).result()

    def run(session: Session) -> tuple[str, ...]:
        scope.enter(session, 1)
        said = "3栋、9栋、3栋2单元、3栋9单元、5栋602、5栋603、1层、30层、3栋12层、业主、同住人、独居老人、飞行员 不包括 8栋"
        return audiences.unknown_parts(session, Audience.parse(said), audiences.nobody)

    assert database.submit(run).result() == ("9栋", "3栋9单元", "5栋603", "30层", "同住人", "飞行员", "8栋")


def test_tags_and_places_that_can_be_picked_are_those_that_are_there(database: Database) -> None:
    database.submit(settle_in).result()

    def run(session: Session) -> tuple[list[str], list[tuple[str, str]]]:
        scope.enter(session, 1)
        return audiences.tags(session), audiences.places(session)

    assert database.submit(run).result() == (["独居老人", "高层"], [("3", "1"), ("3", "2"), ("5", "1")])


def test_audience_is_saved_under_a_name_that_means_nothing_else(database: Database) -> None:
    database.submit(settle_in).result()
    now = __import__("datetime").datetime.fromisoformat("2026-03-11T10:00+08:00")

    def run(session: Session) -> list[tuple[str, str]]:
        scope.enter(session, 1)
        audiences.save(session, "网格一", Audience.parse("3栋"), now)
        audiences.save(session, "网格一", Audience.parse("5栋 并且 业主"), now)
        for name in ("3栋", "全体", "业主", "网 格", "", "网" * 21):
            with pytest.raises(Refusal):
                audiences.save(session, name, EVERYBODY, now)
        return [(one.name, one.picker.whom.label) for one in audiences.saved(session)]

    assert database.submit(run).result() == [("网格一", "5栋 并且 业主")]


@given(AUDIENCES)
def test_audience_is_read_back_as_it_was_kept(audience: Audience) -> None:
    assert Audience.from_json(audience.to_json()) == audience


@given(AUDIENCES.filter(lambda one: not any(isinstance(part, Listed) for part in one.pickers())))
def test_audience_means_the_same_when_its_words_are_read_again(audience: Audience) -> None:
    again = Audience.parse(audience.label)

    assert Audience.parse(again.label) == again
    assert set(again.pickers()) == set(audience.pickers())


@pytest.mark.parametrize("said", ["并且 3栋", "不包括 3栋", "", "、、"])
def test_audience_that_includes_nobody_is_refused(said: str) -> None:
    with pytest.raises(Refusal):
        Audience.parse(said)


@pytest.mark.parametrize(
    ("room", "floor"), [("501", 5), ("1203A", 12), ("0301", 3), ("12", None), ("B101", None), ("东屋", None)]
)
def test_floor_is_told_by_the_number_of_the_room(room: str, floor: int | None) -> None:
    assert floor_of(room) == floor


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("3-2-501", "3栋2单元501"), ("3-501", "3栋501"), ("3/2/501", "3栋2单元501"), ("3#2-501", "3栋2单元501"), ("３－２－５０１", "3栋2单元501"),
        ("3—2—501", "3栋2单元501"), ("三栋二单元五零一", "3栋2单元501"), ("3栋 2单元 501", "3栋2单元501"), ("3 栋 2 单元 501", "3栋2单元501"),
        ("3-2-1203a", "3栋2单元1203A"), ("3栋2单元1203A", "3栋2单元1203A"), ("3-2-501、3-2-502", "3栋2单元501、3栋2单元502"),
        ("3-2-501，502,503", "3栋2单元501、3栋2单元502、3栋2单元503"), ("3-2-501 3-2-502", "3栋2单元501、3栋2单元502"),
        ("3-2-501\n3-2-502", "3栋2单元501、3栋2单元502"), ("3-2-501和3-2-502", "3栋2单元501、3栋2单元502"), ("3-2-501和502", "3栋2单元501、3栋2单元502"),
        ("3栋2单元501室、502室", "3栋2单元501、3栋2单元502"), ("3栋", "3栋"), ("3栋住户", "3栋"), ("3栋的全体居民", "3栋"), ("3栋全体", "3栋"), ("3栋和5栋", "3栋、5栋"),
        ("3、5栋", "3栋、5栋"), ("3和5栋", "3栋、5栋"), ("3-5栋", "3栋、4栋、5栋"), ("3栋到5栋", "3栋、4栋、5栋"), ("3栋 5栋", "3栋、5栋"), ("3栋 501", "3栋501"),
        ("3-2", "3栋2单元"), ("3-2、5-1", "3栋2单元、5栋1单元"), ("３－２", "3栋2单元"), ("3-2单元", "3栋2单元"), ("A-1 并且 业主", "A栋1单元 并且 业主"),
        ("3-2-501 不包括 3-2-502", "3栋2单元501 不包括 3栋2单元502"), ("独居老人和残疾人", "独居老人和残疾人"), ("和谐家庭", "和谐家庭"), ("残疾人", "残疾人"), ("501", "501"),
    ],
)  # fmt: skip
def test_places_are_read_as_people_type_them(said: str, means: str) -> None:
    assert Audience.parse(said).label == means
