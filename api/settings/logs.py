"""Logging of every process: one line per fact, as text or as JSON, without secrets."""

import logging
import re
import sys
from datetime import UTC, datetime

import msgspec

SECRETS = re.compile(r"((?:api_key|session_id|request_token|token)(?:=|['\"]?: ?['\"]))[^&\s\"'<>)\\]+", re.IGNORECASE)
BEARER = re.compile(r"(Bearer\s+)[^\s\"',<>)\\]+", re.IGNORECASE)
REDACTED = r"\1[redacted]"
QUIET = ("httpx", "httpcore", "uvicorn.error", "aiosqlite", "arq")
"""Libraries whose INFO and DEBUG lines tell nothing that ours do not, and URLs that they should not."""


def configure_logging(level: str, format: str) -> None:
    """Send what is logged from `level` on to standard error, as `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(text: str) -> str:
    """`text` without the values of keys and tokens.

    >>> redact("GET /3/movie/1?api_key=abc&language=en with Bearer abc.def")
    'GET /3/movie/1?api_key=[redacted]&language=en with Bearer [redacted]'
    """
    return BEARER.sub(REDACTED, SECRETS.sub(REDACTED, text))


class TextLines(logging.Formatter):
    """`2026-11-20T06:00:00.000Z INFO api: API listening on …`, with a traceback on the lines below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _moment(record)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = redact(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
