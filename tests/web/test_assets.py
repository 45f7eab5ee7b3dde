"""What the page loads: nothing of others but what is vendored, and nothing inline."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
VENDOR = WEB / "static" / "vendor"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<hash>[^`]+)` \|$", re.MULTILINE)


def test_every_vendored_file_is_the_one_that_is_written_down() -> None:
    written = {row["file"]: row["hash"] for row in ROW.finditer((VENDOR / "VENDORED.md").read_text("utf-8"))}
    there = {
        path.name: base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in VENDOR.iterdir()
        if path.name != "VENDORED.md"
    }
    assert there == written
    assert there["htmx.min.js"] == "2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_inline_style_script_or_unescaped_text(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:|\|\s*safe\b|autoescape", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_the_stylesheet_loads_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face", (WEB / "static" / "marquee.css").read_text("utf-8"))
