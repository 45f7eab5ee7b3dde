"""The operator's TMDB key: how it is sent, and how it is kept out of everything that is written."""

import logging
import re

# A read access token is a JSON Web Token; whatever does not look like one is a key for the query.
READ_TOKEN = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]+", re.ASCII)
SECRETS = re.compile(r"\b(api_key|session_id|guest_session_id|request_token)=[^&#\s\"']*")


class Credential:
    """A v4 read access token, sent as Bearer, or a v3 key, which TMDB takes in the query alone."""

    def __init__(self, key: str) -> None:
        self._key = key.strip().removeprefix("Bearer ").strip()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._is_token else {}

    @property
    def params(self) -> dict[str, str]:
        return {} if self._is_token else {"api_key": self._key}

    def redact(self, text: str) -> str:
        """`text` without the key, should it hold it."""
        return redacted(text.replace(self._key, "…") if self._key else text)

    @property
    def _is_token(self) -> bool:
        return READ_TOKEN.fullmatch(self._key) is not None

    def __repr__(self) -> str:
        return "Credential(…)"


def redacted(text: str) -> str:
    """`text` with the value of every credential in a query replaced."""
    return SECRETS.sub(r"\1=…", text)


class RedactedAddresses(logging.Filter):
    """For loggers that write whole addresses, as httpx does for every request."""

    def filter(self, record: logging.LogRecord) -> bool:
        written = record.getMessage()
        safe = redacted(written)
        if safe != written:
            record.msg, record.args = safe, ()
        return True


REDACTED_ADDRESSES = RedactedAddresses()


def keep_keys_out_of_logs() -> None:
    """From now on httpx writes addresses without credentials; calling it again changes nothing."""
    logging.getLogger("httpx").addFilter(REDACTED_ADDRESSES)
