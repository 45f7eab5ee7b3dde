"""HEAD, wherever GET is."""

from typing import cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send


def answering_head(app: ASGIApp) -> ASGIApp:
    """`app`, where it also answers HEAD: as it answers GET, without the body."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        if scope.get("method") == "HEAD":
            as_get = cast(HTTPScope, {**scope, "method": "GET"})
            await app(as_get, receive, send_without_body)
        else:
            await app(scope, receive, send)

    return answer
