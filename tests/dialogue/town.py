"""The small town without a database: how talks stand, what is said and what comes of it, as values.

What a message means is given, not matched, so that a table here says what is decided of it and not how well it was understood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot import config
from bot.dialogue import forms, steps
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Form, Stage
from bot.dialogue.said import Heard, Said, Words
from bot.dialogue.standing import Alarm, Menu, Offer, Offered, Person, Standing, Subject
from bot.dialogue.steps import Step
from bot.dialogue.understanding import read_folder, read_judge
from bot.language import files
from bot.language.kinds.kind import Value
from bot.language.known import Known
from bot.language.matching.matcher import Candidate, Match
from bot.language.reading import Reading

#: What the town's own files leave out: what follows a report, what only shows, what is asked of people.
_MORE = {
    "lamp.yaml": """
intent: lamp.report
title: 报灯坏
offer: 灯坏了，请人来修
examples: |
  - 路灯坏了
slots:
  place: {type: place, required: true, title: 位置, ask: 哪里的灯？, error: 请告诉我地方。, options: {楼道: [楼道], 车库: [车库]}}
  comes_at: {type: start, title: 时间}
  fault: {type: choice, title: 毛病, options: {bulb: [灯泡], socket: [插座]}}
  urgent: {type: flag, options: {"true": [急, 马上]}}
  photo: {type: photo, title: 照片}
follow_ups:
  lamp.cancel: |
    - [灯](不用来了|修好了)
  lamp.chase: |
    - 怎么还(不|没)(来|修)
action: true
replies:
  done: 已记下{place}的灯。
""",
    "lamp_cancel.yaml": """
intent: lamp.cancel
title: 取消报灯
cancels: lamp.report
examples: |
  - 取消报灯
slots:
  ticket: {type: text}
confirm: 确认取消吗？
action: true
replies:
  done: 已取消。
""",
    "lamp_chase.yaml": """
intent: lamp.chase
title: 催修灯
examples: |
  - 催一下修灯
action: true
replies:
  done: 已催。
""",
    "parcel_list.yaml": """
intent: parcel.list
title: 我的包裹
examples: |
  - 我寄了哪些包裹
action: true
replies:
  done: 没有。
""",
    "visit.yaml": """
intent: visit.order
title: 约人上门
examples: |
  - 约人上门
slots:
  date: {type: start, required: true, title: 时间, ask: 什么时候？, error: 请说哪天几点。}
  tool: {type: choice, title: 工具, ask: 带什么？, error: 请选一个。, skippable: true, options: {ladder: [梯子], saw: [锯子]}}
  spot: {type: place, required: true, title: 地方, ask: 在哪里？, error: 请说地方。, unknown: 位置不清楚}
action: true
replies:
  done: 约好了。
""",
}

CATALOGUE = files.load(read_folder(Path(__file__).parent / "intents") | _MORE)

NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")
AT_THREE = datetime.fromisoformat("2026-03-12T15:00:00+08:00")

FACTS = Facts(
    now=NOW, catalogue=CATALOGUE, judge=read_judge(config.shipped("data")), is_bound=True, shows={"parcel.list"}, keeping={"lamp.report"},
    amendable={"lamp.report": {"place", "comes_at", "urgent"}, "parcel.send": {"recipient", "starts_at", "people"}},
)  # fmt: skip
STRANGER = replace(FACTS, is_bound=False)
ALARMED = replace(FACTS, is_alarm_open=True)

#: All that a parcel needs.
PARCEL: Mapping[str, Value] = {"recipient": "王芳", "starts_at": AT_THREE, "box": "big"}


# ------------------------------------------------------------------ what is said


def surely(text: str, intent: str, confidence: float = 0.95, *more: Heard) -> Words:
    """Return words that plainly mean an intent; `more` are further wishes of the message."""
    match = Match(text=text, candidates=(Candidate(intent, confidence, ""),), decision="accept")
    alarm = CATALOGUE.intents[intent].emergency
    return Words(heard=Heard(reading=Reading.of(text, NOW), match=replace(match, emergency=alarm), more=more))


def perhaps(text: str, **likely: float) -> Words:
    """Return words that may mean intents, the likeliest first; a name is written with two strokes for its dot."""
    candidates = tuple(Candidate(name.replace("__", "."), confidence, "") for name, confidence in likely.items())
    return Words(heard=Heard(reading=Reading.of(text, NOW), match=Match(text=text, candidates=candidates, decision="clarify")))


def words(text: str, *, known: float = 0.0) -> Words:
    """Return words that mean no intent; `known` is how surely the office has an answer to them."""
    found = (Known(entry="E1", community_id=1, confidence=known),) if known else ()
    return Words(heard=Heard(reading=Reading.of(text, NOW), match=Match(text=text), known=found))


def touched(intent: str, place: str = "") -> Words:
    """Return a menu entry touched, or a code scanned that hangs at a place."""
    match = Match(text="", candidates=(Candidate(intent, 1.0, "菜单"),), decision="accept")
    return Words(
        heard=Heard(reading=Reading.of("", NOW), match=replace(match, emergency=CATALOGUE.intents[intent].emergency), place=place)
    )


# ------------------------------------------------------------------ how talks stand


def asking(intent: str, outer: Form | None = None, **values: Value) -> Standing:
    """Return a talk in which the next question of an intent is open, or all is read back."""
    read = CATALOGUE.intents[intent]
    return Standing(form=forms.proceed(forms.begin(read, values, outer), read).form)


def guessed(intent: str, *others: str, **values: Value) -> Standing:
    """Return a talk in which a wish was guessed; 0 leads to the others."""
    read = CATALOGUE.intents[intent]
    form = forms.proceed(replace(forms.begin(read, values), is_guess=True), read).form
    return Standing(form=form, elsewhere=Menu(options=others, text="黑漆漆的", with_person=True))


def done(intent: str, about: str, ago: timedelta = timedelta(minutes=2), **values: Value) -> Subject:
    """Return something that was done a while ago."""
    return Subject(about=about, intent=intent, called=CATALOGUE.intents[intent].title, at=NOW - ago, values=values)


LAMP = done("lamp.report", "lamp:7", place="楼道")
SENT = done("parcel.send", "parcel:8", **PARCEL)

CALM = Standing()
LAMP_DONE = Standing(subjects=(LAMP,))
WAITING = Standing(person=Person.ASKED)
TAKEN = Standing(person=Person.TAKEN)
LAMP_ASKED = asking("lamp.report")
PARCEL_READ_BACK = asking("parcel.send", **PARCEL)
UNBIND_READ_BACK = asking("identity.unbind")
MENU = Standing(menu=Menu(options=("lamp.report", "parcel.send"), text="帮忙看看灯和包裹", with_person=True))
UNSURE = Standing(offer=Offer(what=Offered.INTENT, text="门口灯好暗", intent="lamp.report"))
QUESTION = Standing(offer=Offer(what=Offered.QUESTION, text="门禁卡多少钱一张"))
MISSED = Standing(offer=Offer(what=Offered.PERSON, text="滴答滴答"), unused=((NOW, "咕噜咕噜"), (NOW, "滴答滴答")), misses=2)
AFTER_ALARM = Standing(alarm=Alarm(task="K3M9", until=NOW + timedelta(minutes=10)))


# ------------------------------------------------------------------ what comes of it


def next_step(standing: Standing, said: Said, facts: Facts = FACTS) -> str:
    """Decide, and return the step in one line."""
    return outline(decide(standing, said, facts))


def outline(step: Step) -> str:
    """Return what matters of a step in one line: what is said before, then what is done."""
    before = [line.name for line in step.before]
    return "; ".join([*before, " ".join([_VERBS[type(step)], *_details(step)])])


_VERBS: Mapping[type[Step], str] = {
    steps.Ask: "ask", steps.Confirm: "confirm", steps.Do: "do", steps.Amend: "amend", steps.ShowMenu: "menu", steps.Say: "say",
    steps.Inform: "inform, else", steps.HandOver: "hand over", steps.Join: "join", steps.CallOff: "call off", steps.Sound: "sound",
    steps.PassOn: "pass on", steps.Attach: "attach", steps.Aside: "aside", steps.Quiet: "quiet",
}  # fmt: skip


def _details(step: Step) -> Sequence[str]:
    form = step.standing.form
    match step:
        case steps.Ask() if form is not None:
            return [form.intent, form.asking, *(["with help"] if step.with_help else [])]
        case steps.Confirm() if form is not None:
            return [form.intent]
        case steps.Do(form=ready):
            return [ready.intent, *(["about", ready.about] if ready.about else [])]
        case steps.Amend():
            return [step.subject.about, *step.values]
        case steps.ShowMenu():
            return [step.phrase.name, *step.menu.options]
        case steps.Say():
            return [step.phrase.name]
        case steps.Inform():
            return [outline(step.otherwise)]
        case steps.HandOver():
            return [step.intent, step.words.replace("\n", " / ")]
        case steps.Join() | steps.PassOn():
            return [step.words] if step.words else ["the photo"]
        case steps.Sound():
            return [step.intent]
        case steps.Attach():
            return [step.about]
        case steps.Aside():
            return [f"({outline(step.first)}) back to {step.form.intent}"]
    return []


def stage(step: Step) -> Stage | None:
    """Return how far the form has come that stands open after a step."""
    return step.standing.form.stage if step.standing.form else None
