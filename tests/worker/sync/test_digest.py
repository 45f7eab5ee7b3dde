from itertools import count

from api.db.digests import News
from worker.sync.digest import MOST_FILMS, Text, compose

numbers = count(1)


def news(title: str = "Heat", provider: str = "MUBI", **facts: object) -> News:
    number = next(numbers)
    known = {"event_id": number, "kind": "arrived", "film_id": number, "title": title, "year": 1995}
    known |= {"country": "GB", "provider": provider, "offer": "flatrate", "member": "alice", "chosen": True}
    return News(**(known | facts))  # type: ignore[arg-type]


def told(*told: News, countries: bool = False, members: bool = False) -> Text:
    return compose(told, name_countries=countries, name_members=members)


def test_one_film_in_one_place_is_named() -> None:
    assert told(news("Heat")) == Text("Heat arrived on MUBI", "On MUBI:\n- Heat (1995)")
    assert told(news("Heat", kind="left")) == Text("Heat left MUBI", "No longer on MUBI:\n- Heat (1995)")


def test_several_films_are_counted_and_grouped_by_provider() -> None:
    text = told(news("Heat", "Netflix"), news("Alien", "MUBI"), news("Ran", "Netflix", year=None))
    assert text.title == "3 films arrived on your services"
    assert text.body == "On MUBI:\n- Alien (1995)\n\nOn Netflix:\n- Heat (1995)\n- Ran"


def test_services_are_named_where_they_were_chosen_alone() -> None:
    assert told(news("Heat"), news("Ran", chosen=False)).title == "2 films arrived"
    assert told(news("Heat", kind="left"), news("Ran", kind="left")).title == "2 films left your services"


def test_what_arrived_comes_before_what_left() -> None:
    text = told(news("Heat", "Apple TV+", kind="left"), news("Ran"), news("Alien"))
    assert text.title == "2 films arrived on your services, 1 film left"
    assert text.body == "On MUBI:\n- Ran (1995)\n- Alien (1995)\n\nNo longer on Apple TV+:\n- Heat (1995)"


def test_a_film_on_two_providers_is_one_film() -> None:
    assert told(news("Heat", film_id=0), news("Heat", "Netflix", film_id=0)).title == "1 film arrived on your services"


def test_offers_that_cost_or_show_ads_say_so() -> None:
    text = told(news("Ran", offer="buy", film_id=0), news("Ran", offer="rent", film_id=0), news("Heat", offer="ads"))
    assert text.body == "On MUBI:\n- Ran (1995), to rent or to buy\n- Heat (1995), with ads"
    both = told(news("Ran", offer="ads", film_id=0), news("Ran", film_id=0))
    assert both.body == "On MUBI:\n- Ran (1995)"


def test_countries_and_members_are_named_where_there_are_several() -> None:
    one = news("Heat", film_id=0, event_id=0)
    text = told(one, news("Heat", film_id=0, event_id=0, member="bob"), countries=True, members=True)
    assert text.body == "On MUBI (GB):\n- Heat (1995), listed by alice, bob"


def test_a_long_digest_is_cut_and_says_how_much_is_left_out() -> None:
    films = [news(f"Film {number}", f"Provider {number % 2}") for number in range(MOST_FILMS + 12)]
    text = told(*films)
    assert text.title == f"{MOST_FILMS + 12} films arrived on your services"
    assert text.body.count("\n- ") == MOST_FILMS
    assert text.body.endswith("\n\nAnd 12 more.")
