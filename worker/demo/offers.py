"""Where the films of the built-in world stream: yesterday, and what is different today."""

from collections.abc import Iterable, Mapping
from itertools import cycle

from worker.demo import dice
from worker.demo.model import Film, Offer, Provider

COUNTRIES = ("GB", "US", "DE", "FR", "IE", "ES")
EVERYWHERE = COUNTRIES
STREAM, STORE, FREE, ADS = ("flatrate",), ("rent", "buy"), ("free",), ("ads",)
BRANDS: tuple[tuple[int, str, tuple[str, ...], tuple[str, ...], tuple[str, str]], ...] = (
    (8, "Netflix", STREAM, EVERYWHERE, ("#141414", "#e50914")),
    (1796, "Netflix Standard with Ads", STREAM, EVERYWHERE, ("#141414", "#f5f5f1")),
    (9, "Amazon Prime Video", STREAM, ("GB", "US", "DE", "FR", "IE", "ES"), ("#0f79af", "#ffffff")),
    (337, "Disney Plus", STREAM, EVERYWHERE, ("#0b1d4d", "#9fe7f5")),
    (11, "MUBI", STREAM, EVERYWHERE, ("#ffffff", "#001489")),
    (350, "Apple TV+", STREAM, EVERYWHERE, ("#1c1c1e", "#f5f5f7")),
    (1899, "HBO Max", STREAM, ("US", "ES", "FR", "DE"), ("#1b0a3c", "#c7b5ff")),
    (258, "Criterion Channel", STREAM, ("US",), ("#23282d", "#f4d8a0")),
    (39, "Now TV", STREAM, ("GB", "IE"), ("#00263a", "#00c9b7")),
    (234, "Arte", FREE, ("DE", "FR"), ("#fa481c", "#ffffff")),
    (38, "BBC iPlayer", FREE, ("GB",), ("#220f33", "#ff4c98")),
    (191, "Kanopy", FREE, ("US", "GB", "IE"), ("#233d4d", "#fe9a2e")),
    (103, "Channel 4", ADS, ("GB",), ("#0c1f12", "#aaff89")),
    (73, "Tubi TV", ADS, ("US", "GB"), ("#ffff13", "#7408ff")),
    (300, "Pluto TV", ADS, ("DE", "FR", "ES"), ("#000000", "#ffe600")),
    (2, "Apple TV Store", STORE, EVERYWHERE, ("#e8e8ed", "#1d1d1f")),
    (3, "Google Play Movies", STORE, EVERYWHERE, ("#f8f9fa", "#1a73e8")),
    (10, "Amazon Video", STORE, ("US", "GB", "DE", "IE"), ("#232f3e", "#ff9900")),
)
PROVIDERS = {
    provider_id: Provider(provider_id, name, offers, countries, colours, f"/{dice.token(f'logo:{provider_id}')}.jpg")
    for provider_id, name, offers, countries, colours in BRANDS
}
TIERS = {1796: 8}
"""Cheaper tiers of a provider: nearly everything that it has is on them too, and nothing else."""
ARRIVALS, DEPARTURES = 12, 9
SHARES = {"flatrate": 14, "free": 7, "ads": 8, "rent": 32, "buy": 36}
COUNTRIES_OF_CHANGES = ("GB", "US", "GB", "DE", "GB", "FR")


class Availability:
    """Every offer of yesterday and of today; `arrivals` and `departures` are the whole difference."""

    def __init__(self, films: Iterable[Film], changing: Iterable[str]) -> None:
        """`changing`: the slugs whose offers may change, most wanted first."""
        self.arrivals: frozenset[Offer] = frozenset()
        self.departures: frozenset[Offer] = frozenset()
        self.yesterday = {film.slug: frozenset(_offers_of(film.slug)) for film in films if film.tmdb}
        self._choose_changes([slug for slug in changing if slug in self.yesterday])
        for offer in self.departures:
            self.yesterday[offer.slug] -= set(_tiers_of(offer))
        self.today = dict(self.yesterday)
        for offer in self.arrivals:
            self.today[offer.slug] |= {offer}
        for offer in self.departures:
            self.today[offer.slug] -= {offer}

    def on(self, day: str) -> Mapping[str, frozenset[Offer]]:
        """The offers of each slug `yesterday` or `today`."""
        return self.today if day == "today" else self.yesterday

    def _choose_changes(self, slugs: list[str]) -> None:
        arrivals: set[Offer] = set()
        departures: set[Offer] = set()
        for slug, country in zip(slugs, cycle(COUNTRIES_OF_CHANGES), strict=False):
            here = sorted(each for each in self.yesterday[slug] if each.country == country and not _is_tier(each))
            absent = sorted(set(_possible(slug, country, "flatrate")) - set(here))
            if len(departures) < DEPARTURES and here and dice.chance(f"leaves:{slug}", 45):
                departures.add(dice.pick(f"left:{slug}", here))
            elif len(arrivals) < ARRIVALS and absent:
                arrivals.add(dice.pick(f"arrived:{slug}", absent))
        self.arrivals, self.departures = frozenset(arrivals), frozenset(departures)


def _offers_of(slug: str) -> Iterable[Offer]:
    if dice.chance(f"nowhere:{slug}", 11):
        return
    for country in COUNTRIES:
        if dice.chance(f"missing:{slug}:{country}", 15):
            continue
        for kind, share in SHARES.items():
            for offer in _possible(slug, country, kind):
                if dice.chance(f"offer:{slug}:{country}:{kind}:{offer.provider_id}", share):
                    yield offer
                    yield from (each for each in _tiers_of(offer) if dice.chance(f"tier:{slug}:{country}", 85))


def _possible(slug: str, country: str, kind: str) -> Iterable[Offer]:
    for provider in PROVIDERS.values():
        if kind in provider.offers and country in provider.countries and provider.provider_id not in TIERS:
            yield Offer(slug, country, provider.provider_id, kind)


def _tiers_of(offer: Offer) -> Iterable[Offer]:
    """The same offer on the cheaper tiers of its provider."""
    for tier, provider_id in TIERS.items():
        if provider_id == offer.provider_id:
            yield Offer(offer.slug, offer.country, tier, offer.offer)


def _is_tier(offer: Offer) -> bool:
    return offer.provider_id in TIERS
