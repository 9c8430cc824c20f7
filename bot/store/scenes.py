"""The QR codes on walls: what each says and where it hangs."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from bot.language.addresses import label_of
from bot.model import moment, public_id
from bot.store.people import Household
from bot.store.scope import Scoped


class Scene(Scoped, table=True):
    """One of our QR codes on a wall: what scanning it begins. WeChat and the code know only `code`."""

    code: str = Field(default_factory=public_id, primary_key=True)
    kind: str  # as in intents/_scenes.yaml
    label: str  # where it hangs: 3栋, 地下车库B1
    url: str  # what the QR code holds
    created_at: datetime = moment()


def find(session: Session, code: str) -> Scene | None:
    """Return the code that was scanned, of whatever community it says it is; None if it is none of ours."""
    if not code:
        return None
    before = dict(session.info)
    session.info.clear()
    try:
        return session.get(Scene, code)
    finally:
        session.info.update(before)


def prepare(session: Session, kind: str, label: str, now: datetime) -> Scene:
    """Return the code of a kind for a place, a new one if there is none yet.

    A new one has no `url` until `complete`, so that whoever is stopped in between goes on with the same code.
    """
    scene = session.exec(select(Scene).where(Scene.kind == kind, Scene.label == label)).first()
    if scene is None:
        scene = Scene(kind=kind, label=label, url="", created_at=now)
        session.add(scene)
        session.flush()
    return scene


def complete(session: Session, code: str, url: str) -> Scene:
    """Note what WeChat wants the code's picture to hold."""
    scene = session.get_one(Scene, code)
    scene.url = url
    session.add(scene)
    return scene


def hang(session: Session, code: str, kind: str, label: str, now: datetime) -> Scene:
    """Let a code of a service's own begin what a kind is for; one that hangs already is at that place from now on."""
    scene = session.exec(select(Scene).where(Scene.code == code)).first() or Scene(
        code=code, kind=kind, label=label, url="", created_at=now
    )
    scene.kind, scene.label = kind, label
    session.add(scene)
    return scene


def take_down(session: Session, code: str) -> None:
    """Forget a code."""
    if (scene := session.exec(select(Scene).where(Scene.code == code)).first()) is not None:
        session.delete(scene)


def listed(session: Session) -> Sequence[Scene]:
    """Return all codes, by kind and in the order they were made."""
    return session.exec(select(Scene).order_by(col(Scene.kind), col(Scene.created_at), col(Scene.label))).all()


def every_unit(session: Session) -> list[str]:
    """Return 3栋2单元 for each unit of the roster, 3栋 where a building has none, smaller numbers first."""
    units = select(Household.building, Household.unit).distinct()
    found = sorted(session.exec(units).all(), key=lambda one: (_number(one[0]), _number(one[1])))
    return [label_of(building, unit) for building, unit in found]


def _number(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() else (10**9, text)
