"""Where Marquee listens: free ports, and words for those that are not."""

import errno
import os
import socket
from contextlib import ExitStack

from msgspec.structs import replace

from api.errors import MarqueeError, SettingsError
from api.settings import Settings

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104


class CannotListen(MarqueeError):
    """`problems` holds one (NAME, what is wrong and what to do) per setting."""

    code = "cannot_listen"

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        lines = "\n".join(f"  {name}: {problem}" for name, problem in problems)
        super().__init__(f"Marquee cannot listen where it should:\n{lines}")
        self.problems = problems


def resolve(settings: Settings) -> Settings:
    """The settings with both ports known to be free, and a free one in the place of 0.

    Raises CannotListen where another program or the system is in the way, and SettingsError where nothing is.
    """
    if settings.api_port == settings.web_port != 0:
        raise SettingsError([("API_PORT and WEB_PORT", f"are both {settings.web_port}; give each its own")])
    ports: dict[str, int] = {}
    problems: list[tuple[str, str]] = []
    with ExitStack() as held:
        for name in ("api_port", "web_port"):
            try:
                ports[name] = _listen(settings.host, getattr(settings, name), held)
            except OSError as error:
                _demand_address(settings.host, error)
                problems.append((name.upper(), _problem(name.upper(), getattr(settings, name), error)))
    if problems:
        raise CannotListen(problems)
    elsewhere = settings.api_url != f"http://127.0.0.1:{settings.api_port}"
    api_url = settings.api_url if elsewhere else address(settings.host, ports["api_port"])
    return replace(settings, **ports, api_url=api_url)


def address(host: str, port: int) -> str:
    """How this machine itself reaches what listens at `host`."""
    reachable = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _listen(host: str, port: int, held: ExitStack) -> int:
    """Listen until `held` is closed; the port, chosen by the system where `port` is 0."""
    family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = held.enter_context(socket.socket(family, kind, protocol))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(place)
    listening.listen()
    return int(listening.getsockname()[1])


def _demand_address(host: str, error: OSError) -> None:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        advice = "use 127.0.0.1, or 0.0.0.0 for all of them"
        raise SettingsError([("HOST", f"{host!r} is not an address of this machine; {advice}")]) from error


def _problem(name: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use by another program; end that one, or set {name} to a free port"
    if error.errno == errno.EACCES:
        return f"port {port} is not open to this user; set {name} to one above 1023"
    return f"port {port} cannot be used ({os.strerror(error.errno) if error.errno else error})"
