"""How a flat or a shop is written: 3栋2单元501, 6栋商铺103, 商铺12. Pure."""

#: What stands in place of a building or a unit where a shop is meant, whatever it is called: 底商, 门面.
SHOP = "商铺"

#: What people and rosters call a shop.
SHOP_WORDS = "(?:底商|商铺|门面房?|门市房?|店面房?|铺面房?|店铺|铺位|街铺|门头房)"


def label_of(building: str, unit: str = "", room: str = "") -> str:
    """Return what residents write for a flat, a unit or a building; parts that are empty are left out."""
    return _part(building, "栋") + _part(unit, "单元") + room


def _part(said: str, word: str) -> str:
    return said if said in ("", SHOP) else said + word


def is_shop(building: str, unit: str) -> bool:
    """Tell whether building and unit are those of a shop."""
    return SHOP in (building, unit)
