"""Where Letterboxd sends a path that is not written its way."""

from worker.demo.situation import Situation


def canonical(path: str, situation: Situation) -> str:
    """The path with a trailing slash, the member's present name in lower case and the film's present slug."""
    parts = path.strip("/").split("/")
    if not parts[0] or "." in parts[-1]:
        return path
    if parts[0] == "film" and len(parts) > 1:
        parts[1] = situation.world.renamed.get(parts[1], parts[1])
    elif parts[0].lower() in situation.world.members:
        name = parts[0].lower()
        parts[0] = situation.renamed.get(name, name)
    return "/" + "/".join(parts) + "/"
