"""What is asked of every request before anything is done for it."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Parameter
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from api.errors import Invalid

Connection = ASGIConnection[Any, Any, Any, Any]


async def demand_known_parameters(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse query parameters that the route does not know: a filter with a slip must not answer everything."""
    query = parse_qsl(connection.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if not query:
        return
    known = known_parameters(connection.app, connection.scope["path_template"], str(connection.scope.get("method")))
    unknown = dict.fromkeys(name for name, _ in query if name not in known)
    if unknown:
        advice = f"is not a parameter here; known are {', '.join(known)}" if known else "is not a parameter here"
        raise Invalid([(name, advice) for name in unknown])


def known_parameters(app: Litestar, path_template: str, method: str) -> list[str]:
    """The names of the query parameters that the OpenAPI document has for this route."""
    item = (app.openapi_schema.paths or {}).get(path_template)
    operation = getattr(item, method.lower(), None)
    parameters = (operation and operation.parameters) or []
    return sorted(each.name for each in parameters if isinstance(each, Parameter) and each.param_in == "query")


async def demand_json(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse a body that does not say that it is JSON; no body at all is fine."""
    headers = connection.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json":
        raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
