"""Letterboxd's pages of a long list and the links between them."""

import msgspec


class Pages(msgspec.Struct, frozen=True):
    """The `number`th page of `total` things, `size` to a page, below the path `base`."""

    base: str
    number: int
    size: int
    total: int

    @property
    def start(self) -> int:
        return (max(self.number, 1) - 1) * self.size

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> str | None:
        """The path of the page before; None on the first."""
        return self.path(self.number - 1) if self.number > 1 else None

    @property
    def next(self) -> str | None:
        """The path of the page after; None on the last and beyond it."""
        return self.path(self.number + 1) if self.number < self.count else None

    @property
    def numbered(self) -> list[int | None]:
        """The page numbers to show: the first, those around this one and the last; None stands for a gap."""
        near = {1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 2) + 1)}
        shown: list[int | None] = []
        for number in sorted(near):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown

    def path(self, number: int) -> str:
        """The path of a page."""
        return self.base if number == 1 else f"{self.base}page/{number}/"
