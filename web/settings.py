"""The page's own settings, typed and read once from a mapping; the names are those of the whole of Marquee."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from web.sources import gather

__all__ = ["Settings", "SettingsError", "load_settings"]

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
"""Those of ISO 3166-1, and XK, under which TMDB has Kosovo."""


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
    raw, problems = gather(names, environ, directory or Path.cwd())
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


def _countries(text: str) -> tuple[str, ...]:
    codes = [code for part in text.split(",") if (code := part.strip())]
    if not codes:
        raise ValueError("names nothing; give at least one value")
    return tuple(dict.fromkeys(_country(code) for code in codes))


def _country(text: str) -> str:
    code = text.upper()
    if code == "UK":
        raise ValueError(f"{text!r} is not a country code; the United Kingdom is GB")
    if code not in COUNTRY_CODES.split():
        raise ValueError(f"{text!r} is not a country; use two-letter codes such as GB or DE,FR")
    return code


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
