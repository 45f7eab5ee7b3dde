"""Members on the wire."""

from typing import Annotated

import msgspec

USERNAME = r"^[A-Za-z0-9_-]{1,40}$"
Username = Annotated[str, msgspec.Meta(pattern=USERNAME)]


class Member(msgspec.Struct, kw_only=True):
    """A Letterboxd account that Marquee follows; `watchlist` counts the films on its watchlist."""

    username: str
    display_name: str | None
    avatar_url: str | None
    url: str
    owner: bool
    watchlist: int
