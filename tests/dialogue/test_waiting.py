"""What is said while the flat is asked for, of the wishes that wait behind that. No database; what is meant is given."""

from dataclasses import replace
from datetime import datetime

from bot.dialogue import forms
from bot.dialogue.decide import decide
from bot.dialogue.forms import Form
from bot.dialogue.said import Said
from bot.dialogue.standing import Standing
from tests.dialogue.town import AT_THREE, CATALOGUE, STRANGER, asking, surely, words

PARCEL = CATALOGUE.intents["parcel.send"]
LAMP = CATALOGUE.intents["lamp.report"]
SENDING = forms.begin(PARCEL, {"recipient": "王芳", "starts_at": AT_THREE, "box": "big"})


def behind(*waiting: Form) -> Standing:
    """Return a talk in which the flat is asked for and these wait, the first in front."""
    outer: Form | None = None
    for form in reversed(waiting):
        outer = replace(form, outer=outer)
    return asking("identity.bind", outer=outer)


def waits(standing: Standing, said: Said) -> list[Form]:
    """Return what waits behind the question for the flat once something was said."""
    step = decide(standing, said, STRANGER)
    assert step.standing.form is not None
    assert step.standing.form.intent == "identity.bind"
    return forms.chain(step.standing.form.outer)


def test_a_day_alone_keeps_the_hour_of_the_wish_that_waits() -> None:
    [parcel] = waits(behind(SENDING), words("不是，是大后天"))

    assert parcel.values["starts_at"] == datetime.fromisoformat("2026-03-14T15:00+08:00")


def test_an_hour_alone_keeps_the_day_of_the_wish_that_waits() -> None:
    [parcel] = waits(behind(SENDING), words("改成中午十二点"))

    assert parcel.values["starts_at"] == datetime.fromisoformat("2026-03-12T12:00+08:00")


def test_a_flat_that_is_asked_for_changes_nothing_of_what_waits() -> None:
    step = decide(behind(SENDING), words("3栋2单元"), STRANGER)

    assert step.standing.form is not None
    assert step.standing.form.values["building"] == "3"
    assert forms.chain(step.standing.form.outer) == [SENDING]


def test_a_correction_is_of_the_wish_of_which_such_a_value_is_known() -> None:
    lamp = forms.begin(LAMP, {"place": "楼道"})

    first, second = waits(behind(lamp, SENDING), words("改成中午十二点"))

    assert "comes_at" not in first.values
    assert second.values["starts_at"] == datetime.fromisoformat("2026-03-12T12:00+08:00")


def test_another_fault_waits_behind_the_first_and_takes_nothing_from_it() -> None:
    lamp = forms.begin(LAMP, {"place": "楼道", "fault": "bulb"})

    first, second = waits(behind(lamp), surely("车库的灯坏了", "lamp.report"))

    assert first == replace(lamp, outer=second)
    assert second.values["place"] == "车库"


def test_of_more_wishes_than_are_held_the_resident_is_told() -> None:
    full = behind(*[forms.begin(LAMP, {"place": "楼道", "fault": "bulb"})] * forms.QUEUED)

    step = decide(full, surely("车库的灯坏了", "lamp.report"), STRANGER)

    assert [line.name for line in step.before] == ["form.full"]
    assert step.standing.form == full.form
