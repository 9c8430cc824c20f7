"""Health check-ins: temperature and symptoms; what is abnormal becomes a task for a person."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from bot.contract.taskkinds import ALARM
from integrations.health import (
    actions,
    ages,
    cards,
    care,
    console,
    events,
    fever,
    figures,
    past,
    personal,
    processing,
    purposes,
    readers,
    taking_out,
    tasks,
)
from integrations.health.models import SYMPTOM_WORDS
from integrations.health.settings import Settings

integration = Integration(
    name="health",
    title=tr("健康打卡"),
    folder=Path(__file__).parent,
    actions=(*actions.ALL, taking_out.clear, ages.young, care.ask_after),
    hears=lambda turn, text: (
        readers.hear(turn, text) or taking_out.hear(turn, text) or ages.hear(turn, text) or care.hear(turn, text)
    ),
    warns=fever.warn,
    amends=actions.AMENDS,
    lists=console.LISTS,
    cards=(cards.latest,),
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    emits={"health.checked_in": "corrected", "health.completed": ""},
    processing=processing.PROCESSING,
    permissions=(
        Permission(
            name=tasks.NEED,
            title=tr("看健康打卡"),
            roles=(Role.MANAGER,),
            sensitive=tr("健康信息"),
            veils=tuple(SYMPTOM_WORDS.values()),
        ),
    ),
    tasks=(
        TaskKind(kind=tasks.KIND, title=tr("健康异常"), path="/health", path_title=tr("看打卡"), ladder=ALARM, need=tasks.NEED),
        TaskKind(kind=care.KIND, title=tr("关怀"), need=care.NEED),
    ),
    personal=personal.PERSONAL,
    purposes=(*purposes.ALL, care.CARE),
    settings=Settings,
    tells={
        "health.consent": "days",
        "health.consent_child": "",
        "health.why": "",
        "health.why_child": "",
        "care.why": "",
        "care.consent": "",
        "care.not_bound": "",
        "health.taken_out": "who rows",
        "health.high_fever": "",
        "health.readers": "roles staff",
    },
)
