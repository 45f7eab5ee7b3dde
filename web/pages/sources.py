"""The page of sources: what Marquee reads from Letterboxd, how it stands, and what happens next."""

from litestar import HttpMethod, MediaType, Response, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from web.client import ApiError, MarqueeApi
from web.masthead import waiting_questions
from web.pages.requests import NOT_STORED
from web.project import project_address
from web.settings import Settings
from web.shapes import Keeping
from web.standings import groups_of, house, overall
from web.words import Clock


@route("/sources", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="sources")
async def show_sources(
    api: NamedDependency[MarqueeApi], settings: NamedDependency[Settings], clock: NamedDependency[Clock]
) -> Template:
    """Every source of every member."""
    sources = await api.sources()
    groups = groups_of(sources, clock)
    context = {
        "groups": groups,
        "idle": any(not source.by_itself for source in sources),
        "overall": overall(groups),
        "house": house(await _last_keeping(api), clock),
        "letterboxd": settings.letterboxd_base_url,
        "project": project_address(),
        "questions": await waiting_questions(api),
    }
    return Template("sources.html", context=context, headers=NOT_STORED)


@get("/sources/{source_id:int}/sample")
async def show_sample(source_id: FromPath[int], api: NamedDependency[MarqueeApi]) -> Response[str]:
    """How a page is built that is not understood any more, as text to copy into a bug report."""
    return Response(await api.sample(source_id), media_type=MediaType.TEXT, headers={"cache-control": "no-store"})


async def _last_keeping(api: MarqueeApi) -> Keeping | None:
    """The last housekeeping; a page about sources does not fail for want of it."""
    try:
        return await api.last_keeping()
    except ApiError:
        return None
