"""Whole answers, kept for as long as they hold, so that what was asked before is neither read nor rendered again.

A route says by its `opt` what its answers follow from. One that was made from a version of the data holds until there
is another; one that also follows from the time holds until the minute is over. The version is read before the data is:
an answer may know more than its version tells, and never less.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import Headers
from litestar.datastructures import State as ApplicationState
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.conditional import TAG, is_known, knows
from api.errors import Unavailable
from api.headers import NOT_KEPT, OF_THE_MOMENT

FOLLOWS = "follows"
"""In the `opt` of a route: from what its answers follow. Without it, none of them is kept."""
FROM_DATA = "data"
FROM_DATA_AND_TIME = "data and time"

VARYING = (b"host", b"accept", b"x-api-key", b"authorization", b"x-marquee-page")
"""The headers of a request that an answer may differ by. Who names no key gets nothing of who does."""
MEGABYTES = 32
LARGEST = 1024 * 1024
ABOUT_BODIES = (b"content-length", b"content-encoding", b"content-type")

Key = tuple[Any, ...]
Clock = Callable[[], float]


class State(msgspec.Struct, frozen=True):
    """What answers are made from: a version of the data, and a minute."""

    version: int
    minute: int


class Answer(msgspec.Struct, frozen=True):
    """An answer as it was sent, to whom has nothing of it yet; `minute` is None where the time does not matter.

    `route` is the template of its path.
    """

    route: str
    version: int
    minute: int | None
    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: str
    last_modified: str | None

    def holds(self, state: State) -> bool:
        return self.version == state.version and self.minute in (None, state.minute)


class Answers:
    """The answers of one process, those asked for last; together they are at most so many megabytes."""

    def __init__(self, megabytes: int = MEGABYTES, clock: Clock = time.time) -> None:
        self.secret = secrets.token_hex(8)
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._room = megabytes * 1024 * 1024
        self._clock = clock

    def minute(self) -> int:
        return int(self._clock() // 60)

    def find(self, key: Key, state: State) -> Answer | None:
        answer = self._kept.get(key)
        if answer is None:
            return None
        if not answer.holds(state):
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return answer

    def keep(self, key: Key, answer: Answer) -> None:
        if len(answer.body) > LARGEST:
            return
        self._forget(key)
        self._kept[key] = answer
        self._room -= len(answer.body)
        while self._room < 0:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        if answer := self._kept.pop(key, None):
            self._room += len(answer.body)

    def tag(self, scope: Scope, state: State, *, of_minute: bool = False) -> str:
        """The weak tag of what this request is answered from this state; nothing else has it, on no other start.

        `of_minute`: where the time decides too.
        """
        minute = state.minute if of_minute else None
        made_from = repr((self.secret, state.version, minute, *_asked(scope)[:-1]))
        return f'W/"{hashlib.blake2b(made_from.encode(), digest_size=12).hexdigest()}"'


def remembering(app: ASGIApp, resources: ApplicationState) -> ASGIApp:
    """`app`, where its answers are kept; they, and the database that they are made from, are among its resources."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        may_be_kept = scope.get("method") == "GET" and not scope["path"].startswith(OF_THE_MOMENT)
        state = await _state(resources) if may_be_kept else None
        if state is None:
            await app(scope, receive, send)
            return
        answers: Answers = resources.answers
        key = _asked(scope)
        if kept := answers.find(key, state):
            scope["path_template"] = kept.route
            await _send(kept, scope, send)
            return
        scope["state"]["answers"] = answers, state
        await app(scope, receive, _recording(answers, key, state, scope, send))

    return answer


async def answer_who_knows(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Before a handler is called: tell a caller that has the answer so, where the version of the data is enough.

    `TAG` in the request's state is the tag of its answer, for `ConditionalResponse`.
    """
    if request.route_handler.opt.get(FOLLOWS) != FROM_DATA or "answers" not in request.scope["state"]:
        return None
    answers, state = request.scope["state"]["answers"]
    tag = request.scope["state"][TAG] = answers.tag(request.scope, state)
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or not knows(known, tag):
        return None
    return Response(b"", status_code=304, headers={"etag": tag})


def tag_of_file(scope: Scope) -> str | None:
    """The tag of an answer that is sent while it is made; None where the database does not tell its version."""
    known: str | None = scope["state"].get(TAG)
    if known or "answers" not in scope["state"]:
        return known
    answers, state = scope["state"]["answers"]
    return str(answers.tag(scope, state, of_minute=True))


async def _state(resources: ApplicationState) -> State | None:
    """None where the database does not tell: then whoever is asked says what is wrong."""
    try:
        return State(await resources.database.version(), resources.answers.minute())
    except Unavailable:
        return None


def _asked(scope: Scope) -> Key:
    """All that an answer may differ by; the last is whether it may be packed, which its tag does not tell."""
    varying = tuple(each for each in scope["headers"] if each[0] in VARYING)
    takes_gzip = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
    return scope["scheme"], scope.get("root_path", ""), scope["path"], scope["query_string"], varying, takes_gzip


def _recording(
    answers: Answers, key: Key, state: State, scope: Scope, send: Send
) -> Callable[[Message], Awaitable[None]]:
    """`send`, where an answer that may be kept is kept as well."""
    start: dict[str, Any] = {}

    async def record(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            _keep(answers, key, state, scope, start, message["body"])
        await send(message)

    return record


def _keep(answers: Answers, key: Key, state: State, scope: Scope, start: dict[str, Any], body: bytes) -> None:
    follows = scope["route_handler"].opt.get(FOLLOWS) if "route_handler" in scope else None
    headers = [(bytes(name).lower(), bytes(value)) for name, value in start.pop("headers", [])]
    found = dict(headers)
    is_whole = start.get("status") == 200 and int(found.get(b"content-length", b"-1")) == len(body)
    if follows is None or not is_whole or found.get(b"cache-control") == NOT_KEPT.encode():
        return
    minute = None if follows == FROM_DATA else state.minute
    tag = found.get(b"etag", b"").decode("latin-1")
    last_modified = found[b"last-modified"].decode("latin-1") if b"last-modified" in found else None
    answers.keep(key, Answer(scope["path_template"], state.version, minute, headers, body, tag, last_modified))


async def _send(kept: Answer, scope: Scope, send: Send) -> None:
    status, headers, body = 200, kept.headers, kept.body
    if _is_conditional(scope) and is_known(Headers.from_scope(scope), kept.tag, kept.last_modified):
        status, headers, body = 304, [each for each in kept.headers if each[0] not in ABOUT_BODIES], b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _is_conditional(scope: Scope) -> bool:
    return any(name in (b"if-none-match", b"if-modified-since") for name, _ in scope["headers"])
