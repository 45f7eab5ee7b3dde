"""HEAD, wherever GET is; and OPTIONS, which tells of all methods."""

from typing import Any, cast

from litestar import Response
from litestar.plugins import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.status_codes import HTTP_204_NO_CONTENT
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


class EveryMethodTold(ReceiveRoutePlugin):
    """Has OPTIONS name the methods of all handlers of a path; the framework names those of the first one."""

    def receive_route(self, route: BaseRoute) -> None:
        if not isinstance(route, HTTPRoute):
            return
        allowed = ", ".join(sorted({method for handler in route.route_handlers for method in handler.http_methods}))

        def options(**_given: Any) -> Response[None]:
            return Response(None, status_code=HTTP_204_NO_CONTENT, headers={"Allow": allowed})

        for handler in route.route_handlers:
            if "OPTIONS" in handler.http_methods:
                handler(options)
