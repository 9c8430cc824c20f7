"""A service brings a kind of value of its own, and a form asks for it as for any other."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bot.contract import Aspect, Found, Grammar, Integration, Kind, Services, Slot, Value
from bot.dialogue import forms
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.said import Heard, Place, read_slots
from bot.dialogue.standing import Standing
from bot.errors import Misconfigured
from bot.language import files, leftovers
from bot.language.matching.matcher import Match
from bot.language.reading import Reading

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")


def find(text: str, now: datetime, since: datetime | None = None) -> Sequence[Found]:
    return [Found(float(match[1]), *match.span()) for match in re.finditer(r"(?<![\d.])(\d{1,6}(?:\.\d)?)\s*(?:度|字)", text)]


def say(value: Value, slot: Slot, now: datetime) -> str:
    return f"{value}度"


READING = Kind(
    name="meter_reading", title="读数", grammar=Grammar(name="meter_reading", title="读数", find=find), say=say, is_single=True
)
METER = Kind(name="meter", title="电表", aspect=Aspect.WHERE)
METERS = Integration(name="meters", title="抄表", folder=Path(__file__).parent, kinds=[READING, METER])

READ = """
intent: meter.send
examples: |
  - 报电表读数
slots:
  reading: {type: meter_reading, required: true, ask: 电表读数是多少？, error: 请说电表上的数字。}
  comes_at: {type: start, title: 时间}
  meter: {type: meter, title: 电表}
confirm: 电表{reading}，对吗？
"""


def test_form_asks_for_a_services_own_kind_and_reads_it_back() -> None:
    intent = files.load({"send.yaml": READ}, kinds=Services(integrations=[METERS]).kinds).intents["meter.send"]
    form = forms.proceed(forms.begin(intent, {}), intent).form

    filled = forms.answer(form, intent, Reading.of("明天三点来看，现在是8012.5度", NOW))

    assert form.asking == "reading"
    assert filled is not None
    assert filled.values == {"reading": 8012.5, "comes_at": datetime.fromisoformat("2026-03-12T15:00:00+08:00")}
    assert forms.read_back(filled, intent, NOW, {}) == "电表8012.5度，对吗？"


def test_numbers_of_a_services_own_kind_are_no_body_temperature() -> None:
    assert Reading.of("电表36.5度", NOW).take([Slot(name="reading", kind=READING)]) == {"reading": 36.5}


def test_scanned_code_and_place_on_the_map_are_the_value_of_a_services_own_kind_that_says_where() -> None:
    catalogue = files.load({"send.yaml": READ}, kinds=Services(integrations=[METERS]).kinds)
    intent = catalogue.intents["meter.send"]
    asking = Standing(form=forms.proceed(forms.begin(intent, {}), intent).form)

    placed = decide(asking, Place(label="东门电表箱"), Facts(now=NOW, catalogue=catalogue)).standing.form
    scanned = read_slots(intent, Heard(reading=Reading.of("", NOW), match=Match(text=""), place="西门电表箱"))

    assert placed is not None
    assert (placed.values, scanned) == ({"meter": "东门电表箱"}, {"meter": "西门电表箱"})


def test_second_value_of_a_services_own_single_kind_is_told_to_be_lost() -> None:
    said = Reading.of("一个80度，一个95度", NOW)
    slots = [Slot(name="reading", kind=READING)]

    assert leftovers.unread(said, slots, said.take(slots)) == ("80度",)


def test_files_may_not_ask_for_a_kind_whose_service_is_not_loaded() -> None:
    [problem] = [problem for problem in files.load({"send.yaml": READ}).problems if problem.severity == "error"]

    assert (problem.code, "meter_reading" in problem.message) == ("E209", True)


@pytest.mark.parametrize("taken", ["meter_reading", "plate"])
def test_no_two_kinds_have_one_name(taken: str) -> None:
    again = Integration(name="other", title="别的", folder=Path(__file__).parent, kinds=[Kind(name=taken, title="又一个")])

    with pytest.raises(Misconfigured, match=taken):
        Services(integrations=[METERS, again])
