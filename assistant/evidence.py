"""Judges whether the passages found answer the question: a calibrated probability, not a raw cosine.

Logistic regression over a few signals. Its coefficients stand in evidence.json, made by
evals/bench/train_evidence.py from the data named there.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.silence import MARGIN, NOTHING_SAID, silence
from assistant.types import Hit, Question, Retrieval

_TOP = 3
# Passages whose sentences are looked at one by one.
PASSAGES = 5
# Acronyms and numbers say precisely what is meant.
_PRECISE = re.compile(r"[A-Z]{2,}|\d")
# Cosine from which a passage's heading is offered as what a short question may mean.
_NEAR = 0.3
_ASKS_NUMBER = re.compile(
    r"\bhow (many|much|long|often|big|large|far)\b|\bwhat (percentage|share|proportion|%|value|price|cost|amount)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|half|third|quarter)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`probability` (0 to 1) that the hits answer the question, and the signals that it was made from, for authors.

    `topical` is what the probability would be had no source said that it does not hold the answer.
    """

    probability: float
    topical: float
    signals: dict[str, float]

    def suffices(self, threshold: float) -> bool:
        """Whether there is something to show: an answer, or the very sentence that says that it is not held."""
        said = self.signals["silence"] >= -MARGIN and self.topical >= threshold
        return self.topical > 0 and (self.probability >= threshold or said)


def judge(question: Question, retrieval: Retrieval) -> Evidence:
    """The evidence in the hits. No hits are no evidence."""
    found = signals(question, retrieval)
    if not retrieval.hits:
        return Evidence(probability=0.0, topical=0.0, signals=found)
    return Evidence(
        probability=_probability(found), topical=_probability(found | {"silence": NOTHING_SAID}), signals=found
    )


def _probability(values: Mapping[str, float]) -> float:
    model = _model()
    logit = model["intercept"] + sum(model["weights"][name] * value for name, value in values.items())
    return float(1 / (1 + math.exp(-logit)))


def says_too_little(question: Question) -> bool:
    """Whether a question names one thing at most, in everyday words: "What's the threshold?". A follow-up says more, as does an acronym."""
    alone = len(question.queries) == 1 and not question.parts
    return alone and len(set(question.terms)) <= 1 and not _PRECISE.search(question.cleaned)


def clarify(retrieval: Retrieval) -> list[str]:
    """What such a question may mean: the headings of the best passages, each once; nothing where they are not near."""
    near = [hit for hit in retrieval.hits if hit.dense >= _NEAR and hit.passage.heading_path]
    return list(dict.fromkeys(hit.passage.heading_path[-1] for hit in near))[:_TOP]


def signals(question: Question, retrieval: Retrieval) -> dict[str, float]:
    """What the judgement rests on. Cosines and shares are absolute: they mean the same in a corpus of any size.

    `number_missing` is 1 where a number is asked for and the best sentences hold none.
    """
    hits = retrieval.hits[:_TOP]
    asks_number = _ASKS_NUMBER.search(question.cleaned) is not None
    return {
        "best_sentence": max((cosine for hit in hits for cosine in hit.sentences), default=0.0),
        "best_passage": max((hit.dense for hit in hits), default=0.0),
        "coverage": max((hit.coverage for hit in hits), default=0.0),
        "silence": silence(retrieval.hits[:PASSAGES]),
        "number_missing": float(asks_number and not _NUMBER.search(_best_sentences(retrieval.hits))),
        "log_terms": math.log1p(len(set(question.terms))),
        "log_words": math.log1p(len(question.cleaned.split())),
    }


def _best_sentences(hits: Sequence[Hit]) -> str:
    found = [
        ((cosine + hit.score) / 2, hit.passage.text[sentence.start : sentence.end])
        for hit in hits[:PASSAGES]
        for sentence, cosine in zip(hit.passage.sentences, hit.sentences, strict=True)
    ]
    return " ".join(text for _, text in sorted(found, reverse=True)[:_TOP])


@cache
def _model() -> Any:
    return json.loads(files("assistant").joinpath("evidence.json").read_text(encoding="utf-8"))
