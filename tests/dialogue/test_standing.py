"""Where a talk stands, as a value: kept as JSON and read again, forgotten in time. No database."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.dialogue import forms, standing
from bot.dialogue.forms import Stage
from bot.dialogue.standing import Alarm, For, Menu, Offer, Offered, Person, Standing, Subject
from bot.dialogue.understanding import Understanding
from bot.language.files import Intent

AT_THREE = datetime.fromisoformat("2026-03-12T15:00:00+08:00")


@pytest.fixture
def intents(understanding: Understanding) -> dict[str, Intent]:
    return dict(understanding.catalogue.intents)


def full(intents: dict[str, Intent], now: datetime) -> Standing:
    """A talk in which everything stands at once."""
    waiting = forms.begin(intents["parcel.send"], {"recipient": "王芳", "starts_at": AT_THREE, "people": 2}, words="寄给王芳")
    form = replace(
        forms.begin(intents["lamp.report"], {"place": "楼道"}, waiting), stage=Stage.REREAD, about="lamp:7", is_guess=True
    )
    return Standing(
        form=form,
        menu=Menu(options=("lamp.report", "parcel.send"), text="灯和包裹", with_person=True),
        elsewhere=Menu(options=("parcel.send",), text="灯"),
        offer=Offer(what=Offered.INTENT, text="灯", intent="lamp.report"),
        alarm=Alarm(task="K3M9", until=now + timedelta(minutes=5), form=forms.begin(intents["lamp.report"], {"place": "车库"})),
        subjects=(
            Subject(
                about="parcel:7",
                intent="parcel.send",
                called="给王芳的包裹",
                at=now,
                values={"starts_at": AT_THREE, "box": "big"},
            ),
        ),
        unused=((now, "黑乎乎的"),),
        spot=(now, "3栋北侧"),
        misses=1,
        said_at=now,
    )


def again(kept: Standing, intents: dict[str, Intent]) -> Standing:
    """Return the talk as the next turn reads it from its row."""
    return standing.unpack(json.loads(json.dumps(standing.pack(kept), ensure_ascii=False)), intents)


def test_a_talk_survives_its_row_as_json(intents: dict[str, Intent], now: datetime) -> None:
    assert again(full(intents, now), intents) == full(intents, now)


def test_a_talk_in_which_nothing_stands_takes_no_room(now: datetime) -> None:
    assert standing.pack(Standing(person=Person.ASKED)) is None
    assert standing.unpack(None, {}, Person.TAKEN) == Standing(person=Person.TAKEN)


def test_what_a_newer_version_wrote_begins_anew(intents: dict[str, Intent], now: datetime) -> None:
    kept = {**(standing.pack(full(intents, now)) or {}), "version": standing.VERSION + 1}

    assert standing.unpack(kept, intents) == Standing()


@pytest.mark.parametrize("damage", [
    {"form": {"intent": "parcel.send"}}, {"form": "parcel.send"}, {"subjects": [{"about": "ticket:1"}]}, {"menu": {"options": 7}},
    {"alarm": {"task": "K3M9", "until": "soon"}}, {"offer": {"what": "nothing", "text": "", "intent": ""}}, {"unused": ["滴答"]},
    {"spot": ["2026-03-11T10:00:00", "东门"]}, {"misses": "many"}, {"version": None}, {"said_at": 5},
])  # fmt: skip
def test_a_damaged_talk_begins_anew(damage: dict[str, Any], intents: dict[str, Intent], now: datetime) -> None:
    kept = {**(standing.pack(full(intents, now)) or {}), **damage}

    assert standing.unpack(kept, intents, Person.ASKED) == Standing(person=Person.ASKED)


def test_what_belongs_to_an_intent_that_has_gone_is_dropped_and_the_rest_stays(intents: dict[str, Intent], now: datetime) -> None:
    left = again(full(intents, now), {name: intent for name, intent in intents.items() if name != "parcel.send"})

    assert left.form is not None
    assert (left.form.intent, left.form.outer) == ("lamp.report", None)
    assert left.menu is not None
    assert (left.menu.options, left.subjects, left.unused) == (("lamp.report",), (), ((now, "黑乎乎的"),))
    assert again(full(intents, now), {}).form is None


def test_a_question_that_stayed_open_too_long_is_put_away_and_remembered(intents: dict[str, Intent], now: datetime) -> None:
    stood = full(intents, now)
    later = standing.at(stood, now, now + timedelta(minutes=16), forms.EXPIRES)

    assert (later.form, later.menu, later.offer, later.expired) == (None, None, None, stood.form)
    assert (later.alarm, later.unused, later.spot) == (None, (), None)
    assert later.subjects == stood.subjects
    assert standing.at(stood, now, now + timedelta(minutes=4), forms.EXPIRES) == stood


def test_what_was_being_filled_in_waits_until_the_alarm_is_over_and_yields_to_what_is_open_then(
    intents: dict[str, Intent], now: datetime
) -> None:
    lamp, parcel = (forms.begin(intents[name], {}) for name in ("lamp.report", "parcel.send"))
    alarmed = Standing(form=lamp).alarmed("K3M9", now + timedelta(minutes=15))

    assert alarmed.form is None
    assert (alarmed.eased().form, alarmed.eased().alarm) == (lamp, None)
    assert replace(alarmed, form=parcel).eased().form == parcel
    assert alarmed.alarmed("K3M9", now + timedelta(minutes=20)).eased().form == lamp
    assert alarmed.closed({"lamp.report"}).eased().form is None


def test_what_was_being_filled_in_is_put_away_with_an_alarm_that_nobody_spoke_of_again(
    intents: dict[str, Intent], now: datetime
) -> None:
    lamp = forms.begin(intents["lamp.report"], {})
    later = standing.at(Standing(form=lamp).alarmed("K3M9", now), now, now + timedelta(minutes=1), forms.EXPIRES)

    assert (later.alarm, later.form, later.shelved) == (None, None, lamp)


def test_what_was_done_is_forgotten_after_a_day(now: datetime) -> None:
    lamp = Subject(about="lamp:7", intent="lamp.report", called="灯", at=now, values={"place": "楼道"})

    assert standing.at(Standing(subjects=(lamp,)), now, now + standing.REMEMBERED, forms.EXPIRES).subjects == ()


def test_what_is_done_for_a_time_to_come_is_remembered_until_then(intents: dict[str, Intent], now: datetime) -> None:
    stood = replace(full(intents, now), form=None)

    assert standing.at(stood, now, AT_THREE - timedelta(hours=1), forms.EXPIRES).subjects == stood.subjects
    assert standing.at(stood, now, AT_THREE + timedelta(hours=1), forms.EXPIRES).subjects == ()


def test_the_last_four_things_done_are_remembered_the_newest_first(now: datetime) -> None:
    talk = Standing()
    for number in (1, 2, 3, 4, 5, 3):
        talk = talk.after(Subject(about=f"ticket:{number}", intent="repair.report", called="报修", at=now))

    assert [subject.about for subject in talk.subjects] == ["ticket:3", "ticket:5", "ticket:4", "ticket:2"]
    assert [subject.about for subject in talk.without("ticket:5").subjects] == ["ticket:3", "ticket:4", "ticket:2"]


def test_words_that_led_to_nothing_are_given_on_once_each(now: datetime) -> None:
    talk = Standing().missed("滴答滴答", now).missed("滴答滴答", now).missed("一晚上没睡", now)

    assert (talk.misses, talk.words("找人工")) == (3, "滴答滴答\n一晚上没睡\n找人工")


def test_options_of_a_menu_for_photos_are_no_intents() -> None:
    menu = Menu(options=("ticket:1", "ticket:2"), shown_for=For.PHOTOS)

    assert again(Standing(menu=menu), {}).menu == menu
