"""Questions to ask next: headings that authors phrased as questions, of passages that were found but not quoted."""

import re
from collections.abc import Iterable, Sequence

from assistant.types import Citation, Retrieval

MOST = 3
# How many of the candidates after the best are looked at, too. Further away they have little to do with the question.
_FURTHER = 10
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|should|will|would)"
# “What is a framework” asks; “What a framework is for” and “How current the guidance is” do not. “Which suppliers count as strategic” does.
_ASKS = re.compile(
    rf"(?:what|when|where|why|how|who)\s+{_AUXILIARY}\b"
    rf"|how\s+(?:often|long|far|soon|early)\s+{_AUXILIARY}\b"
    rf"|how\s+(?:much|many)\s+(?:\w+\s+){{1,2}}{_AUXILIARY}\b"
    rf"|which\s+(?:\w+\s+){{1,2}}(?:{_AUXILIARY}|count|need|apply)\b"
    rf"|what\s+(?:counts|applies|happens)\b"
    rf"|{_AUXILIARY}\s+\w+",
    re.IGNORECASE,
)
# The digests' own words on what is left out: of no use as an answer.
_ON_WHAT_IS_HELD = re.compile(r"what is (?:not )?held\b", re.IGNORECASE)


def next_questions(asked: str, retrievals: Iterable[Retrieval], citations: Sequence[Citation]) -> tuple[str, ...]:
    """At most three, of the best hits first. Nothing is made up: each stands as a heading in guidance that is held."""
    shown = {(citation.source_id, citation.heading_path) for citation in citations}
    found: dict[str, None] = {}
    for retrieval in retrievals:
        for hit in (*retrieval.hits, *retrieval.rejected[:_FURTHER]):
            passage = hit.passage
            if passage.heading_path and (passage.source_id, passage.heading_path) not in shown:
                found.setdefault(as_question(passage.heading_path[-1]) or "")
    again = {"", f"{asked.strip().rstrip('?')}?".casefold()}
    return tuple(question for question in found if question.casefold() not in again)[:MOST]


def as_question(heading: str) -> str | None:
    """A heading as the question that it asks, without what follows the question; None where it asks none."""
    if _ON_WHAT_IS_HELD.match(heading) or not ("?" in heading or _ASKS.match(heading)):
        return None
    return f"{re.split('[?:]', heading, maxsplit=1)[0]}?"
