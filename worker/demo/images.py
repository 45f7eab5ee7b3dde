"""TMDB's image host: posters and logos drawn as SVG, whatever their paths end in."""

from html import escape
from textwrap import wrap

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from worker.demo import dice
from worker.demo.model import Provider, Title
from worker.demo.refusals import refusal
from worker.demo.responses import Refused
from worker.demo.situation import Situation

PALETTES = (
    ("#1d3557", "#f1faee", "#e63946"), ("#264653", "#f4e9cd", "#e9c46a"), ("#2b2d42", "#edf2f4", "#ef233c"),
    ("#3d2c2e", "#f6e8d5", "#d98e5f"), ("#f2e9de", "#2f2a26", "#c8553d"), ("#e8ece4", "#26413c", "#6a9c78"),
    ("#22223b", "#f2e9e4", "#c9ada7"), ("#f6f1d1", "#0b2027", "#40798c"), ("#5f0f40", "#fff3e2", "#fb8b24"),
    ("#0f4c5c", "#f7ede2", "#f6bd60"), ("#efe9f4", "#2d1e4f", "#8a6fbf"), ("#13262f", "#e8f1f2", "#73ba9b"),
    ("#fae3d9", "#3a1f26", "#bb4430"), ("#1b1b1e", "#f5f0e6", "#d0a85c"),
)  # fmt: skip
SHAPES = ("sun", "bands", "arcs", "window", "hills", "dots")
LINE_HEIGHT = 1.12


@get("/{size:str}/{name:str}", cache_control=None)
async def image(size: FromPath[str], name: FromPath[str], situation: NamedDependency[Situation]) -> Response[str]:
    """The poster or logo with this path; the size is only the one it is shown in."""
    drawing = situation.world.drawings.get(f"/{name}")
    if drawing is None:
        raise Refused(refusal("missing", "images"))
    svg = poster(drawing) if isinstance(drawing, Title) else logo(drawing)
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})


def poster(title: Title) -> str:
    """A typographic poster, 2 by 3; its colours and shapes follow from the title."""
    paper, ink, accent = dice.pick(f"palette:{title.key}", PALETTES)
    name = title.other_titles[0] if title.other_titles else title.title
    size = 44 if max(map(len, name.split())) < 10 and len(name) < 34 else 34
    lines = wrap(name, width=int(430 / (size * 0.55)))[:7]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 750" role="img">'
        f"<title>{escape(name)}</title>"
        f'<rect width="500" height="750" fill="{paper}"/>{_shape(title, accent, ink)}'
        f'<rect x="36" y="{682 - int(len(lines) * size * LINE_HEIGHT) - size}" width="56" height="5" fill="{accent}"/>'
        f'<g fill="{ink}" font-family="Georgia, \'Times New Roman\', serif">{_lines(lines, size)}'
        f'<text x="36" y="716" font-size="19" letter-spacing="1" opacity="0.8">{escape(_credit(title))}</text>'
        "</g></svg>"
    )


def logo(provider: Provider) -> str:
    """A square badge in the brand's colours with its initials."""
    paper, ink = provider.colours
    words = provider.name.replace("+", " +").split()
    text = "".join(word[0] for word in words)[:3] if len(words) > 1 else provider.name[:1]
    text = provider.name if len(provider.name) <= 4 else text
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" role="img">'
        f'<title>{escape(provider.name)}</title><rect width="100" height="100" fill="{paper}"/>'
        f'<text x="50" y="50" dy="0.36em" text-anchor="middle" fill="{ink}" font-size="{30 if len(text) > 2 else 48}" '
        f'font-weight="700" font-family="Helvetica, Arial, sans-serif">{escape(text)}</text></svg>'
    )


def _lines(lines: list[str], size: int) -> str:
    top = 680 - (len(lines) - 1) * size * LINE_HEIGHT
    return "".join(
        f'<text x="36" y="{top + index * size * LINE_HEIGHT:.0f}" font-size="{size}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )


def _credit(title: Title) -> str:
    return " · ".join(part for part in (title.directors[0] if title.directors else "", title.date[:4]) if part)


def _shape(title: Title, accent: str, ink: str) -> str:
    """The picture above the title."""
    kind, turn = dice.pick(f"shape:{title.key}", SHAPES), dice.number(f"turn:{title.key}", 100)
    if kind == "sun":
        return f'<circle cx="{150 + turn * 2}" cy="{190 + turn}" r="{110 + turn // 2}" fill="{accent}"/>'
    if kind == "bands":
        rows = ((60 + index * 58, 0.25 + index * 0.15) for index in range(6))
        return "".join(
            f'<rect x="36" y="{y}" width="{428 - y // 3}" height="34" fill="{accent}" opacity="{fade:.2f}"/>'
            for y, fade in rows
        )
    if kind == "arcs":
        radii = range(60, 261, 50)
        return "".join(
            f'<circle cx="{turn * 5}" cy="90" r="{radius}" fill="none" stroke="{accent}" stroke-width="16"/>'
            for radius in radii
        )
    if kind == "window":
        frame = f'<rect x="120" y="70" width="260" height="320" rx="130" fill="{accent}"/>'
        return frame + f'<circle cx="{190 + turn}" cy="210" r="42" fill="{ink}" opacity="0.85"/>'
    if kind == "hills":
        moon = f'<circle cx="{110 + turn * 3}" cy="120" r="46" fill="{ink}" opacity="0.75"/>'
        return (
            moon + f'<path d="M0 {330 - turn} Q150 {180 + turn} 290 330 T500 {270 + turn} V430 H0Z" fill="{accent}"/>'
        )
    dots = ((column, line) for column in range(6) for line in range(5))
    circles = "".join(
        f'<circle cx="{70 + column * 72}" cy="{90 + line * 72}" r="{8 + (column * line * 7 + turn) % 22}"/>'
        for column, line in dots
    )
    return f'<g fill="{accent}">{circles}</g>'


router = Router("/tmdb/t/p", route_handlers=[image])
