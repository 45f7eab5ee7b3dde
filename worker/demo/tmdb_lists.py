"""TMDB's v4 API below /tmdb/4, with its quirks: lists, their items, and how an account lets a program write.

`public` counts as a number only when a list is made, results are told per item, an answer about a list is served again
for as long as its address is the same, and the same field has another type in another answer.
"""

from collections.abc import Sequence
from html import escape
from typing import Annotated, Any

from litestar import MediaType, Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from worker.demo import shapes
from worker.demo.lists import Claims, Key, TmdbList, claims_of
from worker.demo.model import Title
from worker.demo.refusals import tmdb_error
from worker.demo.responses import Refused
from worker.demo.shapes import Json
from worker.demo.situation import Situation

PAGE_SIZE = 20
TIME = "%Y-%m-%d %H:%M:%S UTC"
DONE: Json = {"success": True, "status_code": 1, "status_message": "Success."}
CREATED: Json = {"success": True, "status_code": 1, "status_message": "The item/record was created successfully."}
UPDATED: Json = {"success": True, "status_code": 12, "status_message": "The item/record was updated successfully."}
DELETED: Json = {"success": True, "status_code": 13, "status_message": "The item/record was deleted successfully."}
SPAM: Json = {
    "success": False,
    "status_code": 18,
    "status_message": "Validation failed.",
    "errors": ["Content is suspected to be spam"],
}
KEPT_BY_CDN = {"cache-control": "public, max-age=300"}
RequestToken = Annotated[str, QueryParameter(name="request_token")]
Call = Request[Any, Any, Any]


@post("/list", status_code=201)
async def create_list(request: Call, data: JSONBody[Json], situation: NamedDependency[Situation]) -> Response[Json]:
    """A new list; only 0 makes it private, and false does not."""
    account = _writer(request, situation)
    if situation.lists.suspects_spam:
        return Response(SPAM, status_code=400)
    public = data.get("public", 1)
    hidden = public == 0 and not isinstance(public, bool)
    made = situation.lists.create(
        account, str(data.get("name", "")), str(data.get("description") or ""), public=not hidden
    )
    return Response(CREATED | {"id": made.id}, status_code=201)


@get("/list/{list_id:int}")
async def read_list(
    request: Call, list_id: FromPath[int], situation: NamedDependency[Situation], page: FromQuery[int] = 1
) -> Response[Json]:
    """A page of a list; asked in the same words within minutes, the answer is the same whatever changed."""
    shown = _readable(request, situation, list_id)
    address = f"{request.url.path}?{request.url.query}"
    answer = situation.lists.served.setdefault(address, _details(situation, shown, page))
    return Response(answer, headers=KEPT_BY_CDN)


@put("/list/{list_id:int}", status_code=201)
async def change_list(
    request: Call, list_id: FromPath[int], data: JSONBody[Json], situation: NamedDependency[Situation]
) -> Json:
    """Change a list's name, description or visibility; here, false will do."""
    changed = _own(request, situation, list_id)
    changed.name = str(data.get("name", changed.name))
    changed.description = str(data.get("description", changed.description) or "")
    changed.public = bool(data.get("public", changed.public))
    situation.lists.touch(changed)
    return UPDATED


@delete("/list/{list_id:int}", status_code=200)
async def delete_list(request: Call, list_id: FromPath[int], situation: NamedDependency[Situation]) -> Json:
    """Let a list be gone."""
    del situation.lists.lists[_own(request, situation, list_id).id]
    return DELETED


@post("/list/{list_id:int}/items", status_code=200)
async def add_items(
    request: Call, list_id: FromPath[int], data: JSONBody[Json], situation: NamedDependency[Situation]
) -> Json:
    """Put titles at the end; the request succeeds whatever becomes of them."""
    changed, items = _own(request, situation, list_id), _items(data)
    faults = situation.lists.add(changed, items)
    return DONE | {"results": [_result(item, fault) for item, fault in zip(items, faults, strict=True)]}


@delete("/list/{list_id:int}/items", status_code=200)
async def remove_items(
    request: Call, list_id: FromPath[int], data: JSONBody[Json], situation: NamedDependency[Situation]
) -> Json:
    """Take titles off; of one that is not there no error is told."""
    changed, items = _own(request, situation, list_id), _items(data)
    found = situation.lists.remove(changed, items)
    results = [_named(item) | {"success": was_there} for item, was_there in zip(items, found, strict=True)]
    return DONE | {"results": results}


@get("/list/{list_id:int}/item_status")
async def item_status(
    request: Call,
    list_id: FromPath[int],
    situation: NamedDependency[Situation],
    media_id: FromQuery[int],
    media_type: FromQuery[str] = "movie",
) -> Json:
    """Whether a title is on a list; where it is not, there is nothing."""
    if (media_type, media_id) not in _readable(request, situation, list_id).items:
        raise Refused(tmdb_error(404, 34))
    return DONE | {"id": list_id, "media_id": media_id, "media_type": media_type}


@get("/list/{list_id:int}/clear")
async def clear_list(request: Call, list_id: FromPath[int], situation: NamedDependency[Situation]) -> Json:
    """Take everything off a list, though the method is GET."""
    changed = _own(request, situation, list_id)
    gone = len(changed.items)
    situation.lists.remove(changed, [*changed.items])
    return DONE | {"id": list_id, "items_deleted": gone}


@get("/account/{account:str}/lists")
async def account_lists(
    request: Call, account: FromPath[str], situation: NamedDependency[Situation], page: FromQuery[int] = 1
) -> Json:
    """The lists of an account, for itself alone."""
    if _writer(request, situation) != account:
        raise Refused(tmdb_error(401, 36))
    found = situation.lists.of(account)
    return _pages(len(found), page) | {"results": [_summary(each) for each in _cut(found, page)]}


@post("/auth/request_token", status_code=200)
async def request_token(request: Call, situation: NamedDependency[Situation]) -> Json:
    """A token for a person to approve."""
    _claims(request, situation)
    return DONE | {"request_token": situation.lists.ask()}


@post("/auth/access_token", status_code=200)
async def access_token(request: Call, data: JSONBody[Json], situation: NamedDependency[Situation]) -> Json:
    """The account's own token, once it approved."""
    _claims(request, situation)
    try:
        found = situation.lists.exchange(str(data.get("request_token")))
    except KeyError:
        raise Refused(tmdb_error(401, 33)) from None
    if found is None:
        raise Refused(tmdb_error(422, 41))
    account_id, granted = found
    return DONE | {"access_token": granted, "account_id": account_id}


@delete("/auth/access_token", status_code=200)
async def revoke_token(request: Call, data: JSONBody[Json], situation: NamedDependency[Situation]) -> Json:
    """Let a token be good for nothing."""
    _claims(request, situation)
    situation.lists.revoked.add(str(data.get("access_token")))
    return DELETED


@get("/tmdb/auth/access", media_type=MediaType.HTML)
async def approval_page(name: RequestToken, situation: NamedDependency[Situation]) -> str:
    """TMDB's page on which a person approves; the demo's person is always logged in."""
    if name not in situation.lists.approvals:
        return _page("There is nothing to approve", "<p>This request is too old, or was used.</p>")
    return _page("Let Marquee change your lists?", '<form method="post"><button>Approve</button></form>')


@post("/tmdb/auth/access", media_type=MediaType.HTML, status_code=200)
async def approve(name: RequestToken, situation: NamedDependency[Situation]) -> str:
    """The person approves."""
    if not situation.lists.approve(name):
        return _page("There is nothing to approve", "<p>This request is too old, or was used.</p>")
    return _page("Approved", "<p>You can go back to Marquee now.</p>")


@get("/tmdb/list/{list_id:int}", media_type=MediaType.HTML)
async def list_page(list_id: FromPath[int], situation: NamedDependency[Situation]) -> str:
    """A list as people see it, here without asking who they are."""
    shown = situation.lists.lists.get(list_id)
    if shown is None:
        raise Refused(tmdb_error(404, 34))
    titles = (situation.world.titles[key] for key in shown.items)
    rows = "".join(f"<li>{escape(title.title)} ({title.date[:4] or 'undated'})</li>" for title in titles)
    return _page(shown.name, f"<p>{escape(shown.description)}</p><ol>{rows}</ol>")


def _claims(request: Call, situation: Situation) -> Claims:
    """Who asks; a v3 key is nobody here."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    claims = claims_of(given) if scheme.lower() == "bearer" else None
    if claims is None or not claims.sub or given in situation.lists.revoked or situation.key_refused:
        raise Refused(tmdb_error(401, 7))
    return claims


def _writer(request: Call, situation: Situation) -> str:
    """The account whose token may write."""
    claims = _claims(request, situation)
    if not claims.may_write:
        raise Refused(tmdb_error(401, 36))
    return claims.sub


def _readable(request: Call, situation: Situation, list_id: int) -> TmdbList:
    claims = _claims(request, situation)
    shown = situation.lists.lists.get(list_id)
    if shown is None:
        raise Refused(tmdb_error(404, 34))
    if not shown.public and shown.owner != claims.sub:
        raise Refused(tmdb_error(401, 39))
    return shown


def _own(request: Call, situation: Situation, list_id: int) -> TmdbList:
    account = _writer(request, situation)
    shown = _readable(request, situation, list_id)
    if shown.owner != account:
        raise Refused(tmdb_error(401, 38))
    return shown


def _items(data: Json) -> list[Key]:
    return [(str(item["media_type"]), int(item["media_id"])) for item in data["items"]]


def _named(item: Key) -> Json:
    return {"media_id": item[1], "media_type": item[0]}


def _result(item: Key, fault: str | None) -> Json:
    return _named(item) | {"success": fault is None} | ({"error": [fault]} if fault else {})


def _details(situation: Situation, shown: TmdbList, page: int) -> Json:
    titles = [situation.world.titles[key] for key in _cut(shown.items, page)]
    return _pages(len(shown.items), page) | {
        "average_rating": 0.0,
        "backdrop_path": None,
        "results": [_row(title) for title in titles],
        "comments": {f"{title.media_type}:{title.tmdb_id}": None for title in titles},
        "created_by": {"avatar_path": None, "id": shown.owner, "name": "", "username": f"user-{shown.owner[-4:]}"},
        "description": shown.description,
        "id": shown.id,
        "iso_3166_1": "US",
        "iso_639_1": "en",
        "item_count": len(shown.items),
        "name": shown.name,
        "object_ids": {},
        "poster_path": None,
        "public": shown.public,
        "revenue": 0,
        "runtime": 0,
        "sort_by": "original_order.asc",
    }


def _row(title: Title) -> Json:
    return shapes.row(title, media_type=True)


def _summary(shown: TmdbList) -> Json:
    return {
        "account_object_id": shown.owner,
        "adult": 0,
        "average_rating": 0,
        "created_at": shown.created_at.strftime(TIME),
        "description": shown.description,
        "featured": 0,
        "id": shown.id,
        "iso_3166_1": "US",
        "iso_639_1": "en",
        "name": shown.name,
        "number_of_items": len(shown.items),
        "public": int(shown.public),
        "revenue": 0,
        "runtime": "0",
        "sort_by": 1,
        "updated_at": shown.updated_at.strftime(TIME),
    }


def _cut(items: Sequence[Any], page: int) -> Sequence[Any]:
    return items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def _pages(total: int, page: int) -> Json:
    return {"page": page, "total_pages": max(1, -(-total // PAGE_SIZE)), "total_results": total}


def _page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    style = "<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>"
    shown = f"<body><h1>{escape(title)}</h1>{body}</body>"
    return f'<!doctype html><html lang="en"><head>{head}{style}</head>{shown}</html>'


router = Router(
    "/tmdb/4",
    route_handlers=[
        create_list, read_list, change_list, delete_list, add_items, remove_items, item_status, clear_list,
        account_lists, request_token, access_token, revoke_token,
    ],
)  # fmt: skip
pages = [approval_page, approve, list_page]
