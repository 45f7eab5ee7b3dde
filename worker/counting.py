"""How many requests to outside hosts a piece of work makes, whatever else goes on beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Requests:
    """`made`: how many there were so far."""

    def __init__(self) -> None:
        self.made = 0


_counted: ContextVar[Requests | None] = ContextVar("counted", default=None)


@contextmanager
def counting() -> Iterator[Requests]:
    """Counts the requests made in this block, those tried again and redirected ones too."""
    requests = Requests()
    token = _counted.set(requests)
    try:
        yield requests
    finally:
        _counted.reset(token)


def count_request() -> None:
    """Note that a request is made."""
    if requests := _counted.get():
        requests.made += 1
