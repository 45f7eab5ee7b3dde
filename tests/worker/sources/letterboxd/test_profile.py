import pytest

from api.errors import MarkupChanged
from tests.worker.sources.letterboxd.markup_of import profile, tile_2026, tile_old
from worker.sources.letterboxd.profile import profile_page


def test_a_profile_tells_who_the_member_is() -> None:
    page = profile_page(profile(tile_2026("one"), tile_2026("two")))
    assert (page.display_name, page.bio) == ("Alice M.", None)
    assert page.avatar_url == "https://a.ltrbxd.com/avatar-220.jpg"
    assert (page.films_watched, page.lists, page.following, page.followers) == (1367, 3, 44, 18)
    assert [film.slug for film in page.favorites] == ["one", "two"]


@pytest.mark.parametrize(
    "name",
    [
        '<h1 class="person-display-name"><span class="displayname"><span class="label">Alice M.</span></span>'
        '<span class="tail"><span class="badge">Pro</span></span></h1>',
        '<div class="profile-name"><h1>Alice M.</h1></div>',
        "",
    ],
    ids=["2026-08", "old", "by the page's own title"],
)
def test_the_name_is_found_in_every_generation(name: str) -> None:
    assert profile_page(profile(name=name)).display_name == "Alice M."


@pytest.mark.parametrize(
    ("bio", "described"),
    [
        ('<div class="bio js-bio"><div class="js-bio-content"><p>Sees films.</p></div></div>', "9 films watched."),
        (
            '<section class="profile-person-bio"><div class="collapsed-text"><p>Sees films.</p></div></section>',
            "9 films watched. Bio: Sees films..",
        ),
        ("", "9 films watched. Favorites: A (2001), Oslo, August 31st (2011). Bio: Sees films.."),
    ],
    ids=["2026-08", "2026-01", "by the page's description"],
)
def test_the_bio_is_found_in_every_generation(bio: str, described: str) -> None:
    favourites = [tile_2026()] if "Favorites" in described else []
    assert profile_page(profile(*favourites, bio=bio, described=described)).bio == "Sees films."


def test_the_description_counts_films_where_the_page_does_not() -> None:
    html = profile().replace("profile-statistic", "number")
    page = profile_page(html)
    assert (page.films_watched, page.lists, page.favorites) == (1367, None, [])


def test_old_favourites_are_read_too() -> None:
    [film] = profile_page(profile(tile_old())).favorites
    assert film.slug == "lighthouse-road"


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><h1>Letterboxd</h1></body></html>",
        profile(described="1 film watched. Favorites: A (2001)."),
        profile(tile_2026(), favourites_id="loves", described="1 film watched. Favorites: A (2001)."),
        profile(name="").replace("og:title", "og:name"),
    ],
    ids=["another page", "favourites that are not shown", "favourites elsewhere", "no name"],
)
def test_a_profile_that_is_not_understood_is_no_empty_one(html: str) -> None:
    with pytest.raises(MarkupChanged):
        profile_page(html)
