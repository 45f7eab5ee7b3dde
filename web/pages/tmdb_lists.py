"""The lists on TMDB that follow a member: a part of the member's page, and what its forms do."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from web.client import ApiError, ApiProblem, MarqueeApi
from web.pages.requests import NOT_STORED, PageRequest, from_htmx, root_of
from web.tmdb_lists import Approval, account_of, approval_of, order_of, shelves, spoken, syncing
from web.tmdb_shapes import TmdbApproval
from web.view import query_string, whole
from web.words import Clock


@get("/members/{username:str}/lists")
async def lists_part(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """The lists of a member, which ask for themselves again while they are synced; alone, for htmx."""
    sync_id = whole(request.query_params.get("sync", ""))
    if not from_htmx(request):
        return _to_page(request, username, sync_id)
    return _part(await lists_context(api, username.lower(), clock, sync_id=sync_id))


@post("/members/{username:str}/lists", status_code=HTTPStatus.OK)
async def sync_list(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Bring a list in step; or, where the form says `preview`, find out what that would change."""
    form, name = await request.form(), username.lower()
    try:
        order = order_of(await api.tmdb_lists(), whole(str(form.get("list", ""))), name, dry_run="preview" in form)
        sync = await api.sync_tmdb_lists(order)
    except ApiProblem as problem:
        return await _refused(request, api, name, clock, problem)
    if not from_htmx(request):
        return _to_page(request, name, sync.id)
    return _part(await lists_context(api, name, clock, sync_id=sync.id))


@post("/members/{username:str}/lists/approval", status_code=HTTPStatus.OK)
async def ask_for_approval(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Ask TMDB where a person lets Marquee change lists, and show the way there."""
    name = username.lower()
    try:
        approval = await api.ask_for_approval()
    except ApiProblem as problem:
        return await _refused(request, api, name, clock, problem)
    return await _answer(request, api, name, clock, approval=approval)


@post("/members/{username:str}/lists/approval/finish", status_code=HTTPStatus.OK)
async def finish_approval(
    request: PageRequest, username: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Take the account of whoever approved Marquee on TMDB."""
    name = username.lower()
    try:
        await api.finish_approval()
    except ApiProblem as problem:
        return await _refused(request, api, name, clock, problem)
    if not from_htmx(request):
        return _to_page(request, name)
    return _part(await lists_context(api, name, clock))


@get(["/members/{username:str}/lists/approval", "/members/{username:str}/lists/approval/finish"])
async def return_to_lists(request: PageRequest, username: FromPath[str]) -> Redirect:
    """Where a form answered with a page of its own, its address leads back when it is loaded again."""
    return _to_page(request, username)


async def lists_context(
    api: MarqueeApi,
    username: str,
    clock: Clock,
    *,
    sync_id: int = 0,
    approval: TmdbApproval | None = None,
    fault: str = "",
) -> dict[str, Any]:
    """The names that the template of the part uses; without `account` there is nothing to show."""
    try:
        account, lists = await asyncio.gather(api.tmdb_account(), api.tmdb_lists())
        run = syncing(await api.tmdb_sync(sync_id)) if sync_id else None
    except ApiError:
        return {"username": username, "account": None, "run": None, "asked": query_string([("sync", sync_id)])}
    way: Approval | None = approval_of(approval, clock) if approval else None
    return {
        "username": username,
        "account": account_of(account, clock),
        "shelves": shelves(lists, username, clock),
        "run": run,
        "approval": way,
        "fault": fault,
        "said": spoken(run) if run else "",
    }


def _part(context: dict[str, Any]) -> Template:
    return Template("fragments/tmdb_lists.html", context=context, headers=NOT_STORED)


async def _refused(
    request: PageRequest, api: MarqueeApi, username: str, clock: Clock, problem: ApiProblem
) -> Template | Redirect:
    return await _answer(request, api, username, clock, fault=problem.detail)


async def _answer(
    request: PageRequest,
    api: MarqueeApi,
    username: str,
    clock: Clock,
    *,
    approval: TmdbApproval | None = None,
    fault: str = "",
) -> Template | Redirect:
    """The part as it is now; without htmx as a page of its own, since no address could say this again."""
    context = await lists_context(api, username, clock, approval=approval, fault=fault)
    if from_htmx(request):
        return _part(context)
    return Template("tmdb_lists.html", context=context, headers=NOT_STORED)


def _to_page(request: PageRequest, username: str, sync_id: int = 0) -> Redirect:
    query = query_string([("sync", sync_id)])
    return Redirect(root_of(request) + f"/members/{username.lower()}{query}#lists", status_code=303)
