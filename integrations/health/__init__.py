"""Health check-ins: temperature and symptoms; what is abnormal becomes a task for a person."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from bot.contract.taskkinds import ALARM
from integrations.health import (
    absences,
    actions,
    ages,
    cards,
    care,
    console,
    events,
    fever,
    figures,
    ladder,
    past,
    personal,
    processing,
    purposes,
    readers,
    signs,
    taking_out,
    tasks,
    visits,
)
from integrations.health.models import SYMPTOM_WORDS
from integrations.health.settings import Settings

integration = Integration(
    name="health",
    title=tr("健康打卡"),
    folder=Path(__file__).parent,
    actions=(*actions.ALL, taking_out.clear, ages.young, care.ask_after, signs.report, absences.leave),
    hears=lambda turn, text: (
        readers.hear(turn, text)
        or taking_out.hear(turn, text)
        or ages.hear(turn, text)
        or absences.hear(turn, text)
        or care.hear(turn, text)
    ),
    warns=fever.warn,
    amends=actions.AMENDS,
    jobs=(ladder.climb,),
    reactions=(signs.hear_device,),
    lists=(*console.LISTS, visits.LIST),
    console=visits.ROUTES,
    pages=signs.PAGES,
    cards=(cards.latest,),
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    emits={
        "health.checked_in": "corrected",
        "health.completed": "",
        "care.asked": "rung",
        "care.signed": "sign",
        "care.away": "",
        "care.back": "",
        "care.changed": "",
        "care.signal": "sign",
    },
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
        TaskKind(
            kind=ladder.VISIT,
            title=tr("上门看看"),
            path="/care/visits/{day}",
            path_title=tr("上门以后填"),
            ladder=ALARM,
            need=ladder.NEED,
        ),
        TaskKind(kind=signs.DEVICE, title=tr("关怀设备没有信号"), ladder=ALARM, need=ladder.NEED),
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
        "care.greeting": "url hour",
        "care.resident": "url hour",
        "care.family": "name hour",
        "care.neighbour": "name flat",
        "care.clear": "name how",
        "care.back": "name hour",
        "health.taken_out": "who rows",
        "health.high_fever": "",
        "health.readers": "roles staff",
    },
)
