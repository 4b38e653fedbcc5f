"""Judges whether the passages found answer the question: a calibrated probability, not a raw cosine.

Logistic regression over a few signals. Its coefficients stand in evidence.json, made by
evals/bench/train_evidence.py from the data named there.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.types import AnswerStatus, Question, Retrieval

_TOP = 3
# Below this cosine of the nearest passage a question without evidence is about something else. Of the cases in
# evals/cases, 11 of 31 that are
# out of scope lie below it, and none of the 62 near misses.
OUT_OF_SCOPE = 0.28


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`probability` (0 to 1) that the hits answer the question, and the signals that it was made from, for authors."""

    probability: float
    signals: dict[str, float]


def judge(question: Question, retrieval: Retrieval) -> Evidence:
    """The evidence in the hits. No hits are no evidence."""
    found = signals(question, retrieval)
    if not retrieval.hits:
        return Evidence(probability=0.0, signals=found)
    model = _model()
    logit = model["intercept"] + sum(model["weights"][name] * value for name, value in found.items())
    return Evidence(probability=1 / (1 + math.exp(-logit)), signals=found)


def status_without_evidence(question: Question, evidence: Evidence) -> AnswerStatus:
    """Why a question gets no answer: it says too little, it is about something else, or the guidance held is silent."""
    if len(question.queries) == 1 and len(set(question.terms)) <= 1:
        return AnswerStatus.CLARIFY
    if evidence.signals["best_passage"] < OUT_OF_SCOPE:
        return AnswerStatus.OUT_OF_SCOPE
    return AnswerStatus.UNANSWERABLE


def signals(question: Question, retrieval: Retrieval) -> dict[str, float]:
    """What the judgement rests on. Cosines and shares are absolute: they mean the same in a corpus of any size."""
    hits = retrieval.hits[:_TOP]
    sentences = sorted((cosine for hit in hits for cosine in hit.sentences), reverse=True)
    return {
        "best_sentence": sentences[0] if sentences else 0.0,
        "third_sentence": sentences[min(2, len(sentences) - 1)] if sentences else 0.0,
        "best_passage": max((hit.dense for hit in hits), default=0.0),
        "coverage": max((hit.coverage for hit in hits), default=0.0),
        "log_terms": math.log1p(len(set(question.terms))),
    }


@cache
def _model() -> Any:
    return json.loads(files("assistant").joinpath("evidence.json").read_text(encoding="utf-8"))
