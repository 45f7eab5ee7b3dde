"""The catalogue: the facts of `films.psv`, and as many made-up films as a larger world needs."""

import unicodedata
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice, product

from worker.demo import dice
from worker.demo.model import PLAIN, Row

GENRES = {
    "ac": "Action",
    "ad": "Adventure",
    "an": "Animation",
    "co": "Comedy",
    "cr": "Crime",
    "do": "Documentary",
    "dr": "Drama",
    "fm": "Family",
    "fa": "Fantasy",
    "hi": "History",
    "ho": "Horror",
    "mu": "Music",
    "my": "Mystery",
    "ro": "Romance",
    "sf": "Science Fiction",
    "th": "Thriller",
    "wa": "War",
    "we": "Western",
}
HARD_PERCENT = 8
HARD_CASES = (
    "later", "homonym", "retitled", "later", "series", "undated", "later", "absent", "imdb", "retitled", "later",
    "homonym", "stale", "later", "stale-imdb", "undated", "later", "contradicts", "retitled", "later",
)  # fmt: skip
ADJECTIVES = (
    "Amber", "Borrowed", "Broken", "Burning", "Crooked", "Distant", "Drowned", "Empty", "Farthest", "Forgotten",
    "Gentle", "Gilded", "Hollow", "Invisible", "Last", "Lonely", "Midnight", "Northern", "Painted", "Paper", "Patient",
    "Quiet", "Restless", "Salted", "Second", "Silver", "Sleeping", "Sudden", "Velvet", "Wandering",
)  # fmt: skip
NOUNS = (
    "Alphabet", "Archive", "Ballroom", "Bridge", "Cartographer", "Cathedral", "Clockmaker", "Comet", "Courier",
    "Dictionary", "Ferryman", "Festival", "Gardener", "Glacier", "Harvest", "Interpreter", "Island", "Jeweller",
    "Ladder", "Lantern", "Magician", "Mapmaker", "Meadow", "Monument", "Orchestra", "Pharmacist", "Postcard",
    "Railway", "Reservoir", "Seamstress", "Signalman", "Sonata", "Staircase", "Telegram", "Tenant", "Translator",
    "Umbrella", "Violinist", "Voyage", "Winter",
)  # fmt: skip
ALIEN_NOUNS = ("Hiver", "Sommer", "Viaggio", "Corazón", "Maison", "Schatten", "Notte", "Camino", "Rivière", "Garten")
COUNTRIES = ("US", "GB", "FR", "DE", "JP", "IT", "KR", "ES", "SE", "IN")
FIRST_NAMES = ("Ada", "Bruno", "Clara", "Dario", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Luca",
               "Mina", "Nils", "Olga", "Petra", "Quentin", "Rosa", "Samir", "Tilda")  # fmt: skip
LAST_NAMES = ("Abara", "Bergmeier", "Castellan", "Dunmore", "Eklind", "Ferrandi", "Galway", "Hollander", "Ivarsson",
              "Jelinek", "Kessler", "Lindqvist", "Moravec", "Norrington", "Okonjo", "Pellerin", "Quist", "Rosetti",
              "Sandoval", "Thackeray")  # fmt: skip


def real_films() -> list[Row]:
    """The films of the data file, in its order."""
    text = files("worker.demo").joinpath("films.psv").read_text(encoding="utf-8")
    return [_row(line) for line in text.splitlines() if line]


def made_up_films(count: int, hard: int) -> Iterator[Row]:
    """`count` films with distinct titles that no real film here has; `hard` of them are hard to match."""
    titles = [f"The {adjective} {noun}" for adjective, noun in product(ADJECTIVES, NOUNS)]
    titles += [f"{noun} of the {adjective} {other}" for adjective, noun, other in product(ADJECTIVES, NOUNS, NOUNS)]
    every = count / hard if hard else 0
    hard_places = {int(index * every) for index in range(hard)}
    cases = iter(HARD_CASES * (hard // len(HARD_CASES) + 1))
    for index, title in enumerate(islice(titles, count)):
        yield _made_up(title, next(cases) if index in hard_places else PLAIN)


def person(key: str) -> str:
    """The name of somebody who does not exist."""
    return f"{dice.pick(f'first:{key}', FIRST_NAMES)} {dice.pick(f'last:{key}', LAST_NAMES)}"


def slugify(title: str) -> str:
    """The title as Letterboxd writes it in a path, before numbers are added to tell films apart."""
    plain = unicodedata.normalize("NFKD", title.replace("'", "").replace("’", "").replace("·", ""))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return "-".join("".join(char if char.isalnum() else " " for char in ascii_only).split()) or "film"


def _row(line: str) -> Row:
    title, year, country, runtime, genres, directors, *rest = line.split("|")
    case, _, detail = (rest[0] if rest else PLAIN).partition("=")
    return Row(
        title=title,
        year=int(year) if year else None,
        country=country,
        runtime=int(runtime),
        genres=tuple(GENRES[code] for code in genres.split(",")),
        directors=tuple(directors.split(", ")) if directors else (person(title),),
        case=case,
        detail=detail,
    )


def _made_up(title: str, case: str) -> Row:
    year = 1950 + dice.number(f"year:{title}", 75)
    detail = {
        "later": str(year + 1),
        "imdb": str(year + 1),
        "stale": str(year + 1),
        "stale-imdb": str(year + 1),
        "contradicts": str(year + 1),
        "retitled": f"{dice.pick(f'alien:{title}', ALIEN_NOUNS)} {title.split()[-1]}",
    }
    return Row(
        title=title,
        year=None if case == "undated" else year,
        country=dice.pick(f"country:{title}", COUNTRIES),
        runtime=72 + dice.number(f"runtime:{title}", 90),
        genres=(dice.pick(f"genre:{title}", tuple(GENRES.values())), "Drama"),
        directors=(person(title),),
        case=case,
        detail=detail.get(case, ""),
    )
