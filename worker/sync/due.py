"""What a run has to do for a film: decided from when it was done last, so that a resumed run repeats nothing.

A person's locked choice is never asked about again, and an id that is known only where TMDB dropped it, or where it
was probable and what it was found by has changed; what is left is matched by the order of proof in `matching`.
"""

from datetime import datetime, timedelta

import msgspec

from api.db.matches import QUESTIONS, FilmWork
from api.db.runs import RunOrder
from api.settings import Settings

RETRY_MATCH_AFTER = timedelta(days=7)

# A daily run must not skip a film because yesterday's run reached it a little later in the day.
TOLERANCE = 0.1


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """The times before which something counts as old; offers are not read for their own sake where that is None.

    Where nobody is `eager`, a film that could not be matched is as old as a question before it is tried again.
    """

    offers: datetime | None
    details: datetime
    match: datetime
    eager: bool = True

    def is_match_due(self, film: FilmWork) -> bool:
        if film.locked:
            return False
        if film.tried_at is None:
            return True
        if film.state in QUESTIONS or (film.state != "found" and not self.eager):
            return film.tried_at < self.match
        return film.state != "found"

    def are_offers_due(self, film: FilmWork) -> bool:
        return film.title_key is not None and self.offers is not None and _is_old(film.offers_checked_at, self.offers)

    def are_details_due(self, film: FilmWork) -> bool:
        return film.title_key is not None and _is_old(film.details_checked_at, self.details)

    def is_anything_due(self, film: FilmWork) -> bool:
        return self.is_match_due(film) or self.are_offers_due(film) or self.are_details_due(film)


def due_in(order: RunOrder, settings: Settings) -> Due:
    """What is old in this run; a forced run takes everything for old that was done before it was asked for."""
    if order.force:
        return Due(offers=order.created_at, details=order.created_at, match=order.created_at)
    return Due(
        offers=_before(order.created_at, timedelta(hours=settings.offers_max_age)),
        details=_before(order.created_at, timedelta(hours=settings.details_max_age)),
        match=_before(order.created_at, RETRY_MATCH_AFTER),
    )


def due_of_watched(order: RunOrder, settings: Settings) -> Due:
    """What is old of films that are on no watchlist, however a run was asked for: they may be thousands.

    Who has seen a film need not know daily where it can be seen.
    """
    return Due(
        offers=None,
        details=_before(order.created_at, timedelta(hours=settings.details_max_age)),
        match=_before(order.created_at, RETRY_MATCH_AFTER),
        eager=False,
    )


def all_due(now: datetime) -> Due:
    """Everything that was done before now is old."""
    return Due(offers=now, details=now, match=now)


def _before(moment: datetime, age: timedelta) -> datetime:
    return moment - age * (1 - TOLERANCE)


def _is_old(checked_at: datetime | None, cutoff: datetime) -> bool:
    return checked_at is None or checked_at < cutoff
