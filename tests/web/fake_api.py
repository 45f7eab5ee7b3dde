"""A small API for the page's tests: it answers in the shapes of the real one, from lists that a test may change."""

import json
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
        "original_title": None,
        "year": year,
        "url": f"https://letterboxd.test/film/{slug}/",
        "media_type": "movie",
        "tmdb_id": 1,
        "imdb_id": None,
        "match": "found",
        "match_confidence": "proven",
        "match_message": None,
        "runtime_minutes": 101,
        "average_rating": 3.6,
        "popularity": 12.5,
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
        "source": None,
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
        "failures": 0,
        "selector": None,
        "has_sample": False,
        "next": "Marquee reads it with the next refresh.",
        "advice": None,
        "by_itself": True,
        "turned_away": False,
    } | fields


def member(username: str = "ana", *, owner: bool = True, watchlist: int = 0, **fields: Any) -> Json:
    return {
        "username": username,
        "display_name": None,
        "avatar_url": None,
        "url": f"https://letterboxd.test/{username}/",
        "owner": owner,
        "followed": "settings",
        "watchlist": watchlist,
    } | fields


def profile(username: str = "ana", **fields: Any) -> Json:
    return {
        "username": username,
        "display_name": None,
        "bio": None,
        "avatar_url": None,
        "url": f"https://letterboxd.test/{username}/",
        "stats": dict.fromkeys(("films_watched", "lists", "following", "followers")),
        "favorites": [],
        "sources": {},
    } | fields


def statistics(ratings: dict[float, int] | None = None, **fields: Any) -> Json:
    """What was watched, by its `ratings`: how many films got which stars."""
    given = ratings or {}
    rated = sum(given.values())
    totals: Json = {"watched": rated, "rated": rated, "liked": 0, "described": rated, "mean_rating": None}
    if rated:
        totals["mean_rating"] = sum(stars * films for stars, films in given.items()) / rated
    return {
        "totals": totals | fields.pop("totals", {}),
        "histogram": [{"rating": half / 2, "films": given.get(half / 2, 0)} for half in range(1, 11)],
        "decades": [],
        "directors": [],
        "genres": [],
    } | fields


def rated_film(title: str, rating: float = 4.0, **fields: Any) -> Json:
    opinion = {"media_type": "movie", "tmdb_id": 1, "rating": rating, "liked": True, "watched": True}
    return film_ref(title) | opinion | {"watched_on": None, "rated_at": None} | fields


def tmdb_list(name: str = "ana's Top Rated Movies", **fields: Any) -> Json:
    return {
        "id": 3,
        "member": "ana",
        "kind": "top_rated",
        "name": name,
        "description": None,
        "public": True,
        "query": None,
        "tmdb_id": 8001,
        "url": "https://tmdb.test/list/8001",
        "mode": "mirror",
        "limit": 20,
        "sort_by": "rating",
        "sort_order": "desc",
        "state": "succeeded",
        "message": None,
        "items": 20,
        "not_matched": [],
        "last_synced_at": ago(hours=2),
    } | fields


def synced(name: str = "ana's Top Rated Movies", **fields: Any) -> Json:
    """What became of one list."""
    return {
        "member": "ana",
        "kind": "top_rated",
        "name": name,
        "tmdb_id": 8001,
        "url": "https://tmdb.test/list/8001",
        "state": "succeeded",
        "message": None,
        "done": 0,
        "total": 0,
        **dict.fromkeys(("added", "removed", "kept", "reordered", "requests"), 0),
        **{part: [] for part in ("additions", "removals", "not_matched", "failed")},
    } | fields


def sync(state: str = "running", *lists: Json, **fields: Any) -> Json:
    return {
        "id": 5,
        "trigger": "manual",
        "state": state,
        "members": ["ana"],
        "dry_run": False,
        "mode": "mirror",
        "done": 0,
        "total": 0,
        "message": None,
        "already_running": False,
        "created_at": ago(seconds=5),
        "started_at": None,
        "finished_at": None,
        "lists": list(lists),
    } | fields


def event(title: str = "Ran", provider: str = "MUBI", kind: str = "arrived", **fields: Any) -> Json:
    one = offer(provider)
    return {
        "id": 1,
        "kind": kind,
        "at": ago(hours=1),
        "settled_at": fields.get("at", ago(hours=1)),
        "film": film_ref(title),
        "country": "GB",
        "provider_id": one["provider_id"],
        "provider": provider,
        "logo_url": one["logo_url"],
        "offer": "flatrate",
        "members": ["ana"],
    } | fields


def film_ref(title: str, **fields: Any) -> Json:
    return {key: film(title)[key] for key in ("slug", "title", "year", "poster_url", "url")} | fields


def correction(title: str = "Ran", **fields: Any) -> Json:
    former, to = ({"media_type": "movie", "tmdb_id": ident, "url": f"https://tmdb.test/{ident}"} for ident in (1, 2))
    because = "Its Letterboxd page names another title."
    return {"id": 1, "at": ago(hours=1), "film": film_ref(title), "from": former, "to": to, "because": because} | fields


def stay(provider: str = "MUBI", kind: str = "flatrate", **fields: Any) -> Json:
    """An interval; `closed_at` and `ended` close it."""
    one = offer(provider, kind)
    return (
        {key: one[key] for key in ("provider_id", "provider", "logo_url", "offer")}
        | {
            "first_seen_at": ago(days=40),
            "last_seen_at": fields.get("closed_at") or ago(minutes=1),
            "closed_at": None,
            "ended": None,
            "seen_from_start": False,
            "typical_stay": None,
        }
        | fields
    )


def service(provider: str, provider_id: int = 0, country: str = "GB") -> Json:
    return {
        key: offer(provider, "flatrate", provider_id, country)[key]
        for key in ("country", "provider_id", "provider", "logo_url")
    }


def notifications(*targets: Json, **fields: Any) -> Json:
    rules = {"kinds": ["arrived"], "offers": ["flatrate", "free", "ads"], "providers": []}
    return {"targets": list(targets), "rules": rules, "last_digest": None} | fields


def delivery(status: str = "sent", **fields: Any) -> Json:
    return {
        "id": 1,
        "digest_id": 1,
        "test": False,
        "title": "3 films arrived on your services",
        "target_name": "ntfy at ntfy.test",
        "status": status,
        "attempts": 1,
        "reason": None,
        "created_at": ago(minutes=5),
        "tried_at": ago(minutes=5),
        "sent_at": None,
        "next_try_at": None,
    } | fields


def candidate(title: str, tmdb_id: int, year: int | None = 1999, **fields: Any) -> Json:
    return {
        "media_type": "movie",
        "tmdb_id": tmdb_id,
        "title": title,
        "original_title": None,
        "year": year,
        "directors": [],
        "runtime_minutes": None,
        "poster_url": None,
        "url": f"https://tmdb.test/movie/{tmdb_id}",
        "why": "same title and year",
        "why_not": None,
    } | fields


def match(title: str, *candidates: Json, state: str = "review", **fields: Any) -> Json:
    """A film that waits for a person."""
    known: Json = {"lid": "abcd", "original_title": None, "directors": [], "runtime_minutes": None, "poster_url": None}
    return {
        "film": film_ref(title, **known),
        "state": state,
        "media_type": None,
        "tmdb_id": None,
        "url": None,
        "method": None,
        "confidence": None,
        "message": "Two titles fit.",
        "locked": False,
        "tried_at": ago(days=1),
        "candidates": list(candidates),
        "queued": True,
        "note": "",
        "same_title": [],
    } | fields


def feed(name: str, title: str, media_type: str, query: str = "") -> Json:
    path = f"/feeds/{name}{query}"
    return {"name": name, "title": title, "media_type": media_type, "url": f"http://api.test{path}", "path": path}


class FakeApi:
    """`refusals` maps "METHOD /path" to the (status, detail) that it is refused with; `answers` to another one.

    `away` drops every request.
    """

    def __init__(self) -> None:
        self.films: list[Json] = []
        self.usernames = ["ana"]
        self.followed: dict[str, str | None] = {}
        self.profiles: dict[str, Json] = {}
        self.statistics: Json = statistics()
        self.top_rated: list[Json] = []
        self.account: Json = {
            "connected": True,
            "account_id": "a1",
            "from": "stored",
            "enabled": True,
            "can_approve": True,
            "connected_at": ago(days=1),
            "pending_until": None,
            "message": None,
        }
        self.tmdb_lists: list[Json] = []
        self.syncs: dict[int, Json] = {}
        self.sources: list[Json] = [source()]
        self.keepings: list[Json] = []
        self.runs: dict[int, Json] = {}
        self.refusals: dict[str, tuple[int, str]] = {}
        self.answers: dict[str, httpx.Response] = {}
        self.away = False
        self.events: list[Json] = []
        self.corrections: list[Json] = []
        self.feeds: list[Json] = []
        self.services: dict[str, list[Json]] = {}
        self.plan: Json = {"films": {}, "sets": [], "held": {"services": []}}
        self.facets: Json = {"genres": [], "decades": []}
        self.pick: Json | None = None
        self.picks: dict[int, Json] = {}
        self.availability: list[Json] = []
        self.notifications: Json = notifications()
        self.deliveries: list[Json] = []
        self.questions = 0
        self.matches: list[Json] = []
        self.imported: Json = {"imported": 1, "unchanged": 0, "waiting": 0, "kept": 0, "note": "Read."}
        self.asked: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(self.answer)

    def paths(self, method: str) -> list[str]:
        """The paths that were asked for by `method`, below the API's prefix."""
        return [request.url.path.removeprefix("/api/v1") for request in self.asked if request.method == method]

    def watchlist_queries(self) -> list[httpx.QueryParams]:
        """Those for films, not for what there is to filter them by."""
        asked = [request.url.params for request in self.asked if request.url.path.endswith("/watchlist")]
        return [query for query in asked if "facets" not in query]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("Connection refused", request=request)
        path = request.url.path.removeprefix("/api/v1")
        if refusal := self.refusals.get(f"{request.method} {path}"):
            return problem(*refusal)
        if answer := self.answers.get(f"{request.method} {path}"):
            return answer
        match request.method, path.strip("/").split("/"):
            case "GET", ["members"]:
                return page(self._members(), request)
            case "POST", ["members"]:
                return self._follow(json.loads(request.content)["username"])
            case "DELETE", ["members", name]:
                return self._forget(name, request.url.params["keep"])
            case "GET", ["members", name]:
                return httpx.Response(200, json=self.profiles.get(name, profile(name)))
            case "GET", ["members", _, "statistics"]:
                return httpx.Response(200, json=self.statistics)
            case "GET", ["members", _, "top-rated"]:
                return page(self.top_rated, request)
            case "POST", ["members", name, "refresh"]:
                self.runs[7] = run("queued", members=[name], done=0, total=0, percent=0, eta_seconds=None)
                return httpx.Response(202, json=self.runs[7])
            case "GET", ["members", _, "watchlist"] if "facets" in request.url.params:
                return httpx.Response(200, json={"items": [], "total": len(self.films), "facets": self.facets})
            case "GET", ["pick"]:
                pick = self.picks.get(int(request.url.params.get("seed", 0)), self.pick)
                return httpx.Response(200, json=pick) if pick else problem(404, "No film fits.")
            case "GET", ["members", _, "watchlist"]:
                return page(self._matching(request.url.params), request)
            case "GET", ["members", name, "services"]:
                return httpx.Response(200, json={"items": self.services.get(name, [])})
            case "PUT", ["members", name, "services"]:
                return self._choose(name, json.loads(request.content))
            case "GET", ["tmdb-account"]:
                return httpx.Response(200, json=self.account)
            case "POST", ["tmdb-account", "approval"]:
                self.account["pending_until"] = ahead(minutes=15)
                approval = {"url": "https://tmdb.test/auth/access?request_token=t", "expires_at": ahead(minutes=15)}
                return httpx.Response(201, json=approval)
            case "POST", ["tmdb-account", "approval", "finish"]:
                self.account["connected"] = True
                return httpx.Response(200, json=self.account)
            case "GET", ["tmdb-lists"]:
                return page(self.tmdb_lists, request)
            case "POST", ["tmdb-lists", "sync"]:
                self.syncs[5] = sync("queued", dry_run=json.loads(request.content)["dry_run"])
                return httpx.Response(202, json=self.syncs[5])
            case "GET", ["tmdb-lists", "syncs", number]:
                return httpx.Response(200, json=self.syncs[int(number)])
            case "GET", ["plan"]:
                return httpx.Response(200, json=self.plan | {"country": request.url.params["country"]})
            case "GET", ["events"]:
                return page(self._told(request.url.params), request)
            case "GET", ["corrections"]:
                return page(self.corrections, request)
            case "GET", ["feeds"]:
                return page(self.feeds, request)
            case "GET", ["matches"]:
                return page(self._asked(request.url.params), request)
            case method, ["films", slug, "match"]:
                return self._decide(method, slug, request.content)
            case "GET", ["matches", "decisions"]:
                return httpx.Response(200, content=b"lid,media_type,tmdb_id\n")
            case "POST", ["matches", "decisions"]:
                return httpx.Response(200, json=self.imported)
            case "GET", ["films", slug]:
                return self._film(slug)
            case "GET", ["films", _, "availability"]:
                return httpx.Response(200, json={"film": film_ref("Ran"), "countries": self.availability})
            case "GET", ["providers"]:
                return page(self._providers(), request)
            case "GET", ["brands"]:
                return page(self._brands(), request)
            case "GET", ["sources"]:
                return page(self.sources, request)
            case "GET", ["sources", _, "sample"]:
                return httpx.Response(200, text="<div.mosaic>\n")
            case "GET", ["notifications"]:
                return httpx.Response(200, json=self.notifications)
            case "POST", ["notifications", "test"]:
                return httpx.Response(202, json={"digest_id": 1, "deliveries": [1]})
            case "GET", ["deliveries"]:
                return page(self.deliveries, request)
            case "POST", ["deliveries", number, "retry"]:
                return httpx.Response(202, json=delivery(id=int(number)))
            case "GET", ["housekeeping"]:
                return page(self.keepings, request)
            case "GET", ["refreshes", which]:
                return self._run(which)
            case "POST", ["refreshes"]:
                self.runs[7] = run("queued", done=0, total=0, percent=0, eta_seconds=None)
                return httpx.Response(202, json=self.runs[7])
            case "POST", ["refreshes", _, "cancel"]:
                return httpx.Response(202, json=self.runs[7])
        return problem(404, "There is nothing here.")

    def _members(self) -> list[Json]:
        return [
            member(
                name,
                owner=index == 0,
                watchlist=len(self.films),
                followed=self.followed.get(name, "settings"),
                display_name=self.profiles.get(name, {}).get("display_name"),
            )
            for index, name in enumerate(self.usernames)
        ]

    def _follow(self, name: str) -> httpx.Response:
        self.usernames = list(dict.fromkeys([*self.usernames, name]))
        self.followed[name] = "added"
        self.runs[7] = run("queued", members=[name], done=0, total=0, percent=0, eta_seconds=None)
        return httpx.Response(202, json=self.runs[7])

    def _forget(self, name: str, keep: str) -> httpx.Response:
        self.followed[name] = None
        if keep == "nothing":
            self.usernames.remove(name)
        return httpx.Response(204)

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

    def _brands(self) -> list[Json]:
        """Each provider alone, but Netflix with its tier."""
        tiers = {1796: 8}
        found: dict[int, Json] = {}
        for each in self.films:
            shown = {one["provider_id"]: one for one in each["offers"]}
            for main in dict.fromkeys(tiers.get(ident, ident) for ident in shown):
                one = shown.get(main) or next(iter(shown.values()))
                brand = {"brand": str(main), "name": one["provider"], "logo_url": one["logo_url"], "films": 0}
                found.setdefault(main, {**brand, "provider_ids": [main]})["films"] += 1
            for tier in tiers.keys() & shown.keys():
                found[tiers[tier]]["provider_ids"] = [tiers[tier], tier]
        return list(found.values())

    def _told(self, query: httpx.QueryParams) -> list[Json]:
        """The events that the query narrows to; of services those of the member, or of the first one."""
        owner = query.get("member", self.usernames[0])
        mine = {(one["country"], one["provider_id"]) for one in self.services.get(owner, [])}
        return [
            each
            for each in self.events
            if query.get("kind", each["kind"]) == each["kind"]
            and query.get("country", each["country"]) == each["country"]
            and query.get("member", each["members"][0]) in each["members"]
            and ("services" not in query or (each["country"], each["provider_id"]) in mine)
        ]

    def _film(self, slug: str) -> httpx.Response:
        found = next((each for each in self.films if each["slug"] == slug), None)
        if found is None:
            return problem(404, f"There is no film {slug}.")
        more = {"release_date": None, "directors": [], "genres": [], "members": ["ana"]}
        return httpx.Response(200, json=more | found)

    def _choose(self, name: str, choice: Json) -> httpx.Response:
        known = {one["provider_id"]: one["provider"] for each in self.films for one in each["offers"]}
        if any(ident not in known for ident in choice["provider_ids"]):
            return problem(400, "Marquee knows no such provider.")
        others = [one for one in self.services.get(name, []) if one["country"] != choice["country"]]
        chosen = [service(known[ident], ident, choice["country"]) for ident in choice["provider_ids"]]
        self.services[name] = others + chosen
        return httpx.Response(200, json={"items": self.services[name]})

    def _asked(self, query: httpx.QueryParams) -> list[Json]:
        """The matches that the query narrows to; where a test names none, as many as it says."""
        decided, states = query.get("locked") == "true", query.get_list("state")
        if not self.matches:
            return [match("Ran")] * self.questions
        return [
            each
            for each in self.matches
            if each["locked"] == decided and (decided or each["state"] in (states or ["review", "not_found", "error"]))
        ]

    def _decide(self, method: str, slug: str, body: bytes) -> httpx.Response:
        found = next((each for each in self.matches if each["film"]["slug"] == slug), None)
        if found is None:
            return problem(404, f"There is no film {slug}.")
        if method == "PUT":
            nothing: Json = {"state": "found", "media_type": None, "tmdb_id": None, "locked": True}
            found |= nothing | json.loads(body) | {"tried_at": ago(seconds=1), "message": None, "note": "Decided."}
            found["url"] = found["tmdb_id"] and f"https://tmdb.test/{found['media_type']}/{found['tmdb_id']}"
        if method == "DELETE":
            found |= {"state": "pending", "media_type": None, "tmdb_id": None, "locked": False, "note": "Again."}
        return httpx.Response(200, json=found)

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
