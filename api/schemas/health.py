"""Health on the wire."""

from typing import Literal

import msgspec


class Health(msgspec.Struct):
    """Everything that was looked at is well; what is not is a problem document."""

    status: Literal["ok"] = "ok"
    checks: list[str] = []
