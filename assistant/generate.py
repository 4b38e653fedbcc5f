"""Answers phrased by a language model: each sentence is shown once it has passed the gate, and not before."""

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from string import Template

from assistant import prompts
from assistant.chat import Chat, NotCalledError, Restart
from assistant.compose import PASSAGES, cite_range, score_sentences
from assistant.errors import ChatModelError
from assistant.gate import Draft, DraftedSentence, Dropped, Passed, Rule, Shown, check, read
from assistant.gate.names import capitalised, words_of
from assistant.guard.steering import steering_flags
from assistant.index import Index
from assistant.phrased import DroppedSentence, Message, NotPhrased
from assistant.silence import says_not_held
from assistant.telling import Tell
from assistant.types import Citation, Hit, Question, Retrieval, Statement, StatementKind

MOST_SENTENCES = 8
# The best sentence that an answer rests on may score this much below the best that was found, and the question still be answered.
# Measured: docs/adr/0017-model-phrasing.md.
ENOUGH_MARGIN = 0.02
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\w[\w.-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a draft is asked for: the parts of the question with what was found for each, and the passages under their numbers."""

    question: Question
    parts: tuple[tuple[Question, Retrieval], ...]
    hits: tuple[Hit, ...]
    shown: dict[int, Shown]
    # For each part the score of every sentence of every passage shown, by passage number.
    scores: tuple[dict[int, tuple[float, ...]], ...]


@dataclass(slots=True, kw_only=True)
class Phrasing:
    """What has passed so far, under its numbers, what was dropped, and why the draft ended early, where it did."""

    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)
    ended: NotPhrased | None = None


def known_names(index: Index) -> frozenset[str]:
    """The words that the corpus always writes with a capital, and the names of its publishers."""
    publishers = {" ".join(words_of(source.publisher)) for source in index.sources.values()}
    return capitalised(passage.text for passage in index.passages) | publishers


def prepare(question: Question, parts: Sequence[tuple[Question, Retrieval]], index: Index) -> Asked:
    """Numbers the best passages of each part, and scores their sentences as quotes are scored."""
    hits = {hit.passage.id: hit for _, retrieval in reversed(parts) for hit in retrieval.hits[:PASSAGES]}
    ordered = [hits[each.passage.id] for _, retrieval in parts for each in retrieval.hits[:PASSAGES]]
    numbered = list({hit.passage.id: hit for hit in ordered}.values())
    number_of = {hit.passage.id: number for number, hit in enumerate(numbered, 1)}
    scores = []
    for part, retrieval in parts:
        of_part: dict[int, dict[int, float]] = {}
        for candidate in score_sentences(part, retrieval.hits[:PASSAGES], index):
            of_part.setdefault(number_of[candidate.passage.id], {})[candidate.sentence] = candidate.score
        scores.append({number: tuple(score for _, score in sorted(found.items())) for number, found in of_part.items()})
    shown = {number: read(number, hit.passage, hit.source, hit.sentences) for number, hit in enumerate(numbered, 1)}
    return Asked(question=question, parts=tuple(parts), hits=tuple(numbered), shown=shown, scores=tuple(scores))


def messages(asked: Asked, earlier: Sequence[str] = ()) -> list[Message]:
    """The rules, then the question and the passages as data. No address goes out, and no sentence that speaks to a machine."""
    texts = [_shown_text(number, asked) for number in asked.shown]
    # Nobody can write into a passage a code that depends on what the passage says.
    code = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
    passages = "\n".join(
        f"--- passage {number} {code} ---\n{text}\n--- end of passage {number} {code} ---"
        for number, text in zip(asked.shown, texts, strict=True)
    )
    before = "".join(f"Asked before in the same conversation: {_without_addresses(each)}\n" for each in earlier)
    told = Template(prompts.prompt("passages-1")).substitute(
        question=_without_addresses(asked.question.cleaned), earlier=before, code=code, passages=passages
    )
    return [Message(role="system", text=prompts.prompt("answer-1")), Message(role="user", text=told)]


def _shown_text(number: int, asked: Asked) -> str:
    passage, source = asked.shown[number].passage, asked.hits[number - 1].source
    text = passage.text
    for sentence in reversed(passage.sentences):
        if steering_flags(text[sentence.start : sentence.end]):
            text = f"{text[: sentence.start]}(left out){text[sentence.end :]}"
    about = [f"{source.title} ({source.publisher}, {source.published or 'date not known'}, {source.status.value})"]
    return _without_addresses(
        "\n".join([*about, *([" > ".join(passage.heading_path)] if passage.heading_path else []), text])
    )


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub("(address)", text)


def phrase(
    asked: Asked, chat: Chat, index: Index, *, names: Collection[str], tell: Tell, earlier: Sequence[str] = ()
) -> Phrasing:
    """Drafts, checks and tells. Never raises for what the model does: what passed until then stands."""
    phrasing = Phrasing()
    draft = Draft()
    pieces = chat.stream(messages(asked, earlier), may_retry=lambda: not phrasing.statements)
    try:
        for piece in pieces:
            if isinstance(piece, Restart):
                draft = Draft()
                continue
            for sentence in draft.feed(piece):
                _take(sentence, asked, index, names, phrasing, tell)
            if len(phrasing.statements) >= MOST_SENTENCES:
                break
        else:
            for sentence in draft.end():
                _take(sentence, asked, index, names, phrasing, tell)
    except NotCalledError as error:
        phrasing.ended = error.reason
    except ChatModelError:
        phrasing.ended = NotPhrased.FAILED
    finally:
        pieces.close()
    return phrasing


def _take(
    sentence: DraftedSentence, asked: Asked, index: Index, names: Collection[str], phrasing: Phrasing, tell: Tell
) -> None:
    """Checks one sentence; shows it with its citations, or keeps it with the rule that it failed."""
    verdict = check(sentence, asked.shown, weights=index.term_weights, known_names=names)
    if isinstance(verdict, Dropped):
        phrasing.dropped.append(DroppedSentence(text=verdict.text, rule=verdict.rule.value))
        return
    if any(statement.text == verdict.text for statement in phrasing.statements):
        phrasing.dropped.append(DroppedSentence(text=verdict.text, rule=Rule.REPEATED.value))
        return
    cited = len(phrasing.citations)
    numbers = tuple(
        dict.fromkeys(_number_of(verdict, place, asked, phrasing) for place in range(len(verdict.supports)))
    )
    statement = Statement(text=verdict.text, kind=StatementKind.VERIFIED, citations=numbers)
    phrasing.statements.append(statement)
    phrasing.covered |= _covers(verdict, asked)
    if len(phrasing.citations) > cited:
        tell(tuple(phrasing.citations))
    tell(statement)


def _number_of(passed: Passed, place: int, asked: Asked, phrasing: Phrasing) -> int:
    """The number of the citation of a support: that of the same quote, or the next."""
    support = passed.supports[place]
    hit = asked.hits[support.shown.number - 1]
    quote = hit.passage.text[support.start : support.end]
    for citation in phrasing.citations:
        if (citation.passage_id, citation.quote) == (hit.passage.id, quote):
            return citation.number
    citation = cite_range(hit, support.start, support.end, len(phrasing.citations) + 1)
    phrasing.citations.append(citation)
    return citation.number


def _covers(passed: Passed, asked: Asked) -> set[int]:
    """The parts of the question that a sentence answers: it rests on evidence about as good as the best."""
    covered = set()
    for part, scores in enumerate(asked.scores):
        best = max((max(each) for each in scores.values()), default=0.0)
        for support in passed.supports:
            sentences = zip(support.shown.passage.sentences, scores.get(support.shown.number, ()), strict=False)
            rests_on = [score for each, score in sentences if support.start <= each.start and each.end <= support.end]
            if rests_on and max(rests_on) >= best - ENOUGH_MARGIN:
                covered.add(part)
    return covered


def completed(
    phrasing: Phrasing, asked: Asked, quoted: tuple[tuple[Statement, ...], tuple[Citation, ...]], tell: Tell
) -> tuple[tuple[Statement, ...], tuple[Citation, ...], NotPhrased | None]:
    """The sentences that passed, and after them the quotes that they leave out: all where they don't answer, else those that say
    what is not held. What was told is never taken back.
    """
    left_open = len(phrasing.covered) < len(asked.parts)
    said = [statement.text for statement in phrasing.statements] + [citation.quote for citation in phrasing.citations]
    silent = any(says_not_held(text) for text in said)
    for statement in quoted[0]:
        wanted = left_open or (says_not_held(statement.text) and not silent)
        if wanted and not any(statement.text in text for text in said):
            _append(statement, quoted[1], phrasing)
            tell(tuple(phrasing.citations))
            tell(phrasing.statements[-1])
    reason = None
    if left_open:
        reason = (
            NotPhrased.INCOMPLETE
            if any(each.kind is StatementKind.VERIFIED for each in phrasing.statements)
            else NotPhrased.NOTHING_PASSED
        )
        reason = phrasing.ended or reason
    return tuple(phrasing.statements), tuple(phrasing.citations), reason


def _append(statement: Statement, citations: Sequence[Citation], phrasing: Phrasing) -> None:
    numbers = []
    for citation in citations:
        if citation.number in statement.citations:
            numbers.append(len(phrasing.citations) + 1)
            phrasing.citations.append(replace(citation, number=numbers[-1]))
    phrasing.statements.append(Statement(text=statement.text, kind=statement.kind, citations=tuple(numbers)))
