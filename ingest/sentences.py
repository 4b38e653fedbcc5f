"""Finds the sentences of a paragraph."""

import re
from itertools import pairwise

import sentencex

# sentencex knows English abbreviations; these are the ones of this field that it splits after.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:approx|Cllr|Cllrs|incl|excl|para|paras|reg|regs|ref|vol|art|arts|sch|ss?|cl|fig|v)\.\s*$",
    re.IGNORECASE,
)
# "by 26 May. PPN 02/23 …": sentencex reads "May." as an abbreviation of the month.
_MISSED = re.compile(r"(?<=\bMay\. )(?=[A-Z])")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of `text`, in order, without the white space around them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for piece in sentencex.segment("en", text):
        end = start + len(piece)
        if spans and _ABBREVIATION.search(text[spans[-1][0] : start]):
            spans[-1] = (spans[-1][0], end)
        else:
            cuts = [start, *(start + match.start() for match in _MISSED.finditer(piece)), end]
            spans.extend(pairwise(cuts))
        start = end
    trimmed = (_trim(text, *span) for span in spans)
    return [span for span in trimmed if span[0] < span[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
