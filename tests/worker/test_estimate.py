from worker.estimate import ENOUGH_FILMS, Estimate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def estimate(clock: Clock | None = None) -> Estimate:
    return Estimate(seconds_per_page=2.0, requests_per_second=20.0, clock=clock or Clock())


def test_nothing_is_promised_before_the_first_page() -> None:
    assert estimate().seconds_left(300) is None


def test_the_slower_lane_decides() -> None:
    by_pages = estimate()
    by_pages.pages_left = 12
    assert by_pages.seconds_left(100) == 24
    assert by_pages.seconds_left(1000) == 100


def test_the_pace_so_far_replaces_the_limit() -> None:
    clock = Clock()
    ahead = estimate(clock)
    ahead.pages_left = 0
    ahead.begin_film()
    for _ in range(ENOUGH_FILMS):
        ahead.end_film()
    clock.now = 5.0
    assert ahead.seconds_left(100) == 50


def test_nothing_left_takes_no_time() -> None:
    done = estimate()
    done.pages_left = 0
    assert done.seconds_left(0) == 0
