"""Who leaves is forgotten: words, photos, files and services, while the counts of the others still add up."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot import app, config
from bot.cli.serving import demo_settings
from bot.dialogue.answer import SILENT, pack
from bot.dialogue.turn import take
from bot.eraser import Eraser
from bot.simulator.cast import CAST
from bot.store import notices
from bot.store.audience import Audience
from bot.store.conversations import Conversation, Line
from bot.store.followers import Follower
from bot.store.inbox import InboxMessage
from bot.store.outbox import Delivery
from bot.store.people import Resident
from bot.store.photos import Photo
from bot.wechat import messages
from integrations.health.models import CheckIn
from integrations.visitor_passes.models import Pass, PassState

CHEN, LI = CAST[0].openid, CAST[1].openid


class Home:
    """The demo's community, talked to without HTTP."""

    def __init__(self, linli: app.Linli, now: datetime) -> None:
        self.linli, self.now, self.pushes = linli, now, 0
        self.photos = linli.settings.var / "photos"

    def push(self, kind: Any, openid: str, **content: Any) -> list[str]:
        self.pushes += 1
        self.now += timedelta(seconds=10)
        message = kind(openid=openid, account="gh", created_at=self.now, key=f"k{self.pushes}", **content)
        heard = self.linli.understanding.hear(message, self.now)
        return list(self.linli.database.submit(take, message, heard, self.now, self.linli.house).result().texts)

    def say(self, openid: str, *texts: str) -> list[str]:
        return [reply for words in texts for reply in self.push(messages.Text, openid, text=words)]

    def photo(self, openid: str, name: str) -> None:
        """A photo that was fetched already."""
        self.push(messages.Photo, openid, media_id="m", url="")
        self.photos.mkdir(exist_ok=True)
        (self.photos / f"{name}.jpg").write_bytes(b"jpeg")

        def store(session: Session) -> None:
            photo = session.exec(select(Photo).where(Photo.openid == openid, Photo.sha256 == "")).one()
            photo.state, photo.sha256 = "stored", name
            session.add(photo)

        self.linli.database.submit(store).result()

    @property
    def eraser(self) -> Eraser:
        linli = self.linli
        return Eraser(linli.database, lambda: self.now, linli.context_of, self.photos, pack(SILENT))

    async def erase(self) -> None:
        await self.eraser.step()

    def everything(self) -> str:
        """Return all that stands in any table, as text."""

        def dump(session: Session) -> str:
            tables = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            return "\n".join(str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"')))

        return self.linli.database.submit(dump).result()

    def rows(self, table: Any, openid: str) -> list[Any]:
        return self.linli.database.submit(lambda s: list(s.exec(select(table).where(table.openid == openid)).all())).result()

    def all(self, table: Any) -> list[Any]:
        return self.linli.database.submit(lambda session: list(session.exec(select(table)).all())).result()


@pytest.fixture
def home(demo_var: Path, now: datetime) -> Any:
    settings: config.Settings = demo_settings(host="127.0.0.1", port=1, var=demo_var)
    linli = app.Linli.assemble(settings, clock=lambda: now)
    yield Home(linli, now)
    linli.database.close()


async def test_of_who_left_no_word_no_photo_and_no_openid_remains(home: Home) -> None:
    home.say(CHEN, "邀请访客钱多多明天下午三点来，车牌粤B77777", "确认", "健康打卡 37.9 咳嗽", "同意", "转人工，我要投诉隔壁的狗")
    home.photo(CHEN, "a" * 64)

    home.push(messages.Unfollow, CHEN)
    await home.erase()

    left = home.everything()
    for word in (CHEN, "钱多多", "粤B77777", "投诉", "咳嗽", "a" * 64):
        assert word not in left, word
    assert list(home.photos.iterdir()) == []
    assert "陈建国" in left, "the roster is the office's own"


async def test_others_and_their_same_photo_are_untouched(home: Home) -> None:
    home.say(LI, "厨房灯不亮")
    home.photo(LI, "b" * 64)
    home.photo(CHEN, "b" * 64)
    before = (len(home.rows(Line, LI)), len(home.rows(InboxMessage, LI)))

    home.push(messages.Unfollow, CHEN)
    await home.erase()

    assert (len(home.rows(Line, LI)), len(home.rows(InboxMessage, LI))) == before
    assert (home.photos / f"{'b' * 64}.jpg").exists()


async def test_counts_of_a_notice_still_add_up(home: Home) -> None:
    def publish(session: Session) -> int:
        notice = notices.draft(session, "停水", "明天停水。", Audience.parse("3栋"), home.now)
        notices.publish(session, notice, home.now)
        return notice.id or 0

    notice = home.linli.ask(publish)
    before = sum(home.linli.database.submit(notices.outbox.counts, notice).result().values())

    home.push(messages.Unfollow, CHEN)
    await home.erase()

    counts = home.linli.database.submit(notices.outbox.counts, notice).result()
    assert (sum(counts.values()), counts["cancelled"]) == (before, 1)
    assert home.rows(Delivery, CHEN) == []


async def test_who_comes_back_before_the_erasure_keeps_what_is_new(home: Home) -> None:
    home.say(CHEN, "你好")
    home.push(messages.Unfollow, CHEN)
    home.push(messages.Follow, CHEN, scene="")
    home.say(CHEN, "几点上班")

    await home.erase()

    assert [line.text for line in home.rows(Line, CHEN) if line.speaker == "resident"] == ["几点上班"]
    assert [follower.left_at for follower in home.rows(Follower, CHEN)] == [None]
    assert len(home.rows(Conversation, CHEN)) == 1


async def test_push_from_before_has_no_second_effect_after_the_erasure(home: Home) -> None:
    home.say(CHEN, "厨房灯不亮")
    home.push(messages.Unfollow, CHEN)
    await home.erase()
    home.pushes = 0  # the keys begin anew: the same push once more

    assert home.say(CHEN, "厨房灯不亮") == []
    assert home.rows(Resident, CHEN) == []


async def test_file_left_behind_by_a_crash_is_swept_and_no_other(home: Home) -> None:
    home.photo(CHEN, "a" * 64)
    for name, hours in (("a" * 64, 2), ("c" * 64, 2), ("d" * 64, 0)):
        path = home.photos / f"{name}.jpg"
        path.write_bytes(b"jpeg")
        os.utime(path, ((home.now - timedelta(hours=hours)).timestamp(),) * 2)

    assert await home.eraser.sweep() == 1
    assert {path.stem[0] for path in home.photos.iterdir()} == {"a", "d"}


async def test_unbinding_first_and_unfollowing_then_leaves_nothing_with_the_services(home: Home) -> None:
    home.say(CHEN, "邀请访客钱多多明天下午三点来", "确认", "健康打卡 37.9 咳嗽", "同意")
    assert len(home.all(CheckIn)) == 1
    home.say(CHEN, "解除绑定", "确认")
    assert [one.state for one in home.all(Pass)] == [PassState.CANCELLED], "the gate knows at once"

    home.push(messages.Unfollow, CHEN)
    await home.erase()

    assert home.all(CheckIn) == []
    assert "钱多多" not in home.everything()


async def test_account_and_visitor_stand_in_no_file_of_the_database_once_who_invited_them_is_erased(home: Home) -> None:
    await home.erase()
    home.say(CHEN, "我朋友欧阳青鸾明天下午三点来", "确认")
    assert [one.visitor_name for one in home.all(Pass) if "青鸾" in one.visitor_name]

    def holding(words: str) -> list[str]:
        return [path.name for path in home.linli.settings.var.glob("linli.db*") if words.encode() in path.read_bytes()]

    assert holding("青鸾") == [], "it is sealed from the first"
    assert holding(CHEN)
    home.push(messages.Unfollow, CHEN)
    await home.erase()

    assert holding("青鸾") == []
    assert holding(CHEN) == []


async def test_log_that_a_reader_needs_is_emptied_at_the_next_look(home: Home) -> None:
    home.say(CHEN, "我朋友欧阳青鸾明天下午三点来", "确认")
    with home.linli.database.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM resident")).all()
        home.push(messages.Unfollow, CHEN)
        await home.erase()
        log = home.linli.settings.var / "linli.db-wal"
        assert log.stat().st_size > 0

    await home.erase()
    assert log.stat().st_size == 0
