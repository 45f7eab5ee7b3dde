"""Digests: what is told of the events that settled, each of them once.

An event is weighed once, when it has settled and the refresh that noticed it has ended. What is then not to be told is
never told later. So an arrival that is away again waits until that has settled: it may turn out to have stayed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select

from api.db.chunks import in_chunks
from api.db.connection import Connection
from api.db.film_filters import ON_WATCHLIST
from api.db.refreshes import ACTIVE
from api.db.tables import availability, digests, events, films, members, providers, refreshes, services
from api.db.tables import watchlist_entries as entries
from api.schemas.notifications import Digest

NEWS_FOR = timedelta(days=7)

DigestKind = Literal["news", "test"]


class NewsRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are told: those of films that one of `members` lists, in these countries.

    Without `providers` it is a member's own services that count, and where a member chose none, every provider.
    """

    kinds: tuple[str, ...]
    offers: tuple[str, ...]
    countries: tuple[str, ...]
    members: tuple[str, ...]
    providers: tuple[int, ...] = ()


class News(msgspec.Struct, frozen=True):
    """One event as it concerns one member; `chosen` where its provider was chosen, by the settings or the member."""

    event_id: int
    kind: str
    film_id: int
    title: str
    year: int | None
    country: str
    provider: str
    offer: str
    member: str
    chosen: bool


async def weigh(db: Connection, now: datetime, *, unsettled_too: bool = False) -> list[int]:
    """Take note of every event that is ripe; their ids, which nobody gets again.

    `unsettled_too`: those as well that have not settled, since nobody is to hear of them ever.
    """
    running = select(refreshes.c.id).where(refreshes.c.status.in_(ACTIVE))
    ripe = [events.c.weighed_at.is_(None), or_(events.c.refresh_id.is_(None), events.c.refresh_id.not_in(running))]
    if not unsettled_too:
        ripe += [events.c.settles_at <= now, ~_may_come_back(now)]
    weighed = await db.execute(events.update().where(*ripe).values(weighed_at=now).returning(events.c.id))
    return sorted(weighed.scalars())


def _may_come_back(now: datetime) -> ColumnElement[bool]:
    """Whether the event's interval ended, and that has not settled."""
    departure = events.alias()
    return exists().where(
        departure.c.availability_id == events.c.availability_id,
        departure.c.kind == "left",
        departure.c.settles_at > now,
    )


async def worth_telling(db: Connection, event_ids: Sequence[int], rules: NewsRules, now: datetime) -> list[News]:
    """What the rules let through of these events, by provider, country, film and member.

    An offer that was shown by mistake is no news, nor an arrival that is gone again, nor what settled long ago.
    """
    found: list[News] = []
    for ids in in_chunks(event_ids):
        found += [News(*row) for row in await db.execute(_telling(ids, rules, now))]
    return found


def _telling(event_ids: Sequence[int], rules: NewsRules, now: datetime) -> Select[Any]:
    stay, event = availability.c, events.c
    chosen = stay.provider_id.in_(rules.providers) if rules.providers else _is_a_service()
    query = (
        select(event.id, event.kind, films.c.id, films.c.title, films.c.year)
        .add_columns(stay.country, providers.c.name, stay.offer, members.c.username, chosen)
        .select_from(events.join(availability).join(films).join(providers, providers.c.id == stay.provider_id))
        .join(entries, entries.c.film_id == films.c.id)
        .join(members, members.c.id == entries.c.member_id)
        .where(event.id.in_(event_ids), event.settles_at >= now - NEWS_FOR, event.kind.in_(rules.kinds))
        .where(stay.withdrawn.is_(False), or_(event.kind != "arrived", stay.closed_at.is_(None)))
        .where(stay.offer.in_(rules.offers), stay.country.in_(rules.countries))
        .where(ON_WATCHLIST, members.c.username.in_(rules.members))
        .where(or_(chosen, false() if rules.providers else ~_has_services()))
    )
    return query.order_by(func.lower(providers.c.name), stay.country, films.c.sort_title, event.id, members.c.username)


def _is_a_service() -> ColumnElement[bool]:
    """Whether the member pays for the provider, in the country of the offer."""
    service, stay = services.c, availability.c
    return exists().where(
        service.member_id == members.c.id,
        service.country == stay.country,
        service.provider_id == stay.provider_id,
    )


def _has_services() -> ColumnElement[bool]:
    return exists().where(services.c.member_id == members.c.id)


async def create(
    db: Connection,
    *,
    kind: DigestKind,
    title: str,
    body: str,
    now: datetime,
    refresh_id: int | None = None,
    event_ids: Sequence[int] = (),
) -> int:
    """A digest that tells of these events; its id."""
    values = {"kind": kind, "title": title, "body": body, "created_at": now, "refresh_id": refresh_id}
    digest_id = (await db.execute(digests.insert().values(values).returning(digests.c.id))).scalar_one()
    for ids in in_chunks(event_ids):
        await db.execute(events.update().where(events.c.id.in_(ids)).values(digest_id=digest_id))
    return int(digest_id)


async def newest(db: Connection) -> Digest | None:
    """The news that were told last; None when there were none yet."""
    digest = digests.c
    query = select(digest.id, digest.title, digest.body, digest.created_at, digest.refresh_id)
    row = (await db.execute(query.where(digest.kind == "news").order_by(digest.id.desc()).limit(1))).one_or_none()
    return Digest(*row) if row else None
