"""Fits the scope model (assistant/scope.json) on the questions in evals/scope. evals/bench/scope_report.py reports.

A question is its own id. A third, by the hash of the id, is held out: neither the weights nor the penalty nor the thresholds
see it. Penalty and thresholds are chosen by cross-validation on the rest.
"""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.ports import Embedder
from assistant.scope import FEATURES, IN_SCOPE, MESSAGES, features
from assistant.types import Vectors

QUESTIONS = Path(__file__).parents[1] / "scope"
KINDS = (IN_SCOPE, *MESSAGES)
# At most this share of the in-scope questions may be flagged as any one kind, in cross-validation. They are harder than
# what officers ask: most of them were written to lie near the boundary.
FALSE_SHARE = 0.005
# No threshold is below 0.7: a share of 0.005 is three or four questions, too few to trust a lower one.
GRID = np.round(np.arange(0.5, 0.991, 0.01), 2)
_LOWEST = 0.7
_PENALTIES = (0.00003, 0.0001, 0.0003)
_FOLDS = 5
_DECIMALS = 3
Matrix = NDArray[np.float64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question of evals/scope with its kind, and whether it comes after another."""

    question: str
    kind: str
    follow_up: bool

    @property
    def held_out(self) -> bool:
        """Whether it is only reported on."""
        return is_held_out(self.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Shares (0 to 1) by threshold: of each kind that is flagged, and of the in-scope questions that are flagged as each kind."""

    thresholds: Matrix
    flagged: dict[str, Matrix]
    wrongly: dict[str, Matrix]


def is_held_out(name: str) -> bool:
    """The same at every run."""
    return zlib.crc32(name.encode()) % 3 == 0


def read_questions(folder: Path = QUESTIONS) -> list[Labelled]:
    """The labelled questions, kind by kind: each kind is a file with the lists `questions` and `follow_ups`."""
    found = []
    for kind in KINDS:
        lists = yaml.safe_load((folder / f"{kind}.yaml").read_text(encoding="utf-8"))
        for name, follow_up in (("questions", False), ("follow_ups", True)):
            found += [Labelled(question=each, kind=kind, follow_up=follow_up) for each in lists[name]]
    return found


def matrix(samples: Sequence[Labelled], vectors: Vectors) -> Matrix:
    """A row for each question: its vector, then its flags."""
    flags = [features(each.question, follow_up=each.follow_up) for each in samples]
    return np.hstack([vectors, np.array(flags)])


def fit(rows: Matrix, labels: NDArray[np.int64], penalty: float) -> Matrix:
    """Multinomial logistic regression with a ridge on all but the intercepts. Returns (kinds, 1 + columns), intercepts first."""
    count, columns = rows.shape
    wanted = np.eye(len(KINDS))[labels]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(len(KINDS), columns + 1)
        found = probabilities(weights, rows)
        error = (found - wanted).T / count
        gradient = np.hstack([error.sum(axis=1, keepdims=True), error @ rows + 2 * penalty * weights[:, 1:]])
        value = -np.log(found[np.arange(count), labels] + 1e-300).mean() + penalty * (weights[:, 1:] ** 2).sum()
        return float(value), gradient.ravel()

    start = np.zeros(len(KINDS) * (columns + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000, "ftol": 1e-10}).x
    return np.asarray(found.reshape(len(KINDS), columns + 1))


def probabilities(weights: Matrix, rows: Matrix) -> Matrix:
    """The probability of every kind, (rows, kinds)."""
    logits = rows @ weights[:, 1:].T + weights[:, 0]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def cross_validated(samples: Sequence[Labelled], rows: Matrix, labels: NDArray[np.int64], penalty: float) -> Matrix:
    """The probabilities of every question from a model that was fitted without it."""
    folds = np.array([zlib.crc32(b"fold " + each.question.encode()) % _FOLDS for each in samples])
    found = np.zeros((len(rows), len(KINDS)))
    for fold in range(_FOLDS):
        weights = fit(rows[folds != fold], labels[folds != fold], penalty)
        found[folds == fold] = probabilities(weights, rows[folds == fold])
    return found


def curve_of(found: Matrix, labels: NDArray[np.int64]) -> Curve:
    """What each threshold would flag."""
    outside, kinds = 1 - found[:, 0], found[:, 1:].argmax(axis=1) + 1
    flagged, wrongly = {}, {}
    for number, kind in enumerate(KINDS):
        if kind != IN_SCOPE:
            flagged[kind] = np.array([(outside[labels == number] >= each).mean() for each in GRID])
            as_kind = kinds[labels == 0] == number
            wrongly[kind] = np.array([(as_kind & (outside[labels == 0] >= each)).mean() for each in GRID])
    return Curve(thresholds=GRID, flagged=flagged, wrongly=wrongly)


def choose_thresholds(curve: Curve) -> dict[str, float]:
    """The lowest threshold of each kind, from _LOWEST on, that keeps to FALSE_SHARE; the highest of the grid where none does."""
    found = {}
    for kind, wrongly in curve.wrongly.items():
        within = curve.thresholds[(wrongly <= FALSE_SHARE) & (curve.thresholds >= _LOWEST)]
        found[kind] = float(within.min() if within.size else curve.thresholds.max())
    return found


def train(samples: Sequence[Labelled], embedder: Embedder, say: Say) -> tuple[dict[str, Any], Curve]:
    """Fits the model on what is not held out; returns what scope.json holds, and the curve that its thresholds were chosen by."""
    vectors = embedder.embed_queries([each.question for each in samples])
    fitted = [number for number, each in enumerate(samples) if not each.held_out]
    chosen = [samples[number] for number in fitted]
    rows, labels = matrix(chosen, vectors[fitted]), np.array([KINDS.index(each.kind) for each in chosen])
    tried = {penalty: cross_validated(chosen, rows, labels, penalty) for penalty in _PENALTIES}
    losses = {penalty: -np.log(each[np.arange(len(rows)), labels]).mean() for penalty, each in tried.items()}
    for tried_penalty, value in losses.items():
        say(f"penalty {tried_penalty}: cross-validated log loss {value:.4f}")
    penalty = min(losses, key=lambda each: losses[each])
    curve = curve_of(tried[penalty], labels)
    thresholds = choose_thresholds(curve)
    weights = fit(rows, labels, penalty).round(_DECIMALS)
    columns = vectors.shape[1]
    model = {
        "kinds": list(KINDS),
        "features": list(FEATURES),
        "thresholds": thresholds,
        "intercepts": weights[:, 0].tolist(),
        "vector_weights": weights[:, 1 : columns + 1].tolist(),
        "feature_weights": weights[:, columns + 1 :].tolist(),
        "penalty": penalty,
        "script": "evals/bench/train_scope.py",
        "data": f"evals/scope (ours); fitted on {len(fitted)} of {len(samples)} questions, the others held out",
        "model": embedder.model_id,
    }
    return model, curve


def as_text(model: dict[str, Any]) -> str:
    """The model as compact JSON, a line for each field."""
    lines = (f" {json.dumps(name)}: {json.dumps(value, separators=(',', ':'))}" for name, value in model.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
