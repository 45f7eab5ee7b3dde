"""Members in a real Chromium, on the real stack."""

import re

from playwright.async_api import Page, expect

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream

LONG = 60_000
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"


async def test_a_member_is_added_read_shown_and_removed(page: Page, bobs: Marquee, upstream: Upstream) -> None:
    await upstream.delay("/solo/films/", 1.0)
    await page.goto("/")
    await page.get_by_role("link", name="Members").click()
    await page.get_by_label("Follow one more").fill("solo")
    await page.get_by_role("button", name="Add").click()
    await expect(page).to_have_url(re.compile("/members/solo$"))
    await expect(page.locator("#refresh progress")).to_be_visible()
    await expect(page.locator("#refresh-status")).to_contain_text("finished", timeout=LONG)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Solo Traveller")
    watched = (await bobs.get("/api/v1/members/solo/statistics")).totals["watched"]
    await expect(page.locator(".totals dd").first).to_have_text(str(watched))
    await expect(page.locator(".histogram li")).to_have_count(10)
    await page.get_by_role("navigation", name="Marquee").get_by_role("link", name="Members").click()
    solo = page.locator(".person", has_text="Solo Traveller")
    await solo.get_by_text("Remove").first.click()
    await solo.get_by_label("Nothing").check()
    await solo.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("status")).to_contain_text("solo is not read any more. What was read is gone.")
    assert (await bobs.client.get("/api/v1/members/solo")).status_code == 404


async def test_a_member_page_fits_every_screen_and_works_without_javascript(
    page: Page, bobs: Marquee, upstream: Upstream
) -> None:
    browser = page.context.browser
    assert browser is not None
    await upstream.challenge("/bob/films/page/*")
    context = await browser.new_context(base_url=bobs.settings["WEB_URL"], java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto("/members")
    field = plain.get_by_label("Follow one more")
    await field.fill("so lo")
    await plain.get_by_role("button", name="Add").click()
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description(re.compile("^A username has 1 to 40 letters"))
    await plain.get_by_role("link", name="bob").click()
    await expect(plain.locator(".nothing h2")).to_have_text("Nothing has been read of bob yet")
    await plain.get_by_role("button", name="Refresh").click()
    await expect(plain).to_have_url(re.compile("/members/bob$"))
    await bobs.ended(1)
    await plain.goto("/members/bob")
    card = plain.locator(".standing", has=plain.get_by_role("heading", name="Watched films"))
    await expect(card).to_contain_text("72 of 123 films")
    await expect(card).to_contain_text("browser check")
    await plain.get_by_role("link", name="Oldest films").click()
    years = await plain.locator("#top-rated .facts > span:first-child").all_inner_texts()
    assert len(years) == 24
    assert years == sorted(years)
    await context.close()
    for path in ("/members", "/members/bob"):
        await page.goto(path)
        for width in (320, 360, 768, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate(SIDEWAYS) <= 0, f"{path} is wider than {width} px"
