"""Whatever is said in whatever order, a next step is decided, and how the talk stands then can be kept. No database."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.dialogue import forms, standing, starting, steps
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.said import Clause, Heard, Picture, Place, Said, Unseen, Words
from bot.dialogue.standing import Person, Standing, Subject
from bot.dialogue.steps import Step
from bot.language.danger.sorts import Danger
from bot.language.known import Known
from bot.language.matching.matcher import Candidate, Match, Supposed
from bot.language.reading import Reading
from tests.dialogue.town import ALARMED, CATALOGUE, FACTS, STRANGER, outline

SAYINGS = (
    "我要寄包裹", "寄给王芳，明天下午三点，大箱子", "明天下午三点", "昨天", "大箱子", "2", "99", "第一个", "好的", "👌", "不对", "时间", "改成四点", "取消",
    "算了", "不用", "无", "0", "路灯坏了", "楼道", "不是楼道是车库", "登记人口，三个人", "3栋2单元501", "解除绑定", "给李雷的", "帮忙看看灯和包裹", "转人工",
    "着火了", "120", "误报", "消防到了", "谢谢", "那帮我问问呗", "对了，还有件事", "沪A12345", "楼上太吵了", "", " ", "？？？", "🙂", "[动画表情]", "a" * 3000,
    "{recipient}", "３", "\x00", "等一下", "还没定", "随便", "要多少钱？", "我已经报过了", "点错了", "不用来了", "怎么还没来", "急", "他两个人来", "1\n2", "，，，",
)  # fmt: skip

INTENTS = sorted(CATALOGUE.intents)
EMERGENCY = next(name for name in INTENTS if CATALOGUE.intents[name].emergency)
KINDS = set(Step.__subclasses__())


def message(choice: Random) -> Said:
    """Return anything that may be said, understood in any way."""
    if choice.random() < 0.15:
        spoken = Words(heard=Heard.nothing(FACTS.now), is_spoken=True)
        return choice.choice(
            [Picture(), Place(label=choice.choice(["东门", ""])), Unseen(phrase="video.unseen", what="[视频]"), spoken]
        )
    heard = understood(choice, "" if choice.random() < 0.05 else choice.choice(SAYINGS))
    if choice.random() < 0.15:
        further = tuple(understood(choice, choice.choice(SAYINGS), "accept") for _ in range(choice.choice([1, 2])))
        heard = replace(heard, more=further if heard.match.decision == "accept" else ())
    if choice.random() < 0.1:
        parts = [understood(choice, choice.choice(SAYINGS)) for _ in range(choice.choice([2, 3]))]
        heard = replace(heard, clauses=tuple(Clause(heard=part, is_further=choice.random() < 0.5) for part in parts))
    return Words(heard=heard)


def understood(choice: Random, text: str, decision: str = "") -> Heard:
    judged = decision or choice.choice(["accept", "clarify", "clarify", "reject", "reject"])
    likely = sorted((choice.random() for _ in range(choice.choice([1, 2, 4]))), reverse=True)
    candidates = tuple(
        Candidate(name, confidence, "") for name, confidence in zip(choice.sample(INTENTS, len(likely)), likely, strict=True)
    )
    match = Match(text=text, candidates=candidates if judged != "reject" else (), decision=judged)  # type: ignore[arg-type]  one of three
    known = (Known(entry="E1", community_id=1, confidence=choice.random()),) if choice.random() < 0.2 else ()
    is_alarm = judged == "accept" and CATALOGUE.intents[candidates[0].intent].emergency and choice.random() < 0.5
    supposed = Supposed(EMERGENCY, Danger.FIRE, text) if text and not is_alarm and choice.random() < 0.02 else None
    return Heard(reading=Reading.of(text, FACTS.now), match=replace(match, emergency=is_alarm, supposed=supposed), known=known)


def all_of(step: Step) -> Iterator[Step]:
    """Return a step and those that it may lead to."""
    yield step
    match step:
        case steps.Inform(otherwise=other) | steps.Aside(first=other):
            yield from all_of(other)


def carried_out(step: Step, choice: Random, facts: Facts, about: str) -> Standing:
    """Return how a talk may stand after a step: what is done may be remembered, what is asked for may wait, an alarm is open."""
    *_, last = all_of(step)
    stands = last.standing if isinstance(step, steps.Inform) else step.standing
    match last:
        case steps.Do(form=form):
            done = Subject(about=about, intent=form.intent, called="那件事", at=facts.now, values=forms.given(form))
            then = stands.after(done)
            return starting.resume(then, form.outer, facts).standing if form.outer else then
        case steps.HandOver():
            return replace(stands, person=choice.choice([Person.ASKED, Person.TAKEN]))
        case steps.CallOff():
            return replace(stands, person=Person.NONE)
        case steps.Sound():
            return stands.alarmed("K3M9", facts.now + timedelta(minutes=15))
        case steps.PassOn():
            return replace(stands, alarm=choice.choice([None, stands.alarm]))
        case steps.Quiet():
            return replace(stands, person=choice.choice([Person.NONE, Person.TAKEN]))
    return stands


def walk(seed: int) -> Iterator[Step]:
    """Let a resident say 400 things."""
    choice, stands, now = Random(seed), Standing(), FACTS.now
    for number in range(400):
        earlier, now = now, now + timedelta(seconds=choice.choice([1, 5, 60, 1000]))
        stands = standing.at(stands, earlier, now, forms.EXPIRES)
        facts = replace(ALARMED if stands.alarm else choice.choice([FACTS, FACTS, STRANGER]), now=now)
        step = decide(stands, message(choice), facts)
        yield step
        stands = carried_out(step, choice, facts, f"x:{number}")


@pytest.mark.parametrize("seed", range(8))
def test_every_talk_goes_on_and_can_be_kept(seed: int) -> None:
    for step in walk(seed):
        for one in all_of(step):
            kept = json.loads(json.dumps(standing.pack(one.standing), ensure_ascii=False))

            assert standing.unpack(kept, CATALOGUE.intents, one.standing.person) == replace(one.standing, expired=None), outline(
                step
            )


def test_every_kind_of_step_is_decided_on() -> None:
    assert {type(one) for seed in range(8) for step in walk(seed) for one in all_of(step)} == KINDS


def test_what_was_asked_is_open_and_what_is_read_back_is_complete() -> None:
    for step in walk(99):
        form = step.standing.form
        if isinstance(step, steps.Ask):
            assert form is not None
            assert form.asking, outline(step)
        if isinstance(step, steps.Confirm):
            assert form is not None
            assert all(slot.name in form.values for slot in CATALOGUE.intents[form.intent].slots if slot.required), outline(step)


def test_nothing_that_cannot_be_undone_is_done_without_a_yes() -> None:
    for seed in range(8):
        for step in walk(seed):
            if isinstance(step, steps.Do) and CATALOGUE.intents[step.form.intent].confirm:
                assert step.form.stage is forms.Stage.CONFIRMED, outline(step)
