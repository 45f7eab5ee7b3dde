"""Somewhere for news to arrive: a real HTTP server on loopback, which keeps what it is sent."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import msgspec

PATIENCE = 30.0
TOKEN = "s3cr3t-t0k3n-0123456789"
"""A secret in the address: it may stand in nothing that Marquee writes."""


class Receiver:
    """`with Receiver() as receiver:`; `received` holds each message, as (title, body), as soon as it has come in.

    `status` is what it answers. `hold()` lets answers wait until `release()`; `drop()` ends connections without one.
    """

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []
        self.status = 200
        self._dropping = False
        self._answering = threading.Event()
        self._answering.set()
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def address(self) -> str:
        """Its address as Apprise writes it, with a secret."""
        return f"json://127.0.0.1:{self._server.server_port}/{TOKEN}"

    def hold(self) -> None:
        self._answering.clear()

    def release(self) -> None:
        self._answering.set()

    def drop(self, dropping: bool = True) -> None:
        self._dropping = dropping

    def wait(self, messages: int = 1) -> None:
        """Return when so many messages have come in."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= messages, PATIENCE), "nothing arrived"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, message: Any) -> None:
        with self._arrived:
            self.received.append((message["title"], message["message"]))
            self._arrived.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(msgspec.json.decode(self.rfile.read(int(self.headers["Content-Length"]))))
                receiver._answering.wait(PATIENCE)
                self.close_connection = True
                if not receiver._dropping:
                    self.send_response(receiver.status)
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
