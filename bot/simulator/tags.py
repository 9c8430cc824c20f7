"""Tags that followers bear.

Source: developers.weixin.qq.com/doc/service/api/usermanage/tagging/ api_createtag.html and its neighbours
"""

from collections.abc import Iterable

from bot.simulator.refusal import Refused

#: Tags of an account, tags of one follower, characters of a name, followers in one call.
TAGS, TAGS_OF_ONE, NAME_LENGTH, OPENIDS = 100, 20, 30, 50

#: Ids of the account's own tags begin here; those below are WeChat's.
FIRST = 100

#: WeChat's own tag, which nobody may change.
STARS = 2


class Tags:
    """Names by id, and who bears them."""

    def __init__(self) -> None:
        self.names = {STARS: "星标组"}
        self._bearers: dict[int, dict[str, None]] = {STARS: {}}
        self._next = FIRST

    def create(self, name: str) -> int:
        """Return the id of a new tag."""
        if len(self.names) >= TAGS:
            raise Refused(45056, "too many tag now, can not add new")
        self._check_name(name)
        number, self._next = self._next, self._next + 1
        self.names[number], self._bearers[number] = name, {}
        return number

    def rename(self, number: int, name: str) -> None:
        """Give a tag another name."""
        self._check_own(number)
        self._check_name(name)
        self.names[number] = name

    def delete(self, number: int) -> None:
        """Take the tag from all who bear it and forget it."""
        self._check_own(number)
        del self.names[number], self._bearers[number]

    def put(self, number: int, openids: list[str]) -> None:
        """Put a tag on followers, all of them or none."""
        bearers = self._of(number, openids)
        if any(len(self.on(openid)) >= TAGS_OF_ONE and openid not in bearers for openid in openids):
            raise Refused(45059, "has too many tags")
        bearers.update(dict.fromkeys(openids))

    def take(self, number: int, openids: list[str]) -> None:
        """Take a tag from followers."""
        bearers = self._of(number, openids)
        for openid in openids:
            bearers.pop(openid, None)

    def forget(self, openid: str) -> None:
        """Take all tags from somebody who left."""
        for bearers in self._bearers.values():
            bearers.pop(openid, None)

    def on(self, openid: str) -> list[int]:
        """Return the tags of one follower."""
        return [number for number, bearers in self._bearers.items() if openid in bearers]

    def bearers(self, number: int) -> list[str]:
        """Return who bears a tag, in the order they got it."""
        return list(self._known(number))

    def _of(self, number: int, openids: Iterable[str]) -> dict[str, None]:
        if len(list(openids)) > OPENIDS:
            raise Refused(40032, "invalid openid list size")
        return self._known(number)

    def _known(self, number: int) -> dict[str, None]:
        if number not in self._bearers:
            raise Refused(45159, "invalid tag id")
        return self._bearers[number]

    def _check_own(self, number: int) -> None:
        self._known(number)
        if number < FIRST:
            raise Refused(45058, "can not modify sys tag")

    def _check_name(self, name: str) -> None:
        if not 1 <= len(name) <= NAME_LENGTH:
            raise Refused(45158, "tag name too long")
        if name in self.names.values():
            raise Refused(45157, "invalid tag name")
