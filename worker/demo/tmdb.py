"""TMDB's v3 API below /tmdb/3: search, details with what is appended, find, watch providers, configuration."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from worker.demo import shapes
from worker.demo.model import Title
from worker.demo.offers import COUNTRIES, PROVIDERS
from worker.demo.refusals import Refusal, tmdb_error
from worker.demo.responses import Refused
from worker.demo.shapes import Json
from worker.demo.situation import Situation

REFUSED_KEY = "bad"
PAGE_SIZE, LAST_PAGE, MOST_APPENDED = 20, 500, 20
COUNTRY_NAMES = {
    "GB": "United Kingdom",
    "US": "United States of America",
    "DE": "Germany",
    "FR": "France",
    "IE": "Ireland",
    "ES": "Spain",
}
Query = Annotated[str, QueryParameter(name="query")]
SIZES = {
    "backdrop_sizes": ["w300", "w780", "w1280", "original"],
    "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
    "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
    "profile_sizes": ["w45", "w185", "h632", "original"],
    "still_sizes": ["w92", "w185", "w300", "original"],
}


async def known_key(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """TMDB answers nothing without a key; every key but `bad` is good until the controls say otherwise."""
    situation: Situation = connection.app.state.holder.situation
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    key = token if scheme.lower() == "bearer" else connection.query_params.get("api_key", "")
    if not key or key == REFUSED_KEY or situation.key_refused:
        raise Refused(tmdb_error(401, 7))


@get("/authentication")
async def authentication() -> Json:
    """Whether the key is good."""
    return {"success": True, "status_code": 1, "status_message": "Success."}


@get("/configuration")
async def configuration(request: Request[Any, Any, Any]) -> Json:
    """Where images are, and in which sizes."""
    base = f"{request.base_url}tmdb/t/p/"
    return {"images": {"base_url": base, "secure_base_url": base, **SIZES}, "change_keys": ["title", "release_dates"]}


@get("/search/movie")
async def search_movies(
    situation: NamedDependency[Situation],
    text: Query = "",
    year: FromQuery[str] = "",
    primary_release_year: FromQuery[str] = "",
    include_adult: FromQuery[bool] = False,
    page: FromQuery[int] = 1,
) -> Json:
    """Movies by title; `year` is that of any release, `primary_release_year` that of the date shown."""
    found = _search(situation, text, ["movie"], include_adult)
    found = [title for title in found if not year or int(year) in title.years]
    return _page([title for title in found if title.date.startswith(primary_release_year)], page)


@get("/search/tv")
async def search_series(
    situation: NamedDependency[Situation],
    text: Query = "",
    year: FromQuery[str] = "",
    first_air_date_year: FromQuery[str] = "",
    include_adult: FromQuery[bool] = False,
    page: FromQuery[int] = 1,
) -> Json:
    """Series by name."""
    found = _search(situation, text, ["tv"], include_adult)
    found = [title for title in found if not year or int(year) in title.years]
    return _page([title for title in found if title.date.startswith(first_air_date_year)], page)


@get("/search/multi")
async def search_both(
    situation: NamedDependency[Situation],
    text: Query = "",
    include_adult: FromQuery[bool] = False,
    page: FromQuery[int] = 1,
) -> Json:
    """Movies and series by title, mixed; no year can be asked for."""
    return _page(_search(situation, text, ["movie", "tv"], include_adult), page, media_type=True)


@get("/movie/{tmdb_id:str}")
async def movie(
    situation: NamedDependency[Situation], tmdb_id: FromPath[str], append_to_response: FromQuery[str] = ""
) -> Json:
    """A movie by its TMDB or IMDb id, with what is appended."""
    return _details(situation, _title(situation, "movie", tmdb_id), append_to_response)


@get("/tv/{tmdb_id:str}")
async def series(
    situation: NamedDependency[Situation], tmdb_id: FromPath[str], append_to_response: FromQuery[str] = ""
) -> Json:
    """A series by its TMDB id, with what is appended."""
    return _details(situation, _title(situation, "tv", tmdb_id), append_to_response)


@get("/movie/{tmdb_id:str}/watch/providers")
async def movie_providers(situation: NamedDependency[Situation], tmdb_id: FromPath[str]) -> Json:
    """Where a movie streams, by country."""
    title = _title(situation, "movie", tmdb_id)
    return {"id": title.tmdb_id, **_providers(situation, title)}


@get("/tv/{tmdb_id:str}/watch/providers")
async def series_providers(situation: NamedDependency[Situation], tmdb_id: FromPath[str]) -> Json:
    """Where a series streams, by country."""
    title = _title(situation, "tv", tmdb_id)
    return {"id": title.tmdb_id, **_providers(situation, title)}


@get("/find/{external_id:str}")
async def find(
    situation: NamedDependency[Situation], external_id: FromPath[str], external_source: FromQuery[str] = ""
) -> Json:
    """The titles with an IMDb id, each kind in its own list; all are empty when there is none."""
    answer: Json = {f"{kind}_results": [] for kind in ("movie", "person", "tv", "tv_episode", "tv_season")}
    keys = situation.world.by_imdb_id.get(external_id, []) if external_source == "imdb_id" else []
    for key in keys:
        if key not in situation.dropped:
            answer[f"{key[0]}_results"].append(shapes.row(situation.world.titles[key], media_type=True))
    return answer


@get(["/watch/providers/movie", "/watch/providers/tv"])
async def providers(watch_region: FromQuery[str] = "") -> Json:
    """Every provider, or those of one country."""
    return {
        "results": [
            shapes.provider_row(provider)
            | {"display_priorities": {code: place for place, code in enumerate(provider.countries)}}
            for provider in PROVIDERS.values()
            if not watch_region or watch_region in provider.countries
        ]
    }


@get("/watch/providers/regions")
async def regions() -> Json:
    """Every country that has offers."""
    names = [(code, COUNTRY_NAMES[code]) for code in COUNTRIES]
    return {"results": [{"iso_3166_1": code, "english_name": name, "native_name": name} for code, name in names]}


@get(["/genre/movie/list", "/genre/tv/list"])
async def genres() -> Json:
    """The genres by id."""
    return {"genres": [{"id": genre_id, "name": name} for name, genre_id in shapes.GENRE_IDS.items()]}


def _search(situation: Situation, text: str, media_types: Sequence[str], include_adult: bool) -> list[Title]:
    if not text:
        raise Refused(Refusal(422, '{"errors":["query must be provided"]}', "application/json;charset=utf-8"))
    found = situation.world.index.search(text, media_types)
    return [title for title in found if title.key not in situation.dropped and (include_adult or not title.adult)]


def _page(titles: Sequence[Title], page: int, media_type: bool = False) -> Json:
    if not 1 <= page <= LAST_PAGE:
        raise Refused(tmdb_error(400, 22))
    return shapes.listing(titles, page, PAGE_SIZE, media_type)


def _title(situation: Situation, media_type: str, tmdb_id: str) -> Title:
    named = situation.world.by_imdb_id.get(tmdb_id, [])
    key = (media_type, int(tmdb_id)) if tmdb_id.isdecimal() else next(iter(named), None)
    title = situation.world.titles.get(key) if key else None
    if title is None or title.media_type != media_type or title.key in situation.dropped:
        raise Refused(tmdb_error(404, 34))
    return title


def _details(situation: Situation, title: Title, append_to_response: str) -> Json:
    names = [name for name in append_to_response.split(",") if name]
    if len(names) > MOST_APPENDED:
        raise Refused(tmdb_error(400, 27))
    return shapes.details(title) | {name: block for name in names if (block := _block(situation, title, name))}


def _block(situation: Situation, title: Title, name: str) -> Json | None:
    """What `append_to_response` adds under this name; None for names that TMDB ignores."""
    if name == "watch/providers":
        return _providers(situation, title)
    if name == "alternative_titles":
        titles = [{"iso_3166_1": "US", "title": other, "type": ""} for other in title.other_titles]
        return {"results" if title.media_type == "tv" else "titles": titles}
    if name in ("credits", "external_ids"):
        return shapes.credits(title) if name == "credits" else shapes.external_ids(title)
    return None


def _providers(situation: Situation, title: Title) -> Json:
    film = situation.world.film(title.slug) if title.slug else None
    return shapes.watch_providers(title, situation.offers(film) if film else ())


router = Router(
    "/tmdb/3",
    route_handlers=[
        authentication, configuration, search_movies, search_series, search_both, movie, series, movie_providers,
        series_providers, find, providers, regions, genres,
    ],
    guards=[known_key],
)  # fmt: skip
