"""From TMDB's JSON to Marquee's shapes; each function raises msgspec.DecodeError where the body is something else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import cast

import msgspec

from api.db.availability import OfferRow
from api.db.details import Country, Credit, Details, Genre
from worker.sources.tmdb.shapes import Hit, MediaType, SearchResult
from worker.sources.tmdb.wire import (
    CountryOffersWire,
    CountryWire,
    CreditsWire,
    DetailsWire,
    FindWire,
    NamedWire,
    PersonWire,
    ProvidersWire,
    RowWire,
    SearchWire,
)

CAST_KEPT = 15
UNRANKED = 1000
IMDB_ID = re.compile(r"tt[0-9]{5,12}")
COUNTRY_CODE = re.compile(r"[A-Z]{2}")
WAYS_TO_WATCH = ("flatrate", "free", "ads", "rent", "buy")

SEARCH = msgspec.json.Decoder(SearchWire)
FIND = msgspec.json.Decoder(FindWire)
DETAILS = msgspec.json.Decoder(DetailsWire)
OFFERS = msgspec.json.Decoder(ProvidersWire)
COUNTRY_OFFERS = msgspec.json.Decoder(CountryOffersWire)


def search_page(content: bytes, media_type: MediaType | None = None) -> tuple[list[Hit], int | None]:
    """One page of a search: its films and shows, and how many pages there are (None: it does not say so).

    `media_type` is that of every row where the search is for one only; people are left out, and so are the posters
    of adult titles, which nobody asked to see among candidates.
    """
    page = SEARCH.decode(content)
    return list(_hits(page.results, media_type)), page.total_pages


def found(content: bytes) -> list[Hit]:
    """The films and shows of a /find answer; episodes, seasons and people are left out."""
    answer = FIND.decode(content)
    return [*_hits(answer.movie_results, "movie"), *_hits(answer.tv_results, "tv")]


def details(content: bytes, media_type: str, countries: Sequence[str]) -> Details:
    """The body of /movie/{id} or /tv/{id} with its credits, ids and offers."""
    wire = DETAILS.decode(content)
    released = _date(_first(wire.release_date, wire.first_air_date))
    title, original = _titles(wire)
    votes = int(wire.vote_count or 0)
    offers, links = _offers(wire.providers, countries)
    return Details(
        media_type=media_type,
        tmdb_id=wire.id,
        imdb_id=_imdb_id(wire),
        title=title,
        original_title=original,
        release_date=released,
        year=year_of(_first(wire.release_date, wire.first_air_date)),
        runtime_minutes=_minutes([wire.runtime, *(wire.episode_run_time or [])]),
        overview=_text(wire.overview),
        poster_path=_text(wire.poster_path),
        original_language=_text(wire.original_language),
        rating=wire.vote_average if votes > 0 else None,
        votes=votes,
        popularity=wire.popularity or 0.0,
        genres=_genres(wire.genres or []),
        countries=_countries(wire.production_countries or []),
        people=_people(wire),
        offers=offers,
        links=links,
    )


def offers(content: bytes, countries: Sequence[str]) -> tuple[list[OfferRow], dict[str, str]]:
    """The body of /movie/{id}/watch/providers or its like for shows: the offers, and TMDB's own page by country."""
    return _offers(OFFERS.decode(content), countries)


def merged(pages: Iterable[list[Hit]], *, complete: bool) -> SearchResult:
    """The hits of several pages, each once: rows move between pages while they are read."""
    unique = {(hit.media_type, hit.tmdb_id): hit for page in pages for hit in page}
    return SearchResult(list(unique.values()), complete)


def year_of(text: str | None) -> int | None:
    """The year that a date as TMDB writes it begins with; None for `""`."""
    match = re.match(r"([0-9]{4})(?:-|$)", text or "")
    return int(match[1]) or None if match else None


def _hits(rows: Iterable[RowWire], media_type: MediaType | None) -> Iterator[Hit]:
    for row in rows:
        kind = media_type or row.media_type
        if kind not in ("movie", "tv"):
            continue
        title, original = _titles(row)
        day = _first(row.release_date, row.first_air_date)
        yield Hit(
            media_type=cast(MediaType, kind),
            tmdb_id=row.id,
            title=title,
            original_title=original,
            year=year_of(day),
            date=day,
            poster_path=None if row.adult else _text(row.poster_path),
            popularity=row.popularity or 0.0,
            video=bool(row.video),
            adult=bool(row.adult),
            overview=row.overview or "",
        )


def _titles(wire: RowWire | DetailsWire) -> tuple[str, str]:
    title = _first(wire.title, wire.name)
    original = _first(wire.original_title, wire.original_name)
    return title or original or "", original or title or ""


def _people(wire: DetailsWire) -> list[Credit]:
    credits = wire.credits or CreditsWire()
    directors = [person for person in credits.crew or [] if person.job == "Director"]
    players = sorted(credits.cast or [], key=lambda person: UNRANKED if person.order is None else person.order)
    return [
        *_credits("director", directors),
        *_credits("creator", wire.created_by or []),
        *_credits("cast", players)[:CAST_KEPT],
    ]


def _credits(role: str, people: Iterable[PersonWire]) -> list[Credit]:
    """Each person once, in the order given, with the character named first."""
    named: dict[int, PersonWire] = {}
    for person in people:
        if _text(person.name):
            named.setdefault(person.id, person)
    return [
        Credit(
            person_id=person.id,
            name=_text(person.name) or "",
            role=role,
            position=position,
            profile_path=_text(person.profile_path),
            character=_text(person.character) if role == "cast" else None,
        )
        for position, person in enumerate(named.values())
    ]


def _offers(block: ProvidersWire, countries: Sequence[str]) -> tuple[list[OfferRow], dict[str, str]]:
    rows: list[OfferRow] = []
    links: dict[str, str] = {}
    for country in dict.fromkeys(countries):
        if country not in block.results:
            continue
        wire = COUNTRY_OFFERS.decode(block.results[country])
        rows += _offers_in(country, wire)
        if wire.link and wire.link.startswith(("https://", "http://")):
            links[country] = wire.link
    return rows, links


def _offers_in(country: str, wire: CountryOffersWire) -> list[OfferRow]:
    """The country's offers, each provider once per way to watch."""
    rows = {
        (offer, provider.provider_id): OfferRow(
            country=country,
            provider_id=provider.provider_id,
            provider=_text(provider.provider_name) or f"Provider {provider.provider_id}",
            logo_path=_text(provider.logo_path),
            offer=offer,
            priority=UNRANKED if provider.display_priority is None else provider.display_priority,
        )
        for offer in WAYS_TO_WATCH
        for provider in getattr(wire, offer) or []
    }
    return list(rows.values())


def _genres(rows: Iterable[NamedWire]) -> list[Genre]:
    return list({row.id: Genre(row.id, name) for row in rows if (name := _text(row.name))}.values())


def _countries(rows: Iterable[CountryWire]) -> list[Country]:
    codes = {row.iso_3166_1: row.name for row in rows if row.iso_3166_1 and COUNTRY_CODE.fullmatch(row.iso_3166_1)}
    return [Country(code, _text(name) or code) for code, name in codes.items()]


def _imdb_id(wire: DetailsWire) -> str | None:
    given = _first(wire.imdb_id, wire.external_ids.imdb_id if wire.external_ids else None)
    return given if given and IMDB_ID.fullmatch(given) else None


def _minutes(values: Iterable[float | None]) -> int | None:
    return next((int(value) for value in values if value and value >= 1), None)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def _first(*texts: str | None) -> str | None:
    return next((text for value in texts if (text := _text(value))), None)
