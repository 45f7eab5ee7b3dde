"""Members on the wire."""

from typing import Annotated, Literal

import msgspec

USERNAME = r"^[A-Za-z0-9_-]{1,40}$"
Username = Annotated[str, msgspec.Meta(pattern=USERNAME)]
MemberSource = Literal["watchlist", "rss", "profile", "films", "likes"]
MemberSources = Annotated[list[MemberSource], msgspec.Meta(min_length=1, max_length=5)]


class Member(msgspec.Struct, kw_only=True):
    """A Letterboxd account that Marquee follows, or did; `watchlist` counts the films on its watchlist.

    `followed` is false where what was read was kept and is read no more.
    """

    username: str
    display_name: str | None
    avatar_url: str | None
    url: str
    owner: bool
    followed: bool
    watchlist: int
