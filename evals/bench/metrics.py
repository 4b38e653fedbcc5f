"""Retrieval measures by ir_measures, with bootstrap intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from numpy.typing import NDArray
from scipy.stats import rankdata

from evals.intervals import bootstrap

MEASURES = {"ndcg@10": nDCG @ 10, "recall@1": R @ 1, "recall@5": R @ 5, "recall@10": R @ 10, "mrr@10": RR @ 10}

Ranking = Sequence[str]
"""Ids of documents, best first, each once."""


def evaluate(judgements: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Ranking]) -> dict[str, Any]:
    """Means over the judged queries as fractions, each with its 95 % bootstrap interval under "intervals"."""
    run = {
        query: {document: 1.0 / rank for rank, document in enumerate(ranking, 1)}
        for query, ranking in rankings.items()
        if query in judgements
    }
    judged = {query: dict(judgements[query]) for query in run}
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for each in ir_measures.iter_calc(list(MEASURES.values()), judged, run):
        values[names[each.measure]].append(float(each.value))
    means = {name: round(float(np.mean(found)), 4) for name, found in values.items()}
    return means | {"intervals": {name: bootstrap(found) for name, found in values.items()}}


def reciprocal_rank_fusion(rankings: Sequence[Ranking], *, k: int = 60) -> list[str]:
    """Cormack et al. 2009. Equal scores keep the order of the first ranking."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, document in enumerate(ranking, 1):
            scores[document] = scores.get(document, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda document: -scores[document])


def auroc(answers: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Area under the ROC curve (Mann-Whitney U)."""
    positive, negative = int(answers.sum()), int((~answers).sum())
    return float((rankdata(scores)[answers].sum() - positive * (positive + 1) / 2) / (positive * negative))
