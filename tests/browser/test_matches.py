"""Answering questions in a real Chromium, on the real stack."""

from collections.abc import Sequence

import pytest
from playwright.async_api import Locator, Page, expect

from api.db.engine import Database
from api.db.tables import film_matches, films
from tests.drivers.marquee import Marquee

TITLES = 3


@pytest.fixture
async def asked(bobs: Marquee) -> list[str]:
    """The titles of three films of bob's that became questions, each with its own TMDB title and two others."""
    await bobs.refresh()
    listed = await bobs.watchlist("bob")
    chosen = [film for film in listed if film.poster_url][:TITLES]
    database = Database(bobs.settings["DATABASE_URL"])
    try:
        for film in chosen:
            await _ask(database, film.slug, [candidate(film), *(candidate(other) for other in listed[-2:])])
    finally:
        await database.close()
    questions = await bobs.get("/api/v1/matches")
    return [match.film["title"] for match in questions["items"]]


async def _ask(database: Database, slug: str, candidates: Sequence[object]) -> None:
    async with database.write() as db:
        unknown = {
            "state": "review",
            "media_type": None,
            "tmdb_id": None,
            "message": "Which?",
            "candidates": candidates,
        }
        chosen = films.select().with_only_columns(films.c.id).where(films.c.slug == slug)
        await db.execute(film_matches.update().where(film_matches.c.film_id.in_(chosen)).values(unknown))


def candidate(film: object) -> dict[str, object]:
    row = {name: getattr(film, name) for name in ("media_type", "tmdb_id", "title", "year")}
    return row | {"original_title": None, "poster_path": None, "why": "same title"}


async def test_questions_are_answered_by_keys_one_after_the_other(page: Page, bobs: Marquee, asked: list[str]) -> None:
    await page.goto("/matches")
    questions, decided = page.locator(".question:not(.decided)"), page.locator(".decided")
    await expect(questions.locator("h2")).to_have_text(asked)
    await page.keyboard.press("1")
    await expect(questions.nth(0)).to_be_focused()
    await expect(decided).to_have_count(0)
    await page.keyboard.press("1")
    await expect(decided.locator("h2")).to_have_text(asked[:1])
    await expect(questions.nth(0)).to_be_focused()
    await expect(page.locator("#tally-review")).to_have_text("2")
    await expect(page.locator("#questions-waiting")).to_contain_text("2")
    await page.keyboard.press("0")
    await expect(decided.locator(".verdict").nth(1)).to_contain_text("Not on TMDB")
    await page.keyboard.press("u")
    await expect(questions.locator("h2")).to_have_text(asked[1:])
    await expect(questions.nth(0)).to_be_focused()
    await page.keyboard.press("n")
    await expect(questions.nth(1)).to_be_focused()
    await expect(questions.locator("h2")).to_have_text(asked[1:])
    await _decides_nothing_out_of_sight(page, questions.nth(1))
    await page.keyboard.press("n")
    await expect(questions.nth(0)).to_be_focused()
    await page.keyboard.press("9")
    await page.keyboard.press("0")
    await expect(questions.locator("h2")).to_have_text(asked[2:])
    await expect(questions.nth(0)).to_be_focused()
    await questions.get_by_label("Another title").fill("nonsense 1")
    await page.keyboard.press("Enter")
    await expect(page.locator(".fault")).to_be_visible()
    await expect(questions.get_by_label("Another title")).to_be_focused()
    await questions.get_by_role("button", name="None of these").click()
    await expect(page.locator("#questions-end")).to_be_focused()
    await expect(page.locator("#questions-status")).to_contain_text("No question is left.")
    await expect(page.locator("#questions-waiting")).to_have_count(0)
    match = (await bobs.client.get("/api/v1/matches?locked=true&state=found")).json()
    assert [(item["film"]["title"], item["locked"]) for item in match["items"]] == [(asked[0], True)]


async def _decides_nothing_out_of_sight(page: Page, question: Locator) -> None:
    """A key pressed while the question is not on the screen only brings one back to it, or to one that is."""
    await page.evaluate("scrollTo(0, document.body.scrollHeight); document.body.style.paddingBottom = '200vh'")
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(question).not_to_be_in_viewport()
    await page.keyboard.press("0")
    await expect(page.locator(".question:focus")).to_be_in_viewport(ratio=0.5)
    await page.evaluate("document.body.style.paddingBottom = ''")
    await question.focus()
    await expect(question).to_be_in_viewport(ratio=0.5)


async def test_questions_are_answered_and_kept_without_javascript(page: Page, bobs: Marquee, asked: list[str]) -> None:
    browser = page.context.browser
    assert browser is not None
    context = await browser.new_context(base_url=bobs.settings["WEB_URL"], java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto("/matches")
    await plain.locator(".choice button").first.click()
    await expect(plain.locator(".decided h2")).to_have_text(asked[:1])
    await plain.get_by_text("Keep and share").click()
    async with plain.expect_download() as saving:
        await plain.get_by_role("link", name="Save as CSV").click()
    path = await (await saving.value).path()
    await plain.goto("/matches?state=decided")
    await plain.locator(".decided button").click()
    await expect(plain.locator(".decided")).to_have_count(0)
    await plain.get_by_text("Keep and share").click()
    await plain.get_by_label("Read a file").set_input_files(path)
    await plain.get_by_role("button", name="Import").click()
    await expect(plain.locator(".notice")).to_contain_text("1 film decided.")
    await plain.goto("/matches?state=decided")
    await expect(plain.locator(".decided h2")).to_have_text(asked[:1])
    await context.close()


async def test_questions_fit_on_a_small_phone(page: Page, asked: list[str]) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto("/matches")
    await expect(page.locator(".question")).to_have_count(TITLES)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
