"""One film for tonight: what is best to choose from, and why it is this one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from api.brands import Brands
from api.db.film_filters import SUBSCRIPTION, FilmFilters
from api.db.pick import Row
from api.picking import Candidate, Place, choose, preferred
from api.schemas.films import Film, Offer, Wish
from api.schemas.pick import Pick, PickReasons, Preference

Services = Collection[tuple[str, int]]
"""What a member pays for, as country and provider."""

NUMBERS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NAMED = 3
GOOD = 4.0
"""From so many stars on, a rating is worth a word."""
UNITS = (("year", 365, 365), ("month", 30, 60), ("day", 1, 1))
"""What a wait is told in, by its days, and from how many days on."""
LEADS: dict[Preference, str] = {
    "included": "Nothing that fits is on your services: ",
    "elsewhere": "Nothing that fits is known to stream without extra payment: ",
}


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The film that was chosen, out of how many, and what that was narrowed to."""

    candidate: Candidate
    row: Row
    candidates: int
    preferred: Preference
    seed: int


def chosen(rows: Sequence[Row], filters: FilmFilters, now: datetime, seed: int) -> Choice:
    """One of these films, which are not none: of all where the caller said where to look, else of the best to watch."""
    found = {row.film_id: row for row in rows}
    candidates, preference = _narrowed([_candidate(row, now) for row in rows], filters)
    one = choose(candidates, seed)
    return Choice(candidate=one, row=found[one.id], candidates=len(candidates), preferred=preference, seed=seed)


def explained(
    choice: Choice, film: Film, wishes: Sequence[Wish], services: Services, filters: FilmFilters, brands: Brands
) -> Pick:
    """The film with what speaks for it; `wishes` are of all members, `services` of whom the choice is for."""
    how, providers = _where(film, services, filters)
    place = _listed(brands.names_of(providers)[:NAMED])
    reasons = PickReasons(
        providers=list(dict.fromkeys(providers.values())),
        runtime_minutes=film.runtime_minutes,
        waiting_since=choice.row.added_at,
        waiting_days=choice.candidate.waiting_days,
        wanted_by=[wish.member for wish in wishes if not filters.members or wish.member in filters.members],
        rating=choice.row.rating,
        preferred=choice.preferred,
        candidates=choice.candidates,
    )
    lead = LEADS.get(choice.preferred, "") if services or choice.preferred != "included" else ""
    why = lead + ", ".join([f"{how} {place}".rstrip(), *_words(reasons)])
    return Pick(film=film, why=f"{why[0].upper()}{why[1:]}.", reasons=reasons, seed=choice.seed)


def _narrowed(candidates: Sequence[Candidate], filters: FilmFilters) -> tuple[Sequence[Candidate], Preference]:
    if any((filters.available, filters.providers, filters.services_of, filters.offers, filters.arrived_since)):
        return candidates, "none"
    best = preferred(candidates)
    return best, best[0].place


def _candidate(row: Row, now: datetime) -> Candidate:
    place: Place = "on_services" if row.on_services else "included" if row.included else "elsewhere"
    waiting_days = max((now - row.added_at).days, 0)
    return Candidate(id=row.film_id, wanted=row.wanted, waiting_days=waiting_days, rating=row.rating, place=place)


def _where(film: Film, services: Services, filters: FilmFilters) -> tuple[str, dict[int, str]]:
    """How the film can be watched in words, and who shows it so: providers by their id, the best first."""
    offers = [each for each in film.offers if _is_asked_for(each, filters)]
    kinds = filters.offers if filters.services_of and filters.offers else SUBSCRIPTION
    mine = [each for each in offers if each.offer in kinds and (each.country, each.provider_id) in services]
    included = [each for each in offers if each.offer in SUBSCRIPTION]
    rented = [each for each in offers if each.offer == "rent"]
    for words, found in (("on", mine), ("on", included), ("to rent on", rented), ("to buy on", offers)):
        if found:
            return words, {each.provider_id: each.provider for each in found}
    return "not looked up in every country yet" if film.checked_at is None else "not to be seen anywhere now", {}


def _listed(names: Sequence[str]) -> str:
    """The names as a sentence has them.

    >>> _listed(["MUBI", "Netflix", "Kanopy"]), _listed(["MUBI"]), _listed([])
    ('MUBI, Netflix or Kanopy', 'MUBI', '')
    """
    return " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _is_asked_for(offer: Offer, filters: FilmFilters) -> bool:
    is_provider = not filters.providers or offer.provider_id in filters.providers
    return is_provider and (not filters.offers or offer.offer in filters.offers)


def _words(reasons: PickReasons) -> Iterable[str]:
    if reasons.runtime_minutes:
        yield f"{reasons.runtime_minutes} min"
    yield _waiting(reasons.waiting_days)
    if reasons.rating is not None and reasons.rating >= GOOD:
        yield f"rated {reasons.rating:.1f}"
    if number := len(reasons.wanted_by):
        many = NUMBERS[number] if number < len(NUMBERS) else str(number)
        yield f"{reasons.wanted_by[0]} wants it" if number == 1 else f"{many} of you want it"


def _waiting(days: int) -> str:
    for unit, length, least in UNITS:
        if days >= least:
            number = days // length
            return f"waiting for {number} {unit}{'' if number == 1 else 's'}"
    return "new on the watchlist"
