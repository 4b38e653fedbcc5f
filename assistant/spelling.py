"""Corrects typing errors in a question, towards the words of the corpus."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from assistant.analysis import terms

_WORD = re.compile(r"[A-Za-z]{4,}")
# One slip in a word of four to seven letters, two in a longer one.
_LONG = 8


def correct(text: str, words: Mapping[str, int], english: Collection[str], known_terms: Collection[str]) -> str:
    """The text with each word that is in no dictionary replaced by the nearest word of the corpus, if one is near.

    `words` are those of the corpus with how often they occur; `english` and `known_terms` (stems) are left alone. A word that begins with
    a capital may be a name, and stays, unless the whole question is written so.
    """
    shouted = text.isupper()

    def replaced(match: re.Match[str]) -> str:
        word = match.group()
        lower = word.lower()
        if (
            (word != lower and not shouted)
            or lower in words
            or lower in english
            or any(term in known_terms for term in terms(lower))
        ):
            return word
        return nearest(lower, words) or word

    return _WORD.sub(replaced, text)


def nearest(word: str, words: Mapping[str, int]) -> str | None:
    """The corpus word within one or two slips (Damerau and Levenshtein) of a word, the more frequent first; None if there is none."""
    most = 1 if len(word) < _LONG else 2
    alike = _alike(_Held(words))
    near = [
        (slips, -words[other], other)
        for length in range(len(word) - most, len(word) + most + 1)
        for other in alike.get((word[0], length), ())
        if (slips := DamerauLevenshtein.distance(word, other, score_cutoff=most)) <= most
    ]
    return min(near)[2] if near else None


class _Held:
    """The words of one build, told from others by identity: to compare them would take longer than to search them."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.words is other.words

    def __hash__(self) -> int:
        return id(self.words)


@lru_cache(maxsize=2)
def _alike(held: _Held) -> Mapping[tuple[str, int], list[str]]:
    """Words by first letter and length. The first letter is seldom mistyped, and asking for it keeps "bins" from becoming "pins"."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in held.words:
        found[word[0], len(word)].append(word)
    return dict(found)
