"""Which emergency answers a danger: the one that speaks of it most, and none where the files hold none."""

from bot import config
from bot.dialogue.understanding import read_judge
from bot.language.danger.alarms import Alarms
from bot.language.files import load
from bot.language.reading import ANY_TIME, Reading

FILES = {
    "fire.yaml": "intent: fire\ntitle: 火警\nemergency: true\nexamples: |\n  - 着火了\n  - 楼道冒浓烟\nkeywords: [着火]\nunless: [火灾险]\n",
    "sos.yaml": "intent: sos\ntitle: 求助\nemergency: true\nexamples: |\n  - 救命\n  - 有人晕倒\n  - 有人打架\n  - 被困电梯\nkeywords: [毒蜂]\n",
}
JUDGE = read_judge(config.shipped("data"))
ALARMS = Alarms.of(load(FILES).intents.values(), JUDGE)


def intent_for(text: str) -> str:
    sounded = ALARMS.sound(Reading.of(text, ANY_TIME))
    return sounded.intent if sounded else ""


def test_a_danger_goes_to_the_emergency_that_speaks_of_it() -> None:
    said = ("厨房起火了", "门口有人打架流血了", "电梯里有人出不来", "草坪有毒蜂")

    assert [intent_for(text) for text in said] == ["fire", "sos", "sos", "sos"]


def test_what_nobody_speaks_of_goes_to_the_broadest_and_gas_to_whoever_hears_fire() -> None:
    assert intent_for("孩子走丢了") == "sos"
    assert intent_for("厨房煤气泄漏了") == "fire"


def test_without_emergencies_in_the_files_there_is_no_alarm() -> None:
    assert Alarms.of((), JUDGE).sound(Reading.of("着火了", ANY_TIME)) is None
