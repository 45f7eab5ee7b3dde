"""Marquee's folders on this machine, and the locks that say who uses them."""

import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.errors import MarqueeError, Unavailable

PREFIX = "marquee-private-"
SOCKET = "valkey.sock"
DEMO = "demo"
NEW_SECONDS = 60.0
"""How long a private folder may be without its lock, between being made and being locked."""


class InUse(MarqueeError):
    code = "in_use"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Marquee already runs with the data in {folder}. End that one first, or set another DATABASE_URL here."
        )


def claim(folder: Path) -> int:
    """A lock on the folder, which is made where it is missing; it lasts while any process has this descriptor open.

    Raises InUse where another has it, and Unavailable where the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return _lock(folder)
    except BlockingIOError as error:
        raise InUse(folder) from error
    except OSError as error:
        advice = f"make it writable for user {os.getuid()}, or set DATABASE_URL to another place"
        raise Unavailable(f"The folder {folder}", f"{error.strerror}; {advice}") from error


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for sockets, and for what is not kept, that nobody else may enter; what killed ones left is removed.

    A socket's path has room for about a hundred bytes, so a long TMPDIR gives way to /tmp.
    """
    parent = Path(tempfile.gettempdir())
    if len(str(parent)) >= 60:
        parent = Path("/tmp")  # noqa: S108
    sweep(parent)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as name:
        lock = _lock(Path(name))
        try:
            yield Path(name)
        finally:
            os.close(lock)


def sweep(parent: Path) -> None:
    """Remove the private folders that a killed Marquee of this user left in `parent`."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if not _is_stale(folder):
                continue
            lock = _lock(folder)
            try:
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _is_stale(folder: Path) -> bool:
    """Whether it is ours by owner, mode and content, and not about to be locked."""
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid == os.getuid()
    return ours and found.st_mtime < time.time() - NEW_SECONDS and {*os.listdir(folder)} <= {SOCKET, DEMO}


def _lock(folder: Path) -> int:
    """Raises BlockingIOError where somebody has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
