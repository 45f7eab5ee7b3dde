"""A member's RSS feed: the last films that were logged, each with TMDB's id. Pure, and safe with any XML."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import msgspec
from lxml import etree  # type: ignore[import-untyped]

from api.errors import MarkupChanged
from worker.sources.letterboxd.urls import SLUG

NAMESPACES = {"letterboxd": "https://letterboxd.com", "tmdb": "https://themoviedb.org"}
CHANNEL = "/rss/channel"
ITEM = "item"
ENTRY = "item[letterboxd:filmTitle]"
DOCUMENT_TYPE = "/rss without a document type"

GUID = re.compile(r"letterboxd-(?:watch|review)-\d{1,20}")
LIST_GUID = re.compile(r"letterboxd-list-")
LINK = re.compile(r"^(?:https?://[^/]+)?/[^/]+/film/([^/]+)/(?:\d+/)?$")
YEAR = re.compile(r"(?:18|19|20|21)\d\d")
TMDB_ID = re.compile(r"[1-9]\d{0,8}")
RATING = re.compile(r"[0-5](?:\.[05]0*)?")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SAMPLE_LENGTH = 400

Value = TypeVar("Value")


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One film that a member logged, once for each time.

    `rating` is in stars, None where there is none; `watched_on` None where only a review was written. `tmdb` is
    Letterboxd's own link to (media_type, id), None for a film that TMDB has not.
    """

    guid: str
    url: str
    slug: str
    title: str
    year: int | None
    tmdb: tuple[str, int] | None
    watched_on: date | None
    rating: float | None
    liked: bool
    rewatch: bool
    published_at: datetime


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A member's feed, what was logged last first. `skipped` items were not understood; `etag` and `last_modified`
    are what the next request may name, so that an unchanged feed is not sent again."""

    entries: list[FeedEntry]
    skipped: int = 0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def is_in_order(self) -> bool:
        """Whether the entries go back in time one by one, so that none can be missing between two of them."""
        moments = [entry.published_at for entry in self.entries]
        return moments == sorted(moments, reverse=True)


def feed(xml: bytes) -> Feed:
    """The diary entries of a feed; lists, which members publish there too, are left out.

    Raises MarkupChanged for what is no such feed, and where there are items and not one of them is understood.
    """
    items = _channel(xml).findall(ITEM)
    logged = [item for item in items if not LIST_GUID.match(_text(item, "guid") or "")]
    entries: dict[str, FeedEntry] = {}
    skipped = 0
    for item in logged:
        try:
            entry = _entry(item)
        except ValueError:
            skipped += 1
        else:
            entries.setdefault(entry.guid, entry)
    if logged and not entries:
        raise MarkupChanged(ENTRY, _outline(logged[0]))
    return Feed(entries=list(entries.values()), skipped=skipped)


def _channel(xml: bytes) -> etree._Element:
    """The feed's channel. A document type is refused: it is all that makes XML dangerous, and no feed needs one."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(CONTROL.sub(b"", xml), parser)
    except etree.XMLSyntaxError:
        raise MarkupChanged(CHANNEL) from None
    document = root.getroottree()
    if document.docinfo.doctype:
        raise MarkupChanged(DOCUMENT_TYPE)
    for channel in document.xpath(CHANNEL):
        return channel
    raise MarkupChanged(CHANNEL, _outline(root))


def _entry(item: etree._Element) -> FeedEntry:
    """Raises ValueError where what must be there is not, or where anything is not what it should be."""
    link = _demanded(item, "link", LINK.match)
    slug = link[1]
    if not SLUG.fullmatch(slug):
        raise ValueError(slug)
    return FeedEntry(
        guid=_demanded(item, "guid", GUID.fullmatch)[0],
        url=link[0],
        slug=slug,
        title=_demanded(item, "letterboxd:filmTitle", str),
        year=_year(item),
        tmdb=_tmdb(item),
        watched_on=_optional(item, "letterboxd:watchedDate", date.fromisoformat),
        rating=_optional(item, "letterboxd:memberRating", _stars),
        liked=_text(item, "letterboxd:memberLike") == "Yes",
        rewatch=_text(item, "letterboxd:rewatch") == "Yes",
        published_at=_demanded(item, "pubDate", _moment),
    )


def _text(item: etree._Element, name: str) -> str | None:
    """The text of this child; None without one, and for an empty one."""
    return (item.findtext(name, namespaces=NAMESPACES) or "").strip() or None


def _demanded(item: etree._Element, name: str, read: Callable[[str], Value | None]) -> Value:
    text = _text(item, name)
    value = None if text is None else read(text)
    if value is None:
        raise ValueError(f"no {name}")
    return value


def _optional(item: etree._Element, name: str, read: Callable[[str], Value]) -> Value | None:
    text = _text(item, name)
    return None if text is None else read(text)


def _year(item: etree._Element) -> int | None:
    text = _text(item, "letterboxd:filmYear") or ""
    return int(text) if YEAR.fullmatch(text) else None


def _tmdb(item: etree._Element) -> tuple[str, int] | None:
    """The one TMDB title that is named; two of them prove nothing."""
    named = [
        (media_type, int(text))
        for media_type, name in (("movie", "tmdb:movieId"), ("tv", "tmdb:tvId"))
        if (text := _text(item, name)) and TMDB_ID.fullmatch(text)
    ]
    return named[0] if len(named) == 1 else None


def _stars(text: str) -> float | None:
    """Half stars from 0.5 to 5; 0 is Letterboxd's word for none."""
    if not RATING.fullmatch(text) or float(text) > 5:
        raise ValueError(text)
    return float(text) or None


def _moment(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _outline(node: etree._Element) -> str:
    """Which elements are in `node`, and not what they say."""
    names = [etree.QName(child).localname for child in node if isinstance(child.tag, str)]
    return f"<{etree.QName(node).localname}> {' '.join(f'<{name}>' for name in names)}"[:SAMPLE_LENGTH].strip()
