"""What a new wish leads to, as rows: what is said, and the step in one line (town.outline). No database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue import steps
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.said import Said
from bot.dialogue.standing import Standing
from tests.dialogue.town import (
    AT_THREE,
    CALM,
    FACTS,
    LAMP,
    LAMP_DONE,
    MISSED,
    NOW,
    SENT,
    STRANGER,
    guessed,
    next_step,
    perhaps,
    surely,
    touched,
    words,
)

WISHES: list[tuple[Said, Facts, str]] = [
    (surely("楼道的灯不亮", "lamp.report"), FACTS, "do lamp.report"),
    (surely("路灯坏了", "lamp.report"), FACTS, "understood.sure; ask lamp.report place"),
    (surely("要报灯坏", "lamp.report", 1.0), FACTS, "ask lamp.report place"),  # only names the wish: nothing to say back
    (touched("lamp.report"), FACTS, "ask lamp.report place"),
    (touched("lamp.report", "和苑小区东门"), FACTS, "do lamp.report"),
    (surely("物业几点上班", "faq.hours"), FACTS, "do faq.hours"),
    (surely("寄给王芳，明天下午三点，大箱子", "parcel.send"), FACTS, "confirm parcel.send"),
    (surely("寄给王芳，昨天下午三点，大箱子", "parcel.send"), FACTS, "understood.sure; form.past; ask parcel.send starts_at"),
    (surely("转人工投诉", "handoff.human"), FACTS, "hand over handoff.human 转人工投诉"),
    (surely("楼上太吵了", "noise.report"), FACTS, "do noise.report"),
    (surely("登记人口，三个人", "meter.read"), FACTS, "do meter.read"),
    (surely("登记人口，三个人", "meter.read"), STRANGER, "heard; flat.first; ask identity.bind building"),
    (touched("meter.read"), STRANGER, "flat.first; ask identity.bind building"),
    (surely("解除绑定", "identity.unbind"), STRANGER, "say flat.none"),
    (surely("解除绑定", "identity.unbind"), FACTS, "confirm identity.unbind"),
]


@pytest.mark.parametrize(("said", "facts", "step"), WISHES)
def test_a_plain_wish_starts_with_what_it_says_already(said: Said, facts: Facts, step: str) -> None:
    assert next_step(CALM, said, facts) == step


# ------------------------------------------------------------------ guesses


GUESSES: list[tuple[Said, str]] = [
    # plausible and harmless: begun, with what was understood
    (perhaps("门口灯好暗", lamp__report=0.7), "understood; ask lamp.report place"),
    (perhaps("门口灯好暗", lamp__report=0.7, parcel__send=0.4), "understood; ask lamp.report place"),
    (perhaps("楼道黑漆漆的", lamp__report=0.5), "understood; confirm lamp.report"),  # it would act: read back first
    (perhaps("楼道黑漆漆的", lamp__report=0.6), "do lamp.report"),  # likelier still, and soon called off again
    (perhaps("楼道黑漆漆的吗？", lamp__report=0.6), "inform, else understood; confirm lamp.report"),
    (perhaps("有人上班的时候", faq__hours=0.6), "do faq.hours"),  # changes nothing
    (perhaps("我的那些包裹", parcel__list=0.6), "do parcel.list"),
    (perhaps("人多吵闹", noise__report=0.45), "do noise.report"),  # people read it anyway
    (perhaps("人多吵闹", noise__report=0.4), "say offer.office"),
    # a menu only of what is really close
    (perhaps("看看灯和包裹", lamp__report=0.5, parcel__send=0.4), "menu clarify lamp.report parcel.send"),
    (perhaps("看看灯和包裹", lamp__report=0.3, parcel__send=0.25), "menu clarify lamp.report parcel.send"),
    (perhaps("看看", lamp__report=0.5, parcel__send=0.45, visit__order=0.44, faq__hours=0.43),
     "menu clarify lamp.report parcel.send visit.order"),
    # never a person, a danger that is hardly likely, or what belongs to something that is not there
    (perhaps("灯和经理", lamp__report=0.5, handoff__human=0.45), "understood; ask lamp.report place"),
    (perhaps("灯好烫", emergency__fire=0.39, lamp__report=0.35), "say unsure"),
    (perhaps("灯那个", lamp__cancel=0.5, lamp__report=0.45), "understood; ask lamp.report place"),
    # what is said in passing, where a wish is hardly likelier
    (perhaps("老头子走了三天了", smalltalk__grief=0.4, lamp__report=0.36), "do smalltalk.grief"),
    (perhaps("老头子走了三天了", lamp__report=0.36, smalltalk__grief=0.35), "say unsure"),  # nobody hears of their loss for nothing
    (perhaps("楼道真是麻烦你们了", lamp__report=0.36, smalltalk__thanks=0.35), "do smalltalk.thanks"),
    (perhaps("老头子走了三天了", lamp__report=0.36, smalltalk__grief=0.2), "say unsure"),
    (perhaps("楼道黑漆漆的真是谢谢", lamp__report=0.7, smalltalk__thanks=0.6), "do lamp.report"),
    (perhaps("好烫啊谢谢", emergency__fire=0.39, smalltalk__thanks=0.35), "say unknown"),
    # a danger is asked about, whoever asks
    (perhaps("沙发那个呢", emergency__fire=0.47, faq__hours=0.25), "inform, else say unsure"),
    # a person, where that is what is most likely wished
    (perhaps("帮我叫一下管家", handoff__human=0.6), "hand over handoff.human 帮我叫一下管家"),
    (perhaps("经理", handoff__human=0.3), "say unknown.fragment"),  # the rest is still being typed
    (perhaps("上次那位经理", handoff__human=0.3), "say unknown"),
    # hardly likely: asked with a yes or no; less still: not understood
    (perhaps("门口有点那个", lamp__report=0.35), "say unsure"),
    (perhaps("好烫啊", emergency__fire=0.6), "say unsure"),
    (perhaps("嘀嗒嘀嗒", lamp__report=0.15), "say unknown"),
    (words("宇宙那么大"), "say unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "step"), GUESSES)
def test_a_wish_that_is_not_plain_is_begun_asked_back_or_not_understood(said: Said, step: str) -> None:
    assert next_step(CALM, said) == step


NODDED: list[tuple[Said, str]] = [
    (perhaps("中 我这就过去", faq__hours=0.2), "say acknowledged"),
    (perhaps("行 到时候让她自己来", parcel__send=0.45), "say acknowledged"),
    (words("好嘞 我下楼看着点"), "say acknowledged"),
    (perhaps("好 给王芳寄个箱子", parcel__send=0.6), "understood; ask parcel.send recipient"),
    (words("好 那多少钱一张？"), "inform, else say dont_know"),
    (words("对了 我家那只猫"), "say unknown"),
    (words("1"), "say unknown"),
]


@pytest.mark.parametrize(("said", "step"), NODDED)
def test_who_says_yes_and_what_they_do_themselves_gets_a_nod(said: Said, step: str) -> None:
    assert next_step(CALM, said) == step


def test_no_menu_of_what_is_hardly_likely_is_shown_to_who_goes_on_about_something_done() -> None:
    said = perhaps("已经往那边走了", lamp__report=0.22, parcel__send=0.21)

    assert next_step(Standing(subjects=(SENT,)), said) == "say unknown.after"
    assert next_step(CALM, said) == "menu clarify lamp.report parcel.send"


def test_what_belongs_to_something_done_is_a_choice_for_whoever_has_it() -> None:
    said = perhaps("灯那个不用了", lamp__cancel=0.5, lamp__report=0.45)

    assert (
        next_step(LAMP_DONE, perhaps("灯那个", lamp__cancel=0.5, lamp__report=0.45)) == "understood; ask lamp.report place"
    )  # calls nothing off
    assert next_step(LAMP_DONE, said) == "menu clarify lamp.cancel lamp.report"


def test_a_guess_leaves_a_way_elsewhere() -> None:
    begun = decide(CALM, perhaps("门口灯好暗", lamp__report=0.7, parcel__send=0.4), FACTS).standing

    assert begun.elsewhere is not None
    assert (begun.elsewhere.options, begun.elsewhere.with_person) == (("parcel.send",), True)
    left = decide(begun, words("0"), FACTS)
    assert (left.standing.form, left.standing.menu) == (None, begun.elsewhere)
    assert next_step(left.standing, words("寄包裹")) == "understood.sure; ask parcel.send recipient"


def test_nought_after_a_guess_without_others_leads_to_free_words() -> None:
    assert next_step(guessed("lamp.report"), words("0")) == "say elsewhere.free"
    assert next_step(guessed("lamp.report", "parcel.send"), words("0")) == "menu elsewhere parcel.send"


def test_nought_after_something_was_only_shown_leads_elsewhere_too() -> None:
    shown = decide(CALM, perhaps("有人上班的时候", faq__hours=0.6, lamp__report=0.3), FACTS).standing

    assert next_step(shown, words("0")) == "menu elsewhere lamp.report"


PASSED_OVER: list[tuple[Said, str]] = [
    (words("好的"), "do lamp.report"),
    (words("对，谢谢"), "do lamp.report"),
    (words("不对"), "say form.change"),
    (words("算了"), "say form.cancelled"),
    (words("车库的"), "do lamp.report"),
    (surely("我要寄包裹", "parcel.send", 1.0), "ask parcel.send recipient"),
    (words("我是说我家那只猫"), "say unknown"),
]


@pytest.mark.parametrize(("said", "step"), PASSED_OVER)
def test_a_guess_that_was_read_back_needs_a_yes_and_is_dropped_when_passed_over(said: Said, step: str) -> None:
    assert next_step(guessed("lamp.report", place="楼道"), said) == step


# ------------------------------------------------------------------ questions


QUESTIONS: list[tuple[Said, Facts, str]] = [
    (
        perhaps("我新来的，3栋2单元501，要登记啥不？", meter__read=0.3, identity__bind=0.2),
        STRANGER,
        "understood; confirm identity.bind",
    ),
    (perhaps("我新来的，3栋2单元501，要登记啥不？", meter__read=0.3, identity__bind=0.2), FACTS, "inform, else say dont_know"),
    (perhaps("不会又修不好吧", lamp__chase=0.7), FACTS, "inform, else say dont_know"),  # what is dreaded is not pressed for
    (words("门禁卡多少钱一张？"), FACTS, "inform, else say dont_know"),
    (words("门禁卡多少钱一张？", known=0.4), FACTS, "inform, else say dont_know"),
    (words("门禁卡丢了", known=0.8), FACTS, "inform, else say unknown"),
    (surely("楼道的灯一直晃 会不会掉下来", "lamp.report"), FACTS, "do lamp.report"),  # told, and only dreaded
    (surely("楼道的灯怎么报修？", "lamp.report"), FACTS, "inform, else do lamp.report"),
    (words("门禁卡丢了", known=0.4), FACTS, "say unknown"),
    (perhaps("啥时候有人？", faq__hours=0.6), FACTS, "inform, else do faq.hours"),
    (surely("物业几点上班？", "faq.hours"), FACTS, "do faq.hours"),
    (surely("包裹怎么寄？", "parcel.send"), FACTS, "inform, else understood.sure; ask parcel.send recipient"),
    (surely("怎么解除绑定？", "identity.unbind"), FACTS, "inform, else confirm identity.unbind"),  # read back, it tells how
    (surely("怎么解除绑定？", "identity.unbind"), STRANGER, "inform, else say flat.none"),
    (surely("解除绑定要几天？", "identity.unbind"), FACTS, "inform, else say dont_know"),  # a question is no order
    (perhaps("我现在绑了哪几套？", identity__unbind=0.6), FACTS, "inform, else say unsure"),
    (perhaps("灯归谁管？", lamp__report=0.35), FACTS, "inform, else say dont_know"),
]


@pytest.mark.parametrize(("said", "facts", "step"), QUESTIONS)
def test_a_question_is_answered_first_and_never_taken_for_an_order(said: Said, facts: Facts, step: str) -> None:
    assert next_step(CALM, said, facts) == step


def test_what_nobody_knows_is_a_word_away_from_the_office() -> None:
    step = decide(CALM, words("门禁卡多少钱一张？"), FACTS)

    assert isinstance(step, steps.Inform)
    assert next_step(step.otherwise.standing, words("好的")) == "hand over handoff.human 门禁卡多少钱一张？"


def test_the_knowledge_answers_before_an_intent_that_is_less_sure() -> None:
    known = words("门禁卡丢了", known=0.99).heard.known
    wish = surely("门禁卡丢了", "lamp.report", 0.9)
    said = replace(wish, heard=replace(wish.heard, known=known))

    assert next_step(CALM, said) == "inform, else understood.sure; ask lamp.report place"


# ------------------------------------------------------------------ not understood


def test_the_second_miss_in_a_row_offers_a_person_with_all_that_was_said() -> None:
    first = decide(CALM, words("咕噜咕噜"), FACTS)
    second = decide(first.standing, words("滴答滴答"), FACTS)

    assert (next_step(CALM, words("咕噜咕噜")), next_step(first.standing, words("滴答滴答"))) == (
        "say unknown",
        "say misses.person",
    )
    assert next_step(second.standing, words("要")) == "hand over handoff.human 咕噜咕噜 / 滴答滴答"


def test_who_is_understood_begins_anew() -> None:
    served = decide(MISSED, surely("楼道的灯不亮", "lamp.report"), FACTS)

    assert served.standing.misses == 0


def test_a_miss_is_marked_for_whoever_writes_intents() -> None:
    step = decide(CALM, words("咕噜咕噜"), FACTS)

    assert isinstance(step, steps.Say)
    assert (step.is_miss, step.text) == (True, "咕噜咕噜")


# ------------------------------------------------------------------ several wishes


def test_two_wishes_of_a_message_are_told_and_served_the_urgent_first() -> None:
    urgent = surely("路灯坏了，马上来", "lamp.report").heard
    step = decide(CALM, surely("我要寄包裹", "parcel.send", 0.95, urgent), FACTS)

    assert step.before[0].name == "two.wishes"
    assert step.before[0].values["titles"].startswith("两件：报灯坏")
    assert step.standing.form is not None
    assert (step.standing.form.intent, step.standing.form.outer and step.standing.form.outer.intent) == (
        "lamp.report",
        "parcel.send",
    )


def test_the_second_wish_comes_when_the_first_is_done() -> None:
    step = decide(CALM, surely("楼道的灯不亮", "lamp.report", 0.95, surely("我要寄包裹", "parcel.send").heard), FACTS)

    assert isinstance(step, steps.Do)
    assert step.form.outer is not None
    assert (step.form.outer.intent, step.form.outer.words) == ("parcel.send", ("我要寄包裹",))


def test_who_has_no_flat_is_asked_for_it_once_and_all_wishes_wait() -> None:
    more = surely("楼道的灯不亮", "lamp.report").heard
    step = decide(CALM, surely("登记人口，三个人", "meter.read", 0.95, more), STRANGER)

    assert next_step(CALM, surely("登记人口，三个人", "meter.read", 0.95, more), STRANGER) == (
        "two.wishes; heard; flat.first; ask identity.bind building"
    )
    assert step.standing.form is not None
    waiting = step.standing.form.outer
    assert waiting is not None
    assert (waiting.intent, waiting.outer and waiting.outer.intent) == ("meter.read", "lamp.report")


def test_the_resident_s_own_words_open_the_form() -> None:
    step = decide(CALM, surely("路灯坏了", "lamp.report"), FACTS)

    assert step.standing.form is not None
    assert step.standing.form.words == ("路灯坏了",)


def test_a_time_told_and_not_wished_stops_no_report() -> None:
    step = decide(CALM, surely("楼道的灯从昨天晚上八点开始不亮", "lamp.report"), FACTS)

    assert isinstance(step, steps.Do)
    assert "comes_at" not in step.form.values


def test_an_old_subject_is_no_reason_to_offer_its_end() -> None:
    old = Standing(subjects=(replace(LAMP, at=NOW - timedelta(hours=2), values={"place": "楼道", "comes_at": AT_THREE}),))

    assert next_step(old, surely("车库的灯不亮", "lamp.report")) == "do lamp.report"
