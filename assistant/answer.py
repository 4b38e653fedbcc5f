"""From a question to an answer: the steps, in order."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from assistant.compose import compose, says_not_held
from assistant.evidence import Evidence, judge, status_without_evidence
from assistant.ground import ground
from assistant.index import Index
from assistant.notices import name, notices, suggest
from assistant.ports import Embedder, Reranker
from assistant.query import understand
from assistant.rerank import rerank, texts_to_rerank
from assistant.retrieve import retrieve
from assistant.types import Answer, AnswerStatus, Filters, Question, Retrieval, Statement, Turn


class Assistant:
    """Answers questions from one index build. `today` is asked for at every answer, so that a long-running server notices passing dates."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        *,
        evidence_threshold: float,
        quote_words: int,
        reranker: Reranker | None = None,
        reranked: int = 20,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.index = index
        self._embedder = embedder
        self._evidence_threshold = evidence_threshold
        self._quote_words = quote_words
        self._reranker = reranker
        self._reranked = reranked
        self._today = today

    def ask(self, text: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()) -> Answer:
        """Answers a question with quotes, or says that it can't. `history` holds the earlier turns, oldest first.

        Raises:
            QuestionError: the question can't be used as it is; the message says why and what to do.
        """
        timings: dict[str, float] = {}
        with _timed(timings, "understand"):
            question = understand(text, self.index, history)
        retrieval = self._find(question, filters, timings)
        with _timed(timings, "judge"):
            evidence = judge(question, retrieval)
        if evidence.probability < self._evidence_threshold:
            return self._without_evidence(text, question, retrieval, evidence, timings)
        with _timed(timings, "compose"):
            statements, citations = compose(question, retrieval, self.index, words=self._quote_words)
        with _timed(timings, "ground"):
            statements, citations = ground(statements, citations, self.index)
        if not statements:
            return self._without_evidence(text, question, retrieval, evidence, timings)
        with _timed(timings, "notices"):
            found = notices(question, citations, self.index, self._today())
        return Answer(
            id=_new_id(),
            question=text,
            status=(status := _status(statements)),
            statements=statements,
            citations=citations,
            notices=found,
            suggestion=suggest(status, []),
            build_id=self.index.info.id,
            timings=timings,
        )

    def search(
        self, text: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()
    ) -> tuple[Question, Retrieval, Evidence]:
        """What was understood, found and judged: for authors, evals and LangChain's retriever interface."""
        question = understand(text, self.index, history)
        retrieval = self._find(question, filters, {})
        return question, retrieval, judge(question, retrieval)

    def _find(self, question: Question, filters: Filters | None, timings: dict[str, float]) -> Retrieval:
        with _timed(timings, "embed"):
            vectors = self._embedder.embed_queries([query.text for query in question.queries])
        with _timed(timings, "retrieve"):
            retrieval = retrieve(question, vectors, self.index, today=self._today(), filters=filters)
        if self._reranker is None or not retrieval.hits:
            return retrieval
        with _timed(timings, "rerank"):
            texts = texts_to_rerank(retrieval, self._reranked)
            scores = [self._reranker.rerank(query.text, texts) for query in question.queries]
            return rerank(question, retrieval, scores, today=self._today())

    def _without_evidence(
        self, text: str, question: Question, retrieval: Retrieval, evidence: Evidence, timings: dict[str, float]
    ) -> Answer:
        status = status_without_evidence(question, evidence)
        return Answer(
            id=_new_id(),
            question=text,
            status=status,
            notices=notices(question, (), self.index, self._today()),
            suggestion=suggest(
                status, [name(source) for source in dict.fromkeys(hit.source for hit in retrieval.hits[:2])]
            ),
            build_id=self.index.info.id,
            timings=timings,
        )


def _status(statements: tuple[Statement, ...]) -> AnswerStatus:
    """Only part of what was asked is answered where a quote says that the guidance does not hold the rest."""
    silent = any(says_not_held(statement.text) for statement in statements)
    return AnswerStatus.PARTIAL if silent else AnswerStatus.ANSWERED


def _new_id() -> str:
    # 122 random bits: an answer's id must not be guessable (OWASP ASVS 8.2.2).
    return uuid.uuid4().hex


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - began) * 1000
