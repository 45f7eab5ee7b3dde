"""Which services are worth holding, as the page shows it."""

import msgspec

from web.countries import country_name
from web.plan_shapes import Plan, PlannedFilm
from web.words import count

NAMED = 5
"""How many films are named of those that would be lost."""


class BestSet(msgspec.Struct, frozen=True, kw_only=True):
    """The best so many services: what they show, and what that costs; `cost` is empty where nobody knows."""

    names: str
    films: str
    cost: str


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """A service that is paid for, and what would be gone without it; `films` are some of that."""

    name: str
    lost: int
    films: list[PlannedFilm]
    more: int
    cost: str


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of one country."""

    code: str
    country: str
    shown: int
    total: int
    rest: str
    sets: list[BestSet]
    losses: list[Loss]


def outlook(plan: Plan) -> Outlook:
    films = plan.films
    rest = [
        f"{films.elsewhere:,} can only be rented or bought" if films.elsewhere else "",
        f"{films.nowhere:,} can be seen nowhere" if films.nowhere else "",
        f"{films.unknown:,} {'was' if films.unknown == 1 else 'were'} not looked up yet" if films.unknown else "",
    ]
    return Outlook(
        code=plan.country,
        country=country_name(plan.country),
        shown=films.shown,
        total=films.total,
        rest=", ".join(filter(None, rest)),
        sets=[
            BestSet(
                names=_list(best.names),
                films=count(best.films, "film") + (f", {best.adds:,} more" if best.size > 1 else ""),
                cost=_cost(best.price, plan.currency),
            )
            for best in plan.sets
        ],
        losses=[
            Loss(
                name=each.name,
                lost=each.lost,
                films=each.lost_films[:NAMED],
                more=max(0, each.lost - NAMED),
                cost=_cost(each.price, plan.currency),
            )
            for each in plan.held.services
        ],
    )


def _list(names: list[str]) -> str:
    """
    >>> _list(["MUBI"]), _list(["Arte", "MUBI", "Netflix"])
    ('MUBI', 'Arte, MUBI and Netflix')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _cost(price: float | None, currency: str | None) -> str:
    """
    >>> _cost(11.99, "GBP"), _cost(1200, "JPY"), _cost(None, "GBP")
    ('11.99 GBP a month', '1,200 JPY a month', '')
    """
    return "" if price is None else f"{price:,.2f}".removesuffix(".00") + f" {currency} a month"
