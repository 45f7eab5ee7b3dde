"""Ports: free ones are found, and taken ones are named with the setting to change."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.cli.ports import CannotListen, address, resolve
from api.errors import SettingsError
from api.settings import Settings, load_settings


@pytest.fixture
def taken() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield str(server.getsockname()[1])


def load(directory: Path, **environ: str) -> Settings:
    return load_settings({"LETTERBOXD_USERNAME": "alice", "TMDB_API_KEY": "key", **environ}, directory)


def test_a_port_of_0_becomes_a_free_one_and_the_api_is_found_there(tmp_path: Path) -> None:
    settings = resolve(load(tmp_path, API_PORT="0", WEB_PORT="0"))
    assert 0 not in (settings.api_port, settings.web_port)
    assert settings.api_port != settings.web_port
    assert settings.api_url == f"http://127.0.0.1:{settings.api_port}"


def test_an_address_of_the_api_that_was_given_is_kept(tmp_path: Path) -> None:
    settings = resolve(load(tmp_path, API_PORT="0", WEB_PORT="0", API_URL="http://elsewhere:1"))
    assert settings.api_url == "http://elsewhere:1"


@pytest.mark.parametrize("name", ["API_PORT", "WEB_PORT"])
def test_a_port_in_use_is_named_with_its_setting(name: str, taken: str, tmp_path: Path) -> None:
    with pytest.raises(CannotListen) as caught:
        resolve(load(tmp_path, **{"API_PORT": "0", "WEB_PORT": "0", name: taken}))
    assert str(caught.value) == (
        "Marquee cannot listen where it should:\n"
        f"  {name}: port {taken} is in use by another program; end that one, or set {name} to a free port"
    )


def test_two_ports_in_use_are_named_at_once(taken: str, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other, pytest.raises(CannotListen) as caught:
        resolve(load(tmp_path, API_PORT=taken, WEB_PORT=str(other.getsockname()[1])))
    assert [name for name, _ in caught.value.problems] == ["API_PORT", "WEB_PORT"]


def test_one_port_for_both_is_a_setting_at_fault_and_not_another_program(taken: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"API_PORT and WEB_PORT: are both {taken}; give each its own"):
        resolve(load(tmp_path, API_PORT=taken, WEB_PORT=taken))


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_a_setting_at_fault(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"HOST: '{host}' is not an address of this machine"):
        resolve(load(tmp_path, HOST=host, API_PORT="0", WEB_PORT="0"))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("nas.local", "http://nas.local:80"),
    ],
)
def test_what_listens_everywhere_is_reached_on_loopback(host: str, url: str) -> None:
    assert address(host, 80) == url
