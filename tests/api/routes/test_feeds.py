from datetime import date, timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]
import httpx
import icalendar
import pytest
from sqlalchemy import delete

from api.db import tables
from api.db.engine import Database
from tests.api.conftest import Serve
from tests.factories import NOW, AvailabilityRow, EntryRow, EventRow, FilmRow, MemberRow, ProviderRow, add

NAMES = ("changes.atom", "changes.ics", "changes.json")
HEAT, RONIN = 1, 2
NETFLIX, MUBI = 8, 11


@pytest.fixture(autouse=True)
async def events(database: Database) -> None:
    """Heat came to Netflix; Ronin left Mubi two days before that was told; in Germany, Ronin can be rented."""
    async with database.write() as db:
        await add(db, tables.members, MemberRow.build(id=1, username="alice"), MemberRow.build(id=2, username="bob"))
        await add(
            db,
            tables.films,
            FilmRow.build(id=HEAT, slug="heat-1995", title="Heat"),
            FilmRow.build(id=RONIN, slug="ronin", title="Ronin", year=None, poster_path=None),
        )
        await add(
            db,
            tables.watchlist_entries,
            EntryRow.build(member_id=1, film_id=HEAT),
            EntryRow.build(member_id=2, film_id=HEAT),
            EntryRow.build(member_id=2, film_id=RONIN),
        )
        await add(
            db, tables.providers, ProviderRow.build(id=NETFLIX, name="Netflix"), ProviderRow.build(id=MUBI, name="Mubi")
        )
        await add(
            db,
            tables.availability,
            AvailabilityRow.build(id=1, film_id=HEAT, provider_id=NETFLIX),
            AvailabilityRow.build(id=2, film_id=RONIN, provider_id=MUBI, closed_at=NOW),
            AvailabilityRow.build(id=3, film_id=RONIN, provider_id=MUBI, country="DE", offer="rent"),
        )
        await add(
            db,
            tables.events,
            EventRow.build(id=1, availability_id=1, at=NOW - timedelta(hours=3)),
            EventRow.build(
                id=2,
                availability_id=2,
                kind="left",
                at=NOW - timedelta(days=2, hours=2),
                settles_at=NOW - timedelta(hours=2),
            ),
            EventRow.build(id=3, availability_id=3, at=NOW - timedelta(hours=1)),
        )


async def atom(client: httpx.AsyncClient, query: str = "") -> Any:
    """The feed as a reader understands it."""
    answer = await client.get(f"/feeds/changes.atom{query}")
    assert answer.status_code == 200, answer.text
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not found.bozo, found.get("bozo_exception")
    return found


async def calendar(client: httpx.AsyncClient, query: str = "") -> icalendar.Calendar:
    answer = await client.get(f"/feeds/changes.ics{query}")
    assert answer.status_code == 200, answer.text
    found = icalendar.Calendar.from_ical(answer.content)
    assert isinstance(found, icalendar.Calendar)
    assert found.errors == []
    return found


async def items(client: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/feeds/changes.json{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_feed_reader_understands_the_atom_feed(client: httpx.AsyncClient) -> None:
    found = await atom(client)
    assert (found.version, found.feed.title, found.feed.author) == ("atom10", "Marquee: what changed", "Marquee")
    assert found.feed.updated == "2026-11-20T05:00:00Z"
    assert [(each.rel, each.href) for each in found.feed.links] == [("self", "http://api.test/feeds/changes.atom")]
    assert [entry.title for entry in found.entries] == [
        "Arrived on Mubi (rent, DE): Ronin",
        "Left Mubi (GB): Ronin",
        "Arrived on Netflix (GB): Heat (1995)",
    ]
    left, heat = found.entries[1:]
    assert heat.link == "https://letterboxd.test/film/heat-1995/"
    assert heat.updated == heat.published == "2026-11-20T03:00:00Z"
    assert heat.summary == "Heat (1995) arrived on Netflix in GB, on subscription. On the watchlist of alice and bob."
    assert [tag.term for tag in heat.tags] == ["arrived", "Netflix", "GB", "flatrate"]
    assert heat.content[0].type == "text/html"
    assert 'src="https://images.test/t/p/w342/poster1.jpg"' in heat.content[0].value
    assert left.updated == "2026-11-20T04:00:00Z"
    assert "Noticed on 18 November 2026." in left.summary


async def test_a_program_understands_the_json_feed(client: httpx.AsyncClient) -> None:
    document = (await client.get("/feeds/changes.json?kind=arrived&country=GB")).json()
    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Marquee: what arrived",
        "description": "Streaming data by JustWatch, through TMDB.",
        "feed_url": "http://api.test/feeds/changes.json?kind=arrived&country=GB",
        "language": "en",
        "authors": [{"name": "Marquee"}],
        "items": [
            {
                "id": "tag:marquee,2026:event:1-20261120T030000Z",
                "url": "https://letterboxd.test/film/heat-1995/",
                "title": "Arrived on Netflix: Heat (1995)",
                "content_text": "Heat (1995) arrived on Netflix in GB, on subscription.\n"
                "On the watchlist of alice and bob.",
                "content_html": '<p><img src="https://images.test/t/p/w342/poster1.jpg" alt=""></p>'
                "<p>Heat (1995) arrived on Netflix in GB, on subscription.</p>"
                "<p>On the watchlist of alice and bob.</p>"
                '<p><a href="https://letterboxd.test/film/heat-1995/">Letterboxd</a></p>',
                "image": "https://images.test/t/p/w342/poster1.jpg",
                "date_published": "2026-11-20T03:00:00Z",
                "tags": ["arrived", "Netflix", "GB", "flatrate"],
                "_marquee": {
                    "id": 1,
                    "kind": "arrived",
                    "at": "2026-11-20T03:00:00Z",
                    "country": "GB",
                    "provider_id": NETFLIX,
                    "offer": "flatrate",
                    "film": "heat-1995",
                },
            }
        ],
    }


async def test_a_calendar_shows_each_event_on_its_day(serve: Serve, database: Database) -> None:
    async with serve(refresh_timezone="Pacific/Auckland") as client:
        found = await calendar(client)
    assert found["X-WR-CALNAME"] == "Marquee: what changed"
    assert found["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert found["REFRESH-INTERVAL"].params == {"VALUE": "DURATION"}
    rent, left, heat = found.events
    assert (heat["UID"], left["UID"]) == ("1-20261120T030000Z@marquee", "2-20261118T040000Z@marquee")
    assert (heat.start, heat.end) == (date(2026, 11, 20), date(2026, 11, 21))
    assert left.start == date(2026, 11, 18), "the day on which it was noticed, not the one on which that was told"
    assert left.DTSTAMP.hour == 4
    assert heat["SUMMARY"] == "Arrived on Netflix (GB): Heat (1995)"
    assert heat["URL"] == "https://letterboxd.test/film/heat-1995/"
    assert heat["TRANSP"] == "TRANSPARENT"
    assert rent.categories == ["arrived", "Mubi", "DE", "rent"]


async def test_a_calendars_day_is_the_readers(serve: Serve, database: Database) -> None:
    async with database.write() as db:
        await db.execute(tables.events.update().values(at=NOW.replace(hour=23, minute=30), settles_at=NOW))
    async with serve(refresh_timezone="Europe/Berlin") as client:
        assert {event.start for event in (await calendar(client)).events} == {date(2026, 11, 21)}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("changes.atom", "application/atom+xml; charset=utf-8"),
        ("changes.json", "application/feed+json; charset=utf-8"),
        ("changes.ics", "text/calendar; charset=utf-8"),
    ],
)
async def test_a_feed_says_what_it_is_and_how_long_it_keeps(
    client: httpx.AsyncClient, name: str, media_type: str
) -> None:
    answer = await client.get(f"/feeds/{name}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "private, max-age=300"
    head = await client.head(f"/feeds/{name}")
    assert (head.status_code, head.content, head.headers) == (200, b"", answer.headers)


async def test_a_new_event_changes_the_feed_and_no_older_entry(client: httpx.AsyncClient, database: Database) -> None:
    before, tag = await atom(client), (await client.get("/feeds/changes.atom")).headers["etag"]
    async with database.write() as db:
        await add(db, tables.events, EventRow.build(id=4, availability_id=1, at=NOW))
    answer = await client.get("/feeds/changes.atom", headers={"if-none-match": tag})
    assert answer.status_code == 200
    after = feedparser.parse(answer.content)
    assert [entry.id for entry in after.entries[1:]] == [entry.id for entry in before.entries]


@pytest.mark.parametrize("name", NAMES)
async def test_the_same_data_are_the_same_bytes(serve: Serve, database: Database, name: str) -> None:
    answers = []
    for _ in range(2):
        async with serve() as client:
            answers.append(await client.get(f"/feeds/{name}"))
    assert answers[0].content == answers[1].content
    assert answers[0].headers["etag"] == answers[1].headers["etag"]


async def test_an_event_is_the_same_at_another_address(client: httpx.AsyncClient, database: Database) -> None:
    before = [item["id"] for item in await items(client)]
    async with database.write() as db:
        await db.execute(tables.films.update().where(tables.films.c.id == HEAT).values(slug="heat", title="Heat!"))
    moved = (await client.get("/feeds/changes.json", headers={"host": "elsewhere.test:9"})).json()
    assert moved["feed_url"] == "http://elsewhere.test:9/feeds/changes.json"
    assert [item["id"] for item in moved["items"]] == before


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?kind=left", ["Left Mubi (GB): Ronin"]),
        ("?country=de", ["Arrived on Mubi (rent): Ronin"]),
        ("?member=alice", ["Arrived on Netflix (GB): Heat (1995)"]),
        ("?provider=11&kind=arrived", ["Arrived on Mubi (rent, DE): Ronin"]),
        ("?offer=rent", ["Arrived on Mubi (rent, DE): Ronin"]),
        ("?services=true", ["Arrived on Netflix (GB): Heat (1995)"]),
        ("?services=true&member=bob", []),
    ],
)
async def test_a_feed_is_filtered_like_the_list_of_events(
    client: httpx.AsyncClient, database: Database, query: str, titles: list[str]
) -> None:
    async with database.write() as db:
        await add(db, tables.services, {"member_id": 1, "country": "GB", "provider_id": NETFLIX})
    assert [entry.title for entry in (await atom(client, query)).entries] == titles
    assert [item["title"] for item in await items(client, query)] == titles
    assert [event["SUMMARY"] for event in (await calendar(client, query)).events] == titles


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("?kind=arrived", "Marquee: what arrived"),
        ("?kind=arrived&kind=left&member=Alice", "Marquee: what changed for alice"),
        ("?kind=left&services=true", "Marquee: what left on the services of alice"),
    ],
)
async def test_a_filtered_feed_has_a_title_and_an_id_of_its_own(
    client: httpx.AsyncClient, query: str, title: str
) -> None:
    found, whole = await atom(client, query), await atom(client)
    assert found.feed.title == title
    assert found.feed.id != whole.feed.id


@pytest.mark.parametrize("name", NAMES)
async def test_what_cannot_be_used_is_refused(client: httpx.AsyncClient, name: str) -> None:
    for query in ("kinds=left", "kind=gone", "page=2", "member=nobody", "since=x", "token=a&token=b"):
        answer = await client.get(f"/feeds/{name}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
        assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_there_are_no_other_feeds(client: httpx.AsyncClient) -> None:
    for path in ("/feeds", "/feeds/changes", "/feeds/changes.rss", "/feeds/changes.atom/more"):
        assert (await client.get(path)).status_code == 404, path
    assert (await client.post("/feeds/changes.atom")).status_code == 405


async def test_a_feed_holds_the_newest_hundred(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        rows = [EventRow.build(id=n, availability_id=1, at=NOW - timedelta(minutes=n)) for n in range(10, 160)]
        await add(db, tables.events, *rows)
    found = await items(client)
    assert len(found) == 100
    assert found[0]["_marquee"]["id"] == 10


async def test_a_feed_without_events_is_answered(client: httpx.AsyncClient, database: Database) -> None:
    async with database.write() as db:
        await db.execute(delete(tables.events))
    for name in NAMES:
        answer = await client.get(f"/feeds/{name}")
        assert (answer.status_code, "last-modified" in answer.headers) == (200, False), name


@pytest.mark.parametrize("name", NAMES)
async def test_a_feed_whose_data_are_away_says_so(serve: Serve, name: str) -> None:
    async with serve(database_url="postgresql+asyncpg://marquee@127.0.0.1:1/marquee") as client:
        answer = await client.get(f"/feeds/{name}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_feeds_are_listed_with_their_addresses(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/api/v1/feeds")).json()
    assert listed["total"] == 3
    assert listed["items"][0] == {
        "name": "changes.atom",
        "title": "What changed, for feed readers",
        "media_type": "application/atom+xml",
        "url": "http://api.test/feeds/changes.atom",
        "path": "/feeds/changes.atom",
    }
    for item in listed["items"]:
        answer = await client.get(item["url"])
        assert answer.headers["content-type"].startswith(item["media_type"])
    newest = (await client.get("/api/v1/feeds?sort_order=desc&page_size=1")).json()["items"]
    assert [item["name"] for item in newest] == ["changes.json"]


async def test_a_host_that_cannot_be_is_refused(client: httpx.AsyncClient) -> None:
    for host in ("api.test:port", "api.test:99999"):
        for path in ("/api/v1/feeds", "/feeds/changes.atom"):
            answer = await client.get(path, headers={"host": host})
            assert answer.json()["errors"] == [{"field": "Host", "message": "is not the name of a host"}], (host, path)


async def test_a_page_that_passes_a_feed_on_is_where_its_links_lead(client: httpx.AsyncClient) -> None:
    headers = {"x-marquee-page": "https://films.example.org/marquee"}
    page = "https://films.example.org/marquee"
    found = feedparser.parse((await client.get("/feeds/changes.atom?kind=left", headers=headers)).content)
    assert [(each.rel, each.href) for each in found.feed.links] == [
        ("self", f"{page}/feeds/changes.atom?kind=left"),
        ("alternate", f"{page}/changes"),
    ]
    assert [(each.rel, each.href) for each in found.entries[0].links] == [
        ("alternate", f"{page}/films/ronin"),
        ("related", "https://letterboxd.test/film/ronin/"),
    ]
    document = (await client.get("/feeds/changes.json", headers=headers)).json()
    assert (document["home_page_url"], document["feed_url"]) == (f"{page}/changes", f"{page}/feeds/changes.json")
    item = document["items"][0]
    assert (item["url"], item["external_url"]) == (f"{page}/films/ronin", "https://letterboxd.test/film/ronin/")
    assert f'<a href="{page}/films/ronin">Marquee</a>' in item["content_html"]
    body = (await client.get("/feeds/changes.ics", headers=headers)).content
    assert str(icalendar.Calendar.from_ical(body).events[0]["DESCRIPTION"]).endswith(f"\n{page}/films/ronin")


async def test_what_is_no_address_of_a_page_is_no_page(client: httpx.AsyncClient) -> None:
    for page in ("javascript:alert(1)", "//evil.test", "http://[", "x", "http://", 'http:"><b>'):
        document = (await client.get("/feeds/changes.json", headers={"x-marquee-page": page})).json()
        assert document["feed_url"] == "http://api.test/feeds/changes.json"
        assert "home_page_url" not in document
