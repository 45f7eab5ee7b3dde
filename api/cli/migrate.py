"""`marquee migrate`: the database to its newest revision, and nothing else."""

import asyncio
import os

import click

from api.db.migrate import head_revision, upgrade
from api.settings import load_some


@click.command()
def migrate() -> None:
    """Bring the database to the newest revision.

    Needs DATABASE_URL and no other setting. An SQLite file is copied before it is changed. `marquee up` does this
    by itself.
    """
    asyncio.run(upgrade(load_some(["DATABASE_URL"], os.environ).database_url))
    click.echo(f"The database is at revision {head_revision()}.")
