"""What a turn costs: words are matched once and rows are read once, however the talk stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from bot import config
from bot.dialogue.understanding import Understanding
from bot.language.matching.matcher import Match, Matcher
from bot.language.reading import Reading
from bot.store.database import Database
from tests.dialogue.conftest import INTENTS, Chat, settle


class Noting(Matcher):
    """A matcher that remembers what it was asked."""

    def __init__(self, matcher: Matcher) -> None:
        vars(self).update(vars(matcher))
        self.asked: list[str] = []

    def match(self, said: Reading) -> Match:
        """Match, and remember the words."""
        self.asked.append(said.raw)
        return super().match(said)


@pytest.fixture
def noted(sqlite: Database, now: datetime) -> tuple[Chat, list[str]]:
    """A resident, and the words that were matched for them so far."""
    understanding = Understanding.load(INTENTS, config.shipped("data"))
    understanding.matcher = noting = Noting(understanding.matcher)
    return settle(sqlite, understanding, now), noting.asked


@pytest.mark.parametrize("texts", [
    ("路灯坏了", "楼道"),
    ("寄给王芳，明天下午三点，大箱子", "好的"),
    ("楼道的灯不亮", "怎么还没来", "谢谢"),
    ("宇宙那么大", "滴答滴答", "好的", "走廊那边也是"),
    ("着火了", "在最里面那间"),
])  # fmt: skip
def test_no_words_of_a_message_are_matched_twice(noted: tuple[Chat, list[str]], texts: Sequence[str]) -> None:
    chat, asked = noted
    for text in texts:
        asked.clear()
        chat.say(text)

        assert asked[0] == text
        assert len(asked) == len(set(asked))


def test_a_choice_from_a_menu_is_matched_as_a_number_and_what_it_stands_for_not_again(noted: tuple[Chat, list[str]]) -> None:
    chat, asked = noted
    chat.say("120")
    asked.clear()

    assert chat.say("1").outcome.kind == "emergency"
    assert asked == ["1"]


def test_an_offer_taken_up_matches_nothing_but_the_yes(noted: tuple[Chat, list[str]]) -> None:
    chat, asked = noted
    chat.say("看看灯和包裹的事")
    asked.clear()

    assert chat.say("是的").outcome.intent == "parcel.send"
    assert asked == ["是的"]


def test_of_a_message_with_two_wishes_each_part_is_matched_once(noted: tuple[Chat, list[str]]) -> None:
    chat, asked = noted
    chat.say("路灯坏了。我要寄包裹。路灯坏了")

    assert len(asked) == len(set(asked))
    assert set(asked) == {"路灯坏了。我要寄包裹。路灯坏了", "路灯坏了", "我要寄包裹"}


# ------------------------------------------------------------------ rows


#: What begins and ends a transaction.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def statements(chat: Any, text: str) -> list[str]:
    """Return the SQL that a message takes, as the driver runs it: what SQLAlchemy writes once and what it does not see later."""
    seen: list[str] = []
    chat.ask(lambda session: session.connection().connection.driver_connection.set_trace_callback(seen.append))
    chat.say(text)
    return [statement for statement in seen if not statement.startswith(FRAME)]


def test_a_simple_turn_costs_few_statements(chat: Any) -> None:
    chat.bind()
    chat.say("谢谢")
    seen = statements(chat, "谢谢")

    assert len(seen) == 8, "\n".join(seen)


@pytest.mark.parametrize("texts", [
    ("着火了", "在最里面那间"), ("谢谢", "120"), ("路灯坏了", "等一下"), ("楼道的灯不亮", "谢谢"), ("转人工", "还有走廊那边"), ("宇宙那么大", "滴答滴答"),
])  # fmt: skip
def test_no_row_is_read_twice_in_a_turn(chat: Any, texts: Sequence[str]) -> None:
    chat.bind()
    chat.talk(*texts[:-1])
    reads = [statement for statement in statements(chat, texts[-1]) if statement.startswith("SELECT")]

    assert sorted(reads) == sorted(set(reads))
