"""Fits the evidence model (assistant/evidence.json) and shows what each threshold would do.

Data: CLAP NQ dev (question and passage, half of them not answered by it), MTRAG-UN dev (turns of conversations, with
answerability), and this project's own cases (must be answered; near misses and questions out of scope must not). Each
set is split in halves by the hash of its items: the model is fitted on one half and reported on the other. Every set,
and in it each side, weighs the same.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answer import Assistant
from assistant.assembly import open_assistant
from assistant.errors import QuestionError
from assistant.evidence import signals
from assistant.types import Question, Retrieval, Turn
from evals.bench.beir import cut_documents, read_beir, turns_of
from evals.bench.bench_index import Tools, bench_assistant
from evals.bench.metrics import auroc
from evals.bench.reading import own_passage, read_rows, reading_assistant
from evals.cases import Case

_PENALTY = 0.001
_OUT = ("near-miss", "out-of-scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question: its signals, whether the passages found answer it, and which half it is in."""

    signals: dict[str, float]
    answers: bool
    half: int
    kind: str


def half_of(name: str) -> int:
    """0 or 1, the same at every run."""
    return zlib.crc32(name.encode()) % 2


def reading_samples(file: Path, tools: Tools) -> list[Sample]:
    """CLAP NQ: each question against its own passage, in an index of all passages."""
    rows = read_rows(file)
    assistant = reading_assistant(rows, tools)
    samples = []
    for row in rows:
        question, retrieval, _ = assistant.search(row["question"], filters=own_passage(row))
        samples.append(
            _sample(question, retrieval, answers=row["answer"] is not None, name=str(row["_id"]), kind="reading")
        )
    return samples


def dialogue_samples(folder: Path, tools: Tools) -> list[Sample]:
    """MTRAG-UN: answerable and unanswerable turns, with their conversation."""
    found = read_beir(folder)
    assistant = bench_assistant(tools, cut_documents(found.corpus))
    samples = []
    for query in found.queries:
        label = query["metadata"]["answerability"]
        if label in ("ANSWERABLE", "UNANSWERABLE"):
            question, retrieval, _ = assistant.search(query["text"], history=turns_of(query["metadata"]["history"]))
            conversation = str(query["_id"]).partition("<")[0]
            samples.append(
                _sample(question, retrieval, answers=label == "ANSWERABLE", name=conversation, kind="dialogue")
            )
    return samples


def case_samples(cases: Sequence[Case], assistant: Assistant) -> list[Sample]:
    """This project's own cases that are about evidence."""
    samples = []
    for case in cases:
        if not (case.must_answer or (case.must_not_answer and case.kind in _OUT)):
            continue
        try:
            question, retrieval, _ = assistant.search(
                case.question, history=[Turn(question=each) for each in case.history]
            )
        except QuestionError:
            continue
        samples.append(
            _sample(
                question,
                retrieval,
                answers=case.must_answer,
                name=case.id,
                kind=case.kind if case.kind in _OUT else "case",
            )
        )
    return samples


def _sample(question: Question, retrieval: Retrieval, *, answers: bool, name: str, kind: str) -> Sample:
    return Sample(signals=signals(question, retrieval), answers=answers, half=half_of(name), kind=kind)


def fit(sets: Sequence[Sequence[Sample]]) -> dict[str, Any]:
    """Logistic regression with a small ridge. Returns {"intercept", "weights"} for raw signals."""
    names = list(sets[0][0].signals)
    matrix = np.array([[sample.signals[name] for name in names] for each in sets for sample in each])
    answers = np.array([sample.answers for each in sets for sample in each], dtype=float)
    weights = np.concatenate([_balanced(np.array([sample.answers for sample in each])) for each in sets]) / len(sets)
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0)
    scaled = (matrix - mean) / deviation

    def loss(parameters: NDArray[np.float64]) -> float:
        logits = scaled @ parameters[1:] + parameters[0]
        return float(
            (weights * (np.logaddexp(0, logits) - answers * logits)).sum() + _PENALTY * (parameters[1:] ** 2).sum()
        )

    parameters = minimize(loss, np.zeros(len(names) + 1)).x
    raw = parameters[1:] / deviation
    return {
        "intercept": round(float(parameters[0] - raw @ mean), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, raw, strict=True)},
    }


def _balanced(answers: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(np.where(answers, 0.5 / max(1, answers.sum()), 0.5 / max(1, (~answers).sum())))


def probabilities(model: dict[str, Any], samples: Sequence[Sample]) -> NDArray[np.float64]:
    """The model's probability of every sample."""
    logits = [
        model["intercept"] + sum(model["weights"][name] * value for name, value in sample.signals.items())
        for sample in samples
    ]
    return np.asarray(1 / (1 + np.exp(-np.array(logits))))


def report_sets(model: dict[str, Any], sets: Mapping[str, Sequence[Sample]], say: Callable[[str], None]) -> None:
    """AUROC of each set, and what each threshold does to each kind of question."""
    for name, samples in sets.items():
        answers = np.array([each.answers for each in samples])
        say(f"{name}: {len(samples)} held-out samples, AUROC {auroc(answers, probabilities(model, samples)):.3f}")
    say(
        "threshold  "
        + "  ".join(f"{kind} {'answered' if kind not in _OUT else 'held back'}" for kind in ("case", *_OUT))
    )
    cases = sets["cases"]
    found, kinds = probabilities(model, cases), np.array([each.kind for each in cases])
    for threshold in np.arange(0.1, 0.75, 0.05):
        shares = [
            (found[kinds == "case"] >= threshold).mean(),
            *((found[kinds == kind] < threshold).mean() for kind in _OUT),
        ]
        say(f"{threshold:9.2f}  " + "  ".join(f"{share:12.3f}" for share in shares))


def train(
    reading: Path, dialogue: Path, cases: Sequence[Case], tools: Tools, say: Callable[[str], None]
) -> dict[str, Any]:
    """Fits the model on one half of each set, reports on the other, and returns what evidence.json holds."""
    sets = {
        "reading": reading_samples(reading, tools),
        "dialogue": dialogue_samples(dialogue, tools),
        "cases": case_samples(cases, open_assistant(tools.settings)),
    }
    model = fit([[sample for sample in samples if sample.half == 0] for samples in sets.values()])
    held_out = {name: [sample for sample in samples if sample.half == 1] for name, samples in sets.items()}
    report_sets(model, held_out, say)
    fitted = ", ".join(f"{name} {len(sets[name]) - len(held_out[name])} of {len(sets[name])}" for name in sets)
    return model | {
        "script": "evals/bench/train_evidence.py",
        "data": f"CLAP NQ dev (Apache-2.0), MTRAG-UN dev (Apache-2.0), evals/cases (ours); fitted on: {fitted}",
        "model": tools.ingest_embedder.model_id,
    }
