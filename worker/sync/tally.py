"""How many films a run has done, of how many: numbers for people, which never go back."""

from worker.progress import Run


class Tally:
    """The `done` and `total` of one run.

    A total that turns out larger is shown as far as the percentage does not fall; it comes to the truth as films are
    done. A film on two members' lists counts on each.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._total = 0
        self._percent = 0

    def advance(self, films: int = 1) -> None:
        """Count films that are done."""
        self._run.advance(films)
        self._show()

    def expect(self, films: int) -> None:
        """Say how many films there are, as far as it is known now; never before all lists are known to some degree."""
        self._total = max(self._total, films)
        self._show()

    def _show(self) -> None:
        done = self._run.progress.done
        if not self._total:
            return
        most = 100 * done // self._percent if self._percent else self._total
        total = max(self._run.progress.total, min(self._total, most), done)
        self._run.expect(total)
        self._percent = max(self._percent, 100 * done // total)
