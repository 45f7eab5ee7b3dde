"""A film as a card: what is shown of it, decided once and without any markup."""

import re
from collections.abc import Collection
from hashlib import blake2s
from urllib.parse import urlsplit
from zlib import crc32

import msgspec

from web.shapes import Film, Offer
from web.words import Clock, runtime, stars

LOGOS = 4
TINTS = 6
POSTER_WIDTHS = (185, 342, 500)
POSTER_SIZE = re.compile(r"/w\d+/(?=[^/]+$)")
OFFER_ORDER = ("flatrate", "free", "ads", "rent", "buy")
STREAMING = ("flatrate", "free", "ads")
OFFER_WORDS = {
    "flatrate": "subscription",
    "free": "free",
    "ads": "free with ads",
    "rent": "rent",
    "buy": "buy",
}
MATCH_STATES = {
    "review": ("unknown", "Match not certain"),
    "not_found": ("none", "Not on TMDB"),
    "error": ("unknown", "Could not be looked up"),
}


class Logo(msgspec.Struct, frozen=True):
    """A provider of a film; `paid` where each film costs extra, `mine` where the member pays for the provider."""

    provider: str
    hint: str
    url: str | None
    paid: bool
    mine: bool


class Poster(msgspec.Struct, frozen=True):
    src: str
    srcset: str


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


def card(film: Film, country: str, clock: Clock, mine: Collection[int] = ()) -> Card:
    """What is shown of a film to a person in `country` who pays for the providers `mine`."""
    offers = [offer for offer in film.offers if offer.country == country]
    state, words = _state(film, offers)
    logos = _logos(offers, mine)
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
        logos=logos[:LOGOS],
        more=[logo.hint for logo in logos[LOGOS:]],
    )


def web_address(url: str | None) -> str | None:
    """`url` where it is one that a page may link to, None for `javascript:` and its kind."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


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


def _logos(offers: list[Offer], mine: Collection[int]) -> list[Logo]:
    """One logo per provider: what streams before what costs extra, and in either the member's own services first."""
    kinds: dict[int, list[Offer]] = {}
    for offer in sorted(offers, key=_order):
        kinds.setdefault(offer.provider_id, []).append(offer)
    logos = [
        Logo(
            provider=same[0].provider,
            hint=f"{same[0].provider} ({', '.join(OFFER_WORDS.get(offer.offer, offer.offer) for offer in same)})",
            url=web_address(same[0].logo_url),
            paid=same[0].offer not in STREAMING,
            mine=same[0].provider_id in mine,
        )
        for same in kinds.values()
    ]
    return sorted(logos, key=lambda logo: (logo.paid, not logo.mine))


def _order(offer: Offer) -> int:
    return offer_rank(offer.offer)


def offer_rank(kind: str) -> int:
    """The place of a kind of offer, the cheapest way to watch being the first."""
    return OFFER_ORDER.index(kind) if kind in OFFER_ORDER else len(OFFER_ORDER)


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
