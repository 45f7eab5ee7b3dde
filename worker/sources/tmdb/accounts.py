"""The way to accounts on TMDB: their lists by their own tokens, approvals by the operator's key, all at one pace."""

import httpx

from worker.counting import HostCounts
from worker.http import Pace
from worker.sources.tmdb.approval import ApprovalClient
from worker.sources.tmdb.lists import ListClient


class TmdbAccounts:
    """Opens clients, which are closed by whoever asked for them."""

    def __init__(
        self,
        base_url: str,
        key: str,
        pace: Pace,
        *,
        counts: HostCounts | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base_url = base_url
        self._key = key
        self._pace = pace
        self._counts = counts
        self._transport = transport

    def lists(self, account_id: str, token: str) -> ListClient:
        """The lists of this account, whose token it is."""
        return ListClient(self._base_url, token, account_id, self._pace, counts=self._counts, transport=self._transport)

    def approvals(self) -> ApprovalClient:
        return ApprovalClient(self._base_url, self._key, self._pace, counts=self._counts, transport=self._transport)
