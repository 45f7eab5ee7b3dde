"""The examples for dashboards, against what Marquee answers and by the rules of each dashboard."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import yaml  # type: ignore[import-untyped]

from api.schemas.summary import Status
from tests.api.conftest import Serve

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.joinpath("docs", "dashboards.md").read_text()
API = "http://127.0.0.1:8001"
SUMMARY = f"{API}/api/v1/summary"
REFRESHES = f"{API}/api/v1/refreshes"
NUMBERS = {"number", "float", "percent", "duration", "bytes", "bitrate", "size"}
TIMES = {"date", "relativeDate"}
MOST_IN_A_BLOCK = 4
GO = {"if", "else", "end", "range", "ne", "eq"}
GLANCE = {"formatNumber", "formatApproxNumber", "parseTime", "toRelativeTime"}
READS = re.compile(r'(\.JSON)?\.(String|Int|Bool|Array) "([^"]*)"')
GLANCE_KINDS: dict[str, type] = {"String": str, "Int": int, "Bool": bool, "Array": list}


def examples(section: str, language: str) -> list[str]:
    [text] = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def homepage() -> list[dict[str, Any]]:
    """The widgets, each of them in a service of a group of `services.yaml`."""
    groups = [yaml.safe_load(example) for example in examples("gethomepage", "yaml")]
    services = [service for [group] in groups for [services] in group.values() for service in services.values()]
    return [service["widget"] for service in services]


def homarr() -> dict[str, dict[str, Any]]:
    found = [json.loads(example) for example in examples("Homarr", "json")]
    return {each["type"]: each for each in found}


def at(answer: Any, path: str) -> Any:
    """The value at a path of names with dots between them."""
    assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", path), path
    for step in path.split("."):
        answer = answer[step]
    return answer


def at_json_path(answer: Any, path: str) -> Any:
    assert path.startswith("$."), path
    return at(answer, path.removeprefix("$."))


def is_number(value: Any) -> bool:
    return type(value) in (int, float)


def is_time(value: str) -> bool:
    """As RFC 3339 writes it, in UTC."""
    shape = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value)
    return shape is not None and datetime.fromisoformat(value).tzinfo is not None


def is_scalar(value: Any) -> bool:
    return value is None or type(value) in (str, int, float)


def glance_reads(template: str) -> Iterator[tuple[str, str, str]]:
    """What a template reads: the list that it walks through there or nothing, the kind of value, and its path."""
    inside = [("", "")]
    for action in re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", template):
        word, (opened, here) = action.split()[0], inside[-1]
        for of_answer, kind, path in READS.findall(action):
            assert bool(of_answer) == (here == ""), action
            yield here, kind, path
        if word == "range":
            inside.append((word, READS.findall(action)[0][2]))
        elif word == "if":
            inside.append((word, here))
        elif word == "else" and opened == "range":
            inside[-1] = (opened, inside[-2][1])
        elif word == "end":
            inside.pop()
    assert inside == [("", "")]


async def test_nothing_in_an_answer_looks_like_an_error_of_a_widget(summaries: dict[str, Any]) -> None:
    for answer in summaries.values():
        assert "error" not in answer
        assert is_time(answer["refreshed_at"] or "2026-01-01T00:00:00Z")


async def test_the_numbers_of_gethomepage(summaries: dict[str, Any]) -> None:
    [block] = [each for each in homepage() if each["type"] == "customapi" and "display" not in each]
    assert (block["url"], len(block["mappings"]) <= MOST_IN_A_BLOCK) == (SUMMARY, True)
    assert block["refreshInterval"] >= 60_000
    for mapping in block["mappings"]:
        assert mapping.keys() == {"field", "label", "format"}
        assert mapping["format"] in NUMBERS | TIMES
        for answer in summaries.values():
            value = at(answer, mapping["field"])
            fits = is_number(value) if mapping["format"] in NUMBERS else value is None or is_time(value)
            assert fits, mapping
    times = [mapping["field"] for mapping in block["mappings"] if mapping["format"] in TIMES]
    assert all(summaries["filled"][field] for field in times)


async def test_the_list_of_gethomepage(summaries: dict[str, Any]) -> None:
    [block] = [each for each in homepage() if each.get("display") == "dynamic-list"]
    mappings = block["mappings"]
    assert (block["url"], type(mappings["limit"])) == (SUMMARY, int)
    assert mappings.keys() == {"items", "name", "label", "limit", "target"}
    assert all(isinstance(at(answer, mappings["items"]), list) for answer in summaries.values())
    films = at(summaries["filled"], mappings["items"])
    assert films
    for film in films:
        assert is_scalar(at(film, mappings["name"]))
        assert is_scalar(at(film, mappings["label"]))
        [field] = re.findall(r"\{(\w+)\}", mappings["target"])
        assert re.match(r"https?://", at(film, field))


async def test_the_template_of_glance(summaries: dict[str, Any]) -> None:
    [example] = examples("Glance", "yaml")
    [widget] = yaml.safe_load(example)
    assert (widget["type"], widget["url"]) == ("custom-api", SUMMARY)
    reads = list(glance_reads(widget["template"]))
    assert {"", "tonight"} == {inside for inside, _, _ in reads}
    for answer in summaries.values():
        for inside, kind, path in reads:
            for value in [at(each, path) for each in (at(answer, inside) if inside else [answer])]:
                assert value is None or type(value) is GLANCE_KINDS[kind], path


def test_glance_knows_every_function_of_its_template() -> None:
    [example] = examples("Glance", "yaml")
    [widget] = yaml.safe_load(example)
    for action in re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", widget["template"]):
        bare = READS.sub("", action).replace(".Response.StatusCode", "")
        assert set(re.findall(r"[A-Za-z.]\w*", re.sub(r'"[^"]*"', "", bare))) <= GO | GLANCE, action
        times = re.search(r'\.JSON\.String "(\w+)" \| parseTime "(\w+)"', action)
        assert ("parseTime" in action) == (times is not None)
        assert times is None or times.groups() == ("refreshed_at", "rfc3339")


async def test_the_numbers_of_homarr(summaries: dict[str, Any]) -> None:
    known = homarr()
    paths = [item["jsonPath"] for item in known["statGrid"]["items"]]
    paths += [bar[key] for bar in known["progressBars"]["bars"] for key in ("valuePath", "maxPath") if key in bar]
    for answer in summaries.values():
        assert all(is_number(at_json_path(answer, path)) for path in paths)
        for item in known["statusIndicator"]["items"]:
            assert at_json_path(answer, item["jsonPath"]) in get_args(Status)
            assert set(item["goodValues"]) < set(get_args(Status))


async def test_the_table_of_homarr(summaries: dict[str, Any]) -> None:
    table = homarr()["table"]
    films = at_json_path(summaries["filled"], table["tablePath"])
    assert films
    for film in films:
        assert all(is_scalar(at_json_path(film, column["jsonPath"])) for column in table["columns"])


def test_homarr_knows_every_kind_of_display() -> None:
    fields = {
        "statGrid": {"type", "columns", "items"},
        "table": {"type", "tablePath", "columns"},
        "progressBars": {"type", "bars"},
        "statusIndicator": {"type", "items"},
        "actionButton": {"type", "buttonLabel", "buttonColor"},
    }
    assert {kind: set(each) for kind, each in homarr().items()} == fields


async def test_every_address_is_there(serve: Serve) -> None:
    async with serve() as client:
        paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    addresses = re.findall(rf"{API}(/[\w./]+)", TEXT)
    assert {"/api/v1/summary", "/api/v1/refreshes"} == set(addresses)
    assert "get" in paths["/api/v1/summary"]
    assert "post" in paths["/api/v1/refreshes"]
    assert re.findall(r"http://127\.0\.0\.1:8000(/[\w./]+)", TEXT) == ["/feeds/changes.ics"]
    assert "/feeds/changes.ics" in paths
