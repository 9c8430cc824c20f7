"""Tools: residents borrow a ladder or a drill, staff hand it out and take it back."""

from pathlib import Path

from bot.contract import Integration, Permission, Role, TaskKind
from integrations.tools import actions, api, board, cards, effects, events, figures, jobs, pages, personal, reactions, settings

integration = Integration(
    name="tools",
    title="借工具",
    folder=Path(__file__).parent,
    actions=(actions.borrow, actions.list_mine),
    amends=(actions.change,),
    console=board.ROUTES,
    pages=(pages.show,),
    api=(api.loans, api.bring_back),
    jobs=(jobs.remind,),
    effects=(effects.announce,),
    reactions=(reactions.call_off,),
    emits=events.EMITS,
    log=events.LOG,
    tells={"tool.ready": "tool url", "tool.due": "tool"},
    permissions=(Permission(name="tools.lend", title="借出和收回工具", roles=(Role.STAFF, Role.MANAGER)),),
    tasks=(TaskKind(kind="tool.wanted", title="有人借工具", path="/tools", path_title="去借出"),),
    cards=(cards.borrowed,),
    figures=(figures.asked_for,),
    personal=personal.PERSONAL,
    settings=settings.Settings,
    seed=jobs.seed,
)
