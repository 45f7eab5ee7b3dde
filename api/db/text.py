"""How titles are compared, searched and sorted: one spelling for what a person would call the same."""

import re
import unicodedata

APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4`\uff07"
MARKS = "\u2122\u00ae\u00a9\u2120"
LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "ng",
}  # fmt: skip
BEFORE = str.maketrans(dict.fromkeys(APOSTROPHES + MARKS))
AFTER = str.maketrans({**LETTERS, "&": " and ", **dict.fromkeys("|~\u2044", " ")})
DIGITS = re.compile(r"\d+")
ARTICLE = re.compile(r"^\s*(?:the|an|a)\s+(?=\w)", re.IGNORECASE)


def fold(title: str) -> str:
    """The form in which two spellings of one title are equal.

    >>> fold("Amélie & the  Ocean's Eleven!")
    'amelie and the oceans eleven'

    Case, accents, punctuation, spacing and `&` do not count. Articles, numbers and numerals do: "Part II" is not
    "Part 2". Other symbols count as words ("$", "+1"). A title of punctuation alone stands for itself.
    """
    composed = "".join(_spelled(character) for character in title.translate(BEFORE))
    plain = unicodedata.normalize("NFC", "".join(_kept(character) for character in _unaccented(composed)))
    return " ".join(plain.split()) or unicodedata.normalize("NFKC", title).casefold().strip()


def sort_key(title: str) -> str:
    """What a list of films is sorted by: folded, without its English article, numbers in their natural order.

    Numbers of more than eight digits are compared digit by digit.

    >>> sort_key("The 39 Steps") < sort_key("101 Dalmatians")
    True
    """
    return DIGITS.sub(lambda digits: digits[0].zfill(8), fold(ARTICLE.sub("", title)))


def search_text(title: str, original_title: str | None) -> str:
    """What `q` looks into: the folded title, and the folded original title where it is another one.

    >>> search_text("Spirited Away", "Sen to Chihiro")
    'spirited away sen to chihiro'
    """
    return " ".join(dict.fromkeys(fold(each) for each in (title, original_title) if each))


def _spelled(character: str) -> str:
    """½ and ³ stand apart from the number before them: 8½ is "8 1 2", not "81 2"."""
    apart = unicodedata.decomposition(character).startswith(("<fraction>", "<super>"))
    return f" {character} " if apart else character


def _unaccented(text: str) -> str:
    """Only the accents of Latin, Greek and Cyrillic letters go; in other scripts a mark makes another letter."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if not "\u0300" <= character <= "\u036f").translate(AFTER)


def _kept(character: str) -> str:
    """Letters, marks and digits as they are, symbols as words of their own, format characters not at all."""
    category = unicodedata.category(character)
    if category in ("Sm", "Sc", "So"):
        return f" {character} "
    if category == "Cf":
        return ""
    return character if category[0] in "LMN" else " "
