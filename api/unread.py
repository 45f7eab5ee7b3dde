"""What is answered of a member where nothing is known: never an empty list that looks as if it had been read.

A run that reads it now is the answer (202); where none does, it is said why, and what can be done.
"""

from datetime import UTC, datetime
from math import ceil

from litestar.openapi.datastructures import ResponseSpec

from api import outlook
from api.db import refreshes, sources
from api.db.connection import Connection
from api.db.sources import ANSWERED
from api.errors import BeingRead, NothingRead, Untold
from api.schemas.refreshes import Refresh
from api.schemas.sources import SourceFacts
from api.settings import Settings

BEING_READ = {
    202: ResponseSpec(
        Refresh,
        description="It was never read: the refresh that reads it now. `Location` is where to watch it, `Retry-After` "
        "the seconds after which to look again.",
        generate_examples=False,
    )
}
UNTRIED = 600
"""Seconds after which to ask again where it is not known when something will be read."""


async def demand_known(db: Connection, username: str, settings: Settings) -> None:
    """Raises Untold for a member of whom nothing was ever read, since Letterboxd does not know the name."""
    facts = await _facts(db, username, settings)
    missing = [each for each in facts if each.state == "missing"]
    if missing and not any(each.good_at for each in facts):
        told = next((each for each in missing if each.source == "profile"), missing[0])
        raise Untold(username, told.state, _reason(told, settings))


async def explain(db: Connection, username: str, source: str, settings: Settings) -> None:
    """Say why nothing is known of this source of a member, unless Letterboxd itself said that there is nothing.

    Raises BeingRead, NothingRead and Untold.
    """
    await demand_known(db, username, settings)
    found = next((each for each in await _facts(db, username, settings) if each.source == source), None)
    if found is not None and (found.state in (*ANSWERED, "stale") or found.good_at):
        return
    if run := await refreshes.reading(db, username, source):
        raise BeingRead(run)
    if found is None or found.state == "never":
        raise NothingRead(
            f"Nothing of this was read of {username} yet, and nothing reads it now. "
            f"POST /api/v1/members/{username}/refresh has it read.",
            UNTRIED,
        )
    if found.state == "private":
        raise Untold(username, found.state, _reason(found, settings))
    raise NothingRead(_reason(found, settings), _seconds_until(found.next_try_at))


async def _facts(db: Connection, username: str, settings: Settings) -> list[SourceFacts]:
    return await sources.listing(db, member=username, stale_before=outlook.stale_before(settings))


def _reason(facts: SourceFacts, settings: Settings) -> str:
    return " ".join(filter(None, (facts.message, outlook.advice(facts, settings))))


def _seconds_until(moment: datetime | None) -> int:
    return UNTRIED if moment is None else max(1, ceil((moment - datetime.now(UTC)).total_seconds()))
