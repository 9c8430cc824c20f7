"""How people read the events of patrols."""

from collections.abc import Collection, Mapping

from sqlmodel import col, select

from bot.contract import Log, Subject, Work, tr
from integrations.patrols.models import DOUBT_WORDS, KIND_WORDS, PatrolPoint, PatrolRound, PatrolRoute, PatrolVisit


def _points(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(PatrolPoint).where(col(PatrolPoint.code).in_(keys))).all()
    return _known(keys, {one.code: one.name for one in found}, "/patrols/points")


def _routes(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    found = work.session.exec(select(PatrolRoute).where(col(PatrolRoute.public_id).in_(keys))).all()
    return _known(keys, {one.public_id: one.name for one in found}, "/patrols/routes")


def _rounds(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    ids = {key: key.partition(".")[0] for key in keys}  # of a point that was missed: round and point
    query = select(PatrolRound, PatrolRoute).where(
        col(PatrolRound.public_id).in_(set(ids.values())), PatrolRoute.id == PatrolRound.route_id
    )
    named = {one.public_id: route.name for one, route in work.session.exec(query).all()}
    return _known(keys, {key: named[of] for key, of in ids.items() if of in named}, "/patrols")


def _visits(work: Work, keys: Collection[str]) -> Mapping[str, Subject]:
    query = select(PatrolVisit, PatrolPoint).where(col(PatrolVisit.public_id).in_(keys), PatrolPoint.id == PatrolVisit.point_id)
    named = {one.public_id: point.name for one, point in work.session.exec(query).all()}
    return _known(keys, named, "/patrols/visits")


def _known(keys: Collection[str], named: Mapping[str, str], path: str) -> Mapping[str, Subject]:
    return {key: Subject(tr("巡检：{name}", name=named[key]) if key in named else tr("巡检"), path) for key in keys}


#: Kinds of events and their fields.
EMITS = {
    "patrol.begun": "", "patrol.kept": "", "patrol.missed": "points", "patrol.voided": "", "patrol.visited": "how doubt?", "patrol.off": "", "patrol.fault": "",
    "patrol.told_of": "", "patrol.point_made": "", "patrol.point_changed": "", "patrol.point_removed": "", "patrol.point_drawn": "",
    "patrol.route_made": "", "patrol.route_changed": "", "patrol.route_removed": "",
}  # fmt: skip

LOG = Log(
    events={
        "patrol.begun": tr("到了巡检时间"), "patrol.kept": tr("巡检走完了"), "patrol.missed": tr("巡检漏了 {points} 个点"), "patrol.voided": tr("系统停着，这一次巡检不算"),
        "patrol.visited": tr("到了巡检点（{how}{doubt?，{doubt}}）"), "patrol.off": tr("巡检读数不正常"), "patrol.fault": tr("巡检发现问题，已报修"), "patrol.told_of": tr("有人扫码报了问题"),
        "patrol.point_made": tr("加了巡检点"), "patrol.point_changed": tr("改了巡检点"), "patrol.point_removed": tr("去掉了巡检点"), "patrol.point_drawn": tr("微信给了巡检点的二维码"),
        "patrol.route_made": tr("加了巡检路线"), "patrol.route_changed": tr("改了巡检路线"), "patrol.route_removed": tr("去掉了巡检路线"),
    },
    titles={"patrol.missed": tr("巡检漏点"), "patrol.visited": tr("到了巡检点")},
    words={
        "how": {one.value: words for one, words in KIND_WORDS.items()}, "doubt": {one.value: words for one, words in DOUBT_WORDS.items()},
    },
    subjects={"point": _points, "route": _routes, "round": _rounds, "visit": _visits},
    figures={"patrol.visited": tr("巡检到点")},
)  # fmt: skip
