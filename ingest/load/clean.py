"""Makes text from any format safe to quote: one form for each character, and nothing that a reader can't see."""

import re
import unicodedata

# Tags, variation selectors, bidi marks and zero-width characters can carry text that no reader sees, and break up
# words for search. Cc is control, Cf format, Co private use (symbol fonts in PDFs), Cs lone surrogates, Cn unassigned.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_VARIATION_SELECTORS = frozenset(range(0xFE00, 0xFE10)) | frozenset(range(0xE0100, 0xE01F0))
_LATIN_LIGATURES = range(0xFB00, 0xFB07)

_PLAIN = re.compile(r"[\x20-\x7e£½\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*")


def clean(text: str) -> str:
    """Text on one line: white space folded, ligatures and soft hyphens resolved, unseen characters removed.

    Latin ligatures get their compatibility form; all else only its canonical one, because NFKC would make m2 of m²,
    TM of ™ and three characters of ½, and a quote must say what the document says.
    """
    return " ".join(_seen(text).split())


def _seen(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return "".join(map(_seen_character, unicodedata.normalize("NFC", text)))


def _seen_character(character: str) -> str:
    if character.isspace():
        return " "
    code = ord(character)
    if code in _LATIN_LIGATURES:
        return unicodedata.normalize("NFKC", character)
    if code in _VARIATION_SELECTORS or unicodedata.category(character) in _UNSEEN_CATEGORIES:
        return ""
    return character


def word_count(text: str) -> int:
    """How many words a text holds. A number is no word: a table of figures is not running text."""
    return sum(1 for token in text.split() if any(map(str.isalpha, token)))
