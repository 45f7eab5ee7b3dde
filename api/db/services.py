"""Services: the providers that a member pays for, in each country."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from api.brands import Brands
from api.db import providers as directory
from api.db.connection import Connection
from api.db.links import Links
from api.db.tables import members, providers, services
from api.errors import Invalid
from api.schemas.services import Service, Services


async def listing(db: Connection, username: str, countries: Sequence[str], links: Links, brands: Brands) -> Services:
    """What this member pays for in these countries: in their order, then by name."""
    provider = providers.c
    rows = await db.execute(
        select(services.c.country, provider.id, provider.name, links.logo(provider.logo_path))
        .select_from(services.join(members).join(providers))
        .where(members.c.username == username, services.c.country.in_(countries))
        .order_by(func.lower(provider.name), provider.id)
    )
    found = [
        Service(where, provider_id, name, logo_url, brands.of(provider_id, name))
        for where, provider_id, name, logo_url in rows
    ]
    return Services(sorted(found, key=lambda service: countries.index(service.country)))


async def providers_of(db: Connection, keys: Sequence[str], brands: Brands) -> set[int]:
    """All providers of these brands; raises Invalid for a brand of which Marquee knows none."""
    known = brands.among(directory.names(await directory.known(db))) if keys else {}
    unknown = [
        (f"brands[{place}]", "is no brand that Marquee knows") for place, key in enumerate(keys) if key not in known
    ]
    if unknown:
        raise Invalid(unknown)
    return {provider_id for key in keys for provider_id in known[key].provider_ids}


async def replace(db: Connection, member_id: int, country: str, chosen: Collection[int]) -> None:
    """Let these be all that the member pays for in this country; raises Invalid for a provider nobody knows."""
    wanted = set(chosen)
    known = set((await db.execute(select(providers.c.id).where(providers.c.id.in_(wanted)))).scalars())
    if unknown := sorted(wanted - known):
        raise Invalid([("provider_ids", f"Marquee knows no provider {', '.join(map(str, unknown))}")])
    table = services
    await db.execute(table.delete().where(table.c.member_id == member_id, table.c.country == country))
    if wanted:
        rows = [{"member_id": member_id, "country": country, "provider_id": each} for each in sorted(wanted)]
        await db.execute(table.insert(), rows)
