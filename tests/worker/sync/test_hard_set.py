"""The built-in hard cases, each with its truth: what Marquee may be wrong about, and what it may ask."""

from collections.abc import AsyncIterator

import pytest

from tests.worker.sync.bench import Bench
from tests.worker.sync.hardset import HardSet
from worker.demo.app import create_demo
from worker.demo.world import World
from worker.sync.proof import prove

MOST_ASKED = 0.1


@pytest.fixture
async def hard_set(bench: Bench) -> AsyncIterator[HardSet]:
    world = World.ordinary()
    refreshes = HardSet(bench, create_demo(world), world, "hard", budget=1000)
    yield refreshes
    await refreshes.aclose()


async def test_nothing_is_wrong_once_the_proof_is_through_and_few_films_are_questions(hard_set: HardSet) -> None:
    await hard_set.first_refresh()
    first = await hard_set.outcomes()
    assert [each for each in first if each.is_wrong and each.confidence == "proven"] == []
    assert [each for each in first if each.state in ("pending", "error")] == []

    await prove(hard_set.services())
    proved = await hard_set.outcomes()
    assert [each for each in proved if each.is_wrong] == []
    assert sum(each.state == "review" for each in proved) <= MOST_ASKED * len(proved)
    assert [each for each in proved if each.state == "not_found" and each.truth] == []

    assert set((await hard_set.film_pages()).values()) == {1}
    counts = await prove(hard_set.services())
    assert not any(counts.values())
