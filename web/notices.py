"""What the page says about the state of a source."""

from hashlib import blake2s

import msgspec

from web.shapes import Member, Source
from web.standings import state_of
from web.words import MINUTE, Clock, Moment

TONES = ("problem", "warning", "calm")
TONE_OF = {"bad": "problem", "fair": "warning"}
OF_PROFILES = {"missing": "This member was not found", "private": "This profile is private"}
MISSPELT = "If the name is misspelt, remove it on the page of members and add the right one there."


class Notice(msgspec.Struct, kw_only=True):
    """`tone` is problem, warning or calm; `words` are paragraphs, `times` stand as (what, when) below them.

    `members` are (name, why) of others whom it concerns. `failures` are lines to unfold: below `failures_words`,
    or with all the words below the title where there are none. `force`: a refresh that insists is offered.
    """

    tone: str
    title: str
    words: list[str] = []
    times: list[tuple[str, Moment]] = []
    link: tuple[str, str] | None = None
    members: list[tuple[str, str]] = []
    failures: list[str] = []
    failures_words: str = ""
    force: bool = False

    @property
    def key(self) -> str:
        """Differs whenever it says something else, apart from its times, so that an equal one can stay in the page."""
        said = (self.tone, self.title, self.words, self.members, self.failures, self.force)
        return blake2s(msgspec.json.encode(said), digest_size=8).hexdigest()


def by_weight(notices: list[Notice]) -> list[Notice]:
    """The worst first."""
    return sorted(notices, key=lambda notice: TONES.index(notice.tone))


def source_notice(source: Source | None, member: Member, clock: Clock, letterboxd: str) -> list[Notice]:
    """Why the watchlist may not be what Letterboxd shows now, and since when; nothing where it is."""
    if source is None or source.state in ("ok", "never"):
        return []
    state = state_of(source.state)
    notice = Notice(
        tone=TONE_OF[state.tone],
        title=state.title,
        words=[_reason(source, member, clock)],
        times=_times(source, clock),
        force=source.turned_away,
    )
    if source.advice:
        notice.words.append(source.advice)
    if source.state == "private":
        notice.link = ("Letterboxd settings", f"{letterboxd}/settings/")
    return [notice]


def member_notices(source: Source | None, member: Member, clock: Clock) -> list[Notice]:
    """Why a member's own page could not be read, `source` being what is known of it; nothing where it could."""
    if source is None or source.state in ("ok", "never", "stale"):
        return []
    state = state_of(source.state)
    advice = MISSPELT if source.state == "missing" and member.followed == "added" else source.advice
    notice = Notice(
        tone=TONE_OF[state.tone],
        title=OF_PROFILES.get(source.state, "The profile could not be read"),
        words=[words for words in (source.message, advice) if words],
        times=_times(source, clock),
        force=source.turned_away,
    )
    return [notice]


def _reason(source: Source, member: Member, clock: Clock) -> str:
    """What the API says of it; nobody is left to fear for what was known before."""
    if source.state == "stale":
        since = f" It was last read {clock.past(source.good_at).spoken}." if source.good_at else ""
        return f"No refresh has succeeded for a while.{since}"
    return " ".join(filter(None, (source.message, "Nothing was removed." if member.watchlist else "")))


def _times(source: Source, clock: Clock) -> list[tuple[str, Moment]]:
    """When it was tried, since when it is like this, and before when it is not tried again by itself."""
    times: list[tuple[str, Moment]] = []
    if source.tried_at:
        times.append(("Tried", clock.past(source.tried_at)))
        if (source.tried_at - source.since).total_seconds() >= MINUTE:
            times.append(("like this since", clock.since(source.since)))
    if source.next_try_at and source.next_try_at > clock.now:
        not_before = "not asked again before" if source.turned_away else "next try not before"
        times.append((not_before, clock.future(source.next_try_at)))
    return times
