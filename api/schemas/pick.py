"""A film for tonight on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.schemas.films import Film

Preference = Literal["on_services", "included", "elsewhere", "none"]


class PickReasons(msgspec.Struct, kw_only=True):
    """Why this film, as data.

    `providers` show it, by the best of the ways asked for: those that are paid for, else those without extra payment,
    else those that rent or sell it. `preferred` is what the choice was narrowed to, and `candidates` how many films
    that left: `on_services`, where there was none of them those `included` without extra payment elsewhere, else the
    rest; `none` where the caller said where to look. `wanted_by` have it on their watchlists, the first since
    `waiting_since`.
    """

    providers: list[str]
    runtime_minutes: int | None
    waiting_since: datetime
    waiting_days: int
    wanted_by: list[str]
    rating: float | None
    preferred: Preference
    candidates: int


class Pick(msgspec.Struct, kw_only=True):
    """One film for tonight; `why` says it in a sentence. Another `seed` gives another film."""

    film: Film
    why: Annotated[str, Meta(examples=["On MUBI, 94 min, waiting for 3 years, two of you want it."])]
    reasons: PickReasons
    seed: int
