"""What is asked of TMDB, and what each kind of answer becomes."""

import json
from typing import Any

import pytest

from api.errors import KeyRefused, Missing, RateLimited, SourceError, Transient
from tests.worker.sources.tmdb.conftest import Upstream
from worker.sources.tmdb.client import TmdbClient

TITLE: dict[str, Any] = {"id": 550, "title": "Fight Club", "watch/providers": {"results": {}}}
GONE = {"success": False, "status_code": 34, "status_message": "The resource you requested could not be found."}


def page(*ids: int, pages: int = 1) -> dict[str, Any]:
    rows = [{"id": number, "title": f"Film {number}", "media_type": "movie"} for number in ids]
    return {"page": 1, "results": rows, "total_pages": pages, "total_results": 20 * pages}


def ids(result: Any) -> list[int]:
    return [hit.tmdb_id for hit in result.hits]


async def test_details_people_and_offers_come_in_one_request(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(TITLE)
    found = await tmdb.details("movie", 550, ["GB"])
    assert (found.media_type, found.tmdb_id) == ("movie", 550)
    assert upstream.asked == ["/3/movie/550?append_to_response=watch%2Fproviders%2Ccredits%2Cexternal_ids"]


async def test_offers_alone_are_one_small_request(upstream: Upstream, tmdb: TmdbClient) -> None:
    block = {"link": "https://tmdb.test/gb", "buy": [{"provider_id": 2, "provider_name": "Shop"}]}
    upstream.answer({"id": 9, "results": {"GB": block}})
    offers, links = await tmdb.offers("tv", 9, ["GB", "DE"])
    assert [(row.country, row.provider, row.offer) for row in offers] == [("GB", "Shop", "buy")]
    assert links == {"GB": "https://tmdb.test/gb"}
    assert upstream.asked == ["/3/tv/9/watch/providers"]


async def test_searches_name_the_year_but_neither_language_nor_region(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(page())
    await tmdb.search_all("Léon & co")
    await tmdb.search_movies("Heat", 1995)
    await tmdb.search_shows("Beef", 2023)
    assert upstream.asked == [
        "/3/search/multi?query=L%C3%A9on+%26+co&include_adult=true",
        "/3/search/movie?query=Heat&year=1995&include_adult=true",
        "/3/search/tv?query=Beef&first_air_date_year=2023&include_adult=true",
    ]


async def test_a_result_is_complete_when_its_further_pages_were_read(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(page(1, pages=3), page(2, pages=3), page(3, 1, pages=3))
    result = await tmdb.search_movies("Heat", 1995)
    assert (ids(result), result.complete) == ([1, 2, 3], True)
    assert upstream.asked[-1] == "/3/search/movie?query=Heat&year=1995&include_adult=true&page=3"


async def test_a_result_of_too_many_pages_is_incomplete_and_not_read_on(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(page(1, pages=4))
    result = await tmdb.search_movies("Home", 2020)
    assert (ids(result), result.complete, len(upstream.requests)) == ([1], False, 1)


async def test_a_result_that_does_not_count_its_pages_is_incomplete(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer({"results": [{"id": 1, "title": "Heat", "media_type": "movie"}]})
    assert not (await tmdb.search_all("Heat")).complete


async def test_an_empty_result_is_complete(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer({"page": 1, "results": [], "total_pages": 0, "total_results": 0})
    result = await tmdb.search_all("Heat")
    assert (result.hits, result.complete) == ([], True)


async def test_a_look_up_by_imdb_id_gives_films_and_shows_alone(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(
        {
            "movie_results": [{"id": 550, "title": "Fight Club", "release_date": "1999-10-15"}],
            "tv_results": [{"id": 7, "name": "Club", "first_air_date": ""}],
            "person_results": [{"id": 1, "name": "Somebody"}],
            "tv_episode_results": [{"id": 2, "name": "Pilot"}],
            "tv_season_results": [],
        }
    )
    hits = await tmdb.find("tt0137523")
    assert [(hit.media_type, hit.tmdb_id, hit.year) for hit in hits] == [("movie", 550, 1999), ("tv", 7, None)]
    assert upstream.asked == ["/3/find/tt0137523?external_source=imdb_id"]


@pytest.mark.parametrize("text", ["", "550", "tt", "tt12/../../4/list", "tt1234567?x=1", "tt１２３４５６７"])
async def test_what_is_no_imdb_id_is_not_asked_for(upstream: Upstream, tmdb: TmdbClient, text: str) -> None:
    assert await tmdb.find(text) == []
    assert upstream.requests == []


@pytest.mark.parametrize("title", [("person", 1), ("movie", 0), ("movie", -5), ("movie", "../list"), ("movie/1", 2)])
async def test_only_numbers_of_films_and_shows_become_paths(
    upstream: Upstream, tmdb: TmdbClient, title: tuple[str, Any]
) -> None:
    with pytest.raises(ValueError, match="names no title"):
        await tmdb.details(*title, ["GB"])
    assert upstream.requests == []


async def test_a_refused_key_is_told_apart_and_not_asked_again(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer({"status_code": 7, "status_message": "Invalid API key", "success": False}, status=401)
    with pytest.raises(KeyRefused, match="TMDB does not accept this key"):
        await tmdb.find("tt0137523")
    assert upstream.asked == ["/3/find/tt0137523?external_source=imdb_id"]


async def test_a_title_that_tmdb_dropped_is_missing(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(GONE, status=404)
    with pytest.raises(Missing):
        await tmdb.details("movie", 550, ["GB"])
    assert len(upstream.requests) == 1


async def test_a_refusal_under_status_200_is_no_empty_result(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer(GONE)
    with pytest.raises(Missing):
        await tmdb.details("movie", 550, ["GB"])
    upstream.answers.clear()
    upstream.answer({"success": False, "status_code": 15, "status_message": "Failed."})
    with pytest.raises(SourceError, match="Failed"):
        await tmdb.search_all("Heat")


@pytest.mark.parametrize("body", [b"<html>Not Found</html>", b'{"message": "no route matched"}', b""])
async def test_a_404_from_something_in_between_drops_no_title(
    upstream: Upstream, tmdb: TmdbClient, body: bytes
) -> None:
    upstream.answer_raw(404, body)
    with pytest.raises(Transient):
        await tmdb.details("movie", 550, ["GB"])


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (422, {"errors": ["query must be provided"]}, "422: query must be provided"),
        (400, {"success": False, "status_code": 22, "status_message": "Invalid page"}, "400: Invalid page"),
        (403, {}, r"\(403\)"),
    ],
)
async def test_other_refusals_are_told_in_tmdbs_words(
    upstream: Upstream, tmdb: TmdbClient, status: int, body: dict[str, Any], words: str
) -> None:
    upstream.answer(body, status=status)
    with pytest.raises(SourceError, match=words) as refused:
        await tmdb.search_all("Heat")
    assert refused.value.url == "https://tmdb.test/3/search/multi"
    assert len(upstream.requests) == 1


async def test_429_pauses_and_is_asked_again(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer_raw(429, b"{}", **{"retry-after": "2"})
    upstream.answer(TITLE)
    assert (await tmdb.details("movie", 550, ["GB"])).title == "Fight Club"
    assert [pause >= 2 for pause in upstream.pauses] == [True]


async def test_429_without_end_is_rate_limited(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer({"success": False, "status_code": 25}, status=429)
    with pytest.raises(RateLimited):
        await tmdb.search_all("Heat")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_5xx_is_asked_again_and_transient_in_the_end(upstream: Upstream, tmdb: TmdbClient, status: int) -> None:
    upstream.answer_raw(status, b"<html>Bad gateway</html>")
    with pytest.raises(Transient) as failed:
        await tmdb.search_all("Heat")
    assert failed.value.status == status
    assert len(upstream.requests) == 3


WHOLE = json.dumps(TITLE).encode()


@pytest.mark.parametrize(
    "content",
    [b"<html>maintenance</html>", WHOLE[:-5], b"", b"[]", b"null", b"\xff\xfe"],
    ids=["html", "cut off", "empty", "list", "null", "binary"],
)
async def test_a_broken_answer_with_200_is_asked_again_and_then_transient(
    upstream: Upstream, tmdb: TmdbClient, content: bytes
) -> None:
    upstream.answer_raw(200, content)
    upstream.answer(TITLE)
    assert (await tmdb.details("movie", 550, ["GB"])).tmdb_id == 550
    upstream.answers.clear()
    upstream.answer_raw(200, content)
    with pytest.raises(Transient):
        await tmdb.details("movie", 550, ["GB"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 550, "title": "Fight Club"},
        {**TITLE, "watch/providers": None},
        {**TITLE, "watch/providers": {"results": {"GB": {"buy": [{"provider_name": "no id"}]}}}},
        {**TITLE, "id": 551},
    ],
    ids=["nothing", "no offers block", "null offers", "unreadable offers", "another title"],
)
async def test_details_that_do_not_say_where_it_can_be_seen_are_no_details(
    upstream: Upstream, tmdb: TmdbClient, body: dict[str, Any]
) -> None:
    upstream.answer(body)
    with pytest.raises(Transient):
        await tmdb.details("movie", 550, ["GB"])


async def test_a_search_without_results_in_it_is_not_an_empty_one(upstream: Upstream, tmdb: TmdbClient) -> None:
    upstream.answer({"page": 1, "total_pages": 0})
    with pytest.raises(Transient):
        await tmdb.search_all("Heat")
    with pytest.raises(Transient):
        await tmdb.find("tt0137523")
