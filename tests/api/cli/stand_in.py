"""An API that answers what a test says, where the real one cannot be brought to answer so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec


class StandIn:
    """`answers` holds (status, body, headers) by "METHOD /path"; a list of them is answered one after another."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[tuple[int, Any, dict[str, str]]]] = {}
        self.asked: list[tuple[str, Any]] = []

    def answer(self, request: str, *bodies: Any, status: int = 200, **headers: str) -> None:
        """The last body is answered again and again."""
        self.answers[request] = [(status, body, headers) for body in bodies]

    def next(self, request: str) -> tuple[int, Any, dict[str, str]]:
        waiting = self.answers[request.partition("?")[0]]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def standing_in() -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            request = f"{self.command} {self.path}"
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            stand_in.asked.append((request, msgspec.json.decode(sent) if sent else None))
            status, body, headers = stand_in.next(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(msgspec.json.encode(body))

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in = StandIn(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()
