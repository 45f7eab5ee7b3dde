"""Housekeeping on the wire."""

from datetime import datetime
from typing import Literal

import msgspec

KeepingTrigger = Literal["cron", "startup", "manual"]
KeepingStatus = Literal["queued", "running", "succeeded", "failed"]


class Keeping(msgspec.Struct, kw_only=True):
    """One time that the house was kept; `counts` says what each step of it did, `message` what went wrong."""

    id: int
    trigger: KeepingTrigger
    status: KeepingStatus
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, dict[str, int]]
    message: str | None
    already_running: bool = False
