"""Whom Marquee follows: the page at `/members`, on which members are added and removed."""

import asyncio
from http import HTTPStatus

from litestar import HttpMethod, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from web.client import ApiProblem, MarqueeApi
from web.following import followed
from web.masthead import waiting_questions
from web.pages.errors import Trouble, cannot_start, trouble
from web.pages.requests import NOT_STORED, PageRequest, root_of
from web.view import USERNAME, query_string

NOT_A_NAME = (
    "A username has 1 to 40 letters (a to z), digits, hyphens or underscores: it is the part after letterboxd.com/"
    " in the address of the member’s page."
)


@route("/members", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="members")
async def show_members(request: PageRequest, api: NamedDependency[MarqueeApi]) -> Template:
    """Everybody whom Marquee knows, and the form to add one more."""
    return await _page(request, api)


@post("/members", status_code=HTTPStatus.OK)
async def add_member(request: PageRequest, api: NamedDependency[MarqueeApi]) -> Template | Redirect:
    """Follow one more member, and show the page on which the reading can be watched."""
    typed = str((await request.form()).get("username", "")).strip()
    name = typed.lower()
    if not USERNAME.fullmatch(name):
        return await _page(request, api, typed=typed, fault=NOT_A_NAME)
    if any(member.username == name and member.followed for member in await api.members()):
        return await _page(request, api, typed=typed, fault=f"Marquee follows {name} already.")
    try:
        await api.add_member(name)
    except ApiProblem as problem:
        if problem.status == HTTPStatus.BAD_REQUEST:
            return await _page(request, api, typed=typed, fault=problem.detail)
        return await _page(request, api, typed=typed, said=_cannot_add(problem))
    return Redirect(root_of(request) + f"/members/{name}", status_code=303)


@post("/members/{username:str}/removal", status_code=HTTPStatus.OK)
async def remove_member(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi]
) -> Template | Redirect:
    """Follow a member no more; the form says what to keep."""
    keep = str((await request.form()).get("keep", "everything"))
    try:
        await api.remove_member(username, keep)
    except ApiProblem as problem:
        return await _page(request, api, said=_cannot_remove(problem))
    done = query_string([("removed", username), ("kept", int(keep == "everything"))])
    return Redirect(root_of(request) + f"/members{done}", status_code=303)


@get("/members/{username:str}/removal")
async def return_to_members(request: PageRequest, username: FromPath[str]) -> Redirect:
    """Where the form answered with a page of its own, its address leads back when it is loaded again."""
    return Redirect(root_of(request) + "/members", status_code=303)


async def _page(
    request: PageRequest, api: MarqueeApi, *, typed: str = "", fault: str = "", said: Trouble | None = None
) -> Template:
    """The page; `fault` is what is wrong with the name that was typed, `said` what else did not work."""
    members, sources, questions = await asyncio.gather(api.members(), api.sources(), waiting_questions(api))
    context = {
        "everybody": followed(members, sources),
        "typed": typed,
        "fault": fault,
        "flash": said,
        "removed": request.query_params.get("removed", ""),
        "kept": "kept" in request.query_params,
        "questions": questions,
    }
    status = said.status if said else HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK
    return Template("members.html", context=context, headers=NOT_STORED, status_code=status)


def _cannot_add(problem: ApiProblem) -> Trouble:
    if problem.status != HTTPStatus.SERVICE_UNAVAILABLE:
        return trouble(problem)
    because = cannot_start(problem).words.removesuffix(" The films that are shown stay.")
    return Trouble(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="Nobody can be added now",
        words=f"{because} Nothing was changed: try again in a moment.",
    )


def _cannot_remove(problem: ApiProblem) -> Trouble:
    if problem.status != HTTPStatus.CONFLICT:
        return trouble(problem)
    return Trouble(status=HTTPStatus.CONFLICT, title="This member stays for now", words=problem.detail)
