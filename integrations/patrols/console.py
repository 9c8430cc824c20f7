"""The pages of patrols: what is walked today, points with their codes to print, routes with their windows, and a point on a guard's phone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlmodel import col, select

from bot.contract import Desk, Page, Redirect, Refusal, Staff, View, asked_in, page, page_number, row_id, telling, tr, withheld
from integrations.patrols import board, drawing, questions, reactions, rounds, shots, windows
from integrations.patrols.models import (
    DOUBT_WORDS,
    KIND_WORDS,
    STATE_WORDS,
    Doubt,
    PatrolPoint,
    PatrolRoute,
    PatrolVisit,
    VisitKind,
)
from integrations.patrols.rounds import EDIT, VIEW, WALK

K = TypeVar("K", PatrolPoint, PatrolRoute)

#: Longest name of a point or route, and longest words on how to find it.
NAME, PLACE = 20, 40

#: Codes on one sheet of paper.
ON_SHEET = 12

#: Points of one route, and most seconds that one may set between two.
MOST_POINTS, MOST_GAP = 60, 1800


# ------------------------------------------------------------------ today


@page("GET", "/patrols", need=VIEW, title=tr("巡检"), nav=tr("服务"))
def show(desk: Desk) -> View:
    """Show today's rounds, and how well routes and points were kept."""
    walks = board.today(desk)
    routes, points = board.kept(desk)
    return View(
        "patrols/today.html",
        {
            "walks": walks, "states": STATE_WORDS, "routes": [(one, routes.get(one.id or 0, board.Kept())) for one in _routes(desk)],
            "points": sorted(((one, points.get(one.id or 0, board.Kept())) for one in _points(desk)), key=lambda row: (row[1].share if row[1].planned else 101)),
            "now": desk.now, "say": windows.say, "names": {one.id: one.name for one in _points(desk)}, "days": board.COUNTED.days,
        },
    )  # fmt: skip


def _points(desk: Desk) -> Sequence[PatrolPoint]:
    hanging = select(PatrolPoint).where(col(PatrolPoint.removed_at).is_(None)).order_by(col(PatrolPoint.id))
    return desk.session.exec(hanging).all()


def _routes(desk: Desk) -> Sequence[PatrolRoute]:
    used = select(PatrolRoute).where(col(PatrolRoute.removed_at).is_(None)).order_by(col(PatrolRoute.id))
    return desk.session.exec(used).all()


# ------------------------------------------------------------------ points


@page("GET", "/patrols/points", need=VIEW, title=tr("巡检点"))
def list_points(desk: Desk) -> View:
    """Show the points, and a form for one more."""
    return _shown_points(desk)


def _shown_points(desk: Desk, fault: Refusal | None = None, edited: str = "") -> View:
    used = {key for route in _routes(desk) for key in route.points}
    return View(
        "patrols/points.html",
        {
            "points": [(one, one.id in used, "\n".join(q.line for q in questions.of(one.questions))) for one in _points(desk)],
            "form": desk.form, "fault": str(fault or ""), "refusal": fault, "edited": edited, "may_edit": desk.may(EDIT), "longest": {"name": NAME, "place": PLACE},
        },
        422 if fault else 200,
    )  # fmt: skip


@page("POST", "/patrols/points", need=EDIT)
def add_point(desk: Desk) -> View | Redirect:
    """Add a point; its code is made at once."""
    point = PatrolPoint(name="", made_at=desk.now)
    return _kept(
        desk, point, _fill_point, lambda refusal: _shown_points(desk, refusal), "patrol.point_made", "/console/patrols/points",
        lambda: tr("{name}加好了。打印二维码贴上去，再放进路线里。", name=point.name),
    )  # fmt: skip


@page("POST", "/patrols/points/{code}", need=EDIT)
def change_point(desk: Desk) -> View | Redirect:
    """Change a point; the code on the wall stays."""
    point = _point(desk)
    return _kept(
        desk, point, _fill_point, lambda refusal: _shown_points(desk, refusal, point.code), "patrol.point_changed", "/console/patrols/points",
        lambda: tr("{name}改好了，墙上的二维码不用换。", name=point.name),
    )  # fmt: skip


def _kept(
    desk: Desk,
    one: K,
    fill: Callable[[Desk, K], None],
    again: Callable[[Refusal], View],
    event: str,
    to: str,
    said: Callable[[], str],
) -> View | Redirect:
    """Keep a point or a route as its form says; what is wrong is said on the form."""
    try:
        fill(desk, one)
    except Refusal as refusal:
        return again(refusal)
    desk.session.flush()
    desk.record(event, one.subject)
    return Redirect(to, said())


def _fill_point(desk: Desk, point: PatrolPoint) -> None:
    name = _named(
        desk,
        [one for one in _points(desk) if one.code != point.code],
        tr("请写点的名称，最多 {most} 个字，例如 3号泵房。", most=NAME),
    )
    place = " ".join(desk.form.get("place", "").split())
    if len(place) > PLACE:
        raise Refusal(tr("怎么找到，最多 {most} 个字。", most=PLACE), field="place")
    asked = questions.read(desk.form.get("questions", ""))
    point.name, point.place, point.questions = name, place, [one.kept for one in asked]
    desk.session.add(point)
    desk.session.flush()
    drawing.hang(desk, point)


def _named(desk: Desk, others: Sequence[PatrolPoint] | Sequence[PatrolRoute], asks: str) -> str:
    """Return the name that was written; raises Refusal for none, one too long, or one that another has."""
    name = " ".join(desk.form.get("name", "").split())
    if not name or len(name) > NAME:
        raise Refusal(asks, field="name")
    if any(one.name == name for one in others):
        raise Refusal(tr("已经有“{name}”了，请换一个名称。", name=name), field="name")
    return name


@page("POST", "/patrols/points/{code}/remove", need=EDIT)
def remove_point(desk: Desk) -> Redirect:
    """Take a point away, and out of all routes; what was noted there stays."""
    point = _point(desk)
    point.removed_at = desk.now
    desk.session.add(point)
    for route in _routes(desk):
        if point.id in route.points:
            route.points = [key for key in route.points if key != point.id]
            desk.session.add(route)
    desk.take_down(drawing.scene(point))
    desk.record("patrol.point_removed", point.subject)
    return Redirect("/console/patrols/points", tr("{name}去掉了，以前的记录还在。", name=point.name))


def _point(desk: Desk) -> PatrolPoint:
    point = rounds.find(desk, desk.params["code"])
    if point is None:
        raise LookupError(desk.params["code"])
    return point


@page("GET", "/patrols/sheet", need=VIEW, title=tr("巡检点二维码"))
def print_codes(desk: Desk) -> View:
    """Show the codes of all points, or of one, to be printed and cut."""
    wanted = desk.query.get("point", "")
    found = [one for one in _points(desk) if not wanted or one.code == wanted]
    last = max(-(-len(found) // ON_SHEET), 1)
    number = min(page_number(desk.query), last)
    shown = found[(number - 1) * ON_SHEET : number * ON_SHEET]
    drawn = [(one, drawing.picture(desk, one)) for one in shown]
    return View("patrols/sheet.html", {"points": drawn, "wanted": wanted, "number": number, "last": last})


# ------------------------------------------------------------------ routes


@page("GET", "/patrols/routes", need=VIEW, title=tr("巡检路线"))
def list_routes(desk: Desk) -> View:
    """Show the routes with their windows, and who walks them."""
    names = {one.id: one.name for one in _points(desk)}
    walkers = {one.id: one.name for one in desk.session.exec(select(Staff)).all()}
    rows = [
        (one, windows.say(one.weekdays, one.opens, one.closes), [names[key] for key in one.points if key in names], walkers.get(one.walker_id, ""))
        for one in _routes(desk)
    ]  # fmt: skip
    return View("patrols/routes.html", {"routes": rows, "may_edit": desk.may(EDIT)})


@page("GET", "/patrols/routes/new", need=EDIT, title=tr("加巡检路线"))
def compose(desk: Desk) -> View:
    """Write a route."""
    return _route_form(desk, None)


@page("GET", "/patrols/routes/{id}", need=EDIT, title=tr("改巡检路线"))
def edit(desk: Desk) -> View:
    """Change a route."""
    return _route_form(desk, _route(desk))


def _route_form(desk: Desk, route: PatrolRoute | None, fault: Refusal | None = None) -> View:
    form = dict(desk.form) if fault else _written(desk, route)
    days = [str(number) for number in range(7) if (form.get(f"day{number}") if fault else str(number) in form["weekdays"])]
    places = {one.id: form.get(f"place{one.id}", "") for one in _points(desk)}
    walkers = [(str(one.id), one.name) for one in telling.may_see(desk, WALK)]
    return View(
        "patrols/route.html",
        {
            "route": route, "form": form, "days": days, "weekdays": list(enumerate(windows.WEEKDAYS)), "points": _points(desk), "places": places, "walkers": walkers,
            "fault": str(fault or ""), "refusal": fault, "longest": NAME,
        },
        422 if fault else 200,
    )  # fmt: skip


def _written(desk: Desk, route: PatrolRoute | None) -> dict[str, str]:
    """Return a route as its form holds it; a new one goes over all points, in the order in which they were added."""
    if route is None:
        every = {f"place{one.id}": str(place) for place, one in enumerate(_points(desk), 1)}
        return {
            **every,
            "name": "",
            "weekdays": "0123456",
            "opens": "08:00",
            "closes": "10:00",
            "gap": "20",
            "walker": "",
            "ordered": "",
        }
    places = {f"place{key}": str(place) for place, key in enumerate(route.points, 1)}
    return {
        "name": route.name, "weekdays": route.weekdays, "opens": windows.clock(route.opens), "closes": windows.clock(route.closes), "gap": str(route.gap),
        "walker": str(route.walker_id or ""), "ordered": "on" if route.is_ordered else "", **places,
    }  # fmt: skip


@page("POST", "/patrols/routes", need=EDIT)
def add_route(desk: Desk) -> View | Redirect:
    """Add a route; its first round begins with the next window."""
    route = PatrolRoute(name="", begun_to=desk.now)
    return _kept(
        desk, route, _fill_route, lambda refusal: _route_form(desk, None, refusal), "patrol.route_made", "/console/patrols/routes",
        lambda: tr("{name}加好了，从下一个时间段开始。", name=route.name),
    )  # fmt: skip


@page("POST", "/patrols/routes/{id}", need=EDIT)
def change_route(desk: Desk) -> View | Redirect:
    """Change a route; a round that has begun stays as it was."""
    route = _route(desk)
    return _kept(
        desk, route, _fill_route, lambda refusal: _route_form(desk, route, refusal), "patrol.route_changed", "/console/patrols/routes",
        lambda: tr("{name}改好了；已经开始的那一次还按原来的走。", name=route.name),
    )  # fmt: skip


def _fill_route(desk: Desk, route: PatrolRoute) -> None:
    form = desk.form
    others = [one for one in _routes(desk) if one.public_id != route.public_id]
    name = _named(desk, others, tr("请写路线的名称，最多 {most} 个字，例如 早班设备巡检。", most=NAME))
    weekdays = "".join(str(number) for number in range(7) if form.get(f"day{number}"))
    if not weekdays:
        raise Refusal(tr("请至少选一天。"), field="day0")
    times = windows.read(form.get("opens", ""), form.get("closes", ""))
    if times is None:
        raise Refusal(tr("请写几点到几点；写到第二天的，结束时间比开始早就行，例如 22:00 到 02:00。"), field="opens")
    gap = row_id(form.get("gap", "").strip())
    if gap is None or gap > MOST_GAP:
        raise Refusal(tr("两个点之间最少走几秒，请写 1 到 {most}。", most=MOST_GAP), field="gap")
    walker = row_id(form.get("walker", ""))
    if walker is not None and walker not in {one.id for one in telling.may_see(desk, WALK)}:
        raise Refusal(tr("请选择一位能巡检的同事。"), field="walker")
    route.points = _chosen(desk)
    route.name, route.weekdays, (route.opens, route.closes), route.gap = name, weekdays, times, gap
    route.walker_id, route.is_ordered = walker, bool(form.get("ordered"))
    desk.session.add(route)


def _chosen(desk: Desk) -> list[int]:
    """Return the points that have a place, in the order of their places; those of the same place in the order in which they stand."""
    placed = []
    for one in _points(desk):
        said = desk.form.get(f"place{one.id}", "").strip()
        if not said:
            continue
        place = row_id(said)
        if place is None or place > MOST_POINTS:
            raise Refusal(
                tr("“{name}”的顺序请写 1 到 {most} 的数字，不走的空着。", name=one.name, most=MOST_POINTS), field=f"place{one.id}"
            )
        placed.append((place, one.id or 0))
    if not placed:
        first = next(iter(_points(desk)), None)
        raise Refusal(tr("请至少给一个点写上顺序。"), field=f"place{first.id}" if first is not None else "name")
    return [key for _, key in sorted(placed, key=lambda row: row[0])]


@page("POST", "/patrols/routes/{id}/remove", need=EDIT)
def remove_route(desk: Desk) -> Redirect:
    """Walk a route no more; what was noted stays."""
    route = _route(desk)
    route.removed_at = desk.now
    desk.session.add(route)
    desk.record("patrol.route_removed", route.subject)
    return Redirect("/console/patrols/routes", tr("{name}去掉了，以前的记录还在。", name=route.name))


def _route(desk: Desk) -> PatrolRoute:
    used = select(PatrolRoute).where(PatrolRoute.public_id == desk.params["id"], col(PatrolRoute.removed_at).is_(None))
    route = desk.session.exec(used).first()
    if route is None:
        raise LookupError(desk.params["id"])
    return route


# ------------------------------------------------------------------ at a point, on a phone that is signed in


@page("GET", "/patrols/at/{code}", need=WALK, title=tr("到了巡检点"))
def stand(desk: Desk) -> View:
    """Show a point to who stands before it. Opening it notes nothing: previews open links, too."""
    return _stood(desk, _point(desk))


def _stood(desk: Desk, point: PatrolPoint, fault: Refusal | None = None) -> View:
    visit = next(
        (one for one in (rounds.last_visit(desk, desk.staff, rounds.SAME * 10),) if one is not None and one.point_id == point.id),
        None,
    )
    noted = _noted(desk, visit, point)
    return View(
        "patrols/at.html",
        {
            "point": point, "visit": visit, "questions": questions.of(point.questions), "answers": rounds.answers_of(visit, point) if visit is not None else {},
            "form": desk.form if fault else {}, "fault": str(fault or ""), "refusal": fault, "opens_at": rounds.opens_at(desk, point), **noted,
        },
        422 if fault else 200,
    )  # fmt: skip


def _noted(desk: Desk, visit: PatrolVisit | None, point: PatrolPoint) -> Mapping[str, Any]:
    if visit is None:
        return {"noted": None, "kind": "", "doubt": "", "repair": "", "photos": ()}
    return {
        "noted": rounds.told(desk, visit, point), "kind": KIND_WORDS[visit.kind], "is_early": visit.kind is VisitKind.EARLY,
        "doubt": DOUBT_WORDS[Doubt(visit.doubt)] if visit.doubt else "", "repair": reactions.say(visit.ticket_state),
        "photos": shots.of_visit(desk, visit),
    }  # fmt: skip


@page("POST", "/patrols/at/{code}", need=WALK, takes=lambda upload, _form: shots.read(upload))
def arrive(desk: Desk) -> View | Redirect:
    """Note that somebody is there, with what they read off and what is broken."""
    point = _point(desk)
    try:
        with asked_in("picture"):
            picture = shots.taken(desk.taken)
        visit = rounds.note(desk, point, desk.staff).visit
        for number, question in enumerate(questions.of(point.questions)):
            if not (said := desk.form.get(f"answer{number}", "").strip()):
                continue
            value = question.read(said)
            if value is None:
                raise Refusal(tr("“{title}”没看懂：{hint}。", title=question.title, hint=question.hint), field=f"answer{number}")
            rounds.answer(desk, visit, question, value)
        if (words := withheld(desk.form.get("fault", "").strip())) and not visit.ticket:
            rounds.find_fault(desk, visit, words, shots.of_visit(desk, visit))
        if picture is not None and shots.keep(desk, visit, picture) is None:
            raise Refusal(tr("这一次已经有 {most} 张照片了。", most=shots.MOST), field="picture")
    except Refusal as refusal:
        desk.session.rollback()
        return _stood(desk, _point(desk), refusal)
    return Redirect(f"/console/patrols/at/{point.code}", tr("记下了：{point}。", point=point.name))


ROUTES: tuple[Page, ...] = (
    show, list_points, add_point, change_point, remove_point, print_codes, list_routes, compose, edit, add_route, change_route, remove_route, stand, arrive,
)  # fmt: skip
