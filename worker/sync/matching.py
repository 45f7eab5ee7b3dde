"""Which TMDB title a Letterboxd film is: searching first, since it is quick, then what the film's page proves.

The order of proof: a person's choice and an id that is known already never come here (`due`); then the only title of
this name and year (`by_search`); then the film page's link to TMDB and its IMDb id (`by_ids`); then the one title of
this name that has the page's directors and length (`by_evidence`); then a person. Nothing is guessed: a search is
believed only where exactly one title can be meant, an id only where it does not contradict the film, and every doubt
ends as a question for a person.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from api.db.details import Details
from api.db.text import fold
from api.errors import Missing
from worker.sources.letterboxd.film import FilmPage
from worker.sources.tmdb.matching import plausible_hits, unique_hit
from worker.sources.tmdb.shapes import Hit, SearchResult
from worker.sync.case import (
    MOST_CANDIDATES,
    NONE_EXCLUDED,
    Case,
    Confidence,
    FilmIdentity,
    FilmPages,
    Match,
    Method,
    Named,
    TitleId,
    Tmdb,
    likeness,
)
from worker.sync.evidence import Evidence

__all__ = [
    "NONE_EXCLUDED", "Case", "Doubt", "FilmIdentity", "FilmPages", "Match", "Tmdb", "by_evidence", "by_ids", "by_page",
    "by_search", "case_of", "is_another",
]  # fmt: skip

IsTaken = Callable[[TitleId], Awaitable[bool]]

ONLY = "It is the only title of the film’s name and year."
LINKED = "Letterboxd links the film to this title."
SAME_IMDB_ID = "TMDB has this title for the film’s IMDb id."
IDENTIFIED = "It has the film’s name, director and length."
# Words that nearly every title has in its language: they hardly narrow a search.
COMMON = """
a an the and or of in on at to for from with by is le la les un une de du des et en au aux der die das den dem
ein eine und im am von zu el los las y del al il lo gli i e di da o os as um uma do dos no na het een van
"""
COMMON_WORDS = frozenset(COMMON.split())


async def _free(_key: TitleId) -> bool:
    return False


async def by_search(
    film: FilmIdentity,
    tmdb: Tmdb,
    *,
    exclude: frozenset[TitleId] = NONE_EXCLUDED,
    is_taken: IsTaken = _free,
    believing: bool = True,
) -> Match:
    """The only title of this name and year; else pending, with candidates. Never one of `exclude`, which TMDB dropped.

    A film without a year is not searched for: a name alone proves nothing. A title that another film is already
    (`is_taken`) is not believed either: two films are never the same; nor is any, where not `believing`.
    """
    if film.year is None:
        return Match(state="pending")
    result = await _searched(film.title, film.year, tmdb)
    hits = [hit for hit in result.hits if (hit.media_type, hit.tmdb_id) not in exclude]
    hit = unique_hit(SearchResult(hits, result.complete), film.title, film.year)
    if not believing or hit is None or await is_taken((hit.media_type, hit.tmdb_id)):
        near = plausible_hits(hits, [film.title], film.year)[:MOST_CANDIDATES]
        candidates = [Named(each, likeness(each, film.year)).as_json() for each in near]
        return Match(state="pending", candidates=candidates, hits=hits)
    return Match(
        state="found",
        media_type=hit.media_type,
        tmdb_id=hit.tmdb_id,
        method="search",
        confidence="probable",
        because=ONLY,
        by_name_alone=True,
    )


async def by_page(
    film: FilmIdentity,
    tmdb: Tmdb,
    film_pages: FilmPages,
    countries: Sequence[str],
    *,
    searched: Match,
    exclude: frozenset[TitleId] = NONE_EXCLUDED,
) -> Match:
    """What the film's page proves, or makes probable; otherwise review or not found.

    `searched` is what `by_search` left pending. Of the page's errors Missing alone is an outcome, the rest is raised.
    """
    hits = None if film.year is None else searched.hits
    case = Case(film, tmdb, countries, hits=hits, exclude=exclude)
    try:
        page = await film_pages(film.slug)
    except Missing:
        return case.undecided("Letterboxd has no page for this film any more", await case.likely())
    if is_another(page, film):
        return case.undecided("Letterboxd's page for this film now shows another film", await case.likely())
    case = case_of(film, page, tmdb, countries, hits=hits, exclude=exclude)
    outcome = await by_ids(case, page)
    return outcome if isinstance(outcome, Match) else await by_evidence(case, page, outcome)


@dataclass
class Doubt:
    """Why the ids of a film's page prove nothing, and the titles that they name."""

    because: str
    named: list[Named] = field(default_factory=list)


def case_of(
    film: FilmIdentity,
    page: FilmPage,
    tmdb: Tmdb,
    countries: Sequence[str],
    *,
    hits: list[Hit] | None = None,
    exclude: frozenset[TitleId] = NONE_EXCLUDED,
) -> Case:
    """A film whose page was read; the page only speaks for it where it is surely of the same film."""
    codes = bool(film.lid and page.lid) or bool(film.letterboxd_id and page.letterboxd_id)
    sure = page.slug == film.slug or codes
    titles = [film.title, *(title for title in (page.title, page.original_title) if sure and title)]
    return Case(
        replace(film, year=film.year or page.year),
        tmdb,
        countries,
        hits=hits,
        exclude=exclude,
        evidence=Evidence.of(page) if sure else None,
        titles=titles,
    )


async def by_ids(case: Case, page: FilmPage) -> Match | Doubt:
    """The title that the page's link to TMDB and its IMDb id prove.

    They prove nothing where they lead nowhere, contradict the film, or contradict each other beyond what the page's
    other facts settle.
    """
    linked = await case.details(page.tmdb) if page.tmdb else None
    doubt = case.doubts(linked, page.imdb_id) if linked else None
    if linked and not doubt and page.imdb_id in (None, linked.imdb_id):
        return _found(linked, page, "page", "proven", LINKED)
    known = await _known_by(case, page.imdb_id) if page.imdb_id else []
    sound = _narrowed(case, [each.details for each in known if each.details and not each.against])
    if linked and not doubt:
        return _settled(case, page, linked, sound)
    if len(sound) == 1:
        return _found(sound[0], page, "imdb", "proven", SAME_IMDB_ID)
    return _doubt(page, linked, doubt, known, several=len(sound) > 1)


async def _known_by(case: Case, imdb_id: str) -> list[Named]:
    """The titles that TMDB has for this IMDb id, with what speaks against each."""
    known = []
    for hit in await case.tmdb.find(imdb_id):
        if title := await case.details((hit.media_type, hit.tmdb_id)):
            doubt = case.doubts(title, None)
            known.append(Named(title, f"TMDB has it for {imdb_id}", [doubt] if doubt else [], hit.video))
    return known


def _narrowed(case: Case, titles: list[Details]) -> list[Details]:
    """Of several titles, the one that the page's facts are of, where there is exactly one."""
    if len(titles) < 2 or case.evidence is None:
        return titles
    identified = [title for title in titles if case.evidence.identifies(title)]
    return identified if len(identified) == 1 else titles


def _settled(case: Case, page: FilmPage, linked: Details, known: Sequence[Details]) -> Match | Doubt:
    """The title that is linked, unless the page's IMDb id is another's: then the one that has the page's facts."""
    if len(known) != 1 or _key(linked) == _key(known[0]):
        return _found(linked, page, "page", "proven", LINKED)
    [other], evidence = known, case.evidence or Evidence()
    is_linked, is_other = (evidence.weigh(title) == "agrees" for title in (linked, other))
    if is_linked and not is_other:
        return _found(linked, page, "page", "proven", LINKED)
    if is_other and not is_linked:
        return _found(other, page, "imdb", "proven", SAME_IMDB_ID)
    named = [
        Named(linked, "Letterboxd links to it", case.against(linked)),
        Named(other, f"TMDB has it for {page.imdb_id}", case.against(other)),
    ]
    return Doubt("Letterboxd links to one title, and by its IMDb id to another", named)


def _doubt(page: FilmPage, linked: Details | None, doubt: str | None, known: list[Named], *, several: bool) -> Doubt:
    if linked and doubt:
        named = [Named(linked, "Letterboxd links to it", [doubt]), *known]
        return Doubt("Letterboxd links to a title that contradicts the film", named)
    if several:
        return Doubt("TMDB has several titles for the film's IMDb id", known)
    if known:
        return Doubt("The film's IMDb id leads to a title that contradicts it", known)
    gone = "Letterboxd links to a title that TMDB has no more"
    return Doubt(gone if page.tmdb else "Letterboxd names no TMDB title")


async def by_evidence(case: Case, page: FilmPage, doubt: Doubt) -> Match:
    """The one title of the film's name that has the page's directors and length, else review or not found.

    The titles that the `doubt` names are offered to a person in any case; of others, only those that may be the film.
    """
    evidence = case.evidence or Evidence()
    likely = await case.likely()
    others = await case.otherwise_named() if case.evidence else []
    identified = [each.details for each in (*likely, *others) if _is_identified(evidence, each)]
    if len(identified) == 1 and identified[0]:
        return _found(identified[0], page, "search", "probable", IDENTIFIED)
    ruled_out = [each for each in likely if each.details and evidence.excludes(each.details)]
    possible = [each for each in likely if each not in ruled_out]
    possible += [each for each in others if each.details and evidence.weigh(each.details) == "agrees"]
    return case.undecided(doubt.because, [*doubt.named, *possible], ruled_out)


def _is_identified(evidence: Evidence, named: Named) -> bool:
    return named.details is not None and not named.is_video and evidence.identifies(named.details)


def _found(title: Details, page: FilmPage, method: Method, confidence: Confidence, because: str) -> Match:
    return Match(
        state="found",
        media_type=title.media_type,
        tmdb_id=title.tmdb_id,
        imdb_id=title.imdb_id or (page.imdb_id if confidence == "proven" else None),
        method=method,
        confidence=confidence,
        because=because,
        details=title,
    )


async def _searched(title: str, year: int, tmdb: Tmdb) -> SearchResult:
    """Films and shows of this name: one request where the name is so rare that its answer holds all of them."""
    if sum(word not in COMMON_WORDS for word in fold(title).split()) > 1:
        result = await tmdb.search_all(title)
        if result.complete:
            return result
    return await tmdb.search_movies(title, year) + await tmdb.search_shows(title, year)


def is_another(page: FilmPage, film: FilmIdentity) -> bool:
    """Whether the slug led to another film; a renamed one keeps its codes."""
    if page.lid and film.lid:
        return page.lid != film.lid
    return bool(page.letterboxd_id and film.letterboxd_id) and page.letterboxd_id != film.letterboxd_id


def _key(title: Details) -> TitleId:
    return title.media_type, title.tmdb_id
