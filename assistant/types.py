"""The values that travel through the assistant. See the glossary in docs/architecture.md."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from assistant.phrased import Wording

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]


class AnswerStatus(StrEnum):
    """How a question ended. "Cannot answer" is a status, never an exception."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    CLARIFY = "clarify"
    UNANSWERABLE = "unanswerable"
    OUT_OF_SCOPE = "out_of_scope"
    DECLINED = "declined"
    PERSONAL_DATA = "personal_data"
    ERROR = "error"


class SourceStatus(StrEnum):
    """Where a source stands today.

    `historic` is old, has no successor of its kind, and may still be used for its principles.
    """

    CURRENT = "current"
    SUPERSEDED = "superseded"
    HISTORIC = "historic"
    WITHDRAWN = "withdrawn"


class LegalRegime(StrEnum):
    """The procurement law that a source assumes."""

    PROCUREMENT_ACT_2023 = "procurement_act_2023"
    PCR_2015 = "pcr_2015"
    SCOTLAND = "scotland"
    INDEPENDENT = "independent"


class Nation(StrEnum):
    """The parts of the United Kingdom in which a source applies."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


class ContentKind(StrEnum):
    """Whether a passage is the publisher's own text or our own-words summary of it."""

    ORIGINAL = "original"
    DIGEST = "digest"


class StatementKind(StrEnum):
    """How a statement was checked: copied from its passage, or verified against it."""

    QUOTED = "quoted"
    VERIFIED = "verified"


class NoticeKind(StrEnum):
    """What an officer must know beside the answer."""

    SUPERSEDED = "superseded"
    CHANGED_TERM = "changed_term"
    CONFLICT = "conflict"
    DIGEST = "digest"
    NATION = "nation"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One guidance document in the manifest.

    `published` keeps the precision that is known: `2020`, `2020-11` or `2020-11-13`.
    """

    id: str
    ref: str | None
    publisher: str
    title: str
    url: str | None
    alternates: tuple[str, ...]
    published: str | None
    published_note: str | None
    status: SourceStatus
    superseded_by: tuple[str, ...]
    superseded_note: str | None
    legal_regime: LegalRegime
    nations: tuple[Nation, ...]
    valid_from: date | None
    valid_to: date | None
    review_by: date | None
    licence: str
    format: str
    content: ContentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """The unit of evidence: the half-open range `[start, end)` of character offsets in its passage's text.

    A list item or a table row is one, too; `lead_in` is then the index, in the same passage, of the sentence that introduces it.
    """

    start: int
    end: int
    lead_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The unit of retrieval: part of one section of one source.

    `id` is `source_id:digest-of-text`, so an unchanged passage keeps its id across builds. `page` is
    1-based, and is the page on which the text starts. `position` counts the passages of one source in reading order.
    """

    id: str
    source_id: str
    text: str
    heading_path: tuple[str, ...]
    page: int | None
    position: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Limits the sources an answer may use. An empty tuple limits nothing."""

    publishers: tuple[str, ...] = ()
    nations: tuple[Nation, ...] = ()
    statuses: tuple[SourceStatus, ...] = ()
    published_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier turn of a conversation: what was asked, and the text of the statements that were shown."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One way to look for the answer: its text, its content terms (stems), and its weight beside the others.

    `standing`: the text is not the officer's but what terms of the index stand for, which comes up again and again.
    """

    text: str
    terms: tuple[str, ...]
    weight: float = 1.0
    standing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as asked (`text`), cleaned, and the queries made of it: itself first, then those that its conversation adds.

    `nations` are those that it names. `parts` are the questions that stand in it, where there are several; each is answered.
    `in_english` is false where it is confidently in another language.
    """

    text: str
    cleaned: str
    queries: tuple[Query, ...]
    nations: tuple[Nation, ...] = ()
    parts: tuple["Question", ...] = ()
    in_english: bool = True

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms of the question itself."""
        return self.queries[0].terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One candidate passage with its signals.

    `dense` is the cosine of the passage with the question, `sentences` those of its sentences, `lexical` its BM25
    score as a share of the best, `coverage` the idf-weighted share of the question's terms that it holds, `score` the fused rank score.
    `relevance` is the reranker's score, None where it gave none. `rejected` says why the hit was left out, for authors.
    """

    passage: Passage
    source: Source
    dense: float
    sentences: tuple[float, ...]
    lexical: float
    coverage: float
    score: float
    relevance: float | None = None
    rejected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Accepted hits, best first, and the rejected candidates with their reasons (never shown to officers)."""

    hits: tuple[Hit, ...]
    rejected: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What stands behind a statement. `quote` is a byte-for-byte substring of the passage."""

    number: int
    quote: str
    passage_id: str
    source_id: str
    ref: str | None
    publisher: str
    title: str
    url: str | None
    page: int | None
    heading_path: tuple[str, ...]
    published: str | None
    source_status: SourceStatus
    content: ContentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer, the numbers of its citations, and how it was checked."""

    text: str
    kind: StatementKind
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something an officer must know: a changed law, a digest, a passed date."""

    kind: NoticeKind
    text: str
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of one question. `timings` are milliseconds by step, and take no part in equality. `wording` is None without a model.

    `next_questions` are what could be asked next, in the words of headings that are held.

    For logs and metrics, never for officers: `evidence` is the probability that the passages found answer it (None where none was judged),
    `findings` are the kinds of what the guard found, such as `steering:override`.
    """

    id: str = field(compare=False)
    question: str
    status: AnswerStatus
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    suggestion: str | None = None
    next_questions: tuple[str, ...] = ()
    conversation_id: str | None = None
    build_id: str
    wording: Wording | None = None
    timings: dict[str, float] = field(default_factory=dict, compare=False)
    evidence: float | None = field(default=None, compare=False)
    findings: tuple[str, ...] = field(default=(), compare=False)
