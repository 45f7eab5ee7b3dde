"""When a run waits for a host, and when it stops asking."""

from collections.abc import Callable
from typing import Any

import pytest

from api.errors import KeyRefused, Missing, RateLimited, SourceError, Transient
from worker.estimate import Estimate
from worker.sync.reach import MOST_FAILURES, GivenUp, Reach


class FakeRun:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.estimate = Estimate(seconds_per_page=2.0, requests_per_second=20.0, clock=clock)
        self.estimate.list_pages_left = 0
        self.problems: list[tuple[str, str]] = []

    async def note_problem(self, code: str, message: str) -> None:
        self.problems.append((code, message))


class Host:
    """Gives the prepared answers in turn, the last one for ever; sleeping moves its clock."""

    def __init__(self, *answers: str | SourceError, patience: float = 0.0) -> None:
        self._answers = list(answers)
        self.asked = 0
        self.now = 0.0
        self.estimated: list[int | None] = []
        self.run = FakeRun(lambda: self.now)
        run: Any = self.run
        self.reach = Reach(run, patience=patience, sleep=self._sleep, clock=lambda: self.now)

    async def ask(self) -> str:
        return await self.reach.ask(self._answer)

    async def _answer(self) -> str:
        self.asked += 1
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.estimated.append(self.run.estimate.seconds_left(0))
        self.now += seconds


async def failing(host: Host, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Transient):
            await host.ask()


async def test_failures_in_a_row_end_the_asking_with_one_problem() -> None:
    host = Host(Transient("u", 503, host="TMDB"))
    await failing(host, MOST_FAILURES - 1)
    for _ in range(3):
        with pytest.raises(GivenUp):
            await host.ask()
    assert host.asked == MOST_FAILURES
    assert [code for code, _ in host.run.problems] == ["unreachable"]


async def test_the_problem_says_what_happened() -> None:
    host = Host(Transient("u", 503, host="TMDB"))
    await failing(host, MOST_FAILURES - 1)
    with pytest.raises(GivenUp, match=r"^TMDB answered with an error \(503\), 5 times in a row\.$"):
        await host.ask()
    [(_, message)] = host.run.problems
    assert message.startswith("TMDB answered with an error (503), 5 times in a row. ")


@pytest.mark.parametrize("answer", ["well", Missing("u")])
async def test_any_answer_between_them_begins_the_count_anew(answer: str | SourceError) -> None:
    down = [Transient("u", 503)] * (MOST_FAILURES - 1)
    host = Host(*down, answer, *down, "well")
    await failing(host, len(down))
    if isinstance(answer, Missing):
        with pytest.raises(Missing):
            await host.ask()
    else:
        await host.ask()
    await failing(host, len(down))
    assert await host.ask() == "well"
    assert host.run.problems == []


async def test_a_host_that_asks_for_time_gets_it() -> None:
    host = Host(RateLimited("u", 130.0), RateLimited("u"), "well", patience=3600)
    assert await host.ask() == "well"
    assert host.now == 130 + 60
    assert host.run.problems == []


async def test_patience_ends_before_a_wait_that_is_too_long() -> None:
    host = Host(RateLimited("u", 3000.0, host="TMDB"), patience=3600)
    with pytest.raises(GivenUp, match="TMDB asked Marquee to slow down for 50 minutes"):
        await host.ask()
    assert (host.now, host.asked) == (3000, 2)
    assert [code for code, _ in host.run.problems] == ["rate_limited"]


async def test_the_estimate_knows_of_the_wait() -> None:
    host = Host(RateLimited("u", 600.0), "well", patience=3600)
    await host.ask()
    assert host.estimated == [600]


async def test_a_refused_key_is_passed_on() -> None:
    with pytest.raises(KeyRefused):
        await Host(KeyRefused("u")).ask()
