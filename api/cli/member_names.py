"""Members as the commands name them, and those of whom nothing was read so far."""

import re
from urllib.parse import quote

import click
from click.shell_completion import CompletionItem

from api.cli.client import LARGEST_PAGE, Api, Reply
from api.cli.exits import TOO_EARLY, CommandError
from api.errors import MarqueeError
from api.schemas.members import USERNAME, Member
from api.schemas.pages import Page
from api.schemas.refreshes import Refresh

COMPLETION_SECONDS = 3.0


class MemberName(click.ParamType[str]):
    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(USERNAME, value):
            self.fail(f"{value!r} is no name on Letterboxd: those have 1 to 40 letters, digits, _ and -.", param, ctx)
        return value.lower()

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Those that Marquee follows; none where it does not answer at once."""
        try:
            with Api(timeout=COMPLETION_SECONDS) as api:
                followed = api.get("/members", Page[Member], page_size=LARGEST_PAGE).items
        except MarqueeError:
            return []
        return [CompletionItem(each.username) for each in followed if each.username.startswith(incomplete)]


class NotReadYet(CommandError):
    """The API cannot tell yet: a refresh reads the member now."""

    code = "not_read_yet"
    exit_code = TOO_EARLY

    def __init__(self, username: str, run: Refresh) -> None:
        super().__init__(
            f"Marquee has not read {username} yet: refresh {run.id} does. "
            f"Wait for it: marquee refresh --run {run.id} --watch"
        )


member_argument = click.argument("username", metavar="NAME", type=MemberName())
member_option = click.option(
    "--member", "members", metavar="NAME", type=MemberName(), multiple=True, help="One member; can be given again."
)


def path_of(username: str, rest: str = "") -> str:
    return f"/members/{quote(username, safe='')}{rest}"


def demand_read(reply: Reply, username: str) -> None:
    """Raises NotReadYet where the answer is the run to wait for."""
    if reply.accepted:
        raise NotReadYet(username, reply.read(Refresh))
