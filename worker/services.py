"""What the worker's jobs work with: made once by the composition root, given to whoever needs it."""

import msgspec

from api.db.engine import Database
from api.errors import Unavailable
from api.settings import Settings
from worker.notify import Notifier
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.tmdb.accounts import TmdbAccounts
from worker.sources.tmdb.client import TmdbClient


class Services(msgspec.Struct, frozen=True, kw_only=True):
    settings: Settings
    database: Database
    letterboxd: LetterboxdClient
    tmdb: TmdbClient
    notifier: Notifier = msgspec.field(default_factory=Notifier)
    accounts: TmdbAccounts | None = None

    def demand_accounts(self) -> TmdbAccounts:
        """The way to TMDB's accounts; raises Unavailable where the worker was made without one."""
        if self.accounts is None:
            raise Unavailable("TMDB", "this worker has no way to accounts")
        return self.accounts
