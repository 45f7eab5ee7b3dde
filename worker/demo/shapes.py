"""TMDB's JSON: rows of lists, details, credits, ids and watch providers, as plain dictionaries."""

from collections.abc import Iterable, Sequence
from typing import Any

from worker.demo import dice
from worker.demo.catalogue import person
from worker.demo.model import Offer, Provider, Title
from worker.demo.offers import PROVIDERS

GENRE_IDS = {
    "Action": 28, "Adventure": 12, "Animation": 16, "Comedy": 35, "Crime": 80, "Documentary": 99, "Drama": 18,
    "Family": 10751, "Fantasy": 14, "History": 36, "Horror": 27, "Music": 10402, "Mystery": 9648, "Romance": 10749,
    "Science Fiction": 878, "TV Movie": 10770, "Thriller": 53, "War": 10752, "Western": 37,
}  # fmt: skip
CAST_SIZE = 8
Json = dict[str, Any]


def row(title: Title, media_type: bool = False) -> Json:
    """A title as search and find list it; `media_type` is said where both kinds are mixed."""
    shared: Json = {
        "adult": title.adult,
        "backdrop_path": None,
        "genre_ids": [GENRE_IDS[genre] for genre in title.genres],
        "id": title.tmdb_id,
        "original_language": title.language,
        "overview": title.overview,
        "popularity": title.popularity,
        "poster_path": title.poster_path,
        "softcore": False,
        "vote_average": title.vote_average,
        "vote_count": title.vote_count,
        **({"media_type": title.media_type} if media_type else {}),
    }
    return shared | _named(title) | ({} if title.media_type == "tv" else {"video": title.video})


def details(title: Title) -> Json:
    """A title's own page, without anything appended."""
    shared = {key: value for key, value in row(title).items() if key != "genre_ids"} | {
        "genres": [{"id": GENRE_IDS[genre], "name": genre} for genre in title.genres],
        "homepage": "",
        "origin_country": [title.country],
        "production_companies": [],
        "production_countries": [{"iso_3166_1": title.country, "name": title.country}],
        "spoken_languages": [{"english_name": title.language, "iso_639_1": title.language, "name": ""}],
        "status": "Released" if title.date else "In Production",
        "tagline": "",
    }
    return shared | (_series(title) if title.media_type == "tv" else _movie(title))


def credits(title: Title) -> Json:
    """Directors as the catalogue has them, and a cast that does not exist."""
    cast = [
        _person(person(f"{title.key}:{order}"))
        | {"cast_id": order + 1, "character": person(f"role:{title.key}:{order}"), "order": order}
        for order in range(CAST_SIZE)
    ]
    job = {"department": "Directing", "job": "Director", "known_for_department": "Directing"}
    return {"cast": cast, "crew": [_person(name) | job for name in title.directors]}


def external_ids(title: Title) -> Json:
    """The title's ids elsewhere; unknown ones are null."""
    ids: Json = dict.fromkeys(("wikidata_id", "facebook_id", "instagram_id", "twitter_id"))
    series = {"freebase_mid": None, "freebase_id": None, "tvdb_id": None, "tvrage_id": None}
    return {"imdb_id": title.imdb_id, **ids, **(series if title.media_type == "tv" else {})}


def watch_providers(title: Title, offers: Iterable[Offer]) -> Json:
    """The offers by country; a kind of offer that a country does not have is absent."""
    countries: dict[str, Json] = {}
    for offer in sorted(offers):
        link = f"https://www.themoviedb.org/{title.media_type}/{title.tmdb_id}/watch?locale={offer.country}"
        country = countries.setdefault(offer.country, {"link": link})
        country.setdefault(offer.offer, []).append(provider_row(PROVIDERS[offer.provider_id]))
    return {"results": countries}


def provider_row(provider: Provider) -> Json:
    """A provider as each offer names it."""
    return {
        "logo_path": provider.logo_path,
        "provider_id": provider.provider_id,
        "provider_name": provider.name,
        "display_priority": list(PROVIDERS).index(provider.provider_id),
    }


def listing(titles: Sequence[Title], page: int, size: int, media_type: bool) -> Json:
    """One page of a list."""
    shown = titles[(page - 1) * size : page * size]
    return {
        "page": page,
        "results": [row(title, media_type) for title in shown],
        "total_pages": max(1, -(-len(titles) // size)),
        "total_results": len(titles),
    }


def _named(title: Title) -> Json:
    if title.media_type == "tv":
        names = {"name": title.title, "original_name": title.original_title, "first_air_date": title.date}
        return names | {"origin_country": [title.country]}
    return {"title": title.title, "original_title": title.original_title, "release_date": title.date}


def _movie(title: Title) -> Json:
    return {
        "belongs_to_collection": None,
        "budget": 0,
        "imdb_id": title.imdb_id,
        "revenue": 0,
        "runtime": title.runtime,
    }


def _series(title: Title) -> Json:
    return {
        "created_by": [_person(name) for name in title.directors],
        "episode_run_time": [],
        "in_production": False,
        "languages": [title.language],
        "last_air_date": title.date,
        "last_episode_to_air": None,
        "next_episode_to_air": None,
        "networks": [],
        "number_of_episodes": 6,
        "number_of_seasons": 1,
        "seasons": [],
        "type": "Miniseries",
    }


def _person(name: str) -> Json:
    return {
        "adult": False,
        "credit_id": dice.token(f"credit:{name}", 24),
        "gender": 0,
        "id": 2_000_000 + dice.number(f"person:{name}", 10**9),
        "known_for_department": "Acting",
        "name": name,
        "original_name": name,
        "popularity": 0.6,
        "profile_path": None,
    }
