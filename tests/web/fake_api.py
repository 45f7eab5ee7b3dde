"""A small API for the page's tests: it answers in the shapes of the real one, from lists that a test may change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]


def ago(**age: float) -> str:
    return (datetime.now(UTC) - timedelta(**age)).isoformat().replace("+00:00", "Z")


def ahead(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat().replace("+00:00", "Z")


def offer(provider: str, kind: str = "flatrate", provider_id: int = 0, country: str = "GB") -> Json:
    return {
        "country": country,
        "provider_id": provider_id or sum(provider.encode()),
        "provider": provider,
        "logo_url": f"https://images.test/t/p/w92/{provider.replace(' ', '')}.jpg",
        "offer": kind,
        "since": ago(days=9),
    }


def film(title: str, year: int | None = 1999, **fields: Any) -> Json:
    slug = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    return {
        "slug": slug,
        "lid": slug[:4],
        "title": title,
        "year": year,
        "url": f"https://letterboxd.test/film/{slug}/",
        "media_type": "movie",
        "tmdb_id": 1,
        "imdb_id": None,
        "match": "found",
        "match_confidence": "proven",
        "match_message": None,
        "runtime_minutes": 101,
        "overview": None,
        "poster_url": f"https://images.test/t/p/w342/{slug}.jpg",
        "checked_at": ago(hours=1),
        "offers": [],
        "position": 1,
        "added_at": None,
        "first_seen_at": ago(days=3),
    } | fields


def run(status: str = "running", **fields: Any) -> Json:
    counts = dict.fromkeys(
        ("found", "matched", "review", "not_found", "failed", "added", "removed", "arrived", "left"), 0
    )
    active = status in ("queued", "running")
    return (
        {
            "id": 7,
            "kind": "watchlist",
            "trigger": "manual",
            "force": False,
            "members": ["ana"],
            "status": status,
            "stage": {"queued": "queued", "running": "enriching"}.get(status, "finished"),
            "done": 37,
            "total": 123,
            "percent": 30,
            "eta_seconds": 130 if active else None,
            "already_running": False,
            "created_at": ago(seconds=5),
            "started_at": ago(seconds=4),
            "finished_at": None if active else ago(seconds=1),
            "error": None,
            "failures": [],
            "failures_total": len(fields.get("failures", [])),
        }
        | fields
        | {"counts": counts | fields.get("counts", {})}
    )


def failure(**fields: Any) -> Json:
    return {
        "member": None,
        "slug": None,
        "title": None,
        "stage": "reading",
        "code": "x",
        "message": "It failed.",
    } | fields


def source(state: str = "ok", **fields: Any) -> Json:
    return {
        "id": 1,
        "member": "ana",
        "source": "watchlist",
        "state": state,
        "since": ago(minutes=5),
        "tried_at": ago(minutes=5),
        "good_at": ago(minutes=5),
        "expected": None,
        "got": None,
        "message": None,
        "next_try_at": None,
    } | fields


def member(username: str = "ana", *, owner: bool = True, watchlist: int = 0) -> Json:
    return {
        "username": username,
        "display_name": None,
        "avatar_url": None,
        "url": f"https://letterboxd.test/{username}/",
        "owner": owner,
        "watchlist": watchlist,
    }


class FakeApi:
    """`refusals` maps "METHOD /path" to the (status, detail) that it is refused with; `away` drops every request."""

    def __init__(self) -> None:
        self.films: list[Json] = []
        self.usernames = ["ana"]
        self.sources: list[Json] = [source()]
        self.runs: dict[int, Json] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.away = False
        self.asked: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(self.answer)

    def paths(self, method: str) -> list[str]:
        """The paths that were asked for by `method`, below the API's prefix."""
        return [request.url.path.removeprefix("/api/v1") for request in self.asked if request.method == method]

    def watchlist_queries(self) -> list[httpx.QueryParams]:
        return [request.url.params for request in self.asked if request.url.path.endswith("/watchlist")]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("Connection refused", request=request)
        path = request.url.path.removeprefix("/api/v1")
        if refusal := self.refusals.get(f"{request.method} {path}"):
            return problem(*refusal)
        match request.method, path.strip("/").split("/"):
            case "GET", ["members"]:
                members = [
                    member(name, owner=index == 0, watchlist=len(self.films))
                    for index, name in enumerate(self.usernames)
                ]
                return page(members, request)
            case "GET", ["members", _, "watchlist"]:
                return page(self._matching(request.url.params), request)
            case "GET", ["providers"]:
                return page(self._providers(), request)
            case "GET", ["sources"]:
                return page(self.sources, request)
            case "GET", ["refreshes", which]:
                return self._run(which)
            case "POST", ["refreshes"]:
                self.runs[7] = run("queued", done=0, total=0, percent=0, eta_seconds=None)
                return httpx.Response(202, json=self.runs[7])
            case "POST", ["refreshes", _, "cancel"]:
                return httpx.Response(202, json=self.runs[7])
        return problem(404, "There is nothing here.")

    def _matching(self, query: httpx.QueryParams) -> list[Json]:
        providers = {int(provider) for provider in query.get_list("provider")}
        kind, text = query.get("offer"), query.get("q", "").lower()
        return [
            each
            for each in self.films
            if text in each["title"].lower()
            and (not providers or providers & {one["provider_id"] for one in each["offers"]})
            and (not kind or kind in {one["offer"] for one in each["offers"]})
        ]

    def _providers(self) -> list[Json]:
        found: dict[int, Json] = {}
        for each in self.films:
            for one in {one["provider_id"]: one for one in each["offers"]}.values():
                count = found.setdefault(
                    one["provider_id"],
                    {key: one[key] for key in ("provider_id", "provider", "logo_url")}
                    | {"films": 0, "subscription": 0},
                )
                count["films"] += 1
                count["subscription"] += one["offer"] in ("flatrate", "free", "ads")
        return list(found.values())

    def _run(self, which: str) -> httpx.Response:
        if which == "current" and self.runs:
            return httpx.Response(200, json=self.runs[max(self.runs)])
        if which.isdigit() and int(which) in self.runs:
            return httpx.Response(200, json=self.runs[int(which)])
        return problem(404, f"There is no refresh {which}.")


def page(items: list[Json], request: httpx.Request) -> httpx.Response:
    query = request.url.params
    number, size = int(query.get("page", 1)), int(query.get("page_size", 50))
    pages = -(-len(items) // size)
    return httpx.Response(
        200,
        json={
            "items": items[(number - 1) * size : number * size],
            "page": number,
            "page_size": size,
            "total": len(items),
            "total_pages": pages,
            "has_next": number < pages,
            "has_previous": number > 1,
        },
    )


def problem(status: int, detail: str) -> httpx.Response:
    body = {"type": "about:blank", "title": "Problem", "status": status, "detail": detail, "errors": []}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json"})
