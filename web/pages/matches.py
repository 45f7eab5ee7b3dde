"""The questions: films that wait for a person to say which TMDB title they are, and what was answered."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar import HttpMethod, get, post, route
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template
from msgspec.structs import replace

from web.client import ApiProblem, MarqueeApi
from web.match_shapes import DecidedMatch, ImportedDecisions, Match
from web.pages.requests import NOT_STORED, PageRequest, from_htmx, past_the_end, root_of
from web.questions import STATES, Question, QuestionView, answer, question, state_query, title_key
from web.shapes import Listing
from web.view import beside, whole
from web.words import Clock, count

NO_TITLE = "This is neither the address of a film or series on TMDB nor its number."
FILE_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
LARGEST_FILE = 1024 * 1024
NOTHING: dict[str, Any] = {
    "question": None,
    "answered": None,
    "counts": None,
    "open": 0,
    "onward": "",
    "announcement": "",
    "states": STATES,
    "view": None,
}
"""The names of a fragment that shows nothing."""

Decision = dict[str, object]


@route("/matches", http_method=[HttpMethod.GET, HttpMethod.HEAD], name="questions")
async def show_questions(
    request: PageRequest, api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """The questions of one kind; without one in the address, of the first kind that there are any of."""
    query = request.query_params
    view = view_of(query)
    decided = await _decided(api, query.get("answered", ""))
    context = await page_of(api, view, clock)
    if elsewhere := past_the_end(request, "/matches", view, context["matches"].total_pages):
        return elsewhere
    if decided and decided.locked:
        context["answered"] = answer(decided, clock)
    return Template("matches.html", context=context, headers=NOT_STORED)


@post("/matches/film/{slug:str}", status_code=HTTPStatus.OK)
async def decide(
    request: PageRequest, slug: FromPath[str], api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template | Redirect:
    """Take down which title a person chose, or named by its address, or that there is none."""
    form = await request.form()
    decision = _decision(form)
    if decision is None:
        asked = question(await api.match(slug), typed=str(form.get("title", "")), fault=NO_TITLE)
        return await _asked_again(request, asked, api, clock)
    match = await api.decide(slug, decision)
    if not from_htmx(request):
        return _back(request, slug)
    return await _fragment(api, {"answered": answer(match, clock, looks=1)}, f"{match.film.title} is decided.")


@post("/matches/film/{slug:str}/undo", status_code=HTTPStatus.OK)
async def take_back(request: PageRequest, slug: FromPath[str], api: NamedDependency[MarqueeApi]) -> Template | Redirect:
    """Take a decision back; the question is there again at once, and Marquee tries once more as well."""
    match = await api.take_back(slug)
    if not from_htmx(request):
        return _back(request, "")
    return await _fragment(api, {"question": question(match)}, f"{match.film.title} is open again. {match.note}")


@get("/matches/film/{slug:str}")
async def look_again(
    slug: FromPath[str],
    api: NamedDependency[MarqueeApi],
    clock: NamedDependency[Clock],
    looks: FromQuery[int] = 1,
) -> Template:
    """A decided film once more: what TMDB says of its title may be known by now."""
    match = await api.match(slug)
    shown = {"answered": answer(match, clock, looks)} if match.locked else {"question": question(match)}
    return Template("fragments/match.html", context=NOTHING | shown, headers=NOT_STORED)


@get("/matches/decisions")
async def export_decisions(request: PageRequest, api: NamedDependency[MarqueeApi]) -> Response[bytes]:
    """All decisions as a file."""
    kind = "csv" if request.query_params.get("format") == "csv" else "json"
    disposition = f'attachment; filename="marquee-decisions.{kind}"'
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(await api.decisions(kind), media_type=FILE_TYPES[kind], headers=headers)


@post("/matches/decisions", status_code=HTTPStatus.OK, request_max_body_size=LARGEST_FILE + 64 * 1024)
async def import_decisions(
    request: PageRequest, api: NamedDependency[MarqueeApi], clock: NamedDependency[Clock]
) -> Template:
    """Make the decisions of a file, and say what came of it."""
    form = await request.form()
    upload = form.get("file")
    content = await upload.read() if isinstance(upload, UploadFile) else b""
    status = HTTPStatus.OK
    said: dict[str, Any] = {"title": "The file was read", "words": [], "faults": []}
    try:
        kind = "json" if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "csv"
        done = await api.import_decisions(content, FILE_TYPES[kind], replace=bool(form.get("replace")))
        said["words"] = _outcome(done)
    except ApiProblem as problem:
        if problem.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            raise
        status = HTTPStatus.BAD_REQUEST
        said = {"title": "Nothing was imported", "words": ["This file cannot be used."], "faults": _faults(problem)}
    context = await page_of(api, view_of(request.query_params), clock)
    return Template("matches.html", context=context | {"imported": said}, headers=NOT_STORED, status_code=status)


def view_of(parameters: Mapping[str, str]) -> QuestionView:
    """The view in an address; what cannot be meant there is left out."""
    state = parameters.get("state", "")
    return QuestionView(state=state if state in STATES else "", page=whole(parameters.get("page", "1")) or 1)


async def page_of(api: MarqueeApi, view: QuestionView, clock: Clock) -> dict[str, Any]:
    """The names that the template of the page uses."""
    counts = await _counts(api)
    chosen = view.state or next((state for state in STATES if counts[state]), "review")
    matches = await api.matches(replace(view, state=chosen).api_query())
    return {
        "view": replace(view, state=chosen),
        "counts": counts,
        "states": STATES,
        "matches": matches,
        "shown": _shown(matches, chosen, clock),
        "answered": None,
        "imported": None,
        "open": (left := _open(counts)),
        "questions": left,
        "onward": _onward(counts),
        "nothing_read": not sum(counts.values()) and not await _is_anything_read(api),
    }


def _shown(matches: Listing[Match], state: str, clock: Clock) -> list[Any]:
    if state == "decided":
        return [answer(match, clock) for match in matches.items]
    return [question(match) for match in matches.items]


async def _counts(api: MarqueeApi) -> dict[str, int]:
    totals = await asyncio.gather(*(api.questions_total(state_query(state)) for state in STATES))
    return dict(zip(STATES, totals, strict=True))


def _open(counts: Mapping[str, int]) -> int:
    return sum(counts[state] for state in STATES if state != "decided")


def _onward(counts: Mapping[str, int]) -> str:
    """The first kind of question that there are any of; empty where none is left."""
    return next((state for state in STATES if state != "decided" and counts[state]), "")


async def _is_anything_read(api: MarqueeApi) -> bool:
    return any(source.good_at or source.got for source in await api.sources() if source.source == "watchlist")


async def _decided(api: MarqueeApi, slug: str) -> DecidedMatch | None:
    """The film that was answered just now, where the address names one that is there."""
    if not slug:
        return None
    try:
        return await api.match(slug)
    except ApiProblem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            return None
        raise


def _decision(form: Mapping[str, Any]) -> Decision | None:
    """What a form says, as the API understands it; None where it names no title."""
    if form.get("none"):
        return {"state": "not_found"}
    key = title_key(str(form.get("title", "")))
    return {"media_type": key[0], "tmdb_id": key[1]} if key else None


async def _asked_again(request: PageRequest, asked: Question, api: MarqueeApi, clock: Clock) -> Template:
    """The question again, saying that its answer was not understood."""
    if from_htmx(request):
        return await _fragment(api, {"question": asked}, NO_TITLE)
    context = await page_of(api, view_of(request.query_params), clock)
    context["shown"] = [asked, *(each for each in context["shown"] if each.slug != asked.slug)]
    return Template("matches.html", context=context, headers=NOT_STORED, status_code=HTTPStatus.BAD_REQUEST)


async def _fragment(api: MarqueeApi, shown: dict[str, Any], announcement: str) -> Template:
    counts = await _counts(api)
    left = _open(counts)
    said = f"{announcement} {count(left, 'question')} left." if left else f"{announcement} No question is left."
    told = {"counts": counts, "open": left, "onward": _onward(counts), "announcement": said}
    return Template("fragments/match.html", context=NOTHING | shown | told, headers=NOT_STORED)


def _back(request: PageRequest, slug: str) -> Redirect:
    """To the questions that the form was sent from, with the film that it answered."""
    address = beside(view_of(request.query_params).address(), "answered", slug)
    return Redirect(root_of(request) + "/matches" + address, status_code=303)


def _faults(problem: ApiProblem) -> list[str]:
    """What is wrong with a file, line by line; of what is wrong with all of it the API says that the body is."""
    return [
        f"{place}: {words}" if place != "body" else f"The file {words}" if words[:1].isalpha() else words
        for place, words in problem.faults
    ]


def _outcome(done: ImportedDecisions) -> list[str]:
    said = [f"{count(done.imported, 'film')} decided." if done.imported else "", done.note]
    if done.unchanged:
        said.append(f"{count(done.unchanged, 'row')} said what was decided here already.")
    if done.waiting:
        said.append(f"{count(done.waiting, 'decision')} will wait for films that Marquee does not know yet.")
    if done.kept:
        said.append(f"{count(done.kept, 'row')} differed from what was decided here, which stays.")
    return [" ".join(words for words in said if words)]
