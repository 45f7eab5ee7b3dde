"""Atom (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from api.feeds.entries import RIGHTS, Entry, Feed, stamp

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def render(feed: Feed) -> bytes:
    """The feed as a document; the same feed is the same bytes."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _text(root, "id", f"tag:marquee,2026:feed:{feed.place.identity}")
    _text(root, "title", feed.title)
    _text(root, "updated", stamp(feed.updated))
    _text(root, "rights", RIGHTS)
    _text(SubElement(root, "author"), "name", "Marquee")
    _link(root, "self", feed.place.address, "application/atom+xml")
    if feed.place.page:
        _link(root, "alternate", f"{feed.place.page}/changes", "text/html")
    for entry in feed.entries:
        _add(root, entry)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add(root: Element, entry: Entry) -> None:
    node = SubElement(root, "entry")
    _text(node, "id", f"tag:marquee,2026:event:{entry.key}")
    _text(node, "title", entry.title)
    _text(node, "published", stamp(entry.told_at))
    _text(node, "updated", stamp(entry.told_at))
    _link(node, "alternate", entry.url, "text/html")
    if entry.elsewhere:
        _link(node, "related", entry.elsewhere, "text/html")
    for tag in entry.tags:
        SubElement(node, "category", {"term": tag})
    _text(node, "summary", " ".join(entry.lines))
    _text(node, "content", entry.markup, type="html")


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": relation, "type": kind, "href": address})
