"""Members on the wire."""

from typing import Annotated, Literal

import msgspec

USERNAME = r"^[A-Za-z0-9_-]{1,40}$"
Username = Annotated[str, msgspec.Meta(pattern=USERNAME)]
MemberSource = Literal["watchlist", "rss", "profile", "films", "likes"]
MemberSources = Annotated[list[MemberSource], msgspec.Meta(min_length=1, max_length=5)]


class Member(msgspec.Struct, kw_only=True):
    """A Letterboxd account that Marquee knows; `watchlist` counts the films on its watchlist.

    `followed` says why it is read: LETTERBOXD_USERNAME names it, or it was added. It is null for one that is not read
    any more, of which everything was kept.
    """

    username: str
    display_name: str | None
    avatar_url: str | None
    url: str
    owner: bool
    followed: Literal["settings", "added"] | None
    watchlist: int
