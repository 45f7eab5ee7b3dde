"""Decisions as a file: exporting and importing what persons decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from arq.connections import ArqRedis
from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from api import decision_file
from api.conditional import ConditionalResponse
from api.db import decisions
from api.db.chunks import in_chunks
from api.db.decisions import Choice, Intake
from api.db.engine import Database
from api.decision_file import CSV, JSON
from api.dependencies import LARGEST_ID
from api.problems import documented
from api.routes.matches import see_to
from api.schemas.matches import LID, ImportedDecisions, KeptDecisions

FileFormat = Annotated[Literal["json", "csv"], QueryParameter(name="format", description="What kind of file.")]
Replace = Annotated[
    bool,
    QueryParameter(description="Whether a row goes before another decision that stands here; default: it does not."),
]
LARGEST_FILE = 1024 * 1024
SAMPLE = "lid,media_type,tmdb_id\r\n2bFA,movie,1092\r\n"
TABLE = r"^lid,media_type,tmdb_id\r?\n([A-Za-z0-9]{1,12},((movie|tv),[1-9][0-9]{0,8}|,)\r?\n)*$"
MOST_AT_ONCE = 100
"""So many films are seen to at once after an import; more of them wait for the next refresh."""
FILE = {200: ResponseSpec(KeptDecisions, description="The decisions, by lid.", generate_examples=False)}


@dataclass
class FileOperation(Operation):
    """The documentation of a body that is taken in two kinds."""

    def __post_init__(self) -> None:
        nothing: Schema | Reference = Schema(type=OpenAPIType.NULL)
        media_type = Schema(type=OpenAPIType.STRING, enum=["movie", "tv"])
        tmdb_id = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=LARGEST_ID)
        title: dict[str, Schema | Reference] = {"media_type": media_type, "tmdb_id": tmdb_id}
        row = Schema(
            type=OpenAPIType.OBJECT,
            required=["lid"],
            properties={"lid": Schema(type=OpenAPIType.STRING, pattern=LID, examples=["2bFA"])},
            one_of=[
                Schema(required=[*title], properties=title),
                Schema(properties=dict.fromkeys(title, nothing)),
            ],
        )
        rows = Schema(type=OpenAPIType.ARRAY, items=row, max_items=decision_file.MOST_ROWS)
        file = Schema(type=OpenAPIType.OBJECT, required=["decisions"], properties={"decisions": rows})
        table = Schema(type=OpenAPIType.STRING, max_length=LARGEST_FILE, pattern=TABLE, examples=[SAMPLE])
        content = {
            JSON: OpenAPIMediaType(schema=file),
            CSV: OpenAPIMediaType(schema=table),
        }
        self.request_body = RequestBody(content=content, required=True)


@get("/", operation_id="exportDecisions", summary="Export decisions", responses=documented() | FILE)
async def export_decisions(
    database: NamedDependency[Database], file_format: FileFormat = "json"
) -> ConditionalResponse:
    """All decisions, under the codes that Letterboxd keeps for its films: a file to keep, to share and to import.

    As CSV its columns are `lid,media_type,tmdb_id`, the last two empty where there is no title on TMDB.
    """
    async with database.read() as db:
        found = await decisions.everything(db)
    headers = {"Content-Disposition": f'attachment; filename="marquee-decisions.{file_format}"'}
    if file_format == "csv":
        text = decision_file.to_csv(found)
        return ConditionalResponse(text, media_type=CSV, headers=headers)
    return ConditionalResponse(KeptDecisions(found), headers=headers)


@post(
    "/",
    operation_id="importDecisions",
    summary="Import decisions",
    status_code=200,
    operation_class=FileOperation,
    responses=documented(413, 415),
)
async def import_decisions(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    queue: NamedDependency[ArqRedis | None],
    replace: Replace = False,
) -> ImportedDecisions:
    """Make the decisions of an exported file, sent as `application/json` or `text/csv`: all of them, or none.

    A row that cannot be used is named by its line, and then nothing is imported. What was decided here stays, unless
    `replace` says otherwise. A decision for a film that Marquee does not know yet waits for it. Where the database went
    away in the middle (503), send the file again: what was made already counts as unchanged.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (JSON, CSV):
        raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE)
    wanted = decision_file.read(await request.body(), kind)
    intake = await _taken_in(database, wanted, replace=replace)
    queued = await see_to(queue, *intake.film_ids[:MOST_AT_ONCE])
    return ImportedDecisions(
        imported=len(intake.film_ids),
        unchanged=intake.unchanged,
        waiting=intake.waiting,
        kept=intake.kept,
        note=_note(intake, queued=queued),
    )


async def _taken_in(database: Database, wanted: Mapping[str, Choice], *, replace: bool) -> Intake:
    """Take a file in that was read to its end, in parts, so that other writers wait for one part at most."""
    intake, now = Intake(), datetime.now(UTC)
    for part in in_chunks(list(wanted.items())):
        async with database.write() as db:
            intake += await decisions.take_in(db, dict(part), replace=replace, now=now)
    return intake


def _note(intake: Intake, *, queued: bool) -> str:
    if not intake.film_ids:
        return "No film changed."
    if not queued:
        return "The queue (Valkey or Redis) does not answer, so the next refresh reads what TMDB says of these films."
    if len(intake.film_ids) > MOST_AT_ONCE:
        return f"Marquee reads what TMDB says of {MOST_AT_ONCE} of these films now, of the others at the next refresh."
    return "Marquee reads what TMDB says of these films now."


decisions_router = Router("/matches/decisions", route_handlers=[export_decisions, import_decisions], tags=["matches"])
