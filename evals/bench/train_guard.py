"""Fits the guard's intent model (assistant/guard/intent.json) and reports on questions that it was not fitted on.

Data: evals/guard/*.yaml, written for this, and, as honest, the questions of evals/scope and evals/cases. A third of each, by
the CRC-32 of its id, is held out. Penalties and threshold are chosen by cross-validation within the other two thirds, in which a topic is
judged by a model that saw none of it. The misuse and injection cases take no part in fitting at all.
"""

import json
import zlib
from collections import Counter
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
from assistant.guard.wording import phrases, wording
from assistant.ports import Embedder
from assistant.query import clean
from assistant.scope import IN_SCOPE
from evals.bench.metrics import auroc
from evals.bench.train_scope import read_questions
from evals.cases import Case

LABELLED = Path(__file__).parents[1] / "guard"
# Tags of cases that are not honest questions without personal data.
_SET_APART = {"misuse", "injection", "personal-data"}
_FOLDS = 5
_PENALTIES = ((1.0, 1.0, 1.5), (1.0, 1.0, 3.0), (1.0, 1.0, 6.0))
"""For the vector, the flags and the phrases."""
# A phrase that fewer questions hold says too little.
_LEAST_QUESTIONS = 3
# Ids of these begin with how a question is asked, not with its topic: each is a group of its own.
_OF_NO_TOPIC = {"odd", "story", "case", "allowed", "prevent", "how", "plain", "words", "honest_voices"}
# Unit vectors have coordinates of about 1/20; scaled, they weigh beside flags of 0 and 1.
_VECTOR_SCALE = 4.0
# At most these shares may be declined in cross-validation: of what cases and evals/scope ask in scope, and of what was written to look like
# misuse. A wrong refusal costs an officer more than a missed one, which gets quotes of guidance only.
FALSE_OF_ORDINARY, FALSE_OF_LOOKALIKES = 0.0025, 0.015
_ORDINARY, _LOOKALIKES = ("case", "scope"), ("honest", "harmless")
GRID = np.round(np.arange(0.3, 0.991, 0.01), 2)
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A question with its kind: a file of evals/guard, scope or outside (in evals/scope, in scope or not), or case and what it is about."""

    id: str
    text: str
    kind: str

    @property
    def held_out(self) -> bool:
        """Whether the question takes no part in fitting."""
        return zlib.crc32(self.id.encode()) % 3 == 0

    @property
    def topic(self) -> str:
        """What the question shares with others of evals/guard, misuse and honest alike; its own id where it shares nothing."""
        prefix = self.id.rsplit("-", 1)[0]
        return prefix if self.kind in ("misuse", "honest") and prefix not in _OF_NO_TOPIC else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Shares (0 to 1) declined by threshold, in cross-validation: of misuse, of ordinary questions and of those that look like misuse."""

    thresholds: Matrix
    misuse: Matrix
    ordinary: Matrix
    lookalikes: Matrix

    @property
    def chosen(self) -> float:
        """The lowest threshold that keeps to both limits."""
        within = (self.ordinary <= FALSE_OF_ORDINARY) & (self.lookalikes <= FALSE_OF_LOOKALIKES)
        return float(self.thresholds[within].min() if within.any() else self.thresholds.max())


def read_labelled(cases: Sequence[Case], folder: Path = LABELLED) -> list[Labelled]:
    """Our own labelled questions and the cases, cleaned as they would be when asked."""
    own = [
        Labelled(id=name, text=clean(question), kind=path.stem)
        for path in sorted(folder.glob("*.yaml"))
        for name, question in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]
    scope = [
        Labelled(id=each.question, text=clean(each.question), kind="scope" if each.kind == IN_SCOPE else "outside")
        for each in read_questions()
    ]
    return (
        own
        + scope
        + [
            Labelled(
                id=case.id, text=clean(case.question), kind=f"case-{case.kind}" if case.kind in _SET_APART else "case"
            )
            for case in cases
        ]
    )


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

    found = minimize(
        loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500, "ftol": 1e-7}
    )
    return np.asarray(found.x)


def cross_validated(features: Matrix, misuse: Matrix, penalty: Matrix, folds: NDArray[np.int_]) -> Matrix:
    """The logit of each question from a model that was fitted without its fold."""
    logits = np.zeros(len(misuse))
    for fold in range(_FOLDS):
        inside = folds == fold
        parameters = fit(features[~inside], misuse[~inside], penalty)
        logits[inside] = features[inside] @ parameters[1:] + parameters[0]
    return logits


def train_one(questions: Sequence[Labelled], vectors: Matrix | None) -> tuple[dict[str, Any], Curve]:
    """Chooses penalties by cross-validated log-loss, the threshold by its curve, and fits. `vectors` None: wording alone."""
    known = vocabulary([each.text for each in questions])
    parts = [matrix_of_wording(questions), matrix_of_phrases(questions, known)]
    parts.insert(0, np.zeros((len(questions), 0)) if vectors is None else vectors * _VECTOR_SCALE)
    features, widths = np.hstack(parts), [part.shape[1] for part in parts]
    misuse = np.array([each.kind == "misuse" for each in questions], dtype=float)
    folds = np.array([zlib.crc32(f"fold {each.topic}".encode()) % _FOLDS for each in questions])
    tried = []
    for weights in _PENALTIES:
        penalty = np.repeat(weights, widths)
        logits = cross_validated(features, misuse, penalty, folds)
        tried.append((float((np.logaddexp(0, logits) - misuse * logits).mean()), penalty, logits))
    _, penalty, logits = min(tried, key=lambda each: each[0])
    curve = curve_of(1 / (1 + np.exp(-logits)), [each.kind for each in questions])
    parameters = fit(features, misuse, penalty)
    vector, words, pairs = np.split(parameters[1:], np.cumsum(widths)[:-1])
    model = {
        "intercept": round(float(parameters[0]), 4),
        "threshold": curve.chosen,
        "wording": dict(zip(wording(""), words.round(4).tolist(), strict=True)),
        "phrases": known,
        "phrase_weights": pairs.round(3).tolist(),
    }
    if vectors is not None:
        model["vector"] = (vector * _VECTOR_SCALE).round(4).tolist()
    return model, curve


def vocabulary(texts: Sequence[str]) -> list[str]:
    """The phrases that enough of the texts hold."""
    counts = Counter(phrase for text in texts for phrase in phrases(text))
    return sorted(phrase for phrase, count in counts.items() if count >= _LEAST_QUESTIONS)


def matrix_of_wording(questions: Sequence[Labelled]) -> Matrix:
    """A row for each question: its flags."""
    return np.array([list(wording(each.text).values()) for each in questions])


def matrix_of_phrases(questions: Sequence[Labelled], known: Sequence[str]) -> Matrix:
    """A row for each question: 1 for each of the known phrases that it holds."""
    found = [phrases(each.text) for each in questions]
    return np.array([[float(phrase in held) for phrase in known] for held in found])


def curve_of(found: Matrix, kinds: Sequence[str]) -> Curve:
    """What each threshold would decline of questions with these probabilities of misuse."""
    labels = np.array(kinds)

    def shares(rows: NDArray[np.bool_]) -> Matrix:
        return np.array([(found[rows] >= each).mean() for each in GRID])

    return Curve(
        thresholds=GRID,
        misuse=shares(labels == "misuse"),
        ordinary=shares(np.isin(labels, _ORDINARY)),
        lookalikes=shares(np.isin(labels, _LOOKALIKES)),
    )


def probabilities(model: dict[str, Any], questions: Sequence[Labelled], vectors: Matrix) -> Matrix:
    """The model's probability of misuse for every question."""
    flags = matrix_of_wording(questions) @ np.array(list(model["wording"].values()))
    logits = (
        model["intercept"] + flags + matrix_of_phrases(questions, model["phrases"]) @ np.array(model["phrase_weights"])
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


def report_curve(curve: Curve, say: Callable[[str], None]) -> None:
    """Every fifth threshold, and the one that was chosen: what it declines in cross-validation by topic."""
    chosen = int((curve.thresholds >= curve.chosen).argmax())
    say("threshold  misuse  ordinary  look-alikes (cross-validated by topic)")
    for at in [*range(0, len(curve.thresholds), 5), chosen]:
        say(
            f"{curve.thresholds[at]:9.2f}  {curve.misuse[at]:.3f}  {curve.ordinary[at]:8.4f}  {curve.lookalikes[at]:.4f}"
        )


def train(
    cases: Sequence[Case], embedder: Embedder, lookalikes: Path | None, say: Callable[[str], None]
) -> tuple[dict[str, Any], Curve]:
    """Fits both models, reports on everything, and returns what intent.json holds, and the curve of the model with the vector."""
    questions = read_labelled(cases) + (read_lookalikes(lookalikes) if lookalikes else [])
    vectors = embedder.embed_queries([each.text for each in questions]).astype(float)
    usable = np.array([each.kind in ("misuse", "outside", *_LOOKALIKES, *_ORDINARY) for each in questions])
    held_out = np.array([each.held_out for each in questions])
    fitted, tested = np.flatnonzero(usable & ~held_out), np.flatnonzero(usable & held_out)
    chosen = [questions[i] for i in fitted]
    (with_vector, curve), (wording_only, _) = train_one(chosen, vectors[fitted]), train_one(chosen, None)
    models = {"with_vector": with_vector, "wording_only": wording_only}
    report_curve(curve, say)
    test = [questions[i] for i in tested]
    for name, model in models.items():
        found = probabilities(model, test, vectors[tested])
        is_misuse = np.array([each.kind == "misuse" for each in test])
        say(f"\n{name}: AUROC {auroc(is_misuse, found):.3f} on {len(test)} held-out questions")
        report(model, questions, vectors, say)
    stored = {
        "model": embedder.model_id,
        "script": "evals/bench/train_guard.py",
        "data": "evals/guard (ours) and, as honest, questions of evals/scope and evals/cases (ours); "
        f"fitted on {len(fitted)}, {len(tested)} held out",
    }
    return stored | models, curve
