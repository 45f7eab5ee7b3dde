"""The page's log lines."""

import logging
import sys

import pytest

from api.settings import logs as of_the_others
from web import logs


def record(
    level: int = logging.WARNING, message: str = "The API does not answer", at: float = 1000.0
) -> logging.LogRecord:
    record = logging.LogRecord("web", level, "test.py", 1, message, (), None)
    record.created = at
    return record


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(logs.TextLines(), of_the_others.TextLines()), (logs.JsonLines(), of_the_others.JsonLines())],
)
def test_a_line_of_the_page_looks_like_one_of_the_other_processes(
    ours: logging.Formatter, theirs: logging.Formatter
) -> None:
    failure = record()
    try:
        raise ValueError("out of film")
    except ValueError:
        failure.exc_info = sys.exc_info()
    assert ours.format(failure) == theirs.format(failure)


def test_warnings_of_the_first_seconds_and_repeated_ones_are_left_out() -> None:
    calm = logs.Calm(started=1000.0)
    assert [at for at in (1001, 1011, 1012, 1070, 1072, 1073) if calm.filter(record(at=at))] == [1011, 1072]
    assert calm.filter(record(message="Something else", at=1073))


def test_errors_and_facts_are_always_said() -> None:
    calm = logs.Calm(started=1000.0)
    assert all(calm.filter(record(level, at=1000)) for level in (logging.INFO, logging.ERROR) for _ in range(2))
