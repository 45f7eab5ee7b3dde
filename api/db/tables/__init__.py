"""Every table of Marquee. Times are aware UTC; strings are validated at the edge, so there are no database enums."""

from api.db.tables.availability import availability, availability_checks, events, providers
from api.db.tables.base import metadata
from api.db.tables.films import countries, film_countries, film_genres, film_people, films, genres, people
from api.db.tables.matches import corrections, decisions, film_matches
from api.db.tables.members import (
    diary_entries,
    favorites,
    members,
    ratings,
    service_prices,
    services,
    source_states,
    watchlist_entries,
)
from api.db.tables.notifications import deliveries, digests
from api.db.tables.runs import checkpoints, housekeeping, proof_days, refresh_items, refresh_members, refreshes
from api.db.tables.tmdb_lists import tmdb_account, tmdb_lists, tmdb_sync_lists, tmdb_syncs
from api.db.tables.version import data_version

__all__ = [
    "availability",
    "availability_checks",
    "checkpoints",
    "corrections",
    "countries",
    "data_version",
    "decisions",
    "deliveries",
    "diary_entries",
    "digests",
    "events",
    "favorites",
    "film_countries",
    "film_genres",
    "film_matches",
    "film_people",
    "films",
    "genres",
    "housekeeping",
    "members",
    "metadata",
    "people",
    "proof_days",
    "providers",
    "ratings",
    "refresh_items",
    "refresh_members",
    "refreshes",
    "service_prices",
    "services",
    "source_states",
    "tmdb_account",
    "tmdb_lists",
    "tmdb_sync_lists",
    "tmdb_syncs",
    "watchlist_entries",
]
