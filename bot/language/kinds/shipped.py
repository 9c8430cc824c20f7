"""The kinds of values that ship, and the grammars that find them in a sentence."""

from collections.abc import Mapping

from bot.language.kinds import (
    choice,
    code,
    consent,
    count,
    flag,
    flat,
    moment,
    money,
    name,
    own_name,
    phone,
    photo,
    place,
    plate,
    regular,
    tail,
    temperature,
    text,
)
from bot.language.kinds.kind import Grammar, Kind

#: By the `type:` of intent files.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        moment.START, moment.FIRST, moment.END, moment.DATETIME, moment.DATE, regular.KIND, flat.BUILDING, flat.UNIT, flat.ROOM, plate.KIND, plate.ANY, phone.KIND, tail.KIND, code.KIND,
        temperature.KIND, count.KIND, money.KIND, name.KIND, name.ABSENT, own_name.KIND, place.KIND, flag.KIND, consent.KIND, choice.KIND, choice.SEVERAL, text.KIND, photo.KIND,
    )
}  # fmt: skip

#: In this order: what one has found is hidden from the next.
GRAMMARS: tuple[Grammar, ...] = (plate.GRAMMAR, phone.GRAMMAR, temperature.GRAMMAR, flat.GRAMMAR, moment.GRAMMAR, regular.GRAMMAR)
