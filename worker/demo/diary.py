"""What the members of the built-in world logged lately, as their feeds show it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone

import msgspec

from worker.demo import dice
from worker.demo.model import PLAIN, Film, Member, Rating

FEED_SIZE = 50
KEPT_ON_THE_LIST = (2, 9, 20)
"""Places on the watchlist, among its ordinary films, of those that were watched and never taken off it."""
UNDATED = 7
LIST_EVERY = 30
NEW_ZEALAND = timezone(timedelta(hours=13))
"""Where Letterboxd's clock stands."""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """A film in a member's diary. `number` is the entry's own; `watched` None where only a review was written."""

    number: int
    slug: str
    stars: float | None
    liked: bool
    watched: date | None
    logged: datetime
    review: bool = False
    rewatch: bool = False


class ListMade(msgspec.Struct, frozen=True, kw_only=True):
    """A list that a member published."""

    number: int
    name: str
    logged: datetime


def diary_of(member: Member, films: Mapping[str, Film]) -> list[Logged]:
    """What the member logged, the newest first."""
    watched = sorted([*member.ratings, *_kept(member, films)], key=lambda rating: rating.watched, reverse=True)
    return [_logged(member, rating, place) for place, rating in enumerate(watched[:FEED_SIZE])]


def lists_of(diary: Iterable[Logged]) -> Iterator[ListMade]:
    """The lists that stand between the entries of a feed."""
    for part, entry in enumerate(list(diary)[1::LIST_EVERY], start=1):
        yield ListMade(number=entry.number % 100_000_000, name=f"Seen and kept {part}", logged=entry.logged)


def log(member: str, slug: str, stars: float | None, liked: bool, after: datetime) -> Logged:
    """A film that is logged now, later than everything before it."""
    logged = after + timedelta(hours=6)
    key = f"{member}:{slug}:{logged}"
    return Logged(number=_number(key), slug=slug, stars=stars, liked=liked, watched=logged.date(), logged=logged)


def _kept(member: Member, films: Mapping[str, Film]) -> Iterator[Rating]:
    ordinary = [slug for slug in member.watchlist if films[slug].case == PLAIN]
    slugs = [ordinary[place] for place in KEPT_ON_THE_LIST if place < len(ordinary)]
    for slug, seen in zip(slugs, member.ratings, strict=False):
        stars = (6 + dice.number(f"kept:{member.username}:{slug}", 5)) / 2
        yield Rating(slug, stars if slug != slugs[-1] else None, stars >= 4.5, seen.watched)


def _logged(member: Member, rating: Rating, place: int) -> Logged:
    """An entry that was logged on the day after; of two of one day, the one that stands first was logged later."""
    key = f"{member.username}:{rating.slug}"
    watched = date.fromisoformat(rating.watched)
    evening = datetime.combine(watched + timedelta(days=1), datetime.min.time(), NEW_ZEALAND) + timedelta(hours=20)
    undated = place == UNDATED
    return Logged(
        number=_number(key),
        slug=rating.slug,
        stars=rating.stars,
        liked=rating.liked,
        watched=None if undated else watched,
        logged=evening - timedelta(minutes=place),
        review=undated or dice.chance(f"reviewed:{key}", 20),
        rewatch=not undated and dice.chance(f"again:{key}", 12),
    )


def _number(key: str) -> int:
    return 1_000_000_000 + dice.number(f"logged:{key}", 9_000_000_000)
