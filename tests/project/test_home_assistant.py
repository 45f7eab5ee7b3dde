"""The settings for Home Assistant, against what Marquee answers; tests/whole has the same with a real one."""

import re
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from jinja2 import Environment

from tests.api.conftest import Serve

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT.joinpath("docs", "home-assistant.md").read_text()
TEXT = ROOT.joinpath("docs", "home-assistant.yaml").read_text()
LONGEST_STATE = 255
TEMPLATES = Environment()


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads `!secret name` as the name, and refuses a key that is there twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)


Loader.add_constructor("!secret", lambda loader, node: f"secret {loader.construct_scalar(node)}")
PACKAGE = yaml.load(TEXT, Loader)
[REST] = PACKAGE["rest"]
SENSORS: list[dict[str, Any]] = REST["sensor"]
ENTITIES: list[dict[str, Any]] = SENSORS + REST["binary_sensor"]
BY_ID = {each["unique_id"]: each for each in ENTITIES}


def rendered(template: str, answer: Any) -> str:
    return TEMPLATES.from_string(template).render(value_json=answer).strip()


def shown(entity: dict[str, Any], answer: Any) -> str | None:
    """The state, or nothing where the entity is unavailable."""
    known = rendered(entity["availability"], answer)
    assert known in ("True", "False")
    return rendered(entity["value_template"], answer) if known == "True" else None


def test_every_entity_has_an_id_and_a_name_of_its_own() -> None:
    assert len(BY_ID) == len(ENTITIES)
    assert len({each["name"] for each in ENTITIES}) == len(ENTITIES)
    assert all(re.fullmatch(r"marquee_\w+", unique_id) for unique_id in BY_ID)


async def test_every_key_that_is_read_is_in_every_answer(summaries: dict[str, Any]) -> None:
    for entity, answer in product(ENTITIES, summaries.values()):
        templates = entity["value_template"] + entity["availability"]
        read = set(re.findall(r"value_json\.(\w+)", templates)) | set(entity.get("json_attributes", []))
        assert read <= answer.keys(), entity["name"]


async def test_what_is_no_summary_makes_everything_unavailable(problem: Any) -> None:
    for entity, answer in product(ENTITIES, (problem, "<html>", [], None, TEMPLATES.undefined())):
        assert shown(entity, answer) is None, (entity["name"], answer)


async def test_every_value_can_be_read_where_it_is_unavailable_too(summaries: dict[str, Any], problem: Any) -> None:
    """A value that cannot be read ends the update there, in some versions whatever `availability` says."""
    for entity, answer in product(ENTITIES, [*summaries.values(), problem]):
        value = rendered(entity["value_template"], answer)
        if "unit_of_measurement" in entity:
            assert value.isdecimal(), value
        elif entity.get("device_class") == "timestamp":
            assert datetime.fromisoformat(value).tzinfo is not None
        elif entity in SENSORS:
            assert len(value) <= LONGEST_STATE
            assert value or answer is problem
        else:
            assert value in ("True", "False")


async def test_a_filled_watchlist_is_shown(summaries: dict[str, Any]) -> None:
    answer = summaries["filled"]
    counts = {"available": "2", "total": "4", "on_services": "0", "arrived_7d": "1", "left_7d": "1"}
    texts = {
        "tonight": "Ronin",
        "status": "ok",
        "stale": "False",
        "cannot_refresh": "True",
        "refreshing": "False",
        "refresh_progress": "100",
    }
    times = {key: answer[key] for key in ("refreshed_at", "next_refresh_at")}
    expected = counts | texts | times
    assert {key: shown(BY_ID[f"marquee_{key}"], answer) for key in expected} == expected
    assert BY_ID.keys() == {f"marquee_{key}" for key in expected}


async def test_before_the_first_refresh_there_is_nothing_and_that_is_said(summaries: dict[str, Any]) -> None:
    found = {key.removeprefix("marquee_"): shown(entity, summaries["empty"]) for key, entity in BY_ID.items()}
    assert (found["status"], found["total"], found["tonight"], found["stale"]) == ("empty", "0", "–", "True")
    assert found["refreshed_at"] is None


async def test_data_that_cannot_be_read_is_no_count_of_zero(summaries: dict[str, Any]) -> None:
    found = {key.removeprefix("marquee_"): shown(entity, summaries["error"]) for key, entity in BY_ID.items()}
    assert (found["status"], found["stale"]) == ("error", "True")
    assert {found[key] for key in ("total", "available", "on_services", "arrived_7d", "left_7d", "tonight")} == {None}


async def test_the_addresses_are_those_of_the_api(serve: Serve) -> None:
    async with serve() as client:
        paths = (await client.get("/api/v1/openapi.json")).json()["paths"]
    refresh = PACKAGE["rest_command"]["marquee_refresh"]
    for method, address in (("get", REST["resource"]), (refresh["method"], refresh["url"])):
        host, path = address[: len("http://127.0.0.1:8001")], address[len("http://127.0.0.1:8001") :]
        assert host == "http://127.0.0.1:8001"
        assert method in paths[path]
    assert (refresh["content_type"], refresh["payload"]) == ("application/json", "{}")


def test_the_key_is_a_secret_and_can_be_left_out() -> None:
    for headers in (REST["headers"], PACKAGE["rest_command"]["marquee_refresh"]["headers"]):
        assert headers["X-Api-Key"] == "secret marquee_api_key"
    without = yaml.load("\n".join(line for line in TEXT.splitlines() if "X-Api-Key:" not in line), Loader)
    assert without["rest"][0]["headers"] == without["rest_command"]["marquee_refresh"]["headers"]


def test_every_entity_of_the_page_exists() -> None:
    kinds = [("sensor", SENSORS), ("binary_sensor", REST["binary_sensor"])]
    ids = {f"{kind}.{each['name'].lower().replace(' ', '_')}" for kind, entities in kinds for each in entities}
    described = re.findall(r"^\| `((?:binary_)?sensor\.\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(described) == sorted(ids)
    assert set(re.findall(r"\b(?:binary_sensor|sensor)\.watchlist_\w+", PAGE)) <= ids


def test_every_example_of_the_page_can_be_read() -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        yaml.load(example.replace("!include ", ""), Loader)
        for template in re.findall(r"\{\{.*?\}\}", example):
            TEMPLATES.parse(template)
