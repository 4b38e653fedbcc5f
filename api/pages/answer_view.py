"""An answer as the chat page shows it, where the widget is not there to do so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from api.pages.frame import web_link
from api.pages.words import ANSWER_HEADINGS, GRAVE_NOTICES
from api.section_view import Block, blocks
from assistant.types import StatementKind
from assistant.wire import AnswerJson, CitationJson, NoticeJson, StatementJson

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement: only what is quoted is marked up as a quotation."""

    is_quote: bool
    blocks: tuple[Block, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementGroup:
    """Neighbouring statements that rest on one source; `citation` is the first of it."""

    citation: CitationJson
    statements: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """The citations of one source, and the links to the publisher's own text: one, or one a page."""

    citations: tuple[CitationJson, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """An answer in the order in which it is read. `grave` are notices that must be known before the quotes, each with its lead."""

    id: str
    question: str
    heading: str
    grave: tuple[tuple[str, str], ...]
    groups: tuple[StatementGroup, ...]
    suggestion: str | None
    notes: tuple[str, ...]
    sources: tuple[CitedSource, ...]
    next_questions: tuple[str, ...]


def answer_view(answer: AnswerJson) -> AnswerView:
    """The answer, arranged. The question is empty where it may not be given back."""
    by_number = {citation.number: citation for citation in answer.citations}
    return AnswerView(
        id=answer.id,
        question=answer.question.strip(),
        heading=ANSWER_HEADINGS[answer.status],
        grave=tuple((GRAVE_NOTICES[each.kind], each.text) for each in answer.notices if _is_grave(each)),
        groups=tuple(
            _group(by_number, statements)
            for statements in _runs(answer.statements, lambda each: by_number[each.citations[0]].source_id)
        ),
        suggestion=answer.suggestion,
        notes=tuple(each.text for each in answer.notices if not _is_grave(each)),
        sources=tuple(_cited(citations) for citations in _runs(answer.citations, lambda each: each.source_id)),
        next_questions=answer.next_questions,
    )


def _is_grave(notice: NoticeJson) -> bool:
    return notice.kind in GRAVE_NOTICES


def _group(by_number: dict[int, CitationJson], statements: Sequence[StatementJson]) -> StatementGroup:
    return StatementGroup(
        citation=by_number[statements[0].citations[0]],
        statements=tuple(
            StatementView(
                is_quote=each.kind is StatementKind.QUOTED,
                blocks=tuple(blocks(each.text, None)),
                citations=each.citations,
            )
            for each in statements
        ),
    )


def _cited(citations: tuple[CitationJson, ...]) -> CitedSource:
    links = (web_link(url) for url in dict.fromkeys(each.url for each in citations))
    return CitedSource(citations=citations, links=tuple(link for link in links if link))


def _runs(items: Iterable[T], key: Callable[[T], Any]) -> list[tuple[T, ...]]:
    """Neighbours with the same key stay together; the order is kept."""
    return [tuple(group) for _, group in groupby(items, key=key)]
