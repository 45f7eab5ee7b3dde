"""What msgspec says of a value that cannot be used, in words for the person who sent it."""

import re
from collections.abc import Sequence

Fault = tuple[str, str]

FIELD = re.compile(r"Object (contains unknown|missing required) field `([^`]*)`")
KIND = re.compile(r"Expected `(\w+)`, got `")
BOUND = re.compile(r"Expected `\w+` ([<>]=) (-?[\d.]+)")
LENGTH = re.compile(r"Expected `(\w+)` of length ([<>]=) (\d+)")
KINDS = {
    "bool": "must be true or false",
    "int": "must be a whole number",
    "float": "must be a number",
    "str": "must be text",
    "array": "must be a list",
    "object": "must be a JSON object",
}
LIMITS = {">=": "at least", "<=": "at most"}
UNITS = {"str": "character", "array": "item"}
WORDS = {
    "Expected `str` matching regex ": "is empty, too long, or holds a character that it cannot hold",
    "Integer value out of range": "is too large",
    "Invalid enum value ": "is not one of the values that it can have",
}


def in_words(field: str, message: str, choices: Sequence[str] = ()) -> Fault:
    """The field at fault and what is wrong with it; `choices` are the values that it can have, where they are few.

    >>> in_words("kind", "Invalid enum value 'gone'", ["arrived", "left"])
    ('kind', 'is none of arrived, left')
    >>> in_words("body", "Object missing required field `country`")
    ('country', 'is missing')
    """
    message = message.replace(" | null", "")
    if named := FIELD.match(message):
        return named[2], "is missing" if named[1] == "missing required" else "is not a field here"
    if length := LENGTH.match(message):
        unit = UNITS.get(length[1], length[1]) + ("" if length[3] == "1" else "s")
        return field, f"must have {LIMITS[length[2]]} {length[3]} {unit}"
    if choices:
        return field, f"is none of {', '.join(choices)}" if len(choices) > 1 else f"can only be {choices[0]}"
    if bound := BOUND.match(message):
        return field, f"must be {LIMITS[bound[1]]} {bound[2]}"
    if kind := KIND.match(message):
        return field, KINDS.get(kind[1], message)
    return field, next((words for start, words in WORDS.items() if message.startswith(start)), message)
