"""The figures: what all services measure, by week or month, as tables that a chart draws and a file holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from urllib.parse import urlencode

from sqlmodel import select

from bot.console import measures
from bot.contract import Desk, Download, Page, Services, View, page, row_id
from bot.contract.figures import Asked, Figure, Measured, Number, Period, Step, Unit, measure, periods
from bot.contract.sheets import table
from bot.language.addresses import label_of
from bot.store import directory
from bot.store.people import Household
from bot.translation import tr

#: How many periods may be looked at, by what they are; the first is taken where nobody says.
LAST: Mapping[Step, Sequence[int]] = {Step.WEEK: (8, 4, 12, 26), Step.MONTH: (6, 3, 12, 24)}

STEP_WORDS = {Step.WEEK: tr("按周"), Step.MONTH: tr("按月")}

#: What the numbers of a file are.
UNIT_WORDS = {
    Unit.COUNT: tr("次"),
    Unit.SHARE: tr("比例"),
    Unit.SCORE: tr("平均分"),
    Unit.WAIT: tr("分钟（中位数）"),
    Unit.MINUTES: tr("分钟（合计）"),
    Unit.MONEY: tr("元（合计）"),
}

#: What the core's own figures are headed by.
OVERALL = tr("居民和机器人")

#: How many buildings are held against each other at most: each is counted by itself.
COMPARED = 40

#: Rows of a ranking that are shown; the file has all.
RANKED = 12


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to see, as the address says it."""

    step: Step
    last: int
    building: str
    show: str
    compares: bool = False  # the buildings are held against each other

    @classmethod
    def of(cls, query: Mapping[str, str], services: Services, buildings: Sequence[str]) -> "Wanted":
        """Read an address; what it says that cannot be is as if it were not said."""
        step = Step(query["step"]) if query.get("step") in list(Step) else Step.WEEK
        last = row_id(query.get("last", "")) or 0
        building, show = query.get("building", ""), query.get("show", "")
        show = show if show in services.figures else measures.FIGURES[0].key
        return cls(
            step=step, last=last if last in LAST[step] else LAST[step][0], building=building if building in buildings else "",
            show=show, compares="compares" in query and services.figures[show].by_building and 1 < len(buildings) <= COMPARED,
        )  # fmt: skip

    def address(self, **other: object) -> str:
        """Return the same as an address says it, with something else in it."""
        said = {one.name: getattr(self, one.name) for one in fields(self)} | other
        return urlencode({name: "1" if value is True else str(value) for name, value in said.items() if value})


def pages(services: Services) -> tuple[Page, ...]:
    """Return the page of all figures, and its file."""
    return (
        page("GET", "/figures", need="figures.view", title=tr("数据"), nav=tr("管理"))(partial(_show, services)),
        page("GET", "/figures/export.csv", need="figures.view", title=tr("数据（CSV）"))(partial(_export, services)),
    )


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A figure in the list: the last whole period beside the one that goes on."""

    figure: Figure
    before: Number | None
    now: Number | None


def _show(services: Services, desk: Desk) -> View:
    """Show one figure through all periods, and how the others stand."""
    buildings = _buildings(desk)
    wanted = Wanted.of(desk.query, services, buildings)
    shown = services.figures[wanted.show]
    measured = _compared(desk, shown, wanted, buildings) if wanted.compares else measure(desk, shown, _asked(desk, wanted, shown))
    lately = periods(wanted.step, 2, desk.now.date())
    return View(
        "console/figures.html",
        {
            "wanted": wanted, "steps": STEP_WORDS, "last": LAST, "buildings": buildings, "measured": measured, "ranked": RANKED,
            "groups": [(title, [_summary(desk, one, wanted, lately) for one in own]) for title, own in _groups(services)],
            "notes": shown.notes(desk) if shown.notes else (), "ranks": shown.is_ranking or wanted.compares,
            "may_compare": shown.by_building and 1 < len(buildings) <= COMPARED,
        },
    )  # fmt: skip


def _asked(desk: Desk, wanted: Wanted, figure: Figure) -> Asked:
    building = wanted.building if figure.by_building else ""
    return Asked(periods=periods(wanted.step, wanted.last, desk.now.date()), building=building)


def _compared(desk: Desk, figure: Figure, wanted: Wanted, buildings: Sequence[str]) -> Measured:
    """Return a figure with a row for each building, in the order of their numbers; of several parts the first is taken."""
    asked = Asked(periods=periods(wanted.step, wanted.last, desk.now.date()))
    found = [(one, measure(desk, figure, replace(asked, building=one)).rows[0]) for one in buildings]
    return Measured(figure=figure, asked=asked, rows=[replace(row, part=label_of(one)) for one, row in found])


def _groups(services: Services) -> Iterator[tuple[str, Sequence[Figure]]]:
    """Give the figures by whose they are, those of the whole first."""
    yield OVERALL, measures.FIGURES
    yield from ((one.title, one.figures) for one in services.integrations if one.figures and one.figures is not measures.FIGURES)


def _summary(desk: Desk, figure: Figure, wanted: Wanted, lately: Sequence[Period]) -> Summary:
    if figure.is_ranking:  # one number would say nothing of it
        return Summary(figure=figure, before=None, now=None)
    found = measure(desk, figure, Asked(periods=lately, building=wanted.building if figure.by_building else ""))
    before, now = found.rows[0].numbers
    return Summary(figure=figure, before=before, now=now)


def _buildings(desk: Desk) -> Sequence[str]:
    """Return the buildings that there are, in the order of their numbers."""
    found = desk.session.exec(select(Household.building).distinct()).all()
    return sorted(found, key=lambda building: directory.place_of(building, "", ""))


def _export(services: Services, desk: Desk) -> Download:
    """Give the numbers of one figure, or of all, a line each: what a spreadsheet sorts and sums."""
    wanted = Wanted.of(desk.query, services, _buildings(desk))
    chosen = [services.figures[wanted.show]] if desk.query.get("show") else list(services.figures.values())
    if wanted.compares and len(chosen) == 1:
        found = [_compared(desk, chosen[0], wanted, _buildings(desk))]
    else:
        found = [measure(desk, one, _asked(desk, wanted, one)) for one in chosen]
    rows = [desk.said(row) for one in found for row in _lines(one)]
    columns = (tr("指标"), tr("分项"), tr("楼栋"), tr("从"), tr("到"), tr("数值"), tr("单位"), tr("基数"), tr("怎么算的"))
    body = table([str(one) for one in desk.said(columns)], rows).encode()
    name = chosen[0].title if len(chosen) == 1 else tr("数据")
    return Download(body=body, content_type="text/csv", filename=f"{desk.catalogue.say(name)} {desk.now:%Y-%m-%d}.csv")


def _lines(measured: Measured) -> Iterator[Sequence[object]]:
    figure, asked = measured.figure, measured.asked
    building = label_of(asked.building) or tr("全部")
    for row in measured.rows:
        for period, number in zip(asked.periods, row.numbers, strict=True):
            said = tr("没有数据") if number.value is None else number.plain
            yield (
                figure.title, row.part, building, f"{period.begins}", f"{period.ends}", said, UNIT_WORDS[figure.unit], "" if figure.unit is Unit.COUNT else number.of,
                figure.definition,
            )  # fmt: skip
