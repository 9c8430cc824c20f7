"""What is done next, in order: alarms, a person who has the word, what was shown or asked, what is said in passing. No database.

A row is: how the talk stands, what is said, the step in one line (town.outline).
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue import forms, steps
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Stage
from bot.dialogue.said import Picture, Place, Said, Unseen, Words
from bot.dialogue.standing import Person, Standing
from bot.language.danger.judge import Judge
from bot.language.danger.odds import Odds
from tests.dialogue.town import (
    AFTER_ALARM,
    ALARMED,
    AT_THREE,
    CALM,
    CATALOGUE,
    FACTS,
    LAMP,
    LAMP_ASKED,
    LAMP_DONE,
    MENU,
    MISSED,
    NOW,
    PARCEL_READ_BACK,
    QUESTION,
    SENT,
    TAKEN,
    UNBIND_READ_BACK,
    UNSURE,
    WAITING,
    asking,
    guessed,
    next_step,
    perhaps,
    stage,
    surely,
    touched,
    words,
)

FIRE = surely("厨房着火了", "emergency.fire")
PHOTO, EAST_GATE = Picture(), Place(label="东门")
FILM = Unseen(phrase="video.unseen", what="[视频]")
#: Which of two: asked by an action, answered by a number.
WHICH = forms.ask_back(
    forms.begin(CATALOGUE.intents["parcel.cancel"], {}), "parcel", {"p7": "给王芳的", "p8": "给李雷的"}, "哪一个？", ""
)
EVERYTHING = [
    CALM, LAMP_DONE, WAITING, TAKEN, LAMP_ASKED, PARCEL_READ_BACK, UNBIND_READ_BACK, MENU, UNSURE, QUESTION, MISSED,
    guessed("lamp.report", "parcel.send"), replace(CALM, expired=LAMP_ASKED.form),
]  # fmt: skip


# ------------------------------------------------------------------ alarms


@pytest.mark.parametrize("standing", EVERYTHING)
def test_an_alarm_cuts_through_whatever_stands(standing: Standing) -> None:
    assert next_step(standing, FIRE) == "sound emergency.fire"


def test_after_an_alarm_what_was_read_back_is_read_back_again_before_a_yes_counts() -> None:
    told = decide(PARCEL_READ_BACK, FIRE, FACTS)

    assert stage(told) is Stage.REREAD
    assert next_step(told.standing, words("好的")) == "confirm parcel.send"


@pytest.mark.parametrize("said", [words("火灭了"), PHOTO, EAST_GATE])
def test_what_belongs_to_an_alarm_stands_between_what_was_read_back_and_a_yes(said: Said) -> None:
    passed_on = decide(PARCEL_READ_BACK, said, ALARMED)

    assert isinstance(passed_on, steps.PassOn)
    assert next_step(passed_on.standing, words("好的")) == "confirm parcel.send"


LATER = FACTS.now + timedelta(minutes=15)

#: A judge to whom nothing is far from danger.
NEAR = Judge(odds=Odds(bias=-40))

AFTER: list[tuple[Standing, Said, Facts, str]] = [
    (AFTER_ALARM, words("在最里面那间"), ALARMED, "pass on 在最里面那间"),
    (AFTER_ALARM, words("误报"), ALARMED, "pass on 误报"),
    (AFTER_ALARM, surely("消防到了，火灭了", "emergency.fire"), ALARMED, "pass on 消防到了，火灭了"),
    (AFTER_ALARM, surely("火灭了，可是我妈晕倒了", "emergency.fire"), ALARMED, "sound emergency.fire"),
    (AFTER_ALARM, PHOTO, ALARMED, "pass on the photo"),
    (AFTER_ALARM, EAST_GATE, ALARMED, "pass on [位置] 东门"),
    (AFTER_ALARM, surely("谢谢", "smalltalk.thanks"), ALARMED, "pass on 谢谢"),
    (AFTER_ALARM, surely("楼道的灯不亮", "lamp.report"), ALARMED, "do lamp.report"),
    (AFTER_ALARM, surely("楼道的灯不亮", "lamp.report"), replace(ALARMED, is_alarm_calm=True), "pass on 楼道的灯不亮"),
    (AFTER_ALARM, surely("楼道的灯不亮", "lamp.report"), replace(ALARMED, names_place=True), "pass on 楼道的灯不亮"),
    (replace(AFTER_ALARM, form=LAMP_ASKED.form), words("楼道门口"), ALARMED, "do lamp.report"),
    (replace(AFTER_ALARM, form=WHICH), words("2"), ALARMED, "do parcel.cancel"),
    (replace(AFTER_ALARM, form=LAMP_ASKED.form), words("好怕呀"), ALARMED, "pass on 好怕呀"),
    (replace(AFTER_ALARM, form=LAMP_ASKED.form), words("算了"), ALARMED, "say form.cancelled"),
    (AFTER_ALARM, words("算了"), ALARMED, "pass on 算了"),
    (AFTER_ALARM, words("在最里面那间"), FACTS, "say unknown"),  # staff have closed it
    (LAMP_ASKED.alarmed("K3M9", LATER), words("楼道门口"), ALARMED, "pass on 楼道门口"),
    (LAMP_ASKED.alarmed("K3M9", LATER), words("继续"), ALARMED, "ask lamp.report place"),
    (LAMP_ASKED.alarmed("K3M9", LATER), words("楼道门口"), FACTS, "do lamp.report"),
    (AFTER_ALARM, surely("楼道的灯不亮", "lamp.report"), replace(ALARMED, judge=NEAR), "pass on 楼道的灯不亮"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "facts", "step"), AFTER)
def test_what_is_said_after_an_alarm_belongs_to_it_unless_it_plainly_does_not(
    standing: Standing, said: Said, facts: Facts, step: str
) -> None:
    assert next_step(standing, said, facts) == step


NUMBERS = [
    (CALM, "120", "menu emergency.number emergency.fire"),
    (asking("parcel.send", recipient="王芳", starts_at=AT_THREE), "110", "emergency.call; ask parcel.send box"),
    (LAMP_ASKED, "119！", "emergency.call; ask lamp.report place"),
]


@pytest.mark.parametrize(("standing", "text", "step"), NUMBERS)
def test_a_number_that_one_calls_is_told_what_it_is(standing: Standing, text: str, step: str) -> None:
    assert next_step(standing, words(text)) == step


# ------------------------------------------------------------------ a person


@pytest.mark.parametrize(
    "said", [words("好的"), surely("楼道的灯不亮", "lamp.report"), PHOTO, EAST_GATE, FILM, words("人工"), words("取消")]
)
@pytest.mark.parametrize("standing", [CALM, LAMP_ASKED, PARCEL_READ_BACK, MENU, QUESTION, LAMP_DONE])
def test_the_bot_keeps_still_while_a_person_has_the_word(standing: Standing, said: Said) -> None:
    assert next_step(replace(standing, person=Person.TAKEN), said) == "quiet"


@pytest.mark.parametrize(
    ("standing", "step"), [(QUESTION, "say acknowledged"), (MENU, "say acknowledged"), (PARCEL_READ_BACK, "confirm parcel.send")]
)
def test_a_yes_after_a_person_had_the_word_answers_nothing_asked_before(standing: Standing, step: str) -> None:
    quiet = decide(replace(standing, person=Person.TAKEN), words("你们明天来吧"), FACTS)

    assert next_step(replace(quiet.standing, person=Person.NONE), words("好的")) == step


def test_a_yes_to_the_staff_confirms_nothing_afterwards() -> None:
    quiet = decide(replace(PARCEL_READ_BACK, person=Person.TAKEN), words("好的"), FACTS)

    assert next_step(replace(quiet.standing, person=Person.NONE), words("好的")) == "confirm parcel.send"


MEANWHILE: list[tuple[Said, str]] = [
    (perhaps("谢谢你啊", smalltalk__thanks=0.7), "do smalltalk.thanks"),
    (words("就是昨晚那件事"), "join 就是昨晚那件事"),
    (perhaps("门口灯好暗", lamp__report=0.35), "join 门口灯好暗"),
    (surely("楼上太吵了", "noise.report"), "join 楼上太吵了"),  # people answer it anyway
    (surely("楼道的灯不亮", "lamp.report"), "do lamp.report"),
    (surely("物业几点上班", "faq.hours"), "do faq.hours"),
    (words("还要等多久？"), "join 还要等多久？"),
    (words("还要等多久？", known=0.8), "inform, else join 还要等多久？"),
    (PHOTO, "join the photo"),
    (EAST_GATE, "join [位置] 东门"),
    (FILM, "join [视频]"),
    (words("不用了"), "call off"),
    (words("[动画表情]"), "say acknowledged"),
    (words("好的，谢谢"), "say acknowledged"),
    (surely("谢谢", "smalltalk.thanks"), "do smalltalk.thanks"),
    (surely("老伴走了", "smalltalk.grief"), "join 老伴走了"),
]


@pytest.mark.parametrize(("said", "step"), MEANWHILE)
def test_while_a_person_is_waited_for_all_joins_what_waits_and_a_plain_wish_is_served(said: Said, step: str) -> None:
    assert next_step(WAITING, said) == step


def test_a_person_is_given_also_what_was_said_in_vain_before() -> None:
    assert next_step(replace(MISSED, offer=None), words("找人工")) == "hand over handoff.human 咕噜咕噜 / 滴答滴答 / 找人工"


# ------------------------------------------------------------------ what was shown or asked


CHOSEN = [
    (QUESTION, "那当我没说", "say acknowledged"),
    (QUESTION, "不用了 南方没暖气", "say acknowledged"),
    (UNSURE, "拉倒吧 我自己弄", "say acknowledged"),
    (MENU, "1", "understood.sure; ask lamp.report place"),
    (MENU, "灯的那个", "understood.sure; ask lamp.report place"),
    (MENU, "寄包裹", "understood.sure; ask parcel.send recipient"),
    (MENU, "3", "hand over handoff.human 帮忙看看灯和包裹"),
    (MENU, "99", "say unknown"),
    (UNSURE, "是的", "understood.sure; ask lamp.report place"),
    (UNSURE, "不是", "say acknowledged"),
    (UNSURE, "不用", "say acknowledged"),
    (QUESTION, "好的", "hand over handoff.human 门禁卡多少钱一张"),
    (QUESTION, "👌", "hand over handoff.human 门禁卡多少钱一张"),
    (QUESTION, "那帮我问问呗", "hand over handoff.human 门禁卡多少钱一张"),
    (QUESTION, "好，顺便问下要几天", "hand over handoff.human 门禁卡多少钱一张 / 好，顺便问下要几天"),
    (
        QUESTION,
        "帮我问下物业，还想知道补办要带什么",
        "hand over handoff.human 门禁卡多少钱一张 / 帮我问下物业，还想知道补办要带什么",
    ),
    (QUESTION, "行了，不用了", "say acknowledged"),
    (QUESTION, "不用了", "say acknowledged"),
    (QUESTION, "不必麻烦", "say acknowledged"),
    (QUESTION, "没 我先问问", "say acknowledged"),
    (QUESTION, "红色的那张", "say dont_know.more"),
    (MISSED, "要", "hand over handoff.human 咕噜咕噜 / 滴答滴答"),
]


@pytest.mark.parametrize(("standing", "text", "step"), CHOSEN)
def test_what_was_shown_or_offered_is_taken_up_or_refused(standing: Standing, text: str, step: str) -> None:
    assert next_step(standing, words(text)) == step


def test_a_question_handed_over_by_a_yes_is_asked_as_a_question() -> None:
    step = decide(QUESTION, words("好的"), FACTS)

    assert isinstance(step, steps.HandOver)
    assert (step.is_question, step.standing.offer) == (True, None)


def test_what_is_added_to_a_question_goes_with_it() -> None:
    more = decide(QUESTION, words("红色的那张"), FACTS)

    assert next_step(more.standing, words("好的")) == "hand over handoff.human 门禁卡多少钱一张，红色的那张"


def test_what_comes_to_mind_is_no_yes() -> None:
    assert next_step(QUESTION, surely("对了，楼道的灯不亮", "lamp.report")) == "do lamp.report"


@pytest.mark.parametrize("standing", [MENU, UNSURE, QUESTION, MISSED])
def test_an_offer_passed_over_is_dropped(standing: Standing) -> None:
    step = decide(standing, surely("楼道的灯不亮", "lamp.report"), FACTS)

    assert isinstance(step, steps.Do)
    assert (step.standing.menu, step.standing.offer, step.standing.misses) == (None, None, 0)


# ------------------------------------------------------------------ in passing


PASSING = [
    (CALM, words("[动画表情]"), "say sticker"),
    (CALM, words("🌹"), "say acknowledged"),
    (CALM, words("😭"), "say emoji.sad"),
    (CALM, words("好的"), "say acknowledged"),
    (CALM, surely("谢谢", "smalltalk.thanks"), "do smalltalk.thanks"),
    (CALM, words("算了"), "say form.nothing"),
    (CALM, perhaps("算了不问了 我自己去看", lamp__cancel=0.7), "say acknowledged"),
    (LAMP_DONE, words("随时来都行"), "say at_ease"),
    (CALM, words("转人工"), "hand over handoff.human 转人工"),
    (CALM, Words(heard=words("").heard, is_spoken=True), "say voice.unheard"),
    (CALM, FILM, "say video.unseen"),
    (LAMP_ASKED, FILM, "video.unseen; ask lamp.report place"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), PASSING)
def test_what_is_said_in_passing_is_answered_in_passing(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


SORROW = replace(CALM, listens="smalltalk.grief")
LISTENED = [
    (perhaps("把他那个取下来吧 我弄不来", lamp__cancel=0.45), "hand over handoff.human 把他那个取下来吧 我弄不来"),
    (perhaps("谢谢你啊", smalltalk__thanks=0.7), "do smalltalk.thanks"),
    (words("他那双拖鞋还在门口"), "say listening"),
    (perhaps("他那双拖鞋还在门口", lamp__report=0.35), "say listening"),
    (words("😭"), "say listening"),
    (perhaps("门口灯好暗", lamp__report=0.7), "understood; ask lamp.report place"),
    (surely("楼道的灯不亮", "lamp.report"), "do lamp.report"),
    (words("他的卡怎么退"), "inform, else say dont_know"),
    (words("找人工"), "hand over handoff.human 找人工"),
    (FIRE, "sound emergency.fire"),
]


@pytest.mark.parametrize(("said", "step"), LISTENED)
def test_whoever_grieves_is_listened_to_unless_they_wish_for_something(said: Said, step: str) -> None:
    assert next_step(SORROW, said) == step


def test_grief_is_listened_to_until_something_else_is_spoken_of() -> None:
    grieves = decide(CALM, surely("老伴走了", "smalltalk.grief"), FACTS).standing
    asked = decide(grieves, surely("楼道的灯不亮", "lamp.report"), FACTS).standing

    assert (grieves.listens, asked.listens) == ("smalltalk.grief", "")


def test_a_courtesy_is_no_miss() -> None:
    assert decide(replace(MISSED, offer=None), words("好的好的"), FACTS).standing.misses == 0


# ------------------------------------------------------------------ photos and places


PICTURES: list[tuple[Standing, Said, str]] = [
    (LAMP_ASKED, PHOTO, "photo.received; ask lamp.report place"),
    (PARCEL_READ_BACK, PHOTO, "photo.not_now; confirm parcel.send"),
    (LAMP_DONE, PHOTO, "attach lamp:7"),
    (Standing(subjects=(LAMP, replace(LAMP, about="lamp:9"))), PHOTO, "menu photo.which lamp:7 lamp:9"),
    (Standing(subjects=(SENT, LAMP)), PHOTO, "attach lamp:7"),  # a parcel takes no photos
    (CALM, PHOTO, "say photo.what.free"),
    (CALM, EAST_GATE, "menu place.what lamp.report visit.order"),
    (LAMP_ASKED, EAST_GATE, "do lamp.report"),
    (PARCEL_READ_BACK, EAST_GATE, "place.not_now; confirm parcel.send"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), PICTURES)
def test_photos_and_places_belong_to_what_is_open_or_was_done(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


def test_whoever_says_which_of_two_things_photos_are_about_is_heard() -> None:
    asked = decide(Standing(subjects=(LAMP, replace(LAMP, about="lamp:9", called="车库的灯"))), PHOTO, FACTS)

    assert next_step(asked.standing, words("2")) == "attach lamp:9"
    assert next_step(asked.standing, words("车库的")) == "attach lamp:9"


def test_a_place_sent_before_a_wish_is_used_for_it_once() -> None:
    sent = decide(CALM, EAST_GATE, FACTS).standing
    step = decide(sent, surely("路灯坏了", "lamp.report"), FACTS)

    assert isinstance(step, steps.Do)
    assert (step.form.values["place"], step.standing.spot) == ("东门", None)


def test_what_is_said_with_a_wish_goes_before_a_place_sent_earlier() -> None:
    step = decide(replace(CALM, spot=(NOW, "东门")), surely("车库的路灯坏了", "lamp.report"), FACTS)

    assert isinstance(step, steps.Do)
    assert "车库" in str(step.form.values["place"])


# ------------------------------------------------------------------ all of it


def test_the_town_of_these_tests_has_no_faults() -> None:
    assert [problem for problem in CATALOGUE.problems if problem.severity == "error"] == []


def test_a_menu_entry_touched_leaves_the_menu_shown_before() -> None:
    assert next_step(MENU, touched("parcel.send")) == "ask parcel.send recipient"
