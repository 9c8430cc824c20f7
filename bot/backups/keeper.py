"""The backup of each night: made when its hour comes, tried again when it failed, told to the admins until it is well."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot import config, metrics
from bot.backups import keeping, making
from bot.backups.keeping import Keep
from bot.errors import Misconfigured
from bot.model import SHANGHAI
from bot.store import operators
from bot.store.database import Database
from bot.translation import tr

#: How long after one that failed the next is tried.
AGAIN = timedelta(hours=1)

#: What the task is about that tells admins of a backup that failed.
SUBJECT, KIND = "backup", "backup.failed"

log = structlog.get_logger(__name__)


class Keeper:
    """Makes the backups that the settings ask for; of several processes on one folder one makes it."""

    def __init__(self, settings: config.Settings, database: Database, clock: Callable[[], datetime]) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._failed_at: datetime | None = None

    async def step(self) -> Path | None:
        """Make the backup that is due; returns where it lies, None where none is due or it failed."""
        folder, now = self._settings.backup_folder, self._clock()
        if folder is None or not self._database.is_sqlite or not self._is_due(folder, now):
            return None
        try:
            made = await asyncio.to_thread(making.make, self._settings, folder, now, self._settings.backup_recipients)
        except making.UnderWay:
            return None  # another process on this folder was quicker
        except Misconfigured as error:
            self._failed_at = now
            log.error("backup failed", reason=str(error))
            title = tr("昨夜的备份没有做成：{reason}", reason=str(error)[:150])
            await self._database.write(operators.tell, self._settings.wechat_appid, now, kind=KIND, title=title, subject=SUBJECT)
            return None
        self._failed_at = None
        for path in keeping.outdated(keeping.listed(folder), Keep.read(self._settings.backup_keep)):
            path.unlink(missing_ok=True)
        log.info("backup made", file=made.path.name, bytes=made.size, seconds=round(made.seconds, 1))
        outcome = tr("备份已经做好")
        await self._database.write(operators.settle, self._settings.wechat_appid, now, subject=SUBJECT, outcome=outcome)
        return made.path

    def _is_due(self, folder: Path, now: datetime) -> bool:
        """Tell whether the newest is from before the last hour at which one was to be made."""
        if self._failed_at is not None and timedelta() <= now - self._failed_at < AGAIN:
            return False
        made = keeping.listed(folder) if folder.is_dir() else []
        metrics.BACKUP_AT.set(made[0][0].timestamp() if made else 0)
        return not made or made[0][0] < last_due(self._settings.backup_at, now)


def last_due(at: str, now: datetime) -> datetime:
    """Return when a backup was last to be made, `at` being a time of day in Asia/Shanghai."""
    here = now.astimezone(SHANGHAI)
    today = here.replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    return today if today <= here else today - timedelta(days=1)
