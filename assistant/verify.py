"""Judges whether cited passages support a sentence: a calibrated probability, with no language model and no network.

Logistic regression over the signals of assistant/support.py. Its coefficients stand in verify.json, made by
evals/bench/train_verifier.py from the data named there.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.support import SENTENCE_END, read_evidence, signals, stands_in, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """`probability` (0 to 1) that the evidence supports the claim, where as many claims are supported as not.

    `supported` is the decision at the shipped threshold; `signals` are what it was made from, empty where the claim stands in the evidence.
    """

    probability: float
    supported: bool
    signals: dict[str, float]


def verify(claim: str, evidence: Sequence[str]) -> Support:
    """Whether the passages say what the claim says. What stands in one of them word for word is supported; no evidence supports nothing."""
    if not claim.strip() or not any(text.strip() for text in evidence):
        return Support(probability=0.0, supported=False, signals={})
    # One wrong sentence makes the whole wrong.
    return min((_judge(each, evidence) for each in split_sentences(claim)), key=lambda support: support.probability)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, at the ends of sentences and lines."""
    return [piece for piece in SENTENCE_END.split(text) if words(piece)] or [text]


def _judge(claim: str, evidence: Sequence[str]) -> Support:
    if stands_in(claim, evidence):
        return Support(probability=1.0, supported=True, signals={})
    found = signals(claim, read_evidence(tuple(evidence)))
    model = _model()
    logit = model["intercept"] + sum(model["weights"][name] * value for name, value in found.items())
    probability = 1 / (1 + math.exp(-logit))
    return Support(probability=probability, supported=probability >= model["threshold"], signals=found)


@cache
def _model() -> Any:
    return json.loads(files("assistant").joinpath("verify.json").read_text(encoding="utf-8"))
