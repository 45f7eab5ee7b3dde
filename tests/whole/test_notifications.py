"""News on their way: from a refresh through the real API, worker, Valkey and database to a receiver."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.drivers.marquee import Marquee, running
from tests.drivers.receiver import TOKEN, Receiver
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey


async def with_news(marquee: Marquee, upstream: Upstream) -> None:
    """Two refreshes with a night between them, in which one film arrives that bob lists."""
    await marquee.refresh()
    await upstream.today()
    run = await marquee.refresh(force=True)
    assert run.counts.arrived == 1


async def delivery(marquee: Marquee) -> Any:
    """The only delivery there is; None before there is one."""
    found = (await marquee.get("/api/v1/deliveries"))["items"]
    assert len(found) <= 1
    return found[0] if found else None


async def until_it_is(status: str, marquee: Marquee) -> None:
    async def is_so() -> bool:
        found = await delivery(marquee)
        return found is not None and bool(found.status == status)

    await marquee.until(is_so, f"the delivery to be {status}")


async def test_what_arrives_is_told_in_one_digest_without_a_secret_anywhere(
    tmp_path: Path, valkey: Valkey, upstream: Upstream, receiver: Receiver
) -> None:
    urls = f"{receiver.address} unheard-of://{TOKEN}"
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        LETTERBOXD_USERNAME="bob",
        NOTIFY_URLS=urls,
        LOG_LEVEL="DEBUG",
    ) as marquee:
        await with_news(marquee, upstream)
        await asyncio.to_thread(receiver.wait)
        await marquee.until(lambda: is_sent(marquee), "the delivery to be sent")
        await marquee.refresh(force=True)
        assert receiver.received == [("Cabaret arrived on Netflix", "On Netflix (US):\n- Cabaret (1972)")]

        answer = await marquee.get("/api/v1/notifications")
        assert [(target["name"], target["ok"]) for target in answer.targets] == [
            (f"JSON at {urlsplit(receiver.address).netloc}", True),
            ("Address 2 (unheard-of://…)", False),
        ]
        assert answer.last_digest["title"] == "Cabaret arrived on Netflix"
        answers = [(await marquee.client.get(f"/api/v1/{path}")).text for path in ("notifications", "deliveries")]
        logs = logs_of(tmp_path)
        assert "NOTIFY_URLS: Address 2 (unheard-of://…): Apprise does not understand" in logs
        assert TOKEN not in "".join([logs, *answers])
    with closing(sqlite3.connect(tmp_path / "marquee.db")) as database:
        assert TOKEN not in "".join(database.iterdump())


def logs_of(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("*.log"))


async def is_sent(marquee: Marquee) -> bool:
    found = (await marquee.get("/api/v1/deliveries"))["items"]
    return [each.status for each in found] == ["failed", "sent"]


async def test_what_was_being_sent_when_the_worker_was_killed_is_left_to_a_person(
    tmp_path: Path, valkey: Valkey, upstream: Upstream, receiver: Receiver
) -> None:
    async with running(
        tmp_path, redis_url=valkey.url, upstream=upstream, LETTERBOXD_USERNAME="bob", NOTIFY_URLS=receiver.address
    ) as marquee:
        receiver.hold()
        await with_news(marquee, upstream)
        await asyncio.to_thread(receiver.wait)
        assert (await delivery(marquee)).status == "sending"
        await marquee.workers[0].kill()
        receiver.release()
        await marquee.start_worker()
        await until_it_is("unknown", marquee)
        broken_off = await delivery(marquee)
        assert broken_off.reason == "Marquee was stopped while it was sending: it may have arrived."
        assert (broken_off.attempts, broken_off.next_try_at, len(receiver.received)) == (1, None, 1)

        answer = await marquee.client.post(f"/api/v1/deliveries/{broken_off.id}/retry")
        assert answer.status_code == 202
        await until_it_is("sent", marquee)
        assert len(receiver.received) == 2
        assert (await marquee.client.post(f"/api/v1/deliveries/{broken_off.id}/retry")).status_code == 409
