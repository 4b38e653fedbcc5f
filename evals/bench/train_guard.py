"""Fits the guard's intent model (assistant/guard/intent.json) and reports on questions that it was not fitted on.

Data: evals/guard/*.yaml, written for this, and the honest questions of evals/cases. A third of each, by the CRC-32 of its
id, is held out. Penalties and threshold are chosen by cross-validation within the other two thirds. The misuse and injection
cases take no part in fitting at all.
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

from assistant.guard.personal_data import inspect
from assistant.guard.steering import honest_part, steering_flags
from assistant.guard.wording import wording
from assistant.ports import Embedder
from assistant.query import clean
from evals.bench.metrics import auroc
from evals.cases import Case

LABELLED = Path(__file__).parents[1] / "guard"
# Tags of cases that are not honest questions without personal data.
_SET_APART = {"misuse", "injection", "personal-data"}
_FOLDS = 5
_PENALTIES = tuple((vector, words) for vector in (0.3, 1.0, 3.0) for words in (0.3, 1.0, 3.0))
# Unit vectors have coordinates of about 1/20; scaled, they weigh beside flags of 0 and 1.
_VECTOR_SCALE = 4.0
# Of the honest questions in training, most of which look like misuse on purpose. A wrong refusal costs an officer more than a missed
# one, which gets quotes of guidance and nothing else.
_FALSE_ALARMS = 0.01
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question with its kind: misuse, honest, steering, mixed, harmless (files of evals/guard), or case and what it is about."""

    id: str
    text: str
    kind: str

    @property
    def held_out(self) -> bool:
        """Whether the question takes no part in fitting."""
        return zlib.crc32(self.id.encode()) % 3 == 0


def read_labelled(cases: Sequence[Case], folder: Path = LABELLED) -> list[Labelled]:
    """Our own labelled questions and the cases, cleaned as they would be when asked."""
    own = [
        Labelled(id=name, text=clean(question), kind=path.stem)
        for path in sorted(folder.glob("*.yaml"))
        for name, question in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]
    return own + [
        Labelled(id=case.id, text=clean(case.question), kind=f"case-{case.kind}" if case.kind in _SET_APART else "case")
        for case in cases
    ]


def read_lookalikes(folder: Path) -> list[Labelled]:
    """Harmless questions of others that look like injection: JSON lists of {"prompt"} (NotInject)."""
    return [
        Labelled(id=f"{path.stem}-{number}", text=clean(row["prompt"]), kind="lookalike")
        for path in sorted(folder.glob("NotInject_*.json"))
        for number, row in enumerate(json.loads(path.read_text(encoding="utf-8")))
    ]


def fit(features: Matrix, misuse: Matrix, penalty: Matrix) -> Matrix:
    """Ridge logistic regression. Returns the intercept, then a weight for each column."""

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        logits = features @ parameters[1:] + parameters[0]
        error = 1 / (1 + np.exp(-logits)) - misuse
        gradient = np.concatenate([[error.sum()], features.T @ error + 2 * penalty * parameters[1:]])
        value = (np.logaddexp(0, logits) - misuse * logits).sum() + (penalty * parameters[1:] ** 2).sum()
        return float(value), gradient

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 5000})
    return np.asarray(found.x)


def cross_validated(features: Matrix, misuse: Matrix, penalty: Matrix, folds: NDArray[np.int_]) -> Matrix:
    """The logit of each question from a model that was fitted without its fold."""
    logits = np.zeros(len(misuse))
    for fold in range(_FOLDS):
        inside = folds == fold
        parameters = fit(features[~inside], misuse[~inside], penalty)
        logits[inside] = features[inside] @ parameters[1:] + parameters[0]
    return logits


def train_one(questions: Sequence[Labelled], vectors: Matrix | None) -> dict[str, Any]:
    """Chooses penalties by cross-validated log-loss, the threshold by false alarms, and fits. `vectors` None: wording alone."""
    words = np.array([list(wording(each.text).values()) for each in questions])
    misuse = np.array([each.kind == "misuse" for each in questions], dtype=float)
    folds = np.array([zlib.crc32(f"fold {each.id}".encode()) % _FOLDS for each in questions])
    width = 0 if vectors is None else vectors.shape[1]
    features = words if vectors is None else np.hstack([vectors * _VECTOR_SCALE, words])
    best: tuple[float, Matrix, Matrix] | None = None
    for for_vector, for_words in _PENALTIES:
        penalty = np.concatenate([np.full(width, for_vector), np.full(words.shape[1], for_words)])
        logits = cross_validated(features, misuse, penalty, folds)
        log_loss = float((np.logaddexp(0, logits) - misuse * logits).mean())
        if best is None or log_loss < best[0]:
            best = (log_loss, penalty, logits)
    assert best is not None  # noqa: S101 - there are penalties
    honest = np.sort(best[2][misuse == 0])[::-1]
    threshold = 1 / (1 + np.exp(-honest[int(len(honest) * _FALSE_ALARMS)]))
    parameters = fit(features, misuse, best[1])
    model = {
        "intercept": round(float(parameters[0]), 4),
        "threshold": round(float(threshold), 4),
        "wording": dict(zip(wording(""), (round(float(each), 4) for each in parameters[1 + width :]), strict=True)),
    }
    if vectors is not None:
        model["vector"] = [round(float(each), 4) for each in parameters[1 : 1 + width] * _VECTOR_SCALE]
    return model


def probabilities(model: dict[str, Any], questions: Sequence[Labelled], vectors: Matrix) -> Matrix:
    """The model's probability of misuse for every question."""
    logits = np.array(
        [
            model["intercept"] + sum(model["wording"][name] * value for name, value in wording(each.text).items())
            for each in questions
        ]
    )
    if "vector" in model:
        logits += vectors @ np.array(model["vector"])
    return np.asarray(1 / (1 + np.exp(-logits)))


def report(model: dict[str, Any], questions: Sequence[Labelled], vectors: Matrix, say: Callable[[str], None]) -> None:
    """How many questions of each kind are declined as misuse or steering, flagged, or refused for personal data."""
    misuse = probabilities(model, questions, vectors) >= model["threshold"]
    say(f"{'kind':20} {'part':9} {'count':>5} {'misuse':>7} {'steering':>8} {'flagged':>8} {'personal':>8}")
    for kind in sorted({each.kind for each in questions}):
        for part, held_out in (("fitted", False), ("held out", True)):
            rows = [i for i, each in enumerate(questions) if each.kind == kind and each.held_out == held_out]
            texts = [questions[i].text for i in rows]
            flagged = [text for text in texts if steering_flags(text)]
            steering = sum(honest_part(text) is None for text in flagged)
            personal = sum(inspect(text) is not None for text in texts)
            say(
                f"{kind:20} {part:9} {len(rows):5} {int(misuse[rows].sum()):7} {steering:8} {len(flagged):8} {personal:8}"
            )


def train(
    cases: Sequence[Case], embedder: Embedder, lookalikes: Path | None, say: Callable[[str], None]
) -> dict[str, Any]:
    """Fits both models, reports on everything, and returns what intent.json holds."""
    questions = read_labelled(cases) + (read_lookalikes(lookalikes) if lookalikes else [])
    vectors = embedder.embed_queries([each.text for each in questions]).astype(float)
    usable = np.array([each.kind in ("misuse", "honest", "harmless", "case") for each in questions])
    held_out = np.array([each.held_out for each in questions])
    fitted, tested = np.flatnonzero(usable & ~held_out), np.flatnonzero(usable & held_out)
    chosen = [questions[i] for i in fitted]
    models = {"with_vector": train_one(chosen, vectors[fitted]), "wording_only": train_one(chosen, None)}
    test = [questions[i] for i in tested]
    for name, model in models.items():
        found = probabilities(model, test, vectors[tested])
        is_misuse = np.array([each.kind == "misuse" for each in test])
        say(f"\n{name}: AUROC {auroc(is_misuse, found):.3f} on {len(test)} held-out questions")
        report(model, questions, vectors, say)
    return {
        "model": embedder.model_id,
        "script": "evals/bench/train_guard.py",
        "data": f"evals/guard (ours) and honest questions of evals/cases (ours); fitted on {len(fitted)}, {len(tested)} held out",
    } | models
