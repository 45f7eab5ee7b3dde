"""`marquee completion`: the script by which a shell completes the other commands."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what completes `marquee` in a shell.

    \b
    bash  eval "$(marquee completion bash)"     in ~/.bashrc
    zsh   eval "$(marquee completion zsh)"      in ~/.zshrc
    fish  marquee completion fish | source      in ~/.config/fish/config.fish
    """
    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101
    click.echo(complete(ctx.find_root().command, {}, "marquee", "_MARQUEE_COMPLETE").source())
