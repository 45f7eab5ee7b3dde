"""Where settings come from, as for the other processes: the environment, `.env`, and files named by NAME_FILE."""

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

Problem = tuple[str, str]


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
