"""Reading and writing: the only module that knows threads and transactions.

Functions of a Session are handed over and run elsewhere: on SQLite in one writer thread, on PostgreSQL in a few.
Up to `group` functions share one commit. Should one fail, all are undone and run again, each in a SAVEPOINT of its own, so
that it takes nothing with it: a function may run more than once, and has no effect but in the database. A result is given
back only after the commit, so what a caller was told is on disk.
"""

import asyncio
import queue
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.util import LRUCache
from sqlmodel import Session

from bot.keyring import Keyring
from bot.precedence import Precedence
from bot.store.prepared import send

P = ParamSpec("P")
T = TypeVar("T")

#: Readers beside the writer; pages and lists, never the hot path.
READERS = 4

#: Writers on PostgreSQL, where row locks let them run side by side.
POSTGRES_WRITERS = 3

#: PostgreSQL's word for two that wait for each other.
DEADLOCK = "40P01"

#: Times a group is tried again when the database restarts or a deadlock is broken.
ATTEMPTS = 3

#: Statements that are kept compiled.
STATEMENTS = 500

#: Milliseconds that SQLite waits for who writes; and those who empty its log wait for readers, while nobody can write.
BUSY_TIMEOUT, CHECKPOINT_WAITS = 10_000, 100

#: Where a connection keeps what is said after its commit.
_ANNOUNCED = "announced"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Work:
    """A function and who waits for it: somebody in an event loop, or a thread."""

    run: Callable[[Session], Any]
    future: "asyncio.Future[Any] | Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    key: str = ""  # works of one commit run in the order of their keys

    def is_wanted(self) -> bool:
        """Tell whether anybody still waits; what is begun is not called off."""
        return self.future.set_running_or_notify_cancel() if isinstance(self.future, Future) else not self.future.cancelled()


#: Wakes a writer for what goes before all that waits.
_FIRST_COMES = _Work(lambda session: None, Future())


class _Queue:
    """What waits for a writer, in its order; and what goes before all of it, for somebody stands there: a check at the gate."""

    def __init__(self, *, joins: bool = False) -> None:
        self._joins = joins
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._first: deque[_Work] = deque()

    def put(self, work: _Work | None) -> None:
        """Let a work wait its turn; None ends a writer."""
        self._waiting.put(work)

    def put_first(self, work: _Work) -> None:
        """Let a work go before all that waits."""
        self._first.append(work)
        self._waiting.put(_FIRST_COMES)

    @property
    def hurries(self) -> bool:
        """Whether something goes before what is under way."""
        return bool(self._first)

    def join(self, works: list[_Work], place: int) -> int:
        """Put all that goes before the others at a place among the works of a commit under way; returns how many those are.

        They wait for one commit, not for two. Not where rows are locked one by one: there they would be, in another order than others do.
        """
        joining = self.first() if self._joins and self._first else []
        works[place:place] = joining
        return len(joining)

    def first(self) -> list[_Work]:
        """Take all that goes before the others."""
        taken = []
        with suppress(IndexError):  # another writer was quicker
            while True:
                taken.append(self._first.popleft())
        return taken

    def get(self) -> _Work | None:
        """Wait for the next one; _FIRST_COMES where only what goes first may be there."""
        return self._waiting.get()

    def get_nowait(self) -> _Work | None:
        """Return the next one; raises queue.Empty."""
        return self._waiting.get_nowait()


class Database:
    """One database, SQLite or PostgreSQL, by its URL, and the keys of what is sealed in it."""

    def __init__(self, url: str, group: int = 64, *, keyring: Keyring | None = None) -> None:
        self.engine = connect(url, keyring)
        self._opened: Engine | None = self.engine
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._group = group
        self._work = _Queue(joins=self.is_sqlite)
        # SQLite has one writer; on PostgreSQL one more stands aside for what must not wait behind the others.
        self._aside = self._work if self.is_sqlite else _Queue()
        self.precedence = Precedence()
        self._listeners: list[Callable[[Set[str]], None]] = []
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        queues = [self._work] if self.is_sqlite else [self._work] * POSTGRES_WRITERS + [self._aside]
        self._writers = [
            threading.Thread(target=self._write_loop, args=(work,), name=f"writer-{number}", daemon=True)
            for number, work in enumerate(queues)
        ]
        for writer in self._writers:
            writer.start()

    async def write(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` in a transaction of its own and return its result once it is on disk.

        Whatever `fn` raises is raised here, and nothing of what it did remains.
        """
        return await _put(self._work, lambda session: fn(session, *args, **kwargs))

    async def write_for(self, key: str, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `write`, for what locks rows that belong to `key`, such as an openid.

        Within a commit works run in the order of their keys, so that two replicas that lock the same rows wait for each other in
        one direction only.
        """
        return await _put(self._work, lambda session: fn(session, *args, **kwargs), key)

    async def write_aside(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `write`, but on PostgreSQL not behind the work under way, which may be what keeps everybody waiting."""
        return await _put(self._aside, lambda session: fn(session, *args, **kwargs))

    async def write_first(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `write`, before all that waits: somebody stands at a gate. A group under way is committed after the work at hand, on SQLite with this."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._work.put_first(_Work(lambda session: fn(session, *args, **kwargs), future, loop))
        return await future

    async def read(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(session, …)` beside the writer and return its result; what it changes is thrown away."""
        return await asyncio.wrap_future(self._reading.submit(self._read, lambda session: fn(session, *args, **kwargs)))

    def submit(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Like `write`, for callers without an event loop: `submit(…).result()`."""
        future: Future[T] = Future()
        self._work.put(_Work(lambda session: fn(session, *args, **kwargs), future))
        return future

    def listen(self, listener: Callable[[Set[str]], None]) -> None:
        """Call `listener`, in a writer's thread, after each commit that something was announced in."""
        self._listeners.append(listener)

    async def empty_log(self) -> bool:
        """Take what SQLite's write-ahead log holds into the file and empty it, for it keeps pages as they were; False while readers need it.

        On PostgreSQL there is nothing to do: that is for VACUUM, and for who keeps the archived log.
        """
        return not self.is_sqlite or await asyncio.wrap_future(self._reading.submit(self._empty_log))

    def _empty_log(self) -> bool:
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection  # SQLAlchemy would begin a transaction
            driver.execute(f"PRAGMA busy_timeout={CHECKPOINT_WAITS}")
            try:
                is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
            return not is_busy

    def close(self) -> None:
        """Finish the work handed in so far and let go of the database."""
        for _ in self._writers:
            self._work.put(None)
        self._aside.put(None)
        for writer in self._writers:
            writer.join()
        self._reading.shutdown()
        self.engine.dispose()
        if self._opened is not None:
            _leave(self._opened)
        self._opened = None

    def _read(self, run: Callable[[Session], T]) -> T:
        with Session(self.engine, expire_on_commit=False) as session:
            return run(session)

    def _write_loop(self, work: "_Queue") -> None:
        while (next_one := work.get()) is not None:
            self._write_first(work)
            works, stop = [] if next_one is _FIRST_COMES else [next_one], False
            while len(works) < self._group:
                try:
                    more = work.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    stop = True
                    break
                if more is not _FIRST_COMES:
                    works.append(more)
            works = sorted((one for one in works if one.is_wanted()), key=lambda one: one.key)
            while works or work.hurries:
                self._write_first(work)
                works = works[self._write_group(work, works) :] if works else works
            if stop:
                return

    def _write_first(self, work: "_Queue") -> None:
        self._write_all(work, work.first())

    def _write_all(self, work: _Queue, works: list[_Work]) -> None:
        while works:
            works = works[self._write_group(work, works) :]

    def _write_group(self, work: _Queue, works: list[_Work]) -> int:
        """Run works in one transaction, as many as until something goes before them, which joins them; returns how many of the list are done.

        When the database itself fails, run them one by one.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                outcomes = self._commit(work, works)
            except DBAPIError as error:
                if (
                    len(works) > 1 and getattr(error.orig, "sqlstate", None) == DEADLOCK
                ):  # in the same order it would happen again
                    self._fail(work, works, error)
                    return len(works)
                if attempt < ATTEMPTS and _is_passing(error):
                    log.warning("database: group failed, trying again", works=len(works), attempt=attempt)
                    continue
                self._fail(work, works, error)
                return len(works)
            except Exception as error:  # the thread must outlive whatever happens
                self._fail(work, works, error)
                return len(works)
            _settle(works[: len(outcomes)], outcomes)
            return len(outcomes)
        return len(works)

    def _fail(self, work: _Queue, works: list[_Work], error: Exception) -> None:
        if len(works) == 1:
            _settle(works, [_Outcome(error=error)])
            return
        for one in works:
            self._write_all(work, [one])

    def _commit(self, work: _Queue, works: list[_Work]) -> "Sequence[_Outcome]":
        if len(works) > 1:
            with suppress(_Apart):
                return self._commit_by(_run_together, work, works)
        return self._commit_by(_run_apart, work, works)

    def _commit_by(
        self, run: "Callable[[Connection, _Queue, list[_Work]], Sequence[_Outcome]]", work: _Queue, works: list[_Work]
    ) -> "Sequence[_Outcome]":
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.info["immediate"] = True
            announced = connection.info[_ANNOUNCED] = set[str]()
            with connection.begin():
                outcomes = run(connection, work, works)
        for listener in self._listeners if announced else ():
            listener(announced)
        return outcomes


def survey(session: Session) -> None:
    """Let SQLite learn how the rows of its tables are spread, from a few hundred of each; PostgreSQL's autovacuum does so by itself.

    Without it any index that begins with the community is taken to be as good as the one that names the rows that are wanted.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=400")
        connection.exec_driver_sql("ANALYZE")


def announce(session: Session, what: str) -> None:
    """Tell all who listen, after the commit, that there is something new, such as effect:robot.send."""
    said = session.connection().info.get(_ANNOUNCED)
    if said is not None:  # a session that is not the writer's
        said.add(what)


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None


class _Apart(BaseException):
    """One of several works fails or takes something back: they cannot share a transaction without savepoints."""


class _Shared(Session):
    """The session of several works that trust each other not to fail."""

    def commit(self) -> None:
        """Leave that to the group."""
        self.flush()

    def rollback(self) -> None:
        """Take back nothing of the others."""
        raise _Apart


def _run_together(connection: Connection, work: _Queue, works: list[_Work]) -> "Sequence[_Outcome]":
    """Run works one after the other without savepoints, which cost a tenth of a turn; raises _Apart when one fails."""
    outcomes: list[_Outcome] = []
    with _Shared(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session:
        for one in _until_hurried(work, works):
            session.info.clear()  # whose rows the work before saw
            try:
                value = one.run(session)
                session.flush()
            except OperationalError:
                raise
            except BaseException as error:  # whatever it is, it is met again where it belongs to its caller alone
                raise _Apart from error
            session.expunge_all()
            outcomes.append(_Outcome(value=value))
    return outcomes


def _run_apart(connection: Connection, work: _Queue, works: list[_Work]) -> "Sequence[_Outcome]":
    """Run each work in a SAVEPOINT; a failing work undoes itself only, a failing database everything."""
    return [_run(connection, one) for one in _until_hurried(work, works)]


def _until_hurried(work: _Queue, works: list[_Work]) -> Iterator[_Work]:
    """Yield works of a commit until something goes before the rest: it joins the works where that may be, and is the last to be done."""
    ends, done, is_hurried = len(works), 0, False
    while done < ends:
        yield works[done]
        done += 1
        if work.hurries and not is_hurried:  # what comes after those has the next commit: they wait for nobody
            ends = done + work.join(works, done)
            is_hurried = True


def _run(connection: Connection, work: _Work) -> _Outcome:
    with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        try:
            value = work.run(session)
            session.commit()
        except OperationalError:
            raise
        except BaseException as error:  # whatever it is, it belongs to the caller, and the thread must outlive it
            session.rollback()
            return _Outcome(error=_tellable(error))
        return _Outcome(value=value)


def _tellable(error: BaseException) -> Exception:
    """Return an error that may be told: a future refuses StopIteration, and SystemExit would end the loop of whoever waits."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    told = RuntimeError(f"the function let {type(error).__name__} out")
    told.__cause__ = error
    return told


def _put(work: _Queue, run: Callable[[Session], T], key: str = "") -> "asyncio.Future[T]":
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    work.put(_Work(run, future, loop, key))
    return future


def _settle(works: Sequence[_Work], outcomes: "Sequence[_Outcome]") -> None:
    """Tell all who wait; each event loop is woken once for all of its own."""
    waiting: dict[asyncio.AbstractEventLoop, list[tuple[Any, _Outcome]]] = defaultdict(list)
    for work, outcome in zip(works, outcomes, strict=True):
        if work.loop is None:
            _tell(work.future, outcome)
        else:
            waiting[work.loop].append((work.future, outcome))
    for loop, told in waiting.items():
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(told: Sequence[tuple[Any, _Outcome]]) -> None:
    for future, outcome in told:
        if not future.cancelled():
            _tell(future, outcome)


def _tell(future: Any, outcome: _Outcome) -> None:
    if outcome.error is not None:
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome.value)


def _is_passing(error: DBAPIError) -> bool:
    """Tell whether the same work may succeed at once: a lost connection, a deadlock, a busy file."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)  # https://www.postgresql.org/docs/current/errcodes-appendix.html
    return state in {"40001", DEADLOCK, "57P01", "57P02", "57P03"} or "database is locked" in str(error.orig)


#: What closed databases have left to the next one on the same server: a dialect, and the statements compiled for it, which take longer
#: than running them. Each serves one database at a time, for its keys are the dialect's.
_LEFT: dict[URL, list[tuple[Dialect, LRUCache[Any, Any]]]] = defaultdict(list)


def _leave(engine: Engine) -> None:
    compiled = engine.get_execution_options()["compiled_cache"]
    if compiled:  # else it may have met no server yet
        _LEFT[_server_of(engine)].append((engine.dialect, compiled))


def _take_over(engine: Engine) -> None:
    """Go on with what another database of this process has left."""
    try:
        engine.dialect, compiled = _LEFT[_server_of(engine)].pop()
    except IndexError:
        compiled = LRUCache(STATEMENTS)
    engine.update_execution_options(compiled_cache=compiled)


def _server_of(engine: Engine) -> URL:
    return engine.url.set(database="")


def connect(url: str, keyring: Keyring | None = None) -> Engine:
    """Return an engine for `url`: sqlite:///path or postgresql://… Its dialect keeps the keys: that is what columns are shown."""
    engine = _connect(url)
    engine.dialect.keyring = keyring  # type: ignore[attr-defined]  # read by bot.sealed.keyring_of
    return engine


def _connect(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url, hide_parameters=True, pool_size=READERS + 2, connect_args={"check_same_thread": False, "timeout": 10}
        )
        _take_over(engine)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return _quicken_savepoints(engine)
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    engine = create_engine(url, hide_parameters=True, pool_size=READERS + POSTGRES_WRITERS + 1, pool_pre_ping=True)
    _take_over(engine)
    return _quicken_savepoints(engine)


def _quicken_savepoints(engine: Engine) -> Engine:
    """Send savepoints as they are: SQLAlchemy compiles each anew, and a turn has up to two."""
    for name, words in (("do_savepoint", "SAVEPOINT"), ("do_release_savepoint", "RELEASE SAVEPOINT")):
        setattr(engine.dialect, name, partial(_send_savepoint, words))
    return engine


def _send_savepoint(words: str, connection: Connection, name: str) -> None:
    send(connection, f"{words} {name}")  # the name is SQLAlchemy's own: sa_savepoint_1


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: BEGIN IMMEDIATE below takes the write lock at once.
    dbapi_connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT}", "secure_delete=ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.info.pop("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
