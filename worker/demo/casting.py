"""From a line of the catalogue to its Letterboxd film and its TMDB rows, in every way they can disagree."""

from collections.abc import Callable

import msgspec

from worker.demo import dice
from worker.demo.catalogue import person, slugify
from worker.demo.model import PLAIN, Film, Row, Title
from worker.demo.plots import plot

EXPECTED = {"absent": "not_found"}
LANGUAGES = {
    "AR": "es", "AT": "de", "BA": "bs", "BE": "fr", "BR": "pt", "CN": "zh", "CO": "es", "CU": "es", "CZ": "cs",
    "DE": "de", "DK": "da", "ES": "es", "FI": "fi", "FR": "fr", "GR": "el", "HK": "cn", "HU": "hu", "IL": "he",
    "IN": "hi", "IR": "fa", "IT": "it", "JP": "ja", "KR": "ko", "LB": "ar", "LV": "lv", "MK": "mk", "MX": "es",
    "NL": "nl", "NO": "no", "PL": "pl", "PT": "pt", "RO": "ro", "RU": "ru", "SE": "sv", "SN": "fr", "TH": "th",
    "TW": "zh",
}  # fmt: skip
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DECOYS_FROM = 4_000_000
STALE_FROM = 9_000_000


class Casting:
    """Gives ids and slugs out, and keeps the films and the TMDB rows made so far."""

    def __init__(self) -> None:
        self.films: dict[str, Film] = {}
        self.titles: dict[tuple[str, int], Title] = {}
        self._serial = 0
        self._decoys = 0

    def add(self, row: Row) -> Film:
        """The film of `row`; its TMDB rows, and those that can be mistaken for it, are added too."""
        self._serial += 1
        slug = self._free_slug(row)
        title = None if row.case == "absent" else self._title(row, slug)
        film = _film(row, slug, self._serial, title, self._claimed_link(row, title))
        self.films[slug] = film
        if title:
            self.titles[title.key] = title
            self._add_decoys(row, title)
        return film

    def _free_slug(self, row: Row) -> str:
        base = slugify(row.title)
        candidates = [base, f"{base}-{row.year}"] if row.year else [base]
        candidates += [f"{candidates[-1]}-{number}" for number in range(1, 50)]
        return next(slug for slug in candidates if slug not in self.films)

    def _title(self, row: Row, slug: str) -> Title:
        series = row.case == "series"
        year = int(row.detail) if row.detail.isdecimal() else row.year
        name = row.detail if row.case == "retitled" else row.title
        return Title(
            media_type="tv" if series else "movie",
            tmdb_id=self._series_id() if series else _movie_id(self._serial),
            title=name,
            original_title=name,
            other_titles=(row.title,),
            language=LANGUAGES.get(row.country, "en"),
            country=row.country,
            date=_date(slug, year),
            years=frozenset(value for value in (row.year, year) if value),
            overview=plot(slug),
            runtime=row.runtime,
            genres=row.genres,
            directors=row.directors,
            poster_path=None if dice.chance(f"bare:{slug}", 4) else f"/{dice.token(f'poster:{slug}')}.jpg",
            imdb_id=f"tt{1_000_000 + self._serial * 97:07d}",
            popularity=round(1 + dice.number(f"popularity:{slug}", 6000) / 100, 4),
            vote_average=round(5 + dice.number(f"vote:{slug}", 390) / 100, 3),
            vote_count=40 + dice.number(f"votes:{slug}", 20_000),
            slug=slug,
        )

    def _series_id(self) -> int:
        """An id that is also some other film's movie id, since TMDB counts both kinds on their own."""
        taken = {tmdb_id for kind, tmdb_id in self.titles if kind == "tv"}
        return next(tmdb_id for kind, tmdb_id in self.titles if kind == "movie" and tmdb_id not in taken)

    def _claimed_link(self, row: Row, title: Title | None) -> tuple[str, int] | None:
        if title is None or row.case == "imdb":
            return None
        if row.case.startswith("stale"):
            return "movie", STALE_FROM + self._serial
        if row.case == "contradicts":
            return next(key for key, other in self.titles.items() if key[0] == "movie" and not _alike(other, title))
        return title.key

    def _add_decoys(self, row: Row, title: Title) -> None:
        for wanted, change in DECOYS:
            if wanted(row, title):
                self._decoys += 1
                decoy = msgspec.structs.replace(_stranger(title, DECOYS_FROM + self._decoys), **change(title))
                self.titles[decoy.key] = decoy


def _film(row: Row, slug: str, serial: int, title: Title | None, link: tuple[str, int] | None) -> Film:
    film_id = 31_000 + serial * 211
    has_imdb = title is not None and row.case not in ("stale", "contradicts")
    movie_link = link if link and link[0] == "movie" else None
    return Film(
        film_id=film_id,
        lid=_base62(film_id * 17 + 238_328),
        slug=slug,
        title=row.title,
        year=row.year,
        runtime=row.runtime,
        country=row.country,
        genres=row.genres,
        directors=row.directors,
        plot=plot(slug),
        average=round(2.6 + dice.number(f"average:{slug}", 195) / 100, 2),
        rating_count=900 + dice.number(f"ratings:{slug}", 900_000),
        case=row.case,
        expected=EXPECTED.get(row.case, "found"),
        tmdb=title.key if title else None,
        tmdb_link=link,
        imdb_link=title.imdb_id if title and has_imdb else None,
        body_type="movie",
        body_id=str(movie_link[1]) if movie_link else "",
    )


def _stranger(title: Title, tmdb_id: int) -> Title:
    """A little-known row with the same title and date that is another film."""
    return msgspec.structs.replace(
        title,
        media_type="movie",
        tmdb_id=tmdb_id,
        other_titles=(),
        overview=plot(f"stranger:{tmdb_id}"),
        runtime=11 + dice.number(f"short:{tmdb_id}", 80),
        directors=(person(f"stranger:{tmdb_id}"),),
        poster_path=None,
        imdb_id=None,
        popularity=round(dice.number(f"dim:{tmdb_id}", 90) / 100 + 0.01, 4),
        vote_average=0.0,
        vote_count=0,
        slug=None,
    )


def _same_year(row: Row, title: Title) -> bool:
    return row.case == "homonym" or (row.case == "series" and dice.chance(f"filmed:{title.title}", 50))


def _often(key: str, percent: int) -> Callable[[Row, Title], bool]:
    def wanted(row: Row, title: Title) -> bool:
        return row.case == PLAIN and title.date != "" and dice.chance(f"{key}:{title.slug}", percent)

    return wanted


def _moved(title: Title, years: int) -> dict[str, object]:
    year = int(title.date[:4]) + years
    return {"date": f"{year}{title.date[4:]}", "years": frozenset({year})}


DECOYS: tuple[tuple[Callable[[Row, Title], bool], Callable[[Title], dict[str, object]]], ...] = (
    (_same_year, lambda title: {}),
    (lambda row, title: row.case == "undated", lambda title: {"date": "2014-05-02", "years": frozenset({2014})}),
    (_often("making", 9), lambda title: {**_named(title, f"The Making of {title.title}"), "video": True}),
    (_often("remade", 7), lambda title: {**_moved(title, 19)}),
    (_often("sequel", 6), lambda title: {**_moved(title, 3), **_named(title, f"{title.title} II")}),
    (_often("planned", 4), lambda title: {"date": "", "years": frozenset()}),
)


def _named(title: Title, name: str) -> dict[str, object]:
    return {"title": name, "original_title": name}


def _alike(one: Title, other: Title) -> bool:
    return bool(one.years & other.years) or one.title == other.title


def _movie_id(serial: int) -> int:
    return 600 + serial * 53 + dice.number(f"movie:{serial}", 50)


def _date(slug: str, year: int | None) -> str:
    if year is None:
        return ""
    return f"{year}-{1 + dice.number(f'month:{slug}', 12):02d}-{1 + dice.number(f'day:{slug}', 28):02d}"


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BASE62[digit] + digits
    return digits
