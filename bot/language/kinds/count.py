"""How many come: 两个人, 一家三口, 3位客人, 还有一个朋友."""

import re

from bot.language import people
from bot.language.kinds import name
from bot.language.kinds.kind import Kind, Message, Slot, Value, bare
from bot.language.numbers import NUMBER, value_of

_COUNT = re.compile(
    rf"(?<!后头)(?<!前头)(?<!后面)(?<!前面)(?<!中间)(?<!最后)(?<!末尾)({NUMBER})\s*(?:个人(?!的)|个朋友|个客人|个同学|个同事|个亲戚|位|口人|个小孩|名|人(?!民|工)|个大人|个(?!月|小时|钟头|半|礼拜|星期|单元|问题|灯|插座))"
)
#: 还有一个朋友也来, 再加两个人, 她还带了一个朋友: so many more.
_MORE_OF_THEM = re.compile("(?:还有|还要来|另外(?:还有|再来)?|再加|再来|再多|多|加|还要?带)[了着]?$")
_FAMILY = re.compile(rf"一家({NUMBER})口")

_ALONE = re.compile("自己|一个人|就他|就她")
_BARE = re.compile(rf"(?:就|一共|总共|大概)?({NUMBER})(?:个|位|人|口)?(?:吧)?")
#: Who come in pairs.
_PAIR = re.compile("两口子|夫妻俩|父母|爸妈|爹妈|老两口|公婆")
_OLD_AND_YOUNG = re.compile("大人.{0,4}小孩|小孩.{0,4}大人")


def _take(message: Message, slot: Slot) -> Value | None:
    before = message.known.get(slot.name)
    if (said := people.count(message.rest, before if isinstance(before, int) else 1)) is not None:
        return said
    numbers = list(_COUNT.finditer(message.rest))
    if not numbers and len(names := name.all_of(message)) > 1:
        return len(names)
    if family := _FAMILY.search(message.rest):
        return value_of(family[1])
    if _PAIR.search(message.rest):
        return 2
    return _of_numbers(message, slot, numbers) if numbers else None


def _of_numbers(message: Message, slot: Slot, numbers: list[re.Match[str]]) -> int:
    counts = [value_of(match[1]) for match in numbers]
    if message.known and _MORE_OF_THEM.search(message.rest[: numbers[-1].start()]):  # beside those who are expected
        return counts[-1] + int(str(message.known.get(slot.name) or 1))
    is_sum = not message.corrects and _OLD_AND_YOUNG.search(message.rest)
    return sum(counts) if is_sum else counts[-1]


def _read(message: Message, slot: Slot) -> Value | None:
    answer = bare(message.rest)
    number = _BARE.fullmatch(answer)
    return value_of(number[1]) if number else 1 if _ALONE.search(answer) else None


KIND = Kind(
    name="count", title="人数", take=_take, read=_read, called=("人数", "几个人"), is_strict=True, tells=True, belongs=True,
)  # fmt: skip
