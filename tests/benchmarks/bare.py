"""A handler that answers the same bytes every time, from memory: as fast as this stack can be.

Run as a process: `python -m tests.benchmarks.bare PORT FILE`.
"""

import sys
from pathlib import Path

import uvicorn
from litestar import Litestar, MediaType, Response, get


def create_app(body: bytes) -> Litestar:
    @get("/api/v1/films")
    async def answer() -> Response[bytes]:
        return Response(body, media_type=MediaType.JSON)

    return Litestar([answer], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    app = create_app(Path(sys.argv[2]).read_bytes())
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)
