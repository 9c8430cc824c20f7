"""The intent files as the console deals with them: where each comes from, what it holds, how it is replaced, what it was before."""

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlmodel import Session

from bot import config
from bot.console.parts import Parts, Viewer
from bot.contract import Refusal
from bot.dialogue import phrases, rehearsal
from bot.dialogue.understanding import read_folder
from bot.language import files, promises
from bot.language.reader import Problem
from bot.store import events, scope, unmatched, versions
from bot.store.versions import Became
from bot.translation import tr

#: What may be called a new file, for it lies in a folder that other programs read, too.
NEW_NAMES = r"(?:[a-z0-9_]{1,40}/){0,3}[a-z0-9_]{1,60}\.yaml"


class Origin(StrEnum):
    """Where a file comes from."""

    OWN = "own"  # written here
    CHANGED = "changed"  # ships, and was changed here
    SHIPPED = "shipped"  # as it ships, in the community's own folder
    SERVICE = "service"  # as a service brings it; the folder has none of its path


#: What people call these.
ORIGIN_WORDS: Mapping[Origin, str] = {
    Origin.OWN: tr("自己写的"), Origin.CHANGED: tr("改过的"), Origin.SHIPPED: tr("原样"), Origin.SERVICE: tr("随服务来的"),
}  # fmt: skip


class Overtaken(Exception):
    """Somebody else changed the file since it was opened."""


#: Held while a file is compared with what its editor saw, and replaced.
_WRITING = Lock()


@dataclass(frozen=True, kw_only=True)
class File:
    """One file, as it lies there; an empty stamp means that there is none yet."""

    path: str
    text: str
    origin: Origin
    original: str = ""  # what ships under this path, empty for nothing

    @property
    def stamp(self) -> str:
        """What tells this state of the file from others."""
        return stamp_of(self.text)


def stamp_of(text: str) -> str:
    """Return what tells a text from others."""
    return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What somebody wants a file to be; None: not to be there."""

    path: str
    text: str | None
    stamp: str  # of what they saw; empty where there was no file
    became: Became = Became.SAVED
    settles: Sequence[int] = ()  # messages that were not understood, and are dealt with by it


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The folder of a community's own files, and the folders that files ship in."""

    folder: Path
    services: Sequence[Path]

    @classmethod
    def of(cls, parts: Parts) -> "Shelf":
        """Return where the files of this installation lie."""
        return cls(folder=parts.intents_folder, services=parts.understanding.services)

    @property
    def why_closed(self) -> str:
        """Return why nothing can be saved, empty where it can: what ships is never edited in place, an upgrade would undo that."""
        if self.folder.resolve() == config.shipped("intents").resolve():
            return tr(
                "现在用的是随产品来的意图文件，升级时会被换掉，所以不能在这里改。请管理员把它们复制到自己的文件夹，并把 LINLI_INTENTS 设成那个文件夹。"
            )
        if not os.access(self.folder, os.W_OK):
            return tr("意图文件夹 {folder} 不能写入。请管理员检查文件夹的权限。", folder=self.folder)
        return ""

    def texts(self) -> dict[str, str]:
        """Return all files in force or waiting to be: path -> text."""
        return read_folder(self.folder, self.services)

    def find(self, path: str) -> File | None:
        """Return a file of the folder or of a service, whatever dots the path holds; None for anything else."""
        own, original = self._read(self.folder, path), self._original(path)
        text = (
            own
            if own is not None
            else next((said for home in self.services if (said := self._read(home, path)) is not None), None)
        )
        if text is None:
            return None
        if own is None:
            return File(path=path, text=text, origin=Origin.SERVICE, original=original)
        origin = Origin.OWN if not original else Origin.SHIPPED if original == own else Origin.CHANGED
        return File(path=path, text=own, origin=origin, original=original)

    def behind(self, path: str) -> str | None:
        """Return what a service brings under a path, and what holds once the folder has no such file; None for nothing."""
        return next((said for home in self.services if (said := self._read(home, path)) is not None), None)

    def _original(self, path: str) -> str:
        homes = (*self.services, config.shipped("intents"))
        return next((said for home in homes if (said := self._read(home, path)) is not None), "")

    @staticmethod
    def _read(home: Path, path: str) -> str | None:
        home = home.resolve()
        try:
            file = (home / path).resolve()
            exists = file.is_file()
        except (ValueError, OSError):  # such as a zero byte, or a name that no system holds
            return None
        if not exists or not file.is_relative_to(home) or file.suffix != ".yaml":
            return None
        return file.read_text(encoding="utf-8", errors="replace")

    def replace(self, change: Change) -> None:
        """Put a change into the folder, one at a time; a file taken out makes room for what a service brings. Raises Overtaken or Refusal."""
        with _WRITING:
            kept = self.find(change.path)
            if (kept.stamp if kept else "") != change.stamp:
                raise Overtaken
            try:
                if change.text is None:
                    (self.folder / change.path).unlink()
                else:
                    self._write(self.folder / change.path, change.text)
            except OSError as error:
                way_out = tr("请管理员检查意图文件夹的权限和磁盘空间。")
                raise Refusal(
                    tr(
                        "没有保存：{path} 写不进去（{strerror}）。{way_out}",
                        path=change.path,
                        strerror=error.strerror,
                        way_out=way_out,
                    )
                ) from error

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        part.write_text(text, encoding="utf-8")
        if file.exists():
            shutil.copymode(file, part)  # admins may share the folder; what is made here is else for one account alone
        part.replace(file)


#: Kind of event of each change.
_EVENTS: Mapping[Became, str] = {
    Became.SAVED: "intents.saved", Became.RESTORED: "intents.restored", Became.DELETED: "intents.deleted",
}  # fmt: skip


async def carry_out(parts: Parts, change: Change, viewer: Viewer) -> None:
    """Change a file, put it in force, and keep what it held and who changed it. Raises Overtaken, or Refusal where it cannot be written.

    What the file held is kept first and who changed it last: whatever fails between, no text is lost.
    """
    shelf, now = Shelf.of(parts), parts.clock()
    if why := shelf.why_closed:
        raise Refusal(why)
    kept = await asyncio.to_thread(shelf.find, change.path)
    if kept is not None:
        await parts.database.write(versions.keep_found, change.path, kept.text, now)
    await asyncio.to_thread(shelf.replace, change)
    await parts.database.write(_write_down, change, viewer, now)
    await asyncio.to_thread(parts.understanding.refresh)


def _write_down(session: Session, change: Change, viewer: Viewer, now: datetime) -> None:
    actor = f"staff:{viewer.staff.login}"
    versions.keep(session, change.path, change.text or "", change.became, actor, now)
    with scope.within(session, viewer.community.key):
        events.record(session, now, _EVENTS[change.became], subject=f"file:{change.path}", actor=actor)
        unmatched.settle(session, unmatched.of_ids(session, change.settles))


def problems_of(parts: Parts, texts: Mapping[str, str], path: str = "") -> list[Problem]:
    """Return what is wrong with one of the files or with all, also what a service needs of them."""
    catalogue = files.load(texts, kinds=parts.services.kinds)
    found = [*catalogue.problems, *promises.broken(catalogue, phrases.promises(parts.services))]
    if not path:
        return found
    return [*(problem for problem in found if problem.file == path), *rehearsal.taken(parts.understanding, catalogue, path)]
