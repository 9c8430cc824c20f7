"""Health check-ins: temperature and symptoms; what is abnormal becomes a task for a person."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind, tr
from bot.contract.taskkinds import ALARM
from integrations.health import (
    absences,
    actions,
    ages,
    answering,
    campaign_pages,
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
    reminders,
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
        or answering.hear(turn, text)
        or taking_out.hear(turn, text)
        or ages.hear(turn, text)
        or absences.hear(turn, text)
        or care.hear(turn, text)
    ),
    warns=fever.warn,
    amends=actions.AMENDS,
    jobs=(ladder.climb, *reminders.ALL),
    reactions=(signs.hear_device,),
    lists=(*console.LISTS, visits.LIST, campaign_pages.LIST),
    console=(*visits.ROUTES, *campaign_pages.ROUTES),
    pages=signs.PAGES,
    cards=(cards.latest,),
    figures=figures.FIGURES,
    past=past.tell,
    log=events.LOG,
    emits={
        "health.checked_in": "corrected",
        "health.completed": "",
        "health.took_part": "stand",
        "health.campaign_made": "",
        "health.campaign_changed": "change",
        "health.asked_at_door": "how",
        "health.erased": "rows",
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
        Permission(name=campaign_pages.HOLD, title=tr("办健康登记"), roles=(Role.MANAGER,)),
        Permission(
            name=campaign_pages.ASK,
            title=tr("看健康登记谁还没报，替住户填"),
            roles=(Role.STAFF, Role.MANAGER),
            sensitive=tr("健康登记谁还没报"),
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
        "health.campaign_remind": "name who asks",
        "health.campaign_term": "name ends erases",
        "health.campaign_counted": "name part lacks question",
        "health.campaign_answered": "title option question lacks",
        "health.campaign_stands": "part done lacks asks question complete",
        "health.dropped": "rows",
        "health.readers": "roles staff",
    },
)
