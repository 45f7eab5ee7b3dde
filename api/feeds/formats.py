"""The feeds that there are, by their names."""

from collections.abc import Callable

import msgspec

from api.feeds import atom, calendar, json_feed
from api.feeds.entries import Feed


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One way to write the feed of changes; `name` is the last part of its address."""

    name: str
    title: str
    media_type: str
    operation_id: str
    render: Callable[[Feed], bytes]


FORMATS = (
    Format(
        name="changes.atom",
        title="What changed, for feed readers",
        media_type=atom.MEDIA_TYPE,
        operation_id="getChangesAtom",
        render=atom.render,
    ),
    Format(
        name="changes.json",
        title="What changed, as a JSON Feed",
        media_type=json_feed.MEDIA_TYPE,
        operation_id="getChangesJson",
        render=json_feed.render,
    ),
    Format(
        name="changes.ics",
        title="What changed, for calendars",
        media_type=calendar.MEDIA_TYPE,
        operation_id="getChangesCalendar",
        render=calendar.render,
    ),
)
