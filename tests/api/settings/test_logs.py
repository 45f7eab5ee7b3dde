import logging
import sys

import msgspec
import pytest

from api.settings.logs import JsonLines, TextLines, redact

ADDRESS = "https://api.themoviedb.org/3/movie/1?api_key=s3cret&session_id=s3cret&language=en"


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_no_secret_is_written(formatter: logging.Formatter) -> None:
    record = error_record("GET %s with %s", ADDRESS, "Authorization: Bearer s3cret.s3cret")
    line = formatter.format(record)
    assert "s3cret" not in line
    assert "language=en" in line
    assert "[redacted]" in line
    assert "Traceback" in line


def test_json_is_one_object_a_line() -> None:
    line = JsonLines().format(error_record("It failed:\n%s", "really"))
    assert "\n" not in line
    fields = msgspec.json.decode(line)
    assert fields["message"] == "It failed:\nreally"
    assert (fields["level"], fields["logger"]) == ("ERROR", "marquee.test")
    assert fields["time"].endswith("Z")
    assert "ValueError" in fields["exception"]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("?token=a.b-c&page=1", "?token=[redacted]&page=1"),
        ("request_token=abc", "request_token=[redacted]"),
        ("bearer abc", "bearer [redacted]"),
        ("{'api_key': 'abc'}", "{'api_key': '[redacted]'}"),
        ("the token was taken", "the token was taken"),
    ],
)
def test_secrets_are_known_in_every_dress(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def error_record(message: str, *values: object) -> logging.LogRecord:
    try:
        raise ValueError(ADDRESS)
    except ValueError:
        return logging.LogRecord("marquee.test", logging.ERROR, "test.py", 1, message, values, sys.exc_info())
