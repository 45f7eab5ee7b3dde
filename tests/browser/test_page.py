"""The page in a real Chromium, on the real stack."""

import re
from urllib.parse import urlencode

from playwright.async_api import Page, expect

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream

LONG = 30_000
BOB_WANTS, BOB_WATCHED = 28, 123


async def test_refresh_turns_into_a_bar_that_ends_in_the_new_grid(
    page: Page, bobs: Marquee, upstream: Upstream
) -> None:
    await upstream.latency(letterboxd=0.3, tmdb=0.3)
    await page.goto("/")
    await expect(page.locator("#films .film")).to_have_count(0)
    await page.get_by_role("button", name="Refresh").click()
    await expect(page.locator("#refresh progress")).to_be_visible()
    await expect(page.locator("#refresh")).to_contain_text(f"of {BOB_WANTS + BOB_WATCHED}", timeout=LONG)
    await expect(page.locator("#films .film").first).to_be_visible(timeout=LONG)
    await expect(page.locator("#refresh progress")).to_have_count(0, timeout=LONG)
    await expect(page.locator("#films .film")).to_have_count(BOB_WANTS)
    await expect(page.locator("#refresh-status")).to_contain_text("28 films read")
    await expect(page.get_by_role("button", name="Refresh")).to_be_visible()
    shown = await page.locator("#films .film .title").all_inner_texts()
    titles = [film.title for film in await bobs.watchlist("bob")]
    assert shown == titles


async def test_a_refresh_can_be_cancelled(page: Page, bobs: Marquee, upstream: Upstream) -> None:
    await upstream.latency(letterboxd=0.3, tmdb=3.0)
    await page.goto("/")
    await page.get_by_role("button", name="Refresh").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#refresh progress")).to_have_count(0, timeout=LONG)
    assert (await bobs.run(1)).status == "cancelled"


async def test_services_and_words_filter_the_grid_in_the_address(page: Page, bobs: Marquee) -> None:
    await bobs.refresh()
    await page.goto("/")
    film = (await bobs.watchlist("bob"))[0]
    for typed in (film.title[:1], film.title[:2], film.title):
        await page.locator("#q").fill(typed)
        await expect(page).to_have_url(re.compile(re.escape(urlencode({"q": typed.strip()})) + "$"))
    await page.locator("#q").press("Enter")
    await expect(page.locator("#films .film")).to_have_count(1)
    await page.wait_for_load_state("networkidle")
    await page.go_back()
    await expect(page.locator("#films .film")).to_have_count(28)
    chip = page.locator("input[name=provider]").first
    await chip.check(force=True)
    await page.wait_for_url("**provider=**")
    providers = {int(each) for each in (await chip.get_attribute("value") or "").split("-")}
    expected = [
        film.title
        for film in await bobs.watchlist("bob")
        if any(offer["country"] == "GB" and offer["provider_id"] in providers for offer in film.offers)
    ]
    await expect(page.locator("#films .film .title")).to_have_text(expected)


async def test_an_open_page_grows_older_and_notices_a_refresh_that_it_did_not_start(page: Page, bobs: Marquee) -> None:
    await page.clock.install()
    await bobs.refresh()
    await page.goto("/")
    await expect(page.locator("#summary time")).to_have_text("just now")
    await page.clock.run_for(150_000)
    await expect(page.locator("#summary time")).to_have_text("2 minutes ago")
    await bobs.refresh()
    await page.clock.run_for(60_000)
    await expect(page.locator("#summary time")).to_have_text("just now")


async def test_it_works_without_javascript(page: Page, bobs: Marquee) -> None:
    browser = page.context.browser
    assert browser is not None
    context = await browser.new_context(base_url=bobs.settings["WEB_URL"], java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto("/")
    await plain.get_by_role("button", name="Refresh").click()
    await bobs.ended(1)
    await plain.goto("/")
    await expect(plain.locator("#films .film")).to_have_count(28)
    await context.close()


async def test_nothing_is_wider_than_a_small_phone(page: Page, bobs: Marquee) -> None:
    await bobs.refresh()
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto("/")
    await expect(page.locator("#films .film")).to_have_count(28)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_block_is_explained(page: Page, bobs: Marquee, upstream: Upstream) -> None:
    await bobs.refresh()
    await upstream.challenge("/bob/watchlist/")
    await bobs.refresh()
    await page.goto("/")
    await expect(page.locator("#notices")).to_contain_text("browser check")
    await expect(page.locator("#films .film")).to_have_count(28)
