"""A refresh as a bar, and what the page has already shown of it."""

from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from web.outcomes import Outcome, outcome, spoken, stage_words
from web.shapes import Run
from web.view import USERNAME, Parameters, whole
from web.words import Clock, time_left

POLLS_BETWEEN_FILMS = 3
PATIENCE_SECONDS = 15
NOBODY_THERE = "The worker, the part of Marquee that reads, does not run. This starts by itself as soon as it does."


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of a run; it travels in the address of the bar, so that nobody has to remember it.

    `seen` marks the progress that the films on the page stand for, `polls` counts the bars since they were loaded,
    `said` is the last quarter, in percent, that was read out; `stopping` is 1 once somebody asked to cancel it.
    `page_of` is the member whose page it is, empty on the page of the watchlist.
    """

    seen: str = ""
    polls: int = 0
    said: int = 0
    stopping: int = 0
    page_of: str = ""

    @classmethod
    def of(cls, parameters: Parameters) -> "Progress":
        return cls(
            seen=parameters.get("seen", "")[:64],
            polls=whole(parameters.get("polls", "")),
            said=whole(parameters.get("said", "")),
            stopping=whole(parameters.get("stopping", "")),
            page_of=member_named(parameters),
        )

    @classmethod
    def shown(cls, run: Run, member: str = "") -> "Progress":
        """Of a page that was just written."""
        return cls(seen=mark(run), said=_quarter(run), page_of=member)

    def films_due(self, run: Run) -> bool:
        """Whether the films should be loaded again: at the end, and now and then while there is something new."""
        if not run.active:
            return True
        return mark(run) != self.seen and self.polls + 1 >= POLLS_BETWEEN_FILMS

    def next(self, run: Run) -> "Progress":
        said = max(self.said, _quarter(run))
        if self.films_due(run):
            return replace(self, seen=mark(run), polls=0, said=said)
        return replace(self, polls=self.polls + 1, said=said)

    def announcement(self, run: Run) -> str:
        """What a screen reader should say now; "" most of the time."""
        if not run.active:
            return spoken(run)
        quarter = _quarter(run)
        return f"{stage_words(run)}: {quarter} percent." if quarter > self.said else ""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """`address` is where the next bar comes from; `max` None while the end is not known, `outcome` None before it."""

    run_id: int
    active: bool
    address: str
    stage: str
    done: int
    max: int | None
    steps: str
    left: str
    hint: str
    stopping: bool
    outcome: Outcome | None


def mark(run: Run) -> str:
    return f"{run.stage}-{run.done}-{run.counts.found}"


def bar_address(run_id: int, shown: Progress) -> str:
    told = msgspec.structs.asdict(shown)
    if not shown.page_of:
        del told["page_of"]
    return f"/refreshes/{run_id}/bar?{urlencode(told)}"


def newest_address(run: Run | None, member: str = "") -> str:
    """Where a page that shows this run learns whether there is another, of this member where one is named."""
    address = f"/refreshes/newest/bar?{urlencode({'seen': run.standing if run else ''})}"
    return f"{address}&{urlencode({'page_of': member})}" if member else address


def member_named(parameters: Parameters) -> str:
    """The member whose page a bar stands on, as its address says."""
    name: str = parameters.get("page_of", "")
    return name if USERNAME.fullmatch(name) else ""


def concerns(run: Run, member: str) -> bool:
    """Whether this run is shown on the page of this member; on that of the watchlist each is."""
    return not member or member in run.members


def bar_of(run: Run, shown: Progress, clock: Clock) -> Bar:
    """The bar of a run on a page that shows `shown` of it."""
    waited = (clock.now - run.created_at).total_seconds()
    stuck = run.status == "queued" and waited > PATIENCE_SECONDS
    return Bar(
        run_id=run.id,
        active=run.active,
        address=bar_address(run.id, shown) if run.active else newest_address(run, shown.page_of),
        stage="Cancelling" if shown.stopping else stage_words(run),
        done=min(run.done, run.total),
        max=run.total or None,
        steps=_steps(run),
        left="" if shown.stopping else _left(run),
        hint=NOBODY_THERE if stuck else "",
        stopping=bool(shown.stopping),
        outcome=None if run.active else outcome(run, clock),
    )


def _several_unread(run: Run) -> bool:
    """Whether there may be watchlists of which not even the length is known yet."""
    return run.stage == "reading" and len(run.members) > 1


def _steps(run: Run) -> str:
    if not run.total:
        return ""
    return f"{run.done:,} of {'at least ' if _several_unread(run) else ''}{run.total:,}"


def _left(run: Run) -> str:
    if run.eta_seconds is None or run.status != "running" or _several_unread(run):
        return ""
    return time_left(run.eta_seconds)


def _quarter(run: Run) -> int:
    """The last of 25, 50 and 75 percent that this run has passed in looking films up, else 0."""
    return min(75, run.percent // 25 * 25)
