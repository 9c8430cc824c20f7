"""What repairs do for other services: open a ticket for a fault that somebody found where it belongs to everybody."""

from collections.abc import Mapping
from typing import Any

from bot.contract import Work, withheld
from integrations.repairs import clock, steps
from integrations.repairs.models import CATEGORY_WORDS, LONGEST, PUBLIC, Ticket

#: Words by which the kind of a fault is known that is told in one sentence.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "lift": ("电梯", "轿厢"), "drain": ("堵", "下水", "地漏", "排水"), "water": ("漏水", "渗水", "水管", "阀门", "水龙头", "水泵", "消防栓漏"),
    "lighting": ("灯",), "electric": ("跳闸", "没电", "插座", "电箱", "配电", "电线"), "door": ("门", "锁", "窗", "闸机"),
    "wall": ("墙", "地砖", "瓷砖", "地面", "天花板", "台阶", "井盖"), "network": ("网络", "监控", "摄像头", "信号"),
}  # fmt: skip


def open_ticket(work: Work, wanted: Mapping[str, Any]) -> str:
    """Open a ticket at a `place` for the `words` that were said of it, with `photos`; `urgent` calls those on duty. Returns its subject."""
    words = withheld(str(wanted["words"]))[:LONGEST]
    ticket = Ticket(
        said_flat=PUBLIC, category=_kind(words), location=str(wanted["place"])[:40], urgent=bool(wanted.get("urgent")), opened_at=work.now,
        phone=str(wanted.get("phone", "")),
    )  # fmt: skip
    clock.start(work, ticket)
    ticket.add_words(words)
    for photo in wanted.get("photos", ()):
        photo.subject = ticket.subject
        work.session.add(photo)
    work.session.add(ticket)
    work.session.flush()
    work.record("repair.opened", ticket.subject, category=ticket.category, urgent=ticket.urgent, by_staff=True)
    if ticket.urgent:
        steps.call_out(work, ticket)
    return ticket.subject


def _kind(words: str) -> str:
    found = next((kind for kind, signs in _KINDS.items() if any(sign in words for sign in signs)), "other")
    return found if found in CATEGORY_WORDS else "other"


SERVES = {"repair.open": open_ticket}
