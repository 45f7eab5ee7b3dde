"""TMDB's search: titles that hold every word that was asked for, the best known first."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from worker.demo.model import Title

WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    """The words of a title without case, accents and punctuation; the title itself where it has none."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    found = WORD.findall(plain.casefold().replace("'", "").replace("’", "").replace("&", " and "))
    return frozenset(found) or frozenset({plain.strip()} if plain.strip() else ())


class Index:
    """An inverted index from words to titles, built once."""

    def __init__(self, titles: Iterable[Title]) -> None:
        self._titles = sorted(titles, key=lambda title: (-title.popularity, title.key))
        self._places: dict[str, set[int]] = {}
        for place, title in enumerate(self._titles):
            for word in words(" ".join((title.title, title.original_title, *title.other_titles))):
                self._places.setdefault(word, set()).add(place)

    def search(self, query: str, media_types: Sequence[str]) -> list[Title]:
        """The titles of these kinds that have every word of `query`; those that begin and end with it first."""
        wanted = words(query)
        postings = sorted((self._places.get(word, set()) for word in wanted), key=len)
        if not postings:
            return []
        places = sorted(postings[0].intersection(*postings[1:]))
        found = [self._titles[place] for place in places if self._titles[place].media_type in media_types]
        return sorted(found, key=lambda title: not any(wanted == words(name) for name in _names(title)))


def _names(title: Title) -> tuple[str, ...]:
    return title.title, title.original_title, *title.other_titles
