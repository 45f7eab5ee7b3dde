import pytest

from api.db import questions, tables
from api.db.engine import Database
from api.db.links import Links
from api.db.paging import Paging
from api.db.questions import QuestionFilters, QuestionOrder, SortBy
from tests.drivers.database import READING, statements
from tests.factories import EntryRow, FilmRow, MatchRow, MemberRow, add

LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
WAITING = QuestionFilters(followed=("alice",), q="film")


@pytest.fixture
async def forty_questions(database: Database) -> Database:
    """Forty films of one watchlist that wait, many of one name, year and time."""
    numbers = range(1, 41)
    review = {"state": "review", "tmdb_id": None, "media_type": None, "confidence": None, "method": None}
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"))
        await add(db, tables.films, *(FilmRow.build(id=number, title=f"Film {number % 3}") for number in numbers))
        await add(db, tables.film_matches, *(MatchRow.build(film_id=number, **review) for number in numbers))
        await add(db, tables.watchlist_entries, *(EntryRow.build(member_id=1, film_id=number) for number in numbers))
    return database


async def test_a_list_takes_three_queries_whatever_its_size(forty_questions: Database) -> None:
    async with forty_questions.read() as db:
        for page_size in (1, 5, 40):
            with statements() as sent:
                page = await questions.listing(db, WAITING, QuestionOrder("title"), Paging(page_size=page_size), LINKS)
            assert len(page.items) == page_size
            assert len([each for each in sent if each.startswith(READING)]) == 3


@pytest.mark.parametrize("by", ["title", "year", "tried_at"])
@pytest.mark.parametrize("descending", [True, False])
async def test_films_alike_keep_their_order_over_all_pages(
    forty_questions: Database, by: SortBy, descending: bool
) -> None:
    seen: list[str] = []
    async with forty_questions.read() as db:
        for number in range(1, 7):
            order, paging = QuestionOrder(by, descending), Paging(page=number, page_size=7)
            page = await questions.listing(db, WAITING, order, paging, LINKS)
            seen += [match.film.slug for match in page.items]
    assert len(set(seen)) == len(seen) == 40


async def test_a_film_that_was_never_tried_has_a_match_too(database: Database) -> None:
    async with database.write() as db:
        await add(db, tables.films, FilmRow.build(id=1, slug="heat"))
    async with database.read() as db:
        match = await questions.by_slug(db, "heat", LINKS)
    assert (match.state, match.locked, match.candidates) == ("pending", False, [])
