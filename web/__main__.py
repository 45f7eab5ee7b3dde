"""`python -m web`: the page's process."""

import logging
import os
import socket
import sys

import uvicorn

from web.app import create_app
from web.logs import set_up_logs
from web.settings import SettingsError, load_settings

log = logging.getLogger("web")


class PageServer(uvicorn.Server):
    """Says where it listens once it does: the port may have been left to the system."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for server in self.servers:
            host, port = server.sockets[0].getsockname()[:2]
            log.info("Page listening on http://%s:%s", f"[{host}]" if ":" in host else host, port)


def main() -> int:
    """Serve until told to stop; 2 where the settings cannot be used."""
    try:
        settings = load_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logs(settings.log_level, settings.log_format)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.web_port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
    )
    server = PageServer(config)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
