from typing import Any

from api.db.runs import Progress
from worker.sync.tally import Tally


class FakeRun:
    def __init__(self) -> None:
        self.progress = Progress()

    def advance(self, films: int) -> None:
        self.progress.done += films

    def expect(self, films: int) -> None:
        self.progress.total = films

    @property
    def percent(self) -> int:
        return 100 * self.progress.done // self.progress.total if self.progress.total else 0


def begun() -> tuple[FakeRun, Tally]:
    run: Any = FakeRun()
    return run, Tally(run)


def test_nothing_is_said_of_the_whole_before_it_is_known() -> None:
    run, tally = begun()
    tally.advance(5)
    assert (run.progress.done, run.progress.total) == (5, 0)


def test_a_total_never_shrinks() -> None:
    run, tally = begun()
    tally.expect(335)
    tally.expect(300)
    assert run.progress.total == 335


def test_a_total_that_grows_does_not_set_the_percentage_back_and_ends_true() -> None:
    run, tally = begun()
    tally.expect(100)
    tally.advance(60)
    tally.expect(400)
    seen = [run.percent]
    for _ in range(340):
        tally.advance()
        seen.append(run.percent)
    assert seen == sorted(seen)
    assert seen[0] == 60
    assert seen[-2] < 100
    assert (run.progress.done, run.progress.total) == (400, 400)
