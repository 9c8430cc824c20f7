"""What residents do on their phones: each gesture becomes a line in their chat and a push to the bot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.simulator import pushes
from bot.simulator.courier import Courier
from bot.simulator.refusal import Refused
from bot.simulator.wechat import Line, Resident, WeChat

#: Characters that can be typed at once.
TEXT_LENGTH = 2000


@dataclass(frozen=True, kw_only=True)
class Gesture:
    """One gesture as the page describes it; media are shown under `media_url`, which ends with a slash."""

    resident: Resident
    values: Mapping[str, object]
    media_url: str

    def text(self, name: str) -> str:
        """Return a text of the gesture, empty if it is missing."""
        value = self.values.get(name)
        return value.strip()[:TEXT_LENGTH] if isinstance(value, str) else ""

    def degrees(self, name: str) -> float:
        """Return a number of degrees; raises Refused if it is none."""
        value = self.values.get(name)
        if not isinstance(value, (int, float)) or not -180 <= value <= 180:
            raise Refused(40000, f"{name} is no number of degrees")
        return float(value)


class Gestures:
    """Makes them."""

    def __init__(self, wechat: WeChat, courier: Courier) -> None:
        self._wechat, self._courier = wechat, courier

    async def make(self, gesture: Gesture) -> Line | None:
        """Make any gesture, by its `kind`, and return what the resident then sees from the bot.

        Raises Refused for what a phone does not offer; all but follow and scan are for followers.
        """
        kind = gesture.text("kind")
        if kind not in _KINDS:
            raise Refused(40008, f"no gesture is called {kind!r}")
        if kind not in ("follow", "scan"):
            self._wechat.follower(gesture.resident.openid)
        return await _KINDS[kind](self, gesture)

    async def _text(self, gesture: Gesture) -> Line | None:
        words = gesture.text("text")
        if not words:
            raise Refused(44004, "empty content")
        sender = self._sender(gesture)
        return await self._say(self._line(gesture, sender, text=words), pushes.text(sender, words))

    async def _photo(self, gesture: Gesture) -> Line | None:
        media_id = gesture.text("media_id")
        self._wechat.medium(media_id)
        sender = self._sender(gesture)
        push = pushes.photo(sender, media_id, gesture.media_url + media_id)
        return await self._say(self._line(gesture, sender, kind="photo", media_id=media_id), push)

    async def _voice(self, gesture: Gesture) -> Line | None:
        words, sender = gesture.text("text"), self._sender(gesture)
        media_id = self._wechat.keep(b"#!AMR\n", "audio/amr")
        return await self._say(self._line(gesture, sender, kind="voice", text=words), pushes.voice(sender, media_id, words))

    async def _location(self, gesture: Gesture) -> Line | None:
        latitude, longitude, label = (
            gesture.degrees("latitude"),
            gesture.degrees("longitude"),
            gesture.text("label"),
        )
        sender = self._sender(gesture)
        push = pushes.location(sender, latitude, longitude, label)
        return await self._say(self._line(gesture, sender, kind="location", text=label), push)

    async def _click(self, gesture: Gesture) -> Line | None:
        key, sender = gesture.text("key"), self._sender(gesture)
        self._wechat.tapped(gesture.resident)
        return await self._note(gesture, f"点击菜单「{gesture.text('name') or key}」", pushes.click(sender, key))

    async def _view(self, gesture: Gesture) -> Line | None:
        xml = pushes.view(self._sender(gesture), gesture.text("url"))
        return await self._note(gesture, f"打开菜单「{gesture.text('name')}」", xml)

    async def _scan(self, gesture: Gesture) -> Line | None:
        resident = gesture.resident
        code = self._wechat.code(gesture.text("ticket"), gesture.text("scene"))
        if not resident.follows:
            return await self._begin(gesture, code.scene, code.ticket)
        self._wechat.tapped(resident)
        push = pushes.scan(self._sender(gesture), code.scene, code.ticket)
        return await self._note(gesture, f"扫描二维码「{code.title or code.scene}」", push)

    async def _follow(self, gesture: Gesture) -> Line | None:
        if gesture.resident.follows:
            raise Refused(40000, "follows already")
        return await self._begin(gesture, "", "")

    async def _begin(self, gesture: Gesture, scene: str, ticket: str) -> Line | None:
        sender = self._sender(gesture)
        gesture.resident.follows_since = sender.at
        self._wechat.tapped(gesture.resident)
        words = f"扫码「{scene}」关注了公众号" if scene else "关注了公众号"
        return await self._note(gesture, words, pushes.follow(sender, scene, ticket))

    async def _unfollow(self, gesture: Gesture) -> Line | None:
        gesture.resident.follows_since = None
        self._wechat.tags.forget(gesture.resident.openid)
        self._wechat.changed(gesture.resident)
        await self._note(gesture, "取消了关注", pushes.unfollow(self._sender(gesture)))
        return None

    async def _consent(self, gesture: Gesture) -> Line | None:
        """Agree to one subscription notice, as a page of the account asks for."""
        template_id, accept = gesture.text("template_id"), gesture.values.get("accept") is not False
        if not template_id:
            raise Refused(40037, "invalid template_id")
        if accept:
            self._wechat.consents[gesture.resident.openid, template_id] += 1
        words = "同意接收一次订阅通知" if accept else "拒绝接收订阅通知"
        return await self._note(gesture, words, pushes.consent(self._sender(gesture), template_id, accept))

    async def _say(self, line: Line, push: str) -> Line | None:
        """Carry what somebody says, which the bot does not hear while a person of the desk talks with them."""
        self._wechat.said(self._wechat.resident(line.openid))
        posted = self._wechat.post(line)
        if self._wechat.desk.account_of(line.openid, line.at):
            return None
        return await self._courier.carry(push, posted)

    async def _note(self, gesture: Gesture, words: str, push: str) -> Line | None:
        line = self._line(gesture, self._sender(gesture), author="wechat", kind="note", text=words)
        return await self._courier.carry(push, self._wechat.post(line))

    def _sender(self, gesture: Gesture) -> pushes.Sender:
        return pushes.Sender(openid=gesture.resident.openid, at=self._wechat.clock(), msgid=self._wechat.number())

    def _line(self, gesture: Gesture, sender: pushes.Sender, **values: str) -> Line:
        given = {"author": "resident", "kind": "text", **values}
        return Line(id=sender.msgid, openid=gesture.resident.openid, at=sender.at, **given)  # type: ignore[arg-type]


_KINDS: Mapping[str, Callable[[Gestures, Gesture], Awaitable[Line | None]]] = {
    "text": Gestures._text,
    "photo": Gestures._photo,
    "voice": Gestures._voice,
    "location": Gestures._location,
    "click": Gestures._click,
    "view": Gestures._view,
    "scan": Gestures._scan,
    "follow": Gestures._follow,
    "unfollow": Gestures._unfollow,
    "consent": Gestures._consent,
}
