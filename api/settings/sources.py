"""Where settings come from: the environment, `.env` in the working directory, and files named by NAME_FILE."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

Problem = tuple[str, str]

ALIKE_IN_DOTENV = 0.8
ALIKE_IN_ENVIRONMENT = 0.9
"""How alike a name must be to one of ours to be taken for it; the environment is full of names of others."""


class Unusable(Exception):
    """`args` are the NAME at fault, and what is wrong and what to do."""


def gather(names: Iterable[str], environ: Mapping[str, str], directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The raw value of each name that has one, and what is wrong with the sources.

    The environment wins over `.env`. NAME_FILE names a file whose content is the value, without the last
    newline. A blank value counts as unset, since compose passes unset variables as empty ones.
    """
    given = _filled(environ)
    dotenv, problems = _dotenv(directory / ".env")
    found: dict[str, str] = {}
    for name in names:
        try:
            value = _value(name, given) or _value(name, dotenv)
        except Unusable as error:
            problems.append(error.args)
        else:
            if value.strip():
                found[name] = value
    return found, problems


def misspelt(names: Iterable[str], environ: Mapping[str, str], directory: Path) -> list[Problem]:
    """Names in the environment and in `.env` that are none of ours but look like one, and which one may be meant."""
    ours = [name for setting in names for name in (setting, f"{setting}_FILE")]
    dotenv, _ = _dotenv(directory / ".env")
    meant = {name: get_close_matches(name, ours, 1, ALIKE_IN_ENVIRONMENT) for name in environ.keys() - set(ours)}
    meant |= {name: get_close_matches(name.upper(), ours, 1, ALIKE_IN_DOTENV) for name in dotenv.keys() - set(ours)}
    return [(name, f"is no setting of Marquee; is {found[0]} meant?") for name, found in sorted(meant.items()) if found]


def _value(name: str, source: Mapping[str, str]) -> str:
    """What one source says; empty where it says nothing. Raises Unusable."""
    value, path = source.get(name, ""), source.get(f"{name}_FILE", "")
    if value and path:
        raise Unusable(name, f"is set twice; keep either {name} or {name}_FILE")
    if not path:
        return value
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        advice = "check the path and its permissions"
        raise Unusable(f"{name}_FILE", f"{path} cannot be read ({_reason(error)}); {advice}") from error


def _dotenv(path: Path) -> tuple[dict[str, str], list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        return {}, [(".env", f"cannot be read ({_reason(error)}); check its permissions, and save it as UTF-8")]
    lines = list(parse_stream(StringIO(text)))
    problems = [
        (".env", f"line {_number(line)} is not NAME=value; mend it, or put # before it") for line in lines if line.error
    ]
    return _filled({line.key: line.value for line in lines if line.key and line.value}), problems


def _number(line: Binding) -> int:
    """Counted from 1; the parser counts from the blank lines before it."""
    string = line.original.string
    return line.original.line + string[: len(string) - len(string.lstrip())].count("\n")


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value.strip()}


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "not UTF-8 text"
