"""The page's own settings, typed and read once from a mapping; the names are those of the whole of Marquee."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from dotenv import dotenv_values
from msgspec.structs import replace

__all__ = ["Settings", "SettingsError", "load_settings"]

COUNTRY_CODE = re.compile(r"[A-Za-z]{2}")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds one (NAME, what is wrong and what to do) per setting."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        lines = "\n".join(f"  {name}: {problem}" for name, problem in problems)
        super().__init__(f"Marquee cannot start with these settings:\n{lines}")
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals; the first country is the one shown."""

    host: str = "127.0.0.1"
    web_port: int = 8000
    api_port: int = 8001
    api_url: str = ""
    api_key: str | None = None
    country: tuple[str, ...] = ("GB",)
    refresh_timezone: str = "UTC"
    letterboxd_base_url: str = "https://letterboxd.com"
    tmdb_image_base_url: str = "https://image.tmdb.org/t/p"
    log_level: str = "INFO"
    log_format: str = "text"

    def __repr__(self) -> str:
        """Without values: one of them is a secret."""
        return "Settings(…)"


def load_settings(environ: Mapping[str, str], directory: Path | None = None) -> Settings:
    """The settings in `environ` and in `.env` of `directory` (default: the working directory).

    Raises SettingsError that names every setting at fault.
    """
    names = [field.upper() for field in Settings.__struct_fields__]
    raw, problems = _gather(names, environ, directory or Path.cwd())
    values: dict[str, Any] = {}
    for name, text in raw.items():
        try:
            values[name.lower()] = PARSERS.get(name.lower(), str)(text.strip())
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise SettingsError(problems)
    settings = Settings(**values)
    return settings if settings.api_url else replace(settings, api_url=f"http://127.0.0.1:{settings.api_port}")


def _gather(
    names: Iterable[str], environ: Mapping[str, str], directory: Path
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The raw value of each name that has one: the environment before `.env`, NAME or the content of NAME_FILE."""
    path = directory / ".env"
    dotenv = dotenv_values(path, interpolate=False) if path.is_file() else {}
    values = {name: value for name, value in {**dotenv, **_filled(environ)}.items() if value}
    found: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for name in names:
        value, file = values.get(name), values.get(f"{name}_FILE")
        if value and file:
            problems.append((name, f"is set twice; keep either {name} or {name}_FILE"))
        elif file:
            try:
                value = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                reason = (error.strerror if isinstance(error, OSError) else "not UTF-8 text") or "unreadable"
                problems.append(
                    (f"{name}_FILE", f"{file} cannot be read ({reason}); check the path and its permissions")
                )
        if value:
            found[name] = value
    return found, problems


def _filled(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if value}


def _countries(text: str) -> tuple[str, ...]:
    codes = [code for part in text.split(",") if (code := part.strip())]
    if not codes:
        raise ValueError("names nothing; give at least one value")
    for code in codes:
        if not COUNTRY_CODE.fullmatch(code):
            raise ValueError(f"{code!r} is not a country; use two-letter codes such as GB or DE,FR")
    return tuple(dict.fromkeys(code.upper() for code in codes))


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone; use an IANA name such as Europe/Berlin") from None
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not a plain http:// or https:// address")
    return text.rstrip("/")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError(f"{text!r} is not a whole number from 0 to 65535")
    return int(text)


def _one_of(choices: tuple[str, ...], case: Callable[[str], str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if case(text) not in choices:
            raise ValueError(f"{text!r} is none of {', '.join(choices)}")
        return case(text)

    return parse


PARSERS: dict[str, Callable[[str], Any]] = {
    "web_port": _port,
    "api_port": _port,
    "api_url": _url,
    "country": _countries,
    "refresh_timezone": _timezone,
    "letterboxd_base_url": _url,
    "tmdb_image_base_url": _url,
    "log_level": _one_of(LOG_LEVELS, str.upper),
    "log_format": _one_of(("text", "json"), str.lower),
}
