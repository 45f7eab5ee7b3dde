import pytest

from api.formats.asked import kind_by


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV; header=present", "csv"),
        ("text/*", "csv"),
        ("text/csv, */*", "csv"),
        ("application/json;q=0.5, text/csv;q=0.9", "csv"),
        ("application/json, text/csv", "json"),
        ("application/x-ndjson", "ndjson"),
        ("application/json;q=0, application/*", "ndjson"),
        ("text/csv;q=0", None),
        ("application/xml", None),
        ("text/csv;q=lots", None),
        ("nonsense", None),
    ],
)
def test_accept_chooses_what_is_liked_most(accept: str, kind: str | None) -> None:
    assert kind_by(accept) == kind
