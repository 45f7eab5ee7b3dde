"""`marquee member` against the real API and worker."""

import re
import sys

import anyio
import msgspec

from tests.api.cli.conftest import Stack


async def test_a_member_is_followed_read_shown_and_removed(stack: Stack) -> None:
    added = await stack.ask("member add Erin --watch")
    assert (added.exit_code, added.stdout.startswith("Refresh ")) == (0, True)
    assert "of erin is done: 60 on watchlists" in added.stdout
    shown = await stack.ask("member show erin")
    facts = dict(line.split("\t") for line in shown.stdout.splitlines())
    assert (facts["Name"], facts["Display name"], facts["Source films"]) == ("erin", "Erin Walsh", "ok")
    removed = await stack.ask("member remove erin --keep nothing")
    assert removed.stdout == "Marquee no longer follows erin. What was read of them is gone.\n"
    gone = await stack.ask("member show erin")
    assert (gone.exit_code, gone.stdout) == (3, "")
    assert gone.stderr.startswith("There is no member erin.\n`marquee member list` shows whom")


async def test_what_is_kept_of_a_member_is_there_again(stack: Stack) -> None:
    await stack.ask("member add frank --watch")
    assert "is kept" in (await stack.ask("member remove frank --keep everything")).stdout
    assert "frank\tFrank Dubois\t12\tnot followed\n" in (await stack.ask("member list")).stdout
    added = await stack.ask("member add frank")
    assert re.fullmatch(r"Refresh (\d+) reads frank\. To watch it: marquee refresh --run \1 --watch\n", added.stdout)
    assert "frank\tFrank Dubois\t12\t\n" in (await stack.ask("member list")).stdout
    await stack.ask("refresh --member frank --watch")
    await stack.ask("member remove frank --keep nothing")


async def test_without_a_terminal_what_to_keep_must_be_said(stack: Stack) -> None:
    result = await stack.ask("member remove carol")
    assert (result.exit_code, "--keep everything, or --keep nothing" in result.stderr) == (2, True)


async def test_on_a_terminal_what_to_keep_is_asked_for(stack: Stack) -> None:
    await stack.ask("member add bob --watch")
    with stack.terminal("member remove bob") as terminal:
        terminal.until(r"Keep \(everything, nothing\): ")
        terminal.press("all of it\n")
        terminal.until(r"is not one of.*\n.*Keep \(everything, nothing\): ")
        terminal.press("nothing\n")
        assert terminal.wait() == 0
    assert "Marquee no longer follows bob." in terminal.words
    assert (await stack.ask("member show bob")).exit_code == 3


async def test_a_member_of_the_settings_stays_and_the_reason_is_told(stack: Stack) -> None:
    result = await stack.ask("member remove carol --keep nothing")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "The member carol cannot be removed: LETTERBOXD_USERNAME names them.\n"


async def test_a_member_whom_letterboxd_does_not_know_is_told(stack: Stack) -> None:
    result = await stack.ask("member add nobody-here --watch")
    assert (result.exit_code, "of nobody-here failed.\n" in result.stdout) == (1, True)
    assert result.stderr.count("Letterboxd knows no member nobody-here.") == 1
    await stack.ask("member remove nobody-here --keep nothing")


async def test_what_cannot_be_a_name_is_told_before_anybody_is_asked(stack: Stack) -> None:
    for wrong in ("../films", "a" * 41, "ali\u0441e"):
        result = await stack.ask(f"member show {wrong}", API_URL="http://127.0.0.1:1")
        assert (result.exit_code, "is no name on Letterboxd" in result.stderr) == (2, True)


async def test_json_is_the_apis_own_answer(stack: Stack) -> None:
    for arguments, path in (("member list", "/members?page_size=100"), ("member show carol", "/members/carol")):
        result = await stack.ask(f"{arguments} --json")
        assert (result.exit_code, result.stdout, result.stderr) == (0, await stack.body(path) + "\n", "")
    added = await stack.ask("member add carol --json --watch")
    assert (msgspec.json.decode(added.stdout)["status"], added.exit_code) == ("succeeded", 0)


async def test_a_pipe_gets_one_line_a_member_without_headings_or_colours(stack: Stack) -> None:
    command = [sys.executable, "-m", "api.cli", "member", "list"]
    result = await anyio.run_process(command, cwd=stack.folder, env=stack.environ(FORCE_COLOR="1"))
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode() == "solo\tSolo Traveller\t1\towner\ncarol\tCarol Lindgren\t29\t\n"


async def test_a_terminal_gets_a_table_that_fits(stack: Stack) -> None:
    with stack.terminal("member list") as terminal:
        assert terminal.wait() == 0
    lines = terminal.words.splitlines()
    assert re.match(r"Name +Display name +Watchlist", lines[0])
    assert {"solo", "carol"} <= {line.split()[0] for line in lines[1:]}
    assert max(map(len, lines)) <= 80
