"""From a question to an answer: the steps, in order."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from assistant import guard
from assistant.compose import compose
from assistant.evidence import Evidence, clarify, judge, says_too_little
from assistant.ground import ground
from assistant.index import Index
from assistant.next_questions import next_questions
from assistant.notices import all_notices, name, notices, suggest
from assistant.ports import Embedder, Reranker
from assistant.query import clean, understand
from assistant.rerank import rerank, texts_to_rerank
from assistant.retrieve import retrieve
from assistant.scope import OVERRULES, WITHOUT_EVIDENCE, fits, judge_scope, likeliest_scope
from assistant.silence import says_not_held
from assistant.telling import Tell, Telling
from assistant.types import (
    Answer,
    AnswerStatus,
    Filters,
    Question,
    Retrieval,
    Turn,
    Vectors,
)
from assistant.writer import Writer, Written

# Vectors of standing queries that are kept: many more than a corpus has terms.
_MOST_STANDING = 2000


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
        writer: Writer | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.index = index
        self._embedder = embedder
        self._evidence_threshold = evidence_threshold
        self._quote_words = quote_words
        self._reranker = reranker
        self._reranked = reranked
        self._writer = writer
        self._today = today
        # Vectors of standing queries by their text.
        self._standing: dict[str, Vectors] = {}

    @property
    def settings(self) -> dict[str, float | int]:
        """What shapes an answer beside the build, for the record of it."""
        reranked = {"reranked": self._reranked} if self._reranker is not None else {}
        return {"evidence_threshold": self._evidence_threshold, "quote_words": self._quote_words} | reranked

    def ask(
        self,
        text: str,
        *,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        tell: Tell | None = None,
    ) -> Answer:
        """Answers a question with quotes, or says that it can't. `history` holds the earlier turns, oldest first.

        `tell` is called in this thread with the citations, each statement that passed its check, and each notice, in this order.
        Where a language model phrases the answer, the citations are told again as more are cited; none of them changes.

        Raises:
            QuestionError: the question can't be used as it is; the message says why and what to do.
            Abandoned: `tell` raised it, because whoever asked has left.
        """
        telling = Telling(tell)
        answer = self._ask(text, filters, history, telling)
        telling.finish(answer)
        return answer

    def _ask(self, text: str, filters: Filters | None, history: Sequence[Turn], telling: Telling) -> Answer:
        timings: dict[str, float] = {}
        history = list(guard.honest_turns(replace(turn, question=clean(turn.question)) for turn in history))
        with _timed(timings, "understand"):
            question = understand(text, self.index, history)
        if personal := guard.inspect(question.cleaned):
            # What must not be typed here is not given back either.
            ended = self._ended("", personal.status, personal.message, timings)
            return replace(ended, findings=(f"personal_data:{personal.kind}",))
        steering = tuple(f"steering:{kind}" for kind in guard.steering_flags(question.cleaned))
        if steering and (honest := guard.honest_part(question.cleaned)):
            question = replace(understand(honest, self.index, history), text=text)
        with _timed(timings, "embed"):
            vectors = self._embed(question)
        own = vectors[question.queries[0].text]
        if misuse := guard.judge_intent(question.cleaned, own, self._embedder.model_id):
            ended = self._ended(text, misuse.status, misuse.message, timings)
            return replace(ended, findings=(*steering, f"misuse:{misuse.kind}"))
        if self._writer is not None and self._writer.widens:
            with _timed(timings, "widen"):
                question = self._writer.widened(question, history)
                vectors = self._embed(question)
        with _timed(timings, "retrieve"):
            found = [self._find(part, vectors, filters) for part in question.parts or (question,)]
        if question.in_english and says_too_little(question):
            message = suggest(AnswerStatus.CLARIFY, nearest=clarify(found[0].retrieval))
            return self._ended(text, AnswerStatus.CLARIFY, message, timings)
        held = [each for each in found if each.evidence.suffices(self._evidence_threshold)]
        best = max(found, key=lambda each: each.evidence.probability)
        evidence = best.evidence.probability
        if reason := self._out_of_scope(
            question, own, answerable=bool(held), evidence=evidence, follow_up=bool(history)
        ):
            answer = self._ended(text, AnswerStatus.OUT_OF_SCOPE, reason, timings)
        elif not held:
            answer = self._unanswerable(question, best.retrieval, timings)
        else:
            answer = self._answered(question, found, held, history, telling, timings)
        return replace(answer, findings=steering, evidence=evidence)

    def search(
        self, text: str, *, filters: Filters | None = None, history: Sequence[Turn] = ()
    ) -> tuple[Question, Retrieval, Evidence]:
        """What was understood, found and judged: for authors, evals and LangChain's retriever interface."""
        question = understand(text, self.index, history)
        found = self._find(question, self._embed(question), filters)
        return found.question, found.retrieval, found.evidence

    def _embed(self, question: Question) -> dict[str, Vectors]:
        queries = {query.text: query for part in (question, *question.parts) for query in part.queries}
        if len(self._standing) > _MOST_STANDING:
            self._standing = {}
        kept = self._standing
        fresh = [text for text in queries if text not in kept]
        vectors = dict(zip(fresh, self._embedder.embed_queries(fresh), strict=True))
        kept |= {text: vector for text, vector in vectors.items() if queries[text].standing}
        return {text: vectors[text] if text in vectors else kept[text] for text in queries}

    def _out_of_scope(
        self, question: Question, own: Vectors, *, answerable: bool, evidence: float, follow_up: bool
    ) -> str | None:
        """What to say to a question that this assistant is not for. The stronger the evidence, the surer scope must be."""
        if not fits(self._embedder.model_id) or evidence >= OVERRULES or not question.in_english:
            return None
        text = question.queries[0].text
        if answerable:
            scope = judge_scope(text, own, follow_up=follow_up)
            return scope.message if scope else None
        scope = likeliest_scope(text, own, follow_up=follow_up)
        return scope.message if scope.probability >= WITHOUT_EVIDENCE else None

    def _find(self, question: Question, vectors: dict[str, Vectors], filters: Filters | None) -> "_Found":
        rows = np.stack([vectors[query.text] for query in question.queries])
        retrieval = retrieve(question, rows, self.index, today=self._today(), filters=filters)
        if self._reranker is not None and retrieval.hits:
            texts = texts_to_rerank(retrieval, self._reranked)
            scores = [self._reranker.rerank(query.text, texts) for query in question.queries]
            retrieval = rerank(question, retrieval, scores, today=self._today())
        return _Found(question, retrieval, judge(question, retrieval))

    def _answered(
        self,
        question: Question,
        found: Sequence["_Found"],
        held: Sequence["_Found"],
        history: Sequence[Turn],
        telling: Telling,
        timings: dict[str, float],
    ) -> Answer:
        """Quotes for the parts that are `held`, of all that were `found`; or sentences, where a language model phrases them."""
        parts = [(each.question, each.retrieval) for each in held]
        with _timed(timings, "compose"):
            quoted = compose(parts, self.index, words=self._quote_words)
        with _timed(timings, "ground"):
            quoted = ground(*quoted, self.index)
        if not quoted[0]:
            return self._unanswerable(question, found[0].retrieval, timings)
        written = Written(*quoted)
        if self._writer is not None and question.in_english:
            with _timed(timings, "phrase"):
                written = self._writer.write(question, parts, quoted, self.index, history=history, tell=telling)
        with _timed(timings, "notices"):
            shown = all_notices(question, (written.citations, quoted[1]), self.index, self._today())
        missing = [each.question.text for each in found if each not in held]
        # How an answer is put does not decide what it is called.
        silent = any(says_not_held(statement.text) for statement in quoted[0])
        status = AnswerStatus.PARTIAL if missing or silent else AnswerStatus.ANSWERED
        return Answer(
            id=_new_id(),
            question=question.text,
            status=status,
            statements=written.statements,
            citations=written.citations,
            notices=shown,
            suggestion=suggest(status, missing=missing, in_english=question.in_english, in_quotes=written.in_quotes),
            next_questions=next_questions(question.cleaned, [each.retrieval for each in held], written.citations),
            build_id=self.index.info.id,
            wording=written.wording,
            timings=timings,
        )

    def _unanswerable(self, question: Question, retrieval: Retrieval, timings: dict[str, float]) -> Answer:
        nearest = [name(source) for source in dict.fromkeys(hit.source for hit in retrieval.hits[:2])]
        message = suggest(AnswerStatus.UNANSWERABLE, nearest=nearest, in_english=question.in_english)
        ended = self._ended(question.text, AnswerStatus.UNANSWERABLE, message, timings)
        return replace(ended, notices=notices(question, (), self.index, self._today()))

    def _ended(self, text: str, status: AnswerStatus, suggestion: str | None, timings: dict[str, float]) -> Answer:
        return Answer(
            id=_new_id(),
            question=text,
            status=status,
            suggestion=suggestion,
            build_id=self.index.info.id,
            timings=timings,
        )


class _Found(NamedTuple):
    """What one question, or one part of it, found."""

    question: Question
    retrieval: Retrieval
    evidence: Evidence


def _new_id() -> str:
    # 128 random bits: an answer's id must not be guessable (OWASP ASVS 8.2.2).
    return secrets.token_hex(16)


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - began) * 1000
