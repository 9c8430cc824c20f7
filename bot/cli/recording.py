"""The record of processing and the impact sheets, as Markdown: 个人信息保护法 articles 55 and 56."""

from collections.abc import Iterator

import typer

from bot import config
from bot.cli import show_json
from bot.contract import ROLE_WORDS, Integration, Processing, Role, Services
from bot.contract.processing import Impact
from bot.services import load_services
from bot.store import sealing

_HEAD = """# 个人信息处理活动记录

按《个人信息保护法》第五十五、五十六条，由 Linli 按现在启用的服务和程序里的声明列出。负责人、保存地点、受托方名称和评估结论请物业补上；
评估报告和处理情况记录至少保存三年。括号里是默认有这项权限的角色，小区在控制台改过的以控制台为准。
"""


def report(*, as_json: bool) -> None:
    """Print everything that the services in force use personal data for."""
    services = load_services(config.load_local())
    declared = [(service, one) for service in services.integrations for one in service.processing]
    if as_json:
        for service, one in declared:
            show_json(_as_json(services, service, one))
        return
    typer.echo(_HEAD)
    for line in _record(services, declared):
        typer.echo(line)
    typer.echo("\n# 个人信息保护影响评估")
    for service, one in declared:
        if one.impact is not None:
            for line in _sheet(services, service, one, one.impact):
                typer.echo(line)


def _record(services: Services, declared: list[tuple[Integration, Processing]]) -> Iterator[str]:
    yield "| 服务 | 处理什么 | 目的 | 合法性基础 | 敏感 | 存在哪里 | 保存多久 | 谁能看到 | 提供给谁 |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for service, one in declared:
        cells = (
            service.title, one.what, one.purpose, "；".join(one.basis), "是" if one.is_sensitive else "否", "<br>".join(_places(one)), one.lives,
            _seen_by(services, one), one.goes_to,
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _sheet(services: Services, service: Integration, one: Processing, impact: Impact) -> Iterator[str]:
    yield f"\n## {service.title}：{one.what}\n"
    yield f"- 目的：{one.purpose}"
    yield f"- 合法性基础：{'；'.join(one.basis)}"
    yield f"- 为什么必要：{impact.necessity}"
    yield f"- 存在哪里：{'、'.join(_places(one))}"
    yield f"- 保存多久：{one.lives}"
    yield f"- 谁能看到：{_seen_by(services, one)}"
    yield f"- 提供给谁：{one.goes_to}"
    yield "- 对个人的风险："
    yield from (f"  - {risk}" for risk in impact.risks)
    yield "- 已有的措施："
    yield from (f"  - {measure}" for measure in impact.measures)
    yield "- 评估结论、评估人、日期："


def _places(one: Processing) -> list[str]:
    """Return where it lies, and what of it is encrypted."""
    sealed = _sealed_places()
    return [f"{place}（加密）" if place in sealed else place for place in one.columns]


def _sealed_places() -> set[str]:
    return {sealed.place for _, _, sealed in sealing.columns()}


def _seen_by(services: Services, one: Processing) -> str:
    """Return the permissions that show it, and the roles that have them by default."""
    if not one.seen_by:
        return "没有单独的页面，由各服务的页面显示"
    return "；".join(
        f"{permission.title}（{'、'.join(ROLE_WORDS[role] for role in Role if permission.is_default(role))}）"
        for name in one.seen_by if (permission := services.permissions.get(name))
    )  # fmt: skip


def _as_json(services: Services, service: Integration, one: Processing) -> dict[str, object]:
    impact = one.impact
    return {
        "service": service.name, "what": one.what, "purpose": one.purpose, "basis": list(one.basis), "sensitive": one.is_sensitive,
        "columns": list(one.columns), "sealed": sorted(set(one.columns) & _sealed_places()), "lives": one.lives,
        "permissions": list(one.seen_by), "seen_by": _seen_by(services, one), "goes_to": one.goes_to,
        "impact": impact and {"necessity": impact.necessity, "risks": list(impact.risks), "measures": list(impact.measures)},
    }  # fmt: skip
