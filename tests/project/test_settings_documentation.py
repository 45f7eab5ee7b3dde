"""`.env.example`, the README's table and the Settings struct say the same."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from api.settings import Settings, load_settings, setting_names

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ["LETTERBOXD_USERNAME", "TMDB_API_KEY"]


def in_env_example() -> dict[str, str | None]:
    """Each setting's default, None where it has none."""
    text = ROOT.joinpath(".env.example").read_text()
    return {name: value or None for name, value in re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", text, re.MULTILINE)}


def in_readme() -> dict[str, str | None]:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| (.+?) \| .+ \|$", ROOT.joinpath("README.md").read_text(), re.MULTILINE)
    return {name: None if default in ("required", "unset") else default.strip("`") for name, default in rows}


@pytest.mark.parametrize("documented", [in_env_example, in_readme])
def test_every_setting_is_documented_in_its_order(documented: Callable[[], dict[str, str | None]]) -> None:
    assert list(documented()) == setting_names()


@pytest.mark.parametrize("documented", [in_env_example, in_readme])
def test_the_documented_defaults_are_the_real_ones(
    documented: Callable[[], dict[str, str | None]], tmp_path: Path
) -> None:
    required = dict.fromkeys(REQUIRED, "alice")
    defaults = {name: value for name, value in documented().items() if value is not None}
    assert msgspec.structs.asdict(load_settings({**required, **defaults}, tmp_path)) == msgspec.structs.asdict(
        load_settings(required, tmp_path)
    )


@pytest.mark.parametrize("documented", [in_env_example, in_readme])
def test_a_setting_without_a_documented_default_has_none(documented: Callable[[], dict[str, str | None]]) -> None:
    without = {name for name, value in documented().items() if value is None}
    fields = {field.encode_name.upper(): field for field in msgspec.structs.fields(Settings)}
    assert without == {name for name, field in fields.items() if field.required or field.default in (None, "", ())}


def test_the_example_is_a_working_dotenv_once_its_first_two_settings_are_filled_in(tmp_path: Path) -> None:
    text = ROOT.joinpath(".env.example").read_text()
    for name in REQUIRED:
        text = text.replace(f"\n{name}=\n", f"\n{name}=alice\n")
    tmp_path.joinpath(".env").write_text(text)
    assert load_settings({}, tmp_path) == load_settings(dict.fromkeys(REQUIRED, "alice"), tmp_path)
