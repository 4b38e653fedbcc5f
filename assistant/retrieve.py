"""Hybrid retrieval: dense passages, their best sentence and BM25, fused over the candidates."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assistant.index import Index
from assistant.types import (
    Filters,
    Hit,
    LegalRegime,
    Nation,
    Question,
    Retrieval,
    Scores,
    Source,
    SourceStatus,
    Vectors,
)

CANDIDATES = 100
HITS = 10
# One document can't fill the list of hits.
MOST_OF_A_SOURCE = 5
# Weights of BM25 (as a share of the best score) and of term coverage beside the cosine: docs/adr/0005-retrieval.md.
LEXICAL_WEIGHT, COVERAGE_WEIGHT = 0.2, 0.2
# Taken off the fused score, so that what holds today, and where the officer is, ranks before what does not when both answer.
STATUS_PENALTY = {SourceStatus.SUPERSEDED: 0.06, SourceStatus.HISTORIC: 0.03}
OLD_LAW_PENALTY, EXPIRED_PENALTY, UNREVIEWED_PENALTY, OTHER_NATION_PENALTY = 0.02, 0.06, 0.01, 0.06


def retrieve(
    question: Question, vectors: Vectors, index: Index, *, today: date, filters: Filters | None = None
) -> Retrieval:
    """The passages that may answer, best first.

    `vectors` (queries, dimensions) are those of the question's queries. Equal scores keep the order of the corpus.
    """
    allowed = allowed_sources(index.sources.values(), filters or Filters())
    weights: Scores = np.array([query.weight for query in question.queries], dtype=np.float32)
    weights /= weights.sum()
    matches = [index.lexical_match(query.terms) for query in question.queries]
    rows = candidate_rows(vectors, index, [scores for scores, _ in matches], allowed)
    if not len(rows):
        return Retrieval(hits=(), rejected=())
    combined = turned(vectors, weights, [query.standing for query in question.queries])
    dense: Scores = np.asarray(index.passage_vectors[rows], dtype=np.float32) @ combined
    sentences = sentence_cosines(combined, index, rows)
    lexical: Scores = np.stack([share_of_best(scores)[rows] for scores, _ in matches], axis=1) @ weights
    coverage: Scores = np.stack([held[rows] for _, held in matches], axis=1) @ weights
    best = np.array([max(cosines) for cosines in sentences], dtype=np.float32)
    sources = [index.sources[index.passages[row].source_id] for row in rows.tolist()]
    by_source = {source.id: source for source in sources}
    moved = {id_: penalty(source, question.nations, today) for id_, source in by_source.items()}
    penalties = np.array([moved[source.id] for source in sources], dtype=np.float32)
    scores = fuse(dense, best, lexical, coverage) - penalties
    # Stable, so that equal scores keep the order of the corpus.
    order = np.argsort(-scores, kind="stable").tolist()
    reasons = rejections([sources[place].id for place in order])
    ranked = [
        Hit(
            passage=index.passages[rows[place]],
            source=sources[place],
            dense=float(dense[place]),
            sentences=sentences[place],
            lexical=float(lexical[place]),
            coverage=float(coverage[place]),
            score=float(scores[place]),
            rejected=reason,
        )
        for place, reason in zip(order, reasons, strict=True)
    ]
    return parted(ranked)


def turned(vectors: Vectors, weights: Scores, standing: Sequence[bool]) -> Vectors:
    """The weighted mean of the queries' vectors (queries, dimensions), as long as it is without the standing ones.

    What terms stand for turns the vector; were it shorter for that, its cosines would mean less than those that the evidence was
    calibrated on.
    """
    combined: Vectors = vectors.T @ weights
    if not any(standing):
        return combined
    asked = ~np.array(standing)
    length = np.linalg.norm(vectors[asked].T @ weights[asked]) / weights[asked].sum()
    return np.asarray(combined * (length / np.linalg.norm(combined)), dtype=np.float32)


def rejections(source_ids: Sequence[str]) -> list[str | None]:
    """Why each candidate, best first, is left out; None for the HITS taken, at most MOST_OF_A_SOURCE of a source while others are there."""
    taken: list[int] = []
    seen: Counter[str] = Counter()
    for place, source_id in enumerate(source_ids):
        if len(taken) < HITS and seen[source_id] < MOST_OF_A_SOURCE:
            taken.append(place)
            seen[source_id] += 1
    crowded = [place for place in range(min(HITS, len(source_ids))) if place not in taken]
    kept = {*taken, *crowded[: HITS - len(taken)]}
    return [
        None
        if place in kept
        else f"ranked {place + 1}, after the best {HITS}"
        if place >= HITS
        else f"ranked {place + 1}, after {MOST_OF_A_SOURCE} of the same source"
        for place in range(len(source_ids))
    ]


def parted(ranked: Sequence[Hit]) -> Retrieval:
    """The hits that were taken, and those that were not."""
    return Retrieval(
        hits=tuple(hit for hit in ranked if hit.rejected is None),
        rejected=tuple(hit for hit in ranked if hit.rejected is not None),
    )


def penalty(source: Source, nations: Sequence[Nation], today: date) -> float:
    """How far a source's standing moves it down: superseded, old law, past its dates, or not for a nation that was named."""
    return (
        STATUS_PENALTY.get(source.status, 0.0)
        + OLD_LAW_PENALTY * (source.legal_regime is LegalRegime.PCR_2015)
        + EXPIRED_PENALTY * bool(source.valid_to and today > source.valid_to)
        + EXPIRED_PENALTY * bool(source.valid_from and today < source.valid_from)
        + UNREVIEWED_PENALTY * bool(source.review_by and today > source.review_by)
        + OTHER_NATION_PENALTY * bool(nations and not set(nations) & set(source.nations))
    )


def allowed_sources(sources: Iterable[Source], filters: Filters) -> set[str] | None:
    """Ids of the sources that pass the filters; None where nothing is filtered out."""
    if filters == Filters():
        return None
    publishers = {publisher.casefold() for publisher in filters.publishers}
    return {
        source.id
        for source in sources
        if (not publishers or source.publisher.casefold() in publishers)
        and (not filters.statuses or source.status in filters.statuses)
        and (not filters.nations or set(filters.nations) & set(source.nations))
        and (not filters.published_from or (source.published or "") >= filters.published_from)
    }


def candidate_rows(
    vectors: Vectors, index: Index, lexical: Sequence[Scores], allowed: set[str] | None
) -> NDArray[np.int64]:
    """Rows of the nearest passages and of those with the best BM25 score, for every query, in the order of the corpus."""
    rows: set[int] = set()
    found = index.nearest.query_each(vectors, CANDIDATES, None if allowed is None else sorted(allowed))
    for nearest, scores in zip(found, lexical, strict=True):
        rows.update(index.rows[passage_id] for passage_id, _ in nearest)
        rows.update(best_lexical(scores, index, allowed))
    return np.array(sorted(rows), dtype=np.int64)


def best_lexical(scores: Scores, index: Index, allowed: set[str] | None) -> list[int]:
    """Rows with the best BM25 scores. A score of 0 means that no term occurs: that is no evidence."""
    found = np.flatnonzero(scores)
    if allowed is not None:
        found = found[index.of_sources(allowed)[found]]
    held = scores[found]
    if len(held) > CANDIDATES:
        found = found[held >= np.partition(held, -CANDIDATES)[-CANDIDATES]]
    return found.tolist()


def sentence_cosines(vector: Vectors, index: Index, rows: NDArray[np.int64]) -> list[tuple[float, ...]]:
    """The cosine of every sentence of every candidate passage with the query vector, one tuple a passage."""
    starts = index.sentence_starts[rows]
    counts = index.sentence_starts[rows + 1] - starts
    ends = np.cumsum(counts)
    wanted = np.arange(ends[-1]) + np.repeat(starts - (ends - counts), counts)
    cosines = (np.asarray(index.sentence_vectors[wanted], dtype=np.float32) @ vector).tolist()
    return [tuple(cosines[end - count : end]) for count, end in zip(counts.tolist(), ends.tolist(), strict=True)]


def share_of_best(scores: Scores) -> Scores:
    """BM25 scores as a share of the best one: their scale depends on the query and the corpus."""
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores


def fuse(dense: Scores, best_sentence: Scores, lexical: Scores, coverage: Scores) -> Scores:
    """Convex combination of signals on fixed scales (Bruch et al. 2023, "An analysis of fusion functions for hybrid retrieval")."""
    cosine = (dense + best_sentence) * np.float32(0.5)
    return np.asarray(cosine + LEXICAL_WEIGHT * lexical + COVERAGE_WEIGHT * coverage, dtype=np.float32)
