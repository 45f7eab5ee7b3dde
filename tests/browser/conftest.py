import shutil
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.drivers.marquee import Marquee, running
from tests.drivers.processes import Child, free_port
from tests.drivers.upstream import Upstream
from tests.drivers.valkey import Valkey
from worker.demo.lists import token

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


PATIENCE = 20_000
DROPPED = ("htmx:afterRequest", "htmx:sendAbort")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install Debian's package chromium to run the browser tests")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest.fixture
async def bobs(tmp_path: Path, valkey: Valkey, upstream: Upstream) -> AsyncIterator[Marquee]:
    """Marquee following bob, whose 28 films are all easy, with its page at WEB_URL."""
    port = free_port()
    async with running(
        tmp_path,
        redis_url=valkey.url,
        upstream=upstream,
        LETTERBOXD_USERNAME="bob",
        WEB_PORT=str(port),
        WEB_URL=f"http://127.0.0.1:{port}",
        TMDB_API_KEY=token(may_write=False),
        TMDB_SYNC_ENABLED="true",
        TOKEN_KEY=urlsafe_b64encode(bytes(32)).decode(),
    ) as marquee:
        web = Child("web", marquee.settings, tmp_path, "web")
        web.start()
        try:
            await marquee.until(lambda: _answers(marquee.settings["WEB_URL"]), "the page")
            yield marquee
        finally:
            await web.kill()


@pytest.fixture
async def page(browser: Browser, bobs: Marquee) -> AsyncIterator[Page]:
    """A new tab on the page; it fails the test when the page breaks its own policy or writes an error."""
    context = await browser.new_context(base_url=bobs.settings["WEB_URL"], viewport={"width": 1280, "height": 900})
    tab = await context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    await context.close()
    assert complaints == []


def _is_complaint(message: ConsoleMessage) -> bool:
    """Whether this is an error; htmx writes one when it drops a request for a newer one, which is as it should be."""
    return message.type == "error" and not message.text.startswith(DROPPED)


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"{url}/health/live")).status_code == 200
        except httpx.TransportError:
            return False
