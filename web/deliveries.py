"""What became of news, as its page shows it."""

from collections.abc import Sequence

import msgspec

from web.notification_shapes import Delivery, Rules, Target
from web.words import Clock, Moment, count

# status: tone, and what a badge says
BADGES = {
    "pending": ("calm", "Waiting"),
    "sending": ("calm", "Being sent"),
    "sent": ("good", "Sent"),
    "failed": ("bad", "Not sent"),
    "unknown": ("fair", "Perhaps sent"),
}
TRYING_AGAIN = ("fair", "Not sent yet")
UNDER_WAY = ("pending", "sending")
KINDS = {"arrived": "arrives", "left": "leaves"}
OFFERS = {"flatrate": "by subscription", "free": "for free", "ads": "with ads", "rent": "to rent", "buy": "to buy"}


# status of the last delivery: tone, and what the badge of its target says before the time
TARGET_BADGES = {"sent": ("good", "Worked"), "sending": ("calm", "Tried"), "unknown": ("fair", "Perhaps worked")}
FAILED = ("bad", "Failed")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One target: what its badge says, and `when` that was seen."""

    name: str
    tone: str
    badge: str
    when: Moment | None = None
    reason: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery: `next` says in words when or why not it is sent again, `retry` whether a person may ask for it."""

    id: int
    title: str
    target: str
    tone: str
    badge: str
    when: Moment
    reason: str
    next: Moment | None
    ended: str
    retry: str


def places_of(targets: Sequence[Target], clock: Clock) -> list[Place]:
    return [_place(target, clock) for target in targets]


def _place(target: Target, clock: Clock) -> Place:
    """What is known of a target: first whether it can be used at all, then how the last delivery to it went."""
    last = target.last_delivery
    if not target.ok:
        tone, badge = ("calm", "Not known") if target.ok is None else ("bad", "Cannot be used")
        return Place(name=target.name, tone=tone, badge=badge, reason=target.message or "")
    if last is None or last.tried_at is None:
        return Place(name=target.name, tone="calm", badge="Not tried yet")
    tone, badge = TARGET_BADGES.get(last.status, FAILED)
    when, reason = clock.past(last.sent_at or last.tried_at), last.reason or ""
    return Place(name=target.name, tone=tone, badge=badge, when=when, reason=reason)


def lines_of(deliveries: Sequence[Delivery], clock: Clock) -> list[Line]:
    return [_line(delivery, clock) for delivery in deliveries]


def is_under_way(deliveries: Sequence[Delivery], clock: Clock) -> bool:
    """Whether one is being sent or is about to be: the page is worth another look soon."""
    return any(_is_due(delivery, clock) for delivery in deliveries)


def rules_in_words(rules: Rules) -> str:
    """
    >>> rules_in_words(Rules(kinds=["arrived"], offers=["flatrate", "free"]))
    'Marquee tells what arrives by subscription or for free'
    """
    what = " and what ".join(KINDS.get(kind, kind) for kind in rules.kinds)
    return f"Marquee tells what {what} {_either([OFFERS.get(offer, offer) for offer in rules.offers])}"


def _line(delivery: Delivery, clock: Clock) -> Line:
    waits = delivery.status == "pending" and delivery.attempts > 0
    tone, badge = TRYING_AGAIN if waits else BADGES.get(delivery.status, ("calm", delivery.status))
    again = {"unknown": "Send it again", "failed": "Try again"}.get(delivery.status, "Try now" if waits else "")
    return Line(
        id=delivery.id,
        title=delivery.title,
        target=delivery.target_name,
        tone=tone,
        badge=badge,
        when=clock.past(delivery.sent_at or delivery.tried_at or delivery.created_at),
        reason=delivery.reason or "",
        next=clock.future(delivery.next_try_at) if waits and delivery.next_try_at else None,
        ended=_ended(delivery),
        retry=again,
    )


def _ended(delivery: Delivery) -> str:
    """Why Marquee does not send it by itself any more."""
    if delivery.status == "unknown":
        return "Marquee does not send it again by itself, so that nothing is told twice."
    if delivery.status == "failed" and delivery.attempts > 1:
        return f"Marquee gave up after {count(delivery.attempts, 'attempt')}."
    return ""


def _is_due(delivery: Delivery, clock: Clock) -> bool:
    return delivery.status in UNDER_WAY and (delivery.next_try_at is None or delivery.next_try_at <= clock.now)


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
