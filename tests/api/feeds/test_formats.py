"""Every format holds any text, and a feed of nothing is one."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api.db.events import EventFilters
from api.feeds import atom, calendar, json_feed
from api.feeds.entries import Feed, Place, feed_of, plain
from api.schemas.events import Event
from api.schemas.films import FilmRef

AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
HEAT = FilmRef("heat-1995", "Heat", 1995, None, "https://letterboxd.test/film/heat-1995/")
EVENT = Event(1, "arrived", AT, AT, HEAT, "GB", 8, "Netflix", None, "flatrate", ["alice"])
NASTY = 'Heat <b>&amp;</b> "Ω" \x07👍\r\nBEGIN:VEVENT; \\,'
READ = 'Heat <b>&amp;</b> "Ω" 👍 BEGIN:VEVENT; \\,'


def feed(*events: Event) -> Feed:
    place = Place(address="http://api.test/feeds/x?a=1&b=<2>", identity="x", page="http://marquee.test")
    return feed_of(events, EventFilters(countries=("GB",)), place, UTC)


def titled(title: str, provider: str = "Netflix") -> Feed:
    return feed(replace(EVENT, film=replace(HEAT, title=title, year=None), provider=provider))


def test_nothing_in_an_atom_title_is_taken_for_markup() -> None:
    found = feedparser.parse(atom.render(titled(NASTY, "M<u>bi")))
    assert not found.bozo
    entry = found.entries[0]
    assert (entry.title, entry.title_detail.type) == (f"Arrived on M<u>bi: {READ}", "text/plain")
    assert [tag.term for tag in entry.tags] == ["arrived", "M<u>bi", "GB", "flatrate"]
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in entry.content[0].value
    assert "<b>" not in entry.content[0].value


def test_nothing_in_a_json_title_is_taken_for_markup() -> None:
    item = json.loads(json_feed.render(titled(NASTY)))["items"][0]
    assert item["title"] == f"Arrived on Netflix: {READ}"
    assert READ in item["content_text"]
    assert "<b>" not in item["content_html"]


def test_nothing_in_a_title_is_taken_for_a_line_of_a_calendar() -> None:
    body = calendar.render(titled(NASTY, "M,u;b\r\nX:1"))
    found = icalendar.Calendar.from_ical(body)
    assert isinstance(found, icalendar.Calendar)
    assert [event.summary for event in found.events] == [f"Arrived on M,u;b X:1: {READ}"]
    assert found.events[0].categories == ["arrived", "M,u;b X:1", "GB", "flatrate"]


@given(title=st.text(), provider=st.text())
@settings(max_examples=50, deadline=None)
def test_every_format_holds_any_text(title: str, provider: str) -> None:
    read = f"Arrived on {plain(provider)}: {plain(title)}"
    document = ElementTree.fromstring(atom.render(titled(title, provider)))
    assert document.findtext("{*}entry/{*}title") == read
    assert json.loads(json_feed.render(titled(title, provider)))["items"][0]["title"] == read
    body = calendar.render(titled(title, provider))
    found = icalendar.Calendar.from_ical(body)
    assert isinstance(found, icalendar.Calendar)
    assert [str(event.summary).rstrip() for event in found.events] == [read.rstrip()]
    assert body.count(b"\n") == body.count(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))


def test_a_title_of_emoji_is_folded_between_them() -> None:
    for line in calendar.render(titled("👍" * 60)).split(b"\r\n"):
        line.decode()


def test_what_is_no_text_leaves_no_feed_broken() -> None:
    broken = replace(EVENT, film=replace(HEAT, slug="a\x00\ud800b", url="https://x/\x07", poster_url="https://y/\x1f"))
    assert not feedparser.parse(atom.render(feed(broken))).bozo
    item = json.loads(json_feed.render(feed(broken)))["items"][0]
    assert (item["url"], item["image"]) == ("http://marquee.test/films/ab", "https://y/")
    assert item["external_url"] == "https://x/"
    assert icalendar.Calendar.from_ical(calendar.render(feed(broken))).events[0].url == item["url"]


def test_nothing_in_a_title_turns_the_direction_of_what_follows() -> None:
    [entry] = titled("The \u202eevil\u2066 one").entries
    assert entry.title == "Arrived on Netflix: The evil one"


@pytest.mark.parametrize(("days", "said"), [(0, ""), (2, "Noticed on 20 November 2026.")])
def test_the_day_is_told_where_it_was_not_noticed_on_the_day_itself(days: int, said: str) -> None:
    late = replace(EVENT, kind="left", settled_at=AT + timedelta(days=days), members=[])
    assert "".join(feed(late).entries[0].lines[1:]) == said


def test_a_feed_without_events_is_valid() -> None:
    found = feedparser.parse(atom.render(feed()))
    assert not found.bozo
    assert (found.entries, found.feed.updated) == ([], "2000-01-01T00:00:00Z")
    assert json.loads(json_feed.render(feed()))["items"] == []
    empty = icalendar.Calendar.from_ical(calendar.render(feed()))
    assert isinstance(empty, icalendar.Calendar)
    assert (empty.events, empty.errors) == ([], [])
    assert b"\r\nX-WR-CALDESC:Streaming data by JustWatch\\, through TMDB.\r\n" in calendar.render(feed())
    assert empty.subcomponents, "a calendar holds at least one component"


@pytest.mark.parametrize("render", [atom.render, json_feed.render, calendar.render])
def test_the_same_events_are_the_same_bytes_at_any_time(render: object) -> None:
    assert callable(render)
    events = [replace(EVENT, id=number, settled_at=AT - timedelta(minutes=number)) for number in range(9)]
    assert render(feed(*events)) == render(feed(*events))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], ""),
        (["alice"], "On the watchlist of alice."),
        (["alice", "bob"], "On the watchlist of alice and bob."),
        (["alice", "bob", "carol"], "On the watchlist of alice, bob and carol."),
    ],
)
def test_who_waits_for_a_film_is_named(members: list[str], said: str) -> None:
    lines = feed(replace(EVENT, members=members)).entries[0].lines
    assert "".join(lines[1:]) == said


def test_the_title_says_what_kind_of_offer_it_is_where_it_is_no_subscription() -> None:
    kinds = ("flatrate", "free", "ads", "rent", "buy")
    titles = [entry.title for entry in feed(*(replace(EVENT, offer=kind) for kind in kinds)).entries]
    assert titles == [
        "Arrived on Netflix: Heat (1995)",
        "Arrived on Netflix (free): Heat (1995)",
        "Arrived on Netflix (with ads): Heat (1995)",
        "Arrived on Netflix (rent): Heat (1995)",
        "Arrived on Netflix (buy): Heat (1995)",
    ]
