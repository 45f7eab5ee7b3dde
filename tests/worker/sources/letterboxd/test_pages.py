from collections.abc import Callable

import pytest

from api.errors import MarkupChanged
from tests.worker.sources.letterboxd.markup_of import pagination, tile_2025, tile_2026, tile_old, watchlist
from worker.sources.letterboxd.pages import Tile, watchlist_page


@pytest.mark.parametrize("tile", [tile_2026, tile_2025])
def test_a_tile_tells_its_ids_slug_title_and_year(tile: Callable[[], str]) -> None:
    page = watchlist_page(watchlist(tile()))
    assert page.films == [
        Tile(lid="a1B2", letterboxd_id=4321, slug="lighthouse-road", title="Lighthouse Road", year=1987)
    ]
    assert page.announced == 1


@pytest.mark.parametrize("slug", ["/film/lighthouse-road/", "lighthouse-road"])
def test_an_old_tile_has_neither_lid_nor_year(slug: str) -> None:
    page = watchlist_page(watchlist(tile_old(slug, "Us & Them (1987)"), grid="ul class='poster-list -p125 -grid'"))
    assert page.films == [
        Tile(lid=None, letterboxd_id=4321, slug="lighthouse-road", title="Us & Them (1987)", year=None)
    ]


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("Quiet Harbour", "Quiet Harbour", None),
        ("(12) Nights of Rain (2009)", "(12) Nights of Rain", 2009),
        ("Yesterday (Again)", "Yesterday (Again)", None),
        ("1984 (1984)", "1984", 1984),
        ("(1984)", "(1984)", None),
        ("Part One (1999) (2001)", "Part One (1999)", 2001),
        ("Harbour\u00a0Two:\u00a0Ashore\u00a0(2015)", "Harbour\u00a0Two:\u00a0Ashore", 2015),
        ('Tom\'s "Best" <Day> & Night (2003)', 'Tom\'s "Best" <Day> & Night', 2003),
        ("8½ Winters (20011)", "8½ Winters (20011)", None),
    ],
)
def test_only_a_year_at_the_end_is_taken_off_a_title(name: str, title: str, year: int | None) -> None:
    film = watchlist_page(watchlist(tile_2026(name=name))).films[0]
    assert (film.title, film.year) == (title, year)


def test_raw_quotes_within_single_quotes_are_read_too() -> None:
    tile = """<li class="griditem"><div data-item-slug="x" data-item-name='X'
      data-postered-identifier='{"lid":"Zz9","uid":"film:7","type":"film"}'></div></li>"""
    film = watchlist_page(watchlist(tile)).films[0]
    assert (film.lid, film.letterboxd_id) == ("Zz9", 7)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "{",
        "[]",
        "null",
        '{"lid": 5, "uid": []}',
        '{"lid": "<b>", "uid": "list:1"}',
        '{"uid": "film:2147483648"}',
        '{"uid": "film:123456789012"}',
    ],
)
def test_a_tile_without_a_usable_identifier_is_known_by_its_slug(identifier: str) -> None:
    tile = f"""<li class="griditem"><div data-item-slug="x" data-item-name="X"
      data-postered-identifier='{identifier}'></div></li>"""
    film = watchlist_page(watchlist(tile)).films[0]
    assert (film.slug, film.letterboxd_id) == ("x", None)
    assert film.lid in (None, "5")


def test_the_posters_path_is_read_where_the_identifier_is_missing() -> None:
    tile = tile_2026().replace("data-postered-identifier", "data-gone")
    film = watchlist_page(watchlist(tile)).films[0]
    assert (film.lid, film.letterboxd_id) == ("a1B2", 4321)


def test_a_slug_is_taken_from_the_link_where_it_has_no_attribute() -> None:
    tile = tile_2026().replace("data-item-slug", "data-gone")
    assert watchlist_page(watchlist(tile)).films[0].slug == "lighthouse-road"


def test_films_keep_their_order_and_are_repeated_as_the_page_repeats_them() -> None:
    page = watchlist_page(watchlist(tile_2026("b"), tile_2026("a"), tile_2026("b")))
    assert [film.slug for film in page.films] == ["b", "a", "b"]


def test_posters_outside_the_grid_are_not_on_the_watchlist() -> None:
    others = f"<aside><ul class='grid'>{tile_2026('sidebar')}</ul></aside>"
    html = (
        watchlist(tile_2026("mine"))
        .replace("<body", "<body data-x")
        .replace('<div id="content">', f'<div id="content">{others}')
    )
    html = html.replace("</body>", f"<ul class='poster-list'>{tile_2026('footer')}</ul></body>")
    loose = '<div data-item-slug="loose" data-item-name="Loose (2000)"></div>'
    html = html.replace('<div class="poster-grid">', f'{loose}<div class="poster-grid">')
    assert [film.slug for film in watchlist_page(html).films] == ["mine"]


def test_an_entry_of_a_new_kind_counts_by_its_poster_and_one_without_a_poster_does_not() -> None:
    renamed = tile_2026("renamed").replace("griditem", "poster-cell")
    advertisement = '<li class="notice"><p>Go ad-free</p></li>'
    assert [film.slug for film in watchlist_page(watchlist(renamed, advertisement)).films] == ["renamed"]


@pytest.mark.parametrize(
    ("announced", "total"),
    [("0", 0), ("415", 415), ("1,078", 1078), ("12\u00a0345", 12345), ("1.078", 1078), ("75K", None)],
)
def test_the_announced_total(announced: str, total: int | None) -> None:
    assert watchlist_page(watchlist(*[tile_2026()] * 28, announced=announced)).announced == total


def test_the_announced_total_is_read_from_the_heading_where_it_has_no_attribute() -> None:
    heading = '<h1>wants to see <span class="js-watchlist-count">1,415\u00a0films</span></h1>'
    assert watchlist_page(watchlist(*[tile_2026()] * 28, announced="", after=heading)).announced == 1415


def test_an_empty_watchlist_is_empty() -> None:
    page = watchlist_page(watchlist(announced="0"))
    assert (page.films, page.announced, page.next_path) == ([], 0, None)


def test_the_next_page_is_the_one_that_is_linked() -> None:
    after = pagination("/alice/watchlist/page/2/")
    assert watchlist_page(watchlist(tile_2026(), after=after)).next_path == "/alice/watchlist/page/2/"
    assert watchlist_page(watchlist(tile_2026(), after=pagination(None))).next_path is None


def test_a_page_beyond_a_list_that_became_shorter_is_empty() -> None:
    assert watchlist_page(watchlist(announced="28"), page=2).films == []
    with pytest.raises(MarkupChanged):
        watchlist_page(watchlist(announced="31"), page=2)


@pytest.mark.parametrize(
    ("page", "announced", "found"),
    [(1, 335, 14), (1, 335, 1), (1, 335, 0), (1, 28, 14), (1, 6, 3), (1, 1, 0), (2, 335, 14), (2, 29 + 5, 3)],
)
def test_half_of_a_page_that_is_missing_is_a_change(page: int, announced: int, found: int) -> None:
    html = watchlist(*[tile_2026()] * found, announced=str(announced))
    with pytest.raises(MarkupChanged) as changed:
        watchlist_page(html, page)
    assert "ul.grid" in changed.value.selector
    assert "<ul.grid.-pN>" in changed.value.sample


@pytest.mark.parametrize(
    ("page", "announced", "found"),
    [
        (1, 335, 28),
        (1, 335, 26),
        (1, 335, 15),
        (1, 28, 26),
        (1, 3, 1),
        (1, 2, 1),
        (2, 29, 0),
        (2, 30, 0),
        (12, 335, 27),
    ],
)
def test_a_film_that_letterboxd_hides_keeps_no_page_from_being_read(page: int, announced: int, found: int) -> None:
    html = watchlist(*[tile_2026()] * found, announced=str(announced))
    assert len(watchlist_page(html, page).films) == found


NEW_GRID = watchlist(tile_2026(), grid="div class='mosaic'")
NEW_TILES = watchlist(tile_2026().replace("data-item-", "data-production-").replace("griditem", "cell"))
HALF_NEW_TILES = watchlist(tile_2026(), tile_2026().replace("data-item-", "data-production-"))
WITHOUT_SLUG = watchlist(
    tile_2026().replace('data-item-slug="lighthouse-road" data-item-link="/film/lighthouse-road/"', "")
)
WITHOUT_TITLE = watchlist(
    tile_2026().replace("data-item-name", "x").replace("data-item-full", "y").replace("alt=", "z=")
)
BAD_SLUG = watchlist(tile_2026().replace('data-item-slug="lighthouse-road"', 'data-item-slug="a&#47;..&#47;b"'))
UNCOUNTED = watchlist(announced="")
ELSEWHERE = f"<html><body><div id='content'><ul class='grid'>{tile_2026()}</ul></div></body></html>"


@pytest.mark.parametrize(
    "html",
    [NEW_GRID, NEW_TILES, HALF_NEW_TILES, WITHOUT_SLUG, WITHOUT_TITLE, BAD_SLUG, UNCOUNTED, ELSEWHERE, "", "{}", "<"],
)
def test_what_is_not_understood_is_a_change_and_never_an_empty_list(html: str) -> None:
    with pytest.raises(MarkupChanged) as changed:
        watchlist_page(html)
    assert changed.value.selector


def test_the_sample_of_a_change_tells_the_structure_and_nothing_of_the_content() -> None:
    html = watchlist(tile_2026(name="Secret Film (2001)"), grid="div class='mosaic'")
    with pytest.raises(MarkupChanged) as changed:
        watchlist_page(html)
    sample = changed.value.sample
    assert "<div.mosaic>" in sample
    assert "data-item-name" in sample
    assert "Secret" not in sample
    assert "lighthouse" not in sample
    assert len(sample) <= 2000


TORN = (
    """<ul class='mosaic rated-8'><li class="cell by-Anne.Example" title="Anne "Example" loves" 50things=1></li></ul>"""
)


def test_a_sample_holds_neither_ratings_nor_pieces_of_torn_text() -> None:
    with pytest.raises(MarkupChanged) as changed:
        watchlist_page(watchlist(TORN, announced="3"))
    sample = changed.value.sample
    assert "<ul.mosaic.rated-N>" in sample
    assert "<li.cell.… title …>" in sample
    assert not {"example", "anne", "loves", "things"} & set(sample.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<div class='js-watchlist-content' data-num-entries='3'>" + "<ul class=grid><li class=griditem>" * 20_000,
        watchlist(announced="9" * 100_000),
        watchlist(announced="1,111" * 100_000),
        "\x00" * 1000 + "<ul class=grid>",
        "&#xFFFFFFFF;&lt;ul class=grid&gt;" * 1000,
        "<div " + "a" * 1_000_000,
        "<!--" + "<li class=griditem>" * 1000,
    ],
    ids=["deep", "nested grids", "long number", "long list of numbers", "nul", "entities", "endless tag", "comment"],
)
def test_hostile_pages_are_changes_too(html: str) -> None:
    with pytest.raises(MarkupChanged):
        watchlist_page(html)


def test_escaped_markup_is_text_and_unclosed_markup_is_read() -> None:
    escaped = tile_2026("escaped").replace("<", "&lt;").replace(">", "&gt;")
    unclosed = tile_2026("real").replace("</li>", "").replace("</div>", "")
    assert [film.slug for film in watchlist_page(watchlist(escaped, unclosed)).films] == ["real"]
