"""A film's own page: what is shown of it, decided once and without any markup."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from web.countries import country_name
from web.links import TMDB, web_address
from web.match_shapes import MatchedFilm
from web.memory_shapes import Availability, CountryAvailability, FilmDetails, Interval
from web.offers import STREAMING, Logo, by_provider, logo_of, rank
from web.timeline import Bar, Row, Tick, timeline
from web.words import Clock, Moment, count

QUESTIONS = {
    "review": "Marquee is not sure which title on TMDB this film is, so it shows no offers rather than wrong ones.",
    "not_found": "Marquee found no title on TMDB that is this film, so it cannot know where it streams.",
    "error": "Marquee could not find out which title on TMDB this film is.",
}
UNPROVEN = "Found on TMDB by its title and year. Marquee has not proven yet that it is the same film."
UNKNOWN = "That does not mean that it streams nowhere."
MISTAKEN = "Not known: what was shown here before were the offers of another title."
KEY = {"open": "there at the last check", "fade": "perhaps there before", "unsure": "not looked at"}
"""What a drawing does not say by itself."""
WORTH_DRAWING = timedelta(days=14)
FRESH = timedelta(days=1)


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
    spans: list[Span]
    is_open: bool
    typical: str


class Drawing(msgspec.Struct, frozen=True):
    """Lines below each other; `key` are the looks in them that need words, with those words."""

    lines: list[Line]
    key: list[tuple[str, str]]


class Tile(msgspec.Struct, frozen=True):
    """Where it can be watched now, and since when; `since` is empty where all began with the first look."""

    logo: Logo
    since: str


class Mistake(msgspec.Struct, frozen=True):
    """A stay of another title, which the film was taken for."""

    logo: Logo
    words: str


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """One country: `checked` None means that nothing is known of it; `tiles` show what can be watched there now.

    `streams` are the film's stays there without extra payment, `shops` those with it; both are empty as long as there
    is no history worth drawing, and `since` is then the day from which on there is one. `now`, `seen` (the last look)
    and `ticks` are in per cent.
    """

    code: str
    country: str
    checked: Moment | None
    link: str | None
    tiles: list[Tile]
    since: str
    streams: Drawing
    shops: Drawing
    mistakes: list[Mistake]
    ticks: list[Tick]
    now: float
    seen: float


def standing(film: FilmDetails) -> Standing | None:
    """None where nothing needs to be said."""
    if film.match in QUESTIONS:
        return Standing(" ".join(filter(None, (QUESTIONS[film.match], film.match_message))), film.match)
    if film.match != "found":
        return Standing("Marquee has not looked for this film on TMDB yet.", "")
    return Standing(UNPROVEN, "") if film.match_confidence == "probable" else None


def with_what_is_known(film: FilmDetails, asked: MatchedFilm) -> FilmDetails:
    """The film of a question, with what its Letterboxd page said of it where TMDB says nothing."""
    return replace(
        film,
        original_title=film.original_title or asked.original_title,
        directors=film.directors or asked.directors,
        runtime_minutes=film.runtime_minutes or asked.runtime_minutes,
    )


def tmdb_page(film: FilmDetails) -> str | None:
    return f"{TMDB}/{film.media_type}/{film.tmdb_id}" if film.media_type and film.tmdb_id else None


def places(availability: Availability, mine: Collection[tuple[str, int]], clock: Clock) -> list[Where]:
    """Every country in its order; `mine` is what the member pays for, as (country, provider id)."""
    return [_where(each, _of_country(mine, each.country), clock) for each in availability.countries]


def ignorance(film: FilmDetails, every: Sequence[Where]) -> str:
    """Why nothing is known of any country; "" where something is."""
    if any(place.checked for place in every):
        return ""
    if any(place.mistakes for place in every):
        return f"{MISTAKEN} {UNKNOWN}"
    return f"Not known{' yet' if film.match in ('found', 'pending') else ''}. {UNKNOWN}"


def _of_country(services: Collection[tuple[str, int]], country: str) -> set[int]:
    return {provider_id for code, provider_id in services if code == country}


def _where(known: CountryAvailability, mine: Collection[int], clock: Clock) -> Where:
    stays = [interval for interval in known.intervals if interval.ended != "corrected"]
    mistakes = [interval for interval in known.intervals if interval.ended == "corrected"]
    drawn = timeline(stays, known.checked_at, clock.now, clock.zone)
    rows = sorted(drawn.rows, key=lambda row: (not row.is_open, row.provider_id not in mine, rank(row.offer)))
    worth = _is_worth_drawing(stays, clock.now)
    lines = [row for row in rows if worth]
    first = min((interval.first_seen_at for interval in stays), default=None)
    return Where(
        code=known.country,
        country=country_name(known.country),
        checked=clock.past(known.checked_at) if known.checked_at else None,
        link=web_address(known.link),
        tiles=_tiles(stays, mine, clock, known.checked_at, dated=worth),
        since=clock.date_name(clock.day(first)) if first and not worth else "",
        streams=_drawing([_line(row, mine, clock) for row in lines if row.offer in STREAMING]),
        shops=_drawing([_line(row, mine, clock) for row in lines if row.offer not in STREAMING]),
        mistakes=[_mistake(interval, clock) for interval in mistakes],
        ticks=drawn.ticks,
        now=drawn.now,
        seen=drawn.seen,
    )


def _is_worth_drawing(stays: Iterable[Interval], now: datetime) -> bool:
    """Whether a drawing tells more than what can be watched now."""
    return any(stay.closed_at or now - stay.first_seen_at >= WORTH_DRAWING for stay in stays)


def _tiles(
    stays: Iterable[Interval], mine: Collection[int], clock: Clock, checked_at: datetime | None, *, dated: bool
) -> list[Tile]:
    """By provider: what costs nothing extra first, the member's own services before others."""
    tiles = []
    for same in by_provider(stay for stay in stays if stay.closed_at is None):
        first = min(same, key=lambda stay: stay.first_seen_at)
        since = "" if first.seen_from_start and not dated else _since(first, clock)
        is_old = checked_at and clock.now - checked_at > FRESH
        seen = f"seen {clock.short_date(clock.day(checked_at))}" if checked_at and is_old else ""
        logo = logo_of(same, mine=same[0].provider_id in mine)
        tiles.append(Tile(logo, ", ".join(filter(None, (since, seen)))))
    return sorted(tiles, key=lambda tile: (tile.logo.paid, not tile.logo.mine))


def _since(stay: Interval, clock: Clock) -> str:
    return f"since {clock.short_date(clock.day(stay.first_seen_at))}{' or before' if stay.seen_from_start else ''}"


def _drawing(lines: list[Line]) -> Drawing:
    looks = {bar.look for line in lines for span in line.spans for bar in span.bars}
    looks |= {"open"} if any(line.is_open for line in lines) else set()
    return Drawing(lines, [(look, words) for look, words in KEY.items() if look in looks])


def _mistake(stay: Interval, clock: Clock) -> Mistake:
    first = clock.date_name(clock.day(stay.first_seen_at))
    last = clock.date_name(clock.day(stay.closed_at)) if stay.closed_at else first
    return Mistake(logo_of([stay], mine=False), f"on {first}" if last == first else f"from {first} to {last}")


def _line(row: Row, mine: Collection[int], clock: Clock) -> Line:
    stay = row.stays[-1].interval.typical_stay
    known = f"Films usually stay on {row.provider} for {count(stay.days, 'day')} ({stay.samples} seen)." if stay else ""
    return Line(
        logo=logo_of([row], mine=row.provider_id in mine),
        spans=[_span(each.interval, each.bars, clock) for each in row.stays],
        is_open=row.is_open,
        typical=known,
    )


def _span(interval: Interval, bars: list[Bar], clock: Clock) -> Span:
    first = clock.date_name(clock.day(interval.first_seen_at))
    begun = f"{first} or before" if interval.seen_from_start else first
    if not interval.closed_at:
        since = f"before {first}" if interval.seen_from_start else first
        return Span(first=begun, last="", end="still there", words=f"There since {since}", bars=bars)
    last = clock.date_name(clock.day(interval.last_seen_at or interval.closed_at))
    return Span(
        first=begun,
        last=last,
        end="left",
        words=f"{begun} to {last}{_length(interval, interval.closed_at)}, then it left",
        bars=bars,
    )


def _length(interval: Interval, closed_at: datetime) -> str:
    """How long a stay of known beginning was."""
    if interval.seen_from_start:
        return ""
    days = round((closed_at - interval.first_seen_at) / timedelta(days=1))
    return f", {count(days, 'day')}" if days else ""
