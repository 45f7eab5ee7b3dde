"""Sending through Apprise: the only module that knows it.

Apprise is an extra of Marquee and takes a second to load, so it is loaded when there is an address to look at. The
addresses are secrets: nothing that leaves this module holds one, neither a name nor a reason nor a line of a log.
"""

import asyncio
import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from api.db.deliveries import Target
from worker.counting import HostCounts

NOT_INSTALLED = "Apprise is not installed: start Marquee with its extra `notify`."
NOT_UNDERSTOOD = "Apprise does not understand this address in NOTIFY_URLS, or lacks a library for it."
NOT_SET_ANY_MORE = "This address is not in NOTIFY_URLS any more."
NO_ANSWER = "There was no answer in time: it may have arrived."
CUT_OFF = "The connection broke while Marquee was sending: it may have arrived."
NOT_THERE = "Nobody answers at this address."
NO_REASON = "The service did not accept it, and gave no reason."

ANSWER_WITHIN = 10.0
SENT_WITHIN = 40.0
DOUBTS = {"Read timed out": NO_ANSWER, "Connection aborted": CUT_OFF, "Connection broken": CUT_OFF}
UNREACHED = "Connection error occurred"
CHATTY = ("urllib3", "requests", "requests_oauthlib", "oauthlib", "charset_normalizer", "markdown")
"""Libraries of Apprise whose lines at DEBUG hold addresses."""
HOST = re.compile(r"localhost|[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
SHORTEST_ANYWHERE = 4
BETWEEN_PARTS = re.compile(r"[/:@?&=+#\s]+")


class Outcome(msgspec.Struct, frozen=True):
    """How sending went: `unknown` where it may have arrived; `final` where trying again cannot help."""

    status: Literal["sent", "failed", "unknown"]
    reason: str = ""
    final: bool = False


class Notifier:
    """The addresses of NOTIFY_URLS, each known by its digest."""

    def __init__(self, addresses: Sequence[str] = (), counts: HostCounts | None = None) -> None:
        self._addresses = {_digest(address): address for address in addresses}
        self._targets: list[Target] | None = None
        self._counts = counts or HostCounts()

    async def targets(self) -> list[Target]:
        """What Marquee may send to, in the order of the settings; looked at once."""
        if self._targets is None:
            self._targets = await asyncio.to_thread(_targets, self._addresses) if self._addresses else []
        return self._targets

    async def send(self, digest: str, title: str, body: str) -> Outcome:
        """Send this text to the target with this digest; never raises but when it is cancelled."""
        known = {target.digest: target for target in await self.targets()}
        if digest not in known:
            return Outcome("failed", NOT_SET_ANY_MORE, final=True)
        if problem := known[digest].problem:
            return Outcome("failed", problem, final=True)
        outcome = await asyncio.to_thread(_send, self._addresses[digest], title, body)
        self._counts.request("ok" if outcome.status == "sent" else "error")
        return outcome


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _load() -> Any:
    """Apprise, made to keep to itself what it logs; None where it is not installed."""
    try:
        import apprise
    except ImportError:
        return None
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return apprise


def _targets(addresses: dict[str, str]) -> list[Target]:
    apprise = _load()
    services = [_service(apprise, address) if apprise else None for address in addresses.values()]
    problem = NOT_UNDERSTOOD if apprise else NOT_INSTALLED
    names = _told_apart(
        _name(service) if service else _nameless(number, address)
        for number, (service, address) in enumerate(zip(services, addresses.values(), strict=True), 1)
    )
    return [
        Target(digest, name, None if service else problem)
        for digest, name, service in zip(addresses, names, services, strict=True)
    ]


def _service(apprise: Any, address: str) -> Any:
    """Apprise's own object for this address, which sends once and answers honestly; None where it knows none."""
    asset = apprise.AppriseAsset(app_id="Marquee", app_desc="Marquee", secure_logging=True, allow_templates=False)
    service = apprise.Apprise.instantiate(address, asset=asset)
    if service is not None:
        service.retry, service.optional = 0, False
        service.socket_read_timeout = max(service.socket_read_timeout, ANSWER_WITHIN)
    return service


def _name(service: Any) -> str:
    """The service, and its host and port where the address names them: in others a key stands there."""
    place, host = urlsplit(service.url(privacy=True)), _host(service)
    if not host:
        return str(service.service_name)
    return f"{service.service_name} at {host}" + (f":{place.port}" if place.port else "")


def _host(service: Any) -> str:
    """The host that the address names, "" where a key stands in its place: Apprise masks that one."""
    host = urlsplit(service.url(privacy=True)).hostname or ""
    return host if HOST.fullmatch(host) else ""


def _nameless(number: int, address: str) -> str:
    kind = address.partition("://")[0]
    return f"Address {number} ({kind}://…)" if re.fullmatch(r"[A-Za-z0-9.+-]{1,20}", kind) else f"Address {number}"


def _told_apart(names: Iterable[str]) -> list[str]:
    """The names, those that come again with a number.

    >>> _told_apart(["Discord", "ntfy", "Discord"])
    ['Discord', 'ntfy', 'Discord (2)']
    """
    seen: Counter[str] = Counter()
    different = []
    for name in names:
        seen[name] += 1
        different.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return different


def _send(address: str, title: str, body: str) -> Outcome:
    apprise = _load()
    opened, service = apprise.Apprise(), _service(apprise, address)
    opened.add(service)
    host = _host(service)
    how = {"body_format": apprise.NotifyFormat.TEXT, "timeout": SENT_WITHIN, "log_level": logging.DEBUG}
    with opened.notify(title=title, body=body, **how) as result:
        said = [(entry.level, _without_secrets(entry.message, address, host)) for entry in result.logs()]
        if result:
            return Outcome("sent")
        if result.status.name == "TIMEOUT":
            return Outcome("unknown", NO_ANSWER)
    return _refused(said)


def _refused(said: Sequence[tuple[str, str]]) -> Outcome:
    """What Apprise's (level, line) mean of a message that it could not send."""
    for sign, reason in DOUBTS.items():
        if any(sign in line for _, line in said):
            return Outcome("unknown", reason)
    if any(UNREACHED in line for _, line in said):
        return Outcome("failed", NOT_THERE)
    complaints = dict.fromkeys(line.strip() for level, line in said if level in ("WARNING", "ERROR", "CRITICAL"))
    return Outcome("failed", " ".join(complaints) or NO_REASON)


def _without_secrets(text: str, address: str, host: str) -> str:
    """`text` without any part of the address but its kind and its `host`, where that is no secret itself.

    >>> _without_secrets("POST /hook/k1 to nas.local: refused", "json://ann:tok.en@nas.local/hook/k1", "nas.local")
    'POST /…/… to nas.local: refused'
    """
    kind, _, rest = address.partition("://")
    forms = {rest, unquote(rest), *map(unquote, BETWEEN_PARTS.split(rest))}
    parts = {part for form in forms for part in (form, *BETWEEN_PARTS.split(form))}
    for part in sorted(parts, key=len, reverse=True):
        if part and part.lower() not in (kind.lower(), host):
            text = _masked(text, part)
    return text


def _masked(text: str, part: str) -> str:
    """A short part is masked where it stands alone: its letters are in other words too."""
    if len(part) >= SHORTEST_ANYWHERE:
        return text.replace(part, "…")
    return re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "…", text)
