"""What the page says about the state of a source."""

from hashlib import blake2s

import msgspec

from web.shapes import Member, Source
from web.words import MINUTE, Clock, Moment, count

TONES = ("problem", "warning", "calm")


class Notice(msgspec.Struct, kw_only=True):
    """`tone` is problem, warning or calm; `words` are paragraphs, `times` stand as (what, when) below them.

    `members` are (name, why) of others whom it concerns. `failures` are lines to unfold: below `failures_words`,
    or with all the words below the title where there are none.
    """

    tone: str
    title: str
    words: list[str] = []
    times: list[tuple[str, Moment]] = []
    link: tuple[str, str] | None = None
    members: list[tuple[str, str]] = []
    failures: list[str] = []
    failures_words: str = ""

    @property
    def key(self) -> str:
        """Differs whenever it says something else, apart from its times, so that an equal one can stay in the page."""
        said = (self.tone, self.title, self.words, self.members, self.failures)
        return blake2s(msgspec.json.encode(said), digest_size=8).hexdigest()


def by_weight(notices: list[Notice]) -> list[Notice]:
    """The worst first."""
    return sorted(notices, key=lambda notice: TONES.index(notice.tone))


def source_notice(source: Source | None, member: Member, clock: Clock, letterboxd: str) -> list[Notice]:
    """Why the watchlist may not be what Letterboxd shows now, and since when; nothing where it is."""
    if source is None or source.state in ("ok", "never"):
        return []
    notice = _described(source, member.username, clock, letterboxd)
    if member.watchlist and source.state != "stale":
        notice.words[0] = f"{notice.words[0]} Nothing was removed."
    notice.times = _times(source, clock)
    return [notice]


def _described(source: Source, name: str, clock: Clock, letterboxd: str) -> Notice:
    match source.state:
        case "stale":
            since = f" It was last read {clock.past(source.good_at).spoken}." if source.good_at else ""
            said = _sentence(source.message, "No refresh has succeeded for a while.")
            return Notice(tone="calm", title="This watchlist may be out of date", words=[f"{said}{since}"])
        case "incomplete":
            return Notice(tone="warning", title="Not the whole watchlist could be read", words=[_incomplete(source)])
        case "private":
            return Notice(
                tone="problem",
                title=f"The watchlist of {name} is private",
                words=[
                    f"Letterboxd shows it only to {name}, so Marquee cannot read it.",
                    "To let Marquee read it, set the watchlist to “Anyone” in Letterboxd’s privacy settings.",
                ],
                link=("Letterboxd settings", f"{letterboxd}/settings/"),
            )
        case "missing":
            return Notice(
                tone="problem",
                title=f"Letterboxd knows no member {name}",
                words=[f"Check the name in LETTERBOXD_USERNAME: it is the one in {letterboxd}/NAME/."],
            )
        case "changed":
            return Notice(
                tone="problem",
                title="Letterboxd changed its pages",
                words=["Marquee does not understand this watchlist any more. A newer version of it may."],
            )
    titles = {"blocked": "Letterboxd turned Marquee away", "rate_limited": "Letterboxd asked for a pause"}
    otherwise = {
        "blocked": "Letterboxd did not let Marquee read this watchlist.",
        "rate_limited": "Letterboxd asked Marquee to slow down.",
    }
    return Notice(
        tone="warning",
        title=titles.get(source.state, "Letterboxd could not be reached"),
        words=[_sentence(source.message, otherwise.get(source.state, "It gave no answer that Marquee could use."))],
    )


def _times(source: Source, clock: Clock) -> list[tuple[str, Moment]]:
    """When it was tried, since when it is like this, and before when it is not tried again by itself."""
    times: list[tuple[str, Moment]] = []
    if source.tried_at:
        times.append(("Tried", clock.past(source.tried_at)))
        if (source.tried_at - source.since).total_seconds() >= MINUTE:
            times.append(("like this since", clock.since(source.since)))
    if source.next_try_at and source.next_try_at > clock.now:
        times.append(("next try not before", clock.future(source.next_try_at)))
    return times


def _incomplete(source: Source) -> str:
    if source.got is None or source.expected is None:
        return _sentence(source.message, "Letterboxd did not show the whole watchlist.")
    return f"Letterboxd showed {source.got:,} of {count(source.expected, 'film')}."


def _sentence(said: str | None, otherwise: str) -> str:
    if not said:
        return otherwise
    return said if said.endswith((".", "!", "?")) else f"{said}."
