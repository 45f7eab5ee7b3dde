"""compose.yaml and the Dockerfile, as far as they can be checked without an engine."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.settings import load_some, setting_names

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "api", "worker", "web")


def linter(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a linter that is installed beside this Python or on PATH; skips where it cannot run."""
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed here")
    try:
        return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"{name} does not run on this platform: {error}")


def services() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    found: dict[str, Any] = yaml.safe_load(ROOT.joinpath("compose.yaml").read_text())["services"]
    return found


def test_compose_itself_accepts_the_file() -> None:
    if linter("docker-compose", "version").returncode != 0:
        pytest.skip("docker-compose does not run on this platform")
    result = linter("docker-compose", "--env-file", ".env.example", "-f", "compose.yaml", "config", "--quiet")
    assert (result.returncode, result.stderr) == (0, "")


def test_the_file_follows_the_specification_of_compose() -> None:
    result = linter("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_dockerfile_is_clean() -> None:
    result = linter("hadolint", "Dockerfile")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_services_are_those_of_the_house() -> None:
    assert set(services()) == {"valkey", *OURS}


@pytest.mark.parametrize("name", ["valkey", *OURS])
def test_every_service_is_held_in(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service
    user = re.sub(r"\$\{\w+:-(\d+)\}", r"\1", service["user"])
    assert all(int(part) > 0 for part in user.split(":"))


@pytest.mark.parametrize("name", ["valkey", "api", "worker", "web"])
def test_every_service_that_stays_is_checked_and_restarted(name: str) -> None:
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert "curl" not in str(service["healthcheck"])
    assert service["stop_grace_period"]


def test_the_database_is_migrated_once_before_anything_uses_it() -> None:
    assert services()["migrate"]["restart"] == "no"
    for name in ("api", "worker"):
        assert services()[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_ports_are_published_on_this_machine_only() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_compose_sets_settings_that_exist_and_no_secret() -> None:
    names = {name for service in services().values() for name in service.get("environment", {})}
    assert names <= set(setting_names())
    assert not [name for name in names if "KEY" in name or "TOKEN" in name]


def test_the_image_fixes_no_setting_that_can_be_a_secret() -> None:
    fixed = set(re.findall(r"\b([A-Z][A-Z_]+)=", ROOT.joinpath("Dockerfile").read_text())) & set(setting_names())
    assert fixed == {"HOST", "LOG_FORMAT"}


def test_the_default_database_of_the_image_is_in_its_volume() -> None:
    folder = re.findall(r"^WORKDIR (\S+)$", ROOT.joinpath("Dockerfile").read_text(), re.MULTILINE)[-1]
    database = load_some(["DATABASE_URL"], {}, Path("/nowhere")).database_url.removeprefix("sqlite+aiosqlite:///")
    assert Path(folder, database).parent == Path("/data")
    assert services()["api"]["volumes"] == ["data:/data"]


def test_the_image_has_every_package_of_the_project() -> None:
    dockerfile, ignored = (ROOT.joinpath(name).read_text() for name in ("Dockerfile", ".dockerignore"))
    for package in ("api", "worker", "web", "migrations"):
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}\n" in ignored
    assert "!.env" not in ignored


def test_the_image_installs_only_what_has_a_known_hash() -> None:
    dockerfile = ROOT.joinpath("Dockerfile").read_text()
    installs = re.findall(r"pip (?:install|wheel) (\S+)", dockerfile)
    assert installs
    assert set(installs) == {"--require-hashes", "--no-index"}
