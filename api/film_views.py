"""How much of a list of films is told: chosen fields of each film, and counts of them all."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import Meta
from msgspec.structs import replace

from api.db.films import View
from api.db.paging import Paging
from api.errors import Invalid
from api.formats.asked import Form

LONGEST = 500


def view_of(item: type[msgspec.Struct]) -> dict[str, Provide]:
    """The provider of `view` for lists of such items; it comes after the paging, which says in which form they go."""
    known = item.__struct_fields__
    one = "|".join(known)
    listed = Meta(max_length=LONGEST, extra_json_schema={"pattern": f"^({one})(,({one}))*$", "examples": [known[0]]})

    def provide_view(
        request: Request[Any, Any, Any],
        paging: NamedDependency[Paging],
        fields: Annotated[
            list[Annotated[str, listed]] | None,
            QueryParameter(
                max_items=len(known),
                description=f"Only these fields of each item, separated by commas; of {', '.join(known)}.",
            ),
        ] = None,
        facets: Annotated[
            bool,
            QueryParameter(
                description="Also counts of all films that the filters let through, by provider, genre, decade and "
                "kind of offer; in JSON only."
            ),
        ] = False,
    ) -> View:
        form: Form = request.state.form
        named = _named(fields or (), known)
        if named and form.flavour:
            raise Invalid([("fields", "does not go with flavour, which has columns of its own")])
        request.state.form = replace(form, fields=named)
        return View(fields=named, facets=facets and form.kind == "json")

    return {"view": Provide(provide_view, sync_to_thread=False)}


def _named(values: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The fields that are named, each once; raises Invalid for one that there is not."""
    named = tuple(dict.fromkeys(name.strip() for value in values for name in value.split(",")))
    if unknown := [name for name in named if name not in known]:
        raise Invalid([("fields", f"knows no {unknown[0]!r}; known are {', '.join(known)}")])
    return named
