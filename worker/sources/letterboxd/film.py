"""The page of one film: what it is elsewhere, and what Letterboxd says of it."""

import re
from typing import Any, Literal

import msgspec
from parsel import Selector

from api.errors import MarkupChanged
from worker.sources.letterboxd.markup import (
    count,
    film_number,
    json_object,
    lid_and_number,
    name_and_year,
    sample_of,
    slug_in,
    text_of,
)
from worker.sources.letterboxd.tiles import identity

MediaType = Literal["movie", "tv"]

FOOTER = ".text-footer"
FOOTER_LINKS = f"{FOOTER} a::attr(href), a[data-track-action]::attr(href)"
BODY = "body[data-tmdb-id]"
TITLES = (".primaryname .name", ".primaryname", "#featured-film-header h1")
ORIGINAL_TITLES = (".originalname", "#featured-film-header em")
YEARS = (".releasedate", "#featured-film-header .number")
NAME_AND_YEAR = 'meta[name="production:name-and-year"]::attr(content), meta[property="og:title"]::attr(content)'
OWN_LINK = 'meta[property="og:url"]::attr(content), link[rel="canonical"]::attr(href)'
IDENTIFIER = 'meta[name="production:identifier"]::attr(content)'
REPORT = "[data-report-url]::attr(data-report-url)"
SHARE = 'input[value*="boxd.it/"]::attr(value)'
LINKED_DATA = 'script[type="application/ld+json"]::text'

TMDB_LINK = re.compile(r"^https?://(?:www\.)?themoviedb\.org/(movie|tv)/0*([1-9]\d{0,9})(?!\d)")
IMDB_LINK = re.compile(r"^https?://(?:[a-z]+\.)?imdb\.com/title/(tt\d{5,10})(?!\d)")
SHARE_LINK = re.compile(r"^https?://boxd\.it/([A-Za-z0-9]{1,12})/?$")
FILM_REPORT = re.compile(r"^/ajax/film:\d+/report-form")
MINUTES = re.compile(r"(?<![\d.,])(\d[\d,]{0,6})\s*mins?\b")
DURATION = re.compile(r"^PT(?:(\d{1,3})H)?(?:(\d{1,5})M)?")
CDATA = re.compile(r"/\*\s*(?:<!\[CDATA\[|\]\]>)\s*\*/")


class FilmPage(msgspec.Struct, frozen=True, kw_only=True):
    """`tmdb` is the proof of a match: TMDB's (media type, id), None where Letterboxd links to none.

    `average` is in stars, of `rating_count` ratings; both are None while a film has few.
    """

    tmdb: tuple[MediaType, int] | None
    imdb_id: str | None
    slug: str | None
    lid: str | None
    letterboxd_id: int | None
    title: str
    original_title: str | None
    year: int | None
    runtime_minutes: int | None
    directors: list[str]
    average: float | None
    rating_count: int | None


def film_page(html: str) -> FilmPage:
    """One film's page; raises MarkupChanged without a title, or where a link to TMDB could not be seen."""
    document = Selector(html, type="html")
    if not document.css(f"{FOOTER}, {BODY}"):
        raise MarkupChanged(f"{FOOTER}, {BODY}", sample_of(document))
    linked = _linked_data(document)
    title, year = _title_and_year(document, linked)
    slug = slug_in(document.css(OWN_LINK).get())
    lid, letterboxd_id = _identity(document, slug)
    links = document.css(FOOTER_LINKS).getall()
    rating = _object(linked.get("aggregateRating"))
    return FilmPage(
        tmdb=_tmdb(document, links),
        imdb_id=next((found[1] for link in links if (found := IMDB_LINK.match(link))), None),
        slug=slug,
        lid=lid,
        letterboxd_id=letterboxd_id,
        title=title,
        original_title=_unquoted(text_of(document, *ORIGINAL_TITLES)),
        year=year,
        runtime_minutes=_runtime(document, linked),
        directors=[name for person in _list(linked.get("director")) if (name := _name(person))],
        average=_number(rating.get("ratingValue")),
        rating_count=count(str(rating.get("ratingCount", ""))),
    )


def _tmdb(document: Selector, links: list[str]) -> tuple[MediaType, int] | None:
    """The link first: the attributes of the body call a series a movie, and then hold no id."""
    for link in links:
        if found := TMDB_LINK.match(link):
            return ("tv" if found[1] == "tv" else "movie"), int(found[2])
    body = document.css(BODY).attrib
    kind, number = body.get("data-tmdb-type", ""), body.get("data-tmdb-id", "")
    if kind in ("movie", "tv") and re.fullmatch(r"[1-9]\d{0,9}", number):
        return ("tv" if kind == "tv" else "movie"), int(number)
    return None


def _title_and_year(document: Selector, linked: dict[str, Any]) -> tuple[str, int | None]:
    named, year = name_and_year(document.css(NAME_AND_YEAR).get(""))
    title = text_of(document, *TITLES) or named
    if not title:
        raise MarkupChanged(TITLES[0], sample_of(document))
    events = _list(linked.get("releasedEvent"))
    starts = str(_object(events[0]).get("startDate", "")) if events else ""
    shown = re.search(r"\b\d{4}\b", f"{text_of(document, *YEARS) or ''} {starts[:4]}")
    return title, int(shown[0]) if shown else year


def _identity(document: Selector, slug: str | None) -> tuple[str | None, int | None]:
    """The lid and the number of this film, and not of another that its page shows."""
    lid, number = lid_and_number(json_object(document.css(IDENTIFIER).get()))
    for poster in document.css("[data-item-slug]"):
        if slug and poster.attrib["data-item-slug"] == slug and not (lid and number):
            own_lid, own_number = identity(poster)
            lid, number = lid or own_lid, number or own_number
    shares = (found[1] for link in document.css(SHARE).getall() if (found := SHARE_LINK.match(link)))
    reports = (film_number(link) for link in document.css(REPORT).getall() if FILM_REPORT.match(link))
    return lid or next(shares, None), number or next(reports, None)


def _linked_data(document: Selector) -> dict[str, Any]:
    """The page's JSON-LD without the comments around it; empty where it is missing or broken."""
    return json_object(CDATA.sub("", document.css(LINKED_DATA).get("")).strip())


def _runtime(document: Selector, linked: dict[str, Any]) -> int | None:
    if found := MINUTES.search(text_of(document, FOOTER) or ""):
        return count(found[1])
    duration = DURATION.match(str(linked.get("duration", "")))
    return (int(duration[1] or 0) * 60 + int(duration[2] or 0)) or None if duration else None


def _unquoted(text: str | None) -> str | None:
    return (text.strip("‘’“”'\" \u00a0") or None) if text else None


def _name(person: object) -> str:
    return str(_object(person).get("name", "")).strip()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 < value <= 5 else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
