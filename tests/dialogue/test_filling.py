"""What is said while a form is open, as rows: how the talk stands, what is said, the step in one line (town.outline). No database."""

from dataclasses import replace

import pytest

from bot.dialogue import forms, steps
from bot.dialogue.decide import decide
from bot.dialogue.facts import Facts
from bot.dialogue.forms import Stage
from bot.dialogue.said import Said
from bot.dialogue.standing import Standing
from bot.language.kinds.kind import SKIPPED
from tests.dialogue.town import (
    AT_THREE,
    CATALOGUE,
    FACTS,
    LAMP_ASKED,
    NOW,
    PARCEL,
    PARCEL_READ_BACK,
    STRANGER,
    UNBIND_READ_BACK,
    asking,
    guessed,
    next_step,
    outline,
    perhaps,
    stage,
    surely,
    touched,
    words,
)

WHO = asking("parcel.send")
WHEN = asking("parcel.send", recipient="王芳")
BOX = asking("parcel.send", recipient="王芳", starts_at=AT_THREE)
PEOPLE = asking("meter.read")
NOTE = replace(BOX, form=forms.ask(replace(PARCEL_READ_BACK.form, values=PARCEL), CATALOGUE.intents["parcel.send"].slots[3]))
LAMP_WAITS = asking("parcel.send", outer=LAMP_ASKED.form)
BINDING = asking("identity.bind", outer=asking("meter.read", people=3).form)
ONE_MORE_TRY = replace(WHEN, form=replace(WHEN.form, tries=1))
STUCK = replace(WHEN, form=replace(WHEN.form, tries=2))
VISIT = CATALOGUE.intents["visit.order"]
VISIT_TOOL = Standing(form=forms.ask(forms.begin(VISIT, {"date": AT_THREE, "spot": "东门"}), VISIT.slots[1]))
VISIT_SPOT = asking("visit.order", date=AT_THREE, tool="saw")
PUT_AWAY = Standing(expired=WHEN.form)

ANSWERS: list[tuple[Standing, Said, str]] = [
    (WHO, words("王芳"), "form.got; ask parcel.send starts_at"),
    (WHEN, words("明天下午三点"), "form.got; ask parcel.send box"),
    (WHEN, words("1"), "form.got; ask parcel.send box"),  # a suggestion, by its number
    (WHEN, words("昨天下午三点"), "form.past; ask parcel.send starts_at"),
    (BOX, words("2"), "form.got; ask parcel.send note"),
    (NOTE, words("无"), "confirm parcel.send"),
    (NOTE, words("轻拿轻放"), "confirm parcel.send"),
    (WHO, words("王芳，大箱子"), "form.got; ask parcel.send starts_at"),
    (WHO, words("大箱子"), "form.kept; ask parcel.send recipient"),
    (WHEN, words("不是王芳是李雷"), "form.noted; ask parcel.send starts_at"),
    (LAMP_ASKED, words("楼道"), "do lamp.report"),
    (LAMP_ASKED, surely("物业上班的门口", "faq.hours", 0.9), "do lamp.report"),  # words for a place, whatever is spoken of there
]  # fmt: skip

LEAVING: list[tuple[Standing, Said, str]] = [
    (UNBIND_READ_BACK, words("那先别动 月底再说"), "say form.cancelled"),
    (UNBIND_READ_BACK, surely("先别解绑", "identity.unbind"), "say form.cancelled"),
    (guessed("identity.unbind"), surely("那先别删 留着吧", "identity.unbind"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("那先莫下 月底那天再说"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("先莫慌"), "say form.cancelled"),
    (UNBIND_READ_BACK, surely("那先不解绑 楼道的灯不亮", "lamp.report"), "form.cancelled; do lamp.report"),  # for what is surely wished
    (WHEN, words("取消"), "say form.cancelled"),
    (WHEN, words("点错了"), "say form.cancelled"),
    (WHEN, words("不好意思，点错了"), "say form.cancelled"),
    (WHEN, words("不弄了"), "say form.cancelled"),
    (WHEN, words("我已经约过了"), "say form.cancelled"),
    (PARCEL_READ_BACK, words("改天再说"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("不同意"), "say form.cancelled"),  # a no in whatever words, where nothing could be changed instead
    (UNBIND_READ_BACK, words("我没说要解绑"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("不"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("拒绝，你们搞错了"), "say form.cancelled"),
    (UNBIND_READ_BACK, words("我再想想"), "say form.cancelled"),  # what cannot be undone
    (WHEN, surely("包裹不寄了", "parcel.cancel"), "say form.cancelled"),
    (WHEN, words("转人工"), "hand over handoff.human 转人工"),
    (STUCK, words("好的"), "hand over handoff.human "),  # the person just offered
    (LAMP_ASKED, words("厂家会弄 不用来了"), "say form.cancelled"),  # what is said after a report, too
    (LAMP_WAITS, words("取消"), "form.cancelled; ask lamp.report place"),
    (BINDING, words("取消"), "say form.cancelled"),  # without a flat what needs one is not resumed
]  # fmt: skip

WAITS: list[tuple[Standing, Said, str]] = [
    (WHEN, words("等一下"), "say form.no_hurry"),
    (WHEN, words("嗯…"), "say form.no_hurry"),
    (WHEN, words("[动画表情]"), "sticker; ask parcel.send starts_at"),
    (WHEN, words("🌹"), "ask parcel.send starts_at"),
    (WHEN, words("还没定"), "say form.open"),
    (WHEN, words("啥时候都行"), "say form.open"),
    (VISIT_TOOL, words("随便"), "do visit.order"),  # what may be left out is
    (VISIT_SPOT, words("不知道"), "do visit.order"),  # what may be unknown is kept as unknown
    (WHEN, words("王芳"), "ask parcel.send starts_at"),  # said before
    (WHEN, words("咕噜咕噜"), "ask parcel.send starts_at with help"),
    (ONE_MORE_TRY, words("咕噜咕噜"), "form.stuck; ask parcel.send starts_at"),
    (PEOPLE, words("120"), "do meter.read"),
]  # fmt: skip

BETWEEN: list[tuple[Standing, Said, str]] = [
    (LAMP_ASKED, surely("马上来 物业几点上班", "faq.hours", 0.99), "aside (do faq.hours) back to lamp.report"),
    (guessed("identity.unbind"), words("下了以后还报得到修吗"), "aside (inform, else say question.in_form) back to identity.unbind"),
    (WHEN, words("要多少钱？"), "aside (inform, else say question.in_form) back to parcel.send"),
    (WHEN, surely("物业几点上班", "faq.hours"), "aside (do faq.hours) back to parcel.send"),
    (WHEN, surely("楼道的灯不亮", "lamp.report"), "do lamp.report"),
    (WHEN, surely("路灯坏了", "lamp.report"), "understood.sure; ask lamp.report place"),
    (WHEN, surely("楼上太吵了", "noise.report"), "aside (do noise.report) back to parcel.send"),
    (WHEN, touched("lamp.report"), "ask lamp.report place"),
    (WHEN, touched("parcel.send"), "ask parcel.send starts_at"),
    (LAMP_ASKED, touched("lamp.report", "和苑小区东门"), "do lamp.report"),
    (WHEN, touched("handoff.human"), "hand over handoff.human "),
    (WHO, surely("张伟", "car.move", 0.5), "form.got; ask parcel.send starts_at"),  # a short answer that fits is an answer
    (PARCEL_READ_BACK, surely("好的", "smalltalk.thanks"), "do parcel.send"),
]  # fmt: skip

READ_BACK: list[tuple[Standing, Said, str]] = [
    (PARCEL_READ_BACK, words("好的"), "do parcel.send"),
    (PARCEL_READ_BACK, words("👌"), "do parcel.send"),
    (PARCEL_READ_BACK, words("对的，谢谢"), "do parcel.send"),
    (PARCEL_READ_BACK, words("嗯…"), "say form.no_hurry"),  # no yes yet
    (PARCEL_READ_BACK, words("不对"), "say form.wrong"),
    (PARCEL_READ_BACK, words("👎"), "say form.change"),
    (PARCEL_READ_BACK, words("时间"), "ask parcel.send starts_at"),
    (PARCEL_READ_BACK, words("改成四点"), "confirm parcel.send"),
    (PARCEL_READ_BACK, words("好的，改成四点"), "confirm parcel.send"),  # a correction is read back, whatever stands beside it
    (PARCEL_READ_BACK, words("好的，两个人搬"), "do parcel.send"),
    (PARCEL_READ_BACK, words("对了，两个人搬"), "confirm parcel.send"),  # what comes to mind is no yes
    (PARCEL_READ_BACK, words("两个人搬"), "confirm parcel.send"),
    (UNBIND_READ_BACK, words("确认"), "do identity.unbind"),
    (UNBIND_READ_BACK, words("1"), "say confirm.words"),  # no number was shown
    (UNBIND_READ_BACK, words("2"), "say confirm.words"),
    (UNBIND_READ_BACK, words("👌"), "confirm identity.unbind"),
    (UNBIND_READ_BACK, words("不住了，确认"), "say confirm.words"),
    (UNBIND_READ_BACK, words("不同意会怎么样？"), "aside (inform, else say question.in_form) back to identity.unbind"),
]  # fmt: skip

LATE: list[tuple[Standing, Said, str]] = [
    (PUT_AWAY, words("明天下午三点"), "form.next; form.got; ask parcel.send box"),
    (PUT_AWAY, words("好的"), "say form.expired"),
    (PUT_AWAY, words("2"), "say form.expired"),
    (PUT_AWAY, surely("楼道的灯不亮", "lamp.report"), "do lamp.report"),
    (PUT_AWAY, words("找人工"), "hand over handoff.human 找人工"),
    (Standing(shelved=WHEN.form), words("回来了，继续"), "ask parcel.send starts_at"),
    (Standing(shelved=PARCEL_READ_BACK.form), words("继续"), "confirm parcel.send"),
    (Standing(shelved=WHEN.form), surely("我要寄包裹", "parcel.send", 1.0), "ask parcel.send starts_at"),  # 王芳 is not forgotten
    (Standing(shelved=WHEN.form), words("明天下午三点"), "say unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("standing", "said", "step"), [*ANSWERS, *WAITS])
def test_an_answer_goes_on_and_what_is_none_costs_nothing(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


@pytest.mark.parametrize(("standing", "said", "step"), LEAVING)
def test_all_that_sounds_like_leaving_leaves(standing: Standing, said: Said, step: str) -> None:
    facts = STRANGER if standing is BINDING else FACTS

    assert next_step(standing, said, facts) == step


@pytest.mark.parametrize(("standing", "said", "step"), BETWEEN)
def test_something_in_between_is_served_and_the_form_comes_back(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


@pytest.mark.parametrize(("standing", "said", "step"), READ_BACK)
def test_what_was_read_back_is_done_by_a_yes_and_changed_by_a_word(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


@pytest.mark.parametrize(("standing", "said", "step"), LATE)
def test_a_form_put_away_goes_on_when_its_answer_comes_late(standing: Standing, said: Said, step: str) -> None:
    assert next_step(standing, said) == step


def test_a_form_that_waits_is_begun_by_what_was_put_behind_it() -> None:
    asked = decide(WHEN, surely("路灯坏了", "lamp.report"), FACTS).standing

    assert [form.intent for form in forms.chain(asked.form)] == ["lamp.report", "parcel.send"]


def test_what_anything_will_do_for_is_left_out_or_kept_as_not_known() -> None:
    tool, spot = decide(VISIT_TOOL, words("随便"), FACTS), decide(VISIT_SPOT, words("不知道"), FACTS)

    assert isinstance(tool, steps.Do)
    assert isinstance(spot, steps.Do)
    assert (tool.form.values["tool"], spot.form.values["spot"]) == (SKIPPED, "位置不清楚")


def test_a_time_that_may_be_any_is_not_asked_for_and_what_is_said_beside_it_is_kept() -> None:
    step = decide(LAMP_ASKED, words("哪天来都在家 上门前打她电话"), FACTS)

    assert outline(step).startswith("heard;")
    assert step.standing.form is not None
    assert step.standing.form.words[-1] == "哪天来都在家 上门前打她电话"


def test_a_yes_after_other_words_is_read_back_again() -> None:
    changed = decide(PARCEL_READ_BACK, words("不对"), FACTS)

    assert stage(changed) is Stage.REREAD
    assert next_step(changed.standing, words("好的")) == "confirm parcel.send"


def test_the_words_of_every_answer_stay_with_the_form() -> None:
    standing = WHO
    for text in ("王芳", "明天下午三点", "大箱子"):
        standing = decide(standing, words(text), FACTS).standing

    assert standing.form is not None
    assert standing.form.words == ("王芳", "明天下午三点", "大箱子")


NEW: list[tuple[Said, Facts, str]] = [
    (words("3栋2单元501"), STRANGER, "do identity.bind"),
    (surely("登记人口，四个人", "meter.read"), STRANGER, "form.kept; ask identity.bind building"),
    (surely("路灯坏了", "lamp.report"), STRANGER, "understood.sure; ask lamp.report place"),
    (perhaps("咕噜咕噜", lamp__report=0.3), STRANGER, "ask identity.bind building with help"),
]


@pytest.mark.parametrize(("said", "facts", "step"), NEW)
def test_who_must_bind_first_may_say_more_of_what_waits(said: Said, facts: Facts, step: str) -> None:
    assert next_step(BINDING, said, facts) == step


def test_more_about_what_waits_behind_the_binding_is_kept_there() -> None:
    step = decide(BINDING, surely("登记人口，四个人", "meter.read"), STRANGER)

    assert step.standing.form is not None
    assert step.standing.form.outer is not None
    assert step.standing.form.outer.values == {"people": 4}


def test_a_past_answer_is_asked_again_with_a_reason_and_nothing_is_booked() -> None:
    step = decide(WHEN, words("昨天下午三点"), FACTS)

    assert step.standing.form is not None
    assert "starts_at" not in step.standing.form.values
    assert AT_THREE > NOW
