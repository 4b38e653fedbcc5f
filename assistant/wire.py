"""The Answer as JSON: the same from the command line, the API and the evals."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.types import Answer, AnswerStatus, ContentKind, NoticeKind, SourceStatus, StatementKind


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class StatementJson(_Wire):
    """One statement of an answer."""

    text: str
    kind: StatementKind
    citations: tuple[int, ...] = Field(
        description="Numbers of the citations that stand behind the statement; never empty."
    )


class CitationJson(_Wire):
    """What stands behind a statement."""

    number: int
    quote: str = Field(description="A byte-for-byte substring of the passage.")
    passage_id: str
    source_id: str
    ref: str | None
    publisher: str
    title: str
    url: str | None = Field(description="The publisher's own document; the council's own documents may have none.")
    page: int | None = Field(description="1-based page on which the passage starts, where the document has pages.")
    heading_path: tuple[str, ...]
    published: str | None = Field(description="YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known.")
    source_status: SourceStatus
    content: ContentKind = Field(description="The publisher's own text, or our own-words digest of it.")


class NoticeJson(_Wire):
    """Something the officer must know beside the answer."""

    kind: NoticeKind
    text: str
    source_ids: tuple[str, ...]


class AnswerJson(_Wire):
    """An answer. A question that can't be answered is a status, not an error.

    Answers that were kept are read with this: a new field needs a default.
    """

    id: str
    question: str
    status: AnswerStatus
    statements: tuple[StatementJson, ...]
    citations: tuple[CitationJson, ...]
    notices: tuple[NoticeJson, ...]
    suggestion: str | None = Field(description="What to do next, where the question was not answered.")
    next_questions: tuple[str, ...] = Field(
        default=(),
        description="At most three questions that could be asked next, in the words of headings that are held.",
    )
    conversation_id: str | None = Field(description="Send it with the next question; null where nothing was kept.")
    build_id: str


def to_wire(answer: Answer) -> AnswerJson:
    """The answer for the outside: without timings and scores."""
    return AnswerJson.model_validate(answer)


def to_dict(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values."""
    return to_wire(answer).model_dump(mode="json")
