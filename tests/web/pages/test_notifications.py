"""The page of notifications."""

import pytest
from parsel import SelectorList

from tests.web.conftest import Browser, document, said_in, words
from tests.web.fake_api import FakeApi, Json, ago, ahead, delivery, notifications

NTFY: Json = {"name": "ntfy at ntfy.test", "ok": True, "message": None}
WRONG: Json = {"name": "Address 2 (bogus://…)", "ok": False, "message": "Apprise does not understand this address."}


async def deliveries(page: Browser) -> list[str]:
    return [said_in(SelectorList([line])) for line in document(await page.get("/notifications")).css(".deliveries li")]


async def test_each_target_says_whether_it_can_be_used(page: Browser, api: FakeApi) -> None:
    unknown = {"name": "Address 3", "ok": None, "message": "No worker runs."}
    api.notifications = notifications(NTFY, WRONG, unknown)
    shown = document(await page.get("/notifications")).css(".targets li")
    assert [said_in(SelectorList([line])) for line in shown] == [
        "ntfy at ntfy.test Not tried yet",
        "Address 2 (bogus://…) Cannot be used Apprise does not understand this address.",
        "Address 3 Not known No worker runs.",
    ]


@pytest.mark.parametrize(
    ("last", "tone", "said"),
    [
        ({"status": "sent"}, "good", "Worked 2 hours ago"),
        ({"status": "failed", "reason": "Nobody answers."}, "bad", "Failed 2 hours ago Nobody answers."),
        ({"status": "pending", "reason": "Nobody answers."}, "bad", "Failed 2 hours ago Nobody answers."),
        ({"status": "unknown"}, "fair", "Perhaps worked 2 hours ago"),
    ],
    ids=["sent", "failed", "pending", "unknown"],
)
async def test_a_target_is_as_good_as_what_was_tried_there_last(
    page: Browser, api: FakeApi, last: Json, tone: str, said: str
) -> None:
    moment = ago(hours=2)
    tried: Json = {"tried_at": moment, "sent_at": moment if last["status"] == "sent" else None}
    api.notifications = notifications(NTFY | {"last_delivery": delivery(**tried | last)})
    shown = document(await page.get("/notifications")).css(".targets li")
    assert said_in(shown) == f"ntfy at ntfy.test {said}"
    assert shown.attrib["class"] == tone


async def test_where_nothing_is_known_a_test_can_be_asked_for_all_the_same(page: Browser, api: FakeApi) -> None:
    api.notifications = notifications({"name": "Address 1", "ok": None, "message": "The queue does not answer."})
    assert document(await page.get("/notifications")).css("form[action='/notifications/test']")
    api.notifications = notifications(WRONG)
    assert not document(await page.get("/notifications")).css("form[action='/notifications/test']")


async def test_the_rules_are_said_in_words(page: Browser, api: FakeApi) -> None:
    said = await page.words("/notifications")
    assert "Marquee tells what arrives by subscription, for free or with ads, on the services that were chosen" in said
    rules = {"kinds": ["arrived", "left"], "offers": ["rent"], "providers": [8, 11]}
    api.notifications = notifications(rules=rules)
    said = await page.words("/notifications")
    assert "Marquee tells what arrives and what leaves to rent, on the 2 providers in NOTIFY_PROVIDERS" in said


async def test_without_an_address_it_is_said_what_to_do_and_there_is_no_test(page: Browser) -> None:
    answer = await page.get("/notifications")
    assert "Put the addresses that messages go to into NOTIFY_URLS" in words(answer)
    assert "ntfys://" in said_in(document(answer).css(".targets code"))
    assert document(answer).css(".targets a::attr(href)").get("").endswith("/docs/notifications.md")
    assert document(answer).css("form").getall() == []


async def test_the_last_digest_is_shown_as_it_was_sent(page: Browser, api: FakeApi) -> None:
    body = "On MUBI:\n- Heat (1995)\n- <b>Ran</b>"
    api.notifications = notifications(NTFY, last_digest={"title": "2 films", "body": body, "created_at": ago(hours=2)})
    shown = document(await page.get("/notifications")).css(".letter")
    assert shown.css("h3::text").get() == "2 films"
    assert shown.css(".text::text").get() == body
    assert "2 hours ago" in said_in(shown)


async def test_each_delivery_says_what_became_of_it_and_what_comes_next(page: Browser, api: FakeApi) -> None:
    reason = "The service did not answer."
    api.deliveries = [
        delivery(sent_at=ago(minutes=5)),
        delivery("pending", reason=reason, next_try_at=ahead(hours=2)),
        delivery("failed", attempts=5, reason=reason),
        delivery("unknown", reason="It may have arrived."),
        delivery("sending"),
    ]
    sent, waiting, failed, unknown, sending = await deliveries(page)
    assert sent.startswith("ntfy at ntfy.test:")
    assert sent.endswith("Sent 5 minutes ago")
    assert "Not sent yet" in waiting
    assert f"{reason} Next try: " in waiting
    assert f"Not sent 5 minutes ago {reason} Marquee gave up after 5 attempts." in failed
    assert "Perhaps sent" in unknown
    assert "It may have arrived. Marquee does not send it again by itself" in unknown
    assert "Being sent" in sending


async def test_what_was_not_surely_sent_can_be_sent_again(page: Browser, api: FakeApi) -> None:
    api.deliveries = [
        delivery("sent"),
        delivery("failed", id=2),
        delivery("unknown", id=3),
        delivery("pending", id=4, next_try_at=ahead(hours=2)),
        delivery("pending", id=5, attempts=0, next_try_at=ago(seconds=1)),
    ]
    shown = document(await page.get("/notifications"))
    actions = shown.css(".deliveries form::attr(action)").getall()
    assert actions == [f"/notifications/{number}/retry" for number in (2, 3, 4)]
    answer = await page.post(actions[0])
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications")
    assert api.paths("POST") == ["/deliveries/2/retry"]


async def test_the_log_is_looked_at_again_while_something_is_under_way(page: Browser, api: FakeApi) -> None:
    api.deliveries = [delivery("pending", attempts=0, next_try_at=ago(seconds=1))]
    assert document(await page.get("/notifications")).css("#deliveries[hx-trigger]")
    api.deliveries = [delivery("sent"), delivery("pending", next_try_at=ahead(hours=2))]
    assert not document(await page.get("/notifications")).css("#deliveries[hx-trigger]")


async def test_a_test_is_asked_for_and_shown_in_the_log(page: Browser, api: FakeApi) -> None:
    api.notifications = notifications(NTFY)
    shown = document(await page.get("/notifications"))
    assert shown.css("form::attr(action)").get() == "/notifications/test"
    answer = await page.post("/notifications/test")
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications")
    assert api.paths("POST") == ["/notifications/test"]


async def test_a_test_that_is_refused_says_why_on_the_page(page: Browser, api: FakeApi) -> None:
    api.notifications = notifications(NTFY)
    api.refusals["POST /notifications/test"] = (503, "The worker is not available now.")
    answer = await page.post("/notifications/test")
    assert answer.status_code == 503
    assert "The worker is not available now." in said_in(document(answer).css("#flash"))
    assert "Targets" in words(answer)


@pytest.mark.parametrize("path", ["/notifications/test", "/notifications/3/retry"])
async def test_the_address_of_a_form_leads_back_when_it_is_loaded_again(page: Browser, path: str) -> None:
    answer = await page.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications")


async def test_a_retry_of_what_was_sent_meanwhile_shows_it_so(page: Browser, api: FakeApi) -> None:
    api.refusals["POST /deliveries/1/retry"] = (409, "It was sent already.")
    assert (await page.post("/notifications/1/retry")).status_code == 303
    api.refusals["POST /deliveries/1/retry"] = (404, "There is no delivery 1.")
    assert (await page.post("/notifications/1/retry")).status_code == 404


async def test_a_stranger_cannot_have_anything_sent(page: Browser, api: FakeApi) -> None:
    for path in ("/notifications/test", "/notifications/1/retry"):
        answer = await page.http.post(path, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
    assert api.paths("POST") == []


async def test_it_stands_beside_what_changed(page: Browser) -> None:
    assert document(await page.get("/changes")).css('main nav a[href="/notifications"]')
    shown = document(await page.get("/notifications"))
    assert shown.css("main nav [aria-current=page]::text").get() == "Notifications"
    assert shown.css(".places [aria-current]::attr(href)").get() == "/changes"
