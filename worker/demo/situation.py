"""What changes while the demo runs: watchlists, diaries, what was watched, the day, the markup, who hides or moved."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from worker.demo.diary import Logged, diary_of, log
from worker.demo.lists import Lists
from worker.demo.model import Film, Member, Offer, Rating
from worker.demo.world import World

Day = Literal["yesterday", "today"]
Markup = Literal["2026", "2025", "old"]


class Move(msgspec.Struct):
    """A change of a member's watchlist right after one of its pages was served.

    after_page: the page number, or None for every page. A move after one page happens once.
    """

    member: str
    after_page: int | None
    action: Literal["add", "remove"]


class Situation:
    """The built-in world now; a new one is the world as it was at first."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.day: Day = "yesterday"
        self.markup: Markup = "2026"
        self.key_refused = False
        self.dropped: set[tuple[str, int]] = set()
        self.private = {name for name, member in world.members.items() if member.private}
        self.missing: set[str] = set()
        self.disallowed: list[str] = []
        self.moves: list[Move] = []
        self.watchlists = {name: list(member.watchlist) for name, member in world.members.items()}
        self.diaries = {name: diary_of(member, world.films) for name, member in world.members.items()}
        self.lists = Lists(lambda key: key in world.titles and key not in self.dropped)
        self.renamed: dict[str, str] = {}
        """The name to which a member's former one leads."""
        self._opinions = {name: _opinions(member, self.diaries[name]) for name, member in world.members.items()}

    def opinions(self, member: str) -> list[Rating]:
        """What the member watched, the one seen last first; raises KeyError."""
        return list(self._opinions[member].values())

    def judge(self, member: str, slug: str, stars: float | None, liked: bool) -> None:
        """Let the member see the film, or think otherwise of it, without a word in the diary; raises KeyError."""
        film, seen = self.world.films[slug], self._opinions[member]
        seen[film.slug] = Rating(film.slug, stars, liked, "2026-11-02")

    def unwatch(self, member: str, slug: str) -> None:
        """Let the member never have seen the film; raises KeyError for an unknown member."""
        self._opinions[member].pop(slug, None)

    def log(self, member: str, slug: str, stars: float | None, liked: bool) -> None:
        """Put the film on top of the member's diary, and leave the watchlist as it is; raises KeyError."""
        film, diary = self.world.films[slug], self.diaries[member]
        newest = diary[0].logged if diary else datetime(2026, 11, 2, tzinfo=UTC)
        diary.insert(0, log(member, film.slug, stars, liked, newest))
        self.judge(member, slug, stars, liked)

    def add(self, member: str, slug: str) -> None:
        """Put the film on top of the member's watchlist; raises KeyError for an unknown member or film."""
        film = self.world.films[slug]
        self.remove(member, slug)
        self.watchlists[member].insert(0, film.slug)

    def remove(self, member: str, slug: str) -> None:
        """Take the film off the member's watchlist if it is there; raises KeyError for an unknown member."""
        self.watchlists[member] = [other for other in self.watchlists[member] if other != slug]

    def page_served(self, member: str, page: int) -> None:
        """Carry out the moves that wait for this page."""
        for move in [move for move in self.moves if move.member == member and move.after_page in (None, page)]:
            if move.after_page is not None:
                self.moves.remove(move)
            self._move(move)

    def offers(self, film: Film) -> frozenset[Offer]:
        """Where the film streams on this day."""
        return self.world.availability.on(self.day).get(film.slug, frozenset())

    def _move(self, move: Move) -> None:
        watchlist = self.watchlists[move.member]
        if move.action == "remove":
            del watchlist[:1]
        else:
            seen = {*watchlist, *(rating.slug for rating in self.world.members[move.member].ratings)}
            watchlist.insert(0, next(slug for slug in self.world.films if slug not in seen))


def _opinions(member: Member, diary: Iterable[Logged]) -> dict[str, Rating]:
    """What the member rated, and what is in the diary beside it."""
    rated = {rating.slug: rating for rating in member.ratings}
    logged = {entry.slug: Rating(entry.slug, entry.stars, entry.liked, str(entry.logged.date())) for entry in diary}
    return rated | {slug: rating for slug, rating in logged.items() if slug not in rated}
