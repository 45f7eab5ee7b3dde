"""`marquee refresh` against the real API and worker: how it watches, and how it ends."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.api.cli.conftest import Stack
from tests.drivers.processes import Child, free_port
from tests.drivers.upstream import Upstream

KEY = "a-key"
COLOURED = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")


@pytest.fixture(scope="module")
async def strict_url(running_stack: Stack) -> AsyncIterator[str]:
    """A second API on the same data that wants a key, and an hour between two refreshes."""
    port, marquee = free_port(), running_stack.marquee
    strict = {"API_PORT": str(port), "API_KEY": KEY, "REFRESH_MIN_INTERVAL": "3600"}
    api = Child("api", marquee.settings | strict, running_stack.folder, "strict-api")
    api.start()
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        return (await running_stack.ask("healthcheck", API_URL=url)).exit_code == 0

    await marquee.until(answers, "the strict API")
    yield url
    await api.kill()


async def slow(stack: Stack, upstream: Upstream) -> int:
    """A refresh of carol that goes on until `upstream.clear()`: its number."""
    await upstream.delay("/carol/films/", 30)
    run = await stack.marquee.request_refresh("carol", force=True)
    started = await stack.marquee.run_until(run.id, lambda run: run.status == "running", "the run to begin")
    return int(started.id)


async def ended(stack: Stack, number: int) -> None:
    """Do not wait for the upstream's delay."""
    await stack.marquee.cancel(number)
    await stack.marquee.ended(number)


async def test_a_refresh_is_started_and_how_to_watch_it_is_told(stack: Stack) -> None:
    result = await stack.ask("refresh")
    assert result.exit_code == 0
    found = re.fullmatch(
        r"Refresh (\d+) reads solo and carol\. To watch it: (marquee refresh --run \1 --watch)\n", result.stdout
    )
    assert found is not None
    watched = await stack.ask(found[2].removeprefix("marquee "))
    assert (watched.exit_code, watched.stdout) == (
        0,
        f"Refresh {found[1]} of solo and carol is done: 30 on watchlists.\n",
    )


async def test_watching_ends_with_what_the_run_found(stack: Stack, upstream: Upstream) -> None:
    film = (await upstream.watchlist("carol"))[0]
    await upstream.remove_from_watchlist("carol", film)
    result = await stack.ask("refresh --member carol --watch --force")
    assert result.exit_code == 0
    assert "of carol is done: 28 on watchlists, 1 removed.\n" in result.stdout
    assert result.stderr.splitlines()[-1] in ("Waiting for the worker …", "Reading …", "Looking films up …")


async def test_some_sources_of_some_members_are_one_run(stack: Stack, upstream: Upstream) -> None:
    await upstream.forget_requests()
    result = await stack.ask("refresh --member solo --member carol --source profile --source rss --watch --json")
    run = msgspec.json.decode(result.stdout)
    assert (run["members"], run["sources"], run["status"]) == (["solo", "carol"], ["profile", "rss"], "succeeded")
    assert result.stdout == await stack.body(f"/refreshes/{run['id']}") + "\n"
    assert await upstream.requests("/carol/films/") == 0


async def test_what_did_not_work_is_told_and_ends_with_5(stack: Stack, upstream: Upstream) -> None:
    await upstream.challenge("/carol/films/*")
    result = await stack.ask("refresh --member carol --force --watch")
    assert (result.exit_code, "is done, but not all of it worked" in result.stdout) == (5, True)
    assert (
        "Letterboxd did not let Marquee read page 1 of carol’s films (it asked for a browser check)." in result.stderr
    )


async def test_a_run_that_failed_ends_with_1(stack: Stack, upstream: Upstream) -> None:
    await stack.ask("member add nobody-here")
    result = await stack.ask("refresh --member nobody-here --force --watch")
    assert (result.exit_code, result.stdout.endswith("of nobody-here failed.\n")) == (1, True)
    assert "Letterboxd knows no member nobody-here." in result.stderr
    await stack.ask("member remove nobody-here --keep nothing")


async def test_one_that_runs_already_is_told_and_watched(stack: Stack, upstream: Upstream) -> None:
    number = await slow(stack, upstream)
    with stack.terminal("refresh --member carol --watch") as terminal:
        await asyncio.to_thread(terminal.until, "A refresh of carol is running already; no other one was started.")
        await asyncio.to_thread(terminal.until, "Reading")
        await ended(stack, number)
        assert await asyncio.to_thread(terminal.wait) == 1
    assert f"Refresh {number} of carol was cancelled" in terminal.words


async def test_members_whom_another_run_reads_are_named(stack: Stack, upstream: Upstream) -> None:
    number = await slow(stack, upstream)
    result = await stack.ask("refresh --member solo --member carol")
    assert (result.exit_code, "reads solo." in result.stdout) == (0, True)
    assert result.stderr == "Left out, since another refresh reads them already: carol.\n"
    await ended(stack, number)
    await stack.ask("refresh --member solo --watch")


async def test_ctrl_c_leaves_the_run_going(stack: Stack, upstream: Upstream) -> None:
    number = await slow(stack, upstream)
    with stack.terminal(f"refresh --run {number} --watch") as terminal:
        await asyncio.to_thread(terminal.until, "Reading")
        terminal.process.send_signal(signal.SIGINT)
        code = await asyncio.to_thread(terminal.wait)
    assert code == 130
    assert terminal.words.endswith(f"Refresh {number} goes on. To watch it: marquee refresh --run {number} --watch\n")
    assert (await stack.marquee.run(number)).status == "running"
    await ended(stack, number)


@pytest.mark.parametrize("colours", [True, False])
async def test_a_terminal_gets_a_bar_in_colours_unless_it_wants_none(
    stack: Stack, upstream: Upstream, colours: bool
) -> None:
    await upstream.delay("/carol/", 0.3, times=1)
    with stack.terminal("refresh --member carol --watch", **({} if colours else {"NO_COLOR": "1"})) as terminal:
        assert await asyncio.to_thread(terminal.wait) == 0
    assert "━" in terminal.words
    assert (COLOURED.search(terminal.drawn) is not None) == colours
    assert "of carol is done" in terminal.words.splitlines()[-1]


async def test_a_terminal_that_cannot_move_gets_lines(stack: Stack) -> None:
    with stack.terminal("refresh --member carol --watch", TERM="dumb") as terminal:
        assert await asyncio.to_thread(terminal.wait) == 0
    assert ("━" in terminal.words, "Waiting for the worker …" in terminal.words) == (False, True)


async def test_an_api_that_goes_away_while_watched_may_come_back(stack: Stack, upstream: Upstream) -> None:
    number = await slow(stack, upstream)
    with stack.terminal(f"refresh --run {number} --watch") as terminal:
        await asyncio.to_thread(terminal.until, "Reading")
        await stack.marquee.stop_api()
        await stack.marquee.start_api()
        await ended(stack, number)
        assert await asyncio.to_thread(terminal.wait) == 1
    assert f"Refresh {number} of carol was cancelled" in terminal.words


async def test_too_early_is_told_with_the_time_to_come_again(stack: Stack, strict_url: str) -> None:
    await stack.ask("refresh --watch", API_URL=strict_url, API_KEY=KEY)
    result = await stack.ask("refresh", API_URL=strict_url, API_KEY=KEY)
    assert (result.exit_code, result.stdout) == (6, "")
    assert re.fullmatch(
        r"The last refresh began not long ago\. The next one can start in \d+ minutes\.\n", result.stderr
    )


async def test_a_wrong_key_is_told_with_its_setting(stack: Stack, strict_url: str) -> None:
    result = await stack.ask("refresh", API_URL=strict_url, API_KEY="wrong")
    assert (result.exit_code, "Set API_KEY to the key that this Marquee has." in result.stderr) == (2, True)


async def test_an_unknown_member_and_an_unknown_run_end_with_3(stack: Stack) -> None:
    result = await stack.ask("refresh --member nobody")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (3, "There is no member nobody.")
    result = await stack.ask("refresh --run 1000000")
    assert (result.exit_code, result.stderr) == (3, "There is no refresh 1000000.\n")


async def test_a_run_that_has_begun_takes_no_orders(stack: Stack) -> None:
    result = await stack.ask("refresh --run 1 --force")
    assert (result.exit_code, "--run names a refresh that has begun" in result.stderr) == (2, True)


async def test_an_api_that_is_not_there_or_not_ours_ends_with_4(stack: Stack, upstream: Upstream) -> None:
    away = await stack.ask("refresh", API_URL="http://127.0.0.1:1")
    assert (away.exit_code, "http://127.0.0.1:1 is not available: nobody answers there.\n" in away.stderr) == (4, True)
    assert "API_URL says where" in away.stderr
    other = await stack.ask("refresh", API_URL=upstream.letterboxd_url)
    assert (other.exit_code, "is not Marquee's.\n" in other.stderr) == (4, True)
