"""Hybrid retrieval: dense passages, their best sentence and BM25, fused over the candidates."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.index import Index
from assistant.types import Filters, Hit, Question, Retrieval, Source, SourceStatus, Vectors

CANDIDATES = 100
HITS = 10
# Weight of BM25 against the mean of passage and best-sentence cosine, each min-max scaled over the candidates (docs/adr/0005-retrieval.md).
LEXICAL_WEIGHT = 0.3
# Taken off the fused score, so that what replaced a text ranks before it when both answer.
CURRENCY_PENALTY = {SourceStatus.SUPERSEDED: 0.10, SourceStatus.HISTORIC: 0.05}

Scores = NDArray[np.float32]


def retrieve(question: Question, vector: Vectors, index: Index, filters: Filters | None = None) -> Retrieval:
    """The passages that may answer, best first. `vector` (dimensions,) is the question's. Equal scores keep the order of the corpus."""
    allowed = allowed_sources(index.sources.values(), filters or Filters())
    lexical, coverage = index.lexical_match(question.terms)
    rows = candidate_rows(vector, index, lexical, allowed)
    if not len(rows):
        return Retrieval(hits=(), rejected=())
    dense = np.asarray(index.passage_vectors[rows], dtype=np.float32) @ vector
    sentences = sentence_cosines(vector, index, rows)
    best = np.array([cosines.max(initial=-1.0) for cosines in sentences], dtype=np.float32)
    fused = fuse(dense, best, lexical[rows])
    hits = [
        Hit(
            passage=index.passages[row],
            source=index.sources[index.passages[row].source_id],
            dense=float(dense[place]),
            sentences=tuple(sentences[place].tolist()),
            lexical=float(lexical[row]),
            coverage=float(coverage[row]),
            score=float(fused[place]),
        )
        for place, row in enumerate(rows.tolist())
    ]
    return rank(hits)


def allowed_sources(sources: Iterable[Source], filters: Filters) -> set[str] | None:
    """Ids of the sources that pass the filters; None where nothing is filtered out."""
    if filters == Filters():
        return None
    publishers = {publisher.casefold() for publisher in filters.publishers}
    return {
        source.id
        for source in sources
        if (not publishers or source.publisher.casefold() in publishers)
        and (not filters.nations or set(filters.nations) & set(source.nations))
        and (not filters.published_from or (source.published or "") >= filters.published_from)
    }


def candidate_rows(vector: Vectors, index: Index, lexical: Scores, allowed: set[str] | None) -> NDArray[np.int64]:
    """Rows of the nearest passages and of those with the best BM25 score, in the order of the corpus."""
    nearest = index.nearest.query(vector, CANDIDATES, None if allowed is None else sorted(allowed))
    rows = {index.rows[passage_id] for passage_id, _ in nearest}
    # A stable sort, so that equal scores are cut off alike every time. A score of 0 means that no term occurs: that is no evidence.
    by_score = np.argsort(-lexical, kind="stable")
    found = 0
    for row in by_score.tolist():
        if lexical[row] <= 0 or found == CANDIDATES:
            break
        if allowed is None or index.passages[row].source_id in allowed:
            rows.add(row)
            found += 1
    return np.array(sorted(rows), dtype=np.int64)


def sentence_cosines(vector: Vectors, index: Index, rows: NDArray[np.int64]) -> list[Scores]:
    """The cosine of every sentence of every candidate passage with the question, one array a passage."""
    starts, ends = index.sentence_starts[rows], index.sentence_starts[rows + 1]
    wanted = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
    cosines = np.asarray(index.sentence_vectors[wanted], dtype=np.float32) @ vector
    return np.split(cosines, np.cumsum(ends - starts)[:-1])


def fuse(dense: Scores, best_sentence: Scores, lexical: Scores) -> Scores:
    """Convex combination of min-max scaled scores (Bruch et al. 2023, "An analysis of fusion functions"), in 0 to 1."""
    return (1 - LEXICAL_WEIGHT) * min_max((dense + best_sentence) * np.float32(0.5)) + LEXICAL_WEIGHT * min_max(lexical)


def min_max(scores: Scores) -> Scores:
    """Scales to 0 to 1. Scores that are all the same become 1: none is better than another."""
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)


def rank(hits: Sequence[Hit]) -> Retrieval:
    """Orders candidates by score less the currency penalty, and keeps the best."""
    weighed = [replace(hit, score=hit.score - CURRENCY_PENALTY.get(hit.source.status, 0.0)) for hit in hits]
    ordered = sorted(weighed, key=lambda hit: -hit.score)
    rejected = (
        replace(hit, rejected=f"ranked {place}, after the best {HITS}")
        for place, hit in enumerate(ordered[HITS:], HITS + 1)
    )
    return Retrieval(hits=tuple(ordered[:HITS]), rejected=tuple(rejected))
