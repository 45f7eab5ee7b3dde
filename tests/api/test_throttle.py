from api.throttle import MOST, MOST_KNOWN, WINDOW, Failures


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_few_failures_are_nothing_and_many_have_to_wait_for_the_end_of_the_minute() -> None:
    clock = Clock()
    failures = Failures(clock)
    assert [failures.add("a") for _ in range(MOST)] == [0] * MOST
    clock.now += 20.5
    assert failures.add("a") == 40
    assert failures.add("b") == 0
    clock.now += 39.5
    assert failures.add("a") == 0, "the minute is over"
    assert WINDOW == 60


def test_only_so_many_are_remembered() -> None:
    failures = Failures(Clock())
    for number in range(MOST_KNOWN * 2):
        failures.add(f"2001:db8::{number:x}")
    assert len(failures) == MOST_KNOWN
