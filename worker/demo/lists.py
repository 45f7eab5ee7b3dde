"""TMDB's lists of the built-in world: who has which, what is on them, and what TMDB makes of requests to change them.

An account is whoever a token says it is of: its signature is not looked at.
"""

import base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from worker.demo import dice

Key = tuple[str, int]
TAKEN = "Media has already been taken"
UNKNOWN = "Media could not be found"
FIRST_ID = 8_600_001
APPROVAL_LASTS = timedelta(minutes=15)
ACCOUNT = "5b0d3a9c0e0a2612d5000a11"
STRANGER = "5b0d3a9c0e0a2612d5000b22"
"""The ids of two accounts."""


class Claims(msgspec.Struct):
    """What a token says of itself."""

    sub: str = ""
    scopes: list[str] = msgspec.field(default_factory=list)
    jti: str = ""

    @property
    def may_write(self) -> bool:
        return "api_write" in self.scopes


def token(account: str = ACCOUNT, *, may_write: bool = True, serial: str = "demo") -> str:
    """A token of this account, shaped as TMDB's are."""
    claims = Claims(sub=account, scopes=["api_read", "api_write"] if may_write else ["api_read"], jti=serial)
    parts = (msgspec.json.encode(part) for part in ({"alg": "HS256"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "unsigned"])


def claims_of(text: str) -> Claims | None:
    """What a token says; None where it is none."""
    try:
        part = text.split(".")[1]
        return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=Claims)
    except (IndexError, ValueError, msgspec.DecodeError):
        return None


class TmdbList(msgspec.Struct, kw_only=True):
    """One list; `items` in the order in which they were added."""

    id: int
    owner: str
    name: str
    description: str
    public: bool
    created_at: datetime
    updated_at: datetime
    items: list[Key] = msgspec.field(default_factory=list)


class Approval(msgspec.Struct):
    """A request token that a person may approve, until it is exchanged or too old."""

    expires_at: datetime
    account: str | None = None


class Lists:
    """Every list, and how TMDB behaves; what was read of a list is remembered by its address, as a CDN does."""

    def __init__(self, is_title: Callable[[Key], bool], clock: Callable[[], datetime] | None = None) -> None:
        self.lists: dict[int, TmdbList] = {}
        self.suspects_spam = False
        self.always_public = False
        self.refused: set[Key] = set()
        self.served: dict[str, Any] = {}
        self.approvals: dict[str, Approval] = {}
        self.revoked: set[str] = set()
        self._is_title = is_title
        self._clock = clock or (lambda: datetime.now(UTC))
        self._made = 0

    def create(self, owner: str, name: str, description: str, *, public: bool) -> TmdbList:
        """A new list, of which nothing is on it."""
        now = self._clock().replace(microsecond=0)
        made = TmdbList(
            id=FIRST_ID + self._made * 7,
            owner=owner,
            name=name,
            description=description,
            public=public or self.always_public,
            created_at=now,
            updated_at=now,
        )
        self._made += 1
        self.lists[made.id] = made
        return made

    def of(self, account: str) -> list[TmdbList]:
        """The lists of an account, the newest first."""
        return sorted((each for each in self.lists.values() if each.owner == account), key=lambda each: -each.id)

    def add(self, changed: TmdbList, items: Iterable[Key]) -> list[str | None]:
        """Put titles at the end of a list; what is wrong with each, None where it is on the list now."""
        found = [self._add(changed, item) for item in items]
        self.touch(changed)
        return found

    def remove(self, changed: TmdbList, items: Iterable[Key]) -> list[bool]:
        """Take titles off a list; whether each was on it."""
        found = [item in changed.items for item in items]
        gone = set(items)
        changed.items = [item for item in changed.items if item not in gone]
        self.touch(changed)
        return found

    def touch(self, changed: TmdbList) -> None:
        """Note that a list changed: TMDB tells whole seconds, and here each change has one of its own."""
        now = self._clock().replace(microsecond=0)
        changed.updated_at = max(now, changed.updated_at + timedelta(seconds=1))

    def ask(self) -> str:
        """A token for a person to approve."""
        name = f"eyJ{dice.token(f'approval:{len(self.approvals)}', 40)}"
        self.approvals[name] = Approval(self._clock() + APPROVAL_LASTS)
        return name

    def approve(self, name: str, account: str = ACCOUNT) -> bool:
        """Let an account approve; False where there is nothing to approve any more."""
        approval = self.approvals.get(name)
        if approval is None or approval.expires_at < self._clock():
            return False
        approval.account = account
        return True

    def exchange(self, name: str) -> tuple[str, str] | None:
        """The account's id and a token of it for an approval, once; None where nobody approved. Raises KeyError."""
        approval = self.approvals[name]
        if approval.expires_at < self._clock():
            raise KeyError(name)
        if approval.account is None:
            return None
        del self.approvals[name]
        return approval.account, token(approval.account, serial=name[-8:])

    def _add(self, changed: TmdbList, item: Key) -> str | None:
        if item in changed.items:
            return TAKEN
        if item in self.refused or not self._is_title(item):
            return UNKNOWN
        changed.items.append(item)
        return None
