"""What msgspec says of a value that cannot be used, in words for the person who sent it."""

import re
from collections.abc import Sequence

from api.schemas.members import USERNAME

Fault = tuple[str, str]

ABSENT = re.compile(r"Missing required query parameter '([^']*)'")
FIELD = re.compile(r"Object (contains unknown|missing required) field `([^`]*)`")
KIND = re.compile(r"Expected `(\w+)`, got `")
BOUND = re.compile(r"Expected `\w+` ([<>]=) (-?\d+(?:\.\d*[1-9])?)")
MULTIPLE = re.compile(r"Expected `\w+` that's a multiple of (\d+)")
PATTERN = re.compile(r"Expected `str` matching regex '(.*)'")
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
PATTERNS = {
    USERNAME: "must be 1 to 40 letters (a to z), digits, hyphens or underscores",
    r"^[a-zA-Z]{2}$": "must be two letters",
    r"^[A-Za-z]{2}$": "must be two letters",
    r"^(any|all|at_least:[1-9][0-9]?)$": "must be any, all, or at_least: with a number, such as at_least:2",
}
"""What text is like that a pattern lets through, where a person can be told in a few words."""
UNLIKE = "is empty, too long, or holds a character that it cannot hold"
WORDS = {
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
    if multiple := MULTIPLE.match(message):
        return field, f"must be a multiple of {multiple[1]}"
    if pattern := PATTERN.match(message):
        return field, PATTERNS.get(pattern[1], UNLIKE)
    if kind := KIND.match(message):
        return field, KINDS.get(kind[1], message)
    return field, next((words for start, words in WORDS.items() if message.startswith(start)), message)
