"""Where settings come from: the environment, `.env` in the working directory, and files named by NAME_FILE."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values


def gather(
    names: Iterable[str], environ: Mapping[str, str], directory: Path
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The raw value of each name that has one, and what is wrong with the sources.

    The environment wins over `.env`. NAME_FILE names a file whose content is the value, without the last
    newline. A blank value counts as unset, since compose passes unset variables as empty ones.
    """
    values = {**_dotenv(directory / ".env"), **{name: value for name, value in environ.items() if value.strip()}}
    found: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for name in names:
        value, path = values.get(name), values.get(f"{name}_FILE")
        if value and path:
            problems.append((name, f"is set twice; keep either {name} or {name}_FILE"))
        elif path:
            try:
                value = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                problems.append(
                    (
                        f"{name}_FILE",
                        f"{path} cannot be read ({_reason(error)}); check the path and its permissions",
                    )
                )
        if value and value.strip():
            found[name] = value
    return found, problems


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value and value.strip()}


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else "not UTF-8 text"
