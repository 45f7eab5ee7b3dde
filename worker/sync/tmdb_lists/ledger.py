"""What a run knows of the titles of one list, and what it did with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from api.db.tmdb_lists import Refusal, Title
from api.db.tmdb_syncs import Report
from worker.sync.tmdb_lists.plan import Key, Plan


class Ledger:
    """`refused` are the titles that TMDB does not take: to try them each time would move all that comes after them."""

    def __init__(self, report: Report) -> None:
        """`report` is brought up to date; what an attempt before this one did stays in it."""
        self.report = report
        self.refused: dict[Key, Refusal] = {}
        self._titles: dict[Key, Title] = {}
        self._added: set[Key] = set()
        self._removed: set[Key] = set()
        self._additions = {title.key: title for title in report.additions}
        self._removals = {title.key: title for title in report.removals}

    @property
    def has_changes(self) -> bool:
        return bool(self._added or self._removed)

    def learn(self, titles: Iterable[Title]) -> list[Key]:
        """The keys of these titles, whose names are known from now on."""
        keys = []
        for title in titles:
            self._titles.setdefault(title.key, title)
            keys.append(title.key)
        return keys

    def titles(self, keys: Iterable[Key]) -> list[Title]:
        return [self._titles[key] for key in keys]

    def refuse(self, key: Key, message: str, now: datetime) -> None:
        self.refused[key] = Refusal(self._titles[key], message, now)

    def add(self, keys: Iterable[Key]) -> None:
        self._added |= set(keys)

    def remove(self, keys: Iterable[Key]) -> None:
        self._removed |= set(keys)

    def foretell(self, planned: Plan) -> None:
        """Report what would be done."""
        self.add(planned.add)
        self.remove(planned.remove)
        self.keep(planned.kept)

    def keep(self, kept: Sequence[Key]) -> None:
        self.report.kept = len(kept)

    def write(self, requests: int) -> None:
        """Bring the report up to date. What is taken off and put on again is neither an addition nor a removal."""
        moved = self._added & self._removed
        added = self._additions | {key: self._titles[key] for key in self._titles if key in self._added - moved}
        removed = self._removals | {key: self._titles[key] for key in self._titles if key in self._removed - moved}
        self.report.additions = [title for key, title in added.items() if key not in removed]
        self.report.removals = [title for key, title in removed.items() if key not in added]
        self.report.moved = len(moved)
        self.report.failed = [*self.refused.values()]
        self.report.requests = requests
