"""The page reads its settings by itself; it must read them as the other processes do."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from api.settings import countries, sources
from web import settings as of_the_page
from web import sources as sources_of_the_page

Problem = tuple[str, str]
Gather = Callable[[list[str], Mapping[str, str], Path], tuple[dict[str, str], list[Problem]]]

both = pytest.mark.parametrize("gather", [sources.gather, sources_of_the_page.gather], ids=["api", "web"])


@pytest.mark.parametrize("table", [countries.TABLE, of_the_page.COUNTRY_CODES], ids=["api", "web"])
def test_the_countries_are_those_of_the_standard_and_kosovo(table: str) -> None:
    lines = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8").splitlines()
    standard = {line.split("\t")[0] for line in lines if line and not line.startswith("#")}
    assert len(standard) == 249
    assert {*table.split()} == standard | {"XK"}


@both
def test_the_environment_wins_whichever_way_it_is_given(gather: Gather, tmp_path: Path) -> None:
    tmp_path.joinpath("secret").write_text("from the file\n")
    tmp_path.joinpath(".env").write_text(f"COUNTRY_FILE={tmp_path}/absent\nAPI_KEY=from .env\n")
    environ = {"COUNTRY": "FR", "API_KEY_FILE": str(tmp_path / "secret")}
    assert gather(["COUNTRY", "API_KEY"], environ, tmp_path) == ({"COUNTRY": "FR", "API_KEY": "from the file"}, [])


@both
def test_one_source_that_gives_a_setting_both_ways_is_refused(gather: Gather, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("COUNTRY=FR\nCOUNTRY_FILE=x\n")
    assert gather(["COUNTRY"], {}, tmp_path)[1] == [("COUNTRY", "is set twice; keep either COUNTRY or COUNTRY_FILE")]


@both
def test_a_line_of_dotenv_that_is_none_is_named_by_its_number(gather: Gather, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("\ufeffCOUNTRY=FR\n\n# a comment\n\nTMDB_API_KEY secret\nWEB_PORT=1\n")
    found, problems = gather(["COUNTRY", "WEB_PORT"], {}, tmp_path)
    assert found == {"COUNTRY": "FR", "WEB_PORT": "1"}
    assert problems == [(".env", "line 5 is not NAME=value; mend it, or put # before it")]


@both
def test_a_dotenv_that_cannot_be_read_is_said_to_be_so(gather: Gather, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_bytes(b"COUNTRY=\xff\n")
    assert gather(["COUNTRY"], {}, tmp_path) == (
        {},
        [(".env", "cannot be read (not UTF-8 text); check its permissions, and save it as UTF-8")],
    )


@both
def test_a_folder_of_that_name_is_not_taken_for_it(gather: Gather, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").mkdir()
    assert gather(["COUNTRY"], {}, tmp_path) == ({}, [])
