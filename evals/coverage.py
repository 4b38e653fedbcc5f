"""What the cases leave untested: sources that none names, passages that no question finds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from evals.cases import Case
from evals.records import Held, Record


def coverage(cases: Sequence[Case], records: Iterable[Record], held: Held) -> dict[str, Any]:
    """Sources and passages that no case reaches. Passages only where the whole build is known."""
    kept = list(records)
    named = {source for case in cases for source in (*case.sources, *case.sources_all)}
    cited = {citation["source_id"] for record in kept if record.answer for citation in record.answer["citations"]}
    found: dict[str, Any] = {
        "sources": len(held.sources),
        "sources_no_case_names": sorted(set(held.sources) - named),
        "sources_never_cited": sorted(set(held.sources) - cited),
    }
    if held.whole:
        retrieved = {passage for record in kept for passage in record.retrieved or ()}
        unseen = [passage for passage in held.passages if passage not in retrieved]
        found |= {
            "passages": len(held.passages),
            "passages_never_retrieved": len(unseen),
            "never_retrieved": {
                source: [" / ".join(held.passages[each].heading_path) for each in unseen if _of(each, held) == source]
                for source in sorted(Counter(_of(each, held) for each in unseen))
            },
        }
    return found


def _of(passage_id: str, held: Held) -> str:
    return held.passages[passage_id].source_id
