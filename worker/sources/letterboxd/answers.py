"""What an answer of Letterboxd means, before any of it is parsed."""

import re

import httpx

from api.errors import Blocked, Missing, Private, RateLimited, Transient
from worker.http import bare, retry_after

CHALLENGE_TITLE = re.compile(r"<title[^>]*>\s*Just a moment\s*(?:\.\.\.|…)", re.IGNORECASE)
CHALLENGE = re.compile(
    r"_cf_chl_opt|Enable JavaScript and cookies to continue|" + CHALLENGE_TITLE.pattern, re.IGNORECASE
)
TOO_FAST = re.compile(r"error code:\s*1015\b|You are being rate limited", re.IGNORECASE)
PRIVATE = re.compile(r"Letterboxd\s*[-–—]\s*Forbidden|access is classified|Professor Falken", re.IGNORECASE)
CLOUDFLARE_ERROR = re.compile(r"error code:\s*1\d{3}\b", re.IGNORECASE)

NAME = "Letterboxd"
READ = 65_536
TINY = 1_024


def classify(response: httpx.Response) -> None:
    """Raise what this answer means where it is no page: a block is never private, and neither is ever empty.

    A refusal is private only when Letterboxd's own page says so. One of a few bytes without any reason is
    its server's hiccup and goes by itself; one with a page of another kind is a block.
    """
    status, url = response.status_code, bare(response.url)
    body = response.text[:READ]
    if _challenged(response, body):
        raise Blocked(url, challenge=True)
    if status < 400:
        return
    if status in (426, 429) or TOO_FAST.search(body):
        raise RateLimited(url, retry_after(response), host=NAME)
    if status in (404, 410):
        raise Missing(url)
    if status == 408 or status >= 500:
        raise Transient(url, status, retry_after=retry_after(response), host=NAME)
    if status == 403 and PRIVATE.search(body):
        raise Private(url)
    if status == 403 and len(body) <= TINY and not CLOUDFLARE_ERROR.search(body):
        raise Transient(url, status, retry_after=retry_after(response), host=NAME)
    raise Blocked(url, challenge=False)


def _challenged(response: httpx.Response, body: str) -> bool:
    if response.headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    # On a page that was granted, only its own title counts: a member may have written about the rest.
    return bool((CHALLENGE if response.status_code >= 400 else CHALLENGE_TITLE).search(body))
