"""Checks every statement against the text that it cites, in the build that answers. What fails is not shown."""

import logging

from assistant.index import Index
from assistant.types import Citation, Statement, StatementKind

logger = logging.getLogger(__name__)


def ground(
    statements: tuple[Statement, ...], citations: tuple[Citation, ...], index: Index
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """The statements that hold, and the citations that they use, under their numbers."""
    by_number = {citation.number: citation for citation in citations}
    kept = tuple(statement for statement in statements if _holds(statement, by_number, index))
    if len(kept) < len(statements):
        logger.error(
            "grounding dropped %d of %d statements of build %s",
            len(statements) - len(kept),
            len(statements),
            index.info.id,
        )
    used = {number for statement in kept for number in statement.citations}
    return kept, tuple(citation for citation in citations if citation.number in used)


def _holds(statement: Statement, citations: dict[int, Citation], index: Index) -> bool:
    cited = [citations.get(number) for number in statement.citations]
    if not cited or not statement.text.strip():
        return False
    for citation in cited:
        if citation is None or citation.passage_id not in index.rows:
            return False
        passage = index.passages[index.rows[citation.passage_id]]
        if passage.source_id != citation.source_id or citation.quote not in passage.text:
            return False
    return statement.kind is not StatementKind.QUOTED or any(
        citation is not None and statement.text == citation.quote for citation in cited
    )
