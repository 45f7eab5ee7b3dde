"""A member's feed, and XML that means harm."""

import resource
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.errors import MarkupChanged
from worker.sources.letterboxd.rss import Feed, FeedEntry, feed

ROOT = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:letterboxd="https://letterboxd.com"'
    ' xmlns:tmdb="https://themoviedb.org"><channel><title>Letterboxd - Ada</title>{}</channel></rss>'
)
WATCH = {
    "title": "Perfect Blue, 1997 - ★★★★½",
    "link": "https://letterboxd.com/ada/film/perfect-blue/",
    "guid": "letterboxd-watch-1000001",
    "pubDate": "Tue, 3 Nov 2026 08:20:04 +1300",
    "letterboxd:watchedDate": "2026-11-01",
    "letterboxd:rewatch": "No",
    "letterboxd:filmTitle": "Perfect Blue",
    "letterboxd:filmYear": "1997",
    "letterboxd:memberRating": "4.5",
    "letterboxd:memberLike": "Yes",
    "tmdb:movieId": "10494",
    "description": "<![CDATA[ <p>Watched.</p> ]]>",
}
LIST = {
    "title": "Blue films",
    "link": "https://letterboxd.com/ada/list/blue-films/",
    "guid": "letterboxd-list-77",
    "pubDate": "Tue, 3 Nov 2026 09:00:00 +1300",
}


def item(**changes: str | None) -> str:
    """A watched film as XML; `memberRating="3.0"` changes an element, None leaves it out."""
    values = dict(WATCH)
    for name, value in changes.items():
        known = next((each for each in WATCH if each.split(":")[-1] == name), f"tmdb:{name}")
        values[known] = value or ""
        if value is None:
            del values[known]
    return written(values)


def written(values: dict[str, str]) -> str:
    return f"<item> {' '.join(f'<{name}>{value}</{name}>' for name, value in values.items())} </item>"


def read(*items: str, before: str = "<?xml version='1.0' encoding='utf-8'?>") -> Feed:
    return feed((before + ROOT.format("".join(items))).encode())


def only(**changes: str | None) -> FeedEntry:
    [entry] = read(item(**changes)).entries
    return entry


def test_a_watched_film_is_read_wholly() -> None:
    assert only() == FeedEntry(
        guid="letterboxd-watch-1000001",
        url="https://letterboxd.com/ada/film/perfect-blue/",
        slug="perfect-blue",
        title="Perfect Blue",
        year=1997,
        tmdb=("movie", 10494),
        watched_on=date(2026, 11, 1),
        rating=4.5,
        liked=True,
        rewatch=False,
        published_at=datetime(2026, 11, 2, 19, 20, 4, tzinfo=UTC),
    )


def test_a_review_may_have_neither_date_nor_rating() -> None:
    entry = only(guid="letterboxd-review-5", watchedDate=None, memberRating=None, memberLike="No")
    assert (entry.watched_on, entry.rating, entry.liked) == (None, None, False)


def test_the_nth_entry_of_a_film_is_of_the_same_film() -> None:
    entry = only(link="https://letterboxd.com/ada/film/perfect-blue/2/", rewatch="Yes")
    assert (entry.slug, entry.rewatch) == ("perfect-blue", True)


def test_a_series_is_named_by_its_own_kind_of_id() -> None:
    assert only(movieId=None, tvId="91275").tmdb == ("tv", 91275)


@pytest.mark.parametrize("changes", [{"movieId": None}, {"tvId": "7"}, {"movieId": "0"}, {"movieId": "9" * 12}])
def test_what_names_no_title_or_two_proves_nothing(changes: dict[str, str | None]) -> None:
    assert only(**changes).tmdb is None


@pytest.mark.parametrize("year", [None, "", "soon", "20001"])
def test_a_year_may_not_be_known(year: str | None) -> None:
    assert only(filmYear=year).year is None


def test_titles_are_decoded() -> None:
    entry = only(filmTitle="Romeo &amp; Juliet: Fran\u00e7ois\u2019s \u201cSirāt\u201d")
    assert entry.title == "Romeo & Juliet: François’s “Sirāt”"


def test_a_date_without_a_zone_is_taken_as_utc() -> None:
    assert only(pubDate="Tue, 3 Nov 2026 08:20:04 -0000").published_at == datetime(2026, 11, 3, 8, 20, 4, tzinfo=UTC)


def test_lists_are_left_out_and_are_no_entries_that_were_missed() -> None:
    found = read(written(LIST), item(), written(LIST | {"guid": "letterboxd-list-78"}))
    assert ([entry.slug for entry in found.entries], found.skipped) == (["perfect-blue"], 0)


def test_a_feed_of_lists_alone_or_of_nothing_is_an_empty_diary() -> None:
    assert read() == read(written(LIST)) == Feed(entries=[])


@pytest.mark.parametrize(
    "fault",
    [
        {"guid": None},
        {"guid": "letterboxd-story-4"},
        {"link": "https://letterboxd.com/ada/"},
        {"link": "https://letterboxd.com/ada/film/../"},
        {"filmTitle": " "},
        {"memberRating": "nine"},
        {"memberRating": "5.5"},
        {"memberRating": "nan"},
        {"watchedDate": "2026-13-01"},
        {"pubDate": None},
        {"pubDate": "yesterday"},
        {"pubDate": "Fri, 31 Dec 9999 23:59:59 -1200"},
    ],
    ids=str,
)
def test_an_entry_that_is_not_understood_is_counted_and_costs_no_other(fault: dict[str, str | None]) -> None:
    found = read(item(guid="letterboxd-watch-2"), item(**fault), item(guid="letterboxd-watch-3"))
    assert [entry.guid for entry in found.entries] == ["letterboxd-watch-2", "letterboxd-watch-3"]
    assert found.skipped == 1


def test_an_entry_that_stands_twice_is_one() -> None:
    assert len(read(item(), item(memberRating="1.0")).entries) == 1


def test_a_rating_of_nothing_is_none() -> None:
    assert only(memberRating="0.0").rating is None


def test_a_feed_of_which_nothing_is_understood_has_changed() -> None:
    with pytest.raises(MarkupChanged) as raised:
        read(item(filmTitle=None), written(LIST))
    assert raised.value.selector == "item[letterboxd:filmTitle]"
    assert raised.value.sample.startswith("<item> <title> <link> <guid>")
    assert "Blue" not in raised.value.sample


@pytest.mark.parametrize(
    "answer", [b"", b"<html><body>Back soon</body></html>", b"<rss/>", b'{"items": []}', b"<rss><channel><item>"]
)
def test_what_is_no_feed_has_changed(answer: bytes) -> None:
    with pytest.raises(MarkupChanged) as raised:
        feed(answer)
    assert raised.value.selector == "/rss/channel"


def test_a_control_character_in_a_review_does_no_harm() -> None:
    assert only(description="a\x0bb\x01c").slug == "perfect-blue"


def test_the_order_of_a_feed_is_told() -> None:
    early, late = item(guid="letterboxd-watch-2", pubDate="Mon, 2 Nov 2026 08:20:04 +1300"), item()
    assert read(late, early).is_in_order
    assert not read(early, late).is_in_order


BILLIONS = "".join(
    f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10))}">' for n in range(1, 10)
)  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "{"blue" * 10}">{BILLIONS}]>',
        f'<!DOCTYPE rss [<!ENTITY e9 "{"blue" * 100_000}">]>',
        "<!DOCTYPE rss>",
    ],
    ids=["nested", "long", "plain"],
)
def test_a_document_type_is_refused_before_it_can_grow(before: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MarkupChanged):
        read(item(filmTitle="&e9;" if "e9" in before else "Blue") * 50, before=before)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 64 * 1024


@pytest.mark.parametrize("kind", ["entity", "dtd", "parameter"])
def test_no_file_is_read_for_a_feed(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for feeds")
    declared = {
        "entity": f'<!DOCTYPE rss [<!ENTITY e9 SYSTEM "{secret.as_uri()}">]>',
        "dtd": f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % e SYSTEM "{secret.as_uri()}"> %e;]>',
    }[kind]
    with pytest.raises(MarkupChanged) as raised:
        read(item(filmTitle="&e9;" if kind == "entity" else "Blue"), before=declared)
    assert "not for feeds" not in raised.value.sample


def test_another_encoding_does_not_hide_a_document_type() -> None:
    hidden = f'<!DOCTYPE rss [<!ENTITY e9 "blue">]>{ROOT.format(item(filmTitle="&e9;"))}'
    for encoding in ("utf-16", "utf-16-le", "utf-7"):
        with pytest.raises(MarkupChanged):
            feed(hidden.encode(encoding))
