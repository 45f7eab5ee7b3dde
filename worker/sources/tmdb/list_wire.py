"""TMDB's lists as they come: the same field has another type in another answer, and unknown keys are ignored."""

import msgspec

from worker.sources.tmdb.wire import RowWire


class SummaryWire(msgspec.Struct):
    """A list among those of its account; `public` is a number here."""

    id: int
    name: str | None = None
    description: str | None = None
    public: bool | int | None = None
    number_of_items: int | None = None
    updated_at: str | None = None


class SummariesWire(msgspec.Struct):
    results: list[SummaryWire]
    total_pages: int | None = None


class OwnerWire(msgspec.Struct):
    id: str | None = None
    username: str | None = None
    name: str | None = None


class ListWire(msgspec.Struct):
    """One page of a list."""

    id: int
    results: list[RowWire]
    created_by: OwnerWire | None = None
    total_pages: int | None = None


class CreatedWire(msgspec.Struct):
    id: int


class ItemWire(msgspec.Struct):
    """What became of one title; a refusal may come without a reason."""

    media_type: str
    media_id: int
    success: bool = False
    error: list[str] | str | None = None


class ItemsWire(msgspec.Struct):
    results: list[ItemWire]


class RequestTokenWire(msgspec.Struct):
    request_token: str


class AccessTokenWire(msgspec.Struct):
    access_token: str
    account_id: str
