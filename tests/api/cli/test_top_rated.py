"""`marquee top-rated` against the real API."""

from typing import Any

import msgspec

from tests.api.cli.conftest import Stack


async def loved(stack: Stack, query: str) -> list[Any]:
    answer = await stack.marquee.get(f"/api/v1/members/carol/top-rated?{query}")
    return list(answer["items"])


async def test_the_films_are_those_of_the_api_in_its_order(stack: Stack) -> None:
    films = await loved(stack, "limit=20")
    assert len(films) == 20
    lines = (await stack.ask("top-rated Carol")).stdout.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [[f.title, str(f.year), str(f.rating)] for f in films]


async def test_another_order_and_a_limit_are_taken_over(stack: Stack) -> None:
    films = await loved(stack, "limit=3&sort_by=year&sort_order=asc")
    lines = (await stack.ask("top-rated carol --limit 3 --sort-by year --sort-order asc")).stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == [film.title for film in films]


async def test_json_is_the_apis_own_answer(stack: Stack) -> None:
    result = await stack.ask("top-rated carol --limit 2 --json")
    own = await stack.body("/members/carol/top-rated?limit=2&sort_by=rating&sort_order=desc&page_size=100")
    assert (result.stdout, result.stderr) == (own + "\n", "")
    assert msgspec.json.decode(result.stdout)["total"] == 2


async def test_a_terminal_gets_stars(stack: Stack) -> None:
    with stack.terminal("top-rated carol --limit 3") as terminal:
        assert terminal.wait() == 0
    heading, *films = terminal.words.splitlines()
    assert heading.split() == ["Title", "Year", "Rating", "Watched"]
    assert terminal.words.count("★★★★★") == 3
    assert max(map(len, films)) <= 80


async def test_a_terminal_is_told_where_there_is_no_film(stack: Stack) -> None:
    await stack.ask("member add empty --watch")
    assert (await stack.ask("top-rated empty")).output == ""
    with stack.terminal("top-rated empty") as terminal:
        assert terminal.wait() == 0
    assert terminal.words == "Marquee knows of no film that empty both rated and likes.\n"
    await stack.ask("member remove empty --keep nothing")


async def test_a_limit_that_cannot_be_is_wrong_usage(stack: Stack) -> None:
    assert (await stack.ask("top-rated carol --limit 1001")).exit_code == 2
