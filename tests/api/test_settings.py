"""Settings: what is accepted, what is refused and in which words, and which source wins."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.errors import SettingsError
from api.settings import Schedule, Settings, load_settings, load_some, misspelt

REQUIRED = {"LETTERBOXD_USERNAME": "alice", "TMDB_API_KEY": "key"}


def load(directory: Path, **environ: str) -> Settings:
    return load_settings({**REQUIRED, **environ}, directory)


def problems(environ: Mapping[str, str], directory: Path) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, directory)
    return dict(caught.value.problems)


def test_the_two_required_settings_are_enough(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.letterboxd_username == ("alice",)
    assert settings.api_url == "http://127.0.0.1:8001"
    assert settings.redis_url is None


def test_all_that_is_missing_or_wrong_is_named_at_once(tmp_path: Path) -> None:
    environ = {"COUNTRY": "Britain", "API_PORT": "http", "REFRESH_SCHEDULE": "daily", "LOG_LEVEL": "loud"}
    found = problems(environ, tmp_path)
    assert set(found) == {"LETTERBOXD_USERNAME", "TMDB_API_KEY", *environ}
    assert "themoviedb.org/settings/api" in found["TMDB_API_KEY"]


def test_the_message_has_one_line_for_each_setting_at_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"TMDB_API_KEY": "key", "COUNTRY": "Britain"}, tmp_path)
    assert str(caught.value) == (
        "Marquee cannot start with these settings:\n"
        "  COUNTRY: 'Britain' is not a country; use two-letter codes such as GB or DE,FR\n"
        "  LETTERBOXD_USERNAME: is missing; set it to your Letterboxd username (several: separated by commas)"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LETTERBOXD_USERNAME", "alice smith"),
        ("LETTERBOXD_USERNAME", " , "),
        ("BRANDS", "netflix"),
        ("LETTERBOXD_USERNAME", "https://letterboxd.com/alice/"),
        ("COUNTRY", "GB,USA"),
        ("COUNTRY", "GB,XX"),
        ("REFRESH_SCHEDULE", "* * * *"),
        ("REFRESH_SCHEDULE", "* * * * * *"),
        ("REFRESH_SCHEDULE", "61 * * * *"),
        ("REFRESH_TIMEZONE", "Mars/Base"),
        ("REFRESH_TIMEZONE", "../etc/passwd"),
        ("DATABASE_URL", "sqlite:///marquee.db"),
        ("DATABASE_URL", "marquee.db"),
        ("REDIS_URL", "localhost:6379"),
        ("API_PORT", "65536"),
        ("WEB_PORT", "-1"),
        ("API_URL", "127.0.0.1:8001"),
        ("OFFERS_MAX_AGE", "4321"),
        ("DETAILS_MAX_AGE", "a day"),
        ("LETTERBOXD_BASE_URL", "ftp://letterboxd.com"),
        ("LETTERBOXD_REQUEST_INTERVAL", "0"),
        ("LETTERBOXD_REQUEST_INTERVAL", "nan"),
        ("TMDB_REQUESTS_PER_SECOND", "inf"),
        ("TMDB_SYNC_ENABLED", "perhaps"),
        ("TMDB_SYNC_LIMIT", "2.5"),
        ("TMDB_SYNC_SORT_BY", "length"),
        ("TMDB_SYNC_SORT_ORDER", "up"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name: str, value: str, tmp_path: Path) -> None:
    assert set(problems({**REQUIRED, name: value}, tmp_path)) == {name}


def test_uk_is_told_to_be_gb(tmp_path: Path) -> None:
    found = problems({**REQUIRED, "COUNTRY": "uk"}, tmp_path)
    assert found == {"COUNTRY": "'uk' is not a country code; the United Kingdom is GB"}


def test_lists_are_trimmed_and_hold_each_item_once_in_its_order(tmp_path: Path) -> None:
    settings = load(tmp_path, LETTERBOXD_USERNAME=" Bob , alice,BOB", COUNTRY="us, gb ,,US")
    assert settings.letterboxd_username == ("bob", "alice")
    assert settings.country == ("US", "GB")


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    assert load(tmp_path, COUNTRY="", REDIS_URL="").country == ("GB",)
    assert set(problems({**REQUIRED, "TMDB_API_KEY": ""}, tmp_path)) == {"TMDB_API_KEY"}


def test_a_blank_value_is_never_taken_for_a_key(tmp_path: Path) -> None:
    assert set(problems({**REQUIRED, "TMDB_API_KEY": "  "}, tmp_path)) == {"TMDB_API_KEY"}


def test_addresses_lose_their_last_slash(tmp_path: Path) -> None:
    assert load(tmp_path, API_URL="http://api:8001/").api_url == "http://api:8001"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("Yes", True), ("1", True), ("off", False), ("0", False)])
def test_switches_understand_the_usual_words(text: str, value: bool, tmp_path: Path) -> None:
    assert load(tmp_path, TMDB_SYNC_ENABLED=text).tmdb_sync_enabled is value


def test_dotenv_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("LETTERBOXD_USERNAME=carol\nTMDB_API_KEY='a $key'\nCOUNTRY=FR\n")
    settings = load_settings({"COUNTRY": "DE"}, tmp_path)
    assert (settings.letterboxd_username, settings.tmdb_api_key, settings.country) == (("carol",), "a $key", ("DE",))


def test_an_empty_variable_of_the_environment_does_not_hide_dotenv(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("COUNTRY=FR\n")
    assert load(tmp_path, COUNTRY="").country == ("FR",)


def test_a_setting_can_be_given_as_a_file_and_loses_its_newline(tmp_path: Path) -> None:
    tmp_path.joinpath("key").write_text("secret\n")
    environ = {"LETTERBOXD_USERNAME": "alice", "TMDB_API_KEY_FILE": str(tmp_path / "key")}
    assert load_settings(environ, tmp_path).tmdb_api_key == "secret"


def test_a_file_that_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    environ = {"LETTERBOXD_USERNAME": "alice", "TMDB_API_KEY_FILE": str(tmp_path / "absent")}
    found = problems(environ, tmp_path)
    assert set(found) == {"TMDB_API_KEY_FILE"}
    assert "No such file" in found["TMDB_API_KEY_FILE"]


def test_a_setting_given_both_ways_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("key").write_text("secret")
    found = problems({**REQUIRED, "TMDB_API_KEY_FILE": str(tmp_path / "key")}, tmp_path)
    assert "set twice" in found["TMDB_API_KEY"]


def test_a_name_that_is_nearly_a_setting_is_doubted(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("COUNTY=FR\nTMDB_KEY=key\nrefresh_schedule=off\nCOMPOSE_PROJECT_NAME=films\n")
    doubts = dict(misspelt({"LETTERBOX_USERNAME": "alice", "DATABASE_URL_FILE": "x", "HOSTNAME": "nas"}, tmp_path))
    assert {name: doubt.split()[-2] for name, doubt in doubts.items()} == {
        "COUNTY": "COUNTRY",
        "LETTERBOX_USERNAME": "LETTERBOXD_USERNAME",
        "TMDB_KEY": "TMDB_API_KEY",
        "refresh_schedule": "REFRESH_SCHEDULE",
    }


def test_a_start_that_is_refused_names_what_may_have_been_meant(tmp_path: Path) -> None:
    found = problems({"LETTERBOX_USERNAME": "alice", "TMDB_API_KEY": "key"}, tmp_path)
    assert found.keys() == {"LETTERBOXD_USERNAME", "LETTERBOX_USERNAME"}
    assert found["LETTERBOX_USERNAME"] == "is no setting of Marquee; is LETTERBOXD_USERNAME meant?"


def test_settings_are_never_written_out_with_their_values(tmp_path: Path) -> None:
    assert "key" not in f"{load(tmp_path)!r} {load(tmp_path)}"


def test_a_schedule_can_be_switched_off(tmp_path: Path) -> None:
    assert load(tmp_path, REFRESH_SCHEDULE="OFF").schedule is None


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # 02:30 does not exist
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),  # summer time
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # 02:30 comes twice
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),  # and counts once
    ],
)
def test_a_daily_schedule_is_due_once_a_day_when_the_clocks_change(moment: datetime, due: datetime) -> None:
    schedule = Schedule("30 2 * * *", ZoneInfo("Europe/Berlin"))
    assert schedule.next_after(moment).astimezone(UTC) == due


def test_the_period_is_the_time_between_two_scheduled_refreshes() -> None:
    schedule = Schedule("0 0 * * 0", ZoneInfo("UTC"))
    assert schedule.period(datetime(2026, 11, 20, 12, tzinfo=UTC)) == timedelta(days=7)


def test_a_command_that_needs_one_setting_asks_for_no_other(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "sqlite+aiosqlite:///x.db", "COUNTRY": "Britain"}
    assert load_some(["DATABASE_URL"], environ, tmp_path).database_url == "sqlite+aiosqlite:///x.db"


def test_a_command_that_needs_one_setting_refuses_it_where_it_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        load_some(["DATABASE_URL"], {"DATABASE_URL": "mysql://x"}, tmp_path)


def test_brands_come_from_a_file_whose_fault_is_named(tmp_path: Path) -> None:
    path = tmp_path / "brands.json"
    path.write_text('{"brands": [{"brand": "sky", "name": "Sky", "provider_ids": [39, 29]}]}')
    [sky] = load(tmp_path, BRANDS_FILE=str(path)).brands
    assert (sky.brand, sky.name, sky.provider_ids) == ("sky", "Sky", (39, 29))
    path.write_text('{"brands": [{"brand": "sky", "name": "Sky", "provider_ids": ["39"]}]}')
    found = problems({**REQUIRED, "BRANDS_FILE": str(path)}, tmp_path)
    assert "$.brands[0].provider_ids[0]" in found["BRANDS"]
    path.unlink()
    assert "cannot be read" in problems({**REQUIRED, "BRANDS_FILE": str(path)}, tmp_path)["BRANDS_FILE"]
