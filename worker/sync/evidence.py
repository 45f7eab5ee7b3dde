"""What a film's page tells besides ids, against what TMDB says of a title: directors, running time, original title.

Two titles of one name and year are told apart by it, and a title that was found by its name alone is confirmed or
doubted. A director of the same name is the same; a running time may differ a little from one cut to another.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from api.db.details import Details
from api.db.text import fold
from worker.sources.letterboxd.film import FilmPage

Verdict = Literal["agrees", "differs", "unknown"]

SAME_NAME = 0.85
CLOSE_SHARE, CLOSE_MINUTES = 0.1, 5
FAR_SHARE, FAR_MINUTES = 0.33, 10


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """`runtime` is in minutes; what the page does not say is None or empty."""

    directors: list[str] = []
    runtime: int | None = None
    original_title: str | None = None

    @classmethod
    def of(cls, page: FilmPage) -> "Evidence":
        return cls(directors=page.directors, runtime=page.runtime_minutes, original_title=page.original_title)

    def weigh(self, title: Details) -> Verdict:
        """Whether the title is the film, as far as this evidence goes."""
        directed, lasting = self._same_directors(title), self._same_runtime(title)
        if directed is False or lasting is False:
            return "differs"
        if directed or lasting:
            return "agrees"
        return "agrees" if self._same_original_title(title) and directed is None else "unknown"

    def identifies(self, title: Details) -> bool:
        """Whether the title can hardly be another film: the same directors, and the same length."""
        return bool(self._same_directors(title) and self._same_runtime(title))

    def excludes(self, title: Details) -> bool:
        """Whether the title can hardly be the film, whatever links to it: other directors, and another length."""
        ours, theirs = self.runtime, title.runtime_minutes
        return self._same_directors(title) is False and not (ours and theirs and abs(ours - theirs) <= 1)

    def differences(self, title: Details) -> list[str]:
        """What speaks against the title, in words; more than what makes it another one."""
        found, makers = [], directors(title)
        if self.directors and makers and not self._share(makers):
            did = "made" if title.media_type == "tv" else "directed"
            found.append(f"{_and(makers)} {did} it, and not {_and(self.directors)}")
        if self.runtime and title.runtime_minutes and not self._same_runtime(title) and title.media_type != "tv":
            found.append(f"it lasts {title.runtime_minutes} minutes, and the film {self.runtime}")
        return found

    def _same_directors(self, title: Details) -> bool | None:
        """None where one side names nobody, and where a show names others: its creators need not have directed it."""
        theirs = directors(title)
        if not self.directors or not theirs:
            return None
        if self._share(theirs):
            return True
        return None if title.media_type == "tv" else False

    def _share(self, makers: Iterable[str]) -> bool:
        return any(_same_person(one, other) for one in self.directors for other in makers)

    def _same_runtime(self, title: Details) -> bool | None:
        """None where one side says nothing, or where it may be another cut; a show's is that of an episode."""
        if not self.runtime or not title.runtime_minutes or title.media_type == "tv":
            return None
        apart, longer = abs(self.runtime - title.runtime_minutes), max(self.runtime, title.runtime_minutes)
        if apart <= max(CLOSE_MINUTES, longer * CLOSE_SHARE):
            return True
        return False if apart > max(FAR_MINUTES, longer * FAR_SHARE) else None

    def _same_original_title(self, title: Details) -> bool:
        names = {fold(name) for name in (title.title, title.original_title or "") if name}
        return bool(self.original_title) and fold(self.original_title or "") in names


def directors(title: Details) -> list[str]:
    """Who directed it; of a show, who made it too."""
    return list(dict.fromkeys(person.name for person in title.people if person.role in ("director", "creator")))


def _same_person(one: str, other: str) -> bool:
    """The same words in any order, or nearly the same spelling."""
    first, second = sorted(fold(one).split()), sorted(fold(other).split())
    if first == second:
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio() >= SAME_NAME


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
