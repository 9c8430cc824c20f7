"""WeChat's memory: who follows, what was said, what may still be sent, which media, codes and menu there are.

It decides what WeChat would refuse. Everything lives in memory and begins anew with each start.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.simulator import crowd
from bot.simulator import menu as menus
from bot.simulator.caps import Caps
from bot.simulator.cast import CAST
from bot.simulator.desk import Desk
from bot.simulator.journal import Journal
from bot.simulator.ledger import Ledger
from bot.simulator.masses import Counts, Masses
from bot.simulator.refusal import Refused
from bot.simulator.tags import Tags
from bot.simulator.trouble import Trouble
from bot.wechat import quota

#: A repeated client_msg_id is dropped for this long.
#: Source: developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html
SAME_FOR = timedelta(minutes=10)

#: Temporary media, users' photos among them, are kept for this long.
MEDIA_LIVES = timedelta(days=3)

#: What a text may hold, in UTF-8 bytes.
TEXT_BYTES = 2048

#: Templates bear the title of what they are for; the stand-in takes any id, known or not.
TEMPLATE_TITLE = "小区服务通知"

#: Templates that an account may have.
TEMPLATES = 25

#: Openids are this long.
OPENID_LENGTH = 28

#: Names for those who come later.
NEWCOMERS = ("周敏", "吴刚", "郑洁", "孙涛", "马丽", "朱军", "胡静", "郭伟", "何芳", "高翔")

Author = Literal["resident", "bot", "wechat"]


@dataclass(kw_only=True)
class Resident:
    """Somebody with a phone."""

    openid: str
    name: str
    community: str = ""  # where they live; empty for those who come later
    follows_since: datetime | None = None
    refuses: bool = False  # has switched template messages off: `failed:user block`
    window: quota.Window = field(default_factory=quota.Window)

    @property
    def follows(self) -> bool:
        """Whether the account may be written to at all."""
        return self.follows_since is not None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was carried between WeChat and the bot, to look at."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chat. `wechat` itself is the author of grey notes and banners."""

    id: int = 0  # given when it is posted
    openid: str
    author: Author
    kind: str  # text, photo, voice, location, template, note, banner
    at: datetime
    text: str = ""
    media_id: str = ""
    url: str = ""
    title: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()
    milliseconds: int | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A file and when it came."""

    content: bytes
    content_type: str
    until: datetime | None  # None = as long as the account


@dataclass(frozen=True, kw_only=True)
class Code:
    """One of the account's QR codes; what it says to the bot is `scene`."""

    ticket: str
    scene: str
    title: str = ""
    until: datetime | None = None
    community: str = "和苑小区"  # where it hangs

    @property
    def url(self) -> str:
        """What the picture says."""
        return f"http://weixin.qq.com/q/{self.ticket[:20]}"


#: Codes that hang in the community from the beginning.
POSTERS = (
    Code(ticket="poster-desk", scene="front-desk", title="物业前台海报"),
    Code(ticket="poster-door-3", scene="door-3", title="3栋大门"),
    Code(ticket="poster-garage", scene="garage-b1", title="地下车库 B1"),
    Code(ticket="poster-east-1", scene="east-door-1", title="东区1栋大门", community="和苑东区"),
)


class WeChat:
    """All of it, for one account. Methods raise Refused where WeChat would."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.journal = Journal()
        self._numbers = secrets.randbelow(10**15)  # differ from those of the last run, which the bot may remember
        self.reset()

    def reset(self) -> None:
        """Begin anew: the first residents, who follow already, and nothing said."""
        now = self.clock()
        self.residents = {
            actor.openid: Resident(openid=actor.openid, name=actor.name, community=actor.community, follows_since=now)
            for actor in CAST
        }
        self.lines: dict[int, Line] = {}
        self.codes = {code.ticket: code for code in POSTERS}
        self.menu: menus.Menu | None = None
        self.trouble = Trouble()
        self.caps, self.ledger = Caps(), Ledger()
        self.tags, self.masses, self.desk = Tags(), Masses(), Desk()
        self.templates = {"demo": TEMPLATE_TITLE}
        self.consents: Counter[tuple[str, str]] = Counter()  # by openid and template id
        self._media: dict[str, Medium] = {}
        self._sent: dict[tuple[str, str], tuple[datetime, int]] = {}
        self.journal.publish("reset")

    def number(self) -> int:
        """Return a number that was never used before, for messages and lines."""
        self._numbers += 1
        return self._numbers

    # -------------------------------------------------------------- residents

    def resident(self, openid: str) -> Resident:
        """Return who has this openid."""
        known = self.residents.get(openid)
        if known is not None:
            return known
        if crowd.is_of_it(openid):
            now = self.clock()
            return Resident(openid=openid, name="", follows_since=now, window=quota.after_message(quota.Window(), now))
        raise Refused(40003, "invalid openid")

    def follower(self, openid: str) -> Resident:
        """Return who has this openid and follows."""
        resident = self.resident(openid)
        if not resident.follows:
            raise Refused(43004, "require subscribe")
        return resident

    def followers(self) -> list[str]:
        """Return the openids of all who follow."""
        return [resident.openid for resident in self.residents.values() if resident.follows]

    def welcome(self) -> Resident:
        """Return somebody new, who does not follow yet."""
        again, number = divmod(len(self.residents) - len(CAST), len(NEWCOMERS))
        name = f"{NEWCOMERS[number]}{again + 1 if again else ''}"
        openid = f"oDemo{secrets.token_urlsafe(OPENID_LENGTH)}"[:OPENID_LENGTH]
        self.residents[openid] = resident = Resident(openid=openid, name=name)
        self.changed(resident)
        return resident

    def said(self, resident: Resident) -> None:
        """Open the 48 hours."""
        resident.window = quota.after_message(resident.window, self.clock())
        self.changed(resident)

    def tapped(self, resident: Resident) -> None:
        """Open the minute after a click, a follow or a scan."""
        resident.window = quota.after_tap(resident.window, self.clock())
        self.changed(resident)

    def changed(self, resident: Resident) -> None:
        """Tell the pages that a resident is not as before."""
        self.journal.publish("resident", openid=resident.openid)

    # -------------------------------------------------------------- chats

    def post(self, line: Line) -> Line:
        """Put a line into its chat, or in place of the line with the same id; one for the crowd is seen by nobody."""
        if crowd.is_of_it(line.openid):
            return line
        self.lines[line.id] = line
        self.journal.publish("line", line=line.id)
        return line

    def post_new(self, line: Line) -> Line:
        """Put a line into its chat under a number of its own."""
        return self.post(replace(line, id=self.number()))

    def chat(self, openid: str) -> list[Line]:
        """Return what one resident sees, oldest first."""
        return [line for line in self.lines.values() if line.openid == openid]

    def service_message(self, line: Line, client_msg_id: str = "") -> Line:
        """Take one message from the resident's window and post it, numbered.

        WeChat knows no client_msg_id here and drops no repeats; it only stands in the ledger.
        """
        resident, now = self.follower(line.openid), self.clock()
        window = quota.take(resident.window, now)
        if window is None:
            raise self._closed(resident, now)
        if len(line.text.encode()) > TEXT_BYTES:
            raise Refused(45002, "content size out of limit")
        resident.window = window
        self.changed(resident)
        self.ledger.take(line.openid, "chat", client_msg_id, _words(line))
        return self.post_new(line)

    def _closed(self, resident: Resident, now: datetime) -> Refused:
        ends = (resident.window.until, resident.window.tap_until)
        if any(end is not None and now < end for end in ends):
            return Refused(45047, "out of response count limit")
        return Refused(45015, "response out of time limit or subscription is canceled")

    def template_message(self, line: Line, client_msg_id: str) -> tuple[int, bool]:
        """Post a template message; returns its msgid and whether it is new, not a repeated client_msg_id."""
        resident, now = self.follower(line.openid), self.clock()
        sent_at, msgid = self._sent.get((line.openid, client_msg_id), (now, 0))
        repeat = bool(client_msg_id and msgid) and now - sent_at < SAME_FOR
        self.ledger.take(line.openid, "template", client_msg_id, _words(line), repeat=repeat)
        if repeat:
            return msgid, False
        msgid = self.number()
        if client_msg_id:
            self._sent[line.openid, client_msg_id] = (now, msgid)
        if not resident.refuses:
            self.post(replace(line, id=msgid))
        return msgid, True

    def add_template(self, title: str) -> str:
        """Return the id of one template more."""
        if len(self.templates) >= TEMPLATES:
            raise Refused(45026, "template num exceed limit")
        template_id = secrets.token_urlsafe(32)
        self.templates[template_id] = title
        return template_id

    def subscription(self, line: Line, template_id: str) -> int:
        """Post a subscription notice for one consent; returns its msgid."""
        resident = self.resident(line.openid)
        if not self.consents[resident.openid, template_id]:
            raise Refused(43101, "user refuse to accept the msg")
        self.consents[resident.openid, template_id] -= 1
        self.ledger.take(line.openid, "subscribe", "", _words(line))
        return self.post_new(line).id

    def mass(self, line: Line, openids: list[str], clientmsgid: str) -> tuple[int, Counts]:
        """Post a message to many, who follow and had fewer than four this month; returns its msg_id and the counts."""
        msg_id, now = self.number(), self.clock()
        self.masses.begin(clientmsgid, msg_id, now)
        known = [openid for openid in openids if openid in self.residents and self.residents[openid].follows]
        got = [openid for openid in known if self.masses.deliver(openid, now)]
        for openid in got:
            self.ledger.take(openid, "mass", clientmsgid, _words(line))
            self.post_new(replace(line, openid=openid))
        counts = Counts(total=len(openids), after_filter=len(known), sent=len(got), failed=len(known) - len(got))
        self.masses.done[msg_id] = counts
        return msg_id, counts

    # -------------------------------------------------------------- media and codes

    def keep(self, content: bytes, content_type: str, lives: timedelta | None = MEDIA_LIVES) -> str:
        """Keep a file, for three days if nothing else is said, and return its media_id."""
        media_id = secrets.token_urlsafe(48)
        until = self.clock() + lives if lives is not None else None
        self._media[media_id] = Medium(content=content, content_type=content_type, until=until)
        return media_id

    def drop(self, media_id: str) -> None:
        """Forget a file that was kept."""
        self.medium(media_id)
        del self._media[media_id]

    def medium(self, media_id: str) -> Medium:
        """Return a file that was kept."""
        medium = self._media.get(media_id)
        if medium is None or (medium.until is not None and medium.until <= self.clock()):
            raise Refused(40007, "invalid media_id")
        return medium

    def make_code(self, scene: str, lives: timedelta | None) -> Code:
        """Return a new QR code; one that lives for None never ends."""
        until = self.clock() + lives if lives is not None else None
        code = Code(ticket=f"gQ{secrets.token_urlsafe(48)}", scene=scene, title=scene, until=until)
        self.codes[code.ticket] = code
        self.journal.publish("codes")
        return code

    def code(self, ticket: str, scene: str) -> Code:
        """Return the code with this ticket, or else one that says `scene`, as if printed elsewhere."""
        code = self.codes.get(ticket) or Code(ticket=secrets.token_urlsafe(24), scene=scene)
        if not code.scene:
            raise Refused(40097, "no scene")
        if code.until is not None and code.until <= self.clock():
            raise Refused(40097, "expired")
        return code

    def set_menu(self, menu: menus.Menu | None) -> None:
        """Show another menu, or the one of the beginning."""
        self.menu = menu
        self.journal.publish("menu")


def _words(line: Line) -> str:
    """Return all that a line says, for the ledger."""
    return "\n".join((line.text or line.media_id, *(f"{name}={value}" for name, value in line.fields)))
