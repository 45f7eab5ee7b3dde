"""A film as a card: what is shown of it, decided once and without any markup."""

import re
from collections.abc import Collection
from hashlib import blake2s
from zlib import crc32

import msgspec

from web.links import web_address
from web.offers import NO_BRANDS, STREAMING, Brands, Logo, logos
from web.shapes import Film, FilmRef, Offer
from web.words import Clock, runtime, stars

LOGOS = 4
TINTS = 6
POSTER_WIDTHS = (185, 342, 500)
POSTER_SIZE = re.compile(r"/w\d+/(?=[^/]+$)")
MATCH_STATES = {
    "review": ("unknown", "Match not certain"),
    "not_found": ("none", "Not on TMDB"),
    "error": ("unknown", "Could not be looked up"),
}


class Poster(msgspec.Struct, frozen=True):
    src: str
    srcset: str


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A film where it is only mentioned; `tint` colours its place where it has no poster."""

    slug: str
    title: str
    year: int | None
    poster: Poster | None
    tint: int


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """`state` names a look, `state_words` say it, `also` what else there is; `tint` colours a card without a poster.

    `unproven` says that the film may be taken for another title, `watched` when the member saw it, `stars` how it was.
    """

    slug: str
    title: str
    year: int | None
    runtime: str
    unproven: bool
    watched: str
    stars: str
    poster: Poster | None
    tint: int
    state: str
    state_words: str
    also: str
    logos: list[Logo]
    more: list[str]

    @property
    def key(self) -> str:
        """Differs whenever anything of the card does, so that an equal card can stay where it is in the page."""
        return blake2s(msgspec.json.encode(self), digest_size=8).hexdigest()


def card(film: Film, country: str, clock: Clock, mine: Collection[int] = (), brands: Brands = NO_BRANDS) -> Card:
    """What is shown of a film to a person in `country` who pays for the providers `mine`."""
    offers = [offer for offer in film.offers if offer.country == country]
    state, words = _state(film, offers)
    every = logos(offers, mine, brands)
    return Card(
        slug=film.slug,
        title=film.title,
        year=film.year,
        runtime=runtime(film.runtime_minutes) if film.runtime_minutes else "",
        unproven=film.match == "found" and film.match_confidence == "probable",
        watched=f"Watched {clock.short_date(film.watched_on)}" if film.watched_on else "",
        stars=stars(film.rating) if film.rating else "",
        poster=poster_of(film.poster_url),
        tint=tint_of(film.slug),
        state=state,
        state_words=words,
        also=_also(offers) if state == "streaming" else "",
        logos=every[:LOGOS],
        more=[logo.hint for logo in every[LOGOS:]],
    )


def _state(film: Film, offers: list[Offer]) -> tuple[str, str]:
    if film.match in ("review", "not_found"):
        return MATCH_STATES[film.match]
    if film.checked_at is None:
        return MATCH_STATES.get(film.match, ("unknown", "Not checked yet"))
    kinds = {offer.offer for offer in offers}
    if kinds.intersection(STREAMING):
        return "streaming", "Streaming"
    return ("paid", "Rent or buy") if kinds else ("none", "Not available")


def _also(offers: list[Offer]) -> str:
    """How a film that streams can be had besides."""
    kinds = {offer.offer for offer in offers}
    return next((f"or {kind}" for kind in ("rent", "buy") if kind in kinds), "")


def mention(film: Film | FilmRef) -> Mention:
    return Mention(
        slug=film.slug, title=film.title, year=film.year, poster=poster_of(film.poster_url), tint=tint_of(film.slug)
    )


def tint_of(slug: str) -> int:
    """Which colour stands in for the poster of a film that has none."""
    return crc32(slug.encode()) % TINTS


def poster_of(url: str | None) -> Poster | None:
    """A poster in the sizes that TMDB has of it."""
    src = web_address(url)
    if src is None:
        return None
    if not POSTER_SIZE.search(src):
        return Poster(src, "")
    sizes = (f"{POSTER_SIZE.sub(f'/w{width}/', src)} {width}w" for width in POSTER_WIDTHS)
    return Poster(src, ", ".join(sizes))
