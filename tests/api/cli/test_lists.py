"""`marquee lists`, with a real Marquee and its TMDB, and with an API that answers what they seldom do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.settings import setting_names
from tests.api.cli.conftest import Stack
from tests.api.cli.stand_in import StandIn, standing_in
from tests.drivers.nursery import ROOT
from tests.drivers.terminal import Terminal

NOON = "2026-11-20T12:00:00Z"
NAME = "alice's Top Rated Movies"
PAGE = "https://www.themoviedb.org/list/8"


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    with standing_in() as stand_in:
        monkeypatch.setenv("API_URL", stand_in.url)
        yield stand_in


def marquee(arguments: str) -> Result:
    return CliRunner().invoke(main, arguments.split())


def synced_list(**fields: Any) -> dict[str, Any]:
    counts = {"done": 3, "total": 3, "added": 1, "removed": 1, "kept": 2, "reordered": 0, "requests": 5}
    heat = {"title": "Heat", "year": 1995, "media_type": "movie", "tmdb_id": 949}
    named = {"additions": [heat], "removals": [{**heat, "title": "Ran", "year": None}], "not_matched": [], "failed": []}
    told = {"member": "alice", "kind": "top_rated", "name": NAME, "tmdb_id": 8, "url": PAGE}
    return {**told, "state": "succeeded", "message": None, **counts, **named, **fields}


def sync(state: str = "succeeded", *lists: dict[str, Any], **fields: Any) -> dict[str, Any]:
    over = state not in ("queued", "running")
    run = {"id": 7, "trigger": "manual", "state": state, "members": ["alice"], "dry_run": False, "mode": "mirror"}
    times = {"created_at": NOON, "started_at": NOON, "finished_at": NOON if over else None}
    progress = {"done": 1, "total": 3, "message": None, "already_running": False}
    return {**run, **times, **progress, "lists": list(lists), **fields}


def begins(api: StandIn, *states: dict[str, Any]) -> None:
    api.answer("POST /api/v1/tmdb-lists/sync", states[0], status=202, Location="/api/v1/tmdb-lists/syncs/7")
    api.answer("GET /api/v1/tmdb-lists/syncs/7", *states)


def test_a_sync_is_ordered_watched_and_told(api: StandIn) -> None:
    begins(api, sync("queued"), sync("running"), sync("succeeded", synced_list()))
    result = marquee("lists sync --member alice --kind watchlist --mode add --limit 9")
    order = {"members": ["alice"], "kind": "watchlist", "mode": "add", "limit": 9, "dry_run": False}
    assert api.asked[0] == ("POST /api/v1/tmdb-lists/sync", order)
    assert (result.exit_code, result.stderr) == (0, "Waiting for the worker …\nSyncing …\n")
    assert result.stdout == f"alice: {NAME}: 1 added, 1 removed, 2 kept. {PAGE}\nSync 7 is done.\n"


def test_how_a_list_is_sorted_described_and_shown_is_ordered(api: StandIn) -> None:
    begins(api, sync("succeeded", synced_list()))
    result = marquee("lists sync --sort-by year --sort-order asc --description Ours --private")
    order = {"sort_by": "year", "sort_order": "asc", "description": "Ours", "public": False, "dry_run": False}
    assert (result.exit_code, api.asked[0][1]) == (0, order)


def test_a_list_that_failed_is_not_said_to_be_empty(api: StandIn) -> None:
    nothing = {"added": 0, "removed": 0, "kept": 0, "state": "failed", "message": "It is of another account."}
    begins(api, sync("partial", synced_list(**nothing)))
    result = marquee("lists sync")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (5, f"alice: {NAME}: failed. {PAGE}")


def test_a_dry_run_names_what_would_change(api: StandIn) -> None:
    begins(api, sync("succeeded", synced_list(reordered=2, url=None), dry_run=True))
    result = marquee("lists sync --dry-run")
    assert api.asked[0][1] == {"dry_run": True}
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"alice: {NAME}: 1 to add, 1 to remove, 2 to move, 2 to keep.",
        "+ Heat (1995)",
        "- Ran",
        "The dry run is done.",
    ]


def test_what_did_not_work_is_told_and_ends_with_5(api: StandIn) -> None:
    wrong = {
        "not_matched": [{"slug": "lost", "title": "Lost\x1b[31m"}],
        "failed": [{"title": "Jaws", "message": "TMDB did not take it."}],
        "message": "The list was gone from TMDB and was made again.",
    }
    begins(api, sync("partial", synced_list(**wrong)))
    result = marquee("lists sync")
    assert result.exit_code == 5
    assert result.stdout.endswith("Sync 7 is done, but not all of it worked.\n")
    assert result.stderr.splitlines() == [
        "  Lost [31m: no title on TMDB is known for it (lost)",
        "  Jaws: TMDB did not take it.",
        "  The list was gone from TMDB and was made again.",
    ]


def test_a_sync_that_failed_ends_with_1(api: StandIn) -> None:
    begins(api, sync("failed", message="TMDB does not accept the token."))
    result = marquee("lists sync")
    assert (result.exit_code, result.stdout) == (1, "Sync 7 failed.\n")
    assert result.stderr == "TMDB does not accept the token.\n"


def test_json_is_the_apis_own_answer_at_the_end(api: StandIn) -> None:
    last = sync("succeeded", synced_list(), beside="what this command does not know")
    begins(api, sync("queued"), last)
    result = marquee("lists sync --json")
    assert (result.exit_code, result.stdout) == (0, msgspec.json.encode(last).decode() + "\n")


def test_a_sync_that_is_not_watched_says_where_to_look(api: StandIn) -> None:
    begins(api, sync("queued", already_running=True))
    result = marquee("lists sync --no-watch")
    assert (result.exit_code, len(api.asked)) == (0, 1)
    assert result.stdout == "Sync 7 has begun. What became of it: marquee lists show\n"
    assert result.stderr == "The very same sync waits or runs already; no other one was started.\n"


def test_what_is_not_set_up_is_a_matter_of_settings(api: StandIn) -> None:
    because = "TMDB_SYNC_ENABLED is not set to true"
    problem = {
        "title": "Service Unavailable",
        "status": 503,
        "code": "not_set_up",
        "detail": f"Keeping lists on TMDB is not available: {because}.",
        "errors": [{"field": "TMDB_SYNC_ENABLED", "message": because}],
    }
    api.answer("POST /api/v1/tmdb-lists/sync", problem, status=503, Retry_After="600")
    result = marquee("lists sync")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (2, problem["detail"])
    assert "Try again" not in result.stderr


def kept_list(**fields: Any) -> dict[str, Any]:
    told = {"id": 1, "member": "alice", "kind": "top_rated", "name": NAME, "description": None, "public": True}
    where = {"query": None, "tmdb_id": 8, "url": PAGE, "mode": "mirror"}
    rules = {"limit": 20, "sort_by": "rating", "sort_order": "desc", "state": "succeeded", "message": None}
    return {**told, **where, **rules, "items": 20, "not_matched": [], "last_synced_at": NOON, **fields}


def page(*items: Any, number: int = 1, of: int = 1) -> dict[str, Any]:
    counts = {"page": number, "page_size": 100, "total": of, "total_pages": of}
    return {"items": list(items), **counts, "has_next": number < of, "has_previous": number > 1}


def test_the_lists_are_shown_one_a_line(api: StandIn) -> None:
    failed = kept_list(name="Mine", url=None, items=None, last_synced_at=None, state="failed", message="It is gone.")
    api.answer("GET /api/v1/tmdb-lists", page(kept_list(), failed))
    result = marquee("lists show")
    assert result.stdout == f"alice\t{NAME}\t20\tsucceeded\t{NOON}\t{PAGE}\nalice\tMine\t\tfailed\t\t\n"
    assert result.stderr == "alice: Mine: It is gone.\n"


def test_every_page_of_a_list_is_read_and_shown_as_one(api: StandIn) -> None:
    pages = [page(kept_list(name=f"List {n}"), number=n, of=3) for n in (1, 2, 3)]
    api.answer("GET /api/v1/tmdb-lists", *pages)
    whole = msgspec.json.decode(marquee("lists show --json").stdout)
    assert [item["name"] for item in whole["items"]] == ["List 1", "List 2", "List 3"]
    assert (whole["total_pages"], whole["has_next"], whole["has_previous"]) == (1, False, False)


def test_a_terminal_gets_a_table_of_lists_that_fits(api: StandIn, tmp_path: Path) -> None:
    api.answer("GET /api/v1/tmdb-lists", page(kept_list()))
    environ = {"API_URL": api.url, "PYTHONPATH": str(ROOT), "REFRESH_TIMEZONE": "Europe/Berlin"}
    with Terminal(["lists", "show"], tmp_path, environ) as terminal:
        assert terminal.wait() == 0
    lines = terminal.words.splitlines()
    assert "2026-11-20 13:00 CET" in terminal.words
    assert max(map(len, lines)) <= 80


NOT_READ = {
    **{"id": 12, "kind": "watchlist", "trigger": "manual", "force": False, "members": ["alice"], "sources": None},
    **{"status": "queued", "stage": "queued", "done": 0, "total": 0, "percent": 0, "eta_seconds": None, "counts": {}},
    **{"already_running": False, "created_at": NOON, "started_at": None, "finished_at": None, "error": None},
    **{"failures": [], "failures_total": 0},
}


@pytest.mark.parametrize(
    ("command", "path"), [("member show alice", "/members/alice"), ("top-rated alice", "/members/alice/top-rated")]
)
def test_a_member_who_was_not_read_yet_has_to_be_waited_for(api: StandIn, command: str, path: str) -> None:
    api.answer(f"GET /api/v1{path}", NOT_READ, status=202)
    result = marquee(command)
    assert (result.exit_code, result.stdout) == (6, "")
    assert result.stderr == (
        "Marquee has not read alice yet: refresh 12 does. Wait for it: marquee refresh --run 12 --watch\n"
    )
    as_json = marquee(f"{command} --json")
    assert (as_json.exit_code, msgspec.json.decode(as_json.stdout)["id"]) == (6, 12)


def test_a_part_that_is_away_says_when_to_try_again(api: StandIn) -> None:
    problem = {"title": "Away", "status": 503, "detail": "Redis is not available now.", "code": "unavailable"}
    api.answer("POST /api/v1/refreshes", problem, status=503, Retry_After="10")
    result = marquee("refresh")
    assert (result.exit_code, result.stderr) == (4, "Redis is not available now.\nTry again in 10 seconds.\n")


async def test_a_list_is_foretold_made_and_shown(stack: Stack) -> None:
    foretold = await stack.ask("lists sync --member carol --kind watchlist --limit 5 --dry-run")
    assert foretold.exit_code == 0, foretold.output
    additions = [line for line in foretold.stdout.splitlines() if line.startswith("+ ")]
    assert len(additions) == 5
    made = await stack.ask("lists sync --member carol --kind watchlist --limit 5")
    assert (made.exit_code, "carol's Watchlist: 5 added. http" in made.stdout) == (0, True), made.output
    again = await stack.ask("lists sync --member carol --kind watchlist --limit 5")
    assert (again.exit_code, "carol's Watchlist: 5 kept." in again.stdout) == (0, True), again.output
    shown = await stack.ask("lists show")
    assert [line.split("\t")[0] for line in shown.stdout.splitlines() if "atchlist" in line] == ["carol"], shown.output
