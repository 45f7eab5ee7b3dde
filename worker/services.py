"""What the worker's jobs work with: made once by the composition root, given to whoever needs it."""

import msgspec

from api.db.engine import Database
from api.settings import Settings
from worker.notify import Notifier
from worker.sources.letterboxd.client import LetterboxdClient
from worker.sources.tmdb.client import TmdbClient


class Services(msgspec.Struct, frozen=True, kw_only=True):
    settings: Settings
    database: Database
    letterboxd: LetterboxdClient
    tmdb: TmdbClient
    notifier: Notifier = msgspec.field(default_factory=Notifier)
