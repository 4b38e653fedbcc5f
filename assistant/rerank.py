"""Puts the best hits into the order that a reranker gives them, which reads question and passage together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from assistant.analysis import embedding_text
from assistant.retrieve import parted, penalty, rejections
from assistant.types import Hit, Question, Retrieval, Scores


def texts_to_rerank(retrieval: Retrieval, limit: int) -> list[str]:
    """What the reranker reads: the texts of the best `limit` candidates, as they were embedded."""
    return [embedding_text(hit.passage, hit.source) for hit in _ranked(retrieval)[:limit]]


def rerank(question: Question, retrieval: Retrieval, scores: Sequence[Scores], *, today: date) -> Retrieval:
    """Ranks the best candidates by the reranker's scores less the currency penalty; the rest follow as before.

    `scores` holds an array for each of the question's queries, (reranked candidates,), each from 0 to 1. Equal ones keep their order.
    """
    ranked = _ranked(retrieval)
    weights = np.array([query.weight for query in question.queries], dtype=np.float32)
    relevance = np.average(np.stack(scores), axis=0, weights=weights)
    head, rest = ranked[: len(relevance)], ranked[len(relevance) :]
    penalties = np.array([penalty(hit.source, question.nations, today) for hit in head])
    order = np.argsort(penalties - relevance, kind="stable").tolist()
    # A hit takes the fused score of the place that it is moved to: quoting weighs that score, so its scale has to stay.
    moved = [
        replace(head[old], score=head[new].score, relevance=float(relevance[old])) for new, old in enumerate(order)
    ]
    ordered = [*moved, *rest]
    reasons = rejections([hit.source.id for hit in ordered])
    return parted([replace(hit, rejected=reason) for hit, reason in zip(ordered, reasons, strict=True)])


def _ranked(retrieval: Retrieval) -> list[Hit]:
    return [*retrieval.hits, *retrieval.rejected]
