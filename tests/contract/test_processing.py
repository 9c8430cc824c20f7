"""What personal data is used for is declared by whoever keeps it: nothing sealed and nothing that is forgotten with time is left out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot import config
from bot.contract import Basis, Processing
from bot.services import load_services
from bot.store import sealing
from tests.cli.conftest import run

SERVICES = load_services(config.Local(_env_file=None))  # type: ignore[call-arg]
DECLARED = [(service, one) for service in SERVICES.integrations for one in service.processing]


def test_every_sealed_column_has_a_declared_use_by_its_own_service() -> None:
    own = {
        (mapper.class_.__module__.split(".")[1] if mapper.class_.__module__.startswith("integrations.") else "core", place)
        for mapper in SQLModel._sa_registry.mappers
        for table, _, sealed in sealing.columns() if table is mapper.local_table for place in [sealed.place]
    }  # fmt: skip

    assert own <= {(service.name, place) for service, one in DECLARED for place in one.columns}


def test_every_column_that_is_declared_is_there() -> None:
    there = {f"{table.name}.{column.name}" for table in SQLModel.metadata.tables.values() for column in table.columns}

    assert {place for _, one in DECLARED for place in one.columns} <= there


def test_whatever_is_forgotten_with_time_has_a_declared_use() -> None:
    for service in SERVICES.integrations:
        kept = {retention.what for retention in service.personal.retain} if service.personal else set()
        assert kept == {what for one in service.processing for what in one.retains}, service.name


def test_whoever_may_see_it_has_a_permission_that_is_declared() -> None:
    assert {need for _, one in DECLARED for need in one.seen_by} <= set(SERVICES.permissions)


#: Column -> the permissions of all pages, cards and files that show it, as reading them tells.
SHOWN_BY = {
    "resident.phone": {
        "notice.draft", "phone.view", "people.export", "household.view", "roster.import", "roster.export", "task.view", "people.confirm",
    },
    "roster_draft.personal_rows": {"roster.import"},
    "roster_draft.personal_outcome": {"roster.import"},
    "roster_import.personal_changes": {"roster.import"},
    "staff.phone": {"users.edit"},
}  # fmt: skip


@pytest.mark.parametrize(("place", "needs"), SHOWN_BY.items())
def test_it_names_those_who_see_it_and_nobody_else(place: str, needs: set[str]) -> None:
    assert {need for _, one in DECLARED if place in one.columns for need in one.seen_by} == needs


def test_who_may_see_it_by_a_service_of_their_own_has_a_page_of_it() -> None:
    pages = {page.need for service in SERVICES.integrations for page in (*service.console,)}
    cards = {card.need for service in SERVICES.integrations for card in service.cards}
    asked = {"phone.view", "photo.view", "task.view", "users.edit"}  # the core's own pages, which no service brings

    assert {need for _, one in DECLARED for need in one.seen_by} <= pages | cards | asked


def test_whoever_opens_the_roster_or_whole_numbers_leaves_a_line_in_the_log() -> None:
    for need in ("roster.import", "roster.export", "phone.view"):
        assert SERVICES.permissions[need].sensitive, need


def test_what_somebody_keeps_for_themselves_alone_is_shown_by_somebody() -> None:
    shown = {place for _, one in DECLARED if one.seen_by for place in one.columns}

    unseen = {
        "conversation.standing",
        "inbox.answer",
        "inbox.push",
        "merger.personal_before",
        "undo_step.personal_changes",
        "unmatched.text",  # whoever has the server's command line
    }  # how the bot works; nobody of the staff reads it
    assert {sealed.place for _, _, sealed in sealing.columns()} - shown == unseen


def test_health_is_sensitive_and_needs_a_consent_of_its_own() -> None:
    health: list[Processing] = [one for service, one in DECLARED if service.name == "health"]

    assert health
    for one in health:
        assert one.is_sensitive
        assert Basis.SEPARATE_CONSENT in one.basis


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_the_report_tells_each_use_and_weighs_the_sensitive_ones() -> None:
    said = run("privacy", "report").text

    record, _, sheets = said.partition("# 个人信息保护影响评估")
    for service, one in DECLARED:
        assert f"| {service.title} | {one.what} |" in record
        assert (f"## {service.title}：{one.what}\n" in sheets) == one.is_sensitive
    assert "health_checkin.tenths（加密）" in record
    assert "看健康打卡（经理、管理员）" in record


def test_the_report_is_json_too() -> None:
    told = [json.loads(line) for line in run("privacy", "report", "--json").text.splitlines()]

    assert len(told) == len(DECLARED)
    [health] = [one for one in told if one["what"] == "体温和症状"]
    assert health["sensitive"]
    assert health["sealed"] == ["health_checkin.symptoms", "health_checkin.tenths"]
    assert health["impact"]["risks"]
