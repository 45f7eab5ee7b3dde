"""TMDB's JSON as it comes: unknown keys are ignored, and `""`, null and absent all mean unknown."""

import msgspec


class RowWire(msgspec.Struct):
    """A row of /search and /find; films have titles and release dates, shows names and first air dates."""

    id: int
    media_type: str | None = None
    title: str | None = None
    name: str | None = None
    original_title: str | None = None
    original_name: str | None = None
    release_date: str | None = None
    first_air_date: str | None = None
    poster_path: str | None = None
    popularity: float | None = None
    video: bool | None = None
    adult: bool | None = None
    overview: str | None = None


class SearchWire(msgspec.Struct):
    results: list[RowWire]
    total_pages: int | None = None


class FindWire(msgspec.Struct):
    movie_results: list[RowWire]
    tv_results: list[RowWire]


class NamedWire(msgspec.Struct):
    id: int
    name: str | None = None


class CountryWire(msgspec.Struct):
    iso_3166_1: str | None = None
    name: str | None = None


class PersonWire(msgspec.Struct):
    """A row of the cast, the crew or the creators."""

    id: int
    name: str | None = None
    profile_path: str | None = None
    character: str | None = None
    order: float | None = None
    job: str | None = None


class CreditsWire(msgspec.Struct):
    cast: list[PersonWire] | None = None
    crew: list[PersonWire] | None = None


class ExternalIdsWire(msgspec.Struct):
    imdb_id: str | None = None


class ProviderWire(msgspec.Struct):
    provider_id: int
    provider_name: str | None = None
    logo_path: str | None = None
    display_priority: int | None = None


class CountryOffersWire(msgspec.Struct):
    link: str | None = None
    flatrate: list[ProviderWire] | None = None
    free: list[ProviderWire] | None = None
    ads: list[ProviderWire] | None = None
    rent: list[ProviderWire] | None = None
    buy: list[ProviderWire] | None = None


class ProvidersWire(msgspec.Struct):
    """Keyed by country. There are over a hundred, so only those that are asked for are decoded."""

    results: dict[str, msgspec.Raw]


class DetailsWire(msgspec.Struct):
    """/movie/{id} or /tv/{id} with the blocks appended to it; without its offers it is not what was asked for."""

    id: int
    providers: ProvidersWire = msgspec.field(name="watch/providers")
    imdb_id: str | None = None
    title: str | None = None
    name: str | None = None
    original_title: str | None = None
    original_name: str | None = None
    release_date: str | None = None
    first_air_date: str | None = None
    runtime: float | None = None
    episode_run_time: list[float] | None = None
    overview: str | None = None
    poster_path: str | None = None
    original_language: str | None = None
    vote_average: float | None = None
    vote_count: float | None = None
    popularity: float | None = None
    genres: list[NamedWire] | None = None
    production_countries: list[CountryWire] | None = None
    created_by: list[PersonWire] | None = None
    credits: CreditsWire | None = None
    external_ids: ExternalIdsWire | None = None
