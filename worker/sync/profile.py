"""Reading one member's profile: who they are, and that they are there at all."""

from datetime import UTC, datetime

from api.db import profiles, runs, sources, tiles
from api.db.profiles import ProfileNews
from api.db.runs import RunMember
from api.db.sources import SourceNews
from api.errors import Missing, Renamed, SourceError
from worker.progress import Run
from worker.services import Services
from worker.sources.letterboxd.profile import Profile
from worker.sync.setbacks import left_alone, setback

SOURCE = "profile"


async def read(services: Services, run: Run, member: RunMember) -> bool:
    """Read the member's profile, unless it rests; False where Letterboxd says that there is no such member."""
    async with services.database.read() as db:
        standing = await sources.standing(db, member.id, SOURCE)
    if standing.is_left_alone(datetime.now(UTC), asked=run.order.asked, force=run.order.force):
        if run.order.names(SOURCE):
            said = left_alone(standing, services.settings)
            await run.note_problem(standing.state, said, source=SOURCE, member_id=member.id)
        return standing.state != "missing"
    try:
        profile = await services.letterboxd.profile(member.username)
    except SourceError as error:
        await _set_back(services, run, member, error, standing.failures)
        return not isinstance(error, Missing)
    await _store(services, run, member, profile)
    return True


async def _store(services: Services, run: Run, member: RunMember, profile: Profile) -> None:
    now = datetime.now(UTC)
    async with services.database.write() as db:
        await runs.demand_lease(db, run.order)
        film_ids = await tiles.store(db, profile.favorites, now) if profile.favorites else []
        news = ProfileNews(
            display_name=profile.display_name,
            bio=profile.bio,
            avatar_url=profile.avatar_url,
            films_watched=profile.films_watched,
            lists=profile.lists,
            following=profile.following,
            followers=profile.followers,
        )
        await profiles.store(db, member.id, news, favorites=film_ids)
        await sources.record(db, member.id, SOURCE, SourceNews(state="ok", tried_at=now))


async def _set_back(services: Services, run: Run, member: RunMember, error: SourceError, failures: int) -> None:
    name = member.username
    news = setback(error, source=f"{name}’s profile", member=name, failures=failures, now=datetime.now(UTC))
    if isinstance(error, Renamed):
        news.message = f"Letterboxd leads from {name} to {error.username}: the member has another name now."
    async with services.database.write() as db:
        await runs.demand_lease(db, run.order)
        await sources.record(db, member.id, SOURCE, news)
    await run.note_problem(news.state, news.message or str(error), source=SOURCE, member_id=member.id)
