"""What the OpenAPI document says of the operation that a request asks for."""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Reference, RequestBody, Schema

Connection = ASGIConnection[Any, Any, Any, Any]


KNOWN = "known_parameters"


def known_parameters(connection: Connection, handler: BaseRouteHandler) -> dict[str, bool]:
    """The query parameters of this operation, each with whether it may be repeated; the handler remembers them."""
    if KNOWN not in handler.opt:
        found = (each for each in _parameters(connection) if each.param_in == "query")
        handler.opt[KNOWN] = {each.name: _is_list(each.schema) for each in sorted(found, key=lambda each: each.name)}
    known: dict[str, bool] = handler.opt[KNOWN]
    return known


def takes_text(connection: Connection, name: str) -> bool:
    """Whether a parameter of this operation may be any text."""
    schemas = [each.schema for each in _parameters(connection) if each.name == name]
    shapes = [shape for schema in schemas for shape in _shapes(connection.app, schema)]
    return any(shape.type == OpenAPIType.STRING and not shape.enum for shape in shapes)


def choices(connection: Connection, name: str) -> list[str]:
    """The values that a parameter, or a field of the body, is one of; none where it may be any of its kind."""
    schemas = [each.schema for each in _parameters(connection) if each.name == name]
    for media_type in _content(connection).values():
        fields = (each.properties or {} for each in _shapes(connection.app, media_type.schema))
        schemas += [each[name] for each in fields if name in each]
    shapes = [shape for schema in schemas for shape in _shapes(connection.app, schema)]
    return [str(value) for shape in shapes for value in [*(shape.enum or []), shape.const] if value is not None]


def body_types(connection: Connection) -> list[str]:
    """The media types that a body may have here."""
    return [str(getattr(name, "value", name)) for name in _content(connection)]


def _operation(connection: Connection) -> Operation | None:
    paths = connection.app.openapi_schema.paths or {}
    item = paths.get(connection.scope.get("path_template", ""))
    return getattr(item, str(connection.scope.get("method")).lower(), None)


def _parameters(connection: Connection) -> list[Parameter]:
    operation = _operation(connection)
    return [each for each in (operation and operation.parameters) or [] if isinstance(each, Parameter)]


def _content(connection: Connection) -> dict[str, Any]:
    operation = _operation(connection)
    body = operation and operation.request_body
    return dict(body.content) if isinstance(body, RequestBody) else {}


def _is_list(schema: Schema | Reference | None) -> bool:
    alternatives = [schema, *(schema.one_of or [])] if isinstance(schema, Schema) else []
    return any(isinstance(each, Schema) and each.type == OpenAPIType.ARRAY for each in alternatives)


def _shapes(app: Litestar, schema: Any) -> Iterator[Schema]:
    """The alternatives of a schema, and of the items of a list."""
    if isinstance(schema, Reference):
        schema = app.openapi_schema.components.schemas[schema.ref.rpartition("/")[2]]
    if not isinstance(schema, Schema):
        return
    yield schema
    for each in [*(schema.one_of or []), *([schema.items] if schema.items else [])]:
        yield from _shapes(app, each)
