"""Errors on the wire (RFC 9457)."""

import msgspec


class FieldError(msgspec.Struct):
    """What is wrong with one field, parameter or part; `field` is its name in the request."""

    field: str
    message: str


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`code` is stable and for programs, `detail` is for people; `errors` is there where fields are at fault."""

    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
