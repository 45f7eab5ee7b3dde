"""`marquee notify`: a test of where news go, the log of what became of them, and another try."""

import time
from collections.abc import Iterable

import click

from api.cli.client import Api, Refused
from api.cli.exits import WRONG, ClientGroup
from api.cli.output import spoken
from api.schemas.notifications import Delivery, NotificationTest
from api.schemas.pages import Page

LOOK_EVERY = 0.2
PATIENCE_SECONDS = 75.0
SHOWN = 20
NOWHERE_TO_SEND = 409
SAID = {
    "pending": "waits",
    "sending": "is being sent",
    "sent": "sent",
    "failed": "not sent",
    "unknown": "perhaps sent",
}


class Number(click.ParamType[int]):
    """The number of a delivery, as it stands in the log."""

    name = "number"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not str(value).isdecimal() or int(value) < 1:
            self.fail(f"{value!r} is not the number of a delivery; `marquee notify log` shows them.", param, ctx)
        return int(value)


@click.group(cls=ClientGroup)
def notify() -> None:
    """Try out where news go, and see what became of them.

    These commands ask a running Marquee; they need API_URL where it does not run here, and API_KEY where one is set.
    """


@notify.command()
@click.pass_context
def test(ctx: click.Context) -> None:
    """Send a test to every address of NOTIFY_URLS.

    Exits with 0 when all of them took it, with 1 when one did not, and with 2 when the settings are wrong.
    """
    with Api() as api:
        try:
            ordered = api.post("/notifications/test", NotificationTest)
        except Refused as refused:
            if refused.status == NOWHERE_TO_SEND:
                refused.exit_code = WRONG
            raise
        ctx.exit(_outcome(api, [api.get(f"/deliveries/{each}", Delivery) for each in ordered.deliveries]))


@notify.command()
@click.argument("delivery", type=Number())
@click.pass_context
def retry(ctx: click.Context, delivery: int) -> None:
    """Send a delivery again; its number stands in the log.

    One that was perhaps sent may then arrive twice. Exits with 0 when it was sent, and with 1 when it was not.
    """
    with Api() as api:
        ctx.exit(_outcome(api, [api.post(f"/deliveries/{delivery}/retry", Delivery)]))


@notify.command()
def log() -> None:
    """Show what became of the last news, newest first: number, time, where to, and why not."""
    with Api() as api:
        found = api.get("/deliveries", Page[Delivery], page_size=SHOWN)
    if not found.items:
        click.echo("Nothing was sent so far.")
    for delivery in found.items:
        moment = spoken(delivery.tried_at or delivery.created_at)
        click.echo(f"{delivery.id:>5}  {moment}  {_said(delivery)}  | {delivery.title}")


def _outcome(api: Api, begun: Iterable[Delivery]) -> int:
    """The exit code, once each of these has been tried once more; says how each went."""
    ended = [_tried(api, delivery) for delivery in begun]
    for delivery in ended:
        click.echo(_said(delivery), err=delivery.status != "sent")
    return 0 if all(delivery.status == "sent" for delivery in ended) else 1


def _tried(api: Api, begun: Delivery) -> Delivery:
    """The delivery after its next attempt, or as it is when patience is at its end."""
    deadline, delivery = time.monotonic() + PATIENCE_SECONDS, begun
    while not _is_tried(delivery, begun.attempts) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
        delivery = api.get(f"/deliveries/{begun.id}", Delivery)
    return delivery


def _is_tried(delivery: Delivery, attempts: int) -> bool:
    return delivery.attempts > attempts if delivery.status == "pending" else delivery.status != "sending"


def _said(delivery: Delivery) -> str:
    """One line for a person; what waits for its next attempt says when that is."""
    words = f"{delivery.target_name}: {SAID[delivery.status]}"
    if delivery.status == "pending" and delivery.attempts and delivery.next_try_at:
        words = f"{delivery.target_name}: not sent, next try at {spoken(delivery.next_try_at)}"
    return f"{words}. {delivery.reason}" if delivery.reason else f"{words}."
