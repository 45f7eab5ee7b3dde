"""Hard cases: films whose TMDB title is easily mistaken, each with the truth, from `hard.psv`.

A line that begins with # names the kind of the films below it. A film is one line: title, year, directors, minutes and
options; `~` stands for a no-break space. The TMDB rows that its search meets follow, indented: `*` before the one that
the film is and `-` before others, then media type, title, date, directors, minutes and options.

Directors are `?` for somebody of the row's own, `@film` for the film's, or names. A film's page claims what is true,
unless its options say otherwise: link and imdb are `none`, `gone` (an id that TMDB has no more), or the number of the
row whose id is claimed; link=body is claimed by the body's attributes alone; orig is the original title; nodirector.
A row's options: orig, alt (another name), also (another year of release), noimdb, sameimdb and sameid (as the row above
has), video, adult, dim (hardly known), stub (made by accident, and nearly empty), known (a row of an earlier film).
"""

from collections.abc import Iterator
from importlib.resources import files

import msgspec

from worker.demo import dice
from worker.demo.catalogue import person, slugify
from worker.demo.model import Film, Member, Title
from worker.demo.plots import plot

FILMS_FROM, TITLES_FROM, GONE_FROM, IMDB_FROM = 50_000_000, 7_000_000, 9_500_000, 60_000_000
BIO = "Keeps a list of films that are easily mistaken for others."


class HardTitle(msgspec.Struct, frozen=True):
    """One line of a TMDB row."""

    is_truth: bool
    media_type: str
    title: str
    date: str
    directors: tuple[str, ...]
    runtime: int
    options: dict[str, str]


class HardFilm(msgspec.Struct, frozen=True):
    """One film of the file with its TMDB rows."""

    kind: str
    title: str
    year: int | None
    directors: tuple[str, ...]
    runtime: int
    options: dict[str, str]
    rows: list[HardTitle]


def hard_films() -> list[HardFilm]:
    """The films of the data file, in its order."""
    kind, found = "", list[HardFilm]()
    for line in files("worker.demo").joinpath("hard.psv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line[2:]
        elif line.startswith("  "):
            found[-1].rows.append(_row(line, found[-1]))
        elif line:
            found.append(_film(kind, line))
    return found


class HardCasting:
    """The films and the TMDB titles of the file, with ids that nothing else in the built-in world has."""

    def __init__(self) -> None:
        self.films: dict[str, Film] = {}
        self.titles: dict[tuple[str, int], Title] = {}
        for serial, film in enumerate(hard_films()):
            self._add(serial, film)

    @property
    def member(self) -> Member:
        return Member(username="hard", name="Hard Cases", bio=BIO, watchlist=tuple(self.films))

    def _add(self, serial: int, film: HardFilm) -> None:
        slug = next(slug for slug in _slugs(film) if slug not in self.films)
        cast: list[Title] = []
        for row in film.rows:
            title = self._known(row) or self._title(row, slug, cast)
            self.titles[title.key] = title
            cast.append(title)
        truth = next((title for title, row in zip(cast, film.rows, strict=True) if row.is_truth), None)
        self.films[slug] = _page(film, slug, serial, cast, truth)

    def _known(self, row: HardTitle) -> Title | None:
        if "known" not in row.options:
            return None
        return next(each for each in self.titles.values() if (each.title, each.date) == (row.title, row.date))

    def _title(self, row: HardTitle, slug: str, above: list[Title]) -> Title:
        options, number = row.options, TITLES_FROM + len(self.titles)
        key = f"{slug}:{len(above)}"
        stub = "stub" in options
        imdb_id: str | None = f"tt{IMDB_FROM + number}"
        if stub or "noimdb" in options:
            imdb_id = None
        return Title(
            media_type=row.media_type,
            tmdb_id=above[-1].tmdb_id if "sameid" in options else number,
            title=row.title,
            original_title=options.get("orig", row.title),
            other_titles=(options["alt"],) if "alt" in options else (),
            language="en",
            country="US",
            date=row.date,
            years=frozenset(int(year[:4]) for year in (row.date, options.get("also", "")) if year),
            overview="" if stub else plot(key),
            runtime=row.runtime,
            genres=("Drama",),
            directors=row.directors,
            poster_path=None if stub or not row.is_truth else f"/{dice.token(f'poster:{key}')}.jpg",
            imdb_id=above[-1].imdb_id if "sameimdb" in options else imdb_id,
            video="video" in options,
            adult="adult" in options,
            popularity=_popularity(row, key),
            vote_average=6.5 if row.is_truth else 0.0,
            vote_count=120 if row.is_truth else 0,
            slug=slug if row.is_truth else None,
        )


def _page(film: HardFilm, slug: str, serial: int, cast: list[Title], truth: Title | None) -> Film:
    """The film as Letterboxd has it; its page's links are what the options say."""
    link, in_body = _link(film.options.get("link", ""), serial, cast, truth), film.options.get("link") == "body"
    film_id = FILMS_FROM + serial * 211
    return Film(
        film_id=film_id,
        lid=f"hard{serial:03d}",
        slug=slug,
        title=film.title,
        original_title=film.options.get("orig"),
        year=film.year,
        runtime=film.runtime,
        country="US",
        genres=("Drama",),
        directors=() if "nodirector" in film.options else film.directors,
        plot=plot(slug),
        average=3.4,
        rating_count=900 + serial,
        case=film.kind,
        expected="found" if truth else "not_found",
        tmdb=truth.key if truth else None,
        tmdb_link=None if in_body else link,
        imdb_link=_imdb_link(film.options.get("imdb", ""), serial, cast, truth),
        body_type="movie",
        body_id=str(link[1]) if link and link[0] == "movie" else "",
    )


def _link(option: str, serial: int, cast: list[Title], truth: Title | None) -> tuple[str, int] | None:
    if option.isdecimal():
        return cast[int(option) - 1].key
    if option == "gone":
        return "movie", GONE_FROM + serial
    return None if option == "none" or truth is None else truth.key


def _imdb_link(option: str, serial: int, cast: list[Title], truth: Title | None) -> str | None:
    if option.isdecimal():
        return cast[int(option) - 1].imdb_id
    if option == "gone":
        return f"tt{IMDB_FROM + GONE_FROM + serial}"
    return None if option == "none" or truth is None else truth.imdb_id


def _popularity(row: HardTitle, key: str) -> float:
    known = row.is_truth and "dim" not in row.options
    return round(dice.number(f"popularity:{key}", 90) / (10 if known else 100) + 0.01, 4)


def _slugs(film: HardFilm) -> Iterator[str]:
    """The slugs that the film may have; none is one that an ordinary film would have."""
    base = f"{slugify(film.title)}-{film.year or 'tba'}"
    yield f"{base}-1"
    yield from (f"{base}-{number}" for number in range(2, 20))


def _film(kind: str, line: str) -> HardFilm:
    title, year, directors, runtime, *options = line.split("|")
    return HardFilm(
        kind=kind,
        title=title.replace("~", "\u00a0"),
        year=int(year) if year else None,
        directors=_people(directors, f"{title}:{year}:{runtime}"),
        runtime=int(runtime),
        options=_options(options),
        rows=[],
    )


def _row(line: str, film: HardFilm) -> HardTitle:
    media_type, title, date, directors, runtime, *options = line[4:].split("|")
    people = film.directors if directors == "@film" else _people(directors, f"{line}:{film.title}")
    return HardTitle(line[2] == "*", media_type, title, date, people, int(runtime), _options(options))


def _people(names: str, key: str) -> tuple[str, ...]:
    return (person(key),) if names == "?" else tuple(name for name in names.split(", ") if name)


def _options(fields: list[str]) -> dict[str, str]:
    pairs = (option.partition("=") for option in (fields[0].split(",") if fields else []) if option)
    return {name: value for name, _, value in pairs}
