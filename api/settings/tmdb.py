"""What the settings of TMDB lists mean: an account's token, the key that encrypts it, and TMDB's own pages."""

import base64
import re

import msgspec

TMDB_API = "https://api.themoviedb.org"
TMDB_PAGES = "https://www.themoviedb.org"
MAKE_A_KEY = """python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())\""""
TOKEN = re.compile(r"[\w-]+\.([\w-]+)\.[\w-]+", re.ASCII)


class _Claims(msgspec.Struct):
    sub: str | None = None


def token_key(text: str) -> str:
    """A key of 32 bytes, in the letters of base64 that are safe in addresses; no message ever shows it."""
    try:
        if len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32:
            return text
    except ValueError:
        pass
    raise ValueError(f"is no key of 32 bytes; make one with: {MAKE_A_KEY}")


def account_of(token: str) -> str | None:
    """The id of the account whose user access token this is, as the token itself says; None where it says nothing."""
    found = TOKEN.fullmatch(token.strip())
    if found is None:
        return None
    try:
        claims = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        return msgspec.json.decode(claims, type=_Claims).sub
    except (ValueError, msgspec.DecodeError):
        return None


def pages_beside(base_url: str) -> str:
    """Where the pages for people are that belong to this API: at the same place, unless it is TMDB's own."""
    return TMDB_PAGES if base_url == TMDB_API else base_url
