"""A campaign asks everybody of its people and nobody twice, knows who is missing, and leaves nothing personal behind."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlmodel import Session, select

from bot.contract import SHANGHAI, Redirect, Refusal, Then, Turn, View, Wish, Work
from bot.store import consents, people
from bot.store.alerts import Alert
from bot.store.outbox import Delivery
from bot.store.people import Household, Resident
from bot.store.staff import Role, Staff
from integrations.health import actions, answering, campaign_pages, campaigns, purposes, reminders
from integrations.health.held import Held
from integrations.health.models import Campaign, CheckIn, Reminder, Stand, Stated, Tombstone, TookPart
from tests.integrations.conftest import CHEN, LI, Town

if TYPE_CHECKING:
    from bot.contract import Ask, Reply

FORM = {
    "name": "流感登记", "pick-0": "all", "joint-0": "包括", "more-0": "", "from-0": "07:00", "to-0": "10:00", "from-1": "16:00", "to-1": "19:00",
    "reminds": "09:00、18:00", "temperature": "on", "symptoms": "on", "keep": "14",
}  # fmt: skip


@dataclass
class Round:
    """A community in which staff hold a campaign: what residents say, what staff do, days that pass."""

    town: Town

    def at(self, hour: int, minute: int = 0, day: date | None = None) -> Round:
        self.town.now = datetime.combine(day or self.town.now.date(), time(hour, minute), SHANGHAI)
        return self

    def made(self, **changes: str) -> Campaign:
        today = self.town.now.date()
        manager = next(one for one in self.town.all(Staff) if one.role is Role.MANAGER)
        form = {
            **FORM,
            "begins": today.isoformat(),
            "ends": (today + timedelta(days=6)).isoformat(),
            "duty": str(manager.id),
            **changes,
        }
        done = self.town.opens(Role.MANAGER, campaign_pages.make, **form)
        assert isinstance(done, Redirect), done.values["fault"]
        return self.town.all(Campaign)[-1]

    def says(self, openid: str, words: str, **slots: Any) -> Reply | Ask:
        def run(session: Session) -> Reply | Ask:
            turn = Turn(session=session, now=self.town.now, context=self.town.context, openid=openid, said=words)
            return actions.check_in(turn, slots)

        return self.town.database.submit(run).result()

    def hears(self, openid: str, words: str, **of: Any) -> Any:
        def run(session: Session) -> Any:
            turn = Turn(session=session, now=self.town.now, context=self.town.context, openid=openid, said=words, **of)
            return answering.hear(turn, words)

        return self.town.database.submit(run).result()

    def missing(self) -> list[str]:
        def run(session: Session) -> list[str]:
            work = Work(session=session, now=self.town.now, context=self.town.context)
            [campaign] = campaigns.running(work)
            window = campaigns.Window(
                campaign=campaign, day=self.town.now.date(), part=campaigns.part_at(campaign, self.town.now)
            )
            found = campaigns.missing_of(work, window)
            total = sum(one.missing for one in campaigns.progress(work, window))
            assert total == len([one for one in found if not one.person])
            return [one.person or one.resident.name for one in found]

        return self.town.database.submit(run).result()

    def page(self, campaign: Campaign, role: Role = Role.STAFF, **query: str) -> View:
        return self.town.opens(role, campaign_pages.missing, params={"key": campaign.public_id}, query=query)

    def asks_at_door(self, campaign: Campaign, name: str, **form: str) -> Any:
        key = next(one.public_id for one in self.town.all(Resident) if one.name == name)
        return self.town.opens(
            Role.STAFF, campaign_pages.asked, params={"key": campaign.public_id, "resident": key}, **{"how": "door", **form}
        )

    def settle(self, name: str, room: str = "501", openid: str | None = None) -> Resident:
        def run(session: Session) -> Resident:
            Work(session=session, now=self.town.now, context=self.town.context)
            home = session.exec(select(Household).where(Household.room == room)).one()
            found = people.settle(session, home, name=name)
            if openid:
                people.bind(session, found, openid, self.town.now)
            return found

        return self.town.database.submit(run).result()


@pytest.fixture
def held(town: Town) -> Round:
    return Round(town).at(8)


# ------------------------------------------------------------------ taking part


def test_a_bare_temperature_counts_without_a_word_of_the_campaign(held: Round) -> None:
    held.made()
    assert held.missing() == ["陈建国", "李梅", "王强"]

    reply = held.says(CHEN, "36.5，没有不舒服", temperature=36.5, symptoms=["none"])

    assert held.missing() == ["李梅", "王强"]
    assert "流感登记" in reply.values["counted"]


def test_each_of_a_family_is_one_and_who_was_not_measured_is_asked_again(held: Round) -> None:
    held.made()
    held.settle("王芳")
    held.says(CHEN, "我36.5，王芳36.3，孩子没量", temperature=36.5)

    assert held.missing() == ["李梅", "王强", "孩子"]
    held.at(9).town.runs(reminders.remind.run)
    assert ["孩子（没量体温）" in text for text in held.town.told(CHEN)] == [True]
    assert ["您今天还没报" in text for text in held.town.told(LI)] == [True]
    held.says(CHEN, "孩子36.6", temperature=36.6)
    assert held.missing() == ["李梅", "王强"]


def test_everybody_is_well_is_an_answer_for_each(held: Round) -> None:
    held.made()
    held.settle("王芳")
    wish = held.hears(CHEN, "一家三口都正常")

    assert isinstance(wish, Wish)
    reply = held.says(CHEN, "一家三口都正常", **wish.values)
    assert (reply.name, reply.values["others"], reply.values["short"]) == ("house", "您 没有不舒服、王芳 没有不舒服", "1")
    assert held.missing() == ["李梅", "王强"]
    assert [(one.tenths, one.symptoms) for one in held.town.all(CheckIn)] == [(0, ["none"])] * 2


@pytest.mark.parametrize(
    ("said", "degrees"),
    [("36.5.", 36.5), ("三十六度八", 36.8), ("华氏98.6", 37.0), ("100.4F", 38.0), ("今天 36.5！", 36.5), ("37度3", 37.3)],
)
def test_a_temperature_that_is_written_otherwise_is_one_as_well(held: Round, said: str, degrees: float) -> None:
    held.made()

    heard = held.hears(CHEN, said)

    assert isinstance(heard, Wish)
    assert heard.values == {"temperature": degrees}


@pytest.mark.parametrize("said", ["空调开36度", "老公三十六度八", "三十六号"])
def test_what_is_no_temperature_of_whoever_speaks_is_none(held: Round, said: str) -> None:
    held.made()

    assert held.hears(CHEN, said) == ""


def test_who_was_not_measured_is_noted_without_a_figure_and_asked_again(held: Round) -> None:
    held.made()

    answer = held.hears(CHEN, "孩子没量，老公上班")

    assert "孩子、老公先空着" in answer
    assert [(one.person, one.stand) for one in held.town.all(TookPart)] == [
        ("孩子", Stand.UNMEASURED),
        ("老公", Stand.UNMEASURED),
    ]
    assert held.hears(CHEN, "电梯没修好，老公上班") == ""
    assert held.town.all(CheckIn) == []


def test_one_temperature_said_of_all_is_everybodys(held: Round) -> None:
    held.made()
    held.settle("王芳")
    held.says(CHEN, "全家都36.4", **held.hears(CHEN, "全家都36.4").values)

    assert [one.tenths for one in held.town.all(CheckIn)] == [364, 364]


def test_late_is_not_missing_and_the_evening_is_a_window_of_its_own(held: Round) -> None:
    held.made()
    held.at(12).says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    assert [(one.part, one.stand) for one in held.town.all(TookPart)] == [(0, Stand.TOLD)]

    assert held.at(16).missing() == ["陈建国", "李梅", "王强"]


def test_a_correction_keeps_the_history_and_the_highest_of_two_figures_counts(held: Round) -> None:
    held.made()
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    held.at(8, 20).says(CHEN, "37.8", temperature=37.8, symptoms=["none"])
    held.at(8, 40).says(CHEN, "36.9", temperature=36.9, symptoms=["none"])
    assert [one.is_unwell for one in held.town.all(TookPart)] == [True]

    def correct(session: Session) -> None:
        turn = Turn(session=session, now=held.town.now, context=held.town.context, openid=CHEN, said="刚才说错了，36.8")
        actions.correct(turn, f"checkin:{held.town.now.date().isoformat()}", {"temperature": 36.8})

    held.town.database.submit(correct).result()
    assert [one.tenths for one in held.town.all(CheckIn)] == [365, 378, 369, 368]
    assert [one.is_unwell for one in held.town.all(TookPart)] == [False]


def test_the_highest_of_two_temperatures_in_one_message_raises_the_alarm(held: Round) -> None:
    held.made()
    held.says(CHEN, "我36.4，老婆早上37.9现在36.8")

    assert [task.title for task in held.town.tasks()] == ["健康异常：3栋2单元501 陈建国"]
    assert 379 in [one.tenths for one in held.town.all(CheckIn)]


def test_the_one_on_duty_is_told_in_the_same_moment_and_others_read_no_temperature(held: Round) -> None:
    def bind(session: Session) -> None:
        Work(session=session, now=held.town.now, context=held.town.context)
        for one in session.exec(select(Staff)).all():
            one.openid = f"oStaff-{one.login}"
            session.add(one)

    held.town.database.submit(bind).result()
    campaign = held.made()
    held.says(CHEN, "37.9", temperature=37.9, symptoms=["none"])

    told = {one.staff_id for one in held.town.all(Alert)}
    assert campaign.duty_id in told
    for login in ("guard", "staff"):
        assert not [text for text in held.town.told(f"oStaff-{login}") if "37.9" in text or "体温" in text]


@pytest.mark.parametrize(("hour", "minute"), [(22, 40), (23, 59), (0, 5)])
def test_at_night_the_one_on_duty_is_told_at_once_too(held: Round, hour: int, minute: int) -> None:
    def bind(session: Session) -> None:
        Work(session=session, now=held.town.now, context=held.town.context)
        for one in session.exec(select(Staff)).all():
            one.openid = f"oStaff-{one.login}"
            session.add(one)

    held.town.database.submit(bind).result()
    campaign = held.made()
    day = held.town.now.date() + timedelta(days=1 if hour == 0 else 0)
    held.at(hour, minute, day=day)

    held.says(CHEN, "37.3", temperature=37.3, symptoms=["none"])

    [alert] = [one for one in held.town.all(Alert) if one.staff_id == campaign.duty_id]
    told = [one for one in held.town.all(Delivery) if one.id == alert.delivery_id]
    assert [one.due_at <= held.town.now for one in told] == [True]
    assert [(one.day, one.is_unwell) for one in held.town.all(TookPart)] == [(day, True)]


# ------------------------------------------------------------------ consent and its end


def test_nothing_is_kept_before_consent_and_the_question_names_the_term(held: Round) -> None:
    held.made()
    held.settle("周明", "503", "oZhou")
    asked = held.says("oZhou", "36.5", temperature=36.5, symptoms=["none"])

    assert asked.name == "consent"
    assert "到3月17日为止；3月31日以前" in asked.values["asks"]
    assert (held.town.all(CheckIn), held.town.all(TookPart)) == ([], [])
    held.says("oZhou", "36.5", temperature=36.5, symptoms=["none"], agreed="yes")
    assert len(held.town.all(TookPart)) == 1


def test_who_takes_the_consent_back_leaves_nothing_and_is_not_asked_any_more(held: Round) -> None:
    held.made()
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])

    def withdraw(session: Session) -> None:
        work = Work(session=session, now=held.town.now, context=held.town.context)
        consents_of = people.bound(session, CHEN)
        assert consents_of is not None
        from bot.contract import consents as contract

        contract.end(work, consents_of, purposes.CHECK_IN)

    held.town.database.submit(withdraw).result()
    assert (held.town.all(CheckIn), held.town.all(TookPart)) == ([], [])
    assert held.missing() == ["李梅", "王强"]
    held.at(9).town.runs(reminders.remind.run)
    assert held.town.told(CHEN) == []


def test_never_mind_leaves_nothing(held: Round) -> None:
    held.made()
    held.says(CHEN, "我38.5，老婆36.3", temperature=38.5)
    words = held.hears(CHEN, "算了不记", lately={"health.checkin"})

    assert "都删了" in words
    assert (held.town.all(CheckIn), held.town.all(TookPart)) == ([], [])
    assert [task.is_open for task in held.town.tasks()] == [False]
    assert "38" not in "".join(str(task.data) for task in held.town.tasks())


# ------------------------------------------------------------------ its own questions


def test_questions_follow_the_temperature_and_are_answered_by_a_number_or_a_word(held: Round) -> None:
    held.made(
        **{"question-0": "出过远门吗？", "options-0": "", "question-1": "打过哪种疫苗？", "options-1": "流感、新冠、都没打"}
    )
    reply = held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    assert "出过远门吗？回 1 就是有，回 2 就是没有" in reply.values["counted"]
    assert "陈建国" in held.missing()

    assert "打过哪种疫苗" in held.hears(CHEN, "没有")
    assert "记下了" in held.hears(CHEN, "3")
    assert held.missing() == ["李梅", "王强"]
    assert [(one.number, one.said) for one in held.town.all(Stated)] == [(0, "没有"), (1, "都没打")]


def test_a_campaign_without_temperature_is_content_with_how_one_feels(held: Round) -> None:
    held.made(temperature="")
    held.says(CHEN, "没有不舒服", symptoms=["none"])

    assert held.missing() == ["李梅", "王强"]


def test_one_is_told_what_was_reported_and_what_is_missing(held: Round) -> None:
    held.made()
    held.settle("王芳")
    assert "还差：您、王芳" in held.hears(CHEN, "我今天报了吗")
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    assert held.hears(CHEN, "还差什么") == "今天上午报过的：您。还差：王芳。直接回体温就行，例如：36.5。"
    held.says(CHEN, "王芳36.4", temperature=36.4, symptoms=["none"])
    assert "都报齐了" in held.hears(CHEN, "还差谁")


# ------------------------------------------------------------------ reminders


def test_reminders_go_to_the_missing_once_each_at_the_set_times(held: Round) -> None:
    held.made()
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    for minute in (0, 1, 30):
        held.at(9, minute).town.runs(reminders.remind.run)
    assert (held.town.told(CHEN), len(held.town.told(LI))) == ([], 1)
    held.at(15).town.runs(reminders.remind.run)
    held.at(18, 5).town.runs(reminders.remind.run)

    assert (len(held.town.told(CHEN)), len(held.town.told(LI))) == (1, 2)
    assert len(held.town.all(Reminder)) == 3


def test_nobody_is_reminded_of_whom_somebody_else_has_told(held: Round) -> None:
    held.made()
    held.settle("王芳", openid="oFang")
    held.says(CHEN, "我36.5，王芳36.3", temperature=36.5)
    held.at(9).town.runs(reminders.remind.run)

    assert (held.town.told("oFang"), held.town.told(CHEN)) == ([], [])


@pytest.mark.parametrize("reminds", ["22:00", "06:30", "23:59"])
def test_no_reminder_can_be_set_at_night(held: Round, reminds: str) -> None:
    today = held.town.now.date()
    manager = next(one for one in held.town.all(Staff) if one.role is Role.MANAGER)
    form = {**FORM, "begins": today.isoformat(), "ends": today.isoformat(), "duty": str(manager.id), "reminds": reminds}
    done = held.town.opens(Role.MANAGER, campaign_pages.make, **form)

    assert (done.status, done.values["fault"]) == (422, "晚上 9 点到早上 7 点不提醒。")
    assert held.town.all(Campaign) == []


def test_a_paused_campaign_reminds_nobody_and_takes_nothing(held: Round) -> None:
    campaign = held.made()
    held.town.opens(Role.MANAGER, campaign_pages.pause, params={"key": campaign.public_id})
    held.at(9).town.runs(reminders.remind.run)
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    assert (held.town.told(LI), held.town.all(TookPart)) == ([], [])

    held.town.opens(Role.MANAGER, campaign_pages.resume, params={"key": campaign.public_id})
    held.town.runs(reminders.remind.run)
    assert len(held.town.told(LI)) == 1


# ------------------------------------------------------------------ staff


def test_who_is_missing_when_a_window_is_over_is_one_task_for_the_staff(held: Round) -> None:
    held.made()
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    for hour, minute in ((9, 59), (10, 0), (10, 1), (10, 30)):
        held.at(hour, minute).town.runs(reminders.remind.run)
    assert [task.title for task in held.town.tasks()] == ["流感登记：3月11日上午还有 2 人没报，请打电话或上门问"]
    held.at(19, 5).town.runs(reminders.remind.run)

    assert [task.title for task in held.town.tasks()] == ["流感登记：3月11日下午还有 3 人没报，请打电话或上门问"]


def test_who_is_missing_stands_by_building_with_phones_for_who_may_see_them(held: Round) -> None:
    campaign = held.made()
    page = held.page(campaign)

    assert [(one.building, one.missing) for one in page.values["rows"]] == [("3", 3)]
    assert [one["name"] for one in page.values["people"]] == ["陈建国", "李梅", "王强"]
    with pytest.raises(KeyError):
        page.values["checkins"]


def test_what_was_said_at_the_door_is_written_down_with_consent_and_tells_the_duty(held: Round) -> None:
    campaign = held.made()
    refused = held.asks_at_door(campaign, "王强", value="37.6")
    assert "还没有同意过" in refused.values["fault"]
    assert held.town.all(CheckIn) == []
    done = held.asks_at_door(campaign, "王强", value="37.6", agreed="1")

    assert "已告诉值班的人" in done.note
    assert [(one.how, one.is_unwell) for one in held.town.all(TookPart)] == [("door", True)]
    assert held.missing() == ["陈建国", "李梅"]
    assert [task.title for task in held.town.tasks()] == ["健康异常：3栋2单元503 王强"]


def test_short_of_breath_without_a_figure_is_written_down_and_urgent(held: Round) -> None:
    campaign = held.made()

    held.asks_at_door(campaign, "王强", value="喘得厉害", agreed="1")

    assert [(one.tenths, one.symptoms) for one in held.town.all(CheckIn)] == [(0, ["breathless"])]
    assert [one.urgent for one in held.town.tasks() if one.kind == "health.abnormal"] == [True]


def test_nobody_at_home_is_an_answer_that_needs_no_consent(held: Round) -> None:
    campaign = held.made()
    held.asks_at_door(campaign, "王强", absent="phone")

    assert held.missing() == ["陈建国", "李梅"]
    assert held.town.all(CheckIn) == []
    held.asks_at_door(campaign, "王强", value="36.5", agreed="1")
    assert [one.stand for one in held.town.all(TookPart)] == [Stand.TOLD]


def test_who_was_not_reached_is_listed_for_another_try(held: Round) -> None:
    campaign = held.made()
    held.asks_at_door(campaign, "王强", absent="phone")

    page = held.page(campaign, again="1")
    assert [(one["name"], one["why"]) for one in page.values["people"]] == [("王强", "没接电话")]
    assert held.asks_at_door(campaign, "王强", value="36.5", agreed="1", again="1").to.endswith("?again=1")
    assert held.page(campaign, again="1").values["people"] == []


def test_who_was_not_reached_has_not_told(held: Round) -> None:
    campaign = held.made()
    held.asks_at_door(campaign, "王强", absent="phone")

    shown = held.town.opens(Role.STAFF, campaign_pages.show, params={"key": campaign.public_id}).values["total"]

    assert (shown.told, shown.absent, shown.share) == (0, 1, 0)


def test_one_begins_when_somebody_can_still_answer(held: Round) -> None:
    held.at(11)
    usual = held.town.opens(Role.MANAGER, campaign_pages.blank).values["form"]["begins"]
    assert usual == (held.town.now.date() + timedelta(days=1)).isoformat()

    late = {"from-0": "07:00", "to-0": "10:00", "from-1": "", "to-1": "", "reminds": ""}
    with pytest.raises(AssertionError, match="已经过了"):
        held.made(**late)
    held.made(**late, begins=usual)
    assert [one.begins.isoformat() for one in held.town.all(Campaign)] == [usual]


def test_who_tells_after_a_call_in_vain_has_told_in_the_past_of_the_demo_too(held: Round) -> None:
    campaign = held.made()

    def run(session: Session) -> None:
        work = Then(session=session, now=held.town.now, context=held.town.context)
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        one = Held(name="", building="3", begins=work.now.date(), days=1, row=session.get_one(Campaign, campaign.id))
        one.answer(work, wang, Stand.ABSENT, how="phone")
        work.flush()
        one.answer(work, wang, Stand.TOLD)
        one.answer(work, wang, Stand.ABSENT, how="door")
        work.flush()

    held.town.database.submit(run).result()
    assert [(one.stand, one.how) for one in held.town.all(TookPart)] == [(Stand.TOLD, "")]


def test_who_said_no_is_not_written_down_by_the_staff(held: Round) -> None:
    campaign = held.made()

    def refuse(session: Session) -> None:
        Work(session=session, now=held.town.now, context=held.town.context)
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        consents.refuse(session, wang, "health", 1, held.town.now)

    held.town.database.submit(refuse).result()
    assert "不同意" in held.asks_at_door(campaign, "王强", value="36.5", agreed="1").values["fault"]
    assert held.missing() == ["陈建国", "李梅"]


def test_files_run_no_formula(held: Round) -> None:
    held.settle("=1+1")
    campaign = held.made()
    params = {"key": campaign.public_id}
    table = held.town.opens(Role.MANAGER, campaign_pages.missing_csv, params=params).body.decode("utf-8-sig")
    assert [row[2] for row in csv.reader(io.StringIO(table))] == ["谁", "陈建国", "'=1+1", "李梅", "王强"]

    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    book = openpyxl.load_workbook(io.BytesIO(held.town.opens(Role.MANAGER, campaign_pages.answers_xlsx, params=params).body))
    assert [cell.value for cell in book.active[2]][2:5] == ["3栋2单元501", "陈建国", "36.5℃，没有不舒服"]
    book = openpyxl.load_workbook(io.BytesIO(held.town.opens(Role.MANAGER, campaign_pages.missing_xlsx, params=params).body))
    assert [row[2].data_type for row in book.active.iter_rows(min_row=2)] == ["s", "s", "s"]


def test_nobody_is_asked_by_two_campaigns(held: Round) -> None:
    held.made()
    today, manager = held.town.now.date(), next(one for one in held.town.all(Staff) if one.role is Role.MANAGER)
    form = {**FORM, "begins": today.isoformat(), "ends": today.isoformat(), "duty": str(manager.id)}

    assert "会被问两遍" in held.town.opens(Role.MANAGER, campaign_pages.make, **form).values["fault"]


def test_what_was_agreed_to_cannot_be_changed_once_it_has_begun(held: Round) -> None:
    campaign = held.made()
    with pytest.raises(Refusal, match="已经开始了"):
        held.town.opens(Role.MANAGER, campaign_pages.blank, query={"edit": campaign.public_id})

    copied = held.town.opens(Role.MANAGER, campaign_pages.blank, query={"copy": campaign.public_id})
    assert (copied.values["form"]["name"], copied.values["form"]["reminds"]) == ("流感登记", "09:00、18:00")


# ------------------------------------------------------------------ people come and go; the end


def test_who_moves_in_is_asked_and_who_moves_out_is_missing_no_more(held: Round) -> None:
    held.made()
    held.settle("新来的")
    assert held.missing() == ["陈建国", "新来的", "李梅", "王强"]

    def go(session: Session) -> None:
        work = Work(session=session, now=held.town.now, context=held.town.context)
        wang = session.exec(select(Resident).where(Resident.name == "王强")).one()
        work.move_out(wang, work.household(wang))

    held.town.database.submit(go).result()
    assert held.missing() == ["陈建国", "新来的", "李梅"]


def test_at_the_end_of_the_term_all_that_is_personal_goes_and_a_stone_says_so(held: Round) -> None:
    held.made(**{"question-0": "出过远门吗？"})
    held.says(CHEN, "37.9", temperature=37.9, symptoms=["none"])
    held.hears(CHEN, "没有")
    held.at(9).town.runs(reminders.remind.run)
    begun = held.town.now.date()
    held.at(3, day=begun + timedelta(days=19)).town.runs(reminders.bury.run)
    assert len(held.town.all(CheckIn)) == 1
    held.at(3, day=begun + timedelta(days=20)).town.runs(reminders.bury.run)

    assert [held.town.all(kind) for kind in (CheckIn, TookPart, Stated, Reminder)] == [[], [], [], []]
    [stone] = held.town.all(Tombstone)
    assert stone.counts == {"answers": 1, "took_part": 1, "checkins": 1, "reminders": 1, "tasks": 1}
    assert stone.stays == [[begun.isoformat(), 0, 1, 1]]
    assert "37.9" not in "".join(str(task.data) + task.title for task in held.town.tasks())
    held.town.runs(reminders.bury.run)
    assert len(held.town.all(Tombstone)) == 1


def test_ended_early_it_is_erased_early(held: Round) -> None:
    campaign = held.made()
    held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])
    held.town.opens(Role.MANAGER, campaign_pages.end, params={"key": campaign.public_id})
    held.says(LI, "36.5", temperature=36.5, symptoms=["none"])
    assert len(held.town.all(TookPart)) == 1
    held.at(3, day=held.town.now.date() + timedelta(days=14)).town.runs(reminders.bury.run)

    assert [one.reporter_id for one in held.town.all(CheckIn)] != []  # Li's own check-in belongs to no campaign
    assert (len(held.town.all(CheckIn)), held.town.all(TookPart)) == (1, [])


def test_a_check_in_outside_of_a_campaign_is_kept_as_ever(held: Round) -> None:
    reply = held.says(CHEN, "36.5", temperature=36.5, symptoms=["none"])

    assert (reply.values["counted"], [one.campaign_id for one in held.town.all(CheckIn)]) == ("", [None])
    assert (held.hears(CHEN, "一家三口都正常"), held.hears(CHEN, "我今天报了吗")) == ("", "")
