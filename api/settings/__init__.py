"""The settings of every process, typed and read once from a mapping; their names do not change."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError
from msgspec.structs import replace

from api.brands import Brand, parse_brands
from api.errors import SettingsError
from api.settings import sources
from api.settings.countries import country
from api.settings.schedule import Schedule
from api.settings.tmdb import TMDB_API, pages_beside, token_key

__all__ = ["Schedule", "Settings", "load_settings", "load_some", "misspelt"]

USERNAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OFFERS = ("flatrate", "free", "ads", "rent", "buy")
SORT_KEYS = ("rating", "title", "year")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    letterboxd_username: tuple[str, ...]
    tmdb_api_key: str
    country: tuple[str, ...] = ("GB",)
    refresh_schedule: str = "0 0 * * 0"
    refresh_timezone: str = "UTC"
    refresh_min_interval: float = 60.0
    database_url: str = "sqlite+aiosqlite:///data/marquee.db"
    redis_url: str | None = None
    api_key: str | None = None
    host: str = "127.0.0.1"
    api_port: int = 8001
    web_port: int = 8000
    api_url: str = ""
    offers_max_age: float = 24.0
    details_max_age: float = 720.0
    flap_hours: float = 48.0
    brands: tuple[Brand, ...] = ()
    full_read_days: float = 30.0
    housekeeping_schedule: str = "30 4 * * *"
    proof_budget: int = 30
    letterboxd_base_url: str = "https://letterboxd.com"
    tmdb_base_url: str = TMDB_API
    tmdb_image_base_url: str = "https://image.tmdb.org/t/p"
    letterboxd_request_interval: float = 2.0
    tmdb_requests_per_second: float = 20.0
    tmdb_v4_access_token: str | None = None
    tmdb_sync_enabled: bool = False
    tmdb_sync_limit: int = 20
    tmdb_sync_sort_by: str = "rating"
    tmdb_sync_sort_order: str = "desc"
    token_key: str | None = None
    notify_urls: tuple[str, ...] = ()
    notify_kinds: tuple[str, ...] = ("arrived",)
    notify_offers: tuple[str, ...] = ("flatrate", "free", "ads")
    notify_providers: tuple[int, ...] = ()
    log_level: str = "INFO"
    log_format: str = "text"

    @property
    def schedule(self) -> Schedule | None:
        """When refreshes are due; None where they are switched off."""
        return self._schedule(self.refresh_schedule)

    @property
    def housekeeping(self) -> Schedule | None:
        """When the housekeeping is due; None where it is switched off."""
        return self._schedule(self.housekeeping_schedule)

    @property
    def tmdb_pages(self) -> str:
        """Where TMDB's pages for people are."""
        return pages_beside(self.tmdb_base_url)

    def spoken(self, moment: datetime) -> str:
        """`moment` for a person, in the zone of the schedule: "18:40 on 20 November (UTC)"."""
        local = moment.astimezone(ZoneInfo(self.refresh_timezone))
        return f"{local:%H:%M} on {local.day} {local:%B} ({self.refresh_timezone})"

    def _schedule(self, crontab: str) -> Schedule | None:
        return None if crontab == "off" else Schedule(crontab, ZoneInfo(self.refresh_timezone))

    def __repr__(self) -> str:
        """Without values: some of them are secrets."""
        return "Settings(…)"


def load_settings(environ: Mapping[str, str], directory: Path | None = None) -> Settings:
    """The settings in `environ` and in `.env` of `directory` (default: the working directory).

    Raises SettingsError that names every setting at fault.
    """
    values, problems = _parse(setting_names(), environ, directory or Path.cwd())
    faulty = {name.removesuffix("_FILE") for name, _ in problems}
    given = {name.upper() for name in values} | faulty
    problems += [(name, advice) for name, advice in REQUIRED.items() if name not in given]
    if problems:
        raise SettingsError(problems + misspelt(environ, directory))
    settings = Settings(**values)
    return settings if settings.api_url else replace(settings, api_url=f"http://127.0.0.1:{settings.api_port}")


def load_some(names: Iterable[str], environ: Mapping[str, str], directory: Path | None = None) -> Settings:
    """Only these settings, for a command that needs no others; the rest keep their defaults, or are empty.

    Raises SettingsError like load_settings, but never for a setting that was not asked for.
    """
    values, problems = _parse(names, environ, directory or Path.cwd())
    if problems:
        raise SettingsError(problems)
    return Settings(**{"letterboxd_username": (), "tmdb_api_key": "", **values})


def misspelt(environ: Mapping[str, str], directory: Path | None = None) -> list[tuple[str, str]]:
    """What looks like a setting and is none, as (NAME, which one may be meant): worth a warning, not an error."""
    return sources.misspelt(setting_names(), environ, directory or Path.cwd())


def _parse(
    names: Iterable[str], environ: Mapping[str, str], directory: Path
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The value of each setting that has one, by its field, and what is wrong with the others."""
    raw, problems = sources.gather(names, environ, directory)
    values: dict[str, Any] = {}
    for name, text in raw.items():
        try:
            values[name.lower()] = PARSERS[name.lower()](text.strip())
        except ValueError as error:
            problems.append((name, str(error)))
    return values, problems


def setting_names() -> list[str]:
    """Every setting's name as the environment spells it, in the documented order."""
    return [field.upper() for field in Settings.__struct_fields__]


REQUIRED = {
    "LETTERBOXD_USERNAME": "is missing; set it to your Letterboxd username (several: separated by commas)",
    "TMDB_API_KEY": "is missing; get a free read access token at https://www.themoviedb.org/settings/api",
}


def _usernames(text: str) -> tuple[str, ...]:
    names = _items(text)
    for name in names:
        if not USERNAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a Letterboxd username; use the name in letterboxd.com/NAME/")
    return tuple(dict.fromkeys(name.lower() for name in names))


def _countries(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(country(code) for code in _items(text)))


def _items(text: str) -> tuple[str, ...]:
    """The comma-separated items of `text`, once each, in their order; never none."""
    items = tuple(dict.fromkeys(item for part in text.split(",") if (item := part.strip())))
    if not items:
        raise ValueError("names nothing; give at least one value")
    return items


def _schedule(text: str) -> str:
    if text.lower() == "off":
        return "off"
    if len(text.split()) != 5:
        raise ValueError(f"{text!r} does not have the five fields of crontab; for example 0 6 * * *, or off")
    try:
        CronSim(text, datetime.now(UTC))
    except CronSimError as error:
        raise ValueError(f"{text!r} is not a crontab schedule ({error}); for example 0 6 * * *, or off") from None
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone; use an IANA name such as Europe/Berlin") from None
    return text


def _database(text: str) -> str:
    if text.split(":", 1)[0] not in DATABASES:
        raise ValueError("must start with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return text


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not a plain http:// or https:// address")
    return text.rstrip("/")


def _text(text: str) -> str:
    return text


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], int | float]:
    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(-1)
        if not least <= value <= most:
            wanted = "a whole number" if kind is int else "a number"
            raise ValueError(f"{text!r} is not {wanted} from {least:g} to {most:g}")
        return value

    return parse


def _one_of(choices: tuple[str, ...], case: Callable[[str], str] = str.lower) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if case(text) not in choices:
            raise ValueError(f"{text!r} is none of {', '.join(choices)}")
        return case(text)

    return parse


def _some_of(choices: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    choose = _one_of(choices)
    return lambda text: tuple(choose(item) for item in _items(text))


def _provider_ids(text: str) -> tuple[int, ...]:
    for item in _items(text):
        if not re.fullmatch(r"\d{1,9}", item):
            raise ValueError(f"{item!r} is not the number of a provider; GET /api/v1/providers lists them")
    return tuple(int(item) for item in _items(text))


def _secrets(text: str) -> tuple[str, ...]:
    """Addresses separated by spaces or new lines, since a comma may be part of one; no message ever shows them."""
    if any("://" not in item for item in text.split()):
        raise ValueError("holds something that is no Apprise address; separate several by spaces")
    return tuple(dict.fromkeys(text.split()))


def _switch(text: str) -> bool:
    return _one_of(("true", "false", "1", "0", "yes", "no", "on", "off"))(text) in ("true", "1", "yes", "on")


PARSERS: dict[str, Callable[[str], Any]] = {
    "letterboxd_username": _usernames,
    "tmdb_api_key": _text,
    "country": _countries,
    "refresh_schedule": _schedule,
    "refresh_timezone": _timezone,
    "refresh_min_interval": _number(float, 0, 86400),
    "database_url": _database,
    "redis_url": _redis,
    "api_key": _text,
    "host": _text,
    "api_port": _number(int, 0, 65535),
    "web_port": _number(int, 0, 65535),
    "api_url": _url,
    "offers_max_age": _number(float, 0, 4320),
    "details_max_age": _number(float, 0, 4320),
    "flap_hours": _number(float, 0, 720),
    "brands": parse_brands,
    "full_read_days": _number(float, 0, 365),
    "housekeeping_schedule": _schedule,
    "proof_budget": _number(int, 0, 1000),
    "letterboxd_base_url": _url,
    "tmdb_base_url": _url,
    "tmdb_image_base_url": _url,
    "letterboxd_request_interval": _number(float, 0.01, 3600),
    "tmdb_requests_per_second": _number(float, 0.01, 1000),
    "tmdb_v4_access_token": _text,
    "tmdb_sync_enabled": _switch,
    "tmdb_sync_limit": _number(int, 1, 1000),
    "tmdb_sync_sort_by": _one_of(SORT_KEYS),
    "tmdb_sync_sort_order": _one_of(("asc", "desc")),
    "token_key": token_key,
    "notify_urls": _secrets,
    "notify_kinds": _some_of(("arrived", "left")),
    "notify_offers": _some_of(OFFERS),
    "notify_providers": _provider_ids,
    "log_level": _one_of(LOG_LEVELS, str.upper),
    "log_format": _one_of(("text", "json")),
}
