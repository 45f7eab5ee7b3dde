from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api.brands import Brands
from api.db import providers, tables
from api.db.engine import Database
from api.db.links import Links
from api.db.providers import ProviderCounting, ProviderOrder
from tests.drivers.database import statements
from tests.factories import AvailabilityRow, FilmRow, MemberRow, ProviderRow, add

LINKS = Links(letterboxd="https://letterboxd.test", images="https://images.test")
OF_ALL = ProviderCounting(
    member=None,
    countries=("GB",),
    order=ProviderOrder("films", descending=True),
    links=LINKS,
    brands=Brands(),
)


@pytest.mark.parametrize("listing", [providers.listing, providers.by_brand])
async def test_however_many_providers_there_are_the_queries_are_two(
    database: Database, listing: Callable[..., Awaitable[list[Any]]]
) -> None:
    """In a transaction that may write, every statement goes the way on which it is counted."""
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1))
        await add(db, tables.films, FilmRow.build(id=1))
        for numbers in (range(1, 2), range(2, 40)):
            await add(db, tables.providers, *(ProviderRow.build(id=number) for number in numbers))
            rows = [AvailabilityRow.build(film_id=1, provider_id=number) for number in numbers]
            await add(db, tables.availability, *rows)
            with statements() as sent:
                found = await listing(db, OF_ALL)
            assert found
            assert len(sent) == 2
