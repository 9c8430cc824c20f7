"""One page of a list: what an address asks for, the rows that fit with their true number, and what stands around them; or all of them as a file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, UnaryExpression, and_, false
from sqlalchemy.orm import defer
from sqlalchemy.sql.operators import desc_op
from sqlmodel import col, func, or_, select

from bot.contract import sheets
from bot.contract.access import PHONES
from bot.contract.bulk import MOST
from bot.contract.lists import ALL, SIZES, Act, Cell, Choice, Column, Days, Listing, Options, Question, Said
from bot.contract.pages import Desk, Download, View, page_number
from bot.errors import Refusal
from bot.language.kinds import phone as phones
from bot.model import SHANGHAI
from bot.store import undos, views
from bot.translation import DAY, DAY_OF_YEAR, Moment, tr, tr_all

#: Letters of a search, and words of it that count.
LONGEST, WORDS = 80, 6

#: Newest rows whose sealed words are opened to be searched; the page says so.
OPENED = 1_000

#: Rows of one file at most, and those that are loaded at a time.
FILED, AT_ONCE = 20_000, 500

#: Kinds of files.
KINDS: Mapping[str, str] = {
    "csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an address asks for, of a listing; everything that it does not know is left out."""

    listing: Listing
    q: str
    chosen: Mapping[str, str]  # filters, by the names that they have in the address
    order: str
    page: int
    size: int

    @classmethod
    def of(cls, listing: Listing, query: Mapping[str, str]) -> "Asked":
        """Read an address."""
        chosen: dict[str, str] = {}
        for filtered in listing.filters:
            if isinstance(filtered, Days):
                chosen |= {name: query.get(name, "").strip()[:10] for name in _names(filtered)}
            else:
                chosen[filtered.name] = query.get(filtered.name, filtered.usual).strip()[:80] or filtered.usual
        order = query.get("sort", "")
        sortable = {column.name for column in listing.columns if column.sort}
        size = query.get("size", "")
        return cls(
            listing=listing, q=" ".join(query.get("q", "").split())[:LONGEST], chosen=chosen,
            order=order if order.removeprefix("-") in sortable else listing.order, page=page_number(query),
            size=int(size) if size in map(str, SIZES) else listing.size,
        )  # fmt: skip

    @property
    def query(self) -> str:
        """The same as an address says it, without what is usual and without the page."""
        usual = {one.name: one.usual for one in self.listing.filters if isinstance(one, Choice)}
        said = {name: value for name, value in self.chosen.items() if value != usual.get(name, "")}
        more = {
            "q": self.q, "sort": self.order if self.order != self.listing.order else "", "size": self.size if self.size != self.listing.size else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in {**said, **more}.items() if value})

    def address(self, **changed: Any) -> str:
        """Return the address of the same list with something else: page=2, order="-opened"."""
        other = replace(self, **{"page": 1, **changed})
        query = "&".join(filter(None, (other.query, f"page={other.page}" if other.page > 1 else "")))
        return f"/console{self.listing.path}" + (f"?{query}" if query else "")

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the usual is asked for."""
        usual = {one.name: one.usual for one in self.listing.filters if isinstance(one, Choice)}
        return bool(self.q) or any(value != usual.get(name, "") for name, value in self.chosen.items())

    def conditions(self, desk: Desk) -> Iterator[ColumnElement[bool]]:
        """Give what a row must be, but for what is searched; raises Refusal for days that are none."""
        yield from self.listing.base(desk)
        for filtered in self.listing.filters:
            if isinstance(filtered, Choice):
                value = self.chosen[filtered.name]
                if filtered.fits is not None and value and value != ALL and value in _keys(filtered.options(desk)):
                    yield filtered.fits(desk, value)
            elif filtered.column is not None:
                since, until = (self.chosen[name] for name in _names(filtered))
                if since:
                    yield col(filtered.column) >= midnight(since)
                if until:
                    yield col(filtered.column) < midnight(until) + timedelta(days=1)

    def sorting(self, *, is_found: bool = False, is_back: bool = False) -> Sequence[Any]:
        """Return what rows are sorted by; the id comes last, so that no row stands on two pages.

        Few that were found are sorted: an index that has the order would be read whole for them, so it is hidden.
        """
        by = next(column for column in self.listing.columns if column.name == self.order.removeprefix("-"))
        is_turned = self.order.startswith("-") is not is_back
        parts = [_way(part, is_back=is_turned, is_hidden=is_found) for part in by.sort]
        return [*parts, _way(self.listing.table.id, is_back=is_turned)]


def _way(part: Any, *, is_back: bool, is_hidden: bool = False) -> Any:
    """Return what a column is sorted by: as it is declared, or the other way round."""
    is_down = isinstance(part, UnaryExpression) and part.modifier is desc_op
    bare = part.element if is_down else part
    bare = func.coalesce(bare, bare) if is_hidden else bare
    return bare.asc() if is_down is is_back else bare.desc()


def _keys(options: Options) -> set[str]:
    """Return all that may be chosen, of groups, too."""
    return {key for name, words in options.items() for key in (words if isinstance(words, Mapping) else (name,))}


def _names(days: Days) -> tuple[str, str]:
    return f"{days.name}_from", f"{days.name}_to"


def midnight(said: str) -> datetime:
    """Return when a day of a form begins in Shanghai; raises Refusal for what is none."""
    try:
        return datetime.combine(date.fromisoformat(said), time(), SHANGHAI)
    except ValueError:
        raise Refusal(tr("“{said}”不是日期，请写成 2026-03-11。", said=said[:20])) from None


# ------------------------------------------------------------------ rows


@dataclass(frozen=True, kw_only=True)
class Found:
    """The rows of one page, and how many there are on all pages."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int
    opened: int = 0  # newest rows whose sealed words were searched; 0 = all, or nothing was


def look(desk: Desk, asked: Asked) -> Found:
    """Return the page that is asked for; the last one where there are fewer."""
    wanted = _wanted(desk, asked)
    total = desk.session.exec(wanted.counted()).one()
    pages = max(-(-total // asked.size), 1)
    page = min(asked.page, pages)
    rows = asked.listing.load(desk, _rows(desk, asked.listing, _ids(desk, asked, wanted, page, total)))
    return Found(rows=rows, total=total, page=page, pages=pages, opened=wanted.opened)


def keys(desk: Desk, asked: Asked, most: int) -> list[str]:
    """Return what stands in forms for all rows on all pages; raises Refusal for more than `most`."""
    listing = asked.listing
    ids = desk.session.exec(_wanted(desk, asked).ids(asked).limit(most + 1)).all()
    if len(ids) > most:
        raise Refusal(tr("一次最多 {most} {unit}，找到的比这多。请先缩小范围。", most=most, unit=listing.unit))
    found = desk.session.exec(select(listing.table.id, listing.key_column).where(listing.table.id.in_(ids))).all()
    by_id = {key: str(said) for key, said in found}
    return [by_id[key] for key in ids if key in by_id]


def _ids(desk: Desk, asked: Asked, wanted: "_Wanted", page: int, total: int) -> Sequence[int]:
    """Return the ids of one page; beyond the middle they are counted from the end, so that the last page is as near as the first."""
    skipped = (page - 1) * asked.size
    some = min(asked.size, total - skipped)
    if skipped <= total - skipped - some:
        return list(desk.session.exec(wanted.ids(asked).limit(some).offset(skipped)).all())
    back = wanted.ids(asked, is_back=True).limit(some).offset(total - skipped - some)
    return list(reversed(desk.session.exec(back).all()))


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What is asked of a table: what rows must be, and the ids to begin with, where they were found otherwise."""

    listing: Listing
    fits: Sequence[ColumnElement[bool]]
    found: Any = None
    opened: int = 0

    def counted(self) -> Any:
        """Return the query of how many there are."""
        return self._of(func.count(self.listing.table.id))

    def ids(self, asked: Asked, *, is_back: bool = False) -> Any:
        """Return the query of their ids, in the order that is asked for, or from its end."""
        query = self._of(self.listing.table.id, is_sorted=True)
        return query.order_by(*asked.sorting(is_found=self.found is not None, is_back=is_back))

    def _of(self, what: Any, *, is_sorted: bool = False) -> Any:
        query = _fitting(self.listing, what, self.fits, is_sorted=is_sorted)
        return query if self.found is None else query.join(self.found, self.found.c.id == self.listing.table.id)


def _fitting(listing: Listing, what: Any, fits: Sequence[ColumnElement[bool]], *, is_sorted: bool = False) -> Any:
    """Return the query for rows that fit; of the tables beside it reads those that it is sorted by or that a condition asks."""
    query = select(what).select_from(listing.table).where(*fits)
    asked = {getattr(one, "name", "") for one in query.get_final_froms()} if listing.beside else set()
    for other, how in listing.beside:
        if is_sorted or other.__tablename__ in asked:
            query = query.join(other, how)
    return query


def _wanted(desk: Desk, asked: Asked) -> _Wanted:
    listing, fits = asked.listing, [*asked.conditions(desk)]
    if listing.narrow is not None:
        narrowed = listing.narrow(desk, asked.q, asked.chosen)
        return _Wanted(listing=listing, fits=[*fits, *narrowed.fits], found=narrowed.found)
    if not asked.q:
        return _Wanted(listing=listing, fits=fits)
    searched, opened = _searched(desk, asked, fits)
    return _Wanted(listing=listing, fits=[*fits, searched], opened=opened)


def _rows(desk: Desk, listing: Listing, ids: Sequence[int]) -> list[Any]:
    """Return the rows of these ids, in their order; the rest of the table stays sealed."""
    table = listing.table
    rows = select(table).where(table.id.in_(ids)).options(*map(defer, listing.leaves))
    found = {row.id: row for row in desk.session.exec(rows).all()}
    return [found[key] for key in ids if key in found]


def _searched(desk: Desk, asked: Asked, fits: Sequence[ColumnElement[bool]]) -> tuple[ColumnElement[bool], int]:
    """Return the condition for what is typed: each word must be found somewhere, or all of it in sealed words of the newest rows."""
    listing, table = asked.listing, asked.listing.table
    each = [listing.find(desk, word) if listing.find else () for word in asked.q.split()[:WORDS]]
    found = and_(*(or_(*conditions) if conditions else false() for conditions in each))
    if not listing.opens:
        return found, 0
    newest = _fitting(listing, table.id, fits).order_by(table.id.desc()).limit(OPENED)  # by an index alone, not by their rows
    rows = desk.session.exec(
        select(table.id, *(getattr(table, name) for name in listing.opens)).where(table.id.in_(newest))
    ).all()
    held = [key for key, *texts in rows if any(listing.opened(desk, str(text), asked.q) for text in texts)]
    return or_(found, table.id.in_(held)), OPENED if len(rows) == OPENED else 0


# ------------------------------------------------------------------ a page


@dataclass(frozen=True, kw_only=True)
class Head:
    """The head of a column: where one click sorts by it, and which way it is sorted now."""

    title: str
    address: str = ""
    sorted: str = ""  # ascending or descending


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row as it is shown."""

    key: str
    to: str
    cells: Sequence[tuple[str, Sequence[Cell]]]  # title of the column, what stands there
    row: Any


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """A filter as the form shows it."""

    name: str
    title: str
    options: Options
    chosen: str
    any: str = ""  # the key for everything
    until: tuple[str, str] = ("", "")  # of days: name and value of the last one


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A kept view, as a tab above the list."""

    words: str
    address: str
    is_current: bool
    forget: str = ""  # where it is taken away, by whoever made it
    is_shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """What may be done with ticked rows, with the answers to choose from."""

    act: Act
    asks: Sequence[tuple[Question, Mapping[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """All that console/list.html shows."""

    listing: Listing
    asked: Asked
    found: Found
    heads: Sequence[Head]
    lines: Sequence[Line]
    narrowings: Sequence[Narrowing]
    tabs: Sequence[Tab]
    bulk: Sequence[Bulk]
    undo: str = ""  # where the last act is taken back
    why_not: str = ""
    refused: str = ""
    ticked: frozenset[str] = frozenset()
    written: Mapping[str, str]
    may_file: bool

    @property
    def may_take_all(self) -> bool:
        """Tell whether an act may be done to all rows on all pages at once."""
        return self.found.pages > 1 and self.found.total <= MOST

    @property
    def before(self) -> str:
        """The address of the page before, empty on the first."""
        return self.asked.address(page=self.found.page - 1) if self.found.page > 1 else ""

    @property
    def after(self) -> str:
        """The address of the next page, empty on the last."""
        return self.asked.address(page=self.found.page + 1) if self.found.page < self.found.pages else ""

    def file(self, kind: str) -> str:
        """Return the address of a file of all that fits."""
        return f"/console{self.listing.path}/export.{kind}" + (f"?{self.asked.query}" if self.asked.query else "")

    @property
    def sizes(self) -> Sequence[tuple[int, str]]:
        """How many rows a page may have, each with its address; none where all stand on one."""
        usual = self.listing.size
        return [(size, self.asked.address(size=size)) for size in (usual, *SIZES)] if self.found.total > usual else []


def show(
    desk: Desk, listing: Listing, query: Mapping[str, str], *, refused: str = "", ticked: frozenset[str] = frozenset(),
    written: Mapping[str, str] | None = None,
) -> Shown:  # fmt: skip
    """Return what a page of a list shows; what is sensitive on it is noted as read."""
    asked = Asked.of(listing, query)
    found = look(desk, asked)
    listing.reads(desk, found.rows)
    columns = [column for column in listing.columns if not column.is_filed_only]
    step = undos.latest(desk.session, listing.name, desk.staff.id or 0, desk.now) if listing.acts else None
    return Shown(
        listing=listing, asked=asked, found=found, heads=[_head(asked, column) for column in columns],
        lines=[
            Line(
                key=listing.key(row), to=listing.to(row), row=row,
                cells=[(column.title, pieces(column.says(desk, row), desk.now)) for column in columns],
            )
            for row in found.rows
        ],
        narrowings=[] if desk.is_fragment else [_narrowing(desk, asked, one) for one in listing.filters],
        tabs=[] if desk.is_fragment else _tabs(desk, asked),
        bulk=[
            Bulk(act=act, asks=[(ask, ask.options(desk) if ask.options else {}) for ask in act.asks])
            for act in listing.acts if desk.may(act.need)
        ],
        undo=f"/console/undo/{step.public_id}" if step else "",
        why_not=desk.why_not_by_phone(asked.q), refused=refused, ticked=ticked, written=written or {},
        may_file=desk.may(listing.file_need),
    )  # fmt: skip


def view(desk: Desk, listing: Listing, query: Mapping[str, str], status: int = 200, **said: Any) -> View:
    """Return a page of a list; `said`: what an act that was refused leaves on it, as `show` takes it."""
    shown = show(desk, listing, query, **said)
    return View(listing.template, {"list": shown, "title": listing.title, **listing.around(desk, shown.found.rows)}, status)


def _head(asked: Asked, column: Column) -> Head:
    if not column.sort:
        return Head(title=column.title)
    is_up, is_down = asked.order == column.name, asked.order == f"-{column.name}"
    return Head(
        title=column.title, address=asked.address(order=f"-{column.name}" if is_up else column.name),
        sorted="ascending" if is_up else "descending" if is_down else "",
    )  # fmt: skip


def _narrowing(desk: Desk, asked: Asked, filtered: Choice | Days) -> Narrowing:
    if isinstance(filtered, Days):
        first, last = _names(filtered)
        return Narrowing(
            name=first, title=filtered.title, options={}, chosen=asked.chosen[first], until=(last, asked.chosen[last])
        )  # fmt: skip
    return Narrowing(
        name=filtered.name, title=filtered.title, options=filtered.options(desk), chosen=asked.chosen[filtered.name],
        any=ALL if filtered.usual else "",
    )  # fmt: skip


def _tabs(desk: Desk, asked: Asked) -> list[Tab]:
    """Return the kept views as tabs; of those that colleagues share none whose words this person may not read."""
    kept = [view for view in views.of(desk.session, asked.listing.name, desk.staff.id or 0) if _is_readable(desk, view)]
    now = asked.query
    here = f"/console{asked.listing.path}"
    return [
        Tab(
            words=view.name, address=f"{here}?{view.query}" if view.query else here, is_current=same(view.query, now), is_shared=view.is_shared,
            forget=f"/console/views/{view.public_id}/forget" if view.staff_id == desk.staff.id else "",
        )
        for view in kept
    ]  # fmt: skip


def _is_readable(desk: Desk, view: views.SavedView) -> bool:
    said = "\n".join((view.name, *(value for _, value in parse_qsl(view.query))))
    return view.staff_id == desk.staff.id or desk.veil(said) == said


def same(query: str, other: str) -> bool:
    """Tell whether two addresses ask for the same."""
    return sorted(parse_qsl(query)) == sorted(parse_qsl(other))


def pieces(said: Said, now: datetime) -> list[Cell]:
    """Return what a column says as cells, one beside the other; none for nothing."""
    if said is None or said == "":
        return []
    if isinstance(said, Cell):
        return [said]
    if isinstance(said, datetime):
        return [Cell(words=day_and_time(said, now))]
    if isinstance(said, date):
        return [Cell(words=day_of(said, now.astimezone(SHANGHAI).date()))]
    if isinstance(said, (str, int)):
        return [Cell(words=str(said))]
    return [piece for one in said for piece in pieces(one, now)]


def day_and_time(moment: datetime, now: datetime) -> str:
    """Return a moment as people write it: 今天 15:00, 3月12日 15:00, of another year 2025年3月12日 15:00."""
    local = moment.astimezone(SHANGHAI)
    return tr_all(" ", (day_of(local.date(), now.astimezone(SHANGHAI).date()), f"{local:%H:%M}"))


def day_of(day: date, today: date) -> str:
    """Return a day as people write it: 今天, 昨天, 明天, 3月12日, 2025年3月12日."""
    near = {-1: tr("昨天"), 0: tr("今天"), 1: tr("明天")}.get((day - today).days)
    if near:
        return near
    chinese = f"{day.month}月{day.day}日"
    return Moment.of(chinese, day, DAY) if day.year == today.year else Moment.of(f"{day.year}年{chinese}", day, DAY_OF_YEAR)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One page of rows that are at hand already, and the addresses of its neighbours."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int
    before: str = ""
    after: str = ""


def part(rows: Sequence[Any], query: Mapping[str, str], path: str, size: int, name: str = "page") -> Part:
    """Return the page that an address asks for of rows that were read and sorted otherwise; `name` parts two lists on one page."""
    pages = max(-(-len(rows) // size), 1)
    at = min(page_number({"page": query.get(name, "")}), pages)

    def address(number: int) -> str:
        return f"/console{path}?{urlencode({**query, name: number})}"

    return Part(
        rows=rows[(at - 1) * size : at * size], total=len(rows), page=at, pages=pages, before=address(at - 1) if at > 1 else "",
        after=address(at + 1) if at < pages else "",
    )  # fmt: skip


# ------------------------------------------------------------------ a file


def file(desk: Desk, listing: Listing, query: Mapping[str, str], kind: str) -> Download:
    """Return all that fits as a table; raises Refusal where that is more than one file holds."""
    asked = Asked.of(listing, query)
    ids = desk.session.exec(_wanted(desk, asked).ids(asked).limit(FILED + 1)).all()
    if len(ids) > FILED:
        raise Refusal(
            tr(
                "一个文件最多 {FILED} {unit}，这里更多。请先用筛选缩小范围，例如按日期一个月一个月导出。",
                FILED=FILED,
                unit=listing.unit,
            )
        )
    heads = [desk.catalogue.say(column.title) for column in listing.columns if not column.is_shown_only]
    name = re.sub(r'[\\/:*?"<>|]', "", f"{desk.community.name}{desk.catalogue.say(listing.title)} {desk.now:%Y-%m-%d}.{kind}")
    make = sheets.workbook if kind == "xlsx" else lambda head, rows: sheets.table(head, rows).encode()
    return Download(body=make(heads, _filed(desk, listing, ids)), content_type=KINDS[kind], filename=name)


def _filed(desk: Desk, listing: Listing, ids: Sequence[int]) -> Iterator[list[object]]:
    for begun in range(0, len(ids), AT_ONCE):
        rows = listing.load(desk, _rows(desk, listing, ids[begun : begun + AT_ONCE]))
        listing.reads(desk, rows)
        for row in rows:
            yield desk.said(
                column.filed(desk, row) if column.filed else in_file(column.says(desk, row), desk)
                for column in listing.columns if not column.is_shown_only
            )  # fmt: skip
        desk.session.expunge_all()


def in_file(said: Said, desk: Desk) -> object:
    """Return what a file says where a page says this: moments whole, cells as their words one after the other."""
    if said is None or isinstance(said, (str, int)):
        return "" if said is None else said
    if isinstance(said, datetime):
        return said.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(said, date):
        return said.isoformat()
    cells = [said] if isinstance(said, Cell) else [Cell(words=one) if isinstance(one, str) else one for one in said]
    return tr_all("；", (tr_all("，", filter(None, (one.words, _number(one.phone, desk), one.small))) for one in cells))


def _number(phone: str, desk: Desk) -> str:
    return phone if not phone or desk.may(PHONES) else phones.veiled(phone)
