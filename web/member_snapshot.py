"""All that the page about one member shows, asked of the API at one time."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

import msgspec

from web.client import ApiProblem, MarqueeApi, NeverRead, or_else
from web.masthead import waiting_questions
from web.member_shapes import Profile, RatedFilm, Statistics
from web.member_view import MemberView
from web.progress import concerns
from web.shapes import Listing, Member, Run, Source
from web.snapshot import UnknownMember

log = logging.getLogger("web")

Answer = TypeVar("Answer")


class MemberSnapshot(msgspec.Struct, kw_only=True):
    """What the API knows of one member at one time; `run` is the newest one, where it is about the member."""

    members: list[Member]
    member: Member
    profile: Profile
    statistics: Statistics
    top_rated: Listing[RatedFilm]
    sources: list[Source]
    run: Run | None
    questions: int

    def source(self, name: str) -> Source | None:
        return next((source for source in self.sources if source.source == name), None)

    @property
    def unread(self) -> bool:
        """Whether nobody ever tried to read this member's own page or films."""
        read = [source for source in self.sources if source.source in ("profile", "films")]
        return all(source.state == "never" for source in read)

    @property
    def silent(self) -> bool:
        """Whether Letterboxd shows nothing at all of this member, so that every source says the same."""
        own = self.source("profile")
        return own is not None and own.state in ("missing", "private")


async def member_snapshot(api: MarqueeApi, username: str, view: MemberView) -> MemberSnapshot:
    """Everything that the page about this member shows; raises UnknownMember."""
    members = await api.members()
    member = next((each for each in members if each.username == username), None)
    if member is None:
        raise UnknownMember(username)
    waited: list[Run] = []
    profile, statistics, top_rated, sources, newest, questions = await asyncio.gather(
        _unless_unread(api.profile(username), Profile(username=username, url=member.url), waited),
        _unless_unread(api.statistics(username), Statistics(), waited),
        _unless_unread(api.top_rated(username, view.api_query()), Listing[RatedFilm](items=[], total=0), waited),
        api.sources(username),
        or_else(api.newest_run(), None),
        waiting_questions(api),
    )
    return MemberSnapshot(
        members=members,
        member=member,
        profile=profile,
        statistics=statistics,
        top_rated=top_rated,
        sources=sources,
        run=newest if newest and concerns(newest, username) else next(iter(waited), None),
        questions=questions,
    )


async def _unless_unread(answer: Awaitable[Answer], otherwise: Answer, waited: list[Run]) -> Answer:
    """The API's answer; `otherwise` where it knows nothing yet, which `waited` gets the run of, or tells nothing.

    Why it tells nothing, the sources on the same page say.
    """
    try:
        return await answer
    except NeverRead as unread:
        waited.append(unread.run)
    except ApiProblem as problem:
        log.info("%s", problem)
    return otherwise
