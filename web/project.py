"""Where Marquee itself is at home."""

from importlib.metadata import metadata


def project_address(path: str = "") -> str:
    """The address of the project, or of a file of it."""
    home = metadata("marquee")["Project-URL"].partition(", ")[2]
    return f"{home}/blob/HEAD/{path}" if path else home
