"""Renew every pin: `uv run .ci/pins.py` takes the newest versions, `--keep` only adds what is missing.

Writes the whole resolved set, for every platform and Python that Marquee runs on, as `constraint-dependencies` into
pyproject.toml (for `uv run`); what the image installs, with hashes, into requirements.txt; and what builds Marquee
itself into .ci/build.txt. None of them names a package host, which is why uv.lock is not kept.
"""

import argparse
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = "constraint-dependencies"
BUILD_CONSTRAINTS = "build-constraint-dependencies"
SILENT = ["--no-header", "--no-annotate"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--keep", action="store_true", help="keep today's versions; pin only what has none")
    keep = arguments.parse_args().keep
    before = ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        known = before if keep else with_list(before, CONSTRAINTS, [])
        pins, requirements = resolve(known, Path(folder))
        building = build_requirements(before, Path(folder))
    after = with_list(before, CONSTRAINTS, pins)
    after = with_list(after, BUILD_CONSTRAINTS, re.findall(r"^[^\s#]+==[^\s\\]+", building, re.MULTILINE))
    ROOT.joinpath("pyproject.toml").write_text(after, encoding="utf-8")
    ROOT.joinpath("requirements.txt").write_text(requirements, encoding="utf-8")
    ROOT.joinpath(".ci/build.txt").write_text(building, encoding="utf-8")
    print(f"{len(pins)} packages are pinned. Next: uv run pytest")


def resolve(pyproject: str, folder: Path) -> tuple[list[str], str]:
    """Every pin, one requirement per line, and requirements.txt with hashes."""
    folder.joinpath("pyproject.toml").write_text(pyproject, encoding="utf-8")
    uv("lock", "--quiet", folder=folder)
    export = ["export", "--quiet", "--frozen", "--no-emit-project", *SILENT]
    everything = uv(*export, "--all-extras", "--all-groups", "--no-hashes", folder=folder)
    return everything.splitlines(), uv(*export, "--no-dev", "--extra", "postgres", "--extra", "notify", folder=folder)


def build_requirements(pyproject: str, folder: Path) -> str:
    """What `[build-system]` requires, with hashes."""
    wanted = folder / "build.in"
    wanted.write_text("\n".join(tomllib.loads(pyproject)["build-system"]["requires"]), encoding="utf-8")
    silent = [*SILENT, "--no-emit-index-url", "--no-emit-find-links"]
    return uv("pip", "compile", "--quiet", "--universal", "--generate-hashes", *silent, str(wanted), folder=folder)


def with_list(pyproject: str, key: str, items: list[str]) -> str:
    """`pyproject` with this list of `[tool.uv]` replaced."""
    lines = "".join(f"    {quoted(item)},\n" for item in items)
    block = re.compile(rf"^{key} = \[(?:\n(?:    .*\n)*)?\]\n", re.MULTILINE)
    replaced, count = block.subn(lambda _: f"{key} = [\n{lines}]\n", pyproject)
    if count != 1:
        raise SystemExit(f"pyproject.toml needs `{key} = []` once, under [tool.uv]")
    return replaced


def quoted(text: str) -> str:
    return f'"{text.strip()}"' if '"' not in text else f"'{text.strip()}'"


def uv(*arguments: str, folder: Path) -> str:
    return subprocess.run(["uv", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
