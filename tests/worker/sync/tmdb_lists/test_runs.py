"""Lists on TMDB that follow what members love: what is written, how often TMDB is asked, and what goes wrong."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.db import members, refreshes, sources, tmdb_syncs
from api.db.sources import SourceNews
from api.db.tables import source_states
from tests.drivers.database import fresh_database
from tests.drivers.upstream import Upstream
from tests.worker.sync.tmdb_lists.librarian import NOON, Librarian
from worker.demo.lists import STRANGER, token
from worker.demo.world import World
from worker.sync.tmdb_lists.runs import order_after, perform

NAME = "ana's Top Rated Movies"


@pytest.fixture(scope="session")
def world() -> World:
    return World.ordinary()


@pytest.fixture
async def librarian(tmp_path: Path, upstream: Upstream, world: World) -> AsyncIterator[Librarian]:
    async with fresh_database(tmp_path) as database:
        yield Librarian(database, upstream, world)


async def test_a_first_sync_makes_the_list_in_the_right_order(librarian: Librarian, upstream: Upstream) -> None:
    wanted = librarian.titles[:30][::-1]
    await librarian.loves("ana", wanted)
    found = await librarian.synced()
    assert (found.state, found.added, found.removed, found.message) == ("succeeded", 30, 0, None)
    assert (found.done, found.total) == (30, 30)
    [made] = await upstream.tmdb_lists()
    assert (made.name, made.public, made.items, made.id) == (NAME, True, wanted, found.tmdb_id)
    assert "ana" in made.description


async def test_a_second_sync_of_what_did_not_change_asks_once(librarian: Librarian, upstream: Upstream) -> None:
    await librarian.loves("ana", librarian.titles[:250])
    await librarian.sync("ana")
    await upstream.forget_requests()
    found = await librarian.synced()
    assert (found.state, found.kept, found.added, found.removed) == ("succeeded", 250, 0, 0)
    assert await upstream.requests("/4/") == found.requests == 1


async def test_a_list_that_was_changed_by_hand_is_read_and_set_right(librarian: Librarian, upstream: Upstream) -> None:
    wanted = librarian.titles[:25]
    await librarian.loves("ana", wanted)
    first = await librarian.synced()
    assert first.tmdb_id
    await upstream.change_list(first.tmdb_id, "remove", wanted[3])
    await upstream.change_list(first.tmdb_id, "add", wanted[3])
    assert await librarian.on_tmdb() != wanted
    again = await librarian.synced()
    assert (again.reordered, again.kept, again.added, again.removed) == (21, 4, 0, 0)
    assert await librarian.on_tmdb() == wanted


async def test_the_fewest_titles_are_written(librarian: Librarian) -> None:
    titles = librarian.titles
    await librarian.loves("ana", titles[:10])
    await librarian.sync("ana")
    await librarian.loves("ana", [*titles[:4], *titles[5:10], titles[20]])
    found = await librarian.synced()
    assert (found.kept, found.added, found.removed, found.reordered) == (9, 1, 1, 0)
    assert [(each.media_type, each.tmdb_id) for each in found.additions] == [titles[20]]
    assert [(each.media_type, each.tmdb_id) for each in found.removals] == [titles[4]]
    assert await librarian.on_tmdb() == [*titles[:4], *titles[5:10], titles[20]]


async def test_a_dry_run_says_what_would_be_changed_and_changes_nothing(
    librarian: Librarian, upstream: Upstream
) -> None:
    titles = librarian.titles
    await librarian.loves("ana", titles[:5])
    new = await librarian.synced(dry_run=True)
    assert (new.state, new.added, new.tmdb_id) == ("succeeded", 5, None)
    assert new.message == "The list is not on TMDB yet; it would be made."
    assert await upstream.tmdb_lists() == []
    await librarian.sync("ana")
    before = await upstream.tmdb_lists()
    await librarian.loves("ana", [titles[1], titles[0], titles[2], titles[9]])
    found = await librarian.synced(dry_run=True)
    assert [each.tmdb_id for each in found.additions] == [titles[9][1]]
    assert {each.tmdb_id for each in found.removals} == {titles[3][1], titles[4][1]}
    assert (found.kept, found.reordered) == (1, 2)
    assert await upstream.tmdb_lists() == before
    await librarian.sync("ana")
    assert await librarian.on_tmdb() == [titles[1], titles[0], titles[2], titles[9]]


async def test_adding_takes_nothing_off(librarian: Librarian, upstream: Upstream) -> None:
    titles = librarian.titles
    await librarian.loves("ana", titles[:3])
    first = await librarian.synced()
    assert first.tmdb_id
    await upstream.change_list(first.tmdb_id, "add", titles[50])
    await librarian.loves("ana", titles[2:5])
    found = await librarian.synced(mode="add")
    assert (found.added, found.removed) == (2, 0)
    assert await librarian.on_tmdb() == [*titles[:3], titles[50], *titles[3:5]]


async def test_films_without_a_match_are_named(librarian: Librarian) -> None:
    await librarian.loves("ana", [librarian.titles[0], None])
    found = await librarian.synced()
    assert (found.state, found.added) == ("succeeded", 1)
    assert [each.slug for each in found.not_matched] == ["unmatched"]


async def test_a_title_that_tmdb_does_not_take_is_named_and_disturbs_nothing_after_it(
    librarian: Librarian, upstream: Upstream
) -> None:
    wanted = librarian.titles[:6]
    await upstream.refuse_titles(wanted[1])
    await librarian.loves("ana", wanted)
    first = await librarian.synced()
    assert (first.state, first.added) == ("partial", 5)
    assert [(each.title, each.message) for each in first.failed] == [
        (f"{wanted[1][0]}-{wanted[1][1]}".title(), "Media could not be found")
    ]
    again = await librarian.synced()
    assert (again.state, again.kept, again.added, again.removed, again.reordered) == ("partial", 5, 0, 0, 0)


async def test_a_deleted_list_is_made_again_once_and_said_so(librarian: Librarian, upstream: Upstream) -> None:
    wanted = librarian.titles[:4]
    await librarian.loves("ana", wanted)
    first = await librarian.synced()
    assert first.tmdb_id
    await upstream.delete_list(first.tmdb_id)
    foretold = await librarian.synced(dry_run=True)
    assert foretold.message == "The list was deleted on TMDB; it would be made again."
    again = await librarian.synced()
    assert again.message == "The list was deleted on TMDB; Marquee made it again."
    assert again.tmdb_id != first.tmdb_id
    assert await librarian.on_tmdb() == wanted
    assert (await librarian.synced()).message is None


async def test_the_list_of_another_account_is_never_changed(librarian: Librarian, upstream: Upstream) -> None:
    await librarian.loves("ana", librarian.titles[:4])
    first = await librarian.synced()
    assert first.tmdb_id
    await upstream.give_list(first.tmdb_id, STRANGER)
    await librarian.loves("ana", librarian.titles[4:6])
    before = await upstream.tmdb_lists()
    await upstream.forget_requests()
    found = await librarian.synced()
    assert found.state == "failed"
    assert found.message == (
        "This list on TMDB is of user-0b22, and not of the account whose token Marquee has: nothing was changed."
    )
    assert await upstream.tmdb_lists() == before
    assert await upstream.requests(f"/4/list/{first.tmdb_id}/") == 0


async def test_a_list_of_the_same_name_that_somebody_made_is_left_alone(
    librarian: Librarian, upstream: Upstream
) -> None:
    await upstream.make_list(NAME, librarian.titles[9])
    await librarian.loves("ana", librarian.titles[:2])
    found = await librarian.synced()
    assert found.state == "failed"
    assert "another list of this name" in str(found.message)
    assert await librarian.on_tmdb() == [librarian.titles[9]]


async def test_a_list_that_was_made_and_not_noted_is_taken_and_not_made_twice(
    librarian: Librarian, upstream: Upstream
) -> None:
    await upstream.make_list(NAME)
    await librarian.loves("ana", librarian.titles[:2])
    assert (await librarian.synced()).state == "succeeded"
    assert await librarian.on_tmdb() == librarian.titles[:2]


@pytest.mark.parametrize("public", [True, False])
async def test_a_list_is_as_public_as_it_shall_be(librarian: Librarian, upstream: Upstream, public: bool) -> None:
    await librarian.loves("ana", librarian.titles[:2])
    await librarian.sync("ana", public=public)
    [made] = await upstream.tmdb_lists()
    assert made.public is public
    assert await upstream.paths("/4/list/") == {f"/tmdb/4/list/{made.id}/items": 1}, "it was so from the beginning"
    await librarian.sync("ana", public=not public, description="Mine.")
    [changed] = await upstream.tmdb_lists()
    assert (changed.public, changed.description, changed.items) == (not public, "Mine.", librarian.titles[:2])


async def test_a_list_that_tmdb_made_public_all_the_same_is_hidden_afterwards(
    librarian: Librarian, upstream: Upstream
) -> None:
    await upstream.make_lists_public()
    await librarian.loves("ana", librarian.titles[:2])
    await librarian.sync("ana", public=False)
    [made] = await upstream.tmdb_lists()
    assert made.public is False
    await upstream.forget_requests()
    await librarian.sync("ana", public=False)
    assert await upstream.requests("/4/") == 1


async def test_each_change_by_hand_is_seen_though_reads_are_old(librarian: Librarian, upstream: Upstream) -> None:
    wanted = librarian.titles[:3]
    await librarian.loves("ana", wanted)
    first = await librarian.synced()
    assert first.tmdb_id
    for title in librarian.titles[10:13]:
        await upstream.change_list(first.tmdb_id, "add", title)
        found = await librarian.synced()
        assert [each.tmdb_id for each in found.removals] == [title[1]]
        assert await librarian.on_tmdb() == wanted


async def test_a_new_list_whose_answer_is_lost_is_not_made_twice(librarian: Librarian, upstream: Upstream) -> None:
    await upstream.lose_answers("/4/list", method="POST")
    await librarian.loves("ana", librarian.titles[:2])
    assert (await librarian.synced()).state == "succeeded"
    assert await librarian.on_tmdb() == librarian.titles[:2]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_batch_whose_answer_is_lost_is_looked_up_and_not_sent_blindly(
    librarian: Librarian, upstream: Upstream, method: str
) -> None:
    titles = librarian.titles
    await librarian.loves("ana", titles[:10])
    first = await librarian.synced()
    wanted = [titles[0], *titles[20:40]]
    await librarian.loves("ana", wanted)
    await upstream.forget_requests()
    await upstream.lose_answers(f"/4/list/{first.tmdb_id}/items", method=method)
    found = await librarian.synced()
    assert (found.state, found.added, found.removed) == ("succeeded", 20, 9)
    assert await librarian.on_tmdb() == wanted
    assert await upstream.requests(f"/4/list/{first.tmdb_id}/items") == 2


async def test_a_429_in_the_middle_of_batches_waits_as_long_as_it_says(
    librarian: Librarian, upstream: Upstream
) -> None:
    wanted = librarian.titles[:450]
    await librarian.loves("ana", wanted)
    await upstream.slow_down("/4/list/*", retry_after=7, method="POST", after=1)
    found = await librarian.synced()
    assert (found.state, found.added) == ("succeeded", 450)
    assert await librarian.on_tmdb() == wanted
    assert len(librarian.pace.pauses) == 1
    assert librarian.pace.pauses[0] >= 7


async def test_a_token_that_may_only_read_is_told_so(librarian: Librarian, upstream: Upstream) -> None:
    reader = Librarian(librarian.database, upstream, World.ordinary(), tmdb_v4_access_token=token(may_write=False))
    await reader.loves("ana", reader.titles[:2])
    await reader.loves("bea", reader.titles[:2])
    run = await reader.sync("ana", "bea")
    assert run.state == "failed"
    assert str(run.message).startswith("TMDB does not let Marquee write with this token: it is for reading only.")
    assert [each.message for each in run.lists] == [run.message, run.message]
    assert await upstream.requests("/4/") == 1


async def test_a_key_that_is_no_users_token_is_told_so(librarian: Librarian, upstream: Upstream) -> None:
    keyed = Librarian(librarian.database, upstream, World.ordinary(), tmdb_v4_access_token="0123456789abcdef")
    await keyed.loves("ana", keyed.titles[:2])
    run = await keyed.sync("ana")
    assert (run.state, "user access token (v4)" in str(run.message)) == ("failed", True)
    assert await upstream.requests("/4/") == 0


async def test_what_tmdb_takes_for_spam_is_told(librarian: Librarian, upstream: Upstream) -> None:
    await upstream.suspect_spam()
    await librarian.loves("ana", librarian.titles[:2])
    found = await librarian.synced()
    assert found.state == "failed"
    assert "suspected to be spam" in str(found.message)
    await upstream.suspect_spam(False)
    assert (await librarian.synced()).state == "succeeded"


async def test_one_list_that_fails_does_not_keep_the_others_from_it(librarian: Librarian, upstream: Upstream) -> None:
    for name in ("ana", "bea", "cyd"):
        await librarian.loves(name, librarian.titles[:2])
    await upstream.make_list("bea's Top Rated Movies", librarian.titles[9])
    run = await librarian.sync("ana", "bea", "cyd")
    assert (run.state, run.message) == ("partial", None)
    assert [each.state for each in run.lists] == ["succeeded", "failed", "succeeded"]
    assert len(await upstream.tmdb_lists()) == 3


async def test_a_member_of_whom_nothing_was_read_empties_no_list(librarian: Librarian, upstream: Upstream) -> None:
    found = await librarian.synced("zoe")
    assert (found.state, "Nothing was read of zoe yet" in str(found.message)) == ("succeeded", True)
    assert await upstream.requests("/4/") == 0


async def test_a_member_whose_films_are_private_is_told_as_such(librarian: Librarian) -> None:
    await librarian.loves("zoe", [])
    async with librarian.database.write() as db:
        member_id = (await members.ensure(db, ["zoe"]))["zoe"]
        news = SourceNews(state="private", tried_at=NOON, message="Letterboxd shows zoe’s films to zoe alone.")
        await sources.record(db, member_id, "films", news)
        await db.execute(source_states.update().values(good_at=None))
    found = await librarian.synced("zoe")
    assert found.message == "Letterboxd shows zoe’s films to zoe alone. Nothing was changed."


async def test_what_nobody_loves_any_more_leaves_an_empty_list(librarian: Librarian) -> None:
    await librarian.loves("ana", librarian.titles[:3])
    await librarian.sync("ana")
    await librarian.loves("ana", [])
    found = await librarian.synced()
    assert (found.state, found.removed) == ("succeeded", 3)
    assert await librarian.on_tmdb() == []


async def test_a_list_that_is_deleted_while_it_is_changed_is_told_and_made_again_next_time(
    librarian: Librarian, upstream: Upstream
) -> None:
    await librarian.loves("ana", librarian.titles[:2])
    first = await librarian.synced()
    await librarian.loves("ana", librarian.titles[:3])
    await upstream.fail(f"/4/list/{first.tmdb_id}/items", status=404)
    found = await librarian.synced()
    assert found.message == "The list was deleted on TMDB meanwhile; the next sync makes it again."
    assert (await librarian.synced()).state == "succeeded"


async def test_what_was_switched_off_while_it_waited_is_not_done(librarian: Librarian, upstream: Upstream) -> None:
    await librarian.loves("ana", librarian.titles[:2])
    off = Librarian(librarian.database, upstream, World.ordinary(), tmdb_sync_enabled=False)
    run = await off.sync("ana")
    assert (run.state, "TMDB_SYNC_ENABLED" in str(run.message)) == ("failed", True)
    assert await upstream.requests("/4/") == 0


async def refreshed(librarian: Librarian, *usernames: str, status: str = "succeeded") -> int:
    """The number of a refresh of these members that has ended."""
    async with librarian.database.write() as db:
        run = await refreshes.start(db, usernames, trigger="manual", force=False)
        await refreshes.close(db, run.id, status=status, now=NOON)
    return run.id


async def test_after_a_refresh_each_of_its_members_has_a_list_and_others_are_kept(librarian: Librarian) -> None:
    await librarian.loves("ana", librarian.titles[:3])
    await librarian.loves("bea", librarian.titles[:3])
    await librarian.synced("ana", name="Ana’s best", most=2)
    sync_id = await order_after(librarian.services, await refreshed(librarian, "ana", "bea"))
    assert sync_id is not None
    run = await librarian.run(sync_id)
    assert [(each.member, each.name) for each in run.lists] == [
        ("ana", "Ana’s best"),
        ("bea", "bea's Top Rated Movies"),
    ]
    await perform(librarian.services, sync_id)
    assert [each.total for each in (await librarian.run(sync_id)).lists] == [2, 3]


@pytest.mark.parametrize(
    ("settings", "status"),
    [({"tmdb_sync_enabled": False}, "succeeded"), ({"tmdb_v4_access_token": None}, "succeeded"), ({}, "failed")],
)
async def test_without_leave_account_or_news_nothing_is_ordered(
    librarian: Librarian, upstream: Upstream, settings: dict[str, Any], status: str
) -> None:
    asked = Librarian(librarian.database, upstream, World.ordinary(), **settings)
    assert await order_after(asked.services, await refreshed(asked, "ana", status=status)) is None


async def test_one_run_is_done_at_a_time(librarian: Librarian) -> None:
    await librarian.loves("ana", librarian.titles[:2])
    held, waits = await librarian.ordered("ana"), await librarian.ordered("ana", most=1)
    async with librarian.database.write() as db:
        order = await tmdb_syncs.claim(db, held, "another worker", datetime.now(UTC))
    assert order is not None
    assert not await perform(librarian.services, waits)
    assert (await librarian.run(waits)).state == "queued"
    async with librarian.database.write() as db:
        await tmdb_syncs.let_go(db, order)
    assert await perform(librarian.services, held)
    assert await perform(librarian.services, waits)
    assert not await perform(librarian.services, waits), "it has ended"
    assert len(await librarian.on_tmdb()) == 1
