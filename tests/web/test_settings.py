"""The page's settings."""

from pathlib import Path

import pytest

from web.settings import Settings, SettingsError, load_settings


def test_nothing_set_means_the_defaults(tmp_path: Path) -> None:
    settings = load_settings({"API_PORT": "", "COUNTRY": ""}, tmp_path)
    assert settings == Settings(api_url="http://127.0.0.1:8001")


def test_the_api_is_found_at_its_port(tmp_path: Path) -> None:
    assert load_settings({"API_PORT": "9001"}, tmp_path).api_url == "http://127.0.0.1:9001"
    assert load_settings({"API_PORT": "9001", "API_URL": "http://api:1/"}, tmp_path).api_url == "http://api:1"


def test_the_environment_wins_over_the_file_in_the_directory(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COUNTRY=de, fr\nWEB_PORT=9000\n")
    settings = load_settings({"WEB_PORT": "0"}, tmp_path)
    assert (settings.country, settings.web_port) == (("DE", "FR"), 0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("uk", "COUNTRY: 'uk' is not a country code; the United Kingdom is GB"),
        ("XX", "COUNTRY: 'XX' is not a country; use two-letter codes such as GB or DE,FR"),
    ],
)
def test_a_code_of_no_country_is_refused(code: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings({"COUNTRY": f"GB,{code}"}, tmp_path)


def test_a_secret_may_be_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    settings = load_settings({"API_KEY_FILE": str(tmp_path / "key")}, tmp_path)
    assert settings.api_key == "hush"
    assert "hush" not in repr(settings)


def test_every_setting_at_fault_is_named_with_what_to_do(tmp_path: Path) -> None:
    environ = {
        "WEB_PORT": "70000",
        "COUNTRY": "Britain",
        "API_URL": "ftp://x",
        "LOG_LEVEL": "loud",
        "REFRESH_TIMEZONE": "Mars/Base",
        "API_KEY": "a",
        "API_KEY_FILE": "b",
    }
    with pytest.raises(SettingsError) as raised:
        load_settings(environ, tmp_path)
    message = str(raised.value)
    assert message.startswith("Marquee cannot start with these settings:\n")
    for line in (
        "WEB_PORT: '70000' is not a whole number from 0 to 65535",
        "COUNTRY: 'Britain' is not a country; use two-letter codes such as GB or DE,FR",
        "API_URL: 'ftp://x' is not a plain http:// or https:// address",
        "LOG_LEVEL: 'loud' is none of DEBUG, INFO, WARNING, ERROR",
        "REFRESH_TIMEZONE: 'Mars/Base' is not a time zone",
        "API_KEY: is set twice; keep either API_KEY or API_KEY_FILE",
    ):
        assert line in message
