"""A film's own page: what is shown of it, decided once and without any markup."""

from collections.abc import Collection
from datetime import timedelta

import msgspec

from web.cards import OFFER_WORDS, STREAMING, Logo, offer_rank, web_address
from web.countries import country_name
from web.memory_shapes import Availability, CountryAvailability, FilmDetails, Interval
from web.timeline import Bar, Row, Tick, timeline
from web.words import Clock, Moment, count

TMDB = "https://www.themoviedb.org"
QUESTIONS = {
    "review": "Marquee is not sure which title on TMDB this film is, so it shows no offers rather than wrong ones.",
    "not_found": "Marquee found no title on TMDB that is this film, so it cannot know where it streams.",
    "error": "Marquee could not find out which title on TMDB this film is.",
}
UNPROVEN = "Found on TMDB by its title and year. Marquee has not proven yet that it is the same film, and will."


class Standing(msgspec.Struct, frozen=True):
    """How sure it is which title on TMDB the film is; `question` is the kind of question that a person may answer."""

    words: str
    question: str


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One stay in words; `bars` draw it."""

    first: str
    last: str
    end: str
    words: str
    bars: list[Bar]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """All stays on one provider by one offer; `typical` is how long films usually stay there."""

    logo: Logo
    offer: str
    spans: list[Span]
    is_open: bool
    typical: str


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """One country: `checked` None means that nothing is known of it; `logos` show what can be watched there now.

    `lines` are the film's stays there without extra payment, `shops` those with it; `now` and `ticks` are in per cent.
    """

    code: str
    country: str
    checked: Moment | None
    link: str | None
    logos: list[Logo]
    lines: list[Line]
    shops: list[Line]
    ticks: list[Tick]
    now: float


def standing(film: FilmDetails) -> Standing | None:
    """None where nothing needs to be said."""
    if film.match in QUESTIONS:
        return Standing(QUESTIONS[film.match], film.match)
    if film.match != "found":
        return Standing("Marquee has not looked for this film on TMDB yet.", "")
    return Standing(UNPROVEN, "") if film.match_confidence == "probable" else None


def tmdb_page(film: FilmDetails) -> str | None:
    return f"{TMDB}/{film.media_type}/{film.tmdb_id}" if film.media_type and film.tmdb_id else None


def places(availability: Availability, mine: Collection[tuple[str, int]], clock: Clock) -> list[Where]:
    """Every country in its order; `mine` is what the member pays for, as (country, provider id)."""
    return [_where(each, _of_country(mine, each.country), clock) for each in availability.countries]


def _of_country(services: Collection[tuple[str, int]], country: str) -> set[int]:
    return {provider_id for code, provider_id in services if code == country}


def _where(known: CountryAvailability, mine: Collection[int], clock: Clock) -> Where:
    drawn = timeline(known.intervals, known.checked_at, clock.now, clock.zone)
    rows = sorted(drawn.rows, key=lambda row: (not row.is_open, row.provider_id not in mine, offer_rank(row.offer)))
    return Where(
        code=known.country,
        country=country_name(known.country),
        checked=clock.past(known.checked_at) if known.checked_at else None,
        link=web_address(known.link),
        logos=_now([row for row in rows if row.is_open], mine),
        lines=[_line(row, mine, clock) for row in rows if row.offer in STREAMING],
        shops=[_line(row, mine, clock) for row in rows if row.offer not in STREAMING],
        ticks=drawn.ticks,
        now=drawn.now,
    )


def _now(rows: list[Row], mine: Collection[int]) -> list[Logo]:
    """What can be watched now, by provider: what costs nothing extra first, the member's own services before others."""
    by_provider: dict[int, list[Row]] = {}
    for row in rows:
        by_provider.setdefault(row.provider_id, []).append(row)
    logos = [
        _logo(same[0], mine, ", ".join(OFFER_WORDS.get(row.offer, row.offer) for row in same))
        for same in by_provider.values()
    ]
    return sorted(logos, key=lambda logo: (logo.paid, not logo.mine))


def _logo(row: Row, mine: Collection[int], offers: str) -> Logo:
    return Logo(
        provider=row.provider,
        hint=offers,
        url=web_address(row.logo_url),
        paid=row.offer not in STREAMING,
        mine=row.provider_id in mine,
    )


def _line(row: Row, mine: Collection[int], clock: Clock) -> Line:
    offer = OFFER_WORDS.get(row.offer, row.offer)
    stay = row.stays[-1].interval.typical_stay
    known = f"Films usually stay on {row.provider} for {count(stay.days, 'day')} ({stay.samples} seen)." if stay else ""
    return Line(
        logo=_logo(row, mine, offer),
        offer=offer,
        spans=[_span(each.interval, each.bars, clock) for each in row.stays],
        is_open=row.is_open,
        typical=known,
    )


def _span(interval: Interval, bars: list[Bar], clock: Clock) -> Span:
    first = clock.date_name(clock.day(interval.first_seen_at))
    seen = interval.last_seen_at or interval.closed_at
    last = clock.date_name(clock.day(seen)) if seen and interval.closed_at else ""
    begun = f"{first} or before" if interval.seen_from_start else first
    if interval.ended == "corrected":
        return Span(first=first, last=last, end="shown by mistake", words=f"Shown by mistake from {first}", bars=bars)
    if not last:
        since = f"before {first}" if interval.seen_from_start else first
        return Span(first=begun, last="", end="still there", words=f"There since {since}", bars=bars)
    length = _length(interval)
    return Span(first=begun, last=last, end="left", words=f"{begun} to {last}{length}, then it left", bars=bars)


def _length(interval: Interval) -> str:
    """How long a stay of known beginning and end was."""
    if interval.seen_from_start or interval.closed_at is None:
        return ""
    days = round((interval.closed_at - interval.first_seen_at) / timedelta(days=1))
    return f", {count(days, 'day')}" if days else ""
