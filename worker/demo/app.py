"""The demo's composition root: a Letterboxd at `/`, a TMDB at `/tmdb`, its images at `/tmdb/t/p`, and `/_demo`."""

from litestar import Litestar
from litestar.di import Provide

from worker.demo import control, images, letterboxd, list_control, members_pages, tmdb, tmdb_lists
from worker.demo.faults import FaultLayer, Faults, SituationHolder
from worker.demo.responses import exception_handlers
from worker.demo.situation import Situation
from worker.demo.traffic import Traffic
from worker.demo.world import World

__all__ = ["create_demo"]


def create_demo(world: World | None = None) -> Litestar:
    """The built-in outside world as one app; by default the ordinary one of some 600 films."""
    holder = SituationHolder(Situation(world or World.ordinary()))
    faults, traffic = Faults(), Traffic()

    def situation() -> Situation:
        return holder.situation

    app = Litestar(
        route_handlers=[
            *letterboxd.handlers,
            *members_pages.handlers,
            tmdb.router,
            tmdb_lists.router,
            *tmdb_lists.pages,
            images.router,
            control.router,
            list_control.router,
        ],
        dependencies={
            "situation": Provide(situation, sync_to_thread=False),
            "holder": Provide(lambda: holder, sync_to_thread=False),
            "faults": Provide(lambda: faults, sync_to_thread=False),
            "traffic": Provide(lambda: traffic, sync_to_thread=False),
        },
        exception_handlers=exception_handlers,
        openapi_config=None,
        logging_config=None,
    )
    app.state.holder = holder
    app.asgi_handler = FaultLayer(app.asgi_handler, faults, traffic, holder)
    return app
