"""Fits the evidence model (assistant/evidence.json) and shows what each threshold would do.

Data: CLAP NQ dev (question and passage, half of them not answered by it), MTRAG-UN dev (turns of conversations, with
answerability), and this project's own cases (must be answered; near misses and questions out of scope must not). The
public sets are split in halves by the hash of their items; of the cases a third is held out. The model is fitted and its
threshold chosen on one part, and both are reported on the other. In every set each side weighs the same; the cases weigh
as much as the two public sets together. A signal keeps the sign that it must have: more of what was asked for is never less evidence.
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
_CASES_WEIGHT = 2.0
# 1: may only count for an answer; -1: only against it; 0: either.
_SIGNS = {"best_sentence": 1, "best_passage": 1, "coverage": 1, "silence": -1, "number_missing": -1}
# Share of the cases with an answer that the threshold may refuse.
_FALSE_REFUSALS = 0.03
THRESHOLDS = np.arange(0.05, 0.75, 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question: its signals, whether the passages found answer it, and whether it is held out from fitting."""

    signals: dict[str, float]
    answers: bool
    held_out: bool
    kind: str


def second_half(name: str) -> bool:
    """Whether an item of a public set is in its second half; the same at every run."""
    return zlib.crc32(name.encode()) % 2 == 1


def reading_samples(file: Path, tools: Tools) -> list[Sample]:
    """CLAP NQ: each question against its own passage, in an index of all passages."""
    rows = read_rows(file)
    assistant = reading_assistant(rows, tools)
    samples = []
    for row in rows:
        question, retrieval, _ = assistant.search(row["question"], filters=own_passage(row))
        answers, held_out = row["answer"] is not None, second_half(str(row["_id"]))
        samples.append(_sample(question, retrieval, answers=answers, held_out=held_out, kind="reading"))
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
            held_out = second_half(str(query["_id"]).partition("<")[0])
            samples.append(
                _sample(question, retrieval, answers=label == "ANSWERABLE", held_out=held_out, kind="dialogue")
            )
    return samples


def case_samples(cases: Sequence[Case], assistant: Assistant) -> list[Sample]:
    """This project's own cases that are about evidence."""
    samples = []
    for case in cases:
        if not (case.must_answer or (case.must_not_answer and case.kind in _OUT)):
            continue
        try:
            question, retrieval, _ = assistant.search(case.question, history=turns(assistant, case))
        except QuestionError:
            continue
        kind = case.kind if case.kind in _OUT else "case"
        samples.append(_sample(question, retrieval, answers=case.must_answer, held_out=case.held_out, kind=kind))
    return samples


def turns(assistant: Assistant, case: Case) -> list[Turn]:
    """The earlier turns of a case, with the answers that the product gave."""
    found: list[Turn] = []
    for question in case.history:
        answer = assistant.ask(question, history=found)
        found.append(Turn(question=question, answer=" ".join(each.text for each in answer.statements)))
    return found


def _sample(question: Question, retrieval: Retrieval, *, answers: bool, held_out: bool, kind: str) -> Sample:
    return Sample(signals=signals(question, retrieval), answers=answers, held_out=held_out, kind=kind)


def fit(sets: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    """Logistic regression with a small ridge and bounded signs. Returns {"intercept", "weights"} for raw signals."""
    samples = [sample for each in sets.values() for sample in each]
    names = list(samples[0].signals)
    matrix = np.array([[sample.signals[name] for name in names] for sample in samples])
    answers = np.array([sample.answers for sample in samples], dtype=float)
    shares = {name: _CASES_WEIGHT if name == "cases" else 1.0 for name in sets}
    weights = np.concatenate(
        [_balanced(np.array([sample.answers for sample in each])) * shares[name] for name, each in sets.items()]
    ) / sum(shares.values())
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0)
    scaled = (matrix - mean) / deviation

    def loss(parameters: NDArray[np.float64]) -> float:
        logits = scaled @ parameters[1:] + parameters[0]
        return float(
            (weights * (np.logaddexp(0, logits) - answers * logits)).sum() + _PENALTY * (parameters[1:] ** 2).sum()
        )

    signs = [_SIGNS.get(name, 0) for name in names]
    bounds = [(None, None), *((0 if sign > 0 else None, 0 if sign < 0 else None) for sign in signs)]
    parameters = minimize(loss, np.zeros(len(names) + 1), method="L-BFGS-B", bounds=bounds).x
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


def curves(model: dict[str, Any], cases: Sequence[Sample]) -> dict[str, NDArray[np.float64]]:
    """For every threshold of THRESHOLDS: the share of cases answered, and of each kind without an answer held back."""
    found, kinds = probabilities(model, cases), np.array([each.kind for each in cases])
    return {
        kind: np.array(
            [((found >= each) if kind == "case" else (found < each))[kinds == kind].mean() for each in THRESHOLDS]
        )
        for kind in ("case", *_OUT)
    }


def choose_threshold(model: dict[str, Any], cases: Sequence[Sample]) -> float:
    """The greatest threshold that refuses at most _FALSE_REFUSALS of the cases with an answer."""
    answered = curves(model, cases)["case"]
    return round(float(THRESHOLDS[answered >= 1 - _FALSE_REFUSALS].max(initial=THRESHOLDS[0])), 2)


def report_sets(
    model: dict[str, Any], parts: Mapping[str, Mapping[str, Sequence[Sample]]], say: Callable[[str], None]
) -> None:
    """AUROC of each part of each set, and what some thresholds do to each kind of case."""
    for part, sets in parts.items():
        for name, samples in sets.items():
            answers = np.array([each.answers for each in samples])
            say(f"{part}, {name}: {len(samples)} samples, AUROC {auroc(answers, probabilities(model, samples)):.3f}")
        found = curves(model, sets["cases"])
        say("threshold  case answered  " + "  ".join(f"{kind} held back" for kind in _OUT))
        for place in range(0, len(THRESHOLDS), 5):
            say(f"{THRESHOLDS[place]:9.2f}  " + "  ".join(f"{shares[place]:12.3f}" for shares in found.values()))


def plot(
    model: dict[str, Any], parts: Mapping[str, Mapping[str, Sequence[Sample]]], threshold: float, file: Path
) -> None:
    """Draws the curves that the threshold was chosen by, and those of the held-out cases, as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "evidence"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(parts), figsize=(10, 4), sharey=True)
    for axis, (part, sets) in zip(axes, parts.items(), strict=True):
        found = curves(model, sets["cases"])
        for (kind, shares), style in zip(found.items(), ("-", "--", ":"), strict=True):
            axis.plot(THRESHOLDS, shares, style, label=f"{kind}: {'answered' if kind == 'case' else 'held back'}")
        axis.axvline(threshold, color="grey", linewidth=0.8)
        axis.set(title=part, xlabel="threshold of the evidence", ylabel="share of the cases", ylim=(0, 1.02))
    axes[0].legend(loc="lower center")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def train(
    reading: Path,
    dialogue: Path,
    cases: Sequence[Case],
    tools: Tools,
    say: Callable[[str], None],
    *,
    figure: Path | None = None,
) -> dict[str, Any]:
    """Fits the model on one part of each set, reports on both, and returns what evidence.json holds."""
    sets = {
        "reading": reading_samples(reading, tools),
        "dialogue": dialogue_samples(dialogue, tools),
        "cases": case_samples(cases, open_assistant(tools.settings)),
    }
    parts = {
        part: {name: [each for each in samples if each.held_out is held] for name, samples in sets.items()}
        for part, held in (("fitted on", False), ("held out", True))
    }
    model = fit(parts["fitted on"])
    threshold = choose_threshold(model, parts["fitted on"]["cases"])
    report_sets(model, parts, say)
    if figure:
        plot(model, parts, threshold, figure)
    fitted = ", ".join(f"{name} {len(parts['fitted on'][name])} of {len(sets[name])}" for name in sets)
    return model | {
        "threshold": threshold,
        "script": "evals/bench/train_evidence.py",
        "data": f"CLAP NQ dev (Apache-2.0), MTRAG-UN dev (Apache-2.0), evals/cases (ours); fitted on: {fitted}",
        "model": tools.ingest_embedder.model_id,
    }
