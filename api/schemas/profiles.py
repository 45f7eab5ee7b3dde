"""Members' profiles on the wire."""

from typing import Literal

import msgspec

from api.schemas.films import FilmRef
from api.schemas.members import MemberSources, Username
from api.schemas.sources import SourceState

Keep = Literal["everything", "nothing"]


class MemberStats(msgspec.Struct, kw_only=True):
    """Letterboxd's own counts, null where they are not known."""

    films_watched: int | None
    lists: int | None
    following: int | None
    followers: int | None


class Profile(msgspec.Struct, kw_only=True):
    """Who a member is.

    `favorites` are in the member's own order. `sources` tells the state of everything that is read of the member:
    while `profile` is `never`, nothing is known but the name.
    """

    username: str
    display_name: str | None
    bio: str | None
    avatar_url: str | None
    url: str
    stats: MemberStats
    favorites: list[FilmRef]
    sources: dict[str, SourceState]


class NewMember(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Whom to follow: the name in the address of the member's page on Letterboxd."""

    username: Username


class MemberRefresh(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What to read of a member: all sources unless some are named.

    `force` asks Letterboxd also where it turned Marquee away and still rests, and reads lists to their end.
    """

    sources: MemberSources | None = None
    force: bool = False
