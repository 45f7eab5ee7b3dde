"""The page of sources in a real Chromium, on the real stack."""

from playwright.async_api import Page, expect

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream


async def test_a_page_that_is_not_understood_is_told_with_a_sample_to_report(
    page: Page, bobs: Marquee, upstream: Upstream
) -> None:
    await upstream.change_markup("/bob/watchlist/")
    await bobs.refresh()
    await page.goto("/sources")
    card = page.locator(".standing", has=page.get_by_role("heading", name="Watchlist"))
    await expect(card.locator(".badge")).to_have_text("Not understood")
    await expect(card).to_contain_text("Marquee does not understand it any more.")
    await expect(card.locator("code")).to_contain_text("ul.grid > li")
    address = await card.get_by_role("link", name="Show the sample").get_attribute("href")
    sample = await (await page.request.get(str(address))).text()
    assert "Expected, and not found: ul.grid > li" in sample
    assert "bob" not in sample
    await upstream.clear()
    await bobs.refresh()
    await page.goto("/sources")
    await expect(card.locator(".badge")).to_have_text("Up to date")
    await expect(card).to_contain_text("28 of 28 films")


async def test_every_card_fits_a_telephone(page: Page, bobs: Marquee, upstream: Upstream) -> None:
    await upstream.challenge("/bob/watchlist/")
    await bobs.refresh()
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto("/sources")
    await expect(page.locator(".standing").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
