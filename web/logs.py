"""One log line per fact, as text or as JSON, on standard error; the lines look like those of the other processes."""

import logging
import sys
import time
from datetime import UTC, datetime

import msgspec

QUIET = ("httpx", "httpcore", "uvicorn")
"""Libraries whose INFO and DEBUG lines tell nothing that ours do not."""
STARTING_SECONDS = 10.0
REPEATING_SECONDS = 60.0


def set_up_logs(level: str, kind: str) -> None:
    """Send what is logged from `level` on to standard error, as `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    handler.addFilter(Calm(time.time()))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Calm(logging.Filter):
    """Leaves out warnings while Marquee starts, when the API is not there yet, and those said within the last minute.

    A page that is open somewhere asks every second, and would fill the log with one fact.
    """

    def __init__(self, started: float) -> None:
        """`started` as time.time() has it."""
        super().__init__()
        self._started = started
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING:
            return True
        message, now = record.getMessage(), record.created
        self._said = {said: at for said, at in self._said.items() if now - at < REPEATING_SECONDS}
        if now - self._started < STARTING_SECONDS or message in self._said:
            return False
        self._said[message] = now
        return True


class TextLines(logging.Formatter):
    """`2026-11-20T06:00:00.000Z INFO web: Page listening on …`, with a traceback on the lines below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _moment(record)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
