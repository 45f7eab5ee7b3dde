from collections.abc import Callable

import pytest

from api.errors import MarkupChanged
from tests.worker.sources.letterboxd.markup_of import films, judged, likes, pagination, tile_2025, tile_2026, tile_old
from worker.sources.letterboxd.films import JudgedTile, films_page, likes_page

TILES = [tile_2026, tile_2025]


def several(count: int) -> list[str]:
    return [judged(tile_2026(f"film-{number}", number=number)) for number in range(1, count + 1)]


@pytest.mark.parametrize("tile", TILES)
def test_a_film_is_shown_with_what_the_member_makes_of_it(tile: Callable[[], str]) -> None:
    page = films_page(films(judged(tile(), 9, liked=True)))
    assert page.films == [
        JudgedTile(
            lid="a1B2",
            letterboxd_id=4321,
            slug="lighthouse-road",
            title="Lighthouse Road",
            year=1987,
            rating=4.5,
            liked=True,
        )
    ]
    assert (page.announced, page.next_path) == (1, None)


def test_an_old_page_is_understood_too() -> None:
    html = films(judged(tile_old(), 1)).replace("grid -p70", "poster-list -p70")
    [film] = films_page(html).films
    assert (film.slug, film.rating, film.liked) == ("lighthouse-road", 0.5, False)


def test_a_film_may_be_watched_without_a_rating_and_reviewed() -> None:
    page = films_page(films(judged(tile_2026("a")), judged(tile_2026("b"), 10, review=True)))
    assert [(film.slug, film.rating, film.liked) for film in page.films] == [("a", None, False), ("b", 5.0, False)]


@pytest.mark.parametrize("tooltip", ["title", "data-original-title"])
def test_the_total_is_told_by_a_tooltip(tooltip: str) -> None:
    html = films(*several(72), announced="1,367", tooltip=tooltip, after=pagination("/alice/films/page/2/"))
    page = films_page(html)
    assert (page.announced, page.next_path, len(page.films)) == (1367, "/alice/films/page/2/", 72)


@pytest.mark.parametrize(
    "html",
    [
        films(tile_2026()),
        films(judged(tile_2026(), 9).replace("rated-9", "rated-11")),
        films(judged(tile_2026(), 9).replace("rated-9", "stars-9")),
        films(announced="72"),
        films(*several(30), announced="72"),
        "<html><body>nothing</body></html>",
    ],
    ids=["nothing is said of it", "too many stars", "no stars", "no tiles", "half of the tiles", "another page"],
)
def test_a_page_that_is_not_understood_is_no_empty_one(html: str) -> None:
    with pytest.raises(MarkupChanged):
        films_page(html)


def test_a_member_may_have_watched_nothing() -> None:
    assert films_page(films()).films == []


def test_on_a_likes_page_every_film_is_liked_and_may_be_rated() -> None:
    page = likes_page(likes(judged(tile_2026("a"), 7, liked=True), judged(tile_2026("b"))))
    assert [(film.slug, film.rating, film.liked) for film in page.films] == [("a", 3.5, True), ("b", None, True)]
    assert page.announced == 2


def test_a_member_may_like_nothing() -> None:
    page = likes_page(likes())
    assert (page.films, page.announced) == ([], 0)


def test_likes_without_a_total_and_without_films_are_not_understood() -> None:
    with pytest.raises(MarkupChanged):
        likes_page(likes().replace("empty", ""))
