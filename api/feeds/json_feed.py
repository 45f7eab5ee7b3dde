"""JSON Feed 1.1."""

from typing import Any

import msgspec

from api.feeds.entries import RIGHTS, Entry, Feed, plain, stamp

MEDIA_TYPE = "application/feed+json; charset=utf-8"
Json = dict[str, Any]


def render(feed: Feed) -> bytes:
    """The feed as a document; what is not known is left out."""
    page = feed.place.page
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": RIGHTS,
        "home_page_url": f"{page}/changes" if page else None,
        "feed_url": feed.place.address,
        "language": "en",
        "authors": [{"name": "Marquee"}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return msgspec.json.encode(_known(document))


def _item(entry: Entry) -> Json:
    return _known(
        {
            "id": f"tag:marquee,2026:event:{entry.key}",
            "url": entry.url,
            "external_url": entry.elsewhere,
            "title": entry.title,
            "content_text": "\n".join(entry.lines),
            "content_html": entry.markup,
            "image": entry.image,
            "date_published": stamp(entry.told_at),
            "tags": entry.tags,
            "_marquee": _facts(entry),
        }
    )


def _facts(entry: Entry) -> Json:
    """The event for programs, in the names of the API."""
    event = entry.event
    names = ("id", "kind", "at", "country", "provider_id", "offer")
    facts = {name: getattr(event, name) for name in names}
    return facts | {"film": plain(event.film.slug)}


def _known(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value is not None}
