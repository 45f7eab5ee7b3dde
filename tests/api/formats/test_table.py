import csv
import io

import msgspec
import pytest
from msgspec import inspect

from api.formats import letterboxd
from api.formats.table import Row, as_csv, cells, columns_in, columns_of
from api.schemas.films import Offer


class Inner(msgspec.Struct):
    name: str
    former: int | None = msgspec.field(name="from")


class Item(msgspec.Struct):
    id: int
    inner: Inner | None
    offers: list[Offer]
    words: list[str]
    counts: dict[str, int]


COLUMNS = columns_of(inspect.type_info(Item))


def test_an_object_becomes_columns_and_a_list_one_cell() -> None:
    offer = {"provider": "MUBI", "offer": "flatrate", "country": "GB", "since": "2026-11-20T06:00:00Z"}
    item = {
        "id": 1,
        "inner": {"name": "x", "from": 2},
        "offers": [offer, offer | {"provider": "Apple TV", "offer": "buy"}],
        "words": ["a", "b"],
        "counts": {"left": 3},
    }
    assert [column.name for column in COLUMNS] == ["id", "inner.name", "inner.from", "offers", "words", "counts"]
    offers = "MUBI (flatrate, GB); Apple TV (buy, GB)"
    assert cells(item, COLUMNS) == [1, "x", 2, offers, "a; b", '{"left":3}']


def test_what_is_not_known_is_empty() -> None:
    item: Row = {"id": 1, "inner": None, "offers": [], "words": [], "counts": None}
    assert cells(item, COLUMNS) == [1, "", "", "", "", ""]
    assert cells({"id": True, "inner": None}, COLUMNS)[0] == "true"


def test_an_answer_of_fewer_fields_has_fewer_columns_in_their_order() -> None:
    assert [column.name for column in columns_in(COLUMNS, ["words", "inner"])] == ["words", "inner.name", "inner.from"]
    assert columns_in(COLUMNS, []) == COLUMNS
    assert [column.name for column in columns_in([], ["a", "b"])] == ["a", "b"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_no_text_is_a_formula_to_a_spreadsheet(start: str) -> None:
    text = f'{start}HYPERLINK("http://evil.test";"x")'
    for raw, expected in ((False, f"'{text}"), (True, text)):
        written = as_csv([["safe", text]], raw=raw)
        assert list(csv.reader(io.StringIO(written, newline=""))) == [["safe", expected]]


def test_numbers_are_left_alone_and_text_within_is_quoted() -> None:
    assert as_csv([[-1, -0.5, "a,b", 'c"d', "e\nf", "1-2"]], raw=False) == '-1,-0.5,"a,b","c""d","e\nf",1-2\r\n'


def test_a_series_has_no_number_that_letterboxd_would_take_for_a_films() -> None:
    film = {"lid": "2bFA", "url": "u", "title": "Heat", "year": None, "media_type": "movie", "tmdb_id": 949}
    assert letterboxd.row(film) == ["https://boxd.it/2bFA", 949, "", "Heat", ""]
    assert letterboxd.row(film | {"media_type": "tv", "lid": None}) == ["u", "", "", "Heat", ""]
