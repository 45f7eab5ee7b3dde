"""No key and no token is ever in a log, whatever is asked and however it goes wrong."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.auth import feed_token
from tests.drivers.marquee import Marquee, running

KEY, WRONG = "the-key-of-this-test", "a-wrong-key-of-this-test"
NOWHERE = SimpleNamespace(
    letterboxd_url="http://127.0.0.1:1", tmdb_url="http://127.0.0.1:1", tmdb_image_url="http://127.0.0.1:1"
)


@pytest.fixture
async def marquee(tmp_path: Path) -> AsyncIterator[Marquee]:
    """An API process that says all it can, while Redis is away."""
    settings = {"API_KEY": KEY, "LOG_LEVEL": "DEBUG", "TMDB_API_KEY": "the-tmdb-key-of-this-test"}
    async with running(
        tmp_path, redis_url="redis://:the-redis-password@127.0.0.1:1", upstream=NOWHERE, workers=0, **settings
    ) as marquee:
        yield marquee


async def test_neither_keys_nor_tokens_are_logged(marquee: Marquee, tmp_path: Path) -> None:
    token = feed_token(KEY, "changes.atom")
    for key in (KEY, WRONG):
        for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}, {"authorization": f"Basic {key}"}):
            for path in ("films", f"films?api_key={key}", f"films?token={key}&page=x", f"{key}"):
                await marquee.client.get(f"/api/v1/{path}", headers=headers)
            await marquee.client.post("/api/v1/refreshes", headers=headers)
    for given in (token, WRONG):
        await marquee.client.get(f"/feeds/changes.atom?token={given}")
    (tmp_path / "marquee.db").write_bytes(b"no database any more")
    broken = await marquee.client.get(f"/feeds/changes.atom?token={token}", headers={"x-api-key": KEY})
    assert broken.status_code in (500, 503)
    logs = (tmp_path / "api.log").read_text()
    assert "Redis is not available" in logs, "what goes wrong is told"
    for secret in (KEY, WRONG, token, "the-tmdb-key-of-this-test", "the-redis-password"):
        assert secret not in logs
