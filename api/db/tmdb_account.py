"""The TMDB account that approved Marquee: its token and the request for it, both encrypted."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from api.db.connection import Connection
from api.db.engine import insert
from api.db.tables import tmdb_account

ONLY = 1


class StoredAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of the account; what is None is not there."""

    account_id: str | None = None
    access_token: str | None = None
    connected_at: datetime | None = None
    request_token: str | None = None
    request_expires_at: datetime | None = None

    def pending_until(self, now: datetime) -> datetime | None:
        """Until when somebody may still approve; None where nobody was asked."""
        until = self.request_expires_at
        return until if until and until > now else None


async def stored(db: Connection) -> StoredAccount:
    """What is known; everything is None at first."""
    columns = (tmdb_account.c[name] for name in StoredAccount.__struct_fields__)
    row = (await db.execute(select(*columns))).one_or_none()
    return StoredAccount(**row._asdict()) if row else StoredAccount()


async def ask(db: Connection, request_token: str, expires_at: datetime) -> None:
    """Keep the request that a person is to approve; one before it is forgotten."""
    await _write(db, {"request_token": request_token, "request_expires_at": expires_at})


async def connect(db: Connection, account_id: str, access_token: str, now: datetime) -> None:
    """Keep the token of an account that approved."""
    asked = {"request_token": None, "request_expires_at": None}
    await _write(db, asked | {"account_id": account_id, "access_token": access_token, "connected_at": now})


async def forget(db: Connection) -> None:
    """Keep nothing of an account."""
    await db.execute(tmdb_account.delete())


async def _write(db: Connection, values: dict[str, Any]) -> None:
    statement = insert(db, tmdb_account).values(id=ONLY, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
