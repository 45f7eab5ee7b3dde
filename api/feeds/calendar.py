"""iCalendar (RFC 5545, RFC 7986): a day for each event, on which nobody is busy."""

from datetime import UTC, datetime, timedelta

import icalendar

from api.feeds.entries import RIGHTS, Entry, Feed

MEDIA_TYPE = "text/calendar; charset=utf-8"
EVERY = timedelta(hours=1)
"""How often a calendar is asked to look again."""


def render(feed: Feed) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Marquee//Marquee//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, icalendar.vText(feed.title))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, icalendar.vText(RIGHTS))
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(EVERY))
    for entry in feed.entries:
        calendar.add_component(_event(entry))
    if not feed.entries:
        calendar.add_component(_utc())
    document: bytes = calendar.to_ical()
    return document


def _event(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{entry.key}@marquee")
    event.add("dtstamp", entry.told_at.astimezone(UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", "\n".join([*entry.lines, entry.url]))
    event.add("url", entry.url)
    event.add("categories", entry.tags)
    event.add("transp", "TRANSPARENT")
    return event


def _utc() -> icalendar.Timezone:
    """A calendar without any component is not one: this stands in one without events."""
    standard = icalendar.TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  a local time, by the format's rules
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    zone = icalendar.Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone
