"""What the framework leaves out of the OpenAPI document: bounds in lists and Structs, and that no query has a null."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

Json = dict[str, Any]

BOUNDS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "examples",
    "additionalProperties",
    "const",
    "format",
)
NULL = {"type": "null"}
WITHOUT_NUL = r"^[^\x00]*$"


def handlers(app: Litestar) -> dict[str, HTTPRouteHandler]:
    """Every route of the app by the id of its operation."""
    found = [handler for route in app.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers]
    return {handler.operation_id: handler for handler in found if isinstance(handler.operation_id, str)}


def parameters(handler: HTTPRouteHandler) -> dict[str, Any]:
    """The type of each parameter of a route, those of its dependencies included, by its name for callers."""
    fields = _fields(handler.parsed_fn_signature.parameters, handler.resolve_dependencies())
    return {getattr(field.kwarg_definition, "name", None) or field.name: field.annotation for field in fields}


def bound_parameter(schema: Json, annotation: Any) -> None:
    """Add to the schema of a parameter of this type what it lacks; what a query says is never null."""
    exact = msgspec.json.schema(annotation)
    _flatten(schema)
    _flatten(exact)
    add_bounds(schema, exact)
    for text in (schema, schema.get("items", {})):
        if text.get("type") == "string" and not {"enum", "pattern", "anyOf"} & text.keys():
            text["pattern"] = WITHOUT_NUL


def add_bounds(schema: Json, exact: Json) -> None:
    """Add to a schema the bounds that another one of the same type has, and that it lacks."""
    for key in BOUNDS:
        if key in exact and "$ref" not in schema:
            schema.setdefault(key, exact[key])
    if "type" in exact and "anyOf" in exact:
        schema["anyOf"] = exact["anyOf"]
        return
    for one, other in zip(_alternatives(schema), _alternatives(exact), strict=False):
        add_bounds(one, other)
    if "items" in schema and "items" in exact:
        add_bounds(schema["items"], exact["items"])
    for name, field in schema.get("properties", {}).items():
        add_bounds(field, exact.get("properties", {}).get(name, {}))
    _count_in_whole_numbers(schema)


def _fields(signature: Mapping[str, FieldDefinition], given: Mapping[str, Provide]) -> Iterator[FieldDefinition]:
    for name, field in signature.items():
        if name in given:
            yield from _fields(given[name].parsed_fn_signature.parameters, given)
        else:
            yield field


def _flatten(schema: Json) -> None:
    """Take null out of what a schema allows; what is said beside its alternatives holds for the one that is left."""
    if isinstance(schema.get("type"), list) and "enum" in schema:
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    choices = _alternatives(schema)
    if len(choices) == 1:
        for key in ("oneOf", "anyOf"):
            schema.pop(key, None)
        schema.update({**choices[0], **schema})


def _alternatives(schema: Json) -> list[Json]:
    choices = schema.get("oneOf") or schema.get("anyOf") or []
    return [choice for choice in choices if choice != NULL]


def _count_in_whole_numbers(schema: Json) -> None:
    for key in ("minimum", "maximum"):
        if isinstance(schema.get(key), float) and schema[key].is_integer():
            schema[key] = int(schema[key])
