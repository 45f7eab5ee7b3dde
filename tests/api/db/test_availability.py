from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from api.db import availability, runs
from api.db.availability import NEWS_WITHIN, OfferRow
from api.db.engine import Database
from api.db.tables import availability as intervals
from api.db.tables import availability_checks, events, films, providers, refreshes
from tests.factories import RefreshRow, add

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FLAP = timedelta(hours=48)
MUBI = OfferRow(country="GB", provider_id=11, provider="MUBI", logo_path="/mubi.jpg", offer="flatrate", priority=3)
NETFLIX = replace(MUBI, provider_id=8, provider="Netflix", logo_path=None, priority=1)


async def add_film(database: Database, slug: str = "heat") -> int:
    async with database.write() as db:
        values = {"slug": slug, "title": "Heat", "sort_title": "heat", "search_title": "heat"}
        insert = films.insert().values(**values, created_at=NOON, updated_at=NOON)
        return int((await db.execute(insert.returning(films.c.id))).scalar_one())


async def check(
    database: Database,
    film_id: int,
    *offers: OfferRow,
    at: datetime,
    countries: tuple[str, ...] = ("GB",),
    flap: timedelta = FLAP,
    refresh_id: int | None = None,
) -> None:
    async with database.write() as db:
        await availability.record(
            db, film_id, offers, countries=countries, links={}, refresh_id=refresh_id, now=at, flap=flap
        )


async def withdraw(database: Database, film_id: int, *, at: datetime) -> None:
    async with database.write() as db:
        await availability.withdraw(db, [film_id], at)


async def stays(database: Database) -> list[tuple[int, datetime, datetime | None, datetime | None, bool]]:
    """(provider, opened, last seen, closed, withdrawn) of every interval, in the order of their making."""
    table = intervals.c
    columns = table.provider_id, table.opened_at, table.last_seen_at, table.closed_at, table.withdrawn
    async with database.read() as db:
        return [tuple(row) for row in await db.execute(select(*columns).order_by(table.id))]


async def news(database: Database) -> list[tuple[str, datetime, datetime]]:
    """(kind, at, settles at) of every event, in the order of their making."""
    query = select(events.c.kind, events.c.at, events.c.settles_at).order_by(events.c.id)
    async with database.read() as db:
        return [tuple(row) for row in await db.execute(query)]


async def open_offers(database: Database) -> set[tuple[str, int, datetime]]:
    query = select(intervals.c.country, intervals.c.provider_id, intervals.c.opened_at).where(
        intervals.c.closed_at.is_(None)
    )
    async with database.read() as db:
        return set(await db.execute(query))


async def event_kinds(database: Database) -> list[str]:
    async with database.read() as db:
        return list((await db.execute(select(events.c.kind).order_by(events.c.id))).scalars())


async def test_the_first_check_opens_intervals_and_tells_nobody(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON)
    assert await open_offers(database) == {("GB", 11, NOON), ("GB", 8, NOON)}
    assert await event_kinds(database) == []


async def test_what_comes_and_goes_later_makes_events_and_keeps_the_past(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + HOUR)
    assert await open_offers(database) == {("GB", 8, NOON + HOUR)}
    assert sorted(await event_kinds(database)) == ["arrived", "left"]
    async with database.read() as db:
        closed = (await db.execute(select(intervals.c.closed_at).where(intervals.c.provider_id == 11))).scalar_one()
    assert closed == NOON + HOUR


async def test_an_arrival_is_news_at_once_and_a_departure_when_the_flap_time_is_over(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + HOUR)
    assert sorted(await news(database)) == [
        ("arrived", NOON + HOUR, NOON + HOUR),
        ("left", NOON + HOUR, NOON + HOUR + FLAP),
    ]


async def test_an_offer_that_is_back_in_time_was_never_away(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, at=NOON + HOUR)
    assert await stays(database) == [(11, NOON, NOON, NOON + HOUR, False)]
    await check(database, film, replace(MUBI, priority=9), at=NOON + HOUR + FLAP - HOUR)
    assert await stays(database) == [(11, NOON, None, None, False)]
    assert await news(database) == []
    async with database.read() as db:
        assert (await db.execute(select(intervals.c.priority))).scalar_one() == 9


@pytest.mark.parametrize("away", [FLAP, FLAP + HOUR])
async def test_an_offer_that_is_back_once_its_departure_was_told_arrives_anew(
    database: Database, away: timedelta
) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, at=NOON + HOUR)
    back = NOON + HOUR + away
    await check(database, film, MUBI, at=back)
    assert await stays(database) == [(11, NOON, NOON, NOON + HOUR, False), (11, back, None, None, False)]
    assert await news(database) == [("left", NOON + HOUR, NOON + HOUR + FLAP), ("arrived", back, back)]


async def test_an_arrival_that_was_told_stays_told_while_its_offer_comes_and_goes(database: Database) -> None:
    film = await add_film(database)
    for hours, offers in enumerate([[], [MUBI], [], [MUBI], []]):
        await check(database, film, *offers, at=NOON + hours * HOUR)
    first, last = NOON + HOUR, NOON + 4 * HOUR
    assert await stays(database) == [(11, first, NOON + 3 * HOUR, last, False)]
    assert await news(database) == [("arrived", first, first), ("left", last, last + FLAP)]


async def test_another_offer_of_the_provider_does_not_take_a_departure_back(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON, countries=("GB", "DE"))
    await check(database, film, at=NOON + HOUR, countries=("GB", "DE"))
    others = replace(MUBI, offer="rent"), replace(MUBI, country="DE"), replace(MUBI, provider_id=12)
    await check(database, film, *others, at=NOON + 2 * HOUR, countries=("GB", "DE"))
    assert await event_kinds(database) == ["left", "arrived", "arrived", "arrived"]


async def test_another_films_departure_is_its_own(database: Database) -> None:
    gone, come = await add_film(database), await add_film(database, "ronin")
    await check(database, gone, MUBI, at=NOON)
    await check(database, come, at=NOON)
    await check(database, gone, at=NOON + HOUR)
    await check(database, come, MUBI, at=NOON + 2 * HOUR)
    assert await open_offers(database) == {("GB", 11, NOON + 2 * HOUR)}
    assert await event_kinds(database) == ["left", "arrived"]


async def test_another_flap_time_changes_nothing_for_what_has_left_already(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON, flap=HOUR)
    await check(database, film, NETFLIX, at=NOON + HOUR, flap=HOUR)
    await check(database, film, MUBI, at=NOON + 3 * HOUR, flap=FLAP)
    assert await event_kinds(database) == ["left", "left", "arrived"]
    await check(database, film, MUBI, NETFLIX, at=NOON + 5 * HOUR, flap=timedelta())
    assert await event_kinds(database) == ["left", "arrived"]


async def test_without_a_flap_time_every_change_is_news_at_once(database: Database) -> None:
    film = await add_film(database)
    for hours, offers in enumerate([[MUBI], [], [MUBI]]):
        await check(database, film, *offers, at=NOON + hours * HOUR, flap=timedelta())
    assert [(kind, settles) for kind, _, settles in await news(database)] == [
        ("left", NOON + HOUR),
        ("arrived", NOON + 2 * HOUR),
    ]


async def test_what_left_was_last_seen_by_the_check_before(database: Database) -> None:
    film = await add_film(database)
    both = ("GB", "DE")
    await check(database, film, MUBI, replace(MUBI, country="DE"), at=NOON, countries=both)
    await check(database, film, MUBI, at=NOON + HOUR)
    await check(database, film, at=NOON + 80 * HOUR, countries=both)
    assert [stay[2:4] for stay in await stays(database)] == [
        (NOON + HOUR, NOON + 80 * HOUR),
        (NOON, NOON + 80 * HOUR),
    ]


async def test_a_country_checked_for_the_first_time_makes_no_events(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, MUBI, replace(NETFLIX, country="DE"), at=NOON + HOUR, countries=("GB", "DE"))
    assert await event_kinds(database) == []


@pytest.mark.parametrize(
    ("gap", "kinds"), [(NEWS_WITHIN, ["arrived", "left"]), (NEWS_WITHIN + HOUR, []), (timedelta(days=400), [])]
)
async def test_what_changed_in_a_long_gap_is_nobodys_news(database: Database, gap: timedelta, kinds: list[str]) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + gap)
    assert sorted(await event_kinds(database)) == kinds
    assert await stays(database) == [
        (11, NOON, NOON, NOON + gap, False),
        (8, NOON + gap, None, None, False),
    ]


async def test_after_a_gap_the_next_change_is_news_again(database: Database) -> None:
    film = await add_film(database)
    back = NOON + timedelta(days=120)
    await check(database, film, at=NOON)
    await check(database, film, MUBI, at=back)
    await check(database, film, NETFLIX, at=back + HOUR)
    assert sorted(await event_kinds(database)) == ["arrived", "left"]


async def test_each_country_has_its_own_gap(database: Database) -> None:
    film = await add_film(database)
    both, back = ("GB", "DE"), NOON + timedelta(days=120)
    await check(database, film, at=NOON, countries=both)
    await check(database, film, at=back - HOUR)
    await check(database, film, MUBI, replace(MUBI, country="DE"), at=back, countries=both)
    assert await open_offers(database) == {("GB", 11, back), ("DE", 11, back)}
    assert await event_kinds(database) == ["arrived"]


async def test_countries_that_were_not_asked_for_keep_their_offers(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, replace(NETFLIX, country="DE"), at=NOON, countries=("GB", "DE"))
    await check(database, film, at=NOON + HOUR, countries=("GB",))
    assert await open_offers(database) == {("DE", 8, NOON)}


async def test_what_was_read_before_the_last_check_is_out_of_date(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + 2 * HOUR)
    before = await stays(database), await news(database)
    german = replace(MUBI, country="DE")
    await check(database, film, MUBI, german, at=NOON + HOUR, countries=("GB", "DE"))
    assert await open_offers(database) == {("GB", 8, NOON + 2 * HOUR), ("DE", 11, NOON + HOUR)}
    assert ((await stays(database))[:2], await news(database)) == before
    async with database.read() as db:
        times = dict((await db.execute(select(availability_checks.c.country, availability_checks.c.checked_at))).all())
    assert times == {"GB": NOON + 2 * HOUR, "DE": NOON + HOUR}


async def test_of_an_unchanged_film_only_the_check_is_written(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON)
    before = await everything_but_checks(database)
    await check(database, film, NETFLIX, MUBI, at=NOON + HOUR)
    assert await everything_but_checks(database) == before
    async with database.read() as db:
        assert (await db.execute(select(availability_checks.c.checked_at))).scalar_one() == NOON + HOUR


async def everything_but_checks(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as db:
        return [
            tuple(row) for table in (films, intervals, providers, events) for row in await db.execute(select(table))
        ]


async def test_withdrawing_closes_offers_without_saying_that_they_left(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, MUBI, at=NOON + HOUR)
    await withdraw(database, film, at=NOON + 2 * HOUR)
    assert await stays(database) == [(11, NOON, NOON + HOUR, NOON + 2 * HOUR, True)]
    assert await event_kinds(database) == []


async def test_withdrawing_takes_all_back_that_the_wrong_title_brought(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, at=NOON)
    await check(database, film, NETFLIX, at=NOON + HOUR)
    await withdraw(database, film, at=NOON + 2 * HOUR)
    assert [(stay[0], *stay[3:]) for stay in await stays(database)] == [
        (11, NOON + HOUR, True),
        (8, NOON + 2 * HOUR, True),
    ]
    assert await event_kinds(database) == ["arrived"]


async def test_another_films_offers_outlast_a_withdrawal(database: Database) -> None:
    wrong, right = await add_film(database), await add_film(database, "ronin")
    for film in (wrong, right):
        await check(database, film, MUBI, NETFLIX, at=NOON)
        await check(database, film, MUBI, at=NOON + HOUR)
    await withdraw(database, wrong, at=NOON + 2 * HOUR)
    await check(database, right, MUBI, NETFLIX, at=NOON + 3 * HOUR)
    assert await open_offers(database) == {("GB", 11, NOON), ("GB", 8, NOON)}


async def test_what_was_withdrawn_begins_anew_and_tells_nobody(database: Database) -> None:
    film = await add_film(database)
    await check(database, film, MUBI, NETFLIX, at=NOON)
    await check(database, film, MUBI, at=NOON + HOUR)
    async with database.write() as db:
        await availability.withdraw(db, [film], NOON + 2 * HOUR)
        options: dict[str, Any] = {"countries": ("GB",), "links": {}, "refresh_id": None, "flap": FLAP}
        await availability.record(db, film, [MUBI, NETFLIX], now=NOON + 2 * HOUR, **options)
    assert await open_offers(database) == {("GB", 11, NOON + 2 * HOUR), ("GB", 8, NOON + 2 * HOUR)}
    assert len(await stays(database)) == 4
    assert await event_kinds(database) == []


async def test_a_run_counts_no_departure_that_was_none(database: Database) -> None:
    film = await add_film(database)
    await add_run(database, 1, counts={"found": 7, "left": 2})
    await add_run(database, 2, counts={})
    await check(database, film, MUBI, NETFLIX, at=NOON)
    await check(database, film, at=NOON + HOUR, refresh_id=1)
    await check(database, film, MUBI, at=NOON + 2 * HOUR, refresh_id=2)
    async with database.read() as db:
        kept = dict((await db.execute(select(refreshes.c.id, refreshes.c.counts))).all())
        former, latter = await runs.count(db, 1), await runs.count(db, 2)
    assert kept == {1: {"found": 7, "left": 1}, 2: {}}
    assert (former.left, latter.left, latter.arrived) == (1, 0, 0)


async def add_run(database: Database, refresh_id: int, counts: dict[str, int]) -> None:
    async with database.write() as db:
        await add(db, refreshes, RefreshRow.build(id=refresh_id, counts=counts))
