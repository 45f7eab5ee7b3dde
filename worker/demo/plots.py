"""Plots that nobody filmed: one sentence each, put together from parts."""

from worker.demo import dice

PEOPLE = (
    "A retired cartographer", "Two estranged sisters", "A night-shift projectionist", "The last lighthouse keeper",
    "A widowed piano tuner", "A young translator", "An amateur astronomer", "Three old schoolfriends",
    "A small-town archivist", "A stage magician past his prime", "A stubborn ferry captain", "A homesick cellist",
)  # fmt: skip
PLACES = (
    "in a town the railway forgot", "on an island between two ferries", "in a hotel that is closing for good",
    "on the coldest night of the year", "in a cinema with one working lamp", "at the edge of a flooded valley",
    "during the longest summer anybody remembers", "in a city that speaks no language they know",
    "at the far end of a night train", "in the house they both inherited",
)  # fmt: skip
TURNS = (
    "finds a letter that was never meant to be opened", "must decide what is worth keeping",
    "learns that the past has kept its own records", "hides a stranger for one week too long",
    "sets out to repair something that was never broken", "is asked the one question nobody may answer",
    "loses a wager and wins a family", "follows a tune to the place where it began",
    "has until morning to tell the truth", "discovers that the map was drawn by a liar",
)  # fmt: skip


def plot(key: str) -> str:
    """One made-up sentence, always the same for the same key."""
    people, place, turn = dice.pick(f"a:{key}", PEOPLE), dice.pick(f"b:{key}", PLACES), dice.pick(f"c:{key}", TURNS)
    if people.startswith(("Two", "Three")):
        return f"{people} meet again {place}, and one of them {turn}."
    return f"{people} {turn} {place}."
