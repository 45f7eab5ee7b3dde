"""The answers of a host that does not give what was asked for, in the shape of each family."""

import math
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

import msgspec
from litestar.types import Send

HTML = "text/html"
JSON = "application/json;charset=utf-8"
MESSAGES = {
    6: "Invalid id: The pre-requisite id is invalid or not found.",
    7: "Invalid API key: You must be granted a valid key.",
    9: "Service offline: This service is temporarily offline, try again later.",
    11: "Internal error: Something went wrong, contact TMDB.",
    33: "Invalid request token: The request token is either expired or invalid.",
    36: "This token hasn't been granted write permission by the user.",
    38: "You don't have permission to edit this resource.",
    39: "This resource is private.",
    41: "This request token hasn't been approved by the user.",
    22: "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.",
    25: "Your request count (#) is over the allowed limit of (40).",
    27: "Too many append to response objects: The maximum number of remote calls is 20.",
    34: "The resource you requested could not be found.",
}
TMDB_CODES = {401: 7, 404: 34, 429: 25, 503: 9}
CHALLENGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta name="robots" content="noindex,nofollow">
</head><body><div class="main-wrapper" role="main"><div class="main-content">
<noscript><div class="h2">
<span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript>
</div></div><script>(function(){window._cf_chl_opt = {cType: 'managed'};}());</script></body></html>
"""
FORBIDDEN = """<!DOCTYPE html>
<html lang="en"><head><title>Letterboxd - Forbidden</title></head>
<body class="error message-dark"><div id="content" class="site-body"><section class="message">
<h1 class="title">Forbidden</h1>
<p>The file you’re attempting to access is classified. Please contact us if you have the correct clearance.</p>
</section></div></body></html>
"""
NOT_FOUND = """<!DOCTYPE html>
<html lang="en"><head><title>Letterboxd - Not Found</title></head>
<body class="error message-dark"><header class="site-header"><section>
<h1 class="site-logo"><a href="/" class="logo replace">Letterboxd</a></h1></section></header>
<div id="content" class="site-body"><section class="message">
<p>Sorry, we can’t find the page you’ve requested.</p></section></div></body></html>
"""
TOO_FAST = """<!DOCTYPE html>
<html lang="en-US"><head><title>Access denied</title></head>
<body><h1>Error 1015</h1><h2>You are being rate limited</h2></body></html>
"""
TINY = """<html>\r
<head><title>{status} {phrase}</title></head>\r
<body>\r
<center><h1>{status} {phrase}</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""


class Refusal(msgspec.Struct, frozen=True):
    """A whole answer, to be sent as it is."""

    status: int
    body: str
    media_type: str = HTML
    headers: Sequence[tuple[str, str]] = ()

    async def send(self, send: Send) -> None:
        """Send it as the response of this request."""
        body = self.body.encode()
        fields = [
            ("content-type", f"{self.media_type}; charset=utf-8" if self.media_type == HTML else self.media_type),
            ("content-length", str(len(body))),
            *self.headers,
        ]
        raw = [(name.encode(), value.encode()) for name, value in fields]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def refusal(kind: str, family: str, *, status: int = 500, retry_after: float | None = None) -> Refusal:
    """How a host of this family answers: a challenge, private, missing, rate_limited, or any other status."""
    if kind == "rate_limited":
        headers = [] if retry_after is None else [("retry-after", str(math.ceil(retry_after)))]
        return _plain(429, family, TOO_FAST, headers)
    if kind == "challenge":
        headers = [("cf-mitigated", "challenge"), ("server", "cloudflare"), ("cache-control", "no-store")]
        return Refusal(403, CHALLENGE, headers=headers)
    if kind == "private":
        return Refusal(403, FORBIDDEN)
    if kind == "missing":
        return _plain(404, family, NOT_FOUND)
    return _plain(status, family, TINY.format(status=status, phrase=_phrase(status)))


def moved(target: str) -> Refusal:
    """A permanent redirect to a path of this host."""
    return Refusal(301, "", headers=[("location", quote(target))])


def tmdb_error(status: int, code: int) -> Refusal:
    """TMDB's error body; `code` is TMDB's own, which is not the HTTP status."""
    body = {"success": False, "status_code": code, "status_message": MESSAGES[code]}
    return Refusal(status, msgspec.json.encode(body).decode(), JSON)


def _plain(status: int, family: str, page: str, headers: Sequence[tuple[str, str]] = ()) -> Refusal:
    if family == "tmdb":
        return msgspec.structs.replace(tmdb_error(status, TMDB_CODES.get(status, 11)), headers=headers)
    return Refusal(status, page, headers=headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Web server error"
