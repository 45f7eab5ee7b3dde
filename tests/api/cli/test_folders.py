"""Folders: private, claimed by one Marquee at a time, and swept after one that was killed."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.cli.folders import DEMO, PREFIX, SOCKET, InUse, claim, private_folder, sweep
from api.errors import Unavailable

HOLD = "import sys, time; from pathlib import Path; from api.cli.folders import claim; "
HOLD += "claim(Path(sys.argv[1])); print('claimed', flush=True); time.sleep(600)"


def left_behind(parent: Path, *content: str, mode: int = 0o700) -> Path:
    """A private folder of an hour ago with these files and folders (their names end in /)."""
    folder = parent / f"{PREFIX}{len(list(parent.iterdir()))}"
    folder.mkdir(mode=mode)
    for name in content:
        folder.joinpath(name).mkdir() if name.endswith("/") else folder.joinpath(name).touch()
    an_hour_ago = time.time() - 3600
    os.utime(folder, (an_hour_ago, an_hour_ago))
    return folder


def test_a_private_folder_is_closed_to_others_short_and_gone_afterwards() -> None:
    with private_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(str(folder / SOCKET)) < 100
        folder.joinpath(DEMO).mkdir()
    assert not folder.exists()


def test_what_a_killed_marquee_left_is_removed(tmp_path: Path) -> None:
    for content in ((), (SOCKET,), (SOCKET, f"{DEMO}/")):
        left_behind(tmp_path, *content)
    sweep(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_not_removed(tmp_path: Path) -> None:
    folder = left_behind(tmp_path, SOCKET)
    lock = claim(folder)
    sweep(tmp_path)
    assert folder.exists()
    os.close(lock)


def test_a_folder_that_may_be_of_somebody_else_is_not_removed(tmp_path: Path) -> None:
    kept = [left_behind(tmp_path, SOCKET, "photos/"), left_behind(tmp_path, mode=0o755)]
    new = left_behind(tmp_path)
    os.utime(new)
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(kept[0])
    sweep(tmp_path)
    assert {*tmp_path.iterdir()} == {*kept, new, link}


def test_a_claim_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    folder = tmp_path / "new/data"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "claimed\n"
        with pytest.raises(InUse):
            claim(folder)
        holder.send_signal(signal.SIGKILL)
    os.close(claim(folder))


def test_a_folder_that_cannot_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    with pytest.raises(
        Unavailable, match=f"The folder {tmp_path}/file/data is not available: Not a directory; make it"
    ):
        claim(tmp_path / "file/data")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named_with_who_cannot(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable, match=f"Permission denied; make it writable for user {os.getuid()}"):
        claim(tmp_path)
