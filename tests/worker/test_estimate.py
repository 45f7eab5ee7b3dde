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
    by_pages.list_pages_left = 12
    assert by_pages.seconds_left(100) == 24
    assert by_pages.seconds_left(1000) == 100


def test_the_pace_so_far_replaces_the_limit() -> None:
    clock = Clock()
    ahead = estimate(clock)
    ahead.list_pages_left = 0
    ahead.begin_film()
    for _ in range(ENOUGH_FILMS):
        ahead.end_film()
    clock.now = 5.0
    assert ahead.seconds_left(100) == 50


def test_nothing_left_takes_no_time() -> None:
    done = estimate()
    done.list_pages_left = 0
    assert done.seconds_left(0) == 0


def test_film_pages_share_the_lane_of_the_lists() -> None:
    waiting = estimate()
    waiting.list_pages_left = 3
    for _ in range(4):
        waiting.want_page()
    waiting.get_page()
    assert waiting.seconds_left(0) == 12


def test_films_still_to_come_need_pages_as_those_so_far_did() -> None:
    ahead = estimate()
    ahead.list_pages_left = 0
    for number in range(ENOUGH_FILMS):
        ahead.begin_film()
        if number % 2:
            ahead.want_page()
            ahead.get_page()
        ahead.end_film()
    assert ahead.seconds_left(100) == 100


def test_a_pause_is_waited_out_and_slows_nothing_else() -> None:
    clock = Clock()
    paused = estimate(clock)
    paused.list_pages_left = 0
    for _ in range(ENOUGH_FILMS):
        paused.begin_film()
        paused.end_film()
    clock.now = 5.0
    paused.pause(600)
    paused.pause(600)
    assert paused.seconds_left(10) == 605
    clock.now = 605.0
    assert paused.seconds_left(10) == 5
