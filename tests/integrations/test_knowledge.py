"""An answer of the office is told with its day, to whom it is meant for, in the community it belongs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.contract import Turn, Work, knowledge
from bot.contract.knowledge import Audience, Draft, Entry, Known
from integrations.knowledge import seed

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.integrations.conftest import Chat, Town

CARD = Draft(question="门禁卡怎么补办", answer="带身份证到前台，不清楚请打 {community.phone}。")


def write(town: Town, draft: Draft) -> str:
    """Let the office write an entry; returns its id."""
    return town.database.submit(lambda session: knowledge.save(session, draft, town.now, "chen").public_id).result()


def told(town: Town, key: str, openid: str = "oChen", community: int = 1) -> str:
    """Return what somebody is told for whom the entry was found."""

    def run(session: Session) -> str:
        turn = Turn(session=session, now=town.now, context=town.context, openid=openid)
        entry = knowledge.answering(turn, [Known(entry=key, community_id=community, confidence=0.9)])
        return knowledge.say(turn, entry) if entry else ""

    return town.database.submit(run).result()


def test_an_answer_says_which_day_it_was_written(town: Town) -> None:
    key = write(town, CARD)

    assert told(town, key) == "带身份证到前台，不清楚请打 0571-1。（物业 3月11日 更新）"
    town.now += timedelta(days=365)
    assert told(town, key) == "带身份证到前台，不清楚请打 0571-1。（物业 2026年3月11日 更新）"


def test_an_answer_for_bound_residents_is_told_to_nobody_else(town: Town) -> None:
    key = write(town, replace(CARD, audience=Audience.BOUND))

    assert told(town, key, "oChen")
    assert told(town, key, "oStranger") == ""


def test_an_answer_of_another_community_is_not_told(town: Town) -> None:
    assert told(town, write(town, CARD), community=2) == ""


def test_an_answer_that_ended_since_it_was_found_is_not_told(town: Town) -> None:
    key = write(town, replace(CARD, valid_until=town.now.date()))
    assert told(town, key)

    town.now += timedelta(days=1)
    assert told(town, key) == ""


def test_a_demo_begins_with_answers_and_with_templates_for_all_else(town: Town) -> None:
    def fill(session: Session) -> list[Entry]:
        work = Work(session=session, now=town.now, context=town.context)
        seed.fill(work)
        seed.fill(work)
        return list(knowledge.listed(session))

    entries = town.database.submit(fill).result()
    assert len({entry.question for entry in entries}) == len(entries)
    assert sum(entry.is_live(town.now.date()) for entry in entries) >= 8
    assert sum(entry.is_template for entry in entries) >= 30


def test_the_chat_knows_what_the_demos_office_knows(chat: Chat) -> None:
    heard = chat.room.house.understanding.hear_text("门禁卡丢了怎么补", chat.room.now)

    [entry] = [entry for entry in chat.all(Entry) if entry.public_id == heard.known[0].entry]
    assert entry.question == "门禁卡怎么补办"
