"""A list on TMDB from the page of its member, in a real Chromium, on the real stack."""

from playwright.async_api import Page, expect

from tests.drivers.marquee import Marquee

LONG = 60_000


async def test_an_account_is_connected_and_a_list_previewed_and_synced(page: Page, bobs: Marquee) -> None:
    await bobs.refresh()
    await page.goto("/members/bob")
    await page.get_by_role("button", name="Connect TMDB account").click()
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="Approve on TMDB").click()
    approval = await opened.value
    await approval.get_by_role("button").click()
    await approval.close()
    await page.get_by_role("button", name="I have approved").click()

    lists = page.locator("#lists")
    await expect(lists.locator(".badge")).to_have_text("Not synced yet")
    await lists.get_by_role("button", name="Preview").click()
    preview = lists.locator(".synced")
    await expect(preview).to_contain_text("Nothing was changed.", timeout=LONG)
    wanted = await preview.locator("details", has_text="To add").locator("li").count()
    unmatched = await preview.locator("details", has_text="without a title on TMDB").locator("li").count()
    assert (wanted > 0, wanted + unmatched) == (True, 20)
    await expect(page.locator("#lists-status")).to_contain_text("to add")
    assert (await bobs.get("/api/v1/tmdb-lists"))["items"] == [] or await lists.locator(
        ".badge"
    ).inner_text() != "In step"

    await lists.get_by_role("button", name="Sync").click()
    await expect(lists.locator(".synced")).to_contain_text("added", timeout=LONG)
    await expect(lists.locator(".badge")).to_have_text("In step")
    [kept] = (await bobs.get("/api/v1/tmdb-lists"))["items"]
    assert kept.items == wanted
    await lists.get_by_role("button", name="Preview").click()
    await expect(lists.locator(".synced")).to_contain_text("The list is as it should be", timeout=LONG)
