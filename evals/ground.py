"""Checks statements anew, from what was answered and what the build holds: the evals do not trust the product's own check."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.analysis import terms
from assistant.types import StatementKind
from evals.records import Held

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_SMALL = "two three four five six seven eight nine ten eleven twelve".split()
# A word with a capital inside a sentence.
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]*[a-z]\w*")
_NO = re.compile(r"\b(?:no|not|never|cannot|neither|nor|without|none)\b|n[’']t\b", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
_MOST_WORDS = 0.6
Verifier = Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]], Held], bool]
"""Whether a statement holds, given the citations that it names (none missing) and the corpus."""


def stands_verbatim(citation: Mapping[str, Any], held: Held) -> bool:
    """Whether a citation's quote stands, byte for byte, in the passage that it names, of the source that it names."""
    passage = held.passages.get(citation["passage_id"])
    return (
        passage is not None
        and passage.source_id == citation["source_id"]
        and bool(citation["quote"].strip())
        and citation["quote"].encode() in passage.text.encode()
    )


def _quoted(statement: Mapping[str, Any], cited: Sequence[Mapping[str, Any]], held: Held) -> bool:
    return any(statement["text"] == citation["quote"] for citation in cited)


def _verified(statement: Mapping[str, Any], cited: Sequence[Mapping[str, Any]], held: Held) -> bool:
    """Coarser than the product's own gate, and made of nothing of it: figures, names, most of the words, and as many negations."""
    said, quotes = statement["text"], " ".join(citation["quote"] for citation in cited)
    about = " ".join(
        f"{citation['title']} {citation['publisher']} {' '.join(citation['heading_path'])}" for citation in cited
    )
    words, known = set(terms(said)), set(terms(quotes))
    return (
        _figures(said) <= _figures(quotes) | _figures(about)
        and all(name.casefold() in f"{quotes} {about}".casefold() for name in _NAME.findall(said))
        and len(words & known) >= _MOST_WORDS * len(words)
        and len(_NO.findall(said)) % 2 in {len(_NO.findall(quote)) % 2 for quote in (*_SENTENCES.split(quotes), quotes)}
    )


def _figures(text: str) -> set[int]:
    """Every run of digits as a number, months as theirs: "1 January 2026" and "2026-01-01" hold the same."""
    grouped = re.sub(r"(?<=\d)[, ](?=\d{3}(?!\d))", "", text)
    months = {number for number, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}", text, re.IGNORECASE)}
    small = {number for number, name in enumerate(_SMALL, 2) if re.search(rf"\b{name}\b", text, re.IGNORECASE)}
    return {int(digits) for digits in re.findall(r"\d+", grouped)} | months | small


VERIFIERS: Mapping[str, Verifier] = {StatementKind.QUOTED: _quoted, StatementKind.VERIFIED: _verified}
"""By the kind that a statement claims. A kind that has none here is not grounded: nobody has checked it."""


def is_grounded(statement: Mapping[str, Any], citations: Mapping[int, Mapping[str, Any]], held: Held) -> bool:
    """Whether every citation of a statement is there and verbatim, and the statement passes the check of its kind."""
    cited = [citations.get(number) for number in statement["citations"]]
    there = [citation for citation in cited if citation is not None and stands_verbatim(citation, held)]
    verifier = VERIFIERS.get(statement["kind"])
    return bool(cited) and len(there) == len(cited) and verifier is not None and verifier(statement, there, held)


def supports(statement: Mapping[str, Any], citation: Mapping[str, Any] | None, held: Held) -> bool:
    """Whether one citation by itself bears a statement out."""
    if citation is None or not stands_verbatim(citation, held):
        return False
    verifier = VERIFIERS.get(statement["kind"])
    return verifier is not None and verifier(statement, [citation], held)
