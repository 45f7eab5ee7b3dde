import pytest

from api.db.decisions import Choice
from api.decision_file import CSV, JSON, MOST_FAULTS, read, to_csv
from api.errors import Invalid
from api.schemas.matches import KeptDecision

HEAT: Choice = ("movie", 949)


def faults(content: str, kind: str = CSV) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read(content.encode(), kind)
    return caught.value.errors


def test_what_is_written_can_be_read() -> None:
    rows = [
        KeptDecision(lid="2bg8", media_type="movie", tmdb_id=949),
        KeptDecision(lid="none", media_type=None, tmdb_id=None),
    ]
    text = to_csv(rows)
    assert text == "lid,media_type,tmdb_id\n2bg8,movie,949\nnone,,\n"
    assert read(text.encode(), CSV) == {"2bg8": HEAT, "none": None}


@pytest.mark.parametrize(
    "content",
    [
        b"lid,media_type,tmdb_id\r\n2bg8,movie,949\r\n",
        b"\xef\xbb\xbfLID, media_type ,tmdb_id\n\n 2bg8 ,movie, 949\n\n",
        b"title,tmdb_id,media_type,lid\nHeat,949,movie,2bg8",
        b"lid,media_type,tmdb_id\n2bg8,movie,949\n2bg8,movie,949\n",
    ],
)
def test_csv_of_every_program_is_read(content: bytes) -> None:
    assert read(content, CSV) == {"2bg8": HEAT}


@pytest.mark.parametrize(
    "content",
    [
        b'[{"lid": "2bg8", "media_type": "movie", "tmdb_id": 949}]',
        b'{"decisions": [{"lid": "2bg8", "media_type": "movie", "tmdb_id": 949, "title": "Heat", "year": 1995}]}',
    ],
)
def test_json_is_read_as_a_list_and_as_an_export(content: bytes) -> None:
    assert read(content, JSON) == {"2bg8": HEAT}


def test_every_bad_row_is_named_by_its_line() -> None:
    said = dict(faults("lid,media_type,tmdb_id\n2bg8,film,949\n\nab!c,,\nheat,movie,\nok,movie,1\nlast,tv,x\n2bg8,tv"))
    assert list(said) == ["line 2", "line 4", "line 5", "line 7", "line 8"]
    assert said["line 2"] == "media_type must be movie or tv"
    assert said["line 5"].startswith("media_type and tmdb_id are given together")


def test_rows_of_json_are_counted_from_one() -> None:
    assert faults('[{"lid": "ok"}, {"lid": 5}, "x", {}]', JSON) == [
        ("row 2", "lid must be Letterboxd's code of the film, such as 2bFA"),
        ("row 3", "must be a JSON object"),
        ("row 4", "lid is missing"),
    ]


def test_two_rows_that_disagree_are_a_fault() -> None:
    text = "lid,media_type,tmdb_id\n2bg8,movie,949\n2bg8,movie,5\n"
    assert faults(text) == [("line 3", "2bg8 is decided otherwise in line 2")]


def test_of_many_faults_the_first_are_named_and_the_rest_counted() -> None:
    said = faults("lid,media_type,tmdb_id\n" + "?,,\n" * (MOST_FAULTS + 5))
    assert (len(said), said[-1]) == (MOST_FAULTS + 1, ("body", "5 more rows cannot be used"))


@pytest.mark.parametrize(
    ("content", "kind", "place"),
    [
        ("", CSV, "line 1"),
        ("lid,tmdb_id\n2bg8,949\n", CSV, "line 1"),
        ("lid,media_type,tmdb_id,lid\n2bg8,movie,949,2bg9\n", CSV, "line 1"),
        ('lid,media_type,tmdb_id\n"2bg8,movie,949\n', CSV, "line 2"),
        ("", JSON, "body"),
        ("{", JSON, "body"),
        ("[" * 200_000, JSON, "body"),
        ('[{"lid": "2bg8\\n"}]', JSON, "row 1"),
        ('{"items": []}', JSON, "body"),
        ("5", JSON, "body"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(content: str, kind: str, place: str) -> None:
    assert [each for each, _ in faults(content, kind)] == [place]


def test_text_in_another_encoding_is_refused() -> None:
    for kind in (CSV, JSON):
        with pytest.raises(Invalid):
            read(b"lid,media_type,tmdb_id\n\xff\xfe,,", kind)


def test_a_file_has_a_longest_length() -> None:
    rows = "\n".join(f"l{number},," for number in range(20_001))
    assert faults(f"lid,media_type,tmdb_id\n{rows}")[0][0] == "body"
