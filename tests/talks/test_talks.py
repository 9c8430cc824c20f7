"""Conversations of imagined people go as a helpful, careful person would have them. See README.md beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.talks import known
from tests.talks.script import Conversation, read_all
from tests.talks.stage import Stage

TALKS = read_all()

#: What answers without being an intent of a file.
ALSO = ("knowledge",)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("none"))  # no .env of the checkout
        yield Stage(tmp_path_factory.mktemp("talks"))


@pytest.mark.parametrize("talk", TALKS, ids=[f"{talk.file}:{talk.line}:{talk.who}" for talk in TALKS])
def test_conversation_goes_as_written(stage: Stage, talk: Conversation) -> None:
    failures = stage.play(talk)

    if talk.name in known.failures():
        assert failures, f"it goes as written now: take “{talk.name}” out of {known.LIST.name}"
    else:
        assert not failures, "\n" + "\n".join(map(str, failures))


def test_known_failures_are_conversations_that_exist() -> None:
    assert known.failures() <= {talk.name for talk in TALKS}


def test_intents_and_values_are_those_of_the_product(stage: Stage) -> None:
    intents = stage.understanding.catalogue.intents
    slots = {slot.name for intent in intents.values() for slot in intent.slots}
    turns = [(talk, turn) for talk in TALKS for turn in talk.turns]

    strangers = [
        f"{talk.file}:{turn.line}: {name}"
        for talk, turn in turns
        for name in (*turn.intent, *(turn.values or {}))
        if name not in slots and name not in ALSO and not any(fnmatch(intent, name) for intent in intents)
    ]
    assert strangers == []
