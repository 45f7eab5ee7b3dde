"""All that a page shows of one member's watchlist, asked of the API at one time."""

import asyncio

import msgspec

from web.client import MarqueeApi
from web.masthead import waiting_questions
from web.shapes import Brand, Film, Listing, Member, Run, Source
from web.view import View


class UnknownMember(Exception):
    """Marquee follows nobody of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Marquee does not follow a member named {name}.")
        self.name = name


class Snapshot(msgspec.Struct, kw_only=True):
    """What the API knows of one member's watchlist at one time; `streaming` counts films on a subscription.

    `services` are the providers in the country that the member pays for, `questions` how many wait for an answer.
    """

    members: list[Member]
    member: Member | None
    films: Listing[Film]
    brands: list[Brand] = []
    source: Source | None = None
    run: Run | None = None
    streaming: int = 0
    services: frozenset[int] = frozenset()
    questions: int = 0

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.active


async def snapshot_of(api: MarqueeApi, view: View, country: str) -> Snapshot:
    """Everything that the page of `view` shows; raises UnknownMember."""
    members, run, questions = await asyncio.gather(api.members(), api.newest_run(), waiting_questions(api))
    member = member_of(members, view.member)
    if member is None:
        nothing = Listing[Film](items=[], total=0)
        return Snapshot(members=members, member=None, films=nothing, run=run, questions=questions)
    name = member.username
    on_subscription = View(offer="flatrate").api_query(country) | {"page_size": 1}
    films, brands, source, streaming, services = await asyncio.gather(
        api.watchlist(name, view.api_query(country)),
        api.brands(name, country),
        api.watchlist_source(name),
        api.watchlist(name, on_subscription),
        api.services(name),
    )
    return Snapshot(
        members=members,
        member=member,
        films=films,
        brands=brands,
        source=source,
        run=run,
        streaming=streaming.total,
        services=frozenset(service.provider_id for service in services if service.country == country),
        questions=questions,
    )


def member_of(members: list[Member], name: str) -> Member | None:
    """The member of this name, the owner where none is named; raises UnknownMember."""
    if not name:
        return next((member for member in members if member.owner), members[0] if members else None)
    found = next((member for member in members if member.username == name), None)
    if found is None:
        raise UnknownMember(name)
    return found
