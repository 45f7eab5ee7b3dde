"""`marquee openapi`: the description of the API, for what is generated from it."""

import click
import msgspec

from api.app import create_app
from api.openapi import openapi_document
from api.settings import Settings

UNVERSIONED = "0"


@click.command()
def openapi() -> None:
    """Print the description of the API (OpenAPI 3.1), as it is where API_KEY is set.

    Reads no settings. A running Marquee has its own at /api/v1/openapi.json.
    """
    click.echo(described(), nl=False)


def described() -> str:
    """The document, the same for as long as no route changes: sorted, and without a version."""
    settings = Settings(letterboxd_username=("owner",), tmdb_api_key="none", api_key="set")
    document = openapi_document(create_app(settings))
    document["info"]["version"] = UNVERSIONED
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2).decode() + "\n"
