"""Small readings of Letterboxd's markup that several pages share."""

import re
from typing import Any

import msgspec
from parsel import Selector

SLUG_IN_LINK = re.compile(r"^(?:https?://[^/]+)?/film/([^/]+)/?$")
COUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[,.\s]\d{3})+|\d+)(?![\d.,]*[KM\d])")
NAME_AND_YEAR = re.compile(r"^(.*\S)\s\((\d{4})\)$", re.DOTALL)
LID = re.compile(r"[A-Za-z0-9]{1,12}")
FILM_NUMBER = re.compile(r"film:(\d{1,10})(?!\d)")
LARGEST_NUMBER = 2**31 - 1
"""What a column of the database holds; Letterboxd is far from it."""

COUNT_LENGTH = 200
SAMPLE_ELEMENTS = 60
SAMPLE_LENGTH = 2000
# What Letterboxd's own hand writes into a tag; anything else may be a torn piece of a title or a name.
TAG = re.compile(r"[a-z][a-z0-9-]{0,20}")
CLASS = re.compile(r"[A-Za-z_-][A-Za-z_-]{0,40}")
ATTRIBUTE = re.compile(
    r"(?:data|aria|hx)-[a-z-]{1,40}|id|href|src|srcset|alt|title|style|type|name|value|content|property|rel|role|lang"
    r"|width|height|target|loading|method|action|for|colspan|datetime"
)
UNTOLD = "…"


def count(text: str | None) -> int | None:
    """The whole number in `text`, whose thousands may be parted ("1,078 films"); None without one, or for "75K"."""
    found = COUNT.search((text or "")[:COUNT_LENGTH])
    return int(re.sub(r"\D", "", found[1])) if found else None


def name_and_year(text: str) -> tuple[str, int | None]:
    """The title and the year of "Title (2001)"; brackets anywhere else belong to the title."""
    found = NAME_AND_YEAR.match(text.strip())
    return (found[1].strip(), int(found[2])) if found else (text.strip(), None)


def slug_in(link: str | None) -> str | None:
    """The slug of a film's link, "/film/{slug}/"."""
    found = SLUG_IN_LINK.match((link or "").strip())
    return found[1] if found else None


def film_number(text: str | None) -> int | None:
    """Letterboxd's number of a film in text that names it as "film:1234"; None for one that cannot be."""
    found = FILM_NUMBER.search(text or "")
    return int(found[1]) if found and int(found[1]) <= LARGEST_NUMBER else None


def lid_and_number(identifier: object) -> tuple[str | None, int | None]:
    """What an identifier such as {"lid": "a1B2", "uid": "film:1234"} names, where it names a film."""
    found = identifier if isinstance(identifier, dict) else {}
    lid, number = str(found.get("lid", "")), film_number(str(found.get("uid", "")))
    return (lid if LID.fullmatch(lid) else None), number


def json_object(text: str | None) -> dict[str, Any]:
    """The object that `text` holds as JSON; an empty one for anything else."""
    try:
        found = msgspec.json.decode(text or "{}")
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def text_of(node: Selector, *selectors: str) -> str | None:
    """The text of the first element that has any, the selectors in turn."""
    for selector in selectors:
        for element in node.css(selector):
            text = "".join(element.xpath(".//text()").getall()).strip()
            if text:
                return text
    return None


def sample_of(node: Selector) -> str:
    """The first elements in `node` by tag, classes and names of attributes: how it is built, not what it says.

    No text, no value of an attribute and no number is in it; a class may still be a member's name: see `redacted`.
    """
    elements = node.xpath(f"(descendant-or-self::*[ancestor-or-self::body])[position() <= {SAMPLE_ELEMENTS}]")
    return " ".join(_outline(element) for element in elements)[:SAMPLE_LENGTH]


def redacted(sample: str, *names: str) -> str:
    """`sample` without these names, wherever a class of it is or holds one of them as a word."""
    for name in filter(None, names):
        sample = re.sub(rf"(?<=[.\s_-]){re.escape(name)}(?=[.\s>_-])", UNTOLD, sample, flags=re.IGNORECASE)
    return sample


def _outline(element: Selector) -> str:
    classes = "".join(f".{_known(CLASS, _unnumbered(name))}" for name in element.attrib.get("class", "").split())
    attributes = dict.fromkeys(_known(ATTRIBUTE, name) for name in element.attrib if name != "class")
    return f"<{_known(TAG, str(element.root.tag))}{classes}{''.join(f' {name}' for name in attributes)}>"


def _unnumbered(name: str) -> str:
    return re.sub(r"\d+", "N", name)


def _known(pattern: re.Pattern[str], name: str) -> str:
    return name if pattern.fullmatch(name) else UNTOLD
