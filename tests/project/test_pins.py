"""The pins: one complete set, the same everywhere, that names no package host. `uv run .ci/pins.py` renews it."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RENEW = "; run: uv run .ci/pins.py --keep"


def pyproject() -> dict[str, Any]:
    return tomllib.loads(ROOT.joinpath("pyproject.toml").read_text())


def constraints() -> list[Requirement]:
    return [Requirement(line) for line in pyproject()["tool"]["uv"]["constraint-dependencies"]]


def pinned_in(name: str) -> list[Requirement]:
    """What a file of requirements with hashes pins; each must have at least one hash."""
    logical = ROOT.joinpath(name).read_text().replace("\\\n", " ")
    lines = [line for line in logical.splitlines() if line and not line.startswith("#")]
    assert all(re.search(r" --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    return [Requirement(line.split(" --hash")[0]) for line in lines]


def by_name(requirements: Iterable[Requirement]) -> dict[str, set[str]]:
    """Each package's pins, as "version ; marker"."""
    found: dict[str, set[str]] = {}
    for requirement in requirements:
        found.setdefault(canonicalize_name(requirement.name), set()).add(
            f"{requirement.specifier}; {requirement.marker}"
        )
    return found


def wanted() -> list[Requirement]:
    """Every dependency that pyproject.toml names."""
    project = pyproject()["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    groups += pyproject()["dependency-groups"].values()
    return [Requirement(line) for group in groups for line in group]


def test_every_pin_is_one_exact_version() -> None:
    for requirement in [*constraints(), *pinned_in("requirements.txt"), *pinned_in(".ci/build.txt")]:
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], f"{requirement}"
        assert requirement.url is None


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_every_dependency_is_pinned_to_a_version_that_it_allows(requirement: Requirement) -> None:
    pins = [pin for pin in constraints() if canonicalize_name(pin.name) == canonicalize_name(requirement.name)]
    assert pins, f"{requirement.name} is not pinned{RENEW}"
    for pin in pins:
        (version,) = (specifier.version for specifier in pin.specifier)
        assert requirement.specifier.contains(version, prereleases=True), f"{pin} is not {requirement}{RENEW}"


def test_the_image_installs_the_pinned_versions() -> None:
    pins = by_name(constraints())
    for name, found in by_name(pinned_in("requirements.txt")).items():
        versions = {pin.split(";")[0] for pin in found}
        assert versions <= {pin.split(";")[0] for pin in pins.get(name, set())}, f"{name} differs{RENEW}"


def test_the_image_installs_every_dependency_of_the_program_and_of_postgresql() -> None:
    project = pyproject()["project"]
    installed = by_name(pinned_in("requirements.txt"))
    for line in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]:
        assert canonicalize_name(Requirement(line).name) in installed, f"{line} is missing{RENEW}"


def test_what_builds_marquee_is_pinned_to_the_same_version_twice() -> None:
    build = [Requirement(line) for line in pyproject()["tool"]["uv"]["build-constraint-dependencies"]]
    assert by_name(build) == by_name(pinned_in(".ci/build.txt"))
    for line in pyproject()["build-system"]["requires"]:
        assert canonicalize_name(Requirement(line).name) in by_name(build)


def test_these_tests_run_with_the_pinned_versions() -> None:
    running = {canonicalize_name(each.name): each.version for each in distributions()}
    here = [pin for pin in constraints() if pin.marker is None or pin.marker.evaluate()]
    others = {
        pin.name: running[canonicalize_name(pin.name)]
        for pin in here
        if not pin.specifier.contains(running.get(canonicalize_name(pin.name), next(iter(pin.specifier)).version))
    }
    assert not others, f"installed here, but pinned otherwise: {others}; run: uv sync"


def test_every_installed_package_is_pinned() -> None:
    unpinned = {canonicalize_name(each.name) for each in distributions()} - by_name(constraints()).keys()
    assert unpinned <= {"marquee", "pip", "setuptools", "wheel", "uv"}, f"{unpinned} came from elsewhere{RENEW}"


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt", ".ci/build.txt", ".ci/run", "Dockerfile"])
def test_no_package_host_is_named(name: str) -> None:
    text = re.sub(r"^\[project\.urls\]\n(.+\n)+", "", ROOT.joinpath(name).read_text(), flags=re.MULTILINE)
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|file:", text)


def test_the_lock_of_uv_which_names_hosts_is_not_kept() -> None:
    assert "uv.lock" in ROOT.joinpath(".gitignore").read_text().splitlines()
