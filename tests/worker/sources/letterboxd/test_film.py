from json import dumps

import pytest

from api.errors import MarkupChanged
from tests.worker.sources.letterboxd.markup_of import film, tile_2026
from worker.sources.letterboxd.film import FilmPage, film_page

MOVIE = '<a href="https://www.themoviedb.org/movie/777/">TMDB</a>'
SERIES = '<a href="https://www.themoviedb.org/tv/555/">TMDB</a>'
IMDB = '<a href="http://www.imdb.com/title/tt0123456/maindetails">IMDb</a>'
NO_ID = 'data-tmdb-type="movie" data-tmdb-id=""'


def test_all_that_a_film_page_tells() -> None:
    linked = {
        "director": [{"name": "Ada Example"}, {"name": "Bo Sample"}],
        "releasedEvent": [{"startDate": "1987"}],
        "aggregateRating": {"ratingValue": 4.26, "ratingCount": 1078},
    }
    html = film(
        links=IMDB + MOVIE,
        linked_data=dumps(linked),
        head="""<meta name="production:identifier" content='{"lid":"a1B2","uid":"film:4321"}'>""",
        content='<h2 class="originalname">‘Leuchtturmstraße’</h2>',
    )
    assert film_page(html) == FilmPage(
        tmdb=("movie", 777),
        imdb_id="tt0123456",
        slug="lighthouse-road",
        lid="a1B2",
        letterboxd_id=4321,
        title="Lighthouse Road",
        original_title="Leuchtturmstraße",
        year=1987,
        runtime_minutes=1147,
        directors=["Ada Example", "Bo Sample"],
        average=4.26,
        rating_count=1078,
    )


@pytest.mark.parametrize(
    ("links", "body", "tmdb"),
    [
        (MOVIE, 'data-tmdb-type="movie" data-tmdb-id="777"', ("movie", 777)),
        (SERIES, NO_ID, ("tv", 555)),
        (SERIES, 'data-tmdb-type="movie" data-tmdb-id="999"', ("tv", 555)),
        ("", 'data-tmdb-type="tv" data-tmdb-id="999"', ("tv", 999)),
        ("", 'data-tmdb-type="person" data-tmdb-id="999"', None),
        ("", 'data-tmdb-type="movie" data-tmdb-id="0"', None),
        ("", NO_ID, None),
        ("", "", None),
        ('<a href="https://themoviedb.org/movie/42-a-name?x=1">TMDB</a>', "", ("movie", 42)),
        ('<a href="https://www.themoviedb.org/person/42">TMDB</a>', "", None),
        ('<a href="https://themoviedb.org.evil.test/movie/42">TMDB</a>', "", None),
    ],
)
def test_the_link_to_tmdb_proves_more_than_the_body(links: str, body: str, tmdb: tuple[str, int] | None) -> None:
    assert film_page(film(links=links, body=body)).tmdb == tmdb


def test_links_in_reviews_prove_nothing() -> None:
    review = f'<div class="review">{SERIES}{IMDB}</div>'
    page = film_page(film(links="", body=NO_ID, content=review))
    assert (page.tmdb, page.imdb_id) == (None, None)


def test_the_ids_are_those_of_the_films_own_poster_and_not_of_its_neighbours() -> None:
    posters = tile_2026("other-film", lid="zzzz", number=1) + tile_2026("lighthouse-road", lid="a1B2", number=4321)
    page = film_page(film(content=f"<ul>{posters}</ul>"))
    assert (page.lid, page.letterboxd_id) == ("a1B2", 4321)


def test_the_lid_is_read_from_the_link_for_sharing_and_the_number_from_the_one_for_reporting() -> None:
    page = film_page(film(content='<input value="https://boxd.it/Qq7">'))
    assert (page.lid, page.letterboxd_id) == ("Qq7", 4321)


def test_a_film_without_a_year_has_none() -> None:
    page = film_page(film(year="", og_title="Lighthouse Road"))
    assert (page.title, page.year) == ("Lighthouse Road", None)


def test_title_and_year_are_read_from_the_head_where_the_masthead_changed() -> None:
    page = film_page(film(title="", year="", og_title="(12) Nights of Rain (2009)"))
    assert (page.title, page.year) == ("(12) Nights of Rain", 2009)


def test_an_old_page_is_read_too() -> None:
    header = """<section id="featured-film-header"><h1>Lighthouse Road</h1>
      <small class="number"><a href="/films/year/1987/">1987</a></small> <em>‘Leuchtturmstraße’</em></section>"""
    page = film_page(film(title="", year="", og_title="", content=header))
    assert (page.title, page.year, page.original_title) == ("Lighthouse Road", 1987, "Leuchtturmstraße")


def test_the_running_time_is_read_from_the_linked_data_where_the_footer_has_none() -> None:
    html = film(linked_data=dumps({"duration": "PT2H53M"})).replace("1,147&nbsp;mins", "")
    assert film_page(html).runtime_minutes == 173


@pytest.mark.parametrize(
    "linked", ["", "{", "[]", '{"director": 5, "aggregateRating": [], "releasedEvent": ["x"]}', "[" * 50_000]
)
def test_broken_linked_data_costs_only_what_it_would_have_told(linked: str) -> None:
    page = film_page(film(linked_data=linked))
    assert (page.tmdb, page.year, page.directors, page.average) == (("movie", 777), 1987, [], None)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "{}",
        "<html><body><h1 class='primaryname'><span class='name'>A Film</span></h1></body></html>",
        film(title="", og_title=""),
        "<div>" * 100_000,
    ],
    ids=["nothing", "not HTML", "no place for a link", "no title", "deep"],
)
def test_a_page_that_is_not_understood_is_a_change(html: str) -> None:
    with pytest.raises(MarkupChanged):
        film_page(html)
