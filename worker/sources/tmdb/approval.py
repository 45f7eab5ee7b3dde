"""How a person lets Marquee change lists without a password: a request, an approval on TMDB's page, a token for it."""

import asyncio

import httpx
import msgspec

from worker.counting import HostCounts
from worker.http import OutsideHost, Pace, Sleep
from worker.sources.tmdb.answers import NAME, decoded
from worker.sources.tmdb.credentials import Credential, keep_keys_out_of_logs
from worker.sources.tmdb.list_answers import classify
from worker.sources.tmdb.list_wire import AccessTokenWire, RequestTokenWire

REFUSED = (
    "TMDB does not accept TMDB_API_KEY for this: it must be the API read access token, not the shorter API key; both "
    "are at https://www.themoviedb.org/settings/api"
)
REQUESTED = msgspec.json.Decoder(RequestTokenWire).decode
GRANTED = msgspec.json.Decoder(AccessTokenWire).decode


class ApprovalClient:
    """Asks with the operator's key, which must be the read access token: TMDB takes no v3 key here.

    Every call raises TokenRefused, NotApproved, RateLimited, Transient, or SourceError with TMDB's own words.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        pace: Pace,
        *,
        counts: HostCounts | None = None,
        sleep: Sleep = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        keep_keys_out_of_logs()
        credential = Credential(key)
        self._host = OutsideHost(
            base_url,
            pace,
            name=NAME,
            headers=credential.headers,
            params=credential.params,
            classify=lambda response: classify(response, credential.redact, REFUSED),
            counts=counts,
            sleep=sleep,
            transport=transport,
        )

    async def ask(self) -> str:
        """A token for a person to approve, good for 15 minutes."""
        answer = await self._host.send("POST", "/4/auth/request_token", {})
        return decoded(answer, REQUESTED).request_token

    async def exchange(self, request_token: str) -> AccessTokenWire:
        """The account and its token, once it was approved."""
        answer = await self._host.send("POST", "/4/auth/access_token", {"request_token": request_token})
        return decoded(answer, GRANTED)

    async def revoke(self, access_token: str) -> None:
        """Let the token be good for nothing."""
        await self._host.send("DELETE", "/4/auth/access_token", {"access_token": access_token})

    async def aclose(self) -> None:
        await self._host.aclose()
