"""The people of the built-in world: their watchlists, what they watched and rated, and whom they follow."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, zip_longest

from worker.demo import dice
from worker.demo.model import PLAIN, Film, Member, Rating

ALICE_FILMS = 335
HARD_SHARE = 0.08
FRIENDS = ("bob", "carol", "dave", "erin", "frank", "grace")
WATCHLISTS = {"bob": 28, "carol": 29, "dave": 84, "erin": 60, "frank": 12, "grace": 140, "hidden": 40, "solo": 1}
WATCHED = {"bob": 120, "carol": 95, "dave": 120, "erin": 75, "frank": 150, "grace": 60, "solo": 3, "hidden": 40}
NAMES = {"alice": "Alice Marlowe", "bob": "Bob Okafor", "carol": "Carol Lindgren", "dave": "Dave Moretti",
         "erin": "Erin Walsh", "frank": "Frank Dubois", "grace": "Grace Tanaka", "hidden": "Hidden Person",
         "solo": "Solo Traveller", "empty": "Empty Shelf"}  # fmt: skip
LAST_DAY = date(2026, 11, 1)


def cast_members(films: Mapping[str, Film], owner_films: int) -> dict[str, Member]:
    """Every member; alice, the owner, has `owner_films` films on her watchlist, 8 % of them hard to match."""
    plain = dice.shuffled("plain", (slug for slug, film in films.items() if film.case == PLAIN))
    hard = _by_turns(_cases(film for film in films.values() if film.case != PLAIN))
    wanted = min(round(owner_films * HARD_SHARE), len(hard))
    alice = dice.shuffled("alice", plain[: owner_films - wanted] + hard[:wanted])
    members = {"alice": _member("alice", alice, _watched("alice", films, alice, 90), FRIENDS)}
    for username, size in WATCHLISTS.items():
        few_hard = hard[:4] if username == "carol" else []
        pool = dice.shuffled(username, plain)
        watchlist = dice.shuffled(f"order:{username}", pool[: size - len(few_hard)] + few_hard)
        watched = _watched(username, films, watchlist, WATCHED[username])
        members[username] = _member(username, watchlist, watched, _following(username))
    members["empty"] = _member("empty", (), (), ())
    return members


def _member(username: str, watchlist: Iterable[str], ratings: Iterable[Rating], following: Iterable[str]) -> Member:
    return Member(
        username=username,
        name=NAMES[username],
        bio=f"{NAMES[username].split()[0]} watches films and forgets to write about them.",
        watchlist=tuple(watchlist),
        ratings=tuple(ratings),
        following=tuple(following),
        private=username == "hidden",
    )


def _cases(films: Iterable[Film]) -> dict[str, list[str]]:
    cases: dict[str, list[str]] = {}
    for film in films:
        cases.setdefault(film.case, []).append(film.slug)
    return dict(sorted(cases.items(), key=lambda item: (-len(item[1]), item[0])))


def _by_turns(cases: dict[str, list[str]]) -> list[str]:
    """One film of each case, then the second of each, and so on."""
    return [slug for slug in chain.from_iterable(zip_longest(*cases.values())) if slug]


def _following(username: str) -> Sequence[str]:
    others = [name for name in ("alice", *FRIENDS, "solo") if name != username]
    return dice.shuffled(f"follows:{username}", others)[: 1 + dice.number(f"circle:{username}", len(others))]


def _watched(username: str, films: Mapping[str, Film], unseen: Iterable[str], count: int) -> Iterable[Rating]:
    """`count` films that are not on the watchlist, the one seen last first; nine of ten are rated."""
    left = set(films) - set(unseen)
    for index, slug in enumerate(dice.shuffled(f"watched:{username}", left)[:count]):
        key = f"{username}:{slug}"
        lean = round(films[slug].average * 2) + dice.number(f"mood:{key}", 5) - 2
        stars = None if dice.chance(f"unrated:{key}", 10) else min(10, max(1, lean)) / 2
        liked = stars is not None and stars >= 4 and dice.chance(f"liked:{key}", 70)
        yield Rating(slug, stars, liked, (LAST_DAY - timedelta(days=index * 2)).isoformat())
