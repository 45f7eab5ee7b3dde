"""`python -m worker.demo`: serve the built-in outside world on loopback until SIGTERM."""

import argparse
import asyncio
import socket
import sys

import uvicorn

from worker.demo.app import create_demo
from worker.demo.world import World


class Server(uvicorn.Server):
    """Says on standard output where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            sys.stdout.write(f"listening on http://{host}:{port}\n")
            sys.stdout.flush()


def main() -> None:
    """Parse the command line and serve; ends on SIGTERM and SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m worker.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--films", type=int, help="how many films alice's watchlist has (default: the ordinary world)")
    options = parser.parse_args()
    world = World.large(options.films) if options.films else World.ordinary()
    config = uvicorn.Config(
        create_demo(world),
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    asyncio.run(Server(config).serve())


if __name__ == "__main__":
    main()
