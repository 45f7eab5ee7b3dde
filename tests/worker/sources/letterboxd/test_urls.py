import pytest

from worker.sources.letterboxd import urls


def test_paths_end_with_a_slash_and_names_are_in_lower_case() -> None:
    assert urls.watchlist("Alice_1-b") == "/alice_1-b/watchlist/"
    assert urls.film("lighthouse-road") == "/film/lighthouse-road/"
    assert urls.film("film:123") == "/film/film%3A123/"
    assert urls.film("straße") == "/film/stra%C3%9Fe/"


@pytest.mark.parametrize("slug", ["", ".", "..", "a/b", "a b", "a?b", "a#b", "a%2fb", "a\\b", "a\nb", "x" * 256])
def test_what_is_no_slug_makes_no_path(slug: str) -> None:
    with pytest.raises(ValueError, match="not a Letterboxd film"):
        urls.film(slug)


@pytest.mark.parametrize("username", ["", "a/b", "..", "alice\n", "é", "x" * 41])
def test_what_is_no_username_makes_no_path(username: str) -> None:
    with pytest.raises(ValueError, match="not a Letterboxd username"):
        urls.watchlist(username)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/alice/watchlist/", 1),
        ("/Alice/watchlist/page/2/", 2),
        ("/alice/watchlist/page/120/", 120),
        ("/alice/watchlist/page/0/", None),
        ("/alice/watchlist/page/2", None),
        ("/alice/watchlist/page/2/?x=1", None),
        ("/alice/watchlist/page/2/\n", None),
        ("/alice/watchlist/by/name/page/2/", None),
        ("/alice/watchlist/../films/", None),
        ("/bob/watchlist/page/2/", None),
        ("https://elsewhere.test/alice/watchlist/page/2/", None),
        ("//elsewhere.test/alice/watchlist/page/2/", None),
    ],
)
def test_the_pages_of_a_members_watchlist(path: str, number: int | None) -> None:
    assert urls.page_number("/alice/watchlist/", path) == number
