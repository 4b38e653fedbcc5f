"""Fits the verifier (assistant/verify.json) and reports it on claims that it was not fitted on.

Data: RAGTruth (sentences of summaries), WiCE dev (claims), BEGIN dev (turns of dialogues). Every family of sets, and in it every set
and each label, weighs the same, so that 0.5 is where balanced accuracy is expected to be greatest.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.support import read_evidence, signals
from evals.bench.grounding import ClaimSet, read_sets

_FOLDS = 5
_INVERSE_PENALTY = 0.05
Matrix = NDArray[np.float64]


def train(files: Sequence[Path], say: Callable[[str], None]) -> dict[str, Any]:
    """Fits on every set of single sentences, reports cross-validation and what is lost without a family, and returns the model."""
    sets = [each for file in files for each in read_sets(file)[:1] if not each.name.endswith("_response")]
    rows = [signals(claim.text, read_evidence(claim.evidence)) for each in sets for claim in each.claims]
    names = list(rows[0])
    features = np.array([list(row.values()) for row in rows])
    labels = np.array([claim.supported for each in sets for claim in each.claims])
    groups = np.array([f"{each.name} {claim.group.partition('_')[0]}" for each in sets for claim in each.claims])
    of_set = np.array([each.name for each in sets for _ in each.claims])
    weights = even_weights(sets, labels, of_set)
    held_out = np.zeros(len(labels))
    for inside, outside in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(features, labels, groups):
        held_out[outside] = fitted(features[inside], labels[inside], weights[inside]).predict_proba(features[outside])[
            :, 1
        ]
    families = np.array([name.partition("_")[0] for name in of_set])
    alone = np.zeros(len(labels))
    for family in sorted(set(families)):
        outside = families == family
        alone[outside] = fitted(features[~outside], labels[~outside], weights[~outside]).predict_proba(
            features[outside]
        )[:, 1]
    for each in sets:
        chosen = of_set == each.name
        for title, scores in (("cross-validated", held_out), ("family left out", alone)):
            say(
                f"{each.name:26} {title} AUROC {roc_auc_score(labels[chosen], scores[chosen]):.3f} "
                f"balanced accuracy {balanced_accuracy_score(labels[chosen], scores[chosen] >= 0.5):.3f}"
            )
    pipeline = fitted(features, labels, weights)
    scaler, regression = pipeline[0], pipeline[1]
    coefficients = regression.coef_[0] / scaler.scale_
    return {
        "intercept": round(float(regression.intercept_[0] - coefficients @ scaler.mean_), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(names, coefficients, strict=True)},
        "threshold": 0.5,
        "script": "evals/bench/train_verifier.py",
        "data": "RAGTruth summaries (MIT), WiCE dev (ODC-BY), BEGIN dev (Apache-2.0)",
    }


def fitted(features: Matrix, labels: NDArray[np.bool_], weights: Matrix) -> Any:
    """Ridge logistic regression over standardised signals."""
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=_INVERSE_PENALTY, max_iter=2000))
    return pipeline.fit(features, labels, logisticregression__sample_weight=weights)


def even_weights(sets: Sequence[ClaimSet], labels: NDArray[np.bool_], of_set: NDArray[np.str_]) -> Matrix:
    """Every set and each label in it weighs the same; the mean weight is 1."""
    weights = np.zeros(len(labels))
    for each in sets:
        for label in (True, False):
            chosen = (of_set == each.name) & (labels == label)
            weights[chosen] = 1 / chosen.sum()
    return np.asarray(weights * len(weights) / weights.sum())
