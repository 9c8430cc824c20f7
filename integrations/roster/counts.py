"""What an import did, in words."""

from collections.abc import Mapping

from bot.contract import tr, tr_all


def say(counts: Mapping[str, int]) -> str:
    """Return what an import did, in words."""
    words = (
        ("flats", tr("新房屋 {count} 户", count=counts.get("flats", 0))),
        ("new", tr("新住户 {count} 人", count=counts.get("new", 0))),
        ("changed", tr("改动 {count} 处", count=counts.get("changed", 0))),
        ("left", tr("迁出 {count} 人", count=counts.get("left", 0))),
    )
    return tr_all("，", [text for name, text in words if counts.get(name)]) or tr("没有变化")
