"""From TMDB's JSON to what is kept."""

import json
from datetime import date
from typing import Any

import pytest

from api.db.details import Country, Credit, Details, Genre
from worker.sources.tmdb.reading import details, offers, search_page, year_of

MOVIE: dict[str, Any] = {
    "adult": False,
    "softcore": False,
    "id": 27205,
    "imdb_id": "tt1375666",
    "title": "A Dream",
    "original_title": "Ein Traum",
    "original_language": "de",
    "overview": "Somebody dreams.",
    "poster_path": "/poster.jpg",
    "release_date": "2010-07-15",
    "runtime": 148,
    "vote_average": 8,
    "vote_count": 37812,
    "popularity": 25,
    "genres": [{"id": 28, "name": "Action "}, {"id": 28, "name": "Action "}, {"id": 18, "name": ""}],
    "production_countries": [{"iso_3166_1": "DE", "name": "Germany"}, {"iso_3166_1": "", "name": "?"}],
    "external_ids": {"imdb_id": "tt1375666", "wikidata_id": None},
    "credits": {
        "cast": [
            {"id": 2, "name": "Second", "character": "", "order": 1, "profile_path": None},
            {"id": 1, "name": "First", "character": "The Dreamer", "order": 0, "profile_path": "/1.jpg"},
            {"id": 1, "name": "First", "character": "The Dreamer's Twin", "order": 2},
        ],
        "crew": [
            {"id": 9, "name": "Writer", "job": "Writer"},
            {"id": 1, "name": "First", "job": "Director", "profile_path": "/1.jpg"},
            {"id": 1, "name": "First", "job": "Director"},
            {"id": 8, "name": "Other", "job": "Director"},
        ],
    },
    "watch/providers": {
        "results": {
            "GB": {
                "link": "https://tmdb.test/movie/27205/watch?locale=GB",
                "rent": [
                    {"provider_id": 10, "provider_name": "Shop", "logo_path": "/s.jpg", "display_priority": 7},
                    {"provider_id": 10, "provider_name": "Shop", "logo_path": "/s.jpg", "display_priority": 7},
                ],
                "buy": [{"provider_id": 10, "provider_name": "Shop", "logo_path": "/s.jpg", "display_priority": 7}],
                "flatrate": [{"provider_id": 8, "provider_name": "Stream", "logo_path": None, "display_priority": 0}],
                "free": [{"provider_id": 11, "provider_name": "Open"}],
                "ads": [{"provider_id": 12, "provider_name": "", "display_priority": 3}],
            },
            "US": {"link": "https://tmdb.test/us", "buy": [{"provider_id": 2, "provider_name": "Shop US"}]},
            "FR": {"link": "javascript:alert(1)", "buy": None},
        }
    },
}
SHOW: dict[str, Any] = {
    "id": 89905,
    "name": "Ordinary Folk",
    "original_name": "Ordinary Folk",
    "first_air_date": "2020-04-26",
    "episode_run_time": [],
    "overview": "",
    "poster_path": None,
    "vote_average": 0.0,
    "vote_count": 0,
    "popularity": 1.5,
    "created_by": [{"id": 5, "name": "Maker", "profile_path": "/5.jpg"}, {"id": 6, "name": None}],
    "external_ids": {"imdb_id": "tt9059760", "tvdb_id": 370144},
    "credits": {"cast": [{"id": 7, "name": "Player", "character": "Her", "order": 0}], "crew": []},
    "watch/providers": {"results": {}},
}


def read(body: dict[str, Any], media_type: str = "movie", countries: tuple[str, ...] = ("GB",)) -> Details:
    return details(json.dumps(body).encode(), media_type, countries)


def test_a_films_facts() -> None:
    film = read(MOVIE)
    assert (film.media_type, film.tmdb_id, film.imdb_id) == ("movie", 27205, "tt1375666")
    assert (film.title, film.original_title, film.original_language) == ("A Dream", "Ein Traum", "de")
    assert (film.release_date, film.year, film.runtime_minutes) == (date(2010, 7, 15), 2010, 148)
    assert (film.rating, film.votes, film.popularity) == (8.0, 37812, 25.0)
    assert (film.overview, film.poster_path) == ("Somebody dreams.", "/poster.jpg")
    assert film.genres == [Genre(28, "Action")]
    assert film.countries == [Country("DE", "Germany")]


def test_a_person_has_each_role_once_with_the_character_named_first() -> None:
    director = {"profile_path": "/1.jpg", "role": "director", "character": None}
    assert read(MOVIE).people == [
        Credit(person_id=1, name="First", position=0, **director),  # type: ignore[arg-type]
        Credit(person_id=8, name="Other", position=1, **{**director, "profile_path": None}),  # type: ignore[arg-type]
        Credit(person_id=1, name="First", role="cast", position=0, profile_path="/1.jpg", character="The Dreamer"),
        Credit(person_id=2, name="Second", role="cast", position=1, profile_path=None, character=None),
    ]


def test_of_a_large_cast_the_first_fifteen_are_kept() -> None:
    cast = [{"id": number, "name": f"Player {number}", "order": number} for number in range(40, 0, -1)]
    people = read({**MOVIE, "credits": {"cast": cast, "crew": []}}).people
    assert [person.person_id for person in people] == list(range(1, 16))


def test_a_show_has_creators_and_takes_its_imdb_id_from_the_external_ones() -> None:
    show = read(SHOW, "tv")
    assert (show.media_type, show.title, show.year, show.imdb_id) == ("tv", "Ordinary Folk", 2020, "tt9059760")
    assert show.release_date == date(2020, 4, 26)
    assert (show.runtime_minutes, show.overview, show.poster_path) == (None, None, None)
    assert [(person.name, person.role) for person in show.people] == [("Maker", "creator"), ("Player", "cast")]


def test_a_shows_runtime_is_that_of_an_episode() -> None:
    assert read({**SHOW, "episode_run_time": [28, 30]}, "tv").runtime_minutes == 28


def test_what_nobody_rated_has_no_rating() -> None:
    assert (read(SHOW, "tv").rating, read(SHOW, "tv").votes) == (None, 0)


SPARSE = [
    {"release_date": "", "runtime": 0, "imdb_id": None, "external_ids": None, "credits": None, "genres": None},
    {"release_date": None, "runtime": None, "imdb_id": "", "external_ids": {}, "credits": {}, "genres": []},
    {
        "release_date": "soon",
        "runtime": 0.0,
        "imdb_id": "nm1",
        "external_ids": {"imdb_id": ""},
        "credits": {"cast": None},
    },
]


@pytest.mark.parametrize("sparse", SPARSE)
def test_empty_and_null_and_nonsense_are_all_unknown(sparse: dict[str, Any]) -> None:
    film = read({**MOVIE, **sparse})
    assert (film.release_date, film.year, film.runtime_minutes, film.imdb_id) == (None, None, None, None)
    assert film.people == []


def test_offers_of_every_kind_in_every_country_asked_for() -> None:
    film = read(MOVIE, countries=("GB", "US"))
    assert [(row.country, row.offer, row.provider_id, row.provider) for row in film.offers] == [
        ("GB", "flatrate", 8, "Stream"),
        ("GB", "free", 11, "Open"),
        ("GB", "ads", 12, "Provider 12"),
        ("GB", "rent", 10, "Shop"),
        ("GB", "buy", 10, "Shop"),
        ("US", "buy", 2, "Shop US"),
    ]
    assert film.links == {"GB": "https://tmdb.test/movie/27205/watch?locale=GB", "US": "https://tmdb.test/us"}


def test_a_provider_without_a_priority_is_shown_last() -> None:
    priorities = {row.provider: row.priority for row in read(MOVIE).offers}
    assert priorities["Stream"] == 0
    assert priorities["Open"] == max(priorities.values())


def test_a_country_that_is_absent_has_no_offers() -> None:
    film = read(MOVIE, countries=("DE",))
    assert (film.offers, film.links) == ([], {})


def test_a_link_that_leads_to_no_page_is_left_out() -> None:
    assert read(MOVIE, countries=("FR",)).links == {}


def test_the_offers_alone_read_like_those_of_the_details() -> None:
    body = json.dumps({"id": 27205, **MOVIE["watch/providers"]}).encode()
    film = read(MOVIE, countries=("GB", "US"))
    assert offers(body, ["GB", "US"]) == (film.offers, film.links)


def test_the_poster_of_an_adult_title_is_not_offered() -> None:
    rows = [{"id": number, "title": "Heat", "poster_path": "/heat.jpg", "adult": number == 1} for number in (1, 2)]
    hits, _ = search_page(json.dumps({"results": rows}).encode(), "movie")
    assert [hit.poster_path for hit in hits] == [None, "/heat.jpg"]


def test_a_search_over_everything_leaves_people_out_and_reads_both_kinds_of_names() -> None:
    rows = [
        {"id": 1, "media_type": "movie", "title": "Film", "original_title": "Der Film", "release_date": "1999-01-01"},
        {"id": 1, "media_type": "tv", "name": "Show", "original_name": "Die Serie", "first_air_date": ""},
        {"id": 2, "media_type": "person", "name": "Somebody"},
        {"id": 3, "media_type": "collection", "name": "All of them"},
        {"id": 4, "media_type": "movie", "title": "Making it", "video": True, "popularity": 1},
    ]
    hits, pages = search_page(json.dumps({"results": rows, "total_pages": 7}).encode())
    assert pages == 7
    assert [(hit.media_type, hit.tmdb_id, hit.title, hit.original_title, hit.year, hit.video) for hit in hits] == [
        ("movie", 1, "Film", "Der Film", 1999, False),
        ("tv", 1, "Show", "Die Serie", None, False),
        ("movie", 4, "Making it", "Making it", None, True),
    ]


@pytest.mark.parametrize(
    ("text", "year"),
    [("2010-07-15", 2010), ("1999", 1999), ("", None), (None, None), ("0000-00-00", None), ("x", None)],
)
def test_the_year_of_a_date(text: str | None, year: int | None) -> None:
    assert year_of(text) == year
