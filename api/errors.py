"""What can go wrong in Marquee, as data; `problems.py` alone says it in HTTP.

MarqueeError
├── SettingsError(problems)                the start is refused; every setting at fault is named
├── Invalid(errors)                        bad input, by field
├── NotFound(noun, key)
│   ├── EmptyList(username)                nothing is on it, and that is no mistake
│   └── NothingFits(filters)               no film is left to choose from
├── Conflict(noun, key, because)
├── NowhereToSend                          no address for news is set
├── TooSoon(retry_after)                   the last refresh began not long ago
├── Unavailable(what, because)             a part of Marquee is away; try again later
│   ├── NotReadYet(username, because)      a watchlist that cannot be told yet
│   └── NotSetUp(what, setting, because)   a setting must be given first
├── NewerDatabase(revision)                written by a newer Marquee; nothing is touched
└── SourceError(url)                       what Letterboxd or TMDB answered
    ├── Blocked(challenge)                 asked for a browser check, or refused: back off; never "private"
    ├── Private
    ├── Missing
    │   └── Renamed(username)              Letterboxd leads from one member to another
    ├── Disallowed                         the host's robots.txt does not allow it: not asked for
    ├── RateLimited(retry_after)
    ├── Transient(status)                  5xx, time-out, lost connection, or an unexplained refusal
    ├── MarkupChanged(selector, sample)    200, entries announced, none found
    ├── KeyRefused                         TMDB does not accept the key
    ├── TokenRefused(because)              TMDB does not accept the token of an account, or not for this
    ├── NotOurs(owner)                     a list on TMDB that is another account's: nothing of it is changed
    └── ListRefused(because)               TMDB does not take a list, or a change of it
"""

from collections.abc import Sequence
from typing import ClassVar

LONGEST_NAME = 80
LONG = 120
"""A wait of so many seconds is told in minutes."""


class MarqueeError(Exception):
    """Base of everything that Marquee raises on purpose; `str()` of it is fit to be read by a person."""

    code: ClassVar[str] = "error"


class SettingsError(MarqueeError):
    """The settings cannot be used; `problems` holds one (NAME, what is wrong and what to do) per setting."""

    code = "settings"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        lines = "\n".join(f"  {name}: {problem}" for name, problem in problems)
        super().__init__(f"Marquee cannot start with these settings:\n{lines}")
        self.problems = problems


class Invalid(MarqueeError):
    """Input that cannot be used; `errors` holds one (field, message) per fault."""

    code = "invalid"

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors))
        self.errors = errors


class NotFound(MarqueeError):
    code = "not_found"

    def __init__(self, noun: str, key: object) -> None:
        super().__init__(f"There is no {noun} {_shortened(str(key))}.")
        self.noun = noun
        self.key = key


class EmptyList(NotFound):
    code = "empty_list"

    def __init__(self, username: str) -> None:
        super().__init__("film", username)
        self.args = (f"No film is on this list of {username}; with allow_empty=true that is an answer.",)


class NothingFits(NotFound):
    """`filters` are the names of the parameters that let nothing through together."""

    code = "nothing_fits"

    def __init__(self, filters: Sequence[str]) -> None:
        super().__init__("film", ", ".join(filters))
        listed = ", ".join(filters)
        together = f"fits all of these filters: {listed}" if len(filters) > 1 else f"fits the filter {listed}"
        self.args = (f"No film on a watchlist {together}." if filters else "No film is on a watchlist.",)


def _shortened(name: str) -> str:
    """`name`, or its beginning: it may be anything that somebody asked for."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


class Conflict(MarqueeError):
    code = "conflict"

    def __init__(self, noun: str, key: object, because: str, *, to_be: str = "changed") -> None:
        super().__init__(f"The {noun} {key} cannot be {to_be}: {because}.")
        self.noun = noun
        self.key = key
        self.because = because


class NowhereToSend(MarqueeError):
    code = "nowhere_to_send"

    def __init__(self) -> None:
        super().__init__("There is nowhere to send news to: NOTIFY_URLS is not set.")


class TooSoon(MarqueeError):
    """A refresh of the same members began within REFRESH_MIN_INTERVAL; `retry_after` is in seconds."""

    code = "too_soon"

    def __init__(self, retry_after: int) -> None:
        wait = f"{retry_after} second" if retry_after < LONG else f"{-(-retry_after // 60)} minute"
        plural = "" if wait.startswith("1 ") else "s"
        super().__init__(f"The last refresh began not long ago. The next one can start in {wait}{plural}.")
        self.retry_after = retry_after


class Unavailable(MarqueeError):
    """A part of Marquee is away; `retry_after` is in seconds."""

    code = "unavailable"

    def __init__(self, what: str, because: str, retry_after: int = 10) -> None:
        super().__init__(f"{what} is not available: {because}.")
        self.what = what
        self.because = because
        self.retry_after = retry_after


class NotReadYet(Unavailable):
    """A watchlist that Marquee cannot tell; what it would answer is not the whole of it."""

    code = "not_read_yet"

    def __init__(self, username: str, because: str) -> None:
        super().__init__(f"The watchlist of {username}", because, retry_after=600)


class NotSetUp(Unavailable):
    """What nobody can use before `setting` is given; `because` says what to do."""

    code = "not_set_up"

    def __init__(self, what: str, setting: str, because: str) -> None:
        super().__init__(what, because, retry_after=600)
        self.setting = setting


class NewerDatabase(MarqueeError):
    """The database is at a revision that this Marquee does not know."""

    code = "newer_database"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was written by a newer Marquee (revision {revision}). Nothing was changed. "
            "Install that version again, or restore the copy that it left beside the database."
        )
        self.revision = revision


class SourceError(MarqueeError):
    """An answer of the outside world that could not be used; `url` never holds a query."""

    code = "source"

    def __init__(self, message: str, url: str = "") -> None:
        super().__init__(message)
        self.url = url


class Blocked(SourceError):
    code = "blocked"

    def __init__(self, url: str, *, challenge: bool) -> None:
        why = "it asked for a browser check" if challenge else "it refused the request"
        super().__init__(f"Letterboxd did not let Marquee read a page ({why})", url)
        self.challenge = challenge


class Private(SourceError):
    code = "private"

    def __init__(self, url: str) -> None:
        super().__init__("This page is private on Letterboxd", url)


class Missing(SourceError):
    code = "missing"

    def __init__(self, url: str) -> None:
        super().__init__("This page does not exist", url)


class Renamed(Missing):
    """Letterboxd leads from the member's page to that of `username`."""

    def __init__(self, url: str, username: str) -> None:
        super().__init__(url)
        self.username = username


class Disallowed(SourceError):
    """The robots.txt of `host` does not allow this page to be read, so it was not asked for."""

    code = "disallowed"

    def __init__(self, url: str, *, host: str = "The host") -> None:
        super().__init__(f"{host}’s robots.txt does not allow Marquee to read this page", url)


class RateLimited(SourceError):
    """`retry_after` is in seconds, None where the answer named no time."""

    code = "rate_limited"

    def __init__(self, url: str, retry_after: float | None = None, *, host: str = "The host") -> None:
        super().__init__(f"{host} asked Marquee to slow down", url)
        self.retry_after = retry_after


class Transient(SourceError):
    """`status` is the HTTP status, None where no answer came; `retry_after` in seconds where it named one.

    `because` says what `host` did: the message is made of both.
    """

    code = "unreachable"

    def __init__(
        self,
        url: str,
        status: int | None = None,
        because: str = "did not answer",
        retry_after: float | None = None,
        *,
        host: str = "The host",
    ) -> None:
        super().__init__(f"{host} {f'answered with an error ({status})' if status else because}", url)
        self.status = status
        self.retry_after = retry_after


class MarkupChanged(SourceError):
    """A page was understood before and is not now; `sample` is a short piece of it, without personal data."""

    code = "changed"

    def __init__(self, selector: str, sample: str = "", url: str = "") -> None:
        super().__init__("Letterboxd changed this page: Marquee does not understand it any more", url)
        self.selector = selector
        self.sample = sample


class KeyRefused(SourceError):
    code = "key_refused"

    def __init__(self, url: str = "") -> None:
        super().__init__("TMDB does not accept this key: check TMDB_API_KEY", url)


class TokenRefused(SourceError):
    """`because` says what is wrong with the token, and what to do."""

    code = "token_refused"

    def __init__(self, because: str, url: str = "") -> None:
        super().__init__(because, url)


class NotOurs(SourceError):
    """`owner` is the account that the list is of, where TMDB says so."""

    code = "not_ours"

    def __init__(self, owner: str | None = None, url: str = "") -> None:
        whose = f"of {owner}, and not of the account whose token Marquee has" if owner else "another account's"
        super().__init__(f"This list on TMDB is {whose}: nothing was changed", url)
        self.owner = owner


class ListRefused(SourceError):
    code = "list_refused"

    def __init__(self, because: str, url: str = "") -> None:
        super().__init__(because, url)
