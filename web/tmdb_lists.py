"""The lists on TMDB that follow a member, without any markup: how they stand, and what a sync does or would do."""

from collections.abc import Sequence

import msgspec

from web.links import TMDB, web_address
from web.tmdb_shapes import SyncedList, TmdbAccount, TmdbApproval, TmdbList, TmdbSync, TmdbTitle, Unmatched
from web.words import Clock, Moment, count

TOP_RATED = "top_rated"
KINDS = {TOP_RATED: "From films rated and liked", "watchlist": "From the watchlist", "films": "From a filter of films"}
BADGES = {
    "waiting": ("calm", "Not synced yet"),
    "running": ("calm", "Being synced"),
    "succeeded": ("good", "In step"),
    "partial": ("fair", "Partly in step"),
    "failed": ("bad", "Sync failed"),
}


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """One list: `id` 0 where nobody ever had it synced, `about` is what it follows and how much is on it."""

    id: int
    name: str
    url: str | None
    about: list[str]
    tone: str
    badge: str
    synced: Moment | None
    message: str
    unmatched: list[Unmatched]


class Title(msgspec.Struct, frozen=True):
    name: str
    url: str


class Change(msgspec.Struct, frozen=True):
    """Titles that come or go, below what is said of them."""

    words: str
    titles: list[Title]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync did to one list, or would do."""

    name: str
    url: str | None
    tone: str
    summary: str
    message: str
    changes: list[Change]
    unmatched: list[Unmatched]
    failed: list[str]


class Syncing(msgspec.Struct, frozen=True, kw_only=True):
    """One run: while it is `active` how far it is, `max` None while nobody knows; then what became of each list."""

    id: int
    active: bool
    dry_run: bool
    stage: str
    done: int
    max: int | None
    message: str
    reports: list[Report]


class Approval(msgspec.Struct, frozen=True):
    """Where to approve Marquee on TMDB, and until when."""

    url: str
    until: Moment


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`pending`: an approval was asked for, and may have been given."""

    enabled: bool
    connected: bool
    can_approve: bool
    pending: bool
    message: str


def account_of(account: TmdbAccount, clock: Clock) -> Account:
    return Account(
        enabled=account.enabled,
        connected=account.connected,
        can_approve=account.can_approve,
        pending=account.pending_until is not None and account.pending_until > clock.now,
        message=account.message or "",
    )


def approval_of(approval: TmdbApproval, clock: Clock) -> Approval | None:
    url = web_address(approval.url)
    return Approval(url, clock.future(approval.expires_at)) if url else None


def shelves(lists: Sequence[TmdbList], member: str, clock: Clock) -> list[Shelf]:
    """The lists of this member; the one of top-rated films can be had before there is any."""
    own = [_shelf(each, clock) for each in lists if each.member == member]
    if any(each.member == member and each.kind == TOP_RATED for each in lists):
        return own
    tone, badge = BADGES["waiting"]
    name = f"{member}’s Top Rated Movies"
    first = Shelf(
        id=0,
        name=name,
        url=None,
        about=[KINDS[TOP_RATED]],
        tone=tone,
        badge=badge,
        synced=None,
        message="",
        unmatched=[],
    )
    return [first, *own]


def _shelf(each: TmdbList, clock: Clock) -> Shelf:
    tone, badge = BADGES.get(each.state, ("fair", each.state))
    return Shelf(
        id=each.id,
        name=each.name,
        url=web_address(each.url),
        about=[KINDS.get(each.kind, each.kind), *([count(each.items, "title")] if each.items is not None else [])],
        tone=tone,
        badge=badge,
        synced=clock.past(each.last_synced_at) if each.last_synced_at else None,
        message=each.message or "",
        unmatched=each.not_matched,
    )


def order_of(lists: Sequence[TmdbList], list_id: int, member: str, *, dry_run: bool) -> dict[str, object]:
    """What to ask of the API so that this list is synced as it is kept; 0 means the list of top-rated films."""
    kept = next((each for each in lists if each.id == list_id and each.member == member), None)
    order: dict[str, object] = {"members": [member], "kind": TOP_RATED, "mode": "mirror", "dry_run": dry_run}
    if kept is None:
        return order
    names = ("kind", "name", "description", "public", "query", "mode", "limit", "sort_by", "sort_order")
    return order | {name: value for name in names if (value := getattr(kept, name)) is not None}


def syncing(sync: TmdbSync) -> Syncing:
    return Syncing(
        id=sync.id,
        active=sync.active,
        dry_run=sync.dry_run,
        stage=_stage(sync),
        done=min(sync.done, sync.total),
        max=sync.total or None,
        message=sync.message or "",
        reports=[] if sync.active else [_report(each, dry_run=sync.dry_run) for each in sync.lists],
    )


def _stage(sync: TmdbSync) -> str:
    if sync.state == "queued":
        return "Waiting to start"
    return "Comparing with TMDB" if sync.dry_run else "Syncing with TMDB"


def spoken(sync: Syncing) -> str:
    """What a screen reader says now."""
    if sync.active:
        return f"{sync.stage}."
    return " ".join(report.summary for report in sync.reports) or sync.message


def _report(each: SyncedList, *, dry_run: bool) -> Report:
    changes = [
        Change(f"{'To add' if dry_run else 'Added'} ({each.added:,})", _titles(each.additions)),
        Change(f"{'To remove' if dry_run else 'Removed'} ({each.removed:,})", _titles(each.removals)),
    ]
    return Report(
        name=each.name,
        url=web_address(each.url),
        tone=BADGES.get(each.state, ("fair", ""))[0],
        summary="" if each.state == "failed" else _summary(each, dry_run=dry_run),
        message=each.message or "",
        changes=[change for change in changes if change.titles],
        unmatched=each.not_matched,
        failed=[f"{film.title}: {film.message}" for film in each.failed],
    )


def _summary(each: SyncedList, *, dry_run: bool) -> str:
    """
    >>> done = SyncedList(member="ana", name="Best", state="succeeded", added=2, kept=1)
    >>> _summary(done, dry_run=True), _summary(done, dry_run=False)
    ('2 titles to add, 1 stays.', '2 titles added, 1 stayed.')
    """
    verbs = ("to add", "to remove", "to move") if dry_run else ("added", "removed", "moved")
    numbers = (each.added, each.removed, each.reordered)
    told = [(number, verb) for number, verb in zip(numbers, verbs, strict=True) if number]
    if not told:
        return f"The list is as it should be: {count(each.kept, 'title')}, in order."
    stay = ("stays" if each.kept == 1 else "stay") if dry_run else "stayed"
    said = [
        f"{count(number, 'title') if not place else f'{number:,}'} {verb}" for place, (number, verb) in enumerate(told)
    ]
    return ", ".join([*said, *([f"{each.kept:,} {stay}"] if each.kept else [])]) + "."


def _titles(titles: Sequence[TmdbTitle]) -> list[Title]:
    return [
        Title(f"{each.title} ({each.year})" if each.year else each.title, f"{TMDB}/{each.media_type}/{each.tmdb_id}")
        for each in titles
    ]
