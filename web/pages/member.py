"""One member: who it is, what was watched, and how well all of it could be read."""

from http import HTTPStatus
from typing import Any

from litestar import HttpMethod, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from msgspec.structs import replace

from web.cards import mention
from web.client import ApiProblem, MarqueeApi
from web.links import web_address
from web.member_snapshot import MemberSnapshot, member_snapshot
from web.member_view import SORTS, MemberView
from web.notices import member_notices
from web.pages.errors import Trouble, answer, cannot_start
from web.pages.refreshes import bar_answer
from web.pages.requests import NOT_STORED, PageRequest, from_htmx, past_the_end, root_of
from web.pages.tmdb_lists import lists_context
from web.portrait import face, facts, loved, numbers
from web.progress import Progress, bar_of, newest_address
from web.project import project_address
from web.standings import standings_of
from web.view import whole
from web.words import Clock


@route("/members/{username:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="member")
async def show_member(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """A member by username, with the part of the top-rated films that the address names."""
    name = username.lower()
    view = MemberView.of(request.query_params)
    snapshot = await member_snapshot(api, name, view)
    if elsewhere := past_the_end(request, f"/members/{name}", view, snapshot.top_rated.total_pages):
        return elsewhere
    query = request.query_params
    lists = await lists_context(api, name, clock, sync_id=whole(query.get("sync", "")))
    context = _context(snapshot, view, clock, whole(query.get("stopping", "")))
    return Template("member.html", context=lists | context, headers=NOT_STORED)


@post("/members/{username:str}/refresh", status_code=HTTPStatus.OK)
async def refresh_member(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Read one member again, or join the refresh that does; `force` asks whoever wants to be left alone, too."""
    name = username.lower()
    try:
        run = await api.refresh_member(name, force=(await request.form()).get("force") == "true")
    except ApiProblem as problem:
        if from_htmx(request):
            return answer(request, cannot_start(problem))
        return await _page_with(api, name, clock, cannot_start(problem))
    if not from_htmx(request):
        return Redirect(root_of(request) + f"/members/{name}", status_code=303)
    return bar_answer(run, Progress.shown(run, name), clock, announcement="Refresh started.")


@get("/members/{username:str}/refresh")
async def return_to_member(request: PageRequest, username: FromPath[str]) -> Redirect:
    """Where the form answered with a page of its own, its address leads back when it is loaded again."""
    return Redirect(root_of(request) + f"/members/{username.lower()}", status_code=303)


def _context(snapshot: MemberSnapshot, view: MemberView, clock: Clock, stopping: int = 0) -> dict[str, Any]:
    """The names that the templates of the page use; `stopping` is the run that was asked to stop."""
    member, profile, run = snapshot.member, snapshot.profile, snapshot.run
    name = profile.display_name or member.display_name or member.username
    bar = Progress.shown(run, member.username) if run else Progress()
    return {
        "member": member,
        "members": snapshot.members,
        "portrayed": member.username,
        "name": name,
        "face": face(name, member.username, profile.avatar_url),
        "bio": profile.bio or "",
        "facts": facts(profile.stats),
        "letterboxd": web_address(profile.url),
        "favorites": [mention(film) for film in profile.favorites],
        "numbers": numbers(snapshot.statistics, snapshot.source("films")),
        "loved": loved(snapshot.top_rated.items),
        "top_rated": snapshot.top_rated,
        "sorts": SORTS,
        "view": view,
        "notices": member_notices(snapshot.source("profile"), member, clock),
        "unread": snapshot.unread,
        "silent": snapshot.silent,
        "standings": standings_of(snapshot.sources, clock),
        "project": project_address(),
        "bar": bar_of(run, replace(bar, stopping=int(run.id == stopping)), clock) if run else None,
        "newest": newest_address(run, member.username),
        "flash": None,
        "questions": snapshot.questions,
    }


async def _page_with(api: MarqueeApi, username: str, clock: Clock, said: Trouble) -> Template:
    """The page, saying why the form that it sent did not help."""
    view = MemberView()
    context = _context(await member_snapshot(api, username, view), view, clock) | {"flash": said}
    lists = await lists_context(api, username, clock)
    return Template("member.html", context=lists | context, headers=NOT_STORED, status_code=said.status)
