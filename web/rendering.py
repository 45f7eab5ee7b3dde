"""Templates: how they are found, and the few names that all of them know."""

from hashlib import sha384
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar.plugins.jinja import JinjaTemplateEngine

from web import words
from web.pages.requests import root_of

HERE = Path(__file__).parent
STATIC = HERE / "static"
HTMX_CONFIG = (
    '{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,'
    '"historyCacheSize":0,"refreshOnHistoryMiss":true,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
    '{"code":"[45]..","swap":true,"error":true,"target":"#flash","swapOverride":"innerHTML"}]}'
)


@pass_context
def url(context: Context, path: str) -> str:
    """`path` of this site below the prefix that it is served under."""
    return root_of(context["request"]) + path


@pass_context
def is_here(context: Context, path: str) -> bool:
    """Whether the page that is written is the one at `path`."""
    return bool(context["request"].scope["path"] == path)


def template_engine() -> JinjaTemplateEngine:
    """The engine of this process; static files are named with a part of their hash, so browsers may keep them."""
    stamps = {
        path.relative_to(STATIC).as_posix(): sha384(path.read_bytes()).hexdigest()[:10]
        for path in STATIC.rglob("*")
        if path.is_file()
    }

    @pass_context
    def asset(context: Context, name: str) -> str:
        return url(context, f"/static/{name}?v={stamps[name]}")

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names: dict[str, Any] = {"url": url, "is_here": is_here, "asset": asset, "count": words.count}
    environment.globals.update(names, htmx_config=HTMX_CONFIG)
    return JinjaTemplateEngine(engine_instance=environment)
