"""The controls of TMDB's lists below /_demo/tmdb-lists."""

from typing import Literal

import msgspec
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from worker.demo.lists import ACCOUNT, Key, TmdbList
from worker.demo.situation import Situation


class Behaviour(msgspec.Struct):
    """What is to be different of lists; what is absent stays."""

    suspects_spam: bool | None = None
    always_public: bool | None = None
    refused: list[Key] | None = None


class NewList(msgspec.Struct):
    """A list that somebody makes by hand."""

    name: str
    owner: str = ACCOUNT
    description: str = ""
    public: bool = True
    items: list[Key] = msgspec.field(default_factory=list)


class HandMade(msgspec.Struct):
    """What a person does to a list."""

    action: Literal["add", "remove", "give"]
    items: list[Key] = msgspec.field(default_factory=list)
    to: str = ACCOUNT


class AllLists(msgspec.Struct):
    """Every list that there is."""

    lists: list[TmdbList]


@get("/")
async def read_lists(situation: NamedDependency[Situation]) -> AllLists:
    """Every list as it is now."""
    return AllLists([*situation.lists.lists.values()])


@post("/")
async def make_list(data: JSONBody[NewList], situation: NamedDependency[Situation]) -> TmdbList:
    """A list that Marquee did not make."""
    made = situation.lists.create(data.owner, data.name, data.description, public=data.public)
    situation.lists.add(made, data.items)
    return made


@post("/{list_id:int}", status_code=204)
async def change_list(list_id: FromPath[int], data: JSONBody[HandMade], situation: NamedDependency[Situation]) -> None:
    """Change a list by hand, or give it to another account."""
    changed = _known(situation, list_id)
    if data.action == "add":
        situation.lists.add(changed, data.items)
    elif data.action == "remove":
        situation.lists.remove(changed, data.items)
    else:
        changed.owner = data.to


@delete("/{list_id:int}")
async def delete_list(list_id: FromPath[int], situation: NamedDependency[Situation]) -> None:
    """Let a list be gone."""
    del situation.lists.lists[_known(situation, list_id).id]


@post("/behaviour", status_code=204)
async def behave(data: JSONBody[Behaviour], situation: NamedDependency[Situation]) -> None:
    """Suspect spam in every new list, make all of them public, or refuse titles."""
    if data.suspects_spam is not None:
        situation.lists.suspects_spam = data.suspects_spam
    if data.always_public is not None:
        situation.lists.always_public = data.always_public
    if data.refused is not None:
        situation.lists.refused = set(data.refused)


@post("/approve", status_code=204)
async def approve_all(situation: NamedDependency[Situation]) -> None:
    """Approve whatever waits for it."""
    for name in situation.lists.approvals:
        situation.lists.approve(name)


def _known(situation: Situation, list_id: int) -> TmdbList:
    if list_id not in situation.lists.lists:
        raise NotFoundException(f"no list {list_id}")
    return situation.lists.lists[list_id]


router = Router(
    "/_demo/tmdb-lists", route_handlers=[read_lists, make_list, change_list, delete_list, behave, approve_all]
)
