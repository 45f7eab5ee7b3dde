"""Questions as cards: what is shown of a film and of the titles that it may be, decided once and without any markup."""

import re
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from web.cards import Poster, poster_of, tint_of
from web.links import TMDB, web_address
from web.match_shapes import Candidate, DecidedMatch, Match
from web.view import query_string
from web.words import Clock, Moment, runtime

PAGE_SIZE = 10
KEYS = 9
MOST_LOOKS = 4

STATES = {
    "review": "Choose",
    "not_found": "Not found",
    "error": "Could not be checked",
    "decided": "Decided",
}
KINDS = {"movie": "Film", "tv": "Series"}
MOST_DIRECTORS = 3
TITLE_PATH = re.compile(r"^/(?:[a-z]{2}(?:-[A-Z]{2})?/)?(movie|tv)/([0-9]{1,10})(?:[-/].*)?$")
SHORT_TITLE = re.compile(r"^(?:(movie|tv)[/: ]?)?([0-9]{1,10})$")
LARGEST_ID = 2**31 - 1

TitleKey = tuple[str, int]


class QuestionView(msgspec.Struct, frozen=True, kw_only=True):
    """Which questions a page shows; `state` is empty for the first kind that there are any of."""

    state: str = ""
    page: int = 1

    def address(self, **changes: Any) -> str:
        """The query string of this view with `changes`, `?` included; empty where nothing differs from the first."""
        other = replace(self, **changes)
        pairs = [("state", other.state), ("page", other.page if other.page > 1 else "")]
        return query_string(pairs)

    def api_query(self) -> dict[str, Any]:
        return state_query(self.state) | {"page": self.page, "page_size": PAGE_SIZE}


def state_query(state: str) -> dict[str, Any]:
    """The questions of one kind, as the API's list of matches understands it; what was decided last comes first."""
    if state == "decided":
        return {"locked": "true", "sort_by": "tried_at", "sort_order": "desc"}
    return {"state": state}


class Fact(msgspec.Struct, frozen=True):
    """One of what two films are told apart by; `value` is empty where nobody knows it."""

    name: str
    value: str


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A film or title beside others: every sheet has the same facts in the same order, so that rows can be compared.

    `kind` is said of what is no film, `also` is the original title where it differs.
    """

    title: str
    kind: str
    also: str
    facts: list[Fact]
    poster: Poster | None
    tint: int
    url: str | None

    @property
    def spoken(self) -> str:
        """The title with what is known of it, for who hears a button without its surroundings."""
        return ", ".join(words for words in (self.title, self.kind, *(fact.value for fact in self.facts)) if words)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A title to choose; `key` is the key of the keyboard that does, empty after the ninth."""

    value: str
    key: str
    sheet: Sheet
    why: str
    why_not: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A film and what it may be.

    `asks` is what a person is to say of its choices, `film_path` leads to Marquee's page of the film, `search` to
    TMDB's own search; `fault` says why `typed` names no title.
    """

    slug: str
    path: str
    film_path: str
    sheet: Sheet
    message: str
    asks: str
    choices: list[Choice]
    search: str
    typed: str = ""
    fault: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A film that is decided: `verdict` names its look, `said` is the decision in words, `note` what happens next.

    `others` are films of the same title. `look` is the address that knows more in a moment, empty where nothing more
    is to come.
    """

    slug: str
    path: str
    film_path: str
    sheet: Sheet
    verdict: str
    said: str
    url: str | None
    note: str
    others: list[str]
    when: Moment | None
    look: str


def question(match: Match, typed: str = "", fault: str = "") -> Question:
    film = match.film
    return Question(
        slug=film.slug,
        path=_path(film.slug),
        film_path=_film_path(film.slug),
        sheet=_film_sheet(match),
        message=match.message or "",
        asks=_asks(match),
        choices=[_choice(each, number) for number, each in enumerate(match.candidates, start=1)],
        search=f"{TMDB}/search?{urlencode({'query': film.title})}",
        typed=typed,
        fault=fault,
    )


def answer(match: Match, clock: Clock, looks: int = 0) -> Answer:
    """What is shown of a decided film; `looks` is how often its page has asked whether TMDB's poster is there."""
    film, none = match.film, match.tmdb_id is None
    chosen = next((each for each in match.candidates if (each.media_type, each.tmdb_id) == _key(match)), None)
    sheet = _film_sheet(match)
    if chosen and not sheet.poster:
        sheet = replace(sheet, poster=poster_of(chosen.poster_url))
    waits = not (none or sheet.poster or match.message) and 0 < looks <= MOST_LOOKS
    return Answer(
        slug=film.slug,
        path=_path(film.slug),
        film_path=_film_path(film.slug),
        sheet=sheet,
        verdict="none" if none else "doubtful" if match.message else "",
        said="Not on TMDB" if none else _said(match, chosen),
        url=web_address(match.url),
        note=match.message or (match.note if isinstance(match, DecidedMatch) else ""),
        others=[_name(each.title, each.year) for each in match.same_title] if isinstance(match, DecidedMatch) else [],
        when=clock.past(match.tried_at) if match.tried_at else None,
        look=f"{_path(film.slug)}?{urlencode({'looks': looks + 1})}" if waits else "",
    )


def title_key(text: str) -> TitleKey | None:
    """The title that a person names by its address on TMDB or by its number; None where it is neither.

    >>> title_key("https://www.themoviedb.org/tv/1399-game-of-thrones/cast?language=de")
    ('tv', 1399)
    >>> title_key(" 949 "), title_key("tv/1399"), title_key("https://example.org/movie/949")
    (('movie', 949), ('tv', 1399), None)
    """
    text = text.strip()
    if match := SHORT_TITLE.match(text):
        kind, number = match[1] or "movie", int(match[2])
    elif match := TITLE_PATH.match(_tmdb_path(text)):
        kind, number = match[1], int(match[2])
    else:
        return None
    return (kind, number) if 0 < number <= LARGEST_ID else None


def _tmdb_path(text: str) -> str:
    """The path of an address at TMDB, with or without its scheme; empty for another site's."""
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
    except ValueError:
        return ""
    return parts.path if parts.hostname in ("www.themoviedb.org", "themoviedb.org") else ""


def _choice(candidate: Candidate, number: int) -> Choice:
    return Choice(
        value=f"{candidate.media_type}/{candidate.tmdb_id}",
        key=str(number) if number <= KEYS else "",
        sheet=Sheet(
            title=candidate.title,
            kind=KINDS["tv"] if candidate.media_type == "tv" else "",
            also=_also(candidate.original_title, candidate.title),
            facts=_facts(candidate.year, candidate.directors, candidate.runtime_minutes),
            poster=poster_of(candidate.poster_url),
            tint=tint_of(f"{candidate.tmdb_id}"),
            url=web_address(candidate.url),
        ),
        why=_sentence(candidate.why),
        why_not=_sentence(candidate.why_not),
    )


def _film_sheet(match: Match) -> Sheet:
    film = match.film
    return Sheet(
        title=film.title,
        kind="",
        also=_also(film.original_title, film.title),
        facts=_facts(film.year, film.directors, film.runtime_minutes),
        poster=poster_of(film.poster_url),
        tint=tint_of(film.slug),
        url=web_address(film.url),
    )


def _asks(match: Match) -> str:
    """What a person is asked; nothing where no title came into question."""
    if match.state == "not_found" or not match.candidates:
        return ""
    return "Is it this one?" if len(match.candidates) == 1 else "Which of these is it?"


def _facts(year: int | None, directors: list[str], minutes: int | None) -> list[Fact]:
    return [
        Fact("Year", str(year) if year else ""),
        Fact("By", ", ".join(list(dict.fromkeys(directors))[:MOST_DIRECTORS])),
        Fact("Length", runtime(minutes) if minutes else ""),
    ]


def _said(match: Match, chosen: Candidate | None) -> str:
    if chosen:
        return _name(chosen.title, chosen.year)
    return f"{KINDS.get(match.media_type or '', 'Title')} {match.tmdb_id}"


def _key(match: Match) -> tuple[str | None, int | None]:
    return match.media_type, match.tmdb_id


def _name(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title


def _also(original_title: str | None, title: str) -> str:
    return original_title if original_title and original_title != title else ""


def _sentence(text: str | None) -> str:
    """`text` as a sentence of its own."""
    if not text:
        return ""
    said = text[:1].upper() + text[1:]
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _path(slug: str) -> str:
    return f"/matches/film/{quote(slug, safe=':~')}"


def _film_path(slug: str) -> str:
    return f"/films/{quote(slug, safe=':~')}"
