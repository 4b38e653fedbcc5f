"""Checks statements anew, from what was answered and what the build holds: the evals do not trust the product's own check."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.types import StatementKind
from evals.records import Held

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


VERIFIERS: Mapping[str, Verifier] = {StatementKind.QUOTED: _quoted}
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
