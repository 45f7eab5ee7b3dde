"""Decisions as a file, to be shared and to outlive an installation: JSON, or CSV with `lid,media_type,tmdb_id`."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from api.db.decisions import Choice
from api.errors import Invalid
from api.faults import in_words
from api.schemas.films import MediaType
from api.schemas.matches import KeptDecision, Lid, TmdbId

COLUMNS = ("lid", "media_type", "tmdb_id")
JSON, CSV = "application/json", "text/csv"
MOST_ROWS = 20_000
MOST_FAULTS = 20

FAULTS = {
    "lid": "lid must be Letterboxd's code of the film, such as 2bFA",
    "media_type": "media_type must be movie or tv",
    "tmdb_id": "tmdb_id must be TMDB's number of the title",
}

Place = str
Fault = tuple[str, str]


class Row(msgspec.Struct, kw_only=True):
    """One decision of a file; what else stands in its row is for people."""

    lid: Lid
    media_type: MediaType | None = None
    tmdb_id: TmdbId | None = None


def to_csv(decisions: Iterable[KeptDecision]) -> str:
    """Without a title both other columns are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((each.lid, each.media_type, each.tmdb_id) for each in decisions)
    return text.getvalue()


def read(content: bytes, media_type: str) -> dict[str, Choice]:
    """The choice of each lid. Raises Invalid, which names every row at fault by its place in the file."""
    rows = list(_csv_rows(content) if media_type == CSV else _json_rows(content))
    if len(rows) > MOST_ROWS:
        raise Invalid([("body", f"holds {len(rows):,} decisions; one file may hold {MOST_ROWS:,}")])
    found: dict[str, Choice] = {}
    places: dict[str, Place] = {}
    faults: list[Fault] = []
    for place, plain in rows:
        try:
            lid, choice = _decision(plain)
        except msgspec.ValidationError as error:
            faults.append((place, _in_words(error)))
            continue
        if found.setdefault(lid, choice) != choice:
            faults.append((place, f"{lid} is decided otherwise in {places[lid]}"))
        places.setdefault(lid, place)
    if faults:
        raise Invalid(_the_first(faults))
    return found


def _decision(plain: Any) -> tuple[str, Choice]:
    row = msgspec.convert(plain, Row, strict=False)
    if (row.media_type is None) != (row.tmdb_id is None):
        raise msgspec.ValidationError(
            "media_type and tmdb_id are given together, or neither for a film without a title"
        )
    choice = (row.media_type, row.tmdb_id) if row.media_type and row.tmdb_id else None
    return row.lid, choice


def _in_words(error: msgspec.ValidationError) -> str:
    message, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    return FAULTS.get(field) or " ".join(in_words(field, message)).strip()


def _the_first(faults: Sequence[Fault]) -> list[Fault]:
    rest = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], *([("body", f"{rest} more rows cannot be used")] if rest > 0 else [])]


def _json_rows(content: bytes) -> Iterator[tuple[Place, Any]]:
    """The rows of a list, or of the `decisions` of an export, counted from 1."""
    try:
        plain = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([("body", f"is not JSON: {error}")]) from None
    rows = plain.get("decisions") if isinstance(plain, Mapping) else plain
    if not isinstance(rows, list):
        raise Invalid([("body", "must be a list of decisions, or an object with such a list as its `decisions`")])
    return ((f"row {number}", row) for number, row in enumerate(rows, start=1))


def _csv_rows(content: bytes) -> Iterator[tuple[Place, Any]]:
    """The rows below the header, by their line; empty lines and further columns do not count."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid([("body", "is not text in UTF-8")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in header]:
            raise Invalid([("line 1", f"must name the columns {', '.join(COLUMNS)}; there is no {missing[0]}")])
        if twice := [name for name in COLUMNS if header.count(name) > 1]:
            raise Invalid([("line 1", f"must name each column once; there are several {twice[0]}")])
        lines = [(f"line {reader.line_num}", row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Invalid([(f"line {reader.line_num}", f"is not CSV: {error}")]) from None
    return ((place, _named(header, row)) for place, row in lines)


def _named(header: Sequence[str], row: Sequence[str]) -> dict[str, str | None]:
    cells = dict(zip(header, (cell.strip() or None for cell in row), strict=False))
    return {name: cells.get(name) for name in COLUMNS}
