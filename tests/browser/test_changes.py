"""What changed, services and a film's page in a real Chromium, on the real stack."""

import re

from playwright.async_api import Page, expect

from tests.drivers.marquee import Marquee
from tests.drivers.upstream import Upstream


async def test_a_night_later_what_arrived_on_the_chosen_service_comes_first(
    page: Page, bobs: Marquee, upstream: Upstream
) -> None:
    arrival = next(offer for offer in sorted((await upstream.changes()).arrivals) if offer.country == "GB")
    title = (await upstream.film(arrival.slug)).title
    await upstream.add_to_watchlist("bob", arrival.slug)
    await bobs.refresh()
    await page.goto("/changes")
    await expect(page.get_by_role("heading", name="Nothing has changed yet")).to_be_visible()
    await page.get_by_role("link", name="Choose your services").click()
    await page.locator(f"input[name=GB][value='{arrival.provider_id}']").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved: 1 service.")
    await upstream.today()
    await bobs.refresh(force=True)
    await page.get_by_role("link", name="What changed", exact=True).click()
    await expect(page.locator(".day h2")).to_have_text("Today")
    await expect(page.locator(".day h3").first).to_have_text("On your services")
    await expect(page.locator(".rows.mine h4")).to_contain_text([title])
    await page.get_by_role("radio", name="Left").check()
    await expect(page).to_have_url(re.compile(r"/changes\?kind=left$"))
    await expect(page.locator("#changes")).to_contain_text("Nothing of this kind has changed")
    await page.go_back()
    await page.get_by_role("link", name=title, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    await expect(page.locator(".now .mine")).to_have_count(1)


async def test_a_films_page_draws_its_stays_within_their_place(page: Page, bobs: Marquee, upstream: Upstream) -> None:
    departures = sorted((await upstream.changes()).departures)
    slug = next(offer.slug for offer in departures if offer.country == "GB" and offer.offer in ("free", "ads"))
    await upstream.add_to_watchlist("bob", slug)
    await bobs.refresh()
    await upstream.today()
    await bobs.refresh(force=True)
    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.goto(f"/films/{slug}")
        await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        track = await page.locator(".track").first.bounding_box()
        bars = [await bar.bounding_box() for bar in await page.locator(".stay").first.locator("g rect").all()]
        assert track is not None
        assert len(bars) >= 2
        for bar in bars:
            assert bar is not None
            assert bar["width"] >= 2
            assert track["x"] <= bar["x"] <= bar["x"] + bar["width"] <= track["x"] + track["width"]
    fill = "element => getComputedStyle(element).fill"
    assert await page.locator("rect.sure").first.evaluate(fill) != await page.locator("body").evaluate(fill)
    await page.get_by_text("As a table").first.click()


async def test_a_phone_has_all_places_at_its_foot_and_nothing_wider_than_it(page: Page, bobs: Marquee) -> None:
    await bobs.refresh()
    await page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/", "/changes", "/services"):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        for link in await page.locator(".places a").all():
            await expect(link).to_be_in_viewport(ratio=1)
            box = await link.bounding_box()
            assert box is not None
            assert box["width"] >= 44
            assert box["height"] >= 44
            name = await link.locator(".name").bounding_box()
            assert name is not None
            assert name["width"] <= box["width"]
