"""A member's profile: who they are, how much they watched, and which four films they love most."""

import re

import msgspec
from parsel import Selector

from api.errors import MarkupChanged
from worker.sources.letterboxd.markup import count, sample_of, text_of
from worker.sources.letterboxd.tiles import Tile, tiles_in

HEADER = ".profile-header, #profile-header, .profile-name"
NAMES = (".person-display-name .displayname .label", ".person-display-name .displayname", ".profile-name h1")
BIOS = (".bio .js-bio-content", ".profile-person-bio .collapsed-text", ".profile-person-bio .body-text", ".bio")
AVATAR = ".profile-avatar img::attr(src)"
STATISTIC = ".profile-statistic a, .profile-stats a"
FAVOURITES = "#favourites"
OG = 'meta[property="og:{}"]::attr(content)'

POSSESSIVE = re.compile(r"[’']s profile$")
WATCHED = re.compile(r"([\d,.\s]+) films? watched\b")
LOVES = re.compile(r"\bFavorites: ")
BIO = re.compile(r"\bBio: (.+?)\.?$", re.DOTALL)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """`favorites` are in the member's order; a count is None where the page does not show it."""

    display_name: str
    bio: str | None
    avatar_url: str | None
    films_watched: int | None
    lists: int | None
    following: int | None
    followers: int | None
    favorites: list[Tile]


def profile_page(html: str) -> Profile:
    """A member's profile; raises MarkupChanged where it shows no name, or announces favourites and shows none."""
    document = Selector(html, type="html")
    described = document.css(OG.format("description")).get("")
    if not document.css(HEADER):
        raise MarkupChanged(HEADER, sample_of(document))
    watched = WATCHED.search(described)
    return Profile(
        display_name=_name(document),
        bio=_bio(document, described),
        avatar_url=_avatar(document),
        films_watched=_statistic(document, "films") or (count(watched[1].strip()) if watched else None),
        lists=_statistic(document, "lists"),
        following=_statistic(document, "following"),
        followers=_statistic(document, "followers"),
        favorites=_favorites(document, described),
    )


def _name(document: Selector) -> str:
    """The member's name; the first heading of the page is Letterboxd's own."""
    titled = POSSESSIVE.sub("", document.css(OG.format("title")).get("").strip().lstrip("\u200e"))
    name = text_of(document, *NAMES) or titled
    if not name:
        raise MarkupChanged(NAMES[0], sample_of(document))
    return name


def _bio(document: Selector, described: str) -> str | None:
    told = BIO.search(described)
    return text_of(document, *BIOS) or (told[1].strip() if told else None)


def _avatar(document: Selector) -> str | None:
    url = document.css(AVATAR).get() or document.css(OG.format("image")).get()
    return url if url and url.startswith(("https://", "http://")) else None


def _statistic(document: Selector, what: str) -> int | None:
    """The number beside the link to that page of the member's."""
    for link in document.css(STATISTIC):
        if re.fullmatch(rf"(?:https?://[^/]+)?/[^/]+/{what}/", link.attrib.get("href", "")):
            return count(text_of(link, ".value", "strong"))
    return None


def _favorites(document: Selector, described: str) -> list[Tile]:
    section = document.css(FAVOURITES)
    found = tiles_in(section[0]) if section else []
    if not found and LOVES.search(described):
        raise MarkupChanged(FAVOURITES, sample_of(section[0] if section else document))
    return found
