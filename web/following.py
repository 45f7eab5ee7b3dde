"""Whom Marquee follows, as the page of members shows it."""

from collections.abc import Iterable, Sequence

import msgspec

from web.portrait import Face, face
from web.shapes import Member, Source
from web.standings import UNTROUBLED, state_of
from web.words import count

OWN_PAGE = "profile"
UNREAD = {
    "never": "Nothing was read yet.",
    "missing": "Letterboxd knows nobody of this name.",
    "private": "The profile is private, so that there is nothing to read.",
}


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """One member; `tone` and `badge` tell how the own page could be read, and are empty where it could.

    `added`: the member can be removed here. `kept`: everything stays, and nothing is read any more.
    """

    username: str
    name: str
    url: str
    face: Face
    films: str
    words: str
    tone: str
    badge: str
    added: bool
    kept: bool


def followed(members: Sequence[Member], sources: Iterable[Source]) -> list[Followed]:
    """The members in their order; those that are only kept come last."""
    states = {source.member: source.state for source in sources if source.source == OWN_PAGE}
    shown = [_followed(member, states.get(member.username, "never")) for member in members]
    return sorted(shown, key=lambda each: each.kept)


def _followed(member: Member, state: str) -> Followed:
    name = member.display_name or member.username
    kept = member.followed is None
    troubled = (not kept and state_of(state).tone not in UNTROUBLED) or state == "never"
    return Followed(
        username=member.username,
        name=name,
        url=member.url,
        face=face(name, member.username, member.avatar_url),
        films=f"{count(member.watchlist, 'film')} on the watchlist" if member.watchlist else "",
        words="" if kept else UNREAD.get(state, ""),
        tone=state_of(state).tone if troubled else "",
        badge=state_of(state).badge if troubled else "",
        added=member.followed == "added",
        kept=kept,
    )
