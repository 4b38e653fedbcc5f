"""What a language model does in answering: it phrases what was found and, where it is set to, words the search. Always optional."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant import guard, prompts
from assistant.analysis import terms
from assistant.chat import Chat
from assistant.generate import Phrasing, completed, known_names, phrase, prepare
from assistant.ground import ground
from assistant.index import Index
from assistant.phrased import NotPhrased, PhrasedBy, Wording
from assistant.rewrite import rewritten, variants
from assistant.telling import Tell
from assistant.types import Citation, Query, Question, Retrieval, Statement, StatementKind, Turn

Quoted = tuple[tuple[Statement, ...], tuple[Citation, ...]]
# How many questions before this one the model is told of; the page on privacy says so.
_EARLIER = 1
# Weights of queries that a model worded, beside the question's own 1.
REWRITTEN, VARIANT = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """The statements of an answer with their citations, and how they came about."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    wording: Wording | None = None

    @property
    def in_quotes(self) -> bool:
        """Whether a model was to phrase the answer, and its sentences are not enough."""
        return self.wording is not None and self.wording.not_phrased is not None


class Writer:
    """A chat model put to use. One for a process; it keeps no text."""

    def __init__(self, chat: Chat, *, rewrites: bool = False, varies: bool = False) -> None:
        self.chat = chat
        self._rewrites = rewrites
        self._varies = varies
        self._names: tuple[str, frozenset[str]] | None = None

    @property
    def widens(self) -> bool:
        """Whether it words queries at all."""
        return self._rewrites or self._varies

    def widened(self, question: Question, history: Sequence[Turn]) -> Question:
        """The question with the queries that the model adds. Without parts only: what stands in parts is searched for as it is."""
        if question.parts or guard.steering_flags(question.cleaned):
            return question
        added: list[Query] = []
        earlier = _earlier(history)
        if self._rewrites and earlier and (text := rewritten(question.cleaned, earlier, self.chat)):
            added.append(Query(text=text, terms=tuple(terms(text)), weight=REWRITTEN))
        if self._varies:
            added += [
                Query(text=text, terms=tuple(terms(text)), weight=VARIANT)
                for text in variants(question.cleaned, self.chat)
            ]
        known = {query.text for query in question.queries}
        return replace(question, queries=(*question.queries, *(query for query in added if query.text not in known)))

    def write(
        self,
        question: Question,
        parts: Sequence[tuple[Question, Retrieval]],
        quoted: Quoted,
        index: Index,
        *,
        history: Sequence[Turn],
        tell: Tell,
    ) -> Written:
        """The model's sentences that hold, and the quotes that they leave out. `quoted` is the answer without a model.

        Raises:
            Abandoned: `tell` raised it.
        """
        if guard.steering_flags(question.cleaned):
            return Written(*quoted, Wording(not_phrased=NotPhrased.STEERING))
        asked = prepare(question, parts, index)
        phrasing = phrase(asked, self.chat, index, names=self._names_of(index), tell=tell, earlier=_earlier(history))
        return self._finished(phrasing, completed(phrasing, asked, quoted, tell), index)

    def _finished(
        self,
        phrasing: Phrasing,
        done: tuple[tuple[Statement, ...], tuple[Citation, ...], NotPhrased | None],
        index: Index,
    ) -> Written:
        statements, citations = ground(done[0], done[1], index)
        verified = any(statement.kind is StatementKind.VERIFIED for statement in statements)
        return Written(
            statements,
            citations,
            Wording(
                phrased_by=PhrasedBy(model=self.chat.name, prompt_sha256=prompts.sha256()) if verified else None,
                not_phrased=done[2],
                dropped=tuple(phrasing.dropped),
            ),
        )

    def _names_of(self, index: Index) -> frozenset[str]:
        # Two threads may both find it out; they find the same.
        if self._names is None or self._names[0] != index.info.id:
            self._names = (index.info.id, known_names(index))
        return self._names[1]


def _earlier(history: Sequence[Turn]) -> list[str]:
    """The questions before this one that may leave the house: without personal data and without words that steer."""
    return [
        turn.question
        for turn in history[-_EARLIER:]
        if not guard.inspect(turn.question) and not guard.steering_flags(turn.question)
    ]
