"""Feeds on the wire."""

from typing import Annotated

import msgspec
from msgspec import Meta


class FeedLink(msgspec.Struct):
    """A feed that can be subscribed to.

    `url` is its address at the host that was asked; `path` is the same below any other host that passes it through.
    Both hold the feed's own token where API_KEY is set: who knows them can read the feed, and nothing else.
    """

    name: Annotated[str, Meta(examples=["changes.atom"])]
    title: Annotated[str, Meta(examples=["What changed, for feed readers"])]
    media_type: Annotated[str, Meta(examples=["application/atom+xml"])]
    url: Annotated[str, Meta(examples=["http://127.0.0.1:8001/feeds/changes.atom"])]
    path: Annotated[str, Meta(examples=["/feeds/changes.atom"])]
