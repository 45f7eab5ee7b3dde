"""What Prometheus makes of our metrics: read by the parser of its own client."""

from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


class Scraped:
    """One scrape: every family, and the value of every series."""

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.families = {family.name: family for family in families}
        samples = [sample for family in families for sample in family.samples]
        self._values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
        assert len(self.families) == len(families), "a family is told twice"
        assert len(self._values) == len(samples), "a series is told twice"

    @property
    def names(self) -> set[str]:
        """What a query may ask for: the names of all series, also of families that have none yet."""
        counted = {f"{family.name}_total" for family in self.families.values() if family.type == "counter"}
        plain = {family.name for family in self.families.values() if family.type == "gauge"}
        return counted | plain | {name for name, _ in self._values}

    def value(self, name: str, **labels: str) -> float:
        return self._values[name, frozenset(labels.items())]

    def values(self, name: str) -> Mapping[tuple[str, ...], float]:
        """The series of this name, by the values of their labels, which are sorted by name."""
        found = {labels: value for (each, labels), value in self._values.items() if each == name}
        return {tuple(value for _, value in sorted(labels)): amount for labels, amount in found.items()}

    def labels(self, name: str) -> set[str]:
        return {key for each, labels in self._values if each == name for key, _ in labels}


async def scrape(client: httpx.AsyncClient) -> Scraped:
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    return Scraped(answer.text)
